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

constexpr Row<ElementwiseFn> kRows[] = {
    ternary<Where, Bool, Bool>("where"),     ternary<Where, Bool, int32_t>("where"),
    ternary<Where, Bool, int64_t>("where"),  ternary<Where, Bool, float>("where"),
    ternary<Where, Bool, double>("where"),   ternary<Clip, int32_t, int32_t>("clip"),
    ternary<Clip, int64_t, int64_t>("clip"), vector_ternary<Clip, float>("clip"),
    vector_ternary<Clip, double>("clip"),
};

}  // namespace

Rows<ElementwiseFn> selection_rows() { return span_of(kRows); }

}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
