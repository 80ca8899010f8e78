// exp on vectors, in straight-line arithmetic, in the parts that functions built on it need, and
// polynomials.
//
// exp, after W. J. Cody and W. Waite, "Software Manual for the Elementary Functions" (1980), ch. 6:
// x = n ln 2 + r with |r| <= ln 2 / 2, ln 2 in two parts of which the first has spare bits, so that
// n * first is exact; then exp(x) = 2**n (1 + p) with p = r + r**2 q(r). The polynomial q is a
// minimax fit of (exp(r) - 1 - r) / r**2, by the Remez exchange in 200 bits, rounded.
#pragma once

#include "kernels/isa/vector_loops.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

template <class T>
struct ExpConstants;

template <>
struct ExpConstants<float> {
  static constexpr int kMantissaBits = 23;
  static constexpr uint32_t kBias = 127;
  static constexpr float kRound = 0x1.8p23F;  // adding it leaves a rounded integer in the low bits
  static constexpr float kLog2E = 0x1.715476p0F;
  static constexpr float kLn2High = 0x1.62e4p-1F;
  static constexpr float kLn2Low = 0x1.7f7d1cp-20F;
  static constexpr float kExpLow = -104.0F;  // exp is 0 from here down
  static constexpr float kExpHigh = 89.0F;   // and infinite from here up
  static constexpr float kExp[] = {0x1.fffffcp-2F, 0x1.55549p-3F, 0x1.5558f8p-5F, 0x1.123b02p-7F,
                                   0x1.6a2256p-10F};
};

template <>
struct ExpConstants<double> {
  static constexpr int kMantissaBits = 52;
  static constexpr uint64_t kBias = 1023;
  static constexpr double kRound = 0x1.8p52;
  static constexpr double kLog2E = 0x1.71547652b82fep0;
  static constexpr double kLn2High = 0x1.62e42fefa38p-1;
  static constexpr double kLn2Low = 0x1.ef35793c7673p-45;
  static constexpr double kExpLow = -746.0;
  static constexpr double kExpHigh = 710.0;
  static constexpr double kExp[] = {
      0x1.000000000000ap-1,  0x1.55555555554f8p-3,  0x1.5555555550754p-5,  0x1.1111111128173p-7,
      0x1.6c16c1846fc25p-10, 0x1.a01a0128fd34fp-13, 0x1.a019994466ffap-16, 0x1.71df2721390a3p-19,
      0x1.28ae345d3e872p-22, 0x1.ad7e86dffe3c7p-26};
};

// The powers x, x**2, x**4, x**8 of a polynomial's argument.
template <class V>
struct Powers {
  V x1, x2, x4, x8;
  PYGRAPH_INLINE explicit Powers(V x) : x1(x), x2(x * x), x4(x2 * x2), x8(x4 * x4) {}
  template <int N>
  PYGRAPH_INLINE V power() const {
    if constexpr (N == 1)
      return x1;
    else if constexpr (N == 2)
      return x2;
    else if constexpr (N == 4)
      return x4;
    else
      return x8;
  }
};

// The N terms from `First` on of a polynomial, halved again and again (Estrin): a short chain of
// operations.
template <int First, int N, class V, int Size>
PYGRAPH_INLINE V terms(const Element<V> (&c)[Size], const Powers<V>& powers) {
  if constexpr (N == 1) {
    return broadcast(c[First]);
  } else {
    constexpr int kHalf = N > 8 ? 8 : N > 4 ? 4 : N > 2 ? 2 : 1;
    return madd(terms<First + kHalf, N - kHalf>(c, powers), powers.template power<kHalf>(),
                terms<First, kHalf>(c, powers));
  }
}

// In the fewest operations, and with the smallest errors.
template <class V, int Size>
PYGRAPH_INLINE V horner(const Element<V> (&c)[Size], V x) {
  V sum = broadcast(c[Size - 1]);
  for (int i = Size - 2; i >= 0; --i) sum = madd(sum, x, c[i]);
  return sum;
}

template <class V, int Size>
PYGRAPH_INLINE V polynomial(const Element<V> (&c)[Size], V x) {
  if constexpr (Size > 5)
    return terms<0, Size>(c, Powers<V>(x));
  else
    return horner(c, x);
}

// exp(x) = (1 + p) * 2**n, for x within [kExpLow, kExpHigh] (and NaN: then p is one).
template <class V>
struct Exponential {
  using T = Element<V>;
  using C = ExpConstants<T>;
  V x;
  BitsVector<V> n;  // in its low bits, twice biased
  V p;

  PYGRAPH_INLINE explicit Exponential(V argument) : x(argument) {
    constexpr T kShift = C::kRound + T{2 * C::kBias};
    const V rounded = madd(x, C::kLog2E, broadcast(kShift));
    n = bits_of(rounded);
    const V whole = rounded - kShift;
    const V r = madd(whole, -C::kLn2Low, madd(whole, -C::kLn2High, x));
    p = madd(r * r, polynomial(C::kExp, r), r);
  }

  // 2**n, if that is a normal number.
  PYGRAPH_INLINE V two_n() const { return power_of_two(n - C::kBias); }

  // exp(x), by two factors that are normal numbers where 2**n itself may not be one.
  PYGRAPH_INLINE V value() const {
    const auto half = n >> 1;
    const V first = power_of_two(half);
    return madd(p, first, first) * power_of_two(n - half);
  }

 private:
  // Two to the power of the biased number in the low bits.
  PYGRAPH_INLINE static V power_of_two(BitsVector<V> biased) {
    return from_bits<T>(biased << C::kMantissaBits);
  }
};

struct Exp {
  static constexpr const char* kName = "exp";
  template <class V>
  PYGRAPH_INLINE static V apply(V x) {
    using C = ExpConstants<Element<V>>;
    return Exponential(at_least(at_most(x, C::kExpHigh), C::kExpLow)).value();
  }
};

}  // namespace
}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
