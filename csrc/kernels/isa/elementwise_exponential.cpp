// exp, log, tanh and sigmoid in straight-line arithmetic that compilers vectorise: no branch, no
// table, no call. Errors in units of the last place: exp and log 0.9, tanh and sigmoid 1.6 at most,
// as tests/kernels/test_ulp.py measures.
//
// exp, after W. J. Cody and W. Waite, "Software Manual for the Elementary Functions" (1980), ch. 6:
// x = n ln 2 + r with |r| <= ln 2 / 2, ln 2 in two parts of which the first has spare bits, so that
// n * first is exact; then exp(x) = 2**n (1 + r + r**2 q(r)), summed with the rounding error of its
// large terms. The factor 2**n is applied in two halves: results that overflow or are subnormal
// come out right.
//
// log, after P. T. P. Tang, "Table-driven implementation of the logarithm function" (ACM TOMS 16,
// 1990), sec. 2, without the table: x = 2**k (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2),
// s = f / (2 + f), and log(1 + f) = 2 atanh(s) written as f - (f**2/2 - s (f**2/2 + s**2 l(s**2))),
// whose large first term is exact.
//
// The polynomials q and l are minimax fits of (exp(r) - 1 - r) / r**2 and
// (2 atanh(s) / s - 2) / s**2, by the Remez exchange in 200 bits, rounded.
//
// tanh: below 0.55 a convergent of Lambert's continued fraction x / (1 + x**2 / (3 + x**2 / ...)),
// above it 1 - 2 / (exp(2x) + 1); both are a base plus one quotient, so one division serves them.
#include "kernels/isa/loops.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

template <class T>
struct Constants;

template <>
struct Constants<float> {
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
struct Constants<double> {
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

// The powers x, x**2, x**4, x**8 of a polynomial's argument.
template <class T>
struct Powers {
  T x1, x2, x4, x8;
  PYGRAPH_INLINE explicit Powers(T x) : x1(x), x2(x * x), x4(x2 * x2), x8(x4 * x4) {}
  template <int N>
  PYGRAPH_INLINE T power() const {
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
template <int First, int N, class T, int Size>
PYGRAPH_INLINE T terms(const T (&c)[Size], const Powers<T>& powers) {
  if constexpr (N == 1) {
    return c[First];
  } else {
    constexpr int kHalf = N > 8 ? 8 : N > 4 ? 4 : N > 2 ? 2 : 1;
    return madd(terms<First + kHalf, N - kHalf>(c, powers), powers.template power<kHalf>(),
                terms<First, kHalf>(c, powers));
  }
}

template <class T, int Size>
PYGRAPH_INLINE T polynomial(const T (&c)[Size], T x) {
  return terms<0, Size>(c, Powers<T>(x));
}

// 2**n for an integer n, given as a two's-complement number, whose biased exponent is that of a
// normal number.
template <class T>
PYGRAPH_INLINE T power_of_two(Bits<T> n) {
  return from_bits(static_cast<Bits<T>>((n + Constants<T>::kBias) << Constants<T>::kMantissaBits));
}

// exp(x) = (sum + tail) * 2**n, for x within [kExpLow, kExpHigh] (and NaN, for which n has no
// meaning).
template <class T>
struct Exponential {
  T rounded;  // n + kRound
  T sum;
  T tail;
  Bits<T> n;
  PYGRAPH_INLINE explicit Exponential(T x) {
    using C = Constants<T>;
    rounded = x * C::kLog2E + C::kRound;
    n = bits_of(rounded) - bits_of(C::kRound);
    const T whole = rounded - C::kRound;
    const T high = madd(whole, -C::kLn2High, x);
    const T low = whole * C::kLn2Low;
    const T r = high - low;
    // 1 + high + (r**2 q(r) - low), the first sum with the rounding error that it made.
    sum = T{1} + high;
    tail = madd(r * r, polynomial(C::kExp, r), -low) + (high - (sum - T{1}));
  }
};

// x * 2**n, by two factors that are normal numbers where 2**n itself may not be one.
template <class T>
PYGRAPH_INLINE T scale(T x, Bits<T> n) {
  constexpr Bits<T> kOffset = 4096;  // keeps the shift logical: vectors of 64 bits have no other
  const Bits<T> half = ((n + kOffset) >> 1) - kOffset / 2;
  return x * power_of_two<T>(half) * power_of_two<T>(n - half);
}

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
    unary<Log, float>("log"),         unary<Log, double>("log"),
    unary<Tanh, float>("tanh"),       unary<Tanh, double>("tanh"),
    unary<Sigmoid, float>("sigmoid"), unary<Sigmoid, double>("sigmoid"),
};

}  // namespace

Rows<ElementwiseFn> exponential_rows() { return span_of(kRows); }

}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
