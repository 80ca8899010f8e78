// Puts the bodies of called functions in the place of their calls, where that pays: what is called
// once, what is short, and what has sizes that its calls know better. A recursion stays.
#include <algorithm>
#include <iterator>
#include <map>

#include "ops/op_table.hpp"
#include "passes/passes.hpp"

namespace pygraph::passes {
namespace {

// A call takes about as long as so many short nodes.
constexpr std::size_t kShortBody = 40;
// So many nodes the graph may have before only short bodies join it.
constexpr std::size_t kLargeGraph = 20'000;

ir::FunctionId callee_of(const ir::Function& function, const ir::Node& node) {
  return static_cast<ir::FunctionId>(ops::integer(function.attributes_of(node)[0]));
}

bool is_call(const ir::Node& node) { return node.op == ir::OpCode::call; }

// Calls `visit` for every call in a function and its subgraphs.
template <class Visit>
void for_each_call(const ir::Module& module, ir::FunctionId id, const Visit& visit) {
  const ir::Function& function = module.functions[id];
  for (const ir::Node& node : function.nodes) {
    if (is_call(node)) visit(callee_of(function, node));
    for (ir::FunctionId subgraph : function.subgraphs_of(node))
      for_each_call(module, subgraph, visit);
  }
}

std::size_t node_count(const ir::Module& module, ir::FunctionId id) {
  const ir::Function& function = module.functions[id];
  std::size_t count = function.nodes.size();
  for (ir::FunctionId subgraph : function.subgraphs) count += node_count(module, subgraph);
  return count;
}

class Inlining {
 public:
  explicit Inlining(const ir::Module& module)
      : module_(module),
        sites_(module.functions.size(), 0),
        ready_(module.functions.size(), false) {
    nodes_ = node_count(module, 0);
  }

  ir::Module run() {
    for (ir::FunctionId id : callees_first()) rebuild_with_subgraphs(id);
    return std::move(module_);
  }

 private:
  // The entry and all functions that it reaches by calls: each behind what it calls. Those from
  // which a recursion is reached come last; they are not `ready_`, and stay.
  std::vector<ir::FunctionId> callees_first() {
    std::vector<ir::FunctionId> reached{0};
    std::vector<std::vector<ir::FunctionId>> callers(module_.functions.size());
    std::vector<std::size_t> waits_for(module_.functions.size(), 0);
    std::vector<bool> is_reached(module_.functions.size(), false);
    for (std::size_t i = 0; i < reached.size(); ++i) {
      const ir::FunctionId caller = reached[i];
      for_each_call(module_, caller, [&](ir::FunctionId callee) {
        ++sites_[callee];
        ++waits_for[caller];
        callers[callee].push_back(caller);
        if (!is_reached[callee]) reached.push_back(callee);
        is_reached[callee] = true;
      });
    }
    std::vector<ir::FunctionId> order;
    const auto take = [&](ir::FunctionId id) {
      ready_[id] = true;
      order.push_back(id);
    };
    for (ir::FunctionId id : reached) {
      if (waits_for[id] == 0) take(id);
    }
    for (std::size_t i = 0; i < order.size(); ++i) {
      for (ir::FunctionId caller : callers[order[i]]) {
        if (--waits_for[caller] == 0) take(caller);
      }
    }
    std::copy_if(reached.begin(), reached.end(), std::back_inserter(order),
                 [&](ir::FunctionId id) { return !ready_[id]; });
    return order;
  }

  bool pays(ir::FunctionId callee) const {
    if (!ready_[callee]) return false;
    const ir::Function& body = module_.functions[callee];
    const std::size_t size = node_count(module_, callee);
    if (size <= kShortBody) return true;
    if (nodes_ + size > kLargeGraph) return false;
    const auto parameters = std::span(body.types).first(body.parameter_count());
    return sites_[callee] == 1 || !std::all_of(parameters.begin(), parameters.end(),
                                               [](auto& type) { return type.shape.is_static(); });
  }

  // A function and what it owns, with bodies in the place of calls.
  void rebuild_with_subgraphs(ir::FunctionId id) {
    const std::vector<ir::FunctionId> owned = module_.functions[id].subgraphs;
    for (ir::FunctionId subgraph : owned) rebuild_with_subgraphs(subgraph);
    const ir::Function& function = module_.functions[id];
    if (std::any_of(function.nodes.begin(), function.nodes.end(), is_call)) rebuild(id);
  }

