#include "passes/passes.hpp"

#include <algorithm>
#include <cstdlib>

namespace pygraph::passes {

Options Options::from_environment() {
  Options options;
  const char* verify = std::getenv("PYGRAPH_VERIFY_PASSES");
  if (verify != nullptr) options.verifies_ = std::string_view(verify) == "1";
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

std::span<const Pass> passes() {
  static constexpr Pass kPasses[] = {{"simplify", simplify},
                                     {"sink_transposes", sink_transposes},
                                     {"loop_invariants", hoist_loop_invariants},
                                     {"common_subexpressions", merge_common_subexpressions},
                                     {"dead_code", remove_dead_code}};
  return kPasses;
}

ir::Module optimise(const ir::Module& module, std::span<const ir::Type> inputs,
                    const Options& options) {
  ir::Module result = specialise(module, inputs, options);
  if (options.verifies()) check_after("specialise", result);
  for (const Pass& pass : passes()) {
    if (!options.enabled(pass.name)) continue;
    pass.run(result);
    if (options.verifies()) check_after(pass.name, result);
  }
  return result;
}

}  // namespace pygraph::passes
