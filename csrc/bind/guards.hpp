// What a trace has read as Python values, as checks that a call of its graph makes first. Each
// check reads a value again, as the interpreter does, and compares it with the one that the trace
// saw. No Python code runs, so what a check has read stays valid for the checks after it. All
// references are borrowed: the Python object around the guards (hot_guards.pxi) holds them, where
// the cycle collector sees them.
#pragma once

#include <Python.h>

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "bind/call_pattern.hpp"

namespace pygraph::bind {

// A value as a trace saw it.
struct Seen {
  enum class Kind : std::uint8_t {
    absent,   // there was none
    same,     // this very object, which is kept
    alive,    // what this weak reference refers to
    literal,  // a number or text like this one
    type,     // anything of this type: what was read of it has checks of its own
    items,    // a list or tuple of these
    dict,     // with these keys, in this order
    code,     // a function with this code and with these defaults
    set,      // of these literals
    sequence  // of these, in another type's memory: a deque, an array
  };
  Kind kind = Kind::absent;
  PyObject* object = nullptr;
  std::vector<Seen> parts;  // items; of a dict keys and values in turn
};

// Whether floats or complex numbers have the same bits, for 0.0 is not -0.0, and NaN is NaN.
inline bool same_literal(PyObject* one, PyObject* other) {
  if (Py_TYPE(one) != Py_TYPE(other)) return false;
  if (PyFloat_CheckExact(one))
    return bits_of(PyFloat_AS_DOUBLE(one)) == bits_of(PyFloat_AS_DOUBLE(other));
  if (PyComplex_CheckExact(one)) {
    const Py_complex a = PyComplex_AsCComplex(one);
    const Py_complex b = PyComplex_AsCComplex(other);
    return bits_of(a.real) == bits_of(b.real) && bits_of(a.imag) == bits_of(b.imag);
  }
  const int equal = PyObject_RichCompareBool(one, other, Py_EQ);
  if (equal < 0) PyErr_Clear();
  return equal == 1;
}

// None where the object is gone.
inline PyObject* referred_by(PyObject* reference) {
  return reinterpret_cast<PyWeakReference*>(reference)->wr_object;
}

inline bool is_as_seen(const Seen& seen, PyObject* value);

inline bool has_seen_items(const Seen& seen, PyObject* value) {
  if (reinterpret_cast<PyObject*>(Py_TYPE(value)) != seen.object) return false;
  if (PySequence_Fast_GET_SIZE(value) != static_cast<Py_ssize_t>(seen.parts.size())) return false;
  PyObject** items = PySequence_Fast_ITEMS(value);
  for (std::size_t i = 0; i < seen.parts.size(); ++i) {
    if (!is_as_seen(seen.parts[i], items[i])) return false;
  }
  return true;
}

inline bool has_seen_entries(const Seen& seen, PyObject* value) {
  if (reinterpret_cast<PyObject*>(Py_TYPE(value)) != seen.object) return false;
  if (PyDict_GET_SIZE(value) * 2 != static_cast<Py_ssize_t>(seen.parts.size())) return false;
  const Seen* part = seen.parts.data();
  Py_ssize_t position = 0;
  PyObject* key = nullptr;
  PyObject* item = nullptr;
  while (PyDict_Next(value, &position, &key, &item)) {
    if (!is_as_seen(part[0], key) || !is_as_seen(part[1], item)) return false;
    part += 2;
  }
  return true;
}

inline bool has_seen_code(const Seen& seen, PyObject* value) {
  // The owner of such a check is a function.
  return PyFunction_GET_CODE(value) == seen.object &&
         is_as_seen(seen.parts[0], PyFunction_GET_DEFAULTS(value)) &&
         is_as_seen(seen.parts[1], PyFunction_GET_KW_DEFAULTS(value));
}

inline bool has_seen_elements(const Seen& seen, PyObject* value) {
  if (reinterpret_cast<PyObject*>(Py_TYPE(value)) != seen.object) return false;
  if (PySet_GET_SIZE(value) != static_cast<Py_ssize_t>(seen.parts.size())) return false;
  for (const Seen& part : seen.parts) {
    if (PySet_Contains(value, part.object) != 1) return false;
  }
  return true;
}

inline bool has_seen_sequence(const Seen& seen, PyObject* value) {
  if (reinterpret_cast<PyObject*>(Py_TYPE(value)) != seen.object) return false;
  if (PySequence_Size(value) != static_cast<Py_ssize_t>(seen.parts.size())) return false;
  for (std::size_t i = 0; i < seen.parts.size(); ++i) {
    PyObject* const item = PySequence_GetItem(value, static_cast<Py_ssize_t>(i));
    const bool as_seen = item != nullptr && is_as_seen(seen.parts[i], item);
    Py_XDECREF(item);
    if (!as_seen) return false;
  }
  return true;
}

// `value` is null where there is none.
[[gnu::noinline]] inline bool is_as_seen(const Seen& seen, PyObject* value) {
  PyObject* const object = seen.object;
  if (value == nullptr || seen.kind == Seen::Kind::absent)
    return value == nullptr && seen.kind == Seen::Kind::absent;
  switch (seen.kind) {
    case Seen::Kind::same: return value == object;
    case Seen::Kind::alive: return value == referred_by(object) && value != Py_None;
    case Seen::Kind::literal: return value == object || same_literal(value, object);
    case Seen::Kind::type: return reinterpret_cast<PyObject*>(Py_TYPE(value)) == object;
    case Seen::Kind::items: return has_seen_items(seen, value);
    case Seen::Kind::dict: return has_seen_entries(seen, value);
    case Seen::Kind::code: return has_seen_code(seen, value);
    case Seen::Kind::set: return has_seen_elements(seen, value);
    case Seen::Kind::sequence: return has_seen_sequence(seen, value);
    default: return false;
  }
}

// Whether the layout of a dict's keys is known, and that of objects which have no dict of their
// own.
#if PY_VERSION_HEX < 0x030E0000 && !defined(Py_GIL_DISABLED)
#define PYGRAPH_KNOWS_KEYS 1
#else
#define PYGRAPH_KNOWS_KEYS 0
#endif
#define PYGRAPH_KNOWS_DICTS (PYGRAPH_KNOWS_KEYS && PY_VERSION_HEX < 0x030C0000)

#if PYGRAPH_KNOWS_KEYS
// The keys of a dict as Python 3.11 to 3.13 lay them out (Include/internal/pycore_dict.h).
struct DictKeys {
  Py_ssize_t references;
  std::uint8_t log2_size;
  std::uint8_t log2_index_bytes;
  std::uint8_t kind;  // 0: keys may be anything but str
  std::uint32_t version;
  Py_ssize_t usable;
  Py_ssize_t entry_count;

