#include "ops/rules.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

namespace pygraph::ops {
namespace {

int checked_axis(const InferInput& in, std::int64_t axis, int rank) {
  if (axis < 0 || axis >= rank) {
    refuse(in, ErrorKind::value,
           "axis " + std::to_string(axis) + " is out of range for an array of " +
               std::to_string(rank) + " dimensions");
  }
  return static_cast<int>(axis);
}

// Which axes a list names; refuses one named twice.
std::array<bool, kMaxRank> named_axes(const InferInput& in, const std::vector<std::int64_t>& axes,
                                      int rank) {
  std::array<bool, kMaxRank> named{};
  for (std::int64_t given : axes) {
    const auto axis = static_cast<std::size_t>(checked_axis(in, given, rank));
    if (named[axis])
      refuse(in, ErrorKind::value, "axis " + std::to_string(given) + " is named twice");
    named[axis] = true;
  }
  return named;
}

std::int64_t scalar_value(const std::byte* data) {
  std::int64_t value;
  std::memcpy(&value, data, sizeof value);
  return value;
}

// The `shape` attribute with dim inputs filled in; -1 (to be inferred) stays, an unknown dim input
// becomes kNoBound.
std::vector<std::int64_t> requested_dims(const InferInput& in) {
  std::vector<std::int64_t> dims = ints(in.attributes[0]);
  if (dims.size() > kMaxRank) refuse(in, ErrorKind::value, "a tensor has at most 16 dimensions");
  for (std::size_t i = 1; i < in.inputs.size(); ++i) {
    if (in.inputs[i].shape.rank() != 0)
      refuse(in, ErrorKind::type,
             "a size must be a scalar, got shape " + in.inputs[i].shape.text());
  }
  for (std::int64_t& dim : dims) {
    if (dim >= -1) continue;
    const auto operand = static_cast<std::uint64_t>(-(dim + 2)) + 1;
    if (dim == INT64_MIN || operand >= in.inputs.size())
      refuse(in, ErrorKind::format, "shape names a dim input that is not there");
    const std::byte* value = in.value(operand);
    dim = value == nullptr ? kNoBound : scalar_value(value);
    if (value != nullptr && dim < -1)
      refuse(in, ErrorKind::value, "a size must not be negative, got " + std::to_string(dim));
  }
  return dims;
}

bool is_whole(std::int64_t start, std::int64_t stop, std::int64_t step) {
  return step == 1 && (start == kNoBound || start == 0) && stop == kNoBound;
}

// The leading axes that positions share with the array, checked.
int batch_axes(const InferInput& in, const Shape& shape, int axis, std::size_t first) {
  const std::int64_t batch = integer(in.attributes[1]);
  if (batch < 0 || batch > axis)
    refuse(in, ErrorKind::value, "batch must be from 0 to axis, got " + std::to_string(batch));
  for (std::size_t i = first; i < in.inputs.size(); ++i) {
    const Shape& own = in.inputs[i].shape;
    if (own.rank() == 0) continue;
    bool same = own.rank() >= batch;
    for (int k = 0; same && k < batch; ++k)
      same = own[k] == shape[k] || is_unknown(own[k]) || is_unknown(shape[k]);
    if (!same)
      refuse(in, ErrorKind::value,
             "the first " + std::to_string(batch) + " axes of the indices, of shape " + own.text() +
                 ", are not those of shape " + shape.text());
  }
  return static_cast<int>(batch);
}

// The shape that `first` on of the inputs, integer positions on consecutive axes from `axis` on,
// select from `shape`: the positions replace the axes that they index. Positions have one shape, or
// are scalars.
Shape indexed_shape(const InferInput& in, const Shape& shape, int axis, std::size_t first) {
  const auto count = static_cast<int>(in.inputs.size() - first);
  if (axis + count > shape.rank()) {
    refuse(in, ErrorKind::index,
           "too many indices: " + std::to_string(axis + count) + " for shape " + shape.text());
  }
  const int batch = batch_axes(in, shape, axis, first);
  Shape positions = in.inputs[first].shape;
  for (std::size_t i = first + 1; i < in.inputs.size(); ++i)
    positions = broadcast_shapes(in, positions, in.inputs[i].shape);
  for (std::size_t i = first; i < in.inputs.size(); ++i) {
    const Shape& own = in.inputs[i].shape;
    if (own.rank() != 0 && own.is_static() && positions.is_static() && own != positions) {
      refuse(in, ErrorKind::value,
             "indices must have one shape, got " + own.text() + " and " + positions.text());
    }
  }
  Shape out;
  for (int i = 0; i < axis; ++i) out.append(shape[i]);
  for (int i = batch; i < positions.rank(); ++i) out.append(positions[i]);
  for (int i = axis + count; i < shape.rank(); ++i) out.append(shape[i]);
  return out;
}

}  // namespace

Shape reduced_shape(const InferInput& in, bool empty) {
  const Shape& shape = in.inputs[0].shape;
  const std::vector<std::int64_t>& axes = ints(in.attributes[0]);
  const bool keepdims = boolean(in.attributes[1]);
  const auto reduced = named_axes(in, axes, shape.rank());
  Shape out;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (!reduced[static_cast<std::size_t>(axis)]) {
      out.append(shape[axis]);
      continue;
    }
    if (!empty && shape[axis] == 0) {
      refuse(in, ErrorKind::value,
             "has no identity, and axis " + std::to_string(axis) + " of shape " + shape.text() +
                 " is empty");
    }
    if (keepdims) out.append(1);
  }
  return out;
}

