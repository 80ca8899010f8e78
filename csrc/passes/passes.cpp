#include "passes/passes.hpp"

#include <algorithm>
#include <cstdlib>

namespace pygraph::passes {

Options Options::from_environment() {
  Options options;
  const char* text = std::getenv("PYGRAPH_PASSES");
  if (text == nullptr) return options;
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view word = rest.substr(0, comma);
    if (word == "none") options.none_ = true;
    if (word.starts_with('-')) options.off_.emplace_back(word.substr(1));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return options;
}

bool Options::enabled(std::string_view name) const {
  return !none_ && std::find(off_.begin(), off_.end(), name) == off_.end();
}

ir::Module optimise(const ir::Module& module, std::span<const ir::Type> inputs,
                    const Options& options) {
  ir::Module result = specialise(module, inputs, options);
  if (options.enabled("simplify")) simplify(result);
  if (options.enabled("sink_transposes")) sink_transposes(result);
  if (options.enabled("loop_invariants")) hoist_loop_invariants(result);
  if (options.enabled("common_subexpressions")) merge_common_subexpressions(result);
  if (options.enabled("dead_code")) remove_dead_code(result);
  return result;
}

}  // namespace pygraph::passes
