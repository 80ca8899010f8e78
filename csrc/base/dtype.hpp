// Element types: what a tensor's elements are, how large, and of which kind.
// Everything here derives from dtypes.def.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

namespace pygraph {

enum class DType : std::uint8_t {
#define PYGRAPH_DTYPE(name, ...) name,
#include "base/dtypes.def"
#undef PYGRAPH_DTYPE
};

enum class DTypeKind : std::uint8_t {
  boolean,
  signed_integer,
  unsigned_integer,
  floating,
  complex
};

// In the order of promotion.
enum class DTypeClass : std::uint8_t { boolean, integer, floating, complex };

inline constexpr std::size_t kDTypeCount = 0
#define PYGRAPH_DTYPE(...) +1
#include "base/dtypes.def"
#undef PYGRAPH_DTYPE
    ;

struct DTypeInfo {
  std::string_view text;
  DTypeKind kind;
  std::size_t itemsize;
  DType accumulator;
  int dlpack;
  bool supported;
};

inline constexpr DTypeInfo kDTypeTable[] = {
#define PYGRAPH_DTYPE(name, text, kind, storage, compute, size, accumulator, abi, numpy, dlpack, \
                      supported)                                                                 \
  {text, DTypeKind::kind, size, DType::accumulator, dlpack, (supported) != 0},
#include "base/dtypes.def"
#undef PYGRAPH_DTYPE
};

constexpr const DTypeInfo& info(DType dtype) {
  return kDTypeTable[static_cast<std::size_t>(dtype)];
}

constexpr DTypeClass class_of(DType dtype) {
  switch (info(dtype).kind) {
    case DTypeKind::boolean: return DTypeClass::boolean;
    case DTypeKind::signed_integer:
    case DTypeKind::unsigned_integer: return DTypeClass::integer;
    case DTypeKind::floating: return DTypeClass::floating;
    case DTypeKind::complex: break;
  }
  return DTypeClass::complex;
}

constexpr std::size_t itemsize(DType dtype) { return info(dtype).itemsize; }
constexpr bool is_integer(DType dtype) { return class_of(dtype) == DTypeClass::integer; }
constexpr bool is_unsigned(DType dtype) { return info(dtype).kind == DTypeKind::unsigned_integer; }
constexpr bool is_floating(DType dtype) { return class_of(dtype) == DTypeClass::floating; }
constexpr bool is_bool(DType dtype) { return dtype == DType::bool_; }

// The public name.
constexpr std::string_view name(DType dtype) { return info(dtype).text; }

// The dtype of a public name, or nothing if there is none.
constexpr std::optional<DType> dtype_from_name(std::string_view text) {
  for (std::size_t i = 0; i < kDTypeCount; ++i) {
    if (name(static_cast<DType>(i)) == text) return static_cast<DType>(i);
  }
  return std::nullopt;
}

// The dtype of a kind and size, or nothing if there is none.
constexpr std::optional<DType> dtype_of_size(DTypeKind kind, std::size_t size) {
  for (std::size_t i = 0; i < kDTypeCount; ++i) {
    if (kDTypeTable[i].kind == kind && kDTypeTable[i].itemsize == size)
      return static_cast<DType>(i);
  }
  return std::nullopt;
}

// The storage of a complex number.
template <class T>
struct Complex {
  T real;
  T imaginary;
};

// Room for a number of any dtype.
struct alignas(16) NumberSlot {
  std::byte bytes[16];
};

// What a row says of the types of an element: as it lies in memory, and as it is computed with.
template <DType kDType>
struct Element;

#define PYGRAPH_DTYPE(name, text, kind_, storage, compute, size, ...)         \
  template <>                                                                 \
  struct Element<DType::name> {                                               \
    using Storage = storage;                                                  \
    using Compute = compute;                                                  \
    static constexpr DType kDType = DType::name;                              \
    static constexpr DTypeKind kKind = DTypeKind::kind_;                      \
    static_assert(sizeof(Storage) == (size) && (size) <= sizeof(NumberSlot)); \
  };
#include "base/dtypes.def"
#undef PYGRAPH_DTYPE

// The element type that a C++ type stands for where it is computed with as it is stored.
template <class T>
constexpr DType dtype_of() {
#define PYGRAPH_DTYPE(name, text, kind, storage, compute, ...)                  \
  if constexpr (std::is_same_v<T, storage> && std::is_same_v<storage, compute>) \
    return DType::name;                                                         \
  else
#include "base/dtypes.def"
#undef PYGRAPH_DTYPE
  static_assert(std::is_void_v<T>, "no dtype is stored as this type");
}

}  // namespace pygraph
