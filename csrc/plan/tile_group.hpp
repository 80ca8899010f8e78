// Instructions that can become one tile program: all over the same elements, but for those over one
// value per row of them.
#pragma once

#include <span>
#include <vector>

#include "plan/read_through.hpp"

namespace pygraph::plan {

class TileGroup {
 public:
  // `uses`: per storage, how often it is read in the whole plan. `copies`: those made before.
  TileGroup(const Plan& plan, std::span<std::uint32_t> uses, const Copies& copies)
      : plan_(plan), uses_(uses), copies_(copies) {}

  // Takes in the instruction if the group stays a tile program; otherwise nothing changes.
  bool add(const Instruction& instruction);

  void clear();
  bool empty() const { return members_.empty(); }
  std::int64_t elements() const { return columns_ * rows(); }
  bool reads(StorageId id) const;
  bool writes(StorageId id) const { return member_of(id) >= 0; }

  // Appends the group to `plan` (the same one), as a single instruction.
  void emit(Plan& plan, std::vector<Instruction>& instructions);

 private:
  friend class TileBuilder;

  struct Member {
    Instruction instruction;
    TileStep::Kind kind;
    ElementwiseReads reads;      // of a reduction: one input, whole
    std::uint32_t own_uses = 0;  // by later members
  };

  const PreparedCall& prepared(const Instruction& instruction) const {
    return plan_.kernels[instruction.target];
  }
  std::span<const StorageId> inputs(const Instruction& instruction) const {
    return std::span(plan_.operands)
        .subspan(instruction.first_operand + instruction.output_count, instruction.input_count);
  }
  StorageId output(const Instruction& instruction) const {
    return plan_.operands[instruction.first_operand];
  }
  int member_of(StorageId id) const;
  std::int64_t rows() const;
  bool add_elements(const Instruction& instruction, const ElementwiseReads& reads);
  bool add_row_value(const Instruction& instruction, const ElementwiseReads& reads);
  bool add_reduction(const Instruction& instruction, const ops::RowReduction& reduction);
  bool takes_shape(std::span<const std::int64_t> outer, std::int64_t columns) const;
  bool holds(const Instruction& added, std::int64_t columns) const;
  void make_results_last();
  void accept(const Instruction& instruction, TileStep::Kind kind, ElementwiseReads reads,
              std::span<const std::int64_t> outer, std::int64_t columns);
  bool reads_part(const Member& member) const;
  bool reads_rows_apart() const;

  const Plan& plan_;
  std::span<std::uint32_t> uses_;
  const Copies& copies_;
  std::vector<Member> members_;
  std::vector<std::int64_t> outer_;  // the dims around a row; none so far where all is one row
  std::int64_t columns_ = 0;
  std::size_t foreign_inputs_ = 0;  // different values made outside
  std::int64_t most_alive_ = 0;     // results that are needed at a time, at most
  std::int64_t widest_ = 1;         // bytes of an element of them
  bool row_reductions_ = false;     // a tile is a row
  int whole_reductions_ = 0;        // of all elements: nothing in the group can read their results
};

}  // namespace pygraph::plan
