#include <bit>

#include "ops/prepare_families.hpp"

namespace pygraph::ops {
namespace {

using kernels::Fault;

// parameters: outer, size, inner, whether descending.
kernels::SortGeometry geometry_of(const KernelCall& call) {
  const std::int64_t* p = call.parameters.data();
  return {.outer = p[0], .size = p[1], .inner = p[2], .descending = p[3] != 0};
}

Fault run_sort(const KernelCall& call, void* const* out, const void* const* in) {
  kernels::sort_elements(call.dtype, out[0], in[0], geometry_of(call));
  return {};
}

Fault run_argsort(const KernelCall& call, void* const* out, const void* const* in) {
  kernels::sort_positions(call.dtype, out[0], in[0], geometry_of(call));
  return {};
}

}  // namespace

namespace {

KernelCall sorting(KernelCall::Run run, const PrepareInput& given) {
  const auto attributes = given.attributes;
  const ir::Type& in = given.inputs[0];
  KernelCall call;
  call.run = run;
  call.dtype = in.dtype;
  const auto axis = static_cast<int>(integer(attributes[0]));
  const std::int64_t size = in.shape[axis];
  call.parameters = {elements(in.shape, 0, axis), size,
                     elements(in.shape, axis + 1, in.shape.rank()), boolean(attributes[1]) ? 1 : 0};
  const auto comparisons =
      static_cast<std::int64_t>(std::bit_width(static_cast<std::uint64_t>(size)));
  call.cost = in.shape.count() * comparisons + 1;
  return call;
}

}  // namespace

KernelCall prepare_sort(const PrepareInput& in) { return sorting(run_sort, in); }

KernelCall prepare_argsort(const PrepareInput& in) { return sorting(run_argsort, in); }

}  // namespace pygraph::ops
