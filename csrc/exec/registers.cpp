// Every operation jumps straight to the code of the next one: each such jump is predicted by
// itself.
#include "exec/registers.hpp"

#include <array>
#include <cmath>
#include <concepts>
#include <cstring>
#include <span>
#include <type_traits>

#include "plan/register_lists.hpp"

namespace pygraph::exec {
namespace {

using kernels::Fault;
using kernels::FaultCode;
using plan::Register;
using plan::RegisterOp;
using plan::RegisterState;
using plan::RegisterStop;

template <class T>
T load(const std::byte* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <class T>
void store(std::byte* to, T value) {
  std::memcpy(to, &value, sizeof value);
}

// Arithmetic as kernels do it: that of integers wraps, in no fewer than 32 bits, because narrower
// ones become an int.
template <std::integral T>
auto wrapping(T value) {
  return static_cast<decltype(std::make_unsigned_t<T>{} + 0U)>(value);
}
template <class T>
T sum(T a, T b) {
  if constexpr (std::integral<T>)
    return static_cast<T>(wrapping(a) + wrapping(b));
  else
    return a + b;
}
template <class T>
T difference(T a, T b) {
  if constexpr (std::integral<T>)
    return static_cast<T>(wrapping(a) - wrapping(b));
  else
    return a - b;
}
template <class T>
T product(T a, T b) {
  if constexpr (std::integral<T>)
    return static_cast<T>(wrapping(a) * wrapping(b));
  else
    return a * b;
}
template <class T>
T negated(T a) {
  if constexpr (std::integral<T>)
    return static_cast<T>(0 - wrapping(a));
  else
    return -a;
}
template <class T>
T magnitude(T a) {
  if constexpr (std::integral<T>)
    return a < 0 ? negated(a) : a;
  else
    return std::fabs(a);
}
float square_root(float a) { return __builtin_sqrtf(a); }
double square_root(double a) { return __builtin_sqrt(a); }

// Division rounds down; the divisor is not 0. The least integer divided by -1 would trap.
template <class T>
T floor_quotient(T a, T b) {
  if (b == -1) return static_cast<T>(0 - wrapping(a));
  const T quotient = a / b;
  const T rest = a % b;
  return quotient - (((rest != 0) & ((rest < 0) != (b < 0))) ? 1 : 0);
}
template <class T>
T floor_remainder(T a, T b) {
  if (b == -1) return 0;
  const T rest = a % b;
  return ((rest != 0) & ((rest < 0) != (b < 0))) ? rest + b : rest;
}

// A count of 64 or more, or a negative one, shifts all bits out.
std::int64_t shifted_left(std::int64_t a, std::int64_t count) {
  const std::uint64_t shift = wrapping(count);
  return shift < 64 ? static_cast<std::int64_t>(wrapping(a) << shift) : 0;
}
std::int64_t shifted_right(std::int64_t a, std::int64_t count) {
  const std::uint64_t shift = wrapping(count);
  return a >> (shift < 64 ? shift : 63);
}

// NaN and what is out of range become the least integer.
template <class T>
std::int64_t whole(T a) {
  if constexpr (std::integral<T>) {
    return a;
  } else {
    constexpr T kEnd = 0x1p63;
    return a >= -kEnd && a < kEnd ? static_cast<std::int64_t>(a) : INT64_MIN;
  }
}

// An index from the start of an axis; not below `size` if it is out of range.
std::uint64_t from_start(std::int64_t index, std::uint64_t size) {
  const std::uint64_t at = wrapping(index);
  return at < size ? at : at + size;
}

constexpr std::int64_t kOneStep[3] = {0, 0, 0};

// The code that does an operation, and where that of each is.
struct Label {
  plan::RegisterCode code;
  const void* address;
};
using Labels = std::array<const void*, plan::RegisterCode::kCount>;

Labels by_code(std::span<const Label> labels) {
  Labels found{};
  for (const Label& label : labels) found[label.code.index()] = label.address;
  return found;
}

}  // namespace

RegisterStop run_registers(const plan::RegisterProgram& program, RegisterState& state) {
#define PYGRAPH_LABEL(dtype, type, name) \
  {{plan::RegisterOperation::name, DType::dtype}, &&name##_##dtype},
#define PYGRAPH_TEST_LABELS(dtype, type, name) \
  PYGRAPH_LABEL(dtype, type, name)             \
  PYGRAPH_LABEL(dtype, type, if_##name)        \
  PYGRAPH_LABEL(dtype, type, unless_##name)    \
  PYGRAPH_LABEL(dtype, type, loop_if_##name)
  static constexpr Label kLabels[] = {
#define PYGRAPH_REGISTER_CONTROL(name, fields) {plan::RegisterOperation::name, &&name},
#define PYGRAPH_REGISTER_MOVE(name, fields, types) PYGRAPH_TYPES_##types(PYGRAPH_LABEL, name)
#define PYGRAPH_REGISTER_FUSED(name, fields, types) PYGRAPH_TYPES_##types(PYGRAPH_LABEL, name)
#define PYGRAPH_REGISTER_VALUE(op, types, expression) PYGRAPH_TYPES_##types(PYGRAPH_LABEL, op)
#define PYGRAPH_REGISTER_CAST(to, type, types, expression) \
  PYGRAPH_TYPES_##types(PYGRAPH_LABEL, to_##to)
#define PYGRAPH_REGISTER_DIVISION(op, types, expression) PYGRAPH_TYPES_##types(PYGRAPH_LABEL, op)
#define PYGRAPH_REGISTER_TEST(op, types, expression) PYGRAPH_TYPES_##types(PYGRAPH_TEST_LABELS, op)
#include "plan/register_codes.def"
  };
  static const Labels kCode = by_code(kLabels);
  const void* const* const labels = kCode.data();
  const RegisterOp* op = program.code.data() + state.at;
  std::byte* const registers = state.registers;
  std::byte* const* const pointers = state.pointers;
  std::int64_t budget = state.budget;
  RegisterStop stop = RegisterStop::finished;

#define PYGRAPH_DISPATCH goto* labels[op->code.index()]
#define PYGRAPH_NEXT \
  ++op;              \
  PYGRAPH_DISPATCH
#define PYGRAPH_JUMP \
  op += op->jump;    \
  PYGRAPH_DISPATCH
#define PYGRAPH_LOOP                  \
  budget -= op->d;                    \
  if (budget < 0) goto out_of_budget; \
  PYGRAPH_JUMP
#define PYGRAPH_GET(type, field) load<type>(registers + op->field)

  PYGRAPH_DISPATCH;

finish:
  goto leave;
jump:
  PYGRAPH_JUMP;
if_true:
  if (PYGRAPH_GET(std::uint8_t, a) != 0) {
    PYGRAPH_JUMP;
  }
  PYGRAPH_NEXT;
unless_true:
  if (PYGRAPH_GET(std::uint8_t, a) == 0) {
    PYGRAPH_JUMP;
  }
  PYGRAPH_NEXT;
loop:
  PYGRAPH_LOOP;
loop_if_true:
  if (PYGRAPH_GET(std::uint8_t, a) != 0) {
    PYGRAPH_LOOP;
  }
  PYGRAPH_NEXT;
loop_unless_true:
  if (PYGRAPH_GET(std::uint8_t, a) == 0) {
    PYGRAPH_LOOP;
  }
  PYGRAPH_NEXT;
check_defined:
  if (PYGRAPH_GET(std::uint8_t, a) == 0) goto undefined;
  PYGRAPH_NEXT;

// What MOVE operations do, for each width.
#define PYGRAPH_TRANSFERS(dtype, type, ...)                                     \
  import__##dtype : store(registers + op->out, load<type>(pointers[op->jump])); \
  PYGRAPH_NEXT;                                                                 \
  export__##dtype : store(pointers[op->jump], PYGRAPH_GET(type, a));            \
  PYGRAPH_NEXT;

  PYGRAPH_TYPES_WIDTHS(PYGRAPH_TRANSFERS, )

import_address:
  store(registers + op->out, pointers[op->jump]);
  PYGRAPH_NEXT;
import_size:
  store(registers + op->out, state.tensors[op->jump].shape()[op->a]);
  PYGRAPH_NEXT;
import_room:
  store(registers + op->out, plan::room_of(state.tensors, op->jump, op->a));
  PYGRAPH_NEXT;
export_list:
  plan::set_extent(&state, op->jump, PYGRAPH_GET(std::byte*, a), PYGRAPH_GET(std::int64_t, b));
  PYGRAPH_NEXT;
grow_back:
grow_front:
  stop = RegisterStop::grow;
  goto leave;
copy:
  store(registers + op->out, PYGRAPH_GET(std::uint64_t, a));
  PYGRAPH_NEXT;

// Works out where an index, the `which`-th, is in the row, or faults.
#define PYGRAPH_FIND(name, index, size, which)                   \
  const std::uint64_t name = from_start(index, size);            \
  if (name >= (size)) {                                          \
    state.fault = {FaultCode::index_out_of_range, which, index}; \
    goto fault;                                                  \
  }
#define PYGRAPH_FIND_PAIR                                                           \
  const auto row_index = PYGRAPH_GET(std::int64_t, b);                              \
  const auto index = PYGRAPH_GET(std::int64_t, c);                                  \
  const auto size = load<std::uint64_t>(registers + op->d + sizeof(std::uint64_t)); \
  PYGRAPH_FIND(row, row_index, PYGRAPH_GET(std::uint64_t, d), 0)                    \
  PYGRAPH_FIND(column, index, size, 1)                                              \
  const std::uint64_t at = row * size + column;
#define PYGRAPH_ELEMENTS(dtype, type, ...)                                                       \
  get_##dtype                                                                                    \
      : store(registers + op->out, load<type>(PYGRAPH_GET(std::byte*, a) +                       \
                                              PYGRAPH_GET(std::uint64_t, b) * sizeof(type)));    \
  PYGRAPH_NEXT;                                                                                  \
  put_##dtype : store(PYGRAPH_GET(std::byte*, a) + PYGRAPH_GET(std::uint64_t, b) * sizeof(type), \
                      PYGRAPH_GET(type, out));                                                   \
  PYGRAPH_NEXT;                                                                                  \
  load_##dtype : {                                                                               \
    const auto index = PYGRAPH_GET(std::int64_t, b);                                             \
    PYGRAPH_FIND(at, index, PYGRAPH_GET(std::uint64_t, c), 0)                                    \
    store(registers + op->out, load<type>(PYGRAPH_GET(std::byte*, a) + at * sizeof(type)));      \
    PYGRAPH_NEXT;                                                                                \
  }                                                                                              \
  store_##dtype : {                                                                              \
    const auto index = PYGRAPH_GET(std::int64_t, b);                                             \
    PYGRAPH_FIND(at, index, PYGRAPH_GET(std::uint64_t, c), 0)                                    \
    store(PYGRAPH_GET(std::byte*, a) + at * sizeof(type), PYGRAPH_GET(type, out));               \
    PYGRAPH_NEXT;                                                                                \
  }                                                                                              \
  load_pair_##dtype : {                                                                          \
    PYGRAPH_FIND_PAIR                                                                            \
    store(registers + op->out, load<type>(PYGRAPH_GET(std::byte*, a) + at * sizeof(type)));      \
    PYGRAPH_NEXT;                                                                                \
  }                                                                                              \
  store_pair_##dtype : {                                                                         \
    PYGRAPH_FIND_PAIR                                                                            \
    store(PYGRAPH_GET(std::byte*, a) + at * sizeof(type), PYGRAPH_GET(type, out));               \
    PYGRAPH_NEXT;                                                                                \
  }

