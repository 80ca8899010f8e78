// erf in straight-line arithmetic on vectors; 3.2 units in the last place at most, as
// tests/kernels/test_ulp.py measures.
//
// erf(x) = 1 - exp(-x q(x)) for x >= 0. The polynomial q is a weighted minimax fit of
// -log(erfc(x)) / x, by Lawson's iteration in 200 bits, rounded; its errors count less and less as
// erfc(x) falls.
#include "kernels/isa/exponential.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

template <class T>
struct ErfConstants;

template <>
struct ErfConstants<float> {
  static constexpr float kOne = 4.0F;  // erf is 1 from here up
  static constexpr float kErf[] = {0x1.20dd76p+0F,   0x1.45f298p-1F,  0x1.a520bap-4F,
                                   -0x1.3c912ap-6F,  0x1.af6de4p-13F, 0x1.48230ap-10F,
                                   -0x1.8f81bcp-12F, 0x1.557b3cp-15F};
};

template <>
struct ErfConstants<double> {
  static constexpr double kOne = 6.0;
  static constexpr double kErf[] = {
      0x1.20dd750429b6dp+0,   0x1.45f306dc9c8d9p-1,   0x1.a4f4e2a1a9b76p-4,
      -0x1.396685908e31cp-6,  -0x1.b6b6a1c6f6dfep-13, 0x1.bca691dec8d69p-10,
      -0x1.35663bf0353f0p-11, 0x1.b29b0b44763bep-16,  0x1.0e32e199e1b5fp-14,
      -0x1.f031b45d77ee8p-16, 0x1.a96074fce2f57p-19,  0x1.a49194ab550f7p-19,
      -0x1.11803c8a1bc7bp-19, 0x1.3299413d010a9p-21,  -0x1.9c2ba24f8ceedp-27,
      -0x1.19b5bcb90f0c2p-24, 0x1.289aff4ee5a77p-25,  -0x1.719866101d14cp-27,
      0x1.43e520fdffeebp-29,  -0x1.9cc110b3b9decp-32, 0x1.79a3c0bbd90eap-35,
      -0x1.d8735d0b9e0fdp-39, 0x1.6ac103af8cef5p-43,  -0x1.022752eac6599p-48};
};

// -expm1(-x q(x)), whose parts don't cancel.
struct Erf {
  template <class V>
  PYGRAPH_INLINE static V apply(V x) {
    using T = Element<V>;
    using C = ErfConstants<T>;
    const V a = at_most(magnitude(x), C::kOne);
    const Exponential e(-a * horner(C::kErf, a));
    const V two_n = e.two_n();
    return with_sign(madd(-two_n, e.p, T{1} - two_n), x);
  }
};

constexpr auto kRows = joined(vector_unary_rows<Erf>("erf", kFloats));

}  // namespace

Rows<ElementwiseFn> error_rows() { return span_of(kRows); }

}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
