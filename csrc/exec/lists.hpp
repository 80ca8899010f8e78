// Lists as tensors that grow and shrink along their first axis, in place where nothing else holds
// their memory: a step costs the item, not the list.
#pragma once

#include "base/tensor.hpp"

namespace pygraph::exec {

// The list with an item at its end. `known` is what was known of the list's shape before the run:
// an empty list takes any item that fits it. Throws `value` where the item has another shape.
Tensor appended(Tensor list, const Shape& known, const std::byte* item, const Shape& item_shape);

// The list, which is not empty, without its last item; that is copied to `item`.
Tensor popped(Tensor list, std::byte* item);

}  // namespace pygraph::exec
