// Matrix products without a library: quick for small sizes, where a BLAS call's own overhead
// dominates, and serving integers and hosts without BLAS. A tile of the result stays in registers
// while k runs; columns of b are packed into a panel on the stack where they are transposed or too
// few. Products with a vector have loops of their own.
#if defined(__AVX__)
#include <immintrin.h>
#endif

#include "kernels/isa/lanes.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

// a * b + c on vectors, in one rounding where the instruction set has it.
template <class V>
PYGRAPH_INLINE V multiply_add(V a, V b, V c) {
  return a * b + c;
}
#if defined(__AVX512F__)
template <>
PYGRAPH_INLINE Vector<float> multiply_add(Vector<float> a, Vector<float> b, Vector<float> c) {
  return (Vector<float>)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
}
template <>
PYGRAPH_INLINE Vector<double> multiply_add(Vector<double> a, Vector<double> b, Vector<double> c) {
  return (Vector<double>)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
}
#elif defined(__FMA__)
template <>
PYGRAPH_INLINE Vector<float> multiply_add(Vector<float> a, Vector<float> b, Vector<float> c) {
  return (Vector<float>)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
}
template <>
PYGRAPH_INLINE Vector<double> multiply_add(Vector<double> a, Vector<double> b, Vector<double> c) {
  return (Vector<double>)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
}
#endif

constexpr int64_t kDepth = 256;  // of a packed panel: it stays in the nearest cache
constexpr int kTileRows = 4;

// A strided matrix: element (i, j) is data[i * row + j * column].
template <class T>
struct View {
  const T* data;
  int64_t row;
  int64_t column;
};

// out[r][...] (+)= a @ b for `kRows` rows and `kWide` vectors of columns; b's columns are
// contiguous.
template <int kRows, int kWide, class T>
PYGRAPH_INLINE void tile(T* out, int64_t out_row, View<T> a, View<T> b, int64_t depth,
                         bool accumulate) {
  constexpr int kWidth = VectorOf<T>::kWidth;
  Vector<T> sums[kRows][kWide];
  for (int r = 0; r < kRows; ++r) {
    for (int w = 0; w < kWide; ++w) {
      sums[r][w] = accumulate ? load(out + r * out_row + w * kWidth) : Vector<T>{};
    }
  }
  for (int64_t p = 0; p < depth; ++p) {
    Vector<T> right[kWide];
    for (int w = 0; w < kWide; ++w) right[w] = load(b.data + p * b.row + w * kWidth);
    for (int r = 0; r < kRows; ++r) {
      const Vector<T> left = broadcast(a.data[r * a.row + p * a.column]);
      for (int w = 0; w < kWide; ++w) sums[r][w] = multiply_add(left, right[w], sums[r][w]);
    }
  }
  for (int r = 0; r < kRows; ++r) {
    for (int w = 0; w < kWide; ++w) store(out + r * out_row + w * kWidth, sums[r][w]);
  }
}

template <int kWide, class T>
void tile_rows(int64_t rows, T* out, int64_t out_row, View<T> a, View<T> b, int64_t depth,
               bool accumulate) {
  switch (rows) {
    case 1: tile<1, kWide>(out, out_row, a, b, depth, accumulate); break;
    case 2: tile<2, kWide>(out, out_row, a, b, depth, accumulate); break;
    case 3: tile<3, kWide>(out, out_row, a, b, depth, accumulate); break;
    default: tile<kTileRows, kWide>(out, out_row, a, b, depth, accumulate); break;
  }
}

// All rows of `columns` columns, which are `kWide` vectors or fewer: then b is padded and a spare
// tile takes the result.
template <int kWide, class T>
void panel(T* out, int64_t out_row, View<T> a, View<T> b, int64_t m, int64_t columns, int64_t depth,
           bool accumulate) {
  constexpr int64_t kColumns = kWide * VectorOf<T>::kWidth;
  for (int64_t i = 0; i < m; i += kTileRows) {
    const int64_t rows = m - i < kTileRows ? m - i : kTileRows;
    const View<T> left = {a.data + i * a.row, a.row, a.column};
    T* target = out + i * out_row;
    if (columns == kColumns) {
      tile_rows<kWide>(rows, target, out_row, left, b, depth, accumulate);
      continue;
    }
    T spare[kTileRows * kColumns];
    tile_rows<kWide>(rows, spare, kColumns, left, b, depth, false);
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t j = 0; j < columns; ++j) {
        const T value = spare[r * kColumns + j];
        target[r * out_row + j] = accumulate ? target[r * out_row + j] + value : value;
      }
    }
  }
}

