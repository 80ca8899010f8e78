// Vectors of the instruction set's width, and groups of them that hold a fixed number of elements:
// code that works on groups gives the same bits on every instruction set.
#pragma once

#if defined(__AVX__)
#include <immintrin.h>
#endif

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

template <class V>
struct ElementOf;
template <>
struct ElementOf<Vector<float>> {
  using Type = float;
};
template <>
struct ElementOf<Vector<double>> {
  using Type = double;
};
template <class V>
using Element = typename ElementOf<V>::Type;

// The bits of floats, as unsigned integers of their size.
template <class V>
using BitsVector = Vector<Bits<Element<V>>>;
template <class V>
PYGRAPH_INLINE BitsVector<V> bits_of(V x) {
  return reinterpret_cast<BitsVector<V>>(x);
}
template <class T>
PYGRAPH_INLINE Vector<T> from_bits(Vector<Bits<T>> x) {
  return reinterpret_cast<Vector<T>>(x);
}

// a * b + c, as `madd` of numeric.hpp; of integers, it wraps.
template <class V>
PYGRAPH_INLINE V madd(V a, V b, V c) {
#if defined(__AVX512F__)
  if constexpr (kSame<V, Vector<float>>)
    return (V)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
  else if constexpr (kSame<V, Vector<double>>)
    return (V)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
#elif defined(__AVX__) && defined(__FMA__)
  if constexpr (kSame<V, Vector<float>>)
    return (V)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
  else if constexpr (kSame<V, Vector<double>>)
    return (V)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
#endif
  return a * b + c;
}
template <class V>
PYGRAPH_INLINE V madd(V a, V b, Element<V> c) {
  return madd(a, b, broadcast(c));
}
template <class V>
PYGRAPH_INLINE V madd(V a, Element<V> b, V c) {
  return madd(a, broadcast(b), c);
}

// The smaller and the larger; b if one is NaN. Spelt out: compilers make two instructions of it.
template <class V>
PYGRAPH_INLINE V smaller(V a, V b) {
#if defined(__AVX512F__)
  if constexpr (kSame<V, Vector<float>>)
    return (V)_mm512_maskz_min_ps(-1, (__m512)a, (__m512)b);
  else
    return (V)_mm512_maskz_min_pd(-1, (__m512d)a, (__m512d)b);
#elif defined(__AVX__)
  if constexpr (kSame<V, Vector<float>>)
    return (V)_mm256_min_ps((__m256)a, (__m256)b);
  else
    return (V)_mm256_min_pd((__m256d)a, (__m256d)b);
#else
  return a < b ? a : b;
#endif
}
template <class V>
PYGRAPH_INLINE V larger(V a, V b) {
#if defined(__AVX512F__)
  if constexpr (kSame<V, Vector<float>>)
    return (V)_mm512_maskz_max_ps(-1, (__m512)a, (__m512)b);
  else
    return (V)_mm512_maskz_max_pd(-1, (__m512d)a, (__m512d)b);
#elif defined(__AVX__)
  if constexpr (kSame<V, Vector<float>>)
    return (V)_mm256_max_ps((__m256)a, (__m256)b);
  else
    return (V)_mm256_max_pd((__m256d)a, (__m256d)b);
#else
  return a > b ? a : b;
#endif
}
// A NaN in x stays.
template <class V>
PYGRAPH_INLINE V at_most(V x, Element<V> high) {
  return smaller(broadcast(high), x);
}
template <class V>
PYGRAPH_INLINE V at_least(V x, Element<V> low) {
  return larger(broadcast(low), x);
}

template <class V>
PYGRAPH_INLINE V sign_of(V x) {
  return from_bits<Element<V>>(bits_of(x) & Traits<Element<V>>::kSignBit);
}
template <class V>
PYGRAPH_INLINE V magnitude(V x) {
  return from_bits<Element<V>>(bits_of(x) & ~Traits<Element<V>>::kSignBit);
}
// x with the sign of `from`; x is not negative.
template <class V>
PYGRAPH_INLINE V with_sign(V x, V from) {
  return from_bits<Element<V>>(bits_of(x) | bits_of(sign_of(from)));
}

// Half of a vector of float32 as float64, and two of them as one vector again.
typedef float HalfVector __attribute__((vector_size(kVectorBytes / 2)));
PYGRAPH_INLINE Vector<double> widened(Vector<float> x, int half) {
  HalfVector part;
  __builtin_memcpy(&part, reinterpret_cast<const char*>(&x) + half * static_cast<int>(sizeof part),
                   sizeof part);
  return __builtin_convertvector(part, Vector<double>);
}
PYGRAPH_INLINE Vector<float> narrowed(Vector<double> first, Vector<double> second) {
  const HalfVector parts[] = {__builtin_convertvector(first, HalfVector),
                              __builtin_convertvector(second, HalfVector)};
  Vector<float> x;
  __builtin_memcpy(&x, parts, sizeof x);
  return x;
}

PYGRAPH_INLINE Vector<double> square_root(Vector<double> x) {
  for (int i = 0; i < VectorOf<double>::kWidth; ++i) x[i] = __builtin_sqrt(x[i]);
  return x;
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
  // All elements in one, halving again and again: first by vectors.
  template <class Op>
  T fold() const {
    Group rest = *this;
    for (int half = kVectors / 2; half > 0; half /= 2) {
      for (int k = 0; k < half; ++k) rest.v[k] = Op::apply(rest.v[k], rest.v[k + half]);
    }
    T buffer[kWidth];
    store(buffer, rest.v[0]);
    for (int half = kWidth / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; ++i) buffer[i] = Op::apply(buffer[i], buffer[i + half]);
    }
    return buffer[0];
  }
};

}  // namespace
}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
