// Type promotion: the array API's table, NumPy's where the standard is silent (an integer with a
// floating dtype), and weak operands: Python numbers, and what was computed from nothing but them,
// take the dtype of the others where their class allows it.
#pragma once

#include <span>
#include <vector>

#include "ops/op_table.hpp"

namespace pygraph::ops {

// The smallest dtype that holds both, as NumPy's promote_types gives it.
DType promote_types(DType a, DType b);

// The common dtype of operands, of which those marked weak only contribute their class. Scalars are
// what they are in Python: arithmetic on bools alone, which arrays have none for, is on integers.
struct Operand {
  DType dtype;
  bool weak;
  bool scalar = false;
};
Operand result_type(std::span<const Operand> operands);

// The dtype that each input must be converted to before the op; `weak` tells whether the result is
// a weak number still.
struct Promotion {
  std::vector<DType> dtypes;
  bool weak = false;
};
// Throws `type` where the op is not defined for these dtypes.
Promotion promote(const OpRow& op, std::span<const Operand> operands);

// The dtype of the result for operands of this common dtype (Result::custom is left to the rule).
DType result_dtype(const OpRow& op, DType common);

}  // namespace pygraph::ops
