// The machine code of a register program: for each operation the instructions that do the same, one
// operation after the other.
//
// rbx holds the address of the registers, rbp that of the RegisterState, r13 the budget. rax, rcx,
// rdx, xmm0 and xmm1 are free within an operation. What the others hold, NativeRegisters says.
#include <cstddef>

#include "base/tensor.hpp"
#include "ops/op_table.hpp"
#include "plan/native_code.hpp"
#include "plan/native_registers.hpp"
#include "plan/x86_assembler.hpp"

namespace pygraph::plan {
namespace {

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

constexpr Gpr kRegisters = Gpr::rbx;
constexpr Gpr kState = Gpr::rbp;
constexpr Gpr kBudget = Gpr::r13;
constexpr Xmm kReal{0};
constexpr Xmm kOtherReal{1};
constexpr Gpr kKept[] = {Gpr::rbx, Gpr::rbp, Gpr::r12, Gpr::r13, Gpr::r14, Gpr::r15};
// Room for the operands of a kernel; with it the stack is aligned as calls need it.
constexpr std::int32_t kStackBytes = 3 * sizeof(void*);
constexpr std::int64_t kOneStep[3] = {0, 0, 0};

bool is_real(DType dtype) { return dtype == DType::float32 || dtype == DType::float64; }
bool is_wide(DType dtype) { return itemsize(dtype) == 8; }
Width width_of(std::size_t bytes) {
  return bytes == 1 ? Width::byte : bytes == 4 ? Width::four : Width::eight;
}

// Numbers that are narrower than a register are computed with four bytes.
Width computing_width(DType dtype) { return is_wide(dtype) ? Width::eight : Width::four; }

std::int64_t axis_size(const Tensor* tensors, std::int64_t storage, std::int64_t axis) {
  return tensors[storage].shape()[static_cast<int>(axis)];
}

// Flags that say whether a test holds. With NaN, `equal` and `not_equal` have to look twice.
struct Test {
  Condition condition;
  bool looks_at_parity = false;
};

class Translator {
 public:
  explicit Translator(const RegisterProgram& program) : program_(program), homes_(program) {
    for (std::size_t i = 0; i < program.code.size(); ++i) labels_.push_back(a_.label());
    leave_ = a_.label();
  }

  Translation run() {
    enter();
    for (at_ = 0; at_ < program_.code.size(); ++at_) {
      a_.bind(labels_[at_]);
      translate(program_.code[at_]);
    }
    translate_rest();
    a_.bind(leave_);
    leave();
    std::vector<std::uint32_t> entries = translate_entries();
    a_.link();
    return {a_.code(), std::move(entries)};
  }

 private:
  // The way in and out. On entry rdi is the RegisterState and rsi where to begin.
  void enter() {
    for (const Gpr gpr : kKept) a_.push(gpr);
    a_.arithmetic(Arithmetic::subtract, Operand(Gpr::rsp), kStackBytes, Width::eight);
    a_.move(kState, Gpr::rdi);
    a_.move(Gpr::rax, Gpr::rsi);
    a_.move(kRegisters, state(offsetof(RegisterState, registers)));
    a_.move(kBudget, state(offsetof(RegisterState, budget)));
    a_.jump(Gpr::rax);
  }

  // A run begins at the first operation, or, after a stop, at the beginning of a loop.
  std::vector<std::uint32_t> translate_entries() {
    std::vector<std::uint32_t> entries(program_.code.size(), Translation::kNoEntry);
    const auto add = [&](std::size_t operation) {
      if (entries[operation] != Translation::kNoEntry) return;
      entries[operation] = a_.here();
      load_homes(operation);
      a_.jump(labels_[operation]);
    };
    add(0);
    for (at_ = 0; at_ < program_.code.size(); ++at_) {
      const RegisterOp& operation = program_.code[at_];
      const bool jumps = form_of(operation.code).fields.ends_with('j');
      if (jumps && operation.jump < 0) add(at_ - static_cast<std::size_t>(-operation.jump));
    }
    return entries;
  }

