// Between which bounds the whole numbers of a register program lie, and so which indices are always
// within their axis.
#pragma once

#include <cstdint>
#include <vector>

#include "plan/register_program.hpp"

namespace pygraph::plan {

// Per operation that reads or writes an element, or works out its position: whether every index it
// checks is known to be in [0, size).
std::vector<bool> find_safe_indices(const RegisterProgram& program);

}  // namespace pygraph::plan
