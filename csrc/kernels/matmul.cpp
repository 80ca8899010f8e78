// Chooses who multiplies matrices: BLAS for large float ones, own loops for small ones, for vectors
// and for integers.
#include <algorithm>
#include <bit>
#include <climits>
#include <concepts>
#include <cstdint>
#include <type_traits>

#include "base/dispatch.hpp"
#include "base/threads.hpp"
#include "kernels/blas.hpp"
#include "kernels/kernels.hpp"
#include "kernels/registry.hpp"

namespace pygraph::kernels {
namespace {

// Up to this many multiplications own loops take less time than BLAS, whose calls cost more, or tie
// (measured with AVX2). Without fused multiplication BLAS is ahead sooner, and where the left
// operand's rows lie across memory.
constexpr std::int64_t kOwnMatrix = 384 * 384 * 384;
constexpr std::int64_t kOwnTransposed = 128 * 128 * 128;
constexpr std::int64_t kOwnUnfused = 32 * 32 * 32;

double work_of(const MatrixProduct& p) {
  return static_cast<double>(p.m) * static_cast<double>(p.n) * static_cast<double>(p.k);
}

bool is_vector(const MatrixProduct& p) { return p.m == 1 || p.n == 1; }

bool prefers_own_loops(const MatrixProduct& p) {
  if (is_vector(p) || p.m > INT_MAX || p.n > INT_MAX || p.k > INT_MAX) return true;
  if (!fuses_multiply_add()) return work_of(p) <= kOwnUnfused;
  return work_of(p) <= (p.transpose_a ? kOwnTransposed : kOwnMatrix);
}

template <class T>
void blas_product(BlasGemm<T> gemm, T* out, const T* a, const T* b, const MatrixProduct& p,
                  const MatrixPart& part) {
  const auto a_row = static_cast<int>(p.transpose_a ? p.m : p.k);
  const auto b_row = static_cast<int>(p.transpose_b ? p.k : p.n);
  a += part.row * (p.transpose_a ? 1 : p.k);
  b += part.column * (p.transpose_b ? p.k : 1);
  out += part.row * p.n + part.column;
  gemm(kBlasRowMajor, p.transpose_a ? kBlasTranspose : kBlasNoTranspose,
       p.transpose_b ? kBlasTranspose : kBlasNoTranspose, static_cast<int>(part.rows),
       static_cast<int>(part.columns), static_cast<int>(p.k), T{1}, a, a_row, b, b_row, T{0}, out,
       static_cast<int>(p.n));
}

std::int64_t rounded_up(std::int64_t size, std::int64_t unit) {
  return (size + unit - 1) / unit * unit;
}

// The fewest multiplications of a part.
constexpr std::int64_t kLeastPart = 1 << 17;

// How many parts of at least `least` rows or columns, and `work` multiplications, there can be.
std::int64_t parts_of(const MatrixProduct& p, std::int64_t length, std::int64_t least,
                      double work) {
  const double parts = std::min(work_of(p) / work, static_cast<double>(length / least));
  return std::max(static_cast<std::int64_t>(parts), std::int64_t{1});
}

// The most multiplications of a part, a few tenths of a second: a product is stopped between parts.
constexpr double kMostPart = 0x1p32;
constexpr std::int64_t kLeastAcross = 512;  // of so many each operand is used often enough

// Calls body with parts of `size` rows or columns, which are parted across too where that is a long
// job: the same ones at any number of threads, because in a matrix of other dims numbers may be
// added in another order.
template <class Body>
void in_parts(const MatrixProduct& p, bool by_rows, std::int64_t size, const Body& body) {
  // Of a shorter job too much is done before a thread that sleeps is awake.
  const Helpers helpers = work_of(p) < 1 << 22 ? Helpers::awake : Helpers::any;
  const std::int64_t length = by_rows ? p.m : p.n;
  const std::int64_t other = by_rows ? p.n : p.m;
  const double work_across = work_of(p) / static_cast<double>(length) * static_cast<double>(size) /
                             static_cast<double>(other);
  const std::int64_t across =
      work_across * static_cast<double>(other) <= kMostPart
          ? other
          : std::max(static_cast<std::int64_t>(kMostPart / work_across) / 8 * 8, kLeastAcross);
  parallel_for((length + size - 1) / size, 1,
               [&](std::int64_t begin, std::int64_t end) {
                 for (std::int64_t first = begin * size; first < std::min(end * size, length);
                      first += size) {
                   const std::int64_t width = std::min(size, length - first);
                   for (std::int64_t start = 0; start < other; start += across) {
                     const std::int64_t breadth = std::min(across, other - start);
                     body(by_rows ? MatrixPart{first, width, start, breadth}
                                  : MatrixPart{start, breadth, first, width});
                     if (work_across * static_cast<double>(breadth) > kLeastPart) stop_if_asked();
                   }
                 }
               },
               helpers);
}

// Thick parts, because each packs the operand that they share anew; a power of two of them, because
// that is how many threads there often are.
template <class Body>
void in_blas_parts(const MatrixProduct& p, const Body& body) {
  const bool by_rows = p.m >= p.n;
  const std::int64_t length = by_rows ? p.m : p.n;
  const std::int64_t least = length >= 512 ? 192 : 96;
  const auto most = static_cast<std::uint64_t>(parts_of(p, length, least, 1 << 21));
  const auto parts = static_cast<std::int64_t>(std::bit_floor(most));
  in_parts(p, by_rows, rounded_up((length + parts - 1) / parts, 8), body);
}

// Own loops take two vectors of columns at a time anyway; of rows each part packs the columns anew.
// A matrix that a vector is multiplied by is read in long stretches of memory.
template <class Body>
void in_own_parts(const MatrixProduct& p, const Body& body) {
  if (is_vector(p)) {
    const bool by_rows = p.n == 1;
    const std::int64_t length = by_rows ? p.m : p.n;
    const bool is_row_by_row = by_rows ? !p.transpose_a : p.transpose_b;
    const std::int64_t parts = parts_of(p, length, is_row_by_row ? 32 : 480, kLeastPart);
    return in_parts(p, by_rows, rounded_up((length + parts - 1) / parts, 16), body);
  }
  const bool by_rows = p.n < 128 && p.m > p.n;
  const std::int64_t length = by_rows ? p.m : p.n;
  const std::int64_t unit = by_rows ? 48 : 32;
  const std::int64_t size = length / parts_of(p, length, unit, 2 * kLeastPart);
  in_parts(p, by_rows, std::max(size / unit * unit, unit), body);
}

// A number from more products than this is the sum of stretches, which threads share.
constexpr std::int64_t kStretch = 1 << 14;

template <class T>
void dot(GemmFn own, void* out, const void* a, const void* b, std::int64_t k) {
  constexpr std::int64_t kMaxStretches = 256;
  const std::int64_t size = std::max(kStretch, rounded_up(k / kMaxStretches + 1, 64));
  const std::int64_t stretches = (k + size - 1) / size;
  T sums[kMaxStretches] = {};
  parallel_for(stretches, 2, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      stop_if_asked();
      const MatrixProduct product = {1, 1, std::min(size, k - i * size), false, false};
      own(sums + i, static_cast<const T*>(a) + i * size, static_cast<const T*>(b) + i * size,
          product, {0, 1, 0, 1});
    }
  });
  for (std::int64_t i = 1; i < stretches; ++i) sums[0] = static_cast<T>(sums[0] + sums[i]);
  *static_cast<T*>(out) = sums[0];
}

