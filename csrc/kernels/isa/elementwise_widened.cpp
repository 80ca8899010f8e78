// Functions of float32 that are exp, log and simple arithmetic in float64, which has digits to
// lose: logarithms to other bases, hyperbolic functions and their inverses, logaddexp.
#include "kernels/isa/logarithm.hpp"

namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE {
namespace {

using V = Vector<double>;

// Up to here odd functions are their argument, to the last bit of a float32.
constexpr double kTiny = 1e-4;

struct Log2 {
  PYGRAPH_INLINE static V apply(V x) { return Log::apply(x) * 0x1.71547652b82fep+0; }
};

struct Log10 {
  PYGRAPH_INLINE static V apply(V x) { return Log::apply(x) * 0x1.bcb7b1526e50ep-2; }
};

struct Sinh {
  PYGRAPH_INLINE static V apply(V x) {
    const V a = magnitude(x);
    const V e = Exp::apply(a);
    return with_sign(a < kTiny ? a : 0.5 * (e - 1.0 / e), x);
  }
};

struct Cosh {
  PYGRAPH_INLINE static V apply(V x) {
    const V e = Exp::apply(magnitude(x));
    return 0.5 * (e + 1.0 / e);
  }
};

struct Asinh {
  PYGRAPH_INLINE static V apply(V x) {
    const V a = magnitude(x);
    return with_sign(a < kTiny ? a : Log::apply(a + square_root(madd(a, a, broadcast(1.0)))), x);
  }
};

struct Acosh {
  PYGRAPH_INLINE static V apply(V x) {
    const V result = Log::apply(x + square_root(madd(x, x, broadcast(-1.0))));
    return x < 1.0 ? broadcast(Traits<double>::kNan) : result;
  }
};

struct Atanh {
  PYGRAPH_INLINE static V apply(V x) {
    const V a = magnitude(x);
    return with_sign(a < kTiny ? a : 0.5 * Log::apply((1.0 + a) / (1.0 - a)), x);
  }
};

// From the larger one on. Equal operands come first: two infinities have no difference.
struct Logaddexp {
  PYGRAPH_INLINE static V apply(V a, V b) {
    constexpr double kLog2 = 0x1.62e42fefa39efp-1;
    const V above = Log::apply(1.0 + Exp::apply(-magnitude(a - b)));
    return a == b ? a + kLog2 : (a > b ? a : b) + above;
  }
};

constexpr auto kRows = joined(vector_unary_rows<InDouble<Log2>>("log2", Types<float>{}),
                              vector_unary_rows<InDouble<Log10>>("log10", Types<float>{}),
                              vector_unary_rows<InDouble<Sinh>>("sinh", Types<float>{}),
                              vector_unary_rows<InDouble<Cosh>>("cosh", Types<float>{}),
                              vector_unary_rows<InDouble<Asinh>>("asinh", Types<float>{}),
                              vector_unary_rows<InDouble<Acosh>>("acosh", Types<float>{}),
                              vector_unary_rows<InDouble<Atanh>>("atanh", Types<float>{}),
                              vector_binary_rows<InDouble<Logaddexp>>("logaddexp", Types<float>{}));

}  // namespace

Rows<ElementwiseFn> widened_rows() { return span_of(kRows); }

}  // namespace pygraph::kernels::PYGRAPH_ISA_NAMESPACE
