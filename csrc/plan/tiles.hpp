// Tile programs: several instructions over the same elements as one. The elements are walked in
// tiles that stay in the nearest cache; each step is one kernel call over the tile, and values that
// only later steps need never reach memory.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "ir/ir.hpp"
#include "kernels/signatures.hpp"

namespace pygraph::plan {

// A place that holds a value's part in the tile at hand: an operand of the instruction (its inputs
// first, then its outputs), or a block of the running thread's scratch memory.
using TileSlot = std::uint16_t;

struct TileStep {
  enum class Kind : std::uint8_t {
    elements,   // over the tile
    row_value,  // one element for the row at hand
    reduction   // of the row, or of the tile, to one element
  };
  Kind kind;
  TileSlot output;
  TileSlot inputs[3];  // one that the kernel does not have repeats the last
  union {
    kernels::ElementwiseFn elementwise;
    kernels::ReduceFn reduce;
  };
  std::int64_t steps[3];
  std::string_view inner;  // of the op whose work is done in the same walk, if any
  std::string_view name;   // of the op
};

// How an input lies under the elements.
struct TileInput {
  std::int64_t itemsize;
  std::int64_t offset;                // bytes, of the first element
  bool whole;                         // one element for each, in order
  bool along_columns;                 // advances from column to column
  std::vector<std::int64_t> strides;  // bytes, per outer dim, where it is not whole
  bool varies;                        // from row to row, where it is not whole
  bool is_part;                       // of what the operand holds
  TileSlot expanded = 0;              // narrow rows: the scratch slot it is expanded into, if any
};

struct TileOutput {
  enum class Kind : std::uint8_t { whole, row_value, reduced };
  Kind kind;
  std::int64_t itemsize;
  TileSlot source;                      // where the steps leave it: its own slot, or scratch
  kernels::ReduceFn combine = nullptr;  // of a reduced one: joins the results of the tiles
};

struct TileProgram {
  std::vector<TileStep> steps;
  std::vector<ir::LocationId> locations;  // of the operations that it is made of
  std::vector<TileInput> inputs;
  std::vector<TileOutput> outputs;
  std::vector<std::int64_t> outer;  // the dims around a row; none where the elements are one row
  std::int64_t rows = 1;
  std::int64_t columns = 0;
  std::int64_t tile = 0;           // columns of a tile; with narrow rows, rows
  bool narrow = false;             // a tile is several rows; inputs that are not whole are expanded
  std::int64_t scratch_slots = 0;  // they follow the operands' slots
  std::int64_t slot_bytes = 0;
  std::int64_t cost = 0;
  std::uint32_t in_place = 0;  // bit i: an output may be the memory of input i

  std::int64_t reduced = 0;  // how many outputs are

  std::int64_t parts = 1;  // the tiles of a row
  std::int64_t units = 1;  // all tiles: what threads share

  static constexpr std::size_t kMaxSlots = 256;
  static constexpr std::int64_t kScratchBytes = 128 << 10;
  // With reduced outputs: the results of more tiles, or of more outputs, have no place to wait.
  static constexpr std::int64_t kMaxReducedTiles = 4096;
  static constexpr std::int64_t kMaxReduced = 4;
};

}  // namespace pygraph::plan
