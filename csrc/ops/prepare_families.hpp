// What the functions that prepare kernel calls share. Each kind has its file.
#pragma once

#include <string>

#include "base/layout.hpp"
#include "ops/row_functions.hpp"

namespace pygraph::ops {

kernels::Fault run_nothing(const KernelCall& call, void* const* out, const void* const* in);
// Makes `call` set all bytes of its output to zero.
void zero_fill(KernelCall& call, const ir::Type& out);

template <class Fn>
Fn found(Fn kernel, const OpRow& op, DType in) {
  if (kernel == nullptr)
    throw Error(ErrorKind::type,
                std::string(op.name) + " has no kernel for " + std::string(name(in)));
  return kernel;
}

}  // namespace pygraph::ops
