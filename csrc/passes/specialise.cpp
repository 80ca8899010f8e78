// An abstract run of the graph on concrete input types. A loop's state starts with the types of its
// initial values; dims that the body changes become unknown, and the body is inferred again until
// nothing changes.
#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "ops/infer.hpp"
#include "ops/prepare.hpp"
#include "passes/passes.hpp"

namespace pygraph::passes {
namespace {

// Larger results are cheaper to compute at a call than to keep with the graph.
constexpr std::size_t kLargestFolded = 4096;

using Known = std::vector<Tensor>;  // per value: its elements, or no tensor

class Specialiser {
 public:
  Specialiser(const ir::Module& source, const Options& options)
      : source_(source), fold_(options.enabled("fold_constants")) {
    result_.functions.resize(source.functions.size());
    result_.constants = source.constants;
    result_.locations = source.locations;
    result_.symbol_count = source.symbol_count;
  }

  ir::Module run(std::span<const ir::Type> inputs) {
    specialise_function(0, inputs);
    for (std::size_t i = 0; i < callees_.size(); ++i) specialise_callee(callees_[i]);
    return std::move(result_);
  }

 private:
  std::vector<ir::Type> specialise_function(std::size_t id, std::span<const ir::Type> parameters) {
    const ir::Function& from = source_.functions[id];
    ir::Function to;
    to.name = from.name;
    to.parameter_names = from.parameter_names;
    to.result_names = from.result_names;
    to.types.assign(parameters.begin(), parameters.end());
    Known known(parameters.size());
    std::vector<ir::ValueId> renamed(from.types.size());
    for (ir::ValueId i = 0; i < from.parameter_count(); ++i) renamed[i] = i;
    for (const ir::Node& node : from.nodes) copy_node(from, node, to, renamed, known);
    std::vector<ir::Type> results;
    for (ir::ValueId value : from.results) {
      to.results.push_back(renamed[value]);
      results.push_back(to.types[renamed[value]]);
    }
    result_.functions[id] = std::move(to);
    return results;
  }

  // A function that is called keeps its declared types: calls of other shapes come to it too.
  void specialise_callee(std::size_t id) {
    const ir::Function& from = source_.functions[id];
    std::vector<ir::Type> parameters(from.types.begin(),
                                     from.types.begin() + from.parameter_count());
    for (ir::Type& type : parameters) {
      for (int axis = 0; axis < type.shape.rank(); ++axis) {
        if (is_unknown(type.shape[axis])) type.shape[axis] = unknown_dim(result_.symbol_count++);
      }
    }
    specialise_function(id, parameters);
    result_.functions[id].declared_results = from.declared_results;
  }

  void copy_node(const ir::Function& from, const ir::Node& node, ir::Function& to,
                 std::vector<ir::ValueId>& renamed, Known& known) {
    std::vector<ir::ValueId> inputs;
    std::vector<ir::Type> input_types;
    for (ir::ValueId value : from.inputs_of(node)) {
      inputs.push_back(renamed[value]);
      input_types.push_back(to.types[renamed[value]]);
    }
    const ops::OpRow& op = ops::row(node.op);
    try {
      const std::vector<ir::Type> outputs = infer_node(op, from, node, inputs, input_types, known);
      std::vector<Tensor> values = fold(op, from, node, inputs, input_types, outputs, known);
      for (std::uint32_t i = 0; i < node.output_count; ++i)
        renamed[node.first_output + i] = static_cast<ir::ValueId>(to.types.size()) + i;
      if (values.empty()) {
        append(to, node, from.attributes_of(node), inputs, outputs, from.subgraphs_of(node), known);
        if (op.rule == ops::Rule::constant)
          known.back() =
              source_
                  .constants[static_cast<std::size_t>(ops::integer(from.attributes_of(node)[0]))];
      } else {
        append_constant(to, node, values[0], known);
      }
    } catch (Error& error) {
      if (error.location() == kNoLocation) error.set_location(node.location);
      throw;
    }
  }

  static void append(ir::Function& to, const ir::Node& node,
                     std::span<const ir::Attribute> attributes, std::span<const ir::ValueId> inputs,
                     std::span<const ir::Type> outputs, std::span<const ir::FunctionId> subgraphs,
                     Known& known) {
    ir::Node& added = to.append(node.op, inputs, attributes, subgraphs, node.location);
    added.output_count = static_cast<std::uint32_t>(outputs.size());
    to.types.insert(to.types.end(), outputs.begin(), outputs.end());
    known.resize(to.types.size());
  }

  void append_constant(ir::Function& to, const ir::Node& node, const Tensor& value, Known& known) {
    const ir::Attribute index = static_cast<std::int64_t>(result_.constants.size());
    result_.constants.push_back(value);
    ir::Node constant = node;
    constant.op = ir::OpCode::constant;
    const ir::Type type{ir::Kind::tensor, value.dtype(), value.shape()};
    append(to, constant, std::span(&index, 1), {}, std::span(&type, 1), {}, known);
    known.back() = value;
  }

