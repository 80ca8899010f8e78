#include "exec/function_run.hpp"

#include <bit>
#include <cstring>
#include <string>

#include "exec/lists.hpp"
#include "exec/raised.hpp"
#include "exec/registers.hpp"
#include "exec/run_tiles.hpp"
#include "exec/text.hpp"
#include "ops/infer.hpp"
#include "plan/native_code.hpp"
#include "plan/register_lists.hpp"

namespace pygraph::exec {

using plan::Code;
using plan::Instruction;
using plan::RegisterStop;
using plan::StorageId;
using plan::StorageKind;

namespace {

constexpr std::int64_t kCallCost = 100;

}  // namespace

template <bool kRecorded>
const Instruction* FunctionRun::loop() {
  const Instruction* const first = plan_.instructions.data();
  const StorageId* const all_operands = plan_.operands.data();
  const plan::FlatCall* const flats = plan_.flats.data();
  std::byte** const pointers = frame_.pointers.data();
  const Instruction* at = at_;
  for (;;) {
    const Instruction& instruction = *at++;
    const StorageId* const operands = all_operands + instruction.first_operand;
    switch (instruction.code) {
      case Code::nothing: break;
      case Code::flat: flat(instruction, flats[instruction.target], pointers); break;
      case Code::registers: registers(instruction); break;
      case Code::kernel: kernel(instruction, operands); break;
      case Code::tiles: tiles(instruction, operands); break;
      case Code::dynamic: dynamic(instruction, operands); break;
      case Code::list_append: list_append(instruction, operands); break;
      case Code::list_pop: list_pop(instruction, operands); break;
      case Code::move: move(pointers[operands[0]], pointers[operands[1]], instruction.bytes); break;
      case Code::exchange: std::swap(pointers[operands[0]], pointers[operands[1]]); break;
      case Code::move_dynamic: move_dynamic(instruction, operands); break;
      case Code::jump: at = first + instruction.target; break;
      case Code::jump_if_false:
        if (!flag(operands[0])) at = first + instruction.target;
        break;
      case Code::loop_if_true:
        if (flag(operands[0])) {
          at = first + instruction.target;
          spend(instruction.location, instruction.cost);
        }
        break;
      case Code::read_variable: set_tensor(operands[0], variable(operands[1]).read()); break;
      case Code::drop: frame_.tensors[operands[0]] = Tensor(); break;
      case Code::assign_variable: assign(instruction, operands); break;
      case Code::update_variable:
        update(instruction, operands, plan_.kernels[instruction.target]);
        break;
      case Code::update_dynamic: update_dynamic(instruction, operands); break;
      case Code::check_defined:
        if (!flag(operands[0])) fail_undefined(instruction.target, instruction.location);
        break;
      case Code::text: text(plan_.texts[instruction.target], instruction.location, operands); break;
      case Code::call: at_ = at; return &instruction;
      case Code::finish: return nullptr;
    }
    if constexpr (kRecorded) meter_.recorder->done(plan_, instruction);
  }
}

template const Instruction* FunctionRun::loop<false>();
template const Instruction* FunctionRun::loop<true>();

void FunctionRun::pass(const Instruction& call, FunctionRun& callee) {
  const StorageId* operands = plan_.operands.data() + call.first_operand;
  const StorageId* inputs = operands + call.output_count;
  Frame& frame = callee.frame_;
  for (std::size_t i = 0; i < call.output_count; ++i)
    frame.pointers[callee.plan_.outputs[i].storage] = frame_.pointers[operands[i]];
  frame.variables.clear();
  for (std::size_t i = 0; i < call.input_count; ++i) {
    const StorageId parameter = callee.plan_.parameters[i];
    switch (callee.plan_.storages[parameter].kind) {
      case StorageKind::variable: frame.variables.push_back(&variable(inputs[i])); break;
      case StorageKind::dynamic:
        callee.set_tensor(parameter, taken(call, operands, static_cast<unsigned>(i)));
        break;
      default: frame.pointers[parameter] = frame_.pointers[inputs[i]];
    }
  }
  callee.variables_ = frame.variables;
  spend(call.location, kCallCost + callee.plan_.straight_cost);
}

void FunctionRun::take(const Instruction& call, const FunctionRun& callee) {
  const StorageId* operands = plan_.operands.data() + call.first_operand;
  for (std::size_t i = 0; i < call.output_count; ++i) {
    const StorageId result = callee.plan_.outputs[i].storage;
    if (callee.plan_.storages[result].kind == StorageKind::dynamic)
      set_tensor(operands[i], callee.frame_.tensors[result]);
  }
}

void FunctionRun::collect(std::span<const Tensor> inputs, std::span<Tensor> outputs) {
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    const plan::Output& output = plan_.outputs[i];
    const plan::Storage& storage = plan_.storages[output.storage];
    switch (storage.kind) {
      case StorageKind::input:
        outputs[i] = Tensor(inputs[storage.index].buffer(), output.type.dtype, output.type.shape);
        break;
      case StorageKind::constant:
        outputs[i] =
            Tensor(plan_.constants[storage.index].buffer(), output.type.dtype, output.type.shape);
        break;
      case StorageKind::dynamic: outputs[i] = frame_.tensors[output.storage]; break;
      case StorageKind::output:
        if (storage.index != i)
          outputs[i] =
              Tensor(outputs[storage.index].buffer(), output.type.dtype, output.type.shape);
        break;
      case StorageKind::variable:
      case StorageKind::arena: throw Error(ErrorKind::internal, "a result was left in the arena");
    }
  }
}

