// Vectors of the instruction set's width, and groups of them that hold a fixed number of elements:
// code that works on groups gives the same bits on every instruction set.
#pragma once

#include "kernels/isa/numeric.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

#if defined(__AVX512F__)
constexpr int kVectorBytes = 64;
#elif defined(__AVX__)
constexpr int kVectorBytes = 32;
#else
constexpr int kVectorBytes = 16;
#endif
constexpr int kGroupBytes = 128;

template <class T>
struct VectorOf {
  typedef T Type __attribute__((vector_size(kVectorBytes)));
  typedef T Loose __attribute__((vector_size(kVectorBytes), aligned(1), may_alias));
  static constexpr int kWidth = kVectorBytes / static_cast<int>(sizeof(T));
};
template <class T>
using Vector = typename VectorOf<T>::Type;

template <class T>
PYGRAPH_INLINE Vector<T> load(const T* p) {
  return *reinterpret_cast<const typename VectorOf<T>::Loose*>(p);
}
template <class T>
PYGRAPH_INLINE void store(T* p, Vector<T> v) {
  *reinterpret_cast<typename VectorOf<T>::Loose*>(p) = v;
}
template <class T>
PYGRAPH_INLINE Vector<T> broadcast(T x) {
  return x - Vector<T>{};
}

// A fixed number of elements, whatever the width of a vector.
template <class T>
struct Group {
  static constexpr int kWidth = VectorOf<T>::kWidth;
  static constexpr int kVectors = kGroupBytes / kVectorBytes;
  static constexpr int kCount = kGroupBytes / static_cast<int>(sizeof(T));
  Vector<T> v[kVectors];

  PYGRAPH_INLINE static Group read(const T* p) {
    Group g;
    for (int i = 0; i < kVectors; ++i) g.v[i] = load(p + i * kWidth);
    return g;
  }
  // The first `count` elements, and `fill` in the place of the rest.
  static Group read_part(const T* p, int64_t count, T fill) {
    T buffer[kCount];
    for (int i = 0; i < kCount; ++i) buffer[i] = fill;
    for (int64_t i = 0; i < count; ++i) buffer[i] = p[i];
    return read(buffer);
  }
  PYGRAPH_INLINE static Group filled(T value) {
    Group g;
    for (int i = 0; i < kVectors; ++i) g.v[i] = broadcast(value);
    return g;
  }
  PYGRAPH_INLINE void write(T* p) const {
    for (int i = 0; i < kVectors; ++i) store(p + i * kWidth, v[i]);
  }
  template <class Op>
  PYGRAPH_INLINE void combine(const Group& other) {
    for (int i = 0; i < kVectors; ++i) v[i] = Op::apply(v[i], other.v[i]);
  }
  // All elements in one, halving again and again.
  template <class Op>
  T fold() const {
    T buffer[kCount];
    write(buffer);
    for (int half = kCount / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; ++i) buffer[i] = Op::apply(buffer[i], buffer[i + half]);
    }
    return buffer[0];
  }
};

}  // namespace
}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