  // eax is the operation, edx the RegisterStop.
  void leave() {
    a_.store(state(offsetof(RegisterState, budget)), kBudget);
    a_.store(state(offsetof(RegisterState, at)), Gpr::rax, Width::four);
    a_.move(Gpr::rax, Gpr::rdx);
    a_.arithmetic(Arithmetic::add, Operand(Gpr::rsp), kStackBytes, Width::eight);
    for (std::size_t i = std::size(kKept); i-- > 0;) a_.pop(kKept[i]);
    a_.ret();
  }

  // What stands in registers of the processor at an operation, from memory and back.
  void load_homes(std::size_t operation) {
    for (const NativeRegisters::Home& home : homes_.homes()) {
      if (!home.holds_at(operation)) continue;
      if (home.gpr) a_.move(*home.gpr, memory(home.which));
      if (home.xmm) a_.load(*home.xmm, memory(home.which), true);
    }
  }

  void store_homes(std::size_t operation) {
    for (const NativeRegisters::Home& home : homes_.homes()) {
      if (!home.holds_at(operation)) continue;
      if (home.gpr) a_.store(memory(home.which), *home.gpr);
      if (home.xmm) a_.store(memory(home.which), *home.xmm, true);
    }
  }

  void stop(std::size_t operation, RegisterStop why) {
    if (why != RegisterStop::finished) store_homes(operation);
    a_.move(Gpr::rax, operation);
    a_.move(Gpr::rdx, static_cast<std::uint64_t>(why));
    a_.jump(leave_);
  }

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

  void translate_rest() {
    for (const FromEnd& way : from_end_) {
      a_.bind(way.label);
      arithmetic(Arithmetic::add, way.index, way.size, Width::eight);
      arithmetic(Arithmetic::compare, way.index, way.size, Width::eight);
      a_.jump_if(Condition::below, way.back);
      stop(way.operation, RegisterStop::fault);
    }
    for (const Stop& way : stops_) {
      a_.bind(way.label);
      stop(way.operation, way.why);
    }
  }

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

  void arithmetic(Arithmetic what, Gpr to, Register with, Width width) {
    const auto number = homes_.constant(with);
    if (number && fits_immediate(*number)) {
      a_.arithmetic(what, Operand(to), static_cast<std::int32_t>(*number), width);
    } else {
      a_.arithmetic(what, to, operand(with), width);
    }
  }

  void translate(const RegisterOp& op) {
    const RegisterForm form = form_of(op.code);
    switch (form.kind) {
      case RegisterKind::control: return translate_control(op);
      case RegisterKind::value: return is_real(form.in) ? real_value(op, form) : value(op, form);
      case RegisterKind::cast: return cast(op, form);
      case RegisterKind::division: return division(op, form);
      case RegisterKind::test: return put_test(op, compare(op, form));
      case RegisterKind::jump_if: return jump_on(compare(op, form), true, target(op));
      case RegisterKind::jump_unless: return jump_on(compare(op, form), false, target(op));
      case RegisterKind::loop_if: return loop_on(compare(op, form), op);
    }
  }