  void rebuild(ir::FunctionId id) {
    const ir::Function from = module_.functions[id];
    ir::Function to;
    to.name = from.name;
    to.parameter_names = from.parameter_names;
    to.result_names = from.result_names;
    to.declared_results = from.declared_results;
    to.types.assign(from.types.begin(), from.types.begin() + from.parameter_count());
    std::vector<ir::ValueId> renamed(from.types.size(), 0);
    for (ir::ValueId i = 0; i < from.parameter_count(); ++i) renamed[i] = i;
    for (const ir::Node& node : from.nodes) {
      if (is_call(node) && pays(callee_of(from, node))) {
        put_body(to, from, node, renamed);
      } else {
        copy_node(to, from, node, renamed, from.subgraphs_of(node), node.location);
      }
    }
    for (ir::ValueId result : from.results) to.results.push_back(renamed[result]);
    module_.functions[id] = std::move(to);
  }

  static void copy_node(ir::Function& to, const ir::Function& from, const ir::Node& node,
                        std::vector<ir::ValueId>& renamed,
                        std::span<const ir::FunctionId> subgraphs, ir::LocationId location) {
    std::vector<ir::ValueId> inputs;
    for (ir::ValueId input : from.inputs_of(node)) inputs.push_back(renamed[input]);
    ir::Node& made = to.append(node.op, inputs, from.attributes_of(node), subgraphs, location);
    made.output_count = node.output_count;
    for (std::uint32_t i = 0; i < node.output_count; ++i) {
      renamed[node.first_output + i] = static_cast<ir::ValueId>(to.types.size());
      to.types.push_back(from.types[node.first_output + i]);
    }
  }

  void put_body(ir::Function& to, const ir::Function& from, const ir::Node& call,
                std::vector<ir::ValueId>& renamed) {
    const ir::FunctionId id = callee_of(from, call);
    const ir::Function body = module_.functions[id];
    std::vector<ir::ValueId> inner(body.types.size(), 0);
    const auto operands = from.inputs_of(call);
    for (std::size_t i = 0; i < operands.size(); ++i) inner[i] = renamed[operands[i]];
    for (const ir::Node& node : body.nodes) {
      const std::vector<ir::FunctionId> subgraphs = cloned(body.subgraphs_of(node), call.location);
      copy_node(to, body, node, inner, subgraphs, called_from(node.location, call.location));
    }
    for (std::uint32_t i = 0; i < call.output_count; ++i)
      renamed[call.first_output + i] = inner[body.results[i]];
    nodes_ += body.nodes.size();
  }

  // Copies of functions that a body owns, for a call of it. An owner's index stays below theirs.
  std::vector<ir::FunctionId> cloned(std::span<const ir::FunctionId> functions,
                                     ir::LocationId call) {
    std::vector<ir::FunctionId> copies;
    for (const ir::FunctionId id : functions) {
      copies.push_back(static_cast<ir::FunctionId>(module_.functions.size()));
      module_.functions.emplace_back();
      ir::Function copy = module_.functions[id];
      nodes_ += copy.nodes.size();
      copy.subgraphs = cloned(std::vector(copy.subgraphs), call);
      for (ir::Node& node : copy.nodes) node.location = called_from(node.location, call);
      module_.functions[copies.back()] = std::move(copy);
    }
    return copies;
  }

  // The location of a body's node where the body stands at a call.
  ir::LocationId called_from(ir::LocationId location, ir::LocationId call) {
    if (location == kNoLocation || call == kNoLocation) return std::max(location, call);
    const auto known = locations_.find({location, call});
    if (known != locations_.end()) return known->second;
    ir::Location entry = module_.locations[location];
    entry.parent = entry.parent == kNoLocation ? call : called_from(entry.parent, call);
    const auto made = static_cast<ir::LocationId>(module_.locations.size());
    module_.locations.push_back(std::move(entry));
    locations_.insert({{location, call}, made});
    return made;
  }

  ir::Module module_;
  std::vector<std::size_t> sites_;
  std::vector<bool> ready_;
  std::map<std::pair<ir::LocationId, ir::LocationId>, ir::LocationId> locations_;
  std::size_t nodes_ = 0;
};

}  // namespace

std::optional<ir::Module> inline_calls(const ir::Module& module) {
  bool calls = false;
  for (const ir::Function& function : module.functions)
    calls = calls || std::any_of(function.nodes.begin(), function.nodes.end(), is_call);
  if (!calls) return std::nullopt;
  return Inlining(module).run();
}

}  // namespace pygraph::passes
