// Chooses who multiplies matrices: BLAS for large float ones, own loops for small ones and for
// integers.
#include <climits>

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

template <class T>
void blas_product(BlasGemm<T> gemm, BlasGemv<T> gemv, T* out, const T* a, const T* b,
                  const Product& p) {
  const int m = static_cast<int>(p.m);
  const int n = static_cast<int>(p.n);
  const int k = static_cast<int>(p.k);
  const int op_a = p.transpose_a ? kBlasTranspose : kBlasNoTranspose;
  const int op_b = p.transpose_b ? kBlasTranspose : kBlasNoTranspose;
  if (n == 1) {
    const int rows = p.transpose_a ? k : m;
    const int columns = p.transpose_a ? m : k;
    gemv(kBlasRowMajor, op_a, rows, columns, T{1}, a, columns, b, 1, T{0}, out, 1);
  } else if (m == 1) {
    // A row times b is b, transposed, times a column.
    const int rows = p.transpose_b ? n : k;
    const int columns = p.transpose_b ? k : n;
    const int op = p.transpose_b ? kBlasNoTranspose : kBlasTranspose;
    gemv(kBlasRowMajor, op, rows, columns, T{1}, b, columns, a, 1, T{0}, out, 1);
  } else {
    gemm(kBlasRowMajor, op_a, op_b, m, n, k, T{1}, a, p.transpose_a ? m : k, b,
         p.transpose_b ? k : n, T{0}, out, n);
  }
}

}  // namespace

void matmul(DType dtype, void* out, const void* a, const void* b, std::int64_t m, std::int64_t n,
            std::int64_t k, bool transpose_a, bool transpose_b) {
  if (m <= 0 || n <= 0) return;
  const Product product = {m, n, k, transpose_a, transpose_b};
  if (is_floating(dtype) && !prefers_own_loops(product)) {
    if (const Blas* functions = blas()) {
      if (dtype == DType::float32) {
        blas_product(functions->sgemm, functions->sgemv, static_cast<float*>(out),
                     static_cast<const float*>(a), static_cast<const float*>(b), product);
        return;
      }
      if (dtype == DType::float64) {
        blas_product(functions->dgemm, functions->dgemv, static_cast<double*>(out),
                     static_cast<const double*>(a), static_cast<const double*>(b), product);
        return;
      }
    }
  }
  if (const GemmFn own = find_gemm(dtype)) own(out, a, b, m, n, k, transpose_a, transpose_b);
}

}  // namespace pygraph::kernels
