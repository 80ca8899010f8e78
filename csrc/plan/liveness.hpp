// Which stretches of a plan's instructions each storage is needed over, by the jumps that there
// are: holes included, unlike Lifetime.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/plan.hpp"

namespace pygraph::plan {

// Instruction i reads at position 2 * i and writes at position 2 * i + 1.
struct Stretch {
  std::uint32_t begin;
  std::uint32_t end;  // the first position that is not part of it
};

// In order, apart from each other.
using Stretches = std::vector<Stretch>;

// Per storage. An operand that an instruction may not overwrite while it reads it is needed until
// after the write.
std::vector<Stretches> live_stretches(const Plan& plan);

bool overlap(const Stretches& a, const Stretches& b);
bool contains(const Stretches& stretches, std::uint32_t position);
Stretches merged(const Stretches& a, const Stretches& b);

}  // namespace pygraph::plan
