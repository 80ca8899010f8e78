#include "exec/raised.hpp"

#include <utility>

#include "exec/text.hpp"
#include "ops/op_table.hpp"

namespace pygraph::exec {
namespace {

constexpr std::pair<std::string_view, ErrorKind> kKinds[] = {
    {"ValueError", ErrorKind::value},         {"TypeError", ErrorKind::type},
    {"IndexError", ErrorKind::index},         {"ZeroDivisionError", ErrorKind::zero_division},
    {"OverflowError", ErrorKind::overflow},   {"UnboundLocalError", ErrorKind::unbound},
    {"AssertionError", ErrorKind::assertion}, {"MemoryError", ErrorKind::memory},
    {"RuntimeError", ErrorKind::runtime}};

ErrorKind kind_of(std::string_view builtin) {
  for (const auto& [name, kind] : kKinds) {
    if (name == builtin) return kind;
  }
  return ErrorKind::runtime;
}

std::string message_of(std::span<const ir::Attribute> attributes, std::span<const Tensor> values) {
  std::string message = text_of(ops::text(attributes[0]), values);
  const std::string& exception = ops::text(attributes[1]);
  for (const auto& [name, kind] : kKinds) {
    if (name == exception) return message;
  }
  const std::string name = exception.substr(exception.rfind('.') + 1);
  return message.empty() ? name : name + ": " + message;
}

}  // namespace

Raised::Raised(std::span<const ir::Attribute> attributes, std::vector<Tensor> values,
               ir::LocationId location)
    : Error(kind_of(ops::text(attributes[2])), message_of(attributes, values), location),
      text_(ops::text(attributes[0])),
      exception_(ops::text(attributes[1])),
      builtin_(ops::text(attributes[2])),
      object_(ops::integer(attributes[3])),
      values_(std::move(values)) {}

}  // namespace pygraph::exec
