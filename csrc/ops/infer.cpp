#include "ops/infer.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <string>

#include "base/dispatch.hpp"
#include "ops/row_functions.hpp"
#include "ops/rules.hpp"
#include "ops/text.hpp"

namespace pygraph::ops {

void refuse(const InferInput& in, ErrorKind kind, const std::string& text) {
  throw Error(kind, std::string(in.op->name) + ": " + text);
}

namespace {

using Types = std::vector<ir::Type>;

ir::Type tensor(DType dtype, const Shape& shape) { return {ir::Kind::tensor, dtype, shape}; }

Types like_first(const InferInput& in, const Shape& shape) {
  return {tensor(result_dtype(*in.op, in.inputs[0].dtype), shape)};
}

template <class T>
std::int64_t range_length(const InferInput& in) {
  T bounds[3];
  for (std::size_t i = 0; i < 3; ++i) std::memcpy(&bounds[i], in.value(i), sizeof(T));
  const auto [start, stop, step] = bounds;
  if (step == 0) refuse(in, ErrorKind::value, "the step must not be zero");
  if constexpr (std::is_floating_point_v<T>) {
    const double length = std::ceil((static_cast<double>(stop) - static_cast<double>(start)) /
                                    static_cast<double>(step));
    if (!(length < 9.0e18)) refuse(in, ErrorKind::value, "the bounds and the step must be finite");
    return length > 0 ? static_cast<std::int64_t>(length) : 0;
  } else {
    const bool forward = step > 0;
    if (forward ? start >= stop : start <= stop) return 0;
    const auto distance =
        forward ? static_cast<std::uint64_t>(stop) - static_cast<std::uint64_t>(start)
                : static_cast<std::uint64_t>(start) - static_cast<std::uint64_t>(stop);
    const auto stride =
        forward ? static_cast<std::uint64_t>(step) : -static_cast<std::uint64_t>(step);
    const std::uint64_t length = (distance - 1) / stride + 1;
    if (length > INT64_MAX)
      refuse(in, ErrorKind::overflow, "the range has more elements than 63 bits count");
    return static_cast<std::int64_t>(length);
  }
}

// The shape that an operand of a product is read as.
Shape factor_shape(const InferInput& in, std::size_t i) {
  const Shape& shape = in.inputs[i].shape;
  if (shape.rank() == 0)
    refuse(in, ErrorKind::value, "takes arrays of one dimension or more, got a scalar");
  if (in.attributes.empty() || !boolean(in.attributes[i])) return shape;
  if (shape.rank() == 1)
    refuse(in, ErrorKind::value, "operand " + std::to_string(i) + " is a vector, to be transposed");
  return transposed(shape);
}

void check_operands(const InferInput& in, const Signature& subgraph,
                    std::span<const ir::Type> given, const char* which) {
  if (subgraph.parameters.size() != given.size()) {
    refuse(in, ErrorKind::format,
           std::string("the ") + which + " takes " + std::to_string(subgraph.parameters.size()) +
               " values, " + std::to_string(given.size()) + " are passed");
  }
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (!fits(given[i], subgraph.parameters[i])) {
      refuse(in, ErrorKind::type,
             std::string("operand ") + std::to_string(i) + " is " + given[i].text() + ", the " +
                 which + " takes " + subgraph.parameters[i].text());
    }
  }
}

void check_predicate(const InferInput& in, const ir::Type& type) {
  if (type.dtype != DType::bool_ || type.shape.rank() != 0) {
    refuse(in, ErrorKind::value,
           "the predicate must be a boolean scalar, got " + type.text() + "; use any or all");
  }
}

// Only control flow and the ops on variables take variables.
void check_kinds(const InferInput& in) {
  if (in.op->operands == Operands::control) return;
  for (std::size_t i = 0; i < in.inputs.size(); ++i) {
    const bool wanted = in.op->operands == Operands::variable && i == 0;
    if ((in.inputs[i].kind == ir::Kind::variable) == wanted) continue;
    refuse(in, ErrorKind::type,
           "input " + std::to_string(i) +
               (wanted ? " must be a variable" : " must not be a variable"));
  }
}

// Whether two dims broadcast whatever unknown sizes stand for.
bool surely_broadcast(std::int64_t x, std::int64_t y) {
  return x == y || x == 1 || y == 1 || (!is_unknown(x) && !is_unknown(y));
}

bool surely_broadcast(std::span<const std::int64_t> a, std::span<const std::int64_t> b) {
  for (std::size_t i = 1; i <= std::min(a.size(), b.size()); ++i) {
    if (!surely_broadcast(a[a.size() - i], b[b.size() - i])) return false;
  }
  return true;
}

}  // namespace

