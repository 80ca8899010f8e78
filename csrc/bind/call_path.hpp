// What a call gathers from its arguments before it runs: the tensors and variables, and the words
// of its trace key. They stay in place, without an allocation, for calls of the usual size.
#pragma once

#include <Python.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <new>
#include <span>
#include <vector>

#include "bind/call_pattern.hpp"
#include "bind/hot_support.hpp"

namespace pygraph::bind {

class TensorList {
 public:
  TensorList() = default;
  ~TensorList() { clear(); }
  TensorList(const TensorList&) = delete;
  TensorList& operator=(const TensorList&) = delete;

  std::size_t size() const { return spill_.empty() ? count_ : spill_.size(); }
  Tensor* data() { return spill_.empty() ? slots() : spill_.data(); }

  void push(const Tensor& tensor) {
    if (spill_.empty() && count_ < kInPlace) {
      new (slots() + count_) Tensor(tensor);
      ++count_;
      return;
    }
    if (spill_.empty()) {
      spill_.reserve(4 * kInPlace);
      spill_.assign(slots(), slots() + count_);
    }
    spill_.push_back(tensor);
  }
  // The variables among the arguments, each once; returns the position of this one.
  std::size_t push_variable(Variable* variable) {
    const auto found = std::find(variables_.begin(), variables_.end(), variable);
    if (found != variables_.end()) return static_cast<std::size_t>(found - variables_.begin());
    variables_.push_back(variable);
    return variables_.size() - 1;
  }
  std::span<Variable* const> variables() const { return variables_; }

  void clear() {
    for (std::size_t i = 0; i < count_; ++i) slots()[i].~Tensor();
    count_ = 0;
    spill_.clear();
  }

 private:
  static constexpr std::size_t kInPlace = 6;

  Tensor* slots() { return std::launder(reinterpret_cast<Tensor*>(bytes_)); }

  std::size_t count_ = 0;  // in place; they stay there, unused, once there are too many
  std::vector<Tensor> spill_;
  std::vector<Variable*> variables_;
  alignas(Tensor) std::byte bytes_[kInPlace * sizeof(Tensor)];
};

// Where a graph finds its variables: some it captured, others are arguments of the call.
class VariableSlots {
 public:
  void push_captured(Variable* variable) { slots_.push_back({variable, 0}); }
  void push_argument(std::size_t position) { slots_.push_back({nullptr, position}); }

  // Whether no argument of a call is among them.
  bool all_captured() const {
    return std::all_of(slots_.begin(), slots_.end(),
                       [](const Slot& slot) { return slot.captured != nullptr; });
  }

  std::vector<Variable*> resolve(std::span<Variable* const> arguments = {}) const {
    std::vector<Variable*> variables;
    for (const Slot& slot : slots_) {
      if (slot.captured == nullptr && slot.argument >= arguments.size())
        break;  // refused later, by their number
      variables.push_back(slot.captured != nullptr ? slot.captured : arguments[slot.argument]);
    }
    return variables;
  }

 private:
  struct Slot {
    Variable* captured;
    std::size_t argument;
  };
  std::vector<Slot> slots_;
};

// The part of a trace key that is plain data. Every entry starts with a word that says what
// follows, so that no two lists of arguments make the same words.
class KeyWords {
 public:
  void push(std::int64_t word) {
    if (spill_.empty() && count_ < kInPlace) {
      words_[count_++] = word;
      return;
    }
    if (spill_.empty()) spill_.assign(words_, words_ + count_);
    spill_.push_back(word);
  }
  void push_pointer(const void* pointer) { push(static_cast<std::int64_t>(as_integer(pointer))); }
  // With `erase_dims`, a tensor's rank takes part but not its dims.
  void push_tensor(const Tensor& tensor, bool erase_dims) {
    push_type(tensor.dtype(), tensor.shape(), erase_dims);
  }
  void push_type(DType dtype, const Shape& shape, bool erase_dims) {
    push(kTensor | static_cast<std::int64_t>(dtype) << 8 |
         static_cast<std::int64_t>(shape.rank()) << 16);
    if (erase_dims) return;
    for (std::int64_t dim : shape) push(dim);
  }
  // What kTensor writes for a dtype and dims, of which some may be unknown (negative).
  static constexpr std::int64_t kTensor = 1;

  // Whether all that there is to say is which object it is.
  bool is_identity(std::int64_t tag) const { return size() == 2 && data()[0] == tag; }

  std::uint64_t hash() const {
    std::uint64_t value = size() * 0x9E3779B97F4A7C15u;
    for (const std::int64_t* word = data(); word != data() + size(); ++word) {
      value = (value ^ static_cast<std::uint64_t>(*word)) * 0xD6E8FEB86659FD93u;
      value ^= value >> 32;
    }
    return value;
  }
  bool equals(const KeyWords& other) const {
    return size() == other.size() &&
           std::memcmp(data(), other.data(), size() * sizeof(std::int64_t)) == 0;
  }

