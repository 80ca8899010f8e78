// Tensors as Python objects: through the two functions that the Cython module exports in a capsule.
#pragma once

#include <Python.h>

#include <span>

#include "base/tensor.hpp"

namespace pygraph::bind {

// The layout is shared with hot_capsule.pxi.
struct TensorApi {
  // A new reference; nullptr with an exception set on failure.
  PyObject* (*wrap)(const Tensor* tensor);
  // The tensor inside an EagerTensor (borrowed), or nullptr without an exception where the object
  // is none.
  const Tensor* (*unwrap)(PyObject* object);
};

inline const TensorApi& tensor_api() {
  static const TensorApi* api = [] {
    PyObject* module = PyImport_ImportModule("pygraph._hot");
    PyObject* capsule = module == nullptr ? nullptr : PyObject_GetAttrString(module, "tensor_api");
    Py_XDECREF(module);  // it stays imported, and the capsule in it
    Py_XDECREF(capsule);
    return static_cast<const TensorApi*>(PyCapsule_GetPointer(capsule, nullptr));
  }();
  return *api;
}

// A new list, or nullptr with an exception set.
inline PyObject* tensor_list(std::span<const Tensor> tensors) {
  PyObject* list = PyList_New(0);
  for (const Tensor& tensor : tensors) {
    PyObject* item = list == nullptr ? nullptr : tensor_api().wrap(&tensor);
    if (item == nullptr || PyList_Append(list, item) != 0) Py_CLEAR(list);
    Py_XDECREF(item);
  }
  return list;
}

}  // namespace pygraph::bind
