#include <algorithm>
#include <cstring>
#include <string>

#include "ops/prepare_families.hpp"
#include "ops/split.hpp"

namespace pygraph::ops {
namespace {

using kernels::Fault;

// The bytes that are copied in about the time of one element operation.
constexpr std::int64_t kCopiedBytes = 64;

// What reading an element at a computed position costs in units of the cheapest ops.
constexpr std::int64_t kGatherCost = 4;

// A strided view of a contiguous tensor: where it starts and how far apart its elements are, in
// elements.
struct Part {
  std::int64_t offset = 0;
  Shape shape;
  Shape strides;  // may be 0 or negative: only the container is shared with Shape
};

Fault run_copy(const KernelCall& call, void* const* out, const void* const* in) {
  if (out[0] != in[0]) std::memcpy(out[0], in[0], static_cast<std::size_t>(call.count));
  return {};
}

// parameters: offset in bytes, rank, shape, strides of the output, strides of the input. Threads
// share the largest dim.
void copy_view(const KernelCall& call, char* out, const char* in) {
  const std::int64_t* p = call.parameters.data();
  const auto rank = static_cast<int>(p[1]);
  const std::int64_t* shape = p + 2;
  const std::int64_t* out_strides = shape + rank;
  const std::int64_t* in_strides = out_strides + rank;
  if (call.cost < 2 * kRangeCost) {
    kernels::copy_strided(out, out_strides, in, in_strides, shape, rank, call.itemsize);
    return;
  }
  const std::int64_t shared = std::max_element(shape, shape + rank) - shape;
  parallel_for(shape[shared], grain(call.cost / shape[shared]),
               [&](std::int64_t begin, std::int64_t end) {
                 Shape part(std::span(shape, static_cast<std::size_t>(rank)));
                 part[static_cast<int>(shared)] = end - begin;
                 kernels::copy_strided(out + begin * out_strides[shared] * call.itemsize,
                                       out_strides, in + begin * in_strides[shared] * call.itemsize,
                                       in_strides, part.begin(), rank, call.itemsize);
               });
}

Fault run_view(const KernelCall& call, void* const* out, const void* const* in) {
  copy_view(call, static_cast<char*>(out[0]), static_cast<const char*>(in[0]) + call.parameters[0]);
  return {};
}

// parameters: as above, then the bytes of the whole. The first input is copied, the second written
// over the view.
Fault run_slice_update(const KernelCall& call, void* const* out, const void* const* in) {
  if (out[0] != in[0]) std::memcpy(out[0], in[0], static_cast<std::size_t>(call.count));
  copy_view(call, static_cast<char*>(out[0]) + call.parameters[0], static_cast<const char*>(in[1]));
  return {};
}

void set_view(KernelCall& call, std::int64_t offset, const Shape& shape, const Shape& out_strides,
              const Shape& in_strides) {
  call.parameters = {offset * call.itemsize, shape.rank()};
  for (const Shape* part : {&shape, &out_strides, &in_strides}) {
    call.parameters.insert(call.parameters.end(), part->begin(), part->end());
  }
  call.cost = std::max<std::int64_t>(shape.count(), 1);
}

Part sliced(const Shape& shape, std::span<const ir::Attribute> attributes) {
  Part view;
  const Shape strides = contiguous_strides(shape);
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const auto i = static_cast<std::size_t>(axis);
    const std::int64_t step = ints(attributes[2])[i];
    const SliceRange range =
        slice_range(ints(attributes[0])[i], ints(attributes[1])[i], step, shape[axis]);
    view.offset += range.length == 0 ? 0 : range.start * strides[axis];
    view.shape.append(range.length);
    // With one element at the most the step is never taken, and may be too large to multiply.
    view.strides.append(range.length <= 1 ? strides[axis] : strides[axis] * step);
  }
  return view;
}

Part dynamically_sliced(const Shape& shape, std::span<const ir::Attribute> attributes,
                        std::span<const std::byte* const> values) {
  Part view{0, shape, contiguous_strides(shape)};
  const auto axis = static_cast<int>(integer(attributes[0]));
  std::int64_t bounds[2];
  for (std::size_t i = 0; i < 2; ++i) std::memcpy(&bounds[i], values[i + 1], sizeof bounds[i]);
  const std::int64_t step = integer(attributes[1]);
  const SliceRange range = slice_range(bounds[0], bounds[1], step, shape[axis]);
  view.offset = range.length == 0 ? 0 : range.start * view.strides[axis];
  if (range.length > 1) view.strides[axis] *= step;
  view.shape[axis] = range.length;
  return view;
}

Part broadcast(const Shape& from, const Shape& to) {
  Part view{0, to, to};
  const Shape strides = contiguous_strides(from);
  for (int axis = 0; axis < to.rank(); ++axis) {
    const int own = axis - (to.rank() - from.rank());
    view.strides[axis] = own < 0 || from[own] == 1 ? 0 : strides[own];
  }
  return view;
}

Part permuted(const Shape& shape, const std::vector<std::int64_t>& axes) {
  Part view;
  const Shape strides = contiguous_strides(shape);
  for (std::int64_t axis : axes) {
    view.shape.append(shape[static_cast<int>(axis)]);
    view.strides.append(strides[static_cast<int>(axis)]);
  }
  return view;
}

KernelCall copy_of(const Part& view, const ir::Type& in) {
  KernelCall call;
  call.run = run_view;
  call.itemsize = static_cast<std::uint32_t>(itemsize(in.dtype));
  set_view(call, view.offset, view.shape, contiguous_strides(view.shape), view.strides);
  return call;
}

}  // namespace

