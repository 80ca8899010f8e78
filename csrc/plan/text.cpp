#include <algorithm>

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

// "float64[2, 3], 48 bytes"; of a shape that data decides only the type
std::string sized_text(const ir::Type& type) {
  if (!type.shape.is_static()) return type.text();
  return type.text() + ", " + std::to_string(byte_count(type.dtype, type.shape)) + " bytes";
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

// "  # model.py:12, 13"
std::string lines_text(const ir::Module& module, std::span<const ir::LocationId> ids) {
  std::string text;
  std::string_view file;
  std::vector<std::uint32_t> lines;
  for (const ir::LocationId id : ids) {
    if (id == kNoLocation || id >= module.locations.size()) continue;
    const ir::Location& location = module.locations[id];
    if (location.file != file) lines.clear();
    if (std::find(lines.begin(), lines.end(), location.line) != lines.end()) continue;
    const std::string line = std::to_string(location.line);
    text += text.empty() ? "  # " : ", ";
    text += location.file == file ? line : location.file + ":" + line;
    file = location.file;
    lines.push_back(location.line);
  }
  return text;
}

}  // namespace

std::string Plan::name_of(const Instruction& instruction) const {
  switch (instruction.code) {
    case Code::nothing: return "nothing";
    case Code::flat: return std::string(kernels[flats[instruction.target].prepared].op->name);
    case Code::kernel: return std::string(kernels[instruction.target].op->name);
    case Code::tiles: return tiles_text(tiles[instruction.target]);
    case Code::dynamic: return "dynamic " + std::string(dynamics[instruction.target].op->name);
    case Code::list_append: return "list_append";
    case Code::list_pop: return "list_pop";
    case Code::move: return "move " + std::to_string(instruction.bytes) + " bytes";
    case Code::exchange: return "exchange";
    case Code::move_dynamic: return "move_dynamic";
    case Code::jump: return "jump " + std::to_string(instruction.target);
    case Code::jump_if_false: return "jump_if_false " + std::to_string(instruction.target);
    case Code::loop_if_true: return "loop_if_true " + std::to_string(instruction.target);
    case Code::read_variable: return "read_variable";
    case Code::drop: return "drop";
    case Code::assign_variable: return "assign_variable";
    case Code::update_variable:
      return "update_variable " + std::string(kernels[instruction.target].op->name);
    case Code::update_dynamic:
      return "update_dynamic " + std::string(dynamics[instruction.target].op->name);
    case Code::call: return "call " + std::to_string(instruction.target);
    case Code::check_defined: return "check_defined " + names[instruction.target];
    case Code::text: return std::string(ops::row(texts[instruction.target].op).name);
    case Code::registers: return "registers";
    case Code::finish: return "finish";
  }
  return "?";
}

std::vector<ir::LocationId> Plan::locations(const Instruction& instruction) const {
  if (instruction.code == Code::tiles) return tiles[instruction.target].locations;
  if (instruction.code != Code::registers) return {instruction.location};
  std::vector<ir::LocationId> ids;
  for (const RegisterOrigin& origin : programs[instruction.target].origins)
    ids.push_back(origin.location);
  return ids;
}

std::string Plan::text(const ir::Module& module) const {
  std::string out = "arena: " + std::to_string(arena_bytes) + " bytes\n";
  for (std::size_t i = 0; i < inputs.size(); ++i)
    out += "input" + std::to_string(i) + ": " + sized_text(inputs[i]) + "\n";
  for (std::size_t i = 0; i < outputs.size(); ++i)
    out += "result " + std::to_string(i) + " in " + storage_text(*this, outputs[i].storage) + ": " +
           sized_text(outputs[i].type) + "\n";
  for (std::size_t i = 0; i < instructions.size(); ++i) {
    const Instruction& instruction = instructions[i];
    std::string line = std::to_string(i);
    line.insert(0, line.size() < 4 ? 4 - line.size() : 0, ' ');
    line += "  " + name_of(instruction);
    for (std::uint32_t k = 0; k < std::uint32_t{instruction.output_count} + instruction.input_count;
         ++k) {
      line += k == 0 ? " " : k == instruction.output_count ? " <- " : ", ";
      line += storage_text(*this, operands[instruction.first_operand + k]);
    }
    out += line + lines_text(module, locations(instruction)) + "\n";
    if (instruction.code == Code::registers) out += programs[instruction.target].text("          ");
  }
  for (std::size_t i = 0; i < callees.size(); ++i)
    out += "function " + std::to_string(i) + " " + callees[i].name + ", " + callees[i].text(module);
  return out;
}

}  // namespace pygraph::plan
