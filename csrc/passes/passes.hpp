// The passes over the graph, in the order in which they run. Each is one file, can be switched off,
// and gives the same results. What comes out is for the planner: ids of dropped values stay unused.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ir/ir.hpp"

namespace pygraph::passes {

// Which optimisations to make. From the environment variable PYGRAPH_PASSES: "none" switches all
// off, "-name,-name" some.
class Options {
 public:
  static Options all() { return {}; }
  static Options from_environment();
  bool enabled(std::string_view name) const;
  // Whether what each pass makes is verified: in debug builds, and where PYGRAPH_VERIFY_PASSES is
  // 1.
  bool verifies() const { return verifies_; }

 private:
  bool none_ = false;
  bool verifies_ = PYGRAPH_DEBUG != 0;
  std::vector<std::string> off_;
};

// A copy of the graph for inputs of these (static) types: every type is inferred again, so that all
// dims which follow from the inputs become constants. With fold_constants enabled, small pure nodes
// of known operands become constants. A node that does not fit these types becomes a `raise` of its
// fault, or stays where sizes are still unknown; nothing behind it is kept.
ir::Module specialise(const ir::Module& module, std::span<const ir::Type> inputs,
                      const Options& options);

// How many nodes were specialised in this process so far, those in loops each time.
std::int64_t nodes_inferred();

// A copy of the graph in which the last inputs are these constants. This is no optimisation: it
// makes a graph independent of what it reads besides its arguments.
ir::Module with_constants(const ir::Module& module, std::span<const Tensor> values);

// A copy of the graph with the bodies of functions in the place of calls, where that pays; nothing
// if there are no calls. Its locations are the graph's, and more behind them.
std::optional<ir::Module> inline_calls(const ir::Module& module);

// Replaces nodes by cheaper ones that give the same bits.
void simplify(ir::Module& module);

// Has matrix products read transposed operands where they stand.
void sink_transposes(ir::Module& module);

// Moves out of loops what is the same in every turn and cannot fail.
void hoist_loop_invariants(ir::Module& module);

// Computes once what is computed several times.
void merge_common_subexpressions(ir::Module& module);

// Drops the nodes whose results nobody needs and that cannot fail.
void remove_dead_code(ir::Module& module);

// Those of the above that change a specialised graph, in their order, by their names in
// PYGRAPH_PASSES.
struct Pass {
  std::string_view name;
  void (*run)(ir::Module& module);
};
std::span<const Pass> passes();

// What a pass made, without the numbers that it left unused. Throws `internal`, naming the pass, if
// that is no well-formed graph of the types that it notes.
ir::Module check_after(std::string_view pass, const ir::Module& module);

// All of the above.
ir::Module optimise(const ir::Module& module, std::span<const ir::Type> inputs,
                    const Options& options);

}  // namespace pygraph::passes
