// The translator of register programs to machine code: for each operation the instructions that do
// the same, one operation after the other.
//
// rbx holds the address of the registers, rbp that of the RegisterState, r13 the budget. rax, rcx,
// rdx, xmm0 and xmm1 are free within an operation. What the others hold, NativeRegisters says.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ops/op_table.hpp"
#include "plan/native_code.hpp"
#include "plan/native_registers.hpp"
#include "plan/x86_assembler.hpp"

namespace pygraph::plan::native {

using ir::OpCode;
using x86::Arithmetic;
using x86::Condition;
using x86::Gpr;
using x86::Label;
using x86::Operand;
using x86::Real;
using x86::Shift;
using x86::Unary;
using x86::Width;
using x86::Xmm;

inline constexpr Gpr kRegisters = Gpr::rbx;
inline constexpr Gpr kState = Gpr::rbp;
inline constexpr Gpr kBudget = Gpr::r13;
inline constexpr Xmm kReal{0};
inline constexpr Xmm kOtherReal{1};

inline bool is_real(DType dtype) { return is_floating(dtype); }
inline bool is_wide(DType dtype) { return itemsize(dtype) == 8; }

// Numbers that are narrower than a register are computed with four bytes.
inline Width computing_width(DType dtype) { return is_wide(dtype) ? Width::eight : Width::four; }

// Flags that say whether a test holds. With NaN, `equal` and `not_equal` have to look twice.
struct Test {
  Condition condition;
  bool looks_at_parity = false;
};

class Translator {
 public:
  explicit Translator(const RegisterProgram& program) : program_(program), homes_(program) {
    is_target_.resize(program.code.size(), false);
    for (std::size_t i = 0; i < program.code.size(); ++i) {
      labels_.push_back(a_.label());
      if (!form_of(program.code[i].code).jumps()) continue;
      is_target_[static_cast<std::size_t>(static_cast<std::ptrdiff_t>(i) + program.code[i].jump)] =
          true;
    }
    leave_ = a_.label();
  }

  Translation run();

 private:
  // The way in and out. On entry rdi is the RegisterState and rsi where to begin.
  void enter();

  // A run begins at the first operation, or, after a stop, at the beginning of a loop or where a
  // list has grown.
  std::vector<std::uint32_t> translate_entries();

  // eax is the operation, edx the RegisterStop.
  void leave();

  // What stands in registers of the processor at an operation, from memory and back.
  void load_homes(std::size_t operation);
  void store_homes(std::size_t operation);
  void load(const NativeRegisters::Home& home);
  void store(const NativeRegisters::Home& home);

  // A function that is called keeps only some registers of the processor.
  bool is_lost_in_call(const NativeRegisters::Home& home) const;
  void save_for_call();
  void restore_after_call();
  void stop(std::size_t operation, RegisterStop why);

  // What is seldom jumped to stands behind everything else.
  struct Stop {
    Label label;
    std::size_t operation;
    RegisterStop why;
  };
  // An index that is not in [0, size): from the end, it may be.
  struct FromEnd {
    Label label;
    Label back;
    Gpr index;
    Register size;
    std::size_t operation;
  };

  Label stop_label(RegisterStop why) {
    stops_.push_back({a_.label(), at_, why});
    return stops_.back().label;
  }

  void translate_rest();

  // Where values are.
  static Operand state(std::size_t offset) {
    return Operand::memory(kState, static_cast<std::int32_t>(offset));
  }
  static Operand memory(Register which) { return Operand::memory(kRegisters, which); }

  // Of a register that no operation on numbers with a fraction uses.
  Operand operand(Register which) const {
    const auto gpr = homes_.gpr(which);
    return gpr ? Operand(*gpr) : memory(which);
  }
  // Of one that only those use.
  Operand real_operand(Register which) const {
    const auto xmm = homes_.xmm(which);
    return xmm ? Operand(*xmm) : memory(which);
  }

  void fetch(Gpr to, Register from) {
    if (const auto xmm = homes_.xmm(from)) return a_.copy_bits(to, *xmm);
    const Operand source = operand(from);
    if (!source.is(to)) a_.move(to, source);
  }
  void put(Register to, Gpr from) {
    if (const auto xmm = homes_.xmm(to)) return a_.copy_bits(*xmm, from);
    const Operand target = operand(to);
    if (!target.is(from)) a_.store(target, from);
  }
  void fetch_real(Xmm to, Register from, bool wide) {
    const auto xmm = homes_.xmm(from);
    if (!xmm) return a_.load(to, memory(from), wide);
    if (*xmm != to) a_.copy(to, *xmm);
  }
  void put_real(Register to, Xmm from, bool wide) {
    const auto xmm = homes_.xmm(to);
    if (!xmm) return a_.store(memory(to), from, wide);
    if (*xmm != from) a_.copy(*xmm, from);
  }

