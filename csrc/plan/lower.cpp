// From the nested graph to the flat array: cond and while_loop become jumps, every value gets a
// storage.
#include <algorithm>
#include <optional>
#include <string>

#include "plan/plan.hpp"

namespace pygraph::plan {
namespace {

struct Move {
  StorageId to;
  StorageId from;
  ir::Type from_type;
};

class Lowering {
 public:
  // `callees` is shared: the functions that are called, as far as met.
  Lowering(const ir::Module& module, std::vector<ir::FunctionId>& callees)
      : module_(module), callees_(callees), storage_of_(module.functions.size()) {
    plan_.constants = module.constants;
  }

  // The entry, or a function that is called.
  Plan run(ir::FunctionId id) {
    const ir::Function& function = module_.functions[id];
    plan_.name = function.name;
    add_parameters(function);
    emit_function(id, plan_.parameters);
    for (std::size_t i = 0; i < function.results.size(); ++i) {
      const ir::Type& type = function.types[function.results[i]];
      const StorageId from = storage_of_[id][function.results[i]];
      if (id == 0) {
        add_output(type, from);
      } else {
        add_handed_output(function.declared_results[i], type, from);
      }
    }
    emit({.code = Code::finish}, {}, {});
    return std::move(plan_);
  }

 private:
  void add_parameters(const ir::Function& function) {
    std::uint32_t variables = 0;
    for (std::uint32_t i = 0; i < function.parameter_count(); ++i) {
      const ir::Type& type = function.types[i];
      if (type.kind == ir::Kind::variable) {
        plan_.parameters.push_back(add_storage(type, StorageKind::variable, variables++));
        continue;
      }
      const auto index = static_cast<std::uint32_t>(plan_.inputs.size());
      plan_.parameters.push_back(type.shape.is_static()
                                     ? add_storage(type, StorageKind::input, index)
                                     : add_storage(type, StorageKind::dynamic));
      plan_.inputs.push_back(type);
      plan_.input_storages.push_back(plan_.parameters.back());
    }
  }

  StorageId add_storage(const ir::Type& type, StorageKind kind, std::uint32_t index = 0) {
    Storage storage{kind, index};
    if (!type.shape.is_static()) {
      if (kind == StorageKind::arena) storage.kind = StorageKind::dynamic;
    } else {
      storage.bytes = byte_count(type.dtype, type.shape);
    }
    plan_.storages.push_back(storage);
    return static_cast<StorageId>(plan_.storages.size() - 1);
  }

  std::uint32_t emit(Instruction instruction, std::span<const StorageId> outputs,
                     std::span<const StorageId> inputs) {
    instruction.output_count = static_cast<std::uint16_t>(outputs.size());
    instruction.input_count = static_cast<std::uint16_t>(inputs.size());
    instruction.first_operand = static_cast<std::uint32_t>(plan_.operands.size());
    plan_.operands.insert(plan_.operands.end(), outputs.begin(), outputs.end());
    plan_.operands.insert(plan_.operands.end(), inputs.begin(), inputs.end());
    plan_.instructions.push_back(instruction);
    return static_cast<std::uint32_t>(plan_.instructions.size() - 1);
  }

  std::uint32_t next() const { return static_cast<std::uint32_t>(plan_.instructions.size()); }

  void add_cost(std::int64_t cost) {
    if (__builtin_add_overflow(cost_, cost, &cost_)) cost_ = INT64_MAX;
    if (loop_depth_ == 0) plan_.straight_cost = cost_;
  }

  // A result that is no arena value keeps its storage; any other moves into a buffer of its own.
  void add_output(const ir::Type& type, StorageId from) {
    const auto index = static_cast<std::uint32_t>(plan_.outputs.size());
    StorageId storage = from;
    if (plan_.storages[from].kind == StorageKind::arena) {
      storage = add_storage(type, StorageKind::output, index);
      emit_move({storage, from, type}, kNoLocation);
    }
    plan_.outputs.push_back({storage, type});
  }

