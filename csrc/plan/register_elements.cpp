// Reads and writes elements without looking whether their indices are in range, where that is
// known. Of an array of two axes the address of a row is worked out by itself then: before the
// loops that stay in the row.
#include <algorithm>
#include <map>
#include <utility>

#include "plan/plan.hpp"
#include "plan/register_ranges.hpp"

namespace pygraph::plan {
namespace {

class Elements {
 public:
  explicit Elements(RegisterProgram& program) : program_(program) {}

  void run() {
    // An access needs two new registers at most.
    const std::size_t most = program_.registers.size() + 2 * program_.code.size();
    if (most * sizeof(std::uint64_t) > UINT16_MAX) return;
    safe_ = find_safe_indices(program_);
    if (std::find(safe_.begin(), safe_.end(), true) == safe_.end()) return;
    find_loops();
    const std::size_t count = program_.code.size();
    std::vector<bool> is_target(count + 1, false);
    for (std::size_t i = 0; i < count; ++i) {
      if (jumps(i)) is_target[target(i)] = true;
    }
    for (at_ = 0; at_ < count; ++at_) {
      if (is_target[at_]) known_rows_.clear();
      rewritten_.push_back({});
      rewrite(program_.code[at_]);
      forget_rows(program_.code[at_]);
    }
    join();
  }

 private:
  struct Loop {
    std::size_t first;
    std::size_t last;
    bool has_one_entry = true;
    std::vector<RegisterOp> before = {};  // what is done once, before its first turn
    bool contains(std::size_t i) const { return first <= i && i <= last; }
    std::size_t size() const { return last - first; }
  };

  // The row of an array, by the registers of the array's address and of the index.
  using Row = std::pair<Register, Register>;

  bool jumps(std::size_t i) const { return form_of(program_.code[i].code).jumps(); }
  std::size_t target(std::size_t i) const {
    return static_cast<std::size_t>(static_cast<std::ptrdiff_t>(i) + program_.code[i].jump);
  }

  // Outer loops before those in them.
  void find_loops() {
    for (std::size_t i = 0; i < program_.code.size(); ++i) {
      if (jumps(i) && target(i) <= i) loops_.push_back({target(i), i});
    }
    std::stable_sort(loops_.begin(), loops_.end(),
                     [](const Loop& a, const Loop& b) { return a.size() > b.size(); });
    for (std::size_t i = 0; i < program_.code.size(); ++i) {
      if (!jumps(i)) continue;
      for (Loop& loop : loops_) {
        if (!loop.contains(i) && loop.contains(target(i)) && target(i) != loop.first)
          loop.has_one_entry = false;
      }
    }
  }

  void emit(const RegisterOp& operation) { rewritten_.back().push_back(operation); }

  void rewrite(RegisterOp operation) {
    if (!safe_[at_]) return emit(operation);
    switch (operation.code.operation()) {
      case RegisterOperation::load:
      case RegisterOperation::store: break;
      case RegisterOperation::position:
        return emit({.code = RegisterOperation::copy, .out = operation.out, .a = operation.b});
      case RegisterOperation::position_in:
        return emit({.code = RegisterCode(RegisterOperation::multiply_add, DType::int64),
                     .out = operation.out,
                     .a = operation.b,
                     .b = operation.d,
                     .c = operation.c});
      default: operation.a = row_of(operation); operation.b = operation.c;
    }
    operation.code = unchecked(operation.code);
    operation.c = operation.d = 0;
    emit(operation);
  }

  static RegisterCode unchecked(RegisterCode code) {
    switch (code.operation()) {
      case RegisterOperation::load:
      case RegisterOperation::load_pair: return {RegisterOperation::get, code.dtype()};
      case RegisterOperation::store:
      case RegisterOperation::store_pair: return {RegisterOperation::put, code.dtype()};
      default: return code;
    }
  }

