// Reductions of a block [n][inner] over n: sum, prod, max, min, all, any.
//
// Float sums add eight at a time by pairs and join these by compensated addition (Knuth's TwoSum,
// "The Art of Computer Programming" vol. 2, 4.2.2), in a fixed number of lanes: the error is at
// most 4 units in the last place of the sum of magnitudes, whatever n is, and the order depends on
// n and stride only. Everything else combines lanes or rows in a fixed order too; integers wrap,
// extrema propagate NaN.
#include "kernels/isa/extrema.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

struct Sum {
  template <class T>
  PYGRAPH_INLINE static T apply(T a, T b) {
    return a + b;
  }
  template <class T>
  static constexpr T kIdentity = T{0};
};

struct Product {
  template <class T>
  PYGRAPH_INLINE static T apply(T a, T b) {
    return a * b;
  }
  template <class T>
  static constexpr T kIdentity = T{1};
};

struct All {
  template <class T>
  PYGRAPH_INLINE static T apply(T a, T b) {
    return static_cast<T>(a & b);
  }
  template <class T>
  static constexpr T kIdentity = T{1};
};

struct Any {
  template <class T>
  PYGRAPH_INLINE static T apply(T a, T b) {
    return static_cast<T>(a | b);
  }
  template <class T>
  static constexpr T kIdentity = T{0};
};

// The type that sums and products compute in: of integers one that wraps.
template <class Out, bool kIsInteger = kIsInteger<Out>>
struct Working {
  using Type = Out;
};
template <class Out>
struct Working<Out, true> {
  using Type = Wrapped<Out>;
};

// An input element as the value to combine.
template <class W, class In>
struct Widen {
  PYGRAPH_INLINE static W apply(In x) { return static_cast<W>(x); }
};
// Truth of a number.
template <class W, class In>
struct Truth {
  PYGRAPH_INLINE static W apply(In x) { return static_cast<W>(x != In{0}); }
};

constexpr int64_t kColumns = 512;  // of a strip whose partial results stay in the nearest cache
constexpr int64_t kNarrow = 32;    // rows shorter than this are taken several at a time

// strip[j] = fold over rows of in[row * stride + j], for j < columns; n >= 1. Op need not start
// from an identity.
template <class Op, class Load, class W, class In>
void fold_rows(W* __restrict strip, const In* __restrict in, int64_t n, int64_t stride,
               int64_t columns) {
  for (int64_t j = 0; j < columns; ++j) strip[j] = Load::apply(in[j]);
  int64_t row = 1;
  for (; row + 4 <= n; row += 4) {
    const In* r0 = in + row * stride;
    const In* r1 = r0 + stride;
    const In* r2 = r1 + stride;
    const In* r3 = r2 + stride;
    for (int64_t j = 0; j < columns; ++j) {
      const W first = Op::apply(Load::apply(r0[j]), Load::apply(r1[j]));
      const W second = Op::apply(Load::apply(r2[j]), Load::apply(r3[j]));
      strip[j] = Op::apply(strip[j], Op::apply(first, second));
    }
  }
  for (; row < n; ++row) {
    const In* r0 = in + row * stride;
    for (int64_t j = 0; j < columns; ++j) strip[j] = Op::apply(strip[j], Load::apply(r0[j]));
  }
}

// One row of n elements. Integers and bools: the compiler may reorder, and vectorises.
template <class Op, class Load, class W, class In>
W fold_line(const In* in, int64_t n) {
  W result = Load::apply(in[0]);
  for (int64_t i = 1; i < n; ++i) result = Op::apply(result, Load::apply(in[i]));
  return result;
}

