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

// What differs by the kind of a dtype; of kinds that kernels treat otherwise there is nothing here.
#define PYGRAPH_TRAITS_boolean(name, type, size)
#define PYGRAPH_TRAITS_floating(name, type, size)
#define PYGRAPH_TRAITS_complex(name, type, size)
#define PYGRAPH_TRAITS_unsigned_integer(name, type, size)   \
  template <>                                               \
  struct Traits<type> {                                     \
    using Bits = type;                                      \
    static constexpr ElementType kType = ElementType::name; \
    static constexpr bool kInteger = true;                  \
    static constexpr bool kFloat = false;                   \
    static constexpr type kMin = 0;                         \
    static constexpr type kMax = static_cast<type>(-1);     \
  };
#define PYGRAPH_TRAITS_signed_integer(name, type, size)                                    \
  template <>                                                                              \
  struct Traits<type> {                                                                    \
    using Bits = u##type;                                                                  \
    static constexpr ElementType kType = ElementType::name;                                \
    static constexpr bool kInteger = true;                                                 \
    static constexpr bool kFloat = false;                                                  \
    static constexpr type kMax = static_cast<type>((uint64_t{1} << (8 * (size) - 1)) - 1); \
    static constexpr type kMin = static_cast<type>(-kMax - 1);                             \
  };
#define PYGRAPH_DTYPE(name, text, kind, storage, compute, size, ...) \
  PYGRAPH_TRAITS_##kind(name, storage, size)
#include "base/dtypes.def"
#undef PYGRAPH_DTYPE
#undef PYGRAPH_TRAITS_boolean
#undef PYGRAPH_TRAITS_floating
#undef PYGRAPH_TRAITS_complex
#undef PYGRAPH_TRAITS_unsigned_integer
#undef PYGRAPH_TRAITS_signed_integer

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

// Integer arithmetic that wraps: done unsigned, where overflow is defined, and in no fewer than 32
// bits, because narrower numbers become an int.
template <class T>
using Wrapped = decltype(Bits<T>{} + 0U);
template <class T>
PYGRAPH_INLINE T wrap_add(T a, T b) {
  return static_cast<T>(static_cast<Wrapped<T>>(a) + static_cast<Wrapped<T>>(b));
}
template <class T>
PYGRAPH_INLINE T wrap_subtract(T a, T b) {
  return static_cast<T>(static_cast<Wrapped<T>>(a) - static_cast<Wrapped<T>>(b));
}
template <class T>
PYGRAPH_INLINE T wrap_multiply(T a, T b) {
  return static_cast<T>(static_cast<Wrapped<T>>(a) * static_cast<Wrapped<T>>(b));
}

// The element types that kernels are built for, by what can be done with them.
template <class... T>
struct Types {};
template <class... A, class... B>
constexpr Types<A..., B...> operator+(Types<A...>, Types<B...>) {
  return {};
}
constexpr Types<Bool> kBools;
// Those that few programs compute with are built for the oldest instruction set alone, whose
// kernels serve where a newer one has none: with all of them for each the library would be too
// large.
#if defined(__AVX2__)
constexpr Types<> kSmallIntegers;
#else
constexpr Types<int16_t> kSmallIntegers;
#endif
constexpr auto kIntegers = kSmallIntegers + Types<int32_t, int64_t>{};
constexpr Types<float, double> kFloats;
constexpr auto kNarrowIntegers = kSmallIntegers + Types<int32_t>{};  // than what they add up in
constexpr auto kIntegral = kBools + kIntegers;
constexpr auto kNumbers = kIntegers + kFloats;
constexpr auto kAll = kBools + kNumbers;

// Rows of kernels, made from such lists and joined to the table of a file.
template <class Fn, int kCount>
struct Table {
  Row<Fn> rows[kCount];
};
template <class Fn, int kFirst, int kSecond>
constexpr Table<Fn, kFirst + kSecond> operator+(const Table<Fn, kFirst>& first,
                                                const Table<Fn, kSecond>& second) {
  Table<Fn, kFirst + kSecond> both{};
  for (int i = 0; i < kFirst; ++i) both.rows[i] = first.rows[i];
  for (int i = 0; i < kSecond; ++i) both.rows[kFirst + i] = second.rows[i];
  return both;
}
template <class Fn, class... T>
constexpr auto table_of(Row<Fn> first, T... others) {
  return Table<Fn, 1 + static_cast<int>(sizeof...(T))>{{first, others...}};
}
template <class... Tables>
constexpr auto joined(const Tables&... tables) {
  return (tables + ...);
}
template <class Fn, int kCount>
constexpr Rows<Fn> span_of(const Table<Fn, kCount>& table) {
  return {table.rows, kCount};
}

}  // namespace
}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
