// One instruction set's rows, gathered.
#include "kernels/isa/table.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {

#if defined(__FMA__)
constexpr bool kFusesMultiplyAdd = true;
#else
constexpr bool kFusesMultiplyAdd = false;
#endif

Tables tables() {
  return {{arithmetic_rows(), integer_rows(), power_rows(), logic_rows(), selection_rows(),
           exponential_rows(), cast_rows(), error_rows(), trigonometric_rows(), pair_member_rows(),
           widened_rows()},
          reduce_rows(),
          arg_reduce_rows(),
          scan_rows(),
          gemm_rows(),
          kFusesMultiplyAdd,
          {float_pairs(), double_pairs()}};
}

}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
