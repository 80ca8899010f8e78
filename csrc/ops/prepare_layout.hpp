// The part of prepare() that moves elements without computing: copies, views, concatenation and
// indexing.
#pragma once

#include "ops/prepare.hpp"

namespace pygraph::ops {

KernelCall prepare_layout(const OpRow& op, std::span<const ir::Attribute> attributes,
                          std::span<const ir::Type> inputs, std::span<const ir::Type> outputs,
                          std::span<const std::byte* const> values);

// The product of the dims [first, last).
std::int64_t elements(const Shape& shape, int first, int last);

}  // namespace pygraph::ops