  // Where to compute what goes to `out`, while `other` is still to be read.
  Gpr place_for(Register out, Register other) const {
    const auto gpr = homes_.gpr(out);
    return gpr && out != other ? *gpr : Gpr::rax;
  }
  Xmm real_place_for(Register out, Register other) const {
    const auto xmm = homes_.xmm(out);
    return xmm && out != other ? *xmm : kReal;
  }

  void arithmetic(Arithmetic what, Gpr to, Register with, Width width);
  void translate(const RegisterOp& op);
  void translate_control(const RegisterOp& op);
  void translate_move(const RegisterOp& op, std::size_t size);
  void translate_fused(const RegisterOp& op, const RegisterForm& form);

  // Values.
  void value(const RegisterOp& op, const RegisterForm& form);
  void binary(const RegisterOp& op, Arithmetic what, Width width);
  void multiply(const RegisterOp& op, Register with, Width width);

  // r[b] if the condition holds between r[a] and r[b], else r[a].
  void choose(const RegisterOp& op, Condition condition, Width width);
  void shift_left(const RegisterOp& op);
  void shift_right(const RegisterOp& op);
  void multiply_add(const RegisterOp& op);

  // Which NaN comes out depends on the order of operands.
  void real_multiply_add(const RegisterOp& op);
  void real_value(const RegisterOp& op, const RegisterForm& form);
  void real_binary(const RegisterOp& op, Real what, Register with, bool wide);

  // The greater or the lesser one; r[a] if that is NaN.
  void real_choose(const RegisterOp& op, bool wide, bool greater);
  void cast(const RegisterOp& op, const RegisterForm& form);

  // Division rounds down. By 0 it is a fault, and by -1 what the processor may trap at: the
  // interpreter does both.
  void division(const RegisterOp& op, const RegisterForm& form);
  void divide_by(const RegisterOp& op, const RegisterForm& form, std::uint64_t divisor);

  // Tests.
  Test compare(const RegisterOp& op, const RegisterForm& form);

  // NaN leaves `above` and `above_equal` false, so "less" is asked the other way round.
  Test compare_reals(const RegisterOp& op, const RegisterForm& form);
  Test compare_flag(Register flag);
  void put_test(const RegisterOp& op, Test test);
  void fetch_test(Test test);  // to rax
  void jump_on(Test test, bool wanted, Label to);

  // Whether the operation is a jump over the next one, which adds 1 and is reached in no other way.
  bool jumps_over_count(std::size_t operation) const;
  void count_if(const RegisterOp& test, const RegisterOp& add);

  // Jumps.
  Label target(const RegisterOp& op) const {
    return labels_[static_cast<std::size_t>(static_cast<std::ptrdiff_t>(at_) + op.jump)];
  }

  void loop(const RegisterOp& op);
  void loop_on(Test test, const RegisterOp& op);
  void count(const RegisterOp& op, Condition condition);

  // Between registers and memory.
  void load_pointer(std::int32_t storage);
  void import(const RegisterOp& op, std::size_t bytes);
  void export_(const RegisterOp& op, std::size_t bytes);
  // What a function says of a tensor.
  using Fact = std::int64_t (*)(const Tensor* tensors, std::int64_t storage, std::int64_t which);
  void import_fact(const RegisterOp& op, Fact fact);
  void export_list(const RegisterOp& op);
  void copy(Register to, Register from);

  // The index at hand, in `into`, from the start of its axis.
  void check_index(Gpr into, Register index, Register size);
  Operand locate(const RegisterOp& op, int bytes);
  Operand locate_pair(const RegisterOp& op, int bytes);
  Operand element(const RegisterOp& op, int bytes);
  Operand element(const RegisterOp& op, Register index, int bytes);
  void load(const RegisterOp& op, Operand from, std::size_t bytes);
  void store(const RegisterOp& op, Operand to, std::size_t bytes);

  // Its operands are all in memory.
  void kernel(const RegisterOp& op);
  void select(const RegisterOp& op);

  static constexpr Register kNoRegister = UINT16_MAX;

  const RegisterProgram& program_;
  const NativeRegisters homes_;
  x86::Assembler a_;
  std::vector<Label> labels_;  // per operation
  std::vector<bool> is_target_;
  std::size_t at_ = 0;  // the operation at hand
  Label leave_;
  std::vector<Stop> stops_;
  std::vector<FromEnd> from_end_;
};

}  // namespace pygraph::plan::native
