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

template <class From, class... To>
constexpr auto from_rows(Types<To...>) {
  return table_of(unary<Cast<To>, From, To>("astype")...);
}
template <class... From>
constexpr auto cast_rows(Types<From...>) {
  return joined(from_rows<From>(kAll)...);
}

constexpr auto kRows = cast_rows(kAll);

}  // namespace

Rows<ElementwiseFn> cast_rows() { return span_of(kRows); }

}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
