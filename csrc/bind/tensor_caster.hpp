// How pybind11 passes tensors.
#pragma once

#include <pybind11/pybind11.h>

#include "bind/tensor_api.hpp"

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
