// What a pass made, checked as a graph from outside is: well formed, and of the types that it says.
#include <algorithm>
#include <string>

#include "base/error.hpp"
#include "ops/infer.hpp"
#include "ops/verify.hpp"
#include "passes/passes.hpp"

namespace pygraph::passes {
namespace {

constexpr std::uint32_t kNone = UINT32_MAX;

// A copy without what the passes dropped: values, and functions that nothing refers to, have no
// gaps between their numbers. What refers to a dropped one gets a number that nothing has.
class Compaction {
 public:
  explicit Compaction(const ir::Module& module)
      : module_(module), number_of_(module.functions.size(), kNone) {
    find(0);
    std::uint32_t count = 0;
    for (std::uint32_t& number : number_of_) {
      if (number != kNone) number = count++;
    }
  }

  ir::Module run() {
    ir::Module copy{.functions = {},
                    .constants = module_.constants,
                    .locations = module_.locations,
                    .symbol_count = module_.symbol_count};
    for (std::size_t id = 0; id < number_of_.size(); ++id) {
      if (number_of_[id] == kNone) continue;
      copy.functions.push_back(function(module_.functions[id]));
      originals.push_back(id);
    }
    return copy;
  }

  // Per function of the copy: which one it is of, and per value of that one its number in the copy.
  std::vector<std::size_t> originals;
  std::vector<std::vector<ir::ValueId>> value_numbers;

 private:
  static bool calls(const ir::Node& node) { return node.op == ir::OpCode::call; }

  void find(std::size_t id) {
    if (id >= number_of_.size() || number_of_[id] != kNone) return;
    number_of_[id] = 0;
    const ir::Function& function = module_.functions[id];
    for (const ir::Node& node : function.nodes) {
      for (ir::FunctionId subgraph : function.subgraphs_of(node)) find(subgraph);
      if (calls(node))
        find(static_cast<std::size_t>(ops::integer(function.attributes_of(node)[0])));
    }
  }

  std::uint32_t number_of(std::uint64_t id) const {
    return id < number_of_.size() ? number_of_[id] : kNone;
  }

  ir::Function function(const ir::Function& from) {
    std::vector<ir::ValueId> numbers(from.types.size(), kNone);
    for (std::uint32_t i = 0; i < from.parameter_count(); ++i) numbers[i] = i;
    const auto number = [&](ir::ValueId id) { return id < numbers.size() ? numbers[id] : kNone; };
    ir::Function to{.name = from.name,
                    .parameter_names = from.parameter_names,
                    .types = {from.types.begin(), from.types.begin() + from.parameter_count()},
                    .nodes = {},
                    .inputs = {},
                    .attributes = {},
                    .subgraphs = {},
                    .results = {},
                    .result_names = from.result_names,
                    .declared_results = from.declared_results};
    ir::ValueId next = from.parameter_count();
    for (const ir::Node& node : from.nodes) {
      std::vector<ir::ValueId> inputs;
      for (ir::ValueId input : from.inputs_of(node)) inputs.push_back(number(input));
      std::vector<ir::FunctionId> subgraphs;
      for (ir::FunctionId id : from.subgraphs_of(node)) subgraphs.push_back(number_of(id));
      const auto given = from.attributes_of(node);
      std::vector<ir::Attribute> attributes(given.begin(), given.end());
      if (calls(node)) {
        const auto callee = static_cast<std::uint64_t>(ops::integer(attributes[0]));
        attributes[0] = static_cast<std::int64_t>(number_of(callee));
      }
      to.append(node.op, inputs, attributes, subgraphs, node.location);
      for (std::uint32_t i = 0; i < node.output_count; ++i) numbers[node.first_output + i] = next++;
    }
    for (ir::ValueId result : from.results) to.results.push_back(number(result));
    value_numbers.push_back(std::move(numbers));
    return to;
  }

  const ir::Module& module_;
  std::vector<std::uint32_t> number_of_;  // per function; kNone where nothing refers to it
};

// Whether two types may be of one value: what both know is the same.
bool agree(const ir::Type& one, const ir::Type& other) {
  if (one.kind != other.kind || one.dtype != other.dtype || one.shape.rank() != other.shape.rank())
    return false;
  for (int axis = 0; axis < one.shape.rank(); ++axis) {
    const std::int64_t a = one.shape[axis];
    const std::int64_t b = other.shape[axis];
    if (!is_unknown(a) && !is_unknown(b) && a != b) return false;
  }
  return true;
}

}  // namespace

ir::Module check_after(std::string_view pass, const ir::Module& module) {
  const std::string blame = "the pass " + std::string(pass) + " broke the graph: ";
  Compaction compaction(module);
  ir::Module copy = compaction.run();
  try {
    ops::verify(copy);
  } catch (const Error& error) {
    throw Error(ErrorKind::internal, blame + error.message(), error.location());
  }
  for (std::size_t f = 0; f < copy.functions.size(); ++f) {
    const ir::Function& from = module.functions[compaction.originals[f]];
    const std::vector<ir::ValueId>& numbers = compaction.value_numbers[f];
    for (std::size_t id = 0; id < numbers.size(); ++id) {
      if (numbers[id] == kNone) continue;
      const ir::Type& inferred = copy.functions[f].types[numbers[id]];
      if (agree(inferred, from.types[id])) continue;
      throw Error(ErrorKind::internal, blame + "function " + std::to_string(f) + " (" + from.name +
                                           "): a value of type " + inferred.text() +
                                           " is noted as " + from.types[id].text());
    }
  }
  return copy;
}

}  // namespace pygraph::passes
