// Interval analysis: the ranges of all registers at the beginning of each block are computed from
// those at the ends of the blocks before it until nothing changes. Where a loop makes a range grow,
// it is widened at once to a huge one; in the end the blocks are walked a few times more, which
// brings the bounds back that the tests of the loops give.
#include "plan/register_ranges.hpp"

#include <algorithm>
#include <limits>
#include <optional>

#include "ops/op_table.hpp"

namespace pygraph::plan {
namespace {

using ir::OpCode;

constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kGreatest = std::numeric_limits<std::int64_t>::max();
// Huge, but sums with it do not wrap.
constexpr std::int64_t kHuge = std::int64_t{1} << 62;
// How often a range may grow before it is widened to `kHuge`, and to everything.
constexpr int kGrowing = 2;
constexpr int kStillGrowing = 4;
constexpr int kNarrowings = 3;
// Ranges in all blocks: more would cost too much time.
constexpr std::size_t kMostRanges = 20000;

struct Range {
  std::int64_t least = kLeast;
  std::int64_t greatest = kGreatest;
  bool empty() const { return least > greatest; }
  bool within(std::int64_t from, std::int64_t to) const { return from <= least && greatest <= to; }
  friend bool operator==(const Range&, const Range&) = default;
};

constexpr Range kNothing{kGreatest, kLeast};

Range join(const Range& a, const Range& b) {
  return {std::min(a.least, b.least), std::max(a.greatest, b.greatest)};
}
Range meet(const Range& a, const Range& b) {
  return {std::max(a.least, b.least), std::min(a.greatest, b.greatest)};
}

// What wraps may be anything.
Range sum(const Range& a, const Range& b) {
  Range result;
  const bool wraps = __builtin_add_overflow(a.least, b.least, &result.least) ||
                     __builtin_add_overflow(a.greatest, b.greatest, &result.greatest);
  return wraps ? Range() : result;
}
Range difference(const Range& a, const Range& b) {
  Range result;
  const bool wraps = __builtin_sub_overflow(a.least, b.greatest, &result.least) ||
                     __builtin_sub_overflow(a.greatest, b.least, &result.greatest);
  return wraps ? Range() : result;
}
Range product(const Range& a, const Range& b) {
  Range result = kNothing;
  for (const std::int64_t x : {a.least, a.greatest}) {
    for (const std::int64_t y : {b.least, b.greatest}) {
      std::int64_t corner = 0;
      if (__builtin_mul_overflow(x, y, &corner)) return {};
      result = join(result, {corner, corner});
    }
  }
  return result;
}

std::int64_t floor_quotient(std::int64_t a, std::int64_t b) {
  return a / b - (a % b != 0 && (a < 0) != (b < 0) ? 1 : 0);
}

using Ranges = std::vector<Range>;  // per register

class Analysis {
 public:
  explicit Analysis(const RegisterProgram& program) : program_(program) { find_blocks(); }

  std::vector<bool> run() {
    std::vector<bool> safe(program_.code.size(), false);
    if (blocks_.size() * program_.registers.size() > kMostRanges) return safe;
    for (Block& block : blocks_) find_changing(block);
    settle();
    for (int i = 0; i < kNarrowings; ++i) narrow();
    for (const Block& block : blocks_) {
      if (!block.reached) continue;
      Ranges ranges = block.ranges;
      for (std::size_t i = block.begin; i < block.end; ++i) {
        safe[i] = is_safe(program_.code[i], ranges);
        apply(program_.code[i], ranges);
      }
    }
    return safe;
  }

 private:
  struct Block {
    std::size_t begin;
    std::size_t end;
    Ranges ranges = {};  // at its beginning
    bool reached = false;
    std::vector<std::uint8_t> changes = {};  // of each range
    // Where the block ends a loop that is entered at its beginning only: per register, whether it
    // changes in the loop. Those that do not have their ranges from before the loop.
    std::vector<bool> changing = {};
    bool brings(std::size_t r) const { return changing.empty() || changing[r]; }
  };

