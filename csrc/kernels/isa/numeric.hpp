// Element types and the few primitives that all kernels of one instruction set share. Everything is
// internal to the including file: nothing here may become a symbol that another instruction set's
// build could share.
#pragma once

#include "kernels/isa/table.hpp"

// Loops whose iterations are independent: `out` may be an input itself, element for element, which
// a compiler must otherwise assume to be an overlap.
#if defined(__clang__)
#define PYGRAPH_INDEPENDENT _Pragma("clang loop vectorize(assume_safety)")
#else
#define PYGRAPH_INDEPENDENT _Pragma("GCC ivdep")
#endif

#define PYGRAPH_INLINE __attribute__((always_inline)) inline

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

// The storage of a bool: 0 or 1. A type of its own, so that it is neither an integer dtype nor an
// alias of everything.
enum Bool : unsigned char { kFalse = 0, kTrue = 1 };

PYGRAPH_INLINE Bool as_bool(bool value) { return static_cast<Bool>(value); }

template <class T>
struct Traits;

template <>
struct Traits<Bool> {
  static constexpr ElementType kType = ElementType::bool_;
  static constexpr bool kInteger = false;
  static constexpr bool kFloat = false;
};

template <>
struct Traits<int32_t> {
  using Bits = uint32_t;
  static constexpr ElementType kType = ElementType::int32;
  static constexpr bool kInteger = true;
  static constexpr bool kFloat = false;
  static constexpr int32_t kMin = INT32_MIN;
  static constexpr int32_t kMax = INT32_MAX;
};

template <>
struct Traits<int64_t> {
  using Bits = uint64_t;
  static constexpr ElementType kType = ElementType::int64;
  static constexpr bool kInteger = true;
  static constexpr bool kFloat = false;
  static constexpr int64_t kMin = INT64_MIN;
  static constexpr int64_t kMax = INT64_MAX;
};

template <>
struct Traits<float> {
  using Bits = uint32_t;
  static constexpr ElementType kType = ElementType::float32;
  static constexpr bool kInteger = false;
  static constexpr bool kFloat = true;
  static constexpr uint32_t kSignBit = 0x80000000U;
  static constexpr float kInfinity = __builtin_inff();
  static constexpr float kNan = __builtin_nanf("");
};

template <>
struct Traits<double> {
  using Bits = uint64_t;
  static constexpr ElementType kType = ElementType::float64;
  static constexpr bool kInteger = false;
  static constexpr bool kFloat = true;
  static constexpr uint64_t kSignBit = 0x8000000000000000U;
  static constexpr double kInfinity = __builtin_inf();
  static constexpr double kNan = __builtin_nan("");
};

template <class T>
constexpr bool kIsInteger = Traits<T>::kInteger;
template <class T>
constexpr bool kIsFloat = Traits<T>::kFloat;
template <class T>
using Bits = typename Traits<T>::Bits;

template <class A, class B>
constexpr bool kSame = false;
template <class A>
constexpr bool kSame<A, A> = true;

PYGRAPH_INLINE uint32_t bits_of(float x) { return __builtin_bit_cast(uint32_t, x); }
PYGRAPH_INLINE uint64_t bits_of(double x) { return __builtin_bit_cast(uint64_t, x); }
PYGRAPH_INLINE float from_bits(uint32_t x) { return __builtin_bit_cast(float, x); }
PYGRAPH_INLINE double from_bits(uint64_t x) { return __builtin_bit_cast(double, x); }

// a * b + c, in one rounding where the instruction set has it.
#if defined(__FMA__) || defined(__ARM_FEATURE_FMA)
PYGRAPH_INLINE float madd(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
PYGRAPH_INLINE double madd(double a, double b, double c) { return __builtin_fma(a, b, c); }
#else
PYGRAPH_INLINE float madd(float a, float b, float c) { return a * b + c; }
PYGRAPH_INLINE double madd(double a, double b, double c) { return a * b + c; }
#endif

// Integer arithmetic that wraps: done unsigned, where overflow is defined.
template <class T>
PYGRAPH_INLINE T wrap_add(T a, T b) {
  return static_cast<T>(static_cast<Bits<T>>(a) + static_cast<Bits<T>>(b));
}
template <class T>
PYGRAPH_INLINE T wrap_subtract(T a, T b) {
  return static_cast<T>(static_cast<Bits<T>>(a) - static_cast<Bits<T>>(b));
}
template <class T>
PYGRAPH_INLINE T wrap_multiply(T a, T b) {
  return static_cast<T>(static_cast<Bits<T>>(a) * static_cast<Bits<T>>(b));
}

template <class Fn, int N>
constexpr Rows<Fn> span_of(const Row<Fn> (&rows)[N]) {
  return {rows, N};
}

}  // namespace
}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