 private:
  static constexpr std::size_t kInPlace = 24;

  static std::uintptr_t as_integer(const void* pointer) {
    return reinterpret_cast<std::uintptr_t>(pointer);
  }
  std::size_t size() const { return spill_.empty() ? count_ : spill_.size(); }
  const std::int64_t* data() const { return spill_.empty() ? words_ : spill_.data(); }

  std::size_t count_ = 0;
  std::vector<std::int64_t> spill_;
  std::int64_t words_[kInPlace];
};

// The bits of a float: -0.0 is not 0.0, and a NaN equals every other.
inline std::int64_t float_bits(double value) {
  if (value != value) return INT64_MIN + 1;
  return bits_of(value);
}

inline Failure run_graph(exec::Executable& executable, TensorList& inputs, Tensor* outputs,
                         const VariableSlots& variables, bool check) {
  return guarded([&] {
    const std::span<const Tensor> given(inputs.data(), inputs.size());
    if (check) executable.check(given);
    PythonHost host;
    executable.run(given, std::span(outputs, executable.output_count()), host.host(),
                   variables.resolve(inputs.variables()));
  });
}

inline Failure run_brief(exec::PlannedRun& planned, const CallPattern& pattern, Tensor* outputs,
                         const std::vector<Variable*>& variables) {
  return guarded([&] {
    planned.run_brief(pattern.elements(), std::span(outputs, planned.plan().outputs.size()),
                      variables);
  });
}

using Call = PyObject* (*)(PyObject* callable, PyObject** args, size_t count, PyObject* names);

// By which function Python's calls of Functions, bound Functions and what has its graphs already
// enter, and what takes pygraph's own frames out of the traceback of an exception
// (pygraph.graph.frames; borrowed).
struct Entry {
  Call function = nullptr;
  Call bound = nullptr;
  Call graphs = nullptr;
  PyObject* clean_traceback = nullptr;
};
inline Entry& entry() {
  static Entry instance;
  return instance;
}
inline void set_entries(void* function, void* bound, void* graphs) {
  entry().function = reinterpret_cast<Call>(function);
  entry().bound = reinterpret_cast<Call>(bound);
  entry().graphs = reinterpret_cast<Call>(graphs);
}
inline void set_traceback_cleaner(PyObject* cleaner) { entry().clean_traceback = cleaner; }

// Returns what cleans the traceback of an exception that leaves pygraph now; null while a function
// is traced, whose own exception will be cleaned, and where full tracebacks are wanted.
inline PyObject* traceback_cleaner() {
  return current_builder() != nullptr ? nullptr : entry().clean_traceback;
}

// A C++ function has no frame of its own, so what it does to the exception here is the last word.
inline PyObject* with_clean_traceback(PyObject* result) {
  if (result != nullptr) return result;
  PyObject* const clean = traceback_cleaner();
  if (clean == nullptr) return nullptr;
  PyObject* type = nullptr;
  PyObject* value = nullptr;
  PyObject* traceback = nullptr;
  PyErr_Fetch(&type, &value, &traceback);
  PyErr_NormalizeException(&type, &value, &traceback);
  if (traceback != nullptr) PyException_SetTraceback(value, traceback);
  PyObject* done = PyObject_CallOneArg(clean, value);
  if (done == nullptr) PyErr_Clear();  // the exception itself matters more
  Py_XDECREF(done);
  Py_XDECREF(traceback);
  PyErr_Restore(type, value, PyException_GetTraceback(value));
  return nullptr;
}

inline PyObject* enter_function(PyObject* callable, PyObject** args, size_t count,
                                PyObject* names) {
  return with_clean_traceback(entry().function(callable, args, count, names));
}
inline PyObject* enter_bound(PyObject* callable, PyObject** args, size_t count, PyObject* names) {
  return with_clean_traceback(entry().bound(callable, args, count, names));
}
inline PyObject* enter_graphs(PyObject* callable, PyObject** args, size_t count, PyObject* names) {
  return with_clean_traceback(entry().graphs(callable, args, count, names));
}

// Makes instances of a type, and of types derived from it, callable without an argument tuple.
inline void enable_vectorcall(PyObject* type, Py_ssize_t offset) {
  auto* object = reinterpret_cast<PyTypeObject*>(type);
  object->tp_vectorcall_offset = offset;
  object->tp_flags |= Py_TPFLAGS_HAVE_VECTORCALL;
}

// Lets Python call `instance.attribute(...)`, where the attribute is an instance of this type, as
// `attribute(instance, ...)`: without making a bound object.
inline void enable_method_calls(PyObject* type) {
  auto* object = reinterpret_cast<PyTypeObject*>(type);
  object->tp_flags |= Py_TPFLAGS_METHOD_DESCRIPTOR;
  PyType_Modified(object);
}

}  // namespace pygraph::bind
