#include "ops/prepare.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "ops/prepare_layout.hpp"

namespace pygraph::ops {

std::int64_t elements(const Shape& shape, int first, int last) {
  std::int64_t n = 1;
  for (int axis = first; axis < last; ++axis) n *= shape[axis];
  return n;
}

namespace {

using kernels::Fault;

template <class Fn>
Fn found(Fn kernel, const OpRow& op, DType in) {
  if (kernel == nullptr)
    throw Error(ErrorKind::type,
                std::string(op.name) + " has no kernel for " + std::string(name(in)));
  return kernel;
}

// Elementwise: either one flat loop, or outer dims walked like an odometer around a flat inner
// loop.

Fault run_flat(const KernelCall& call, void* const* out, const void* const* in) {
  return call.elementwise(out[0], in, call.steps, call.count);
}

// parameters: rank, then per outer dim: size, and per input the stride in bytes.
Fault run_broadcast(const KernelCall& call, void* const* out, const void* const* in) {
  const std::int64_t* geometry = call.parameters.data();
  const auto rank = static_cast<int>(*geometry++);
  const int width = call.inputs + 1;
  const char* at[3];
  for (int i = 0; i < call.inputs; ++i) at[i] = static_cast<const char*>(in[i]);
  auto* to = static_cast<char*>(out[0]);
  const std::int64_t advance = call.count * call.itemsize;
  std::int64_t index[kMaxRank] = {};
  for (;;) {
    const void* operands[3] = {at[0], at[1], at[2]};
    const Fault fault = call.elementwise(to, operands, call.steps, call.count);
    if (!fault.ok()) return fault;
    to += advance;
    int dim = rank - 1;
    for (; dim >= 0; --dim) {
      const std::int64_t* row = geometry + dim * width;
      if (++index[dim] < row[0]) {
        for (int i = 0; i < call.inputs; ++i) at[i] += row[i + 1];
        break;
      }
      index[dim] = 0;
      for (int i = 0; i < call.inputs; ++i) at[i] -= row[i + 1] * (row[0] - 1);
    }
    if (dim < 0) return {};
  }
}

Fault run_nothing(const KernelCall&, void* const*, const void* const*) { return {}; }

struct LoopDim {
  std::int64_t size;
  bool moves[3];  // per input: false where it is broadcast
};

// The loop nest of an elementwise op with neighbouring dims merged where every operand allows it.
std::vector<LoopDim> loop_nest(std::span<const ir::Type> inputs, const Shape& out) {
  std::vector<LoopDim> nest;
  for (int axis = 0; axis < out.rank(); ++axis) {
    if (out[axis] == 1) continue;
    LoopDim dim{out[axis], {}};
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const int own = axis - (out.rank() - inputs[i].shape.rank());
      dim.moves[i] = own >= 0 && inputs[i].shape[own] != 1;
    }
    if (!nest.empty() && std::equal(dim.moves, dim.moves + 3, nest.back().moves)) {
      nest.back().size *= dim.size;
    } else {
      nest.push_back(dim);
    }
  }
  return nest;
}

KernelCall prepare_elementwise(const OpRow& op, std::span<const ir::Type> inputs,
                               const ir::Type& out) {
  KernelCall call;
  const DType in = inputs.back().dtype;
  call.elementwise = found(kernels::find_elementwise(op.name, in, out.dtype), op, in);
  call.inputs = static_cast<int>(inputs.size());
  call.dtype = in;
  call.itemsize = static_cast<std::uint32_t>(itemsize(out.dtype));
  call.cost = out.shape.count();
  if (call.cost == 0) {
    call.run = run_nothing;
    return call;
  }
  const std::vector<LoopDim> nest = loop_nest(inputs, out.shape);
  call.count = nest.empty() ? 1 : nest.back().size;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    call.steps[i] = !nest.empty() && nest.back().moves[i] ? 1 : 0;
  if (nest.size() <= 1) {
    call.run = run_flat;
    call.flat = true;
    call.in_place = 0b111;
    return call;
  }
  call.run = run_broadcast;
  std::array<std::int64_t, 3> strides{};
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    strides[i] = nest.back().moves[i]
                     ? nest.back().size * static_cast<std::int64_t>(itemsize(inputs[i].dtype))
                     : static_cast<std::int64_t>(itemsize(inputs[i].dtype));
  }
  std::vector<std::int64_t> rows;
  for (auto dim = nest.rbegin() + 1; dim != nest.rend(); ++dim) {
    std::vector<std::int64_t> row{dim->size};
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      row.push_back(dim->moves[i] ? strides[i] : 0);
      if (dim->moves[i]) strides[i] *= dim->size;
    }
    rows.insert(rows.begin(), row.begin(), row.end());
  }
  call.parameters.push_back(static_cast<std::int64_t>(nest.size()) - 1);
  call.parameters.insert(call.parameters.end(), rows.begin(), rows.end());
  return call;
}

