// Runs tile programs.
#pragma once

#include "plan/tiles.hpp"

namespace pygraph::exec {

// `out` and `in`: the memory of the instruction's operands. Large ones share the work among
// threads.
void run_tiles(const plan::TileProgram& program, void* const* out, const void* const* in);

}  // namespace pygraph::exec
