#include <algorithm>
#include <numeric>
#include <vector>

#include "base/dispatch.hpp"
#include "ops/op_table.hpp"
#include "passes/passes.hpp"

namespace pygraph::passes {
namespace {

using ir::Node;
using ir::OpCode;
using ir::ValueId;

// Whether the constant is this number, and has no axes.
bool is_number(const Tensor& constant, int number) {
  if (constant.shape().rank() != 0) return false;
  return dispatch(constant.dtype(), [&](auto element) {
    using Element = decltype(element);
    using T = typename Element::Storage;
    return Element::kKind != DTypeKind::boolean && constant.item<T>() == static_cast<T>(number);
  });
}

class Simplification {
 public:
  Simplification(const ir::Module& module, ir::Function& function)
      : module_(module),
        function_(function),
        merged_(function.types.size(), false),
        stands_for_(function.types.size()),
        maker_(function.types.size(), nullptr),
        uses_(function.types.size(), 0) {
    std::iota(stands_for_.begin(), stands_for_.end(), ValueId{0});
    for (const Node& node : function.nodes) {
      for (ValueId value : function.inputs_of(node)) ++uses_[value];
      for (std::uint32_t i = 0; i < node.output_count; ++i) maker_[node.first_output + i] = &node;
    }
    for (ValueId value : function.results) ++uses_[value];
  }

  void run() {
    for (Node& node : function_.nodes) {
      for (std::uint32_t i = 0; i < node.input_count; ++i) {
        ValueId& value = function_.inputs[node.first_input + i];
        value = stands_for_[value];
      }
      visit(node);
    }
    // A result of the graph may not share memory with an argument.
    if (&function_ != module_.functions.data()) {
      for (ValueId& value : function_.results) value = stands_for_[value];
    }
    std::erase_if(function_.nodes, [&](const Node& node) {
      return node.output_count == 1 && merged_[node.first_output];
    });
  }

 private:
  void visit(Node& node) {
    switch (node.op) {
      case OpCode::pow:
        // The kernels define x ** 2 as this product, in every dtype.
        if (!is_constant(input(node, 1), 2)) return;
        node.op = OpCode::square;
        node.input_count = 1;
        return;
      case OpCode::astype: replace(node, input(node, 0)); return;
      case OpCode::sum_to:
        // Of equal shapes, which are known then: it cannot fail either.
        merged_[node.first_output] = replace(node, input(node, 0)) && !is_result(node.first_output);
        return;
      case OpCode::add:
        // Adding 0 to -0.0 makes it 0.0.
        if (is_floating(function_.types[node.first_output].dtype)) return;
        if (is_constant(input(node, 0), 0)) replace(node, input(node, 1));
        if (is_constant(input(node, 1), 0)) replace(node, input(node, 0));
        return;
      case OpCode::gather: return merge_indices(node);
      default: return;
    }
  }

  ValueId input(const Node& node, std::size_t k) const { return function_.inputs_of(node)[k]; }

  bool is_constant(ValueId value, int number) const {
    const Node* maker = maker_[value];
    if (maker == nullptr || maker->op != OpCode::constant) return false;
    const auto index = static_cast<std::size_t>(ops::integer(function_.attributes_of(*maker)[0]));
    return is_number(module_.constants[index], number);
  }

  // Lets the node's input stand for its output, if it may; returns whether it does.
  bool replace(const Node& node, ValueId value) {
    if (function_.types[node.first_output] != function_.types[value]) return false;
    stands_for_[node.first_output] = value;
    uses_[value] += uses_[node.first_output];
    return true;
  }

  // Whether the value is a result of the graph, which stays a value of its own.
  bool is_result(ValueId value) const {
    const auto& results = module_.functions.front().results;
    return &function_ == module_.functions.data() &&
           std::find(results.begin(), results.end(), value) != results.end();
  }

  // x[i][j] is x[i, j], where nothing else needs the row.
  void merge_indices(Node& node) {
    const ValueId row = input(node, 0);
    const Node* outer = maker_[row];
    if (outer == nullptr || outer->op != OpCode::gather || uses_[row] != 1 ||
        !reads_element(*outer) || !reads_element(node) || !follows(node, *outer))
      return;
    const auto outer_inputs = function_.inputs_of(*outer);
    const auto indices = function_.inputs_of(node).subspan(1);
    std::vector<ValueId> inputs(outer_inputs.begin(), outer_inputs.end());
    inputs.insert(inputs.end(), indices.begin(), indices.end());
    node.first_input = static_cast<std::uint32_t>(function_.inputs.size());
    node.input_count = static_cast<std::uint32_t>(inputs.size());
    function_.inputs.insert(function_.inputs.end(), inputs.begin(), inputs.end());
    merged_[row] = true;
  }

  // Whether the indices are numbers, for the first axes.
  bool reads_element(const Node& gather) const {
    const auto indices = function_.inputs_of(gather).subspan(1);
    return ops::integer(function_.attributes_of(gather)[0]) == 0 &&
           std::all_of(indices.begin(), indices.end(),
                       [&](ValueId index) { return function_.types[index].shape.rank() == 0; });
  }

  // Whether it is the same to fail at `node` as at `earlier`: they are of one line, and what stands
  // between them only computes.
  bool follows(const Node& node, const Node& earlier) const {
    if (node.location != earlier.location) return false;
    return std::all_of(&earlier + 1, static_cast<const Node*>(&node), [](const Node& between) {
      return ops::row(between.op).effects == ops::Effects::pure;
    });
  }

  const ir::Module& module_;
  ir::Function& function_;
  std::vector<bool> merged_;         // per value: its node goes
  std::vector<ValueId> stands_for_;  // per value
  std::vector<const Node*> maker_;   // per value; none for a parameter
  std::vector<std::uint32_t> uses_;  // per value
};

}  // namespace

void simplify(ir::Module& module) {
  for (ir::Function& function : module.functions) Simplification(module, function).run();
}

}  // namespace pygraph::passes
