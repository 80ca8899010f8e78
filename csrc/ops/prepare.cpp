#include "ops/prepare.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "base/dispatch.hpp"
#include "ops/prepare_families.hpp"
#include "ops/split.hpp"

namespace pygraph::ops {

kernels::Fault run_nothing(const KernelCall&, void* const*, const void* const*) { return {}; }

kernels::Fault run_zero_fill(const KernelCall& call, void* const* out, const void* const*) {
  std::memset(out[0], 0, static_cast<std::size_t>(call.count));
  return {};
}

void zero_fill(KernelCall& call, const ir::Type& out) {
  call.run = run_zero_fill;
  call.count = static_cast<std::int64_t>(byte_count(out.dtype, out.shape));
}

namespace {

using kernels::Fault;

// Elementwise: either one flat loop, or outer dims walked like an odometer around a flat inner
// loop.

Fault run_flat(const KernelCall& call, void* const* out, const void* const* in) {
  return call.elementwise(out[0], in, call.steps, call.count);
}

// parameters: the itemsize of each input.
Fault run_split(const KernelCall& call, void* const* out, const void* const* in) {
  const auto least = grain(call.cost / call.count);
  return split(call.count, least, [&](std::int64_t begin, std::int64_t end) {
    const void* from[3] = {};
    for (int i = 0; i < call.inputs; ++i)
      from[i] = static_cast<const char*>(in[i]) + begin * call.steps[i] * call.parameters[i];
    auto* to = static_cast<char*>(out[0]) + begin * call.itemsize;
    return call.elementwise(to, from, call.steps, end - begin);
  });
}

// The turns [begin, end) of the loops around the flat one. parameters: rank, then per outer dim:
// size, and per input the stride in bytes.
Fault run_turns(const KernelCall& call, void* const* out, const void* const* in, std::int64_t begin,
                std::int64_t end) {
  const std::int64_t* geometry = call.parameters.data();
  const auto rank = static_cast<int>(*geometry++);
  const int width = call.inputs + 1;
  const char* at[3] = {};
  for (int i = 0; i < call.inputs; ++i) at[i] = static_cast<const char*>(in[i]);
  std::int64_t index[kMaxRank] = {};
  std::int64_t rest = begin;
  for (int dim = rank - 1; dim >= 0; --dim) {
    const std::int64_t* row = geometry + dim * width;
    index[dim] = rest % row[0];
    rest /= row[0];
    for (int i = 0; i < call.inputs; ++i) at[i] += row[i + 1] * index[dim];
  }
  const std::int64_t advance = call.count * call.itemsize;
  auto* to = static_cast<char*>(out[0]) + begin * advance;
  for (std::int64_t turn = begin;;) {
    const void* operands[3] = {at[0], at[1], at[2]};
    const Fault fault = call.elementwise(to, operands, call.steps, call.count);
    if (!fault.ok()) return fault;
    if (++turn == end) return {};
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
  }
}

Fault run_broadcast(const KernelCall& call, void* const* out, const void* const* in) {
  const std::int64_t* geometry = call.parameters.data();
  std::int64_t turns = 1;
  for (std::int64_t dim = 0; dim < geometry[0]; ++dim)
    turns *= geometry[1 + dim * (call.inputs + 1)];
  return split(turns, grain(call.cost / turns), [&](std::int64_t begin, std::int64_t end) {
    return run_turns(call, out, in, begin, end);
  });
}

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

}  // namespace

KernelCall prepare_elementwise(const PrepareInput& given) {
  const OpRow& op = given.op;
  const auto inputs = given.inputs;
  const ir::Type& out = given.outputs[0];
  KernelCall call;
  const DType in = inputs.back().dtype;
  call.elementwise = found(kernels::find_elementwise(op.name, in, out.dtype), op, in);
  call.inputs = static_cast<int>(inputs.size());
  call.dtype = in;
  call.out_dtype = out.dtype;
  call.itemsize = static_cast<std::uint32_t>(itemsize(out.dtype));
  call.cost = out.shape.count() * (is_floating(in) ? op.cost.floating : op.cost.whole);
  const std::vector<LoopDim> nest = loop_nest(inputs, out.shape);
  call.count = nest.empty() ? 1 : nest.back().size;
  for (std::size_t i = 0; i < inputs.size(); ++i)
    call.steps[i] = !nest.empty() && nest.back().moves[i] ? 1 : 0;
  if (nest.size() <= 1) {
    call.flat = call.cost < 2 * kRangeCost;
    call.run = call.flat ? run_flat : run_split;
    call.in_place = 0b111;
    if (call.flat) return call;
    for (const ir::Type& input : inputs)
      call.parameters.push_back(static_cast<std::int64_t>(itemsize(input.dtype)));
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

// Ranges.
namespace {

Fault run_iota(const KernelCall& call, void* const* out, const void* const*) {
  const std::int64_t zero = 0;  // all bits zero is zero in every dtype
  kernels::fill_range(call.dtype, out[0], &zero, call.parameters.data(), call.count);
  return {};
}

Fault run_arange(const KernelCall& call, void* const* out, const void* const* in) {
  kernels::fill_range(call.dtype, out[0], in[0], in[2], call.count);
  return {};
}

KernelCall range(KernelCall::Run run, const ir::Type& out) {
  KernelCall call;
  call.run = run;
  call.dtype = out.dtype;
  call.count = out.shape.count();
  call.cost = call.count;
  return call;
}

}  // namespace

KernelCall prepare_arange(const PrepareInput& in) { return range(run_arange, in.outputs[0]); }

KernelCall prepare_iota(const PrepareInput& in) {
  const ir::Type& out = in.outputs[0];
  KernelCall call = range(run_iota, out);
  call.parameters.resize(sizeof(NumberSlot) / sizeof(std::int64_t));
  dispatch(out.dtype, [&](auto element) {
    using Element = decltype(element);
    if constexpr (Element::kKind != DTypeKind::complex) {
      const auto one = static_cast<typename Element::Storage>(1);
      std::memcpy(call.parameters.data(), &one, sizeof one);
    }
  });
  return call;
}

KernelCall prepare_undef(const PrepareInput& in) {
  KernelCall call;
  zero_fill(call, in.outputs[0]);
  return call;
}

KernelCall prepare_none(const PrepareInput& in) {
  throw Error(ErrorKind::internal, std::string(in.op.name) + " has no kernel");
}

KernelCall prepare(const PrepareInput& in) {
  // Positions are checked all the same.
  const bool does_nothing = in.op.fault != ErrorKind::index &&
                            std::all_of(in.outputs.begin(), in.outputs.end(),
                                        [](const ir::Type& type) { return is_empty(type.shape); });
  if (!does_nothing) return in.op.prepare(in);
  KernelCall call;
  call.run = run_nothing;
  return call;
}

bool ElementwiseLoops::is_whole(std::size_t input) const {
  const Input& read = inputs[input];
  std::int64_t stride = columns * read.itemsize;
  for (std::size_t dim = outer.size(); dim-- > 0; stride *= outer[dim]) {
    if (read.strides[dim] != stride) return false;
  }
  return read.along_columns;
}

std::optional<ElementwiseLoops> elementwise_loops(const OpRow& op, const KernelCall& call) {
  const bool broadcast = call.run == run_broadcast;
  if (!broadcast && call.run != run_flat && call.run != run_split) return std::nullopt;
  ElementwiseLoops loops;
  loops.columns = call.count;
  for (int i = 0; i < call.inputs; ++i) {
    const bool is_condition = op.operands == Operands::condition_first && i == 0;
    const DType dtype = is_condition ? DType::bool_ : call.dtype;
    loops.inputs.push_back({static_cast<std::int64_t>(itemsize(dtype)), call.steps[i] != 0, {}});
  }
  const auto rank = broadcast ? static_cast<std::size_t>(call.parameters[0]) : 0;
  for (std::size_t dim = 0; dim < rank; ++dim) {
    const std::int64_t* row = call.parameters.data() + 1 + dim * (loops.inputs.size() + 1);
    loops.outer.push_back(row[0]);
    for (std::size_t i = 0; i < loops.inputs.size(); ++i)
      loops.inputs[i].strides.push_back(row[i + 1]);
  }
  return loops;
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
