#include "ops/op_table.hpp"

#include <algorithm>
#include <unordered_map>

#include "ops/row_functions.hpp"

namespace pygraph::ops {
namespace {

constexpr Arity kVariadic(int minimum) { return {minimum, true}; }
constexpr Arity arity(int count) { return {count, false}; }
constexpr Arity arity(Arity given) { return given; }

// Each list ends with an unused entry, since an array may not be empty.
#define A(name, kind) AttributeSpec{#name, AttributeKind::kind},
#define O(name, kind) AttributeSpec{#name, AttributeKind::kind, true},
#define PYGRAPH_OP(name, inputs, operands, result, rule, kernel, effects, attributes, ...) \
  constexpr AttributeSpec name##_attributes[] = {                                          \
      attributes AttributeSpec{"", AttributeKind::integer}};
#include "ops/ops.def"
#undef PYGRAPH_OP
#undef A
#undef O

constexpr auto pure = Effects::pure;
constexpr auto may_fail = Effects::may_fail;
constexpr auto reads = Effects::reads;
constexpr auto writes = Effects::writes;
constexpr auto prints = Effects::prints;
constexpr auto nested = Effects::nested;

constexpr int subgraphs(OpCode code) {
  return code == OpCode::cond || code == OpCode::while_loop ? 2 : 0;
}

constexpr OpRow kRows[] = {
#define PYGRAPH_OP(name, inputs, operands, result, rule, kernel, effects, attributes, ...) \
  OpRow{Traits{__VA_ARGS__},                                                               \
        OpCode::name,                                                                      \
        #name,                                                                             \
        arity(inputs),                                                                     \
        Operands::operands,                                                                \
        Result::result,                                                                    \
        infer_##rule,                                                                      \
        prepare_##kernel,                                                                  \
        effects,                                                                           \
        std::span(name##_attributes).first(std::size(name##_attributes) - 1),              \
        subgraphs(OpCode::name)},
#include "ops/ops.def"
#undef PYGRAPH_OP
};

}  // namespace

std::span<const OpRow> op_table() { return kRows; }

const OpRow& row(OpCode op) { return kRows[static_cast<std::size_t>(op)]; }

ir::Attribute default_attribute(AttributeKind kind) {
  switch (kind) {
    case AttributeKind::integer:
    case AttributeKind::constant:
    case AttributeKind::function: break;
    case AttributeKind::real: return 0.0;
    case AttributeKind::boolean: return false;
    case AttributeKind::dtype: return DType::bool_;
    case AttributeKind::ints: return std::vector<std::int64_t>();
    case AttributeKind::string: return std::string();
  }
  return std::int64_t{0};
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

std::optional<kernels::ScatterMode> scatter_mode(std::string_view name) {
  using kernels::ScatterMode;
  constexpr std::pair<std::string_view, ScatterMode> kModes[] = {
      {"", ScatterMode::set},
      {"add", ScatterMode::add},
      {"multiply", ScatterMode::multiply},
      {"min", ScatterMode::min},
      {"max", ScatterMode::max}};
  for (const auto& [known, mode] : kModes) {
    if (known == name) return mode;
  }
  return std::nullopt;
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
