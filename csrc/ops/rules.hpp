// The shape rules of the layout, reduction and indexing ops: each gives the shape of the (one)
// result. Used by infer.cpp only.
#pragma once

#include "ops/infer.hpp"

namespace pygraph::ops {

// Throws with the op named.
[[noreturn]] void refuse(const InferInput& in, ErrorKind kind, const std::string& text);

Shape broadcast_shapes(const InferInput& in, const Shape& a, const Shape& b);
// `empty`: whether there is a result of no elements.
Shape reduced_shape(const InferInput& in, bool empty);
Shape scanned_shape(const InferInput& in);
Shape dim_size_shape(const InferInput& in);
Shape reshaped_shape(const InferInput& in);
Shape broadcast_to_shape(const InferInput& in);
Shape summed_to_shape(const InferInput& in);
Shape permuted_shape(const InferInput& in);
Shape expanded_shape(const InferInput& in);
Shape squeezed_shape(const InferInput& in);
Shape concatenated_shape(const InferInput& in);
Shape sliced_shape(const InferInput& in);
Shape dynamically_sliced_shape(const InferInput& in);
Shape gathered_shape(const InferInput& in);
Shape scattered_shape(const InferInput& in);
Shape slice_updated_shape(const InferInput& in);
Shape appended_shape(const InferInput& in);
struct ItemShapes {
  Shape list;  // without its last item
  Shape item;
};
ItemShapes popped_shapes(const InferInput& in);
std::int64_t nonzero_length(const InferInput& in);

}  // namespace pygraph::ops
