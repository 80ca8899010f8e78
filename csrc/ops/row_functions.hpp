// The functions that the rows of ops.def name. Each is defined beside its kin: shape rules in
// infer.cpp and rules.cpp, the preparation of kernel calls in prepare*.cpp.
#pragma once

#include "ops/infer.hpp"
#include "ops/prepare.hpp"

namespace pygraph::ops {

#define PYGRAPH_OP(name, inputs, operands, result, rule, kernel, ...) \
  std::vector<ir::Type> infer_##rule(const InferInput& in);           \
  KernelCall prepare_##kernel(const PrepareInput& in);
#include "ops/ops.def"
#undef PYGRAPH_OP

// ops::MayMisfit
bool broadcast_may_misfit(std::span<const ir::Type> inputs, std::span<const ir::Attribute>);
bool matmul_may_misfit(std::span<const ir::Type> inputs, std::span<const ir::Attribute> attributes);
bool concat_may_misfit(std::span<const ir::Type> inputs, std::span<const ir::Attribute> attributes);
bool slice_update_may_misfit(std::span<const ir::Type> inputs, std::span<const ir::Attribute>);
bool append_may_misfit(std::span<const ir::Type> inputs, std::span<const ir::Attribute>);

}  // namespace pygraph::ops
