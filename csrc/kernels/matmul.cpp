// Chooses who multiplies matrices: BLAS for large float ones, own loops for small ones and for
// integers.
#include <algorithm>
#include <climits>

#include "base/threads.hpp"
#include "kernels/blas.hpp"
#include "kernels/kernels.hpp"
#include "kernels/registry.hpp"

namespace pygraph::kernels {
namespace {

struct Product {
  std::int64_t m;
  std::int64_t n;
  std::int64_t k;
  bool transpose_a;
  bool transpose_b;
};

// Up to this many multiplications own loops take less time than a BLAS call (measured with AVX2;
// the two tie beyond).
constexpr std::int64_t kSmallMatrix = 32 * 32 * 32;
constexpr std::int64_t kSmallVector = 96 * 96;

bool prefers_own_loops(const Product& p) {
  if (p.k == 0) return true;
  if (p.m > INT_MAX || p.n > INT_MAX || p.k > INT_MAX) return true;
  const bool vector = p.m == 1 || p.n == 1;
  const double work =
      static_cast<double>(p.m) * static_cast<double>(p.n) * static_cast<double>(p.k);
  return work <= static_cast<double>(vector ? kSmallVector : kSmallMatrix);
}

// Part of a result: rows and columns of the whole product, whose rows are p.n apart.
struct Part {
  std::int64_t row;
  std::int64_t rows;
  std::int64_t column;
  std::int64_t columns;
};

template <class T>
void blas_product(BlasGemm<T> gemm, BlasGemv<T> gemv, T* out, const T* a, const T* b,
                  const Product& p, const Part& part) {
  const int m = static_cast<int>(part.rows);
  const int n = static_cast<int>(part.columns);
  const int k = static_cast<int>(p.k);
  const int a_row = static_cast<int>(p.transpose_a ? p.m : p.k);
  const int b_row = static_cast<int>(p.transpose_b ? p.k : p.n);
  a += part.row * (p.transpose_a ? 1 : p.k);
  b += part.column * (p.transpose_b ? p.k : 1);
  out += part.row * p.n + part.column;
  if (p.n == 1) {
    const int op = p.transpose_a ? kBlasTranspose : kBlasNoTranspose;
    gemv(kBlasRowMajor, op, p.transpose_a ? k : m, p.transpose_a ? m : k, T{1}, a, a_row, b, 1,
         T{0}, out, 1);
  } else if (p.m == 1) {
    // A row times b is b, transposed, times a column.
    const int op = p.transpose_b ? kBlasNoTranspose : kBlasTranspose;
    gemv(kBlasRowMajor, op, p.transpose_b ? n : k, p.transpose_b ? k : n, T{1}, b, b_row, a, 1,
         T{0}, out, 1);
  } else {
    gemm(kBlasRowMajor, p.transpose_a ? kBlasTranspose : kBlasNoTranspose,
         p.transpose_b ? kBlasTranspose : kBlasNoTranspose, m, n, k, T{1}, a, a_row, b, b_row, T{0},
         out, static_cast<int>(p.n));
  }
}

// Cuts the longer side of a large product, at the same places at any number of threads: BLAS may
// add in another order in a matrix of other dims. Parts are thick, because each packs the operand
// that they share anew.
template <class Body>
void in_parts(const Product& p, const Body& body) {
  constexpr double kLeastWork = 1 << 21;  // multiplications that are worth a thread
  const bool by_rows = p.m >= p.n;
  const std::int64_t length = by_rows ? p.m : p.n;
  const std::int64_t least = length >= 512 ? 256 : 128;
  const double work =
      static_cast<double>(p.m) * static_cast<double>(p.n) * static_cast<double>(p.k);
  const std::int64_t parts = std::clamp(static_cast<std::int64_t>(work / kLeastWork),
                                        std::int64_t{1}, std::max(length / least, std::int64_t{1}));
  const std::int64_t size = (length + parts - 1) / parts;
  parallel_for(parts, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t first = begin * size; first < std::min(end * size, length); first += size) {
      const std::int64_t width = std::min(size, length - first);
      body(by_rows ? Part{first, width, 0, p.n} : Part{0, p.m, first, width});
    }
  });
}

}  // namespace

void matmul(DType dtype, void* out, const void* a, const void* b, std::int64_t m, std::int64_t n,
            std::int64_t k, bool transpose_a, bool transpose_b) {
  if (m <= 0 || n <= 0) return;
  const Product product = {m, n, k, transpose_a, transpose_b};
  if (is_floating(dtype) && !prefers_own_loops(product)) {
    if (const Blas* functions = blas()) {
      if (dtype == DType::float32) {
        in_parts(product, [&](const Part& part) {
          blas_product(functions->sgemm, functions->sgemv, static_cast<float*>(out),
                       static_cast<const float*>(a), static_cast<const float*>(b), product, part);
        });
        return;
      }
      if (dtype == DType::float64) {
        in_parts(product, [&](const Part& part) {
          blas_product(functions->dgemm, functions->dgemv, static_cast<double*>(out),
                       static_cast<const double*>(a), static_cast<const double*>(b), product, part);
        });
        return;
      }
    }
  }
  if (const GemmFn own = find_gemm(dtype)) own(out, a, b, m, n, k, transpose_a, transpose_b);
}

}  // namespace pygraph::kernels