// Reductions: the input's dims merge into alternating kept and reduced groups. The innermost kept
// group and the innermost reduced one are the kernel's; the others are walked around it, and every
// block after the first of an output accumulates.

// parameters: groups, then per outer group: size, input stride, output stride (bytes), reduced;
// then n, inner.
Fault run_reduce(const KernelCall& call, void* const* out, const void* const* in) {
  const std::int64_t* geometry = call.parameters.data();
  const auto groups = static_cast<int>(*geometry++);
  const std::int64_t* block = geometry + 4 * groups;
  const char* from = static_cast<const char*>(in[0]);
  auto* to = static_cast<char*>(out[0]);
  std::int64_t index[kMaxRank] = {};
  int reduced_positions = 0;  // how many reduced outer groups are past their first position
  for (;;) {
    call.reduce(to, from, block[0], block[1], reduced_positions > 0);
    int group = groups - 1;
    for (; group >= 0; --group) {
      const std::int64_t* row = geometry + 4 * group;
      if (++index[group] < row[0]) {
        from += row[1];
        to += row[2];
        if (row[3] != 0 && index[group] == 1) ++reduced_positions;
        break;
      }
      if (row[3] != 0 && row[0] > 1) --reduced_positions;
      from -= row[1] * (row[0] - 1);
      to -= row[2] * (row[0] - 1);
      index[group] = 0;
    }
    if (group < 0) return {};
  }
}

struct Group {
  std::int64_t size;
  bool reduced;
};

std::vector<Group> reduction_groups(const Shape& shape, const std::vector<std::int64_t>& axes) {
  std::vector<Group> groups;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (shape[axis] == 1) continue;
    const bool reduced = std::find(axes.begin(), axes.end(), axis) != axes.end();
    if (!groups.empty() && groups.back().reduced == reduced) {
      groups.back().size *= shape[axis];
    } else {
      groups.push_back({shape[axis], reduced});
    }
  }
  return groups;
}

// n and inner of a reduction or scan along a single run of axes, with `outer` blocks around it.
KernelCall prepare_reduce(const OpRow& op, std::span<const ir::Attribute> attributes,
                          const ir::Type& in, const ir::Type& out) {
  KernelCall call;
  call.reduce = found(kernels::find_reduce(op.name, in.dtype, out.dtype), op, in.dtype);
  call.run = run_reduce;
  call.cost = std::max(in.shape.count(), out.shape.count());
  if (out.shape.count() == 0) {
    call.run = run_nothing;
    return call;
  }
  if (in.shape.count() == 0) {  // nothing to reduce: every output is the identity
    call.parameters = {0, 0, out.shape.count()};
    return call;
  }
  std::vector<Group> groups = reduction_groups(in.shape, ints(attributes[0]));
  std::int64_t inner = 1;
  std::int64_t n = 1;
  if (!groups.empty() && !groups.back().reduced) {
    inner = groups.back().size;
    groups.pop_back();
  }
  if (!groups.empty() && groups.back().reduced) {
    n = groups.back().size;
    groups.pop_back();
  }
  std::int64_t in_stride = n * inner * static_cast<std::int64_t>(itemsize(in.dtype));
  std::int64_t out_stride = inner * static_cast<std::int64_t>(itemsize(out.dtype));
  std::vector<std::int64_t> rows;
  for (auto group = groups.rbegin(); group != groups.rend(); ++group) {
    const std::int64_t row[] = {group->size, in_stride, group->reduced ? 0 : out_stride,
                                group->reduced ? 1 : 0};
    rows.insert(rows.begin(), std::begin(row), std::end(row));
    in_stride *= group->size;
    if (!group->reduced) out_stride *= group->size;
  }
  call.parameters.push_back(static_cast<std::int64_t>(groups.size()));
  call.parameters.insert(call.parameters.end(), rows.begin(), rows.end());
  call.parameters.push_back(n);
  call.parameters.push_back(inner);
  return call;
}

