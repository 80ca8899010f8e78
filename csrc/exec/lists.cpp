#include "exec/lists.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "base/error.hpp"

namespace pygraph::exec {
namespace {

Shape with_item(const Shape& list, const Shape& known, const Shape& item) {
  Shape out = list;
  if (__builtin_add_overflow(out[0], 1, &out[0]))
    throw Error(ErrorKind::overflow, "list_append: the list is too long");
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

// Where items lie in a block, so that the next ones are aligned as well.
std::size_t aligned(std::size_t bytes, const Tensor& list) {
  return bytes / itemsize(list.dtype()) * itemsize(list.dtype());
}

}  // namespace

Tensor with_room(Tensor list, std::size_t bytes, bool front) {
  const std::size_t size = list.bytes();
  Buffer& held = *list.buffer().get();
  const bool own = list.is_unshared();
  const std::size_t before = own ? held.front() : 0;
  const std::size_t behind = own ? held.capacity() - size : 0;
  if (own && (front ? before : behind) >= bytes) return list;
  if (own && before + behind >= size + 2 * bytes) {
    // At least half of the block is free: each end gets its half of that.
    const std::size_t half = (before + behind) / 2;
    const auto step =
        static_cast<std::ptrdiff_t>(aligned(half, list)) - static_cast<std::ptrdiff_t>(before);
    std::memmove(held.data() + step, held.data(), size);
    held.advance(step);
    return list;
  }
  // Half as much again: so items are copied a bounded number of times, however long a list gets.
  // The other end keeps as much at most.
  const std::size_t half = aligned(size / 2, list);
  const std::size_t new_before = front ? bytes + half : std::min(before, half);
  const std::size_t new_behind = front ? std::min(behind, half) : bytes + half;
  BufferRef larger = BufferRef::adopt(Buffer::allocate(new_before + size + new_behind));
  larger->advance(static_cast<std::ptrdiff_t>(new_before));
  if (size != 0) std::memcpy(larger->data(), held.data(), size);
  return Tensor(std::move(larger), list.dtype(), list.shape());
}

Tensor appended(Tensor list, const Shape& known, const std::byte* item, const Shape& item_shape,
                bool front) {
  const Shape shape = with_item(list.shape(), known, item_shape);
  const std::size_t item_bytes = byte_count(list.dtype(), item_shape);
  const std::size_t list_bytes = list.bytes();
  list = with_room(std::move(list), item_bytes, front);
  Buffer& buffer = *list.buffer().get();
  if (front) buffer.advance(-static_cast<std::ptrdiff_t>(item_bytes));
  if (item_bytes != 0) std::memcpy(buffer.data() + (front ? 0 : list_bytes), item, item_bytes);
  return Tensor(list.buffer(), list.dtype(), shape);
}

Tensor popped(Tensor list, std::byte* item, bool front) {
  Shape shape = list.shape();
  shape[0] -= 1;
  const std::size_t left = byte_count(list.dtype(), shape);
  const std::size_t item_bytes = list.bytes() - left;
  if (front) list = with_room(std::move(list), 0, true);
  Buffer& buffer = *list.buffer().get();
  if (item_bytes != 0) std::memcpy(item, buffer.data() + (front ? 0 : left), item_bytes);
  if (front) buffer.advance(static_cast<std::ptrdiff_t>(item_bytes));
  return Tensor(list.buffer(), list.dtype(), shape);
}

}  // namespace pygraph::exec
