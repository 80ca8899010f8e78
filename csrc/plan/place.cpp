// Decides the offset of every arena storage: in order of first write, at the lowest gap among those
// alive then.
#include <algorithm>
#include <numeric>
#include <string>

#include "plan/plan.hpp"

namespace pygraph::plan {
namespace {

constexpr std::size_t kSmall =
    16;  // values up to this size are packed, larger ones start on a cache line

std::size_t aligned(std::size_t offset, std::size_t bytes) {
  const std::size_t alignment = bytes <= kSmall ? 8 : kAlignment;
  return (offset + alignment - 1) / alignment * alignment;
}

// Those that exchange their places in a run are needed as long as any of them.
void unite_exchanged(const Plan& plan, std::vector<Lifetime>& life) {
  for (bool changed = true; changed;) {
    changed = false;
    for (const Instruction& instruction : plan.instructions) {
      if (instruction.code != Code::exchange) continue;
      Lifetime& a = life[plan.operands[instruction.first_operand]];
      Lifetime& b = life[plan.operands[instruction.first_operand + 1]];
      const Lifetime both{std::min(a.first_write, b.first_write), std::max(a.last_use, b.last_use)};
      changed = changed || a != both || b != both;
      a = b = both;
    }
  }
}

struct Placed {
  std::size_t offset;
  std::size_t bytes;
  std::uint32_t last_use;
};

}  // namespace

void place(Plan& plan, bool reuse) {
  const std::vector<Loop> loops = find_loops(plan);
  std::vector<Lifetime> life = lifetimes(plan, loops);
  unite_exchanged(plan, life);
  std::vector<StorageId> order;
  for (StorageId id = 0; id < plan.storages.size(); ++id) {
    if (plan.storages[id].kind == StorageKind::arena && life[id].used()) order.push_back(id);
  }
  std::sort(order.begin(), order.end(),
            [&](StorageId a, StorageId b) { return life[a].first_write < life[b].first_write; });
  std::vector<Placed> alive;  // by offset
  for (StorageId id : order) {
    Storage& storage = plan.storages[id];
    if (reuse)
      std::erase_if(alive,
                    [&](const Placed& other) { return other.last_use < life[id].first_write; });
    std::size_t offset = 0;
    auto position = alive.begin();
    for (; position != alive.end(); ++position) {
      const std::size_t start = aligned(offset, storage.bytes);
      if (start + storage.bytes <= position->offset) break;
      offset = std::max(offset, position->offset + position->bytes);
    }
    storage.offset = aligned(offset, storage.bytes);
    if (storage.offset + storage.bytes < storage.bytes ||
        storage.offset + storage.bytes > (std::size_t{1} << 47)) {
      throw Error(ErrorKind::memory, "the graph needs more memory than there is");
    }
    const std::size_t size = std::max<std::size_t>(storage.bytes, 1);
    alive.insert(position, {storage.offset, size, life[id].last_use});
    plan.arena_bytes = std::max(plan.arena_bytes, storage.offset + size);
  }
}

}  // namespace pygraph::plan