Shape transposed(const Shape& shape) {
  Shape swapped = shape;
  std::swap(swapped[shape.rank() - 2], swapped[shape.rank() - 1]);
  return swapped;
}

Shape broadcast_shapes(const InferInput& in, const Shape& a, const Shape& b) {
  const int rank = std::max(a.rank(), b.rank());
  Shape out;
  for (int axis = 0; axis < rank; ++axis) {
    const int a_axis = axis - (rank - a.rank());
    const int b_axis = axis - (rank - b.rank());
    const std::int64_t x = a_axis < 0 ? 1 : a[a_axis];
    const std::int64_t y = b_axis < 0 ? 1 : b[b_axis];
    if (x == y || y == 1) {
      out.append(x);
    } else if (x == 1) {
      out.append(y);
    } else if (!is_unknown(x) && !is_unknown(y)) {
      refuse(in, ErrorKind::value, "shapes " + a.text() + " and " + b.text() + " do not broadcast");
    } else if (is_unknown(x) && is_unknown(y)) {
      out.append(in.new_unknown());
    } else {
      out.append(is_unknown(x) ? y : x);
    }
  }
  return out;
}

// ---- the rules that rows name ----

Types infer_constant(const InferInput& in) {
  const auto index = static_cast<std::uint64_t>(integer(in.attributes[0]));
  if (index >= in.constants.size())
    refuse(in, ErrorKind::format, "no constant has number " + std::to_string(index));
  const Tensor& value = in.constants[index];
  return {tensor(value.dtype(), value.shape())};
}

Types infer_undef(const InferInput& in) {
  Shape shape;
  for (std::int64_t dim : ints(in.attributes[1])) shape.append(std::max<std::int64_t>(dim, 0));
  return {tensor(dtype(in.attributes[0]), shape)};
}

Types infer_iota(const InferInput& in) {
  const DType result = dtype(in.attributes[1]);
  if (is_bool(result)) refuse(in, ErrorKind::type, "is not defined for bool");
  if (integer(in.attributes[0]) < 0)
    refuse(in, ErrorKind::value, "the length must not be negative");
  return {tensor(result, {integer(in.attributes[0])})};
}

Types infer_arange(const InferInput& in) {
  for (const ir::Type& type : in.inputs) {
    if (type.shape.rank() != 0)
      refuse(in, ErrorKind::type,
             "start, stop and step must be scalars, got shape " + type.shape.text());
  }
  const DType dtype = in.inputs[0].dtype;
  if (!in.value(0) || !in.value(1) || !in.value(2)) return {tensor(dtype, {in.new_unknown()})};
  return dispatch(dtype, [&](auto element) -> Types {
    using Element = decltype(element);
    if constexpr (Element::kKind == DTypeKind::boolean || Element::kKind == DTypeKind::complex)
      refuse(in, ErrorKind::type, "is not defined for " + std::string(name(dtype)));
    else
      return {tensor(dtype, {range_length<typename Element::Storage>(in)})};
  });
}

Types infer_astype(const InferInput& in) {
  return {tensor(dtype(in.attributes[0]), in.inputs[0].shape)};
}

Types infer_broadcast(const InferInput& in) {
  Shape shape = in.inputs[0].shape;
  for (std::size_t i = 1; i < in.inputs.size(); ++i)
    shape = broadcast_shapes(in, shape, in.inputs[i].shape);
  return {tensor(result_dtype(*in.op, in.inputs.back().dtype), shape)};
}