// The type that sums of products are computed in: unsigned for integers, so that they wrap.
template <class T>
struct Wrapping {
  using Type = T;
};
template <std::integral T>
struct Wrapping<T> {
  using Type = std::make_unsigned_t<T>;
};

void dot(DType dtype, GemmFn own, void* out, const void* a, const void* b, std::int64_t k) {
  dispatch(dtype, [&](auto element) {
    using Element = decltype(element);
    if constexpr (Element::kKind != DTypeKind::boolean)
      dot<typename Wrapping<typename Element::Storage>::Type>(own, out, a, b, k);
  });
}

template <class T>
void multiply_by_blas(BlasGemm<T> gemm, void* out, const void* a, const void* b,
                      const MatrixProduct& p) {
  in_blas_parts(p, [&](const MatrixPart& part) {
    blas_product(gemm, static_cast<T*>(out), static_cast<const T*>(a), static_cast<const T*>(b), p,
                 part);
  });
}

}  // namespace

void matmul(DType dtype, void* out, const void* a, const void* b, const MatrixProduct& product) {
  if (product.m <= 0 || product.n <= 0) return;
  const bool has_blas = dtype == DType::float32 || dtype == DType::float64;
  const Blas* const library = has_blas && !prefers_own_loops(product) ? blas() : nullptr;
  if (library != nullptr && dtype == DType::float32)
    return multiply_by_blas(library->sgemm, out, a, b, product);
  if (library != nullptr) return multiply_by_blas(library->dgemm, out, a, b, product);
  const GemmFn own = find_gemm(dtype);
  if (own == nullptr) return;
  if (product.m == 1 && product.n == 1 && product.k > kStretch)
    return dot(dtype, own, out, a, b, product.k);
  if (work_of(product) <= kLeastPart) return own(out, a, b, product, {0, product.m, 0, product.n});
  in_own_parts(product, [&](const MatrixPart& part) { own(out, a, b, product, part); });
}

}  // namespace pygraph::kernels
