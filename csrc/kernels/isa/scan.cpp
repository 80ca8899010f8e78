// Running sums and products of a contiguous block [n][inner] along n, in order.
#include "kernels/isa/numeric.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

struct Sum {
  template <class T>
  PYGRAPH_INLINE static T apply(T a, T b) {
    if constexpr (kIsInteger<T>)
      return wrap_add(a, b);
    else
      return a + b;
  }
};

struct Product {
  template <class T>
  PYGRAPH_INLINE static T apply(T a, T b) {
    if constexpr (kIsInteger<T>)
      return wrap_multiply(a, b);
    else
      return a * b;
  }
};

template <class Op, class T>
void scan(void* out_memory, const void* in_memory, int64_t n, int64_t inner) {
  auto* out = static_cast<T*>(out_memory);
  const auto* in = static_cast<const T*>(in_memory);
  if (n <= 0) return;
  if (inner == 1) {
    T running = in[0];
    out[0] = running;
    for (int64_t i = 1; i < n; ++i) {
      running = Op::apply(running, in[i]);
      out[i] = running;
    }
    return;
  }
  PYGRAPH_INDEPENDENT
  for (int64_t j = 0; j < inner; ++j) out[j] = in[j];
  for (int64_t row = 1; row < n; ++row) {
    const T* before = out + (row - 1) * inner;
    T* here = out + row * inner;
    const T* added = in + row * inner;
    PYGRAPH_INDEPENDENT
    for (int64_t j = 0; j < inner; ++j) here[j] = Op::apply(before[j], added[j]);
  }
}

template <class Op, class... T>
constexpr auto rows(const char* name, Types<T...>) {
  return table_of(Row<ScanFn>{name, Traits<T>::kType, Traits<T>::kType, &scan<Op, T>}...);
}

constexpr auto kRows =
    rows<Sum>("cumulative_sum", kNumbers) + rows<Product>("cumulative_prod", kNumbers);

}  // namespace

Rows<ScanFn> scan_rows() { return span_of(kRows); }

}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
