// Reads the locations of the text form: "# a.py:3 in f < b.py:7 in g".
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "format/canonical.hpp"
#include "format/lexer.hpp"

namespace pygraph::format {

class LocationReader {
 public:
  // The id of the location that a token of kind `location` spells.
  ir::LocationId add(const Lexer& lexer, const Token& token);

  // The full name of a file that locations give a short name; false if it has one already.
  bool add_file(std::string short_name, std::string file) {
    return files_.try_emplace(std::move(short_name), std::move(file)).second;
  }

  // The table, with full file names.
  std::vector<ir::Location> take(const Lexer& lexer);

 private:
  LocationTable table_;
  std::unordered_map<std::string, std::string> files_;
};

}  // namespace pygraph::format