  // A result that goes to a caller, in a storage of its own: the caller's memory, or a tensor.
  void add_handed_output(const ir::Type& declared, const ir::Type& type, StorageId from) {
    const auto index = static_cast<std::uint32_t>(plan_.outputs.size());
    const bool is_static = declared.shape.is_static();
    const StorageId storage =
        add_storage(declared, is_static ? StorageKind::output : StorageKind::dynamic, index);
    emit_move({storage, from, type}, kNoLocation);
    plan_.outputs.push_back({storage, declared});
  }

  std::vector<StorageId> emit_function(std::size_t id, std::span<const StorageId> parameters) {
    const ir::Function& function = module_.functions[id];
    storage_of_[id].assign(function.types.size(), 0);
    std::copy(parameters.begin(), parameters.end(), storage_of_[id].begin());
    const std::vector<std::vector<ir::ValueId>> last_reads = find_last_reads(function);
    for (std::size_t i = 0; i < function.nodes.size(); ++i) {
      emit_node(id, function.nodes[i]);
      for (ir::ValueId value : last_reads[i])
        emit({.code = Code::drop}, {}, std::span(&storage_of_[id][value], 1));
    }
    std::vector<StorageId> results;
    for (ir::ValueId value : function.results) results.push_back(storage_of_[id][value]);
    return results;
  }

  // Per node, the values read from variables that it is the last to use: once they are dropped, an
  // update of the variable can be made in place.
  static std::vector<std::vector<ir::ValueId>> find_last_reads(const ir::Function& function) {
    constexpr std::size_t kKept = SIZE_MAX;
    std::vector<std::size_t> last_use(function.types.size(), 0);
    for (std::size_t i = 0; i < function.nodes.size(); ++i) {
      // A checked value is the same storage under another id.
      const bool renames = function.nodes[i].op == ir::OpCode::check_defined;
      for (ir::ValueId value : function.inputs_of(function.nodes[i])) {
        if (last_use[value] != kKept) last_use[value] = renames ? kKept : i;
      }
    }
    for (ir::ValueId value : function.results) last_use[value] = kKept;
    std::vector<std::vector<ir::ValueId>> dropped(function.nodes.size());
    for (const ir::Node& node : function.nodes) {
      if (node.op != ir::OpCode::read_variable) continue;
      const std::size_t last = last_use[node.first_output];
      if (last != 0 && last != kKept) dropped[last].push_back(node.first_output);
    }
    return dropped;
  }

  void emit_node(std::size_t id, const ir::Node& node) {
    const ir::Function& function = module_.functions[id];
    std::vector<StorageId> inputs;
    for (ir::ValueId value : function.inputs_of(node)) inputs.push_back(storage_of_[id][value]);
    StorageId* outputs = storage_of_[id].data() + node.first_output;
    const ops::OpRow& op = ops::row(node.op);
    if (op.updates) return emit_update(function, node, inputs);
    switch (node.op) {
      case ir::OpCode::constant: {
        const auto index =
            static_cast<std::uint32_t>(ops::integer(function.attributes_of(node)[0]));
        outputs[0] = add_storage(function.types[node.first_output], StorageKind::constant, index);
        return;
      }
      case ir::OpCode::read_variable:
        outputs[0] = add_storage(function.types[node.first_output], StorageKind::dynamic);
        emit({.code = Code::read_variable, .location = node.location}, std::span(outputs, 1),
             inputs);
        return add_cost(kInstructionCost);
      case ir::OpCode::assign_variable:
        plan_.types.push_back(function.types[function.inputs_of(node)[1]]);
        emit({.code = Code::assign_variable,
              .target = static_cast<std::uint32_t>(plan_.types.size() - 1),
              .location = node.location},
             {}, inputs);
        return add_cost(kDynamicCost);
      case ir::OpCode::cond: return emit_cond(function, node, inputs, outputs);
      case ir::OpCode::while_loop: return emit_while(function, node, inputs, outputs);
      case ir::OpCode::call: return emit_call(function, node, std::move(inputs), outputs);
      case ir::OpCode::check_defined: {
        plan_.names.push_back(std::get<std::string>(function.attributes_of(node)[0]));
        emit({.code = Code::check_defined,
              .target = static_cast<std::uint32_t>(plan_.names.size() - 1),
              .location = node.location},
             {}, std::span(inputs).subspan(1));
        outputs[0] = inputs[0];
        return;
      }
      case ir::OpCode::print:
      case ir::OpCode::raise: return emit_text(function, node, inputs);
      default: return emit_kernel(function, node, inputs, outputs);
    }
  }

