// Makes tile programs: walks the instructions between jumps and gathers those over the same
// elements, until one comes that needs their results and cannot join.
#include "plan/tile_group.hpp"

namespace pygraph::plan {
namespace {

class Fusion {
 public:
  explicit Fusion(Plan& plan) : plan_(plan), uses_(plan.storages.size(), 0), group_(plan, uses_) {
    for (const Instruction& instruction : plan.instructions) {
      for (StorageId id : inputs(instruction)) ++uses_[id];
    }
    for (const Output& output : plan.outputs) ++uses_[output.storage];
  }

  void run() {
    std::vector<bool> is_target(plan_.instructions.size() + 1, false);
    for (const Instruction& instruction : plan_.instructions) {
      if (is_jump(instruction.code)) is_target[instruction.target] = true;
    }
    std::vector<std::uint32_t> new_index;
    for (std::size_t i = 0; i < plan_.instructions.size(); ++i) {
      if (is_target[i]) close();
      new_index.push_back(static_cast<std::uint32_t>(kept_.size()));
      visit(plan_.instructions[i]);
    }
    for (Instruction& instruction : kept_) {
      if (is_jump(instruction.code)) instruction.target = new_index[instruction.target];
    }
    plan_.instructions = std::move(kept_);
  }

 private:
  std::span<const StorageId> outputs(const Instruction& instruction) const {
    return std::span(plan_.operands).subspan(instruction.first_operand, instruction.output_count);
  }
  std::span<const StorageId> inputs(const Instruction& instruction) const {
    return std::span(plan_.operands)
        .subspan(instruction.first_operand + instruction.output_count, instruction.input_count);
  }

  void visit(const Instruction& instruction) {
    if (is_jump(instruction.code) || instruction.code == Code::finish) {
      close();
      kept_.push_back(instruction);
      return;
    }
    if (group_.add(instruction)) return;
    // The group stays open over what has nothing to do with it, and runs after that.
    TileGroup alone(plan_, uses_);
    const bool starts = alone.add(instruction);
    const bool is_larger = starts && alone.elements() >= group_.elements();
    if (depends(instruction) || is_larger) close();
    if (starts && group_.empty()) {
      group_.add(instruction);
    } else {
      kept_.push_back(instruction);
    }
  }

  bool depends(const Instruction& instruction) const {
    for (StorageId id : inputs(instruction)) {
      if (group_.writes(id)) return true;
    }
    for (StorageId id : outputs(instruction)) {
      if (group_.writes(id) || group_.reads(id)) return true;
    }
    return false;
  }

  void close() {
    group_.emit(plan_, kept_);
    group_.clear();
  }

  Plan& plan_;
  std::vector<std::uint32_t> uses_;
  TileGroup group_;
  std::vector<Instruction> kept_;
};

}  // namespace

void fuse(Plan& plan) { Fusion(plan).run(); }

}  // namespace pygraph::plan
