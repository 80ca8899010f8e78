// The pool. A job is one parallel_for: ranges that the caller and the threads which come to help
// claim one after the other. The caller never waits for a thread that has not begun, so a job that
// is over before anyone woke up costs a few hundred nanoseconds and no more.
#include "base/threads.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <mutex>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include "base/error.hpp"

namespace pygraph {
namespace {

// Ranges per thread: enough to even out threads that start late.
constexpr std::int64_t kRangesPerThread = 4;
// Bounds of large ranges are multiples of this many elements: whole cache lines.
constexpr std::int64_t kRangeUnit = 64;
// Grains of a range at the most, and between two questions whether to stop: about a millisecond.
constexpr std::int64_t kGrainsPerRange = 256;
// How often an idle thread looks for the next job before it sleeps: some tens of microseconds. To
// wake it costs as long, and the parts of a program that threads share come in quick succession.
constexpr int kSpins = 4000;
// A job that begins within this time of the end of another is in a quick succession.
constexpr std::chrono::microseconds kSuccession{50};

struct Job;

// What this thread is working at.
struct Worker {
  Job* job = nullptr;  // what it starts itself while it has one runs where it is
  Stoppable::Poll poll = nullptr;
  void* context = nullptr;
};
// In the library's own block of thread-local memory, which is found without a call.
__attribute__((tls_model("initial-exec"))) thread_local Worker worker;

void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

struct Job {
  RangeFn run;
  const void* body;
  std::int64_t count;
  std::int64_t size;   // of a range
  std::int64_t grain;  // of a few microseconds
  std::atomic<std::int64_t> next{0};
  std::atomic<bool> stopped{false};
  std::mutex mutex{};  // of what follows
  std::int64_t failed_at = INT64_MAX;
  std::exception_ptr failure{};

  // Ranges are claimed in order, so all before one that fails are run: the failure that is reported
  // does not depend on who was faster.
  void work() {
    Job* const outer = std::exchange(worker.job, this);
    std::int64_t unasked = 0;  // elements since it was asked whether to stop
    for (;;) {
      const std::int64_t begin = next.fetch_add(size, std::memory_order_relaxed);
      if (begin >= count) break;
      try {
        run(body, begin, std::min(begin + size, count));
        unasked += size;
        if (unasked < kGrainsPerRange * grain) continue;
        unasked = 0;
        stop_if_asked();
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (begin < failed_at) {
          failed_at = begin;
          failure = std::current_exception();
        }
        next.store(count, std::memory_order_relaxed);
      }
    }
    worker.job = outer;
  }

  // The same without help, and its exceptions go on as they are.
  static void work_alone(std::int64_t count, std::int64_t size, RangeFn run, const void* body) {
    for (std::int64_t begin = 0; begin < count; begin += size) {
      if (begin != 0) stop_if_asked();
      run(body, begin, std::min(begin + size, count));
    }
  }
};

class Pool {
 public:
  // False if another thread's job has the pool.
  bool run(Job& job, int helpers, Helpers which) {
    const std::unique_lock user(user_, std::try_to_lock);
    if (!user.owns_lock()) return false;
    start(helpers);
    {
      const std::lock_guard lock(mutex_);
      job_ = &job;
      wanted_ = helpers;
      posted_.fetch_add(1, std::memory_order_release);
    }
    const bool wake =
        which == Helpers::any || std::chrono::steady_clock::now() - last_end_ < kSuccession;
    if (wake && helpers == 1) {
      wake_.notify_one();
    } else if (wake) {
      wake_.notify_all();
    }
    job.work();
    retire();
    last_end_ = std::chrono::steady_clock::now();
    return true;
  }

 private:
  void start(int helpers) {
    for (; started_ < helpers; ++started_) {
      // Signals are for the threads of the host.
      sigset_t all;
      sigset_t before;
      sigfillset(&all);
      pthread_sigmask(SIG_SETMASK, &all, &before);
      try {
        std::thread([this] { serve(); }).detach();
      } catch (const std::system_error&) {
        pthread_sigmask(SIG_SETMASK, &before, nullptr);
        return;  // the work gets done by fewer
      }
      pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }
  }

  // Nobody may join the job any more; those who did are waited for.
  void retire() {
    {
      const std::lock_guard lock(mutex_);
      job_ = nullptr;
    }
    for (int i = 0; i < kSpins && active_.load(std::memory_order_acquire) > 0; ++i) pause();
    std::unique_lock lock(mutex_);
    finished_.wait(lock, [this] { return active_.load(std::memory_order_acquire) == 0; });
  }

