// The tables that every instruction set's build exports: plain arrays of rows,
// constant-initialised, so that loading the library runs no code of a build that this machine
// cannot run. Files that include this must not use anything from the standard library but its C
// headers: an inline function that two builds both emit would be merged by the linker, and the
// wrong build's copy could win.
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "kernels/signatures.hpp"

namespace pygraph::kernels {

// The element types, in the order of DType (registry.cpp asserts it).
enum class ElementType : uint8_t {
#define PYGRAPH_DTYPE(name, ...) name,
#include "base/dtypes.def"
#undef PYGRAPH_DTYPE
};

template <class Fn>
struct Row {
  const char* name;
  ElementType in;
  ElementType out;
  Fn fn;
};

template <class Fn>
struct Rows {
  const Row<Fn>* rows;
  int count;
};

// Computes a part of out = a @ b; `out` is the whole result.
using GemmFn = void (*)(void* out, const void* a, const void* b, const MatrixProduct& product,
                        const MatrixPart& part);

// The elementwise kernel that computes `outer` with the result of `inner` as its operand
// `position`, in the bits of the two in turn. Its operands are inner's, then the other one of
// outer.
struct PairRow {
  const char* inner;
  const char* outer;
  int position;
  ElementType type;
  ElementwiseFn fn;
};
struct PairRows {
  const PairRow* rows;
  int count;
};

constexpr int kElementwiseFamilies = 11;

struct Tables {
  Rows<ElementwiseFn> elementwise[kElementwiseFamilies];
  Rows<ReduceFn> reduce;
  Rows<ReduceFn> arg_reduce;
  Rows<ScanFn> scan;
  Rows<GemmFn> gemm;
  bool fuses_multiply_add;  // whether gemm has an instruction for it
  PairRows pairs[2];
};

// Cold functions lie together: the first search of a process touches one page, not one of each
// file.
#define PYGRAPH_DECLARE_ISA(isa)                          \
  namespace isa {                                         \
  [[gnu::cold]] Rows<ElementwiseFn> arithmetic_rows();    \
  [[gnu::cold]] Rows<ElementwiseFn> integer_rows();       \
  [[gnu::cold]] Rows<ElementwiseFn> power_rows();         \
  [[gnu::cold]] Rows<ElementwiseFn> logic_rows();         \
  [[gnu::cold]] Rows<ElementwiseFn> selection_rows();     \
  [[gnu::cold]] Rows<ElementwiseFn> exponential_rows();   \
  [[gnu::cold]] Rows<ElementwiseFn> cast_rows();          \
  [[gnu::cold]] Rows<ElementwiseFn> error_rows();         \
  [[gnu::cold]] Rows<ElementwiseFn> trigonometric_rows(); \
  [[gnu::cold]] Rows<ElementwiseFn> pair_member_rows();   \
  [[gnu::cold]] Rows<ElementwiseFn> widened_rows();       \
  [[gnu::cold]] Rows<ReduceFn> reduce_rows();             \
  [[gnu::cold]] Rows<ReduceFn> arg_reduce_rows();         \
  [[gnu::cold]] Rows<ScanFn> scan_rows();                 \
  [[gnu::cold]] Rows<GemmFn> gemm_rows();                 \
  [[gnu::cold]] PairRows float_pairs();                   \
  [[gnu::cold]] PairRows double_pairs();                  \
  [[gnu::cold]] Tables tables();                          \
  }

#if defined(__x86_64__)
PYGRAPH_DECLARE_ISA(isa_x86_64)
PYGRAPH_DECLARE_ISA(isa_x86_64_v3)
PYGRAPH_DECLARE_ISA(isa_x86_64_v4)
#else
PYGRAPH_DECLARE_ISA(isa_generic)
#endif
#undef PYGRAPH_DECLARE_ISA

}  // namespace pygraph::kernels
