#include "exec/run.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <memory>
#include <string>
#include <utility>

#include "exec/lists.hpp"
#include "exec/raised.hpp"
#include "exec/registers.hpp"
#include "exec/run_tiles.hpp"
#include "exec/text.hpp"
#include "ops/infer.hpp"
#include "plan/native_code.hpp"

namespace pygraph::exec {
namespace {

using plan::Code;
using plan::Instruction;
using plan::RegisterStop;
using plan::StorageId;
using plan::StorageKind;

// Work between two polls: a few milliseconds.
constexpr std::int64_t kPollInterval = 2'000'000;
// Work above which the host is told beforehand: for Python, giving up its lock and taking it back
// costs about as much.
constexpr std::int64_t kLongRun = 100'000;
constexpr std::int64_t kCallCost = 100;
// How many of the innermost calls an error names, besides the outermost.
constexpr std::size_t kMostCallers = 100;

// What has been used up by a run and all that it calls.
struct Meter {
  std::int64_t budget = kPollInterval;  // work until the next poll
  std::int64_t spent = 0;
  std::size_t bytes = 0;
};

// A run of one function, on a frame of its own.
class Run {
 public:
  Run(const plan::Plan& plan, Frame& frame, const Host& host, std::span<Variable* const> variables,
      Meter& meter)
      : plan_(plan),
        frame_(frame),
        host_(host),
        variables_(variables),
        meter_(meter),
        at_(plan.instructions.data()) {
    if (host.byte_limit != 0) charge(plan.arena_bytes);
  }

  void announce() const {
    if (plan_.straight_cost > kLongRun && host_.poll != nullptr && host_.poll(host_.context))
      throw Error(ErrorKind::interrupted, "the run was interrupted");
  }

  void bind_inputs(std::span<const Tensor> inputs) {
    inputs_ = inputs;
    for (std::size_t i = 0; i < inputs.size(); ++i)
      frame_.pointers[plan_.input_storages[i]] = inputs[i].data();
  }

  void bind_inputs(std::span<const void* const> elements) {
    for (std::size_t i = 0; i < elements.size(); ++i)  // nothing writes to an input's elements
      frame_.pointers[plan_.input_storages[i]] =
          static_cast<std::byte*>(const_cast<void*>(elements[i]));
  }

  void bind_outputs(std::span<Tensor> outputs) {
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const plan::Output& output = plan_.outputs[i];
      const plan::Storage& storage = plan_.storages[output.storage];
      if (storage.kind != StorageKind::output || storage.index != i) continue;
      if (!outputs[i]) {
        if (host_.byte_limit != 0) charge(storage.bytes);
        outputs[i] = Tensor(BufferRef::adopt(Buffer::allocate(storage.bytes)), output.type.dtype,
                            output.type.shape);
      }
      frame_.pointers[output.storage] = outputs[i].data();
    }
  }

  // Runs from where it stopped to the next call, which it returns, or to the end (nullptr).
  const Instruction* loop() {
    const Instruction* const first = plan_.instructions.data();
    const StorageId* const all_operands = plan_.operands.data();
    const plan::FlatCall* const flats = plan_.flats.data();
    std::byte* const* const pointers = frame_.pointers.data();
    const Instruction* at = at_;
    for (;;) {
      const Instruction& instruction = *at++;
      const StorageId* const operands = all_operands + instruction.first_operand;
      switch (instruction.code) {
        case Code::nothing: break;
        case Code::flat: flat(instruction, flats[instruction.target], pointers); break;
        case Code::registers: registers(instruction); break;
        case Code::kernel: kernel(instruction, operands); break;
        case Code::tiles:
          gather_operands(instruction, operands);
          run_tiles(plan_.tiles[instruction.target], frame_.outputs.data(), frame_.inputs.data());
          break;
        case Code::dynamic: dynamic(instruction, operands); break;
        case Code::list_append: list_append(instruction, operands); break;
        case Code::list_pop: list_pop(instruction, operands); break;
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
        case Code::text: text(instruction, operands); break;
        case Code::call: at_ = at; return &instruction;
        case Code::finish: return nullptr;
      }
    }
  }

