#include "exec/lists.hpp"

#include <cstring>
#include <utility>

#include "base/error.hpp"

namespace pygraph::exec {
namespace {

Shape with_item(const Shape& list, const Shape& known, const Shape& item) {
  Shape out = list;
  out[0] += 1;
  for (int axis = 0; axis < item.rank(); ++axis) {
    const bool free = list[0] == 0 && is_unknown(known[axis + 1]);
    if (!free && list[axis + 1] != item[axis]) {
      throw Error(ErrorKind::value, "an item of shape " + item.text() +
                                        " cannot be appended to a list whose items have shape " +
                                        Shape(list.dims().subspan(1)).text());
    }
    out[axis + 1] = item[axis];
  }
  return out;
}

bool has_room(const Buffer& buffer, std::size_t bytes) {
  return buffer.owned() && buffer.unique() && buffer.capacity() >= bytes;
}

}  // namespace

Tensor appended(Tensor list, const Shape& known, const std::byte* item, const Shape& item_shape) {
  const std::size_t list_bytes = list.bytes();
  const std::size_t item_bytes = byte_count(list.dtype(), item_shape);
  const Shape shape = with_item(list.shape(), known, item_shape);
  const std::size_t bytes = byte_count(list.dtype(), shape);
  const DType dtype = list.dtype();
  BufferRef buffer = std::exchange(list, Tensor()).buffer();
  if (!has_room(*buffer.get(), bytes)) {
    // Half as much again: so items are copied a bounded number of times, however long a list gets.
    BufferRef larger = BufferRef::adopt(Buffer::allocate(bytes + bytes / 2));
    if (list_bytes != 0) std::memcpy(larger->data(), buffer->data(), list_bytes);
    buffer = std::move(larger);
  }
  if (item_bytes != 0) std::memcpy(buffer->data() + list_bytes, item, item_bytes);
  return Tensor(std::move(buffer), dtype, shape);
}

Tensor popped(Tensor list, std::byte* item) {
  Shape shape = list.shape();
  shape[0] -= 1;
  const std::size_t left = byte_count(list.dtype(), shape);
  const std::size_t item_bytes = list.bytes() - left;
  if (item_bytes != 0) std::memcpy(item, list.data() + left, item_bytes);
  return Tensor(list.buffer(), list.dtype(), shape);
}

}  // namespace pygraph::exec
