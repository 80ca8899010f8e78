#include <algorithm>

#include "plan/plan.hpp"

namespace pygraph::plan {
void link(Plan& plan) {
  for (Instruction& instruction : plan.instructions) {
    if (instruction.code != Code::kernel) continue;
    const PreparedCall& prepared = plan.kernels[instruction.target];
    const ops::KernelCall& call = prepared.call;
    if (!call.flat) continue;
    const StorageId* operands = plan.operands.data() + instruction.first_operand;
    FlatCall flat{.kernel = call.elementwise,
                  .count = call.count,
                  .steps = {},
                  .output = operands[0],
                  .inputs = {},
                  .prepared = instruction.target};
    std::copy(std::begin(call.steps), std::end(call.steps), flat.steps);
    for (int i = 0; i < 3; ++i) {
      flat.inputs[i] = operands[1 + std::min(i, instruction.input_count - 1)];
    }
    instruction.code = Code::flat;
    instruction.target = static_cast<std::uint32_t>(plan.flats.size());
    plan.flats.push_back(flat);
  }
}

}  // namespace pygraph::plan