void FunctionRun::flat(const Instruction& instruction, const plan::FlatCall& call,
                       std::byte* const* pointers) const {
  const void* const in[3] = {pointers[call.inputs[0]], pointers[call.inputs[1]],
                             pointers[call.inputs[2]]};
  const kernels::Fault fault = call.kernel(pointers[call.output], in, call.steps, call.count);
  if (!fault.ok()) [[unlikely]]
    fail(instruction.location, plan_.kernels[call.prepared], fault);
}

void FunctionRun::registers(const Instruction& instruction) {
  const plan::RegisterProgram& program = plan_.programs[instruction.target];
  for (StorageId id : program.owned) own(id);
  plan::RegisterState state{
      .registers = reinterpret_cast<std::byte*>(frame_.registers.data() + program.first_register),
      .pointers = frame_.pointers.data(),
      .tensors = frame_.tensors.data(),
      .budget = meter_.budget};
  for (;;) {
    const RegisterStop stop = run_program(program, state);
    meter_.budget = state.budget;
    if (stop == RegisterStop::finished) return;
    const plan::RegisterOrigin& origin = program.origins[state.at];
    switch (stop) {
      case RegisterStop::undefined: fail_undefined(origin.target, origin.location);
      case RegisterStop::fault: fail(program, state);
      case RegisterStop::raised:
        text(plan_.texts[origin.target], origin.location, plan_.operands.data() + origin.operands);
        return;
      case RegisterStop::grow:
        grow(program.code[state.at], origin.location, state);
        ++state.at;
        continue;
      default: poll(origin.location);
    }
    state.budget = meter_.budget;
    state.at += static_cast<std::uint32_t>(program.code[state.at].jump);
  }
}

void FunctionRun::grow(const plan::RegisterOp& operation, ir::LocationId location,
                       plan::RegisterState& state) {
  const auto id = static_cast<StorageId>(operation.jump);
  plan::set_extent(&state, id, plan::value_in<std::byte*>(state, operation.a),
                   plan::value_in<std::int64_t>(state, operation.b));
  Tensor list = std::exchange(frame_.tensors[id], Tensor());
  const std::size_t before = list.buffer()->size();
  const std::size_t item_bytes = itemsize(list.dtype());
  try {
    list = with_room(std::move(list), item_bytes,
                     operation.code == plan::RegisterOperation::grow_front);
    charge_growth(list, before);
  } catch (Error& error) {
    error.set_location(location);
    throw;
  }
  set_tensor(id, std::move(list));
}

