// How names and texts are spelled in the text form: bare where they are plain words, else in double
// quotes.
#pragma once

#include <string>
#include <string_view>

namespace pygraph::format {

// A letter or underscore, then letters, digits, underscores and dots; beyond ASCII everything
// counts as a letter.
bool starts_identifier(char character);
bool continues_identifier(char character);
bool is_identifier(std::string_view text);

// A character that file and function names of locations may have without quotes.
bool is_place_character(char character);

// In double quotes; quotes, backslashes and control characters are escaped: \" \\ \n \t \r \u{1f}.
std::string quoted(std::string_view text);
std::string identifier_or_quoted(std::string_view text);
std::string place_or_quoted(std::string_view text);

}  // namespace pygraph::format
