#include "exec/run_tiles.hpp"

#include <algorithm>
#include <cstring>

#include "base/buffer.hpp"
#include "ops/split.hpp"

namespace pygraph::exec {
namespace {

using plan::TileInput;
using plan::TileOutput;
using plan::TileProgram;
using plan::TileStep;

constexpr std::int64_t kSmallScratch = 2048;

// Where results of tiles wait for being joined, for each reduced output.
struct Partials {
  char* of[TileProgram::kMaxReduced];
};

// The work of one thread: consecutive tiles. A large frame costs a small program more than its
// steps do, so there are two sizes.
template <std::int64_t kScratchBytes>
class Worker {
 public:
  Worker(const TileProgram& program, void* const* out, const void* const* in,
         const Partials& partials)
      : program_(program), out_(out), in_(in), partials_(partials) {
    const std::size_t operands = program.inputs.size() + program.outputs.size();
    for (std::int64_t slot = 0; slot < program.scratch_slots; ++slot)
      at_[operands + static_cast<std::size_t>(slot)] = scratch_ + slot * program.slot_bytes;
  }

  void run(std::int64_t begin, std::int64_t end) {
    if (program_.narrow) {
      for (std::int64_t block = begin; block < end; ++block) run_rows(block, block == begin);
      return;
    }
    std::int64_t row = begin / program_.parts;
    std::int64_t start = begin % program_.parts * program_.tile;
    for (std::int64_t unit = begin; unit < end; ++unit) {
      run_part(unit, row, start, std::min(program_.tile, program_.columns - start));
      start += program_.tile;
      if (start < program_.columns) continue;
      start = 0;
      ++row;
    }
  }

 private:
  // `count` columns of one row, from `start` on.
  void run_part(std::int64_t unit, std::int64_t row, std::int64_t start, std::int64_t count) {
    const std::int64_t element = row * program_.columns + start;
    for (std::size_t i = 0; i < program_.inputs.size(); ++i) {
      const TileInput& input = program_.inputs[i];
      std::int64_t offset = element * input.itemsize;
      if (!input.whole)
        offset = row_offset(input, row) + (input.along_columns ? start * input.itemsize : 0);
      // Steps read their inputs and write their outputs: one table holds both.
      at_[i] = const_cast<char*>(static_cast<const char*>(in_[i])) + input.offset + offset;
    }
    place_outputs(unit, row, element);
    run_steps(count);
    copy_out(element, count);
  }

  // Several whole rows.
  void run_rows(std::int64_t block, bool first) {
    const std::int64_t row = block * program_.tile;
    const std::int64_t rows = std::min(program_.tile, program_.rows - row);
    const std::int64_t element = row * program_.columns;
    for (std::size_t i = 0; i < program_.inputs.size(); ++i) {
      const TileInput& input = program_.inputs[i];
      char* from = const_cast<char*>(static_cast<const char*>(in_[i])) + input.offset;
      if (input.expanded == 0) {
        at_[i] = from + (input.whole ? element * input.itemsize : 0);
        continue;
      }
      at_[i] = at_[input.expanded];
      if (first || input.varies) expand(input, from, row, rows, at_[i]);
    }
    place_outputs(block, row, element);
    run_steps(rows * program_.columns);
    copy_out(element, rows * program_.columns);
  }

  void expand(const TileInput& input, const char* from, std::int64_t row, std::int64_t rows,
              char* to) const {
    const std::int64_t row_bytes = program_.columns * input.itemsize;
    for (std::int64_t r = row; r < row + rows; ++r, to += row_bytes) {
      const char* source = from + row_offset(input, r);
      if (input.along_columns) {
        std::memcpy(to, source, static_cast<std::size_t>(row_bytes));
      } else {
        repeat(input.itemsize, to, source);
      }
    }
  }

  void repeat(std::int64_t itemsize, char* to, const char* from) const {
    switch (itemsize) {
      case 1: return fill<std::uint8_t>(to, from);
      case 2: return fill<std::uint16_t>(to, from);
      case 4: return fill<std::uint32_t>(to, from);
      case 8: return fill<std::uint64_t>(to, from);
      default: return fill<NumberSlot>(to, from);
    }
  }

  template <class T>
  void fill(char* to, const char* from) const {
    T value;
    std::memcpy(&value, from, sizeof value);
    std::fill_n(reinterpret_cast<T*>(to), program_.columns, value);
  }

  std::int64_t row_offset(const TileInput& input, std::int64_t row) const {
    std::int64_t offset = 0;
    for (std::size_t dim = program_.outer.size(); dim-- > 0;) {
      const std::int64_t index = dim == 0 ? row : row % program_.outer[dim];
      offset += index * input.strides[dim];
      if (dim != 0) row /= program_.outer[dim];
    }
    return offset;
  }

