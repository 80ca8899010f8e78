#include "plan/liveness.hpp"

#include <algorithm>
#include <span>

namespace pygraph::plan {
namespace {

// Whether the instruction may write an output over input `k` while it reads that.
bool may_overwrite(const Plan& plan, const Instruction& instruction, std::size_t k) {
  if (instruction.output_count == 0 || is_move(instruction.code)) return true;
  if (instruction.code == Code::tiles)
    return k < 32 && (plan.tiles[instruction.target].in_place >> k & 1U) != 0;
  // An element is written where the array is, and a list grows where it is, if nobody else holds
  // the memory.
  if (is_list(instruction.code)) return k == 0;
  if (instruction.code == Code::dynamic)
    return k == 0 && plan.dynamics[instruction.target].op->code == ir::OpCode::scatter;
  if (instruction.code != Code::kernel || instruction.output_count != 1) return false;
  return k < 32 && (plan.kernels[instruction.target].call.in_place >> k & 1U) != 0;
}

// Instructions that are only ever entered at the first and left at the last.
struct Block {
  std::uint32_t begin;
  std::uint32_t end;
  std::vector<std::uint32_t> next;  // blocks
};

std::vector<Block> blocks_of(const Plan& plan) {
  const auto count = static_cast<std::uint32_t>(plan.instructions.size());
  std::vector<bool> starts(count + 1, false);
  starts[0] = true;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (!is_jump(plan.instructions[i].code)) continue;
    starts[plan.instructions[i].target] = true;
    starts[i + 1] = true;
  }
  std::vector<Block> blocks;
  std::vector<std::uint32_t> block_at(count + 1, 0);
  for (std::uint32_t i = 0; i < count; ++i) {
    if (starts[i]) blocks.push_back({i, i, {}});
    block_at[i] = static_cast<std::uint32_t>(blocks.size() - 1);
    blocks.back().end = i + 1;
  }
  for (Block& block : blocks) {
    const Instruction& last = plan.instructions[block.end - 1];
    if (is_jump(last.code)) block.next.push_back(block_at[last.target]);
    if (last.code != Code::jump && block.end < count) block.next.push_back(block_at[block.end]);
  }
  return blocks;
}

// A set of small numbers.
class Set {
 public:
  explicit Set(std::size_t size) : words_((size + 63) / 64, 0) {}
  void add(std::uint32_t member) { words_[member / 64] |= bit(member); }
  void remove(std::uint32_t member) { words_[member / 64] &= ~bit(member); }
  bool has(std::uint32_t member) const { return (words_[member / 64] & bit(member)) != 0; }
  void add_all(const Set& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
  }
  void remove_all(const Set& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] &= ~other.words_[i];
  }
  friend bool operator==(const Set&, const Set&) = default;

 private:
  static std::uint64_t bit(std::uint32_t member) { return std::uint64_t{1} << (member % 64); }
  std::vector<std::uint64_t> words_;
};

constexpr std::uint32_t kLocal = UINT32_MAX;

class Liveness {
 public:
  explicit Liveness(const Plan& plan)
      : plan_(plan),
        blocks_(blocks_of(plan)),
        shared_index_(plan.storages.size(), kLocal),
        until_(plan.storages.size(), 0),
        result_(plan.storages.size()) {}

  std::vector<Stretches> run() {
    find_shared();
    find_needed();
    for (std::size_t b = blocks_.size(); b-- > 0;) walk(blocks_[b], needed_after(blocks_[b]));
    for (Stretches& stretches : result_) {
      std::reverse(stretches.begin(), stretches.end());
      stretches = merged(stretches, {});
    }
    return std::move(result_);
  }

 private:
  std::span<const StorageId> outputs(const Instruction& instruction) const {
    return std::span(plan_.operands).subspan(instruction.first_operand, instruction.output_count);
  }
  // The results of the run are read at its end.
  std::vector<StorageId> inputs(const Instruction& instruction) const {
    const auto read =
        std::span(plan_.operands)
            .subspan(instruction.first_operand + instruction.output_count, instruction.input_count);
    std::vector<StorageId> ids(read.begin(), read.end());
    if (instruction.code == Code::finish) {
      for (const Output& output : plan_.outputs) ids.push_back(output.storage);
    }
    return ids;
  }

