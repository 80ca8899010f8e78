// What a Function remembers of its latest calls: for each, what its arguments were made of and the
// graph that they led to. A call like one of them finds its graph by comparing, part by part and
// without an allocation; every other one makes a trace key. The remembered calls are an
// abbreviation: hot_recent.pxi makes them of calls that went by the key, and they go whenever a
// graph leaves the Function's cache.
#pragma once

#include <Python.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include <numpy/arrayscalars.h>
#include <numpy/ndarraytypes.h>

#include "base/tensor.hpp"

namespace pygraph::bind {

// A reference to a Python object. Made and dropped with the GIL held.
class Held {
 public:
  Held() = default;
  explicit Held(PyObject* object) : object_(object) { Py_XINCREF(object); }
  Held(const Held& other) : Held(other.object_) {}
  Held(Held&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  Held& operator=(Held other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Held() { Py_XDECREF(object_); }
  PyObject* get() const { return object_; }

 private:
  PyObject* object_ = nullptr;
};

// Where tensors are in the Python objects that hold them; set once by the Cython module.
struct TensorLayout {
  PyTypeObject* type = nullptr;
  std::ptrdiff_t offset = 0;
};
inline TensorLayout& tensor_layout() {
  static TensorLayout instance;
  return instance;
}
inline void set_tensor_layout(PyObject* type, std::ptrdiff_t offset) {
  tensor_layout() = {reinterpret_cast<PyTypeObject*>(type), offset};
}
inline Tensor& tensor_in(PyObject* object) {
  return *reinterpret_cast<Tensor*>(reinterpret_cast<char*>(object) + tensor_layout().offset);
}

inline std::int64_t bits_of(double value) {
  std::int64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  return bits;
}

// Whether each of these bytes is the 0 or 1 that a bool is; in a NumPy array any can stand.
inline bool are_bools(const void* bytes, std::size_t count) {
  const auto* byte = static_cast<const std::uint8_t*>(bytes);
  unsigned others = 0;
  for (std::size_t i = 0; i < count; ++i) others |= byte[i] & 0xFEu;
  return others == 0;
}

// Whether the elements of an array of this dtype can be read where they lie, if in native order.
inline bool has_normal_form(PyArrayObject* array, DType dtype) {
  constexpr int kPlain = NPY_ARRAY_C_CONTIGUOUS | NPY_ARRAY_ALIGNED;
  if ((PyArray_FLAGS(array) & kPlain) != kPlain || PyArray_DESCR(array)->byteorder == NPY_OPPBYTE)
    return false;
  if (dtype != DType::bool_) return true;
  const npy_intp* const dims = PyArray_DIMS(array);
  return are_bools(PyArray_DATA(array),
                   std::accumulate(dims, dims + PyArray_NDIM(array), std::size_t{1},
                                   [](std::size_t count, npy_intp dim) {
                                     return count * static_cast<std::size_t>(dim);
                                   }));
}

// A part of the arguments, as it was.
struct Part {
  enum class Kind : std::uint8_t {
    tensor,
    array,      // of NumPy, in the order and form of a tensor's elements
    scalar,     // of NumPy
    same,       // this very object, or the same text
    integer,    // an int of this value
    real,       // a float of these bits
    any_int,    // a Python number that is an input
    any_float,  // likewise
    items,      // a tuple, named or not, or list of this length; the items follow
    dict,       // of this size and with these keys, in this order; the values follow
    fields      // a dataclass's instance; the values of its fields, this many, follow
  };
  Kind kind;
  DType dtype = DType::bool_;
  std::uint16_t rank = 0;
  std::uint32_t first = 0;     // in the pattern's dims, or in its keys or names of fields
  std::uint32_t input = 0;     // of the graph, that a tensor, array or number is
  std::int64_t value = 0;      // or length
  PyObject* type = nullptr;    // exactly; of `same` none
  PyObject* object = nullptr;  // of `same`; NumPy's descriptor of an array's elements
  unsigned version = 0;        // of a dataclass: the state of the class that its fields go with
};

// The state of a class, if its attributes of these names (a tuple) are plain: reading them runs no
// Python code. 0 if they are not. It is another one as soon as an attribute of the class is set.
inline unsigned version_of_plain_fields(PyObject* object, PyObject* names) {
  PyTypeObject* type = Py_TYPE(object);
  if (type->tp_getattro != PyObject_GenericGetAttr) return 0;
  for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(names); ++i) {
    PyObject* found = _PyType_Lookup(type, PyTuple_GET_ITEM(names, i));  // borrowed
    if (found != nullptr && !Py_IS_TYPE(found, &PyMemberDescr_Type) &&
        Py_TYPE(found)->tp_descr_set != nullptr)
      return 0;
  }
  return type->tp_version_tag;
}

class CallPattern {
 public:
  // `graph` is a weak reference to a CompiledGraph.
  CallPattern(std::size_t count, PyObject* names, PyObject* graph)
      : count_(count), names_(names), graph_(graph) {}

