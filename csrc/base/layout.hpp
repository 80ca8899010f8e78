// Row-major order: how many elements dims stand for, and how far apart they lie. All types are
// static. Of a shape without elements nothing is ever walked, and the dims beside the empty one may
// be too large to multiply: all its numbers are 0. Those of any other shape fit 63 bits, as its
// element count does.
#pragma once

#include "base/shape.hpp"

namespace pygraph {

inline bool is_empty(const Shape& shape) {
  return std::find(shape.begin(), shape.end(), 0) != shape.end();
}

// The product of the dims [first, last).
inline std::int64_t elements(const Shape& shape, int first, int last) {
  if (is_empty(shape)) return 0;
  std::int64_t n = 1;
  for (int axis = first; axis < last; ++axis) n *= shape[axis];
  return n;
}

// How many elements lie between neighbours along an axis.
inline std::int64_t stride(const Shape& shape, int axis) {
  return elements(shape, axis + 1, shape.rank());
}

inline Shape contiguous_strides(const Shape& shape) {
  Shape strides = shape;  // only the container is shared with Shape
  for (int axis = 0; axis < shape.rank(); ++axis) strides[axis] = stride(shape, axis);
  return strides;
}

}  // namespace pygraph
