// exp, expm1, log, log1p, tanh and sigmoid in straight-line arithmetic that compilers vectorise: no
// branch, no table, no call. Errors in units of the last place, as tests/kernels/test_ulp.py
// measures: exp and log 0.9 at most, tanh and sigmoid 1.6, expm1 and log1p 2.
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
//
// tanh: below 0.55 a convergent of Lambert's continued fraction x / (1 + x**2 / (3 + x**2 / ...)),
// above it 1 - 2 / (exp(2x) + 1); both are a base plus one quotient, so one division serves them.
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
  static constexpr float kTanhHigh = 10.0F;     // tanh is 1 from here up
  static constexpr float kSigmoidHigh = 20.0F;  // and so is sigmoid
  static constexpr float kTanhUp[] = {-315.0F, -14.0F};
  static constexpr float kTanhDown[] = {945.0F, 420.0F, 15.0F};
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
  static constexpr double kSigmoidHigh = 40.0;
  static constexpr double kTanhUp[] = {-675675.0, -45045.0, -594.0, -1.0};
  static constexpr double kTanhDown[] = {2027025.0, 945945.0, 51975.0, 630.0, 1.0};
};

struct Exp {
  template <class T>
  PYGRAPH_INLINE static T apply(T x) {
    using C = Constants<T>;
    const T below = x > C::kExpHigh ? C::kExpHigh : x;
    const Exponential<T> e(below < C::kExpLow ? C::kExpLow : below);
    return scale(e.sum + e.tail, e.n);
  }
};

struct Log {
  template <class T>
  PYGRAPH_INLINE static T apply(T x) {
    using C = Constants<T>;
    const bool tiny = x < C::kSmallestNormal;
    const T scaled = x * C::kNormalise;
    const T normal = tiny ? scaled : x;
    const T shift = tiny ? T{C::kMantissaBits} : T{0};
    // Split off the exponent, with the mantissa's cut at sqrt(1/2).
    const Bits<T> offset = bits_of(normal) - C::kRootHalf + (C::kBias << C::kMantissaBits);
    const Bits<T> exponent = offset >> C::kMantissaBits;
    const T mantissa = from_bits(static_cast<Bits<T>>(
        bits_of(normal) - (exponent << C::kMantissaBits) + (C::kBias << C::kMantissaBits)));
    const T k = (from_bits(static_cast<Bits<T>>(bits_of(C::kRound) + exponent)) - C::kRound) -
                (static_cast<T>(C::kBias) + shift);
    const T f = mantissa - T{1};
    const T s = f / (T{2} + f);
    const T z = s * s;
    const T tail = z * polynomial(C::kLog, z);
    const T half_square = T(0.5) * f * f;
    const T small = s * (half_square + tail) + k * C::kLn2Low;
    const T result = k * C::kLn2High - ((half_square - small) - f);
    // x - x is NaN for NaN and for the infinities, of which the positive one is its own logarithm.
    const T infinity = from_bits(static_cast<Bits<T>>((2 * C::kBias + 1) << C::kMantissaBits));
    const T nan = (x - x) / (x - x);
    const T of_positive = x < infinity ? result : x;
    const T of_zero = x == T{0} ? -infinity : nan;
    return x > T{0} ? of_positive : of_zero;
  }
};

// exp(x) - 1 = 2**n p + (2**n - 1), p = exp(r) - 1, of which nothing cancels as long as the second
// one counts.
struct Expm1 {
  template <class T>
  PYGRAPH_INLINE static T apply(T x) {
    using C = Constants<T>;
    constexpr Bits<T> kSign = Traits<T>::kSignBit;
    constexpr T kOnlyExp = C::kMantissaBits * T(0.75);  // from here up the one is lost in rounding
    const T below = x > C::kExpHigh ? C::kExpHigh : x;
    const T argument = below < -kOnlyExp ? -kOnlyExp : below;
    const Exponential<T> e(argument);
    const T two_n = power_of_two<T>(e.n);
    const T near = two_n * (e.high + e.rest) + (two_n - T{1});
    const T far = scale(e.sum + e.tail, e.n);
    const T result = argument > kOnlyExp ? far : near;
    // A zero keeps its sign.
    return from_bits(static_cast<Bits<T>>((bits_of(result) & ~kSign) | (bits_of(x) & kSign)));
  }
};