  void translate_control(const RegisterOp& op) {
    switch (op.code) {
      case RegisterCode::finish: return stop(at_, RegisterStop::finished);
      case RegisterCode::jump: return a_.jump(target(op));
      case RegisterCode::if_true: return jump_on(compare_flag(op.a), true, target(op));
      case RegisterCode::unless_true: return jump_on(compare_flag(op.a), false, target(op));
      case RegisterCode::loop: return loop(op);
      case RegisterCode::loop_if_true: return loop_on(compare_flag(op.a), op);
      case RegisterCode::loop_unless_true: {
        const Test flag = compare_flag(op.a);
        return loop_on({x86::inverse(flag.condition)}, op);
      }
      case RegisterCode::check_defined:
        return jump_on(compare_flag(op.a), false, stop_label(RegisterStop::fault));
      case RegisterCode::import_1: return import(op, 1);
      case RegisterCode::import_4: return import(op, 4);
      case RegisterCode::import_8: return import(op, 8);
      case RegisterCode::import_address: load_pointer(op.jump); return put(op.out, Gpr::rax);
      case RegisterCode::import_size: return import_size(op);
      case RegisterCode::export_1: return export_(op, 1);
      case RegisterCode::export_4: return export_(op, 4);
      case RegisterCode::export_8: return export_(op, 8);
      case RegisterCode::copy: return copy(op.out, op.a);
      case RegisterCode::load_1: return load(op, locate(op, 1), 1);
      case RegisterCode::load_4: return load(op, locate(op, 4), 4);
      case RegisterCode::load_8: return load(op, locate(op, 8), 8);
      case RegisterCode::store_1: return store(op, locate(op, 1), 1);
      case RegisterCode::store_4: return store(op, locate(op, 4), 4);
      case RegisterCode::store_8: return store(op, locate(op, 8), 8);
      case RegisterCode::load_pair_1: return load(op, locate_pair(op, 1), 1);
      case RegisterCode::load_pair_4: return load(op, locate_pair(op, 4), 4);
      case RegisterCode::load_pair_8: return load(op, locate_pair(op, 8), 8);
      case RegisterCode::store_pair_1: return store(op, locate_pair(op, 1), 1);
      case RegisterCode::store_pair_4: return store(op, locate_pair(op, 4), 4);
      case RegisterCode::store_pair_8: return store(op, locate_pair(op, 8), 8);
      case RegisterCode::position: check_index(Gpr::rcx, op.b, op.c); return put(op.out, Gpr::rcx);
      case RegisterCode::position_in:
        check_index(Gpr::rcx, op.c, op.d);
        fetch(Gpr::rax, op.b);
        a_.multiply(Gpr::rax, operand(op.d), Width::eight);
        a_.arithmetic(Arithmetic::add, Gpr::rax, Gpr::rcx, Width::eight);
        return put(op.out, Gpr::rax);
      case RegisterCode::kernel: return kernel(op);
      case RegisterCode::select: return select(op);
      case RegisterCode::choose_lesser_float32: return real_binary(op, Real::lesser, op.b, false);
      case RegisterCode::choose_lesser_float64: return real_binary(op, Real::lesser, op.b, true);
      case RegisterCode::choose_greater_float32: return real_binary(op, Real::greater, op.b, false);
      case RegisterCode::choose_greater_float64: return real_binary(op, Real::greater, op.b, true);
      case RegisterCode::multiply_add_int64: return multiply_add(op);
      case RegisterCode::multiply_add_float64: return real_multiply_add(op);
      case RegisterCode::add_loop_if_less_int64: return count(op, Condition::less);
      case RegisterCode::add_loop_if_less_equal_int64: return count(op, Condition::less_equal);
      default: return stop(at_, RegisterStop::fault);
    }
  }

  // Values.
  void value(const RegisterOp& op, const RegisterForm& form) {
    const Width width = computing_width(form.in);
    switch (form.op) {
      case OpCode::add: return binary(op, Arithmetic::add, width);
      case OpCode::subtract: return binary(op, Arithmetic::subtract, width);
      case OpCode::bitwise_and:
      case OpCode::logical_and: return binary(op, Arithmetic::bit_and, width);
      case OpCode::bitwise_or:
      case OpCode::logical_or: return binary(op, Arithmetic::bit_or, width);
      case OpCode::bitwise_xor: return binary(op, Arithmetic::bit_xor, width);
      case OpCode::multiply: return multiply(op, op.b, width);
      case OpCode::square: return multiply(op, op.a, width);
      case OpCode::maximum: return choose(op, Condition::less, width);
      case OpCode::minimum: return choose(op, Condition::greater, width);
      case OpCode::bitwise_left_shift: return shift_left(op);
      case OpCode::bitwise_right_shift: return shift_right(op);
      default: break;
    }
    fetch(Gpr::rax, op.a);
    switch (form.op) {
      case OpCode::negative: a_.unary(Unary::negate, Gpr::rax, width); break;
      case OpCode::abs:
        a_.move(Gpr::rcx, Gpr::rax);
        a_.unary(Unary::negate, Gpr::rax, width);
        a_.move_if(Condition::sign, Gpr::rax, Gpr::rcx, width);
        break;
      case OpCode::logical_not:
        a_.arithmetic(Arithmetic::bit_xor, Operand(Gpr::rax), 1, width);
        break;
      default: return stop(at_, RegisterStop::fault);
    }
    put(op.out, Gpr::rax);
  }