  struct Entry {
    PyObject* key;
    PyObject* value;  // in a dict that shares its keys: nothing
  };
  const Entry* entries() const {
    return reinterpret_cast<const Entry*>(reinterpret_cast<const char*>(this + 1) +
                                          (std::size_t{1} << log2_index_bytes));
  }
};

// Where a name was found in a dict's keys last; there it is looked at first, as LOAD_GLOBAL does.
class KeyHint {
 public:
  // The number of the name's entry, or -1.
  [[gnu::always_inline]] Py_ssize_t find(const DictKeys& keys, PyObject* name) {
    if (index_ >= 0 && index_ < keys.entry_count && keys.entries()[index_].key == name)
      return index_;
    // A key that is added takes a new entry, or makes new keys.
    if (index_ == kAbsent && keys_ == &keys && entry_count_ == keys.entry_count &&
        usable_ == keys.usable)
      return -1;
    return search(keys, name);
  }

 private:
  static constexpr Py_ssize_t kAbsent = -1;

  [[gnu::noinline]] Py_ssize_t search(const DictKeys& keys, PyObject* name) {
    for (Py_ssize_t i = 0; i < keys.entry_count; ++i) {
      PyObject* const key = keys.entries()[i].key;
      if (key == name || (key != nullptr && PyUnicode_Compare(key, name) == 0)) return index_ = i;
    }
    keys_ = &keys;
    entry_count_ = keys.entry_count;
    usable_ = keys.usable;
    return index_ = kAbsent;
  }

  Py_ssize_t index_ = -2;
  const DictKeys* keys_ = nullptr;
  Py_ssize_t entry_count_ = 0;
  Py_ssize_t usable_ = 0;
};
#endif

// A name in a namespace: the variables of a module, or the attributes that an object itself has.
class NamedEntry {
 public:
  NamedEntry() = default;
  explicit NamedEntry(PyObject* name) : name_(name) {}

