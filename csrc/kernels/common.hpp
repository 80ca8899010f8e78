// The kernels that are built once: calls into the C library gain nothing from wider vectors.
#pragma once

#include "kernels/isa/table.hpp"

namespace pygraph::kernels::common {

Rows<ElementwiseFn> library_rows();

}  // namespace pygraph::kernels::common
