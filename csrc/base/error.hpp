// The one exception type of the core. Its kind decides which exception a host language raises.
#pragma once

#include <cstdint>
#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace pygraph {

enum class ErrorKind : std::uint8_t {
  value,          // a wrong value or shape
  type,           // a wrong dtype, arity or kind
  index,          // an index out of range
  zero_division,  // an integer divided by zero
  overflow,       // a number that fits no dtype, a size that fits no memory
  unbound,        // a variable read before it was set
  assertion,      // a failed assert of the user's program
  memory,         // no memory, or a limit on it
  interrupted,    // the host asked to stop
  limit,          // a limit on steps or time
  recursion,      // calls nest deeper than they may
  format,         // bytes or text that are no valid graph
  runtime,        // anything else that the user's program asked to raise
  internal        // a bug of ours
};

inline constexpr std::uint32_t kNoLocation = 0;

class Error : public std::exception {
 public:
  Error(ErrorKind kind, std::string message, std::uint32_t location = kNoLocation)
      : kind_(kind), message_(std::move(message)), location_(location) {}

  const char* what() const noexcept override { return message_.c_str(); }
  const std::string& message() const noexcept { return message_; }
  ErrorKind kind() const noexcept { return kind_; }
  // The id, in the module's location table, of the line that the fault belongs to; 0 if none.
  std::uint32_t location() const noexcept { return location_; }
  void set_location(std::uint32_t location) noexcept { location_ = location; }
  // The calls that were under way, innermost first, by the ids of their lines.
  const std::vector<std::uint32_t>& callers() const noexcept { return callers_; }
  void add_caller(std::uint32_t location) { callers_.push_back(location); }

 private:
  ErrorKind kind_;
  std::string message_;
  std::uint32_t location_;
  std::vector<std::uint32_t> callers_;
};

}  // namespace pygraph
