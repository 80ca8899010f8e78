// Reductions and scans: which dims are one loop, and how a kernel is called around them.
#include <algorithm>

#include "ops/prepare_families.hpp"
#include "ops/split.hpp"

namespace pygraph::ops {
namespace {

using kernels::Fault;

// Reductions: the input's dims merge into alternating kept and reduced groups. The innermost kept
// group and the innermost reduced one are the kernel's; the others are walked around it, and every
// block after the first of an output accumulates.

// How much of the output a thread reduces to at a time where rows are longer than one element: a
// strip of the kernels.
constexpr std::int64_t kColumns = 512;

// A line of n elements to one. A long one goes in chunks, whose results are reduced in turn: at
// any number of threads the same ones.
void reduce_line(const KernelCall& call, char* out, const char* in, std::int64_t n,
                 bool accumulate) {
  if (n <= kReduceChunk) {
    call.reduce(out, in, n, 1, 1, accumulate);
    return;
  }
  constexpr std::int64_t kChunks = 4096;
  alignas(kAlignment) char results[kChunks * sizeof(std::int64_t)];
  std::int64_t size = kReduceChunk;
  if (n > size * kChunks) size *= (n + size * kChunks - 1) / (size * kChunks);
  const std::int64_t chunks = (n + size - 1) / size;
  parallel_for(chunks, grain(size), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      reduce_line(call, results + i * call.itemsize, in + i * size * call.in_itemsize,
                  std::min(size, n - i * size), false);
    }
  });
  call.combine(out, results, chunks, 1, 1, accumulate);
}

void reduce_block(const KernelCall& call, char* out, const char* in, std::int64_t n,
                  std::int64_t inner, bool accumulate) {
  if (inner == 1) {
    reduce_line(call, out, in, n, accumulate);
    return;
  }
  const std::int64_t strips = (inner + kColumns - 1) / kColumns;
  parallel_for(strips, grain(n * kColumns), [&](std::int64_t begin, std::int64_t end) {
    const std::int64_t first = begin * kColumns;
    call.reduce(out + first * call.itemsize, in + first * call.in_itemsize, n,
                std::min(end * kColumns, inner) - first, inner, accumulate);
  });
}

// `count` positions of the outermost group. parameters: groups, then per outer group: size, input
// stride, output stride (bytes), reduced; then n, inner.
void reduce_groups(const KernelCall& call, char* to, const char* from, std::int64_t count) {
  const std::int64_t* geometry = call.parameters.data();
  const auto groups = static_cast<int>(*geometry++);
  const std::int64_t* block = geometry + 4 * groups;
  std::int64_t index[kMaxRank] = {};
  int reduced_positions = 0;  // how many reduced outer groups are past their first position
  for (;;) {
    reduce_block(call, to, from, block[0], block[1], reduced_positions > 0);
    int group = groups - 1;
    for (; group >= 0; --group) {
      const std::int64_t* row = geometry + 4 * group;
      const std::int64_t size = group == 0 ? count : row[0];
      if (++index[group] < size) {
        from += row[1];
        to += row[2];
        if (row[3] != 0 && index[group] == 1) ++reduced_positions;
        break;
      }
      if (row[3] != 0 && size > 1) --reduced_positions;
      from -= row[1] * (size - 1);
      to -= row[2] * (size - 1);
      index[group] = 0;
    }
    if (group < 0) return;
  }
}

Fault run_reduce(const KernelCall& call, void* const* out, const void* const* in) {
  const std::int64_t* geometry = call.parameters.data();
  const auto* from = static_cast<const char*>(in[0]);
  auto* to = static_cast<char*>(out[0]);
  const bool outer_is_kept = geometry[0] > 0 && geometry[4] == 0;
  if (!outer_is_kept) {
    reduce_groups(call, to, from, geometry[0] > 0 ? geometry[1] : 1);
    return {};
  }
  const std::int64_t* outer = geometry + 1;
  parallel_for(outer[0], grain(call.cost / outer[0]), [&](std::int64_t begin, std::int64_t end) {
    reduce_groups(call, to + begin * outer[2], from + begin * outer[1], end - begin);
  });
  return {};
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

// argmax, argmin and scans: `outer` blocks of [n][inner]. parameters: outer, n, inner, bytes of an
// input and an output block.
Fault run_arg_reduce(const KernelCall& call, void* const* out, const void* const* in) {
  const std::int64_t* p = call.parameters.data();
  const char* from = static_cast<const char*>(in[0]);
  auto* to = static_cast<char*>(out[0]);
  parallel_for(p[0], grain(p[1] * p[2]), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i)
      call.reduce(to + i * p[4], from + i * p[3], p[1], p[2], p[2], false);
  });
  return {};
}

