#include "format/checks.hpp"

#include <algorithm>
#include <utility>

#include "format/quote.hpp"
#include "ops/verify.hpp"

namespace pygraph::format {
namespace {

// The length of the UTF-8 sequence at the start of `text`, 0 if it is malformed. Overlong forms and
// surrogates are.
std::size_t sequence_length(std::string_view text) {
  const auto byte = [&](std::size_t i) {
    return i < text.size() ? static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])) : 0u;
  };
  const auto continues = [&](std::size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
  const std::uint32_t lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    if (!continues(1) || !continues(2)) return 0;
    const std::uint32_t code = (lead & 0xFu) << 12 | (byte(1) & 0x3Fu) << 6 | (byte(2) & 0x3Fu);
    return code >= 0x800 && (code < 0xD800 || code > 0xDFFF) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    if (!continues(1) || !continues(2) || !continues(3)) return 0;
    const std::uint32_t code =
        (lead & 0x7u) << 18 | (byte(1) & 0x3Fu) << 12 | (byte(2) & 0x3Fu) << 6 | (byte(3) & 0x3Fu);
    return code >= 0x10000 && code <= 0x10FFFF ? 4 : 0;
  }
  return 0;
}

}  // namespace

bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

std::string shown(std::string_view text) {
  constexpr std::size_t kLongest = 80;
  if (text.size() <= kLongest) return quoted(text);
  std::size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
  return quoted(text.substr(0, end)) + "...";
}

void AttributeCollector::start(const ops::OpRow& row) {
  row_ = &row;
  values_.clear();
  for (const ops::AttributeSpec& spec : row.attributes)
    values_.push_back(ops::default_attribute(spec.kind));
  given_.assign(row.attributes.size(), false);
}

std::string AttributeCollector::find(std::string_view name, const ops::AttributeSpec** spec) {
  *spec = nullptr;
  for (std::size_t i = 0; i < row_->attributes.size(); ++i) {
    if (row_->attributes[i].name != name) continue;
    if (given_[i]) return "attribute " + shown(name) + " is given twice";
    *spec = &row_->attributes[i];
    return {};
  }
  return std::string(row_->name) + " has no attribute " + shown(name);
}

void AttributeCollector::set(const ops::AttributeSpec& spec, ir::Attribute value) {
  const auto i = static_cast<std::size_t>(&spec - row_->attributes.data());
  values_[i] = std::move(value);
  given_[i] = true;
}

std::string AttributeCollector::finish() const {
  for (std::size_t i = 0; i < given_.size(); ++i) {
    if (!given_[i] && !row_->attributes[i].optional)
      return "attribute " + shown(row_->attributes[i].name) + " is missing";
  }
  return {};
}

std::string_view kind_name(ops::AttributeKind kind) {
  switch (kind) {
    case ops::AttributeKind::integer: return "integer";
    case ops::AttributeKind::real: return "real";
    case ops::AttributeKind::boolean: return "boolean";
    case ops::AttributeKind::dtype: return "dtype";
    case ops::AttributeKind::ints: return "ints";
    case ops::AttributeKind::string: return "string";
    case ops::AttributeKind::constant: return "constant";
    case ops::AttributeKind::function: return "function";
  }
  return "unknown";
}

std::string constant_fault(const Tensor& constant) {
  if (!info(constant.dtype()).supported)
    return std::string(name(constant.dtype())) + " is not supported yet";
  if (!is_bool(constant.dtype())) return {};
  const std::span<const std::byte> bytes(constant.data(), constant.bytes());
  const bool clean =
      std::all_of(bytes.begin(), bytes.end(), [](std::byte byte) { return byte <= std::byte{1}; });
  return clean ? std::string() : "an element of a bool is neither 0 nor 1";
}

void count_symbols_and_verify(ir::Module& module) {
  std::int64_t count = 0;
  for (const ir::Function& function : module.functions) {
    for (std::uint32_t i = 0; i < function.parameter_count(); ++i) {
      for (const std::int64_t dim : function.types[i].shape) {
        if (is_unknown(dim)) count = std::max(count, symbol_of(dim) + 1);
      }
    }
  }
  module.symbol_count = count;
  ops::verify(module);
}

bool agrees(const ir::Type& declared, const ir::Type& inferred) {
  return declared.kind == inferred.kind && declared.dtype == inferred.dtype &&
         std::equal(declared.shape.begin(), declared.shape.end(), inferred.shape.begin(),
                    inferred.shape.end(),
                    [](std::int64_t a, std::int64_t b) { return is_unknown(a) || a == b; });
}

}  // namespace pygraph::format