// One row of n floats, in lanes.
template <class Op, class T>
T fold_float_line(const T* in, int64_t n) {
  constexpr int64_t kCount = Group<T>::kCount;
  if (n < 8) {
    T result = in[0];
    for (int64_t i = 1; i < n; ++i) result = Op::apply(result, in[i]);
    return result;
  }
  auto lanes = Group<T>::filled(Op::template kIdentity<T>);
  int64_t i = 0;
  for (; i + kCount <= n; i += kCount) lanes.template combine<Op>(Group<T>::read(in + i));
  if (i < n) {
    lanes.template combine<Op>(Group<T>::read_part(in + i, n - i, Op::template kIdentity<T>));
  }
  return lanes.template fold<Op>();
}

// The same as fold_rows for floats, in explicit vectors: compilers turn the tests for NaN into
// branches.
template <class Op, class T>
void fold_float_rows(T* __restrict strip, const T* __restrict in, int64_t n, int64_t stride,
                     int64_t columns) {
  constexpr int64_t kWidth = VectorOf<T>::kWidth;
  const int64_t whole = columns / kWidth * kWidth;
  for (int64_t j = 0; j < columns; ++j) strip[j] = in[j];
  int64_t row = 1;
  for (; row + 4 <= n; row += 4) {
    const T* r0 = in + row * stride;
    const T* r1 = r0 + stride;
    const T* r2 = r1 + stride;
    const T* r3 = r2 + stride;
    for (int64_t j = 0; j < whole; j += kWidth) {
      const Vector<T> first = Op::apply(load(r0 + j), load(r1 + j));
      const Vector<T> second = Op::apply(load(r2 + j), load(r3 + j));
      store(strip + j, Op::apply(load(strip + j), Op::apply(first, second)));
    }
    for (int64_t j = whole; j < columns; ++j) {
      strip[j] = Op::apply(strip[j], Op::apply(Op::apply(r0[j], r1[j]), Op::apply(r2[j], r3[j])));
    }
  }
  for (; row < n; ++row) {
    const T* r0 = in + row * stride;
    for (int64_t j = 0; j < whole; j += kWidth) {
      store(strip + j, Op::apply(load(strip + j), load(r0 + j)));
    }
    for (int64_t j = whole; j < columns; ++j) strip[j] = Op::apply(strip[j], r0[j]);
  }
}

// total += x, with the rounding error of it added to `error`.
template <class V>
PYGRAPH_INLINE void add_compensated(V& total, V& error, V x) {
  const V sum = total + x;
  const V added = sum - total;
  error += (total - (sum - added)) + (x - added);
  total = sum;
}

// The errors are meaningless once a sum is infinite or NaN.
template <class T>
PYGRAPH_INLINE T compensated(T total, T error) {
  return (error - error == T{0}) & (error != T{0}) ? total + error : total;
}

// The sum of eight, by pairs.
template <class V, class At>
PYGRAPH_INLINE V sum_of_eight(const At& at) {
  const V first = (at(0) + at(1)) + (at(2) + at(3));
  const V second = (at(4) + at(5)) + (at(6) + at(7));
  return first + second;
}

// The lanes of a compensated sum, halved again and again: first by vectors.
template <class T>
T fold_compensated(Group<T> total, Group<T> error) {
  constexpr int kWidth = Group<T>::kWidth;
  for (int half = Group<T>::kVectors / 2; half > 0; half /= 2) {
    for (int k = 0; k < half; ++k) {
      error.v[k] += error.v[k + half];
      add_compensated(total.v[k], error.v[k], total.v[k + half]);
    }
  }
  T totals[kWidth];
  T errors[kWidth];
  store(totals, total.v[0]);
  store(errors, error.v[0]);
  for (int half = kWidth / 2; half > 0; half /= 2) {
    for (int i = 0; i < half; ++i) {
      errors[i] += errors[i + half];
      add_compensated(totals[i], errors[i], totals[i + half]);
    }
  }
  return compensated(totals[0], errors[0]);
}

// Eight groups are read column by column, an order that processors do not foresee.
PYGRAPH_INLINE void prefetch_block(const void* block) {
  constexpr int kAhead = 2 * 8 * kGroupBytes;
  constexpr int kLine = 64;
  const char* ahead = static_cast<const char*>(block) + kAhead;
  for (int at = 0; at < 8 * kGroupBytes; at += kLine) __builtin_prefetch(ahead + at);
}

