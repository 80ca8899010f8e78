#include "ops/promotion.hpp"

#include <algorithm>
#include <string>

namespace pygraph::ops {
namespace {

int rank_of(DTypeClass cls) { return static_cast<int>(cls); }

DType floating_for(DType integer) {
  if (is_bool(integer)) return DType::float64;
  return itemsize(integer) == 1   ? DType::float16
         : itemsize(integer) == 2 ? DType::float32
                                  : DType::float64;
}

DType promote_integers(DType a, DType b) {
  if (is_unsigned(a) == is_unsigned(b)) return itemsize(a) >= itemsize(b) ? a : b;
  const DType unsigned_one = is_unsigned(a) ? a : b;
  const DType signed_one = is_unsigned(a) ? b : a;
  if (itemsize(signed_one) > itemsize(unsigned_one)) return signed_one;
  return dtype_of_size(DTypeKind::signed_integer, 2 * itemsize(unsigned_one))
      .value_or(DType::float64);
}

DType promote_floating(DType a, DType b) {
  if (a == b) return a;
  if (itemsize(a) == itemsize(b)) return DType::float32;  // float16 with bfloat16
  return itemsize(a) > itemsize(b) ? a : b;
}

DType complex_for(DType dtype) {
  if (class_of(dtype) == DTypeClass::complex) return dtype;
  return is_floating(dtype) && itemsize(dtype) <= 4 ? DType::complex64 : DType::complex128;
}

DType default_dtype(DTypeClass cls) {
  switch (cls) {
    case DTypeClass::boolean: return DType::bool_;
    case DTypeClass::integer: return DType::int64;
    case DTypeClass::floating: return DType::float64;
    case DTypeClass::complex: return DType::complex128;
  }
  return DType::float64;
}

[[noreturn]] void refuse(const OpRow& op, DType dtype, const char* accepted) {
  std::string text = std::string(op.name) + " is not defined for " + std::string(name(dtype)) +
                     "; it takes " + accepted;
  if (is_bool(dtype)) text += " (convert with astype, or use logical_and, logical_or, logical_not)";
  throw Error(ErrorKind::type, text);
}

// The dtype that the op computes in, from the operands' common dtype.
DType accept(const OpRow& op, DType common) {
  switch (op.operands) {
    case Operands::numeric:
      if (is_bool(common)) refuse(op, common, "numbers");
      return common;
    case Operands::floating: return is_bool(common) || is_integer(common) ? DType::float64 : common;
    case Operands::integral:
      if (!is_bool(common) && !is_integer(common)) refuse(op, common, "integers and bool");
      return common;
    case Operands::integer:
      if (!is_integer(common)) refuse(op, common, "integers");
      return common;
    case Operands::boolean: return DType::bool_;
    default: return common;
  }
}

bool all_scalars(std::span<const Operand> operands) {
  return std::all_of(operands.begin(), operands.end(),
                     [](const Operand& operand) { return operand.scalar; });
}

DType as_index(const OpRow& op, DType dtype) {
  if (!is_integer(dtype)) {
    throw Error(ErrorKind::type, std::string(op.name) +
                                     ": an index or a size must be an integer, got " +
                                     std::string(name(dtype)));
  }
  return DType::int64;
}

// A value must have the variable's dtype; a number takes it where its class allows that, and so
// does what is added where the sum has the variable's dtype. Items take any dtype, as in arrays.
DType as_assigned(const OpRow& op, DType variable, const Operand& value) {
  const Operand both[] = {{variable, false}, value};
  const bool updates = op.updates.has_value();
  if (updates && row(*op.updates).operands == Operands::first_two_free) return variable;
  if (updates) accept(row(*op.updates), variable);
  const bool promotes = value.weak || updates;
  if (promotes ? result_type(both).dtype == variable : value.dtype == variable) return variable;
  throw Error(ErrorKind::type,
              std::string(op.name) + ": a value of " + std::string(name(value.dtype)) +
                  " cannot be assigned to a variable of " + std::string(name(variable)));
}

}  // namespace

DType promote_types(DType a, DType b) {
  if (a == b) return a;
  if (rank_of(class_of(a)) > rank_of(class_of(b))) std::swap(a, b);
  const DTypeClass lower = class_of(a);
  const DTypeClass upper = class_of(b);
  if (lower == DTypeClass::boolean) return b;
  if (lower == DTypeClass::integer && upper == DTypeClass::integer) return promote_integers(a, b);
  if (lower == DTypeClass::integer && upper == DTypeClass::floating)
    return promote_floating(floating_for(a), b);
  if (lower == DTypeClass::floating && upper == DTypeClass::floating) return promote_floating(a, b);
  const DType left = lower == DTypeClass::integer ? complex_for(floating_for(a)) : complex_for(a);
  return itemsize(left) >= itemsize(b) ? left : b;
}

Operand result_type(std::span<const Operand> operands) {
  bool any_strong = false;
  DType strong = DType::bool_;
  DTypeClass weak_class = DTypeClass::boolean;
  for (const Operand& operand : operands) {
    if (operand.weak) {
      weak_class = std::max(weak_class, class_of(operand.dtype));
    } else {
      strong = any_strong ? promote_types(strong, operand.dtype) : operand.dtype;
      any_strong = true;
    }
  }
  if (!any_strong) return {default_dtype(weak_class), !operands.empty()};
  if (rank_of(weak_class) <= rank_of(class_of(strong))) return {strong, false};
  if (weak_class == DTypeClass::complex && is_floating(strong)) return {complex_for(strong), false};
  return {default_dtype(weak_class), false};
}

Promotion promote(const OpRow& op, std::span<const Operand> operands) {
  Promotion promotion;
  promotion.dtypes.resize(operands.size());
  const auto join = [&](std::size_t first, std::size_t count) {
    Operand common = result_type(operands.subspan(first, count));
    if (op.operands == Operands::numeric && is_bool(common.dtype) && all_scalars(operands))
      common.dtype = DType::int64;
    const DType dtype = accept(op, common.dtype);
    std::fill_n(promotion.dtypes.begin() + static_cast<std::ptrdiff_t>(first), count, dtype);
    return common.weak && (op.result == Result::same || op.result == Result::accumulator);
  };
  switch (op.operands) {
    case Operands::none: break;
    case Operands::control:
    case Operands::each_own:
      for (std::size_t i = 0; i < operands.size(); ++i) promotion.dtypes[i] = operands[i].dtype;
      break;
    case Operands::condition_first:
      promotion.dtypes[0] = DType::bool_;
      promotion.weak = join(1, operands.size() - 1);
      break;
    case Operands::variable:
      promotion.dtypes[0] = operands[0].dtype;
      if (operands.size() > 1)
        promotion.dtypes[1] = as_assigned(op, operands[0].dtype, operands[1]);
      for (std::size_t i = 2; i < operands.size(); ++i)
        promotion.dtypes[i] = as_index(op, operands[i].dtype);
      break;
    case Operands::first_free:
      promotion.dtypes[0] = operands[0].dtype;
      for (std::size_t i = 1; i < operands.size(); ++i)
        promotion.dtypes[i] = as_index(op, operands[i].dtype);
      break;
    case Operands::value_and_flag:
      promotion.dtypes = {operands[0].dtype, DType::bool_};
      promotion.weak = operands[0].weak;
      break;
    case Operands::first_two_free:
      promotion.dtypes[0] = promotion.dtypes[1] = operands[0].dtype;
      for (std::size_t i = 2; i < operands.size(); ++i)
        promotion.dtypes[i] = as_index(op, operands[i].dtype);
      break;
    default: promotion.weak = join(0, operands.size());
  }
  return promotion;
}

DType result_dtype(const OpRow& op, DType common) {
  switch (op.result) {
    case Result::boolean: return DType::bool_;
    case Result::int64: return DType::int64;
    case Result::accumulator: return info(common).accumulator;
    default: return common;
  }
}

}  // namespace pygraph::ops
