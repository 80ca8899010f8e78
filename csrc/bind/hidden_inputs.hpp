// The tensors and NumPy arrays that a graph reads besides its arguments: what they hold at the time
// of a call. And what a trace has read of arrays as Python values, which must not change.
#pragma once

#include <Python.h>

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "bind/call_pattern.hpp"

namespace pygraph::bind {

class HiddenInputs {
 public:
  bool empty() const { return inputs_.empty() && contents_.empty(); }
  std::size_t size() const { return inputs_.size(); }

  // `object` is a tensor that holds values, or a NumPy array of this dtype.
  void add(PyObject* object, DType dtype) { inputs_.push_back(described(object, dtype)); }
  // The elements of a contiguous array, or tensor, as they were when they were read.
  void add_content(PyObject* object, const char* bytes, std::size_t size) {
    const DType unused{};  // NumPy's arrays may have a dtype that tensors have not
    contents_.push_back({described(object, unused), std::vector<char>(bytes, bytes + size)});
  }

  // Whether the arrays still have their dtypes and shapes, and the contents are what they were.
  bool fit() const {
    return std::all_of(inputs_.begin(), inputs_.end(), is_of_type) &&
           std::all_of(contents_.begin(), contents_.end(), is_same);
  }

  // Where the elements lie, for inputs that fit; false where some have to be copied to normal form.
  bool place(const void** elements) const {
    for (const Input& input : inputs_) {
      if (!is_tensor(input) && !has_normal_form(array_in(input), input.dtype)) return false;
      *elements++ = elements_of(input);
    }
    return true;
  }

 private:
  struct Input {
    Held object;
    DType dtype;
    Held descriptor;  // of an array
    std::vector<npy_intp> dims;
  };
  struct Content {
    Input source;
    std::vector<char> bytes;
  };

  static bool is_tensor(const Input& input) {
    return Py_IS_TYPE(input.object.get(), tensor_layout().type);
  }
  static PyArrayObject* array_in(const Input& input) {
    return reinterpret_cast<PyArrayObject*>(input.object.get());
  }
  static const void* elements_of(const Input& input) {
    return is_tensor(input) ? tensor_in(input.object.get()).data()
                            : static_cast<const void*>(PyArray_DATA(array_in(input)));
  }

  static Input described(PyObject* object, DType dtype) {
    Input input{Held(object), dtype, Held(), {}};
    if (is_tensor(input)) return input;
    PyArrayObject* const array = array_in(input);
    input.descriptor = Held(reinterpret_cast<PyObject*>(PyArray_DESCR(array)));
    input.dims.assign(PyArray_DIMS(array), PyArray_DIMS(array) + PyArray_NDIM(array));
    return input;
  }

  // Of a tensor neither dtype nor shape ever change.
  static bool is_of_type(const Input& input) {
    if (is_tensor(input)) return true;
    PyArrayObject* const array = array_in(input);
    return reinterpret_cast<PyObject*>(PyArray_DESCR(array)) == input.descriptor.get() &&
           static_cast<std::size_t>(PyArray_NDIM(array)) == input.dims.size() &&
           std::equal(input.dims.begin(), input.dims.end(), PyArray_DIMS(array));
  }
  static bool is_same(const Content& content) {
    return is_of_type(content.source) &&
           std::memcmp(elements_of(content.source), content.bytes.data(), content.bytes.size()) ==
               0;
  }

  std::vector<Input> inputs_;
  std::vector<Content> contents_;
};

}  // namespace pygraph::bind
