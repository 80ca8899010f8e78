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

constexpr ValueRow kTests[] = {
#define PYGRAPH_REGISTER_TEST(name, op, dtype, operand_type, expression) \
  {OpCode::op, DType::dtype, DType::bool_, RegisterCode::name},
#include "plan/register_codes.def"
};

constexpr ValueRow kValues[] = {
#define PYGRAPH_REGISTER_VALUE(name, op, dtype, operand_type, result_type, expression) \
  {OpCode::op, DType::dtype, DType::dtype, RegisterCode::name},
#define PYGRAPH_REGISTER_CAST(name, from, from_type, to, to_type, expression) \
  {OpCode::astype, DType::from, DType::to, RegisterCode::name},
#define PYGRAPH_REGISTER_DIVISION(name, op, dtype, type, expression) \
  {OpCode::op, DType::dtype, DType::dtype, RegisterCode::name},
#include "plan/register_codes.def"
};

}  // namespace

std::optional<RegisterCode> find_test(OpCode op, DType dtype) {
  for (const ValueRow& row : kTests) {
    if (row.op == op && row.in == dtype) return row.code;
  }
  return std::nullopt;
}

RegisterCode variant(RegisterCode test, TestVariant which) {
  return static_cast<RegisterCode>(static_cast<std::uint16_t>(test) + which);
}

std::optional<RegisterCode> find_value(OpCode op, DType in, DType out) {
  for (const ValueRow& row : kValues) {
    if (row.op == op && row.in == in && (op != OpCode::astype || row.out == out)) return row.code;
  }
  return std::nullopt;
}

// The codes for 1, 4 and 8 bytes stand in this order.
RegisterCode by_bytes(RegisterCode one, std::size_t bytes) {
  const int step = bytes == 1 ? 0 : bytes == 4 ? 1 : 2;
  return static_cast<RegisterCode>(static_cast<int>(one) + step);
}

RegisterCode choice(DType dtype, bool lesser) {
  switch (dtype) {
    case DType::int32: return lesser ? RegisterCode::minimum_int32 : RegisterCode::maximum_int32;
    case DType::int64: return lesser ? RegisterCode::minimum_int64 : RegisterCode::maximum_int64;
    case DType::float32:
      return lesser ? RegisterCode::choose_lesser_float32 : RegisterCode::choose_greater_float32;
    default:
      return lesser ? RegisterCode::choose_lesser_float64 : RegisterCode::choose_greater_float64;
  }
}

}  // namespace pygraph::plan
