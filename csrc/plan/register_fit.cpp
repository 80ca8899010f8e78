// Which instructions of a plan may be part of a register program.
#include <algorithm>
#include <span>

#include "plan/register_compiler.hpp"

namespace pygraph::plan {
namespace {

bool is_register_size(std::size_t bytes) {
  return bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
}

// Whether a gather or scatter is of one element, at 0-d positions.
bool is_single_element(const Plan& plan, const Instruction& instruction) {
  if (instruction.code == Code::kernel) {
    const ops::KernelCall& call = plan.kernels[instruction.target].call;
    const auto& p = call.parameters;  // outer, inner, count, ...
    return p[0] == 1 && p[1] == 1 && p[2] == 1 && call.steps[2] == 1 &&
           (call.scatter == nullptr || call.scatter == kernels::scatter) &&
           is_register_size(call.itemsize);
  }
  const DynamicCall& call = plan.dynamics[instruction.target];
  const std::size_t first = first_index(*call.op);
  const bool combines = first == 2 && !ops::text(call.attributes[2]).empty();
  if (combines || ops::integer(call.attributes[1]) != 0) return false;
  return is_register_size(itemsize(call.inputs[0].dtype)) &&
         static_cast<std::size_t>(call.inputs[0].shape.rank()) == call.inputs.size() - first &&
         std::all_of(call.inputs.begin() + 1, call.inputs.end(),
                     [](const ir::Type& type) { return type.shape.rank() == 0; });
}

// Whether a list of single numbers changes in place.
bool is_list_in_place(const Plan& plan, const Instruction& instruction) {
  const StorageId* operands = plan.operands.data() + instruction.first_operand;
  const ir::Type& list = plan.dynamics[instruction.target].inputs[0];
  return operands[0] == operands[instruction.output_count] && list.shape.rank() == 1 &&
         is_register_size(itemsize(list.dtype));
}

// Whether the value can stand in a register.
bool is_scalar(const Plan& plan, StorageId id, const std::vector<bool>& arrays) {
  return is_register_size(plan.storages[id].bytes) && !arrays[id];
}

}  // namespace

const ops::OpRow* row_of(const Plan& plan, const Instruction& instruction) {
  switch (instruction.code) {
    case Code::kernel: return plan.kernels[instruction.target].op;
    case Code::dynamic:
    case Code::list_append:
    case Code::list_pop: return plan.dynamics[instruction.target].op;
    default: return nullptr;
  }
}

std::uint32_t first_index(const ops::OpRow& row) { return row.code == ir::OpCode::gather ? 1 : 2; }

std::vector<bool> indexed_arrays(const Plan& plan) {
  std::vector<bool> arrays(plan.storages.size(), false);
  for (const Instruction& instruction : plan.instructions) {
    const ops::OpRow* row = row_of(plan, instruction);
    if (row == nullptr) continue;
    const StorageId* operands = plan.operands.data() + instruction.first_operand;
    const bool writes = row->code == ir::OpCode::scatter || is_list(instruction.code);
    if (writes || row->code == ir::OpCode::gather)
      arrays[operands[instruction.output_count]] = true;
    if (writes) arrays[operands[0]] = true;
  }
  return arrays;
}

bool fits_registers(const Plan& plan, const Instruction& instruction,
                    const std::vector<bool>& arrays) {
  const auto operands =
      std::span(plan.operands)
          .subspan(instruction.first_operand,
                   std::size_t{instruction.output_count} + instruction.input_count);
  const auto scalars_from = [&](std::size_t first) {
    return std::all_of(operands.begin() + static_cast<std::ptrdiff_t>(first), operands.end(),
                       [&](StorageId id) { return is_scalar(plan, id, arrays); });
  };
  const auto makes_scalar = [&] {
    return is_scalar(plan, operands[0], arrays) &&
           plan.storages[operands[0]].kind != StorageKind::dynamic;
  };
  switch (instruction.code) {
    case Code::jump: return true;
    case Code::jump_if_false:
    case Code::loop_if_true:
    case Code::check_defined: return scalars_from(0);
    case Code::move: return makes_scalar() && scalars_from(1);
    case Code::list_append: return is_list_in_place(plan, instruction) && scalars_from(2);
    case Code::text:
      return plan.texts[instruction.target].op == ir::OpCode::raise && scalars_from(0);
    case Code::list_pop:
      return is_list_in_place(plan, instruction) && is_scalar(plan, operands[1], arrays);
    case Code::kernel:
    case Code::dynamic: break;
    default: return false;
  }
  const ops::OpRow& row = *row_of(plan, instruction);
  if (row.elementwise) {
    if (instruction.code != Code::kernel) return false;
    const ops::KernelCall& call = plan.kernels[instruction.target].call;
    return call.flat && call.count == 1 && makes_scalar() && scalars_from(1);
  }
  switch (row.code) {
    case ir::OpCode::undef: return instruction.code == Code::kernel && makes_scalar();
    case ir::OpCode::dim_size: return instruction.code == Code::dynamic && makes_scalar();
    case ir::OpCode::gather:
      return is_single_element(plan, instruction) && makes_scalar() && scalars_from(2);
    case ir::OpCode::scatter:
      return is_single_element(plan, instruction) && operands[0] == operands[1] && scalars_from(2);
    default: return false;
  }
}

}  // namespace pygraph::plan
