// The run of one function's plan, up to the next call.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "base/variable.hpp"
#include "exec/frame.hpp"
#include "exec/host.hpp"
#include "exec/profile.hpp"
#include "plan/plan.hpp"

namespace pygraph::exec {

// Work between two polls: a few milliseconds.
inline constexpr std::int64_t kPollInterval = 2'000'000;
// Work above which the host is told beforehand: for Python, giving up its lock and taking it back
// costs about as much.
inline constexpr std::int64_t kLongRun = 100'000;

// What has been used up by a run and all that it calls.
struct Meter {
  std::int64_t budget = kPollInterval;  // work until the next poll
  std::int64_t spent = 0;
  std::size_t bytes = 0;
  Recorder* recorder = nullptr;  // of the profile, if one is made
};

// A run of one function, on a frame of its own.
class FunctionRun {
 public:
  FunctionRun(const plan::Plan& plan, Frame& frame, const Host& host,
              std::span<Variable* const> variables, Meter& meter)
      : plan_(plan),
        frame_(frame),
        host_(host),
        variables_(variables),
        meter_(meter),
        at_(plan.instructions.data()) {
    if (host.byte_limit != 0) charge(plan.arena_bytes);
  }

  // Tells the host of a run that will take long.
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
      if (storage.kind != plan::StorageKind::output || storage.index != i) continue;
      if (!outputs[i]) {
        if (host_.byte_limit != 0) charge(storage.bytes);
        outputs[i] = Tensor(BufferRef::adopt(Buffer::allocate(storage.bytes)), output.type.dtype,
                            output.type.shape);
      }
      frame_.pointers[output.storage] = outputs[i].data();
    }
  }

  // Runs from where it stopped to the next call, which it returns, or to the end (nullptr).
  const plan::Instruction* advance() {
    return meter_.recorder == nullptr ? loop<false>() : loop<true>();
  }

  // Hands the operands of a call to the run of the function.
  void pass(const plan::Instruction& call, FunctionRun& callee);

  // Takes the tensors that the function gave; what is static it has written in place.
  void take(const plan::Instruction& call, const FunctionRun& callee);
  void collect(std::span<const Tensor> inputs, std::span<Tensor> outputs);

 private:
  template <bool kRecorded>
  const plan::Instruction* loop();

  bool flag(plan::StorageId id) const {
    return *reinterpret_cast<const std::uint8_t*>(frame_.pointers[id]) != 0;
  }

  void flat(const plan::Instruction& instruction, const plan::FlatCall& call,
            std::byte* const* pointers) const;
  void registers(const plan::Instruction& instruction);
  static plan::RegisterStop run_program(const plan::RegisterProgram& program,
                                        plan::RegisterState& state);
  // Makes room in the list for which a program has stopped.
  void grow(const plan::RegisterOp& operation, ir::LocationId location, plan::RegisterState& state);
  void kernel(const plan::Instruction& instruction, const plan::StorageId* operands);
  void tiles(const plan::Instruction& instruction, const plan::StorageId* operands);
  void gather_operands(const plan::Instruction& instruction, const plan::StorageId* operands);

  // The dims of this value are known now: infer, allocate, prepare and call.
  void dynamic(const plan::Instruction& instruction, const plan::StorageId* operands);

  // What the operands of a dynamic call are now: their types, and where their elements are. Of
  // single numbers these are copies, since shapes follow from them and another thread may write to
  // a host's array.
  struct Operands {
    std::vector<ir::Type> types;
    std::vector<std::uint64_t> numbers;
    std::vector<const std::byte*> values;
  };
  Operands resolve(const plan::DynamicCall& described, const plan::StorageId* operands) const;
  static std::vector<ir::Type> infer(const plan::DynamicCall& described, const Operands& operands);

  // An input whose memory the output may take over.
  const plan::StorageId* reusable(const plan::Instruction& instruction,
                                  const plan::StorageId* operands, const ops::KernelCall& call,
                                  const ir::Type& output) const;
  void list_append(const plan::Instruction& instruction, const plan::StorageId* operands);
  void list_pop(const plan::Instruction& instruction, const plan::StorageId* operands);

  // The tensor of a dynamic input; its storage lets go of one that dies here.
  Tensor taken(const plan::Instruction& instruction, const plan::StorageId* operands,
               unsigned input);
  // The list that an instruction changes, which its storage lets go of if nothing else needs it.
  Tensor taken_list(const plan::Instruction& instruction, const plan::StorageId* operands);
  // Counts what the memory of a list has grown by.
  void charge_growth(const Tensor& list, std::size_t before);
  void release_dying(const plan::Instruction& instruction, const plan::StorageId* operands);

  bool is_dynamic(plan::StorageId id) const {
    return plan_.storages[id].kind == plan::StorageKind::dynamic;
  }
  static void move(void* to, const void* from, std::size_t bytes);
  Variable& variable(plan::StorageId id) const { return *variables_[plan_.storages[id].index]; }

  // The tensor that a storage is by itself; nullptr for a part of the arena, for constants, and for
  // the parameters of a call, which are the caller's memory.
  const Tensor* own_tensor(plan::StorageId id) const {
    const plan::Storage& storage = plan_.storages[id];
    if (storage.kind == plan::StorageKind::dynamic) return &frame_.tensors[id];
    const bool bound = storage.kind == plan::StorageKind::input && storage.index < inputs_.size();
    return bound ? &inputs_[storage.index] : nullptr;
  }

  // A tensor of its own is handed over, anything else is copied.
  void assign(const plan::Instruction& instruction, const plan::StorageId* operands);
  void text(const plan::TextCall& call, ir::LocationId location, const plan::StorageId* operands);

  // A tensor that outlives the run.
  Tensor copied(plan::StorageId id, const ir::Type& type);

  // The kernel computes the new value under the variable's lock, over the old one where nobody else
  // has it.
  void update(const plan::Instruction& instruction, const plan::StorageId* operands,
              const plan::PreparedCall& prepared);
  void update_dynamic(const plan::Instruction& instruction, const plan::StorageId* operands);
  void move_dynamic(const plan::Instruction& instruction, const plan::StorageId* operands);
  void set_tensor(plan::StorageId id, Tensor tensor) {
    frame_.pointers[id] = tensor.data();
    frame_.tensors[id] = std::move(tensor);
  }

  // Makes the tensor one whose elements may be written: nobody else holds its memory.
  void own(plan::StorageId id);
  Tensor allocate(const ir::Type& type);

  // Limits count what a run asks for in total: simple, and never too generous.
  void charge(std::size_t bytes);

  // Counts work that is about to be done.
  void spend(ir::LocationId location, std::int64_t cost);
  void poll(ir::LocationId location);

  [[noreturn]] void fail_undefined(std::uint32_t name, ir::LocationId location) const;
  [[noreturn]] void fail(const plan::RegisterProgram& program,
                         const plan::RegisterState& state) const;
  [[noreturn]] static void fail(ir::LocationId location, const plan::PreparedCall& prepared,
                                const kernels::Fault& fault);

  const plan::Plan& plan_;
  Frame& frame_;
  const Host& host_;
  std::span<Variable* const> variables_;
  std::span<const Tensor> inputs_;
  Meter& meter_;
  const plan::Instruction* at_;
};

}  // namespace pygraph::exec
