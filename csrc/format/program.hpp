// A program file: the graphs of one function, one after the other, each in the wire format.
//
//   8 bytes  magic "\x89pgprog\n"
//   u32      version (1)
//   u32      number of graphs
//   then for each: u64 length, and that many bytes of a graph (format/wire.hpp), padded with zeros
//   to a multiple of 64
//
// The first graph starts at byte 64, so that constants are aligned in a mapped file.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "ir/ir.hpp"

namespace pygraph::format {

// The verified graphs. Throws `format` naming the first fault, or what reading a graph throws.
std::vector<ir::Module> read_program(std::span<const std::byte> bytes);
std::vector<std::byte> write_program(std::span<const ir::Module* const> graphs);

}  // namespace pygraph::format
