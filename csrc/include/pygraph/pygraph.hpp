// pygraph for C++: a header-only wrapper of the C ABI (pygraph.h). Link with libpygraph.so; no
// Python is needed.
//
//   auto program = pygraph::Program::load("sum_squares.pgraph");
//   auto total = program.run({pygraph::Tensor::scalar<std::int64_t>(10)});
//   total[0].item<std::int64_t>();  // 385
#pragma once

#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "pygraph.h"

namespace pygraph {
// The wrapper's types have names of their own in the binary, apart from the library's.
inline namespace embed {

// What every call throws on failure.
class ProgramError : public std::runtime_error {
 public:
  ProgramError(pygraph_status status, const std::string& message)
      : std::runtime_error(message), status_(status) {}
  pygraph_status status() const noexcept { return status_; }

 private:
  pygraph_status status_;
};

namespace abi {

inline void check(pygraph_status status) {
  if (status != PYGRAPH_OK) throw ProgramError(status, pygraph_last_error());
}

template <class T>
struct DTypeOf;
template <>
struct DTypeOf<bool> {
  static constexpr pygraph_dtype value = PYGRAPH_BOOL;
};
template <>
struct DTypeOf<std::int8_t> {
  static constexpr pygraph_dtype value = PYGRAPH_INT8;
};
template <>
struct DTypeOf<std::int16_t> {
  static constexpr pygraph_dtype value = PYGRAPH_INT16;
};
template <>
struct DTypeOf<std::int32_t> {
  static constexpr pygraph_dtype value = PYGRAPH_INT32;
};
template <>
struct DTypeOf<std::int64_t> {
  static constexpr pygraph_dtype value = PYGRAPH_INT64;
};
template <>
struct DTypeOf<std::uint8_t> {
  static constexpr pygraph_dtype value = PYGRAPH_UINT8;
};
template <>
struct DTypeOf<std::uint16_t> {
  static constexpr pygraph_dtype value = PYGRAPH_UINT16;
};
template <>
struct DTypeOf<std::uint32_t> {
  static constexpr pygraph_dtype value = PYGRAPH_UINT32;
};
template <>
struct DTypeOf<std::uint64_t> {
  static constexpr pygraph_dtype value = PYGRAPH_UINT64;
};
template <>
struct DTypeOf<float> {
  static constexpr pygraph_dtype value = PYGRAPH_FLOAT32;
};
template <>
struct DTypeOf<double> {
  static constexpr pygraph_dtype value = PYGRAPH_FLOAT64;
};

}  // namespace abi

// An immutable tensor; copies share it.
class Tensor {
 public:
  // A tensor of the given elements (row-major). Throws ProgramError where the shape does not fit
  // their number.
  template <class T>
  static Tensor from(std::span<const T> elements, std::span<const std::int64_t> shape) {
    std::int64_t count = 1;
    for (std::int64_t dim : shape) count *= dim;
    if (count != static_cast<std::int64_t>(elements.size())) {
      throw ProgramError(PYGRAPH_ERROR_VALUE, "the shape has " + std::to_string(count) +
                                                  " elements, " + std::to_string(elements.size()) +
                                                  " are given");
    }
    pygraph_tensor* handle = nullptr;
    abi::check(pygraph_tensor_new(abi::DTypeOf<T>::value, static_cast<int>(shape.size()),
                                  shape.data(), elements.data(), &handle));
    return Tensor(handle);
  }
  template <class T>
  static Tensor from(const std::vector<T>& elements, std::initializer_list<std::int64_t> shape) {
    return from(std::span<const T>(elements),
                std::span<const std::int64_t>(shape.begin(), shape.size()));
  }
  template <class T>
  static Tensor scalar(T value) {
    return from(std::span<const T>(&value, 1), {});
  }

  // Takes over a handle.
  explicit Tensor(pygraph_tensor* handle) : handle_(handle, &pygraph_tensor_free) {}

  pygraph_dtype dtype() const { return pygraph_tensor_dtype(handle_.get()); }
  std::span<const std::int64_t> shape() const {
    return {pygraph_tensor_shape(handle_.get()),
            static_cast<std::size_t>(pygraph_tensor_rank(handle_.get()))};
  }
  const void* data() const { return pygraph_tensor_data(handle_.get()); }

  // The elements, row-major. Throws ProgramError if T is not the dtype.
  template <class T>
  std::span<const T> elements() const {
    if (dtype() != abi::DTypeOf<T>::value)
      throw ProgramError(PYGRAPH_ERROR_TYPE, "the tensor has another dtype");
    return {static_cast<const T*>(data()), pygraph_tensor_bytes(handle_.get()) / sizeof(T)};
  }
  // The only element.
  template <class T>
  T item() const {
    const auto all = elements<T>();
    if (all.size() != 1)
      throw ProgramError(PYGRAPH_ERROR_VALUE,
                         "the tensor has " + std::to_string(all.size()) + " elements");
    return all[0];
  }

  const pygraph_tensor* handle() const { return handle_.get(); }

 private:
  std::shared_ptr<pygraph_tensor> handle_;
};

// The graphs of a saved function, or of several that were saved together.
class Program {
 public:
  // Throws ProgramError where the file cannot be read or is no valid program.
  static Program load(const std::string& path) {
    pygraph_program* handle = nullptr;
    abi::check(pygraph_program_load(path.c_str(), &handle));
    return Program(handle);
  }

  std::size_t graph_count() const { return pygraph_program_graph_count(handle_.get()); }

  // The names of the functions. With several, each is run as a program of its own, which shares the
  // variables with the others.
  std::vector<std::string> function_names() const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < pygraph_program_function_count(handle_.get()); ++i)
      names.emplace_back(pygraph_program_function_name(handle_.get(), i));
    return names;
  }
  // Throws ProgramError where there is none of that name.
  Program function(const std::string& name) const {
    pygraph_program* handle = nullptr;
    abi::check(pygraph_program_function(handle_.get(), name.c_str(), &handle));
    return Program(handle);
  }