  // The value in a dict (borrowed), or null.
  PyObject* read(PyObject* namespace_) {
#if PYGRAPH_KNOWS_KEYS
    const auto* dict = reinterpret_cast<PyDictObject*>(namespace_);
    const auto* keys = reinterpret_cast<const DictKeys*>(dict->ma_keys);
    if (keys->kind != 0 && dict->ma_values == nullptr) {
      const Py_ssize_t found = hint_.find(*keys, name_);
      return found < 0 ? nullptr : keys->entries()[found].value;
    }
#endif
    return PyDict_GetItemWithError(namespace_, name_);
  }

#if PYGRAPH_KNOWS_DICTS
  // The attribute that an object of a class with managed dicts has itself (borrowed), or null.
  PyObject* read_own(PyObject* object) {
    PyObject** const values = reinterpret_cast<PyObject***>(object)[-4];
    if (values == nullptr) {
      PyObject* const dict = reinterpret_cast<PyObject**>(object)[-3];
      return dict == nullptr ? nullptr : read(dict);
    }
    const auto* type = reinterpret_cast<PyHeapTypeObject*>(Py_TYPE(object));
    const auto* keys = reinterpret_cast<const DictKeys*>(type->ht_cached_keys);
    const Py_ssize_t found = hint_.find(*keys, name_);
    return found < 0 ? nullptr : values[found];
  }
#endif

  PyObject* name() const { return name_; }

 private:
  PyObject* name_ = nullptr;
#if PYGRAPH_KNOWS_KEYS
  KeyHint hint_;
#endif
};

inline PyObject* lookup_in_type(PyObject* type, PyObject* name) {
  return _PyType_Lookup(reinterpret_cast<PyTypeObject*>(type), name);
}

inline bool uses_generic_lookup(PyObject* object) {
  return Py_TYPE(object)->tp_getattro == PyObject_GenericGetAttr;
}

// An attribute of an object whose class reads attributes in the usual way, without Python code.
class PlainAttribute {
 public:
  PlainAttribute() = default;
  explicit PlainAttribute(PyObject* name) : entry_(name) {}

  // The value (borrowed: the object or its class holds it), or null. Of a method it is the
  // function; of any other descriptor that Python code may be behind, the descriptor.
  PyObject* read(PyObject* owner) {
    PyTypeObject* const type = Py_TYPE(owner);
    if (type != type_ || version_ == 0 || type->tp_version_tag != version_) resolve(type);
    if (way_ == Way::own) {
      PyObject* const own = read_own(owner);
      return own != nullptr ? own : of_class_;
    }
    return way_ == Way::member ? read_member(owner) : of_class_;
  }

 private:
  enum class Way : std::uint8_t {
    own,     // of the object itself, else of its class
    member,  // by a descriptor in C that gives what the object holds
    of_class
  };

  void resolve(PyTypeObject* type) {
    of_class_ = _PyType_Lookup(type, entry_.name());
    type_ = type;
    version_ = type->tp_version_tag;
    way_ = Way::own;
    if (of_class_ == nullptr) return;
    if (is_member(of_class_)) {
      way_ = Way::member;
    } else if (Py_TYPE(of_class_)->tp_descr_set != nullptr) {
      way_ = Way::of_class;
    }
  }

  static bool is_member(PyObject* descriptor) {
    // `_tuplegetter`, the fields of named tuples, has no name in the C API; its module's name
    // varies with the version of Python.
    const std::string_view kind = Py_TYPE(descriptor)->tp_name;
    return Py_IS_TYPE(descriptor, &PyMemberDescr_Type) ||
           kind.ends_with("collections._tuplegetter");
  }

  PyObject* read_own(PyObject* owner) {
#if PYGRAPH_KNOWS_DICTS
    if ((type_->tp_flags & Py_TPFLAGS_MANAGED_DICT) != 0) return entry_.read_own(owner);
#endif
    if (type_->tp_dictoffset == 0) return nullptr;
    PyObject* const dict = PyObject_GenericGetDict(owner, nullptr);
    if (dict == nullptr) {
      PyErr_Clear();
      return nullptr;
    }
    PyObject* const found = entry_.read(dict);
    Py_DECREF(dict);
    return found;
  }

  PyObject* read_member(PyObject* owner) const {
    PyObject* const type = reinterpret_cast<PyObject*>(type_);
    PyObject* const value = Py_TYPE(of_class_)->tp_descr_get(of_class_, owner, type);
    if (value == nullptr) {
      PyErr_Clear();
      return nullptr;
    }
    // A number that the member is not kept as is made at each read.
    const bool is_held = Py_REFCNT(value) > 1;
    Py_DECREF(value);
    return is_held ? value : nullptr;
  }