  // While it is made: the parts, in the order of the arguments as they are passed.
  void push(const Part& part) { parts_.push_back(part); }
  std::uint32_t push_dims(const std::int64_t* dims, int rank) {
    dims_.insert(dims_.end(), dims, dims + rank);
    return static_cast<std::uint32_t>(dims_.size()) - static_cast<std::uint32_t>(rank);
  }
  std::uint32_t push_keys(PyObject* tuple) {
    const auto first = static_cast<std::uint32_t>(keys_.size());
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(tuple); ++i)
      keys_.emplace_back(PyTuple_GET_ITEM(tuple, i));
    return first;
  }
  void keep(PyObject* object) { kept_.emplace_back(object); }
  // `hidden` inputs of the graph follow those that the arguments are.
  void set_input_count(std::size_t count, std::size_t hidden) {
    elements_.resize(count + hidden);
    objects_.resize(count);
    numbers_.resize(count);
  }

  // Whether a call has these arguments; then `elements` and `input` tell the graph's inputs.
  bool matches(PyObject* const* args, std::size_t count, PyObject* names) {
    if (count != count_ || (names != names_.get() && !same_names(names))) return false;
    const Part* part = parts_.data();
    const std::size_t total =
        count + (names == nullptr ? 0 : static_cast<std::size_t>(PyTuple_GET_SIZE(names)));
    for (std::size_t i = 0; i < total; ++i) {
      if (!match(args[i], part)) return false;
    }
    return true;
  }

  // Where the elements of the graph's inputs are, and the objects that they are in. Nothing is
  // owned, and another call overwrites them: they are for use before any Python code runs.
  std::span<const void* const> elements() const { return elements_; }
  const void** hidden_elements() { return elements_.data() + objects_.size(); }
  std::size_t input_count() const { return objects_.size(); }
  PyObject* input(std::size_t index) const { return objects_[index]; }
  // A new reference: the graph may be dropped from the cache while it runs. None if it is gone.
  PyObject* graph() const {
#if PY_VERSION_HEX >= 0x030D0000
    PyObject* graph = nullptr;
    if (PyWeakref_GetRef(graph_.get(), &graph) == 0) Py_RETURN_NONE;
    return graph;
#else
    return Py_NewRef(PyWeakref_GET_OBJECT(graph_.get()));
#endif
  }

 private:
  bool match(PyObject* value, const Part*& next) {
    const Part& part = *next++;
    if (part.kind == Part::Kind::same) return value == part.object || same_text(value, part.object);
    if (reinterpret_cast<PyObject*>(Py_TYPE(value)) != part.type) return false;
    switch (part.kind) {
      case Part::Kind::tensor: {
        const Tensor& tensor = tensor_in(value);
        if (tensor.dtype() != part.dtype || tensor.shape().rank() != part.rank ||
            !has_dims(part, tensor.shape().begin()))
          return false;
        set_input(part, value, tensor.data());
        return true;
      }
      case Part::Kind::array: {
        auto* array = reinterpret_cast<PyArrayObject*>(value);
        if (reinterpret_cast<PyObject*>(PyArray_DESCR(array)) != part.object ||
            PyArray_NDIM(array) != part.rank || !has_normal_form(array, part.dtype) ||
            !has_dims(part, PyArray_DIMS(array)))
          return false;
        set_input(part, value, PyArray_DATA(array));
        return true;
      }
      case Part::Kind::scalar:  // the value lies at the same place whatever its type
        set_input(part, value, &reinterpret_cast<PyDoubleScalarObject*>(value)->obval);
        return true;
      case Part::Kind::integer: {
        int overflow = 0;
        return PyLong_AsLongLongAndOverflow(value, &overflow) == part.value && overflow == 0;
      }
      case Part::Kind::real: return bits_of(PyFloat_AS_DOUBLE(value)) == part.value;
      case Part::Kind::any_int: {
        int overflow = 0;
        set_number(part, value, PyLong_AsLongLongAndOverflow(value, &overflow));
        return overflow == 0;
      }
      case Part::Kind::any_float: set_number(part, value, PyFloat_AS_DOUBLE(value)); return true;
      case Part::Kind::items: return match_items(part, value, next);
      case Part::Kind::dict: return match_dict(part, value, next);
      case Part::Kind::fields: return match_fields(part, value, next);
      default: return false;
    }
  }

