// What an op without attributes remembers of its latest calls outside of a trace: what its operands
// were, and the plan that they led to. A call like one of them is run without promotion and without
// the key of a plan being made.
#pragma once

#include <Python.h>

#include <array>
#include <cstdint>
#include <memory>
#include <span>

#include "bind/call_pattern.hpp"
#include "bind/hot_support.hpp"

namespace pygraph::bind {

class EagerCalls {
 public:
  static constexpr std::size_t kMostOperands = 3;

  // The plan for a call like a recent one, or nullptr; then `run` runs it, before another search.
  std::shared_ptr<exec::PlannedRun> find(PyObject* const* operands, std::size_t count) {
    for (Call& call : calls_) {
      if (call.count == count && matches(call, operands)) return call.planned.lock();
    }
    return nullptr;
  }
  Failure run(exec::PlannedRun& planned, Tensor& result) {
    const std::span inputs(elements_.data(), planned.plan().inputs.size());
    return guarded([&] { planned.run_brief(inputs, std::span(&result, 1), {}); });
  }

  // Remembers a call that promotion made `inputs` of.
  void remember(PyObject* const* operands, std::span<const Tensor> inputs,
                const std::shared_ptr<exec::PlannedRun>& planned) {
    if (inputs.size() > kMostOperands || planned->plan().outputs.size() != 1 ||
        !planned->is_brief())
      return;
    Call call{planned, inputs.size(), {}};
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      PyObject* const operand = operands[i];
      const bool is_number = PyLong_CheckExact(operand) || PyFloat_CheckExact(operand);
      const bool is_tensor = Py_IS_TYPE(operand, tensor_layout().type);
      if (!is_number && !(is_tensor && tensor_in(operand).dtype() == inputs[i].dtype())) return;
      call.operands[i] = {Py_TYPE(operand), inputs[i].dtype(), inputs[i].shape()};
    }
    calls_[oldest_] = std::move(call);
    oldest_ = (oldest_ + 1) % calls_.size();
  }

 private:
  struct Operand {
    PyTypeObject* type = nullptr;  // of tensors, ints or floats
    DType dtype = DType::bool_;    // that a number is converted to
    Shape shape;
  };
  struct Call {
    std::weak_ptr<exec::PlannedRun> planned;  // exec::eager_plan keeps it, until memory is released
    std::size_t count = 0;
    std::array<Operand, kMostOperands> operands;
  };

  bool matches(const Call& call, PyObject* const* operands) {
    for (std::size_t i = 0; i < call.count; ++i) {
      const Operand& wanted = call.operands[i];
      if (!Py_IS_TYPE(operands[i], wanted.type)) return false;
      if (wanted.type == tensor_layout().type) {
        const Tensor& tensor = tensor_in(operands[i]);
        if (tensor.dtype() != wanted.dtype || !(tensor.shape() == wanted.shape)) return false;
        elements_[i] = tensor.data();
        continue;
      }
      if (!store_number(operands[i], wanted.dtype, &numbers_[i])) {
        PyErr_Clear();  // promotion says what is wrong
        return false;
      }
      elements_[i] = &numbers_[i];
    }
    return true;
  }

  std::array<Call, 4> calls_;
  std::size_t oldest_ = 0;
  std::array<const void*, kMostOperands> elements_{};
  std::array<NumberSlot, kMostOperands> numbers_{};
};

}  // namespace pygraph::bind
