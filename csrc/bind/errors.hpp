// The Python exception for each kind of error.
#pragma once

#include <Python.h>

#include <new>
#include <stdexcept>

#include "base/error.hpp"
#include "ir/ir.hpp"

namespace pygraph::bind {

// A borrowed reference.
inline PyObject* exception_type(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::value:
    case ErrorKind::format: return PyExc_ValueError;
    case ErrorKind::type: return PyExc_TypeError;
    case ErrorKind::index: return PyExc_IndexError;
    case ErrorKind::zero_division: return PyExc_ZeroDivisionError;
    case ErrorKind::overflow: return PyExc_OverflowError;
    case ErrorKind::unbound: return PyExc_UnboundLocalError;
    case ErrorKind::assertion: return PyExc_AssertionError;
    case ErrorKind::memory: return PyExc_MemoryError;
    case ErrorKind::interrupted: return PyExc_KeyboardInterrupt;
    case ErrorKind::recursion: return PyExc_RecursionError;
    case ErrorKind::limit:
    case ErrorKind::runtime:
    case ErrorKind::internal: break;
  }
  return PyExc_RuntimeError;
}

// Sets the Python exception for the C++ one that is being handled; one that is set already stays.
inline void translate_exception() {
  if (PyErr_Occurred() != nullptr) return;
  try {
    throw;
  } catch (const Error& error) {
    PyErr_SetString(exception_type(error.kind()), error.what());
  } catch (const std::bad_alloc&) {
    PyErr_NoMemory();
  } catch (const std::length_error&) {  // more elements than any memory has room for
    PyErr_NoMemory();
  } catch (const std::exception& error) {
    PyErr_SetString(PyExc_RuntimeError, error.what());
  }
}

// The chain of a location, innermost first: a new list of (file, line, function) tuples.
inline PyObject* location_chain(const ir::Module& module, ir::LocationId id) {
  PyObject* chain = PyList_New(0);
  while (chain != nullptr && id != kNoLocation && id < module.locations.size()) {
    const ir::Location& location = module.locations[id];
    PyObject* entry =
        Py_BuildValue("(sIs)", location.file.c_str(), location.line, location.function.c_str());
    if (entry == nullptr || PyList_Append(chain, entry) != 0) Py_CLEAR(chain);
    Py_XDECREF(entry);
    id = location.parent;
  }
  return chain;
}

}  // namespace pygraph::bind
