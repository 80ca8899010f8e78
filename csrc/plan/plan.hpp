// A plan: one flat array of instructions for a graph and everything nested in it, with the place of
// every value decided. Immutable once built and shared by all runs.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "ir/ir.hpp"
#include "ops/prepare.hpp"
#include "passes/passes.hpp"
#include "plan/register_program.hpp"
#include "plan/tiles.hpp"

namespace pygraph::plan {

using StorageId = std::uint32_t;

enum class StorageKind : std::uint8_t {
  arena,     // at a fixed offset of the run's arena
  constant,  // a constant of the plan
  input,     // an argument of the run
  output,    // a result's own buffer, written in place
  dynamic,   // a tensor of its own: made at run time since its dims depend on data, or read from a
             // variable
  variable   // a variable of the run
};

struct Storage {
  StorageKind kind = StorageKind::arena;
  std::uint32_t index = 0;  // of the constant, input, output or variable
  std::size_t bytes = 0;    // of a value of static type
  std::size_t offset = 0;   // in the arena
};

enum class Code : std::uint8_t {
  nothing,
  kernel,   // call kernels[target]
  flat,     // call flats[target]: an elementwise kernel over one run of elements, the common case
  tiles,    // run tiles[target]
  dynamic,  // infer, allocate and call dynamics[target]
  list_append,  // a `dynamic` of that op, in place where the list dies here
  list_pop,
  move,             // copy `bytes` from storage in[0] to out[0]
  exchange,         // the storages out[0] and out[1] take each other's place in the arena
  move_dynamic,     // make the tensor out[0] from in[0], whose type is types[target]
  jump,             // to instruction `target`
  jump_if_false,    // on the boolean in[0]
  loop_if_true,     // a back edge: on the boolean in[0], counts the loop's cost and polls the host
  read_variable,    // the tensor out[0] is what the variable in[0] holds
  drop,             // the tensor in[0] is needed no more, and its memory may be written to
  assign_variable,  // the variable in[0] takes the value in[1], whose type is types[target]
  update_variable,  // the variable in[0] takes what kernels[target] makes of its value and the rest
  update_dynamic,   // likewise, by dynamics[target]: infer and prepare first
  call,             // run callees[target] (the entry's) on in, to out
  check_defined,    // the flag in[0]; the variable's name is names[target]
  text,             // print texts[target], or raise it
  registers,        // run programs[target]
  finish
};

inline bool is_jump(Code code) {
  return code == Code::jump || code == Code::jump_if_false || code == Code::loop_if_true;
}

// Whether an instruction computes or moves something, and does not only decide what comes next.
inline bool does_work(Code code) {
  return !is_jump(code) && code != Code::nothing && code != Code::call && code != Code::drop &&
         code != Code::check_defined && code != Code::finish;
}

inline bool is_list(Code code) { return code == Code::list_append || code == Code::list_pop; }

inline bool is_move(Code code) { return code == Code::move || code == Code::move_dynamic; }

struct Instruction {
  Code code = Code::nothing;
  std::uint16_t output_count = 0;
  std::uint16_t input_count = 0;
  std::uint32_t first_operand = 0;  // in Plan::operands: the outputs, then the inputs
  std::uint32_t target = 0;
  ir::LocationId location = kNoLocation;
  // Bit i: input i is a dynamic storage whose value nothing needs after this instruction.
  std::uint32_t dying = 0;
  std::int64_t cost = 0;  // of a back edge: the work of one turn
  std::size_t bytes = 0;  // of a move
};

// A kernel whose call can only be prepared at run time.
struct DynamicCall {
  const ops::OpRow* op;
  std::vector<ir::Attribute> attributes;
  std::vector<ir::Type> inputs;  // where static: the type; else only dtype and rank count
  std::vector<ir::Type> outputs;
};

// A `print` or `raise`.
struct TextCall {
  ir::OpCode op;
  std::vector<ir::Attribute> attributes;
  std::vector<ir::Type> inputs;
};

struct PreparedCall {
  const ops::OpRow* op;
  ops::KernelCall call;
};

// All that a flat call needs, in one cache line.
struct FlatCall {
  kernels::ElementwiseFn kernel;
  std::int64_t count;
  std::int64_t steps[3];
  StorageId output;
  StorageId inputs[3];     // an operand that the kernel does not have repeats the last one
  std::uint32_t prepared;  // in Plan::kernels
};

// Where a result of the run comes from.
struct Output {
  StorageId storage;
  ir::Type type;
};

// A function that is called has a plan of its own, and a run of it a frame of its own. Values of
// static type are read and written where the caller has them; others are handed over as tensors:
// they are `dynamic` on both sides.
struct Plan {
  std::string name;
  std::vector<Instruction> instructions;
  std::vector<StorageId> operands;
  std::vector<Storage> storages;
  std::vector<PreparedCall> kernels;
  std::vector<FlatCall> flats;
  std::vector<TileProgram> tiles;
  std::vector<DynamicCall> dynamics;
  std::vector<RegisterProgram> programs;
  std::uint32_t register_count = 0;  // of all programs
  std::vector<ir::Type> types;
  std::vector<std::string> names;
  std::vector<TextCall> texts;
  std::vector<Tensor> constants;
  std::vector<ir::Type> inputs;  // the entry's tensor parameters
  std::vector<StorageId> input_storages;
  std::vector<StorageId> parameters;  // tensors and variables
  std::vector<Output> outputs;
  std::size_t arena_bytes = 0;
  std::int64_t straight_cost = 0;  // the work of the instructions outside loops
  std::vector<Plan> callees;       // of the entry: the functions that are called

  // What an instruction does, in a few words, and the lines it comes from: those of all operations
  // where several run as one.
  std::string name_of(const Instruction& instruction) const;
  std::vector<ir::LocationId> locations(const Instruction& instruction) const;
  // One line per instruction, with storages, bytes and the lines of the module that it was made
  // from, and one per operation of a register program.
  std::string text(const ir::Module& module) const;
};

// Builds the plan of a specialised module.
Plan build(const ir::Module& module, const passes::Options& options);

// The steps of build, in order; all but the first are for one function at a time.
Plan lower(const ir::Module& module);
void fuse(Plan& plan);                    // makes tile programs of elementwise instructions
void coalesce(Plan& plan);                // makes copies unnecessary and drops them
void find_direct_results(Plan& plan);     // of tile programs
void form_register_programs(Plan& plan);  // of the stretches that work on single numbers
void drop_index_checks(Plan& plan);       // where register programs are known to pass them
void make_native_code(Plan& plan);        // of the register programs with loops
void find_last_uses(Plan& plan);          // fills in which operands die
void place(Plan& plan, bool reuse);       // decides the offsets in the arena
void link(Plan& plan);                    // gathers what flat instructions need

// What `place` needs to know of a storage: where it is first written and last needed,
// loops included.
struct Lifetime {
  std::uint32_t first_write = UINT32_MAX;
  std::uint32_t last_use = 0;
  bool used() const { return first_write != UINT32_MAX; }
  friend bool operator==(const Lifetime&, const Lifetime&) = default;
};
struct Loop {
  std::uint32_t begin;  // the first instruction of the body
  std::uint32_t end;    // the back edge
};
std::vector<Loop> find_loops(const Plan& plan);
std::vector<Lifetime> lifetimes(const Plan& plan, std::span<const Loop> loops);

}  // namespace pygraph::plan
