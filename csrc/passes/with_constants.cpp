#include "ops/op_table.hpp"
#include "passes/passes.hpp"

namespace pygraph::passes {

// The values keep their ids: those of the last parameters become those of the first nodes' outputs.
ir::Module with_constants(const ir::Module& module, std::span<const Tensor> values) {
  ir::Module result = module;
  ir::Function& entry = result.functions[0];
  const auto count = static_cast<std::uint32_t>(values.size());
  if (count > entry.parameter_count())
    throw Error(ErrorKind::value, "a graph has fewer inputs than it is given constants");
  const std::uint32_t first = entry.parameter_count() - count;
  std::vector<ir::Node> nodes;
  for (std::uint32_t i = 0; i < count; ++i) {
    const ir::Type type{ir::Kind::tensor, values[i].dtype(), values[i].shape()};
    if (entry.types[first + i] != type)
      throw Error(ErrorKind::type, "an input of type " + entry.types[first + i].text() +
                                       " cannot be a constant of type " + type.text());
    ir::Node node{ir::OpCode::constant};
    node.first_input = static_cast<std::uint32_t>(entry.inputs.size());
    node.first_subgraph = static_cast<std::uint32_t>(entry.subgraphs.size());
    node.first_attribute = static_cast<std::uint32_t>(entry.attributes.size());
    node.attribute_count = 1;
    node.first_output = first + i;
    node.output_count = 1;
    entry.attributes.emplace_back(static_cast<std::int64_t>(result.constants.size()));
    result.constants.push_back(values[i]);
    nodes.push_back(node);
  }
  entry.parameter_names.resize(first);
  entry.nodes.insert(entry.nodes.begin(), nodes.begin(), nodes.end());
  return result;
}

}  // namespace pygraph::passes
