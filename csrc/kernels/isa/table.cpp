// One instruction set's rows, gathered.
#include "kernels/isa/table.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {

Tables tables() {
  return {{arithmetic_rows(), integer_rows(), power_rows(), logic_rows(), selection_rows(),
           exponential_rows(), cast_rows(), error_rows(), trigonometric_rows(), pair_member_rows()},
          reduce_rows(),
          arg_reduce_rows(),
          scan_rows(),
          gemm_rows(),
          {float_pairs(), double_pairs()}};
}

}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