  static std::size_t index_of(Register which) { return which / sizeof(std::uint64_t); }
  static Range& at(Ranges& ranges, Register which) { return ranges[index_of(which)]; }
  static const Range& at(const Ranges& ranges, Register which) { return ranges[index_of(which)]; }

  static bool leaves_block(const RegisterOp& operation) {
    return form_of(operation.code).jumps() || ends_program(operation);
  }
  std::size_t target(std::size_t i) const {
    return static_cast<std::size_t>(static_cast<std::ptrdiff_t>(i) + program_.code[i].jump);
  }

  void find_blocks() {
    const std::size_t count = program_.code.size();
    std::vector<bool> starts(count + 1, false);
    starts[0] = true;
    for (std::size_t i = 0; i < count; ++i) {
      const RegisterOp& operation = program_.code[i];
      if (leaves_block(operation)) starts[i + 1] = true;
      if (form_of(operation.code).jumps()) starts[target(i)] = true;
    }
    block_at_.resize(count + 1, 0);
    for (std::size_t i = 0; i < count; ++i) {
      if (starts[i]) blocks_.push_back({i, i});
      blocks_.back().end = i + 1;
      block_at_[i] = blocks_.size() - 1;
    }
  }

  void find_changing(Block& block) {
    const std::size_t last = block.end - 1;
    if (!form_of(program_.code[last].code).jumps() || target(last) > last) return;
    const std::size_t first = target(last);
    const auto is_inside = [&](std::size_t i) { return first <= i && i <= last; };
    for (std::size_t i = 0; i < program_.code.size(); ++i) {
      const bool enters = !is_inside(i) && form_of(program_.code[i].code).jumps();
      if (enters && is_inside(target(i)) && target(i) != first) return;
    }
    block.changing.assign(program_.registers.size(), false);
    for (std::size_t i = first; i <= last; ++i) {
      const RegisterOp& operation = program_.code[i];
      if (form_of(operation.code).writes()) block.changing[index_of(operation.out)] = true;
    }
  }

  Ranges ranges_before() const {
    Ranges ranges(program_.registers.size());
    for (std::size_t r = 0; r < ranges.size(); ++r) {
      const auto value = static_cast<std::int64_t>(program_.registers[r]);
      ranges[r] = {value, value};
    }
    for (const RegisterOp& operation : program_.code) {
      if (form_of(operation.code).writes()) at(ranges, operation.out) = {};
    }
    return ranges;
  }

  void settle() {
    grow(blocks_[0], ranges_before(), nullptr);
    std::vector<bool> dirty(blocks_.size(), false);
    dirty[0] = true;
    while (true) {
      const auto next = std::find(dirty.begin(), dirty.end(), true);
      if (next == dirty.end()) return;
      *next = false;
      const auto from = static_cast<std::size_t>(next - dirty.begin());
      follow(blocks_[from], [&](std::size_t to, const Ranges& ranges) {
        if (grow(blocks_[to], ranges, to <= from ? &blocks_[from] : nullptr)) dirty[to] = true;
      });
    }
  }

  // `back`: the block that jumps back, if one does.
  static bool grow(Block& block, const Ranges& ranges, const Block* back) {
    if (!block.reached) {
      block.ranges = ranges;
      block.changes.assign(ranges.size(), 0);
      return block.reached = true;
    }
    bool changed = false;
    for (std::size_t r = 0; r < ranges.size(); ++r) {
      if (back != nullptr && !back->brings(r)) continue;
      Range joined = join(block.ranges[r], ranges[r]);
      if (joined == block.ranges[r]) continue;
      changed = true;
      if (block.changes[r] >= kGrowing) {
        const std::int64_t limit = block.changes[r] >= kStillGrowing ? kGreatest : kHuge;
        if (joined.least < block.ranges[r].least)
          joined.least = joined.least < -limit ? kLeast : -limit;
        if (joined.greatest > block.ranges[r].greatest)
          joined.greatest = joined.greatest > limit ? kGreatest : limit;
      }
      ++block.changes[r];
      block.ranges[r] = joined;
    }
    return changed;
  }

