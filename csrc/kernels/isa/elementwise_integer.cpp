// Whole-number division and bits. Division floors and the remainder has the divisor's sign, as in
// Python; a divisor of zero is a fault. A shift by the width or more (or by a negative count, which
// is a large unsigned one) gives what shifting one bit at a time would: 0, or -1 for a negative
// number shifted right.
#include "kernels/isa/loops.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

struct FloorDivide {
  template <class T>
  PYGRAPH_INLINE static T apply(T a, T b) {
    if (b == -1) return wrap_subtract(T{0}, a);  // INT_MIN / -1 would trap
    const T quotient = static_cast<T>(a / b);
    const T remainder = static_cast<T>(a % b);
    return static_cast<T>(quotient - ((remainder != 0) & ((remainder < 0) != (b < 0)) ? 1 : 0));
  }
  // By a power of two, 2**shift.
  template <class T>
  PYGRAPH_INLINE static T apply_power_of_two(T a, T, int shift) {
    return static_cast<T>(a >> shift);
  }
};

struct Remainder {
  template <class T>
  PYGRAPH_INLINE static T apply(T a, T b) {
    if (b == -1) return 0;
    const T remainder = static_cast<T>(a % b);
    return static_cast<T>((remainder != 0) & ((remainder < 0) != (b < 0)) ? remainder + b
                                                                          : remainder);
  }
  template <class T>
  PYGRAPH_INLINE static T apply_power_of_two(T a, T b, int) {
    return static_cast<T>(a & (b - 1));
  }
};

template <class T>
bool any_zero(const T* values, int64_t count) {
  int found = 0;
  for (int64_t i = 0; i < count; ++i) found |= values[i] == 0 ? 1 : 0;
  return found != 0;
}

template <class Op, class T>
Fault division_loop(void* out, const void* const* in, const int64_t* step, int64_t count) {
  const auto* divisor = static_cast<const T*>(in[1]);
  if (count <= 0) return {};
  if (any_zero(divisor, step[1] != 0 ? count : 1)) return {FaultCode::division_by_zero, 0, 0};
  const T b = *divisor;
  if (count > 1 && step[1] == 0 && step[0] != 0 && b > 0 && (b & (b - 1)) == 0) {
    auto* o = static_cast<T*>(out);
    const auto* a = static_cast<const T*>(in[0]);
    const int shift = __builtin_ctzll(static_cast<uint64_t>(b));
    PYGRAPH_INDEPENDENT
    for (int64_t i = 0; i < count; ++i) o[i] = Op::apply_power_of_two(a[i], b, shift);
    return {};
  }
  return binary_loop<Op, T, T, T>(out, in, step, count);
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

template <class Op, class T>
constexpr Row<ElementwiseFn> division(const char* name) {
  return {name, Traits<T>::kType, Traits<T>::kType, &division_loop<Op, T>};
}

constexpr Row<ElementwiseFn> kRows[] = {
    division<FloorDivide, int32_t>("floor_divide"),
    division<FloorDivide, int64_t>("floor_divide"),
    division<Remainder, int32_t>("remainder"),
    division<Remainder, int64_t>("remainder"),
    binary<And, Bool>("bitwise_and"),
    binary<And, int32_t>("bitwise_and"),
    binary<And, int64_t>("bitwise_and"),
    binary<Or, Bool>("bitwise_or"),
    binary<Or, int32_t>("bitwise_or"),
    binary<Or, int64_t>("bitwise_or"),
    binary<Xor, Bool>("bitwise_xor"),
    binary<Xor, int32_t>("bitwise_xor"),
    binary<Xor, int64_t>("bitwise_xor"),
    binary<And, Bool>("logical_and"),
    binary<Or, Bool>("logical_or"),
    binary<Xor, Bool>("logical_xor"),
    unary<Invert, Bool>("logical_not"),
    unary<Invert, Bool>("bitwise_invert"),
    unary<Invert, int32_t>("bitwise_invert"),
    unary<Invert, int64_t>("bitwise_invert"),
    binary<ShiftLeft, int32_t>("bitwise_left_shift"),
    binary<ShiftLeft, int64_t>("bitwise_left_shift"),
    binary<ShiftRight, int32_t>("bitwise_right_shift"),
    binary<ShiftRight, int64_t>("bitwise_right_shift"),
};

}  // namespace

Rows<ElementwiseFn> integer_rows() { return span_of(kRows); }

}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
