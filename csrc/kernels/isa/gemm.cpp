// Matrix products without a library: quick for small sizes, where a BLAS call's own overhead
// dominates, and serving integers and hosts without BLAS. A tile of the result stays in registers
// while k runs; columns of b are packed into a panel on the stack where they are transposed, too
// few or read often. Products with a vector have loops of their own. A number of the result is
// summed in the same order whichever part of the result it is computed with.
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
// As many sums as there are registers for, beside two vectors of b and an element of a.
#if defined(__AVX512F__)
constexpr int kTileRows = 12;
#else
constexpr int kTileRows = 6;
#endif
// With fewer rows than this, a panel is read too seldom to be worth packing.
constexpr int64_t kPackedRows = 12;

// A strided matrix: element (i, j) is data[i * row + j * column].
template <class T>
struct View {
  const T* data;
  int64_t row;
  int64_t column;
};

// out[r][...] (+)= a @ b for `kRows` rows and `kWide` vectors of columns; b's columns are
// contiguous. The loops over registers are unrolled early, else the compiler keeps the sums in
// memory.
template <int kRows, int kWide, class T>
PYGRAPH_INLINE void tile(T* out, int64_t out_row, View<T> a, View<T> b, int64_t depth,
                         bool accumulate) {
  constexpr int kWidth = VectorOf<T>::kWidth;
  Vector<T> sums[kRows][kWide];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int w = 0; w < kWide; ++w) sums[r][w] = Vector<T>{};
  }
  for (int64_t p = 0; p < depth; ++p) {
    Vector<T> right[kWide];
#pragma GCC unroll 16
    for (int w = 0; w < kWide; ++w) right[w] = load(b.data + p * b.row + w * kWidth);
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
      const Vector<T> left = broadcast(a.data[r * a.row + p * a.column]);
#pragma GCC unroll 16
      for (int w = 0; w < kWide; ++w) sums[r][w] = multiply_add(left, right[w], sums[r][w]);
    }
  }
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) {
#pragma GCC unroll 16
    for (int w = 0; w < kWide; ++w) {
      T* const to = out + r * out_row + w * kWidth;
      store(to, accumulate ? load(to) + sums[r][w] : sums[r][w]);
    }
  }
}

// The tile of `rows` rows, 1 to kRows.
template <int kRows, int kWide, class T>
PYGRAPH_INLINE void tile_of_rows(int64_t rows, T* out, int64_t out_row, View<T> a, View<T> b,
                                 int64_t depth, bool accumulate) {
  if constexpr (kRows > 1) {
    if (rows < kRows) {
      tile_of_rows<kRows - 1, kWide>(rows, out, out_row, a, b, depth, accumulate);
      return;
    }
  }
  tile<kRows, kWide>(out, out_row, a, b, depth, accumulate);
}

// All rows of `columns` columns, which are `kWide` vectors or fewer: then b is padded and a spare
// tile takes the result. Tiles are of about the same height: low ones are slow.
template <int kWide, class T>
void panel(T* out, int64_t out_row, View<T> a, View<T> b, int64_t m, int64_t columns, int64_t depth,
           bool accumulate) {
  constexpr int64_t kColumns = kWide * VectorOf<T>::kWidth;
  int64_t i = 0;
  for (int64_t tiles = (m + kTileRows - 1) / kTileRows; tiles > 0; --tiles) {
    const int64_t rows = (m - i + tiles - 1) / tiles;
    const View<T> left = {a.data + i * a.row, a.row, a.column};
    T* target = out + i * out_row;
    i += rows;
    if (columns == kColumns) {
      tile_of_rows<kTileRows, kWide>(rows, target, out_row, left, b, depth, accumulate);
      continue;
    }
    T spare[kTileRows * kColumns];
    tile_of_rows<kTileRows, kWide>(rows, spare, kColumns, left, b, depth, false);
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t j = 0; j < columns; ++j) {
        const T value = spare[r * kColumns + j];
        target[r * out_row + j] = accumulate ? target[r * out_row + j] + value : value;
      }
    }
  }
}