  // Ranges that hold everything lead to ranges that still do. Jumps back bring those of the round
  // before.
  void narrow() {
    std::vector<std::optional<Ranges>> narrowed(blocks_.size());
    const auto add = [&](std::size_t to, const Ranges& ranges, const Block* back) {
      if (!narrowed[to]) narrowed[to] = Ranges(ranges.size(), kNothing);
      for (std::size_t r = 0; r < ranges.size(); ++r) {
        if (back == nullptr || back->brings(r))
          (*narrowed[to])[r] = join((*narrowed[to])[r], ranges[r]);
      }
    };
    add(0, ranges_before(), nullptr);
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
      if (!blocks_[b].reached) continue;
      follow(blocks_[b], [&](std::size_t to, const Ranges& ranges) {
        if (to <= b) add(to, ranges, &blocks_[b]);
      });
    }
    for (std::size_t b = 0; b < blocks_.size(); ++b) {
      blocks_[b].reached = narrowed[b].has_value();
      if (!narrowed[b]) continue;
      blocks_[b].ranges = std::move(*narrowed[b]);
      follow(blocks_[b], [&](std::size_t to, const Ranges& ranges) {
        if (to > b) add(to, ranges, nullptr);
      });
    }
  }

  // Calls `reach(block, ranges)` for each block that may come next.
  template <class Reach>
  void follow(const Block& block, const Reach& reach) const {
    Ranges ranges = block.ranges;
    for (std::size_t i = block.begin; i < block.end; ++i) apply(program_.code[i], ranges);
    const std::size_t last = block.end - 1;
    const RegisterOp& operation = program_.code[last];
    const RegisterForm form = form_of(operation.code);
    if (ends_program(operation)) return;
    if (form.jumps()) {
      Ranges taken = ranges;
      if (assume(operation, form, true, taken)) reach(block_at_[target(last)], taken);
      if (operation.code == RegisterOperation::jump || operation.code == RegisterOperation::loop)
        return;
    }
    if (assume(operation, form, false, ranges) && block.end < program_.code.size())
      reach(block_at_[block.end], ranges);
  }

  // What is known where a jump is taken, or is not. False: that never happens.
  static bool assume(const RegisterOp& operation, const RegisterForm& form, bool taken,
                     Ranges& ranges) {
    switch (operation.code.operation()) {
      case RegisterOperation::add_loop_if_less:
        return assume(OpCode::less, taken, at(ranges, operation.out), at(ranges, operation.c));
      case RegisterOperation::add_loop_if_less_equal:
        return assume(OpCode::less_equal, taken, at(ranges, operation.out),
                      at(ranges, operation.c));
      default: break;
    }
    const bool is_test = form.kind == RegisterKind::jump_if ||
                         form.kind == RegisterKind::jump_unless ||
                         form.kind == RegisterKind::loop_if;
    if (!is_test || form.in != DType::int64 || operation.a == operation.b) return true;
    const bool holds = taken != (form.kind == RegisterKind::jump_unless);
    return assume(form.op, holds, at(ranges, operation.a), at(ranges, operation.b));
  }

  static bool assume(OpCode test, bool holds, Range& a, Range& b) {
    switch (test) {
      case OpCode::less: return holds ? assume_less(a, b, 1) : assume_less(b, a, 0);
      case OpCode::less_equal: return holds ? assume_less(a, b, 0) : assume_less(b, a, 1);
      case OpCode::greater: return holds ? assume_less(b, a, 1) : assume_less(a, b, 0);
      case OpCode::greater_equal: return holds ? assume_less(b, a, 0) : assume_less(a, b, 1);
      case OpCode::equal:
      case OpCode::not_equal:
        if (holds == (test == OpCode::equal)) a = b = meet(a, b);
        return !a.empty();
      default: return true;
    }
  }

