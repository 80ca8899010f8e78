#include "plan/plan.hpp"

namespace pygraph::plan {
namespace {

std::string storage_text(const Plan& plan, StorageId id) {
  const Storage& storage = plan.storages[id];
  switch (storage.kind) {
    case StorageKind::arena: return "arena+" + std::to_string(storage.offset);
    case StorageKind::constant: return "constant" + std::to_string(storage.index);
    case StorageKind::input: return "input" + std::to_string(storage.index);
    case StorageKind::output: return "output" + std::to_string(storage.index);
    case StorageKind::variable: return "variable" + std::to_string(storage.index);
    case StorageKind::dynamic: return "dynamic" + std::to_string(id);
  }
  return "?";
}

// "tiles(multiply, add, tanh) over 8 x 1024"
std::string tiles_text(const TileProgram& program) {
  std::string text = "tiles(";
  for (const TileStep& step : program.steps) {
    if (&step != program.steps.data()) text += ", ";
    if (!step.inner.empty()) text += std::string(step.inner) + "+";
    text += step.name;
  }
  return text + ") over " + std::to_string(program.rows) + " x " + std::to_string(program.columns);
}

std::string instruction_text(const Plan& plan, const Instruction& instruction) {
  switch (instruction.code) {
    case Code::nothing: return "nothing";
    case Code::flat:
      return std::string(plan.kernels[plan.flats[instruction.target].prepared].op->name);
    case Code::kernel: return std::string(plan.kernels[instruction.target].op->name);
    case Code::tiles: return tiles_text(plan.tiles[instruction.target]);
    case Code::dynamic: return "dynamic " + std::string(plan.dynamics[instruction.target].op->name);
    case Code::list_append: return "list_append";
    case Code::list_pop: return "list_pop";
    case Code::move: return "move " + std::to_string(instruction.bytes) + " bytes";
    case Code::move_dynamic: return "move_dynamic";
    case Code::jump: return "jump " + std::to_string(instruction.target);
    case Code::jump_if_false: return "jump_if_false " + std::to_string(instruction.target);
    case Code::loop_if_true: return "loop_if_true " + std::to_string(instruction.target);
    case Code::read_variable: return "read_variable";
    case Code::drop: return "drop";
    case Code::assign_variable: return "assign_variable";
    case Code::update_variable:
      return "update_variable " + std::string(plan.kernels[instruction.target].op->name);
    case Code::update_dynamic:
      return "update_dynamic " + std::string(plan.dynamics[instruction.target].op->name);
    case Code::call: return "call " + std::to_string(instruction.target);
    case Code::check_defined: return "check_defined " + plan.names[instruction.target];
    case Code::text: return std::string(ops::row(plan.texts[instruction.target].op).name);
    case Code::registers: return "registers";
    case Code::finish: return "finish";
  }
  return "?";
}

}  // namespace

std::string Plan::text() const {
  std::string out = "arena: " + std::to_string(arena_bytes) + " bytes\n";
  for (std::size_t i = 0; i < instructions.size(); ++i) {
    const Instruction& instruction = instructions[i];
    std::string line = std::to_string(i);
    line.insert(0, line.size() < 4 ? 4 - line.size() : 0, ' ');
    line += "  " + instruction_text(*this, instruction);
    for (std::uint32_t k = 0; k < std::uint32_t{instruction.output_count} + instruction.input_count;
         ++k) {
      line += k == 0 ? " " : k == instruction.output_count ? " <- " : ", ";
      line += storage_text(*this, operands[instruction.first_operand + k]);
    }
    out += line + "\n";
    if (instruction.code == Code::registers) out += programs[instruction.target].text("          ");
  }
  for (std::size_t i = 0; i < callees.size(); ++i)
    out += "function " + std::to_string(i) + " " + callees[i].name + ", " + callees[i].text();
  return out;
}

}  // namespace pygraph::plan
