#include "plan/tile_group.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

#include "plan/tile_builder.hpp"

namespace pygraph::plan {
namespace {

// So that the smallest tiles of all values together fit into scratch memory.
constexpr std::size_t kMaxMembers = 64;
constexpr std::size_t kMaxInputs = 24;
constexpr std::int64_t kMaxAlive = 32;
// Shorter rows are not reduced within a group: a kernel call for each would cost more than memory.
constexpr std::int64_t kLeastReducedRow = 128;

std::int64_t product(std::span<const std::int64_t> dims) {
  return std::accumulate(dims.begin(), dims.end(), std::int64_t{1}, std::multiplies<>());
}

// One element for each row.
bool is_per_row(const ops::ElementwiseLoops::Input& input) {
  return !input.along_columns && input.strides.size() == 1 && input.strides[0] != 0;
}

}  // namespace

std::int64_t TileGroup::rows() const { return product(outer_); }

int TileGroup::member_of(StorageId id) const {
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (output(members_[i].instruction) == id) return static_cast<int>(i);
  }
  return -1;
}

bool TileGroup::reads(StorageId id) const {
  return std::any_of(members_.begin(), members_.end(), [&](const Member& member) {
    return std::find(member.reads.inputs.begin(), member.reads.inputs.end(), id) !=
           member.reads.inputs.end();
  });
}

bool TileGroup::add(const Instruction& instruction) {
  if (instruction.code != Code::kernel || instruction.output_count != 1) return false;
  const PreparedCall& call = prepared(instruction);
  if (members_.size() == kMaxMembers || most_alive_ == kMaxAlive) return false;
  if (foreign_inputs_ + instruction.input_count > kMaxInputs) return false;
  if (const auto reduction = ops::row_reduction(call.call)) {
    // More inputs are sizes of the result.
    return instruction.input_count == 1 && add_reduction(instruction, *reduction);
  }
  // An integer division may fail; what may fail stays where it is.
  if (call.op->effects != ops::Effects::pure && !is_floating(call.call.dtype)) return false;
  const auto loops = ops::elementwise_loops(*call.op, call.call);
  if (!loops || product(loops->outer) * loops->columns == 1) return false;
  const auto read = inputs(instruction);
  const ElementwiseReads reads{{read.begin(), read.end()}, *loops};
  const auto originals = copies_.without_copies(reads);
  if (originals && add_elements(instruction, *originals)) return true;
  return add_elements(instruction, reads) || add_row_value(instruction, reads);
}

// Whether rows of this length, one at a time, have their place in scratch memory.
bool TileGroup::holds(const Instruction& added, std::int64_t columns) const {
  const std::int64_t widest = std::max<std::int64_t>(widest_, prepared(added).call.itemsize);
  return (most_alive_ + 1) * (columns * widest + static_cast<std::int64_t>(kAlignment)) <=
         TileProgram::kScratchBytes;
}

// Whether the group's elements are, or can be seen as, rows of that length within these dims.
bool TileGroup::takes_shape(std::span<const std::int64_t> outer, std::int64_t columns) const {
  if (members_.empty()) return true;
  if (product(outer) * columns != elements()) return false;
  if (outer.empty()) return true;
  if (outer_.empty()) return whole_reductions_ == 0;
  return std::equal(outer.begin(), outer.end(), outer_.begin(), outer_.end());
}

bool TileGroup::add_elements(const Instruction& instruction, const ElementwiseReads& reads) {
  const ops::ElementwiseLoops& loops = reads.loops;
  if (!takes_shape(loops.outer, loops.columns)) return false;
  if (row_reductions_ && !holds(instruction, columns_)) return false;
  if (whole_reductions_ > 0 && !holds(instruction, ops::kReduceChunk)) return false;
  for (std::size_t i = 0; i < reads.inputs.size(); ++i) {
    const int source = member_of(reads.inputs[i]);
    if (source < 0) continue;
    const Member& member = members_[static_cast<std::size_t>(source)];
    const auto& input = loops.inputs[i];
    const bool fits = member.kind == TileStep::Kind::elements
                          ? loops.is_whole(i)
                          : row_reductions_ && loops.outer == outer_ && is_per_row(input);
    if (!fits) return false;
  }
  accept(instruction, TileStep::Kind::elements, reads, loops.outer, loops.columns);
  return true;
}

// Over one value for each row, of which the group has made at least one.
bool TileGroup::add_row_value(const Instruction& instruction, const ElementwiseReads& reads) {
  const ops::ElementwiseLoops& loops = reads.loops;
  if (!row_reductions_ || !loops.outer.empty() || loops.columns != rows()) return false;
  if (!holds(instruction, columns_)) return false;
  bool any_own = false;
  for (std::size_t i = 0; i < reads.inputs.size(); ++i) {
    const int source = member_of(reads.inputs[i]);
    if (source < 0) continue;
    any_own = true;
    if (members_[static_cast<std::size_t>(source)].kind == TileStep::Kind::elements ||
        !loops.inputs[i].along_columns)
      return false;
  }
  if (!any_own) return false;
  accept(instruction, TileStep::Kind::row_value, reads, outer_, columns_);
  return true;
}