Types infer_matmul(const InferInput& in) {
  const Shape a = factor_shape(in, 0);
  const Shape b = factor_shape(in, 1);
  const bool a_vector = a.rank() == 1;
  const bool b_vector = b.rank() == 1;
  const std::int64_t a_inner = a[a.rank() - 1];
  const std::int64_t b_inner = b_vector ? b[0] : b[b.rank() - 2];
  if (!is_unknown(a_inner) && !is_unknown(b_inner) && a_inner != b_inner) {
    refuse(in, ErrorKind::value,
           "shapes " + a.text() + " and " + b.text() +
               " do not match: the last dimension of the first is " + std::to_string(a_inner) +
               ", that to contract of the second " + std::to_string(b_inner));
  }
  const Shape batch = broadcast_shapes(
      in, Shape(a.dims().first(static_cast<std::size_t>(a_vector ? 0 : a.rank() - 2))),
      Shape(b.dims().first(static_cast<std::size_t>(b_vector ? 0 : b.rank() - 2))));
  Shape shape = batch;
  if (!a_vector) shape.append(a[a.rank() - 2]);
  if (!b_vector) shape.append(b[b.rank() - 1]);
  return like_first(in, shape);
}

Types infer_cond(const InferInput& in) {
  check_predicate(in, in.inputs[0]);
  const Signature& then_graph = in.subgraphs[0];
  const Signature& else_graph = in.subgraphs[1];
  check_operands(in, then_graph, in.inputs.subspan(1), "then subgraph");
  check_operands(in, else_graph, in.inputs.subspan(1), "else subgraph");
  if (then_graph.results.size() != else_graph.results.size()) {
    refuse(in, ErrorKind::format,
           "the branches give " + std::to_string(then_graph.results.size()) + " and " +
               std::to_string(else_graph.results.size()) + " results");
  }
  Types outputs;
  for (std::size_t i = 0; i < then_graph.results.size(); ++i) {
    outputs.push_back(join(then_graph.results[i], else_graph.results[i],
                           "cond: result " + std::to_string(i), in.symbol_count));
  }
  return outputs;
}

Types infer_while_loop(const InferInput& in) {
  const auto captures = static_cast<std::uint64_t>(integer(in.attributes[0]));
  if (captures > in.inputs.size()) refuse(in, ErrorKind::format, "has more captures than inputs");
  const Signature& test = in.subgraphs[0];
  const Signature& body = in.subgraphs[1];
  check_operands(in, test, in.inputs, "test subgraph");
  check_operands(in, body, in.inputs, "body subgraph");
  if (test.results.size() != 1) refuse(in, ErrorKind::format, "the test must give one result");
  check_predicate(in, test.results[0]);
  const auto state = body.parameters.subspan(captures);
  if (body.results.size() != state.size())
    refuse(in, ErrorKind::format, "the body must give as many results as there is state");
  Types outputs;
  for (std::size_t i = 0; i < state.size(); ++i) {
    const std::string which = "state " + std::to_string(i);
    if (!fits(body.results[i], state[i])) {
      refuse(in, ErrorKind::type,
             which + " is " + state[i].text() + " and becomes " + body.results[i].text());
    }
    if (!fits(state[i], test.parameters[captures + i])) {
      refuse(in, ErrorKind::type,
             which + " is " + state[i].text() + ", the test takes " +
                 test.parameters[captures + i].text());
    }
    outputs.push_back(state[i]);
    for (int axis = 0; axis < state[i].shape.rank(); ++axis) {
      if (is_unknown(state[i].shape[axis])) outputs.back().shape[axis] = in.new_unknown();
    }
  }
  return outputs;
}

Types infer_call(const InferInput& in) {
  const Signature& function = in.subgraphs[0];
  check_operands(in, function, in.inputs, "function");
  Types outputs(function.results.begin(), function.results.end());
  for (ir::Type& type : outputs) {
    for (int axis = 0; axis < type.shape.rank(); ++axis) {
      if (is_unknown(type.shape[axis])) type.shape[axis] = in.new_unknown();
    }
  }
  return outputs;
}

