// pow. Integers: by squaring, wrapping; a negative exponent is a fault. Floats: exp(y log(x)) in
// float64 for float32, the C library's for float64 and for operands that are not plain, except that
// the exponents 1, 2, 3, -1 and 1/2 are defined by the product, quotient or root that they stand
// for, in scalars and in arrays alike, so that the common scalar exponents run at full vector speed
// with the same bits.
#include "kernels/isa/logarithm.hpp"
#include "kernels/isa/loops.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

struct Identity {
  template <class T>
  PYGRAPH_INLINE static T apply(T x) {
    return x;
  }
};

struct SecondPower {
  template <class T>
  PYGRAPH_INLINE static T apply(T x) {
    if constexpr (kIsInteger<T>)
      return wrap_multiply(x, x);
    else
      return x * x;
  }
};

struct ThirdPower {
  template <class T>
  PYGRAPH_INLINE static T apply(T x) {
    if constexpr (kIsInteger<T>)
      return wrap_multiply(wrap_multiply(x, x), x);
    else
      return x * x * x;
  }
};

struct Inverse {
  template <class T>
  PYGRAPH_INLINE static T apply(T x) {
    return T{1} / x;
  }
};

// pow(-0, 1/2) is +0 and pow(-inf, 1/2) is +inf, where the square root has -0 and NaN.
struct Root {
  PYGRAPH_INLINE static float apply(float x) {
    const float root = __builtin_sqrtf(x) + 0.0F;
    return x == -__builtin_inff() ? __builtin_inff() : root;
  }
  PYGRAPH_INLINE static double apply(double x) {
    const double root = __builtin_sqrt(x) + 0.0;
    return x == -__builtin_inf() ? __builtin_inf() : root;
  }
};

PYGRAPH_INLINE float library_pow(float x, float y) { return __builtin_powf(x, y); }
PYGRAPH_INLINE double library_pow(double x, double y) { return __builtin_pow(x, y); }

struct FloatPower {
  template <class T>
  static T apply(T x, T y) {
    if (y == T{2}) return SecondPower::apply(x);
    if (y == T{1}) return x;
    if (y == T{3}) return ThirdPower::apply(x);
    if (y == T{-1}) return Inverse::apply(x);
    if (y == T(0.5)) return Root::apply(x);
    return library_pow(x, y);
  }
};

// Of a base that is finite and not zero, and negative only if the exponent is a whole number.
struct PlainPower {
  PYGRAPH_INLINE static Vector<double> apply(Vector<double> x, Vector<double> y) {
    const auto size = bits_of(Exp::apply(y * Log::apply(magnitude(x))));
    const auto odd = bits_of(y + ExpConstants<double>::kRound) << 63;
    return from_bits<double>(size | (odd & bits_of(sign_of(x))));
  }
};

PYGRAPH_INLINE Vector<int32_t> is_plain(Vector<float> x, Vector<float> y) {
  constexpr float kRound = ExpConstants<float>::kRound;
  const auto is_whole = (y + kRound) - kRound == y;
  const auto has_rule = (y == 2) | (y == 1) | (y == 3) | (y == -1) | (y == 0.5F);
  const auto is_near = magnitude(y) < 0x1p22F;
  return (x - x == 0) & (x != 0) & is_near & ((x > 0) | is_whole) & ~has_rule;
}

// Block by block, from copies: `out` may be an operand. What is not plain is computed anew.
Fault plain_power_loop(void* out, const void* const* in, const int64_t* step, int64_t count) {
  constexpr int64_t kBlock = 256;
  constexpr int64_t kWidth = VectorOf<float>::kWidth;
  constexpr int64_t kBoth[] = {1, 1};
  auto* o = static_cast<float*>(out);
  float operands[2][kBlock];
  const void* const from[] = {operands[0], operands[1]};
  for (int64_t start = 0; start < count; start += kBlock) {
    const int64_t size = count - start < kBlock ? count - start : kBlock;
    for (int k = 0; k < 2; ++k) {
      const auto* operand = static_cast<const float*>(in[k]);
      for (int64_t i = 0; i < size; ++i) operands[k][i] = operand[step[k] != 0 ? start + i : 0];
      for (int64_t i = size; i < kBlock && i % kWidth != 0; ++i) operands[k][i] = 4.0F;
    }
    vector_loop<InDouble<PlainPower>, 2, float>(o + start, from, kBoth, size);
    for (int64_t i = 0; i < size; i += kWidth) {
      const auto plain = is_plain(load(operands[0] + i), load(operands[1] + i));
      int32_t all = -1;
      for (int lane = 0; lane < kWidth; ++lane) all &= plain[lane];
      if (all != 0) continue;
      for (int64_t lane = 0; lane < kWidth && i + lane < size; ++lane) {
        if (plain[lane] == 0)
          o[start + i + lane] = FloatPower::apply(operands[0][i + lane], operands[1][i + lane]);
      }
    }
  }
  return {};
}

template <class T>
Fault float_power_loop(void* out, const void* const* in, const int64_t* step, int64_t count) {
  if (count > 1 && step[1] == 0) {
    const T y = *static_cast<const T*>(in[1]);
    if (y == T{2}) return unary_loop<SecondPower, T, T>(out, in, step, count);
    if (y == T{1}) return unary_loop<Identity, T, T>(out, in, step, count);
    if (y == T{3}) return unary_loop<ThirdPower, T, T>(out, in, step, count);
    if (y == T{-1}) return unary_loop<Inverse, T, T>(out, in, step, count);
    if (y == T(0.5)) return unary_loop<Root, T, T>(out, in, step, count);
  }
  if constexpr (kSame<T, float>)
    return plain_power_loop(out, in, step, count);
  else
    return binary_loop<FloatPower, T, T, T>(out, in, step, count);
}

struct IntegerPower {
  template <class T>
  static T apply(T x, T y) {
    Wrapped<T> result = 1;
    auto base = static_cast<Wrapped<T>>(x);
    for (auto exponent = static_cast<Bits<T>>(y); exponent != 0; exponent >>= 1) {
      if ((exponent & 1) != 0) result *= base;
      base *= base;
    }
    return static_cast<T>(result);
  }
};

template <class T>
bool any_negative(const T* values, int64_t count) {
  T all = 0;
  for (int64_t i = 0; i < count; ++i) all = static_cast<T>(all | values[i]);
  return all < 0;
}

template <class T>
Fault integer_power_loop(void* out, const void* const* in, const int64_t* step, int64_t count) {
  if (count <= 0) return {};
  const auto* exponents = static_cast<const T*>(in[1]);
  if (any_negative(exponents, step[1] != 0 ? count : 1)) {
    return {FaultCode::negative_integer_power, 0, 0};
  }
  if (step[1] == 0 && *exponents == 2) return unary_loop<SecondPower, T, T>(out, in, step, count);
  if (step[1] == 0 && *exponents == 3) return unary_loop<ThirdPower, T, T>(out, in, step, count);
  return binary_loop<IntegerPower, T, T, T>(out, in, step, count);
}

template <class... T>
constexpr auto integer_rows(Types<T...>) {
  return table_of(
      Row<ElementwiseFn>{"pow", Traits<T>::kType, Traits<T>::kType, &integer_power_loop<T>}...);
}
template <class... T>
constexpr auto float_rows(Types<T...>) {
  return table_of(
      Row<ElementwiseFn>{"pow", Traits<T>::kType, Traits<T>::kType, &float_power_loop<T>}...);
}

constexpr auto kRows = integer_rows(kIntegers) + float_rows(kFloats);

}  // namespace

Rows<ElementwiseFn> power_rows() { return span_of(kRows); }

}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