  // a + gap <= b, where `gap` is 0 or 1.
  static bool assume_less(Range& a, Range& b, std::int64_t gap) {
    if (b.greatest < kLeast + gap || a.least > kGreatest - gap) return false;
    a.greatest = std::min(a.greatest, b.greatest - gap);
    b.least = std::max(b.least, a.least + gap);
    return !a.empty() && !b.empty();
  }

  static void apply(const RegisterOp& operation, Ranges& ranges) {
    const RegisterForm form = form_of(operation.code);
    if (!form.writes()) return;
    at(ranges, operation.out) = result(operation, form, ranges);
  }

  static Range result(const RegisterOp& operation, const RegisterForm& form, const Ranges& ranges) {
    const Range& a = at(ranges, operation.a);
    const Range& b = at(ranges, operation.b);
    const Range& c = at(ranges, operation.c);
    switch (operation.code.operation()) {
      case RegisterOperation::copy: return a;
      case RegisterOperation::select: return join(b, c);
      case RegisterOperation::import_size:
      case RegisterOperation::import_room: return {0, kGreatest};
      case RegisterOperation::to_int64: return is_bool(form.in) ? Range{0, 1} : Range();
      case RegisterOperation::multiply_add:
        return form.in == DType::int64 ? sum(product(a, b), c) : Range();
      case RegisterOperation::add_loop_if_less:
      case RegisterOperation::add_loop_if_less_equal: return sum(a, b);
      case RegisterOperation::position: return within_axis(c);
      case RegisterOperation::position_in: {
        const Range& size = at(ranges, operation.d);
        return sum(product(b, size), within_axis(size));
      }
      default: break;
    }
    const bool computes = form.kind == RegisterKind::value || form.kind == RegisterKind::division;
    return computes && form.in == DType::int64 ? value(form.op, a, b) : Range();
  }

  static Range within_axis(const Range& size) {
    return {0, std::max<std::int64_t>(size.greatest, 1) - 1};
  }

  static Range value(OpCode op, const Range& a, const Range& b) {
    const bool is_divisor = b.least == b.greatest && b.least > 0;
    switch (op) {
      case OpCode::add: return sum(a, b);
      case OpCode::subtract: return difference(a, b);
      case OpCode::multiply: return product(a, b);
      case OpCode::negative: return difference({0, 0}, a);
      case OpCode::maximum: return {std::max(a.least, b.least), std::max(a.greatest, b.greatest)};
      case OpCode::minimum: return {std::min(a.least, b.least), std::min(a.greatest, b.greatest)};
      case OpCode::floor_divide:
        if (!is_divisor) return {};
        return {floor_quotient(a.least, b.least), floor_quotient(a.greatest, b.least)};
      case OpCode::remainder: return is_divisor ? Range{0, b.least - 1} : Range();
      case OpCode::bitwise_and: return b.least >= 0 ? Range{0, b.greatest} : Range();
      case OpCode::bitwise_right_shift:
        if (!b.within(0, 63) || b.least != b.greatest) return {};
        return {a.least >> b.least, a.greatest >> b.least};
      default: return {};
    }
  }

  static bool is_inside(const Range& index, const Range& size) {
    return index.least >= 0 && index.greatest < size.least;
  }

  static bool is_safe(const RegisterOp& operation, const Ranges& ranges) {
    const Range& b = at(ranges, operation.b);
    const Range& c = at(ranges, operation.c);
    switch (operation.code.operation()) {
      case RegisterOperation::load:
      case RegisterOperation::store:
      case RegisterOperation::position: return is_inside(b, c);
      case RegisterOperation::load_pair:
      case RegisterOperation::store_pair:
        return is_inside(b, at(ranges, operation.d)) &&
               is_inside(c, at(ranges, second_size(operation)));
      case RegisterOperation::position_in: return is_inside(c, at(ranges, operation.d));
      default: return false;
    }
  }

  const RegisterProgram& program_;
  std::vector<Block> blocks_;
  std::vector<std::size_t> block_at_;  // per operation
};

}  // namespace

std::vector<bool> find_safe_indices(const RegisterProgram& program) {
  return Analysis(program).run();
}

}  // namespace pygraph::plan
