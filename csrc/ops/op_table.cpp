#include "ops/op_table.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>

#include "base/error.hpp"

namespace pygraph::ops {
namespace {

constexpr Arity kVariadic(int minimum) { return {minimum, true}; }
constexpr Arity arity(int count) { return {count, false}; }
constexpr Arity arity(Arity given) { return given; }

// Each list ends with an unused entry, since an array may not be empty.
#define A(name, kind) AttributeSpec{#name, AttributeKind::kind},
#define PYGRAPH_OP(name, inputs, operands, result, rule, family, effects, attributes) \
  constexpr AttributeSpec name##_attributes[] = {                                     \
      attributes AttributeSpec{"", AttributeKind::integer}};
#include "ops/ops.def"
#undef PYGRAPH_OP
#undef A

constexpr OpRow kRows[] = {
#define PYGRAPH_OP(name, inputs, operands, result, rule, family, effects, attributes) \
  OpRow{OpCode::name,                                                                 \
        #name,                                                                        \
        arity(inputs),                                                                \
        Operands::operands,                                                           \
        Result::result,                                                               \
        Rule::rule,                                                                   \
        Family::family,                                                               \
        Effects::effects,                                                             \
        std::span(name##_attributes).first(std::size(name##_attributes) - 1),         \
        Family::family == Family::control ? 2 : 0},
#include "ops/ops.def"
#undef PYGRAPH_OP
};

}  // namespace

std::span<const OpRow> op_table() { return kRows; }

const OpRow& row(OpCode op) { return kRows[static_cast<std::size_t>(op)]; }

const OpRow& pure_op(const OpRow& update) {
  switch (update.code) {
    case OpCode::assign_add: return row(OpCode::add);
    case OpCode::assign_subtract: return row(OpCode::subtract);
    case OpCode::assign_scatter: return row(OpCode::scatter);
    case OpCode::assign_slice: return row(OpCode::slice_update);
    default: throw Error(ErrorKind::internal, std::string(update.name) + " is no update");
  }
}

std::optional<OpCode> find_op(std::string_view name) {
  static const auto* index = [] {
    auto* map = new std::unordered_map<std::string_view, OpCode>;
    for (const OpRow& entry : kRows) map->emplace(entry.name, entry.code);
    return map;
  }();
  const auto found = index->find(name);
  if (found == index->end()) return std::nullopt;
  return found->second;
}

SliceRange slice_range(std::int64_t start, std::int64_t stop, std::int64_t step,
                       std::int64_t size) {
  const bool forward = step > 0;
  const std::int64_t lowest = forward ? 0 : -1;
  const std::int64_t highest = forward ? size : size - 1;
  const auto bound = [&](std::int64_t value, std::int64_t missing) {
    if (value == kNoBound) return missing;
    if (value < 0) value += size;
    return std::clamp(value, lowest, highest);
  };
  const std::int64_t first = bound(start, forward ? lowest : highest);
  const std::int64_t end = bound(stop, forward ? highest : lowest);
  const std::int64_t distance = forward ? end - first : first - end;
  if (distance <= 0) return {std::max<std::int64_t>(first, 0), 0};
  const std::uint64_t stride =
      forward ? static_cast<std::uint64_t>(step) : -static_cast<std::uint64_t>(step);
  return {first,
          static_cast<std::int64_t>((static_cast<std::uint64_t>(distance) - 1) / stride) + 1};
}

}  // namespace pygraph::ops
