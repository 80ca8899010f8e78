// Operations of three operands: where and clip.
#include "kernels/isa/loops.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

struct Where {
  template <class T>
  PYGRAPH_INLINE static T apply(Bool condition, T yes, T no) {
    return condition != kFalse ? yes : no;
  }
};

// minimum(maximum(x, low), high): NaN in any operand gives NaN, and high wins where low is above
// it.
struct Clip {
  template <class T>
  PYGRAPH_INLINE static T apply(T x, T low, T high) {
    if constexpr (kIsFloat<T>) {
      const T raised = (x > low) | (x != x) ? x : low;
      return (raised < high) | (raised != raised) ? raised : high;
    } else {
      const T raised = x > low ? x : low;
      return raised < high ? raised : high;
    }
  }
};

constexpr Row<ElementwiseFn> kRows[] = {
    ternary<Where, Bool, Bool>("where"),     ternary<Where, Bool, int32_t>("where"),
    ternary<Where, Bool, int64_t>("where"),  ternary<Where, Bool, float>("where"),
    ternary<Where, Bool, double>("where"),   ternary<Clip, int32_t, int32_t>("clip"),
    ternary<Clip, int64_t, int64_t>("clip"), ternary<Clip, float, float>("clip"),
    ternary<Clip, double, double>("clip"),
};

}  // namespace

Rows<ElementwiseFn> selection_rows() { return span_of(kRows); }

}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
