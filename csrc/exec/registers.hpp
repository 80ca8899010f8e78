// The interpreter of register programs.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/tensor.hpp"
#include "plan/register_program.hpp"

namespace pygraph::exec {

enum class RegisterStop : std::uint8_t {
  finished,
  out_of_budget,  // at a back edge that is to be taken
  undefined,      // a variable that was read before it was set
  fault           // in a kernel, a division or an index
};

struct RegisterState {
  std::byte* registers;
  std::byte* const* pointers;  // per storage of the plan
  const Tensor* tensors;       // likewise, of those that are dynamic
  std::int64_t budget;         // back edges take their cost from it
  std::uint32_t at = 0;        // the operation to begin with; after a stop, the one that stopped
  kernels::Fault fault = {};
};

RegisterStop run_registers(const plan::RegisterProgram& program, RegisterState& state);

}  // namespace pygraph::exec
