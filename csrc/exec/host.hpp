// What a run gets from the program around it: a way to be stopped, and limits. No run reaches
// outside but through this.
#pragma once

#include <cstddef>
#include <cstdint>

namespace pygraph::exec {

struct Host {
  void* context = nullptr;
  // Called before a run that will take long, and from time to time in one that does (every few
  // milliseconds). True stops the run with `interrupted`.
  bool (*poll)(void* context) = nullptr;
  // The most work (about one unit an element operation) and memory a run may take; 0: no limit.
  std::int64_t cost_limit = 0;
  std::size_t byte_limit = 0;
  // How many calls of a recursion may be under way at once. As in Python, unless the host says
  // more.
  std::size_t depth_limit = 1000;
};

}  // namespace pygraph::exec
