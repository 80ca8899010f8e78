#include "plan/tile_builder.hpp"

#include <algorithm>

namespace pygraph::plan {
namespace {

// Rows up to this length are taken several at a time; where some lie apart from each other and so
// have to be gathered, up to the other.
constexpr std::int64_t kNarrowColumns = 256;
constexpr std::int64_t kNarrowColumnsApart = 64;
// What the values of a tile take together: about the nearest cache.
constexpr std::int64_t kTileBytes = 32 << 10;
constexpr std::int64_t kLeastTile = 128;
constexpr std::int64_t kLargestTile = 4096;
constexpr std::int64_t kTileUnit = 64;

}  // namespace

TileBuilder::TileBuilder(const TileGroup& group) : group_(group) {
  program_.outer = group.outer_;
  program_.rows = group.rows();
  program_.columns = group.columns_;
  program_.narrow =
      !group.outer_.empty() && !group.row_reductions_ &&
      group.columns_ <= (group.reads_rows_apart() ? kNarrowColumnsApart : kNarrowColumns);
}

Instruction TileBuilder::build(Plan& plan) {
  find_operands();
  find_inputs();
  find_outputs();
  place_results();
  add_steps();
  choose_tile();
  Instruction instruction = group_.members_[0].instruction;
  instruction.code = Code::tiles;
  instruction.target = static_cast<std::uint32_t>(plan.tiles.size());
  instruction.first_operand = static_cast<std::uint32_t>(plan.operands.size());
  instruction.output_count = static_cast<std::uint16_t>(outputs_.size());
  instruction.input_count = static_cast<std::uint16_t>(inputs_.size());
  plan.operands.insert(plan.operands.end(), outputs_.begin(), outputs_.end());
  plan.operands.insert(plan.operands.end(), inputs_.begin(), inputs_.end());
  for (const Member& member : group_.members_)
    program_.locations.push_back(member.instruction.location);
  plan.tiles.push_back(std::move(program_));
  return instruction;
}

// How operand `k` of a member, made outside of the group, lies under its elements.
TileInput TileBuilder::described(const Member& member, std::size_t k) const {
  const ops::ElementwiseLoops::Input& loop = member.reads.loops.inputs[k];
  TileInput input{.itemsize = loop.itemsize,
                  .offset = loop.offset,
                  .whole = false,
                  .along_columns = loop.along_columns,
                  .strides = loop.strides,
                  .varies = false,
                  .is_part = member.reads.inputs[k] != group_.inputs(member.instruction)[k]};
  if (member.kind == TileStep::Kind::row_value) {
    input.strides = {loop.along_columns ? loop.itemsize : 0};
    input.along_columns = false;
  } else {
    input.whole = member.reads.loops.is_whole(k);
  }
  input.strides.resize(program_.outer.size(), 0);
  input.varies = std::any_of(input.strides.begin(), input.strides.end(),
                             [](std::int64_t stride) { return stride != 0; });
  return input;
}

void TileBuilder::find_operands() {
  const auto& members = group_.members_;
  inner_.resize(members.size());
  pair_.resize(members.size(), nullptr);
  absorbed_.resize(members.size(), false);
  for (std::size_t m = 0; m < members.size(); ++m) {
    auto& own = operands_.emplace_back();
    for (StorageId id : members[m].reads.inputs)
      own.push_back({group_.member_of(id), m, own.size()});
    if (members[m].kind == TileStep::Kind::elements) absorb(m);
  }
}

// Takes over the work of a member whose result nobody else reads, if there is a kernel for both.
void TileBuilder::absorb(std::size_t m) {
  const auto& members = group_.members_;
  const PreparedCall& outer = group_.prepared(members[m].instruction);
  auto& own = operands_[m];
  for (std::size_t k = own.size(); k-- > 0;) {
    if (own[k].source < 0) continue;
    const auto source = static_cast<std::size_t>(own[k].source);
    const Member& made = members[source];
    const PreparedCall& inner = group_.prepared(made.instruction);
    const bool only_here = made.kind == TileStep::Kind::elements && pair_[source] == nullptr &&
                           group_.uses_[group_.output(made.instruction)] == 1;
    if (!only_here || inner.call.dtype != outer.call.dtype) continue;
    pair_[m] =
        kernels::find_pair(inner.op->name, outer.op->name, static_cast<int>(k), outer.call.dtype);
    if (pair_[m] == nullptr) continue;
    inner_[m] = inner.op->name;
    absorbed_[source] = true;
    own.erase(own.begin() + static_cast<std::ptrdiff_t>(k));
    own.insert(own.begin(), operands_[source].begin(), operands_[source].end());
    return;
  }
}

void TileBuilder::find_inputs() {
  last_use_.assign(operands_.size(), 0);
  for (std::size_t m = 0; m < operands_.size(); ++m) {
    if (absorbed_[m]) continue;
    for (Operand& operand : operands_[m]) {
      if (operand.source >= 0) {
        last_use_[static_cast<std::size_t>(operand.source)] = m;
      } else {
        operand.input = input_for(operand);
        if (program_.inputs[operand.input].whole) last_whole_read_ = m;
      }
    }
  }
}

std::size_t TileBuilder::input_for(const Operand& operand) {
  const Member& reader = group_.members_[operand.reader];
  const StorageId id = reader.reads.inputs[operand.position];
  TileInput input = described(reader, operand.position);
  for (std::size_t known = 0; known < inputs_.size(); ++known) {
    const TileInput& other = program_.inputs[known];
    if (inputs_[known] == id && other.offset == input.offset && other.whole == input.whole &&
        other.along_columns == input.along_columns && other.strides == input.strides)
      return known;
  }
  inputs_.push_back(id);
  program_.inputs.push_back(std::move(input));
  return inputs_.size() - 1;
}

// The results that anything outside of the group reads.
void TileBuilder::find_outputs() {
  const auto& members = group_.members_;
  for (std::size_t m = 0; m < members.size(); ++m) {
    const StorageId id = group_.output(members[m].instruction);
    output_of_.push_back(-1);
    if (group_.uses_[id] == members[m].own_uses) continue;
    const ops::KernelCall& call = group_.prepared(members[m].instruction).call;
    TileOutput output{TileOutput::Kind::whole, call.itemsize, 0};
    if (members[m].kind != TileStep::Kind::elements) {
      output.kind =
          group_.row_reductions_ ? TileOutput::Kind::row_value : TileOutput::Kind::reduced;
      output.combine = call.combine;
    }
    if (output.kind == TileOutput::Kind::reduced) ++program_.reduced;
    output_of_.back() = static_cast<int>(outputs_.size());
    outputs_.push_back(id);
    program_.outputs.push_back(output);
  }
}

// An output may take the memory of an input; then it must not be written while later steps read
// that.
bool TileBuilder::written_late(std::size_t member) const {
  return group_.members_[member].kind == TileStep::Kind::elements && member < last_whole_read_;
}

TileSlot TileBuilder::take_slot() {
  if (free_.empty()) {
    const auto operands = static_cast<std::int64_t>(inputs_.size() + outputs_.size());
    return static_cast<TileSlot>(operands + program_.scratch_slots++);
  }
  const TileSlot slot = free_.back();
  free_.pop_back();
  return slot;
}

void TileBuilder::place_results() {
  const auto& members = group_.members_;
  if (program_.narrow) {
    for (TileInput& input : program_.inputs) {
      if (!input.whole && (input.along_columns || input.varies)) input.expanded = take_slot();
    }
  }
  result_.assign(members.size(), 0);
  std::vector<bool> in_scratch(members.size(), false);
  // A step may write over an operand that nobody reads any more, if that is of the same size.
  const auto release = [&](std::size_t m, bool same_size) {
    for (const Operand& operand : operands_[m]) {
      const auto s = static_cast<std::size_t>(operand.source);
      if (operand.source < 0 || !in_scratch[s] || last_use_[s] != m) continue;
      const bool alike = members[m].kind == TileStep::Kind::elements &&
                         members[s].kind == TileStep::Kind::elements &&
                         group_.prepared(members[m].instruction).call.itemsize ==
                             group_.prepared(members[s].instruction).call.itemsize;
      if (alike != same_size) continue;
      in_scratch[s] = false;
      free_.push_back(result_[s]);
    }
  };
  for (std::size_t m = 0; m < members.size(); ++m) {
    if (absorbed_[m]) continue;
    const bool late = is_output(m) && written_late(m);
    const auto own = static_cast<std::size_t>(output_of_[m]) + inputs_.size();
    release(m, true);
    if (is_output(m) && !late) {
      result_[m] = static_cast<TileSlot>(own);
    } else {
      result_[m] = take_slot();
      in_scratch[m] = !late;  // needed until the end of the tile
    }
    if (is_output(m)) program_.outputs[own - inputs_.size()].source = result_[m];
    release(m, false);
  }
}

void TileBuilder::add_steps() {
  const auto& members = group_.members_;
  for (std::size_t m = 0; m < members.size(); ++m) {
    const PreparedCall& prepared = group_.prepared(members[m].instruction);
    program_.cost += prepared.call.cost;
    if (absorbed_[m]) continue;
    TileStep step{};
    step.kind = members[m].kind;
    step.output = result_[m];
    step.inner = inner_[m];
    step.name = prepared.op->name;
    for (std::size_t i = 0; i < 3; ++i) {
      const Operand& operand = operands_[m][std::min(i, operands_[m].size() - 1)];
      if (operand.source >= 0) {
        const auto s = static_cast<std::size_t>(operand.source);
        step.inputs[i] = result_[s];
        step.steps[i] = members[s].kind == TileStep::Kind::elements ? 1 : 0;
      } else {
        const TileInput& read = program_.inputs[operand.input];
        step.inputs[i] = static_cast<TileSlot>(operand.input);
        step.steps[i] = read.whole || read.along_columns || read.expanded != 0 ? 1 : 0;
      }
    }
    if (step.kind == TileStep::Kind::reduction) {
      step.reduce = prepared.call.reduce;
    } else {
      step.elementwise = pair_[m] != nullptr ? pair_[m] : prepared.call.elementwise;
    }
    program_.steps.push_back(step);
  }
}

void TileBuilder::choose_tile() {
  std::int64_t widest = 1;
  std::int64_t streams = 0;
  for (const Member& member : group_.members_) {
    widest = std::max<std::int64_t>(widest, group_.prepared(member.instruction).call.itemsize);
  }
  for (std::size_t i = 0; i < program_.inputs.size(); ++i) {
    const TileInput& input = program_.inputs[i];
    widest = std::max(widest, input.itemsize);
    streams += input.whole ? 1 : 0;
    if (input.whole && !input.is_part && i < 32 && program_.reduced == 0)
      program_.in_place |= 1U << i;
  }
  streams += static_cast<std::int64_t>(program_.outputs.size());
  const std::int64_t fitting = kTileBytes / (widest * (program_.scratch_slots + streams));
  const std::int64_t size = std::clamp(fitting / kTileUnit * kTileUnit, kLeastTile, kLargestTile);
  std::int64_t elements = std::min(size, program_.columns);
  if (program_.narrow) {
    program_.tile = std::max<std::int64_t>(size / program_.columns, 1);
    elements = program_.tile * program_.columns;
  } else if (group_.row_reductions_) {
    program_.tile = elements = program_.columns;
  } else if (group_.whole_reductions_ > 0) {
    program_.tile = elements = std::min(ops::kReduceChunk, program_.columns);
  } else {
    program_.tile = elements;
  }
  if (program_.narrow) {
    program_.units = (program_.rows + program_.tile - 1) / program_.tile;
  } else {
    program_.parts = (program_.columns + program_.tile - 1) / program_.tile;
    program_.units = program_.rows * program_.parts;
  }
  const std::int64_t bytes = elements * widest;
  program_.slot_bytes = (bytes + kTileUnit - 1) / kTileUnit * kTileUnit;
  if (program_.slot_bytes * program_.scratch_slots > TileProgram::kScratchBytes)
    throw Error(ErrorKind::internal, "the values of a tile need too much memory");
}

}  // namespace pygraph::plan
