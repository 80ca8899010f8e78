#include <algorithm>
#include <vector>

#include "ops/infer.hpp"
#include "passes/passes.hpp"

namespace pygraph::passes {
namespace {

// Marks from the results backwards. A subgraph has a higher index than its owner, so from the last
// function to the first everything that a node owns is decided before the node.
class DeadCode {
 public:
  explicit DeadCode(ir::Module& module)
      : module_(module), has_effects_(module.functions.size(), false) {}

  void run() {
    for (std::size_t i = module_.functions.size(); i-- > 0;) sweep(i);
  }

 private:
  bool must_stay(const ir::Function& function, const ir::Node& node) const {
    const ops::Effects effects = ops::row(node.op).effects;
    using ops::Effects;
    if (has(effects, Effects::may_fail | Effects::writes | Effects::prints | Effects::host))
      return true;
    if (!has(effects, Effects::nested)) return may_misfit(function, node);
    // A loop or a recursion may run for ever, which is an effect too.
    if (node.op == ir::OpCode::while_loop || node.op == ir::OpCode::call) return true;
    const auto subgraphs = function.subgraphs_of(node);
    return std::any_of(subgraphs.begin(), subgraphs.end(),
                       [&](ir::FunctionId id) { return has_effects_[id]; });
  }

  static bool may_misfit(const ir::Function& function, const ir::Node& node) {
    std::vector<ir::Type> types;
    for (ir::ValueId value : function.inputs_of(node)) types.push_back(function.types[value]);
    return ops::may_misfit(ops::row(node.op), types, function.attributes_of(node));
  }

  void sweep(std::size_t id) {
    ir::Function& function = module_.functions[id];
    std::vector<bool> needed(function.types.size(), false);
    for (ir::ValueId value : function.results) needed[value] = true;
    std::vector<bool> kept(function.nodes.size(), false);
    for (std::size_t n = function.nodes.size(); n-- > 0;) {
      const ir::Node& node = function.nodes[n];
      const bool effect = must_stay(function, node);
      has_effects_[id] = has_effects_[id] || effect;
      kept[n] = effect;
      for (std::uint32_t i = 0; i < node.output_count; ++i)
        kept[n] = kept[n] || needed[node.first_output + i];
      if (!kept[n]) continue;
      for (ir::ValueId value : function.inputs_of(node)) needed[value] = true;
    }
    std::vector<ir::Node> nodes;
    for (std::size_t n = 0; n < function.nodes.size(); ++n) {
      if (kept[n]) nodes.push_back(function.nodes[n]);
    }
    function.nodes = std::move(nodes);
  }

  ir::Module& module_;
  std::vector<bool> has_effects_;
};

}  // namespace

void remove_dead_code(ir::Module& module) { DeadCode(module).run(); }

}  // namespace pygraph::passes