template <int kWide, class T>
void pack(T* packed, View<T> b, int64_t columns, int64_t depth) {
  constexpr int64_t kWidth = VectorOf<T>::kWidth;
  constexpr int64_t kColumns = kWide * kWidth;
  if (b.column == 1 && columns == kColumns) {
    for (int64_t p = 0; p < depth; ++p) {
#pragma GCC unroll 16
      for (int w = 0; w < kWide; ++w)
        store(packed + p * kColumns + w * kWidth, load(b.data + p * b.row + w * kWidth));
    }
    return;
  }
  for (int64_t p = 0; p < depth; ++p) {
    for (int64_t j = 0; j < columns; ++j)
      packed[p * kColumns + j] = b.data[p * b.row + j * b.column];
    for (int64_t j = columns; j < kColumns; ++j) packed[p * kColumns + j] = T{0};
  }
}

template <int kWide, class T>
void panel_of(T* out, int64_t out_row, View<T> a, View<T> b, int64_t m, int64_t columns,
              int64_t k) {
  constexpr int64_t kColumns = kWide * VectorOf<T>::kWidth;
  T packed[kDepth * kColumns];
  const bool packs = columns < kColumns || b.column != 1 || m >= kPackedRows;
  for (int64_t p = 0; p < k; p += kDepth) {
    const int64_t depth = k - p < kDepth ? k - p : kDepth;
    const View<T> left = {a.data + p * a.column, a.row, a.column};
    View<T> right = {b.data + p * b.row, b.row, b.column};
    if (packs) {
      pack<kWide>(packed, right, columns, depth);
      right = {packed, kColumns, 1};
    }
    panel<kWide>(out, out_row, left, right, m, columns, depth, p > 0);
  }
}

// kWide vectors of x[k] @ b, rows of b contiguous and b_row apart.
template <int kWide, class T>
PYGRAPH_INLINE void vector_columns(T* out, const T* x, const T* b, int64_t b_row, int64_t k) {
  constexpr int kWidth = VectorOf<T>::kWidth;
  // Additions need not wait for each other: with few vectors, odd terms have sums of their own.
  constexpr int kTurns = kWide < 8 ? 2 : 1;
  Vector<T> sums[kTurns][kWide];
#pragma GCC unroll 16
  for (int t = 0; t < kTurns; ++t) {
#pragma GCC unroll 16
    for (int w = 0; w < kWide; ++w) sums[t][w] = Vector<T>{};
  }
  int64_t p = 0;
  for (; p + kTurns <= k; p += kTurns) {
#pragma GCC unroll 16
    for (int t = 0; t < kTurns; ++t) {
      const T* const row = b + (p + t) * b_row;
      const Vector<T> left = broadcast(x[p + t]);
#pragma GCC unroll 16
      for (int w = 0; w < kWide; ++w)
        sums[t][w] = multiply_add(left, load(row + w * kWidth), sums[t][w]);
    }
  }
#pragma GCC unroll 16
  for (int w = 0; w < kWide; ++w) {
    if constexpr (kTurns == 2) {
      if (p < k)
        sums[0][w] = multiply_add(broadcast(x[p]), load(b + p * b_row + w * kWidth), sums[0][w]);
      sums[0][w] += sums[1][w];
    }
    store(out + w * kWidth, sums[0][w]);
  }
}

// out[n] = x[k] @ b[k][n], rows of b contiguous and b_row apart.
template <class T>
void vector_matrix(T* out, const T* x, const T* b, int64_t b_row, int64_t n, int64_t k) {
  constexpr int64_t kWidth = VectorOf<T>::kWidth;
  int64_t j = 0;
  for (; j + 8 * kWidth <= n; j += 8 * kWidth) vector_columns<8>(out + j, x, b + j, b_row, k);
  for (; j + 4 * kWidth <= n; j += 4 * kWidth) vector_columns<4>(out + j, x, b + j, b_row, k);
  for (; j < n && n >= kWidth; j += kWidth) {
    // The last vector of columns may overlap the one before: it gives the same numbers again.
    const int64_t start = j + kWidth <= n ? j : n - kWidth;
    vector_columns<1>(out + start, x, b + start, b_row, k);
  }
  for (; j < n; ++j) {
    T sum = T{0};
    for (int64_t p = 0; p < k; ++p) sum += x[p] * b[p * b_row + j];
    out[j] = sum;
  }
}

