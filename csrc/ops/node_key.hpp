// Bytes that are equal for equal things: to look up ops by what they compute.
#pragma once

#include <span>
#include <string>

#include "ir/ir.hpp"

namespace pygraph::ops {

inline void append_bytes(std::string& key, const void* data, std::size_t bytes) {
  key.append(static_cast<const char*>(data), bytes);
}

template <class T>
void append_value(std::string& key, const T& value) {
  append_bytes(key, &value, sizeof value);
}

void append_attribute(std::string& key, const ir::Attribute& attribute);

}  // namespace pygraph::ops
