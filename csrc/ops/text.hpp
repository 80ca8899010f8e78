// The texts of `print` and `raise`: Python's format strings over tensors. "{0}" is the tensor as
// format() gives it (of a scalar its number), "{0:.3f}" the same with a format spec, "{0!r}" its
// repr(), "{0!s}" its elements alone, "{0!l}" the items of a list that it holds, without brackets;
// "{0!r:>20}" is such a text with a format spec; "{{" and "}}" are braces.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pygraph::ops {

// Literal text, then (unless `input` is kNone) the text of an input.
struct TextPiece {
  static constexpr std::size_t kNone = SIZE_MAX;

  std::string literal;
  std::size_t input = kNone;
  char conversion = 0;  // 'r', 's', 'l' or none
  std::string spec;
};

// Throws `format` where the text is no format string over so many inputs.
std::vector<TextPiece> parse_text(std::string_view text, std::size_t inputs);

}  // namespace pygraph::ops
