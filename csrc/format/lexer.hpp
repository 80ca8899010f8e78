// The words of the text form, one ahead of the parser, and where they stand.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace pygraph::format {

struct Token {
  enum class Kind : std::uint8_t {
    end,
    identifier,
    number,       // digits and what may be among them; checked by whoever wants a number
    string,       // with its quotes
    value,        // %3
    constant,     // @3
    unknown_dim,  // ?3
    arrow,        // ->
    location,     // from # to the end of the line
    punctuation   // one character
  };
  Kind kind = Kind::end;
  std::string_view text;
  bool starts_line = true;

  bool is(char punctuation) const { return kind == Kind::punctuation && text[0] == punctuation; }
  bool is(std::string_view word) const { return kind == Kind::identifier && text == word; }
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) { advance(); }

  const Token& peek() const { return token_; }
  Token next() {
    const Token token = token_;
    advance();
    return token;
  }

  // Throws "12:7: <what>", the line and the column of `at`, a part of the text.
  [[noreturn]] void fail(std::string_view at, const std::string& what) const;
  // "expected <what>, found <the token>"
  [[noreturn]] void fail_expected(const Token& found, const std::string& what) const;

  void expect(char punctuation);
  bool accept(char punctuation);

  // What a quoted string stands for.
  std::string unquoted(std::string_view quoted) const;
  // The end of the quoted string that starts at `begin` (with its quote); fails if the line ends
  // first.
  std::size_t end_of_string(std::size_t begin) const;

  std::string_view text() const { return text_; }
  std::size_t offset_of(std::string_view part) const {
    return static_cast<std::size_t>(part.data() - text_.data());
  }

 private:
  void advance();
  bool skip_blanks();
  std::size_t end_of_token(std::size_t begin, Token::Kind* kind) const;
  std::size_t end_of_number(std::size_t begin) const;
  char at(std::size_t i) const { return i < text_.size() ? text_[i] : '\0'; }

  std::string_view text_;
  std::size_t at_ = 0;
  Token token_;
};

}  // namespace pygraph::format
