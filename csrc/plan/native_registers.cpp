#include "plan/native_registers.hpp"

#include <algorithm>

namespace pygraph::plan {
namespace {

using x86::Gpr;

// The others hold the state of the run, or what an operation works with.
constexpr Gpr kGprs[] = {Gpr::rsi, Gpr::rdi, Gpr::r8,  Gpr::r9, Gpr::r10,
                         Gpr::r11, Gpr::r12, Gpr::r14, Gpr::r15};
constexpr std::uint8_t kFirstXmm = 2;
constexpr std::size_t kXmms = 14;

constexpr std::uint64_t kTurns = 8;  // how often a loop is taken to go round
constexpr int kDeepest = 6;

enum class Use : std::uint8_t { whole, real, any, address };

bool is_real(DType dtype) { return dtype == DType::float32 || dtype == DType::float64; }

Use use_of(DType dtype) { return is_real(dtype) ? Use::real : Use::whole; }

bool is_load_or_store(std::string_view name) {
  return name.starts_with("load_") || name.starts_with("store_");
}

// How an operation uses the register that a field names.
Use use_of(const RegisterForm& form, char field) {
  if (form.kind != RegisterKind::control) return use_of(field == 'o' ? form.out : form.in);
  if (form.name == "kernel") return Use::address;
  if (form.name == "copy" || form.name.starts_with("import_") || form.name.starts_with("export_"))
    return Use::any;
  if (form.name == "select") return field == 'a' ? Use::whole : Use::any;
  if (is_load_or_store(form.name)) return field == 'o' || field == 'v' ? Use::any : Use::whole;
  const bool chooses = form.name.starts_with("choose_");
  return chooses || form.name == "multiply_add_float64" ? Use::real : Use::whole;
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

std::size_t index_of(Register which) { return which / sizeof(std::uint64_t); }

// Per operation, how many loops are around it.
std::vector<int> depths(const RegisterProgram& program) {
  std::vector<int> depth(program.code.size(), 0);
  for (std::size_t i = 0; i < program.code.size(); ++i) {
    const RegisterOp& operation = program.code[i];
    if (!form_of(operation.code).fields.ends_with('j') || operation.jump >= 0) continue;
    const std::size_t first = i - static_cast<std::size_t>(-operation.jump);
    for (std::size_t k = first; k <= i; ++k) ++depth[k];
  }
  return depth;
}

}  // namespace

NativeRegisters::NativeRegisters(const RegisterProgram& program)
    : program_(program), usage_(program.registers.size()), home_of_(program.registers.size(), -1) {
  const std::vector<int> depth = depths(program);
  for (std::size_t i = 0; i < program.code.size(); ++i) {
    std::uint64_t weight = 1;
    for (int level = std::min(depth[i], kDeepest); level > 0; --level) weight *= kTurns;
    count(program.code[i], weight);
  }
  choose(std::size(kGprs), false);
  choose(kXmms, true);
}

void NativeRegisters::count(const RegisterOp& operation, std::uint64_t weight) {
  const RegisterForm form = form_of(operation.code);
  for (const char field : form.fields) {
    if (std::string_view("oabcdv").find(field) == std::string_view::npos) continue;
    Usage& usage = usage_[index_of(register_in(operation, field))];
    if (field == 'o') usage.is_written = true;
    switch (use_of(form, field)) {
      case Use::whole: usage.whole += weight; break;
      case Use::real: usage.real += weight; break;
      case Use::any: usage.any += weight; break;
      case Use::address: usage.in_memory = true; break;
    }
  }
}

// One that is used in both ways stays in memory, where that makes no difference.
void NativeRegisters::choose(std::size_t limit, bool real) {
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
  if (found.size() > limit) found.resize(limit);
  for (std::size_t k = 0; k < found.size(); ++k) {
    home_of_[found[k]] = static_cast<int>(homes_.size());
    Home home{static_cast<Register>(found[k] * sizeof(std::uint64_t)), {}, {}};
    if (real) {
      home.xmm = x86::Xmm{static_cast<std::uint8_t>(kFirstXmm + k)};
    } else {
      home.gpr = kGprs[k];
    }
    homes_.push_back(home);
  }
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
