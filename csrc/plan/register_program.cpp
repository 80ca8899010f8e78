#include "plan/register_program.hpp"

#include <string_view>

#include "ops/op_table.hpp"

namespace pygraph::plan {
namespace {

struct Form {
  std::string_view name;
  std::string_view fields;
};

constexpr std::string_view value_fields(bool unary) { return unary ? "oa" : "oab"; }

Form form_of(RegisterCode code) {
  switch (code) {
#define PYGRAPH_REGISTER_CONTROL(name, fields) \
  case RegisterCode::name: return {#name, fields};
#define PYGRAPH_REGISTER_VALUE(name, op, dtype, operand_type, result_type, expression) \
  case RegisterCode::name:                                                             \
    return {#name, value_fields(ops::row(ir::OpCode::op).inputs.minimum == 1)};
#define PYGRAPH_REGISTER_CAST(name, from, from_type, to, to_type, expression) \
  case RegisterCode::name: return {#name, "oa"};
#define PYGRAPH_REGISTER_DIVISION(name, op, dtype, type, expression) \
  case RegisterCode::name: return {#name, "oab"};
#define PYGRAPH_REGISTER_TEST(name, op, dtype, operand_type, expression) \
  case RegisterCode::name: return {#name, "oab"};                        \
  case RegisterCode::if_##name: return {"if_" #name, "abj"};             \
  case RegisterCode::unless_##name: return {"unless_" #name, "abj"};     \
  case RegisterCode::loop_if_##name: return {"loop_if_" #name, "abj"};
#include "plan/register_codes.def"
  }
  return {"?", ""};
}

std::string operation_text(const RegisterOp& operation, std::int64_t index) {
  const auto [name, fields] = form_of(operation.code);
  const auto as_register = [](Register at) {
    return "r" + std::to_string(at / sizeof(std::uint64_t));
  };
  std::string line(name);
  std::string separator = " ";
  for (const char field : fields) {
    line += separator;
    separator = field == 'o' ? " <- " : ", ";
    switch (field) {
      case 'o': line += as_register(operation.out); break;
      case 'a': line += as_register(operation.a); break;
      case 'b': line += as_register(operation.b); break;
      case 'c': line += as_register(operation.c); break;
      case 'd': line += as_register(operation.d); break;
      case 'j': line += "to " + std::to_string(index + operation.jump); break;
      case 'x': line += std::to_string(operation.a); break;
      default: line += std::to_string(operation.jump); break;
    }
  }
  return line;
}

}  // namespace

std::string RegisterProgram::text(const std::string& indent) const {
  std::string out;
  for (std::size_t i = 0; i < registers.size(); ++i) {
    if (registers[i] != 0) {
      out += indent + "r" + std::to_string(i) + " = " +
             std::to_string(static_cast<std::int64_t>(registers[i])) + "\n";
    }
  }
  for (std::size_t i = 0; i < code.size(); ++i) {
    std::string line = std::to_string(i);
    line.insert(0, line.size() < 4 ? 4 - line.size() : 0, ' ');
    out += indent + line + "  " + operation_text(code[i], static_cast<std::int64_t>(i)) + "\n";
  }
  return out;
}

}  // namespace pygraph::plan
