// Chooses the instruction set and finds kernels by name and dtypes.
#include "kernels/registry.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <iterator>
#include <span>
#include <string_view>
#include <vector>

#include "kernels/common.hpp"
#include "kernels/kernels.hpp"

namespace pygraph::kernels {
namespace {

#define PYGRAPH_DTYPE(name, ...) \
  static_assert(static_cast<int>(ElementType::name) == static_cast<int>(DType::name));
#include "base/dtypes.def"
#undef PYGRAPH_DTYPE

struct InstructionSet {
  std::string_view name;
  bool (*runs_here)();
  Tables (*tables)();
};

#if defined(__x86_64__)

// Answers from what the compiler's runtime found out when the library was loaded. Asking the
// processor itself takes microseconds a question in a virtual machine.
bool has_v3() { return __builtin_cpu_supports("x86-64-v3"); }
bool has_v4() { return __builtin_cpu_supports("x86-64-v4"); }

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

// Tables are searched as they lie: a comparison of dtypes leaves few rows of a few hundred, and a
// program that runs once would spend more on an order than on its searches.
template <class Fn>
Fn find(std::span<const Rows<Fn>> tables, std::string_view name, DType in, DType out) {
  const auto wanted_in = static_cast<ElementType>(in), wanted_out = static_cast<ElementType>(out);
  for (const Rows<Fn>& table : tables) {
    for (const Row<Fn>& row : std::span(table.rows, static_cast<std::size_t>(table.count))) {
      if (row.in == wanted_in && row.out == wanted_out && row.name == name) return row.fn;
    }
  }
  return nullptr;
}

class Registry {
 public:
  Registry() {
    for (const InstructionSet& set : kInstructionSets) {
      if (set.runs_here()) available_.push_back(set.name);
    }
    const InstructionSet& set = choose();
    isa_ = set.name;
    const Tables tables = set.tables();
    // What the set has no kernel for is found behind it, in the oldest.
    const Tables oldest = kInstructionSets[0].tables();
    auto next = std::copy(std::begin(tables.elementwise), std::end(tables.elementwise),
                          elementwise_.begin());
    *next++ = common::library_rows();
    std::copy(std::begin(oldest.elementwise), std::end(oldest.elementwise), next);
    reduce_ = {tables.reduce, tables.arg_reduce, oldest.reduce, oldest.arg_reduce};
    scan_ = {tables.scan, oldest.scan};
    for (const Tables* each : {&oldest, &tables}) {
      for (int i = 0; i < each->gemm.count; ++i) {
        const Row<GemmFn>& row = each->gemm.rows[i];
        gemm_[static_cast<std::size_t>(row.in)] = row.fn;
      }
    }
    fuses_multiply_add_ = tables.fuses_multiply_add;
    std::copy(std::begin(tables.pairs), std::end(tables.pairs), pairs_.begin());
  }

  std::array<Rows<ElementwiseFn>, 2 * kElementwiseFamilies + 1> elementwise_;
  std::array<Rows<ReduceFn>, 4> reduce_;
  std::array<Rows<ScanFn>, 2> scan_;
  std::array<PairRows, 2> pairs_;
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
  return find<ElementwiseFn>(registry().elementwise_, name, in, out);
}

ElementwiseFn find_pair(std::string_view inner, std::string_view outer, int position, DType dtype) {
  for (const PairRows& table : registry().pairs_) {
    for (const PairRow& row : std::span(table.rows, static_cast<std::size_t>(table.count))) {
      if (row.type == static_cast<ElementType>(dtype) && row.position == position &&
          row.outer == outer && row.inner == inner)
        return row.fn;
    }
  }
  return nullptr;
}

ReduceFn find_reduce(std::string_view name, DType in, DType out) {
  return find<ReduceFn>(registry().reduce_, name, in, out);
}

ScanFn find_scan(std::string_view name, DType in, DType out) {
  return find<ScanFn>(registry().scan_, name, in, out);
}

GemmFn find_gemm(DType dtype) { return registry().gemm_[static_cast<std::size_t>(dtype)]; }

bool fuses_multiply_add() { return registry().fuses_multiply_add_; }

std::string_view isa() { return registry().isa_; }

std::span<const std::string_view> available_isas() { return registry().available_; }

}  // namespace pygraph::kernels
