// The loop of functions that are written on vectors: functors with `static Vector<T>
// apply(Vector<T>)`. A single element is a vector as well, so the bits of a result don't depend on
// the path taken.
#pragma once

#include "kernels/isa/lanes.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

template <class Op, class T>
Fault vector_loop(void* out, const void* const* in, const int64_t* step, int64_t count) {
  constexpr int64_t kWidth = VectorOf<T>::kWidth;
  auto* o = static_cast<T*>(out);
  const auto* a = static_cast<const T*>(in[0]);
  if (count <= 0) return {};
  if (count == 1 || step[0] == 0) {
    const T value = Op::apply(broadcast(*a))[0];
    for (int64_t i = 0; i < count; ++i) o[i] = value;
    return {};
  }
  if (count < kWidth) {
    T part[kWidth] = {};
    for (int64_t i = 0; i < count; ++i) part[i] = a[i];
    store(part, Op::apply(load(part)));
    for (int64_t i = 0; i < count; ++i) o[i] = part[i];
    return {};
  }
  // The last vector may overlap the one before. It is read first: `out` may be the input.
  const int64_t last = count - kWidth;
  const Vector<T> rest = load(a + last);
  int64_t i = 0;
  for (; i <= last - kWidth; i += 2 * kWidth) {
    const Vector<T> first = Op::apply(load(a + i));
    const Vector<T> second = Op::apply(load(a + i + kWidth));
    store(o + i, first);
    store(o + i + kWidth, second);
  }
  if (i <= last) store(o + i, Op::apply(load(a + i)));
  if (count % kWidth != 0) store(o + last, Op::apply(rest));
  return {};
}

template <class Op, class T>
constexpr Row<ElementwiseFn> vector_unary(const char* name) {
  return {name, Traits<T>::kType, Traits<T>::kType, &vector_loop<Op, T>};
}

}  // namespace
}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
