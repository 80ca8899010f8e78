#include "format/quote.hpp"

#include <algorithm>

namespace pygraph::format {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

bool starts_identifier(char character) { return is_letter(character); }

bool continues_identifier(char character) {
  return is_letter(character) || is_digit(character) || character == '.';
}

bool is_identifier(std::string_view text) {
  return !text.empty() && starts_identifier(text.front()) &&
         std::all_of(text.begin(), text.end(), continues_identifier);
}

bool is_place_character(char character) {
  return is_letter(character) || is_digit(character) ||
         std::string_view("./+-~@<>=,()$%&!*").find(character) != std::string_view::npos;
}

std::string quoted(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (byte < 0x20 || byte == 0x7F) {
      out += "\\u{";
      if (byte >= 0x10) out += kHex[byte >> 4];
      out += kHex[byte & 0xFu];
      out += '}';
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string identifier_or_quoted(std::string_view text) {
  return is_identifier(text) ? std::string(text) : quoted(text);
}

std::string place_or_quoted(std::string_view text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), is_place_character);
  return plain ? std::string(text) : quoted(text);
}

}  // namespace pygraph::format
