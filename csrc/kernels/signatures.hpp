// What a kernel looks like: the fault it may report and the function types. Kept free of every
// standard header that defines functions, because the per-instruction-set files (isa/*.cpp) must
// not emit a symbol that they share.
#pragma once

#include <stdint.h>

namespace pygraph::kernels {

enum class FaultCode : int32_t {
  none = 0,
  division_by_zero,        // an integer // or % with divisor 0
  negative_integer_power,  // an integer to a negative integer power
  index_out_of_range,      // detail: the index; extra: the position among the index operands
};

struct Fault {
  FaultCode code = FaultCode::none;
  int32_t extra = 0;
  int64_t detail = 0;
  constexpr bool ok() const { return code == FaultCode::none; }
};

// out[i] = f(in[0][i * step[0]], in[1][i * step[1]], ...) for i < count; a step is 1 (contiguous)
// or 0 (a scalar). `out` may be the same memory as an input of equal itemsize and step 1, never a
// partial overlap.
using ElementwiseFn = Fault (*)(void* out, const void* const* in, const int64_t* step,
                                int64_t count);

// Reduces the block in[n][inner], whose rows are `stride` elements apart, over n to out[inner]; the
// result of a column depends on n and stride only. With `accumulate` the block is combined into
// what out holds. n >= 1 unless the reduction has an identity (sum, prod, any, all).
// argmax and argmin give int64 and never accumulate. Results do not depend on the instruction set.
using ReduceFn = void (*)(void* out, const void* in, int64_t n, int64_t inner, int64_t stride,
                          bool accumulate);

// The running reduction of in[n][inner] along n into out[n][inner].
using ScanFn = void (*)(void* out, const void* in, int64_t n, int64_t inner);

// out[m][n] = a[m][k] @ b[k][n], row-major and contiguous; of a transposed operand the memory holds
// a[k][m] or b[n][k].
struct MatrixProduct {
  int64_t m;
  int64_t n;
  int64_t k;
  bool transpose_a;
  bool transpose_b;
};

// Rows and columns of a result.
struct MatrixPart {
  int64_t row;
  int64_t rows;
  int64_t column;
  int64_t columns;
};

}  // namespace pygraph::kernels
