// Which code of the table does what an op does.
#pragma once

#include <optional>

#include "plan/register_program.hpp"

namespace pygraph::plan {

// A test on two numbers of the dtype; the codes of the jumps on it follow the test's own.
std::optional<RegisterCode> find_test(ir::OpCode op, DType dtype);
enum TestVariant : std::uint16_t { kIf = 1, kUnless = 2, kLoopIf = 3 };
RegisterCode variant(RegisterCode test, TestVariant which);

// Any other value. `out` tells one cast from another.
std::optional<RegisterCode> find_value(ir::OpCode op, DType in, DType out);

// A move of elements of so many bytes: 1, 2, 4 or 8.
RegisterCode by_bytes(RegisterOperation move, std::size_t bytes);

// `a if a < b else b`, or with >.
RegisterCode choice(DType dtype, bool lesser);

}  // namespace pygraph::plan