KernelCall prepare_copy(const PrepareInput& in) {
  const ir::Type& out = in.outputs[0];
  KernelCall call;
  call.run = run_copy;
  call.count = static_cast<std::int64_t>(byte_count(out.dtype, out.shape));
  call.cost = std::max<std::int64_t>(out.shape.count(), 1);
  call.in_place = 0b1;
  return call;
}

KernelCall prepare_slice(const PrepareInput& in) {
  return copy_of(sliced(in.inputs[0].shape, in.attributes), in.inputs[0]);
}

KernelCall prepare_slice_dynamic(const PrepareInput& in) {
  return copy_of(dynamically_sliced(in.inputs[0].shape, in.attributes, in.values), in.inputs[0]);
}

KernelCall prepare_broadcast_to(const PrepareInput& in) {
  return copy_of(broadcast(in.inputs[0].shape, in.outputs[0].shape), in.inputs[0]);
}

KernelCall prepare_permute_dims(const PrepareInput& in) {
  return copy_of(permuted(in.inputs[0].shape, ints(in.attributes[0])), in.inputs[0]);
}

KernelCall prepare_slice_update(const PrepareInput& given) {
  const ir::Type& in = given.inputs[0];
  const ir::Type& out = given.outputs[0];
  KernelCall call;
  call.run = run_slice_update;
  call.in_place = 0b1;
  call.itemsize = static_cast<std::uint32_t>(itemsize(in.dtype));
  call.count = static_cast<std::int64_t>(byte_count(out.dtype, out.shape));
  const Part view = sliced(in.shape, given.attributes);
  set_view(call, view.offset, view.shape, view.strides, contiguous_strides(view.shape));
  call.cost += call.count / kCopiedBytes;
  return call;
}

namespace {

// parameters: outer, then the bytes that each input contributes to one outer block.
Fault run_concat(const KernelCall& call, void* const* out, const void* const* in) {
  const std::int64_t* p = call.parameters.data();
  auto* to = static_cast<char*>(out[0]);
  for (std::int64_t block = 0; block < p[0]; ++block) {
    for (int i = 0; i < call.inputs; ++i) {
      const auto bytes = static_cast<std::size_t>(p[1 + i]);
      if (bytes == 0) continue;
      std::memcpy(to, static_cast<const char*>(in[i]) + static_cast<std::size_t>(block) * bytes,
                  bytes);
      to += bytes;
    }
  }
  return {};
}

}  // namespace

KernelCall prepare_concat(const PrepareInput& in) {
  const ir::Type& out = in.outputs[0];
  KernelCall call;
  call.run = run_concat;
  call.inputs = static_cast<int>(in.inputs.size());
  const auto axis = static_cast<int>(integer(in.attributes[0]));
  call.parameters = {elements(out.shape, 0, axis)};
  for (const ir::Type& input : in.inputs) {
    call.parameters.push_back(elements(input.shape, axis, input.shape.rank()) *
                              static_cast<std::int64_t>(itemsize(input.dtype)));
  }
  call.cost = out.shape.count();
  return call;
}

namespace {

// parameters: the bytes of the list without the item, and of the item, which stands at the front or
// the end.
struct ListParts {
  std::size_t list_bytes;
  std::size_t item_bytes;
  std::size_t list_at;
  std::size_t item_at;

