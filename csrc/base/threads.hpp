// The threads that share the work of large kernels: one pool for the process, started when it is
// first needed, forgotten by the child of a fork (which starts its own).
#pragma once

#include <cstdint>

namespace pygraph {

// How many threads a run may use, the caller's included: as set, else from the environment variable
// PYGRAPH_NUM_THREADS, else one per processor that this process may run on.
int thread_count();
// Throws `value` for a count below 1 or above kMaxThreads.
void set_thread_count(int count);
inline constexpr int kMaxThreads = 256;

// Which threads may come to help: those that still look for work after the job before, or sleeping
// ones too. To wake one can cost more than a small job: `any` leaves those asleep where the grains
// are few, unless each is a single element, whose work is not known. Where jobs follow each other
// closely, as in a loop, `awake` wakes them as well.
enum class Helpers : std::uint8_t { any, awake };
// So many grains of a few microseconds each are done sooner with a thread that has to be woken.
inline constexpr std::int64_t kGrainsWorthWaking = 24;

// Asks whether the run that this thread works for is to stop, for as long as the object lives: long
// kernels ask every few milliseconds. Without a `poll` nothing between stops: what must be done as
// a whole.
class Stoppable {
 public:
  using Poll = bool (*)(void* context);
  explicit Stoppable(Poll poll = nullptr, void* context = nullptr);
  ~Stoppable();
  Stoppable(const Stoppable&) = delete;
  Stoppable& operator=(const Stoppable&) = delete;

 private:
  Poll former_poll_;
  void* former_context_;
};
// Throws `interrupted` where it is to stop. parallel_for does so between ranges; a body that takes
// longer than some milliseconds does it within.
void stop_if_asked();

using RangeFn = void (*)(const void* body, std::int64_t begin, std::int64_t end);
void parallel_ranges(std::int64_t count, std::int64_t grain, RangeFn run, const void* body,
                     Helpers helpers);

// Calls body(begin, end) on ranges that cover [0, count), each of `grain` or more but the last,
// perhaps at the same time on several threads; returns when all are done. Which ranges there are
// depends on the number of threads: the body's results must not. Inside a body, and while another
// thread's work has the pool, all ranges are run on the caller's thread. The exception of the first
// range that throws one is thrown on; ranges behind it may then be left out.
template <class Body>
void parallel_for(std::int64_t count, std::int64_t grain, const Body& body,
                  Helpers helpers = Helpers::any) {
  if (count <= grain) {
    if (count > 0) body(std::int64_t{0}, count);
    return;
  }
  parallel_ranges(
      count, grain,
      [](const void* erased, std::int64_t begin, std::int64_t end) {
        (*static_cast<const Body*>(erased))(begin, end);
      },
      &body, helpers);
}

}  // namespace pygraph
