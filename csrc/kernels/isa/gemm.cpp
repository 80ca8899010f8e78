// Matrix products without a library: quick for small sizes, where a BLAS call's own overhead
// dominates, and serving integers and hosts without BLAS. A tile of the result stays in registers
// while k runs; columns of b are packed into a panel on the stack where they are transposed, too
// few or read often. Products with a vector have loops of their own. A number of the result is
// summed in the same order whichever part of the result it is computed with.
#include "kernels/isa/lanes.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

constexpr int64_t kDepth = 256;  // of a packed panel: it stays in the nearest cache
// As many sums as there are registers for, beside two vectors of b and an element of a.
#if defined(__AVX512F__)
constexpr int kTileRows = 12;
#else
constexpr int kTileRows = 6;
#endif

// With fewer rows than this, a panel is read too seldom to be worth packing.
constexpr int64_t kPackedRows = 2 * kTileRows;

// The bytes of a matrix whose columns can be read down one after the other: it is in a near cache.
constexpr int64_t kNearBytes = 64 << 10;

// A strided matrix: element (i, j) is data[i * row + j * column].
template <class T>
struct View {
  const T* data;
  int64_t row;
  int64_t column;
};

// out[r][...] (+)= a @ b for `kRows` rows and `kWide` vectors of columns; b's columns are
// contiguous. With `kPacks`, `packed` gets what was read of b, rows behind each other. The loops
// over registers are unrolled early, else the compiler keeps the sums in memory.
template <int kRows, int kWide, bool kPacks = false, class T>
PYGRAPH_INLINE void tile(T* out, int64_t out_row, View<T> a, View<T> b, int64_t depth,
                         bool accumulate, T* packed = nullptr) {
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
    for (int w = 0; w < kWide; ++w) {
      right[w] = load(b.data + p * b.row + w * kWidth);
      if constexpr (kPacks) store(packed + (p * kWide + w) * kWidth, right[w]);
    }
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) {
      const Vector<T> left = broadcast(a.data[r * a.row + p * a.column]);
#pragma GCC unroll 16
      for (int w = 0; w < kWide; ++w) sums[r][w] = madd(left, right[w], sums[r][w]);
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

// Columns of a panel.
struct Columns {
  int64_t first;
  int64_t last;  // not one of them
};

// Those columns of all rows of a panel of `kWide` vectors. The others get the same numbers again;
// where that is not so, a spare tile takes the result. Tiles are of about the same height: low ones
// are slow.
template <int kWide, class T>
PYGRAPH_INLINE void tiles(T* out, int64_t out_row, View<T> a, View<T> b, int64_t m, Columns columns,
                          int64_t depth, bool accumulate) {
  constexpr int64_t kColumns = kWide * VectorOf<T>::kWidth;
  int64_t i = 0;
  for (int64_t count = (m + kTileRows - 1) / kTileRows; count > 0; --count) {
    const int64_t rows = (m - i + count - 1) / count;
    const View<T> left = {a.data + i * a.row, a.row, a.column};
    T* target = out + i * out_row;
    i += rows;
    if (columns.last == kColumns && (columns.first == 0 || !accumulate)) {
      tile_of_rows<kTileRows, kWide>(rows, target, out_row, left, b, depth, accumulate);
      continue;
    }
    T spare[kTileRows * kColumns];
    tile_of_rows<kTileRows, kWide>(rows, spare, kColumns, left, b, depth, false);
    for (int64_t r = 0; r < rows; ++r) {
      for (int64_t j = columns.first; j < columns.last; ++j) {
        const T value = spare[r * kColumns + j];
        target[r * out_row + j] = accumulate ? target[r * out_row + j] + value : value;
      }
    }
  }
}

template <int kCount, int... kIndex>
struct Indices : Indices<kCount - 1, kCount - 1, kIndex...> {};
template <int... kIndex>
struct Indices<0, kIndex...> {};

// Every second block of `kStep` elements of a, and those of b between them: each vector's even
// blocks, or its odd ones.
template <int kStep, class T, int... kIndex>
PYGRAPH_INLINE Vector<T> even_blocks(Vector<T> a, Vector<T> b, Indices<0, kIndex...>) {
  constexpr int kWidth = VectorOf<T>::kWidth;
  return __builtin_shufflevector(a, b, (kIndex & kStep ? kWidth + kIndex - kStep : kIndex)...);
}
template <int kStep, class T, int... kIndex>
PYGRAPH_INLINE Vector<T> odd_blocks(Vector<T> a, Vector<T> b, Indices<0, kIndex...>) {
  constexpr int kWidth = VectorOf<T>::kWidth;
  return __builtin_shufflevector(a, b, (kIndex & kStep ? kWidth + kIndex : kIndex + kStep)...);
}

// Transposes a square: its blocks of 2 * kStep by 2 * kStep elements and larger ones, whose
// quarters are transposed.
template <int kStep, class T>
PYGRAPH_INLINE void transpose(Vector<T> (&v)[VectorOf<T>::kWidth]) {
  constexpr int kWidth = VectorOf<T>::kWidth;
  if constexpr (kStep < kWidth) {
#pragma GCC unroll 16
    for (int i = 0; i < kWidth; ++i) {
      if ((i & kStep) != 0) continue;
      const Vector<T> upper = v[i];
      const Vector<T> lower = v[i + kStep];
      v[i] = even_blocks<kStep, T>(upper, lower, Indices<kWidth>{});
      v[i + kStep] = odd_blocks<kStep, T>(upper, lower, Indices<kWidth>{});
    }
    transpose<2 * kStep, T>(v);
  }
}

// As many columns as a vector has elements, each contiguous, to rows that are `to_row` apart.
template <class T>
PYGRAPH_INLINE void turn_over(T* to, int64_t to_row, const T* from, int64_t from_column) {
  constexpr int kWidth = VectorOf<T>::kWidth;
  Vector<T> v[kWidth];
#pragma GCC unroll 16
  for (int i = 0; i < kWidth; ++i) v[i] = load(from + i * from_column);
  transpose<1, T>(v);
#pragma GCC unroll 16
  for (int i = 0; i < kWidth; ++i) store(to + i * to_row, v[i]);
}

// The first `columns` columns of b, and zeros to fill the panel.
template <int64_t kColumns, class T>
void pack(T* packed, View<T> b, int64_t columns, int64_t depth) {
  constexpr int64_t kWidth = VectorOf<T>::kWidth;
  int64_t p = 0;
  if (b.row == 1 && columns == kColumns) {
    for (; p + kWidth <= depth; p += kWidth) {
      for (int64_t j = 0; j < kColumns; j += kWidth)
        turn_over(packed + p * kColumns + j, kColumns, b.data + p + j * b.column, b.column);
    }
  }
  for (; p < depth; ++p) {
    for (int64_t j = 0; j < columns; ++j)
      packed[p * kColumns + j] = b.data[p * b.row + j * b.column];
    for (int64_t j = columns; j < kColumns; ++j) packed[p * kColumns + j] = T{0};
  }
}

// A panel, by way of a packed copy of its columns of b where these lie badly or are read often.
template <int kWide, class T>
void panel(T* out, int64_t out_row, View<T> a, View<T> b, int64_t m, Columns columns, int64_t depth,
           bool accumulate) {
  constexpr int64_t kColumns = kWide * VectorOf<T>::kWidth;
  T packed[kDepth * kColumns];
  if (columns.last < kColumns || b.column != 1) {
    pack<kColumns>(packed, b, columns.last, depth);
    b = {packed, kColumns, 1};
  } else if (columns.first == 0 && m >= kPackedRows) {
    // The first tile packs what it reads.
    tile<kTileRows, kWide, true>(out, out_row, a, b, depth, accumulate, packed);
    b = {packed, kColumns, 1};
    out += kTileRows * out_row;
    a.data += kTileRows * a.row;
    m -= kTileRows;
  }
  tiles<kWide>(out, out_row, a, b, m, columns, depth, accumulate);
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
      for (int w = 0; w < kWide; ++w) sums[t][w] = madd(left, load(row + w * kWidth), sums[t][w]);
    }
  }