  void binary(const RegisterOp& op, Arithmetic what, Width width) {
    const Gpr place = place_for(op.out, op.b);
    fetch(place, op.a);
    arithmetic(what, place, op.b, width);
    put(op.out, place);
  }

  void multiply(const RegisterOp& op, Register with, Width width) {
    const Gpr place = place_for(op.out, with);
    fetch(place, op.a);
    a_.multiply(place, operand(with), width);
    put(op.out, place);
  }

  // r[b] if the condition holds between r[a] and r[b], else r[a].
  void choose(const RegisterOp& op, Condition condition, Width width) {
    fetch(Gpr::rax, op.a);
    arithmetic(Arithmetic::compare, Gpr::rax, op.b, width);
    a_.move_if(condition, Gpr::rax, operand(op.b), width);
    put(op.out, Gpr::rax);
  }

  void shift_left(const RegisterOp& op) {
    constexpr std::uint64_t kBits = 64;
    fetch(Gpr::rax, op.a);
    const auto number = homes_.constant(op.b);
    if (number && *number < kBits) {
      a_.shift(Shift::left, Gpr::rax, static_cast<std::uint8_t>(*number));
      return put(op.out, Gpr::rax);
    }
    fetch(Gpr::rcx, op.b);
    a_.shift_by_rcx(Shift::left, Gpr::rax);
    a_.move(Gpr::rdx, std::uint64_t{0});
    a_.arithmetic(Arithmetic::compare, Operand(Gpr::rcx), kBits - 1, Width::eight);
    a_.move_if(Condition::above, Gpr::rax, Gpr::rdx, Width::eight);
    put(op.out, Gpr::rax);
  }

  void shift_right(const RegisterOp& op) {
    constexpr std::uint64_t kMost = 63;
    fetch(Gpr::rax, op.a);
    const auto number = homes_.constant(op.b);
    if (number && *number <= kMost) {
      a_.shift(Shift::right_signed, Gpr::rax, static_cast<std::uint8_t>(*number));
      return put(op.out, Gpr::rax);
    }
    fetch(Gpr::rcx, op.b);
    a_.move(Gpr::rdx, kMost);
    a_.arithmetic(Arithmetic::compare, Gpr::rcx, Gpr::rdx, Width::eight);
    a_.move_if(Condition::above, Gpr::rcx, Gpr::rdx, Width::eight);
    a_.shift_by_rcx(Shift::right_signed, Gpr::rax);
    put(op.out, Gpr::rax);
  }

  void multiply_add(const RegisterOp& op) {
    fetch(Gpr::rax, op.a);
    a_.multiply(Gpr::rax, operand(op.b), Width::eight);
    if (const auto gpr = homes_.gpr(op.out); gpr && op.out == op.c)
      return a_.arithmetic(Arithmetic::add, *gpr, Gpr::rax, Width::eight);
    arithmetic(Arithmetic::add, Gpr::rax, op.c, Width::eight);
    put(op.out, Gpr::rax);
  }

  // Which NaN comes out depends on the order of operands.
  void real_multiply_add(const RegisterOp& op) {
    fetch_real(kOtherReal, op.a, true);
    a_.real(Real::multiply, kOtherReal, real_operand(op.b), true);
    const Xmm place = real_place_for(op.out, kNoRegister);
    fetch_real(place, op.c, true);
    a_.real(Real::add, place, kOtherReal, true);
    put_real(op.out, place, true);
  }