Types infer_read_variable(const InferInput& in) {
  return {tensor(in.inputs[0].dtype, in.inputs[0].shape)};
}

Types infer_assign_variable(const InferInput& in) {
  const Shape& variable = in.inputs[0].shape;
  const Shape& value = in.inputs[1].shape;
  bool same = variable.rank() == value.rank();
  for (int axis = 0; same && axis < value.rank(); ++axis)
    same = is_unknown(value[axis]) || value[axis] == variable[axis];
  if (!same)
    refuse(in, ErrorKind::value,
           "a value of shape " + value.text() + " cannot be assigned to a variable of shape " +
               variable.text());
  return {};
}

// The types of an update's operands as the pure op takes them, the variable's value first.
// The result must fit the variable, whose shape never changes.
Types infer_update_variable(const InferInput& in) {
  Types operands(in.inputs.begin(), in.inputs.end());
  operands[0].kind = ir::Kind::tensor;
  InferInput pure = in;
  pure.op = &row(*in.op->updates);
  pure.inputs = operands;
  const Shape result = infer(pure)[0].shape;
  const Shape& variable = in.inputs[0].shape;
  if (result.rank() != variable.rank() || (result.is_static() && result != variable))
    refuse(in, ErrorKind::value,
           "a value of shape " + in.inputs[1].shape.text() +
               " does not broadcast to a variable of shape " + variable.text());
  return {};
}

Types infer_check_defined(const InferInput& in) {
  check_predicate(in, in.inputs[1]);
  return {in.inputs[0]};
}

Types infer_text(const InferInput& in) {
  parse_text(text(in.attributes[0]), in.inputs.size());
  return {};
}

Types infer_reduce(const InferInput& in) { return like_first(in, reduced_shape(in, true)); }

Types infer_reduce_nonempty(const InferInput& in) {
  return like_first(in, reduced_shape(in, false));
}

Types infer_arg_reduce(const InferInput& in) {
  const std::size_t axes = ints(in.attributes[0]).size();
  const Shape shape = reduced_shape(in, false);
  if (axes != 1 && axes != static_cast<std::size_t>(in.inputs[0].shape.rank()))
    refuse(in, ErrorKind::value, "takes one axis, or all of them");
  return like_first(in, shape);
}

Types infer_dim_size(const InferInput& in) { return {tensor(DType::int64, dim_size_shape(in))}; }

Types infer_nonzero(const InferInput& in) {
  const Shape& shape = in.inputs[0].shape;
  if (shape.rank() == 0) refuse(in, ErrorKind::value, "takes an array of one dimension or more");
  const std::int64_t length = nonzero_length(in);
  return Types(static_cast<std::size_t>(shape.rank()), tensor(DType::int64, {length}));
}

Types infer_list_pop(const InferInput& in) {
  const ItemShapes shapes = popped_shapes(in);
  return {tensor(in.inputs[0].dtype, shapes.list), tensor(in.inputs[0].dtype, shapes.item)};
}

Types infer_scan(const InferInput& in) { return like_first(in, scanned_shape(in)); }
Types infer_reshape(const InferInput& in) { return like_first(in, reshaped_shape(in)); }
Types infer_broadcast_to(const InferInput& in) { return like_first(in, broadcast_to_shape(in)); }
Types infer_sum_to(const InferInput& in) { return like_first(in, summed_to_shape(in)); }
Types infer_permute_dims(const InferInput& in) { return like_first(in, permuted_shape(in)); }
Types infer_expand_dims(const InferInput& in) { return like_first(in, expanded_shape(in)); }
Types infer_squeeze(const InferInput& in) { return like_first(in, squeezed_shape(in)); }
Types infer_concat(const InferInput& in) { return like_first(in, concatenated_shape(in)); }
Types infer_slice(const InferInput& in) { return like_first(in, sliced_shape(in)); }
Types infer_slice_dynamic(const InferInput& in) {
  return like_first(in, dynamically_sliced_shape(in));
}
Types infer_gather(const InferInput& in) { return like_first(in, gathered_shape(in)); }
Types infer_scatter(const InferInput& in) { return like_first(in, scattered_shape(in)); }
Types infer_slice_update(const InferInput& in) { return like_first(in, slice_updated_shape(in)); }
Types infer_list_append(const InferInput& in) { return like_first(in, appended_shape(in)); }

