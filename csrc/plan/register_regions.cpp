// Finds the stretches of a plan that work on single numbers and makes each one instruction, a
// register program.
#include <algorithm>

#include "plan/register_compiler.hpp"

namespace pygraph::plan {
namespace {

// What entering a program costs is about what this many instructions save.
constexpr int kFewest = 4;

constexpr std::uint32_t kNone = UINT32_MAX;

class Regions {
 public:
  explicit Regions(Plan& plan)
      : plan_(plan),
        live_(live_stretches(plan)),
        arrays_(indexed_arrays(plan)),
        fits_(plan.instructions.size()),
        starts_(plan.instructions.size(), false) {
    for (std::uint32_t i = 0; i < fits_.size(); ++i)
      fits_[i] = fits_registers(plan_, plan_.instructions[i], arrays_);
  }

  void run() {
    do {
      split();
    } while (!closed());
    std::erase_if(regions_, [&](const Region& region) { return !pays(region); });
    if (!regions_.empty()) replace();
  }

 private:
  // The longest stretches that fit.
  void split() {
    regions_.clear();
    region_of_.assign(fits_.size(), kNone);
    for (std::uint32_t i = 0; i < fits_.size(); ++i) {
      if (!fits_[i]) continue;
      const bool goes_on = i > 0 && fits_[i - 1] && !starts_[i];
      if (!goes_on) regions_.push_back({i, i});
      regions_.back().end = i + 1;
      region_of_[i] = static_cast<std::uint32_t>(regions_.size() - 1);
    }
  }

  // Whether no jump leaves a region but to its end, or comes in but at its beginning. Where one
  // does, the regions are cut there.
  bool closed() {
    bool found_none = true;
    for (std::uint32_t i = 0; i < plan_.instructions.size(); ++i) {
      if (!is_jump(plan_.instructions[i].code)) continue;
      const std::uint32_t target = plan_.instructions[i].target;
      const std::uint32_t from = region_of_[i];
      const std::uint32_t to = region_of_[target];
      if (from != kNone && to != from && target != regions_[from].end) {
        fits_[i] = false;
        found_none = false;
      }
      if (to != kNone && to != from && target != regions_[to].begin) {
        starts_[target] = true;
        found_none = false;
      }
    }
    return found_none;
  }

  bool pays(const Region& region) const {
    int operations = 0;
    for (std::uint32_t i = region.begin; i < region.end; ++i) {
      if (plan_.instructions[i].code == Code::loop_if_true) return true;
      if (plan_.instructions[i].code != Code::jump) ++operations;
    }
    return operations >= kFewest;
  }

  void replace() {
    std::vector<Instruction> kept;
    std::vector<std::uint32_t> new_index;
    auto region = regions_.begin();
    for (std::uint32_t i = 0; i < plan_.instructions.size();) {
      std::optional<CompiledRegion> compiled;
      std::uint32_t end = i + 1;
      if (region != regions_.end() && region->begin == i) {
        compiled = compile_region(plan_, live_, arrays_, *region);
        if (compiled) end = region->end;
        ++region;
      }
      new_index.resize(end, static_cast<std::uint32_t>(kept.size()));
      kept.push_back(compiled ? instruction_of(*compiled, plan_.instructions[i])
                              : plan_.instructions[i]);
      i = end;
    }
    for (Instruction& instruction : kept) {
      if (is_jump(instruction.code)) instruction.target = new_index[instruction.target];
    }
    plan_.instructions = std::move(kept);
  }

  Instruction instruction_of(CompiledRegion& compiled, const Instruction& first) {
    compiled.program.first_register = plan_.register_count;
    plan_.register_count += static_cast<std::uint32_t>(compiled.program.registers.size());
    Instruction instruction{.code = Code::registers, .location = first.location};
    instruction.target = static_cast<std::uint32_t>(plan_.programs.size());
    instruction.output_count = static_cast<std::uint16_t>(compiled.written.size());
    instruction.input_count = static_cast<std::uint16_t>(compiled.read.size());
    instruction.first_operand = static_cast<std::uint32_t>(plan_.operands.size());
    for (const auto* ids : {&compiled.written, &compiled.read})
      plan_.operands.insert(plan_.operands.end(), ids->begin(), ids->end());
    plan_.programs.push_back(std::move(compiled.program));
    return instruction;
  }

  Plan& plan_;
  const std::vector<Stretches> live_;
  const std::vector<bool> arrays_;
  std::vector<bool> fits_;    // per instruction
  std::vector<bool> starts_;  // a region may only begin here, not go on
  std::vector<Region> regions_;
  std::vector<std::uint32_t> region_of_;  // per instruction
};

// Copies of single numbers that stand before something that fits no program, the initial values of
// a loop for one, go behind it, if it has nothing to do with them: to where a program begins.
void sink_copies(Plan& plan) {
  const std::vector<bool> arrays = indexed_arrays(plan);
  std::vector<bool> is_target(plan.instructions.size() + 1, false);
  for (const Instruction& instruction : plan.instructions) {
    if (is_jump(instruction.code)) is_target[instruction.target] = true;
  }
  const auto uses = [&](const Instruction& instruction, StorageId id) {
    const auto first = plan.operands.begin() + instruction.first_operand;
    return std::find(first, first + instruction.output_count + instruction.input_count, id) !=
           first + instruction.output_count + instruction.input_count;
  };
  const auto may_pass = [&](const Instruction& copy, const Instruction& other) {
    return !fits_registers(plan, other, arrays) && other.code != Code::finish &&
           other.code != Code::call && !is_jump(other.code) &&
           !uses(other, plan.operands[copy.first_operand]) &&
           !uses(other, plan.operands[copy.first_operand + 1]);
  };
  for (std::size_t i = plan.instructions.size(); i-- > 0;) {
    for (std::size_t at = i; at + 1 < plan.instructions.size(); ++at) {
      Instruction& copy = plan.instructions[at];
      Instruction& next = plan.instructions[at + 1];
      if (copy.code != Code::move || !fits_registers(plan, copy, arrays)) break;
      if (is_target[at + 1] || !may_pass(copy, next)) break;
      std::swap(copy, next);
    }
  }
}

}  // namespace

void form_register_programs(Plan& plan) {
  sink_copies(plan);
  Regions(plan).run();
}

}  // namespace pygraph::plan
