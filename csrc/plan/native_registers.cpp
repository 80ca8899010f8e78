#include "plan/native_registers.hpp"

#include <algorithm>

namespace pygraph::plan {
namespace {

using x86::Gpr;
using Use = NativeRegisters::Use;

// The others hold the state of the run, or what an operation works with.
constexpr Gpr kGprs[] = {Gpr::rsi, Gpr::rdi, Gpr::r8,  Gpr::r9, Gpr::r10,
                         Gpr::r11, Gpr::r12, Gpr::r14, Gpr::r15};
constexpr std::uint8_t kFirstXmm = 2;
constexpr std::size_t kXmms = 14;

constexpr std::uint64_t kTurns = 8;  // how often a loop is taken to go round
constexpr int kDeepest = 6;

Use use_of(DType dtype) { return is_floating(dtype) ? Use::real : Use::whole; }

// How an operation uses the register that a field names.
Use use_of(RegisterOperation operation, const RegisterForm& form, char field) {
  switch (operation) {
    case RegisterOperation::kernel: return Use::address;
    case RegisterOperation::copy:
    case RegisterOperation::import_:
    case RegisterOperation::import_address:
    case RegisterOperation::import_size:
    case RegisterOperation::import_room:
    case RegisterOperation::export_list:
    case RegisterOperation::export_: return Use::any;
    case RegisterOperation::select: return field == 'a' ? Use::whole : Use::any;
    default: break;
  }
  switch (form.kind) {
    case RegisterKind::control: return Use::whole;
    case RegisterKind::move: return field == 'o' || field == 'v' ? Use::any : Use::whole;
    default: return use_of(field == 'o' ? form.out : form.in);
  }
}

Register register_in(const RegisterOp& operation, char field) {
  switch (field) {
    case 'a': return operation.a;
    case 'b': return operation.b;
    case 'c': return operation.c;
    case 'd': return operation.d;
    default: return operation.out;
  }
}

bool is_pair(RegisterOperation operation) {
  return operation == RegisterOperation::load_pair || operation == RegisterOperation::store_pair;
}

std::size_t index_of(Register which) { return which / sizeof(std::uint64_t); }

}  // namespace

NativeRegisters::NativeRegisters(const RegisterProgram& program)
    : program_(program), usage_(program.registers.size()), home_of_(program.registers.size(), -1) {
  find_loops();
  for (std::size_t i = 0; i < program.code.size(); ++i) count(i);
  for (Usage& usage : usage_) extend(usage);
  choose(false);
  choose(true);
}

void NativeRegisters::find_loops() {
  for (std::size_t i = 0; i < program_.code.size(); ++i) {
    const RegisterOp& operation = program_.code[i];
    if (is_back_edge(operation))
      loops_.push_back({i - static_cast<std::size_t>(-operation.jump), i});
  }
}

std::uint64_t NativeRegisters::weight_at(std::size_t operation) const {
  const auto depth = std::count_if(loops_.begin(), loops_.end(), [&](const Loop& loop) {
    return loop.first <= operation && operation <= loop.last;
  });
  std::uint64_t weight = 1;
  for (auto level = std::min<std::ptrdiff_t>(depth, kDeepest); level > 0; --level) weight *= kTurns;
  return weight;
}

void NativeRegisters::count(std::size_t at) {
  const RegisterOp& operation = program_.code[at];
  const RegisterForm form = form_of(operation.code);
  for (const char field : form.fields) {
    if (std::string_view("oabcdv").find(field) == std::string_view::npos) continue;
    count(register_in(operation, field), use_of(operation.code.operation(), form, field),
          field != 'o', at);
  }
  if (is_pair(operation.code.operation())) count(second_size(operation), Use::whole, true, at);
}

void NativeRegisters::count(Register which, Use use, bool is_read, std::size_t at) {
  Usage& usage = usage_[index_of(which)];
  // What is read first has its value from before the program.
  if (is_read && !usage.is_written) usage.first = 0;
  usage.first = std::min(usage.first, at);
  usage.last = at;
  usage.is_written = usage.is_written || !is_read;
  const std::uint64_t weight = weight_at(at);
  switch (use) {
    case Use::whole: usage.whole += weight; break;
    case Use::real: usage.real += weight; break;
    case Use::any: usage.any += weight; break;
    case Use::address: usage.in_memory = true; break;
  }
}

// A value from before a loop that is needed in it, or one from inside that is needed behind, is
// needed in every turn.
void NativeRegisters::extend(Usage& usage) const {
  for (bool changed = true; changed;) {
    changed = false;
    for (const Loop& loop : loops_) {
      const bool meets = usage.first <= loop.last && loop.first <= usage.last;
      const bool inside = loop.first <= usage.first && usage.last <= loop.last;
      const bool around = usage.first <= loop.first && loop.last <= usage.last;
      if (!meets || inside || around) continue;
      usage.first = std::min(usage.first, loop.first);
      usage.last = std::max(usage.last, loop.last);
      changed = true;
    }
  }
}

// One that is used in both ways stays in memory, where that makes no difference.
void NativeRegisters::choose(bool real) {
  std::vector<std::size_t> found;
  const auto weight = [&](std::size_t i) {
    return usage_[i].whole + usage_[i].real + usage_[i].any;
  };
  for (std::size_t i = 0; i < usage_.size(); ++i) {
    const Usage& usage = usage_[i];
    const bool is_used = (real ? usage.real : usage.whole + usage.any) != 0;
    const bool is_mixed = (real ? usage.whole : usage.real) != 0;
    // A constant among whole numbers is mostly a part of the instruction.
    const bool is_immediate =
        !real && !usage.is_written && usage.any == 0 && fits_immediate(program_.registers[i]);
    if (is_used && !is_mixed && !usage.in_memory && !is_immediate) found.push_back(i);
  }
  std::stable_sort(found.begin(), found.end(),
                   [&](std::size_t a, std::size_t b) { return weight(a) > weight(b); });
  for (const std::size_t i : found) {
    const auto which = static_cast<Register>(i * sizeof(std::uint64_t));
    if (settle({which, usage_[i].first, usage_[i].last, {}, {}}, real))
      home_of_[i] = static_cast<int>(homes_.size() - 1);
  }
}

// Finds a register of the processor that is free all the time, if there is one.
bool NativeRegisters::settle(Home home, bool real) {
  for (std::size_t k = 0; k < (real ? kXmms : std::size(kGprs)); ++k) {
    if (real) {
      home.xmm = x86::Xmm{static_cast<std::uint8_t>(kFirstXmm + k)};
    } else {
      home.gpr = kGprs[k];
    }
    const bool is_free = std::none_of(homes_.begin(), homes_.end(), [&](const Home& other) {
      return other.gpr == home.gpr && other.xmm == home.xmm && other.overlaps(home);
    });
    if (!is_free) continue;
    homes_.push_back(home);
    return true;
  }
  return false;
}

std::optional<x86::Gpr> NativeRegisters::gpr(Register which) const {
  const int home = home_of_[index_of(which)];
  return home < 0 ? std::nullopt : homes_[static_cast<std::size_t>(home)].gpr;
}

std::optional<x86::Xmm> NativeRegisters::xmm(Register which) const {
  const int home = home_of_[index_of(which)];
  return home < 0 ? std::nullopt : homes_[static_cast<std::size_t>(home)].xmm;
}

std::optional<std::uint64_t> NativeRegisters::constant(Register which) const {
  const std::size_t index = index_of(which);
  if (usage_[index].is_written) return std::nullopt;
  return program_.registers[index];
}

}  // namespace pygraph::plan
