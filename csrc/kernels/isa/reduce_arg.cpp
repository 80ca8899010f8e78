// argmax and argmin of a contiguous block [n][inner] over n: the first place of the extremum, or of
// the first NaN.
#include "kernels/isa/extrema.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

struct Larger {
  using Extremum = Maximum;
  template <class T>
  PYGRAPH_INLINE static bool before(T a, T b) {
    return a > b;
  }
};

struct Smaller {
  using Extremum = Minimum;
  template <class T>
  PYGRAPH_INLINE static bool before(T a, T b) {
    return a < b;
  }
};

// True if x takes the place of `best`, which stands earlier.
template <class Order, class T>
PYGRAPH_INLINE bool improves(T x, T best) {
  if constexpr (kIsFloat<T>)
    return Order::before(x, best) | ((x != x) & (best == best));
  else
    return Order::before(x, best);
}

constexpr int64_t kColumns = 512;

template <class Op, class T>
T extremum(const T* in, int64_t n) {
  T result = in[0];
  int64_t i = 0;
  if constexpr (!kSame<T, Bool>) {
    constexpr int64_t kCount = Group<T>::kCount;
    if (n >= kCount) {
      auto lanes = Group<T>::read(in);
      for (i = kCount; i + kCount <= n; i += kCount) {
        lanes.template combine<Op>(Group<T>::read(in + i));
      }
      result = lanes.template fold<Op>();
    }
  }
  for (; i < n; ++i) result = Op::apply(result, in[i]);
  return result;
}

// A line is read in blocks, in lanes; only the block that the extremum stands in is then searched
// for its place.
template <class Order, class T>
int64_t arg_line(const T* in, int64_t n) {
  constexpr int64_t kBlock = 1024;
  T best = in[0];
  int64_t place = 0;
  for (int64_t start = 0; start < n; start += kBlock) {
    const int64_t count = n - start < kBlock ? n - start : kBlock;
    const T found = extremum<typename Order::Extremum>(in + start, count);
    if (!improves<Order>(found, best)) continue;
    best = found;
    place = start;
  }
  // Without NaN the first equal element; a NaN equals nothing and is found by being one. Where
  // another thread has written over it, the last place stands for it.
  if (best == best) {
    while (place < n - 1 && in[place] != best) ++place;
  } else {
    while (place < n - 1 && in[place] == in[place]) ++place;
  }
  return place;
}

template <class Order, class T>
void arg_rows(int64_t* __restrict out, const T* __restrict in, int64_t n, int64_t stride,
              int64_t columns) {
  T best[kColumns];
  for (int64_t j = 0; j < columns; ++j) {
    best[j] = in[j];
    out[j] = 0;
  }
  for (int64_t row = 1; row < n; ++row) {
    const T* r = in + row * stride;
    for (int64_t j = 0; j < columns; ++j) {
      const bool better = improves<Order>(r[j], best[j]);
      best[j] = better ? r[j] : best[j];
      out[j] = better ? row : out[j];
    }
  }
}

template <class Order, class T>
void arg_reduce(void* out_memory, const void* in_memory, int64_t n, int64_t inner, int64_t stride,
                bool) {
  auto* out = static_cast<int64_t*>(out_memory);
  const auto* in = static_cast<const T*>(in_memory);
  if (n <= 0) return;
  if (stride == 1) {
    *out = arg_line<Order>(in, n);
    return;
  }
  for (int64_t start = 0; start < inner; start += kColumns) {
    const int64_t columns = inner - start < kColumns ? inner - start : kColumns;
    arg_rows<Order>(out + start, in + start, n, stride, columns);
  }
}

template <class Order, class... T>
constexpr auto arg_rows(const char* name, Types<T...>) {
  return table_of(
      Row<ReduceFn>{name, Traits<T>::kType, ElementType::int64, &arg_reduce<Order, T>}...);
}

constexpr auto kRows = arg_rows<Larger>("argmax", kAll) + arg_rows<Smaller>("argmin", kAll);

}  // namespace

Rows<ReduceFn> arg_reduce_rows() { return span_of(kRows); }

}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
