// The operators of tensors as Python calls them, by the slots of their types. A C++ function has no
// frame of its own, so what fails in one shows the user's frames only (call_path.hpp).
#pragma once

#include <Python.h>

#include <type_traits>

#include "bind/call_path.hpp"

namespace pygraph::bind {

// What stands in a slot, given by its member of a table of slots; one for every type.
template <int type, auto slot, class Function>
struct Operator;

template <int type, auto slot, class Result, class... Arguments>
struct Operator<type, slot, Result (*)(Arguments...)> {
  static inline Result (*original)(Arguments...) = nullptr;

  static Result call(Arguments... arguments) {
    const Result result = original(arguments...);
    if constexpr (std::is_pointer_v<Result>) {
      return with_clean_traceback(result);
    } else {
      if (result == -1 && PyErr_Occurred() != nullptr) with_clean_traceback(nullptr);
      return result;
    }
  }
};

template <int type, auto... slots, class Table>
void enter_by(Table* table) {
  const auto replace = [table]<auto slot>() {
    auto& function = table->*slot;
    using Entered = Operator<type, slot, std::remove_reference_t<decltype(function)>>;
    if (function == nullptr || function == &Entered::call) return;
    Entered::original = function;
    function = &Entered::call;
  };
  (replace.template operator()<slots>(), ...);
}

// Has the operators of a type's instances clean tracebacks; `type` tells the types apart.
template <int type>
void clean_operators(PyObject* of) {
  auto* const object = reinterpret_cast<PyTypeObject*>(of);
  using Numbers = PyNumberMethods;
  enter_by<type, &Numbers::nb_add, &Numbers::nb_subtract, &Numbers::nb_multiply,
           &Numbers::nb_true_divide, &Numbers::nb_floor_divide, &Numbers::nb_remainder,
           &Numbers::nb_divmod, &Numbers::nb_power, &Numbers::nb_matrix_multiply, &Numbers::nb_and,
           &Numbers::nb_or, &Numbers::nb_xor, &Numbers::nb_lshift, &Numbers::nb_rshift,
           &Numbers::nb_negative, &Numbers::nb_absolute, &Numbers::nb_invert, &Numbers::nb_bool,
           &Numbers::nb_int, &Numbers::nb_float, &Numbers::nb_index, &Numbers::nb_inplace_add,
           &Numbers::nb_inplace_subtract, &Numbers::nb_inplace_multiply,
           &Numbers::nb_inplace_true_divide, &Numbers::nb_inplace_floor_divide,
           &Numbers::nb_inplace_remainder, &Numbers::nb_inplace_power,
           &Numbers::nb_inplace_matrix_multiply, &Numbers::nb_inplace_and, &Numbers::nb_inplace_or,
           &Numbers::nb_inplace_xor, &Numbers::nb_inplace_lshift, &Numbers::nb_inplace_rshift>(
      object->tp_as_number);
  enter_by<type, &PyMappingMethods::mp_length, &PyMappingMethods::mp_subscript,
           &PyMappingMethods::mp_ass_subscript>(object->tp_as_mapping);
  enter_by<type, &PySequenceMethods::sq_length>(object->tp_as_sequence);
  enter_by<type, &PyTypeObject::tp_richcompare, &PyTypeObject::tp_iter>(object);
}

inline void clean_tensor_operators(PyObject* of) { clean_operators<0>(of); }
inline void clean_variable_operators(PyObject* of) { clean_operators<1>(of); }

}  // namespace pygraph::bind
