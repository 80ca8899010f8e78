// The one order in which a graph is written, as bytes and as text, however it came to be.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "ir/ir.hpp"

namespace pygraph::format {

// Functions are numbered by a walk that enters a node's subgraphs when it meets the node, from the
// entry and then from each function that is called, in the order in which calls name them;
// locations and constants in the order in which that walk meets them. Equal locations are merged,
// unused ones and unused constants left out.
struct CanonicalOrder {
  // By new id: the module's id.
  std::vector<ir::FunctionId> functions;
  std::vector<std::uint32_t> constants;
  // The functions that are called, in order: the module's ids.
  std::vector<ir::FunctionId> callees;
  // With new ids as parents; the first is the empty entry.
  std::vector<ir::Location> locations;
  // By the module's id: the new one.
  std::vector<ir::FunctionId> function_ids;
  std::vector<ir::LocationId> location_ids;
  std::vector<std::uint32_t> constant_ids;
  // By the module's id: how many nodes name the constant.
  std::vector<std::uint32_t> constant_uses;
};

// The module must be verified.
CanonicalOrder canonical_order(const ir::Module& module);

// The constant that a `constant` node names.
std::uint32_t constant_of(const ir::Function& function, const ir::Node& node);

// The function that a `call` node names.
ir::FunctionId callee_of(const ir::Function& function, const ir::Node& node);

// Adds locations, each at most once, parents first.
class LocationTable {
 public:
  LocationTable() : locations_(1) {}
  ir::LocationId add(std::string_view file, std::string_view function, std::uint32_t line,
                     ir::LocationId parent);
  std::vector<ir::Location> take() { return std::move(locations_); }

 private:
  std::vector<ir::Location> locations_;
  std::unordered_map<std::string, ir::LocationId> ids_;
  std::string key_;
};

}  // namespace pygraph::format