  bool match_items(const Part& part, PyObject* value, const Part*& next) {
    if (PySequence_Fast_GET_SIZE(value) != part.value) return false;
    PyObject** items = PySequence_Fast_ITEMS(value);
    for (std::int64_t i = 0; i < part.value; ++i) {
      if (!match(items[i], next)) return false;
    }
    return true;
  }

  bool match_dict(const Part& part, PyObject* value, const Part*& next) {
    if (PyDict_GET_SIZE(value) != part.value) return false;
    const Held* wanted = keys_.data() + part.first;
    Py_ssize_t position = 0;
    PyObject* key = nullptr;
    PyObject* item = nullptr;
    while (PyDict_Next(value, &position, &key, &item)) {
      if (key != wanted->get() && !same_text(key, wanted->get())) return false;
      ++wanted;
      if (!match(item, next)) return false;
    }
    return true;
  }

  bool match_fields(const Part& part, PyObject* value, const Part*& next) {
    if (Py_TYPE(value)->tp_version_tag != part.version) return false;
    for (std::int64_t i = 0; i < part.value; ++i) {
      PyObject* field =
          PyObject_GetAttr(value, keys_[part.first + static_cast<std::size_t>(i)].get());
      if (field == nullptr) {
        PyErr_Clear();  // deleted; the trace key's way says so
        return false;
      }
      const bool held_by_others = Py_REFCNT(field) > 1;
      Py_DECREF(field);
      if (!held_by_others || !match(field, next)) return false;
    }
    return true;
  }

  void set_input(const Part& part, PyObject* object, const void* elements) {
    elements_[part.input] = elements;
    objects_[part.input] = object;
  }

  template <class T>
  void set_number(const Part& part, PyObject* object, T number) {
    std::memcpy(&numbers_[part.input], &number, sizeof number);
    set_input(part, object, &numbers_[part.input]);
  }

  template <class Dim>
  bool has_dims(const Part& part, const Dim* dims) const {
    const std::int64_t* wanted = dims_.data() + part.first;
    for (int i = 0; i < part.rank; ++i) {
      if (dims[i] != wanted[i]) return false;
    }
    return true;
  }

  // Names that are written in a program are the same object each time; others need not be.
  bool same_names(PyObject* names) const {
    if (names == nullptr || names_.get() == nullptr) return false;
    const Py_ssize_t size = PyTuple_GET_SIZE(names);
    if (size != PyTuple_GET_SIZE(names_.get())) return false;
    for (Py_ssize_t i = 0; i < size; ++i) {
      if (!same_text(PyTuple_GET_ITEM(names, i), PyTuple_GET_ITEM(names_.get(), i))) return false;
    }
    return true;
  }
  static bool same_text(PyObject* one, PyObject* other) {
    return one == other || (PyUnicode_CheckExact(one) && PyUnicode_CheckExact(other) &&
                            PyUnicode_Compare(one, other) == 0);
  }

  std::size_t count_;
  Held names_;
  Held graph_;
  std::vector<Part> parts_;
  std::vector<std::int64_t> dims_;
  std::vector<Held> keys_;
  std::vector<Held> kept_;
  // Of the call that matched last.
  std::vector<const void*> elements_;
  std::vector<PyObject*> objects_;
  std::vector<NumberSlot> numbers_;
};

// The calls that a Function remembers. As in many programs one call follows the other in the same
// order, the search starts with the last one.
class RecentCalls {
 public:
  CallPattern* find(PyObject* const* args, std::size_t count, PyObject* names) {
    for (std::size_t i = 0, at = last_; i < patterns_.size(); ++i) {
      if (patterns_[at]->matches(args, count, names)) {
        last_ = at;
        return patterns_[at].get();
      }
      if (++at == patterns_.size()) at = 0;
    }
    return nullptr;
  }
  void remember(std::unique_ptr<CallPattern> pattern) {
    if (patterns_.size() < kMost) {
      patterns_.push_back(std::move(pattern));
      return;
    }
    std::swap(patterns_[oldest_], pattern);
    oldest_ = (oldest_ + 1) % kMost;
  }
  void clear() {
    // What dies with a pattern may come here again.
    const std::vector<std::unique_ptr<CallPattern>> dying = std::exchange(patterns_, {});
    last_ = oldest_ = 0;
  }

 private:
  static constexpr std::size_t kMost = 16;

  std::vector<std::unique_ptr<CallPattern>> patterns_;
  std::size_t last_ = 0;
  std::size_t oldest_ = 0;
};

}  // namespace pygraph::bind