  explicit ListParts(const KernelCall& call)
      : list_bytes(static_cast<std::size_t>(call.parameters[0])),
        item_bytes(static_cast<std::size_t>(call.parameters[1])),
        list_at(call.parameters[2] != 0 ? item_bytes : 0),
        item_at(call.parameters[2] != 0 ? 0 : list_bytes) {}
};

Fault run_list_append(const KernelCall& call, void* const* out, const void* const* in) {
  const ListParts parts(call);
  auto* to = static_cast<char*>(out[0]);
  if (parts.list_bytes != 0) std::memcpy(to + parts.list_at, in[0], parts.list_bytes);
  if (parts.item_bytes != 0) std::memcpy(to + parts.item_at, in[1], parts.item_bytes);
  return {};
}

Fault run_list_pop(const KernelCall& call, void* const* out, const void* const* in) {
  const ListParts parts(call);
  const auto* from = static_cast<const char*>(in[0]);
  if (parts.list_bytes != 0) std::memcpy(out[0], from + parts.list_at, parts.list_bytes);
  if (parts.item_bytes != 0) std::memcpy(out[1], from + parts.item_at, parts.item_bytes);
  return {};
}

KernelCall list_call(KernelCall::Run run, std::span<const ir::Attribute> attributes,
                     const ir::Type& list, const ir::Type& item) {
  KernelCall call;
  call.run = run;
  call.parameters = {static_cast<std::int64_t>(byte_count(list.dtype, list.shape)),
                     static_cast<std::int64_t>(byte_count(item.dtype, item.shape)),
                     boolean(attributes[0]) ? 1 : 0};
  call.cost = list.shape.count() + item.shape.count() + 1;
  return call;
}

}  // namespace

KernelCall prepare_list_append(const PrepareInput& in) {
  return list_call(run_list_append, in.attributes, in.inputs[0], in.inputs[1]);
}

KernelCall prepare_list_pop(const PrepareInput& in) {
  return list_call(run_list_pop, in.attributes, in.outputs[0], in.outputs[1]);
}

namespace {

// parameters: outer, inner, count, axes, axis sizes, index steps. `steps[0]`: whether a scatter's
// values advance; `steps[1]`: the bytes of a scatter's destination; `steps[2]`: how many batches.
kernels::IndexGeometry geometry_of(const KernelCall& call) {
  const std::int64_t* p = call.parameters.data();
  return {.outer = p[0],
          .inner = p[1],
          .count = p[2],
          .axes = static_cast<int>(p[3]),
          .axis_sizes = p + 4,
          .index_step = p + 4 + p[3],
          .index_dtype = DType::int64,
          .itemsize = call.itemsize};
}

// The memory of one batch after another.
class Batches {
 public:
  Batches(const kernels::IndexGeometry& geometry, const void* const* indices)
      : geometry_(geometry), given_(indices) {
    whole_ = geometry.outer * geometry.inner;
    for (int axis = 0; axis < geometry.axes; ++axis) whole_ *= geometry.axis_sizes[axis];
    part_ = geometry.outer * geometry.count * geometry.inner;
  }

  // Bytes, from the start, of the array that is indexed, and of what lies at the positions.
  std::int64_t whole_at(std::int64_t batch) const { return batch * whole_ * bytes(); }
  std::int64_t part_at(std::int64_t batch) const { return batch * part_ * bytes(); }

  const void* const* indices(std::int64_t batch) {
    for (int axis = 0; axis < geometry_.axes; ++axis) {
      const std::int64_t positions = batch * geometry_.count * geometry_.index_step[axis];
      indices_[axis] = static_cast<const std::int64_t*>(given_[axis]) + positions;
    }
    return indices_;
  }

 private:
  std::int64_t bytes() const { return static_cast<std::int64_t>(geometry_.itemsize); }

