// The kernels of the chosen instruction set, for the files of this folder.
#pragma once

#include "base/dtype.hpp"
#include "kernels/isa/table.hpp"

namespace pygraph::kernels {

// The matrix product that needs no library, or nullptr if there is none for the dtype.
GemmFn find_gemm(DType dtype);
// Whether that has an instruction for a * b + c.
bool fuses_multiply_add();

}  // namespace pygraph::kernels
