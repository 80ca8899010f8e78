// A program file: the graphs of one function or of several, one after the other, each in the wire
// format.
//
//   8 bytes  magic "\x89pgprog\n"
//   u32      version: 1, or 2 where its functions have names
//   u32      number of graphs
//   then for each: u64 length, and that many bytes of a graph (format/wire.hpp), padded with zeros
//   to a multiple of 64
//
// The first graph starts at byte 64, so that constants are aligned in a mapped file. Where a graph
// uses variables, one more graph follows them: the state (format/program_state.hpp). In version 2
// the last graph is a table of the functions: constants, int64 and 0-d, each under a function's
// name, that say how many of the graphs are its own, in order. The variables are those of all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "ir/ir.hpp"

namespace pygraph::format {

// A variable of a program, which its graphs share, with the value that it starts with.
struct ProgramVariable {
  std::string name;  // no two of a program have the same
  bool trainable;
  Tensor initial;
};

// One of several functions: the next so many graphs are its own.
struct ProgramFunction {
  std::string name;  // no two of a program have the same
  std::size_t graphs;
};

struct Program {
  std::vector<ir::Module> graphs;
  std::vector<ProgramVariable> variables;
  // Per graph, which of the variables each of its variable parameters is.
  std::vector<std::vector<std::uint32_t>> uses;
  std::vector<ProgramFunction> functions;  // none where all graphs are of one, without a name
};

// Whether these are the first bytes of a program file.
bool is_program(std::span<const std::byte> bytes);
// The verified graphs. Throws `format` naming the first fault, or what reading a graph throws.
Program read_program(std::span<const std::byte> bytes);
// `uses` has an entry for each graph; `functions` may be empty, as above.
std::vector<std::byte> write_program(std::span<const ir::Module* const> graphs,
                                     std::span<const ProgramVariable> variables,
                                     std::span<const std::vector<std::uint32_t>> uses,
                                     std::span<const ProgramFunction> functions = {});

}  // namespace pygraph::format