  // The register with the address of the row that a pair of indices leads to.
  Register row_of(const RegisterOp& access) {
    const Row row(access.a, access.b);
    const auto [found, is_new] = row_registers_.try_emplace(row, Register{0});
    if (is_new) found->second = add_register(0);
    const std::uint64_t columns = program_.registers[second_size(access) / sizeof(std::uint64_t)];
    const RegisterOp address{.code = RegisterCode(RegisterOperation::multiply_add, DType::int64),
                             .out = found->second,
                             .a = access.b,
                             .b = constant(columns * itemsize(access.code.dtype())),
                             .c = access.a};
    if (Loop* const loop = loop_within(row)) {
      const auto is_same = [&](const RegisterOp& other) { return other.out == address.out; };
      if (std::none_of(loop->before.begin(), loop->before.end(), is_same))
        loop->before.push_back(address);
    } else if (std::find(known_rows_.begin(), known_rows_.end(), row) == known_rows_.end()) {
      known_rows_.push_back(row);
      emit(address);
    }
    return found->second;
  }

  // The outermost loop around the operation at hand in which, and in all between, the row stays the
  // same.
  Loop* loop_within(const Row& row) {
    Loop* outermost = nullptr;
    for (auto loop = loops_.rbegin(); loop != loops_.rend(); ++loop) {
      if (!loop->contains(at_)) continue;
      if (!loop->has_one_entry || changes(row.first, *loop) || changes(row.second, *loop)) break;
      outermost = &*loop;
    }
    return outermost;
  }

  bool changes(Register which, const Loop& loop) const {
    for (std::size_t i = loop.first; i <= loop.last; ++i) {
      const RegisterOp& operation = program_.code[i];
      if (operation.out == which && form_of(operation.code).writes()) return true;
    }
    return false;
  }

  void forget_rows(const RegisterOp& operation) {
    if (!form_of(operation.code).writes()) return;
    std::erase_if(known_rows_, [&](const Row& row) {
      return row.first == operation.out || row.second == operation.out;
    });
  }

  Register add_register(std::uint64_t bits) {
    program_.registers.push_back(bits);
    return static_cast<Register>((program_.registers.size() - 1) * sizeof(std::uint64_t));
  }
  Register constant(std::uint64_t bits) {
    const auto [found, is_new] = constants_.try_emplace(bits, Register{0});
    if (is_new) found->second = add_register(bits);
    return found->second;
  }

  // Puts all in its place and the jumps right.
  void join() {
    std::vector<RegisterOp> code;
    std::vector<RegisterOrigin> origins;
    std::vector<std::size_t> begin_of;  // per old operation, what comes before a loop included
    std::vector<std::size_t> jump_at;   // likewise, the new place of the jump
    for (std::size_t i = 0; i < rewritten_.size(); ++i) {
      begin_of.push_back(code.size());
      for (const Loop& loop : loops_) {
        if (loop.first == i) code.insert(code.end(), loop.before.begin(), loop.before.end());
      }
      code.insert(code.end(), rewritten_[i].begin(), rewritten_[i].end());
      jump_at.push_back(code.size() - 1);
      origins.resize(code.size(), program_.origins[i]);
    }
    for (std::size_t i = 0; i < rewritten_.size(); ++i) {
      if (!jumps(i)) continue;
      // A turn after the first does not do again what stands before its loop.
      std::size_t to = begin_of[target(i)];
      for (const Loop& loop : loops_) {
        if (loop.first == target(i) && loop.contains(i)) to += loop.before.size();
      }
      code[jump_at[i]].jump = static_cast<std::int32_t>(to) - static_cast<std::int32_t>(jump_at[i]);
    }
    program_.code = std::move(code);
    program_.origins = std::move(origins);
  }

  RegisterProgram& program_;
  std::vector<bool> safe_;  // per operation
  std::vector<Loop> loops_;
  std::size_t at_ = 0;                              // the operation at hand
  std::vector<std::vector<RegisterOp>> rewritten_;  // what becomes of each operation
  std::map<Row, Register> row_registers_;
  std::map<std::uint64_t, Register> constants_;
  std::vector<Row> known_rows_;  // whose addresses have been worked out in this block
};

bool has_loop(const RegisterProgram& program) {
  return std::any_of(program.code.begin(), program.code.end(),
                     [](const RegisterOp& operation) { return is_back_edge(operation); });
}

}  // namespace

void drop_index_checks(Plan& plan) {
  plan.register_count = 0;
  for (RegisterProgram& program : plan.programs) {
    if (has_loop(program)) Elements(program).run();
    program.first_register = plan.register_count;
    plan.register_count += static_cast<std::uint32_t>(program.registers.size());
  }
}

}  // namespace pygraph::plan
