#include "plan/x86_assembler.hpp"

#include <cstring>

namespace pygraph::plan::x86 {
namespace {

constexpr std::uint8_t kNoPrefix = 0;

std::uint8_t number(Gpr gpr) { return static_cast<std::uint8_t>(gpr); }

constexpr std::uint8_t scalar_prefix(bool wide) { return wide ? 0xF2 : 0xF3; }

}  // namespace

Label Assembler::label() {
  bound_.push_back(0);
  return Label(static_cast<std::uint32_t>(bound_.size() - 1));
}

void Assembler::bind(Label label) { bound_[label.index_] = here(); }

void Assembler::link() {
  for (const Fixup& fixup : fixups_) {
    const std::uint32_t distance = bound_[fixup.label] - (fixup.at + 4);
    std::memcpy(code_.data() + fixup.at, &distance, sizeof distance);
  }
}

void Assembler::four(std::uint32_t value) {
  for (int shift = 0; shift < 32; shift += 8) byte(value >> shift & 0xFF);
}

void Assembler::displacement_to(Label label) {
  fixups_.push_back({here(), label.index_});
  four(0);
}

void Assembler::encode(std::uint8_t prefix, std::uint32_t opcode, std::uint8_t reg, Operand operand,
                       Width width) {
  if (prefix != kNoPrefix) byte(prefix);
  const unsigned rex = (width == Width::eight ? 8U : 0U) | (reg >> 3U) << 2U |
                       (operand.index_ >> 3U) << 1U | operand.number_ >> 3U;
  // With it, the low bytes of all registers can be named.
  if (rex != 0 || width == Width::byte) byte(0x40U | rex);
  if (opcode > 0xFF) byte(opcode >> 8U);
  byte(opcode & 0xFFU);
  const unsigned base = operand.number_ & 7U;
  const unsigned middle = (reg & 7U) << 3U;
  if (!operand.in_memory_) return byte(0xC0U | middle | base);
  const bool is_short = operand.displacement_ >= -128 && operand.displacement_ < 128;
  const unsigned mode = is_short ? 0x40U : 0x80U;
  constexpr unsigned kSecondByte = 4;
  if (operand.indexed_ || base == kSecondByte) {
    const unsigned index = operand.indexed_ ? operand.index_ & 7U : kSecondByte;
    byte(mode | middle | kSecondByte);
    byte(static_cast<unsigned>(__builtin_ctz(static_cast<unsigned>(operand.scale_))) << 6U |
         index << 3U | base);
  } else {
    byte(mode | middle | base);
  }
  if (is_short) {
    byte(static_cast<std::uint32_t>(operand.displacement_) & 0xFFU);
  } else {
    four(static_cast<std::uint32_t>(operand.displacement_));
  }
}

void Assembler::encode_real(std::uint32_t opcode, Xmm reg, Operand operand, bool wide) {
  encode(scalar_prefix(wide), opcode, reg.number, operand, Width::four);
}

void Assembler::move(Gpr to, Operand from, Width width) {
  const std::uint32_t opcode = width == Width::byte ? 0x0FB6 : width == Width::two ? 0x0FB7 : 0x8B;
  encode(kNoPrefix, opcode, number(to), from, width);
}
void Assembler::store(Operand to, Gpr from, Width width) {
  encode(width == Width::two ? 0x66 : kNoPrefix, width == Width::byte ? 0x88 : 0x89, number(from),
         to, width);
}
void Assembler::move(Gpr to, std::uint64_t value) {
  byte(0x48U | number(to) >> 3U);
  byte(0xB8U | (number(to) & 7U));
  four(static_cast<std::uint32_t>(value));
  four(static_cast<std::uint32_t>(value >> 32U));
}
void Assembler::extend_signed(Gpr to, Operand from) {
  encode(kNoPrefix, 0x63, number(to), from, Width::eight);
}
void Assembler::address(Gpr to, Operand from) {
  encode(kNoPrefix, 0x8D, number(to), from, Width::eight);
}
void Assembler::arithmetic(Arithmetic what, Gpr to, Operand with, Width width) {
  encode(kNoPrefix, static_cast<std::uint32_t>(what) << 3U | 3U, number(to), with, width);
}
void Assembler::arithmetic(Arithmetic what, Operand to, std::int32_t with, Width width) {
  const bool is_short = with >= -128 && with < 128;
  const std::uint32_t opcode = width == Width::byte ? 0x80 : is_short ? 0x83 : 0x81;
  encode(kNoPrefix, opcode, static_cast<std::uint8_t>(what), to, width);
  if (is_short) {
    byte(static_cast<std::uint32_t>(with) & 0xFFU);
  } else {
    four(static_cast<std::uint32_t>(with));
  }
}
void Assembler::multiply(Gpr to, Operand with, Width width) {
  encode(kNoPrefix, 0x0FAF, number(to), with, width);
}
void Assembler::unary(Unary what, Gpr operand, Width width) {
  encode(kNoPrefix, 0xF7, static_cast<std::uint8_t>(what), operand, width);
}
void Assembler::shift(Shift what, Gpr to, std::uint8_t count) {
  encode(kNoPrefix, 0xC1, static_cast<std::uint8_t>(what), to, Width::eight);
  byte(count);
}
void Assembler::shift_by_rcx(Shift what, Gpr to) {
  encode(kNoPrefix, 0xD3, static_cast<std::uint8_t>(what), to, Width::eight);
}
void Assembler::flip_bit(Gpr to, std::uint8_t bit) {
  encode(kNoPrefix, 0x0FBA, 7, to, Width::eight);
  byte(bit);
}
void Assembler::clear_bit(Gpr to, std::uint8_t bit) {
  encode(kNoPrefix, 0x0FBA, 6, to, Width::eight);
  byte(bit);
}
void Assembler::test(Gpr a, Gpr b, Width width) {
  encode(kNoPrefix, width == Width::byte ? 0x84 : 0x85, number(b), a, width);
}
void Assembler::extend_rax_into_rdx(Width width) {
  if (width == Width::eight) byte(0x48);
  byte(0x99);
}
void Assembler::set(Condition condition, Gpr to) {
  encode(kNoPrefix, 0x0F90U | static_cast<std::uint32_t>(condition), 0, to, Width::byte);
  move(to, to, Width::byte);
}
void Assembler::move_if(Condition condition, Gpr to, Operand from, Width width) {
  encode(kNoPrefix, 0x0F40U | static_cast<std::uint32_t>(condition), number(to), from, width);
}

void Assembler::load(Xmm to, Operand from, bool wide) { encode_real(0x0F10, to, from, wide); }
void Assembler::store(Operand to, Xmm from, bool wide) { encode_real(0x0F11, from, to, wide); }
void Assembler::copy(Xmm to, Xmm from) { encode(kNoPrefix, 0x0F28, to.number, from, Width::four); }
void Assembler::copy_bits(Xmm to, Gpr from) { encode(0x66, 0x0F6E, to.number, from, Width::eight); }
void Assembler::copy_bits(Gpr to, Xmm from) { encode(0x66, 0x0F7E, from.number, to, Width::eight); }
void Assembler::real(Real what, Xmm to, Operand with, bool wide) {
  encode_real(0x0F00U | static_cast<std::uint32_t>(what), to, with, wide);
}
void Assembler::compare(Xmm a, Operand b, bool wide) {
  encode(wide ? 0x66 : kNoPrefix, 0x0F2E, a.number, b, Width::four);
}
void Assembler::convert_whole(Xmm to, Operand from, Width from_width, bool wide) {
  // The rest of the register would be waited for.
  encode(kNoPrefix, 0x0F57, to.number, to, Width::four);
  encode(scalar_prefix(wide), 0x0F2A, to.number, from, from_width);
}
void Assembler::convert_real(Xmm to, Operand from, bool from_wide) {
  encode_real(0x0F5A, to, from, from_wide);
}
void Assembler::truncate(Gpr to, Operand from, bool from_wide) {
  encode(scalar_prefix(from_wide), 0x0F2C, number(to), from, Width::eight);
}

void Assembler::jump(Label to) {
  byte(0xE9);
  displacement_to(to);
}
void Assembler::jump_if(Condition condition, Label to) {
  byte(0x0F);
  byte(0x80U | static_cast<std::uint32_t>(condition));
  displacement_to(to);
}
void Assembler::jump(Gpr to) { encode(kNoPrefix, 0xFF, 4, to, Width::four); }
void Assembler::call(Gpr to) { encode(kNoPrefix, 0xFF, 2, to, Width::four); }
void Assembler::push(Gpr gpr) { encode(kNoPrefix, 0xFF, 6, gpr, Width::four); }
void Assembler::pop(Gpr gpr) { encode(kNoPrefix, 0x8F, 0, gpr, Width::four); }
void Assembler::ret() { byte(0xC3); }

}  // namespace pygraph::plan::x86
