#include "format/location_text.hpp"

#include <charconv>

#include "base/error.hpp"
#include "format/quote.hpp"
#include "format/wire.hpp"

namespace pygraph::format {
namespace {

// The characters of one location token.
class Characters {
 public:
  Characters(const Lexer& lexer, std::string_view text) : lexer_(lexer), rest_(text) {}

  bool done() const { return rest_.empty(); }

  void skip_blanks() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\t' || rest_[0] == '\r'))
      rest_.remove_prefix(1);
  }

  void expect(std::string_view word, const char* what) {
    if (!rest_.starts_with(word)) fail(what);
    rest_.remove_prefix(word.size());
  }

  // A plain word or a text in quotes.
  std::string place(const char* what) {
    std::size_t length = 0;
    if (rest_.starts_with('"')) {
      const std::size_t begin = lexer_.offset_of(rest_);
      length = lexer_.end_of_string(begin) - begin;
    } else {
      while (length < rest_.size() && is_place_character(rest_[length])) ++length;
    }
    if (length == 0) fail(what);
    const std::string_view word = rest_.substr(0, length);
    rest_.remove_prefix(length);
    std::string text = word[0] == '"' ? lexer_.unquoted(word) : std::string(word);
    if (text.size() > kMaxStringBytes)
      lexer_.fail(word, "a name is longer than " + std::to_string(kMaxStringBytes) + " bytes");
    return text;
  }

  std::uint32_t line() {
    std::uint32_t value = 0;
    const auto result = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (result.ec != std::errc() || value > kMaxLine) fail("a line number below 2**31");
    rest_.remove_prefix(static_cast<std::size_t>(result.ptr - rest_.data()));
    return value;
  }

  [[noreturn]] void fail(const char* what) const {
    lexer_.fail(rest_, "expected " + std::string(what) + " of a location");
  }

 private:
  const Lexer& lexer_;
  std::string_view rest_;
};

}  // namespace

ir::LocationId LocationReader::add(const Lexer& lexer, const Token& token) {
  std::vector<ir::Location> chain;
  Characters characters(lexer, token.text);
  characters.expect("#", "the '#'");
  do {
    if (chain.size() == static_cast<std::size_t>(kMaxInlining)) {
      lexer.fail(token.text, "a location has more than " + std::to_string(kMaxInlining) + " parts");
    }
    if (!chain.empty()) characters.expect("<", "the '<'");
    ir::Location location;
    characters.skip_blanks();
    location.file = characters.place("the file");
    characters.expect(":", "the ':'");
    location.line = characters.line();
    characters.skip_blanks();
    characters.expect("in ", "the 'in'");
    characters.skip_blanks();
    location.function = characters.place("the function");
    characters.skip_blanks();
    chain.push_back(std::move(location));
  } while (!characters.done());
  ir::LocationId id = kNoLocation;
  for (; !chain.empty(); chain.pop_back())
    id = table_.add(chain.back().file, chain.back().function, chain.back().line, id);
  return id;
}

std::vector<ir::Location> LocationReader::take(const Lexer& lexer) {
  std::vector<ir::Location> locations = table_.take();
  std::size_t bytes = 0;
  for (ir::Location& location : locations) {
    if (const auto found = files_.find(location.file); found != files_.end())
      location.file = found->second;
    bytes += location.file.size() + location.function.size();
    // A short text may give a long name to many locations.
    if (bytes > kMaxNameBytes)
      lexer.fail(lexer.peek().text, "the names of the locations take more than " +
                                        std::to_string(kMaxNameBytes) + " bytes");
  }
  return locations;
}

}  // namespace pygraph::format
