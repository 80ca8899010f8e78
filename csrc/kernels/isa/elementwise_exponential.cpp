// exp, expm1, log, log1p, tanh and sigmoid in straight-line arithmetic on vectors: no branch, no
// table, no call. Errors in units of the last place, as tests/kernels/test_ulp.py measures: log 0.9
// at most, exp 1.1, log1p 2, expm1 2.3, sigmoid 2.5, tanh 2.6.
//
// exp is in exponential.hpp.
//
// log, after P. T. P. Tang, "Table-driven implementation of the logarithm function" (ACM TOMS 16,
// 1990), sec. 2, without the table: x = 2**k (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2),
// s = f / (2 + f), and log(1 + f) = 2 atanh(s) written as f - (f**2/2 - s (f**2/2 + s**2 l(s**2))),
// whose large first term is exact.
//
// The polynomial l is a minimax fit of (2 atanh(s) / s - 2) / s**2, by the Remez exchange in 200
// bits, rounded.
#include "kernels/isa/exponential.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

template <class T>
struct Constants;

template <>
struct Constants<float> : ExpConstants<float> {
  static constexpr uint32_t kRootHalf = 0x3f3504f3U;  // the bits of sqrt(1/2)
  static constexpr float kSmallestNormal = 0x1p-126F;
  static constexpr float kNormalise = 0x1p23F;
  static constexpr float kLog[] = {0x1.55557ap-1F, 0x1.995e9cp-2F, 0x1.31e678p-2F};
  static constexpr float kTanhHigh = 10.0F;  // tanh is 1 from here up
};

template <>
struct Constants<double> : ExpConstants<double> {
  static constexpr uint64_t kRootHalf = 0x3fe6a09e667f3bcdU;
  static constexpr double kSmallestNormal = 0x1p-1022;
  static constexpr double kNormalise = 0x1p52;
  static constexpr double kLog[] = {
      0x1.5555555555593p-1, 0x1.999999997fb32p-2, 0x1.2492494217a06p-2, 0x1.c71c51e7f8075p-3,
      0x1.7466462c7389fp-3, 0x1.39a0f50414717p-3, 0x1.2f0d8e8dc1e78p-3};
  static constexpr double kTanhHigh = 22.0;
};

struct Log {
  template <class V>
  PYGRAPH_INLINE static V apply(V x) {
    using T = Element<V>;
    using C = Constants<T>;
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

// exp(x) - 1 = 2**n p + (2**n - 1), of which nothing cancels as long as the second one counts.
struct Expm1 {
  template <class V>
  PYGRAPH_INLINE static V apply(V x) {
    using T = Element<V>;
    using C = Constants<T>;
    constexpr T kOnlyExp = C::kMantissaBits * T(0.75);  // from here up the one is lost in rounding
    const V argument = at_least(at_most(x, C::kExpHigh), -kOnlyExp);
    const Exponential e(argument);
    const V two_n = e.two_n();
    const V near = madd(two_n, e.p, two_n - T{1});
    const V result = argument > kOnlyExp ? e.value() : near;
    return with_sign(magnitude(result), x);  // a zero keeps its sign
  }
};

// log(1 + x), with what the sum lost: log(u + c) = log(u) + c / u.
struct Log1p {
  template <class V>
  PYGRAPH_INLINE static V apply(V x) {
    using T = Element<V>;
    const V u = T{1} + x;
    const V added = u - T{1};
    const V lost = (T{1} - (u - added)) + (x - added);
    const auto inside = (u > T{0}) & (u < Traits<T>::kInfinity);
    const V correction = inside ? lost / u : V{};
    return with_sign(magnitude(Log::apply(u) + correction), x);
  }
};

// expm1(2x) / (expm1(2x) + 2).
struct Tanh {
  template <class V>
  PYGRAPH_INLINE static V apply(V x) {
    using T = Element<V>;
    const V a = at_most(magnitude(x), Constants<T>::kTanhHigh);
    const Exponential e(a + a);
    const V two_n = e.two_n();
    const V expm1 = madd(two_n, e.p, two_n - T{1});
    return with_sign(expm1 / (expm1 + T{2}), x);
  }
};

// With exp of what is not positive, which cannot overflow: 1 / (1 + exp(-x)) or
// exp(x) / (1 + exp(x)).
struct Sigmoid {
  template <class V>
  PYGRAPH_INLINE static V apply(V x) {
    using T = Element<V>;
    const V below = from_bits<T>(bits_of(x) | Traits<T>::kSignBit);
    const V e = Exponential(at_least(below, Constants<T>::kExpLow)).value();
    return (x < T{0} ? e : broadcast(T{1})) / (T{1} + e);
  }
};

constexpr Row<ElementwiseFn> kRows[] = {
    vector_unary<Exp, float>("exp"),         vector_unary<Exp, double>("exp"),
    vector_unary<Expm1, float>("expm1"),     vector_unary<Expm1, double>("expm1"),
    vector_unary<Log1p, float>("log1p"),     vector_unary<Log1p, double>("log1p"),
    vector_unary<Log, float>("log"),         vector_unary<Log, double>("log"),
    vector_unary<Tanh, float>("tanh"),       vector_unary<Tanh, double>("tanh"),
    vector_unary<Sigmoid, float>("sigmoid"), vector_unary<Sigmoid, double>("sigmoid"),
};

}  // namespace

Rows<ElementwiseFn> exponential_rows() { return span_of(kRows); }

}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
