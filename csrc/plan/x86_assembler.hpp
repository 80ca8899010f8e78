// Writes x86-64 instructions, those that native code is made of.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace pygraph::plan::x86 {

// Numbers as the encoding has them.
enum class Gpr : std::uint8_t {
  rax,
  rcx,
  rdx,
  rbx,
  rsp,
  rbp,
  rsi,
  rdi,
  r8,
  r9,
  r10,
  r11,
  r12,
  r13,
  r14,
  r15
};
struct Xmm {
  std::uint8_t number;
  friend bool operator==(Xmm, Xmm) = default;
};

// Of jumps, set and cmov. Comparing numbers with a fraction sets the flags of unsigned ones, and
// `parity` where either is NaN.
enum class Condition : std::uint8_t {
  below = 0x2,
  above_equal = 0x3,
  equal = 0x4,
  not_equal = 0x5,
  below_equal = 0x6,
  above = 0x7,
  sign = 0x8,
  no_sign = 0x9,
  parity = 0xA,
  no_parity = 0xB,
  less = 0xC,
  greater_equal = 0xD,
  less_equal = 0xE,
  greater = 0xF
};
constexpr Condition inverse(Condition condition) {
  return static_cast<Condition>(static_cast<int>(condition) ^ 1);
}

// The operand that may be in memory: a register, or what stands at base + displacement, or at
// base + index * scale.
class Operand {
 public:
  Operand(Gpr gpr) : number_(static_cast<std::uint8_t>(gpr)) {}
  Operand(Xmm xmm) : number_(xmm.number) {}
  static Operand memory(Gpr base, std::int32_t displacement) {
    Operand operand(base);
    operand.in_memory_ = true;
    operand.displacement_ = displacement;
    return operand;
  }
  static Operand element(Gpr base, Gpr index, int scale) {
    Operand operand = memory(base, 0);
    operand.indexed_ = true;
    operand.index_ = static_cast<std::uint8_t>(index);
    operand.scale_ = scale;
    return operand;
  }
  bool in_memory() const { return in_memory_; }
  bool is(Gpr gpr) const { return !in_memory_ && number_ == static_cast<std::uint8_t>(gpr); }

 private:
  friend class Assembler;
  std::uint8_t number_;  // of the register, or of the base
  bool in_memory_ = false;
  bool indexed_ = false;
  std::uint8_t index_ = 0;
  int scale_ = 1;
  std::int32_t displacement_ = 0;
};

// What an instruction works on.
enum class Width : std::uint8_t { byte, two, four, eight };  // two: of moves alone

// Instructions that are alike but for a number in their encoding.
enum class Arithmetic : std::uint8_t {
  add = 0,
  bit_or = 1,
  bit_and = 4,
  subtract = 5,
  bit_xor = 6,
  compare = 7
};
enum class Unary : std::uint8_t {
  bit_not = 2,
  negate = 3,
  multiply = 4,
  divide = 6,
  divide_signed = 7
};
enum class Shift : std::uint8_t { left = 4, right = 5, right_signed = 7 };
// The lesser and the greater one are the second where either is NaN.
enum class Real : std::uint8_t {
  square_root = 0x51,  // of the second
  add = 0x58,
  multiply = 0x59,
  subtract = 0x5C,
  lesser = 0x5D,
  divide = 0x5E,
  greater = 0x5F
};

class Label {
 public:
  Label() = default;

 private:
  friend class Assembler;
  explicit Label(std::uint32_t index) : index_(index) {}
  std::uint32_t index_ = std::numeric_limits<std::uint32_t>::max();
};

class Assembler {
 public:
  const std::vector<std::uint8_t>& code() const { return code_; }
  std::uint32_t here() const { return static_cast<std::uint32_t>(code_.size()); }

  Label label();
  void bind(Label label);
  // Fills in where the labels are; all that were jumped to are bound.
  void link();

  // Whole numbers. The destination comes first.
  void move(Gpr to, Operand from, Width width = Width::eight);  // what is narrower is extended by 0
  void store(Operand to, Gpr from, Width width = Width::eight);
  void move(Gpr to, std::uint64_t value);
  void extend_signed(Gpr to, Operand from);  // 4 bytes to 8
  void address(Gpr to, Operand from);
  void arithmetic(Arithmetic what, Gpr to, Operand with, Width width);
  void arithmetic(Arithmetic what, Operand to, std::int32_t with, Width width);
  void multiply(Gpr to, Operand with, Width width);
  void unary(Unary what, Gpr operand, Width width);
  void shift(Shift what, Gpr to, std::uint8_t count);
  void shift_by_rcx(Shift what, Gpr to);
  void flip_bit(Gpr to, std::uint8_t bit);
  void clear_bit(Gpr to, std::uint8_t bit);
  void test(Gpr a, Gpr b, Width width);
  void extend_rax_into_rdx(Width width);
  void set(Condition condition, Gpr to);  // 1 or 0
  void move_if(Condition condition, Gpr to, Operand from, Width width);

  // Numbers with a fraction; `wide` is float64.
  void load(Xmm to, Operand from, bool wide);  // from memory
  void store(Operand to, Xmm from, bool wide);
  void copy(Xmm to, Xmm from);
  void copy_bits(Xmm to, Gpr from);
  void copy_bits(Gpr to, Xmm from);
  void real(Real what, Xmm to, Operand with, bool wide);
  void compare(Xmm a, Operand b, bool wide);
  void convert_whole(Xmm to, Operand from, Width from_width, bool wide);
  void convert_real(Xmm to, Operand from, bool from_wide);  // float64 to float32, or back
  void truncate(Gpr to, Operand from, bool from_wide);      // to the least integer where none fits

  void jump(Label to);
  void jump_if(Condition condition, Label to);
  void jump(Gpr to);
  void call(Gpr to);
  void push(Gpr gpr);
  void pop(Gpr gpr);
  void ret();

 private:
  struct Fixup {
    std::uint32_t at;
    std::uint32_t label;
  };
  // An opcode in up to two bytes, 0x0F first where there are two.
  void encode(std::uint8_t prefix, std::uint32_t opcode, std::uint8_t reg, Operand operand,
              Width width);
  void encode_real(std::uint32_t opcode, Xmm reg, Operand operand, bool wide);
  void byte(std::uint32_t value) { code_.push_back(static_cast<std::uint8_t>(value)); }
  void four(std::uint32_t value);
  void displacement_to(Label label);

  std::vector<std::uint8_t> code_;
  std::vector<std::uint32_t> bound_;  // per label
  std::vector<Fixup> fixups_;
};

}  // namespace pygraph::plan::x86