template <class T>
void pack(T* packed, int64_t width, View<T> b, int64_t columns, int64_t depth) {
  for (int64_t p = 0; p < depth; ++p) {
    for (int64_t j = 0; j < columns; ++j) packed[p * width + j] = b.data[p * b.row + j * b.column];
    for (int64_t j = columns; j < width; ++j) packed[p * width + j] = T{0};
  }
}

template <int kWide, class T>
void panel_of(T* out, View<T> a, View<T> b, int64_t m, int64_t n, int64_t columns, int64_t k) {
  constexpr int64_t kColumns = kWide * VectorOf<T>::kWidth;
  T packed[kDepth * kColumns];
  const bool packs = columns < kColumns || b.column != 1 || m > 64;
  for (int64_t p = 0; p < k; p += kDepth) {
    const int64_t depth = k - p < kDepth ? k - p : kDepth;
    const View<T> left = {a.data + p * a.column, a.row, a.column};
    View<T> right = {b.data + p * b.row, b.row, b.column};
    if (packs) {
      pack(packed, kColumns, right, columns, depth);
      right = {packed, kColumns, 1};
    }
    panel<kWide>(out, n, left, right, m, columns, depth, p > 0);
  }
}

// out[n] = x[k] @ b[k][n], rows of b contiguous.
template <class T>
void vector_matrix(T* out, const T* x, const T* b, int64_t n, int64_t k) {
  constexpr int64_t kWidth = VectorOf<T>::kWidth;
  const View<T> left = {x, 0, 1};
  int64_t j = 0;
  for (; j + 8 * kWidth <= n; j += 8 * kWidth)
    tile<1, 8>(out + j, 0, left, {b + j, n, 1}, k, false);
  for (; j + 2 * kWidth <= n; j += 2 * kWidth)
    tile<1, 2>(out + j, 0, left, {b + j, n, 1}, k, false);
  for (; j + kWidth <= n; j += kWidth) tile<1, 1>(out + j, 0, left, {b + j, n, 1}, k, false);
  if (j == n) return;
  const int64_t rest = n - j;
  T sums[VectorOf<T>::kWidth] = {};
  for (int64_t p = 0; p < k; ++p) {
    for (int64_t c = 0; c < rest; ++c) sums[c] += x[p] * b[p * n + j + c];
  }
  for (int64_t c = 0; c < rest; ++c) out[j + c] = sums[c];
}

// The sums of neighbours: those of a, then those of b.
template <class T>
PYGRAPH_INLINE Vector<T> add_pairs(Vector<T> a, Vector<T> b) {
  constexpr int kWidth = VectorOf<T>::kWidth;
  if constexpr (kWidth == 2) {
    return __builtin_shufflevector(a, b, 0, 2) + __builtin_shufflevector(a, b, 1, 3);
  } else if constexpr (kWidth == 4) {
    return __builtin_shufflevector(a, b, 0, 2, 4, 6) + __builtin_shufflevector(a, b, 1, 3, 5, 7);
  } else if constexpr (kWidth == 8) {
    return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14) +
           __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
  } else {
    return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28,
                                   30) +
           __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
  }
}

// The sum of each of four vectors.
template <class T>
PYGRAPH_INLINE void fold_four(T* out, const Vector<T> (&v)[4]) {
  constexpr int kWidth = VectorOf<T>::kWidth;
  Vector<T> low = add_pairs<T>(v[0], v[1]);
  Vector<T> high = add_pairs<T>(v[2], v[3]);
  if constexpr (kWidth > 2) {
    low = add_pairs<T>(low, high);
    for (int parts = kWidth / 4; parts > 1; parts /= 2) low = add_pairs<T>(low, low);
    for (int r = 0; r < 4; ++r) out[r] = low[r];
  } else {
    for (int r = 0; r < 2; ++r) out[r] = low[r];
    for (int r = 0; r < 2; ++r) out[2 + r] = high[r];
  }
}