  // Only the storages that are needed on entry of some block have to be followed through jumps.
  void find_shared() {
    std::vector<std::size_t> written_in(plan_.storages.size(), blocks_.size());
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
      for (std::uint32_t i = blocks_[b].begin; i < blocks_[b].end; ++i) {
        for (StorageId id : inputs(plan_.instructions[i])) {
          if (written_in[id] == b || shared_index_[id] != kLocal) continue;
          shared_index_[id] = static_cast<std::uint32_t>(shared_.size());
          shared_.push_back(id);
        }
        for (StorageId id : outputs(plan_.instructions[i])) written_in[id] = b;
      }
    }
  }

  // Per block, the shared storages that are needed on entry.
  void find_needed() {
    std::vector<Set> read(blocks_.size(), Set(shared_.size()));
    std::vector<Set> written(blocks_.size(), Set(shared_.size()));
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
      for (std::uint32_t i = blocks_[b].end; i-- > blocks_[b].begin;) {
        for (StorageId id : outputs(plan_.instructions[i])) {
          if (shared_index_[id] == kLocal) continue;
          read[b].remove(shared_index_[id]);
          written[b].add(shared_index_[id]);
        }
        for (StorageId id : inputs(plan_.instructions[i])) {
          if (shared_index_[id] != kLocal) read[b].add(shared_index_[id]);
        }
      }
    }
    needed_ = read;
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t b = blocks_.size(); b-- > 0;) {
        Set needed = needed_after(blocks_[b]);
        needed.remove_all(written[b]);
        needed.add_all(read[b]);
        if (needed == needed_[b]) continue;
        needed_[b] = std::move(needed);
        changed = true;
      }
    }
  }

  Set needed_after(const Block& block) const {
    Set needed(shared_.size());
    for (std::uint32_t next : block.next) needed.add_all(needed_[next]);
    return needed;
  }

  // Collects the stretches of one block, from its end.
  void walk(const Block& block, const Set& needed) {
    for (std::uint32_t k = 0; k < shared_.size(); ++k) {
      if (needed.has(k)) need(shared_[k], 2 * block.end);
    }
    for (std::uint32_t i = block.end; i-- > block.begin;) {
      const Instruction& instruction = plan_.instructions[i];
      const std::uint32_t write = 2 * i + 1;
      for (StorageId id : outputs(instruction)) {
        result_[id].push_back({write, std::max(until_[id], write + 1)});
        until_[id] = 0;
      }
      const std::vector<StorageId> read = inputs(instruction);
      for (std::size_t k = 0; k < read.size(); ++k)
        need(read[k], may_overwrite(plan_, instruction, k) ? write : write + 1);
    }
    for (StorageId id : open_) {
      if (until_[id] != 0) result_[id].push_back({2 * block.begin, until_[id]});
      until_[id] = 0;
    }
    open_.clear();
  }

  void need(StorageId id, std::uint32_t until) {
    if (until_[id] == 0) open_.push_back(id);
    until_[id] = std::max(until_[id], until);
  }

  const Plan& plan_;
  std::vector<Block> blocks_;
  std::vector<StorageId> shared_;
  std::vector<std::uint32_t> shared_index_;  // per storage; kLocal for the others
  std::vector<Set> needed_;
  std::vector<std::uint32_t> until_;  // while walking: 0 where a storage is not needed
  std::vector<StorageId> open_;       // those that are or were, in this block
  std::vector<Stretches> result_;
};

}  // namespace

std::vector<Stretches> live_stretches(const Plan& plan) { return Liveness(plan).run(); }

bool overlap(const Stretches& a, const Stretches& b) {
  std::size_t i = 0;
  std::size_t k = 0;
  while (i < a.size() && k < b.size()) {
    if (a[i].end <= b[k].begin) {
      ++i;
    } else if (b[k].end <= a[i].begin) {
      ++k;
    } else {
      return true;
    }
  }
  return false;
}

bool contains(const Stretches& stretches, std::uint32_t position) {
  const auto after =
      std::upper_bound(stretches.begin(), stretches.end(), position,
                       [](std::uint32_t at, const Stretch& stretch) { return at < stretch.begin; });
  return after != stretches.begin() && position < std::prev(after)->end;
}

Stretches merged(const Stretches& a, const Stretches& b) {
  Stretches all(a.size() + b.size());
  std::merge(a.begin(), a.end(), b.begin(), b.end(), all.begin(),
             [](const Stretch& x, const Stretch& y) { return x.begin < y.begin; });
  Stretches result;
  for (const Stretch& stretch : all) {
    if (!result.empty() && stretch.begin <= result.back().end) {
      result.back().end = std::max(result.back().end, stretch.end);
    } else {
      result.push_back(stretch);
    }
  }
  return result;
}

}  // namespace pygraph::plan