#pragma GCC unroll 16
  for (int w = 0; w < kWide; ++w) {
    if constexpr (kTurns == 2) {
      if (p < k) sums[0][w] = madd(broadcast(x[p]), load(b + p * b_row + w * kWidth), sums[0][w]);
      sums[0][w] += sums[1][w];
    }
    store(out + w * kWidth, sums[0][w]);
  }
}

// out[n] (+)= x[kRows] @ b[kRows][n].
template <int kRows, class T>
PYGRAPH_INLINE void add_rows(T* out, const T* x, const T* b, int64_t b_row, int64_t n,
                             bool accumulate) {
  constexpr int64_t kWidth = VectorOf<T>::kWidth;
  Vector<T> left[kRows];
#pragma GCC unroll 16
  for (int r = 0; r < kRows; ++r) left[r] = broadcast(x[r]);
  int64_t j = 0;
  for (; j + kWidth <= n; j += kWidth) {
    Vector<T> sum = accumulate ? load(out + j) : Vector<T>{};
#pragma GCC unroll 16
    for (int r = 0; r < kRows; ++r) sum = madd(left[r], load(b + r * b_row + j), sum);
    store(out + j, sum);
  }
  for (; j < n; ++j) {
    T sum = accumulate ? out[j] : T{0};
    for (int r = 0; r < kRows; ++r) sum += x[r] * b[r * b_row + j];
    out[j] = sum;
  }
}

