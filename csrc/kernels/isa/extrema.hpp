// The larger and the smaller of two, for elements and for vectors of them. NaN wins; an identity is
// what no element is beyond.
#pragma once

#include "kernels/isa/lanes.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

template <class T>
struct Range {
  static constexpr T kLowest = Traits<T>::kMin;
  static constexpr T kHighest = Traits<T>::kMax;
};
template <>
struct Range<Bool> {
  static constexpr Bool kLowest = kFalse;
  static constexpr Bool kHighest = kTrue;
};
template <>
struct Range<float> {
  static constexpr float kLowest = -Traits<float>::kInfinity;
  static constexpr float kHighest = Traits<float>::kInfinity;
};
template <>
struct Range<double> {
  static constexpr double kLowest = -Traits<double>::kInfinity;
  static constexpr double kHighest = Traits<double>::kInfinity;
};

struct Maximum {
  template <class T>
  PYGRAPH_INLINE static T apply(T a, T b) {
    return (a > b) | (a != a) ? a : b;
  }
  PYGRAPH_INLINE static Vector<float> apply(Vector<float> a, Vector<float> b) {
    return a != a ? a : larger(a, b);
  }
  PYGRAPH_INLINE static Vector<double> apply(Vector<double> a, Vector<double> b) {
    return a != a ? a : larger(a, b);
  }
  template <class T>
  static constexpr T kIdentity = Range<T>::kLowest;
};

struct Minimum {
  template <class T>
  PYGRAPH_INLINE static T apply(T a, T b) {
    return (a < b) | (a != a) ? a : b;
  }
  PYGRAPH_INLINE static Vector<float> apply(Vector<float> a, Vector<float> b) {
    return a != a ? a : smaller(a, b);
  }
  PYGRAPH_INLINE static Vector<double> apply(Vector<double> a, Vector<double> b) {
    return a != a ? a : smaller(a, b);
  }
  template <class T>
  static constexpr T kIdentity = Range<T>::kHighest;
};

}  // namespace
}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
