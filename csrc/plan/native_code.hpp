// Register programs as machine code, for x86-64 under the System V calling convention. Whatever is
// rare in it, a fault for one, is left to the interpreter, which can go on at any operation: both
// keep the same state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "plan/register_program.hpp"

namespace pygraph::plan {

struct Translation {
  static constexpr std::uint32_t kNoEntry = UINT32_MAX;

  // A function of the RegisterState and of where in it to begin; it returns a RegisterStop.
  std::vector<std::uint8_t> code;
  std::vector<std::uint32_t> entries;  // per operation, where to begin at it
};

Translation translate(const RegisterProgram& program);

class NativeCode {
 public:
  // None on another processor, or where no memory may be made executable.
  static std::shared_ptr<const NativeCode> make(const RegisterProgram& program);
  ~NativeCode();
  NativeCode(const NativeCode&) = delete;
  NativeCode& operator=(const NativeCode&) = delete;

  // Like the interpreter, except for a `fault`: then the operation that stopped is yet to be done,
  // by the interpreter. That is so as well where the code cannot begin.
  RegisterStop run(RegisterState& state) const;

  std::size_t bytes() const { return bytes_; }

 private:
  NativeCode(void* memory, std::size_t bytes, std::vector<std::uint32_t> entries)
      : memory_(memory), bytes_(bytes), entries_(std::move(entries)) {}

  void* memory_;  // never writable and executable at once
  std::size_t bytes_;
  std::vector<std::uint32_t> entries_;
};

}  // namespace pygraph::plan
