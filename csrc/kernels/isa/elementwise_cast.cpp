// astype, between every pair of element types. A float becomes an integer by truncation; NaN and
// what is out of range become the integer type's minimum.
#include "kernels/isa/loops.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

template <class To>
struct Cast {
  template <class From>
  PYGRAPH_INLINE static To apply(From x) {
    if constexpr (kSame<To, From>) {
      return x;
    } else if constexpr (kSame<To, Bool>) {
      return as_bool(x != From{0});
    } else if constexpr (kIsInteger<To> && kIsFloat<From>) {
      // -2**n is a float of either width, so the range test is exact: [-2**n, 2**n).
      constexpr From kLow = static_cast<From>(Traits<To>::kMin);
      const bool fits = (x >= kLow) & (x < -kLow);
      const From safe = fits ? x : kLow;
      return static_cast<To>(safe);
    } else {
      return static_cast<To>(x);
    }
  }
};

template <class From, class To>
constexpr Row<ElementwiseFn> cast() {
  return unary<Cast<To>, From, To>("astype");
}

constexpr Row<ElementwiseFn> kRows[] = {
    cast<Bool, Bool>(),       cast<Bool, int32_t>(),    cast<Bool, int64_t>(),
    cast<Bool, float>(),      cast<Bool, double>(),     cast<int32_t, Bool>(),
    cast<int32_t, int32_t>(), cast<int32_t, int64_t>(), cast<int32_t, float>(),
    cast<int32_t, double>(),  cast<int64_t, Bool>(),    cast<int64_t, int32_t>(),
    cast<int64_t, int64_t>(), cast<int64_t, float>(),   cast<int64_t, double>(),
    cast<float, Bool>(),      cast<float, int32_t>(),   cast<float, int64_t>(),
    cast<float, float>(),     cast<float, double>(),    cast<double, Bool>(),
    cast<double, int32_t>(),  cast<double, int64_t>(),  cast<double, float>(),
    cast<double, double>(),
};

}  // namespace

Rows<ElementwiseFn> cast_rows() { return span_of(kRows); }

}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