bool TileGroup::add_reduction(const Instruction& instruction, const ops::RowReduction& reduction) {
  const StorageId read = inputs(instruction)[0];
  const int source = member_of(read);
  if (source >= 0 && members_[static_cast<std::size_t>(source)].kind != TileStep::Kind::elements)
    return false;
  const ops::KernelCall& call = prepared(instruction).call;
  const ElementwiseReads whole{{read}, {{}, reduction.columns, {{call.in_itemsize, true, {}}}}};
  if (reduction.rows == 1) {
    const bool fits = outer_.empty() && takes_shape({}, reduction.columns) &&
                      whole_reductions_ < TileProgram::kMaxReduced &&
                      holds(instruction, ops::kReduceChunk) &&
                      reduction.columns <= ops::kReduceChunk * TileProgram::kMaxReducedTiles;
    if (!fits) return false;
    accept(instruction, TileStep::Kind::reduction, whole, {}, reduction.columns);
    ++whole_reductions_;
    return true;
  }
  const std::int64_t outer[] = {reduction.rows};
  const bool fits = takes_shape(outer, reduction.columns) &&
                    holds(instruction, reduction.columns) &&
                    reduction.columns >= kLeastReducedRow && reduction.columns <= ops::kReduceChunk;
  if (!fits) return false;
  accept(instruction, TileStep::Kind::reduction, whole, outer, reduction.columns);
  row_reductions_ = true;
  return true;
}

void TileGroup::accept(const Instruction& instruction, TileStep::Kind kind, ElementwiseReads reads,
                       std::span<const std::int64_t> outer, std::int64_t columns) {
  if (members_.empty() || (outer_.empty() && !outer.empty())) {
    outer_.assign(outer.begin(), outer.end());
    columns_ = columns;
  }
  for (StorageId id : reads.inputs) {
    const int source = member_of(id);
    if (source >= 0) {
      ++members_[static_cast<std::size_t>(source)].own_uses;
    } else if (!this->reads(id)) {
      ++foreign_inputs_;
    }
  }
  members_.push_back({instruction, kind, std::move(reads)});
  const auto alive = std::count_if(members_.begin(), members_.end(), [&](const Member& member) {
    return member.own_uses != uses_[output(member.instruction)];
  });
  // A result may be needed for the last time where the next is made.
  most_alive_ = std::max<std::int64_t>(most_alive_, alive + 1);
  widest_ = std::max<std::int64_t>(widest_, prepared(instruction).call.itemsize);
}

void TileGroup::clear() {
  members_.clear();
  outer_.clear();
  columns_ = 0;
  foreign_inputs_ = 0;
  most_alive_ = 0;
  widest_ = 1;
  row_reductions_ = false;
  whole_reductions_ = 0;
}

bool TileGroup::reads_part(const Member& member) const {
  const auto read = inputs(member.instruction);
  return !std::equal(read.begin(), read.end(), member.reads.inputs.begin());
}

// Whether an input has a row for each row, but not behind each other.
bool TileGroup::reads_rows_apart() const {
  return std::any_of(members_.begin(), members_.end(), [](const Member& member) {
    const ops::ElementwiseLoops& loops = member.reads.loops;
    for (std::size_t k = 0; k < loops.inputs.size(); ++k) {
      const auto& strides = loops.inputs[k].strides;
      const bool varies = std::count(strides.begin(), strides.end(), 0) < std::ssize(strides);
      if (loops.inputs[k].along_columns && varies && !loops.is_whole(k)) return true;
    }
    return false;
  });
}

// A result may stand where an operand stood, but can be written there only after the last step that
// reads the operand. So what no member reads is made last: its operands may live until then.
void TileGroup::make_results_last() {
  if (row_reductions_ || whole_reductions_ > 0) return;
  if (static_cast<std::int64_t>(members_.size()) > kMaxAlive) return;
  std::stable_partition(members_.begin(), members_.end(),
                        [](const Member& member) { return member.own_uses > 0; });
}

void TileGroup::emit(Plan& plan, std::vector<Instruction>& instructions) {
  if (members_.empty()) return;
  if (members_.size() == 1 && !reads_part(members_[0])) {
    instructions.push_back(members_[0].instruction);
    return;
  }
  make_results_last();
  instructions.push_back(TileBuilder(*this).build(plan));
  for (const Member& member : members_) {
    for (StorageId id : inputs(member.instruction)) --uses_[id];
    for (StorageId id : member.reads.inputs) ++uses_[id];
  }
}

}  // namespace pygraph::plan
