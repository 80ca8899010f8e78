// A variable: a place for tensors of one dtype and shape. It holds an immutable tensor: a read
// takes a reference, an assignment puts another tensor in its place, or writes in place where
// nobody else refers to the memory; an update computes the new value from the old one. Each is
// atomic. Who holds the lock never waits for anything else, nor stops half-way.
#pragma once

#include <cstddef>
#include <mutex>

#include "base/fork.hpp"
#include "base/tensor.hpp"
#include "base/threads.hpp"

namespace pygraph {

class Variable {
 public:
  // Memory that is borrowed from a host is copied: a variable keeps its own.
  explicit Variable(const Tensor& initial) : value_(owned(initial)) {}
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

  DType dtype() const { return value_.dtype(); }
  const Shape& shape() const { return value_.shape(); }

  Tensor read() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }

  // Both take a value of the variable's own dtype and shape.
  void assign(const Tensor& value) {
    Tensor replacement = owned(value);
    const std::lock_guard lock(mutex_);
    std::swap(value_, replacement);
  }
  void assign_copy(const std::byte* elements) {
    const std::lock_guard lock(mutex_);
    if (!value_.buffer()->unique()) value_ = Tensor::empty(value_.dtype(), value_.shape());
    if (value_.bytes() != 0) std::memcpy(value_.data(), elements, value_.bytes());
  }
  // Puts what `compute(out, value)` writes to `out` in place of the value, at once; with `in_place`
  // `out` may be the value's own memory. Where compute reports a fault the value stays.
  template <class Compute>
  auto update(bool in_place, const Compute& compute) {
    Tensor replacement;
    const std::lock_guard lock(mutex_);
    const Stoppable never;
    if (in_place && value_.buffer()->unique()) return compute(value_.data(), value_.data());
    replacement = Tensor::empty(value_.dtype(), value_.shape());
    const auto fault = compute(replacement.data(), value_.data());
    if (fault.ok()) std::swap(value_, replacement);
    return fault;
  }

 private:
  static Tensor owned(const Tensor& value) {
    if (value.buffer()->owned()) return value;
    Tensor copy = Tensor::empty(value.dtype(), value.shape());
    if (copy.bytes() != 0) std::memcpy(copy.data(), value.data(), copy.bytes());
    return copy;
  }

  mutable ForkMutex mutex_;
  Tensor value_;
};

}  // namespace pygraph
