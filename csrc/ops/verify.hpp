// Checks a module against the op table and infers the type of every value. The one place that
// decides whether a graph is well formed: the reader, the text parser and, in debug builds, every
// pass end here.
#pragma once

#include "ir/ir.hpp"

namespace pygraph::ops {

// The greatest nesting of control flow that a graph may have.
inline constexpr int kMaxNesting = 200;

// On entry every function has its parameters' types in `types` (and only those); nodes have op,
// inputs, attributes, subgraphs and location, and nothing else is trusted: operand ids, arities,
// attribute kinds, constant and location ids, ownership of subgraphs, dtypes and shapes are
// checked, output ids and types are filled in. Throws Error with the function, the node and its
// location named: `format` for a malformed module, `type` or `value` for what a rule refuses.
void verify(ir::Module& module);

}  // namespace pygraph::ops