  void emit_text(const ir::Function& function, const ir::Node& node,
                 std::span<const StorageId> inputs) {
    TextCall call{.op = node.op, .attributes = {}, .inputs = {}};
    const auto attributes = function.attributes_of(node);
    call.attributes.assign(attributes.begin(), attributes.end());
    for (ir::ValueId value : function.inputs_of(node)) call.inputs.push_back(function.types[value]);
    plan_.texts.push_back(std::move(call));
    emit({.code = Code::text,
          .target = static_cast<std::uint32_t>(plan_.texts.size() - 1),
          .location = node.location},
         {}, inputs);
    add_cost(kDynamicCost);
  }

  void emit_kernel(const ir::Function& function, const ir::Node& node,
                   std::span<const StorageId> inputs, StorageId* outputs) {
    const ops::OpRow& op = ops::row(node.op);
    std::vector<ir::Type> input_types;
    bool is_static = true;
    for (ir::ValueId value : function.inputs_of(node)) input_types.push_back(function.types[value]);
    std::vector<ir::Type> output_types(
        function.types.begin() + node.first_output,
        function.types.begin() + node.first_output + node.output_count);
    for (const auto* types : {&input_types, &output_types}) {
      for (const ir::Type& type : *types) is_static = is_static && type.shape.is_static();
    }
    // A copy of a static value under another shape is the same memory.
    if (is_static && op.view == ops::View::whole &&
        plan_.storages[inputs[0]].kind != StorageKind::dynamic) {
      outputs[0] = inputs[0];
      return;
    }
    for (std::uint32_t i = 0; i < node.output_count; ++i)
      outputs[i] = add_storage(output_types[i], StorageKind::arena);
    const std::span<const StorageId> output_span(outputs, node.output_count);
    Instruction instruction{.location = node.location};
    if (is_static) {
      std::vector<const std::byte*> values;
      for (StorageId input : inputs) values.push_back(constant_data(input));
      plan_.kernels.push_back({&op, ops::prepare({op, function.attributes_of(node), input_types,
                                                  output_types, values})});
      instruction.code = Code::kernel;
      instruction.target = static_cast<std::uint32_t>(plan_.kernels.size() - 1);
      add_cost(kInstructionCost + plan_.kernels.back().call.cost);
    } else {
      const auto attributes = function.attributes_of(node);
      plan_.dynamics.push_back(
          {&op, {attributes.begin(), attributes.end()}, input_types, output_types});
      instruction.code = dynamic_code(op, inputs[0], outputs[0]);
      instruction.target = static_cast<std::uint32_t>(plan_.dynamics.size() - 1);
      add_cost(kDynamicCost);
    }
    emit(instruction, output_span, inputs);
  }

  void emit_update(const ir::Function& function, const ir::Node& node,
                   std::span<const StorageId> inputs) {
    const ops::OpRow& op = ops::row(node.op);
    const auto attributes = function.attributes_of(node);
    std::vector<ir::Type> types;
    for (ir::ValueId value : function.inputs_of(node)) types.push_back(function.types[value]);
    const bool is_static = std::all_of(types.begin(), types.end(),
                                       [](const ir::Type& type) { return type.shape.is_static(); });
    Instruction instruction{.location = node.location};
    if (is_static) {
      const ops::OpRow& pure = ops::row(*op.updates);
      plan_.kernels.push_back(
          {&pure, ops::prepare({pure, attributes, types, std::span(types).first(1), {}})});
      instruction.code = Code::update_variable;
      instruction.target = static_cast<std::uint32_t>(plan_.kernels.size() - 1);
      add_cost(kInstructionCost + plan_.kernels.back().call.cost);
    } else {
      plan_.dynamics.push_back({&op, {attributes.begin(), attributes.end()}, types, {}});
      instruction.code = Code::update_dynamic;
      instruction.target = static_cast<std::uint32_t>(plan_.dynamics.size() - 1);
      add_cost(kDynamicCost);
    }
    emit(instruction, {}, inputs);
  }

