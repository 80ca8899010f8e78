// Copies between strided views. The dims are first brought to few and simple ones; what is left
// runs as memcpy, as a fill, as a tiled transpose or as a strided loop, by the innermost strides.
#include <algorithm>
#include <cstring>

#include "base/shape.hpp"
#include "kernels/kernels.hpp"

namespace pygraph::kernels {
namespace {

struct Dim {
  std::int64_t size;
  std::int64_t out;  // strides, in elements
  std::int64_t in;
};

struct Layout {
  Dim dims[kMaxRank];
  int rank = 0;
};

constexpr std::int64_t magnitude(std::int64_t stride) { return stride < 0 ? -stride : stride; }

// Drops dims of one element, orders the rest from the largest output stride to the smallest, and
// joins neighbours that are one dim in both views.
Layout simplify(const std::int64_t* out_strides, const std::int64_t* in_strides,
                const std::int64_t* shape, int rank) {
  Layout sorted;
  for (int i = 0; i < rank; ++i) {
    if (shape[i] == 1) continue;
    const Dim dim = {shape[i], out_strides[i], in_strides[i]};
    int at = sorted.rank++;
    for (; at > 0 && magnitude(sorted.dims[at - 1].out) < magnitude(dim.out); --at)
      sorted.dims[at] = sorted.dims[at - 1];
    sorted.dims[at] = dim;
  }
  Layout joined;
  for (int i = 0; i < sorted.rank; ++i) {
    const Dim& inner = sorted.dims[i];
    if (joined.rank > 0) {
      Dim& outer = joined.dims[joined.rank - 1];
      if (outer.out == inner.out * inner.size && outer.in == inner.in * inner.size) {
        outer = {outer.size * inner.size, inner.out, inner.in};
        continue;
      }
    }
    joined.dims[joined.rank++] = inner;
  }
  return joined;
}

// Sixteen bytes as one element.
struct Wide {
  std::uint64_t low;
  std::uint64_t high;
};

template <class T>
void copy_line(T* out, const T* in, const Dim& dim) {
  if (dim.out == 1 && dim.in == 1) {
    if (dim.size >= 16) {
      std::memcpy(out, in, static_cast<std::size_t>(dim.size) * sizeof(T));
    } else {
      for (std::int64_t i = 0; i < dim.size; ++i) out[i] = in[i];
    }
  } else if (dim.in == 0) {
    const T value = *in;
    if (dim.out == 1) {
      std::fill_n(out, dim.size, value);
    } else {
      for (std::int64_t i = 0; i < dim.size; ++i) out[i * dim.out] = value;
    }
  } else if (dim.out == 1) {
    for (std::int64_t i = 0; i < dim.size; ++i) out[i] = in[i * dim.in];
  } else {
    for (std::int64_t i = 0; i < dim.size; ++i) out[i * dim.out] = in[i * dim.in];
  }
}

// Two dims of which one is dense in the output, the other in the input: in tiles, so that both use
// whole cache lines.
template <class T>
void transpose(T* out, const T* in, const Dim& rows, const Dim& columns) {
  constexpr std::int64_t kTile = sizeof(T) <= 4 ? 32 : 16;
  for (std::int64_t i = 0; i < rows.size; i += kTile) {
    const std::int64_t i_end = std::min(i + kTile, rows.size);
    for (std::int64_t j = 0; j < columns.size; j += kTile) {
      const std::int64_t j_end = std::min(j + kTile, columns.size);
      for (std::int64_t r = i; r < i_end; ++r) {
        T* o = out + r * rows.out;
        const T* x = in + r * rows.in;
        for (std::int64_t c = j; c < j_end; ++c) o[c * columns.out] = x[c * columns.in];
      }
    }
  }
}

template <class T>
void copy_dims(T* out, const T* in, const Dim* dims, int rank) {
  if (rank == 1) {
    copy_line(out, in, dims[0]);
  } else if (rank == 2 && dims[1].out == 1 && dims[0].in == 1 && dims[0].size > 2 &&
             dims[1].size > 2) {
    transpose(out, in, dims[0], dims[1]);
  } else {
    for (std::int64_t i = 0; i < dims[0].size; ++i) {
      copy_dims(out + i * dims[0].out, in + i * dims[0].in, dims + 1, rank - 1);
    }
  }
}

// Where the input's dense dim is not beside the output's, brings it there, for the transpose to see
// both.
void pair_dense_dims(Layout* layout) {
  Dim* dims = layout->dims;
  const int rank = layout->rank;
  if (rank < 3 || dims[rank - 1].out != 1 || dims[rank - 1].in == 1) return;
  for (int i = 0; i < rank - 2; ++i) {
    if (dims[i].in == 1) {
      std::rotate(dims + i, dims + i + 1, dims + rank - 1);
      return;
    }
  }
}

template <class T>
void copy_as(void* out, const void* in, Layout* layout) {
  pair_dense_dims(layout);
  copy_dims(static_cast<T*>(out), static_cast<const T*>(in), layout->dims, layout->rank);
}

// Elements of any other size, one by one.
void copy_bytes(std::byte* out, const std::byte* in, const Dim* dims, int rank,
                std::size_t itemsize) {
  if (rank == 0) {
    std::memcpy(out, in, itemsize);
    return;
  }
  const auto size = static_cast<std::int64_t>(itemsize);
  for (std::int64_t i = 0; i < dims[0].size; ++i) {
    copy_bytes(out + i * dims[0].out * size, in + i * dims[0].in * size, dims + 1, rank - 1,
               itemsize);
  }
}

}  // namespace

void copy_strided(void* out, const std::int64_t* out_strides, const void* in,
                  const std::int64_t* in_strides, const std::int64_t* shape, int rank,
                  std::size_t itemsize) {
  for (int i = 0; i < rank; ++i) {
    if (shape[i] == 0) return;
  }
  Layout layout = simplify(out_strides, in_strides, shape, rank);
  if (layout.rank == 0) {
    std::memcpy(out, in, itemsize);
    return;
  }
  switch (itemsize) {
    case 1: copy_as<std::uint8_t>(out, in, &layout); break;
    case 2: copy_as<std::uint16_t>(out, in, &layout); break;
    case 4: copy_as<std::uint32_t>(out, in, &layout); break;
    case 8: copy_as<std::uint64_t>(out, in, &layout); break;
    case 16: copy_as<Wide>(out, in, &layout); break;
    default:
      copy_bytes(static_cast<std::byte*>(out), static_cast<const std::byte*>(in), layout.dims,
                 layout.rank, itemsize);
  }
}

}  // namespace pygraph::kernels
