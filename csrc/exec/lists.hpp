// Lists as tensors that grow and shrink along their first axis, at either end, in place where
// nothing else holds their memory: a step costs the item, not the list.
#pragma once

#include "base/tensor.hpp"

namespace pygraph::exec {

// The list in memory of its own, with room for so many bytes more at its end, or in front of it.
Tensor with_room(Tensor list, std::size_t bytes, bool front);

// The list with an item at its end, or at its front. `known` is what was known of the list's shape
// before the run: an empty list takes any item that fits it. Throws `value` where the item has
// another shape.
Tensor appended(Tensor list, const Shape& known, const std::byte* item, const Shape& item_shape,
                bool front);

// The list, which is not empty, without its last item, or its first; that is copied to `item`.
Tensor popped(Tensor list, std::byte* item, bool front);

}  // namespace pygraph::exec