  PYGRAPH_TYPES_WIDTHS(PYGRAPH_ELEMENTS, )

position:
  {
    const auto index = PYGRAPH_GET(std::int64_t, b);
    PYGRAPH_FIND(at, index, PYGRAPH_GET(std::uint64_t, c), 0)
    store(registers + op->out, at);
    PYGRAPH_NEXT;
  }
position_in:
  {
    const auto index = PYGRAPH_GET(std::int64_t, c);
    const auto size = PYGRAPH_GET(std::uint64_t, d);
    PYGRAPH_FIND(at, index, size, op->jump)
    store(registers + op->out, PYGRAPH_GET(std::uint64_t, b) * size + at);
    PYGRAPH_NEXT;
  }

kernel:
  {
    const void* const in[3] = {registers + op->a, registers + op->b, registers + op->c};
    state.fault =
        program.kernels[static_cast<std::size_t>(op->jump)](registers + op->out, in, kOneStep, 1);
    if (!state.fault.ok()) goto fault;
    PYGRAPH_NEXT;
  }
select:
  store(registers + op->out, PYGRAPH_GET(std::uint8_t, a) != 0 ? PYGRAPH_GET(std::uint64_t, b)
                                                               : PYGRAPH_GET(std::uint64_t, c));
  PYGRAPH_NEXT;

#define PYGRAPH_CHOICE(name, type, comparison)          \
  name:                                                 \
  {                                                     \
    const auto a = PYGRAPH_GET(type, a);                \
    const auto b = PYGRAPH_GET(type, b);                \
    store(registers + op->out, a comparison b ? a : b); \
    PYGRAPH_NEXT;                                       \
  }

