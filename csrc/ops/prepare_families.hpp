// The parts of prepare(), each in its file, and what they share.
#pragma once

#include <string>

#include "base/layout.hpp"
#include "ops/prepare.hpp"

namespace pygraph::ops {

// What moves elements without computing: copies, views, concatenation and indexing.
KernelCall prepare_layout(const OpRow& op, std::span<const ir::Attribute> attributes,
                          std::span<const ir::Type> inputs, std::span<const ir::Type> outputs,
                          std::span<const std::byte* const> values);
KernelCall prepare_reduce(const OpRow& op, std::span<const ir::Attribute> attributes,
                          const ir::Type& in, const ir::Type& out);
KernelCall prepare_arg_reduce(const OpRow& op, std::span<const ir::Attribute> attributes,
                              const ir::Type& in, const ir::Type& out);
KernelCall prepare_scan(const OpRow& op, std::span<const ir::Attribute> attributes,
                        const ir::Type& in, const ir::Type& out);
KernelCall prepare_sort(const OpRow& op, std::span<const ir::Attribute> attributes,
                        const ir::Type& in);
KernelCall prepare_matmul(std::span<const ir::Attribute> attributes,
                          std::span<const ir::Type> inputs, const ir::Type& out);

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
