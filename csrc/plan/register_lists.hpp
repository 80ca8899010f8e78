// Lists in register programs. While a program runs, the extent of a list that it changes is in
// registers; at its end, and where the list has to grow, the list's tensor is told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <vector>

#include "base/tensor.hpp"
#include "plan/register_program.hpp"

namespace pygraph::plan {

// How many items from the first on a list has room for, or, if `before` is 1, before the first.
std::int64_t room_of(const Tensor* tensors, std::int64_t storage, std::int64_t before);

// Lets a list consist of `size` items, the first of them at `begin`.
void set_extent(RegisterState* state, std::int64_t storage, std::byte* begin, std::int64_t size);

template <class T>
T value_in(const RegisterState& state, Register which) {
  T value;
  std::memcpy(&value, state.registers + which, sizeof value);
  return value;
}

// The registers of a list; `room` and `front` where it grows at its end, or its front.
struct ListRegisters {
  std::int32_t storage = 0;
  std::size_t item_bytes = 0;
  Register address = 0;
  Register size = 0;
  std::optional<Register> room = {};
  std::optional<Register> front = {};
};

// The registers that hold these constants, and one that is free.
struct ListConstants {
  Register zero;
  Register one;
  Register item_bytes;
  Register free;
};

using RegisterOps = std::vector<RegisterOp>;

// What brings the extent of a list into registers, apart from its size.
RegisterOps list_import(const ListRegisters& list);

// What puts r[value] at an end of a list, or takes it from there.
RegisterOps list_append(const ListRegisters& list, const ListConstants& constants, Register value,
                        bool front);
RegisterOps list_pop(const ListRegisters& list, const ListConstants& constants, Register value,
                     bool front);

}  // namespace pygraph::plan
