#include "plan/read_through.hpp"

#include <algorithm>
#include <span>

namespace pygraph::plan {
namespace {

// One dim of a loop nest: its size, and how far it moves each input, in bytes.
struct NestDim {
  std::int64_t size;
  std::vector<std::int64_t> strides;
};

// Innermost first.
std::vector<NestDim> nest_of(const ops::ElementwiseLoops& loops) {
  std::vector<NestDim> nest{{loops.columns, {}}};
  for (const auto& input : loops.inputs)
    nest[0].strides.push_back(input.along_columns ? input.itemsize : 0);
  for (std::size_t dim = loops.outer.size(); dim-- > 0;) {
    nest.push_back({loops.outer[dim], {}});
    for (const auto& input : loops.inputs) nest.back().strides.push_back(input.strides[dim]);
  }
  return nest;
}

// Whether the outer of two neighbouring dims goes on where the inner one ends.
bool continues(const NestDim& outer, const NestDim& inner) {
  for (std::size_t i = 0; i < outer.strides.size(); ++i) {
    if (outer.strides[i] != inner.strides[i] * inner.size) return false;
  }
  return true;
}

// The nest with input `k`, which it reads in order, read through the view: both have the same
// elements, cut into dims in two ways. Nothing if the cuts do not fit.
std::optional<std::vector<NestDim>> refined(std::vector<NestDim> nest, std::size_t k,
                                            std::span<const ops::CopiedView::Dim> dims) {
  std::vector<NestDim> result;
  std::size_t at = 0;
  for (std::size_t d = dims.size(); d-- > 0;) {
    ops::CopiedView::Dim left = dims[d];
    while (left.size > 1) {
      NestDim& own = nest[at];
      const std::int64_t size = std::min(own.size, left.size);
      if (own.size % size != 0 || left.size % size != 0) return std::nullopt;
      NestDim dim{size, own.strides};
      dim.strides[k] = left.stride;
      if (!result.empty() && continues(dim, result.back())) {
        result.back().size *= size;
      } else {
        result.push_back(std::move(dim));
      }
      left = {left.size / size, left.stride * size};
      own.size /= size;
      for (std::int64_t& stride : own.strides) stride *= size;
      if (own.size == 1) ++at;
    }
  }
  return result;
}

// Writes the nest into the loops, unless an input is then read in steps within a row.
bool set_nest(ops::ElementwiseLoops& loops, std::span<const NestDim> nest) {
  for (std::size_t i = 0; i < loops.inputs.size(); ++i) {
    const std::int64_t step = nest[0].strides[i];
    if (step != 0 && step != loops.inputs[i].itemsize) return false;
  }
  loops.columns = nest[0].size;
  loops.outer.clear();
  for (std::size_t dim = nest.size(); dim-- > 1;) loops.outer.push_back(nest[dim].size);
  for (std::size_t i = 0; i < loops.inputs.size(); ++i) {
    auto& input = loops.inputs[i];
    input.along_columns = nest[0].strides[i] != 0;
    input.strides.clear();
    for (std::size_t dim = nest.size(); dim-- > 1;) input.strides.push_back(nest[dim].strides[i]);
  }
  return true;
}

bool is_contiguous(const ops::CopiedView& view, std::int64_t itemsize) {
  for (std::size_t dim = view.dims.size(); dim-- > 0; itemsize *= view.dims[dim].size) {
    if (view.dims[dim].stride != itemsize) return false;
  }
  return true;
}

bool read_through(ops::ElementwiseLoops& loops, std::size_t k, const ops::CopiedView& view) {
  if (!is_contiguous(view, loops.inputs[k].itemsize)) {
    if (!loops.is_whole(k)) return false;
    const auto nest = refined(nest_of(loops), k, view.dims);
    if (!nest || !set_nest(loops, *nest)) return false;
  }
  loops.inputs[k].offset = view.offset;
  return true;
}

}  // namespace

void Copies::visit(const Plan& plan, const Instruction& instruction) {
  const StorageId* operands = plan.operands.data() + instruction.first_operand;
  if (instruction.code != Code::kernel) {
    // A kernel's result is a new value; what others write may be read by a copy.
    for (std::size_t i = 0; i < instruction.output_count; ++i)
      std::erase_if(copies_, [&](const auto& copy) { return copy.second.original == operands[i]; });
    return;
  }
  const ops::KernelCall& call = plan.kernels[instruction.target].call;
  auto view = ops::copied_view(call);
  // A tensor of its own is perhaps given back, or written to, before the copy is read.
  if (!view || plan.storages[operands[1]].kind == StorageKind::dynamic) return;
  StorageId original = operands[1];
  const auto outer = copies_.find(original);
  if (outer != copies_.end() && is_contiguous(outer->second.view, call.itemsize)) {
    original = outer->second.original;
    view->offset += outer->second.view.offset;
  }
  copies_[operands[0]] = {original, std::move(*view)};
}

std::optional<ElementwiseReads> Copies::without_copies(const ElementwiseReads& reads) const {
  ElementwiseReads result = reads;
  bool any = false;
  for (std::size_t k = 0; k < result.inputs.size(); ++k) {
    const auto copy = copies_.find(result.inputs[k]);
    if (copy == copies_.end() || !read_through(result.loops, k, copy->second.view)) continue;
    result.inputs[k] = copy->second.original;
    any = true;
  }
  if (!any) return std::nullopt;
  return result;
}

}  // namespace pygraph::plan
