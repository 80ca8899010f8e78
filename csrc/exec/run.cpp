#include "exec/run.hpp"

#include <cstring>
#include <string>

#include "exec/raised.hpp"
#include "exec/text.hpp"
#include "ops/infer.hpp"

namespace pygraph::exec {
namespace {

using plan::Code;
using plan::Instruction;
using plan::StorageId;
using plan::StorageKind;

// Work between two polls: a few milliseconds.
constexpr std::int64_t kPollInterval = 2'000'000;

template <class T>
T load(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <class T>
void store(std::byte* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

// Integer arithmetic wraps.
std::uint64_t wrapping(std::int64_t value) { return static_cast<std::uint64_t>(value); }

// Rounded down; the divisor is positive.
std::int64_t floor_quotient(std::int64_t dividend, std::int64_t divisor) {
  return dividend / divisor - (dividend % divisor < 0 ? 1 : 0);
}

class Run {
 public:
  Run(const plan::Plan& plan, Frame& frame, const Host& host, std::span<Variable* const> variables)
      : plan_(plan), frame_(frame), host_(host), variables_(variables) {
    if (host.byte_limit != 0) charge(plan.arena_bytes);
  }

  void bind_inputs(std::span<const Tensor> inputs) {
    for (std::size_t i = 0; i < inputs.size(); ++i)
      frame_.pointers[plan_.input_storages[i]] = inputs[i].data();
  }

  void bind_outputs(std::span<Tensor> outputs) {
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const plan::Output& output = plan_.outputs[i];
      const plan::Storage& storage = plan_.storages[output.storage];
      if (storage.kind != StorageKind::output || storage.index != i) continue;
      if (!outputs[i]) {
        if (host_.byte_limit != 0) charge(byte_count(output.type.dtype, output.type.shape));
        outputs[i] = Tensor::empty(output.type.dtype, output.type.shape);
      }
      frame_.pointers[output.storage] = outputs[i].data();
    }
  }

  void loop() {
    const Instruction* const first = plan_.instructions.data();
    const StorageId* const all_operands = plan_.operands.data();
    const plan::FlatCall* const flats = plan_.flats.data();
    std::byte* const* const pointers = frame_.pointers.data();
    const Instruction* at = first;
    for (;;) {
      const Instruction& instruction = *at++;
      const StorageId* const operands = all_operands + instruction.first_operand;
      switch (instruction.code) {
        case Code::nothing: break;
        case Code::flat: flat(instruction, flats[instruction.target], pointers); break;
#define PYGRAPH_SCALAR(name, op, dtype, operand_type, result_type, guard, expression) \
  case Code::name: {                                                                  \
    const plan::FlatCall& call = flats[instruction.target];                           \
    const auto a = load<operand_type>(pointers[call.inputs[0]]);                      \
    [[maybe_unused]] const auto b = load<operand_type>(pointers[call.inputs[1]]);     \
    if (guard) {                                                                      \
      store(pointers[call.output], static_cast<result_type>(expression));             \
    } else {                                                                          \
      flat(instruction, call, pointers);                                              \
    }                                                                                 \
    break;                                                                            \
  }
#include "plan/scalar_ops.def"
#undef PYGRAPH_SCALAR
        case Code::kernel: kernel(instruction, operands); break;
        case Code::dynamic: dynamic(instruction, operands); break;
        case Code::move:
          move(pointers[operands[0]], pointers[operands[1]], instruction.bytes);
          break;
        case Code::move_dynamic: move_dynamic(instruction, operands); break;
        case Code::jump: at = first + instruction.target; break;
        case Code::jump_if_false:
          if (!flag(operands[0])) at = first + instruction.target;
          break;
        case Code::loop_if_true:
          if (flag(operands[0])) {
            at = first + instruction.target;
            budget_ -= instruction.cost;
            if (budget_ < 0) poll(instruction);
          }
          break;
        case Code::read_variable: set_tensor(operands[0], variable(operands[1]).read()); break;
        case Code::assign_variable: assign(instruction, operands); break;
        case Code::check_defined:
          if (!flag(operands[0])) fail_undefined(instruction);
          break;
        case Code::text: text(instruction, operands); break;
        case Code::finish: return;
      }
    }
  }

  void collect(std::span<const Tensor> inputs, std::span<Tensor> outputs) {
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

 private:
  bool flag(StorageId id) const {
    return *reinterpret_cast<const std::uint8_t*>(frame_.pointers[id]) != 0;
  }

  void flat(const Instruction& instruction, const plan::FlatCall& call,
            std::byte* const* pointers) const {
    const void* const in[3] = {pointers[call.inputs[0]], pointers[call.inputs[1]],
                               pointers[call.inputs[2]]};
    const kernels::Fault fault = call.kernel(pointers[call.output], in, call.steps, call.count);
    if (!fault.ok()) [[unlikely]]
      fail(instruction, plan_.kernels[call.prepared], fault);
  }

  void kernel(const Instruction& instruction, const StorageId* operands) {
    const ops::KernelCall& call = plan_.kernels[instruction.target].call;
    std::byte* const* pointers = frame_.pointers.data();
    kernels::Fault fault;
    if (instruction.output_count == 1 && instruction.input_count <= 3) {
      void* out = pointers[operands[0]];
      const void* in[3];
      for (int i = 0; i < instruction.input_count; ++i) in[i] = pointers[operands[1 + i]];
      fault = call.run(call, &out, in);
    } else {
      gather_operands(instruction, operands);
      fault = call.run(call, frame_.outputs.data(), frame_.inputs.data());
    }
    if (!fault.ok()) [[unlikely]]
      fail(instruction, plan_.kernels[instruction.target], fault);
  }

  void gather_operands(const Instruction& instruction, const StorageId* operands) {
    for (std::size_t i = 0; i < instruction.output_count; ++i)
      frame_.outputs[i] = frame_.pointers[operands[i]];
    for (std::size_t i = 0; i < instruction.input_count; ++i)
      frame_.inputs[i] = frame_.pointers[operands[instruction.output_count + i]];
  }

  // The dims of this value are known now: infer, allocate, prepare and call.
  void dynamic(const Instruction& instruction, const StorageId* operands) {
    const plan::DynamicCall& described = plan_.dynamics[instruction.target];
    std::vector<ir::Type> inputs = described.inputs;
    std::vector<const std::byte*> values;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const StorageId id = operands[instruction.output_count + i];
      if (plan_.storages[id].kind == StorageKind::dynamic)
        inputs[i].shape = frame_.tensors[id].shape();
      values.push_back(frame_.pointers[id]);
    }
    try {
      std::int64_t no_symbols = 0;
      const std::vector<ir::Type> outputs = ops::infer({.op = described.op,
                                                        .inputs = inputs,
                                                        .attributes = described.attributes,
                                                        .values = values,
                                                        .constants = {},
                                                        .subgraphs = {},
                                                        .symbol_count = &no_symbols});
      for (std::size_t i = 0; i < outputs.size(); ++i) {
        if (plan_.storages[operands[i]].kind == StorageKind::dynamic)
          set_tensor(operands[i], allocate(outputs[i]));
      }
      const ops::KernelCall call =
          ops::prepare(*described.op, described.attributes, inputs, outputs, values);
      gather_operands(instruction, operands);
      const kernels::Fault fault = call.run(call, frame_.outputs.data(), frame_.inputs.data());
      if (!fault.ok()) fail(instruction, {described.op, call}, fault);
      budget_ -= call.cost;
    } catch (Error& error) {
      if (error.location() == kNoLocation) error.set_location(instruction.location);
      throw;
    }
  }

  static void move(void* to, const void* from, std::size_t bytes) {
    if (bytes == sizeof(std::uint64_t)) {
      std::memcpy(to, from, sizeof(std::uint64_t));
    } else {
      std::memmove(to, from, bytes);
    }
  }

  Variable& variable(StorageId id) const { return *variables_[plan_.storages[id].index]; }

  // A tensor of its own is handed over, anything else is copied.
  void assign(const Instruction& instruction, const StorageId* operands) {
    Variable& target = variable(operands[0]);
    const bool is_tensor = plan_.storages[operands[1]].kind == StorageKind::dynamic;
    const Shape& shape =
        is_tensor ? frame_.tensors[operands[1]].shape() : plan_.types[instruction.target].shape;
    if (shape != target.shape()) {
      throw Error(ErrorKind::value,
                  "assign_variable: a value of shape " + shape.text() +
                      " cannot be assigned to a variable of shape " + target.shape().text(),
                  instruction.location);
    }
    if (is_tensor) {
      target.assign(frame_.tensors[operands[1]]);
    } else {
      target.assign_copy(frame_.pointers[operands[1]]);
    }
  }

  void text(const Instruction& instruction, const StorageId* operands) {
    const plan::TextCall& call = plan_.texts[instruction.target];
    std::vector<Tensor> values;
    for (std::size_t i = 0; i < call.inputs.size(); ++i)
      values.push_back(copied(operands[i], call.inputs[i]));
    if (call.op == ir::OpCode::raise) throw Raised(call.attributes, values, instruction.location);
    const Printed printed{.text = ops::text(call.attributes[0]),
                          .values = values,
                          .to_error = ops::integer(call.attributes[1]) == 2,
                          .flush = ops::boolean(call.attributes[2])};
    if (host_.print == nullptr) {
      print_to_streams(printed);
    } else if (!host_.print(host_.context, printed)) {
      throw Error(ErrorKind::interrupted, "print failed", instruction.location);
    }
  }

  // A tensor that outlives the run.
  Tensor copied(StorageId id, const ir::Type& type) {
    if (plan_.storages[id].kind == StorageKind::dynamic) return frame_.tensors[id];
    Tensor copy = Tensor::empty(type.dtype, type.shape);
    if (copy.bytes() != 0) std::memcpy(copy.data(), frame_.pointers[id], copy.bytes());
    return copy;
  }

  void move_dynamic(const Instruction& instruction, const StorageId* operands) {
    if (plan_.storages[operands[1]].kind == StorageKind::dynamic) {
      set_tensor(operands[0], frame_.tensors[operands[1]]);
      return;
    }
    Tensor copy = allocate(plan_.types[instruction.target]);
    if (copy.bytes() != 0) std::memcpy(copy.data(), frame_.pointers[operands[1]], copy.bytes());
    set_tensor(operands[0], std::move(copy));
  }

  void set_tensor(StorageId id, Tensor tensor) {
    frame_.pointers[id] = tensor.data();
    frame_.tensors[id] = std::move(tensor);
  }

  Tensor allocate(const ir::Type& type) {
    if (host_.byte_limit != 0) charge(byte_count(type.dtype, type.shape));
    return Tensor::empty(type.dtype, type.shape);
  }

  // Limits count what a run asks for in total: simple, and never too generous.
  void charge(std::size_t bytes) {
    if (bytes > host_.byte_limit - bytes_) {
      throw Error(ErrorKind::limit, "the run needs more than the " +
                                        std::to_string(host_.byte_limit) + " bytes it may use");
    }
    bytes_ += bytes;
  }

  void poll(const Instruction& instruction) {
    spent_ += kPollInterval - budget_;
    budget_ = kPollInterval;
    if (host_.cost_limit != 0 && spent_ > host_.cost_limit) {
      throw Error(ErrorKind::limit, "the run exceeded its limit of work", instruction.location);
    }
    if (host_.poll != nullptr && host_.poll(host_.context)) {
      throw Error(ErrorKind::interrupted, "the run was interrupted", instruction.location);
    }
  }

  [[noreturn]] void fail_undefined(const Instruction& instruction) const {
    throw Error(ErrorKind::unbound,
                "cannot access local variable '" + plan_.names[instruction.target] +
                    "' where it is not associated with a value",
                instruction.location);
  }

  [[noreturn]] static void fail(const Instruction& instruction, const plan::PreparedCall& prepared,
                                const kernels::Fault& fault) {
    Error error = ops::fault_error(*prepared.op, prepared.call, fault);
    error.set_location(instruction.location);
    throw error;
  }

  const plan::Plan& plan_;
  Frame& frame_;
  const Host& host_;
  std::span<Variable* const> variables_;
  std::int64_t budget_ = kPollInterval;
  std::int64_t spent_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace

void run(const plan::Plan& plan, Frame& frame, std::span<const Tensor> inputs,
         std::span<Tensor> outputs, const Host& host, std::span<Variable* const> variables) {
  Run state(plan, frame, host, variables);
  frame.acquire(plan);
  state.bind_inputs(inputs);
  state.bind_outputs(outputs);
  state.loop();
  state.collect(inputs, outputs);
}

}  // namespace pygraph::exec
