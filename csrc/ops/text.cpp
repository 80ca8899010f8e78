#include "ops/text.hpp"

#include <charconv>

#include "base/error.hpp"

namespace pygraph::ops {
namespace {

[[noreturn]] void refuse(std::string_view text) {
  throw Error(ErrorKind::format, "not a text with fields for the inputs: " + std::string(text));
}

// A width or a precision that no reader of the output wants; files may hold anything.
bool is_sensible(std::string_view spec) {
  constexpr int kMostDigits = 4;
  int digits = 0;
  for (const char c : spec) {
    digits = c >= '0' && c <= '9' ? digits + 1 : 0;
    if (digits > kMostDigits || c == '{') return false;
  }
  return true;
}

// Reads "0", "0!r", "0:.3f" or "0!r:>20" into a piece; false where it is none.
bool parse_field(std::string_view field, std::size_t inputs, TextPiece& piece) {
  const char* const end = field.data() + field.size();
  const auto [after, error] = std::from_chars(field.data(), end, piece.input);
  if (error != std::errc() || piece.input >= inputs) return false;
  std::string_view rest(after, static_cast<std::size_t>(end - after));
  if (rest.starts_with("!r") || rest.starts_with("!s") || rest.starts_with("!l")) {
    piece.conversion = rest[1];
    rest.remove_prefix(2);
  }
  if (rest.empty()) return true;
  piece.spec = rest.substr(1);
  return rest[0] == ':' && is_sensible(piece.spec);
}

}  // namespace

std::vector<TextPiece> parse_text(std::string_view text, std::size_t inputs) {
  std::vector<TextPiece> pieces(1);
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c != '{' && c != '}') {
      pieces.back().literal += c;
      continue;
    }
    if (at + 1 < text.size() && text[at + 1] == c) {
      pieces.back().literal += c;
      ++at;
      continue;
    }
    const std::size_t end = text.find('}', at);
    if (c == '}' || end == std::string_view::npos ||
        !parse_field(text.substr(at + 1, end - at - 1), inputs, pieces.back()))
      refuse(text);
    pieces.emplace_back();
    at = end;
  }
  return pieces;
}

}  // namespace pygraph::ops
