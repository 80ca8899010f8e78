#include "format/elements.hpp"

#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#include "base/dispatch.hpp"

namespace pygraph::format {
namespace {

template <class T>
using Bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;

template <class T>
std::string number_text(T value, int base = 10) {
  char buffer[32];
  const auto result = std::to_chars(buffer, buffer + sizeof buffer, value, base);
  return std::string(buffer, result.ptr);
}

template <class T>
std::string float_text(T value) {
  if (std::isnan(value)) {
    const auto bits = std::bit_cast<Bits<T>>(value);
    const bool usual = bits == std::bit_cast<Bits<T>>(std::numeric_limits<T>::quiet_NaN());
    return usual ? "nan" : "nan(0x" + number_text(bits, 16) + ")";
  }
  char buffer[32];
  const auto result = std::to_chars(buffer, buffer + sizeof buffer, value);
  std::string text(buffer, result.ptr);
  // 1.0 stays recognisable as a float.
  if (std::isfinite(value) && text.find_first_of(".e") == std::string::npos) text += ".0";
  return text;
}

template <class T>
bool parse_whole(std::string_view text, T& value) {
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  return result.ec == std::errc() && result.ptr == text.data() + text.size();
}

template <class T>
bool parse_float(std::string_view text, T& value) {
  constexpr std::string_view kBitsPrefix = "nan(0x";
  if (text == "nan") {
    value = std::numeric_limits<T>::quiet_NaN();
    return true;
  }
  if (text.starts_with(kBitsPrefix) && text.ends_with(')')) {
    text.remove_prefix(kBitsPrefix.size());
    text.remove_suffix(1);
    Bits<T> bits = 0;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), bits, 16);
    if (result.ec != std::errc() || result.ptr != text.data() + text.size()) return false;
    value = std::bit_cast<T>(bits);
    return std::isnan(value);
  }
  // from_chars would also read other spellings of infinity and NaN.
  const bool infinite = text == "inf" || text == "-inf";
  const bool digits = text.find_first_not_of("+-.0123456789e") == std::string_view::npos;
  return (infinite || digits) && parse_whole(text, value);
}

// Reads `text` with `parse` and keeps what it gave.
template <class T>
bool parse_into(bool (*parse)(std::string_view, T&), std::string_view text, std::byte* element) {
  T value{};
  if (!parse(text, value)) return false;
  std::memcpy(element, &value, sizeof value);
  return true;
}

bool parse_bool(std::string_view text, bool& value) {
  value = text == "true";
  return value || text == "false";
}

}  // namespace

bool has_element_text(DType dtype) { return info(dtype).supported; }

std::string element_text(DType dtype, const std::byte* at) {
  return dispatch(dtype, [&](auto element) -> std::string {
    using Element = decltype(element);
    typename Element::Storage value;
    std::memcpy(&value, at, sizeof value);
    if constexpr (Element::kKind == DTypeKind::boolean)
      return value ? "true" : "false";
    else if constexpr (Element::kKind == DTypeKind::floating)
      return float_text(value);
    else
      return number_text(value);
  });
}

bool parse_element(DType dtype, std::string_view text, std::byte* at) {
  return dispatch(dtype, [&](auto element) {
    using Element = decltype(element);
    using T = typename Element::Storage;
    if constexpr (Element::kKind == DTypeKind::boolean)
      return parse_into<T>(parse_bool, text, at);
    else if constexpr (Element::kKind == DTypeKind::floating)
      return parse_into<T>(parse_float, text, at);
    else
      return parse_into<T>(parse_whole, text, at);
  });
}

std::string real_text(double value) { return float_text(value); }
bool parse_real(std::string_view text, double& value) { return parse_float(text, value); }
bool parse_integer(std::string_view text, std::int64_t& value) { return parse_whole(text, value); }

}  // namespace pygraph::format
