// The op table in memory: ops.def as an enum and an array of rows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "ir/ir.hpp"
#include "kernels/kernels.hpp"

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
  first_free,       // any dtype, then int64
  value_and_flag,   // any dtype, then bool
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

// What an op does beside giving a result. Flags; control flow does what its subgraphs do.
enum class Effects : std::uint8_t {
  pure = 0,      // may be dropped, merged or moved
  may_fail = 1,  // ordered before later effects, kept unless proven safe
  reads = 2,     // a variable, in program order
  writes = 4,    // likewise
  prints = 8,    // seen outside of the run, in program order
  random = 16,   // gives another result each time
  host = 32,     // calls the host's code, in program order
  nested = 64    // what its subgraphs do, or the function that it calls
};

constexpr Effects operator|(Effects a, Effects b) {
  return static_cast<Effects>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr bool has(Effects effects, Effects any_of) {
  return (static_cast<unsigned>(effects) & static_cast<unsigned>(any_of)) != 0;
}

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
  // One that is not given is 0, false or empty, and one that is so is not written: what a row had
  // no attribute for when a file was saved.
  bool optional = false;
};

ir::Attribute default_attribute(AttributeKind kind);
inline bool is_default(const AttributeSpec& spec, const ir::Attribute& value) {
  return spec.optional && value == default_attribute(spec.kind);
}

struct Arity {
  int minimum;
  bool variadic;
};

// About how much an element costs, in units of the cheapest ops'.
struct Cost {
  std::int64_t whole = 1;  // of integers and bool
  std::int64_t floating = 1;
};

// Where it can be told before the run that an op will not fail.
enum class Safe : std::uint8_t {
  never,
  static_shape,       // where the shapes of its inputs are known
  nonzero_divisor,    // of floating numbers, or where the last input is known and has no 0
  positive_exponent,  // of floating numbers, or where the last input is known and not negative
  constant_index      // where its index is known
};

// What the result is to NumPy.
enum class View : std::uint8_t {
  none,
  part,  // shares elements with the first input (of a gather, where its indices are 0-d)
  whole  // has the same elements in the same order
};

struct OpRow;
struct InferInput;
struct PrepareInput;
struct KernelCall;

// Whether inputs of these types, whose known sizes fit, may still misfit by those that are not.
using MayMisfit = bool (*)(std::span<const ir::Type> inputs,
                           std::span<const ir::Attribute> attributes);

// What a row may say in addition.
struct Traits {
  bool elementwise = false;  // computes each element by itself
  MayMisfit may_misfit = nullptr;
  Cost cost = {};
  ErrorKind fault = ErrorKind::value;  // of an op that may fail
  Safe safe = Safe::never;
  View view = View::none;
  // Of an update of a variable: the op that it does on the variable's value. The attributes are
  // the same.
  std::optional<OpCode> updates = {};
};

struct OpRow : Traits {
  OpCode code;
  std::string_view name;
  Arity inputs;
  Operands operands;
  Result result;
  std::vector<ir::Type> (*infer)(const InferInput& in);
  KernelCall (*prepare)(const PrepareInput& in);
  Effects effects;
  std::span<const AttributeSpec> attributes;
  int subgraphs;  // 2 for cond and while_loop, else 0
};

std::span<const OpRow> op_table();
const OpRow& row(OpCode op);
// The op of that name, or nothing.
std::optional<OpCode> find_op(std::string_view name);

// The mode of a scatter, by its name: "" for set.
std::optional<kernels::ScatterMode> scatter_mode(std::string_view name);

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
