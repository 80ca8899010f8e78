#include <algorithm>

#include "plan/plan.hpp"

namespace pygraph::plan {

std::vector<Loop> find_loops(const Plan& plan) {
  std::vector<Loop> loops;
  for (std::uint32_t i = 0; i < plan.instructions.size(); ++i) {
    if (plan.instructions[i].code == Code::loop_if_true)
      loops.push_back({plan.instructions[i].target, i});
  }
  // Outer loops first, so that those around an instruction can be walked inwards.
  std::sort(loops.begin(), loops.end(), [](const Loop& a, const Loop& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end > b.end;
  });
  return loops;
}

std::vector<Lifetime> lifetimes(const Plan& plan, std::span<const Loop> loops) {
  std::vector<Lifetime> result(plan.storages.size());
  const auto operands = [&](const Instruction& instruction) {
    return std::span(plan.operands)
        .subspan(instruction.first_operand,
                 std::size_t{instruction.output_count} + instruction.input_count);
  };
  for (std::uint32_t i = 0; i < plan.instructions.size(); ++i) {
    const Instruction& instruction = plan.instructions[i];
    const auto ids = operands(instruction);
    for (std::size_t k = 0; k < ids.size(); ++k) {
      Lifetime& life = result[ids[k]];
      if (k < instruction.output_count) life.first_write = std::min(life.first_write, i);
      life.last_use = std::max(life.last_use, i);
    }
  }
  // What was written before a loop and is needed in it stays needed until its end: the next turn
  // comes by again.
  for (std::uint32_t i = 0; i < plan.instructions.size(); ++i) {
    for (const Loop& loop : loops) {
      if (loop.begin > i) break;
      if (loop.end < i) continue;
      for (StorageId id : operands(plan.instructions[i])) {
        if (result[id].first_write < loop.begin)
          result[id].last_use = std::max(result[id].last_use, loop.end);
      }
    }
  }
  return result;
}

}  // namespace pygraph::plan