constexpr int kLaneBytes = 16;
template <class T>
struct LaneOf {
  typedef T Type __attribute__((vector_size(kLaneBytes)));
};
template <class T>
using Lane = typename LaneOf<T>::Type;

// The sums of neighbours within each lane of 16 bytes: those of a, then those of b.
template <class T>
PYGRAPH_INLINE Vector<T> add_pairs(Vector<T> a, Vector<T> b) {
  constexpr int kWidth = VectorOf<T>::kWidth;
  constexpr bool kPairs = sizeof(T) == 8;  // two elements a lane, else four
  if constexpr (kWidth == 2) {
    return __builtin_shufflevector(a, b, 0, 2) + __builtin_shufflevector(a, b, 1, 3);
  } else if constexpr (kWidth == 4 && !kPairs) {
    return __builtin_shufflevector(a, b, 0, 2, 4, 6) + __builtin_shufflevector(a, b, 1, 3, 5, 7);
  } else if constexpr (kWidth == 4) {
    return __builtin_shufflevector(a, b, 0, 4, 2, 6) + __builtin_shufflevector(a, b, 1, 5, 3, 7);
  } else if constexpr (kWidth == 8 && !kPairs) {
    return __builtin_shufflevector(a, b, 0, 2, 8, 10, 4, 6, 12, 14) +
           __builtin_shufflevector(a, b, 1, 3, 9, 11, 5, 7, 13, 15);
  } else if constexpr (kWidth == 8) {
    return __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14) +
           __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15);
  } else {
    return __builtin_shufflevector(a, b, 0, 2, 16, 18, 4, 6, 20, 22, 8, 10, 24, 26, 12, 14, 28,
                                   30) +
           __builtin_shufflevector(a, b, 1, 3, 17, 19, 5, 7, 21, 23, 9, 11, 25, 27, 13, 15, 29, 31);
  }
}

template <class T>
PYGRAPH_INLINE Lane<T> add_lanes(Vector<T> v) {
  Lane<T> lanes[kVectorBytes / kLaneBytes];
  __builtin_memcpy(lanes, &v, sizeof v);
#pragma GCC unroll 4
  for (int i = 1; i < kVectorBytes / kLaneBytes; ++i) lanes[0] += lanes[i];
  return lanes[0];
}

// The sum of each of four vectors.
template <class T>
PYGRAPH_INLINE void fold_four(T* out, const Vector<T> (&v)[4]) {
  const Vector<T> low = add_pairs<T>(v[0], v[1]);
  const Vector<T> high = add_pairs<T>(v[2], v[3]);
  if constexpr (sizeof(T) == 8) {
    const Lane<T> sums[2] = {add_lanes<T>(low), add_lanes<T>(high)};
    __builtin_memcpy(out, sums, sizeof sums);
  } else {
    const Lane<T> sums = add_lanes<T>(add_pairs<T>(low, high));
    __builtin_memcpy(out, &sums, sizeof sums);
  }
}