  // The names of the variables that the Python functions captured. Copies of a Program share them.
  std::vector<std::string> variable_names() const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < pygraph_program_variable_count(handle_.get()); ++i)
      names.emplace_back(pygraph_program_variable_name(handle_.get(), i));
    return names;
  }
  // The value that a variable has now. Throws ProgramError where there is none of that name.
  Tensor read_variable(const std::string& name) const {
    pygraph_tensor* handle = nullptr;
    abi::check(pygraph_program_variable_read(handle_.get(), name.c_str(), &handle));
    return Tensor(handle);
  }
  // Throws ProgramError too where the value has not the variable's dtype and shape.
  void assign_variable(const std::string& name, const Tensor& value) const {
    abi::check(pygraph_program_variable_assign(handle_.get(), name.c_str(), value.handle()));
  }

  // Runs the first graph that fits the inputs' dtypes and shapes. Throws ProgramError where none
  // does, and for every fault of the program itself.
  std::vector<Tensor> run(const std::vector<Tensor>& inputs) const {
    std::vector<const pygraph_tensor*> handles;
    for (const Tensor& input : inputs) handles.push_back(input.handle());
    pygraph_tensor** outputs = nullptr;
    std::size_t count = 0;
    abi::check(
        pygraph_program_run(handle_.get(), handles.data(), handles.size(), &outputs, &count));
    std::vector<Tensor> results;
    for (std::size_t i = 0; i < count; ++i)
      results.emplace_back(std::exchange(outputs[i], nullptr));
    pygraph_outputs_free(outputs, count);
    return results;
  }

 private:
  explicit Program(pygraph_program* handle) : handle_(handle, &pygraph_program_free) {}
  std::shared_ptr<pygraph_program> handle_;
};

// Records what runs take, of all programs and on all threads, from its construction until `stop`.
class Profile {
 public:
  // An operation, or the runs of a function as a whole.
  struct Row {
    std::string function;
    std::string name;
    std::string lines;  // of the Python function, as "model.py:12, model.py:13"
    std::int64_t calls;
    std::int64_t nanoseconds;  // of all calls together
    bool is_run;
  };

  Profile() {
    pygraph_profile* handle = nullptr;
    abi::check(pygraph_profile_start(&handle));
    handle_.reset(handle);
  }

  // A row for each function, followed by those of its operations that ran.
  std::vector<Row> stop() {
    abi::check(pygraph_profile_stop(handle_.get()));
    std::vector<Row> rows;
    for (std::size_t i = 0; i < pygraph_profile_row_count(handle_.get()); ++i) {
      const pygraph_profile_row& row = *pygraph_profile_row_at(handle_.get(), i);
      rows.push_back(
          {row.function, row.name, row.lines, row.calls, row.nanoseconds, row.is_run != 0});
    }
    return rows;
  }

 private:
  struct Free {
    void operator()(pygraph_profile* handle) const { pygraph_profile_free(handle); }
  };
  std::unique_ptr<pygraph_profile, Free> handle_;
};

}  // namespace embed
}  // namespace pygraph
