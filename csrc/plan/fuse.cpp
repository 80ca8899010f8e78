// Makes tile programs: walks the instructions between jumps and gathers those over the same
// elements, until one comes that needs their results and cannot join.
#include "plan/tile_group.hpp"

namespace pygraph::plan {
namespace {

// Where they are, if nobody holds what was read of them.
bool may_change_variables(Code code) {
  return code != Code::kernel && code != Code::read_variable && code != Code::drop &&
         !is_move(code);
}

class Fusion {
 public:
  explicit Fusion(Plan& plan)
      : plan_(plan), uses_(plan.storages.size(), 0), group_(plan, uses_, copies_) {
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
      if (is_target[i]) end_block();
      new_index.push_back(static_cast<std::uint32_t>(kept_.size()));
      visit(plan_.instructions[i]);
    }
    for (Instruction& instruction : kept_) {
      if (is_jump(instruction.code)) instruction.target = new_index[instruction.target];
    }
    plan_.instructions = std::move(kept_);
    drop_unread_copies();
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
      end_block();
      kept_.push_back(instruction);
      return;
    }
    if (group_.add(instruction)) return;
    if (instruction.code == Code::drop && group_.reads(inputs(instruction)[0])) {
      drops_.push_back(instruction);
      return;
    }
    copies_.visit(plan_, instruction);
    // The group stays open over what has nothing to do with it, and runs after that.
    TileGroup alone(plan_, uses_, copies_);
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
    return !drops_.empty() && may_change_variables(instruction.code);
  }

  void close() {
    group_.emit(plan_, kept_);
    group_.clear();
    kept_.insert(kept_.end(), drops_.begin(), drops_.end());
    drops_.clear();
  }

  void end_block() {
    close();
    copies_.clear();
  }

  bool is_unread_copy(const Instruction& instruction) const {
    return instruction.code == Code::kernel && uses_[outputs(instruction)[0]] == 0 &&
           ops::copied_view(plan_.kernels[instruction.target].call).has_value();
  }

  // What all readers read where it stood. A copy may have been of another one.
  void drop_unread_copies() {
    std::vector<bool> unread(plan_.instructions.size(), false);
    for (std::size_t i = plan_.instructions.size(); i-- > 0;) {
      unread[i] = is_unread_copy(plan_.instructions[i]);
      if (!unread[i]) continue;
      for (StorageId id : inputs(plan_.instructions[i])) --uses_[id];
    }
    std::vector<std::uint32_t> new_index;
    kept_.clear();
    for (std::size_t i = 0; i < plan_.instructions.size(); ++i) {
      new_index.push_back(static_cast<std::uint32_t>(kept_.size()));
      if (!unread[i]) kept_.push_back(plan_.instructions[i]);
    }
    for (Instruction& instruction : kept_) {
      if (is_jump(instruction.code)) instruction.target = new_index[instruction.target];
    }
    plan_.instructions = std::move(kept_);
  }

  Plan& plan_;
  std::vector<std::uint32_t> uses_;
  Copies copies_;
  TileGroup group_;
  std::vector<Instruction> drops_;  // of what the group reads
  std::vector<Instruction> kept_;
};

}  // namespace

void fuse(Plan& plan) { Fusion(plan).run(); }

}  // namespace pygraph::plan