RegisterStop FunctionRun::run_program(const plan::RegisterProgram& program,
                                      plan::RegisterState& state) {
  if (program.native != nullptr) {
    const RegisterStop stop = program.native->run(state);
    if (stop != RegisterStop::fault) return stop;
  }
  return run_registers(program, state);
}

void FunctionRun::kernel(const Instruction& instruction, const StorageId* operands) {
  const ops::KernelCall& call = plan_.kernels[instruction.target].call;
  std::byte* const* pointers = frame_.pointers.data();
  kernels::Fault fault;
  try {
    if (instruction.output_count == 1 && instruction.input_count <= 3) {
      void* out = pointers[operands[0]];
      const void* in[3];
      for (int i = 0; i < instruction.input_count; ++i) in[i] = pointers[operands[1 + i]];
      fault = call.run(call, &out, in);
    } else {
      gather_operands(instruction, operands);
      fault = call.run(call, frame_.outputs.data(), frame_.inputs.data());
    }
  } catch (Error& error) {
    error.set_location(instruction.location);
    throw;
  }
  if (!fault.ok()) [[unlikely]]
    fail(instruction.location, plan_.kernels[instruction.target], fault);
}

void FunctionRun::tiles(const Instruction& instruction, const StorageId* operands) {
  gather_operands(instruction, operands);
  try {
    run_tiles(plan_.tiles[instruction.target], frame_.outputs.data(), frame_.inputs.data());
  } catch (Error& error) {
    error.set_location(instruction.location);
    throw;
  }
}

void FunctionRun::gather_operands(const Instruction& instruction, const StorageId* operands) {
  for (std::size_t i = 0; i < instruction.output_count; ++i)
    frame_.outputs[i] = frame_.pointers[operands[i]];
  for (std::size_t i = 0; i < instruction.input_count; ++i)
    frame_.inputs[i] = frame_.pointers[operands[instruction.output_count + i]];
}

void FunctionRun::dynamic(const Instruction& instruction, const StorageId* operands) {
  const plan::DynamicCall& described = plan_.dynamics[instruction.target];
  const Operands given = resolve(described, operands + instruction.output_count);
  try {
    const std::vector<ir::Type> outputs = infer(described, given);
    const ops::KernelCall call =
        ops::prepare({*described.op, described.attributes, given.types, outputs, given.values});
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (!is_dynamic(operands[i])) continue;
      if (operands[i] == operands[instruction.output_count]) {
        own(operands[i]);
        continue;
      }
      const StorageId* reused =
          i == 0 ? reusable(instruction, operands, call, outputs[0]) : nullptr;
      set_tensor(operands[i], reused == nullptr ? allocate(outputs[i])
                                                : Tensor(frame_.tensors[*reused].buffer(),
                                                         outputs[0].dtype, outputs[0].shape));
    }
    gather_operands(instruction, operands);
    spend(instruction.location, call.cost);
    const kernels::Fault fault = call.run(call, frame_.outputs.data(), frame_.inputs.data());
    if (!fault.ok()) fail(instruction.location, {described.op, call}, fault);
  } catch (Error& error) {
    if (error.location() == kNoLocation) error.set_location(instruction.location);
    throw;
  }
  release_dying(instruction, operands);
}

FunctionRun::Operands FunctionRun::resolve(const plan::DynamicCall& described,
                                           const StorageId* operands) const {
  Operands found{described.inputs, std::vector<std::uint64_t>(described.inputs.size()), {}};
  for (std::size_t i = 0; i < found.types.size(); ++i) {
    const StorageId id = operands[i];
    ir::Type& type = found.types[i];
    if (plan_.storages[id].kind == StorageKind::dynamic) type.shape = frame_.tensors[id].shape();
    const std::byte* at = frame_.pointers[id];
    const std::size_t size = itemsize(type.dtype);
    if (type.shape.rank() == 0 && size <= sizeof(std::uint64_t)) {
      std::memcpy(&found.numbers[i], at, size);
      at = reinterpret_cast<const std::byte*>(&found.numbers[i]);
    }
    found.values.push_back(at);
  }
  return found;
}

