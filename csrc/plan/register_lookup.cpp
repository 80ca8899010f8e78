#include "plan/register_lookup.hpp"

#include "ops/op_table.hpp"

namespace pygraph::plan {
namespace {

using ir::OpCode;

struct ValueRow {
  OpCode op;
  DType in;
  DType out;
  RegisterCode code;
};

#define PYGRAPH_ROW(dtype, type, op) \
  {OpCode::op, DType::dtype, DType::dtype, {RegisterOperation::op, DType::dtype}},
#define PYGRAPH_CAST_ROW(dtype, type, to) \
  {OpCode::astype, DType::dtype, DType::to, {RegisterOperation::to_##to, DType::dtype}},

constexpr ValueRow kTests[] = {
#define PYGRAPH_REGISTER_TEST(op, types, expression) PYGRAPH_TYPES_##types(PYGRAPH_ROW, op)
#include "plan/register_codes.def"
};

constexpr ValueRow kValues[] = {
#define PYGRAPH_REGISTER_VALUE(op, types, expression) PYGRAPH_TYPES_##types(PYGRAPH_ROW, op)
#define PYGRAPH_REGISTER_CAST(to, type, types, expression) \
  PYGRAPH_TYPES_##types(PYGRAPH_CAST_ROW, to)
#define PYGRAPH_REGISTER_DIVISION(op, types, expression) PYGRAPH_TYPES_##types(PYGRAPH_ROW, op)
#include "plan/register_codes.def"
};

#undef PYGRAPH_ROW
#undef PYGRAPH_CAST_ROW

}  // namespace

std::optional<RegisterCode> find_test(OpCode op, DType dtype) {
  for (const ValueRow& row : kTests) {
    if (row.op == op && row.in == dtype) return row.code;
  }
  return std::nullopt;
}

RegisterCode variant(RegisterCode test, TestVariant which) {
  return {static_cast<RegisterOperation>(static_cast<std::uint16_t>(test.operation()) + which),
          test.dtype()};
}

std::optional<RegisterCode> find_value(OpCode op, DType in, DType out) {
  for (const ValueRow& row : kValues) {
    if (row.op == op && row.in == in && (op != OpCode::astype || row.out == out)) return row.code;
  }
  return std::nullopt;
}

RegisterCode by_bytes(RegisterOperation move, std::size_t bytes) {
  return {move, dtype_of_size(DTypeKind::unsigned_integer, bytes).value()};
}

RegisterCode choice(DType dtype, bool lesser) {
  if (is_floating(dtype))
    return {lesser ? RegisterOperation::choose_lesser : RegisterOperation::choose_greater, dtype};
  return {lesser ? RegisterOperation::minimum : RegisterOperation::maximum, dtype};
}

}  // namespace pygraph::plan
