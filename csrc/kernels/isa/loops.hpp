// The element-wise loops: one template per arity, specialised by a functor with `static
// apply(...)`. One element comes first: scalars are most calls. It and the vector loops evaluate
// the same functor, and the build never contracts or reassociates floating point, so the bits of a
// result don't depend on the path taken.
#pragma once

#include "kernels/isa/numeric.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

template <class Op, class Out, class A>
Fault unary_loop(void* out, const void* const* in, const int64_t* step, int64_t count) {
  auto* o = static_cast<Out*>(out);
  const auto* a = static_cast<const A*>(in[0]);
  if (count == 1) {
    *o = Op::apply(*a);
  } else if (step[0] != 0) {
    PYGRAPH_INDEPENDENT
    for (int64_t i = 0; i < count; ++i) o[i] = Op::apply(a[i]);
  } else if (count > 0) {
    const Out value = Op::apply(*a);
    for (int64_t i = 0; i < count; ++i) o[i] = value;
  }
  return {};
}

template <class Op, class Out, class A, class B>
Fault binary_loop(void* out, const void* const* in, const int64_t* step, int64_t count) {
  auto* o = static_cast<Out*>(out);
  const auto* a = static_cast<const A*>(in[0]);
  const auto* b = static_cast<const B*>(in[1]);
  if (count == 1) {
    *o = Op::apply(*a, *b);
  } else if (count <= 0) {
    return {};
  } else if (step[0] != 0 && step[1] != 0) {
    PYGRAPH_INDEPENDENT
    for (int64_t i = 0; i < count; ++i) o[i] = Op::apply(a[i], b[i]);
  } else if (step[0] != 0) {
    const B right = *b;
    PYGRAPH_INDEPENDENT
    for (int64_t i = 0; i < count; ++i) o[i] = Op::apply(a[i], right);
  } else if (step[1] != 0) {
    const A left = *a;
    PYGRAPH_INDEPENDENT
    for (int64_t i = 0; i < count; ++i) o[i] = Op::apply(left, b[i]);
  } else {
    const Out value = Op::apply(*a, *b);
    for (int64_t i = 0; i < count; ++i) o[i] = value;
  }
  return {};
}

// One of the eight step combinations of three operands.
template <class Op, bool kStepA, bool kStepB, bool kStepC, class Out, class A, class B, class C>
void ternary_steps(Out* o, const A* a, const B* b, const C* c, int64_t count) {
  const A a0 = *a;
  const B b0 = *b;
  const C c0 = *c;
  PYGRAPH_INDEPENDENT
  for (int64_t i = 0; i < count; ++i) {
    o[i] = Op::apply(kStepA ? a[i] : a0, kStepB ? b[i] : b0, kStepC ? c[i] : c0);
  }
}

template <class Op, class Out, class A, class B, class C>
Fault ternary_loop(void* out, const void* const* in, const int64_t* step, int64_t count) {
  auto* o = static_cast<Out*>(out);
  const auto* a = static_cast<const A*>(in[0]);
  const auto* b = static_cast<const B*>(in[1]);
  const auto* c = static_cast<const C*>(in[2]);
  if (count == 1) {
    *o = Op::apply(*a, *b, *c);
    return {};
  }
  if (count <= 0) return {};
  const int steps = (step[0] != 0 ? 4 : 0) | (step[1] != 0 ? 2 : 0) | (step[2] != 0 ? 1 : 0);
  switch (steps) {
    case 7: ternary_steps<Op, true, true, true>(o, a, b, c, count); break;
    case 6: ternary_steps<Op, true, true, false>(o, a, b, c, count); break;
    case 5: ternary_steps<Op, true, false, true>(o, a, b, c, count); break;
    case 4: ternary_steps<Op, true, false, false>(o, a, b, c, count); break;
    case 3: ternary_steps<Op, false, true, true>(o, a, b, c, count); break;
    case 2: ternary_steps<Op, false, true, false>(o, a, b, c, count); break;
    case 1: ternary_steps<Op, false, false, true>(o, a, b, c, count); break;
    default: ternary_steps<Op, false, false, false>(o, a, b, c, count); break;
  }
  return {};
}

// Rows by functor, for each element type of a list.
template <class Op, class A, class Out = A>
constexpr Row<ElementwiseFn> unary(const char* name) {
  return {name, Traits<A>::kType, Traits<Out>::kType, &unary_loop<Op, Out, A>};
}
template <class Op, class... T>
constexpr auto unary_rows(const char* name, Types<T...>) {
  return table_of(unary<Op, T>(name)...);
}
template <class Op, class... T>
constexpr auto binary_rows(const char* name, Types<T...>) {
  return table_of(
      Row<ElementwiseFn>{name, Traits<T>::kType, Traits<T>::kType, &binary_loop<Op, T, T, T>}...);
}
// Tests of numbers give a bool.
template <class Op, class... T>
constexpr auto unary_tests(const char* name, Types<T...>) {
  return table_of(unary<Op, T, Bool>(name)...);
}
template <class Op, class... T>
constexpr auto binary_tests(const char* name, Types<T...>) {
  return table_of(Row<ElementwiseFn>{name, Traits<T>::kType, Traits<Bool>::kType,
                                     &binary_loop<Op, Bool, T, T>}...);
}

}  // namespace
}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