std::vector<ir::Type> FunctionRun::infer(const plan::DynamicCall& described,
                                         const Operands& operands) {
  std::int64_t no_symbols = 0;
  return ops::infer({.op = described.op,
                     .inputs = operands.types,
                     .attributes = described.attributes,
                     .values = operands.values,
                     .constants = {},
                     .subgraphs = {},
                     .symbol_count = &no_symbols});
}

const StorageId* FunctionRun::reusable(const Instruction& instruction, const StorageId* operands,
                                       const ops::KernelCall& call, const ir::Type& output) const {
  for (unsigned bits = call.in_place & instruction.dying; bits != 0; bits &= bits - 1) {
    const StorageId& id = operands[instruction.output_count + std::countr_zero(bits)];
    const Tensor& tensor = frame_.tensors[id];
    if (tensor.buffer()->owned() && tensor.buffer()->unique() &&
        tensor.bytes() == byte_count(output.dtype, output.shape))
      return &id;
  }
  return nullptr;
}

void FunctionRun::list_append(const Instruction& instruction, const StorageId* operands) {
  const plan::DynamicCall& described = plan_.dynamics[instruction.target];
  const StorageId item = operands[2];
  try {
    Tensor list = taken_list(instruction, operands);
    const std::size_t before = list.buffer()->size();
    list = appended(std::move(list), described.inputs[0].shape, frame_.pointers[item],
                    is_dynamic(item) ? frame_.tensors[item].shape() : described.inputs[1].shape,
                    ops::boolean(described.attributes[0]));
    charge_growth(list, before);
    set_tensor(operands[0], std::move(list));
  } catch (Error& error) {
    error.set_location(instruction.location);
    throw;
  }
  release_dying(instruction, operands);
}

void FunctionRun::list_pop(const Instruction& instruction, const StorageId* operands) {
  const plan::DynamicCall& described = plan_.dynamics[instruction.target];
  const StorageId id = operands[2];
  const Shape& shape = is_dynamic(id) ? frame_.tensors[id].shape() : described.inputs[0].shape;
  if (shape[0] == 0) {
    throw Error(ErrorKind::index, ops::text(described.attributes[1]), instruction.location);
  }
  const ir::Type item{ir::Kind::tensor, described.inputs[0].dtype, Shape(shape.dims().subspan(1))};
  if (is_dynamic(operands[1])) set_tensor(operands[1], allocate(item));
  Tensor list = taken_list(instruction, operands);
  list =
      popped(std::move(list), frame_.pointers[operands[1]], ops::boolean(described.attributes[0]));
  set_tensor(operands[0], std::move(list));
}

Tensor FunctionRun::taken_list(const Instruction& instruction, const StorageId* operands) {
  const StorageId list = operands[instruction.output_count];
  if (operands[0] == list) return std::exchange(frame_.tensors[list], Tensor());
  return taken(instruction, operands, 0);
}

void FunctionRun::charge_growth(const Tensor& list, std::size_t before) {
  if (host_.byte_limit != 0 && list.buffer()->size() > before)
    charge(list.buffer()->size() - before);
}

Tensor FunctionRun::taken(const Instruction& instruction, const StorageId* operands,
                          unsigned input) {
  Tensor& tensor = frame_.tensors[operands[instruction.output_count + input]];
  const bool dies = input < 32 && (instruction.dying >> input & 1U) != 0;
  return dies ? std::exchange(tensor, Tensor()) : tensor;
}

