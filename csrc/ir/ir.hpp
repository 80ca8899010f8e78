// The graph as flat arrays. A module is a table of functions; a function is a list of nodes in
// program order; everything refers to everything else by index. The types of values are inferred
// (ops/verify), never taken from outside.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/dtype.hpp"
#include "base/shape.hpp"
#include "base/tensor.hpp"

namespace pygraph::ir {

// The enumerators are the rows of ops/ops.def; at this level an op is only a number.
enum class OpCode : std::uint16_t;

using ValueId = std::uint32_t;
using FunctionId = std::uint32_t;
using LocationId = std::uint32_t;  // 0: none

// What a value is. A variable is always a parameter, handed down from the entry. Lists have their
// place in the formats from version 1 on; no op makes them yet.
enum class Kind : std::uint8_t { tensor, list, variable };

struct Type {
  Kind kind = Kind::tensor;
  DType dtype = DType::bool_;
  Shape shape;

  friend bool operator==(const Type&, const Type&) = default;
  // "float64[2, ?0]", "variable float64[2]"
  std::string text() const {
    if (kind == Kind::variable) return "variable " + Type{Kind::tensor, dtype, shape}.text();
    return std::string(name(dtype)) + shape.text();
  }
};

// An attribute's value. Which alternative an attribute has is fixed by its op's row.
using Attribute =
    std::variant<std::int64_t, double, bool, DType, std::vector<std::int64_t>, std::string>;

struct Node {
  OpCode op;
  LocationId location = kNoLocation;
  std::uint32_t first_input = 0;  // in Function::inputs
  std::uint32_t input_count = 0;
  std::uint32_t first_output = 0;  // a value id; outputs are consecutive
  std::uint32_t output_count = 0;
  std::uint32_t first_attribute = 0;  // in Function::attributes, in the order of the op's row
  std::uint32_t attribute_count = 0;
  std::uint32_t first_subgraph = 0;  // in Function::subgraphs
  std::uint32_t subgraph_count = 0;
};

struct Function {
  std::string name;
  std::vector<std::string> parameter_names;  // values 0 ... n-1 are the parameters
  std::vector<Type> types;                   // of every value
  std::vector<Node> nodes;
  std::vector<ValueId> inputs;
  std::vector<Attribute> attributes;
  std::vector<FunctionId> subgraphs;
  std::vector<ValueId> results;
  std::vector<std::string> result_names;  // as many as results; may be empty strings
  // Of a function that nodes call: the types of a call's outputs, which the results fit. They are
  // declared, since those of a recursion cannot be inferred. A dim < 0 is an unknown size.
  std::vector<Type> declared_results;

  std::uint32_t parameter_count() const {
    return static_cast<std::uint32_t>(parameter_names.size());
  }
  std::span<const ValueId> inputs_of(const Node& node) const {
    return {inputs.data() + node.first_input, node.input_count};
  }
  std::span<const Attribute> attributes_of(const Node& node) const {
    return {attributes.data() + node.first_attribute, node.attribute_count};
  }
  std::span<const FunctionId> subgraphs_of(const Node& node) const {
    return {subgraphs.data() + node.first_subgraph, node.subgraph_count};
  }
  // Appends a node and its operands. Outputs get the next value ids; their types are appended by
  // whoever infers them.
  Node& append(OpCode op, std::span<const ValueId> node_inputs,
               std::span<const Attribute> node_attributes,
               std::span<const FunctionId> node_subgraphs, LocationId location) {
    Node node{op, location};
    node.first_input = static_cast<std::uint32_t>(inputs.size());
    node.input_count = static_cast<std::uint32_t>(node_inputs.size());
    inputs.insert(inputs.end(), node_inputs.begin(), node_inputs.end());
    node.first_attribute = static_cast<std::uint32_t>(attributes.size());
    node.attribute_count = static_cast<std::uint32_t>(node_attributes.size());
    attributes.insert(attributes.end(), node_attributes.begin(), node_attributes.end());
    node.first_subgraph = static_cast<std::uint32_t>(subgraphs.size());
    node.subgraph_count = static_cast<std::uint32_t>(node_subgraphs.size());
    subgraphs.insert(subgraphs.end(), node_subgraphs.begin(), node_subgraphs.end());
    node.first_output = static_cast<std::uint32_t>(types.size());
    nodes.push_back(node);
    return nodes.back();
  }
};

// A line of the user's program. `parent` is the call it was inlined at (an earlier entry), 0 for
// none.
struct Location {
  std::string file;
  std::string function;
  std::uint32_t line = 0;
  LocationId parent = kNoLocation;
};

// Function 0 is the entry. Any other function is either the subgraph of exactly one node, in a
// function of lower index, or is owned by no node and named by `call` nodes, its own among them.
struct Module {
  std::vector<Function> functions;
  std::vector<Tensor> constants;
  std::vector<Location> locations;  // locations[0] is the empty "no location" entry
  std::int64_t symbol_count = 0;    // unknown dims are numbered below this
};

}  // namespace pygraph::ir