// As vector_matrix, for matrices that are in no near cache: memory is read in long stretches.
template <class T>
void vector_large_matrix(T* out, const T* x, const T* b, int64_t b_row, int64_t n, int64_t k) {
  constexpr int kRows = 8;
  int64_t p = 0;
  for (; p + kRows <= k; p += kRows) add_rows<kRows>(out, x + p, b + p * b_row, b_row, n, p > 0);
  for (; p < k; ++p) add_rows<1>(out, x + p, b + p * b_row, b_row, n, p > 0);
}

// out[n] = x[k] @ b[k][n], rows of b contiguous and b_row apart.
template <class T>
void vector_matrix(T* out, const T* x, const T* b, int64_t b_row, int64_t n, int64_t k) {
  constexpr int64_t kWidth = VectorOf<T>::kWidth;
  if (n * k * static_cast<int64_t>(sizeof(T)) > kNearBytes)
    return vector_large_matrix(out, x, b, b_row, n, k);
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

// out[kRows] = a[kRows][k] @ x[k], rows of a contiguous and a_row apart. kRows <= 4.
template <int kRows, class T>
PYGRAPH_INLINE void dots(T* out, const T* a, int64_t a_row, const T* x, int64_t k) {
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
    for (int r = 0; r < kRows; ++r) {
      even[r] = madd(load(a + r * a_row + p), x0, even[r]);
      odd[r] = madd(load(a + r * a_row + p + kWidth), x1, odd[r]);
    }
  }
  if (p + kWidth <= k) {
    const Vector<T> x0 = load(x + p);
#pragma GCC unroll 4
    for (int r = 0; r < kRows; ++r) even[r] = madd(load(a + r * a_row + p), x0, even[r]);
    p += kWidth;
  }
#pragma GCC unroll 4
  for (int r = 0; r < kRows; ++r) even[r] += odd[r];
  T spare[4];
  T* const sums = kRows == 4 ? out : spare;
  fold_four<T>(sums, even);
  for (; p < k; ++p) {
    for (int r = 0; r < kRows; ++r) sums[r] += a[r * a_row + p] * x[p];
  }
  if constexpr (kRows < 4) {
    for (int r = 0; r < kRows; ++r) out[r] = sums[r];
  }
}

// out[m] = a[m][k] @ x[k], rows of a contiguous and a_row apart.
template <class T>
void matrix_vector(T* out, const T* a, int64_t a_row, const T* x, int64_t m, int64_t k) {
  int64_t i = 0;
  for (; i + 4 <= m; i += 4) dots<4>(out + i, a + i * a_row, a_row, x, k);
  for (; i < m; ++i) dots<1>(out + i, a + i * a_row, a_row, x, k);
}

