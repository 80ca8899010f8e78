// What a run gets from the program around it: a way to be stopped, limits, and somewhere to print.
// No run reaches outside but through this.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/tensor.hpp"

namespace pygraph::exec {

// What a `print` writes: a format string (ops/text.hpp) and the values in it.
struct Printed {
  std::string_view text;
  std::span<const Tensor> values;
  bool to_error;  // to standard error
  bool flush;
};

struct Host {
  void* context = nullptr;
  // Called before a run that will take long, and from time to time in one that does (every few
  // milliseconds). True stops the run with `interrupted`.
  bool (*poll)(void* context) = nullptr;
  // Writes what the program prints; false stops the run with `interrupted`. Where there is none,
  // it goes to the standard streams of C.
  bool (*print)(void* context, const Printed& printed) = nullptr;
  // The most work (about one unit an element operation) and memory a run may take; 0: no limit.
  std::int64_t cost_limit = 0;
  std::size_t byte_limit = 0;
  // How many calls of a recursion may be under way at once. As in Python, unless the host says
  // more.
  std::size_t depth_limit = 1000;
};

}  // namespace pygraph::exec
