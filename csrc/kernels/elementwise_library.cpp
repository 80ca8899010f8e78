// Elementary functions that the C library computes, one call an element, and what is built on them.
// Errors are the C library's: with glibc at most 2 units in the last place.
#define PYGRAPH_ISA_NAMESPACE common
#include <math.h>

#include "kernels/common.hpp"
#include "kernels/isa/loops.hpp"

namespace pygraph::kernels::common {
namespace {

using UnaryFloat = float (*)(float);
using UnaryDouble = double (*)(double);
using BinaryFloat = float (*)(float, float);
using BinaryDouble = double (*)(double, double);

template <UnaryFloat kFloat, UnaryDouble kDouble>
struct Library1 {
  PYGRAPH_INLINE static float apply(float x) { return kFloat(x); }
  PYGRAPH_INLINE static double apply(double x) { return kDouble(x); }
};

template <BinaryFloat kFloat, BinaryDouble kDouble>
struct Library2 {
  PYGRAPH_INLINE static float apply(float x, float y) { return kFloat(x, y); }
  PYGRAPH_INLINE static double apply(double x, double y) { return kDouble(x, y); }
};

using Log1p = Library1<::log1pf, ::log1p>;
using Log2 = Library1<::log2f, ::log2>;
using Log10 = Library1<::log10f, ::log10>;
using Tan = Library1<::tanf, ::tan>;
using Asin = Library1<::asinf, ::asin>;
using Acos = Library1<::acosf, ::acos>;
using Atan = Library1<::atanf, ::atan>;
using Sinh = Library1<::sinhf, ::sinh>;
using Cosh = Library1<::coshf, ::cosh>;
using Asinh = Library1<::asinhf, ::asinh>;
using Acosh = Library1<::acoshf, ::acosh>;
using Atanh = Library1<::atanhf, ::atanh>;
using Atan2 = Library2<::atan2f, ::atan2>;
using Hypot = Library2<::hypotf, ::hypot>;
using NextAfter = Library2<::nextafterf, ::nextafter>;
using Fmod = Library2<::fmodf, ::fmod>;
using Fabs = Library1<::fabsf, ::fabs>;
using FloorOf = Library1<::floorf, ::floor>;
using SignOf = Library2<::copysignf, ::copysign>;
using ExpOf = Library1<::expf, ::exp>;

// log(exp(a) + exp(b)), from the larger one on. Equal operands come first: two infinities have no
// difference.
struct Logaddexp {
  template <class T>
  static T apply(T a, T b) {
    constexpr T kLog2 = T(0.693147180559945309417232121458176568L);
    if (a == b) return a + kLog2;
    const T larger = a > b ? a : b;
    const T distance = Fabs::apply(a - b);
    return distance != distance ? distance : larger + Log1p::apply(ExpOf::apply(-distance));
  }
};

// The remainder of the division that floors: it has the divisor's sign, zero included.
struct Remainder {
  template <class T>
  static T apply(T a, T b) {
    const T rest = Fmod::apply(a, b);
    if (rest == T{0}) return SignOf::apply(T{0}, b);
    return (rest < T{0}) != (b < T{0}) ? rest + b : rest;
  }
};

// The floor of the exact quotient: what is left after the remainder is a multiple of b up to
// rounding, so its quotient lies beside an integer. Division by zero gives what `/` gives.
struct FloorDivide {
  template <class T>
  static T apply(T a, T b) {
    const T rest = Fmod::apply(a, b);
    if (b == T{0}) return a / b;
    const T exact = (a - rest) / b;
    const T quotient = (rest != T{0}) & ((rest < T{0}) != (b < T{0})) ? exact - T{1} : exact;
    if (quotient == T{0}) return SignOf::apply(T{0}, a / b);
    const T below = FloorOf::apply(quotient);
    return quotient - below > T(0.5) ? below + T{1} : below;
  }
};

// clang-format off: a row a line
constexpr auto kRows = joined(
    unary_rows<Log2>("log2", Types<double>{}),
    unary_rows<Log10>("log10", Types<double>{}),
    unary_rows<Tan>("tan", Types<double>{}),
    unary_rows<Asin>("asin", kFloats),
    unary_rows<Acos>("acos", kFloats),
    unary_rows<Atan>("atan", kFloats),
    unary_rows<Sinh>("sinh", Types<double>{}),
    unary_rows<Cosh>("cosh", Types<double>{}),
    unary_rows<Asinh>("asinh", Types<double>{}),
    unary_rows<Acosh>("acosh", Types<double>{}),
    unary_rows<Atanh>("atanh", Types<double>{}),
    binary_rows<Atan2>("atan2", kFloats),
    binary_rows<Hypot>("hypot", kFloats),
    binary_rows<NextAfter>("nextafter", kFloats),
    binary_rows<Logaddexp>("logaddexp", Types<double>{}),
    binary_rows<Remainder>("remainder", kFloats),
    binary_rows<FloorDivide>("floor_divide", kFloats));
// clang-format on

}  // namespace

Rows<ElementwiseFn> library_rows() { return span_of(kRows); }

}  // namespace pygraph::kernels::common
