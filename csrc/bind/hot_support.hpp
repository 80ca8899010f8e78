// The C++ side of the Cython call path: what is simpler, or faster, to say in C++.
#pragma once

#include <Python.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/dispatch.hpp"
#include "bind/attributes.hpp"
#include "bind/errors.hpp"
#include "bind/python_host.hpp"
#include "exec/eager.hpp"
#include "exec/executable.hpp"
#include "exec/raised.hpp"
#include "ops/infer.hpp"

namespace pygraph::bind {

// Who records what this thread does, and whether values are symbolic meanwhile (borrowed).
struct Recording {
  PyObject* recorder = nullptr;  // a builder, or what watches ops that run (pygraph.graph.recorder)
  PyObject* builder = nullptr;   // the recorder, if it is one that ops are recorded in and not run
};
inline Recording& recording() {
  static thread_local Recording slot;
  return slot;
}
// What runs ops at once needs to look at this word only: with no recorder there is no builder.
inline PyObject* current_recorder() { return recording().recorder; }
inline PyObject* current_builder() { return recording().builder; }
inline void set_current_recorder(PyObject* recorder, bool symbolic) {
  recording() = {recorder, symbolic ? recorder : nullptr};
}

// What stands for the text of a tensor while this thread makes a deferred text
// (pygraph.graph.text; a borrowed reference), or nullptr.
inline PyObject*& marker_slot() {
  static thread_local PyObject* marker = nullptr;
  return marker;
}
inline PyObject* current_marker() { return marker_slot(); }
inline void set_current_marker(PyObject* marker) { marker_slot() = marker; }

// What went wrong in a run. `kind` is -1 where a Python exception is set already (Ctrl-C, a failed
// print).
struct RunError {
  int kind = -1;
  std::string message;
  std::uint32_t location = 0;
  std::vector<std::uint32_t> callers;
  std::shared_ptr<const exec::Raised> raised;  // where the program itself raised it
};

// Stands ready, since there may be no memory to make it.
inline const RunError kOutOfMemory{
    static_cast<int>(ErrorKind::memory), "out of memory", 0, {}, nullptr};

struct DisposeError {
  void operator()(const RunError* error) const {
    if (error != &kOutOfMemory) delete error;
  }
};

// Null where nothing went wrong.
using Failure = std::unique_ptr<const RunError, DisposeError>;

inline RunError describe(const Error& error) {
  if (error.kind() == ErrorKind::interrupted && PyErr_Occurred() != nullptr)
    return {-1, {}, error.location(), error.callers(), nullptr};
  std::shared_ptr<const exec::Raised> raised;
  if (const auto* found = dynamic_cast<const exec::Raised*>(&error))
    raised = std::make_shared<const exec::Raised>(*found);
  return {static_cast<int>(error.kind()), error.message(), error.location(), error.callers(),
          std::move(raised)};
}

// What pygraph.graph.faults makes the program's exception of: None, or a tuple (text, exception,
// builtin, object, values).
inline PyObject* raised_parts(const RunError& error) {
  if (error.raised == nullptr) Py_RETURN_NONE;
  const exec::Raised& raised = *error.raised;
  PyObject* values = tensor_list(raised.values());
  if (values == nullptr) return nullptr;
  return Py_BuildValue("(sssLN)", raised.text().c_str(), raised.exception().c_str(),
                       raised.builtin().c_str(), static_cast<long long>(raised.object()), values);
}

// The user's lines that a fault belongs to, innermost first: its own, then those of the calls that
// were under way.
inline PyObject* fault_chain(const ir::Module& module, const RunError& error) {
  PyObject* chain = location_chain(module, error.location);
  for (std::size_t i = 0; chain != nullptr && i < error.callers.size(); ++i) {
    PyObject* caller = location_chain(module, error.callers[i]);
    PyObject* joined = caller == nullptr ? nullptr : PySequence_InPlaceConcat(chain, caller);
    Py_XDECREF(caller);
    Py_DECREF(chain);
    chain = joined;
  }
  return chain;
}

template <class Action>
Failure guarded(Action action) {
  const auto failed = [](const auto& make) {
    try {
      return Failure(new RunError(make()));
    } catch (const std::bad_alloc&) {
      return Failure(&kOutOfMemory);
    }
  };
  try {
    action();
    return nullptr;
  } catch (const Error& error) {
    return failed([&] { return describe(error); });
  } catch (const std::bad_alloc&) {
    return Failure(&kOutOfMemory);
  } catch (const std::length_error&) {  // more elements than any memory has room for
    return Failure(&kOutOfMemory);
  } catch (const std::exception& error) {
    return failed([&] {
      return RunError{static_cast<int>(ErrorKind::internal), error.what(), 0, {}, nullptr};
    });
  }
}

// The dtypes that an op's operands have to be converted to, and whether its result is a weak
// number.
inline Failure promote_operands(const ops::OpRow& op, const std::vector<ops::Operand>& operands,
                                std::vector<DType>& dtypes, bool& weak) {
  return guarded([&] {
    ops::Promotion promotion = ops::promote(op, operands);
    dtypes = std::move(promotion.dtypes);
    weak = promotion.weak;
  });
}

// What a trace knows of an op when it is recorded (see ops::InferInput), and the types of its
// outputs.
struct Inference {
  std::vector<ir::Type> inputs;
  std::vector<ir::Attribute> attributes;
  std::vector<const void*> values;
  std::vector<std::pair<std::vector<ir::Type>, std::vector<ir::Type>>> subgraphs;
  std::int64_t symbol_count = 0;
  std::vector<ir::Type> outputs;

