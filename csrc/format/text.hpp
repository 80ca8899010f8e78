// Graphs as text that people read and `parse` reads back.
//
//   graph sum_squares(n: int64[]) -> (int64[]) {
//     %1: int64[] = constant 1                             # demo.py:6 in sum_squares
//     %2: int64[] = add n, %1                              # demo.py:6 in sum_squares
//     %3: int64[] = constant 0                             # demo.py:5 in sum_squares
//     %4: int64[], %5: int64[] = while_loop %2, %3, %3 {captures=1}  # demo.py:6 in sum_squares
//       test(bound: int64[], i: int64[], s: int64[]) {
//         %3: bool[] = less i, bound                       # demo.py:6 in sum_squares
//         return %3
//       }
//       body(bound: int64[], i: int64[], s: int64[]) {
//         ...
//         return i = %5, s = %4
//       }
//     return %5
//   }
//
// Values are numbered per function, parameters first. `%0` names any value; a parameter also goes
// by its name. A parameter whose name is no plain word, or not the only one of that name, is
// written as `%0 "its name": int64[]`.
//
// On reading, types of outputs may be left out, except that of a constant; where they stand they
// must agree with what is inferred: equal dtype and rank, and equal dims where they are numbers.
// `?0` is an unknown size.
//
// Attributes are `{name=value, ...}`; in integers, `_` is a bound left out of a slice. A node's
// subgraphs follow it: `then` and `else` of cond, `test` and `body` of while_loop. A function's
// name stands behind that word, where it differs from it.
//
// Functions that `call` nodes name follow the graph, numbered from 0, with the types that a call
// gives:
//
//   function 0 factorial(n: int64[]) -> (int64[]) {
//     ...
//       %5: int64[] = call %4 {function=0}
//
// The elements of small constants stand in place, floats in the shortest form that reads back
// exactly. Larger constants, and those that several nodes share, are `constant @0` and stand at
// the end, as `constants { @0: float64[20] = base64 "..." }`.
//
// `# file:line in function < file:line in function` is the line that a node comes from and the
// calls it was inlined at. Files are shortened as far as they stay distinct and listed in full at
// the end, as `files { demo.py = "/home/demo.py" }`. `//` starts a comment.
#pragma once

#include <string>
#include <string_view>

#include "ir/ir.hpp"

namespace pygraph::format {

// Constants of more elements than this go to the end of the text.
inline constexpr std::int64_t kMaxElementsInPlace = 16;

// The text of a verified graph.
std::string print(const ir::Module& module);

// The graph of a text, verified: parse(print(m)) equals m, up to the order of its tables. Throws
// Error: `format` with the line and column of the first fault and what was expected there, or what
// ops::verify throws.
ir::Module parse(std::string_view text);

// The word before a subgraph of `op`: "then", "else", "test", "body".
std::string_view subgraph_word(ir::OpCode op, std::uint32_t index);

}  // namespace pygraph::format
