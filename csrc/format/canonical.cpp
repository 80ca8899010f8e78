#include "format/canonical.hpp"

#include <algorithm>
#include <limits>

#include "ops/op_table.hpp"

namespace pygraph::format {
namespace {

constexpr std::uint32_t kUnseen = std::numeric_limits<std::uint32_t>::max();

class Walk {
 public:
  explicit Walk(const ir::Module& module) : module_(module) {
    order_.function_ids.assign(module.functions.size(), kUnseen);
    order_.location_ids.assign(module.locations.size() + 1, kUnseen);
    order_.location_ids[ir::LocationId{kNoLocation}] = kNoLocation;
    order_.constant_ids.assign(module.constants.size(), kUnseen);
    order_.constant_uses.assign(module.constants.size(), 0);
  }

  CanonicalOrder run() {
    enter(0);
    for (std::size_t i = 0; i < order_.callees.size(); ++i) enter(order_.callees[i]);
    order_.locations = locations_.take();
    return std::move(order_);
  }

 private:
  // Recursion is as deep as control flow nests, which the verifier bounds.
  void enter(ir::FunctionId id) {
    order_.function_ids[id] = static_cast<ir::FunctionId>(order_.functions.size());
    order_.functions.push_back(id);
    const ir::Function& function = module_.functions[id];
    for (const ir::Node& node : function.nodes) {
      add_location(node.location);
      if (node.op == ir::OpCode::constant) add_constant(constant_of(function, node));
      if (node.op == ir::OpCode::call) add_callee(callee_of(function, node));
      for (const ir::FunctionId subgraph : function.subgraphs_of(node)) enter(subgraph);
    }
  }

  void add_callee(ir::FunctionId id) {
    const auto& callees = order_.callees;
    if (std::find(callees.begin(), callees.end(), id) == callees.end())
      order_.callees.push_back(id);
  }

  void add_constant(std::uint32_t id) {
    ++order_.constant_uses[id];
    if (order_.constant_ids[id] != kUnseen) return;
    order_.constant_ids[id] = static_cast<std::uint32_t>(order_.constants.size());
    order_.constants.push_back(id);
  }

  void add_location(ir::LocationId id) {
    std::vector<ir::LocationId> chain;
    for (; order_.location_ids[id] == kUnseen; id = module_.locations[id].parent)
      chain.push_back(id);
    ir::LocationId parent = order_.location_ids[id];
    for (; !chain.empty(); chain.pop_back()) {
      const ir::Location& location = module_.locations[chain.back()];
      parent = locations_.add(location.file, location.function, location.line, parent);
      order_.location_ids[chain.back()] = parent;
    }
  }

  const ir::Module& module_;
  CanonicalOrder order_;
  LocationTable locations_;
};

}  // namespace

CanonicalOrder canonical_order(const ir::Module& module) { return Walk(module).run(); }

std::uint32_t constant_of(const ir::Function& function, const ir::Node& node) {
  return static_cast<std::uint32_t>(ops::integer(function.attributes_of(node)[0]));
}

ir::FunctionId callee_of(const ir::Function& function, const ir::Node& node) {
  return static_cast<ir::FunctionId>(ops::integer(function.attributes_of(node)[0]));
}

ir::LocationId LocationTable::add(std::string_view file, std::string_view function,
                                  std::uint32_t line, ir::LocationId parent) {
  key_.assign(file);
  key_ += '\0';
  key_ += function;
  key_ += '\0';
  key_ += std::to_string(line) + ' ' + std::to_string(parent);
  const auto [found, fresh] =
      ids_.try_emplace(key_, static_cast<ir::LocationId>(locations_.size()));
  if (fresh) locations_.push_back({std::string(file), std::string(function), line, parent});
  return found->second;
}

}  // namespace pygraph::format
