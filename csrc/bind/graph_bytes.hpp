// How much memory a graph holds.
#pragma once

#include <algorithm>
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

// Without the constants, which it shares with the module.
inline std::size_t bytes_of_plan(const plan::Plan& plan) {
  std::size_t callees = 0;
  for (const plan::Plan& callee : plan.callees) callees += bytes_of_plan(callee);
  return callees + sizeof plan + bytes_of_vector(plan.instructions) +
         bytes_of_vector(plan.operands) + bytes_of_vector(plan.storages) +
         bytes_of_vector(plan.kernels) + bytes_of_vector(plan.flats) +
         bytes_of_vector(plan.dynamics) + bytes_of_vector(plan.types) + plan.arena_bytes;
}

// The module, and the plan of a graph whose inputs have no unknown dims.
inline std::size_t bytes_held(exec::Executable& executable) {
  const auto inputs = executable.inputs();
  const bool is_static = std::all_of(inputs.begin(), inputs.end(),
                                     [](const ir::Type& type) { return type.shape.is_static(); });
  return bytes_of_module(executable.module()) +
         (is_static ? bytes_of_plan(executable.planned({})->plan()) : 0);
}

}  // namespace pygraph::bind
