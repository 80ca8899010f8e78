// One op at a time: each op with its attributes and input types is a one-node plan, kept for the
// next call.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "exec/executable.hpp"
#include "ops/promotion.hpp"

namespace pygraph::exec {

// The plan of an op on inputs of these types, made on the first use; of an op on a variable, that
// comes first. Where dims depend on data they are found at run time.
std::shared_ptr<PlannedRun> eager_plan(const ops::OpRow& op,
                                       std::span<const ir::Attribute> attributes,
                                       std::span<const Tensor> inputs,
                                       const Variable* variable = nullptr);

void clear_eager_plans();

}  // namespace pygraph::exec