  void real_value(const RegisterOp& op, const RegisterForm& form) {
    const bool wide = is_wide(form.in);
    switch (form.op) {
      case OpCode::add: return real_binary(op, Real::add, op.b, wide);
      case OpCode::subtract: return real_binary(op, Real::subtract, op.b, wide);
      case OpCode::multiply: return real_binary(op, Real::multiply, op.b, wide);
      case OpCode::divide: return real_binary(op, Real::divide, op.b, wide);
      case OpCode::square: return real_binary(op, Real::multiply, op.a, wide);
      case OpCode::sqrt: return real_binary(op, Real::square_root, op.a, wide);
      case OpCode::maximum: return real_choose(op, wide, true);
      case OpCode::minimum: return real_choose(op, wide, false);
      default: break;
    }
    const std::uint8_t sign_bit = wide ? 63 : 31;
    fetch(Gpr::rax, op.a);
    switch (form.op) {
      case OpCode::negative: a_.flip_bit(Gpr::rax, sign_bit); break;
      case OpCode::abs: a_.clear_bit(Gpr::rax, sign_bit); break;
      default: return stop(at_, RegisterStop::fault);
    }
    put(op.out, Gpr::rax);
  }

  void real_binary(const RegisterOp& op, Real what, Register with, bool wide) {
    const Xmm place = real_place_for(op.out, with);
    fetch_real(place, op.a, wide);
    a_.real(what, place, real_operand(with), wide);
    put_real(op.out, place, wide);
  }

  // The greater or the lesser one; r[a] if that is NaN.
  void real_choose(const RegisterOp& op, bool wide, bool greater) {
    const Label done = a_.label();
    fetch_real(kReal, op.a, wide);
    fetch_real(kOtherReal, op.b, wide);
    if (greater) {
      a_.compare(kReal, kOtherReal, wide);
    } else {
      a_.compare(kOtherReal, kReal, wide);
    }
    a_.jump_if(Condition::above, done);
    a_.compare(kReal, kReal, wide);
    a_.jump_if(Condition::parity, done);
    a_.copy(kReal, kOtherReal);
    a_.bind(done);
    put_real(op.out, kReal, wide);
  }

  void cast(const RegisterOp& op, const RegisterForm& form) {
    if (is_real(form.in) && !is_real(form.out)) {
      a_.truncate(Gpr::rax, real_operand(op.a), is_wide(form.in));
      return put(op.out, Gpr::rax);
    }
    if (is_real(form.in)) {
      a_.convert_real(kReal, real_operand(op.a), is_wide(form.in));
      return put_real(op.out, kReal, is_wide(form.out));
    }
    if (form.in == DType::bool_) {
      a_.move(Gpr::rax, operand(op.a), Width::byte);
    } else {
      fetch(Gpr::rax, op.a);
    }
    if (is_real(form.out)) {
      const Xmm place = real_place_for(op.out, kNoRegister);
      a_.convert_whole(place, Gpr::rax, computing_width(form.in), is_wide(form.out));
      return put_real(op.out, place, is_wide(form.out));
    }
    if (form.out == DType::bool_) {
      a_.test(Gpr::rax, Gpr::rax, computing_width(form.in));
      a_.set(Condition::not_equal, Gpr::rax);
    } else if (form.in == DType::int32) {
      a_.extend_signed(Gpr::rax, Gpr::rax);
    }
    put(op.out, Gpr::rax);
  }

