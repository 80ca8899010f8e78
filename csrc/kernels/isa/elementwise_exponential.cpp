// exp, expm1, log, log1p, tanh and sigmoid in straight-line arithmetic on vectors: no branch, no
// table, no call. Errors in units of the last place, as tests/kernels/test_ulp.py measures: log 0.9
// at most, exp 1.1, log1p 2, expm1 2.3, sigmoid 2.5, tanh 2.6.
//
// exp is in exponential.hpp, log in logarithm.hpp.
#include "kernels/isa/logarithm.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

// exp(x) - 1 = 2**n p + (2**n - 1), of which nothing cancels as long as the second one counts.
struct Expm1 {
  template <class V>
  PYGRAPH_INLINE static V apply(V x) {
    using T = Element<V>;
    using C = ExpConstants<T>;
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

template <class T>
constexpr T kTanhHigh = kSame<T, float> ? T{10} : T{22};  // tanh is 1 from here up

// expm1(2x) / (expm1(2x) + 2).
struct Tanh {
  template <class V>
  PYGRAPH_INLINE static V apply(V x) {
    using T = Element<V>;
    const V a = at_most(magnitude(x), kTanhHigh<T>);
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
    const V e = Exponential(at_least(below, ExpConstants<T>::kExpLow)).value();
    return (x < T{0} ? e : broadcast(T{1})) / (T{1} + e);
  }
};

constexpr auto kRows = joined(
    vector_unary_rows<Exp>("exp", kFloats), vector_unary_rows<Expm1>("expm1", kFloats),
    vector_unary_rows<Log1p>("log1p", kFloats), vector_unary_rows<Log>("log", kFloats),
    vector_unary_rows<Tanh>("tanh", kFloats), vector_unary_rows<Sigmoid>("sigmoid", kFloats));

}  // namespace

Rows<ElementwiseFn> exponential_rows() { return span_of(kRows); }

}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
