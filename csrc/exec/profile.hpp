// What the instructions of runs take, while a profile is being recorded. A run is timed by a
// Recorder of its own, which hands its figures over at the end: threads do not wait for each other.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/fork.hpp"
#include "plan/plan.hpp"

namespace pygraph::exec {

// A plan that runs are of, and the module whose lines its locations are; eager ops have none.
struct Profiled {
  std::uint64_t serial;  // another one for each plan of the process
  const plan::Plan& plan;
  const ir::Module* module;
};

// An instruction of a plan, or the runs of a plan as a whole.
struct ProfileRow {
  bool is_run = false;
  std::string function;
  std::string name;
  std::vector<ir::Location> lines = {};  // the user's; several for operations that run as one
  std::int64_t calls = 0;
  std::int64_t nanoseconds = 0;
};

struct ProfileEvent {
  std::uint32_t row;
  std::uint64_t thread;
  std::int64_t start;  // nanoseconds of the steady clock
  std::int64_t duration;
};

class Recorder;

class Profile {
 public:
  // All runs of the process that begin from now on, until `stop`. Other profiles may be recorded at
  // the same time.
  static std::shared_ptr<Profile> start();
  void stop();

  std::vector<ProfileRow> rows() const;
  std::vector<ProfileEvent> events() const;
  std::int64_t dropped() const;  // events beyond kMostEvents; the rows count all

  void add(const Recorder& recorder);

  ForkMutex& mutex() { return mutex_; }

 private:
  static constexpr std::size_t kMostEvents = 1'000'000;

  std::uint32_t first_row(const Profiled& profiled, std::size_t part);

  mutable ForkMutex mutex_;
  bool stopped_ = false;
  std::vector<ProfileRow> rows_;
  std::vector<ProfileEvent> events_;
  std::int64_t dropped_ = 0;
  std::map<std::pair<std::uint64_t, std::size_t>, std::uint32_t> first_rows_;
};

inline std::atomic<bool> is_profiling{false};

// Times one run. A part is a plan: 0 the entry, then its callees in order.
class Recorder {
 public:
  explicit Recorder(const Profiled& profiled);
  ~Recorder();
  Recorder(const Recorder&) = delete;
  Recorder& operator=(const Recorder&) = delete;

  // An instruction of the entry's plan, or of one of its callees, is done; it began when the one
  // before was.
  void done(const plan::Plan& plan, const plan::Instruction& instruction) {
    const std::int64_t now = clock();
    if (plan::does_work(instruction.code)) note(plan, instruction, now - last_);
    last_ = now;
  }

 private:
  friend class Profile;

  struct Total {
    std::int64_t calls = 0;
    std::int64_t nanoseconds = 0;
  };
  struct Event {
    std::uint32_t part;
    std::uint32_t instruction;
    std::int64_t start;
    std::int64_t duration;
  };
  static constexpr std::size_t kMostEvents = 100'000;

  static std::int64_t clock() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
  }
  void note(const plan::Plan& plan, const plan::Instruction& instruction, std::int64_t duration);

  Profiled profiled_;
  std::vector<std::shared_ptr<Profile>> profiles_;
  std::vector<std::vector<Total>> totals_;  // per part and instruction
  std::vector<Event> events_;
  std::int64_t dropped_ = 0;
  std::int64_t start_;
  std::int64_t last_;
};

}  // namespace pygraph::exec
