// A tensor: shared contiguous memory (row-major), a dtype and a shape. Memory that is shared is not
// written to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "base/buffer.hpp"
#include "base/dtype.hpp"
#include "base/shape.hpp"

namespace pygraph {

// Bytes of a static shape. Throws `overflow`.
inline std::size_t byte_count(DType dtype, const Shape& shape) {
  std::int64_t bytes = 0;
  if (__builtin_mul_overflow(shape.count(), static_cast<std::int64_t>(itemsize(dtype)), &bytes)) {
    throw Error(ErrorKind::overflow,
                "shape " + shape.text() + " needs more bytes than 63 bits count");
  }
  return static_cast<std::size_t>(bytes);
}

class Tensor {
 public:
  Tensor() = default;
  Tensor(BufferRef buffer, DType dtype, const Shape& shape)
      : buffer_(std::move(buffer)), dtype_(dtype), shape_(shape) {}

  // A new tensor whose elements are undefined.
  static Tensor empty(DType dtype, const Shape& shape) {
    return Tensor(BufferRef::adopt(Buffer::allocate(byte_count(dtype, shape))), dtype, shape);
  }
  template <class T>
  static Tensor scalar(T value) {
    Tensor result = empty(dtype_of<T>(), Shape());
    std::memcpy(result.data(), &value, sizeof(T));
    return result;
  }

  explicit operator bool() const { return static_cast<bool>(buffer_); }
  std::byte* data() const { return buffer_->data(); }
  DType dtype() const { return dtype_; }
  const Shape& shape() const { return shape_; }
  std::size_t bytes() const { return byte_count(dtype_, shape_); }
  const BufferRef& buffer() const { return buffer_; }
  // Whether the memory is nobody else's, and so may be written to.
  bool is_unshared() const { return buffer_ && buffer_->owned() && buffer_->unique(); }

  // The only element of a one-element tensor, of exactly this dtype.
  template <class T>
  T item() const {
    T value;
    std::memcpy(&value, data(), sizeof(T));
    return value;
  }

 private:
  BufferRef buffer_;
  DType dtype_ = DType::bool_;
  Shape shape_;
};

}  // namespace pygraph
