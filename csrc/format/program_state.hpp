// The state of a program as a graph of constants, so that it is read, verified and printed as every
// graph is. Its results are int64 vectors, one for each graph: which variable each of the graph's
// variable parameters is; one more, with a 1 for each trainable variable; then the initial value of
// each variable, under its name.
#pragma once

#include "format/program.hpp"

namespace pygraph::format {

// Whether a graph has variables among its parameters.
bool uses_variables(const ir::Module& graph);

ir::Module state_graph(std::span<const ProgramVariable> variables,
                       std::span<const std::vector<std::uint32_t>> uses);

// The table of a program's functions, and what such a graph says. Throw `format` where it is none,
// or not one of the program's graphs.
ir::Module functions_graph(std::span<const ProgramFunction> functions);
std::vector<ProgramFunction> functions_in(const ir::Module& table);
void check_functions(const Program& program);

// Fills in what the program's state says. Throws `format` where it is no state of these graphs.
void take_state(Program& program, const ir::Module& state);

}  // namespace pygraph::format