  void serve() {
    std::uint64_t seen = 0;
    for (;;) {
      for (int i = 0; i < kSpins && posted_.load(std::memory_order_acquire) == seen; ++i) pause();
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return posted_.load(std::memory_order_relaxed) != seen; });
      seen = posted_.load(std::memory_order_relaxed);
      if (job_ == nullptr || wanted_ == 0) continue;
      --wanted_;
      active_.fetch_add(1, std::memory_order_relaxed);
      Job& job = *job_;
      lock.unlock();
      job.work();
      lock.lock();
      if (active_.fetch_sub(1, std::memory_order_release) == 1) finished_.notify_one();
    }
  }

  std::mutex user_;                                   // held for the time of a job
  int started_ = 0;                                   // guarded by user_
  std::chrono::steady_clock::time_point last_end_{};  // of a job; guarded by user_
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable finished_;
  std::atomic<std::uint64_t> posted_{0};  // jobs so far
  Job* job_ = nullptr;
  int wanted_ = 0;              // how many may still join it
  std::atomic<int> active_{0};  // how many have; changed with mutex_ held
};

std::atomic<Pool*> pool{nullptr};

// Never destroyed: its threads wait in it until the process ends. A forked child has no threads but
// its own, and perhaps locks that nobody will open: it leaves the old pool where it is.
Pool& current_pool() {
  static const bool registered [[maybe_unused]] = [] {
    pthread_atfork(nullptr, nullptr, [] {
      pool.store(nullptr);
      worker.job = nullptr;
    });
    return true;
  }();
  Pool* existing = pool.load(std::memory_order_acquire);
  if (existing != nullptr) return *existing;
  auto* made = new Pool;
  if (pool.compare_exchange_strong(existing, made)) return *made;
  delete made;
  return *existing;
}

int processors() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return std::clamp(CPU_COUNT(&set), 1, kMaxThreads);
}

int initial_count() {
  const char* text = std::getenv("PYGRAPH_NUM_THREADS");
  if (text == nullptr || *text == '\0') return processors();
  char* end = nullptr;
  const long count = std::strtol(text, &end, 10);
  if (*end == '\0' && count >= 1 && count <= kMaxThreads) return static_cast<int>(count);
  std::fprintf(stderr, "pygraph: PYGRAPH_NUM_THREADS=%s is no number from 1 to %d; using %d\n",
               text, kMaxThreads, processors());
  return processors();
}

std::atomic<int>& wanted_count() {
  static std::atomic<int> count{initial_count()};
  return count;
}

}  // namespace

Stoppable::Stoppable(Poll poll, void* context)
    : former_poll_(std::exchange(worker.poll, poll)),
      former_context_(std::exchange(worker.context, context)) {}

Stoppable::~Stoppable() {
  worker.poll = former_poll_;
  worker.context = former_context_;
}

// Only the thread of the run itself can ask; those that help it look at what it was told.
void stop_if_asked() {
  const bool stopped = worker.job != nullptr && worker.job->stopped.load(std::memory_order_relaxed);
  if (!stopped && (worker.poll == nullptr || !worker.poll(worker.context))) return;
  if (worker.job != nullptr) worker.job->stopped.store(true, std::memory_order_relaxed);
  throw Error(ErrorKind::interrupted, "the run was interrupted");
}

int thread_count() { return wanted_count().load(std::memory_order_relaxed); }

void set_thread_count(int count) {
  if (count < 1 || count > kMaxThreads) {
    throw Error(ErrorKind::value, "the number of threads must be from 1 to " +
                                      std::to_string(kMaxThreads) + ", got " +
                                      std::to_string(count));
  }
  wanted_count().store(count, std::memory_order_relaxed);
}

void parallel_ranges(std::int64_t count, std::int64_t grain, RangeFn run, const void* body,
                     Helpers helpers) {
  const std::int64_t threads = worker.job != nullptr ? 1 : thread_count();
  const std::int64_t ranges = std::min(count / grain, threads * kRangesPerThread);
  const std::int64_t most = grain > INT64_MAX / kGrainsPerRange ? count : grain * kGrainsPerRange;
  if (threads == 1 || ranges <= 1) {
    Job::work_alone(count, most, run, body);
    return;
  }
  std::int64_t size = std::min((count + ranges - 1) / ranges, most);
  if (size > kRangeUnit) size = (size + kRangeUnit - 1) / kRangeUnit * kRangeUnit;
  Job job{run, body, count, size, grain};
  const auto wanted = static_cast<int>(std::min(threads, ranges) - 1);
  if (grain > 1 && count / grain < kGrainsWorthWaking) helpers = Helpers::awake;
  if (!current_pool().run(job, wanted, helpers)) {
    Job::work_alone(count, most, run, body);
    return;
  }
  if (job.failure) std::rethrow_exception(job.failure);
}

}  // namespace pygraph
