#include "ops/verify.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "ops/infer.hpp"

namespace pygraph::ops {
namespace {

constexpr std::string_view kAttributeKinds[] = {"integer", "real",   "boolean",  "dtype",
                                                "ints",    "string", "constant", "function"};

bool has_kind(const ir::Attribute& attribute, AttributeKind kind) {
  switch (kind) {
    case AttributeKind::integer:
    case AttributeKind::constant:
    case AttributeKind::function: return std::holds_alternative<std::int64_t>(attribute);
    case AttributeKind::real: return std::holds_alternative<double>(attribute);
    case AttributeKind::boolean: return std::holds_alternative<bool>(attribute);
    case AttributeKind::dtype: return std::holds_alternative<DType>(attribute);
    case AttributeKind::ints: return std::holds_alternative<std::vector<std::int64_t>>(attribute);
    case AttributeKind::string: return std::holds_alternative<std::string>(attribute);
  }
  return false;
}

// Where a fault is: "function 2 (body), node 3 (add): ".
struct Place {
  const ir::Module& module;
  std::size_t function;
  std::size_t node;

  [[noreturn]] void fail(ErrorKind kind, const std::string& text) const {
    const ir::Function& owner = module.functions[function];
    const ir::Node& at = owner.nodes[node];
    throw Error(kind,
                "function " + std::to_string(function) + " (" + owner.name + "), node " +
                    std::to_string(node) + ": " + text,
                at.location < module.locations.size() ? at.location : kNoLocation);
  }
};

class Verifier {
 public:
  explicit Verifier(ir::Module& module)
      : module_(module),
        owned_(module.functions.size(), false),
        called_(module.functions.size(), false),
        depth_(module.functions.size(), 0) {}

  void run() {
    if (module_.functions.empty()) throw Error(ErrorKind::format, "the module has no function");
    for (const Tensor& constant : module_.constants) check_dtype(constant.dtype(), "a constant: ");
    check_locations();
    check_structure();
    // A subgraph has a higher index than its owner, so its results are typed first.
    for (std::size_t i = module_.functions.size(); i-- > 0;) infer_function(i);
  }

 private:
  void check_locations() const {
    for (std::size_t i = 0; i < module_.locations.size(); ++i) {
      if (module_.locations[i].parent >= std::max<std::size_t>(i, 1)) {
        throw Error(ErrorKind::format, "location " + std::to_string(i) +
                                           " names a parent that does not come before it");
      }
    }
  }

  void check_structure() {
    for (std::size_t f = 0; f < module_.functions.size(); ++f) {
      check_parameters(f);
      const ir::Function& function = module_.functions[f];
      for (std::size_t n = 0; n < function.nodes.size(); ++n) check_node({module_, f, n});
    }
    for (std::size_t f = 1; f < module_.functions.size(); ++f) {
      if (owned_[f] == called_[f])
        throw Error(ErrorKind::format, "function " + std::to_string(f) +
                                           (owned_[f] ? " is a subgraph, and is called as well"
                                                      : " is the subgraph of no node"));
      check_declared_results(f);
    }
  }

  void check_declared_results(std::size_t f) {
    ir::Function& function = module_.functions[f];
    const std::size_t wanted = called_[f] ? function.results.size() : 0;
    const std::string where = "function " + std::to_string(f) + " (" + function.name + "): ";
    if (function.declared_results.size() != wanted)
      throw Error(ErrorKind::format, where + "the results of a call are not declared");
    for (ir::Type& type : function.declared_results) {
      if (type.kind != ir::Kind::tensor)
        throw Error(ErrorKind::format, where + "a result must be a tensor");
      check_dtype(type.dtype, where);
      for (int axis = 0; axis < type.shape.rank(); ++axis)
        type.shape[axis] = std::max(type.shape[axis], unknown_dim(0));
    }
  }

