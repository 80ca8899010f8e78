// Reads a section of a graph's bytes word by word, with checks, and says where a fault is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>

#include "format/wire.hpp"

namespace pygraph::format {

[[noreturn]] inline void fail_at(std::size_t byte, const std::string& what) {
  throw Error(ErrorKind::format, "malformed graph: byte " + std::to_string(byte) + ": " + what);
}

class Cursor {
 public:
  Cursor() = default;
  // `bytes` are the whole graph's, so that positions are the file's.
  Cursor(std::span<const std::byte> bytes, std::size_t begin, std::size_t end)
      : bytes_(bytes), at_(begin), last_(begin), end_(end) {}

  // What the words that follow belong to; it comes first in the text of a fault.
  void enter(std::string place) {
    place_ = std::move(place);
    item_ = nullptr;
  }
  // The same, within what `enter` named: "node", 3.
  void enter_item(const char* item, std::uint32_t index) {
    item_ = item;
    index_ = index;
  }

  // Names the byte at which the last word was.
  [[noreturn]] void fail(const std::string& what) const {
    std::string place = place_;
    if (item_ != nullptr)
      place += (place.empty() ? "" : ", ") + std::string(item_) + " " + std::to_string(index_);
    fail_at(last_, place + ": " + what);
  }

  std::uint32_t word(const char* what) {
    last_ = at_;
    if (end_ - at_ < kWordBytes) fail(std::string(what) + " is cut off");
    std::uint32_t value = 0;
    std::memcpy(&value, bytes_.data() + at_, kWordBytes);
    at_ += kWordBytes;
    return value;
  }

  std::int64_t wide(const char* what) {
    const std::uint64_t low = word(what);
    return static_cast<std::int64_t>(low | static_cast<std::uint64_t>(word(what)) << 32);
  }

  // How many things come, of at least `words_each` words each.
  std::uint32_t count(const char* what, std::size_t words_each) {
    const std::uint32_t value = word(what);
    if (value > (end_ - at_) / kWordBytes / words_each) {
      fail(std::string(what) + " of " + std::to_string(value) +
           " runs past the end of the section");
    }
    return value;
  }

  std::uint32_t below(const char* what, std::size_t bound) {
    const std::uint32_t value = word(what);
    if (value >= bound) {
      fail(std::string(what) + " is " + std::to_string(value) + ", must be less than " +
           std::to_string(bound));
    }
    return value;
  }

  // The section must have been read to its end.
  void finish(const char* section) const {
    if (at_ == end_) return;
    fail_at(at_, std::to_string(end_ - at_) + " bytes are left over after " + section);
  }

 private:
  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;
  std::size_t last_ = 0;
  std::size_t end_ = 0;
  std::string place_;
  const char* item_ = nullptr;
  std::uint32_t index_ = 0;
};

}  // namespace pygraph::format
