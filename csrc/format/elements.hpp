// Single elements of constants as text: "true", "-3", "0.1", "inf", "nan".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/dtype.hpp"

namespace pygraph::format {

// Whether the dtype's elements have a readable text; others are written as base64.
bool has_element_text(DType dtype);

// Floats are as short as reads back exactly. A NaN other than the usual quiet one is
// "nan(0x7ff0000000000001)", its bits.
std::string element_text(DType dtype, const std::byte* element);

// Reads what element_text writes into `element`; false if `text` is no element of the dtype.
bool parse_element(DType dtype, std::string_view text, std::byte* element);

std::string real_text(double value);
bool parse_real(std::string_view text, double& value);

// The whole of `text` as a decimal integer.
bool parse_integer(std::string_view text, std::int64_t& value);

}  // namespace pygraph::format