  PYGRAPH_CHOICE(choose_lesser_float32, float, <)
  PYGRAPH_CHOICE(choose_lesser_float64, double, <)
  PYGRAPH_CHOICE(choose_greater_float32, float, >)
  PYGRAPH_CHOICE(choose_greater_float64, double, >)

multiply_add_int64:
  store(registers + op->out, PYGRAPH_GET(std::uint64_t, c) +
                                 PYGRAPH_GET(std::uint64_t, a) * PYGRAPH_GET(std::uint64_t, b));
  PYGRAPH_NEXT;
multiply_add_float64:
  store(registers + op->out,
        PYGRAPH_GET(double, c) + PYGRAPH_GET(double, a) * PYGRAPH_GET(double, b));
  PYGRAPH_NEXT;
#define PYGRAPH_COUNTING(name, comparison)                                                        \
  name:                                                                                           \
  {                                                                                               \
    const auto sum =                                                                              \
        static_cast<std::int64_t>(PYGRAPH_GET(std::uint64_t, a) + PYGRAPH_GET(std::uint64_t, b)); \
    store(registers + op->out, sum);                                                              \
    if (sum comparison PYGRAPH_GET(std::int64_t, c)) {                                            \
      PYGRAPH_LOOP;                                                                               \
    }                                                                                             \
    PYGRAPH_NEXT;                                                                                 \
  }

