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

// Up to this many multiplications own loops take less time than BLAS, whose calls cost more, or tie
// (measured with AVX2). Without fused multiplication BLAS is ahead sooner.
constexpr std::int64_t kOwnMatrix = 256 * 256 * 256;
constexpr std::int64_t kOwnMatrixUnfused = 32 * 32 * 32;
constexpr std::int64_t kOwnVector = 96 * 96;

// Parts of a result begin at multiples of this many rows or columns.
constexpr std::int64_t kCutUnit = 32;

double work_of(const MatrixProduct& p) {
  return static_cast<double>(p.m) * static_cast<double>(p.n) * static_cast<double>(p.k);
}

bool is_vector(const MatrixProduct& p) { return p.m == 1 || p.n == 1; }

bool prefers_own_loops(const MatrixProduct& p) {
  if (p.m > INT_MAX || p.n > INT_MAX || p.k > INT_MAX) return true;
  if (is_vector(p)) return work_of(p) <= kOwnVector;
  return work_of(p) <= (fuses_multiply_add() ? kOwnMatrix : kOwnMatrixUnfused);
}

template <class T>
void blas_product(BlasGemm<T> gemm, BlasGemv<T> gemv, T* out, const T* a, const T* b,
                  const MatrixProduct& p, const MatrixPart& part) {
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

// Cuts one side of a large product, at the same places at any number of threads: BLAS may add in
// another order in a matrix of other dims. A part has at least `work` multiplications, and `least`
// rows or columns.
template <class Body>
void in_parts(const MatrixProduct& p, bool by_rows, std::int64_t least, double work,
              const Body& body) {
  const std::int64_t length = by_rows ? p.m : p.n;
  const double affordable = std::min(work_of(p) / work, static_cast<double>(length / least));
  const std::int64_t parts = std::max(static_cast<std::int64_t>(affordable), std::int64_t{1});
  const std::int64_t size = ((length + parts - 1) / parts + kCutUnit - 1) / kCutUnit * kCutUnit;
  parallel_for((length + size - 1) / size, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t first = begin * size; first < std::min(end * size, length); first += size) {
      const std::int64_t width = std::min(size, length - first);
      body(by_rows ? MatrixPart{first, width, 0, p.n} : MatrixPart{0, p.m, first, width});
    }
  });
}

// Parts are thick, because each packs the operand that they share anew.
template <class Body>
void in_blas_parts(const MatrixProduct& p, const Body& body) {
  const std::int64_t length = std::max(p.m, p.n);
  in_parts(p, p.m >= p.n, length >= 512 ? 256 : 128, 1 << 21, body);
}

// Own loops take a few columns at a time anyway; of rows each part packs the columns anew.
template <class Body>
void in_own_parts(const MatrixProduct& p, const Body& body) {
  if (is_vector(p)) return body(MatrixPart{0, p.m, 0, p.n});
  const bool by_rows = p.n < 4 * kCutUnit && p.m > p.n;
  in_parts(p, by_rows, by_rows ? 2 * kCutUnit : kCutUnit, 1 << 19, body);
}

template <class T>
void multiply_by_blas(BlasGemm<T> gemm, BlasGemv<T> gemv, void* out, const void* a, const void* b,
                      const MatrixProduct& p) {
  in_blas_parts(p, [&](const MatrixPart& part) {
    blas_product(gemm, gemv, static_cast<T*>(out), static_cast<const T*>(a),
                 static_cast<const T*>(b), p, part);
  });
}

}  // namespace

void matmul(DType dtype, void* out, const void* a, const void* b, const MatrixProduct& product) {
  if (product.m <= 0 || product.n <= 0) return;
  const bool is_float = dtype == DType::float32 || dtype == DType::float64;
  const Blas* const library = is_float && !prefers_own_loops(product) ? blas() : nullptr;
  if (library != nullptr && dtype == DType::float32) {
    multiply_by_blas(library->sgemm, library->sgemv, out, a, b, product);
  } else if (library != nullptr) {
    multiply_by_blas(library->dgemm, library->dgemv, out, a, b, product);
  } else if (const GemmFn own = find_gemm(dtype)) {
    in_own_parts(product, [&](const MatrixPart& part) { own(out, a, b, product, part); });
  }
}

}  // namespace pygraph::kernels
