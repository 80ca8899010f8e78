// Moves out of a loop what is the same in every turn: pure nodes of static type whose operands come
// from outside. Their results become captures of the loop. What may fail or has effects stays.
#include <algorithm>

#include "ops/op_table.hpp"
#include "passes/passes.hpp"

namespace pygraph::passes {
namespace {

class Hoisting {
 public:
  explicit Hoisting(ir::Module& module) : module_(module) {}

  // A subgraph has a higher index than its owner: inner loops come first, and what they hand out
  // may leave the outer one too.
  void run() {
    for (std::size_t i = module_.functions.size(); i-- > 0;) visit(module_.functions[i]);
  }

 private:
  void visit(ir::Function& owner) {
    std::vector<ir::Node> nodes;
    const std::vector<ir::Node> before = owner.nodes;
    for (ir::Node node : before) {
      if (node.op == ir::OpCode::while_loop) hoist(owner, node, nodes);
      nodes.push_back(node);
    }
    owner.nodes = std::move(nodes);
  }

  // Appends what leaves the loop to `nodes`, and changes the loop's operands accordingly.
  void hoist(ir::Function& owner, ir::Node& loop, std::vector<ir::Node>& nodes) {
    const auto subgraphs = owner.subgraphs_of(loop);
    ir::Function& test = module_.functions[subgraphs[0]];
    ir::Function& body = module_.functions[subgraphs[1]];
    ir::Attribute& attribute = owner.attributes[loop.first_attribute];
    const auto captures = static_cast<ir::ValueId>(ops::integer(attribute));
    // Per value of the body: whether it is invariant, and if so which value of the owner it is.
    std::vector<bool> invariant(body.types.size(), false);
    std::vector<ir::ValueId> outside(body.types.size(), 0);
    for (ir::ValueId i = 0; i < captures; ++i) {
      invariant[i] = body.types[i].kind == ir::Kind::tensor;
      outside[i] = owner.inputs_of(loop)[i];
    }
    std::vector<ir::Node> staying;
    std::vector<ir::ValueId> moved;
    for (const ir::Node& node : body.nodes) {
      if (!leaves(body, node, invariant)) {
        staying.push_back(node);
        continue;
      }
      const ir::ValueId result = copy(body, node, outside, owner, nodes);
      invariant[node.first_output] = true;
      outside[node.first_output] = result;
      // Constants are for those that left; in the loop they cost nothing.
      if (node.op == ir::OpCode::constant) {
        staying.push_back(node);
      } else {
        moved.push_back(node.first_output);
      }
    }
    if (moved.empty()) return;
    body.nodes = std::move(staying);
    add_captures(owner, loop, captures, moved, outside);
    add_parameters(test, captures, body, moved, false);
    add_parameters(body, captures, body, moved, true);
    owner.attributes[loop.first_attribute] = static_cast<std::int64_t>(captures + moved.size());
  }

  static bool leaves(const ir::Function& body, const ir::Node& node,
                     const std::vector<bool>& invariant) {
    const ops::OpRow& op = ops::row(node.op);
    if (op.effects != ops::Effects::pure || node.output_count != 1) return false;
    if (!body.types[node.first_output].shape.is_static()) return false;
    const auto inputs = body.inputs_of(node);
    return std::all_of(inputs.begin(), inputs.end(), [&](ir::ValueId input) {
      return invariant[input] && body.types[input].shape.is_static();
    });
  }

  // The node in the owner; returns its result there.
  static ir::ValueId copy(const ir::Function& body, const ir::Node& node,
                          const std::vector<ir::ValueId>& outside, ir::Function& owner,
                          std::vector<ir::Node>& nodes) {
    std::vector<ir::ValueId> inputs;
    for (ir::ValueId input : body.inputs_of(node)) inputs.push_back(outside[input]);
    ir::Node& made = owner.append(node.op, inputs, body.attributes_of(node), {}, node.location);
    made.output_count = 1;
    nodes.push_back(made);
    owner.types.push_back(body.types[node.first_output]);
    return made.first_output;
  }

  static void add_captures(ir::Function& owner, ir::Node& loop, ir::ValueId captures,
                           std::span<const ir::ValueId> moved,
                           const std::vector<ir::ValueId>& outside) {
    const auto before = owner.inputs_of(loop);
    std::vector<ir::ValueId> inputs(before.begin(), before.begin() + captures);
    for (ir::ValueId value : moved) inputs.push_back(outside[value]);
    inputs.insert(inputs.end(), before.begin() + captures, before.end());
    loop.first_input = static_cast<std::uint32_t>(owner.inputs.size());
    loop.input_count = static_cast<std::uint32_t>(inputs.size());
    owner.inputs.insert(owner.inputs.end(), inputs.begin(), inputs.end());
  }

  // Gives a subgraph the moved values as parameters behind its captures; all later values move up.
  // In the body their uses are the new parameters.
  static void add_parameters(ir::Function& function, ir::ValueId captures, const ir::Function& body,
                             std::span<const ir::ValueId> moved, bool replace) {
    const auto added = static_cast<ir::ValueId>(moved.size());
    std::vector<ir::Type> types;
    for (ir::ValueId value : moved) types.push_back(body.types[value]);
    std::vector<ir::ValueId> renamed;
    for (ir::ValueId i = 0; i < function.types.size(); ++i)
      renamed.push_back(i < captures ? i : i + added);
    for (ir::ValueId i = 0; replace && i < added; ++i) renamed[moved[i]] = captures + i;
    const auto at = static_cast<std::ptrdiff_t>(captures);
    function.types.insert(function.types.begin() + at, types.begin(), types.end());
    function.parameter_names.insert(function.parameter_names.begin() + at, moved.size(), "");
    for (ir::ValueId& input : function.inputs) input = renamed[input];
    for (ir::ValueId& result : function.results) result = renamed[result];
    for (ir::Node& node : function.nodes) {
      if (node.output_count > 0 && node.first_output >= captures) node.first_output += added;
    }
  }

  ir::Module& module_;
};

}  // namespace

void hoist_loop_invariants(ir::Module& module) { Hoisting(module).run(); }

}  // namespace pygraph::passes