  Code dynamic_code(const ops::OpRow& op, StorageId input, StorageId output) const {
    const auto is_dynamic = [&](StorageId id) {
      return plan_.storages[id].kind == StorageKind::dynamic;
    };
    if (op.code == ir::OpCode::list_pop) return Code::list_pop;
    if (op.code == ir::OpCode::list_append && is_dynamic(input) && is_dynamic(output))
      return Code::list_append;
    return Code::dynamic;
  }

  const std::byte* constant_data(StorageId id) const {
    const Storage& storage = plan_.storages[id];
    return storage.kind == StorageKind::constant ? plan_.constants[storage.index].data() : nullptr;
  }

  void emit_cond(const ir::Function& function, const ir::Node& node,
                 std::span<const StorageId> inputs, StorageId* outputs) {
    const auto subgraphs = function.subgraphs_of(node);
    for (std::uint32_t i = 0; i < node.output_count; ++i)
      outputs[i] = add_storage(function.types[node.first_output + i], StorageKind::arena);
    const std::uint32_t to_else =
        emit({.code = Code::jump_if_false, .location = node.location}, {}, inputs.first(1));
    emit_branch(subgraphs[0], inputs.subspan(1), node, outputs);
    const std::uint32_t to_end = emit({.code = Code::jump, .location = node.location}, {}, {});
    plan_.instructions[to_else].target = next();
    emit_branch(subgraphs[1], inputs.subspan(1), node, outputs);
    plan_.instructions[to_end].target = next();
  }

  void emit_branch(ir::FunctionId id, std::span<const StorageId> parameters, const ir::Node& node,
                   const StorageId* outputs) {
    const std::vector<StorageId> results = emit_function(id, parameters);
    const ir::Function& branch = module_.functions[id];
    for (std::size_t i = 0; i < results.size(); ++i) {
      emit_move({outputs[i], results[i], branch.types[branch.results[i]]}, node.location);
    }
  }

  // The test stands at the bottom: one jump a turn.
  void emit_while(const ir::Function& function, const ir::Node& node,
                  std::span<const StorageId> inputs, StorageId* outputs) {
    const auto subgraphs = function.subgraphs_of(node);
    const auto captures = static_cast<std::size_t>(ops::integer(function.attributes_of(node)[0]));
    std::vector<StorageId> parameters(inputs.begin(),
                                      inputs.begin() + static_cast<std::ptrdiff_t>(captures));
    for (std::uint32_t i = 0; i < node.output_count; ++i) {
      outputs[i] = add_storage(function.types[node.first_output + i], StorageKind::arena);
      parameters.push_back(outputs[i]);
      const ir::ValueId initial = function.inputs_of(node)[captures + i];
      emit_move({outputs[i], inputs[captures + i], function.types[initial]}, node.location);
    }
    const std::int64_t cost_before = cost_;
    cost_ = 0;
    ++loop_depth_;
    const std::uint32_t to_test = emit({.code = Code::jump, .location = node.location}, {}, {});
    const std::uint32_t body = next();
    const std::vector<StorageId> results = emit_function(subgraphs[1], parameters);
    emit_moves(
        moves_to(std::span(parameters).subspan(captures), results, module_.functions[subgraphs[1]]),
        node.location);
    plan_.instructions[to_test].target = next();
    const std::vector<StorageId> test = emit_function(subgraphs[0], parameters);
    emit({.code = Code::loop_if_true,
          .target = body,
          .location = node.location,
          .cost = cost_ + kInstructionCost},
         {}, test);
    --loop_depth_;
    cost_ = cost_before;
  }

