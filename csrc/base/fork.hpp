// What a forked child needs: only the forking thread goes on in it, and a lock that another one
// held stays closed unless somebody sees to it.
#pragma once

#include <atomic>
#include <cstdint>

namespace pygraph {

// How many forks lie between the process that loaded this library and this one, plus one.
extern std::atomic<std::uint32_t> fork_generation;

// A mutex that a child may take over from a thread of its parent. What it guards must make sense
// wherever that thread was interrupted.
class ForkMutex {
 public:
  void lock() {
    const std::uint32_t own = fork_generation.load(std::memory_order_relaxed);
    for (;;) {
      std::uint32_t holder = 0;
      if (holder_.compare_exchange_strong(holder, own, std::memory_order_acquire)) return;
      if (holder == own) {
        holder_.wait(own, std::memory_order_relaxed);
      } else if (holder_.compare_exchange_strong(holder, own, std::memory_order_acquire)) {
        return;
      }
    }
  }
  void unlock() {
    holder_.store(0, std::memory_order_release);
    holder_.notify_one();
  }

 private:
  std::atomic<std::uint32_t> holder_{0};  // the generation of the process that locked it
};

}  // namespace pygraph
