// Multiplies by a transposed matrix where it stands: the product reads it along the other side, and
// the copy is not made unless something else needs it. Sums may be added in another order.
#include "ops/op_table.hpp"
#include "passes/passes.hpp"

namespace pygraph::passes {
namespace {

constexpr ir::ValueId kNone = UINT32_MAX;

bool swaps_last_two(const std::vector<std::int64_t>& axes) {
  const std::size_t rank = axes.size();
  if (rank < 2) return false;
  for (std::size_t i = 0; i + 2 < rank; ++i) {
    if (axes[i] != static_cast<std::int64_t>(i)) return false;
  }
  return axes[rank - 1] + 1 == static_cast<std::int64_t>(rank - 1);
}

// Per value: the matrix that it is the transpose of, if any.
using Sources = std::vector<ir::ValueId>;

void drop_unused(ir::Function& function, const Sources& transposed) {
  std::vector<bool> used(function.types.size(), false);
  for (const ir::Node& node : function.nodes) {
    for (ir::ValueId value : function.inputs_of(node)) used[value] = true;
  }
  for (ir::ValueId value : function.results) used[value] = true;
  std::erase_if(function.nodes, [&](const ir::Node& node) {
    return node.output_count == 1 && transposed[node.first_output] != kNone &&
           !used[node.first_output];
  });
}

void visit(ir::Function& function) {
  Sources transposed(function.types.size(), kNone);
  for (ir::Node& node : function.nodes) {
    if (node.op == ir::OpCode::permute_dims &&
        swaps_last_two(ops::ints(function.attributes_of(node)[0])))
      transposed[node.first_output] = function.inputs_of(node)[0];
    if (node.op != ir::OpCode::matmul) continue;
    bool flags[2] = {false, false};
    for (std::uint32_t i = 0; i < 2; ++i) {
      ir::ValueId& input = function.inputs[node.first_input + i];
      if (transposed[input] == kNone) continue;
      input = transposed[input];
      flags[i] = true;
    }
    if (!flags[0] && !flags[1]) continue;
    node.op = ir::OpCode::matmul_transposed;
    node.first_attribute = static_cast<std::uint32_t>(function.attributes.size());
    node.attribute_count = 2;
    function.attributes.insert(function.attributes.end(), {flags[0], flags[1]});
  }
  drop_unused(function, transposed);
}

}  // namespace

void sink_transposes(ir::Module& module) {
  for (ir::Function& function : module.functions) visit(function);
}

}  // namespace pygraph::passes