// out[m] = a[m][k] @ x[k], rows of a contiguous.
template <class T>
void matrix_vector(T* out, const T* a, const T* x, int64_t m, int64_t k) {
  constexpr int64_t kWidth = VectorOf<T>::kWidth;
  int64_t i = 0;
  for (; i + 4 <= m; i += 4) {
    const T* rows = a + i * k;
    Vector<T> even[4] = {};
    Vector<T> odd[4] = {};
    int64_t p = 0;
    for (; p + 2 * kWidth <= k; p += 2 * kWidth) {
      const Vector<T> x0 = load(x + p);
      const Vector<T> x1 = load(x + p + kWidth);
      for (int r = 0; r < 4; ++r) {
        even[r] = multiply_add(load(rows + r * k + p), x0, even[r]);
        odd[r] = multiply_add(load(rows + r * k + p + kWidth), x1, odd[r]);
      }
    }
    for (; p + kWidth <= k; p += kWidth) {
      const Vector<T> x0 = load(x + p);
      for (int r = 0; r < 4; ++r) even[r] = multiply_add(load(rows + r * k + p), x0, even[r]);
    }
    for (int r = 0; r < 4; ++r) even[r] += odd[r];
    fold_four<T>(out + i, even);
    for (; p < k; ++p) {
      for (int r = 0; r < 4; ++r) out[i + r] += rows[r * k + p] * x[p];
    }
  }
  for (; i < m; ++i) {
    Vector<T> sums = {};
    int64_t p = 0;
    for (; p + kWidth <= k; p += kWidth)
      sums = multiply_add(load(a + i * k + p), load(x + p), sums);
    T total = T{0};
    for (int w = 0; w < kWidth; ++w) total += sums[w];
    for (; p < k; ++p) total += a[i * k + p] * x[p];
    out[i] = total;
  }
}

template <class T>
void gemm(void* out_memory, const void* a_memory, const void* b_memory, int64_t m, int64_t n,
          int64_t k, bool transpose_a, bool transpose_b) {
  auto* out = static_cast<T*>(out_memory);
  const auto* a = static_cast<const T*>(a_memory);
  const auto* b = static_cast<const T*>(b_memory);
  if (k <= 0) {
    for (int64_t i = 0; i < m * n; ++i) out[i] = T{0};
    return;
  }
  if (n == 1) {
    if (transpose_a)
      vector_matrix(out, b, a, m, k);
    else
      matrix_vector(out, a, b, m, k);
    return;
  }
  if (m == 1) {
    if (transpose_b)
      matrix_vector(out, b, a, n, k);
    else
      vector_matrix(out, a, b, n, k);
    return;
  }
  const View<T> left = {a, transpose_a ? 1 : k, transpose_a ? m : 1};
  const int64_t b_row = transpose_b ? 1 : n;
  const int64_t b_column = transpose_b ? k : 1;
  constexpr int64_t kWidth = VectorOf<T>::kWidth;
  const auto columns_from = [&](int64_t j) { return View<T>{b + j * b_column, b_row, b_column}; };
  if (n < kWidth) {
    panel_of<1>(out, left, columns_from(0), m, n, n, k);
    return;
  }
  int64_t j = 0;
  for (; j + 2 * kWidth <= n; j += 2 * kWidth) {
    panel_of<2>(out + j, left, columns_from(j), m, n, 2 * kWidth, k);
  }
  // The last vector of columns may overlap the one before: it gives the same numbers again.
  for (; j < n; j += kWidth) {
    const int64_t start = j + kWidth <= n ? j : n - kWidth;
    panel_of<1>(out + start, left, columns_from(start), m, n, kWidth, k);
  }
}

constexpr Row<GemmFn> kRows[] = {
    {"matmul", ElementType::int32, ElementType::int32, &gemm<uint32_t>},
    {"matmul", ElementType::int64, ElementType::int64, &gemm<uint64_t>},
    {"matmul", ElementType::float32, ElementType::float32, &gemm<float>},
    {"matmul", ElementType::float64, ElementType::float64, &gemm<double>},
};

}  // namespace

Rows<GemmFn> gemm_rows() { return span_of(kRows); }

}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