  void place_outputs(std::int64_t unit, std::int64_t row, std::int64_t element) {
    std::size_t reduced = 0;
    for (std::size_t i = 0; i < program_.outputs.size(); ++i) {
      const TileOutput& output = program_.outputs[i];
      char*& at = at_[program_.inputs.size() + i];
      char* base = static_cast<char*>(out_[i]);
      switch (output.kind) {
        case TileOutput::Kind::whole: at = base + element * output.itemsize; break;
        case TileOutput::Kind::row_value: at = base + row * output.itemsize; break;
        case TileOutput::Kind::reduced:
          at = partials_.of[reduced++] + unit * output.itemsize;
          break;
      }
    }
  }

  void run_steps(std::int64_t count) {
    for (const TileStep& step : program_.steps) {
      const void* const in[3] = {at_[step.inputs[0]], at_[step.inputs[1]], at_[step.inputs[2]]};
      switch (step.kind) {
        case TileStep::Kind::elements:
          step.elementwise(at_[step.output], in, step.steps, count);
          break;
        case TileStep::Kind::row_value:
          step.elementwise(at_[step.output], in, step.steps, 1);
          break;
        case TileStep::Kind::reduction:
          step.reduce(at_[step.output], in[0], count, 1, 1, false);
          break;
      }
    }
  }

  // What must not be written before all inputs are read.
  void copy_out(std::int64_t element, std::int64_t count) {
    for (std::size_t i = 0; i < program_.outputs.size(); ++i) {
      const TileOutput& output = program_.outputs[i];
      if (output.source == program_.inputs.size() + i) continue;
      std::memcpy(static_cast<char*>(out_[i]) + element * output.itemsize, at_[output.source],
                  static_cast<std::size_t>(count * output.itemsize));
    }
  }

  const TileProgram& program_;
  void* const* out_;
  const void* const* in_;
  const Partials& partials_;
  char* at_[TileProgram::kMaxSlots];
  alignas(kAlignment) char scratch_[kScratchBytes];
};

template <std::int64_t kScratchBytes>
void share_units(const TileProgram& program, void* const* out, const void* const* in,
                 const Partials& partials) {
  const bool is_short = program.cost < kGrainsWorthWaking * ops::kRangeCost;
  const auto cost = is_short ? ops::kAwakeRangeCost : ops::kRangeCost;
  parallel_for(
      program.units, ops::grain(program.cost / program.units, cost),
      [&](std::int64_t begin, std::int64_t end) {
        Worker<kScratchBytes>(program, out, in, partials).run(begin, end);
      },
      is_short ? Helpers::awake : Helpers::any);
}

void run_units(const TileProgram& program, void* const* out, const void* const* in,
               const Partials& partials) {
  const bool is_small = program.scratch_slots * program.slot_bytes <= kSmallScratch;
  if (is_small && program.units == 1) {
    Worker<kSmallScratch>(program, out, in, partials).run(0, 1);
    return;
  }
  if (is_small) {
    share_units<kSmallScratch>(program, out, in, partials);
  } else {
    share_units<TileProgram::kScratchBytes>(program, out, in, partials);
  }
}

// The results of the tiles are joined as those of the chunks of a single reduction are.
void run_reduced(const TileProgram& program, void* const* out, const void* const* in) {
  const std::int64_t tiles = program.units;
  alignas(kAlignment) char results[TileProgram::kMaxReduced]
                                  [TileProgram::kMaxReducedTiles * sizeof(std::int64_t)];
  Partials partials = {};
  std::size_t reduced = 0;
  for (std::size_t i = 0; i < program.outputs.size(); ++i) {
    if (program.outputs[i].kind != TileOutput::Kind::reduced) continue;
    partials.of[reduced] = tiles == 1 ? static_cast<char*>(out[i]) : results[reduced];
    ++reduced;
  }
  run_units(program, out, in, partials);
  if (tiles == 1) return;
  reduced = 0;
  for (std::size_t i = 0; i < program.outputs.size(); ++i) {
    if (program.outputs[i].kind != TileOutput::Kind::reduced) continue;
    program.outputs[i].combine(out[i], results[reduced++], tiles, 1, 1, false);
  }
}

}  // namespace

void run_tiles(const TileProgram& program, void* const* out, const void* const* in) {
  if (program.reduced > 0) {
    run_reduced(program, out, in);
  } else {
    run_units(program, out, in, {});
  }
}

}  // namespace pygraph::exec
