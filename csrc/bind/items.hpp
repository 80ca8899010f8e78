// Parts of tensors at keys of ints, slices, None and `...`, read and written without running an op.
#pragma once

#include <Python.h>

#include <algorithm>
#include <cstdint>

#include "base/layout.hpp"
#include "base/tensor.hpp"
#include "kernels/kernels.hpp"

namespace pygraph::bind {

// Larger parts are for the ops, which share the work among threads.
inline constexpr std::int64_t kLargestItem = 1 << 16;

// A part of a tensor: where its elements are among the tensor's. Counted in elements.
class Item {
 public:
  // False for other keys, for what is out of range and for large parts: all that is for the ops.
  bool find(const Shape& whole, PyObject* key) {
    PyObject* const* parts = &key;
    Py_ssize_t count = 1;
    if (PyTuple_CheckExact(key)) {
      parts = reinterpret_cast<PyTupleObject*>(key)->ob_item;
      count = PyTuple_GET_SIZE(key);
    }
    const Py_ssize_t given =
        std::count_if(parts, parts + count, [](PyObject* part) { return indexes_axis(part); });
    const std::int64_t new_axes = std::count(parts, parts + count, Py_None);
    if (given > whole.rank() || whole.rank() + new_axes > kMaxRank) return false;
    int axis = 0;
    bool ellipsis = false;
    for (Py_ssize_t i = 0; i < count; ++i) {
      if (parts[i] == Py_None) {
        append(1, 0);
      } else if (parts[i] == Py_Ellipsis) {
        if (ellipsis) return false;
        ellipsis = true;
        axis = take_whole(whole, axis, whole.rank() - static_cast<int>(given));
      } else if (!take(whole, axis++, parts[i])) {
        return false;
      }
    }
    take_whole(whole, axis, whole.rank() - axis);
    return shape_.count() <= kLargestItem;
  }

  const Shape& shape() const { return shape_; }

  Tensor read(const Tensor& whole) const {
    Tensor part = Tensor::empty(whole.dtype(), shape_);
    copy(part.data(), contiguous_strides(shape_).begin(), at(whole), strides_.begin(),
         whole.dtype());
    return part;
  }
  // From a tensor of the same dtype, which has this shape, or one element for all.
  void write(Tensor& whole, const Tensor& values) const {
    Shape strides = contiguous_strides(shape_);
    if (values.shape().rank() == 0) std::fill_n(&strides[0], strides.rank(), 0);
    copy(at(whole), strides_.begin(), values.data(), strides.begin(), whole.dtype());
  }

 private:
  static bool indexes_axis(PyObject* part) { return part != Py_None && part != Py_Ellipsis; }

  void append(std::int64_t dim, std::int64_t stride) {
    shape_.append(dim);
    strides_.append(stride);
  }

  bool take(const Shape& whole, int axis, PyObject* part) {
    const std::int64_t size = whole[axis];
    const std::int64_t distance = stride(whole, axis);
    if (PyLong_CheckExact(part)) {
      int overflow = 0;
      const std::int64_t index = PyLong_AsLongLongAndOverflow(part, &overflow);
      if (overflow != 0 || index < -size || index >= size) return false;
      offset_ += (index < 0 ? index + size : index) * distance;
      return true;
    }
    if (!PySlice_Check(part)) return false;
    Py_ssize_t start = 0;
    Py_ssize_t stop = 0;
    Py_ssize_t step = 0;
    if (PySlice_Unpack(part, &start, &stop, &step) < 0) {
      PyErr_Clear();
      return false;
    }
    const std::int64_t length = PySlice_AdjustIndices(size, &start, &stop, step);
    if (length > 0) offset_ += start * distance;
    append(length, length <= 1 ? distance : distance * step);
    return true;
  }

  // Returns the axis after so many whole ones.
  int take_whole(const Shape& whole, int axis, int count) {
    const int end = axis + count;
    for (; axis < end; ++axis) append(whole[axis], stride(whole, axis));
    return end;
  }

  std::byte* at(const Tensor& whole) const {
    return whole.data() + offset_ * static_cast<std::int64_t>(itemsize(whole.dtype()));
  }
  void copy(void* out, const std::int64_t* out_strides, const void* in,
            const std::int64_t* in_strides, DType dtype) const {
    kernels::copy_strided(out, out_strides, in, in_strides, shape_.begin(), shape_.rank(),
                          itemsize(dtype));
  }

  std::int64_t offset_ = 0;
  Shape shape_;
  Shape strides_;  // may be negative, or 0 for a new axis
};

}  // namespace pygraph::bind
