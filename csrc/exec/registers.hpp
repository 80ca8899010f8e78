// The interpreter of register programs.
#pragma once

#include "plan/register_program.hpp"

namespace pygraph::exec {

plan::RegisterStop run_registers(const plan::RegisterProgram& program, plan::RegisterState& state);

}  // namespace pygraph::exec