void FunctionRun::release_dying(const Instruction& instruction, const StorageId* operands) {
  for (unsigned bits = instruction.dying; bits != 0; bits &= bits - 1)
    frame_.tensors[operands[instruction.output_count + std::countr_zero(bits)]] = Tensor();
}

void FunctionRun::move(void* to, const void* from, std::size_t bytes) {
  if (bytes == sizeof(std::uint64_t)) {
    std::memcpy(to, from, sizeof(std::uint64_t));
  } else {
    std::memmove(to, from, bytes);
  }
}

void FunctionRun::assign(const Instruction& instruction, const StorageId* operands) {
  Variable& target = variable(operands[0]);
  const Tensor* value = own_tensor(operands[1]);
  // The same elements may stand under another shape.
  const Shape& shape = plan_.storages[operands[1]].kind == StorageKind::dynamic
                           ? value->shape()
                           : plan_.types[instruction.target].shape;
  if (shape != target.shape()) {
    throw Error(ErrorKind::value,
                "assign_variable: a value of shape " + shape.text() +
                    " cannot be assigned to a variable of shape " + target.shape().text(),
                instruction.location);
  }
  if (is_dynamic(operands[1])) {
    target.assign(taken(instruction, operands, 1));
  } else if (value != nullptr) {
    target.assign(Tensor(value->buffer(), target.dtype(), shape));
  } else {
    target.assign_copy(frame_.pointers[operands[1]]);
  }
}

void FunctionRun::text(const plan::TextCall& call, ir::LocationId location,
                       const StorageId* operands) {
  std::vector<Tensor> values;
  for (std::size_t i = 0; i < call.inputs.size(); ++i)
    values.push_back(copied(operands[i], call.inputs[i]));
  if (call.op == ir::OpCode::raise) throw Raised(call.attributes, values, location);
  const Printed printed{.text = ops::text(call.attributes[0]),
                        .values = values,
                        .to_error = ops::integer(call.attributes[1]) == 2,
                        .flush = ops::boolean(call.attributes[2])};
  const Stoppable never;  // what the host does meanwhile is not this run's work
  if (host_.print == nullptr) {
    print_to_streams(printed);
  } else if (!host_.print(host_.context, printed)) {
    throw Error(ErrorKind::interrupted, "print failed", location);
  }
}

Tensor FunctionRun::copied(StorageId id, const ir::Type& type) {
  if (plan_.storages[id].kind == StorageKind::dynamic) return frame_.tensors[id];
  Tensor copy = Tensor::empty(type.dtype, type.shape);
  if (copy.bytes() != 0) std::memcpy(copy.data(), frame_.pointers[id], copy.bytes());
  return copy;
}

void FunctionRun::update(const Instruction& instruction, const StorageId* operands,
                         const plan::PreparedCall& prepared) {
  gather_operands(instruction, operands);
  const auto compute = [&](void* out, const void* value) {
    frame_.inputs[0] = value;
    return prepared.call.run(prepared.call, &out, frame_.inputs.data());
  };
  const bool in_place = (prepared.call.in_place & 1U) != 0;
  const kernels::Fault fault = variable(operands[0]).update(in_place, compute);
  if (!fault.ok()) fail(instruction.location, prepared, fault);
}

void FunctionRun::update_dynamic(const Instruction& instruction, const StorageId* operands) {
  const plan::DynamicCall& described = plan_.dynamics[instruction.target];
  const Operands given = resolve(described, operands);
  try {
    infer(described, given);
    const ops::OpRow& pure = ops::row(*described.op->updates);
    const std::span<const ir::Type> out = std::span(given.types).first(1);
    const plan::PreparedCall prepared{
        &pure, ops::prepare({pure, described.attributes, given.types, out, given.values})};
    spend(instruction.location, prepared.call.cost);
    update(instruction, operands, prepared);
  } catch (Error& error) {
    if (error.location() == kNoLocation) error.set_location(instruction.location);
    throw;
  }
}

