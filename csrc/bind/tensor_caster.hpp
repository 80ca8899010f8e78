// How pybind11 passes tensors: through the two functions that the Cython module exports in a
// capsule.
#pragma once

#include <pybind11/pybind11.h>

#include "base/tensor.hpp"

namespace pygraph::bind {

// The layout is shared with hot.pyx.
struct TensorApi {
  // A new reference; nullptr with an exception set on failure.
  PyObject* (*wrap)(const Tensor* tensor);
  // The tensor inside an EagerTensor (borrowed), or nullptr without an exception where the object
  // is none.
  const Tensor* (*unwrap)(PyObject* object);
};

inline const TensorApi& tensor_api() {
  static const TensorApi* api = [] {
    const auto capsule =
        pybind11::module_::import("pygraph._hot").attr("tensor_api").cast<pybind11::capsule>();
    return capsule.get_pointer<const TensorApi>();
  }();
  return *api;
}

}  // namespace pygraph::bind

namespace pybind11::detail {

template <>
struct type_caster<pygraph::Tensor> {
  PYBIND11_TYPE_CASTER(pygraph::Tensor, const_name("EagerTensor"));

  bool load(handle source, bool) {
    const pygraph::Tensor* tensor = pygraph::bind::tensor_api().unwrap(source.ptr());
    if (tensor == nullptr) return false;
    value = *tensor;
    return true;
  }

  static handle cast(const pygraph::Tensor& tensor, return_value_policy, handle) {
    return pygraph::bind::tensor_api().wrap(&tensor);
  }
};

}  // namespace pybind11::detail
