// The executor's host when Python is around: Ctrl-C ends a run, other threads get the
// interpreter during a long one, and what the program prints goes to sys.stdout.
#pragma once

#include <Python.h>

#include <chrono>
#include <unistd.h>

#include "bind/tensor_api.hpp"
#include "exec/host.hpp"

namespace pygraph::bind {

// Takes the GIL where `take` does so. Once the interpreter is going away that ends the thread, in
// most versions of Python, by unwinding its stack: destructors that may not be left that way are on
// it, and others that need the interpreter. The thread stays where it is instead.
template <class Take>
void take_gil(const Take& take) {
  try {
    take();
  } catch (...) {
    for (;;) pause();
  }
}

// Calls pygraph.graph.text.print_text; false with an exception set where it fails.
inline bool print_with_python(const exec::Printed& printed) {
  PyObject* module = PyImport_ImportModule("pygraph.graph.text");
  if (module == nullptr) return false;
  PyObject* text = PyUnicode_DecodeUTF8(
      printed.text.data(), static_cast<Py_ssize_t>(printed.text.size()), "backslashreplace");
  PyObject* values = text == nullptr ? nullptr : tensor_list(printed.values);
  PyObject* done = values == nullptr
                       ? nullptr
                       : PyObject_CallMethod(module, "print_text", "OOii", text, values,
                                             int{printed.to_error}, int{printed.flush});
  for (PyObject* object : {module, text, values, done}) Py_XDECREF(object);
  return done != nullptr;
}

// For the time of one run, on a thread that holds the GIL. The GIL is given up at the run's first
// poll; it is held again when this object goes.
class PythonHost {
 public:
  PythonHost() {
    host_.context = this;
    host_.poll = &PythonHost::poll;
    host_.print = &PythonHost::print;
    host_.depth_limit = static_cast<std::size_t>(Py_GetRecursionLimit());
  }
  ~PythonHost() { reacquire(); }
  PythonHost(const PythonHost&) = delete;
  PythonHost& operator=(const PythonHost&) = delete;

  exec::Host& host() { return host_; }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds kSignalInterval{20};

  void release() {
    thread_ = PyEval_SaveThread();
    last_check_ = Clock::now();
  }
  void reacquire() {
    if (thread_ != nullptr) take_gil([this] { PyEval_RestoreThread(thread_); });
    thread_ = nullptr;
  }

  // Taking the GIL back can cost milliseconds while other threads run, so it is not done at every
  // poll.
  static bool poll(void* context) {
    auto* self = static_cast<PythonHost*>(context);
    if (self->thread_ == nullptr) {
      self->release();
      return false;
    }
    if (Clock::now() - self->last_check_ < kSignalInterval) return false;
    self->reacquire();
    if (PyErr_CheckSignals() != 0) return true;
    self->release();
    return false;
  }

  // Through sys.stdout or sys.stderr, as Python's own print.
  static bool print(void* context, const exec::Printed& printed) {
    auto* self = static_cast<PythonHost*>(context);
    const bool released = self->thread_ != nullptr;
    self->reacquire();
    if (!print_with_python(printed)) return false;
    if (released) self->release();
    return true;
  }

  exec::Host host_;
  PyThreadState* thread_ = nullptr;
  Clock::time_point last_check_;
};

}  // namespace pygraph::bind
