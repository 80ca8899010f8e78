// log on vectors, in straight-line arithmetic.
//
// log, after P. T. P. Tang, "Table-driven implementation of the logarithm function" (ACM TOMS 16,
// 1990), sec. 2, without the table: x = 2**k (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2),
// s = f / (2 + f), and log(1 + f) = 2 atanh(s) written as f - (f**2/2 - s (f**2/2 + s**2 l(s**2))),
// whose large first term is exact.
//
// The polynomial l is a minimax fit of (2 atanh(s) / s - 2) / s**2, by the Remez exchange in 200
// bits, rounded.
#pragma once

#include "kernels/isa/exponential.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

template <class T>
struct LogConstants;

template <>
struct LogConstants<float> : ExpConstants<float> {
  static constexpr uint32_t kRootHalf = 0x3f3504f3U;  // the bits of sqrt(1/2)
  static constexpr float kSmallestNormal = 0x1p-126F;
  static constexpr float kNormalise = 0x1p23F;
  static constexpr float kLog[] = {0x1.55557ap-1F, 0x1.995e9cp-2F, 0x1.31e678p-2F};
};

template <>
struct LogConstants<double> : ExpConstants<double> {
  static constexpr uint64_t kRootHalf = 0x3fe6a09e667f3bcdU;
  static constexpr double kSmallestNormal = 0x1p-1022;
  static constexpr double kNormalise = 0x1p52;
  static constexpr double kLog[] = {
      0x1.5555555555593p-1, 0x1.999999997fb32p-2, 0x1.2492494217a06p-2, 0x1.c71c51e7f8075p-3,
      0x1.7466462c7389fp-3, 0x1.39a0f50414717p-3, 0x1.2f0d8e8dc1e78p-3};
};

struct Log {
  template <class V>
  PYGRAPH_INLINE static V apply(V x) {
    using T = Element<V>;
    using C = LogConstants<T>;
    constexpr Bits<T> kExponentOfOne = C::kBias << C::kMantissaBits;
    const auto tiny = x < C::kSmallestNormal;
    const auto bits = bits_of(tiny ? x * C::kNormalise : x);
    const T shift = C::kRound + T{C::kBias};
    // Split off the exponent, with the mantissa's cut at sqrt(1/2).
    const auto offset = bits - C::kRootHalf + kExponentOfOne;
    const auto exponent = offset >> C::kMantissaBits;
    const V mantissa = from_bits<T>(bits - (exponent << C::kMantissaBits) + kExponentOfOne);
    const V k = from_bits<T>(bits_of(C::kRound) + exponent) -
                (tiny ? broadcast(shift + T{C::kMantissaBits}) : broadcast(shift));
    const V f = mantissa - T{1};
    const V s = f / (T{2} + f);
    const V z = s * s;
    const V half_square = T(0.5) * f * f;
    const V square = madd(z, polynomial(C::kLog, z), half_square);
    const V small = madd(s, square, k * C::kLn2Low);
    const V result = madd(k, C::kLn2High, f - (half_square - small));
    // Infinity is its own logarithm, and so is NaN.
    const V of_positive = x < Traits<T>::kInfinity ? result : x;
    const V of_negative = x == T{0} ? broadcast(-Traits<T>::kInfinity) : broadcast(Traits<T>::kNan);
    return x <= T{0} ? of_negative : of_positive;
  }
};

}  // namespace
}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
