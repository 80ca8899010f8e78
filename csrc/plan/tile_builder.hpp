// Writes the tile program of a group: its slots, the order of its writes, the size of a tile.
#pragma once

#include <vector>

#include "plan/tile_group.hpp"

namespace pygraph::plan {

class TileBuilder {
 public:
  explicit TileBuilder(const TileGroup& group);

  // Adds the program to the plan and returns the instruction that runs it.
  Instruction build(Plan& plan);

 private:
  using Member = TileGroup::Member;

  // What a member reads: made by another one, or an input, as operand `position` of `reader`.
  struct Operand {
    int source;  // -1 for an input
    std::size_t reader;
    std::size_t position;
    std::size_t input = 0;
  };

  void find_operands();
  void absorb(std::size_t member);
  void find_inputs();
  std::size_t input_for(const Operand& operand);
  void find_outputs();
  void place_results();
  void add_steps();
  void choose_tile();
  TileInput described(const Member& member, std::size_t k) const;
  bool is_output(std::size_t member) const { return output_of_[member] >= 0; }
  bool written_late(std::size_t member) const;
  TileSlot take_slot();

  const TileGroup& group_;
  TileProgram program_;
  std::vector<StorageId> inputs_;
  std::vector<StorageId> outputs_;
  // Per member: its operands; the member that it does the work of as well, with the kernel for
  // both, and whether another one does its work; its last reader; its output; where its result is.
  std::vector<std::vector<Operand>> operands_;
  std::vector<std::string_view> inner_;
  std::vector<kernels::ElementwiseFn> pair_;
  std::vector<bool> absorbed_;
  std::vector<std::size_t> last_use_;
  std::vector<int> output_of_;
  std::vector<TileSlot> result_;
  std::size_t last_whole_read_ = 0;
  std::vector<TileSlot> free_;
};

}  // namespace pygraph::plan