  // Division rounds down. By 0 it is a fault, and by -1 what the processor may trap at: the
  // interpreter does both.
  void division(const RegisterOp& op, const RegisterForm& form) {
    const Width width = computing_width(form.in);
    const bool quotient = form.op == OpCode::floor_divide;
    const Label wide = a_.label();
    const Label done = a_.label();
    fetch(Gpr::rax, op.a);
    fetch(Gpr::rcx, op.b);
    const auto number = homes_.constant(op.b);
    if (!number || *number == 0 || static_cast<std::int32_t>(*number) == -1) {
      a_.address(Gpr::rdx, Operand::memory(Gpr::rcx, 1));
      a_.arithmetic(Arithmetic::compare, Operand(Gpr::rdx), 1, width);
      a_.jump_if(Condition::below_equal, stop_label(RegisterStop::fault));
    }
    if (width == Width::eight) {
      // Dividing numbers of four bytes is much faster.
      a_.move(Gpr::rdx, Gpr::rax);
      a_.arithmetic(Arithmetic::bit_or, Gpr::rdx, Gpr::rcx, width);
      a_.shift(Shift::right, Gpr::rdx, 32);
      a_.jump_if(Condition::not_equal, wide);
      a_.unary(Unary::divide, Gpr::rcx, Width::four);
      a_.jump(done);
    }
    a_.bind(wide);
    a_.extend_rax_into_rdx(width);
    a_.unary(Unary::divide_signed, Gpr::rcx, width);
    // Rounded towards 0 so far.
    a_.test(Gpr::rdx, Gpr::rdx, width);
    a_.jump_if(Condition::equal, done);
    if (quotient) {
      a_.arithmetic(Arithmetic::bit_xor, Gpr::rdx, Gpr::rcx, width);
      a_.jump_if(Condition::no_sign, done);
      a_.arithmetic(Arithmetic::subtract, Operand(Gpr::rax), 1, width);
    } else {
      a_.move(Gpr::rax, Gpr::rdx);
      a_.arithmetic(Arithmetic::bit_xor, Gpr::rax, Gpr::rcx, width);
      a_.jump_if(Condition::no_sign, done);
      a_.arithmetic(Arithmetic::add, Gpr::rdx, Gpr::rcx, width);
    }
    a_.bind(done);
    put(op.out, quotient ? Gpr::rax : Gpr::rdx);
  }

  // Tests.
  Test compare(const RegisterOp& op, const RegisterForm& form) {
    if (is_real(form.in)) return compare_reals(op, form);
    if (form.in == DType::bool_) {
      a_.move(Gpr::rax, operand(op.a), Width::byte);
      a_.move(Gpr::rcx, operand(op.b), Width::byte);
      a_.arithmetic(Arithmetic::compare, Gpr::rax, Gpr::rcx, Width::four);
    } else {
      const Gpr first = homes_.gpr(op.a).value_or(Gpr::rax);
      fetch(first, op.a);
      arithmetic(Arithmetic::compare, first, op.b, computing_width(form.in));
    }
    switch (form.op) {
      case OpCode::less: return {Condition::less};
      case OpCode::less_equal: return {Condition::less_equal};
      case OpCode::greater: return {Condition::greater};
      case OpCode::greater_equal: return {Condition::greater_equal};
      case OpCode::equal: return {Condition::equal};
      default: return {Condition::not_equal};
    }
  }

  // NaN leaves `above` and `above_equal` false, so "less" is asked the other way round.
  Test compare_reals(const RegisterOp& op, const RegisterForm& form) {
    const bool swaps = form.op == OpCode::less || form.op == OpCode::less_equal;
    const Register first = swaps ? op.b : op.a;
    const Register second = swaps ? op.a : op.b;
    const bool wide = is_wide(form.in);
    const Xmm place = homes_.xmm(first).value_or(kReal);
    fetch_real(place, first, wide);
    a_.compare(place, real_operand(second), wide);
    switch (form.op) {
      case OpCode::less:
      case OpCode::greater: return {Condition::above};
      case OpCode::less_equal:
      case OpCode::greater_equal: return {Condition::above_equal};
      case OpCode::equal: return {Condition::equal, true};
      default: return {Condition::not_equal, true};
    }
  }

  Test compare_flag(Register flag) {
    a_.arithmetic(Arithmetic::compare, operand(flag), 0, Width::byte);
    return {Condition::not_equal};
  }

