#include "format/program_state.hpp"

#include <algorithm>
#include <cstring>
#include <optional>
#include <set>

#include "ops/op_table.hpp"

namespace pygraph::format {
namespace {

[[noreturn]] void fail(const std::string& text) {
  throw Error(ErrorKind::format, "program file: its state " + text);
}

[[noreturn]] void fail_functions(const std::string& text) {
  throw Error(ErrorKind::format, "program file: its table of functions " + text);
}

ir::Module empty_graph(const char* name) {
  ir::Module graph;
  graph.locations.emplace_back();
  graph.functions.emplace_back().name = name;
  return graph;
}

void add_result(ir::Module& state, const std::string& name, const Tensor& value) {
  ir::Function& function = state.functions[0];
  const ir::Attribute index = static_cast<std::int64_t>(state.constants.size());
  state.constants.push_back(value);
  ir::Node& node = function.append(ir::OpCode::constant, {}, std::span(&index, 1), {}, kNoLocation);
  node.output_count = 1;
  function.types.push_back({ir::Kind::tensor, value.dtype(), value.shape()});
  function.results.push_back(node.first_output);
  function.result_names.push_back(name);
}

Tensor vector_of(const std::vector<std::int64_t>& items) {
  Tensor result = Tensor::empty(DType::int64, Shape({static_cast<std::int64_t>(items.size())}));
  if (!items.empty()) std::memcpy(result.data(), items.data(), result.bytes());
  return result;
}

std::vector<std::int64_t> elements_of(const Tensor& vector) {
  if (vector.dtype() != DType::int64 || vector.shape().rank() != 1)
    fail("has a table of another type");
  std::vector<std::int64_t> elements(static_cast<std::size_t>(vector.shape()[0]));
  if (!elements.empty()) std::memcpy(elements.data(), vector.data(), vector.bytes());
  return elements;
}

// The results of a graph that consists of constants; nothing of any other.
std::optional<std::vector<Tensor>> constant_results(const ir::Module& state) {
  const ir::Function& function = state.functions[0];
  const bool constant =
      function.parameter_count() == 0 &&
      std::all_of(function.nodes.begin(), function.nodes.end(),
                  [](const ir::Node& node) { return node.op == ir::OpCode::constant; });
  if (!constant) return std::nullopt;
  std::vector<Tensor> results;
  for (ir::ValueId value : function.results) {
    const ir::Attribute& index = function.attributes_of(function.nodes[value])[0];
    results.push_back(state.constants[static_cast<std::size_t>(ops::integer(index))]);
  }
  return results;
}

std::vector<ir::Type> variable_types(const ir::Module& graph) {
  const ir::Function& entry = graph.functions[0];
  std::vector<ir::Type> types;
  for (std::uint32_t i = 0; i < entry.parameter_count(); ++i) {
    if (entry.types[i].kind == ir::Kind::variable) types.push_back(entry.types[i]);
  }
  return types;
}

// The uses of one graph, which must be variables of the types that it declares.
std::vector<std::uint32_t> checked_uses(const std::vector<std::int64_t>& given,
                                        const ir::Module& graph,
                                        std::span<const ProgramVariable> variables) {
  const std::vector<ir::Type> wanted = variable_types(graph);
  const bool fits =
      std::equal(given.begin(), given.end(), wanted.begin(), wanted.end(),
                 [&](std::int64_t index, const ir::Type& type) {
                   if (index < 0 || static_cast<std::size_t>(index) >= variables.size())
                     return false;
                   const Tensor& initial = variables[static_cast<std::size_t>(index)].initial;
                   return initial.dtype() == type.dtype && initial.shape() == type.shape;
                 });
  if (!fits) fail("does not have the variables of " + graph.functions[0].name);
  return {given.begin(), given.end()};
}

}  // namespace

bool uses_variables(const ir::Module& graph) { return !variable_types(graph).empty(); }

ir::Module state_graph(std::span<const ProgramVariable> variables,
                       std::span<const std::vector<std::uint32_t>> uses) {
  ir::Module state = empty_graph("state");
  for (const std::vector<std::uint32_t>& used : uses)
    add_result(state, "", vector_of(std::vector<std::int64_t>(used.begin(), used.end())));
  std::vector<std::int64_t> trainable;
  for (const ProgramVariable& variable : variables) trainable.push_back(variable.trainable ? 1 : 0);
  add_result(state, "", vector_of(trainable));
  for (const ProgramVariable& variable : variables)
    add_result(state, variable.name, variable.initial);
  return state;
}

ir::Module functions_graph(std::span<const ProgramFunction> functions) {
  ir::Module table = empty_graph("functions");
  for (const ProgramFunction& function : functions)
    add_result(table, function.name, Tensor::scalar(static_cast<std::int64_t>(function.graphs)));
  return table;
}

std::vector<ProgramFunction> functions_in(const ir::Module& table) {
  const std::optional<std::vector<Tensor>> counts = constant_results(table);
  if (!counts || counts->empty()) fail_functions("is missing");
  std::vector<ProgramFunction> functions;
  std::set<std::string> names;
  for (std::size_t i = 0; i < counts->size(); ++i) {
    const Tensor& count = (*counts)[i];
    const std::string& name = table.functions[0].result_names[i];
    const bool is_count = count.dtype() == DType::int64 && count.shape().rank() == 0;
    if (!is_count || count.item<std::int64_t>() < 1) fail_functions("has an entry of another type");
    if (name.empty() || !names.insert(name).second)
      fail_functions("has no name of its own for each function");
    functions.push_back({name, static_cast<std::size_t>(count.item<std::int64_t>())});
  }
  return functions;
}

void check_functions(const Program& program) {
  std::size_t left = program.graphs.size();
  for (const ProgramFunction& function : program.functions) {
    if (function.graphs > left) fail_functions("is of other graphs");
    left -= function.graphs;
  }
  if (left != 0) fail_functions("is of other graphs");
}

void take_state(Program& program, const ir::Module& state) {
  const std::optional<std::vector<Tensor>> constants = constant_results(state);
  if (!constants) fail("is missing");
  const std::vector<Tensor>& results = *constants;
  const std::size_t graphs = program.graphs.size();
  if (results.size() <= graphs) fail("is of other graphs");
  const std::vector<std::int64_t> trainable = elements_of(results[graphs]);
  if (results.size() != graphs + 1 + trainable.size()) fail("is of other graphs");
  std::set<std::string> names;
  for (std::size_t i = 0; i < trainable.size(); ++i) {
    const std::string& name = state.functions[0].result_names[graphs + 1 + i];
    if (!names.insert(name).second) fail("has two variables named " + name);
    program.variables.push_back({name, trainable[i] != 0, results[graphs + 1 + i]});
  }
  for (std::size_t i = 0; i < graphs; ++i) {
    program.uses.push_back(
        checked_uses(elements_of(results[i]), program.graphs[i], program.variables));
  }
}

}  // namespace pygraph::format
