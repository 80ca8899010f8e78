// Reads and writes rows at computed positions, and fills ranges.
#include <algorithm>
#include <cstring>
#include <type_traits>

#include "base/dispatch.hpp"
#include "kernels/kernels.hpp"

namespace pygraph::kernels {
namespace {

constexpr std::int64_t kBlock = 256;  // positions worked out at a time

// The first index that is out of range; `size` where there is none any more.
template <class Index>
std::int64_t outside(const Index* index, const IndexGeometry& g, int axis, std::int64_t count) {
  const std::int64_t size = g.axis_sizes[axis];
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t given = index[i * g.index_step[axis]];
    if (given < -size || given >= size) return given;
  }
  return size;
}

// Indices may lie in a host's array that another thread writes to: each is read once, and what was
// checked is what is used.
//
// The rows that the indices start..start+count name, as offsets in units of one row. They wrap
// where an index is out of range, and where there are no elements.
template <class Index>
Fault find_rows_as(std::int64_t* rows, const void* const* indices, const IndexGeometry& g,
                   std::int64_t start, std::int64_t count) {
  std::fill_n(rows, count, 0);
  for (int axis = 0; axis < g.axes; ++axis) {
    const std::int64_t size = g.axis_sizes[axis];
    const std::int64_t step = g.index_step[axis];
    const auto* index = static_cast<const Index*>(indices[axis]) + start * step;
    bool all_inside = true;
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t given = index[i * step];
      const auto from_start = static_cast<std::uint64_t>(given + (given < 0 ? size : 0));
      all_inside &= from_start < static_cast<std::uint64_t>(size);
      rows[i] = static_cast<std::int64_t>(
          static_cast<std::uint64_t>(rows[i]) * static_cast<std::uint64_t>(size) + from_start);
    }
    if (!all_inside) return {FaultCode::index_out_of_range, axis, outside(index, g, axis, count)};
  }
  return {};
}

Fault find_rows(std::int64_t* rows, const void* const* indices, const IndexGeometry& g,
                std::int64_t start, std::int64_t count) {
  if (g.index_dtype == DType::int32)
    return find_rows_as<std::int32_t>(rows, indices, g, start, count);
  return find_rows_as<std::int64_t>(rows, indices, g, start, count);
}

std::int64_t rows_per_outer(const IndexGeometry& g) {
  std::uint64_t rows = 1;
  for (int axis = 0; axis < g.axes; ++axis) rows *= static_cast<std::uint64_t>(g.axis_sizes[axis]);
  return static_cast<std::int64_t>(rows);
}

// One row of a size that is known when compiled, for the common single elements, or of any size.
template <std::size_t kBytes>
struct FixedRow {
  static constexpr std::size_t bytes() { return kBytes; }
};
struct AnyRow {
  std::size_t size;
  std::size_t bytes() const { return size; }
};

template <class RowSize>
Fault gather_rows(std::byte* out, const std::byte* in, const void* const* indices,
                  const IndexGeometry& g, std::int64_t begin, std::int64_t end, RowSize row) {
  const std::size_t bytes = row.bytes();
  const std::int64_t per_outer = rows_per_outer(g);
  std::int64_t rows[kBlock];
  for (std::int64_t start = begin; start < end; start += kBlock) {
    const std::int64_t count = std::min(kBlock, end - start);
    if (const Fault fault = find_rows(rows, indices, g, start, count); !fault.ok()) return fault;
    for (std::int64_t o = 0; o < g.outer; ++o) {
      std::byte* to = out + static_cast<std::size_t>(o * g.count + start) * bytes;
      const std::byte* from = in + static_cast<std::size_t>(o * per_outer) * bytes;
      for (std::int64_t i = 0; i < count; ++i, to += bytes) {
        std::memcpy(to, from + static_cast<std::size_t>(rows[i]) * bytes, bytes);
      }
    }
  }
  return {};
}

template <class RowSize>
Fault scatter_rows(std::byte* out, const std::byte* values, std::int64_t value_step,
                   const void* const* indices, const IndexGeometry& g, RowSize row) {
  const std::size_t bytes = row.bytes();
  const std::int64_t per_outer = rows_per_outer(g);
  std::int64_t rows[kBlock];
  for (std::int64_t start = 0; start < g.count; start += kBlock) {
    const std::int64_t count = std::min(kBlock, g.count - start);
    if (const Fault fault = find_rows(rows, indices, g, start, count); !fault.ok()) return fault;
    for (std::int64_t o = 0; o < g.outer; ++o) {
      std::byte* to = out + static_cast<std::size_t>(o * per_outer) * bytes;
      const std::byte* from =
          value_step == 0 ? values : values + static_cast<std::size_t>(o * g.count + start) * bytes;
      for (std::int64_t i = 0; i < count; ++i) {
        std::memcpy(to + static_cast<std::size_t>(rows[i]) * bytes, from, bytes);
        if (value_step != 0) from += bytes;
      }
    }
  }
  return {};
}

// Calls `body` with the row's size, as a constant where it is that of one element.
template <class Body>
auto with_row_size(const IndexGeometry& g, const Body& body) {
  const std::size_t bytes = static_cast<std::size_t>(g.inner) * g.itemsize;
  switch (bytes) {
    case 1: return body(FixedRow<1>{});
    case 2: return body(FixedRow<2>{});
    case 4: return body(FixedRow<4>{});
    case 8: return body(FixedRow<8>{});
    case 16: return body(FixedRow<16>{});
    default: return body(AnyRow{bytes});
  }
}

