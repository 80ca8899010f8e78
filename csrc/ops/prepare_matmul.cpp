// Matrix products: a broadcast batch around m x k times k x n.
#include <algorithm>

#include "ops/prepare_families.hpp"
#include "ops/split.hpp"

namespace pygraph::ops {
namespace {

using kernels::Fault;

// How many multiplications take the time of one element operation.
constexpr std::int64_t kProductsPerCost = 8;

// The products [begin, end) of the batch.
// parameters: m, n, k, batch rank, then per batch dim: size, strides of a, b (bytes); the output is
// contiguous.
void multiply_batch(const KernelCall& call, char* to, const char* a, const char* b,
                    std::int64_t begin, std::int64_t end) {
  const std::int64_t* p = call.parameters.data();
  const auto rank = static_cast<int>(p[3]);
  const std::int64_t* dims = p + 4;
  const kernels::MatrixProduct product = {p[0], p[1], p[2], false, false};
  std::int64_t index[kMaxRank] = {};
  std::int64_t rest = begin;
  for (int dim = rank - 1; dim >= 0; --dim) {
    const std::int64_t* row = dims + 3 * dim;
    index[dim] = rest % row[0];
    rest /= row[0];
    a += row[1] * index[dim];
    b += row[2] * index[dim];
  }
  to += begin * p[0] * p[1] * call.itemsize;
  for (std::int64_t i = begin;;) {
    kernels::matmul(call.dtype, to, a, b, product);
    if (++i == end) return;
    to += p[0] * p[1] * call.itemsize;
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

Fault run_matmul(const KernelCall& call, void* const* out, const void* const* in) {
  const std::int64_t* p = call.parameters.data();
  auto* to = static_cast<char*>(out[0]);
  const auto* a = static_cast<const char*>(in[0]);
  const auto* b = static_cast<const char*>(in[1]);
  std::int64_t batch = 1;
  for (std::int64_t dim = 0; dim < p[3]; ++dim) batch *= p[4 + 3 * dim];
  // A single product splits itself.
  parallel_for(
      batch, grain(call.cost / batch / kProductsPerCost),
      [&](std::int64_t begin, std::int64_t end) { multiply_batch(call, to, a, b, begin, end); });
  return {};
}

}  // namespace

KernelCall prepare_matmul(std::span<const ir::Type> inputs, const ir::Type& out) {
  const Shape& a = inputs[0].shape;
  const Shape& b = inputs[1].shape;
  KernelCall call;
  call.dtype = out.dtype;
  call.itemsize = static_cast<std::uint32_t>(itemsize(out.dtype));
  call.run = run_matmul;
  const std::int64_t m = a.rank() == 1 ? 1 : a[a.rank() - 2];
  const std::int64_t k = a[a.rank() - 1];
  const std::int64_t n = b.rank() == 1 ? 1 : b[b.rank() - 1];
  call.cost = std::max<std::int64_t>(out.shape.count() * std::max<std::int64_t>(k, 1), 1);
  if (out.shape.count() == 0 || k == 0) {
    zero_fill(call, out);
    return call;
  }
  const int a_batch = std::max(a.rank() - 2, 0);
  const int b_batch = std::max(b.rank() - 2, 0);
  const int batch = std::max(a_batch, b_batch);
  call.parameters = {m, n, k, batch};
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