  void check_parameters(std::size_t f) const {
    const ir::Function& function = module_.functions[f];
    const std::string where = "function " + std::to_string(f) + " (" + function.name + "): ";
    if (function.types.size() != function.parameter_names.size())
      throw Error(ErrorKind::format, where + "its parameters are not typed");
    if (function.result_names.size() != function.results.size())
      throw Error(ErrorKind::format, where + "its results are not named");
    for (const ir::Type& type : function.types) {
      if (type.kind == ir::Kind::list)
        throw Error(ErrorKind::format, where + "lists are not supported yet");
      if (type.kind == ir::Kind::variable && !type.shape.is_static())
        throw Error(ErrorKind::format, where + "a variable's dims must be known");
      check_dtype(type.dtype, where);
      for (std::int64_t dim : type.shape) {
        if (is_unknown(dim) && symbol_of(dim) >= module_.symbol_count)
          throw Error(ErrorKind::format,
                      where + "a parameter has an unknown dim that the module does not count");
      }
    }
  }

  static void check_dtype(DType dtype, const std::string& where) {
    if (static_cast<std::size_t>(dtype) >= kDTypeCount)
      throw Error(ErrorKind::format, where + "a dtype has no such number");
    if (!info(dtype).supported)
      throw Error(ErrorKind::type, where + std::string(name(dtype)) + " is not supported yet");
  }

  void check_node(const Place& at) {
    const ir::Function& function = module_.functions[at.function];
    const ir::Node& node = function.nodes[at.node];
    if (static_cast<std::size_t>(node.op) >= op_table().size())
      at.fail(ErrorKind::format, "no op has this number");
    const OpRow& op = row(node.op);
    if (node.location != kNoLocation && node.location >= module_.locations.size())
      at.fail(ErrorKind::format, "its location is not in the table");
    const auto minimum = static_cast<std::uint32_t>(op.inputs.minimum);
    if (op.inputs.variadic ? node.input_count < minimum : node.input_count != minimum) {
      at.fail(ErrorKind::format,
              std::string(op.name) + " takes " + (op.inputs.variadic ? "at least " : "") +
                  std::to_string(minimum) + " inputs, got " + std::to_string(node.input_count));
    }
    check_attributes(at, op, function.attributes_of(node));
    if (node.subgraph_count != static_cast<std::uint32_t>(op.subgraphs)) {
      at.fail(ErrorKind::format, std::string(op.name) + " has " + std::to_string(op.subgraphs) +
                                     " subgraphs, got " + std::to_string(node.subgraph_count));
    }
    for (ir::FunctionId subgraph : function.subgraphs_of(node)) own(at, subgraph);
    if (op.code == OpCode::call) {
      const auto callee = static_cast<std::uint64_t>(integer(function.attributes_of(node)[0]));
      if (callee == 0 || callee >= module_.functions.size())
        at.fail(ErrorKind::format, "what it calls is no function that can be called");
      called_[callee] = true;
    }
  }

  void check_attributes(const Place& at, const OpRow& op,
                        std::span<const ir::Attribute> attributes) const {
    if (attributes.size() != op.attributes.size())
      at.fail(ErrorKind::format, std::string(op.name) + " has " +
                                     std::to_string(op.attributes.size()) + " attributes, got " +
                                     std::to_string(attributes.size()));
    for (std::size_t i = 0; i < attributes.size(); ++i) {
      const AttributeSpec& spec = op.attributes[i];
      if (!has_kind(attributes[i], spec.kind)) {
        at.fail(ErrorKind::format,
                std::string(op.name) + ": attribute " + std::string(spec.name) +
                    " must be of kind " +
                    std::string(kAttributeKinds[static_cast<std::size_t>(spec.kind)]));
      }
      if (spec.kind == AttributeKind::dtype)
        check_dtype(dtype(attributes[i]), std::string(op.name) + ": ");
    }
  }

  void own(const Place& at, ir::FunctionId subgraph) {
    if (subgraph >= module_.functions.size())
      at.fail(ErrorKind::format, "a subgraph is not in the table of functions");
    if (subgraph <= at.function)
      at.fail(ErrorKind::format, "a subgraph must come after the function that owns it");
    if (owned_[subgraph])
      at.fail(ErrorKind::format,
              "function " + std::to_string(subgraph) + " is the subgraph of two nodes");
    owned_[subgraph] = true;
    depth_[subgraph] = depth_[at.function] + 1;
    if (depth_[subgraph] > kMaxNesting)
      at.fail(ErrorKind::format, "control flow nests deeper than " + std::to_string(kMaxNesting));
  }