  void put_test(const RegisterOp& op, Test test) {
    a_.set(test.condition, Gpr::rax);
    if (test.looks_at_parity) {
      const bool equal = test.condition == Condition::equal;
      a_.set(equal ? Condition::no_parity : Condition::parity, Gpr::rcx);
      a_.arithmetic(equal ? Arithmetic::bit_and : Arithmetic::bit_or, Gpr::rax, Gpr::rcx,
                    Width::four);
    }
    put(op.out, Gpr::rax);
  }

  void jump_on(Test test, bool wanted, Label to) {
    if (!test.looks_at_parity)
      return a_.jump_if(wanted ? test.condition : x86::inverse(test.condition), to);
    // NaN is not equal to anything.
    if ((test.condition == Condition::not_equal) == wanted) {
      a_.jump_if(Condition::parity, to);
      return a_.jump_if(Condition::not_equal, to);
    }
    const Label skip = a_.label();
    a_.jump_if(Condition::parity, skip);
    a_.jump_if(Condition::equal, to);
    a_.bind(skip);
  }

  // Jumps.
  Label target(const RegisterOp& op) const {
    return labels_[static_cast<std::size_t>(static_cast<std::ptrdiff_t>(at_) + op.jump)];
  }

  void loop(const RegisterOp& op) {
    a_.arithmetic(Arithmetic::subtract, Operand(kBudget), op.d, Width::eight);
    a_.jump_if(Condition::no_sign, target(op));
    stop(at_, RegisterStop::out_of_budget);
  }

  void loop_on(Test test, const RegisterOp& op) {
    const Label skip = a_.label();
    jump_on(test, false, skip);
    a_.arithmetic(Arithmetic::subtract, Operand(kBudget), op.d, Width::eight);
    a_.jump_if(Condition::no_sign, target(op));
    a_.jump(stop_label(RegisterStop::out_of_budget));
    a_.bind(skip);
  }

  void count(const RegisterOp& op, Condition condition) {
    const Gpr place = place_for(op.out, op.b);
    fetch(place, op.a);
    arithmetic(Arithmetic::add, place, op.b, Width::eight);
    put(op.out, place);
    arithmetic(Arithmetic::compare, place, op.c, Width::eight);
    loop_on({condition}, op);
  }

  // Between registers and memory.
  void load_pointer(std::int32_t storage) {
    a_.move(Gpr::rax, state(offsetof(RegisterState, pointers)));
    a_.move(Gpr::rax,
            Operand::memory(Gpr::rax, storage * static_cast<std::int32_t>(sizeof(void*))));
  }

  void import(const RegisterOp& op, std::size_t bytes) {
    load_pointer(op.jump);
    a_.move(Gpr::rax, Operand::memory(Gpr::rax, 0), width_of(bytes));
    put(op.out, Gpr::rax);
  }

  void export_(const RegisterOp& op, std::size_t bytes) {
    load_pointer(op.jump);
    fetch(Gpr::rcx, op.a);
    a_.store(Operand::memory(Gpr::rax, 0), Gpr::rcx, width_of(bytes));
  }

  void import_size(const RegisterOp& op) {
    store_homes(at_);
    a_.move(Gpr::rdi, state(offsetof(RegisterState, tensors)));
    a_.move(Gpr::rsi, static_cast<std::uint64_t>(op.jump));
    a_.move(Gpr::rdx, std::uint64_t{op.a});
    a_.move(Gpr::rax, reinterpret_cast<std::uint64_t>(&axis_size));
    a_.call(Gpr::rax);
    load_homes(at_);
    put(op.out, Gpr::rax);
  }

  void copy(Register to, Register from) {
    const auto real = homes_.xmm(to);
    if (real && !homes_.gpr(from)) return fetch_real(*real, from, true);
    const Gpr place = homes_.gpr(to).value_or(Gpr::rax);
    fetch(place, from);
    put(to, place);
  }