  void add_subgraph(const std::vector<ir::Type>& parameters, const std::vector<ir::Type>& results) {
    subgraphs.emplace_back(parameters, results);
  }
};

inline bool gives_view(const ops::OpRow& op) { return op.view != ops::View::none; }

// Whether the inputs' sizes, where they are unknown yet, may turn out not to fit.
inline bool may_misfit(const ops::OpRow& op, const Inference& inference) {
  return ops::may_misfit(op, inference.inputs, inference.attributes);
}

inline Failure infer_types(const ops::OpRow& op, Inference& inference) {
  return guarded([&] {
    std::vector<const std::byte*> values;
    for (const void* value : inference.values)
      values.push_back(static_cast<const std::byte*>(value));
    std::vector<ops::Signature> signatures;
    for (const auto& [parameters, results] : inference.subgraphs)
      signatures.push_back({parameters, results});
    inference.outputs = ops::infer({.op = &op,
                                    .inputs = inference.inputs,
                                    .attributes = inference.attributes,
                                    .values = values,
                                    .constants = {},
                                    .subgraphs = signatures,
                                    .symbol_count = &inference.symbol_count});
  });
}

// `planned` is set to what the op ran by.
inline Failure run_eager(const ops::OpRow& op, const std::vector<ir::Attribute>& attributes,
                         const std::vector<Tensor>& inputs, std::vector<Tensor>& outputs,
                         std::shared_ptr<exec::PlannedRun>& planned) {
  return guarded([&] {
    planned = exec::eager_plan(op, attributes, inputs);
    outputs.resize(planned->plan().outputs.size());
    PythonHost host;
    planned->run(inputs, outputs, host.host());
  });
}

// An op on a variable, and on the inputs that follow it.
inline Failure run_eager_update(const ops::OpRow& op, const std::vector<ir::Attribute>& attributes,
                                Variable* variable, const std::vector<Tensor>& inputs) {
  return guarded([&] {
    const std::shared_ptr<exec::PlannedRun> planned =
        exec::eager_plan(op, attributes, inputs, variable);
    PythonHost host;
    planned->run(inputs, {}, host.host(), std::span(&variable, 1));
  });
}

inline Failure find_op(const char* name, const ops::OpRow** op) {
  return guarded([&] { *op = &op_named(name); });
}

inline Failure parse_attributes(const ops::OpRow& op, PyObject* dict,
                                std::vector<ir::Attribute>& attributes) {
  return guarded([&] { attributes = attributes_from(op, dict); });
}

inline bool takes_inputs(const ops::OpRow& op, std::size_t count) {
  const auto minimum = static_cast<std::size_t>(op.inputs.minimum);
  return op.inputs.variadic ? count >= minimum : count == minimum;
}

// Stores a Python number as an element of the dtype; the number must be of a class that fits
// (promotion has seen to that). Returns false with a Python exception set where an integer does not
// fit.
inline bool store_number(PyObject* value, DType dtype, void* place) {
  const auto store = [place](auto number) { std::memcpy(place, &number, sizeof number); };
  return dispatch(dtype, [&](auto element) {
    using Element = decltype(element);
    using T = typename Element::Storage;
    if constexpr (Element::kKind == DTypeKind::boolean) {
      const int truth = PyObject_IsTrue(value);
      if (truth < 0) return false;
      store(truth != 0);
    } else if constexpr (Element::kKind == DTypeKind::floating) {
      const double number = PyFloat_AsDouble(value);
      if (number == -1.0 && PyErr_Occurred() != nullptr) return false;
      store(static_cast<T>(number));
    } else {
      int overflow = 0;
      const long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
      if (number == -1 && PyErr_Occurred() != nullptr) return false;
      if (overflow != 0 || !std::in_range<T>(number)) {
        PyErr_Format(PyExc_OverflowError, "Python integer %R does not fit %s", value,
                     std::string(name(dtype)).c_str());
        return false;
      }
      store(static_cast<T>(number));
    }
    return true;
  });
}

// A 0-d tensor of the dtype from a Python number, as above.
inline bool scalar_from_python(PyObject* value, DType dtype, Tensor& result) {
  try {
    result = Tensor::empty(dtype, Shape());
  } catch (...) {
    translate_exception();
    return false;
  }
  return store_number(value, dtype, result.data());
}

// The only element as a Python number, or nullptr with an exception set.
inline PyObject* element_to_python(const Tensor& tensor, std::int64_t index) {
  const std::byte* at = tensor.data() + static_cast<std::size_t>(index) * itemsize(tensor.dtype());
  return dispatch(tensor.dtype(), [&](auto element) {
    using Element = decltype(element);
    typename Element::Storage value;
    std::memcpy(&value, at, sizeof value);
    if constexpr (Element::kKind == DTypeKind::boolean)
      return PyBool_FromLong(value);
    else if constexpr (Element::kKind == DTypeKind::floating)
      return PyFloat_FromDouble(static_cast<double>(value));
    else if constexpr (Element::kKind == DTypeKind::unsigned_integer)
      return PyLong_FromUnsignedLongLong(value);
    else
      return PyLong_FromLongLong(value);
  });
}

inline void release_python_owner(void* owner) {
  if (Py_IsInitialized() == 0) return;
  PyGILState_STATE state{};
  take_gil([&] { state = PyGILState_Ensure(); });
  Py_DECREF(static_cast<PyObject*>(owner));
  PyGILState_Release(state);
}

// A tensor over memory that `owner` keeps alive.
inline Tensor borrow_memory(void* data, DType dtype, const Shape& shape, PyObject* owner) {
  Buffer* buffer = Buffer::borrow(data, byte_count(dtype, shape), owner, release_python_owner);
  Py_INCREF(owner);
  return Tensor(BufferRef::adopt(buffer), dtype, shape);
}

// The executable in a capsule made by the cold module.
inline constexpr const char* kExecutableCapsule = "pygraph.executable";

inline std::shared_ptr<exec::Executable> executable_from(PyObject* capsule) {
  auto* held = static_cast<std::shared_ptr<exec::Executable>*>(
      PyCapsule_GetPointer(capsule, kExecutableCapsule));
  return held == nullptr ? nullptr : *held;
}

}  // namespace pygraph::bind
