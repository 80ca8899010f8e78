#include "ops/node_key.hpp"

namespace pygraph::ops {

void append_attribute(std::string& key, const ir::Attribute& attribute) {
  key.push_back(static_cast<char>(attribute.index()));
  if (const auto* list = std::get_if<std::vector<std::int64_t>>(&attribute)) {
    append_value(key, list->size());
    append_bytes(key, list->data(), list->size() * sizeof(std::int64_t));
  } else if (const auto* text = std::get_if<std::string>(&attribute)) {
    append_value(key, text->size());
    key += *text;
  } else if (const auto* number = std::get_if<std::int64_t>(&attribute)) {
    append_value(key, *number);
  } else if (const auto* real = std::get_if<double>(&attribute)) {
    append_value(key, *real);
  } else if (const auto* flag = std::get_if<bool>(&attribute)) {
    append_value(key, *flag);
  } else {
    append_value(key, std::get<DType>(attribute));
  }
}

}  // namespace pygraph::ops