// argmax, argmin and scans: `outer` blocks of [n][inner]. parameters: outer, n, inner, bytes of an
// input and an output block.
Fault run_arg_reduce(const KernelCall& call, void* const* out, const void* const* in) {
  const std::int64_t* p = call.parameters.data();
  const char* from = static_cast<const char*>(in[0]);
  auto* to = static_cast<char*>(out[0]);
  for (std::int64_t i = 0; i < p[0]; ++i)
    call.reduce(to + i * p[4], from + i * p[3], p[1], p[2], false);
  return {};
}

Fault run_scan(const KernelCall& call, void* const* out, const void* const* in) {
  const std::int64_t* p = call.parameters.data();
  const char* from = static_cast<const char*>(in[0]);
  auto* to = static_cast<char*>(out[0]);
  for (std::int64_t i = 0; i < p[0]; ++i) call.scan(to + i * p[4], from + i * p[3], p[1], p[2]);
  return {};
}

void set_blocks(KernelCall& call, const ir::Type& in, const ir::Type& out, std::int64_t outer,
                std::int64_t n, std::int64_t inner, std::int64_t out_n) {
  call.parameters = {outer, n, inner, n * inner * static_cast<std::int64_t>(itemsize(in.dtype)),
                     out_n * inner * static_cast<std::int64_t>(itemsize(out.dtype))};
  call.cost = in.shape.count();
}

KernelCall prepare_arg_reduce(const OpRow& op, std::span<const ir::Attribute> attributes,
                              const ir::Type& in, const ir::Type& out) {
  KernelCall call;
  call.reduce = found(kernels::find_reduce(op.name, in.dtype, out.dtype), op, in.dtype);
  call.run = out.shape.count() == 0 ? run_nothing : run_arg_reduce;
  const auto& axes = ints(attributes[0]);
  if (axes.size() != 1) {
    set_blocks(call, in, out, 1, in.shape.count(), 1, 1);
    return call;
  }
  const auto axis = static_cast<int>(axes[0]);
  set_blocks(call, in, out, elements(in.shape, 0, axis), in.shape[axis],
             elements(in.shape, axis + 1, in.shape.rank()), 1);
  return call;
}

KernelCall prepare_scan(const OpRow& op, std::span<const ir::Attribute> attributes,
                        const ir::Type& in, const ir::Type& out) {
  KernelCall call;
  call.scan = found(kernels::find_scan(op.name, in.dtype, out.dtype), op, in.dtype);
  call.run = out.shape.count() == 0 ? run_nothing : run_scan;
  const auto axis = static_cast<int>(integer(attributes[0]));
  set_blocks(call, in, out, elements(in.shape, 0, axis), in.shape[axis],
             elements(in.shape, axis + 1, in.shape.rank()), in.shape[axis]);
  return call;
}

// Matrix products: a broadcast batch around m x k times k x n.
// parameters: m, n, k, batch rank, then per batch dim: size, strides of a, b (bytes); the output is
// contiguous.
Fault run_matmul(const KernelCall& call, void* const* out, const void* const* in) {
  const std::int64_t* p = call.parameters.data();
  const auto rank = static_cast<int>(p[3]);
  const std::int64_t* dims = p + 4;
  const char* a = static_cast<const char*>(in[0]);
  const char* b = static_cast<const char*>(in[1]);
  auto* to = static_cast<char*>(out[0]);
  std::int64_t index[kMaxRank] = {};
  for (;;) {
    kernels::matmul(call.dtype, to, a, b, p[0], p[1], p[2]);
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
    if (dim < 0) return {};
  }
}

