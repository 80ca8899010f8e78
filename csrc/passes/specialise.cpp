// An abstract run of the graph on concrete input types. A loop's state starts with the types of its
// initial values; dims that the body changes become unknown, and the body is inferred again until
// nothing changes. A node that does not fit its operands is a fault of the run that gets there:
// what stands behind it is never reached, and so says nothing of types.
#include <algorithm>
#include <atomic>
#include <cstring>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "ops/infer.hpp"
#include "ops/prepare.hpp"
#include "passes/passes.hpp"

namespace pygraph::passes {
namespace {

// Larger results are cheaper to compute at a call than to keep with the graph.
constexpr std::size_t kLargestFolded = 4096;
// How often a loop's state may become more general before all its dims become unknown.
constexpr int kMostWidenings = 8;

std::atomic<std::int64_t> inferred_nodes{0};

using Types = std::vector<ir::Type>;
// The types of results; none where the run surely fails before.
using Results = std::optional<Types>;
using Known = std::vector<Tensor>;  // per value: its elements, or no tensor

// The class of the exception that a node's fault is; empty for an error that is not the program's.
std::string_view fault_class(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::value: return "ValueError";
    case ErrorKind::type: return "TypeError";
    case ErrorKind::index: return "IndexError";
    case ErrorKind::zero_division: return "ZeroDivisionError";
    case ErrorKind::overflow: return "OverflowError";
    default: return "";
  }
}

// A message as the text of a `raise`, in which braces are written twice.
std::string escaped(const std::string& message) {
  std::string text;
  for (const char c : message) text.append(c == '{' || c == '}' ? 2 : 1, c);
  return text;
}

bool is_static(const ir::Type& type) { return type.shape.is_static(); }

bool same_but_for_symbols(const Types& a, const Types& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& one, const auto& other) {
    return ops::fits(one, other) && ops::fits(other, one);
  });
}

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
    if (!specialise_function(0, inputs)) complete(0, result_types());
    for (std::size_t i = 0; i < callees_.size(); ++i) specialise_callee(callees_[i]);
    return std::move(result_);
  }

 private:
  Results specialise_function(std::size_t id, std::span<const ir::Type> parameters) {
    const ir::Function& from = source_.functions[id];
    ir::Function to = started(from, parameters);
    Known known(parameters.size());
    std::vector<ir::ValueId> renamed(from.types.size());
    for (ir::ValueId i = 0; i < from.parameter_count(); ++i) renamed[i] = i;
    const bool returns = std::all_of(
        from.nodes.begin(), from.nodes.end(),
        [&](const ir::Node& node) { return copy_node(from, node, to, renamed, known); });
    Types results;
    for (ir::ValueId value : from.results) {
      if (!returns) break;
      to.results.push_back(renamed[value]);
      results.push_back(to.types[renamed[value]]);
    }
    result_.functions[id] = std::move(to);
    return returns ? Results(std::move(results)) : std::nullopt;
  }

  static ir::Function started(const ir::Function& from, std::span<const ir::Type> parameters) {
    ir::Function to;
    to.name = from.name;
    to.parameter_names = from.parameter_names;
    to.result_names = from.result_names;
    to.types.assign(parameters.begin(), parameters.end());
    return to;
  }

  // A function that no run gets to.
  void leave_out(std::size_t id, std::span<const ir::Type> parameters,
                 std::span<const ir::Type> results) {
    result_.functions[id] = started(source_.functions[id], parameters);
    complete(id, results);
  }

  // Gives a function whose end is never reached results that fit these types.
  void complete(std::size_t id, std::span<const ir::Type> results) {
    ir::Function& function = result_.functions[id];
    for (const ir::Type& type : results) {
      std::vector<std::int64_t> dims;
      for (std::int64_t dim : type.shape) dims.push_back(std::max<std::int64_t>(dim, 0));
      const ir::Attribute attributes[] = {type.dtype, dims};
      ir::Node& node = function.append(ir::OpCode::undef, {}, attributes, {}, kNoLocation);
      node.output_count = 1;
      function.results.push_back(node.first_output);
      function.types.push_back({ir::Kind::tensor, type.dtype, Shape(dims)});
    }
  }

  // A function that is called keeps its declared types: calls of other shapes come to it too.
  void specialise_callee(std::size_t id) {
    const ir::Function& from = source_.functions[id];
    const auto count = static_cast<std::ptrdiff_t>(from.parameter_count());
    const Types parameters = renewed(Types(from.types.begin(), from.types.begin() + count));
    if (!specialise_function(id, parameters)) complete(id, from.declared_results);
    result_.functions[id].declared_results = from.declared_results;
  }

  // The types with new symbols: of their unknown dims none is known to equal another.
  Types renewed(Types types) {
    for (ir::Type& type : types) {
      for (int axis = 0; axis < type.shape.rank(); ++axis) {
        if (is_unknown(type.shape[axis])) type.shape[axis] = unknown_dim(result_.symbol_count++);
      }
    }
    return types;
  }

  // Whether the run goes on behind the node.
  bool copy_node(const ir::Function& from, const ir::Node& node, ir::Function& to,
                 std::vector<ir::ValueId>& renamed, Known& known) {
    std::vector<ir::ValueId> inputs;
    Types input_types;
    for (ir::ValueId value : from.inputs_of(node)) {
      inputs.push_back(renamed[value]);
      input_types.push_back(to.types[renamed[value]]);
    }
    const ops::OpRow& op = ops::row(node.op);
    inferred_nodes.fetch_add(1, std::memory_order_relaxed);
    try {
      const Results outputs = infer_node(op, from, node, inputs, input_types, known);
      if (!outputs) {
        append(to, node, from.attributes_of(node), inputs, declared(from, node),
               from.subgraphs_of(node), known);
        return false;
      }
      const std::vector<Tensor> values = fold(op, from, node, inputs, input_types, *outputs, known);
      for (std::uint32_t i = 0; i < node.output_count; ++i)
        renamed[node.first_output + i] = static_cast<ir::ValueId>(to.types.size()) + i;
      if (values.empty()) {
        append(to, node, from.attributes_of(node), inputs, *outputs, from.subgraphs_of(node),
               known);
        if (op.code == ir::OpCode::constant)
          known.back() =
              source_
                  .constants[static_cast<std::size_t>(ops::integer(from.attributes_of(node)[0]))];
      } else {
        append_constant(to, node, values[0], known);
      }
      return true;
    } catch (Error& error) {
      if (error.location() == kNoLocation) error.set_location(node.location);
      if (fault_class(error.kind()).empty()) throw;
      append_fault(from, node, to, inputs, input_types, error, known);
      return false;
    }
  }

  // A node that fails whenever it runs. Where sizes are unknown still, it stays, for its text is to
  // tell them.
  void append_fault(const ir::Function& from, const ir::Node& node, ir::Function& to,
                    std::span<const ir::ValueId> inputs, std::span<const ir::Type> input_types,
                    const Error& error, Known& known) {
    if (!std::all_of(input_types.begin(), input_types.end(), is_static)) {
      append(to, node, from.attributes_of(node), inputs, declared(from, node),
             from.subgraphs_of(node), known);
      return;
    }
    const std::string kind(fault_class(error.kind()));
    const ir::Attribute attributes[] = {escaped(error.message()), kind, kind, std::int64_t{-1}};
    ir::Node fault = node;
    fault.op = ir::OpCode::raise;
    append(to, fault, attributes, {}, {}, {}, known);
  }

  // The types of a node's results as they are known without the call's.
  Types declared(const ir::Function& from, const ir::Node& node) {
    const auto first = from.types.begin() + node.first_output;
    return renewed(Types(first, first + node.output_count));
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

  Results infer_node(const ops::OpRow& op, const ir::Function& from, const ir::Node& node,
                     std::span<const ir::ValueId> inputs, std::span<const ir::Type> input_types,
                     const Known& known) {
    if (op.code == ir::OpCode::cond)
      return infer_cond(from, node, input_types, known_choice(known[inputs[0]]));
    if (op.code == ir::OpCode::while_loop) return infer_while(from, node, input_types);
    if (op.code == ir::OpCode::call) return infer_call(op, from, node, input_types);
    std::vector<const std::byte*> values;
    for (ir::ValueId input : inputs) values.push_back(known[input] ? known[input].data() : nullptr);
    Types outputs = ops::infer({.op = &op,
                                .inputs = input_types,
                                .attributes = from.attributes_of(node),
                                .values = values,
                                .constants = source_.constants,
                                .subgraphs = {},
                                .symbol_count = &result_.symbol_count});
    for (const ir::Type& type : outputs) {
      if (is_static(type)) byte_count(type.dtype, type.shape);  // throws where that is too much
    }
    return outputs;
  }

  std::optional<bool> known_choice(const Tensor& predicate) const {
    if (!fold_ || !predicate) return std::nullopt;
    return predicate.item<bool>();
  }

  // Only branches that a run can get to, and come back from, decide what the results are.
  Results infer_cond(const ir::Function& from, const ir::Node& node,
                     std::span<const ir::Type> inputs, std::optional<bool> choice) {
    const auto subgraphs = from.subgraphs_of(node);
    const auto operands = inputs.subspan(1);
    const auto branch = [&](std::size_t which) {
      const bool runs = choice.value_or(which == 0) == (which == 0);
      return runs ? specialise_function(subgraphs[which], operands) : std::nullopt;
    };
    const Results ends[] = {branch(0), branch(1)};
    Results results = ends[0] ? ends[0] : ends[1];
    for (std::size_t i = 0; ends[0] && ends[1] && i < results->size(); ++i) {
      (*results)[i] = ops::join((*ends[0])[i], (*ends[1])[i], "cond: result " + std::to_string(i),
                                &result_.symbol_count);
    }
    const Types types = results ? *results : declared(from, node);
    for (const std::size_t which : {0, 1}) {
      if (choice && *choice != (which == 0)) {
        leave_out(subgraphs[which], operands, types);
      } else if (!ends[which]) {
        complete(subgraphs[which], types);
      }
    }
    return results;
  }

  // What is known of a loop from the last time that it was met: an outer loop whose state became
  // more general meets it again, with operands that are as general or more so.
  struct Loop {
    Types operands;  // with the settled types of the state; empty before the first time
    bool returns = true;
    int widenings = 0;
  };

  Results infer_while(const ir::Function& from, const ir::Node& node,
                      std::span<const ir::Type> inputs) {
    const auto subgraphs = from.subgraphs_of(node);
    const auto captures = static_cast<std::size_t>(ops::integer(from.attributes_of(node)[0]));
    Loop& loop = loops_[subgraphs[1]];
    Types operands = renewed(Types(inputs.begin(), inputs.end()));
    for (std::size_t i = captures; i < operands.size(); ++i) {
      Shape& shape = operands[i].shape;
      if (shape.rank() > 0 && shape[0] > 0 && is_list(subgraphs[1], static_cast<ir::ValueId>(i)))
        shape[0] = unknown_dim(result_.symbol_count++);
    }
    if (!loop.operands.empty()) {
      widen(operands, captures, std::span(loop.operands).subspan(captures), loop);
    }
    if (loop.operands.empty() || !same_but_for_symbols(operands, loop.operands)) {
      loop.returns = settle(subgraphs, operands, captures, loop);
      loop.operands = operands;
    }
    if (!loop.returns) return std::nullopt;
    return renewed({operands.begin() + static_cast<std::ptrdiff_t>(captures), operands.end()});
  }

  // Whether a function puts items into a parameter, or takes some from it. Were the length of such
  // a state constant, since as many come as go, it would have a fixed place, into which each
  // iteration would copy all items.
  bool is_list(ir::FunctionId id, ir::ValueId parameter) const {
    const ir::Function& function = source_.functions[id];
    return std::any_of(function.nodes.begin(), function.nodes.end(), [&](const ir::Node& node) {
      const auto inputs = function.inputs_of(node);
      if (node.op == ir::OpCode::list_append || node.op == ir::OpCode::list_pop)
        return inputs[0] == parameter;
      const std::size_t first = node.op == ir::OpCode::cond ? 1 : 0;
      for (ir::FunctionId subgraph : function.subgraphs_of(node)) {
        for (std::size_t i = first; i < inputs.size(); ++i) {
          if (inputs[i] == parameter && is_list(subgraph, static_cast<ir::ValueId>(i - first)))
            return true;
        }
      }
      return false;
    });
  }

  // Makes the state's types general enough for all iterations; returns whether the loop may end.
  bool settle(std::span<const ir::FunctionId> subgraphs, Types& operands, std::size_t captures,
              Loop& loop) {
    while (true) {
      const auto state = std::span<const ir::Type>(operands).subspan(captures);
      if (!specialise_function(subgraphs[0], operands)) {
        complete(subgraphs[0], {{{ir::Kind::tensor, DType::bool_, Shape()}}});
        leave_out(subgraphs[1], operands, state);
        return false;
      }
      const Results ends = specialise_function(subgraphs[1], operands);
      if (!ends) complete(subgraphs[1], state);
      if (!ends || !widen(operands, captures, *ends, loop)) return true;
    }
  }

  // Lets the state be of other types too; returns whether it was not before.
  bool widen(Types& operands, std::size_t captures, std::span<const ir::Type> others, Loop& loop) {
    bool changes = false;
    for (std::size_t i = 0; i < others.size(); ++i) {
      ir::Type& state = operands[captures + i];
      if (ops::fits(others[i], state)) continue;
      state = ops::join(state, others[i], "while_loop: state " + std::to_string(i),
                        &result_.symbol_count);
      changes = true;
    }
    if (changes && ++loop.widenings > kMostWidenings) {
      for (std::size_t i = captures; i < operands.size(); ++i) {
        for (int axis = 0; axis < operands[i].shape.rank(); ++axis)
          operands[i].shape[axis] = unknown_dim(result_.symbol_count++);
      }
    }
    return changes;
  }

  Types infer_call(const ops::OpRow& op, const ir::Function& from, const ir::Node& node,
                   std::span<const ir::Type> inputs) {
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
    const bool computes = (op.effects | ops::Effects::may_fail) == ops::Effects::may_fail &&
                          op.code != ir::OpCode::constant && op.code != ir::OpCode::undef &&
                          op.code != ir::OpCode::check_defined && outputs.size() == 1;
    if (!fold_ || !computes || !outputs[0].shape.is_static()) return {};
    if (byte_count(outputs[0].dtype, outputs[0].shape) > kLargestFolded) return {};
    if (op.code == ir::OpCode::dim_size)
      return fold_dim_size(
          input_types[0].shape[static_cast<int>(ops::integer(from.attributes_of(node)[0]))]);
    std::vector<const std::byte*> values;
    for (ir::ValueId input : inputs) {
      if (!known[input]) return {};
      values.push_back(known[input].data());
    }
    const ops::KernelCall call =
        ops::prepare({op, from.attributes_of(node), input_types, outputs, values});
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

  Types result_types() const {
    const ir::Function& entry = source_.functions[0];
    Types types;
    for (ir::ValueId value : entry.results) types.push_back(entry.types[value]);
    return types;
  }

  const ir::Module& source_;
  ir::Module result_;
  std::unordered_map<ir::FunctionId, Loop> loops_;  // by their bodies
  std::vector<std::size_t> callees_;                // the functions that are called, as far as met
  bool fold_;
};

}  // namespace

std::int64_t nodes_inferred() { return inferred_nodes.load(std::memory_order_relaxed); }

ir::Module specialise(const ir::Module& module, std::span<const ir::Type> inputs,
                      const Options& options) {
  return Specialiser(module, options).run(inputs);
}

}  // namespace pygraph::passes
