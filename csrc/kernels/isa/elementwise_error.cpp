// erf in straight-line arithmetic on vectors; 1.5 units in the last place at most, as
// tests/kernels/test_ulp.py measures.
//
// Up to kSplit erf(x) = x + x p(x**2); above it 1 - exp(-q(x - kSplit)). The polynomials are
// weighted minimax fits of erf(x) / x - 1 and -log(erfc(x)), by Lawson's iteration in 200 bits,
// rounded; the errors of q count less and less as erfc(x) falls.
#include "kernels/isa/exponential.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

template <class T>
struct ErfConstants;

template <>
struct ErfConstants<float> {
  static constexpr float kSplit = 0.921875F;
  static constexpr float kOne = 4.0F;  // erf is 1 from here up
  static constexpr float kSmall[] = {0x1.06eba8p-3F,  -0x1.812744p-2F, 0x1.ce2e2p-4F,
                                     -0x1.b8107ep-6F, 0x1.54daf4p-8F,  -0x1.aaea7cp-11F,
                                     0x1.5f1464p-14F};
  static constexpr float kLarge[] = {0x1.a60826p+0F,   0x1.41068ep+1F,  0x1.aa7d7cp-1F,
                                     0x1.6f36b2p-5F,   -0x1.63a868p-7F, 0x1.192164p-9F,
                                     -0x1.3910cep-12F, 0x1.62af3cp-16F};
};

template <>
struct ErfConstants<double> {
  static constexpr double kSplit = 1.0;
  static constexpr double kOne = 6.0;
  static constexpr double kSmall[] = {
      0x1.06eba8214db68p-3,  -0x1.812746b0379bdp-2,  0x1.ce2f21a040d14p-4,  -0x1.b82ce311fa916p-6,
      0x1.565bccf92b1dbp-8,  -0x1.c02db03dd6d9bp-11, 0x1.f9a2baa907c18p-14, -0x1.f4ca4d70c2f36p-17,
      0x1.b97fd3fa4ba2bp-20, -0x1.5c072859beffcp-23, 0x1.d71b1e5dbd644p-27, -0x1.abae89709ce11p-31};
  static constexpr double kLarge[] = {
      0x1.d97fbf27aa2a1p+0,   0x1.51c9b0006c21cp+1,   0x1.afabc11a2ae02p-1,
      0x1.5477f099db5b4p-5,   -0x1.48c9d38596248p-7,  0x1.033f5a9fc115ep-9,
      -0x1.f1b06cc47c4c9p-13, -0x1.b92b069b3640ap-16, 0x1.c84d6a9c64894p-16,
      -0x1.44765accf6ce3p-17, 0x1.1dedb514ce668p-19,  -0x1.b55dba2076924p-23,
      -0x1.f773a16416588p-25, 0x1.20c0be0078920p-25,  -0x1.26b77c65031f1p-27,
      0x1.6d616f7920c33p-30,  -0x1.08b09bce5dd43p-33, 0x1.59b72e2b66dd2p-38};
};

struct Erf {
  template <class V>
  PYGRAPH_INLINE static V apply(V x) {
    using T = Element<V>;
    using C = ErfConstants<T>;
    const V a = at_most(magnitude(x), C::kOne);
    const V small = madd(a, polynomial(C::kSmall, a * a), a);
    const Exponential e(-polynomial(C::kLarge, at_least(a - C::kSplit, T{0})));
    const V two_n = e.two_n();
    const V large = T{1} - madd(two_n, e.p, two_n);
    const V near = a < C::kSplit ? small : large;
    return with_sign(a >= C::kOne ? broadcast(T{1}) : near, x);
  }
};

constexpr Row<ElementwiseFn> kRows[] = {vector_unary<Erf, float>("erf"),
                                        vector_unary<Erf, double>("erf")};

}  // namespace

Rows<ElementwiseFn> error_rows() { return span_of(kRows); }

}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