template <class T>
T sum_line(const T* in, int64_t n) {
  constexpr int64_t kCount = Group<T>::kCount;
  constexpr int kWidth = Group<T>::kWidth;
  if (n < 8) return fold_float_line<Sum>(in, n);
  auto total = Group<T>::filled(T{0});
  auto error = total;
  const auto add = [&](const Group<T>& x) {
    for (int k = 0; k < Group<T>::kVectors; ++k) add_compensated(total.v[k], error.v[k], x.v[k]);
  };
  int64_t i = 0;
  for (; i + 8 * kCount <= n; i += 8 * kCount) {
    prefetch_block(in + i);
    for (int k = 0; k < Group<T>::kVectors; ++k) {
      const T* column = in + i + k * kWidth;
      const auto at = [&](int r) { return load(column + r * kCount); };
      add_compensated(total.v[k], error.v[k], sum_of_eight<Vector<T>>(at));
    }
  }
  for (; i + kCount <= n; i += kCount) add(Group<T>::read(in + i));
  if (i < n) add(Group<T>::read_part(in + i, n - i, T{0}));
  return fold_compensated(total, error);
}

template <class T>
void sum_rows(T* __restrict strip, const T* __restrict in, int64_t n, int64_t stride,
              int64_t columns) {
  T error[kColumns];
  for (int64_t j = 0; j < columns; ++j) {
    strip[j] = in[j];
    error[j] = T{0};
  }
  int64_t row = 1;
  for (; row + 8 <= n; row += 8) {
    const T* r = in + row * stride;
    for (int64_t j = 0; j < columns; ++j) {
      const auto at = [&](int k) { return r[j + k * stride]; };
      add_compensated(strip[j], error[j], sum_of_eight<T>(at));
    }
  }
  for (; row < n; ++row) {
    const T* r = in + row * stride;
    for (int64_t j = 0; j < columns; ++j) add_compensated(strip[j], error[j], r[j]);
  }
  for (int64_t j = 0; j < columns; ++j) strip[j] = compensated(strip[j], error[j]);
}

// How one reduction folds a line and rows: float sums are compensated, other float folds use lanes.
template <class Op, class Load, class W, class In>
struct Fold {
  static W line(const In* in, int64_t n) { return fold_line<Op, Load, W, In>(in, n); }
  static void rows(W* strip, const In* in, int64_t n, int64_t stride, int64_t columns) {
    fold_rows<Op, Load, W, In>(strip, in, n, stride, columns);
  }
};
template <class Op, class T>
struct FloatFold {
  static T line(const T* in, int64_t n) { return fold_float_line<Op, T>(in, n); }
  static void rows(T* strip, const T* in, int64_t n, int64_t stride, int64_t columns) {
    fold_float_rows<Op, T>(strip, in, n, stride, columns);
  }
};
template <class T>
struct FloatFold<Sum, T> {
  static T line(const T* in, int64_t n) { return sum_line<T>(in, n); }
  static void rows(T* strip, const T* in, int64_t n, int64_t stride, int64_t columns) {
    sum_rows<T>(strip, in, n, stride, columns);
  }
};
template <class Op, class Load, class In>
struct Fold<Op, Load, float, In> : FloatFold<Op, float> {};
template <class Op, class Load, class In>
struct Fold<Op, Load, double, In> : FloatFold<Op, double> {};