  const kernels::IndexGeometry& geometry_;
  const void* const* given_;
  std::int64_t whole_;
  std::int64_t part_;
  const void* indices_[kMaxRank] = {};
};

Fault run_gather(const KernelCall& call, void* const* out, const void* const* in) {
  const kernels::IndexGeometry geometry = geometry_of(call);
  if (call.steps[2] != 1) {
    const std::int64_t least =
        grain(kGatherCost * call.cost / std::max<std::int64_t>(call.steps[2], 1));
    return split(call.steps[2], least, [&](std::int64_t begin, std::int64_t end) {
      Batches batches(geometry, in + 1);
      for (std::int64_t batch = begin; batch < end; ++batch) {
        const Fault fault =
            kernels::gather(static_cast<char*>(out[0]) + batches.part_at(batch),
                            static_cast<const char*>(in[0]) + batches.whole_at(batch),
                            batches.indices(batch), geometry, 0, geometry.count);
        if (!fault.ok()) return fault;
      }
      return Fault{};
    });
  }
  return split(geometry.count,
               grain(kGatherCost * call.cost / std::max<std::int64_t>(geometry.count, 1)),
               [&](std::int64_t begin, std::int64_t end) {
                 return kernels::gather(out[0], in[0], in + 1, geometry, begin, end);
               });
}

Fault run_scatter(const KernelCall& call, void* const* out, const void* const* in) {
  if (out[0] != in[0]) std::memcpy(out[0], in[0], static_cast<std::size_t>(call.steps[1]));
  const kernels::IndexGeometry geometry = geometry_of(call);
  Batches batches(geometry, in + 2);
  // All positions are checked before the first is written: a fault leaves what is written in place
  // as it was (unless another thread changes them in between).
  for (std::int64_t batch = 0; batch < call.steps[2]; ++batch) {
    const Fault fault = kernels::check_positions(batches.indices(batch), geometry);
    if (!fault.ok()) return fault;
  }
  for (std::int64_t batch = 0; batch < call.steps[2]; ++batch) {
    const Fault fault =
        call.scatter(static_cast<char*>(out[0]) + batches.whole_at(batch),
                     static_cast<const char*>(in[1]) + batches.part_at(batch) * call.steps[0],
                     call.steps[0], batches.indices(batch), geometry);
    if (!fault.ok()) return fault;
  }
  return {};
}

// How many batches; of an array without elements there may be more than can be counted, and then
// there are no positions for each.
std::int64_t batch_count(const Shape& shape, int axes) {
  std::int64_t count = 1;
  for (int axis = 0; axis < axes; ++axis) {
    if (__builtin_mul_overflow(count, shape[axis], &count)) return 1;
  }
  return count;
}

void set_indices(KernelCall& call, const Shape& shape, std::span<const ir::Attribute> attributes,
                 std::span<const ir::Type> indices) {
  const auto axis = static_cast<int>(integer(attributes[0]));
  const auto batch = static_cast<int>(integer(attributes[1]));
  const auto axes = static_cast<int>(indices.size());
  std::int64_t count = 1;
  for (const ir::Type& index : indices) {
    if (index.shape.rank() != 0) count = elements(index.shape, batch, index.shape.rank());
  }
  call.steps[2] = batch_count(shape, batch);
  call.parameters = {elements(shape, batch, axis), elements(shape, axis + axes, shape.rank()),
                     count, axes};
  for (int i = 0; i < axes; ++i) call.parameters.push_back(shape[axis + i]);
  for (const ir::Type& index : indices) call.parameters.push_back(index.shape.rank() == 0 ? 0 : 1);
}

// What lies at one position of the axes from `first` on; nothing where that is not known now, or
// out of range.
std::optional<Part> gathered(const Shape& shape, int first,
                             std::span<const std::byte* const> positions) {
  Part view;
  const Shape strides = contiguous_strides(shape);
  for (int axis = 0; axis < shape.rank(); ++axis) {
    const auto which = static_cast<std::size_t>(axis - first);
    if (axis < first || which >= positions.size()) {
      view.shape.append(shape[axis]);
      view.strides.append(strides[axis]);
      continue;
    }
    if (positions[which] == nullptr) return std::nullopt;
    std::int64_t index = 0;
    std::memcpy(&index, positions[which], sizeof index);
    if (index < 0) index += shape[axis];
    if (index < 0 || index >= shape[axis]) return std::nullopt;
    view.offset += index * strides[axis];
  }
  return view;
}

}  // namespace

KernelCall prepare_gather(const PrepareInput& in) {
  const auto inputs = in.inputs;
  const ir::Type& out = in.outputs[0];
  KernelCall call;
  call.run = run_gather;
  call.itemsize = static_cast<std::uint32_t>(itemsize(out.dtype));
  call.cost = std::max<std::int64_t>(out.shape.count(), 1);
  const bool is_part = out.shape.count() > 1 && in.values.size() == inputs.size() &&
                       std::all_of(inputs.begin() + 1, inputs.end(),
                                   [](const ir::Type& index) { return index.shape.rank() == 0; });
  if (is_part) {
    const auto first = static_cast<int>(integer(in.attributes[0]));
    if (const auto view = gathered(inputs[0].shape, first, in.values.subspan(1))) {
      call.run = run_view;
      set_view(call, view->offset, view->shape, contiguous_strides(view->shape), view->strides);
      return call;
    }
  }
  set_indices(call, inputs[0].shape, in.attributes, inputs.subspan(1));
  return call;
}

