// A register program: what a stretch of a plan that computes single numbers becomes, whole loops
// and branches included. Its operations are sixteen bytes each and work on a file of 8-byte
// registers; a number stands in the low bytes of its register. Constants have registers of their
// own, filled once.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ir/ir.hpp"
#include "kernels/signatures.hpp"

namespace pygraph::plan {

enum class RegisterOperation : std::uint16_t {
#define PYGRAPH_REGISTER_CONTROL(name, fields) name,
#define PYGRAPH_REGISTER_MOVE(name, fields, types) name,
#define PYGRAPH_REGISTER_FUSED(name, fields, types) name,
#define PYGRAPH_REGISTER_VALUE(op, types, expression) op,
#define PYGRAPH_REGISTER_CAST(to, type, types, expression) to_##to,
#define PYGRAPH_REGISTER_DIVISION(op, types, expression) op,
#define PYGRAPH_REGISTER_TEST(op, types, expression) op, if_##op, unless_##op, loop_if_##op,
#include "plan/register_codes.def"
};

inline constexpr std::size_t kRegisterOperations = 0
#define PYGRAPH_REGISTER_CONTROL(name, fields) +1
#define PYGRAPH_REGISTER_MOVE(name, fields, types) +1
#define PYGRAPH_REGISTER_FUSED(name, fields, types) +1
#define PYGRAPH_REGISTER_VALUE(op, types, expression) +1
#define PYGRAPH_REGISTER_CAST(to, type, types, expression) +1
#define PYGRAPH_REGISTER_DIVISION(op, types, expression) +1
#define PYGRAPH_REGISTER_TEST(op, types, expression) +4
#include "plan/register_codes.def"
    ;

// An operation, and the dtype that it is done in.
class RegisterCode {
 public:
  static constexpr int kDTypeBits = 4;
  static constexpr std::size_t kCount = kRegisterOperations << kDTypeBits;

  constexpr RegisterCode(RegisterOperation operation, DType dtype = DType::bool_)
      : index_(static_cast<std::uint16_t>(static_cast<unsigned>(operation) << kDTypeBits |
                                          static_cast<unsigned>(dtype))) {}

  constexpr RegisterOperation operation() const {
    return static_cast<RegisterOperation>(index_ >> kDTypeBits);
  }
  constexpr DType dtype() const { return static_cast<DType>(index_ & ((1U << kDTypeBits) - 1)); }
  constexpr std::size_t index() const { return index_; }
  friend constexpr bool operator==(RegisterCode, RegisterCode) = default;

 private:
  static_assert(kDTypeCount <= 1U << kDTypeBits);
  std::uint16_t index_;
};

// A register, as its offset in bytes.
using Register = std::uint16_t;

struct RegisterOp {
  RegisterCode code = RegisterOperation::finish;
  Register out = 0;
  Register a = 0;
  Register b = 0;
  Register c = 0;
  Register d = 0;         // of a back edge: what one turn costs
  std::int32_t jump = 0;  // how many operations on; or a storage, or a kernel of the program
};
static_assert(sizeof(RegisterOp) == 16);

// The size of the second axis, of an access to an element by a pair of indices.
inline Register second_size(const RegisterOp& operation) {
  return static_cast<Register>(operation.d + sizeof(std::uint64_t));
}

enum class RegisterKind : std::uint8_t {
  control,
  move,
  fused,
  value,
  cast,
  division,
  test,
  jump_if,  // the test holds
  jump_unless,
  loop_if
};

// What the table says of a code.
struct RegisterForm {
  std::string_view name;  // of the operation
  std::string_view fields;
  RegisterKind kind = RegisterKind::control;
  ir::OpCode op = {};  // of values, casts, divisions and tests
  DType in = DType::bool_;
  DType out = DType::bool_;

  bool writes() const { return fields.starts_with('o'); }
  bool jumps() const { return fields.ends_with('j'); }
};

RegisterForm form_of(RegisterCode code);

// Whether what stands behind it is never run next.
inline bool ends_program(const RegisterOp& operation) {
  return operation.code == RegisterOperation::finish || operation.code == RegisterOperation::raise;
}

// Whether it goes back to what was run before: the end of a loop, which may be all of it.
inline bool is_back_edge(const RegisterOp& operation) {
  return operation.jump <= 0 && form_of(operation.code).jumps();
}

// What a run hands to a program.
struct RegisterState {
  std::byte* registers;
  std::byte** pointers;  // per storage of the plan
  Tensor* tensors;       // likewise, of those that are dynamic
  std::int64_t budget;   // back edges take their cost from it
  std::uint32_t at = 0;  // the operation to begin with; after a stop, the one that stopped
  kernels::Fault fault = {};
};

enum class RegisterStop : std::uint8_t {
  finished,
  out_of_budget,  // at a back edge that is to be taken
  undefined,      // a variable that was read before it was set
  raised,         // a raise op
  grow,           // a list that has no room for an item; the next operation goes on
  fault           // in a kernel, a division or an index
};

class NativeCode;

// What to say of an operation that faults.
struct RegisterOrigin {
  ir::LocationId location = kNoLocation;
  std::uint32_t target = 0;  // of the plan's instruction: a kernel, dynamic call, name or text
  bool dynamic = false;
  std::uint32_t array = 0;     // of a dynamic call: the storage with the elements
  std::uint32_t operands = 0;  // of a raise op: the first of its operands in the plan
};

struct RegisterProgram {
  std::vector<RegisterOp> code;
  std::vector<RegisterOrigin> origins;  // per operation
  std::vector<kernels::ElementwiseFn> kernels;
  std::vector<std::uint64_t> registers;  // as a run finds them: constants, and zeros
  std::vector<std::uint32_t> owned;      // storages: dynamic arrays that elements are written to
  std::uint32_t first_register = 0;  // in the frame's registers, where those of all programs are
  std::shared_ptr<const NativeCode> native;  // the same for the processor; may be none

  // One line per operation, each after `indent`.
  std::string text(const std::string& indent) const;
};

}  // namespace pygraph::plan
