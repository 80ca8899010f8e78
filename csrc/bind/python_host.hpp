// The executor's host when Python is around: Ctrl-C ends a run, and other threads get the
// interpreter during a long one.
#pragma once

#include <Python.h>

#include <chrono>

#include "exec/host.hpp"

namespace pygraph::bind {

// For the time of one run, on a thread that holds the GIL. The GIL is given up at the run's first
// poll; it is held again when this object goes.
class PythonHost {
 public:
  PythonHost() {
    host_.context = this;
    host_.poll = &PythonHost::poll;
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
    if (thread_ != nullptr) PyEval_RestoreThread(thread_);
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

  exec::Host host_;
  PyThreadState* thread_ = nullptr;
  Clock::time_point last_check_;
};

}  // namespace pygraph::bind
