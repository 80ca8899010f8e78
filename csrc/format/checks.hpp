// What both readers, that of bytes and that of text, do around ops::verify.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/tensor.hpp"
#include "ir/ir.hpp"
#include "ops/op_table.hpp"

namespace pygraph::format {

bool is_utf8(std::string_view text);

// `text` in double quotes with anything odd escaped, and cut where it is very long: for messages.
std::string shown(std::string_view text);

// Puts a node's attributes, which come by name, into the order of its op's row. The functions
// return what is wrong, or an empty string.
class AttributeCollector {
 public:
  void start(const ops::OpRow& row);
  // Finds the place of the attribute `name`; `spec` is null if there is none or it is taken.
  std::string find(std::string_view name, const ops::AttributeSpec** spec);
  void set(const ops::AttributeSpec& spec, ir::Attribute value);
  std::string finish() const;
  const std::vector<ir::Attribute>& values() const { return values_; }

 private:
  const ops::OpRow* row_ = nullptr;
  std::vector<ir::Attribute> values_;
  std::vector<bool> given_;
};

std::string_view kind_name(ops::AttributeKind kind);

// What is wrong with a constant that came from outside, or an empty string: bools are kept as 0 and
// 1, since kernels rely on it.
std::string constant_fault(const Tensor& constant);

// Counts the symbols that the module's parameters use, then verifies it. Counting anew makes the
// numbers of inferred symbols depend on the graph alone and not on its history.
void count_symbols_and_verify(ir::Module& module);

// Whether a type that was written down agrees with the inferred one: equal dtype and rank, and
// equal dims where the declared one is a constant.
bool agrees(const ir::Type& declared, const ir::Type& inferred);

}  // namespace pygraph::format
