// Computes once what a function computes several times: nodes of the same op, attributes and
// operands. A node that may fail is merged too: the first one has succeeded where the second
// stands.
#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "ops/node_key.hpp"
#include "ops/op_table.hpp"
#include "passes/passes.hpp"

namespace pygraph::passes {
namespace {

// Constants up to this size are compared by their elements.
constexpr std::size_t kComparedBytes = 64;

bool may_merge(const ir::Node& node) {
  const ops::OpRow& op = ops::row(node.op);
  const bool computes = (op.effects | ops::Effects::may_fail) == ops::Effects::may_fail;
  return computes && op.code != ir::OpCode::check_defined;
}

void append_constant(std::string& key, const Tensor& constant, std::int64_t index) {
  if (constant.bytes() > kComparedBytes) {
    ops::append_value(key, index);
    return;
  }
  ops::append_value(key, constant.dtype());
  ops::append_value(key, constant.shape().rank());
  for (std::int64_t dim : constant.shape()) ops::append_value(key, dim);
  ops::append_bytes(key, constant.data(), constant.bytes());
}

std::string key_of(const ir::Module& module, const ir::Function& function, const ir::Node& node) {
  std::string key;
  ops::append_value(key, node.op);
  if (node.op == ir::OpCode::constant) {
    const std::int64_t index = ops::integer(function.attributes_of(node)[0]);
    append_constant(key, module.constants[static_cast<std::size_t>(index)], index);
    return key;
  }
  for (const ir::Attribute& attribute : function.attributes_of(node))
    ops::append_attribute(key, attribute);
  for (ir::ValueId input : function.inputs_of(node)) ops::append_value(key, input);
  return key;
}

void merge(const ir::Module& module, ir::Function& function) {
  std::vector<ir::ValueId> renamed(function.types.size());
  std::iota(renamed.begin(), renamed.end(), ir::ValueId{0});
  std::unordered_map<std::string, ir::ValueId> known;
  std::vector<ir::Node> kept;
  for (const ir::Node& node : function.nodes) {
    for (std::uint32_t i = 0; i < node.input_count; ++i) {
      ir::ValueId& input = function.inputs[node.first_input + i];
      input = renamed[input];
    }
    if (may_merge(node)) {
      const auto [found, is_new] = known.emplace(key_of(module, function, node), node.first_output);
      if (!is_new) {
        for (std::uint32_t i = 0; i < node.output_count; ++i)
          renamed[node.first_output + i] = found->second + i;
        continue;
      }
    }
    kept.push_back(node);
  }
  function.nodes = std::move(kept);
  for (ir::ValueId& result : function.results) result = renamed[result];
}

}  // namespace

void merge_common_subexpressions(ir::Module& module) {
  for (ir::Function& function : module.functions) merge(module, function);
}

}  // namespace pygraph::passes