Fault run_zero_fill(const KernelCall& call, void* const* out, const void* const*) {
  std::memset(out[0], 0, static_cast<std::size_t>(call.count));
  return {};
}

void zero_fill(KernelCall& call, const ir::Type& out) {
  call.run = run_zero_fill;
  call.count = static_cast<std::int64_t>(byte_count(out.dtype, out.shape));
}

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

// Ranges.
Fault run_iota(const KernelCall& call, void* const* out, const void* const*) {
  const std::int64_t zero = 0;  // all bits zero is zero in every dtype
  kernels::fill_range(call.dtype, out[0], &zero, call.parameters.data(), call.count);
  return {};
}

Fault run_arange(const KernelCall& call, void* const* out, const void* const* in) {
  kernels::fill_range(call.dtype, out[0], in[0], in[2], call.count);
  return {};
}

KernelCall prepare_range(const OpRow& op, const ir::Type& out) {
  KernelCall call;
  call.dtype = out.dtype;
  call.count = out.shape.count();
  call.cost = call.count;
  call.run = run_arange;
  if (op.family == Family::iota) {
    call.run = run_iota;
    call.parameters = {0};
    const std::int64_t one = 1;
    const std::int32_t one32 = 1;
    const double one_f64 = 1;
    const float one_f32 = 1;
    const void* step = out.dtype == DType::int32     ? static_cast<const void*>(&one32)
                       : out.dtype == DType::float32 ? static_cast<const void*>(&one_f32)
                       : out.dtype == DType::float64 ? static_cast<const void*>(&one_f64)
                                                     : static_cast<const void*>(&one);
    std::memcpy(call.parameters.data(), step, itemsize(out.dtype));
  }
  return call;
}

}  // namespace

KernelCall prepare(const OpRow& op, std::span<const ir::Attribute> attributes,
                   std::span<const ir::Type> inputs, std::span<const ir::Type> outputs,
                   std::span<const std::byte* const> values) {
  switch (op.family) {
    case Family::elementwise: return prepare_elementwise(op, inputs, outputs[0]);
    case Family::reduce: return prepare_reduce(op, attributes, inputs[0], outputs[0]);
    case Family::arg_reduce: return prepare_arg_reduce(op, attributes, inputs[0], outputs[0]);
    case Family::scan: return prepare_scan(op, attributes, inputs[0], outputs[0]);
    case Family::matmul: return prepare_matmul(inputs, outputs[0]);
    case Family::iota:
    case Family::arange: return prepare_range(op, outputs[0]);
    case Family::undef: {
      KernelCall call;
      zero_fill(call, outputs[0]);
      return call;
    }
    default: return prepare_layout(op, attributes, inputs, outputs, values);
  }
}

Error fault_error(const OpRow& op, const KernelCall& call, const kernels::Fault& fault) {
  const std::string prefix = std::string(op.name) + ": ";
  switch (fault.code) {
    case kernels::FaultCode::division_by_zero:
      return {ErrorKind::zero_division, prefix + "integer division by zero"};
    case kernels::FaultCode::negative_integer_power:
      return {
          ErrorKind::value,
          prefix +
              "an integer to a negative integer power; convert one of them to a floating dtype"};
    case kernels::FaultCode::index_out_of_range: {
      const auto which = static_cast<std::size_t>(fault.extra);
      return {ErrorKind::index, prefix + "index " + std::to_string(fault.detail) +
                                    " is out of range for an axis of size " +
                                    std::to_string(call.parameters[4 + which])};
    }
    case kernels::FaultCode::none: break;
  }
  return {ErrorKind::internal, prefix + "unknown fault"};
}

}  // namespace pygraph::ops
