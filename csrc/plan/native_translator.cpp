// The frame of the machine code, and what is no computation: jumps, elements, kernels.
#include "plan/native_translator.hpp"

#include <algorithm>
#include <utility>

#include "base/tensor.hpp"
#include "plan/register_lists.hpp"

namespace pygraph::plan {
namespace native {
namespace {

constexpr Gpr kKept[] = {Gpr::rbx, Gpr::rbp, Gpr::r12, Gpr::r13, Gpr::r14, Gpr::r15};
// Room for the operands of a kernel; with it the stack is aligned as calls need it.
constexpr std::int32_t kStackBytes = 3 * sizeof(void*);
constexpr std::int64_t kOneStep[3] = {0, 0, 0};
// A constant index up to this is part of the instruction.
constexpr std::uint64_t kFarthest = 1 << 20;

Width width_of(std::size_t bytes) {
  switch (bytes) {
    case 1: return Width::byte;
    case 2: return Width::two;
    case 4: return Width::four;
    default: return Width::eight;
  }
}

std::int64_t axis_size(const Tensor* tensors, std::int64_t storage, std::int64_t axis) {
  return tensors[storage].shape()[static_cast<int>(axis)];
}

}  // namespace

Translation Translator::run() {
  enter();
  for (at_ = 0; at_ < program_.code.size(); ++at_) {
    a_.bind(labels_[at_]);
    if (jumps_over_count(at_)) {
      count_if(program_.code[at_], program_.code[at_ + 1]);
      a_.bind(labels_[++at_]);
    } else {
      translate(program_.code[at_]);
    }
  }
  translate_rest();
  a_.bind(leave_);
  leave();
  std::vector<std::uint32_t> entries = translate_entries();
  a_.link();
  return {a_.code(), std::move(entries)};
}

bool Translator::jumps_over_count(std::size_t operation) const {
  const RegisterOp& test = program_.code[operation];
  const RegisterKind kind = form_of(test.code).kind;
  if (kind != RegisterKind::jump_if && kind != RegisterKind::jump_unless) return false;
  if (test.jump != 2) return false;
  const RegisterOp& add = program_.code[operation + 1];
  return add.code == RegisterCode(RegisterOperation::add, DType::int64) && add.out == add.a &&
         homes_.constant(add.b) == 1 && !is_target_[operation + 1];
}

void Translator::enter() {
  for (const Gpr gpr : kKept) a_.push(gpr);
  a_.arithmetic(Arithmetic::subtract, Operand(Gpr::rsp), kStackBytes, Width::eight);
  a_.move(kState, Gpr::rdi);
  a_.move(Gpr::rax, Gpr::rsi);
  a_.move(kRegisters, state(offsetof(RegisterState, registers)));
  a_.move(kBudget, state(offsetof(RegisterState, budget)));
  a_.jump(Gpr::rax);
}

std::vector<std::uint32_t> Translator::translate_entries() {
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
    if (is_back_edge(operation)) add(at_ - static_cast<std::size_t>(-operation.jump));
    const bool grows = operation.code == RegisterOperation::grow_back ||
                       operation.code == RegisterOperation::grow_front;
    if (grows) add(at_ + 1);
  }
  return entries;
}

void Translator::leave() {
  a_.store(state(offsetof(RegisterState, budget)), kBudget);
  a_.store(state(offsetof(RegisterState, at)), Gpr::rax, Width::four);
  a_.move(Gpr::rax, Gpr::rdx);
  a_.arithmetic(Arithmetic::add, Operand(Gpr::rsp), kStackBytes, Width::eight);
  for (std::size_t i = std::size(kKept); i-- > 0;) a_.pop(kKept[i]);
  a_.ret();
}

void Translator::load(const NativeRegisters::Home& home) {
  if (home.gpr) a_.move(*home.gpr, memory(home.which));
  if (home.xmm) a_.load(*home.xmm, memory(home.which), true);
}

// A constant is in memory all the time.
void Translator::store(const NativeRegisters::Home& home) {
  if (homes_.constant(home.which)) return;
  if (home.gpr) a_.store(memory(home.which), *home.gpr);
  if (home.xmm) a_.store(memory(home.which), *home.xmm, true);
}

void Translator::load_homes(std::size_t operation) {
  for (const NativeRegisters::Home& home : homes_.homes()) {
    if (home.holds_at(operation)) load(home);
  }
}

void Translator::store_homes(std::size_t operation) {
  for (const NativeRegisters::Home& home : homes_.homes()) {
    if (home.holds_at(operation)) store(home);
  }
}

bool Translator::is_lost_in_call(const NativeRegisters::Home& home) const {
  const bool is_kept =
      home.gpr && std::find(std::begin(kKept), std::end(kKept), *home.gpr) != std::end(kKept);
  return !is_kept && home.holds_at(at_);
}

void Translator::save_for_call() {
  for (const NativeRegisters::Home& home : homes_.homes()) {
    if (is_lost_in_call(home)) store(home);
  }
}

void Translator::restore_after_call() {
  for (const NativeRegisters::Home& home : homes_.homes()) {
    if (is_lost_in_call(home)) load(home);
  }
}

void Translator::stop(std::size_t operation, RegisterStop why) {
  if (why != RegisterStop::finished) store_homes(operation);
  a_.move(Gpr::rax, operation);
  a_.move(Gpr::rdx, static_cast<std::uint64_t>(why));
  a_.jump(leave_);
}

void Translator::translate_rest() {
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

void Translator::arithmetic(Arithmetic what, Gpr to, Register with, Width width) {
  const auto number = homes_.constant(with);
  if (number && fits_immediate(*number)) {
    a_.arithmetic(what, Operand(to), static_cast<std::int32_t>(*number), width);
  } else {
    a_.arithmetic(what, to, operand(with), width);
  }
}

void Translator::translate(const RegisterOp& op) {
  const RegisterForm form = form_of(op.code);
  switch (form.kind) {
    case RegisterKind::control: return translate_control(op);
    case RegisterKind::move: return translate_move(op, itemsize(form.in));
    case RegisterKind::fused: return translate_fused(op, form);
    case RegisterKind::value: return is_real(form.in) ? real_value(op, form) : value(op, form);
    case RegisterKind::cast: return cast(op, form);
    case RegisterKind::division: return division(op, form);
    case RegisterKind::test: return put_test(op, compare(op, form));
    case RegisterKind::jump_if: return jump_on(compare(op, form), true, target(op));
    case RegisterKind::jump_unless: return jump_on(compare(op, form), false, target(op));
    case RegisterKind::loop_if: return loop_on(compare(op, form), op);
  }
}

void Translator::translate_control(const RegisterOp& op) {
  switch (op.code.operation()) {
    case RegisterOperation::finish: return stop(at_, RegisterStop::finished);
    case RegisterOperation::jump: return a_.jump(target(op));
    case RegisterOperation::if_true: return jump_on(compare_flag(op.a), true, target(op));
    case RegisterOperation::unless_true: return jump_on(compare_flag(op.a), false, target(op));
    case RegisterOperation::loop: return loop(op);
    case RegisterOperation::loop_if_true: return loop_on(compare_flag(op.a), op);
    case RegisterOperation::loop_unless_true: {
      const Test flag = compare_flag(op.a);
      return loop_on({x86::inverse(flag.condition)}, op);
    }
    case RegisterOperation::check_defined:
      return jump_on(compare_flag(op.a), false, stop_label(RegisterStop::fault));
    case RegisterOperation::raise: return stop(at_, RegisterStop::raised);
    case RegisterOperation::import_address: load_pointer(op.jump); return put(op.out, Gpr::rax);
    case RegisterOperation::import_size: return import_fact(op, &axis_size);
    case RegisterOperation::import_room: return import_fact(op, &room_of);
    case RegisterOperation::export_list: return export_list(op);
    case RegisterOperation::grow_back:
    case RegisterOperation::grow_front: return stop(at_, RegisterStop::grow);
    case RegisterOperation::copy: return copy(op.out, op.a);
    case RegisterOperation::position:
      check_index(Gpr::rcx, op.b, op.c);
      return put(op.out, Gpr::rcx);
    case RegisterOperation::position_in:
      check_index(Gpr::rcx, op.c, op.d);
      fetch(Gpr::rax, op.b);
      a_.multiply(Gpr::rax, operand(op.d), Width::eight);
      a_.arithmetic(Arithmetic::add, Gpr::rax, Gpr::rcx, Width::eight);
      return put(op.out, Gpr::rax);
    case RegisterOperation::kernel: return kernel(op);
    case RegisterOperation::select: return select(op);
    default: return stop(at_, RegisterStop::fault);
  }
}

void Translator::translate_move(const RegisterOp& op, std::size_t size) {
  const auto bytes = static_cast<int>(size);
  switch (op.code.operation()) {
    case RegisterOperation::import_: return import(op, size);
    case RegisterOperation::export_: return export_(op, size);
    case RegisterOperation::load: return load(op, locate(op, bytes), size);
    case RegisterOperation::store: return store(op, locate(op, bytes), size);
    case RegisterOperation::load_pair: return load(op, locate_pair(op, bytes), size);
    case RegisterOperation::store_pair: return store(op, locate_pair(op, bytes), size);
    case RegisterOperation::get: return load(op, element(op, op.b, bytes), size);
    case RegisterOperation::put: return store(op, element(op, op.b, bytes), size);
    default: return stop(at_, RegisterStop::fault);
  }
}

void Translator::translate_fused(const RegisterOp& op, const RegisterForm& form) {
  switch (op.code.operation()) {
    case RegisterOperation::choose_lesser:
      return real_binary(op, Real::lesser, op.b, is_wide(form.in));
    case RegisterOperation::choose_greater:
      return real_binary(op, Real::greater, op.b, is_wide(form.in));
    case RegisterOperation::multiply_add:
      return is_real(form.in) ? real_multiply_add(op) : multiply_add(op);
    case RegisterOperation::add_loop_if_less: return count(op, Condition::less);
    case RegisterOperation::add_loop_if_less_equal: return count(op, Condition::less_equal);
    default: return stop(at_, RegisterStop::fault);
  }
}

void Translator::loop(const RegisterOp& op) {
  a_.arithmetic(Arithmetic::subtract, Operand(kBudget), op.d, Width::eight);
  a_.jump_if(Condition::no_sign, target(op));
  stop(at_, RegisterStop::out_of_budget);
}

void Translator::loop_on(Test test, const RegisterOp& op) {
  const Label skip = a_.label();
  jump_on(test, false, skip);
  a_.arithmetic(Arithmetic::subtract, Operand(kBudget), op.d, Width::eight);
  a_.jump_if(Condition::no_sign, target(op));
  a_.jump(stop_label(RegisterStop::out_of_budget));
  a_.bind(skip);
}

void Translator::count(const RegisterOp& op, Condition condition) {
  const Gpr place = place_for(op.out, op.b);
  fetch(place, op.a);
  arithmetic(Arithmetic::add, place, op.b, Width::eight);
  put(op.out, place);
  arithmetic(Arithmetic::compare, place, op.c, Width::eight);
  loop_on({condition}, op);
}

void Translator::load_pointer(std::int32_t storage) {
  a_.move(Gpr::rax, state(offsetof(RegisterState, pointers)));
  a_.move(Gpr::rax, Operand::memory(Gpr::rax, storage * static_cast<std::int32_t>(sizeof(void*))));
}

void Translator::import(const RegisterOp& op, std::size_t bytes) {
  load_pointer(op.jump);
  a_.move(Gpr::rax, Operand::memory(Gpr::rax, 0), width_of(bytes));
  put(op.out, Gpr::rax);
}

void Translator::export_(const RegisterOp& op, std::size_t bytes) {
  load_pointer(op.jump);
  fetch(Gpr::rcx, op.a);
  a_.store(Operand::memory(Gpr::rax, 0), Gpr::rcx, width_of(bytes));
}

void Translator::import_fact(const RegisterOp& op, Fact fact) {
  save_for_call();
  a_.move(Gpr::rdi, state(offsetof(RegisterState, tensors)));
  a_.move(Gpr::rsi, static_cast<std::uint64_t>(op.jump));
  a_.move(Gpr::rdx, std::uint64_t{op.a});
  a_.move(Gpr::rax, reinterpret_cast<std::uint64_t>(fact));
  a_.call(Gpr::rax);
  restore_after_call();
  put(op.out, Gpr::rax);
}

void Translator::export_list(const RegisterOp& op) {
  fetch(Gpr::rdx, op.a);
  fetch(Gpr::rcx, op.b);
  save_for_call();
  a_.move(Gpr::rdi, kState);
  a_.move(Gpr::rsi, static_cast<std::uint64_t>(op.jump));
  a_.move(Gpr::rax, reinterpret_cast<std::uint64_t>(&set_extent));
  a_.call(Gpr::rax);
  restore_after_call();
}

void Translator::copy(Register to, Register from) {
  const auto real = homes_.xmm(to);
  if (real && !homes_.gpr(from)) return fetch_real(*real, from, true);
  const Gpr place = homes_.gpr(to).value_or(Gpr::rax);
  fetch(place, from);
  put(to, place);
}

void Translator::check_index(Gpr into, Register index, Register size) {
  from_end_.push_back({a_.label(), a_.label(), into, size, at_});
  const FromEnd& way = from_end_.back();
  fetch(into, index);
  arithmetic(Arithmetic::compare, into, size, Width::eight);
  a_.jump_if(Condition::above_equal, way.label);
  a_.bind(way.back);
}

Operand Translator::locate(const RegisterOp& op, int bytes) {
  check_index(Gpr::rcx, op.b, op.c);
  return element(op, bytes);
}

Operand Translator::locate_pair(const RegisterOp& op, int bytes) {
  const Register columns = second_size(op);
  check_index(Gpr::rcx, op.b, op.d);
  check_index(Gpr::rdx, op.c, columns);
  a_.multiply(Gpr::rcx, operand(columns), Width::eight);
  a_.arithmetic(Arithmetic::add, Gpr::rcx, Gpr::rdx, Width::eight);
  return element(op, bytes);
}

Operand Translator::element(const RegisterOp& op, int bytes) {
  const Gpr base = homes_.gpr(op.a).value_or(Gpr::rax);
  fetch(base, op.a);
  return Operand::element(base, Gpr::rcx, bytes);
}

Operand Translator::element(const RegisterOp& op, Register index, int bytes) {
  const Gpr base = homes_.gpr(op.a).value_or(Gpr::rax);
  fetch(base, op.a);
  const auto number = homes_.constant(index);
  if (number && *number <= kFarthest)
    return Operand::memory(base, static_cast<std::int32_t>(*number) * bytes);
  const Gpr place = homes_.gpr(index).value_or(Gpr::rcx);
  fetch(place, index);
  return Operand::element(base, place, bytes);
}

void Translator::load(const RegisterOp& op, Operand from, std::size_t bytes) {
  if (const auto xmm = homes_.xmm(op.out); xmm && bytes >= sizeof(float))
    return a_.load(*xmm, from, bytes == sizeof(double));
  const Gpr place = homes_.gpr(op.out).value_or(Gpr::rax);
  a_.move(place, from, width_of(bytes));
  put(op.out, place);
}

void Translator::store(const RegisterOp& op, Operand to, std::size_t bytes) {
  if (const auto xmm = homes_.xmm(op.out); xmm && bytes >= sizeof(float))
    return a_.store(to, *xmm, bytes == sizeof(double));
  const Gpr place = homes_.gpr(op.out).value_or(Gpr::rdx);
  fetch(place, op.out);
  a_.store(to, place, width_of(bytes));
}

void Translator::kernel(const RegisterOp& op) {
  save_for_call();
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
  restore_after_call();
  static_assert(offsetof(kernels::Fault, code) == 0 && sizeof(kernels::Fault::code) == 4);
  a_.test(Gpr::rax, Gpr::rax, Width::four);
  a_.jump_if(Condition::not_equal, stop_label(RegisterStop::fault));
}

void Translator::select(const RegisterOp& op) {
  fetch(Gpr::rax, op.b);
  fetch(Gpr::rcx, op.c);
  compare_flag(op.a);
  a_.move_if(Condition::equal, Gpr::rax, Gpr::rcx, Width::eight);
  put(op.out, Gpr::rax);
}

}  // namespace native

Translation translate(const RegisterProgram& program) { return native::Translator(program).run(); }

}  // namespace pygraph::plan
