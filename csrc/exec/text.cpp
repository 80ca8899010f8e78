#include "exec/text.hpp"

#include <cstdio>

#include "base/dispatch.hpp"
#include "exec/number_text.hpp"
#include "ops/text.hpp"

namespace pygraph::exec {
namespace {

std::string number(const Tensor& tensor, std::size_t index, std::string_view spec = {}) {
  const std::byte* at = tensor.data() + index * itemsize(tensor.dtype());
  return dispatch(tensor.dtype(), [&](auto element) -> std::string {
    using Element = decltype(element);
    typename Element::Storage value;
    std::memcpy(&value, at, sizeof value);
    if constexpr (Element::kKind == DTypeKind::boolean) {
      if (spec.empty()) return value ? "True" : "False";
      return formatted_integer(value, spec);
    } else if constexpr (Element::kKind == DTypeKind::floating) {
      return formatted_real(static_cast<double>(value), spec);
    } else {
      return formatted_integer(value, spec);
    }
  });
}

// The elements as nested lists.
std::string elements(const Tensor& tensor, int axis, std::size_t& index) {
  if (axis == tensor.shape().rank()) return number(tensor, index++);
  std::string out = "[";
  for (std::int64_t i = 0; i < tensor.shape()[axis]; ++i) {
    if (i != 0) out += ", ";
    out += elements(tensor, axis + 1, index);
  }
  return out + "]";
}

std::string elements(const Tensor& tensor) {
  if (tensor.bytes() == 0) return "[]";  // as NumPy does; other dims may be huge
  std::size_t index = 0;
  return elements(tensor, 0, index);
}

std::string field(const ops::TextPiece& piece, const Tensor& tensor) {
  if (piece.conversion == 0 && tensor.shape().rank() == 0) return number(tensor, 0, piece.spec);
  std::string text = elements(tensor);
  if (piece.conversion == 'l')
    text = text.substr(1, text.size() - 2);
  else if (piece.conversion != 's')
    text = "Tensor(" + text + ", dtype=" + std::string(name(tensor.dtype())) + ")";
  return formatted_text(std::move(text), piece.spec);
}

}  // namespace

std::string text_of(std::string_view text, std::span<const Tensor> values) {
  std::string out;
  for (const ops::TextPiece& piece : ops::parse_text(text, values.size())) {
    out += piece.literal;
    if (piece.input != ops::TextPiece::kNone) out += field(piece, values[piece.input]);
  }
  return out;
}

void print_to_streams(const Printed& printed) {
  std::FILE* const stream = printed.to_error ? stderr : stdout;
  const std::string text = text_of(printed.text, printed.values);
  std::fwrite(text.data(), 1, text.size(), stream);
  if (printed.flush) std::fflush(stream);
}

}  // namespace pygraph::exec