// Short rows: `pack` of them side by side are one long row; what that leaves is a small block.
template <class F, class Op, class W, class In>
void fold_narrow(W* out, const In* in, int64_t n, int64_t inner) {
  const int64_t pack = 2 * kNarrow / inner;
  const int64_t packed = n / pack;
  W strip[2 * kNarrow];
  F::rows(strip, in, packed, pack * inner, pack * inner);
  for (int64_t half = pack; half > 1; half = (half + 1) / 2) {
    for (int64_t j = 0; j < half / 2 * inner; ++j) {
      strip[j] = Op::apply(strip[j], strip[j + (half + 1) / 2 * inner]);
    }
  }
  for (int64_t j = 0; j < inner; ++j) out[j] = strip[j];
  const int64_t rest = n - packed * pack;
  if (rest == 0) return;
  F::rows(strip, in + packed * pack * inner, rest, inner, inner);
  for (int64_t j = 0; j < inner; ++j) out[j] = Op::apply(out[j], strip[j]);
}

template <class Op, class W, class Out>
void deliver(Out* out, const W* values, int64_t count, bool accumulate) {
  for (int64_t j = 0; j < count; ++j) {
    out[j] =
        static_cast<Out>(accumulate ? Op::apply(static_cast<W>(out[j]), values[j]) : values[j]);
  }
}

template <class Op, class Load, class W, class Out, class In>
void reduce(void* out_memory, const void* in_memory, int64_t n, int64_t inner, int64_t stride,
            bool accumulate) {
  using F = Fold<Op, Load, W, In>;
  auto* out = static_cast<Out*>(out_memory);
  const auto* in = static_cast<const In*>(in_memory);
  if (n <= 0) {
    if (accumulate) return;
    for (int64_t j = 0; j < inner; ++j) out[j] = static_cast<Out>(Op::template kIdentity<W>);
    return;
  }
  if (stride == 1) {
    const W value = F::line(in, n);
    deliver<Op>(out, &value, 1, accumulate);
    return;
  }
  W strip[kColumns];
  if (stride < kNarrow && n >= 4 * kNarrow / stride) {
    fold_narrow<F, Op>(strip, in, n, inner);
    deliver<Op>(out, strip, inner, accumulate);
    return;
  }
  for (int64_t start = 0; start < inner; start += kColumns) {
    const int64_t columns = inner - start < kColumns ? inner - start : kColumns;
    F::rows(strip, in + start, n, stride, columns);
    deliver<Op>(out + start, strip, columns, accumulate);
  }
}

template <class Op, class In, class Out>
constexpr Row<ReduceFn> arithmetic(const char* name) {
  using W = typename Working<Out>::Type;
  return {name, Traits<In>::kType, Traits<Out>::kType, &reduce<Op, Widen<W, In>, W, Out, In>};
}
// In the elements' own type, and of bool and integers in their accumulator.
template <class Op, class... T>
constexpr auto own_rows(const char* name, Types<T...>) {
  return table_of(arithmetic<Op, T, T>(name)...);
}
template <class Op, class... T>
constexpr auto accumulator_rows(const char* name, Types<T...>) {
  return table_of(arithmetic<Op, T, int64_t>(name)...);
}
template <class Op, class... T>
constexpr auto extremum_rows(const char* name, Types<T...>) {
  return table_of(Row<ReduceFn>{name, Traits<T>::kType, Traits<T>::kType,
                                &reduce<Op, Widen<T, T>, T, T, T>}...);
}
template <class Op, class... T>
constexpr auto truth_rows(const char* name, Types<T...>) {
  return table_of(Row<ReduceFn>{name, Traits<T>::kType, ElementType::bool_,
                                &reduce<Op, Truth<uint8_t, T>, uint8_t, Bool, T>}...);
}

constexpr auto kRows =
    joined(own_rows<Sum>("sum", kNumbers), accumulator_rows<Sum>("sum", kBools + kNarrowIntegers),
           own_rows<Product>("prod", kNumbers),
           accumulator_rows<Product>("prod", kBools + kNarrowIntegers),
           extremum_rows<Maximum>("max", kAll), extremum_rows<Minimum>("min", kAll),
           truth_rows<All>("all", kAll), truth_rows<Any>("any", kAll));

}  // namespace

Rows<ReduceFn> reduce_rows() { return span_of(kRows); }

}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