  std::vector<ir::Type> infer_node(const ops::OpRow& op, const ir::Function& from,
                                   const ir::Node& node, std::span<const ir::ValueId> inputs,
                                   std::span<const ir::Type> input_types, const Known& known) {
    if (op.rule == ops::Rule::cond) return infer_cond(from, node, input_types);
    if (op.rule == ops::Rule::while_loop) return infer_while(from, node, input_types);
    if (op.rule == ops::Rule::call) return infer_call(op, from, node, input_types);
    std::vector<const std::byte*> values;
    for (ir::ValueId input : inputs) values.push_back(known[input] ? known[input].data() : nullptr);
    return ops::infer({.op = &op,
                       .inputs = input_types,
                       .attributes = from.attributes_of(node),
                       .values = values,
                       .constants = source_.constants,
                       .subgraphs = {},
                       .symbol_count = &result_.symbol_count});
  }

  std::vector<ir::Type> infer_cond(const ir::Function& from, const ir::Node& node,
                                   std::span<const ir::Type> inputs) {
    const auto subgraphs = from.subgraphs_of(node);
    std::vector<ir::Type> results = specialise_function(subgraphs[0], inputs.subspan(1));
    const std::vector<ir::Type> others = specialise_function(subgraphs[1], inputs.subspan(1));
    for (std::size_t i = 0; i < results.size(); ++i) {
      results[i] = ops::join(results[i], others[i], "cond: result " + std::to_string(i),
                             &result_.symbol_count);
    }
    return results;
  }

  std::vector<ir::Type> infer_while(const ir::Function& from, const ir::Node& node,
                                    std::span<const ir::Type> inputs) {
    const auto subgraphs = from.subgraphs_of(node);
    const auto captures = static_cast<std::size_t>(ops::integer(from.attributes_of(node)[0]));
    std::vector<ir::Type> types(inputs.begin(), inputs.end());
    for (bool settled = false; !settled;) {
      specialise_function(subgraphs[0], types);
      const std::vector<ir::Type> results = specialise_function(subgraphs[1], types);
      settled = true;
      for (std::size_t i = 0; i < results.size(); ++i) {
        ir::Type& state = types[captures + i];
        if (ops::fits(results[i], state)) continue;
        state = ops::join(state, results[i], "while_loop: state " + std::to_string(i),
                          &result_.symbol_count);
        settled = false;
      }
    }
    return {types.begin() + static_cast<std::ptrdiff_t>(captures), types.end()};
  }

  std::vector<ir::Type> infer_call(const ops::OpRow& op, const ir::Function& from,
                                   const ir::Node& node, std::span<const ir::Type> inputs) {
    const auto id = static_cast<std::size_t>(ops::integer(from.attributes_of(node)[0]));
    if (std::find(callees_.begin(), callees_.end(), id) == callees_.end()) callees_.push_back(id);
    const ir::Function& callee = source_.functions[id];
    const ops::Signature signature{std::span(callee.types).first(callee.parameter_count()),
                                   callee.declared_results};
    return ops::infer({.op = &op,
                       .inputs = inputs,
                       .attributes = from.attributes_of(node),
                       .values = {},
                       .constants = {},
                       .subgraphs = std::span(&signature, 1),
                       .symbol_count = &result_.symbol_count});
  }

  // The value of a node whose operands are known; nothing if it has to run.
  std::vector<Tensor> fold(const ops::OpRow& op, const ir::Function& from, const ir::Node& node,
                           std::span<const ir::ValueId> inputs,
                           std::span<const ir::Type> input_types, std::span<const ir::Type> outputs,
                           const Known& known) const {
    const bool computes = op.family != ops::Family::control && op.family != ops::Family::call &&
                          op.family != ops::Family::constant && op.family != ops::Family::undef &&
                          op.family != ops::Family::variable && op.family != ops::Family::check &&
                          outputs.size() == 1;
    if (!fold_ || !computes || !outputs[0].shape.is_static()) return {};
    if (byte_count(outputs[0].dtype, outputs[0].shape) > kLargestFolded) return {};
    if (op.rule == ops::Rule::dim_size)
      return fold_dim_size(
          input_types[0].shape[static_cast<int>(ops::integer(from.attributes_of(node)[0]))]);
    std::vector<const std::byte*> values;
    for (ir::ValueId input : inputs) {
      if (!known[input]) return {};
      values.push_back(known[input].data());
    }
    const ops::KernelCall call =
        ops::prepare(op, from.attributes_of(node), input_types, outputs, values);
    Tensor result = Tensor::empty(outputs[0].dtype, outputs[0].shape);
    void* out = result.data();
    const std::vector<const void*> in(values.begin(), values.end());
    // A fault is the user's, and happens when (and if) the node runs.
    if (!call.run(call, &out, in.data()).ok()) return {};
    return {result};
  }

  static std::vector<Tensor> fold_dim_size(std::int64_t dim) {
    if (is_unknown(dim)) return {};
    return {Tensor::scalar<std::int64_t>(dim)};
  }

  const ir::Module& source_;
  ir::Module result_;
  std::vector<std::size_t> callees_;  // the functions that are called, as far as met
  bool fold_;
};

}  // namespace

ir::Module specialise(const ir::Module& module, std::span<const ir::Type> inputs,
                      const Options& options) {
  return Specialiser(module, options).run(inputs);
}

}  // namespace pygraph::passes
