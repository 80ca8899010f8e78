// How much memory a graph holds.
#pragma once

#include <cstddef>
#include <vector>

#include "exec/executable.hpp"

namespace pygraph::bind {

template <class T>
std::size_t bytes_of_vector(const std::vector<T>& items) {
  return items.capacity() * sizeof(T);
}

inline std::size_t bytes_of_tensors(const std::vector<Tensor>& tensors) {
  std::size_t bytes = bytes_of_vector(tensors);
  for (const Tensor& tensor : tensors) bytes += tensor ? tensor.bytes() : 0;
  return bytes;
}

inline std::size_t bytes_of_module(const ir::Module& module) {
  std::size_t bytes = sizeof module + bytes_of_tensors(module.constants) +
                      bytes_of_vector(module.locations) + bytes_of_vector(module.functions);
  for (const ir::Function& function : module.functions) {
    bytes += bytes_of_vector(function.types) + bytes_of_vector(function.nodes) +
             bytes_of_vector(function.inputs) + bytes_of_vector(function.attributes) +
             bytes_of_vector(function.subgraphs) + bytes_of_vector(function.results) +
             bytes_of_vector(function.parameter_names) + bytes_of_vector(function.result_names) +
             bytes_of_vector(function.declared_results);
  }
  return bytes;
}

// Without the constants, which it shares with the module, and without an arena that is only there
// during a run.
inline std::size_t bytes_of_plan(const plan::Plan& plan) {
  std::size_t callees = 0;
  for (const plan::Plan& callee : plan.callees) callees += bytes_of_plan(callee);
  return callees + sizeof plan + bytes_of_vector(plan.instructions) +
         bytes_of_vector(plan.operands) + bytes_of_vector(plan.storages) +
         bytes_of_vector(plan.kernels) + bytes_of_vector(plan.flats) +
         bytes_of_vector(plan.dynamics) + bytes_of_vector(plan.types) +
         (exec::Frame::keeps_arena(plan) ? plan.arena_bytes : 0);
}

// The module, and the plans that were made for it.
inline std::size_t bytes_held(exec::Executable& executable) {
  std::size_t bytes = bytes_of_module(executable.module());
  for (const auto& planned : executable.plans()) bytes += bytes_of_plan(planned->plan());
  return bytes;
}

}  // namespace pygraph::bind
