// Element types: what a tensor's elements are, how large, and of which class.
// Everything here derives from dtypes.def.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pygraph {

enum class DType : std::uint8_t {
#define PYGRAPH_DTYPE(name, type, size, cls, supported) name,
#include "base/dtypes.def"
#undef PYGRAPH_DTYPE
};

enum class DTypeClass : std::uint8_t { boolean, integer, floating, complex };

inline constexpr std::size_t kDTypeCount = 0
#define PYGRAPH_DTYPE(name, type, size, cls, supported) +1
#include "base/dtypes.def"
#undef PYGRAPH_DTYPE
    ;

struct DTypeInfo {
  std::string_view name;
  std::size_t itemsize;
  DTypeClass cls;
  bool supported;
};

inline constexpr DTypeInfo kDTypeTable[] = {
#define PYGRAPH_DTYPE(name, type, size, cls, supported) \
  {#name, size, DTypeClass::cls, (supported) != 0},
#include "base/dtypes.def"
#undef PYGRAPH_DTYPE
};

constexpr const DTypeInfo& info(DType dtype) {
  return kDTypeTable[static_cast<std::size_t>(dtype)];
}
constexpr std::size_t itemsize(DType dtype) { return info(dtype).itemsize; }
constexpr bool is_integer(DType dtype) { return info(dtype).cls == DTypeClass::integer; }
constexpr bool is_floating(DType dtype) { return info(dtype).cls == DTypeClass::floating; }
constexpr bool is_bool(DType dtype) { return dtype == DType::bool_; }

// The public name: "bool" for bool_, the enumerator's own name for every other dtype.
constexpr std::string_view name(DType dtype) {
  return dtype == DType::bool_ ? std::string_view("bool") : info(dtype).name;
}

// The dtype of a public name, or nothing if there is none.
constexpr std::optional<DType> dtype_from_name(std::string_view text) {
  for (std::size_t i = 0; i < kDTypeCount; ++i) {
    if (name(static_cast<DType>(i)) == text) return static_cast<DType>(i);
  }
  return std::nullopt;
}

// The DType of a C++ type that kernels compute in.
template <class T>
constexpr DType dtype_of();
template <>
constexpr DType dtype_of<bool>() {
  return DType::bool_;
}
template <>
constexpr DType dtype_of<std::int32_t>() {
  return DType::int32;
}
template <>
constexpr DType dtype_of<std::int64_t>() {
  return DType::int64;
}
template <>
constexpr DType dtype_of<float>() {
  return DType::float32;
}
template <>
constexpr DType dtype_of<double>() {
  return DType::float64;
}

}  // namespace pygraph