  // Hands the operands of a call to the run of the function.
  void pass(const Instruction& call, Run& callee) {
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
        case StorageKind::dynamic: callee.set_tensor(parameter, frame_.tensors[inputs[i]]); break;
        default: frame.pointers[parameter] = frame_.pointers[inputs[i]];
      }
    }
    callee.variables_ = frame.variables;
    spend(call.location, kCallCost + callee.plan_.straight_cost);
  }

  // Takes the tensors that the function gave; what is static it has written in place.
  void take(const Instruction& call, const Run& callee) {
    const StorageId* operands = plan_.operands.data() + call.first_operand;
    for (std::size_t i = 0; i < call.output_count; ++i) {
      const StorageId result = callee.plan_.outputs[i].storage;
      if (callee.plan_.storages[result].kind == StorageKind::dynamic)
        set_tensor(operands[i], callee.frame_.tensors[result]);
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
      fail(instruction.location, plan_.kernels[call.prepared], fault);
  }

  void registers(const Instruction& instruction) {
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
        case RegisterStop::fault: fail(origin, state.fault);
        default: poll(origin.location);
      }
      state.budget = meter_.budget;
      state.at += static_cast<std::uint32_t>(program.code[state.at].jump);
    }
  }

  static RegisterStop run_program(const plan::RegisterProgram& program,
                                  plan::RegisterState& state) {
    if (program.native != nullptr) {
      const RegisterStop stop = program.native->run(state);
      if (stop != RegisterStop::fault) return stop;
    }
    return run_registers(program, state);
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
      fail(instruction.location, plan_.kernels[instruction.target], fault);
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
    resolve(operands + instruction.output_count, inputs, values);
    try {
      const std::vector<ir::Type> outputs = infer(described, inputs, values);
      const ops::KernelCall call =
          ops::prepare(*described.op, described.attributes, inputs, outputs, values);
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

  // The shapes that the operands have now, and where their elements are.
  void resolve(const StorageId* operands, std::vector<ir::Type>& types,
               std::vector<const std::byte*>& values) const {
    for (std::size_t i = 0; i < types.size(); ++i) {
      const StorageId id = operands[i];
      if (plan_.storages[id].kind == StorageKind::dynamic)
        types[i].shape = frame_.tensors[id].shape();
      values.push_back(frame_.pointers[id]);
    }
  }

  static std::vector<ir::Type> infer(const plan::DynamicCall& described,
                                     std::span<const ir::Type> inputs,
                                     std::span<const std::byte* const> values) {
    std::int64_t no_symbols = 0;
    return ops::infer({.op = described.op,
                       .inputs = inputs,
                       .attributes = described.attributes,
                       .values = values,
                       .constants = {},
                       .subgraphs = {},
                       .symbol_count = &no_symbols});
  }

  // An input whose memory the output may take over.
  const StorageId* reusable(const Instruction& instruction, const StorageId* operands,
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

  void list_append(const Instruction& instruction, const StorageId* operands) {
    const plan::DynamicCall& described = plan_.dynamics[instruction.target];
    const StorageId item = operands[2];
    try {
      Tensor list = taken(instruction, operands, 0);
      const std::size_t before = list.buffer()->size();
      list = appended(std::move(list), described.inputs[0].shape, frame_.pointers[item],
                      is_dynamic(item) ? frame_.tensors[item].shape() : described.inputs[1].shape);
      if (host_.byte_limit != 0 && list.buffer()->size() > before)
        charge(list.buffer()->size() - before);
      set_tensor(operands[0], std::move(list));
    } catch (Error& error) {
      error.set_location(instruction.location);
      throw;
    }
    release_dying(instruction, operands);
  }

  void list_pop(const Instruction& instruction, const StorageId* operands) {
    const plan::DynamicCall& described = plan_.dynamics[instruction.target];
    const StorageId id = operands[2];
    const Shape& shape = is_dynamic(id) ? frame_.tensors[id].shape() : described.inputs[0].shape;
    if (shape[0] == 0) throw Error(ErrorKind::index, "pop from empty list", instruction.location);
    const ir::Type item{ir::Kind::tensor, described.inputs[0].dtype,
                        Shape(shape.dims().subspan(1))};
    if (is_dynamic(operands[1])) set_tensor(operands[1], allocate(item));
    Tensor list = taken(instruction, operands, 0);
    list = popped(std::move(list), frame_.pointers[operands[1]]);
    set_tensor(operands[0], std::move(list));
  }

  // The tensor of a dynamic input; its storage lets go of one that dies here.
  Tensor taken(const Instruction& instruction, const StorageId* operands, unsigned input) {
    Tensor& tensor = frame_.tensors[operands[instruction.output_count + input]];
    return (instruction.dying >> input & 1U) != 0 ? std::exchange(tensor, Tensor()) : tensor;
  }

  void release_dying(const Instruction& instruction, const StorageId* operands) {
    for (unsigned bits = instruction.dying; bits != 0; bits &= bits - 1)
      frame_.tensors[operands[instruction.output_count + std::countr_zero(bits)]] = Tensor();
  }

  bool is_dynamic(StorageId id) const { return plan_.storages[id].kind == StorageKind::dynamic; }

  static void move(void* to, const void* from, std::size_t bytes) {
    if (bytes == sizeof(std::uint64_t)) {
      std::memcpy(to, from, sizeof(std::uint64_t));
    } else {
      std::memmove(to, from, bytes);
    }
  }

  Variable& variable(StorageId id) const { return *variables_[plan_.storages[id].index]; }

  // The tensor that a storage is by itself; nullptr for a part of the arena, for constants, and for
  // the parameters of a call, which are the caller's memory.
  const Tensor* own_tensor(StorageId id) const {
    const plan::Storage& storage = plan_.storages[id];
    if (storage.kind == StorageKind::dynamic) return &frame_.tensors[id];
    const bool bound = storage.kind == StorageKind::input && storage.index < inputs_.size();
    return bound ? &inputs_[storage.index] : nullptr;
  }

  // A tensor of its own is handed over, anything else is copied.
  void assign(const Instruction& instruction, const StorageId* operands) {
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

  // The kernel computes the new value under the variable's lock, over the old one where nobody else
  // has it.
  void update(const Instruction& instruction, const StorageId* operands,
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

  void update_dynamic(const Instruction& instruction, const StorageId* operands) {
    const plan::DynamicCall& described = plan_.dynamics[instruction.target];
    std::vector<ir::Type> types = described.inputs;
    std::vector<const std::byte*> values;
    resolve(operands, types, values);
    try {
      infer(described, types, values);
      const ops::OpRow& pure = ops::pure_op(*described.op);
      const std::span<const ir::Type> out = std::span(types).first(1);
      const plan::PreparedCall prepared{
          &pure, ops::prepare(pure, described.attributes, types, out, values)};
      spend(instruction.location, prepared.call.cost);
      update(instruction, operands, prepared);
    } catch (Error& error) {
      if (error.location() == kNoLocation) error.set_location(instruction.location);
      throw;
    }
  }

  void move_dynamic(const Instruction& instruction, const StorageId* operands) {
    if (plan_.storages[operands[1]].kind == StorageKind::dynamic) {
      set_tensor(operands[0], taken(instruction, operands, 0));
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

  // Makes the tensor one whose elements may be written: nobody else holds its memory.
  void own(StorageId id) {
    const Tensor& tensor = frame_.tensors[id];
    if (tensor.buffer()->owned() && tensor.buffer()->unique()) return;
    Tensor copy = allocate({ir::Kind::tensor, tensor.dtype(), tensor.shape()});
    if (copy.bytes() != 0) std::memcpy(copy.data(), tensor.data(), copy.bytes());
    set_tensor(id, std::move(copy));
  }

  Tensor allocate(const ir::Type& type) {
    if (host_.byte_limit != 0) charge(byte_count(type.dtype, type.shape));
    return Tensor::empty(type.dtype, type.shape);
  }

  // Limits count what a run asks for in total: simple, and never too generous.
  void charge(std::size_t bytes) {
    if (bytes > host_.byte_limit - meter_.bytes) {
      throw Error(ErrorKind::limit, "the run needs more than the " +
                                        std::to_string(host_.byte_limit) + " bytes it may use");
    }
    meter_.bytes += bytes;
  }

  // Counts work that is about to be done.
  void spend(ir::LocationId location, std::int64_t cost) {
    meter_.budget -= cost;
    if (meter_.budget < 0) poll(location);
  }

  void poll(ir::LocationId location) {
    meter_.spent += kPollInterval - meter_.budget;
    meter_.budget = kPollInterval;
    if (host_.cost_limit != 0 && meter_.spent > host_.cost_limit) {
      throw Error(ErrorKind::limit, "the run exceeded its limit of work", location);
    }
    if (host_.poll != nullptr && host_.poll(host_.context)) {
      throw Error(ErrorKind::interrupted, "the run was interrupted", location);
    }
  }

  [[noreturn]] void fail_undefined(std::uint32_t name, ir::LocationId location) const {
    throw Error(ErrorKind::unbound,
                "cannot access local variable '" + plan_.names[name] +
                    "' where it is not associated with a value",
                location);
  }

  [[noreturn]] void fail(const plan::RegisterOrigin& origin, const kernels::Fault& fault) const {
    if (!origin.dynamic) fail(origin.location, plan_.kernels[origin.target], fault);
    // An index into an array whose sizes are known only now.
    const Shape& shape = frame_.tensors[origin.array].shape();
    ops::KernelCall call;
    call.parameters.resize(4);
    call.parameters.insert(call.parameters.end(), shape.begin(), shape.end());
    fail(origin.location, {plan_.dynamics[origin.target].op, call}, fault);
  }

  [[noreturn]] static void fail(ir::LocationId location, const plan::PreparedCall& prepared,
                                const kernels::Fault& fault) {
    Error error = ops::fault_error(*prepared.op, prepared.call, fault);
    error.set_location(location);
    throw error;
  }

  const plan::Plan& plan_;
  Frame& frame_;
  const Host& host_;
  std::span<Variable* const> variables_;
  std::span<const Tensor> inputs_;
  Meter& meter_;
  const Instruction* at_;
};

// The calls that are under way. They stand on the heap: no depth of recursion is too deep for the
// thread's stack.
class Calls {
 public:
  Calls(const plan::Plan& plan, Run& entry, Frame& frame, const Host& host, Meter& meter)
      : plan_(plan), entry_(entry), idle_(frame.idle), host_(host), meter_(meter) {}

  // Runs the entry, which stopped at a call, and whatever it calls, to its end.
  void run(const Instruction* call) {
    try {
      while (call != nullptr || !calls_.empty()) {
        if (call != nullptr) {
          enter(*call);
        } else {
          leave();
        }
        call = top().loop();
      }
    } catch (Error& error) {
      for (std::size_t i = calls_.size(); i-- > 0;) {
        if (i == 0 || calls_.size() - i < kMostCallers) error.add_caller(calls_[i].site->location);
      }
      throw;
    }
  }

 private:
  struct Call {
    std::unique_ptr<Frame> frame;
    Run run;
    const Instruction* site;
  };

  Run& top() { return calls_.empty() ? entry_ : calls_.back().run; }

  void enter(const Instruction& site) {
    const plan::Plan& plan = plan_.callees[site.target];
    if (calls_.size() >= host_.depth_limit) [[unlikely]]
      fail_depth(plan, site);
    std::unique_ptr<Frame> frame;
    auto& idle = idle_[site.target];
    if (idle.empty()) {
      frame = std::make_unique<Frame>(plan);
    } else {
      frame = std::move(idle.back());
      idle.pop_back();
    }
    frame->acquire(plan);
    Run callee(plan, *frame, host_, {}, meter_);
    top().pass(site, callee);
    calls_.push_back({std::move(frame), callee, &site});
  }

  void leave() {
    Call call = std::move(calls_.back());
    calls_.pop_back();
    top().take(*call.site, call.run);
    call.frame->release();
    idle_[call.site->target].push_back(std::move(call.frame));
  }

  [[noreturn]] void fail_depth(const plan::Plan& plan, const Instruction& site) const {
    throw Error(ErrorKind::recursion,
                "maximum recursion depth exceeded: " + plan.name + " has " +
                    std::to_string(calls_.size()) + " calls under way",
                site.location);
  }

  const plan::Plan& plan_;
  Run& entry_;
  std::vector<std::vector<std::unique_ptr<Frame>>>& idle_;
  const Host& host_;
  Meter& meter_;
  std::vector<Call> calls_;
};

bool may_poll(const plan::Plan& plan, const Instruction& instruction) {
  switch (instruction.code) {
    case Code::dynamic:
    case Code::update_dynamic:
    case Code::list_append:
    case Code::list_pop:
    case Code::loop_if_true:
    case Code::call:
    case Code::text: return true;
    case Code::registers: {
      const std::vector<plan::RegisterOp>& code = plan.programs[instruction.target].code;
      return std::any_of(code.begin(), code.end(),
                         [](const plan::RegisterOp& op) { return op.jump < 0; });
    }
    default: return false;
  }
}

}  // namespace

bool is_brief(const plan::Plan& plan) {
  return plan.straight_cost <= kLongRun &&
         std::none_of(plan.outputs.begin(), plan.outputs.end(),
                      [&](const plan::Output& output) {
                        return plan.storages[output.storage].kind == StorageKind::input;
                      }) &&
         std::none_of(plan.instructions.begin(), plan.instructions.end(),
                      [&](const Instruction& instruction) { return may_poll(plan, instruction); });
}

void run_brief(const plan::Plan& plan, Frame& frame, std::span<const void* const> inputs,
               std::span<Tensor> outputs, std::span<Variable* const> variables) {
  static const Host nobody;
  Meter meter;
  Run state(plan, frame, nobody, variables, meter);
  frame.acquire(plan);
  state.bind_inputs(inputs);
  state.bind_outputs(outputs);
  state.loop();
  state.collect({}, outputs);
}

void run(const plan::Plan& plan, Frame& frame, std::span<const Tensor> inputs,
         std::span<Tensor> outputs, const Host& host, std::span<Variable* const> variables) {
  Meter meter;
  Run state(plan, frame, host, variables, meter);
  state.announce();
  frame.acquire(plan);
  state.bind_inputs(inputs);
  state.bind_outputs(outputs);
  if (const Instruction* call = state.loop()) Calls(plan, state, frame, host, meter).run(call);
  state.collect(inputs, outputs);
}

}  // namespace pygraph::exec
