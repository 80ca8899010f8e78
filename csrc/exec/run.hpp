// The run loop.
#pragma once

#include <span>

#include "exec/frame.hpp"
#include "exec/host.hpp"

namespace pygraph::exec {

// Runs the plan. `inputs` are of the plan's input types; `outputs` has one entry per result and is
// overwritten. Throws Error, with the location of the node at fault.
void run(const plan::Plan& plan, Frame& frame, std::span<const Tensor> inputs,
         std::span<Tensor> outputs, const Host& host);

}  // namespace pygraph::exec
