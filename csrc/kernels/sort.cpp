// Sorting along an axis: each line is put together, sorted and taken apart again.
#include <algorithm>
#include <numeric>
#include <string>
#include <type_traits>
#include <vector>

#include "base/error.hpp"
#include "kernels/kernels.hpp"

namespace pygraph::kernels {
namespace {

template <class T>
bool is_nan(T value) {
  if constexpr (std::is_floating_point_v<T>) {
    return value != value;
  } else {
    return false;
  }
}

template <class T>
bool comes_before(T a, T b, bool descending) {
  if (is_nan(a) || is_nan(b)) return !is_nan(a);
  return descending ? b < a : a < b;
}

template <class T>
std::vector<T> line_of(const T* in, const SortGeometry& g) {
  std::vector<T> line(static_cast<std::size_t>(g.size));
  for (std::size_t i = 0; i < line.size(); ++i)
    line[i] = in[static_cast<std::int64_t>(i) * g.inner];
  return line;
}

template <class T>
void put_line(T* out, const std::vector<T>& line, const SortGeometry& g) {
  for (std::size_t i = 0; i < line.size(); ++i)
    out[static_cast<std::int64_t>(i) * g.inner] = line[i];
}

template <class T>
void elements(T* out, const T* in, const SortGeometry& g) {
  std::vector<T> line = line_of(in, g);
  std::stable_sort(line.begin(), line.end(),
                   [&](T a, T b) { return comes_before(a, b, g.descending); });
  put_line(out, line, g);
}

template <class T>
void positions(std::int64_t* out, const T* in, const SortGeometry& g) {
  const std::vector<T> line = line_of(in, g);
  std::vector<std::int64_t> order(line.size());
  std::iota(order.begin(), order.end(), std::int64_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::int64_t a, std::int64_t b) {
    return comes_before(line[static_cast<std::size_t>(a)], line[static_cast<std::size_t>(b)],
                        g.descending);
  });
  put_line(out, order, g);
}

// Calls `function` with the type of the elements and the offset of each line.
template <class Function>
void for_each_line(DType dtype, const SortGeometry& g, Function function) {
  const auto lines = [&](auto zero) {
    for (std::int64_t outer = 0; outer < g.outer; ++outer) {
      for (std::int64_t inner = 0; inner < g.inner; ++inner)
        function(zero, outer * g.size * g.inner + inner);
    }
  };
  switch (dtype) {
    case DType::bool_: return lines(std::uint8_t{});
    case DType::int32: return lines(std::int32_t{});
    case DType::int64: return lines(std::int64_t{});
    case DType::float32: return lines(float{});
    case DType::float64: return lines(double{});
    default: throw Error(ErrorKind::type, "cannot sort " + std::string(name(dtype)));
  }
}

}  // namespace

void sort_elements(DType dtype, void* out, const void* in, const SortGeometry& geometry) {
  for_each_line(dtype, geometry, [&](auto zero, std::int64_t at) {
    using T = decltype(zero);
    elements(static_cast<T*>(out) + at, static_cast<const T*>(in) + at, geometry);
  });
}

void sort_positions(DType dtype, void* out, const void* in, const SortGeometry& geometry) {
  for_each_line(dtype, geometry, [&](auto zero, std::int64_t at) {
    using T = decltype(zero);
    positions(static_cast<std::int64_t*>(out) + at, static_cast<const T*>(in) + at, geometry);
  });
}

}  // namespace pygraph::kernels