// log(1 + x), with what the sum lost: log(u + c) = log(u) + c / u.
struct Log1p {
  template <class T>
  PYGRAPH_INLINE static T apply(T x) {
    constexpr Bits<T> kSign = Traits<T>::kSignBit;
    const T u = T{1} + x;
    const T added = u - T{1};
    const T lost = (T{1} - (u - added)) + (x - added);
    const T infinity = from_bits(
        static_cast<Bits<T>>((2 * Constants<T>::kBias + 1) << Constants<T>::kMantissaBits));
    const bool inside = (u > T{0}) & (u < infinity);
    const T correction = lost / (inside ? u : T{1});
    const T result = Log::apply(u) + (inside ? correction : T{0});
    return from_bits(static_cast<Bits<T>>((bits_of(result) & ~kSign) | (bits_of(x) & kSign)));
  }
};

struct Tanh {
  template <class T>
  PYGRAPH_INLINE static T apply(T x) {
    using C = Constants<T>;
    constexpr Bits<T> kSign = Traits<T>::kSignBit;
    const T magnitude = from_bits(static_cast<Bits<T>>(bits_of(x) & ~kSign));
    const T a = magnitude > C::kTanhHigh ? C::kTanhHigh : magnitude;
    const Exponential<T> e(a + a);
    const T large_down = (e.sum + e.tail) * power_of_two<T>(e.n) + T{1};
    const T z = a * a;
    const T small_up = a * (z * polynomial(C::kTanhUp, z));
    const T small_down = polynomial(C::kTanhDown, z);
    const bool small = a < T(0.55);
    const T up = small ? small_up : T{-2};
    const T down = small ? small_down : large_down;
    const T base = small ? a : T{1};
    const T result = base + up / down;
    return from_bits(static_cast<Bits<T>>(bits_of(result) | (bits_of(x) & kSign)));
  }
};

// 1 / (1 + exp(-x)) = 2**-n / (2**-n + sum + tail), whose denominator is added up with one
// rounding.
struct Sigmoid {
  template <class T>
  PYGRAPH_INLINE static T apply(T x) {
    using C = Constants<T>;
    const T above = x < C::kExpLow ? C::kExpLow : x;
    const Exponential<T> e(-(above > C::kSigmoidHigh ? C::kSigmoidHigh : above));
    // Beyond 2**-62 the one of 1 + exp(-x) is lost in rounding anyway.
    constexpr T kLargest = C::kRound + T{62};
    const T bounded = e.rounded > kLargest ? kLargest : e.rounded;
    const T one = power_of_two<T>(bits_of(C::kRound) - bits_of(bounded));
    const T sum = one + e.sum;
    const T added = sum - one;
    const T error = (one - (sum - added)) + (e.sum - added);
    return scale(T{1} / (sum + (error + e.tail)), Bits<T>{0} - e.n);
  }
};

constexpr Row<ElementwiseFn> kRows[] = {
    unary<Exp, float>("exp"),         unary<Exp, double>("exp"),
    unary<Expm1, float>("expm1"),     unary<Expm1, double>("expm1"),
    unary<Log1p, float>("log1p"),     unary<Log1p, double>("log1p"),
    unary<Log, float>("log"),         unary<Log, double>("log"),
    unary<Tanh, float>("tanh"),       unary<Tanh, double>("tanh"),
    unary<Sigmoid, float>("sigmoid"), unary<Sigmoid, double>("sigmoid"),
};

}  // namespace

Rows<ElementwiseFn> exponential_rows() { return span_of(kRows); }

}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