KernelCall prepare_scatter(const PrepareInput& in) {
  const auto inputs = in.inputs;
  const ir::Type& out = in.outputs[0];
  KernelCall call;
  call.run = run_scatter;
  call.in_place = 0b1;
  call.itemsize = static_cast<std::uint32_t>(itemsize(out.dtype));
  call.steps[0] = 1;
  call.steps[1] = static_cast<std::int64_t>(byte_count(out.dtype, out.shape));
  call.cost = std::max<std::int64_t>(inputs[1].shape.count() + call.steps[1] / kCopiedBytes, 1);
  set_indices(call, inputs[0].shape, in.attributes, inputs.subspan(2));
  const auto mode = *scatter_mode(text(in.attributes[2]));
  call.scatter = found(kernels::find_scatter(mode, out.dtype), in.op, out.dtype);
  return call;
}

namespace {

// parameters: the value.
Fault run_dim_size(const KernelCall& call, void* const* out, const void* const*) {
  std::memcpy(out[0], call.parameters.data(), sizeof(std::int64_t));
  return {};
}

// Where flags are set, from `first` on. Returns how many are.
std::int64_t find_set(std::int64_t* places, const std::uint8_t* flags, std::int64_t count,
                      std::int64_t first) {
  std::int64_t found = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    places[found] = first + i;
    found += flags[i] != 0 ? 1 : 0;
  }
  return found;
}

// parameters: the shape; `steps[0]`: how many places were counted. One output per dim. Another
// thread may have changed a host's array since: no more are written, and what is missing is 0.
Fault run_nonzero(const KernelCall& call, void* const* out, const void* const* in) {
  constexpr std::int64_t kBlock = 256;
  const auto* flags = static_cast<const std::uint8_t*>(in[0]);
  const auto last = call.parameters.size() - 1;
  const auto at = [&](std::size_t axis) { return static_cast<std::int64_t*>(out[axis]); };
  std::int64_t index[kMaxRank] = {};
  std::int64_t found = 0;
  for (std::int64_t done = 0; done < call.count; done += call.parameters[last]) {
    for (std::int64_t start = 0; start < call.parameters[last]; start += kBlock) {
      const std::int64_t count = std::min(kBlock, call.parameters[last] - start);
      std::int64_t places[kBlock];
      const std::int64_t set =
          std::min(find_set(places, flags + done + start, count, start), call.steps[0] - found);
      std::copy_n(places, set, at(last) + found);
      for (std::size_t axis = 0; axis < last; ++axis)
        std::fill_n(at(axis) + found, set, index[axis]);
      found += set;
    }
    for (std::size_t axis = last; axis-- > 0;) {
      if (++index[axis] < call.parameters[axis]) break;
      index[axis] = 0;
    }
  }
  for (std::size_t axis = 0; axis <= last; ++axis)
    std::fill_n(at(axis) + found, call.steps[0] - found, 0);
  return {};
}

}  // namespace

KernelCall prepare_dim_size(const PrepareInput& in) {
  KernelCall call;
  call.run = run_dim_size;
  call.parameters = {in.inputs[0].shape[static_cast<int>(integer(in.attributes[0]))]};
  return call;
}

KernelCall prepare_nonzero(const PrepareInput& given) {
  const ir::Type& in = given.inputs[0];
  const ir::Type& out = given.outputs[0];
  KernelCall call;
  call.steps[0] = out.shape[0];
  call.run = run_nonzero;
  call.count = in.shape.count();
  call.cost = std::max<std::int64_t>(call.count, 1);
  call.parameters.assign(in.shape.begin(), in.shape.end());
  return call;
}

std::optional<CopiedView> copied_view(const KernelCall& call) {
  if (call.run != run_view) return std::nullopt;
  const std::int64_t* p = call.parameters.data();
  const auto rank = static_cast<std::size_t>(p[1]);
  const auto itemsize = static_cast<std::int64_t>(call.itemsize);
  CopiedView view{p[0], {}};
  for (std::size_t axis = 0; axis < rank; ++axis) {
    const std::int64_t size = p[2 + axis];
    if (size != 1) view.dims.push_back({size, p[2 + 2 * rank + axis] * itemsize});
  }
  return view;
}

}  // namespace pygraph::ops
