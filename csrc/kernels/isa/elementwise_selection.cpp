// Operations of three operands: where and clip.
#include "kernels/isa/extrema.hpp"
#include "kernels/isa/loops.hpp"
#include "kernels/isa/vector_loops.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

struct Where {
  template <class T>
  PYGRAPH_INLINE static T apply(Bool condition, T yes, T no) {
    return condition != kFalse ? yes : no;
  }
};

// NaN in any operand gives NaN, and high wins where low is above it.
struct Clip {
  template <class T>
  PYGRAPH_INLINE static T apply(T x, T low, T high) {
    return Minimum::apply(Maximum::apply(x, low), high);
  }
};

template <class... T>
constexpr auto where_rows(Types<T...>) {
  return table_of(Row<ElementwiseFn>{"where", Traits<T>::kType, Traits<T>::kType,
                                     &ternary_loop<Where, T, Bool, T, T>}...);
}
template <class... T>
constexpr auto clip_rows(Types<T...>) {
  return table_of(Row<ElementwiseFn>{"clip", Traits<T>::kType, Traits<T>::kType,
                                     &ternary_loop<Clip, T, T, T, T>}...);
}

constexpr auto kRows =
    joined(where_rows(kAll), clip_rows(kIntegers), vector_rows<Clip, 3>("clip", kFloats));

}  // namespace

Rows<ElementwiseFn> selection_rows() { return span_of(kRows); }

}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
