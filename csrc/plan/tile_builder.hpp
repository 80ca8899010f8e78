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

  void find_inputs();
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
  // Per member: the slot of each operand, as long as that is an input (else the member that makes
  // it, in `sources_`); its last reader; its output; where its result is.
  std::vector<std::vector<int>> input_of_;
  std::vector<std::vector<int>> sources_;
  std::vector<std::size_t> last_use_;
  std::vector<int> output_of_;
  std::vector<TileSlot> result_;
  std::size_t last_whole_read_ = 0;
  std::vector<TileSlot> free_;
};

}  // namespace pygraph::plan
