// From a stretch of a plan's instructions to a register program.
#pragma once

#include <optional>
#include <vector>

#include "plan/liveness.hpp"
#include "plan/plan.hpp"

namespace pygraph::plan {

// Instructions begin ... end - 1. Jumps from elsewhere lead to the first only, those inside lead
// inside or to `end`.
struct Region {
  std::uint32_t begin;
  std::uint32_t end;
};

// The op that the instruction calls, or nullptr if it calls none.
const ops::OpRow* row_of(const Plan& plan, const Instruction& instruction);

// Which input of a gather or scatter is the first index.
std::uint32_t first_index(const ops::OpRow& row);

// The storages whose elements are read or written one at a time: their values stand in memory.
std::vector<bool> indexed_arrays(const Plan& plan);

// Whether a region may hold the instruction: it works on single numbers, or jumps.
bool fits_registers(const Plan& plan, const Instruction& instruction,
                    const std::vector<bool>& arrays);

struct CompiledRegion {
  RegisterProgram program;
  std::vector<StorageId> written;
  std::vector<StorageId> read;
};

// Nothing where the region has more values than there are registers.
std::optional<CompiledRegion> compile_region(const Plan& plan, const std::vector<Stretches>& live,
                                             const std::vector<bool>& arrays, Region region);

}  // namespace pygraph::plan
