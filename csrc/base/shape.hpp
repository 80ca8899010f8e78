// Shapes: up to kMaxRank dims in place, no allocation.
// A dim >= 0 is a constant; a dim < 0 stands for an unknown size, -(symbol + 1).
#pragma once

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

#include "base/error.hpp"

namespace pygraph {

inline constexpr int kMaxRank = 16;

constexpr bool is_unknown(std::int64_t dim) { return dim < 0; }
constexpr std::int64_t unknown_dim(std::int64_t symbol) { return -(symbol + 1); }
constexpr std::int64_t symbol_of(std::int64_t dim) { return -(dim + 1); }

class Shape {
 public:
  Shape() = default;
  Shape(std::initializer_list<std::int64_t> dims)
      : Shape(std::span<const std::int64_t>(dims.begin(), dims.size())) {}
  explicit Shape(std::span<const std::int64_t> dims) {
    if (dims.size() > kMaxRank) {
      throw Error(ErrorKind::value,
                  "a tensor has at most 16 dimensions, got " + std::to_string(dims.size()));
    }
    rank_ = static_cast<int>(dims.size());
    std::copy(dims.begin(), dims.end(), dims_);
  }
  Shape(const Shape& other) : rank_(other.rank_) { std::copy_n(other.dims_, rank_, dims_); }
  Shape& operator=(const Shape& other) {
    rank_ = other.rank_;
    std::copy_n(other.dims_, rank_, dims_);
    return *this;
  }

  int rank() const { return rank_; }
  std::int64_t operator[](int axis) const { return dims_[axis]; }
  std::int64_t& operator[](int axis) { return dims_[axis]; }
  const std::int64_t* begin() const { return dims_; }
  const std::int64_t* end() const { return dims_ + rank_; }
  std::span<const std::int64_t> dims() const { return {dims_, static_cast<std::size_t>(rank_)}; }

  void append(std::int64_t dim) {
    if (rank_ == kMaxRank) throw Error(ErrorKind::value, "a tensor has at most 16 dimensions");
    dims_[rank_++] = dim;
  }

  // True if every dim is a constant.
  bool is_static() const { return std::none_of(begin(), end(), is_unknown); }

  // The number of elements of a static shape. Throws `overflow` where it does not fit 63 bits.
  std::int64_t count() const {
    std::int64_t n = 1;
    bool too_large = false;
    for (std::int64_t dim : *this) {
      if (dim == 0) return 0;
      too_large = too_large || __builtin_mul_overflow(n, dim, &n);
    }
    if (too_large)
      throw Error(ErrorKind::overflow, "shape " + text() + " has more elements than 63 bits count");
    return n;
  }

  // "[2, 3]"; an unknown dim prints as "?" and its symbol: "[?0, 3]".
  std::string text() const {
    std::string out = "[";
    for (int i = 0; i < rank_; ++i) {
      if (i > 0) out += ", ";
      out += is_unknown(dims_[i]) ? "?" + std::to_string(symbol_of(dims_[i]))
                                  : std::to_string(dims_[i]);
    }
    return out + "]";
  }

  friend bool operator==(const Shape& a, const Shape& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
  }

 private:
  int rank_ = 0;
  std::int64_t dims_[kMaxRank];
};

}  // namespace pygraph