void FunctionRun::move_dynamic(const Instruction& instruction, const StorageId* operands) {
  if (plan_.storages[operands[1]].kind == StorageKind::dynamic) {
    set_tensor(operands[0], taken(instruction, operands, 0));
    return;
  }
  Tensor copy = allocate(plan_.types[instruction.target]);
  if (copy.bytes() != 0) std::memcpy(copy.data(), frame_.pointers[operands[1]], copy.bytes());
  set_tensor(operands[0], std::move(copy));
}

void FunctionRun::own(StorageId id) {
  const Tensor& tensor = frame_.tensors[id];
  if (tensor.buffer()->owned() && tensor.buffer()->unique()) return;
  Tensor copy = allocate({ir::Kind::tensor, tensor.dtype(), tensor.shape()});
  if (copy.bytes() != 0) std::memcpy(copy.data(), tensor.data(), copy.bytes());
  set_tensor(id, std::move(copy));
}

Tensor FunctionRun::allocate(const ir::Type& type) {
  if (host_.byte_limit != 0) charge(byte_count(type.dtype, type.shape));
  return Tensor::empty(type.dtype, type.shape);
}

void FunctionRun::charge(std::size_t bytes) {
  if (bytes > host_.byte_limit - meter_.bytes) {
    throw Error(ErrorKind::limit, "the run needs more than the " +
                                      std::to_string(host_.byte_limit) + " bytes it may use");
  }
  meter_.bytes += bytes;
}

void FunctionRun::spend(ir::LocationId location, std::int64_t cost) {
  meter_.budget -= cost;
  if (meter_.budget < 0) poll(location);
}

void FunctionRun::poll(ir::LocationId location) {
  meter_.spent += kPollInterval - meter_.budget;
  meter_.budget = kPollInterval;
  if (host_.cost_limit != 0 && meter_.spent > host_.cost_limit) {
    throw Error(ErrorKind::limit, "the run exceeded its limit of work", location);
  }
  if (host_.poll != nullptr && host_.poll(host_.context)) {
    throw Error(ErrorKind::interrupted, "the run was interrupted", location);
  }
}

// `name` is that of a variable, or "exception: text" for what is no variable.
void FunctionRun::fail_undefined(std::uint32_t name, ir::LocationId location) const {
  const std::string& text = plan_.names[name];
  if (const auto colon = text.find(": "); colon != std::string::npos) {
    const std::string exception = text.substr(0, colon);
    const ir::Attribute attributes[] = {text.substr(colon + 2), exception, exception,
                                        std::int64_t{-1}};
    throw Raised(attributes, {}, location);
  }
  throw Error(ErrorKind::unbound,
              "cannot access local variable '" + plan_.names[name] +
                  "' where it is not associated with a value",
              location);
}

void FunctionRun::fail(const plan::RegisterProgram& program,
                       const plan::RegisterState& state) const {
  const plan::RegisterOrigin& origin = program.origins[state.at];
  const kernels::Fault& fault = state.fault;
  if (!origin.dynamic) fail(origin.location, plan_.kernels[origin.target], fault);
  const plan::DynamicCall& described = plan_.dynamics[origin.target];
  if (described.op->code == ir::OpCode::list_pop)
    throw Error(ErrorKind::index, ops::text(described.attributes[1]), origin.location);
  // An index into an array whose sizes are known only now; a list may have another one already.
  Shape shape = frame_.tensors[origin.array].shape();
  if (shape.rank() == 1) shape[0] = plan::value_in<std::int64_t>(state, program.code[state.at].c);
  ops::KernelCall call;
  call.parameters.resize(4);
  call.parameters.insert(call.parameters.end(), shape.begin(), shape.end());
  fail(origin.location, {described.op, call}, fault);
}

void FunctionRun::fail(ir::LocationId location, const plan::PreparedCall& prepared,
                       const kernels::Fault& fault) {
  Error error = ops::fault_error(*prepared.op, prepared.call, fault);
  error.set_location(location);
  throw error;
}

}  // namespace pygraph::exec