// The panel of `kWide` vectors that begins at column j of out, which has n columns. The last one
// begins within the one before if there is one: so all of its columns can be read.
template <int kWide, class T>
PYGRAPH_INLINE void panel_at(int64_t j, T* out, int64_t out_row, View<T> a, View<T> b, int64_t m,
                             int64_t n, int64_t depth, bool accumulate) {
  constexpr int64_t kColumns = kWide * VectorOf<T>::kWidth;
  const int64_t start = j + kColumns > n && n >= kColumns ? n - kColumns : j;
  const Columns columns = {j - start, n - start < kColumns ? n - start : kColumns};
  b.data += start * b.column;
  panel<kWide>(out + start, out_row, a, b, m, columns, depth, accumulate);
}

// out (+)= a @ b for n columns.
template <class T>
void add_products(T* out, int64_t out_row, View<T> a, View<T> b, int64_t m, int64_t n,
                  int64_t depth, bool accumulate) {
  constexpr int64_t kWidth = VectorOf<T>::kWidth;
  for (int64_t j = 0; j < n; j += 2 * kWidth) {
    if (n - j > kWidth)
      panel_at<2>(j, out, out_row, a, b, m, n, depth, accumulate);
    else
      panel_at<1>(j, out, out_row, a, b, m, n, depth, accumulate);
  }
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
  for (int64_t p = 0; p < k; p += kDepth) {
    const int64_t depth = k - p < kDepth ? k - p : kDepth;
    add_products(out, n, {left.data + p * left.column, left.row, left.column},
                 {right.data + p * right.row, right.row, right.column}, part.rows, part.columns,
                 depth, p > 0);
  }
}

// Of integers of less than 32 bits: row by row, added up in 32.
template <class T>
void narrow_gemm(void* out_memory, const void* a_memory, const void* b_memory,
                 const MatrixProduct& product, const MatrixPart& part) {
  constexpr int64_t kStrip = 512;
  const auto [m, n, k, transpose_a, transpose_b] = product;
  const View<T> a = {static_cast<const T*>(a_memory), transpose_a ? 1 : k, transpose_a ? m : 1};
  const View<T> b = {static_cast<const T*>(b_memory), transpose_b ? 1 : n, transpose_b ? k : 1};
  for (int64_t i = part.row; i < part.row + part.rows; ++i) {
    for (int64_t start = 0; start < part.columns; start += kStrip) {
      const int64_t columns = part.columns - start < kStrip ? part.columns - start : kStrip;
      Wrapped<T> sums[kStrip] = {};
      for (int64_t p = 0; p < k; ++p) {
        const auto left = static_cast<Wrapped<T>>(a.data[i * a.row + p * a.column]);
        const T* const right = b.data + p * b.row + (part.column + start) * b.column;
        for (int64_t j = 0; j < columns; ++j)
          sums[j] += left * static_cast<Wrapped<T>>(right[j * b.column]);
      }
      auto* const out = static_cast<T*>(out_memory) + i * n + part.column + start;
      for (int64_t j = 0; j < columns; ++j) out[j] = static_cast<T>(sums[j]);
    }
  }
}

template <class T>
constexpr GemmFn integer_gemm() {
  if constexpr (sizeof(T) < sizeof(int32_t))
    return &narrow_gemm<T>;
  else
    return &gemm<Bits<T>>;
}
template <class... T>
constexpr auto integer_rows(Types<T...>) {
  return table_of(Row<GemmFn>{"matmul", Traits<T>::kType, Traits<T>::kType, integer_gemm<T>()}...);
}
template <class... T>
constexpr auto float_rows(Types<T...>) {
  return table_of(Row<GemmFn>{"matmul", Traits<T>::kType, Traits<T>::kType, &gemm<T>}...);
}

constexpr auto kRows = integer_rows(kIntegers) + float_rows(kFloats);

}  // namespace

Rows<GemmFn> gemm_rows() { return span_of(kRows); }

}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
