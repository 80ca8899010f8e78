// Finds, for every dynamic tensor that an instruction reads, whether anything needs it afterwards. A
// run lets go of it then, so that memory is given back early and a list can grow in place.
//
// Liveness as in any compiler: backwards over the basic blocks until nothing changes, then backwards
// through each block.
#include <algorithm>
#include <vector>

#include "plan/plan.hpp"

namespace pygraph::plan {
namespace {

using Set = std::vector<bool>;  // by dynamic storage

struct Block {
  std::uint32_t begin;
  std::uint32_t end;
  Set read;     // before it is written in the block
  Set written;  // in the block
  Set live;     // at its start
};

bool jumps(const Instruction& instruction) {
  return instruction.code == Code::jump || instruction.code == Code::jump_if_false ||
         instruction.code == Code::loop_if_true;
}

class LastUses {
 public:
  explicit LastUses(Plan& plan) : plan_(plan), index_(plan.storages.size(), -1) {
    for (std::size_t id = 0; id < plan.storages.size(); ++id) {
      if (plan.storages[id].kind == StorageKind::dynamic) index_[id] = count_++;
    }
  }

  void run() {
    if (count_ == 0) return;
    find_blocks();
    settle();
    for (const Block& block : blocks_) {
      Set live = live_after(block);
      for (std::uint32_t i = block.end; i-- > block.begin;) mark(plan_.instructions[i], live);
    }
  }

 private:
  std::span<const StorageId> outputs(const Instruction& instruction) const {
    return std::span(plan_.operands)
        .subspan(instruction.first_operand, instruction.output_count);
  }
  std::span<const StorageId> inputs(const Instruction& instruction) const {
    return std::span(plan_.operands)
        .subspan(instruction.first_operand + instruction.output_count, instruction.input_count);
  }
  void set(Set& set, StorageId id, bool value) const {
    if (index_[id] >= 0) set[static_cast<std::size_t>(index_[id])] = value;
  }

  void find_blocks() {
    const auto size = static_cast<std::uint32_t>(plan_.instructions.size());
    std::vector<bool> starts(size + 1, false);
    starts[0] = true;
    for (std::uint32_t i = 0; i < size; ++i) {
      if (!jumps(plan_.instructions[i])) continue;
      starts[i + 1] = true;
      starts[plan_.instructions[i].target] = true;
    }
    block_of_.resize(size);
    const Set none(static_cast<std::size_t>(count_), false);
    for (std::uint32_t i = 0; i < size; ++i) {
      if (starts[i]) blocks_.push_back({i, i, none, none, none});
      block_of_[i] = blocks_.size() - 1;
      Block& block = blocks_.back();
      block.end = i + 1;
      for (StorageId id : inputs(plan_.instructions[i])) {
        if (index_[id] >= 0 && !block.written[static_cast<std::size_t>(index_[id])])
          set(block.read, id, true);
      }
      for (StorageId id : outputs(plan_.instructions[i])) set(block.written, id, true);
    }
  }

  Set live_after(const Block& block) const {
    Set live(static_cast<std::size_t>(count_), false);
    const Instruction& last = plan_.instructions[block.end - 1];
    if (last.code == Code::finish) {
      for (const Output& output : plan_.outputs) set(live, output.storage, true);
      return live;
    }
    if (last.code != Code::jump) live = blocks_[block_of_[block.end]].live;
    if (jumps(last)) {
      const Set& target = blocks_[block_of_[last.target]].live;
      for (std::size_t i = 0; i < live.size(); ++i) live[i] = live[i] || target[i];
    }
    return live;
  }

  void settle() {
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t b = blocks_.size(); b-- > 0;) {
        Block& block = blocks_[b];
        Set live = live_after(block);
        for (std::size_t i = 0; i < live.size(); ++i)
          live[i] = block.read[i] || (live[i] && !block.written[i]);
        if (live != block.live) {
          block.live = std::move(live);
          changed = true;
        }
      }
    }
  }

  void mark(Instruction& instruction, Set& live) {
    for (StorageId id : outputs(instruction)) set(live, id, false);
    const auto ids = inputs(instruction);
    for (std::size_t i = 0; i < ids.size() && i < 32; ++i) {
      const bool first = std::find(ids.begin(), ids.begin() + static_cast<std::ptrdiff_t>(i),
                                   ids[i]) == ids.begin() + static_cast<std::ptrdiff_t>(i);
      if (first && index_[ids[i]] >= 0 && !live[static_cast<std::size_t>(index_[ids[i]])])
        instruction.dying |= 1U << i;
    }
    for (StorageId id : ids) set(live, id, true);
  }

  Plan& plan_;
  std::vector<std::int64_t> index_;  // among the dynamic storages; -1 for others
  std::int64_t count_ = 0;
  std::vector<Block> blocks_;
  std::vector<std::size_t> block_of_;  // per instruction
};

}  // namespace

void find_last_uses(Plan& plan) { LastUses(plan).run(); }

}  // namespace pygraph::plan
