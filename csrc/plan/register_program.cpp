#include "plan/register_program.hpp"

#include <bit>
#include <charconv>
#include <map>
#include <optional>
#include <string_view>

#include "ops/op_table.hpp"
#include "plan/native_code.hpp"

namespace pygraph::plan {
namespace {

constexpr std::string_view value_fields(bool unary) { return unary ? "oa" : "oab"; }

std::string operation_text(const RegisterOp& operation, std::int64_t index) {
  const RegisterForm form = form_of(operation.code);
  const auto as_register = [](Register at) {
    return "r" + std::to_string(at / sizeof(std::uint64_t));
  };
  std::string line(form.name);
  std::string separator = " ";
  for (const char field : form.fields) {
    line += separator;
    separator = field == 'o' ? " <- " : field == 'v' ? " -> " : ", ";
    switch (field) {
      case 'o':
      case 'v': line += as_register(operation.out); break;
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

RegisterForm form_of(RegisterCode code) {
  switch (code) {
#define PYGRAPH_REGISTER_CONTROL(name, fields) \
  case RegisterCode::name: return {#name, fields};
#define PYGRAPH_REGISTER_VALUE(name, op, dtype, operand_type, result_type, expression) \
  case RegisterCode::name:                                                             \
    return {#name,                                                                     \
            value_fields(ops::row(ir::OpCode::op).inputs.minimum == 1),                \
            RegisterKind::value,                                                       \
            ir::OpCode::op,                                                            \
            DType::dtype,                                                              \
            DType::dtype};
#define PYGRAPH_REGISTER_CAST(name, from, from_type, to, to_type, expression) \
  case RegisterCode::name:                                                    \
    return {#name, "oa", RegisterKind::cast, ir::OpCode::astype, DType::from, DType::to};
#define PYGRAPH_REGISTER_DIVISION(name, op, dtype, type, expression) \
  case RegisterCode::name:                                           \
    return {#name, "oab", RegisterKind::division, ir::OpCode::op, DType::dtype, DType::dtype};
#define PYGRAPH_REGISTER_TEST(name, op, dtype, operand_type, expression)                      \
  case RegisterCode::name:                                                                    \
      return {#name, "oab", RegisterKind::test, ir::OpCode::op, DType::dtype};                \
  case RegisterCode::if_##name:                                                               \
    return {"if_" #name, "abj", RegisterKind::jump_if, ir::OpCode::op, DType::dtype};         \
  case RegisterCode::unless_##name:                                                           \
    return {"unless_" #name, "abj", RegisterKind::jump_unless, ir::OpCode::op, DType::dtype}; \
  case RegisterCode::loop_if_##name:                                                          \
    return {"loop_if_" #name, "abj", RegisterKind::loop_if, ir::OpCode::op, DType::dtype};
#include "plan/register_codes.def"
  }
  return {"?", ""};
}

namespace {

// Of the registers that operations use as numbers with a fraction, which; others are whole numbers.
std::map<Register, DType> real_registers(const std::vector<RegisterOp>& code) {
  std::map<Register, DType> found;
  const auto add = [&](Register which, DType dtype) {
    if (is_floating(dtype)) found.emplace(which, dtype);
  };
  for (const RegisterOp& operation : code) {
    const RegisterForm form = form_of(operation.code);
    if (form.kind == RegisterKind::control) {
      if (!form.name.ends_with("_float64") && !form.name.ends_with("_float32")) continue;
      const DType dtype = form.name.ends_with("64") ? DType::float64 : DType::float32;
      for (Register which : {operation.out, operation.a, operation.b, operation.c})
        add(which, dtype);
      continue;
    }
    if (form.writes()) add(operation.out, form.out);
    add(operation.a, form.in);
    add(operation.b, form.in);
  }
  for (const RegisterOp& operation : code) {
    const auto copied = found.find(operation.out);
    if (operation.code == RegisterCode::copy && copied != found.end())
      found.emplace(operation.a, copied->second);
  }
  return found;
}

template <class T>
std::string shortest_text(T value) {
  char text[64];
  return {text, std::to_chars(std::begin(text), std::end(text), value).ptr};
}

std::string constant_text(std::uint64_t bits, std::optional<DType> real) {
  if (real == DType::float64) return shortest_text(std::bit_cast<double>(bits));
  if (real == DType::float32)
    return shortest_text(std::bit_cast<float>(static_cast<std::uint32_t>(bits)));
  return std::to_string(static_cast<std::int64_t>(bits));
}

}  // namespace

std::string RegisterProgram::text(const std::string& indent) const {
  const std::map<Register, DType> reals = real_registers(code);
  std::string out;
  for (std::size_t i = 0; i < registers.size(); ++i) {
    if (registers[i] == 0) continue;
    const auto found = reals.find(static_cast<Register>(i * sizeof(std::uint64_t)));
    const auto real = found == reals.end() ? std::nullopt : std::optional(found->second);
    out += indent + "r" + std::to_string(i) + " = " + constant_text(registers[i], real) + "\n";
  }
  for (std::size_t i = 0; i < code.size(); ++i) {
    std::string line = std::to_string(i);
    line.insert(0, line.size() < 4 ? 4 - line.size() : 0, ' ');
    out += indent + line + "  " + operation_text(code[i], static_cast<std::int64_t>(i)) + "\n";
  }
  if (native != nullptr)
    out += indent + "native code: " + std::to_string(native->bytes()) + " bytes\n";
  return out;
}

}  // namespace pygraph::plan
