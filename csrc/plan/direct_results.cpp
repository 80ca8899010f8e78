// Lets tile programs write results straight to memory. While programs are made nobody knows which
// result will stand where an operand stood, so each one that a later step might spoil that way
// waits in scratch memory for the end of the tile. Now it is known.
#include <algorithm>

#include "plan/plan.hpp"

namespace pygraph::plan {
namespace {

void write_directly(const Plan& plan, const Instruction& instruction, TileProgram& program,
                    std::size_t output) {
  const StorageId* results = plan.operands.data() + instruction.first_operand;
  const StorageId* operands = results + instruction.output_count;
  const TileSlot scratch = program.outputs[output].source;
  const auto own = static_cast<TileSlot>(program.inputs.size() + output);
  // The block of scratch memory may have held other values before.
  const auto made =
      std::find_if(program.steps.rbegin(), program.steps.rend(), [&](const TileStep& step) {
        return step.output == scratch;
      }).base();
  for (auto step = made; step != program.steps.end(); ++step) {
    for (TileSlot slot : step->inputs) {
      if (slot < program.inputs.size() && operands[slot] == results[output]) return;
    }
  }
  (made - 1)->output = own;
  for (auto step = made; step != program.steps.end(); ++step)
    std::replace(std::begin(step->inputs), std::end(step->inputs), scratch, own);
  program.outputs[output].source = own;
}

}  // namespace

void find_direct_results(Plan& plan) {
  for (const Instruction& instruction : plan.instructions) {
    if (instruction.code != Code::tiles) continue;
    TileProgram& program = plan.tiles[instruction.target];
    for (std::size_t output = 0; output < program.outputs.size(); ++output) {
      const TileOutput& result = program.outputs[output];
      if (result.source != program.inputs.size() + output)
        write_directly(plan, instruction, program, output);
    }
  }
}

}  // namespace pygraph::plan
