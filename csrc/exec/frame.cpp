#include "exec/frame.hpp"

#include <algorithm>

namespace pygraph::exec {
namespace {

constexpr std::size_t kKeptArena = 1 << 16;
// Per function that is called: a deep recursion does not keep all of its frames.
constexpr std::size_t kKeptFrames = 32;

}  // namespace

Frame::Frame(const plan::Plan& plan) : pointers(plan.storages.size(), nullptr) {
  const bool any_dynamic = std::any_of(
      plan.storages.begin(), plan.storages.end(),
      [](const plan::Storage& storage) { return storage.kind == plan::StorageKind::dynamic; });
  if (any_dynamic) tensors.resize(plan.storages.size());
  std::size_t most_outputs = 1;
  std::size_t most_inputs =
      3;  // elementwise kernels are handed three operands whatever their arity
  for (const plan::Instruction& instruction : plan.instructions) {
    most_outputs = std::max<std::size_t>(most_outputs, instruction.output_count);
    most_inputs = std::max<std::size_t>(most_inputs, instruction.input_count);
  }
  outputs.resize(most_outputs, nullptr);
  inputs.resize(most_inputs, nullptr);
  for (std::size_t i = 0; i < plan.storages.size(); ++i) {
    const plan::Storage& storage = plan.storages[i];
    if (storage.kind == plan::StorageKind::constant)
      pointers[i] = plan.constants[storage.index].data();
  }
  registers.reserve(plan.register_count);
  for (const plan::RegisterProgram& program : plan.programs)
    registers.insert(registers.end(), program.registers.begin(), program.registers.end());
  large_ = !keeps_arena(plan);
  idle.resize(plan.callees.size());
}

bool Frame::keeps_arena(const plan::Plan& plan) { return plan.arena_bytes <= kKeptArena; }

void Frame::acquire(const plan::Plan& plan) {
  if (arena_ || plan.arena_bytes == 0) return;
  arena_ = BufferRef::adopt(Buffer::allocate(plan.arena_bytes));
  for (std::size_t i = 0; i < plan.storages.size(); ++i) {
    const plan::Storage& storage = plan.storages[i];
    if (storage.kind == plan::StorageKind::arena) pointers[i] = arena_->data() + storage.offset;
  }
}

void Frame::release() {
  for (Tensor& tensor : tensors) tensor = Tensor();
  if (large_) arena_ = BufferRef();
  for (auto& frames : idle) frames.resize(std::min(frames.size(), kKeptFrames));
}

}  // namespace pygraph::exec