Fault run_scan(const KernelCall& call, void* const* out, const void* const* in) {
  const std::int64_t* p = call.parameters.data();
  const char* from = static_cast<const char*>(in[0]);
  auto* to = static_cast<char*>(out[0]);
  parallel_for(p[0], grain(p[1] * p[2]), [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i)
      call.scan(to + i * p[4], from + i * p[3], p[1], p[2]);
  });
  return {};
}

void set_blocks(KernelCall& call, const ir::Type& in, const ir::Type& out, std::int64_t outer,
                std::int64_t n, std::int64_t inner, std::int64_t out_n) {
  call.parameters = {outer, n, inner, n * inner * static_cast<std::int64_t>(itemsize(in.dtype)),
                     out_n * inner * static_cast<std::int64_t>(itemsize(out.dtype))};
  call.cost = in.shape.count();
}

}  // namespace

namespace {

// The reduction of that name over some axes.
KernelCall reduction(const OpRow& op, std::string_view kernel, const ir::Type& in,
                     const ir::Type& out, const std::vector<std::int64_t>& axes) {
  KernelCall call;
  call.reduce = found(kernels::find_reduce(kernel, in.dtype, out.dtype), op, in.dtype);
  // What reduces the results of chunks: their dtype is the output's.
  call.combine = found(kernels::find_reduce(kernel, out.dtype, out.dtype), op, out.dtype);
  call.run = run_reduce;
  call.itemsize = static_cast<std::uint32_t>(itemsize(out.dtype));
  call.in_itemsize = static_cast<std::uint32_t>(itemsize(in.dtype));
  call.cost = std::max(in.shape.count(), out.shape.count());
  if (in.shape.count() == 0) {  // nothing to reduce: every output is the identity
    call.parameters = {0, 0, out.shape.count()};
    return call;
  }
  std::vector<Group> groups = reduction_groups(in.shape, axes);
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

}  // namespace

std::optional<RowReduction> row_reduction(const KernelCall& call) {
  if (call.run != run_reduce || call.parameters.size() < 3) return std::nullopt;
  const std::int64_t* p = call.parameters.data();
  const std::int64_t groups = p[0];
  const bool of_rows = groups == 0 || (groups == 1 && p[4] == 0);
  const std::int64_t n = p[1 + 4 * groups];
  if (!of_rows || p[2 + 4 * groups] != 1 || n == 0) return std::nullopt;
  return RowReduction{groups == 0 ? 1 : p[1], n};
}

KernelCall prepare_reduce(const PrepareInput& in) {
  return reduction(in.op, in.op.name, in.inputs[0], in.outputs[0], ints(in.attributes[0]));
}

KernelCall prepare_sum_to(const PrepareInput& in) {
  const Shape& from = in.inputs[0].shape;
  const Shape& to = in.outputs[0].shape;
  const int extra = from.rank() - to.rank();
  std::vector<std::int64_t> axes;
  for (int axis = 0; axis < from.rank(); ++axis) {
    if (axis < extra || (to[axis - extra] == 1 && from[axis] != 1)) axes.push_back(axis);
  }
  if (axes.empty() && in.inputs[0].dtype == in.outputs[0].dtype) return prepare_copy(in);
  return reduction(in.op, "sum", in.inputs[0], in.outputs[0], axes);
}

KernelCall prepare_arg_reduce(const PrepareInput& given) {
  const OpRow& op = given.op;
  const auto attributes = given.attributes;
  const ir::Type& in = given.inputs[0];
  const ir::Type& out = given.outputs[0];
  KernelCall call;
  call.reduce = found(kernels::find_reduce(op.name, in.dtype, out.dtype), op, in.dtype);
  call.run = run_arg_reduce;
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

KernelCall prepare_scan(const PrepareInput& given) {
  const OpRow& op = given.op;
  const auto attributes = given.attributes;
  const ir::Type& in = given.inputs[0];
  const ir::Type& out = given.outputs[0];
  KernelCall call;
  call.scan = found(kernels::find_scan(op.name, in.dtype, out.dtype), op, in.dtype);
  call.run = run_scan;
  const auto axis = static_cast<int>(integer(attributes[0]));
  set_blocks(call, in, out, elements(in.shape, 0, axis), in.shape[axis],
             elements(in.shape, axis + 1, in.shape.rank()), in.shape[axis]);
  return call;
}

}  // namespace pygraph::ops