  NamedEntry entry_;
  PyTypeObject* type_ = nullptr;  // compared only
  PyObject* of_class_ = nullptr;  // borrowed, while the class's version is the same
  unsigned version_ = 0;
  Way way_ = Way::own;
};

// One check: where a value is read, and what it was.
struct Guard {
  enum class Kind : std::uint8_t {
    name,       // of a module
    cell,       // a variable of a function around; `index` in a function's closure
    attribute,  // of an object
    of_class,   // an attribute of a class, as it is there
    item,       // of a list or tuple, at `index`
    entry,      // of a dict
    itself      // the owner
  };
  Kind kind = Kind::itself;
  bool is_referred = false;  // `owner` is a weak reference
  std::int32_t parent = -1;  // the guard whose value is the owner; -1: `owner` is
  Py_ssize_t index = 0;
  PyObject* owner = nullptr;  // a weak reference, or where its type has none, itself
  PyObject* key = nullptr;
  PyObject* value = nullptr;  // read last
  // The quick ways to find that a guard holds: the value is this one; is what this refers to; is a
  // function with this code and without defaults.
  const void* same = nullptr;
  PyWeakReference* alive = nullptr;
  PyObject* plain_code = nullptr;
  PyObject* cell = nullptr;  // while the function lives
  Seen seen;
  NamedEntry entry;
  PlainAttribute attribute;
};

class Guards {
 public:
  void push(Guard guard) {
    const Seen& seen = guard.seen;
    guard.is_referred = guard.owner != nullptr && PyWeakref_CheckRefExact(guard.owner);
    guard.same = kNothing;
    if (seen.kind == Seen::Kind::literal) guard.same = seen.object;
    if (seen.kind == Seen::Kind::absent) guard.same = nullptr;
    if (seen.kind == Seen::Kind::alive) guard.alive = reference_in(seen.object);
    if (seen.kind == Seen::Kind::code && seen.parts[0].kind == Seen::Kind::absent &&
        seen.parts[1].kind == Seen::Kind::absent)
      guard.plain_code = seen.object;
    if (guard.kind == Guard::Kind::cell)
      guard.cell = PyTuple_GET_ITEM(PyFunction_GET_CLOSURE(referred_by(guard.owner)), guard.index);
    guards_.push_back(std::move(guard));
  }
  std::size_t size() const { return guards_.size(); }

  // Out of line: most calls have no guards, and their way stays short.
  [[gnu::noinline]] bool hold() {
    for (Guard& guard : guards_) {
      if (!holds(guard)) return false;
    }
    return true;
  }

  // The number of the first guard at or after one that does not hold; -1 if all do.
  Py_ssize_t first_broken(std::size_t start) {
    for (std::size_t i = start; i < guards_.size(); ++i) {
      if (!holds(guards_[i])) return static_cast<Py_ssize_t>(i);
    }
    return -1;
  }

  // What a guard read last (borrowed); null if there was nothing.
  PyObject* value_of(std::size_t number) const { return guards_[number].value; }

 private:
  // Is no object.
  static constexpr char kNothing[1] = {};

  [[gnu::always_inline]] bool holds(Guard& guard) {
    PyObject* const value = read(guard);
    guard.value = value;
    if (value == guard.same) return true;
    if (guard.alive != nullptr && value == guard.alive->wr_object && value != Py_None) return true;
    if (guard.plain_code != nullptr && value != nullptr && has_code(value, guard.plain_code))
      return true;
    return is_as_seen(guard.seen, value);
  }

  static bool has_code(PyObject* value, PyObject* code) {
    const auto* function = reinterpret_cast<const PyFunctionObject*>(value);
    return function->func_code == code && function->func_defaults == nullptr &&
           function->func_kwdefaults == nullptr;
  }

  static PyWeakReference* reference_in(PyObject* object) {
    return reinterpret_cast<PyWeakReference*>(object);
  }

  PyObject* owner_of(const Guard& guard) const {
    if (guard.parent >= 0) return guards_[static_cast<std::size_t>(guard.parent)].value;
    if (!guard.is_referred) return guard.owner;
    PyObject* const owner = referred_by(guard.owner);
    return owner == Py_None ? nullptr : owner;
  }

  [[gnu::always_inline]] PyObject* read(Guard& guard) {
    if (guard.kind == Guard::Kind::name) return guard.entry.read(guard.owner);
    PyObject* const owner = owner_of(guard);
    if (owner == nullptr) return nullptr;
    switch (guard.kind) {
      case Guard::Kind::cell: return PyCell_GET(guard.cell);
      case Guard::Kind::attribute: return guard.attribute.read(owner);
      case Guard::Kind::of_class: return lookup_in_type(owner, guard.key);
      case Guard::Kind::item:
        if (!PyList_Check(owner) && !PyTuple_Check(owner)) return nullptr;
        return guard.index < PySequence_Fast_GET_SIZE(owner)
                   ? PySequence_Fast_ITEMS(owner)[guard.index]
                   : nullptr;
      case Guard::Kind::entry:
        if (!PyDict_Check(owner)) return nullptr;
        return PyUnicode_CheckExact(guard.key) ? guard.entry.read(owner)
                                               : PyDict_GetItem(owner, guard.key);
      default: return owner;
    }
  }

  std::vector<Guard> guards_;
};

}  // namespace pygraph::bind
