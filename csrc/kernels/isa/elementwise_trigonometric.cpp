// sin and cos in straight-line arithmetic on vectors; 1.5 units in the last place at
// most, as tests/kernels/test_ulp.py measures. Arguments beyond kLimit, where the reduction by
// multiples of pi / 2 would need more bits, are the C library's.
//
// x = n pi/2 + r with |r| <= pi/4, pi/2 in parts with so few bits that n times each is exact (Cody
// and Waite); then sin(r) = r + r**3 s(r**2), cos(r) = 1 - r**2/2 + r**4 c(r**2), of which n says
// which and its sign. The polynomials are weighted minimax fits, by Lawson's iteration in 200 bits,
// rounded.
#include "kernels/isa/exponential.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

template <class T>
struct CircleConstants;

template <>
struct CircleConstants<float> {
  static constexpr float kLimit = 8192.0F;
  static constexpr float kTwoOverPi = 0x1.45f306p-1F;
  static constexpr float kParts[] = {0x1.92p+0F, 0x1.fb4p-12F, 0x1.444p-24F, 0x1.68c234p-39F};
  static constexpr float kSin[] = {-0x1.555542p-3F, 0x1.110656p-7F, -0x1.98f426p-13F};
  static constexpr float kCos[] = {0x1.55554ap-5F, -0x1.6c0b7cp-10F, 0x1.99b33ep-16F};
};

template <>
struct CircleConstants<double> {
  static constexpr double kLimit = 1048576.0;
  static constexpr double kTwoOverPi = 0x1.45f306dc9c883p-1;
  static constexpr double kParts[] = {0x1.921fb544p+0, 0x1.0b4611a6p-34, 0x1.3198a2ep-69,
                                      0x1.b839a252049c1p-104};
  static constexpr double kSin[] = {-0x1.5555555555544p-3,  0x1.111111110f17bp-7,
                                    -0x1.a01a019b2caacp-13, 0x1.71de34adf6a32p-19,
                                    -0x1.ae5dc66839620p-26, 0x1.5d6448d2b750bp-33};
  static constexpr double kCos[] = {0x1.5555555555548p-5,  -0x1.6c16c16c149f2p-10,
                                    0x1.a01a019bf0dbdp-16, -0x1.27e4f77c22c5cp-22,
                                    0x1.1ee98a341c371p-29, -0x1.8f7b7e1ece9b4p-37};
};

// sin(x + kQuarters * pi/2), |x| <= kLimit.
template <int kQuarters, class V>
PYGRAPH_INLINE V circle(V x) {
  using T = Element<V>;
  using C = CircleConstants<T>;
  constexpr T kRound = ExpConstants<T>::kRound;
  const V rounded = madd(x, C::kTwoOverPi, broadcast(kRound));
  const V n = rounded - kRound;
  const auto quarter = bits_of(rounded) + kQuarters;
  // The first difference is exact; what the next two lose goes with the last part.
  V high = madd(n, -C::kParts[0], x);
  V lost = V{};
  for (int i = 1; i < 3; ++i) {
    const V next = madd(n, -C::kParts[i], high);
    lost += madd(n, -C::kParts[i], high - next);
    high = next;
  }
  const V last = madd(n, -C::kParts[3], lost);
  const V r = high + last;
  const V low = (high - r) + last;
  const V z = r * r;
  const V sine = r + madd(r, z * polynomial(C::kSin, z), low);
  const V half = T(0.5) * z;
  const V first = T{1} - half;
  const V cosine = first + (((T{1} - first) - half) + (z * z * polynomial(C::kCos, z) - r * low));
  const V value = (quarter & 1) != 0 ? cosine : sine;
  // The second lowest bit, moved to the top, turns the sign.
  constexpr int kTop = 8 * static_cast<int>(sizeof(T)) - 2;
  return from_bits<T>(bits_of(value) ^ (quarter << kTop & Traits<T>::kSignBit));
}

template <class T>
PYGRAPH_INLINE bool is_near(T x) {
  return (x <= CircleConstants<T>::kLimit) & (x >= -CircleConstants<T>::kLimit);
}

struct Sin {
  template <class V>
  PYGRAPH_INLINE static V apply(V x) {
    return x == Element<V>{0} ? x : circle<0>(x);
  }
  static float library(float x) { return __builtin_sinf(x); }
  static double library(double x) { return __builtin_sin(x); }
};

struct Cos {
  template <class V>
  PYGRAPH_INLINE static V apply(V x) {
    return circle<1>(x);
  }
  static float library(float x) { return __builtin_cosf(x); }
  static double library(double x) { return __builtin_cos(x); }
};

// Of float32: the quotient of both in float64.
struct Tan {
  struct Quotient {
    PYGRAPH_INLINE static Vector<double> apply(Vector<double> x) {
      return x == 0.0 ? x : circle<0>(x) / circle<1>(x);
    }
  };
  PYGRAPH_INLINE static Vector<float> apply(Vector<float> x) {
    return InDouble<Quotient>::apply(x);
  }
  static float library(float x) { return __builtin_tanf(x); }
};

// Block by block: the far arguments of one are then computed anew, one by one.
template <class Op, class T>
Fault circle_loop(void* out, const void* const* in, const int64_t* step, int64_t count) {
  constexpr int64_t kBlock = 256;
  const auto* a = static_cast<const T*>(in[0]);
  auto* o = static_cast<T*>(out);
  if (step[0] == 0 && count > 1) {
    circle_loop<Op, T>(out, in, step, 1);
    for (int64_t i = 1; i < count; ++i) o[i] = o[0];
    return {};
  }
  T far[kBlock];
  for (int64_t start = 0; start < count; start += kBlock) {
    const int64_t size = count - start < kBlock ? count - start : kBlock;
    int all_near = 1;
    for (int64_t i = 0; i < size; ++i) all_near &= is_near(a[start + i]) ? 1 : 0;
    if (all_near == 0) {
      for (int64_t i = 0; i < size; ++i) far[i] = a[start + i];
    }
    const void* const block[] = {a + start};
    vector_loop<Op, 1, T>(o + start, block, step, size);
    if (all_near != 0) continue;
    for (int64_t i = 0; i < size; ++i) {
      if (!is_near(far[i])) o[start + i] = Op::library(far[i]);
    }
  }
  return {};
}

template <class Op, class... T>
constexpr auto circle_rows(const char* name, Types<T...>) {
  return table_of(
      Row<ElementwiseFn>{name, Traits<T>::kType, Traits<T>::kType, &circle_loop<Op, T>}...);
}

constexpr auto kRows = joined(circle_rows<Sin>("sin", kFloats), circle_rows<Cos>("cos", kFloats),
                              circle_rows<Tan>("tan", Types<float>{}));

}  // namespace

Rows<ElementwiseFn> trigonometric_rows() { return span_of(kRows); }

}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
