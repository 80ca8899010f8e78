// Questions about numbers: comparisons and tests, each giving a bool.
#include "kernels/isa/loops.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

struct Equal {
  template <class T>
  PYGRAPH_INLINE static Bool apply(T a, T b) {
    return as_bool(a == b);
  }
};

struct NotEqual {
  template <class T>
  PYGRAPH_INLINE static Bool apply(T a, T b) {
    return as_bool(a != b);
  }
};

struct Less {
  template <class T>
  PYGRAPH_INLINE static Bool apply(T a, T b) {
    return as_bool(a < b);
  }
};

struct LessEqual {
  template <class T>
  PYGRAPH_INLINE static Bool apply(T a, T b) {
    return as_bool(a <= b);
  }
};

struct Greater {
  template <class T>
  PYGRAPH_INLINE static Bool apply(T a, T b) {
    return as_bool(a > b);
  }
};

struct GreaterEqual {
  template <class T>
  PYGRAPH_INLINE static Bool apply(T a, T b) {
    return as_bool(a >= b);
  }
};

// x - x is 0 for every finite x and NaN for the others; an integer is always finite.
struct IsFinite {
  template <class T>
  PYGRAPH_INLINE static Bool apply(T x) {
    if constexpr (kIsFloat<T>)
      return as_bool(x - x == T{0});
    else
      return kTrue;
  }
};

struct IsNan {
  template <class T>
  PYGRAPH_INLINE static Bool apply(T x) {
    return as_bool(x != x);
  }
};

struct IsInf {
  template <class T>
  PYGRAPH_INLINE static Bool apply(T x) {
    if constexpr (kIsFloat<T>)
      return as_bool((x == x) & (x - x != T{0}));
    else
      return kFalse;
  }
};

struct SignBit {
  template <class T>
  PYGRAPH_INLINE static Bool apply(T x) {
    return as_bool((bits_of(x) & Traits<T>::kSignBit) != 0);
  }
};

// clang-format off: a row a line
constexpr auto kRows = joined(
    binary_tests<Equal>("equal", kAll),
    binary_tests<NotEqual>("not_equal", kAll),
    binary_tests<Less>("less", kAll),
    binary_tests<LessEqual>("less_equal", kAll),
    binary_tests<Greater>("greater", kAll),
    binary_tests<GreaterEqual>("greater_equal", kAll),
    unary_tests<IsFinite>("isfinite", kNumbers),
    unary_tests<IsNan>("isnan", kNumbers),
    unary_tests<IsInf>("isinf", kNumbers),
    unary_tests<SignBit>("signbit", kFloats));
// clang-format on

}  // namespace

Rows<ElementwiseFn> logic_rows() { return span_of(kRows); }

}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
