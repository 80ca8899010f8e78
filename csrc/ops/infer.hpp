// Shape and dtype inference: from the types of an op's inputs to the types of its outputs. It runs
// in four places, with the same rules: while tracing, when a graph is read, when a graph is
// specialised to the shapes of a call, and at run time for dims that depend on data.
#pragma once

#include <span>
#include <vector>

#include "ops/op_table.hpp"
#include "ops/promotion.hpp"

namespace pygraph::ops {

struct Signature {
  std::span<const ir::Type> parameters;
  std::span<const ir::Type> results;
};

struct InferInput {
  const OpRow* op = nullptr;
  std::span<const ir::Type> inputs;  // of the dtypes that the op demands
  std::span<const ir::Attribute> attributes;
  // The elements of each input whose value is known, else nullptr. May be shorter than `inputs`.
  std::span<const std::byte* const> values;
  std::span<const Tensor> constants;     // the module's
  std::span<const Signature> subgraphs;  // of this node; of a call, the function's as declared
  std::int64_t* symbol_count = nullptr;  // where new unknown dims are numbered

  std::int64_t new_unknown() const { return unknown_dim((*symbol_count)++); }
  const std::byte* value(std::size_t i) const { return i < values.size() ? values[i] : nullptr; }
};

// A shape of two dims or more, the last two swapped.
Shape transposed(const Shape& shape);

// The types of the outputs. Throws `type` or `value`, with the op named.
std::vector<ir::Type> infer(const InferInput& input);

// Whether an op that fits operands of these types, as far as their sizes are known, may still fail
// for sizes that are not.
bool may_misfit(const OpRow& op, std::span<const ir::Type> inputs,
                std::span<const ir::Attribute> attributes);

// Whether a value of type `from` may stand where `to` is declared: same dtype and rank, and every
// constant dim equal.
bool fits(const ir::Type& from, const ir::Type& to);

// The type that covers both: a dim that differs becomes unknown. Throws `type` (with `what` named)
// if dtype or rank differ.
ir::Type join(const ir::Type& a, const ir::Type& b, const std::string& what,
              std::int64_t* symbol_count);

}  // namespace pygraph::ops
