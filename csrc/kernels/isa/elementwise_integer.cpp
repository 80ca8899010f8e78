// Whole-number division and bits. Division floors and the remainder has the divisor's sign, as in
// Python; a divisor of zero is a fault. A shift by the width or more (or by a negative count, which
// is a large unsigned one) gives what shifting one bit at a time would: 0, or -1 for a negative
// number shifted right.
#include "kernels/isa/loops.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

constexpr int64_t kManyDivisions = 16;  // by one number, that are worth preparing for

// All ones where truncating division of a by b leaves a remainder of the other sign: the floor is
// one lower.
template <class T>
PYGRAPH_INLINE T is_above_floor(T remainder, T b) {
  return ((remainder != 0) & ((remainder ^ b) < 0)) ? T{-1} : T{0};
}

// By 1 instead of -1: the lowest number has no opposite. And instead of 0, which another thread may
// have written into a host's array since it was checked.
template <class T>
PYGRAPH_INLINE T safe_divisor(T b) {
  return static_cast<Bits<T>>(static_cast<Bits<T>>(b) + 1) < 2 ? T{1} : b;
}

struct FloorDivide {
  template <class T>
  PYGRAPH_INLINE static T apply(T a, T b) {
    const T from = b == -1 ? wrap_subtract(T{0}, a) : a;
    const T by = safe_divisor(b);
    const T quotient = static_cast<T>(from / by);
    const T remainder = static_cast<T>(from % by);
    return wrap_add(quotient, is_above_floor(remainder, by));
  }
  template <class T>
  PYGRAPH_INLINE static T from_quotient(T quotient, T, T) {
    return quotient;
  }
};

struct Remainder {
  template <class T>
  PYGRAPH_INLINE static T apply(T a, T b) {
    const T by = safe_divisor(b);
    const T remainder = static_cast<T>(a % by);
    return wrap_add(remainder, static_cast<T>(by & is_above_floor(remainder, by)));
  }
  template <class T>
  PYGRAPH_INLINE static T from_quotient(T quotient, T a, T b) {
    return wrap_subtract(a, wrap_multiply(quotient, b));
  }
};

PYGRAPH_INLINE uint16_t upper_product(uint16_t a, uint16_t b) {
  return static_cast<uint16_t>(uint32_t{a} * b >> 16);
}
PYGRAPH_INLINE uint32_t upper_product(uint32_t a, uint32_t b) {
  return static_cast<uint32_t>(uint64_t{a} * b >> 32);
}
PYGRAPH_INLINE uint64_t upper_product(uint64_t a, uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<uint64_t>(Wide{a} * b >> 64);
}

// Many divisions by one number above 1, as products with its inverse (T. Granlund and P. L.
// Montgomery, "Division by invariant integers using multiplication", PLDI 1994). With N bits,
// 2**(l - 1) < b <= 2**l and m = floor(2**(N - 1 + l) / b) + 1, floor(x / b) is m x /
// 2**(N - 1 + l), rounded down, for 0 <= x < 2**(N - 1); and of a negative x it is ~floor(~x / b).
template <class T>
struct Divisor {
  Bits<T> multiplier;
  int shift;

  explicit Divisor(T b) {
    constexpr int kBits = 8 * static_cast<int>(sizeof(T));
    __extension__ using Wide = unsigned __int128;
    shift = 63 - __builtin_clzll(static_cast<uint64_t>(b - 1));
    multiplier = static_cast<Bits<T>>((Wide{1} << (kBits + shift)) / static_cast<Wide>(b) + 1);
  }
  PYGRAPH_INLINE T quotient(T a) const {
    const T sign = static_cast<T>(a < 0 ? -1 : 0);
    const auto x = static_cast<Bits<T>>(a ^ sign);
    return static_cast<T>(static_cast<T>(upper_product(x, multiplier) >> shift) ^ sign);
  }
};

template <class T>
bool any_zero(const T* values, int64_t count) {
  int found = 0;
  for (int64_t i = 0; i < count; ++i) found |= values[i] == 0 ? 1 : 0;
  return found != 0;
}

