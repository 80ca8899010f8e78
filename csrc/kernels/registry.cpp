// Chooses the instruction set and finds kernels by name and dtypes.
#include "kernels/registry.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <string_view>
#include <tuple>
#include <vector>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "kernels/common.hpp"
#include "kernels/kernels.hpp"

namespace pygraph::kernels {
namespace {

#define PYGRAPH_DTYPE(name, type, size, cls, supported) \
  static_assert(static_cast<int>(ElementType::name) == static_cast<int>(DType::name));
#include "base/dtypes.def"
#undef PYGRAPH_DTYPE

struct InstructionSet {
  std::string_view name;
  bool (*runs_here)();
  Tables (*tables)();
};

#if defined(__x86_64__)

bool has_v3() {
  unsigned int eax = 0, ebx = 0, ecx = 0, edx = 0;
  constexpr unsigned int kMovbe = 1U << 22, kF16c = 1U << 29, kLzcnt = 1U << 5;
  if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) == 0) return false;
  if ((ecx & kMovbe) == 0 || (ecx & kF16c) == 0) return false;
  if (__get_cpuid(0x80000001U, &eax, &ebx, &ecx, &edx) == 0 || (ecx & kLzcnt) == 0) return false;
  // These also ask whether the operating system keeps the wide registers.
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
         __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
}

bool has_v4() {
  return has_v3() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl");
}

// From the least to the most capable; each includes those before it.
constexpr InstructionSet kInstructionSets[] = {
    {"x86-64", [] { return true; }, isa_x86_64::tables},
    {"x86-64-v3", has_v3, isa_x86_64_v3::tables},
    {"x86-64-v4", has_v4, isa_x86_64_v4::tables},
};

#else

constexpr InstructionSet kInstructionSets[] = {
    {"generic", [] { return true; }, isa_generic::tables},
};

#endif

template <class Fn>
class Directory {
 public:
  void add(const Rows<Fn>& rows) { rows_.insert(rows_.end(), rows.rows, rows.rows + rows.count); }
  void sort() {
    std::sort(rows_.begin(), rows_.end(),
              [](const Row<Fn>& a, const Row<Fn>& b) { return key(a) < key(b); });
  }
  Fn find(std::string_view name, DType in, DType out) const {
    const Key wanted(name, static_cast<ElementType>(in), static_cast<ElementType>(out));
    const auto row = std::lower_bound(rows_.begin(), rows_.end(), wanted,
                                      [](const Row<Fn>& a, const Key& b) { return key(a) < b; });
    return row != rows_.end() && key(*row) == wanted ? row->fn : nullptr;
  }

 private:
  using Key = std::tuple<std::string_view, ElementType, ElementType>;
  static Key key(const Row<Fn>& row) { return {row.name, row.in, row.out}; }
  std::vector<Row<Fn>> rows_;
};

class Registry {
 public:
  Registry() {
    for (const InstructionSet& set : kInstructionSets) {
      if (set.runs_here()) available_.push_back(set.name);
    }
    const InstructionSet& set = choose();
    isa_ = set.name;
    const Tables tables = set.tables();
    for (const auto& rows : tables.elementwise) elementwise_.add(rows);
    elementwise_.add(common::library_rows());
    reduce_.add(tables.reduce);
    reduce_.add(tables.arg_reduce);
    scan_.add(tables.scan);
    for (int i = 0; i < tables.gemm.count; ++i) {
      const Row<GemmFn>& row = tables.gemm.rows[i];
      gemm_[static_cast<std::size_t>(row.in)] = row.fn;
    }
    fuses_multiply_add_ = tables.fuses_multiply_add;
    for (const PairRows& rows : tables.pairs)
      pairs_.insert(pairs_.end(), rows.rows, rows.rows + rows.count);
    elementwise_.sort();
    reduce_.sort();
    scan_.sort();
  }

  Directory<ElementwiseFn> elementwise_;
  Directory<ReduceFn> reduce_;
  Directory<ScanFn> scan_;
  std::vector<PairRow> pairs_;
  std::array<GemmFn, kDTypeCount> gemm_{};  // per dtype: small products look often
  bool fuses_multiply_add_ = false;
  std::string_view isa_;
  std::vector<std::string_view> available_;

 private:
  const InstructionSet& choose() const {
    const InstructionSet& best = kInstructionSets[available_.size() - 1];
    const char* wanted = std::getenv("PYGRAPH_ISA");
    if (wanted == nullptr || *wanted == '\0') return best;
    for (std::size_t i = 0; i < available_.size(); ++i) {
      if (kInstructionSets[i].name == wanted) return kInstructionSets[i];
    }
    std::fprintf(
        stderr,
        "pygraph: PYGRAPH_ISA=%s is no instruction set that this machine runs; using %.*s\n",
        wanted, static_cast<int>(best.name.size()), best.name.data());
    return best;
  }
};

// Built on first use, never destroyed: kernels are looked up while other static objects live or
// die.
const Registry& registry() {
  static const auto* const instance = new Registry;
  return *instance;
}

}  // namespace

ElementwiseFn find_elementwise(std::string_view name, DType in, DType out) {
  return registry().elementwise_.find(name, in, out);
}

ElementwiseFn find_pair(std::string_view inner, std::string_view outer, int position, DType dtype) {
  for (const PairRow& row : registry().pairs_) {
    if (row.type == static_cast<ElementType>(dtype) && row.position == position &&
        row.outer == outer && row.inner == inner)
      return row.fn;
  }
  return nullptr;
}

ReduceFn find_reduce(std::string_view name, DType in, DType out) {
  return registry().reduce_.find(name, in, out);
}

ScanFn find_scan(std::string_view name, DType in, DType out) {
  return registry().scan_.find(name, in, out);
}

GemmFn find_gemm(DType dtype) { return registry().gemm_[static_cast<std::size_t>(dtype)]; }

bool fuses_multiply_add() { return registry().fuses_multiply_add_; }

std::string_view isa() { return registry().isa_; }

std::span<const std::string_view> available_isas() { return registry().available_; }

}  // namespace pygraph::kernels
