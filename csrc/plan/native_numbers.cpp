// The machine code of computations and tests.
#include <bit>

#include "plan/native_translator.hpp"

namespace pygraph::plan::native {

void Translator::value(const RegisterOp& op, const RegisterForm& form) {
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

void Translator::binary(const RegisterOp& op, Arithmetic what, Width width) {
  const Gpr place = place_for(op.out, op.b);
  fetch(place, op.a);
  arithmetic(what, place, op.b, width);
  put(op.out, place);
}

void Translator::multiply(const RegisterOp& op, Register with, Width width) {
  const Gpr place = place_for(op.out, with);
  fetch(place, op.a);
  a_.multiply(place, operand(with), width);
  put(op.out, place);
}

void Translator::choose(const RegisterOp& op, Condition condition, Width width) {
  fetch(Gpr::rax, op.a);
  arithmetic(Arithmetic::compare, Gpr::rax, op.b, width);
  a_.move_if(condition, Gpr::rax, operand(op.b), width);
  put(op.out, Gpr::rax);
}

void Translator::shift_left(const RegisterOp& op) {
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

void Translator::shift_right(const RegisterOp& op) {
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

void Translator::multiply_add(const RegisterOp& op) {
  fetch(Gpr::rax, op.a);
  a_.multiply(Gpr::rax, operand(op.b), Width::eight);
  if (const auto gpr = homes_.gpr(op.out); gpr && op.out == op.c)
    return a_.arithmetic(Arithmetic::add, *gpr, Gpr::rax, Width::eight);
  arithmetic(Arithmetic::add, Gpr::rax, op.c, Width::eight);
  put(op.out, Gpr::rax);
}

void Translator::real_multiply_add(const RegisterOp& op) {
  fetch_real(kOtherReal, op.a, true);
  a_.real(Real::multiply, kOtherReal, real_operand(op.b), true);
  const Xmm place = real_place_for(op.out, kNoRegister);
  fetch_real(place, op.c, true);
  a_.real(Real::add, place, kOtherReal, true);
  put_real(op.out, place, true);
}

void Translator::real_value(const RegisterOp& op, const RegisterForm& form) {
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

void Translator::real_binary(const RegisterOp& op, Real what, Register with, bool wide) {
  const Xmm place = real_place_for(op.out, with);
  fetch_real(place, op.a, wide);
  a_.real(what, place, real_operand(with), wide);
  put_real(op.out, place, wide);
}

void Translator::real_choose(const RegisterOp& op, bool wide, bool greater) {
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

void Translator::cast(const RegisterOp& op, const RegisterForm& form) {
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

// Division by multiplication, as by Granlund and Montgomery (1994): with L bits for the divisor,
// the upper bits of the product with 2^(63 + L) / divisor, rounded up, are the quotient of any
// number of 63 bits. All bits of a negative number are turned before and after that, which rounds
// it down.
void Translator::divide_by(const RegisterOp& op, const RegisterForm& form, std::uint64_t divisor) {
  __extension__ using Wide = unsigned __int128;
  const auto bits = static_cast<unsigned>(std::bit_width(divisor - 1));
  const auto factor = static_cast<std::uint64_t>((Wide{1} << (63 + bits)) / divisor + 1);
  const auto turn = [&](Gpr number) {
    a_.move(Gpr::rax, Gpr::rcx);
    a_.shift(Shift::right_signed, Gpr::rax, 63);
    a_.arithmetic(Arithmetic::bit_xor, number, Gpr::rax, Width::eight);
  };
  fetch(Gpr::rcx, op.a);
  if (!is_wide(form.in)) a_.extend_signed(Gpr::rcx, Gpr::rcx);
  a_.move(Gpr::rdx, Gpr::rcx);
  turn(Gpr::rdx);
  a_.move(Gpr::rax, factor);
  a_.unary(Unary::multiply, Gpr::rdx, Width::eight);
  a_.shift(Shift::right, Gpr::rdx, static_cast<std::uint8_t>(bits - 1));
  turn(Gpr::rdx);
  if (form.op == OpCode::floor_divide) return put(op.out, Gpr::rdx);
  a_.move(Gpr::rax, divisor);
  a_.multiply(Gpr::rdx, Gpr::rax, Width::eight);
  a_.arithmetic(Arithmetic::subtract, Gpr::rcx, Gpr::rdx, Width::eight);
  put(op.out, Gpr::rcx);
}

void Translator::division(const RegisterOp& op, const RegisterForm& form) {
  const Width width = computing_width(form.in);
  const bool quotient = form.op == OpCode::floor_divide;
  const auto number = homes_.constant(op.b);
  if (number) {
    const auto divisor =
        is_wide(form.in) ? static_cast<std::int64_t>(*number) : static_cast<std::int32_t>(*number);
    if (divisor > 2) return divide_by(op, form, static_cast<std::uint64_t>(divisor));
  }
  const Label wide = a_.label();
  const Label done = a_.label();
  fetch(Gpr::rax, op.a);
  fetch(Gpr::rcx, op.b);
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

Test Translator::compare(const RegisterOp& op, const RegisterForm& form) {
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

Test Translator::compare_reals(const RegisterOp& op, const RegisterForm& form) {
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

Test Translator::compare_flag(Register flag) {
  a_.arithmetic(Arithmetic::compare, operand(flag), 0, Width::byte);
  return {Condition::not_equal};
}

void Translator::put_test(const RegisterOp& op, Test test) {
  fetch_test(test);
  put(op.out, Gpr::rax);
}

void Translator::fetch_test(Test test) {
  a_.set(test.condition, Gpr::rax);
  if (test.looks_at_parity) {
    const bool equal = test.condition == Condition::equal;
    a_.set(equal ? Condition::no_parity : Condition::parity, Gpr::rcx);
    a_.arithmetic(equal ? Arithmetic::bit_and : Arithmetic::bit_or, Gpr::rax, Gpr::rcx,
                  Width::four);
  }
}

// What happens now and then is predicted badly: the sum with 0 or 1 takes less time than a jump.
void Translator::count_if(const RegisterOp& test, const RegisterOp& add) {
  const RegisterForm form = form_of(test.code);
  fetch_test(compare(test, form));
  if (form.kind == RegisterKind::jump_if)
    a_.arithmetic(Arithmetic::bit_xor, Operand(Gpr::rax), 1, Width::four);
  const Gpr place = homes_.gpr(add.out).value_or(Gpr::rcx);
  fetch(place, add.out);
  a_.arithmetic(Arithmetic::add, place, Gpr::rax, Width::eight);
  put(add.out, place);
}

void Translator::jump_on(Test test, bool wanted, Label to) {
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

}  // namespace pygraph::plan::native
