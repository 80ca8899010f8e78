// Which registers of a program stand in registers of the processor while its native code runs: for
// the whole program, those used most, counted by depth of loops. The others stay in memory.
#pragma once

#include <optional>
#include <vector>

#include "plan/register_program.hpp"
#include "plan/x86_assembler.hpp"

namespace pygraph::plan {

// Whether an instruction can have the number in itself.
inline bool fits_immediate(std::uint64_t value) {
  const auto number = static_cast<std::int64_t>(value);
  return number >= INT32_MIN && number <= INT32_MAX;
}

class NativeRegisters {
 public:
  explicit NativeRegisters(const RegisterProgram& program);

  struct Home {
    Register which;
    std::optional<x86::Gpr> gpr;
    std::optional<x86::Xmm> xmm;
  };
  // Those that are not in memory.
  const std::vector<Home>& homes() const { return homes_; }

  std::optional<x86::Gpr> gpr(Register which) const;
  std::optional<x86::Xmm> xmm(Register which) const;

  // The value of a register that nothing writes.
  std::optional<std::uint64_t> constant(Register which) const;

 private:
  struct Usage {
    std::uint64_t whole = 0;
    std::uint64_t real = 0;
    std::uint64_t any = 0;
    bool in_memory = false;
    bool is_written = false;
  };

  void count(const RegisterOp& operation, std::uint64_t weight);
  void choose(std::size_t limit, bool real);

  const RegisterProgram& program_;
  std::vector<Usage> usage_;
  std::vector<Home> homes_;
  std::vector<int> home_of_;  // per register; -1: in memory
};

}  // namespace pygraph::plan
