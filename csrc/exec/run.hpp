// The run loop.
#pragma once

#include <span>

#include "base/variable.hpp"
#include "exec/frame.hpp"
#include "exec/host.hpp"
#include "exec/profile.hpp"

namespace pygraph::exec {

// Runs the plan. `variables` are those of the entry's variable parameters, in order. `inputs` are
// of the plan's input types; `outputs` has one entry per result and is overwritten. Throws Error,
// with the location of the node at fault. `recorder`, where there is one, is told of each
// instruction.
void run(const plan::Plan& plan, Frame& frame, std::span<const Tensor> inputs,
         std::span<Tensor> outputs, const Host& host, std::span<Variable* const> variables,
         Recorder* recorder = nullptr);

// Whether a run takes no longer than it takes to tell the host, never asks it for anything, and
// needs of its inputs only the elements.
bool is_brief(const plan::Plan& plan);

// A run of a brief plan, given where the elements of its inputs are.
void run_brief(const plan::Plan& plan, Frame& frame, std::span<const void* const> inputs,
               std::span<Tensor> outputs, std::span<Variable* const> variables,
               Recorder* recorder = nullptr);

}  // namespace pygraph::exec
