#include "format/lexer.hpp"

#include <algorithm>
#include <charconv>

#include "base/error.hpp"
#include "format/checks.hpp"
#include "format/quote.hpp"

namespace pygraph::format {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_word(char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&](std::uint32_t byte) {
    out += static_cast<char>(static_cast<unsigned char>(byte));
  };
  if (code < 0x80) {
    put(code);
  } else if (code < 0x800) {
    put(0xC0 | code >> 6);
    put(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    put(0xE0 | code >> 12);
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  } else {
    put(0xF0 | code >> 18);
    put(0x80 | (code >> 12 & 0x3F));
    put(0x80 | (code >> 6 & 0x3F));
    put(0x80 | (code & 0x3F));
  }
}

// The character of "u{1f}" at the start of `text`, and how long that is; 0 if it is none.
std::size_t parse_code_point(std::string_view text, std::uint32_t* code) {
  const std::size_t close = text.find('}');
  if (!text.starts_with("u{") || close == std::string_view::npos) return 0;
  const auto result = std::from_chars(text.data() + 2, text.data() + close, *code, 16);
  const bool scalar = *code <= 0x10FFFF && (*code < 0xD800 || *code > 0xDFFF);
  return result.ec == std::errc() && result.ptr == text.data() + close && scalar ? close + 1 : 0;
}

}  // namespace

void Lexer::fail(std::string_view where, const std::string& what) const {
  const std::string_view before = text_.substr(0, offset_of(where));
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::string_view in_line = before.substr(before.rfind('\n') + 1);
  const auto column = 1 + std::count_if(in_line.begin(), in_line.end(), [](char c) {
                        return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
                      });
  throw Error(ErrorKind::format, std::to_string(line) + ":" + std::to_string(column) + ": " + what);
}

void Lexer::fail_expected(const Token& found, const std::string& what) const {
  const std::string found_text =
      found.kind == Token::Kind::end ? "the end of the text" : shown(found.text);
  fail(found.text, "expected " + what + ", found " + found_text);
}

void Lexer::expect(char punctuation) {
  if (!accept(punctuation)) fail_expected(token_, "'" + std::string(1, punctuation) + "'");
}

bool Lexer::accept(char punctuation) {
  if (!token_.is(punctuation)) return false;
  advance();
  return true;
}

std::string Lexer::unquoted(std::string_view quoted) const {
  std::string out;
  const std::string_view inner = quoted.substr(1, quoted.size() - 2);
  for (std::size_t i = 0; i < inner.size(); ++i) {
    if (inner[i] != '\\') {
      out += inner[i];
      continue;
    }
    const char escaped =
        inner[++i];  // the lexer has seen that a backslash is not the last character
    std::uint32_t code = 0;
    if (escaped == '"' || escaped == '\\') {
      out += escaped;
    } else if (escaped == 'n') {
      out += '\n';
    } else if (escaped == 't') {
      out += '\t';
    } else if (escaped == 'r') {
      out += '\r';
    } else if (const std::size_t length = parse_code_point(inner.substr(i), &code); length > 0) {
      append_utf8(out, code);
      i += length - 1;
    } else {
      fail(inner.substr(i - 1), "expected one of the escapes \\\" \\\\ \\n \\t \\r \\u{...}");
    }
  }
  return out;
}

std::size_t Lexer::end_of_string(std::size_t begin) const {
  for (std::size_t i = begin + 1; i < text_.size() && text_[i] != '\n'; ++i) {
    if (text_[i] == '"') return i + 1;
    if (text_[i] == '\\' && at(i + 1) != '\n') ++i;
  }
  fail(text_.substr(begin), "expected a closing quote in this line");
}

// Skips blanks and comments; whether a line began among them.
bool Lexer::skip_blanks() {
  bool new_line = at_ == 0;
  while (at_ < text_.size()) {
    const char c = text_[at_];
    if (c == '/' && at(at_ + 1) == '/') {
      at_ = std::min(text_.find('\n', at_), text_.size());
    } else if (c == ' ' || c == '\t' || c == '\r' || c == '\n') {
      new_line = new_line || c == '\n';
      ++at_;
    } else {
      break;
    }
  }
  return new_line;
}

void Lexer::advance() {
  const bool new_line = skip_blanks();
  const std::size_t begin = at_;
  Token::Kind kind = Token::Kind::end;
  if (begin < text_.size()) at_ = end_of_token(begin, &kind);
  token_ = {kind, text_.substr(begin, at_ - begin), new_line};
}

std::size_t Lexer::end_of_token(std::size_t begin, Token::Kind* kind) const {
  const char c = text_[begin];
  const char following = at(begin + 1);
  std::size_t end = begin + 1;
  if (starts_identifier(c)) {
    *kind = Token::Kind::identifier;
    while (end < text_.size() && continues_identifier(text_[end])) ++end;
  } else if (c == '"') {
    *kind = Token::Kind::string;
    end = end_of_string(begin);
  } else if (c == '-' && following == '>') {
    *kind = Token::Kind::arrow;
    ++end;
  } else if (is_digit(c) || (c == '-' && is_word(following))) {
    *kind = Token::Kind::number;
    end = end_of_number(begin);
  } else if ((c == '%' || c == '@' || c == '?') && is_digit(following)) {
    *kind = c == '%'   ? Token::Kind::value
            : c == '@' ? Token::Kind::constant
                       : Token::Kind::unknown_dim;
    while (is_digit(at(end))) ++end;
  } else if (c == '#') {
    *kind = Token::Kind::location;
    end = std::min(text_.find('\n', begin), text_.size());
  } else {
    *kind = Token::Kind::punctuation;
  }
  return end;
}

std::size_t Lexer::end_of_number(std::size_t begin) const {
  std::size_t end = begin + 1;
  for (; end < text_.size(); ++end) {
    const char c = text_[end];
    const bool exponent_sign = (c == '+' || c == '-') && text_[end - 1] == 'e';
    if (!is_word(c) && c != '.' && !exponent_sign) break;
  }
  return end;
}

}  // namespace pygraph::format
