// From a dtype that is known when a program runs to the C++ type that code is compiled for.
#pragma once

#include <string>

#include "base/dtype.hpp"
#include "base/error.hpp"

namespace pygraph {

[[noreturn]] inline void refuse_dtype(DType dtype) {
  throw Error(ErrorKind::type, std::string(name(dtype)) + " is not supported yet");
}

// Calls `function` with the Element of a dtype. TypeError for one that is not supported.
template <class Function>
decltype(auto) dispatch(DType dtype, Function&& function) {
  switch (dtype) {
#define PYGRAPH_DTYPE(name, text, kind, storage, compute, size, accumulator, abi, numpy, dlpack, \
                      supported)                                                                 \
  case DType::name:                                                                              \
    if constexpr ((supported) != 0)                                                              \
      return function(Element<DType::name>{});                                                   \
    else                                                                                         \
      break;
#include "base/dtypes.def"
#undef PYGRAPH_DTYPE
  }
  refuse_dtype(dtype);
}

}  // namespace pygraph
