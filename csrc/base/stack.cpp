#include "base/stack.hpp"

#include <cstdint>
#include <exception>
#include <pthread.h>
#include <signal.h>

#include "base/error.hpp"

namespace pygraph {
namespace {

constexpr std::size_t kLargeStack = std::size_t{32} << 20;

std::uintptr_t end_of_stack() {
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) return 0;
  void* lowest = nullptr;
  std::size_t size = 0;
  pthread_attr_getstack(&attributes, &lowest, &size);
  pthread_attr_destroy(&attributes);
  return reinterpret_cast<std::uintptr_t>(lowest);
}

struct Errand {
  void (*run)(const void* action);
  const void* action;
  std::exception_ptr failure{};

  static void* begin(void* self) {
    auto* errand = static_cast<Errand*>(self);
    try {
      errand->run(errand->action);
    } catch (...) {
      errand->failure = std::current_exception();
    }
    return nullptr;
  }
};

}  // namespace

std::size_t stack_left() {
  static thread_local const std::uintptr_t end = end_of_stack();
  const auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
  return here > end ? here - end : 0;
}

void run_on_large_stack(void (*run)(const void* action), const void* action) {
  Errand errand{run, action};
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kLargeStack);
  // Signals are for the threads of the host.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pthread_t thread;
  const int refused = pthread_create(&thread, &attributes, &Errand::begin, &errand);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  if (refused != 0) {
    throw Error(ErrorKind::memory,
                "this thread's stack is too small to work at a graph, and there is no memory for "
                "another one");
  }
  pthread_join(thread, nullptr);
  if (errand.failure) std::rethrow_exception(errand.failure);
}

}  // namespace pygraph
