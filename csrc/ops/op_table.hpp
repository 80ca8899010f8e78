// The op table in memory: ops.def as an enum and an array of rows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "ir/ir.hpp"

namespace pygraph::ir {

enum class OpCode : std::uint16_t {
#define PYGRAPH_OP(name, ...) name,
#include "ops/ops.def"
#undef PYGRAPH_OP
};

}  // namespace pygraph::ir

namespace pygraph::ops {

using ir::OpCode;

// Which dtypes an op takes, and how promotion joins them. Inputs of the IR have these dtypes
// already.
enum class Operands : std::uint8_t {
  none,             // no inputs
  any,              // one common dtype
  numeric,          // one common dtype, not bool
  floating,         // one common floating dtype; integers become float64
  integral,         // one common integer dtype, or bool
  integer,          // one common integer dtype
  boolean,          // bool; other dtypes are compared with zero
  condition_first,  // bool, then a common dtype of any class
  first_free,       // any dtype, then int64 (check_defined: bool)
  first_two_free,   // one common dtype of the first two, then int64
  each_own,         // any dtype each
  variable,         // a variable, then a value of its dtype, then int64
  control           // as the subgraphs' parameters say
};

// The dtype of the result.
enum class Result : std::uint8_t {
  same,  // the common dtype of the operands
  boolean,
  int64,
  accumulator,  // bool and integers: int64; floating: the same
  custom        // the shape rule says
};

enum class Rule : std::uint8_t {
  constant,
  undef,
  iota,
  arange,
  astype,
  broadcast,
  reduce,
  reduce_nonempty,
  scan,
  matmul,
  dim_size,
  reshape,
  broadcast_to,
  permute_dims,
  expand_dims,
  squeeze,
  concat,
  slice,
  slice_dynamic,
  gather,
  scatter,
  slice_update,
  nonzero,
  list_append,
  list_pop,
  cond,
  while_loop,
  call,
  check_defined,
  read_variable,
  assign_variable,
  update_variable,
  text
};

enum class Family : std::uint8_t {
  constant,
  undef,
  iota,
  arange,
  elementwise,
  reduce,
  arg_reduce,
  scan,
  sort,
  matmul,
  dim_size,
  copy,
  view,
  concat,
  gather,
  scatter,
  slice_update,
  nonzero,
  list_append,
  list_pop,
  control,
  call,
  check,
  variable,
  text
};

enum class Effects : std::uint8_t { pure, may_fail, reads, writes, prints, control };

// `constant` is an index into Module::constants, `function` one into Module::functions.
enum class AttributeKind : std::uint8_t {
  integer,
  real,
  boolean,
  dtype,
  ints,
  string,
  constant,
  function
};

struct AttributeSpec {
  std::string_view name;
  AttributeKind kind;
};

struct Arity {
  int minimum;
  bool variadic;
};

struct OpRow {
  OpCode code;
  std::string_view name;
  Arity inputs;
  Operands operands;
  Result result;
  Rule rule;
  Family family;
  Effects effects;
  std::span<const AttributeSpec> attributes;
  int subgraphs;  // 2 for cond and while_loop, else 0
};

std::span<const OpRow> op_table();
const OpRow& row(OpCode op);
// The op that an update of a variable does on its value; the attributes are the same.
const OpRow& pure_op(const OpRow& update);
// The op of that name, or nothing.
std::optional<OpCode> find_op(std::string_view name);

// A bound left out of a slice.
inline constexpr std::int64_t kNoBound = INT64_MIN;

// Python's slice of an axis of `size` elements: the first element and how many. `step` is not 0.
struct SliceRange {
  std::int64_t start;
  std::int64_t length;
};
SliceRange slice_range(std::int64_t start, std::int64_t stop, std::int64_t step, std::int64_t size);

// Typed access to a node's attributes by position.
inline std::int64_t integer(const ir::Attribute& attribute) {
  return std::get<std::int64_t>(attribute);
}
inline bool boolean(const ir::Attribute& attribute) { return std::get<bool>(attribute); }
inline const std::string& text(const ir::Attribute& attribute) {
  return std::get<std::string>(attribute);
}
inline DType dtype(const ir::Attribute& attribute) { return std::get<DType>(attribute); }
inline const std::vector<std::int64_t>& ints(const ir::Attribute& attribute) {
  return std::get<std::vector<std::int64_t>>(attribute);
}

}  // namespace pygraph::ops