// The quotients by one number, which is above 1 or a power of two.
template <class Op, class T, class Quotient>
void divide_all(T* out, const T* a, T b, int64_t count, const Quotient& quotient) {
  PYGRAPH_INDEPENDENT
  for (int64_t i = 0; i < count; ++i) out[i] = Op::from_quotient(quotient(a[i]), a[i], b);
}

template <class Op, class T>
Fault division_loop(void* out, const void* const* in, const int64_t* step, int64_t count) {
  const auto* divisor = static_cast<const T*>(in[1]);
  if (count <= 0) return {};
  if (any_zero(divisor, step[1] != 0 ? count : 1)) return {FaultCode::division_by_zero, 0, 0};
  const T b = *divisor;
  if (count < kManyDivisions || step[1] != 0 || step[0] == 0 || b < 1)
    return binary_loop<Op, T, T, T>(out, in, step, count);
  auto* o = static_cast<T*>(out);
  const auto* a = static_cast<const T*>(in[0]);
  if ((b & (b - 1)) == 0) {
    const int shift = __builtin_ctzll(static_cast<uint64_t>(b));
    divide_all<Op>(o, a, b, count, [shift](T x) { return static_cast<T>(x >> shift); });
  } else {
    const Divisor<T> by(b);
    divide_all<Op>(o, a, b, count, [by](T x) { return by.quotient(x); });
  }
  return {};
}

struct And {
  template <class T>
  PYGRAPH_INLINE static T apply(T a, T b) {
    return static_cast<T>(a & b);
  }
};

struct Or {
  template <class T>
  PYGRAPH_INLINE static T apply(T a, T b) {
    return static_cast<T>(a | b);
  }
};

struct Xor {
  template <class T>
  PYGRAPH_INLINE static T apply(T a, T b) {
    return static_cast<T>(a ^ b);
  }
};

struct Invert {
  template <class T>
  PYGRAPH_INLINE static T apply(T x) {
    if constexpr (kIsInteger<T>)
      return static_cast<T>(~x);
    else
      return static_cast<T>(x ^ 1);
  }
};

template <class T>
constexpr Bits<T> kWidth = sizeof(T) * 8;

struct ShiftLeft {
  template <class T>
  PYGRAPH_INLINE static T apply(T a, T b) {
    const auto shift = static_cast<Bits<T>>(b);
    const auto shifted = static_cast<Bits<T>>(a) << (shift & (kWidth<T> - 1));
    return static_cast<T>(shift < kWidth<T> ? shifted : 0);
  }
};

struct ShiftRight {
  template <class T>
  PYGRAPH_INLINE static T apply(T a, T b) {
    const auto shift = static_cast<Bits<T>>(b);
    return static_cast<T>(a >> (shift < kWidth<T> ? shift : kWidth<T> - 1));
  }
};

template <class Op, class... T>
constexpr auto division_rows(const char* name, Types<T...>) {
  return table_of(
      Row<ElementwiseFn>{name, Traits<T>::kType, Traits<T>::kType, &division_loop<Op, T>}...);
}

// clang-format off: a row a line
constexpr auto kRows = joined(
    division_rows<FloorDivide>("floor_divide", kIntegers),
    division_rows<Remainder>("remainder", kIntegers),
    binary_rows<And>("bitwise_and", kIntegral),
    binary_rows<Or>("bitwise_or", kIntegral),
    binary_rows<Xor>("bitwise_xor", kIntegral),
    binary_rows<And>("logical_and", kBools),
    binary_rows<Or>("logical_or", kBools),
    binary_rows<Xor>("logical_xor", kBools),
    unary_rows<Invert>("logical_not", kBools),
    unary_rows<Invert>("bitwise_invert", kIntegral),
    binary_rows<ShiftLeft>("bitwise_left_shift", kIntegers),
    binary_rows<ShiftRight>("bitwise_right_shift", kIntegers));
// clang-format on

}  // namespace

Rows<ElementwiseFn> integer_rows() { return span_of(kRows); }

}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