template <class T>
void fill(void* out_memory, const void* start_memory, const void* step_memory, std::int64_t count) {
  auto* out = static_cast<T*>(out_memory);
  T start;
  T step;
  std::memcpy(&start, start_memory, sizeof(T));
  std::memcpy(&step, step_memory, sizeof(T));
  if constexpr (std::is_floating_point_v<T>) {
    for (std::int64_t i = 0; i < count; ++i) out[i] = start + static_cast<T>(i) * step;
  } else {
    using Unsigned = std::make_unsigned_t<T>;
    auto value = static_cast<Unsigned>(start);
    for (std::int64_t i = 0; i < count; ++i) {
      out[i] = static_cast<T>(value);
      value = static_cast<Unsigned>(value + static_cast<Unsigned>(step));
    }
  }
}

}  // namespace

Fault gather(void* out, const void* in, const void* const* indices, const IndexGeometry& geometry,
             std::int64_t begin, std::int64_t end) {
  return with_row_size(geometry, [&](auto row) {
    return gather_rows(static_cast<std::byte*>(out), static_cast<const std::byte*>(in), indices,
                       geometry, begin, end, row);
  });
}

namespace {

template <class T, class Combine>
Fault combine_rows(void* out_memory, const void* values_memory, std::int64_t value_step,
                   const void* const* indices, const IndexGeometry& g, const Combine& combine) {
  auto* out = static_cast<T*>(out_memory);
  const auto* values = static_cast<const T*>(values_memory);
  const std::int64_t per_outer = rows_per_outer(g);
  std::int64_t rows[kBlock];
  for (std::int64_t start = 0; start < g.count; start += kBlock) {
    const std::int64_t count = std::min(kBlock, g.count - start);
    if (const Fault fault = find_rows(rows, indices, g, start, count); !fault.ok()) return fault;
    for (std::int64_t o = 0; o < g.outer; ++o) {
      const T* from = value_step == 0 ? values : values + (o * g.count + start) * g.inner;
      for (std::int64_t i = 0; i < count; ++i) {
        T* to = out + (o * per_outer + rows[i]) * g.inner;
        for (std::int64_t k = 0; k < g.inner; ++k) to[k] = combine(to[k], from[k]);
        if (value_step != 0) from += g.inner;
      }
    }
  }
  return {};
}

// Whole numbers wrap. They are widened, since products of small ones would be of ints.
struct Add {
  template <class T>
  static T apply(T a, T b) {
    if constexpr (std::is_same_v<T, bool>) return a || b;
    if constexpr (std::is_integral_v<T>)
      return static_cast<T>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
    return static_cast<T>(a + b);
  }
};
struct Multiply {
  template <class T>
  static T apply(T a, T b) {
    if constexpr (std::is_same_v<T, bool>) return a && b;
    if constexpr (std::is_integral_v<T>)
      return static_cast<T>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
    return static_cast<T>(a * b);
  }
};
// NaN stays, on either side.
struct Min {
  template <class T>
  static T apply(T a, T b) {
    return (a < b) || (a != a) ? a : b;
  }
};
struct Max {
  template <class T>
  static T apply(T a, T b) {
    return (a > b) || (a != a) ? a : b;
  }
};

template <class Combine, class T>
Fault scatter_combining(void* out, const void* values, std::int64_t value_step,
                        const void* const* indices, const IndexGeometry& g) {
  return combine_rows<T>(out, values, value_step, indices, g, Combine::template apply<T>);
}

template <class Combine>
ScatterFn combining(DType dtype) {
  return dispatch(dtype, [](auto element) -> ScatterFn {
    using Element = decltype(element);
    using T = typename Element::Storage;
    // Numbers that are stored as they are computed with, and have an order.
    if constexpr (std::is_same_v<T, typename Element::Compute> &&
                  Element::kKind != DTypeKind::complex)
      return scatter_combining<Combine, T>;
    else
      return nullptr;
  });
}

}  // namespace

Fault check_positions(const void* const* indices, const IndexGeometry& geometry) {
  std::int64_t rows[kBlock];
  for (std::int64_t start = 0; start < geometry.count; start += kBlock) {
    const std::int64_t count = std::min(kBlock, geometry.count - start);
    if (const Fault fault = find_rows(rows, indices, geometry, start, count); !fault.ok())
      return fault;
  }
  return {};
}

Fault scatter(void* out, const void* values, std::int64_t value_step, const void* const* indices,
              const IndexGeometry& geometry) {
  return with_row_size(geometry, [&](auto row) {
    return scatter_rows(static_cast<std::byte*>(out), static_cast<const std::byte*>(values),
                        value_step, indices, geometry, row);
  });
}

ScatterFn find_scatter(ScatterMode mode, DType dtype) {
  switch (mode) {
    case ScatterMode::add: return combining<Add>(dtype);
    case ScatterMode::multiply: return combining<Multiply>(dtype);
    case ScatterMode::min: return combining<Min>(dtype);
    case ScatterMode::max: return combining<Max>(dtype);
    case ScatterMode::set: break;
  }
  return scatter;
}

void fill_range(DType dtype, void* out, const void* start, const void* step, std::int64_t count) {
  dispatch(dtype, [&](auto element) {
    using Element = decltype(element);
    if constexpr (Element::kKind != DTypeKind::boolean && Element::kKind != DTypeKind::complex)
      fill<typename Element::Storage>(out, start, step, count);
  });
}

}  // namespace pygraph::kernels
