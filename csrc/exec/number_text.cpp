#include "exec/number_text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <optional>

namespace pygraph::exec {
namespace {

// [[fill]align][sign][#][0][width][grouping][.precision][type]
struct Spec {
  char fill = ' ';
  char align = 0;
  char sign = '-';
  bool alternate = false;
  int width = 0;
  char grouping = 0;
  int precision = -1;
  char type = 0;
};

bool is_align(char c) { return c == '<' || c == '>' || c == '=' || c == '^'; }

int take_number(std::string_view& rest, int otherwise) {
  int number = otherwise;
  const auto result = std::from_chars(rest.data(), rest.data() + rest.size(), number);
  rest.remove_prefix(static_cast<std::size_t>(result.ptr - rest.data()));
  return number;
}

bool take(std::string_view& rest, std::string_view any, char& into) {
  if (rest.empty() || any.find(rest[0]) == std::string_view::npos) return false;
  into = rest[0];
  rest.remove_prefix(1);
  return true;
}

std::optional<Spec> parse(std::string_view rest) {
  Spec spec;
  char ignored = 0;
  if (rest.size() >= 2 && is_align(rest[1])) {
    spec.fill = rest[0];
    spec.align = rest[1];
    rest.remove_prefix(2);
  } else {
    take(rest, "<>=^", spec.align);
  }
  take(rest, "+- ", spec.sign);
  spec.alternate = take(rest, "#", ignored);
  if (take(rest, "0", ignored) && spec.align == 0) {
    spec.fill = '0';
    spec.align = '=';
  }
  spec.width = take_number(rest, 0);
  take(rest, ",_", spec.grouping);
  if (take(rest, ".", ignored)) spec.precision = take_number(rest, -1);
  take(rest, "bcdeEfFgGnoxX%", spec.type);
  return rest.empty() ? std::optional(spec) : std::nullopt;
}

// Digits with a separator after every third one, counted from the point.
std::string grouped(const std::string& text, char separator) {
  const std::size_t whole = std::min(text.find_first_not_of("0123456789"), text.size());
  std::string out;
  for (std::size_t i = 0; i < whole; ++i) {
    if (i != 0 && (whole - i) % 3 == 0) out += separator;
    out += text[i];
  }
  return out + text.substr(whole);
}

std::size_t missing_width(const Spec& spec, std::size_t length) {
  const auto width = static_cast<std::size_t>(spec.width);
  return width > length ? width - length : 0;
}

std::string padded(const Spec& spec, const std::string& text, char usual) {
  const char align = spec.align == 0 ? usual : spec.align;
  const std::size_t missing = missing_width(spec, text.size());
  const std::size_t before = align == '<' ? 0 : align == '^' ? missing / 2 : missing;
  return std::string(before, spec.fill) + text + std::string(missing - before, spec.fill);
}

// The sign, the prefix, the fill and the digits in the order that the alignment asks for.
std::string laid_out(const Spec& spec, bool negative, const std::string& prefix,
                     std::string digits) {
  if (spec.grouping != 0) digits = grouped(digits, spec.grouping);
  std::string head = negative ? "-" : spec.sign == '-' ? "" : std::string(1, spec.sign);
  head += prefix;
  const std::size_t missing = missing_width(spec, head.size() + digits.size());
  if (spec.align == '=') return head + std::string(missing, spec.fill) + digits;
  return padded(spec, head + digits, '>');
}

std::string printed(const Spec& spec, char type, int precision, double value) {
  const char pattern[] = {'%', spec.alternate ? '#' : '0', '.', '*', type, 0};
  const int length = std::snprintf(nullptr, 0, pattern, precision, value);
  std::string text(static_cast<std::size_t>(length) + 1, '\0');
  std::snprintf(text.data(), text.size(), pattern, precision, value);
  text.pop_back();
  return text;
}

std::string real_digits(const Spec& spec, double value) {
  const int precision = spec.precision < 0 ? 6 : spec.precision;
  switch (spec.type) {
    case 0: {
      if (spec.precision < 0) return real_repr(value);
      std::string text = printed(spec, 'g', precision, value);
      const bool whole = std::isfinite(value) && text.find_first_of(".e") == std::string::npos;
      return whole ? text + ".0" : text;
    }
    case '%': return printed(spec, 'f', precision, value * 100) + "%";
    case 'n': return printed(spec, 'g', precision, value);
    default: return printed(spec, spec.type, precision, value);
  }
}

}  // namespace

std::string real_repr(double value) {
  if (!std::isfinite(value)) return std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf";
  const double size = std::fabs(value);
  const bool plain = size == 0 || (size >= 1e-4 && size < 1e16);
  char buffer[64];
  const auto result =
      std::to_chars(buffer, buffer + sizeof buffer, value,
                    plain ? std::chars_format::fixed : std::chars_format::scientific);
  std::string text(buffer, result.ptr);
  if (plain && text.find('.') == std::string::npos) text += ".0";
  return text;
}

std::string formatted_real(double value, std::string_view spec) {
  const auto parsed = parse(spec);
  const bool of_integers =
      parsed && std::string_view("bcdoxX").find(parsed->type) != std::string_view::npos;
  if (!parsed || (of_integers && parsed->type != 0)) return real_repr(value);
  const bool negative = std::signbit(value) && !std::isnan(value);
  return laid_out(*parsed, negative, "", real_digits(*parsed, std::fabs(value)));
}

std::string formatted_integer(std::int64_t value, std::string_view spec) {
  const auto parsed = parse(spec);
  if (!parsed) return std::to_string(value);
  if (parsed->type != 0 && std::string_view("eEfFgG%").find(parsed->type) != std::string_view::npos)
    return formatted_real(static_cast<double>(value), spec);
  const bool negative = value < 0;
  const std::uint64_t size =
      negative ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  const char type = parsed->type;
  const int base = type == 'b' ? 2 : type == 'o' ? 8 : type == 'x' || type == 'X' ? 16 : 10;
  char buffer[66];
  const auto result = std::to_chars(buffer, buffer + sizeof buffer, size, base);
  std::string digits(buffer, result.ptr);
  if (type == 'X') {
    for (char& c : digits) c = c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  const std::string prefix = parsed->alternate && base != 10 ? std::string("0") + type : "";
  return laid_out(*parsed, negative, prefix, std::move(digits));
}

std::string formatted_text(std::string text, std::string_view spec) {
  const auto parsed = parse(spec);
  return parsed ? padded(*parsed, text, '<') : text;
}

}  // namespace pygraph::exec
