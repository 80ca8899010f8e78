#include "exec/profile.hpp"

#include <algorithm>
#include <functional>
#include <new>
#include <pthread.h>
#include <thread>

#ifdef __linux__
#include <unistd.h>
#endif

namespace pygraph::exec {
namespace {

// The profiles that are being recorded.
struct Active {
  std::mutex mutex;
  std::vector<std::shared_ptr<Profile>> profiles;
};
Active& active() {
  static auto* instance = new Active;
  return *instance;
}

// A child begins with profiles that nobody is writing to.
[[maybe_unused]] const int fork_handlers = [] {
  const auto unlock = [] {
    for (const std::shared_ptr<Profile>& profile : active().profiles) profile->mutex().unlock();
    active().mutex.unlock();
  };
  return pthread_atfork(
      [] {
        active().mutex.lock();
        for (const std::shared_ptr<Profile>& profile : active().profiles) profile->mutex().lock();
      },
      unlock, unlock);
}();

std::uint64_t thread_id() {
#ifdef __linux__
  return static_cast<std::uint64_t>(gettid());
#else
  return std::hash<std::thread::id>{}(std::this_thread::get_id());
#endif
}

// The user's lines of an instruction, each once, in the order of the operations.
std::vector<ir::Location> lines_of(const Profiled& profiled, const plan::Plan& plan,
                                   const plan::Instruction& instruction) {
  std::vector<ir::Location> lines;
  if (profiled.module == nullptr) return lines;
  for (const ir::LocationId id : plan.locations(instruction)) {
    if (id == kNoLocation || id >= profiled.module->locations.size()) continue;
    const ir::Location& location = profiled.module->locations[id];
    const bool known = std::any_of(lines.begin(), lines.end(), [&](const ir::Location& other) {
      return other.line == location.line && other.file == location.file;
    });
    if (!known) lines.push_back(location);
  }
  return lines;
}

}  // namespace

std::shared_ptr<Profile> Profile::start() {
  auto profile = std::make_shared<Profile>();
  const std::lock_guard lock(active().mutex);
  active().profiles.push_back(profile);
  is_profiling.store(true, std::memory_order_relaxed);
  return profile;
}

void Profile::stop() {
  {
    const std::lock_guard lock(active().mutex);
    std::erase_if(active().profiles, [this](const auto& other) { return other.get() == this; });
    is_profiling.store(!active().profiles.empty(), std::memory_order_relaxed);
  }
  const std::lock_guard lock(mutex_);
  stopped_ = true;
}

std::vector<ProfileRow> Profile::rows() const {
  const std::lock_guard lock(mutex_);
  return rows_;
}

std::vector<ProfileEvent> Profile::events() const {
  const std::lock_guard lock(mutex_);
  return events_;
}

std::int64_t Profile::dropped() const {
  const std::lock_guard lock(mutex_);
  return dropped_;
}

// The row of the runs of a part; those of its instructions follow.
std::uint32_t Profile::first_row(const Profiled& profiled, std::size_t part) {
  const auto [entry, is_new] =
      first_rows_.try_emplace({profiled.serial, part}, static_cast<std::uint32_t>(rows_.size()));
  if (!is_new) return entry->second;
  const plan::Plan& plan = part == 0 ? profiled.plan : profiled.plan.callees[part - 1];
  const std::string function = plan.name.empty() ? "eager" : plan.name;
  rows_.push_back({.is_run = true, .function = function, .name = function});
  for (const plan::Instruction& instruction : plan.instructions)
    rows_.push_back({.function = function,
                     .name = plan.name_of(instruction),
                     .lines = lines_of(profiled, plan, instruction)});
  return entry->second;
}

void Profile::add(const Recorder& recorder) {
  const std::uint64_t thread = thread_id();
  const std::lock_guard lock(mutex_);
  if (stopped_) return;
  std::vector<std::uint32_t> first(recorder.totals_.size());
  for (std::size_t part = 0; part < first.size(); ++part) {
    const std::vector<Recorder::Total>& totals = recorder.totals_[part];
    if (part != 0 && totals.empty()) continue;
    first[part] = first_row(recorder.profiled_, part);
    for (std::size_t i = 0; i < totals.size(); ++i) {
      ProfileRow& row = rows_[first[part] + 1 + i];
      row.calls += totals[i].calls;
      row.nanoseconds += totals[i].nanoseconds;
    }
  }
  ++rows_[first[0]].calls;
  rows_[first[0]].nanoseconds += recorder.last_ - recorder.start_;
  dropped_ += recorder.dropped_;
  if (events_.size() + recorder.events_.size() >= kMostEvents) {
    dropped_ += static_cast<std::int64_t>(recorder.events_.size()) + 1;
    return;
  }
  events_.push_back({first[0], thread, recorder.start_, recorder.last_ - recorder.start_});
  for (const Recorder::Event& event : recorder.events_)
    events_.push_back(
        {first[event.part] + 1 + event.instruction, thread, event.start, event.duration});
}

Recorder::Recorder(const Profiled& profiled)
    : profiled_(profiled), totals_(1 + profiled.plan.callees.size()) {
  {
    const std::lock_guard lock(active().mutex);
    profiles_ = active().profiles;
  }
  start_ = last_ = clock();
}

// Also where the run failed: what it did until then took its time.
Recorder::~Recorder() {
  last_ = clock();
  try {
    for (const std::shared_ptr<Profile>& profile : profiles_) profile->add(*this);
  } catch (const std::bad_alloc&) {  // the run matters more than its figures
  }
}

void Recorder::note(const plan::Plan& plan, const plan::Instruction& instruction,
                    std::int64_t duration) {
  const auto part = &plan == &profiled_.plan
                        ? std::size_t{0}
                        : static_cast<std::size_t>(&plan - profiled_.plan.callees.data()) + 1;
  const auto index = static_cast<std::size_t>(&instruction - plan.instructions.data());
  std::vector<Total>& totals = totals_[part];
  if (totals.empty()) totals.resize(plan.instructions.size());
  ++totals[index].calls;
  totals[index].nanoseconds += duration;
  if (events_.size() == kMostEvents) {
    ++dropped_;
    return;
  }
  events_.push_back(
      {static_cast<std::uint32_t>(part), static_cast<std::uint32_t>(index), last_, duration});
}

}  // namespace pygraph::exec
