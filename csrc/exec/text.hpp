// The text of tensors, for hosts that have none of their own: numbers as Python writes them.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/tensor.hpp"
#include "exec/host.hpp"

namespace pygraph::exec {

// A format string (ops/text.hpp) with the values put in. Of an array the numbers are Python's,
// their layout is plain: "Tensor([1.0, 2.0], dtype=float64)".
std::string text_of(std::string_view text, std::span<const Tensor> values);

// Writes to C's standard output or standard error.
void print_to_streams(const Printed& printed);

}  // namespace pygraph::exec
