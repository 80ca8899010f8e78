// Kernels over ranges: parallel_for for bodies that return a fault.
#pragma once

#include <mutex>

#include "base/threads.hpp"
#include "kernels/signatures.hpp"

namespace pygraph::ops {

// A thread that helps needs at least this much to do (element operations of the cheapest kind, a
// few microseconds).
inline constexpr std::int64_t kRangeCost = 32'768;
// One that is awake gets ranges of half of that.
inline constexpr std::int64_t kAwakeRangeCost = kRangeCost / 2;

// The fewest elements of a range, if each costs that much.
inline std::int64_t grain(std::int64_t cost_each, std::int64_t range_cost = kRangeCost) {
  return cost_each >= range_cost ? 1 : range_cost / (cost_each > 0 ? cost_each : 1);
}

// As parallel_for; the fault of the first range that has one.
template <class Body>
kernels::Fault split(std::int64_t count, std::int64_t least, const Body& body) {
  if (count <= least) return body(std::int64_t{0}, count);
  std::mutex mutex;
  std::int64_t failed_at = INT64_MAX;
  kernels::Fault first;
  parallel_for(count, least, [&](std::int64_t begin, std::int64_t end) {
    const kernels::Fault fault = body(begin, end);
    if (fault.ok()) return;
    const std::lock_guard lock(mutex);
    if (begin < failed_at) {
      failed_at = begin;
      first = fault;
    }
  });
  return first;
}

}  // namespace pygraph::ops
