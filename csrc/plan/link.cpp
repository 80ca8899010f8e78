#include <algorithm>

#include "plan/plan.hpp"

namespace pygraph::plan {
namespace {

// The code that stands for a kernel of one element; `flat` where there is none.
Code scalar_code(ir::OpCode op, DType dtype) {
#define PYGRAPH_SCALAR(name, op_name, dtype_name, operand_type, result_type, guard, expression) \
  if (op == ir::OpCode::op_name && dtype == DType::dtype_name) return Code::name;
#include "plan/scalar_ops.def"
#undef PYGRAPH_SCALAR
  return Code::flat;
}

}  // namespace

void link(Plan& plan, bool scalars) {
  for (Instruction& instruction : plan.instructions) {
    if (instruction.code != Code::kernel) continue;
    const PreparedCall& prepared = plan.kernels[instruction.target];
    const ops::KernelCall& call = prepared.call;
    if (!call.flat) continue;
    const StorageId* operands = plan.operands.data() + instruction.first_operand;
    FlatCall flat{.kernel = call.elementwise,
                  .count = call.count,
                  .steps = {},
                  .output = operands[0],
                  .inputs = {},
                  .prepared = instruction.target};
    std::copy(std::begin(call.steps), std::end(call.steps), flat.steps);
    for (int i = 0; i < 3; ++i) {
      flat.inputs[i] = operands[1 + std::min(i, instruction.input_count - 1)];
    }
    const bool one = scalars && call.count == 1;
    instruction.code = one ? scalar_code(prepared.op->code, call.dtype) : Code::flat;
    instruction.target = static_cast<std::uint32_t>(plan.flats.size());
    plan.flats.push_back(flat);
  }
}

}  // namespace pygraph::plan
