// Which registers of a program stand in registers of the processor while its native code runs:
// those used most, counted by depth of loops. Two that are not needed at the same time may share
// one. The others stay in memory.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
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
  // How an operation uses a register: as a whole number, as one with a fraction, by its bits, or by
  // its address in memory.
  enum class Use : std::uint8_t { whole, real, any, address };

  explicit NativeRegisters(const RegisterProgram& program);

  struct Home {
    Register which;
    // The operations from the first to the last that may need it.
    std::size_t first;
    std::size_t last;
    std::optional<x86::Gpr> gpr;
    std::optional<x86::Xmm> xmm;

    bool holds_at(std::size_t operation) const { return first <= operation && operation <= last; }
    bool overlaps(const Home& other) const { return first <= other.last && other.first <= last; }
  };
  // Of those that are not in memory.
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
    std::size_t first = SIZE_MAX;
    std::size_t last = 0;
  };
  struct Loop {
    std::size_t first;
    std::size_t last;
  };

  void find_loops();
  std::uint64_t weight_at(std::size_t operation) const;
  void count(std::size_t operation);
  void count(Register which, Use use, bool is_read, std::size_t operation);
  void extend(Usage& usage) const;
  void choose(bool real);
  bool settle(Home home, bool real);

  const RegisterProgram& program_;
  std::vector<Loop> loops_;
  std::vector<Usage> usage_;
  std::vector<Home> homes_;
  std::vector<int> home_of_;  // per register; -1: in memory
};

}  // namespace pygraph::plan
