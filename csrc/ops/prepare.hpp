// From an op with known types to a call of its kernel: which kernel, which loops, which strides.
// Made once per instruction when a plan is built; again at each run only for values whose dims
// depend on data.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "kernels/kernels.hpp"
#include "ops/op_table.hpp"

namespace pygraph::ops {

struct KernelCall {
  using Run = kernels::Fault (*)(const KernelCall& call, void* const* out, const void* const* in);

  Run run = nullptr;
  union {
    kernels::ElementwiseFn elementwise = nullptr;
    kernels::ReduceFn reduce;
    kernels::ScanFn scan;
    kernels::ScatterFn scatter;
  };
  kernels::ReduceFn combine = nullptr;  // of a reduction: reduces results of parts of a line
  std::int64_t count = 0;  // elements of an elementwise call, or of the family's inner loop
  std::int64_t steps[3] = {0, 0, 0};  // of a flat elementwise call
  DType dtype = DType::bool_;
  DType out_dtype = DType::bool_;  // of an elementwise call
  std::uint32_t itemsize = 0;      // of the output
  std::uint32_t in_itemsize = 0;   // of a reduction's input
  int inputs = 0;
  bool flat = false;  // `run` does no more than call `elementwise` with `steps` and `count`
  unsigned in_place =
      0;  // bit i: the output may be the memory of input i, if that has the same size in bytes
  std::int64_t cost = 1;                 // about how many element operations
  std::vector<std::int64_t> parameters;  // the family's geometry
};

// An op with known types. `values` as in InferInput: `slice_dynamic` needs them (at run time),
// `gather` is a mere copy of a part where it has them. All types are static.
struct PrepareInput {
  const OpRow& op;
  std::span<const ir::Attribute> attributes;
  std::span<const ir::Type> inputs;
  std::span<const ir::Type> outputs;
  std::span<const std::byte* const> values;
};

// Throws `type` where there is no kernel for the dtypes.
KernelCall prepare(const PrepareInput& in);

// A line longer than this is reduced in chunks of this many elements, and their results in turn.
inline constexpr std::int64_t kReduceChunk = 4096;

// The loops of an elementwise call: rows of `columns` elements, within outer dims.
struct ElementwiseLoops {
  struct Input {
    std::int64_t itemsize;
    bool along_columns;                 // false where a row reads one element
    std::vector<std::int64_t> strides;  // bytes, per outer dim; 0 where it is broadcast
    std::int64_t offset = 0;            // bytes, of the first element
  };
  std::vector<std::int64_t> outer;
  std::int64_t columns;
  std::vector<Input> inputs;

  // Whether the elements of an input lie behind each other, one for each turn.
  bool is_whole(std::size_t input) const;
};
// Nothing for a call of another family, or without elements.
std::optional<ElementwiseLoops> elementwise_loops(const OpRow& op, const KernelCall& call);

// A part of a tensor, or the whole in another order, that a call makes a contiguous copy of.
struct CopiedView {
  struct Dim {
    std::int64_t size;
    std::int64_t stride;  // bytes; may be 0 or negative
  };
  std::int64_t offset;  // bytes
  std::vector<Dim> dims;
};
// Nothing for a call of another family, or without elements.
std::optional<CopiedView> copied_view(const KernelCall& call);

// A reduction of each row of a matrix (which may have one row only), rows not empty.
struct RowReduction {
  std::int64_t rows;
  std::int64_t columns;
};
// Nothing for a call of another kind.
std::optional<RowReduction> row_reduction(const KernelCall& call);

// What a fault of that call is to a user.
Error fault_error(const OpRow& op, const KernelCall& call, const kernels::Fault& fault);

}  // namespace pygraph::ops
