// The loop of functions that are written on vectors: functors with `static V apply(V...)`, of one
// to three operands. Single elements are vectors as well, so the bits of a result don't depend on
// the path taken.
#pragma once

#include "kernels/isa/lanes.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

template <class Op, int kInputs, class T>
PYGRAPH_INLINE Vector<T> apply_at(const T* const (&at)[kInputs]) {
  if constexpr (kInputs == 1)
    return Op::apply(load(at[0]));
  else if constexpr (kInputs == 2)
    return Op::apply(load(at[0]), load(at[1]));
  else
    return Op::apply(load(at[0]), load(at[1]), load(at[2]));
}

template <class Op, int kInputs, class T>
PYGRAPH_INLINE T apply_single(const T* const (&at)[kInputs]) {
  if constexpr (kInputs == 1)
    return Op::apply(broadcast(*at[0]))[0];
  else if constexpr (kInputs == 2)
    return Op::apply(broadcast(*at[0]), broadcast(*at[1]))[0];
  else
    return Op::apply(broadcast(*at[0]), broadcast(*at[1]), broadcast(*at[2]))[0];
}

// A function of float32 that is computed in float64 and rounded once more: half a unit in the last
// place and hardly more.
template <class Op>
struct InDouble {
  template <class... V>
  PYGRAPH_INLINE static Vector<float> apply(V... x) {
    return narrowed(Op::apply(widened(x, 0)...), Op::apply(widened(x, 1)...));
  }
};

// Less than a vector.
template <class Op, int kInputs, class T>
void apply_part(T* out, const T* const (&at)[kInputs], const int64_t (&advance)[kInputs],
                int64_t count) {
  constexpr int64_t kWidth = VectorOf<T>::kWidth;
  T part[kInputs][kWidth] = {};
  const T* parts[kInputs];
  for (int k = 0; k < kInputs; ++k) {
    for (int64_t i = 0; i < count; ++i) part[k][i] = advance[k] != 0 ? at[k][i] : *at[k];
    parts[k] = part[k];
  }
  store(part[0], apply_at<Op, kInputs, T>(parts));
  for (int64_t i = 0; i < count; ++i) out[i] = part[0][i];
}

template <class Op, int kInputs, class T>
Fault vector_loop(void* out, const void* const* in, const int64_t* step, int64_t count) {
  constexpr int64_t kWidth = VectorOf<T>::kWidth;
  auto* o = static_cast<T*>(out);
  const T* at[kInputs];
  int64_t advance[kInputs];
  for (int k = 0; k < kInputs; ++k) {
    at[k] = static_cast<const T*>(in[k]);
    advance[k] = step[k] != 0 ? kWidth : 0;
  }
  if (count == 1) {
    *o = apply_single<Op, kInputs, T>(at);
    return {};
  }
  if (count < kWidth) {
    apply_part<Op, kInputs, T>(o, at, advance, count);
    return {};
  }
  // A scalar is a vector that the loop does not move on from.
  Vector<T> repeated[kInputs];
  for (int k = 0; k < kInputs; ++k) {
    if (step[k] != 0) continue;
    repeated[k] = broadcast(*at[k]);
    at[k] = reinterpret_cast<const T*>(&repeated[k]);
  }
  // The last vector may overlap the one before. It is made first: `out` may be an input.
  const int64_t rest = count % kWidth;
  Vector<T> last{};
  if (rest != 0) {
    const T* ends[kInputs];
    for (int k = 0; k < kInputs; ++k) ends[k] = at[k] + (step[k] != 0 ? count - kWidth : 0);
    last = apply_at<Op, kInputs, T>(ends);
  }
  const auto next = [&] {
    const Vector<T> value = apply_at<Op, kInputs, T>(at);
    for (int k = 0; k < kInputs; ++k) at[k] += advance[k];
    return value;
  };
  // Two at a time: one waits for its operands while the other computes.
  int64_t left = count / kWidth;
  for (; left > 1; left -= 2, o += 2 * kWidth) {
    const Vector<T> first = next();
    const Vector<T> second = next();
    store(o, first);
    store(o + kWidth, second);
  }
  if (left > 0) {
    store(o, next());
    o += kWidth;
  }
  if (rest != 0) store(o + rest - kWidth, last);
  return {};
}

// Rows by functor, for each element type of a list.
template <class Op, int kInputs, class... T>
constexpr auto vector_rows(const char* name, Types<T...>) {
  return table_of(Row<ElementwiseFn>{name, Traits<T>::kType, Traits<T>::kType,
                                     &vector_loop<Op, kInputs, T>}...);
}
template <class Op, class List>
constexpr auto vector_unary_rows(const char* name, List types) {
  return vector_rows<Op, 1>(name, types);
}
template <class Op, class List>
constexpr auto vector_binary_rows(const char* name, List types) {
  return vector_rows<Op, 2>(name, types);
}

}  // namespace
}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
