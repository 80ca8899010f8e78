// Arithmetic that is one or a few instructions an element: sums, products, extrema, rounding,
// signs. Integers wrap. Extrema propagate NaN. The four operations on floats are in
// elementwise_pairs.cpp.
#include "kernels/isa/loops.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

struct Add {
  template <class T>
  PYGRAPH_INLINE static T apply(T a, T b) {
    return wrap_add(a, b);
  }
};

struct Subtract {
  template <class T>
  PYGRAPH_INLINE static T apply(T a, T b) {
    return wrap_subtract(a, b);
  }
};

struct Multiply {
  template <class T>
  PYGRAPH_INLINE static T apply(T a, T b) {
    if constexpr (kIsInteger<T>)
      return wrap_multiply(a, b);
    else
      return a * b;
  }
};

struct Maximum {
  template <class T>
  PYGRAPH_INLINE static T apply(T a, T b) {
    if constexpr (kIsFloat<T>)
      return (a > b) | (a != a) ? a : b;
    else
      return a > b ? a : b;
  }
};

struct Minimum {
  template <class T>
  PYGRAPH_INLINE static T apply(T a, T b) {
    if constexpr (kIsFloat<T>)
      return (a < b) | (a != a) ? a : b;
    else
      return a < b ? a : b;
  }
};

struct Copysign {
  template <class T>
  PYGRAPH_INLINE static T apply(T a, T b) {
    constexpr Bits<T> kSign = Traits<T>::kSignBit;
    return from_bits(static_cast<Bits<T>>((bits_of(a) & ~kSign) | (bits_of(b) & kSign)));
  }
};

struct Positive {
  template <class T>
  PYGRAPH_INLINE static T apply(T x) {
    return x;
  }
};

struct Negative {
  template <class T>
  PYGRAPH_INLINE static T apply(T x) {
    return wrap_subtract(T{0}, x);
  }
};

struct Absolute {
  template <class T>
  PYGRAPH_INLINE static T apply(T x) {
    if constexpr (kIsInteger<T>)
      return x < 0 ? wrap_subtract(T{0}, x) : x;
    else
      return from_bits(static_cast<Bits<T>>(bits_of(x) & ~Traits<T>::kSignBit));
  }
};

// -1, 0 or 1; NaN for NaN, +0 for both zeros.
struct Sign {
  template <class T>
  PYGRAPH_INLINE static T apply(T x) {
    const T above = x > T{0} ? T{1} : T{0};
    const T sign = x < T{0} ? T{-1} : above;
    if constexpr (kIsFloat<T>)
      return x != x ? x : sign;
    else
      return sign;
  }
};

struct Square {
  template <class T>
  PYGRAPH_INLINE static T apply(T x) {
    return Multiply::apply(x, x);
  }
};

struct Reciprocal {
  template <class T>
  PYGRAPH_INLINE static T apply(T x) {
    return T{1} / x;
  }
};

struct SquareRoot {
  PYGRAPH_INLINE static float apply(float x) { return __builtin_sqrtf(x); }
  PYGRAPH_INLINE static double apply(double x) { return __builtin_sqrt(x); }
};

struct Floor {
  PYGRAPH_INLINE static float apply(float x) { return __builtin_floorf(x); }
  PYGRAPH_INLINE static double apply(double x) { return __builtin_floor(x); }
};

struct Ceil {
  PYGRAPH_INLINE static float apply(float x) { return __builtin_ceilf(x); }
  PYGRAPH_INLINE static double apply(double x) { return __builtin_ceil(x); }
};

struct Trunc {
  PYGRAPH_INLINE static float apply(float x) { return __builtin_truncf(x); }
  PYGRAPH_INLINE static double apply(double x) { return __builtin_trunc(x); }
};

// Half to even: the rounding mode that a process starts in.
struct Round {
  PYGRAPH_INLINE static float apply(float x) { return __builtin_rintf(x); }
  PYGRAPH_INLINE static double apply(double x) { return __builtin_rint(x); }
};

// clang-format off: a row a line
constexpr auto kRows = joined(
    binary_rows<Add>("add", kIntegers),
    binary_rows<Subtract>("subtract", kIntegers),
    binary_rows<Multiply>("multiply", kIntegers),
    binary_rows<Maximum>("maximum", kAll),
    binary_rows<Minimum>("minimum", kAll),
    binary_rows<Copysign>("copysign", kFloats),
    unary_rows<Positive>("positive", kAll),
    unary_rows<Negative>("negative", kIntegers),
    unary_rows<Absolute>("abs", kNumbers),
    unary_rows<Sign>("sign", kNumbers),
    unary_rows<Square>("square", kNumbers),
    unary_rows<Reciprocal>("reciprocal", kFloats),
    unary_rows<SquareRoot>("sqrt", kFloats),
    unary_rows<Floor>("floor", kFloats),
    unary_rows<Ceil>("ceil", kFloats),
    unary_rows<Trunc>("trunc", kFloats),
    unary_rows<Round>("round", kFloats));
// clang-format on

}  // namespace

Rows<ElementwiseFn> arithmetic_rows() { return span_of(kRows); }

}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
