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
  if (form.kind != RegisterKind::control)
    line += (line.ends_with('_') ? "" : "_") + std::string(name(form.in));
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
  const DType dtype = code.dtype();
  using Kind = RegisterKind;
  switch (code.operation()) {
#define PYGRAPH_REGISTER_CONTROL(name, fields) \
  case RegisterOperation::name: return {#name, fields};
#define PYGRAPH_REGISTER_MOVE(name, fields, types) \
  case RegisterOperation::name: return {#name, fields, Kind::move, {}, dtype, dtype};
#define PYGRAPH_REGISTER_FUSED(name, fields, types) \
  case RegisterOperation::name: return {#name, fields, Kind::fused, {}, dtype, dtype};
#define PYGRAPH_REGISTER_VALUE(op, types, expression)                                \
  case RegisterOperation::op:                                                        \
    return {#op,         value_fields(ops::row(ir::OpCode::op).inputs.minimum == 1), \
            Kind::value, ir::OpCode::op,                                             \
            dtype,       dtype};
#define PYGRAPH_REGISTER_CAST(to, type, types, expression) \
  case RegisterOperation::to_##to:                         \
    return {"to_" #to, "oa", Kind::cast, ir::OpCode::astype, dtype, DType::to};
#define PYGRAPH_REGISTER_DIVISION(op, types, expression) \
  case RegisterOperation::op: return {#op, "oab", Kind::division, ir::OpCode::op, dtype, dtype};
#define PYGRAPH_REGISTER_TEST(op, types, expression)                                  \
  case RegisterOperation::op: return {#op, "oab", Kind::test, ir::OpCode::op, dtype}; \
  case RegisterOperation::if_##op:                                                    \
      return {"if_" #op, "abj", Kind::jump_if, ir::OpCode::op, dtype};                \
  case RegisterOperation::unless_##op:                                                \
    return {"unless_" #op, "abj", Kind::jump_unless, ir::OpCode::op, dtype};          \
  case RegisterOperation::loop_if_##op:                                               \
    return {"loop_if_" #op, "abj", Kind::loop_if, ir::OpCode::op, dtype};
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
    if (form.kind == RegisterKind::control) continue;
    if (form.kind == RegisterKind::fused) add(operation.c, form.in);
    if (form.writes()) add(operation.out, form.out);
    add(operation.a, form.in);
    add(operation.b, form.in);
  }
  for (const RegisterOp& operation : code) {
    const auto copied = found.find(operation.out);
    if (operation.code == RegisterOperation::copy && copied != found.end())
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
