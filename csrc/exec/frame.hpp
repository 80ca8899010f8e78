// The memory of one run of a plan: where every storage is, the arena, the tensors whose dims depend
// on data.
#pragma once

#include <memory>
#include <vector>

#include "base/tensor.hpp"
#include "base/variable.hpp"
#include "plan/plan.hpp"

namespace pygraph::exec {

class Frame {
 public:
  explicit Frame(const plan::Plan& plan);

  // Large arenas go back between runs, small ones stay.
  static bool keeps_arena(const plan::Plan& plan);
  void acquire(const plan::Plan& plan);
  void release();

  std::vector<std::byte*> pointers;      // per storage
  std::vector<Tensor> tensors;           // per storage; set for dynamic ones
  std::vector<Variable*> variables;      // of a run of a function that is called
  std::vector<std::uint64_t> registers;  // of the register programs
  std::vector<void*> outputs;            // operands of the instruction at hand
  std::vector<const void*> inputs;
  // Of the entry's frame: frames at rest for the functions that it calls, by function.
  std::vector<std::vector<std::unique_ptr<Frame>>> idle;

 private:
  BufferRef arena_;
  bool large_ = false;
};

}  // namespace pygraph::exec
