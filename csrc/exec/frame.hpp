// The memory of one run of a plan: where every storage is, the arena, the tensors whose dims depend
// on data.
#pragma once

#include <vector>

#include "base/tensor.hpp"
#include "plan/plan.hpp"

namespace pygraph::exec {

class Frame {
 public:
  explicit Frame(const plan::Plan& plan);

  // Large arenas go back between runs, small ones stay.
  static bool keeps_arena(const plan::Plan& plan);
  void acquire(const plan::Plan& plan);
  void release();

  std::vector<std::byte*> pointers;  // per storage
  std::vector<Tensor> tensors;       // per storage; set for dynamic ones
  std::vector<void*> outputs;        // operands of the instruction at hand
  std::vector<const void*> inputs;

 private:
  BufferRef arena_;
  bool large_ = false;
};

}  // namespace pygraph::exec