Shape scanned_shape(const InferInput& in) {
  checked_axis(in, integer(in.attributes[0]), in.inputs[0].shape.rank());
  return in.inputs[0].shape;
}

Shape dim_size_shape(const InferInput& in) {
  checked_axis(in, integer(in.attributes[0]), in.inputs[0].shape.rank());
  return {};
}

Shape reshaped_shape(const InferInput& in) {
  const Shape& shape = in.inputs[0].shape;
  const std::vector<std::int64_t> dims = requested_dims(in);
  int inferred = -1;
  bool unknown = !shape.is_static();
  // Beside a size of 0 the others may be too large to multiply.
  const bool empty = std::find(dims.begin(), dims.end(), 0) != dims.end();
  std::int64_t known = empty ? 0 : 1;
  for (std::size_t i = 0; i < dims.size(); ++i) {
    if (dims[i] == kNoBound) {
      unknown = true;
    } else if (dims[i] == -1) {
      if (inferred >= 0) refuse(in, ErrorKind::value, "only one size can be -1");
      inferred = static_cast<int>(i);
    } else if (__builtin_mul_overflow(known, dims[i], &known)) {
      refuse(in, ErrorKind::overflow, "the new shape has more elements than 63 bits count");
    }
  }
  Shape out;
  for (std::int64_t dim : dims) out.append(dim == kNoBound || dim == -1 ? in.new_unknown() : dim);
  if (unknown) return out;
  const std::int64_t count = shape.count();
  const std::string mismatch =
      "cannot make shape " + shape.text() + " (" + std::to_string(count) + " elements) into ";
  if (inferred >= 0) {
    if (known == 0 || count % known != 0) {
      Shape shown = out;
      shown[inferred] = unknown_dim(0);
      refuse(in, ErrorKind::value, mismatch + shown.text());
    }
    out[inferred] = count / known;
  } else if (known != count) {
    refuse(in, ErrorKind::value, mismatch + out.text());
  }
  return out;
}

Shape broadcast_to_shape(const InferInput& in) {
  const Shape& shape = in.inputs[0].shape;
  const std::vector<std::int64_t> dims = requested_dims(in);
  const auto rank = static_cast<int>(dims.size());
  if (rank < shape.rank())
    refuse(in, ErrorKind::value,
           "shape " + shape.text() + " has more dimensions than the " + std::to_string(rank) +
               " asked for");
  Shape out;
  for (std::int64_t dim : dims) {
    if (dim == -1) refuse(in, ErrorKind::value, "a size must not be negative, got -1");
    out.append(dim == kNoBound ? in.new_unknown() : dim);
  }
  for (int axis = rank - shape.rank(); axis < rank; ++axis) {
    const std::int64_t from = shape[axis - (rank - shape.rank())];
    if (from != 1 && !is_unknown(from) && !is_unknown(out[axis]) && from != out[axis]) {
      refuse(in, ErrorKind::value,
             "shape " + shape.text() + " does not broadcast to " + out.text());
    }
  }
  return out;
}