// out[0..3] = the products of four rows, each contiguous, with x[k].
template <class T>
PYGRAPH_INLINE void four_dots(T* out, const T* const (&rows)[4], const T* x, int64_t k) {
  constexpr int64_t kWidth = VectorOf<T>::kWidth;
  Vector<T> even[4];
  Vector<T> odd[4];
#pragma GCC unroll 4
  for (int r = 0; r < 4; ++r) even[r] = odd[r] = Vector<T>{};
  int64_t p = 0;
  for (; p + 2 * kWidth <= k; p += 2 * kWidth) {
    const Vector<T> x0 = load(x + p);
    const Vector<T> x1 = load(x + p + kWidth);
#pragma GCC unroll 4
    for (int r = 0; r < 4; ++r) {
      even[r] = multiply_add(load(rows[r] + p), x0, even[r]);
      odd[r] = multiply_add(load(rows[r] + p + kWidth), x1, odd[r]);
    }
  }
  if (p + kWidth <= k) {
    const Vector<T> x0 = load(x + p);
#pragma GCC unroll 4
    for (int r = 0; r < 4; ++r) even[r] = multiply_add(load(rows[r] + p), x0, even[r]);
    p += kWidth;
  }
#pragma GCC unroll 4
  for (int r = 0; r < 4; ++r) even[r] += odd[r];
  fold_four<T>(out, even);
  for (; p < k; ++p) {
    for (int r = 0; r < 4; ++r) out[r] += rows[r][p] * x[p];
  }
}

// out[m] = a[m][k] @ x[k], rows of a contiguous and a_row apart.
template <class T>
void matrix_vector(T* out, const T* a, int64_t a_row, const T* x, int64_t m, int64_t k) {
  int64_t i = 0;
  for (; i + 4 <= m; i += 4) {
    const T* const first = a + i * a_row;
    four_dots<T>(out + i, {first, first + a_row, first + 2 * a_row, first + 3 * a_row}, x, k);
  }
  if (i == m) return;
  // Rows that are not there repeat the last.
  const T* const first = a + i * a_row;
  const T* const second = i + 1 < m ? first + a_row : first;
  const T* const third = i + 2 < m ? second + a_row : second;
  T spare[4];
  four_dots<T>(spare, {first, second, third, third}, x, k);
  for (int r = 0; i < m; ++i, ++r) out[i] = spare[r];
}

template <class T>
void gemm(void* out_memory, const void* a_memory, const void* b_memory,
          const MatrixProduct& product, const MatrixPart& part) {
  const auto [m, n, k, transpose_a, transpose_b] = product;
  const View<T> a = {static_cast<const T*>(a_memory), transpose_a ? 1 : k, transpose_a ? m : 1};
  const View<T> b = {static_cast<const T*>(b_memory), transpose_b ? 1 : n, transpose_b ? k : 1};
  auto* const out = static_cast<T*>(out_memory) + part.row * n + part.column;
  const View<T> left = {a.data + part.row * a.row, a.row, a.column};
  const View<T> right = {b.data + part.column * b.column, b.row, b.column};
  if (k <= 0) {
    for (int64_t i = 0; i < part.rows; ++i) {
      for (int64_t j = 0; j < part.columns; ++j) out[i * n + j] = T{0};
    }
    return;
  }
  if (n == 1 || m == 1) {
    // A row times b is b, transposed, times a column.
    const View<T> matrix = n == 1 ? left : View<T>{right.data, right.column, right.row};
    const T* const vector = n == 1 ? b.data : a.data;
    const int64_t count = n == 1 ? part.rows : part.columns;
    if (matrix.column == 1)
      matrix_vector(out, matrix.data, matrix.row, vector, count, k);
    else
      vector_matrix(out, vector, matrix.data, matrix.column, count, k);
    return;
  }
  constexpr int64_t kWidth = VectorOf<T>::kWidth;
  const auto columns_from = [&](int64_t j) {
    return View<T>{right.data + j * right.column, right.row, right.column};
  };
  for (int64_t j = 0; j < part.columns; j += 2 * kWidth) {
    const int64_t columns = part.columns - j;
    if (columns > kWidth) {
      const int64_t width = columns < 2 * kWidth ? columns : 2 * kWidth;
      panel_of<2>(out + j, n, left, columns_from(j), part.rows, width, k);
    } else {
      // The last vector of columns may overlap the one before: it gives the same numbers again.
      const int64_t width = part.columns < kWidth ? part.columns : kWidth;
      const int64_t start = part.columns - width;
      panel_of<1>(out + start, n, left, columns_from(start), part.rows, width, k);
    }
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