  // The index at hand, in `into`, from the start of its axis.
  void check_index(Gpr into, Register index, Register size) {
    from_end_.push_back({a_.label(), a_.label(), into, size, at_});
    const FromEnd& way = from_end_.back();
    fetch(into, index);
    arithmetic(Arithmetic::compare, into, size, Width::eight);
    a_.jump_if(Condition::above_equal, way.label);
    a_.bind(way.back);
  }

  Operand locate(const RegisterOp& op, int bytes) {
    check_index(Gpr::rcx, op.b, op.c);
    return element(op, bytes);
  }

  Operand locate_pair(const RegisterOp& op, int bytes) {
    const Register columns = second_size(op);
    check_index(Gpr::rcx, op.b, op.d);
    check_index(Gpr::rdx, op.c, columns);
    a_.multiply(Gpr::rcx, operand(columns), Width::eight);
    a_.arithmetic(Arithmetic::add, Gpr::rcx, Gpr::rdx, Width::eight);
    return element(op, bytes);
  }

  Operand element(const RegisterOp& op, int bytes) {
    const Gpr base = homes_.gpr(op.a).value_or(Gpr::rax);
    fetch(base, op.a);
    return Operand::element(base, Gpr::rcx, bytes);
  }

  void load(const RegisterOp& op, Operand from, std::size_t bytes) {
    if (const auto xmm = homes_.xmm(op.out); xmm && bytes != 1)
      return a_.load(*xmm, from, bytes == sizeof(double));
    const Gpr place = homes_.gpr(op.out).value_or(Gpr::rax);
    a_.move(place, from, width_of(bytes));
    put(op.out, place);
  }

  void store(const RegisterOp& op, Operand to, std::size_t bytes) {
    if (const auto xmm = homes_.xmm(op.out); xmm && bytes != 1)
      return a_.store(to, *xmm, bytes == sizeof(double));
    const Gpr place = homes_.gpr(op.out).value_or(Gpr::rdx);
    fetch(place, op.out);
    a_.store(to, place, width_of(bytes));
  }

  // Its operands are all in memory.
  void kernel(const RegisterOp& op) {
    store_homes(at_);
    const Register operands[] = {op.a, op.b, op.c};
    for (int i = 0; i < 3; ++i) {
      a_.address(Gpr::rax, memory(operands[i]));
      a_.store(Operand::memory(Gpr::rsp, i * static_cast<int>(sizeof(void*))), Gpr::rax);
    }
    a_.address(Gpr::rdi, memory(op.out));
    a_.move(Gpr::rsi, Gpr::rsp);
    a_.move(Gpr::rdx, reinterpret_cast<std::uint64_t>(&kOneStep));
    a_.move(Gpr::rcx, std::uint64_t{1});
    a_.move(Gpr::rax,
            reinterpret_cast<std::uint64_t>(program_.kernels[static_cast<std::size_t>(op.jump)]));
    a_.call(Gpr::rax);
    load_homes(at_);
    static_assert(offsetof(kernels::Fault, code) == 0 && sizeof(kernels::Fault::code) == 4);
    a_.test(Gpr::rax, Gpr::rax, Width::four);
    a_.jump_if(Condition::not_equal, stop_label(RegisterStop::fault));
  }

  void select(const RegisterOp& op) {
    fetch(Gpr::rax, op.b);
    fetch(Gpr::rcx, op.c);
    compare_flag(op.a);
    a_.move_if(Condition::equal, Gpr::rax, Gpr::rcx, Width::eight);
    put(op.out, Gpr::rax);
  }

  static constexpr Register kNoRegister = UINT16_MAX;

  const RegisterProgram& program_;
  const NativeRegisters homes_;
  x86::Assembler a_;
  std::vector<Label> labels_;  // per operation
  std::size_t at_ = 0;         // the operation at hand
  Label leave_;
  std::vector<Stop> stops_;
  std::vector<FromEnd> from_end_;
};

}  // namespace

Translation translate(const RegisterProgram& program) { return Translator(program).run(); }

}  // namespace pygraph::plan
