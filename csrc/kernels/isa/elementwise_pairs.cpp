// The four operations on floats, alone and in pairs: what a tile program computes in one step where
// the result of one op is an operand of the next and of nothing else. Each op rounds, so a pair
// gives the bits of its two kernels. To add a pair, add its row: plans find it.
#include "kernels/isa/exponential.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

struct Add {
  static constexpr const char* kName = "add";
  template <class V>
  PYGRAPH_INLINE static V apply(V a, V b) {
    return a + b;
  }
};

struct Subtract {
  static constexpr const char* kName = "subtract";
  template <class V>
  PYGRAPH_INLINE static V apply(V a, V b) {
    return a - b;
  }
};

struct Multiply {
  static constexpr const char* kName = "multiply";
  template <class V>
  PYGRAPH_INLINE static V apply(V a, V b) {
    return a * b;
  }
};

struct Divide {
  static constexpr const char* kName = "divide";
  template <class V>
  PYGRAPH_INLINE static V apply(V a, V b) {
    return a / b;
  }
};

struct Negative {
  static constexpr const char* kName = "negative";
  template <class V>
  PYGRAPH_INLINE static V apply(V x) {
    return -x;
  }
};

// Outer(Inner(a, b), c).
template <class Inner, class Outer>
struct First {
  template <class V>
  PYGRAPH_INLINE static V apply(V a, V b, V c) {
    return Outer::apply(Inner::apply(a, b), c);
  }
};

// Outer(c, Inner(a, b)).
template <class Inner, class Outer>
struct Second {
  template <class V>
  PYGRAPH_INLINE static V apply(V a, V b, V c) {
    return Outer::apply(c, Inner::apply(a, b));
  }
};

// Outer(Inner(...)).
template <class Inner, class Outer>
struct Only {
  template <class... V>
  PYGRAPH_INLINE static auto apply(V... operands) {
    return Outer::apply(Inner::apply(operands...));
  }
};

template <class Inner, class Outer, class T>
constexpr PairRow first() {
  return {Inner::kName, Outer::kName, 0, Traits<T>::kType, &vector_loop<First<Inner, Outer>, 3, T>};
}
template <class Inner, class Outer, class T>
constexpr PairRow second() {
  return {Inner::kName, Outer::kName, 1, Traits<T>::kType,
          &vector_loop<Second<Inner, Outer>, 3, T>};
}
template <class Inner, class Outer, int kInputs, class T>
constexpr PairRow only() {
  return {Inner::kName, Outer::kName, 0, Traits<T>::kType,
          &vector_loop<Only<Inner, Outer>, kInputs, T>};
}

template <class T>
constexpr PairRow kPairs[] = {
    first<Add, Add, T>(),           second<Add, Add, T>(),
    first<Add, Subtract, T>(),      second<Add, Subtract, T>(),
    first<Add, Multiply, T>(),      second<Add, Multiply, T>(),
    first<Add, Divide, T>(),        second<Add, Divide, T>(),
    first<Subtract, Add, T>(),      second<Subtract, Add, T>(),
    first<Subtract, Subtract, T>(), second<Subtract, Subtract, T>(),
    first<Subtract, Multiply, T>(), second<Subtract, Multiply, T>(),
    first<Subtract, Divide, T>(),   second<Subtract, Divide, T>(),
    first<Multiply, Add, T>(),      second<Multiply, Add, T>(),
    first<Multiply, Subtract, T>(), second<Multiply, Subtract, T>(),
    first<Multiply, Multiply, T>(), second<Multiply, Multiply, T>(),
    first<Multiply, Divide, T>(),   second<Multiply, Divide, T>(),
    only<Negative, Exp, 1, T>(),    only<Subtract, Exp, 2, T>(),
    only<Multiply, Exp, 2, T>(),
};

constexpr auto kRows = joined(vector_binary_rows<Add>("add", kFloats),
                              vector_binary_rows<Subtract>("subtract", kFloats),
                              vector_binary_rows<Multiply>("multiply", kFloats),
                              vector_binary_rows<Divide>("divide", kFloats),
                              vector_unary_rows<Negative>("negative", kFloats));

}  // namespace

Rows<ElementwiseFn> pair_member_rows() { return span_of(kRows); }
PairRows float_pairs() { return {kPairs<float>, sizeof kPairs<float> / sizeof(PairRow)}; }
PairRows double_pairs() { return {kPairs<double>, sizeof kPairs<double> / sizeof(PairRow)}; }

}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