Shape summed_to_shape(const InferInput& in) {
  const Shape& shape = in.inputs[0].shape;
  const std::vector<std::int64_t> dims = requested_dims(in);
  Shape out;
  for (std::int64_t dim : dims) {
    if (dim == -1) refuse(in, ErrorKind::value, "a size must not be negative, got -1");
    out.append(dim == kNoBound ? in.new_unknown() : dim);
  }
  const int extra = shape.rank() - out.rank();
  bool fits = extra >= 0;
  for (int axis = 0; fits && axis < out.rank(); ++axis) {
    const std::int64_t from = shape[axis + extra];
    fits = out[axis] == 1 || is_unknown(out[axis]) || is_unknown(from) || out[axis] == from;
  }
  if (!fits)
    refuse(in, ErrorKind::value,
           "shape " + shape.text() + " is not what " + out.text() + " broadcasts to");
  return out;
}

Shape permuted_shape(const InferInput& in) {
  const Shape& shape = in.inputs[0].shape;
  const std::vector<std::int64_t>& axes = ints(in.attributes[0]);
  if (axes.size() != static_cast<std::size_t>(shape.rank())) {
    refuse(in, ErrorKind::value,
           "axes must name each of the " + std::to_string(shape.rank()) + " dimensions once");
  }
  named_axes(in, axes, shape.rank());
  Shape out;
  for (std::int64_t axis : axes) out.append(shape[static_cast<int>(axis)]);
  return out;
}

Shape expanded_shape(const InferInput& in) {
  const Shape& shape = in.inputs[0].shape;
  const std::vector<std::int64_t>& axes = ints(in.attributes[0]);
  if (axes.size() + static_cast<std::size_t>(shape.rank()) > kMaxRank)
    refuse(in, ErrorKind::value, "a tensor has at most 16 dimensions");
  const int rank = shape.rank() + static_cast<int>(axes.size());
  const auto added = named_axes(in, axes, rank);
  Shape out;
  int from = 0;
  for (int axis = 0; axis < rank; ++axis)
    out.append(added[static_cast<std::size_t>(axis)] ? 1 : shape[from++]);
  return out;
}

Shape squeezed_shape(const InferInput& in) {
  const Shape& shape = in.inputs[0].shape;
  const auto dropped = named_axes(in, ints(in.attributes[0]), shape.rank());
  Shape out;
  for (int axis = 0; axis < shape.rank(); ++axis) {
    if (!dropped[static_cast<std::size_t>(axis)]) {
      out.append(shape[axis]);
    } else if (!is_unknown(shape[axis]) && shape[axis] != 1) {
      refuse(in, ErrorKind::value,
             "axis " + std::to_string(axis) + " of shape " + shape.text() + " is not of size 1");
    }
  }
  return out;
}

Shape concatenated_shape(const InferInput& in) {
  Shape out = in.inputs[0].shape;
  const int along = checked_axis(in, integer(in.attributes[0]), out.rank());
  for (std::size_t i = 1; i < in.inputs.size(); ++i) {
    const Shape& shape = in.inputs[i].shape;
    if (shape.rank() != out.rank())
      refuse(in, ErrorKind::value,
             "shapes " + in.inputs[0].shape.text() + " and " + shape.text() + " differ in rank");
    for (int axis = 0; axis < out.rank(); ++axis) {
      const bool known = !is_unknown(out[axis]) && !is_unknown(shape[axis]);
      if (axis == along) {
        std::int64_t total = 0;
        if (known && __builtin_add_overflow(out[axis], shape[axis], &total))
          refuse(in, ErrorKind::overflow, "the result is too large");
        out[axis] = known ? total : in.new_unknown();
      } else if (known && out[axis] != shape[axis]) {
        refuse(in, ErrorKind::value,
               "shapes " + in.inputs[0].shape.text() + " and " + shape.text() + " differ on axis " +
                   std::to_string(axis));
      } else if (is_unknown(out[axis])) {
        out[axis] = shape[axis];
      }
    }
  }
  return out;
}

Shape sliced_shape(const InferInput& in) {
  const Shape& shape = in.inputs[0].shape;
  const auto& starts = ints(in.attributes[0]);
  const auto& stops = ints(in.attributes[1]);
  const auto& steps = ints(in.attributes[2]);
  const auto rank = static_cast<std::size_t>(shape.rank());
  if (starts.size() != rank || stops.size() != rank || steps.size() != rank) {
    refuse(in, ErrorKind::value,
           "starts, stops and steps must have one entry for each of the " + std::to_string(rank) +
               " dimensions");
  }
  Shape out;
  for (std::size_t i = 0; i < rank; ++i) {
    const std::int64_t dim = shape[static_cast<int>(i)];
    if (steps[i] == 0) refuse(in, ErrorKind::value, "the step of a slice must not be zero");
    if (is_unknown(dim)) {
      out.append(is_whole(starts[i], stops[i], steps[i]) ? dim : in.new_unknown());
    } else {
      out.append(slice_range(starts[i], stops[i], steps[i], dim).length);
    }
  }
  return out;
}

