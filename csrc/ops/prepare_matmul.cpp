// Matrix products: a broadcast batch around m x k times k x n.
#include <algorithm>

#include "ops/infer.hpp"
#include "ops/prepare_families.hpp"
#include "ops/split.hpp"

namespace pygraph::ops {
namespace {

using kernels::Fault;

// How many multiplications take the time of one element operation.
constexpr std::int64_t kProductsPerCost = 8;

// What all calls' parameters begin with: m, n, k, and whether a and b are transposed.
constexpr std::size_t kProductParameters = 5;

kernels::MatrixProduct product_of(const KernelCall& call) {
  const std::int64_t* p = call.parameters.data();
  return {p[0], p[1], p[2], p[3] != 0, p[4] != 0};
}

// The products [begin, end) of the batch. Further parameters: the rank of the batch, then per dim
// of it: size, strides of a, b (bytes); the output is contiguous.
void multiply_batch(const KernelCall& call, char* to, const char* a, const char* b,
                    std::int64_t begin, std::int64_t end) {
  const kernels::MatrixProduct product = product_of(call);
  const std::int64_t* const batch = call.parameters.data() + kProductParameters;
  const auto rank = static_cast<int>(batch[0]);
  const std::int64_t* const dims = batch + 1;
  const std::int64_t out_bytes = product.m * product.n * call.itemsize;
  std::int64_t index[kMaxRank] = {};
  std::int64_t rest = begin;
  for (int dim = rank - 1; dim >= 0; --dim) {
    const std::int64_t* row = dims + 3 * dim;
    index[dim] = rest % row[0];
    rest /= row[0];
    a += row[1] * index[dim];
    b += row[2] * index[dim];
  }
  to += begin * out_bytes;
  for (std::int64_t i = begin;;) {
    kernels::matmul(call.dtype, to, a, b, product);
    if (++i == end) return;
    to += out_bytes;
    int dim = rank - 1;
    for (; dim >= 0; --dim) {
      const std::int64_t* row = dims + 3 * dim;
      if (++index[dim] < row[0]) {
        a += row[1];
        b += row[2];
        break;
      }
      index[dim] = 0;
      a -= row[1] * (row[0] - 1);
      b -= row[2] * (row[0] - 1);
    }
  }
}

Fault run_product(const KernelCall& call, void* const* out, const void* const* in) {
  kernels::matmul(call.dtype, out[0], in[0], in[1], product_of(call));
  return {};
}

Fault run_batch(const KernelCall& call, void* const* out, const void* const* in) {
  const std::int64_t* const dims = call.parameters.data() + kProductParameters;
  auto* to = static_cast<char*>(out[0]);
  const auto* a = static_cast<const char*>(in[0]);
  const auto* b = static_cast<const char*>(in[1]);
  std::int64_t batch = 1;
  for (std::int64_t dim = 0; dim < dims[0]; ++dim) batch *= dims[1 + 3 * dim];
  parallel_for(
      batch, grain(call.cost / batch / kProductsPerCost),
      [&](std::int64_t begin, std::int64_t end) { multiply_batch(call, to, a, b, begin, end); });
  return {};
}

}  // namespace

KernelCall prepare_matmul(const PrepareInput& in) {
  const auto attributes = in.attributes;
  const auto inputs = in.inputs;
  const ir::Type& out = in.outputs[0];
  const bool transpose_a = !attributes.empty() && boolean(attributes[0]);
  const bool transpose_b = !attributes.empty() && boolean(attributes[1]);
  const Shape a = transpose_a ? transposed(inputs[0].shape) : inputs[0].shape;
  const Shape b = transpose_b ? transposed(inputs[1].shape) : inputs[1].shape;
  KernelCall call;
  call.dtype = out.dtype;
  call.itemsize = static_cast<std::uint32_t>(itemsize(out.dtype));
  const std::int64_t m = a.rank() == 1 ? 1 : a[a.rank() - 2];
  const std::int64_t k = a[a.rank() - 1];
  const std::int64_t n = b.rank() == 1 ? 1 : b[b.rank() - 1];
  call.cost = std::max<std::int64_t>(out.shape.count() * std::max<std::int64_t>(k, 1), 1);
  if (k == 0) {
    zero_fill(call, out);
    return call;
  }
  if (elements(b, 0, b.rank() - 2) == 1 && !(transpose_a && a.rank() > 2)) {
    // One matrix for all on the right: the rows on the left are those of one product.
    call.run = run_product;
    call.parameters = {out.shape.count() / n, n, k, transpose_a, transpose_b};
    return call;
  }
  call.run = run_batch;
  const int a_batch = std::max(a.rank() - 2, 0);
  const int b_batch = std::max(b.rank() - 2, 0);
  const int batch = std::max(a_batch, b_batch);
  call.parameters = {m, n, k, transpose_a, transpose_b, batch};
  std::int64_t a_stride = m * k * call.itemsize;
  std::int64_t b_stride = k * n * call.itemsize;
  std::vector<std::int64_t> rows;
  for (int dim = batch - 1; dim >= 0; --dim) {
    const int a_dim = dim - (batch - a_batch);
    const int b_dim = dim - (batch - b_batch);
    const std::int64_t a_size = a_dim < 0 ? 1 : a[a_dim];
    const std::int64_t b_size = b_dim < 0 ? 1 : b[b_dim];
    const std::int64_t row[] = {std::max(a_size, b_size), a_size == 1 ? 0 : a_stride,
                                b_size == 1 ? 0 : b_stride};
    rows.insert(rows.begin(), std::begin(row), std::end(row));
    a_stride *= a_size;
    b_stride *= b_size;
  }
  call.parameters.insert(call.parameters.end(), rows.begin(), rows.end());
  return call;
}

}  // namespace pygraph::ops