  PYGRAPH_COUNTING(add_loop_if_less_int64, <)
  PYGRAPH_COUNTING(add_loop_if_less_equal_int64, <=)

#define PYGRAPH_VALUE(dtype, type, name, expression)           \
  name##_##dtype : {                                           \
    const auto a = PYGRAPH_GET(type, a);                       \
    [[maybe_unused]] const auto b = PYGRAPH_GET(type, b);      \
    store(registers + op->out, static_cast<type>(expression)); \
    PYGRAPH_NEXT;                                              \
  }
#define PYGRAPH_CAST(dtype, type, name, to_type, expression)      \
  name##_##dtype : {                                              \
    const auto a = PYGRAPH_GET(type, a);                          \
    store(registers + op->out, static_cast<to_type>(expression)); \
    PYGRAPH_NEXT;                                                 \
  }
#define PYGRAPH_DIVISION(dtype, type, name, expression)        \
  name##_##dtype : {                                           \
    const auto a = PYGRAPH_GET(type, a);                       \
    const auto b = PYGRAPH_GET(type, b);                       \
    if (b == 0) goto zero_division;                            \
    store(registers + op->out, static_cast<type>(expression)); \
    PYGRAPH_NEXT;                                              \
  }
#define PYGRAPH_JUMP_ON(dtype, type, name, condition, jump) \
  name##_##dtype : {                                        \
    const auto a = PYGRAPH_GET(type, a);                    \
    const auto b = PYGRAPH_GET(type, b);                    \
    if (condition) {                                        \
      jump;                                                 \
    }                                                       \
    PYGRAPH_NEXT;                                           \
  }
#define PYGRAPH_TEST(dtype, type, name, expression)                              \
  name##_##dtype : {                                                             \
    const auto a = PYGRAPH_GET(type, a);                                         \
    const auto b = PYGRAPH_GET(type, b);                                         \
    store(registers + op->out, static_cast<std::uint8_t>((expression) ? 1 : 0)); \
    PYGRAPH_NEXT;                                                                \
  }                                                                              \
  PYGRAPH_JUMP_ON(dtype, type, if_##name, expression, PYGRAPH_JUMP)              \
  PYGRAPH_JUMP_ON(dtype, type, unless_##name, !(expression), PYGRAPH_JUMP)       \
  PYGRAPH_JUMP_ON(dtype, type, loop_if_##name, expression, PYGRAPH_LOOP)

#define PYGRAPH_REGISTER_VALUE(op, types, expression) \
  PYGRAPH_TYPES_##types(PYGRAPH_VALUE, op, expression)
#define PYGRAPH_REGISTER_CAST(to, to_type, types, expression) \
  PYGRAPH_TYPES_##types(PYGRAPH_CAST, to_##to, to_type, expression)
#define PYGRAPH_REGISTER_DIVISION(op, types, expression) \
  PYGRAPH_TYPES_##types(PYGRAPH_DIVISION, op, expression)
#define PYGRAPH_REGISTER_TEST(op, types, expression) \
  PYGRAPH_TYPES_##types(PYGRAPH_TEST, op, expression)
#include "plan/register_codes.def"

out_of_budget:
  stop = RegisterStop::out_of_budget;
  goto leave;
raise:
  stop = RegisterStop::raised;
  goto leave;
undefined:
  stop = RegisterStop::undefined;
  goto leave;
zero_division:
  state.fault = {FaultCode::division_by_zero, 0, 0};
fault:
  stop = RegisterStop::fault;
leave:
  state.at = static_cast<std::uint32_t>(op - program.code.data());
  state.budget = budget;
  return stop;
}

#undef PYGRAPH_DISPATCH
#undef PYGRAPH_NEXT
#undef PYGRAPH_JUMP
#undef PYGRAPH_LOOP
#undef PYGRAPH_GET
#undef PYGRAPH_TRANSFERS
#undef PYGRAPH_FIND
#undef PYGRAPH_FIND_PAIR
#undef PYGRAPH_ELEMENTS
#undef PYGRAPH_CHOICE
#undef PYGRAPH_LABEL
#undef PYGRAPH_TEST_LABELS
#undef PYGRAPH_VALUE
#undef PYGRAPH_CAST
#undef PYGRAPH_DIVISION
#undef PYGRAPH_JUMP_ON
#undef PYGRAPH_TEST
#undef PYGRAPH_COUNTING

}  // namespace pygraph::exec
