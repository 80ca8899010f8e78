// Makes values share storage where a copy can then be left out: a loop's new state is computed
// where the old one stood, a branch's result where both branches leave it, a result of the graph in
// its own buffer, and an element is written into an array that is needed no more as it was.
//
// Two storages may become one if they are never needed at the same time. Where the two of a copy in
// a loop are (`u, w = w, u`), but the one that is copied is needed no more, they exchange their
// places.
#include <algorithm>
#include <numeric>

#include "plan/liveness.hpp"
#include "plan/plan.hpp"

namespace pygraph::plan {
namespace {

class Coalescing {
 public:
  explicit Coalescing(Plan& plan)
      : plan_(plan),
        live_(live_stretches(plan)),
        root_(plan.storages.size()),
        in_loop_(plan.instructions.size(), false),
        is_exchanged_(plan.storages.size(), false) {
    std::iota(root_.begin(), root_.end(), StorageId{0});
  }

  void run() {
    for (std::uint32_t i : innermost_first()) {
      if (!is_move(plan_.instructions[i].code)) continue;
      if (join(operands(i)[0], operands(i)[1]) || !may_exchange(i)) continue;
      for (StorageId id : operands(i)) is_exchanged_[root(id)] = true;
    }
    for (std::uint32_t i = 0; i < plan_.instructions.size(); ++i) {
      join_in_place(i);
    }
    for (std::uint32_t i = 0; i < plan_.instructions.size(); ++i) {
      if (is_move(plan_.instructions[i].code) && may_exchange(i)) exchange(i);
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

  // The instructions by depth of loops: a copy in an inner loop is made most often.
  std::vector<std::uint32_t> innermost_first() {
    std::vector<int> depth(plan_.instructions.size(), 0);
    for (const Loop& loop : find_loops(plan_)) {
      for (std::uint32_t i = loop.begin; i <= loop.end; ++i) {
        ++depth[i];
        in_loop_[i] = true;
      }
    }
    std::vector<std::uint32_t> order(plan_.instructions.size());
    std::iota(order.begin(), order.end(), 0U);
    std::stable_sort(order.begin(), order.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return depth[a] > depth[b]; });
    return order;
  }

  StorageId root(StorageId id) {
    while (root_[id] != id) id = root_[id] = root_[root_[id]];
    return id;
  }

  bool is(StorageId id, StorageKind kind) const { return plan_.storages[id].kind == kind; }

  // A kernel's result may stand where an operand stood. What the kernel may overwrite is in `live_`
  // already. Single numbers keep apart: they cost nothing, and can be told from each other.
  void join_in_place(std::uint32_t at) {
    const Instruction& instruction = plan_.instructions[at];
    const Code code = instruction.code;
    if (is_list(code)) {
      join(operands(at)[0], operands(at)[instruction.output_count]);
      return;
    }
    if (code != Code::kernel && code != Code::dynamic && code != Code::tiles) return;
    const std::size_t outputs = instruction.output_count;
    if (outputs != 1 && code != Code::tiles) return;
    for (std::size_t output = 0; output < outputs; ++output) {
      const Storage& out = plan_.storages[operands(at)[output]];
      if (out.kind != StorageKind::dynamic && out.bytes <= sizeof(std::uint64_t)) continue;
      for (std::size_t k = outputs; k < operands(at).size(); ++k) {
        if (join(operands(at)[output], operands(at)[k])) break;
      }
    }
  }

  // Makes one of two storages, if that is possible.
  bool join(StorageId to, StorageId from) {
    StorageId kept = root(to);
    StorageId gone = root(from);
    if (is(gone, StorageKind::output)) std::swap(kept, gone);
    const bool in_memory = (is(kept, StorageKind::arena) || is(kept, StorageKind::output)) &&
                           is(gone, StorageKind::arena);
    const bool tensors = is(kept, StorageKind::dynamic) && is(gone, StorageKind::dynamic);
    if (kept == gone || !(in_memory || tensors)) return false;
    // A result's own buffer stays where it is.
    if (is(kept, StorageKind::output) && is_exchanged_[gone]) return false;
    if (plan_.storages[kept].bytes != plan_.storages[gone].bytes) return false;
    if (overlap(live_[kept], live_[gone])) return false;
    live_[kept] = merged(live_[kept], live_[gone]);
    live_[gone].clear();
    root_[gone] = kept;
    is_exchanged_[kept] = is_exchanged_[kept] || is_exchanged_[gone];
    return true;
  }

  // Whether a move in a loop is of an array that nothing needs afterwards. Single numbers stay
  // moves.
  bool may_exchange(std::uint32_t i) {
    const StorageId to = root(operands(i)[0]);
    const StorageId from = root(operands(i)[1]);
    return in_loop_[i] && to != from && is(to, StorageKind::arena) &&
           is(from, StorageKind::arena) && plan_.storages[to].bytes > sizeof(std::uint64_t) &&
           plan_.storages[to].bytes == plan_.storages[from].bytes &&
           !contains(live_[from], 2 * (i + 1));
  }

  void exchange(std::uint32_t i) {
    Instruction& instruction = plan_.instructions[i];
    const StorageId to = operands(i)[0];
    const StorageId from = operands(i)[1];
    instruction.code = Code::exchange;
    instruction.output_count = 2;
    instruction.first_operand = static_cast<std::uint32_t>(plan_.operands.size());
    plan_.operands.insert(plan_.operands.end(), {to, from, from});
  }

  // Puts the joined storages in and drops the moves that have become empty.
  void rewrite() {
    for (StorageId& id : plan_.operands) id = root(id);
    for (StorageId& id : plan_.parameters) id = root(id);
    for (Output& output : plan_.outputs) output.storage = root(output.storage);
    std::vector<std::uint32_t> new_index;
    std::vector<Instruction> kept;
    for (std::uint32_t i = 0; i < plan_.instructions.size(); ++i) {
      new_index.push_back(static_cast<std::uint32_t>(kept.size()));
      const bool empty = is_move(plan_.instructions[i].code) && operands(i)[0] == operands(i)[1];
      if (!empty) kept.push_back(plan_.instructions[i]);
    }
    for (Instruction& instruction : kept) {
      if (is_jump(instruction.code)) instruction.target = new_index[instruction.target];
    }
    plan_.instructions = std::move(kept);
  }

  Plan& plan_;
  std::vector<Stretches> live_;
  std::vector<StorageId> root_;
  std::vector<bool> in_loop_;       // per instruction
  std::vector<bool> is_exchanged_;  // per root
};

}  // namespace

void coalesce(Plan& plan) { Coalescing(plan).run(); }

}  // namespace pygraph::plan
