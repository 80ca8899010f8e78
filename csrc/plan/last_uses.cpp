// Finds, for every dynamic tensor that an instruction reads, whether anything needs it afterwards.
// A run lets go of it then, so that memory is given back early and a list can grow in place.
#include <algorithm>

#include "plan/liveness.hpp"
#include "plan/plan.hpp"

namespace pygraph::plan {

void find_last_uses(Plan& plan) {
  const auto is_dynamic = [&](StorageId id) {
    return plan.storages[id].kind == StorageKind::dynamic;
  };
  if (std::none_of(plan.operands.begin(), plan.operands.end(), is_dynamic)) return;
  const std::vector<Stretches> live = live_stretches(plan);
  for (std::uint32_t i = 0; i < plan.instructions.size(); ++i) {
    Instruction& instruction = plan.instructions[i];
    if (is_jump(instruction.code) || instruction.code == Code::finish) continue;
    const auto inputs =
        std::span(plan.operands)
            .subspan(instruction.first_operand + instruction.output_count, instruction.input_count);
    const std::uint32_t next_read = 2 * (i + 1);
    for (std::size_t k = 0; k < std::min<std::size_t>(inputs.size(), 32); ++k) {
      const bool again = std::count(inputs.begin(), inputs.end(), inputs[k]) > 1;
      if (is_dynamic(inputs[k]) && !again && !contains(live[inputs[k]], next_read))
        instruction.dying |= 1U << k;
    }
  }
}

}  // namespace pygraph::plan
