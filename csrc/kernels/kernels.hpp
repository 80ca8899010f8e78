// The kernels: loops over raw contiguous memory, found by name and dtype when a plan is made and
// called through plain function pointers. A kernel never allocates, never throws and never sees a
// shape rule. The elementwise, reduction and scan families are built once per instruction set
// (isa/*.cpp) and chosen when the library is loaded.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/dtype.hpp"
#include "kernels/signatures.hpp"

namespace pygraph::kernels {

// The kernel of that name (an op's name; "astype" converts `in` to `out`), or nullptr if there is
// none. `in` is the dtype of the op's last input (for `where`: of its branches); `out` that of its
// result.
ElementwiseFn find_elementwise(std::string_view name, DType in, DType out);
// The kernel that does the work of two in one walk, in the same bits: of `outer`, whose operand
// `position` is the result of `inner`; or nullptr. Its operands are inner's, then the other one of
// outer. Both are of that dtype.
ElementwiseFn find_pair(std::string_view inner, std::string_view outer, int position, DType dtype);
ReduceFn find_reduce(std::string_view name, DType in, DType out);
ScanFn find_scan(std::string_view name, DType in, DType out);

// A product of every supported dtype but bool.
void matmul(DType dtype, void* out, const void* a, const void* b, const MatrixProduct& product);

// Copies `shape` elements between two strided views. Strides are in elements, may be 0 (broadcast,
// input only) or negative.
void copy_strided(void* out, const std::int64_t* out_strides, const void* in,
                  const std::int64_t* in_strides, const std::int64_t* shape, int rank,
                  std::size_t itemsize);

// Reads rows at computed positions. The source is
// in[outer][axis_sizes[0]]...[axis_sizes[k-1]][inner]; indices[j] holds `count` integers of
// `index_dtype` (int32 or int64); index_step[j] is 1 or 0. out is [outer][count][inner]. An index i
// in
// [-size, size) is taken modulo size; any other is a fault. Gathers the rows [begin, end) of count.
struct IndexGeometry {
  std::int64_t outer;
  std::int64_t inner;
  std::int64_t count;
  int axes;
  const std::int64_t* axis_sizes;
  const std::int64_t* index_step;
  DType index_dtype;
  std::size_t itemsize;
};
Fault gather(void* out, const void* in, const void* const* indices, const IndexGeometry& geometry,
             std::int64_t begin, std::int64_t end);
// Writes values[outer][count][inner] (or one repeated row where value_step is 0) at those positions
// of `out`, in order of count. Where a position is out of range, what comes before it is written:
// check_positions tells first.
Fault scatter(void* out, const void* values, std::int64_t value_step, const void* const* indices,
              const IndexGeometry& geometry);

// What a scatter does with the elements that are there. In all modes but `set` those that name one
// position count all, in order of count.
enum class ScatterMode : std::uint8_t { set, add, multiply, min, max };
// Likewise, of bools `add` is or and `multiply` is and; nullptr if there is none for the dtype.
using ScatterFn = Fault (*)(void* out, const void* values, std::int64_t value_step,
                            const void* const* indices, const IndexGeometry& geometry);
ScatterFn find_scatter(ScatterMode mode, DType dtype);
// The first fault of positions that are out of range.
Fault check_positions(const void* const* indices, const IndexGeometry& geometry);

// Sorts the lines in[outer][size][inner] along the middle axis, keeping the order of equal
// elements; NaNs come last. `out` has their elements, or their positions as int64.
struct SortGeometry {
  std::int64_t outer;
  std::int64_t size;
  std::int64_t inner;
  bool descending;
};
void sort_elements(DType dtype, void* out, const void* in, const SortGeometry& geometry);
void sort_positions(DType dtype, void* out, const void* in, const SortGeometry& geometry);

// out[i] = start + i * step, computed in the dtype (int32, int64, float32, float64); start and step
// point at one element each.
void fill_range(DType dtype, void* out, const void* start, const void* step, std::int64_t count);

// The instruction set in use ("x86-64", "x86-64-v3", "x86-64-v4", "generic") and those this machine
// can run. The environment variable PYGRAPH_ISA chooses a lower one; a name that this machine
// cannot run is ignored with a note on stderr.
std::string_view isa();
std::span<const std::string_view> available_isas();

// "OpenBLAS 0.3.x ..." or "none" where its library could not be opened (then own loops serve
// matmul).
std::string_view blas_version();

}  // namespace pygraph::kernels
