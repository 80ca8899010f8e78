// Numbers, and padded text, as Python writes them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pygraph::exec {

// repr(value)
std::string real_repr(double value);

// format(value, spec), for the format specs of numbers. A spec that Python would refuse gives the
// number without one.
std::string formatted_real(double value, std::string_view spec);
std::string formatted_integer(std::int64_t value, std::string_view spec);
// format(text, spec): the width and the alignment of it.
std::string formatted_text(std::string text, std::string_view spec);

}  // namespace pygraph::exec
