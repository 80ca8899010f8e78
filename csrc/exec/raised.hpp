// The fault of a `raise` op.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/tensor.hpp"
#include "ir/ir.hpp"

namespace pygraph::exec {

// What a host needs to make the exception that the user's program raised. As an Error it has the
// kind of the nearest built-in class and, for any other class, a message that names it.
class Raised : public Error {
 public:
  // `attributes` and `values` are those of the op.
  Raised(std::span<const ir::Attribute> attributes, std::vector<Tensor> values,
         ir::LocationId location);

  const std::string& text() const { return text_; }  // a format string over the values
  const std::string& exception() const { return exception_; }
  const std::string& builtin() const { return builtin_; }
  std::int64_t object() const { return object_; }
  const std::vector<Tensor>& values() const { return values_; }

 private:
  std::string text_;
  std::string exception_;
  std::string builtin_;
  std::int64_t object_;
  std::vector<Tensor> values_;
};

}  // namespace pygraph::exec
