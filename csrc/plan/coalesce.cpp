// Makes values share storage where a copy can then be left out: a loop's new state is computed
// where the old one stood, a branch's result where both branches leave it, a result of the graph in
// its own buffer, and an elementwise result over an operand that is needed no more.
//
// Two storages may become one if the lives of their values do not overlap but for the copy between
// them: between the first write of the source and the copy, nobody touches the target.
#include <algorithm>
#include <numeric>

#include "plan/plan.hpp"

namespace pygraph::plan {
namespace {

class Coalescing {
 public:
  explicit Coalescing(Plan& plan)
      : plan_(plan),
        life_(lifetimes(plan, find_loops(plan))),
        root_(plan.storages.size()),
        touched_(plan.storages.size()) {
    std::iota(root_.begin(), root_.end(), StorageId{0});
    for (std::uint32_t i = 0; i < plan_.instructions.size(); ++i) {
      for (StorageId id : operands(i)) touched_[id].push_back(i);
    }
  }

  void run() {
    // Inner loops end first in program order, and their results are the sources of the outer ones.
    for (std::uint32_t i = 0; i < plan_.instructions.size(); ++i) {
      if (plan_.instructions[i].code == Code::move) join_move(i);
    }
    for (std::uint32_t i = 0; i < plan_.instructions.size(); ++i) {
      if (plan_.instructions[i].code == Code::kernel) join_in_place(i);
    }
    rewrite();
  }

 private:
  std::span<StorageId> operands(std::uint32_t i) {
    const Instruction& instruction = plan_.instructions[i];
    return std::span(plan_.operands)
        .subspan(instruction.first_operand,
                 std::size_t{instruction.output_count} + instruction.input_count);
  }

  StorageId root(StorageId id) {
    while (root_[id] != id) id = root_[id] = root_[root_[id]];
    return id;
  }

  const Storage& storage(StorageId id) const { return plan_.storages[id]; }

  void join_move(std::uint32_t at) {
    const StorageId to = root(operands(at)[0]);
    const StorageId from = root(operands(at)[1]);
    if (to == from || !can_take(to, from) || life_[from].last_use != at) return;
    const std::uint32_t start = life_[from].first_write;
    for (std::uint32_t i : touched_[to]) {
      if (i > start && i < at) return;
      if (i == start && !allows_in_place(i, to)) return;
    }
    join(to, from);
  }

  void join_in_place(std::uint32_t at) {
    const Instruction& instruction = plan_.instructions[at];
    if (instruction.output_count != 1) return;
    const StorageId to = root(operands(at)[0]);
    if (life_[to].first_write != at) return;
    for (std::size_t k = 1; k < operands(at).size(); ++k) {
      const StorageId from = root(operands(at)[k]);
      if (from == to || !can_take(to, from) || life_[from].last_use != at ||
          !allows_in_place(at, from))
        continue;
      join(to, from);
      return;
    }
  }

  // `from` can live where `to` does.
  bool can_take(StorageId to, StorageId from) const {
    const StorageKind kind = storage(to).kind;
    return (kind == StorageKind::arena || kind == StorageKind::output) &&
           storage(from).kind == StorageKind::arena && life_[from].used() &&
           storage(to).bytes == storage(from).bytes;
  }

  // Whether the instruction may write its only output over the storage that it reads.
  bool allows_in_place(std::uint32_t at, StorageId read) {
    const Instruction& instruction = plan_.instructions[at];
    if (instruction.code == Code::move) return true;
    if (instruction.code != Code::kernel || instruction.output_count != 1) return false;
    const unsigned allowed = plan_.kernels[instruction.target].call.in_place;
    const auto inputs = operands(at).subspan(1);
    for (std::size_t k = 0; k < inputs.size(); ++k) {
      if (root(inputs[k]) == read && (k >= 32 || (allowed >> k & 1U) == 0)) return false;
    }
    return true;
  }

  void join(StorageId to, StorageId from) {
    root_[from] = to;
    life_[to].first_write = std::min(life_[to].first_write, life_[from].first_write);
    life_[to].last_use = std::max(life_[to].last_use, life_[from].last_use);
    touched_[to].insert(touched_[to].end(), touched_[from].begin(), touched_[from].end());
  }

  // Puts the joined storages in and drops the moves that have become empty.
  void rewrite() {
    for (StorageId& id : plan_.operands) id = root(id);
    std::vector<std::uint32_t> new_index;
    std::vector<Instruction> kept;
    for (std::uint32_t i = 0; i < plan_.instructions.size(); ++i) {
      new_index.push_back(static_cast<std::uint32_t>(kept.size()));
      const bool empty =
          plan_.instructions[i].code == Code::move && operands(i)[0] == operands(i)[1];
      if (!empty) kept.push_back(plan_.instructions[i]);
    }
    for (Instruction& instruction : kept) {
      const bool jumps = instruction.code == Code::jump ||
                         instruction.code == Code::jump_if_false ||
                         instruction.code == Code::loop_if_true;
      if (jumps) instruction.target = new_index[instruction.target];
    }
    plan_.instructions = std::move(kept);
  }

  Plan& plan_;
  std::vector<Lifetime> life_;
  std::vector<StorageId> root_;
  std::vector<std::vector<std::uint32_t>>
      touched_;  // the instructions that read or write a storage
};

}  // namespace

void coalesce(Plan& plan) { Coalescing(plan).run(); }

}  // namespace pygraph::plan