  void infer_function(std::size_t f) {
    ir::Function& function = module_.functions[f];
    known_.assign(function.types.size(), nullptr);
    for (std::size_t n = 0; n < function.nodes.size(); ++n) infer_node({module_, f, n});
    for (ir::ValueId value : function.results) {
      if (value >= function.types.size())
        throw Error(ErrorKind::format, "function " + std::to_string(f) + " (" + function.name +
                                           "): a result is no value of it");
    }
    for (ir::ValueId value : function.results) {
      if (function.types[value].kind != ir::Kind::tensor) {
        throw Error(ErrorKind::format, "function " + std::to_string(f) + " (" + function.name +
                                           "): a result must be a tensor");
      }
    }
    result_types_[f].clear();
    for (ir::ValueId value : function.results) result_types_[f].push_back(function.types[value]);
    for (std::size_t i = 0; i < function.declared_results.size(); ++i) {
      if (fits(result_types_[f][i], function.declared_results[i])) continue;
      throw Error(ErrorKind::type, "function " + std::to_string(f) + " (" + function.name +
                                       "): result " + std::to_string(i) + " is declared as " +
                                       function.declared_results[i].text() + ", but is " +
                                       result_types_[f][i].text());
    }
  }

  void infer_node(const Place& at) {
    ir::Function& function = module_.functions[at.function];
    ir::Node& node = function.nodes[at.node];
    const OpRow& op = row(node.op);
    std::vector<ir::Type> inputs;
    std::vector<Operand> operands;
    std::vector<const std::byte*> values;
    for (ir::ValueId id : function.inputs_of(node)) {
      if (id >= function.types.size())
        at.fail(ErrorKind::format, std::string(op.name) + ": an input is not defined before it");
      inputs.push_back(function.types[id]);
      operands.push_back({inputs.back().dtype, false});
      values.push_back(known_[id]);
    }
    std::vector<Signature> subgraphs;
    for (ir::FunctionId id : function.subgraphs_of(node)) {
      const ir::Function& subgraph = module_.functions[id];
      subgraphs.push_back(
          {std::span(subgraph.types).first(subgraph.parameter_count()), result_types_[id]});
    }
    if (op.code == OpCode::call) {
      const ir::Function& callee =
          module_.functions[static_cast<std::size_t>(integer(function.attributes_of(node)[0]))];
      subgraphs.push_back(
          {std::span(callee.types).first(callee.parameter_count()), callee.declared_results});
    }
    try {
      check_operand_dtypes(op, operands);
      const std::vector<ir::Type> outputs = infer({.op = &op,
                                                   .inputs = inputs,
                                                   .attributes = function.attributes_of(node),
                                                   .values = values,
                                                   .constants = module_.constants,
                                                   .subgraphs = subgraphs,
                                                   .symbol_count = &module_.symbol_count});
      node.first_output = static_cast<std::uint32_t>(function.types.size());
      node.output_count = static_cast<std::uint32_t>(outputs.size());
      function.types.insert(function.types.end(), outputs.begin(), outputs.end());
      known_.resize(function.types.size(), nullptr);
      if (op.code == OpCode::constant)
        known_.back() =
            module_.constants[static_cast<std::size_t>(integer(function.attributes_of(node)[0]))]
                .data();
    } catch (const Error& error) {
      at.fail(error.kind(), error.message());
    }
  }

  static void check_operand_dtypes(const OpRow& op, std::span<const Operand> operands) {
    const Promotion promotion = promote(op, operands);
    for (std::size_t i = 0; i < operands.size(); ++i) {
      if (promotion.dtypes[i] == operands[i].dtype) continue;
      throw Error(ErrorKind::type, std::string(op.name) + ": input " + std::to_string(i) + " is " +
                                       std::string(name(operands[i].dtype)) +
                                       " and should have been converted to " +
                                       std::string(name(promotion.dtypes[i])));
    }
  }

  ir::Module& module_;
  std::vector<bool> owned_;
  std::vector<bool> called_;
  std::vector<int> depth_;
  std::vector<const std::byte*>
      known_;  // per value of the function at hand: its elements if it is a constant
  std::vector<std::vector<ir::Type>> result_types_ =
      std::vector<std::vector<ir::Type>>(module_.functions.size());
};

}  // namespace

void verify(ir::Module& module) { Verifier(module).run(); }

}  // namespace pygraph::ops