// ---- sizes that are not known yet ----

bool broadcast_may_misfit(std::span<const ir::Type> inputs, std::span<const ir::Attribute>) {
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (!surely_broadcast(inputs[i].shape.dims(), inputs[j].shape.dims())) return true;
    }
  }
  return false;
}

bool matmul_may_misfit(std::span<const ir::Type> inputs,
                       std::span<const ir::Attribute> attributes) {
  const Shape& a = inputs[0].shape;
  const Shape& b = inputs[1].shape;
  if (std::max(a.rank(), b.rank()) > 2 || std::min(a.rank(), b.rank()) == 0) return true;
  const bool transpose_a = !attributes.empty() && boolean(attributes[0]);
  const bool transpose_b = !attributes.empty() && boolean(attributes[1]);
  const std::int64_t a_inner = a[transpose_a ? 0 : a.rank() - 1];
  const std::int64_t b_inner = b[transpose_b ? b.rank() - 1 : 0];
  return a_inner != b_inner && (is_unknown(a_inner) || is_unknown(b_inner));
}

bool concat_may_misfit(std::span<const ir::Type> inputs,
                       std::span<const ir::Attribute> attributes) {
  const auto axis = static_cast<int>(integer(attributes[0]));
  const Shape& first = inputs[0].shape;
  return std::any_of(inputs.begin() + 1, inputs.end(), [&](const ir::Type& type) {
    for (int i = 0; i < first.rank(); ++i) {
      const bool known = !is_unknown(first[i]) && !is_unknown(type.shape[i]);
      if (i != axis && first[i] != type.shape[i] && !known) return true;
    }
    return false;
  });
}

bool slice_update_may_misfit(std::span<const ir::Type>, std::span<const ir::Attribute>) {
  return true;
}

bool append_may_misfit(std::span<const ir::Type> inputs, std::span<const ir::Attribute>) {
  const auto item = inputs[0].shape.dims().subspan(1);
  return !std::ranges::equal(item, inputs[1].shape.dims());
}

bool may_misfit(const OpRow& op, std::span<const ir::Type> inputs,
                std::span<const ir::Attribute> attributes) {
  const auto is_static = [](const ir::Type& type) { return type.shape.is_static(); };
  if (op.may_misfit == nullptr || std::all_of(inputs.begin(), inputs.end(), is_static))
    return false;
  return op.may_misfit(inputs, attributes);
}

bool fits(const ir::Type& from, const ir::Type& to) {
  if (from.kind != to.kind || from.dtype != to.dtype || from.shape.rank() != to.shape.rank())
    return false;
  for (int axis = 0; axis < to.shape.rank(); ++axis) {
    if (!is_unknown(to.shape[axis]) && from.shape[axis] != to.shape[axis]) return false;
  }
  return true;
}

ir::Type join(const ir::Type& a, const ir::Type& b, const std::string& what,
              std::int64_t* symbol_count) {
  if (a.kind != b.kind || a.dtype != b.dtype || a.shape.rank() != b.shape.rank()) {
    throw Error(ErrorKind::type,
                what + " is " + a.text() + " on one path and " + b.text() + " on the other");
  }
  ir::Type out = a;
  for (int axis = 0; axis < a.shape.rank(); ++axis) {
    if (a.shape[axis] != b.shape[axis]) out.shape[axis] = unknown_dim((*symbol_count)++);
  }
  return out;
}

std::vector<ir::Type> infer(const InferInput& in) {
  check_kinds(in);
  return in.op->infer(in);
}

}  // namespace pygraph::ops