  void emit_call(const ir::Function& function, const ir::Node& node, std::vector<StorageId> inputs,
                 StorageId* outputs) {
    const auto id = static_cast<ir::FunctionId>(ops::integer(function.attributes_of(node)[0]));
    const ir::Function& callee = module_.functions[id];
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (callee.types[i].shape.is_static() ||
          plan_.storages[inputs[i]].kind == StorageKind::dynamic)
        continue;
      const StorageId tensor = add_storage(callee.types[i], StorageKind::dynamic);
      emit_move({tensor, inputs[i], function.types[function.inputs_of(node)[i]]}, node.location);
      inputs[i] = tensor;
    }
    for (std::uint32_t i = 0; i < node.output_count; ++i)
      outputs[i] = add_storage(callee.declared_results[i], StorageKind::arena);
    const auto found = std::find(callees_.begin(), callees_.end(), id);
    const auto index = static_cast<std::uint32_t>(found - callees_.begin());
    if (found == callees_.end()) callees_.push_back(id);
    emit({.code = Code::call, .target = index, .location = node.location},
         std::span(outputs, node.output_count), inputs);
    add_cost(kDynamicCost);
  }

  static std::vector<Move> moves_to(std::span<const StorageId> state,
                                    std::span<const StorageId> results, const ir::Function& body) {
    std::vector<Move> moves;
    for (std::size_t i = 0; i < state.size(); ++i) {
      if (state[i] != results[i])
        moves.push_back({state[i], results[i], body.types[body.results[i]]});
    }
    return moves;
  }

  // Moves that happen at once: none may overwrite what another still has to read.
  void emit_moves(std::vector<Move> moves, ir::LocationId location) {
    while (!moves.empty()) {
      const auto ready = std::find_if(moves.begin(), moves.end(), [&](const Move& move) {
        return std::none_of(moves.begin(), moves.end(),
                            [&](const Move& other) { return other.from == move.to; });
      });
      if (ready != moves.end()) {
        emit_move(*ready, location);
        moves.erase(ready);
        continue;
      }
      // Only cycles are left: set one value aside.
      const StorageId aside = moves.front().from;
      const StorageId copy = add_storage(moves.front().from_type, StorageKind::arena);
      emit_move({copy, aside, moves.front().from_type}, location);
      for (Move& move : moves) {
        if (move.from == aside) move.from = copy;
      }
    }
  }

  void emit_move(const Move& move, ir::LocationId location) {
    if (move.to == move.from) return;
    Instruction instruction{.code = Code::move, .location = location};
    if (plan_.storages[move.to].kind == StorageKind::dynamic) {
      instruction.code = Code::move_dynamic;
      plan_.types.push_back(move.from_type);
      instruction.target = static_cast<std::uint32_t>(plan_.types.size() - 1);
      add_cost(kDynamicCost);
    } else {
      instruction.bytes = plan_.storages[move.to].bytes;
      add_cost(kInstructionCost + static_cast<std::int64_t>(instruction.bytes / 8));
    }
    emit(instruction, std::span(&move.to, 1), std::span(&move.from, 1));
  }

  static constexpr std::int64_t kInstructionCost = 8;
  static constexpr std::int64_t kDynamicCost = 500;

  const ir::Module& module_;
  std::vector<ir::FunctionId>& callees_;
  Plan plan_;
  std::vector<std::vector<StorageId>> storage_of_;  // per function, per value
  std::int64_t cost_ = 0;
  int loop_depth_ = 0;
};

}  // namespace

Plan lower(const ir::Module& module) {
  std::vector<ir::FunctionId> callees;
  Plan plan = Lowering(module, callees).run(0);
  for (std::size_t i = 0; i < callees.size(); ++i)
    plan.callees.push_back(Lowering(module, callees).run(callees[i]));
  return plan;
}

namespace {

void arrange(Plan& plan, const passes::Options& options) {
  if (options.enabled("fuse")) fuse(plan);
  if (options.enabled("coalesce")) coalesce(plan);
  find_direct_results(plan);
  if (options.enabled("register_programs")) form_register_programs(plan);
  if (options.enabled("index_ranges")) drop_index_checks(plan);
  if (options.enabled("native_code")) make_native_code(plan);
  find_last_uses(plan);
  place(plan, options.enabled("reuse_memory"));
  link(plan);
}

}  // namespace

Plan build(const ir::Module& module, const passes::Options& options) {
  Plan plan = lower(module);
  arrange(plan, options);
  for (Plan& callee : plan.callees) arrange(callee, options);
  return plan;
}

}  // namespace pygraph::plan