Shape dynamically_sliced_shape(const InferInput& in) {
  Shape out = in.inputs[0].shape;
  const int axis = checked_axis(in, integer(in.attributes[0]), out.rank());
  const std::int64_t step = integer(in.attributes[1]);
  if (step == 0) refuse(in, ErrorKind::value, "the step of a slice must not be zero");
  for (std::size_t i = 1; i < in.inputs.size(); ++i) {
    if (in.inputs[i].shape.rank() != 0)
      refuse(in, ErrorKind::type,
             "the bound of a slice must be a scalar, got shape " + in.inputs[i].shape.text());
  }
  const bool known = in.value(1) != nullptr && in.value(2) != nullptr && !is_unknown(out[axis]);
  out[axis] =
      known ? slice_range(scalar_value(in.value(1)), scalar_value(in.value(2)), step, out[axis])
                  .length
            : in.new_unknown();
  return out;
}

Shape gathered_shape(const InferInput& in) {
  const Shape& shape = in.inputs[0].shape;
  return indexed_shape(in, shape, checked_axis(in, integer(in.attributes[0]), shape.rank()), 1);
}

Shape scattered_shape(const InferInput& in) {
  const std::string& mode = text(in.attributes[2]);
  if (!scatter_mode(mode))
    refuse(in, ErrorKind::value,
           "there is no mode \"" + mode + "\"; there are add, multiply, min, max");
  const Shape& shape = in.inputs[0].shape;
  const Shape& values = in.inputs[1].shape;
  const Shape target =
      indexed_shape(in, shape, checked_axis(in, integer(in.attributes[0]), shape.rank()), 2);
  if (values != target && values.is_static() && target.is_static()) {
    refuse(in, ErrorKind::value,
           "the values have shape " + values.text() + ", the positions " + target.text());
  }
  return shape;
}

Shape slice_updated_shape(const InferInput& in) {
  const Shape target = sliced_shape(in);
  const Shape& values = in.inputs[1].shape;
  if (values != target && values.is_static() && target.is_static()) {
    refuse(in, ErrorKind::value,
           "the values have shape " + values.text() + ", the slice " + target.text());
  }
  return in.inputs[0].shape;
}

Shape appended_shape(const InferInput& in) {
  const Shape& list = in.inputs[0].shape;
  const Shape& item = in.inputs[1].shape;
  if (list.rank() != item.rank() + 1) {
    refuse(in, ErrorKind::value,
           "an item of shape " + item.text() + " does not fit a list of shape " + list.text());
  }
  if (list[0] == INT64_MAX) refuse(in, ErrorKind::overflow, "the list is too long");
  Shape out({is_unknown(list[0]) ? in.new_unknown() : list[0] + 1});
  for (int axis = 0; axis < item.rank(); ++axis) {
    const std::int64_t dim = list[axis + 1];
    // The items of an empty list may have any size.
    const bool free = is_unknown(dim) || list[0] == 0;
    if (!free && !is_unknown(item[axis]) && item[axis] != dim) {
      refuse(in, ErrorKind::value,
             "an item of shape " + item.text() + " does not fit a list of shape " + list.text());
    }
    out.append(free ? item[axis] : dim);
  }
  return out;
}

ItemShapes popped_shapes(const InferInput& in) {
  const Shape& list = in.inputs[0].shape;
  if (list.rank() == 0) refuse(in, ErrorKind::value, "takes an array of one dimension or more");
  ItemShapes shapes{list, Shape(list.dims().subspan(1))};
  // Nothing can be popped from an empty list: that is a fault where, and if, it happens.
  shapes.list[0] = list[0] > 0 ? list[0] - 1 : in.new_unknown();
  return shapes;
}

std::int64_t nonzero_length(const InferInput& in) {
  const std::byte* values = in.value(0);
  if (values == nullptr || !in.inputs[0].shape.is_static()) return in.new_unknown();
  std::int64_t length = 0;
  for (std::int64_t i = 0; i < in.inputs[0].shape.count(); ++i) length += values[i] != std::byte{0};
  return length;
}

}  // namespace pygraph::ops
