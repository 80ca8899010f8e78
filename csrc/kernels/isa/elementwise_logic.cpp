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

constexpr Row<ElementwiseFn> kRows[] = {
    binary<Equal, Bool, Bool>("equal"),
    binary<Equal, int32_t, Bool>("equal"),
    binary<Equal, int64_t, Bool>("equal"),
    binary<Equal, float, Bool>("equal"),
    binary<Equal, double, Bool>("equal"),
    binary<NotEqual, Bool, Bool>("not_equal"),
    binary<NotEqual, int32_t, Bool>("not_equal"),
    binary<NotEqual, int64_t, Bool>("not_equal"),
    binary<NotEqual, float, Bool>("not_equal"),
    binary<NotEqual, double, Bool>("not_equal"),
    binary<Less, Bool, Bool>("less"),
    binary<Less, int32_t, Bool>("less"),
    binary<Less, int64_t, Bool>("less"),
    binary<Less, float, Bool>("less"),
    binary<Less, double, Bool>("less"),
    binary<LessEqual, Bool, Bool>("less_equal"),
    binary<LessEqual, int32_t, Bool>("less_equal"),
    binary<LessEqual, int64_t, Bool>("less_equal"),
    binary<LessEqual, float, Bool>("less_equal"),
    binary<LessEqual, double, Bool>("less_equal"),
    binary<Greater, Bool, Bool>("greater"),
    binary<Greater, int32_t, Bool>("greater"),
    binary<Greater, int64_t, Bool>("greater"),
    binary<Greater, float, Bool>("greater"),
    binary<Greater, double, Bool>("greater"),
    binary<GreaterEqual, Bool, Bool>("greater_equal"),
    binary<GreaterEqual, int32_t, Bool>("greater_equal"),
    binary<GreaterEqual, int64_t, Bool>("greater_equal"),
    binary<GreaterEqual, float, Bool>("greater_equal"),
    binary<GreaterEqual, double, Bool>("greater_equal"),
    unary<IsFinite, int32_t, Bool>("isfinite"),
    unary<IsFinite, int64_t, Bool>("isfinite"),
    unary<IsFinite, float, Bool>("isfinite"),
    unary<IsFinite, double, Bool>("isfinite"),
    unary<IsNan, int32_t, Bool>("isnan"),
    unary<IsNan, int64_t, Bool>("isnan"),
    unary<IsNan, float, Bool>("isnan"),
    unary<IsNan, double, Bool>("isnan"),
    unary<IsInf, int32_t, Bool>("isinf"),
    unary<IsInf, int64_t, Bool>("isinf"),
    unary<IsInf, float, Bool>("isinf"),
    unary<IsInf, double, Bool>("isinf"),
    unary<SignBit, float, Bool>("signbit"),
    unary<SignBit, double, Bool>("signbit"),
};

}  // namespace

Rows<ElementwiseFn> logic_rows() { return span_of(kRows); }

}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
