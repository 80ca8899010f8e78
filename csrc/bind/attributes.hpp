// Python attribute values to the core's, as an op's row demands them.
#pragma once

#include <Python.h>

#include <string>
#include <vector>

#include "ops/op_table.hpp"

namespace pygraph::bind {

// The op of that name. Throws `value`.
const ops::OpRow& op_named(std::string_view name);

// The attributes of an op from a dict by name (dtypes by their name), in the order of the row.
// Throws `type` where one is missing, unknown or of the wrong kind.
std::vector<ir::Attribute> attributes_from(const ops::OpRow& op, PyObject* dict);

inline const ops::OpRow& op_named(std::string_view name) {
  const auto op = ops::find_op(name);
  if (!op) throw Error(ErrorKind::value, "there is no op named " + std::string(name));
  return ops::row(*op);
}

namespace detail {

[[noreturn]] inline void wrong_attribute(const ops::OpRow& op, std::string_view name,
                                         const char* expected) {
  PyErr_Clear();
  throw Error(ErrorKind::type,
              std::string(op.name) + ": attribute " + std::string(name) + " must be " + expected);
}

inline std::string text_of(const ops::OpRow& op, std::string_view name, PyObject* value) {
  if (!PyUnicode_Check(value)) wrong_attribute(op, name, "a string");
  Py_ssize_t size = 0;
  const char* data = PyUnicode_AsUTF8AndSize(value, &size);
  if (data == nullptr) wrong_attribute(op, name, "a valid string");
  return {data, static_cast<std::size_t>(size)};
}

inline std::int64_t integer_of(const ops::OpRow& op, std::string_view name, PyObject* value) {
  const long long number = PyLong_Check(value) ? PyLong_AsLongLong(value) : -1;
  if (!PyLong_Check(value) || (number == -1 && PyErr_Occurred() != nullptr))
    wrong_attribute(op, name, "an integer of 64 bits");
  return number;
}

inline std::vector<std::int64_t> integers_of(const ops::OpRow& op, std::string_view name,
                                             PyObject* value) {
  if (!PyTuple_Check(value) && !PyList_Check(value))
    wrong_attribute(op, name, "a tuple of integers");
  std::vector<std::int64_t> numbers;
  const Py_ssize_t size = PySequence_Fast_GET_SIZE(value);
  for (Py_ssize_t i = 0; i < size; ++i)
    numbers.push_back(integer_of(op, name, PySequence_Fast_GET_ITEM(value, i)));
  return numbers;
}

inline ir::Attribute attribute_of(const ops::OpRow& op, const ops::AttributeSpec& spec,
                                  PyObject* value) {
  switch (spec.kind) {
    case ops::AttributeKind::integer:
    case ops::AttributeKind::constant:
    case ops::AttributeKind::function: return integer_of(op, spec.name, value);
    case ops::AttributeKind::real:
      if (!PyFloat_Check(value)) wrong_attribute(op, spec.name, "a float");
      return PyFloat_AS_DOUBLE(value);
    case ops::AttributeKind::boolean:
      if (!PyBool_Check(value)) wrong_attribute(op, spec.name, "a bool");
      return value == Py_True;
    case ops::AttributeKind::dtype: {
      const auto dtype = dtype_from_name(text_of(op, spec.name, value));
      if (!dtype) wrong_attribute(op, spec.name, "the name of a dtype");
      return *dtype;
    }
    case ops::AttributeKind::ints: return integers_of(op, spec.name, value);
    case ops::AttributeKind::string: return text_of(op, spec.name, value);
  }
  wrong_attribute(op, spec.name, "of a known kind");
}

}  // namespace detail

inline std::vector<ir::Attribute> attributes_from(const ops::OpRow& op, PyObject* dict) {
  std::vector<ir::Attribute> attributes;
  attributes.reserve(op.attributes.size());
  const Py_ssize_t given = dict == nullptr || dict == Py_None ? 0 : PyDict_Size(dict);
  Py_ssize_t found = 0;
  for (const ops::AttributeSpec& spec : op.attributes) {
    PyObject* value =
        given == found ? nullptr : PyDict_GetItemString(dict, std::string(spec.name).c_str());
    if (value == nullptr && !spec.optional) detail::wrong_attribute(op, spec.name, "given");
    found += value != nullptr ? 1 : 0;
    attributes.push_back(value != nullptr ? detail::attribute_of(op, spec, value)
                                          : ops::default_attribute(spec.kind));
  }
  if (given != found) {
    throw Error(ErrorKind::type,
                std::string(op.name) + " was given an attribute that it does not have");
  }
  return attributes;
}

}  // namespace pygraph::bind
