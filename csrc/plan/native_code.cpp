#include "plan/native_code.hpp"

#include "plan/plan.hpp"

#if defined(__x86_64__) && (defined(__linux__) || defined(__APPLE__))
#define PYGRAPH_NATIVE_CODE 1
#include <cstring>
#include <sys/mman.h>
#else
#define PYGRAPH_NATIVE_CODE 0
#endif

namespace pygraph::plan {

#if PYGRAPH_NATIVE_CODE

std::shared_ptr<const NativeCode> NativeCode::make(const RegisterProgram& program) {
  Translation made = translate(program);
  void* memory =
      mmap(nullptr, made.code.size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  std::memcpy(memory, made.code.data(), made.code.size());
  if (mprotect(memory, made.code.size(), PROT_READ | PROT_EXEC) != 0) {
    munmap(memory, made.code.size());
    return nullptr;
  }
  return std::shared_ptr<const NativeCode>(
      new NativeCode(memory, made.code.size(), std::move(made.entries)));
}

NativeCode::~NativeCode() { munmap(memory_, bytes_); }

RegisterStop NativeCode::run(RegisterState& state) const {
  if (entries_[state.at] == Translation::kNoEntry) return RegisterStop::fault;
  using Function = RegisterStop (*)(RegisterState*, const std::byte*);
  const auto code = reinterpret_cast<Function>(memory_);
  return code(&state, static_cast<const std::byte*>(memory_) + entries_[state.at]);
}

#else

std::shared_ptr<const NativeCode> NativeCode::make(const RegisterProgram&) { return nullptr; }
NativeCode::~NativeCode() = default;
RegisterStop NativeCode::run(RegisterState&) const { return RegisterStop::fault; }

#endif

// A program without a loop is over before its code would be made.
void make_native_code(Plan& plan) {
  for (RegisterProgram& program : plan.programs) {
    for (const RegisterOp& operation : program.code) {
      if (!is_back_edge(operation)) continue;
      program.native = NativeCode::make(program);
      break;
    }
  }
}

}  // namespace pygraph::plan
