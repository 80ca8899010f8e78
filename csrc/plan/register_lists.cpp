#include "plan/register_lists.hpp"

#include <utility>

#include "plan/register_lookup.hpp"

namespace pygraph::plan {
namespace {

void add(RegisterOps& ops, Register to, Register amount) {
  ops.push_back({.code = RegisterCode(RegisterOperation::add, DType::int64),
                 .out = to,
                 .a = to,
                 .b = amount});
}

void subtract(RegisterOps& ops, Register from, Register amount) {
  ops.push_back({.code = RegisterCode(RegisterOperation::subtract, DType::int64),
                 .out = from,
                 .a = from,
                 .b = amount});
}

// What makes room for an item where `has_room` does not jump over it.
RegisterOps with_room(const ListRegisters& list, RegisterOp has_room, RegisterCode grow) {
  RegisterOps ops = list_import(list);
  ops.insert(ops.begin(), {.code = grow, .a = list.address, .b = list.size, .jump = list.storage});
  has_room.jump = static_cast<std::int32_t>(ops.size()) + 1;
  ops.insert(ops.begin(), has_room);
  return ops;
}

}  // namespace

std::int64_t room_of(const Tensor* tensors, std::int64_t storage, std::int64_t before) {
  const Tensor& list = tensors[storage];
  const Buffer& buffer = *list.buffer().get();
  const std::size_t bytes = before != 0 ? buffer.front() : buffer.capacity();
  return static_cast<std::int64_t>(bytes / itemsize(list.dtype()));
}

void set_extent(RegisterState* state, std::int64_t storage, std::byte* begin, std::int64_t size) {
  Tensor& list = state->tensors[storage];
  list.buffer()->advance(begin - list.data());
  list = Tensor(list.buffer(), list.dtype(), Shape({size}));
  state->pointers[storage] = begin;
}

RegisterOps list_import(const ListRegisters& list) {
  RegisterOps ops = {
      {.code = RegisterOperation::import_address, .out = list.address, .jump = list.storage}};
  for (const auto& [room, before] : {std::pair(list.room, 0), std::pair(list.front, 1)}) {
    if (!room) continue;
    ops.push_back({.code = RegisterOperation::import_room,
                   .out = *room,
                   .a = static_cast<Register>(before),
                   .jump = list.storage});
  }
  return ops;
}

RegisterOps list_append(const ListRegisters& list, const ListConstants& constants, Register value,
                        bool front) {
  const RegisterOp put{.code = by_bytes(RegisterOperation::put, list.item_bytes),
                       .out = value,
                       .a = list.address,
                       .b = front ? constants.zero : list.size};
  RegisterOps ops;
  if (front) {
    ops = with_room(list,
                    {.code = RegisterCode(RegisterOperation::if_greater, DType::int64),
                     .a = *list.front,
                     .b = constants.zero},
                    RegisterOperation::grow_front);
    subtract(ops, list.address, constants.item_bytes);
    subtract(ops, *list.front, constants.one);
    if (list.room) add(ops, *list.room, constants.one);
  } else {
    ops = with_room(list,
                    {.code = RegisterCode(RegisterOperation::if_less, DType::int64),
                     .a = list.size,
                     .b = *list.room},
                    RegisterOperation::grow_back);
  }
  ops.push_back(put);
  add(ops, list.size, constants.one);
  return ops;
}

RegisterOps list_pop(const ListRegisters& list, const ListConstants& constants, Register value,
                     bool front) {
  RegisterOps ops;
  RegisterOp load{.code = by_bytes(RegisterOperation::load, list.item_bytes),
                  .out = value,
                  .a = list.address,
                  .b = constants.zero,
                  .c = list.size};
  if (!front) {
    // Of an empty list that is no index.
    load.b = constants.free;
    ops.push_back({.code = RegisterCode(RegisterOperation::subtract, DType::int64),
                   .out = load.b,
                   .a = list.size,
                   .b = constants.one});
  }
  ops.push_back(load);
  subtract(ops, list.size, constants.one);
  if (!front) return ops;
  add(ops, list.address, constants.item_bytes);
  if (list.room) subtract(ops, *list.room, constants.one);
  if (list.front) add(ops, *list.front, constants.one);
  return ops;
}

}  // namespace pygraph::plan
