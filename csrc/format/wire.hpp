// Graphs as bytes, version 1. This comment is the specification; reader.cpp, writer.cpp and
// pygraph/graph/wire.py follow it.
//
// All numbers are little-endian. A word is a u32; an i64, a u64 and an f64 are two words, the low
// one first. A string is an index into the string table. A dtype is its row in base/dtypes.def.
// The sections follow each other without gaps; no offset is stored.
//
//   header      u8[8]  89 'p' 'g' 'r' 'a' 'p' 'h' 0A
//               u32    version: 1
//               u32    CRC-32 (that of zlib) of every byte after the header
//               u64    length of the whole in bytes, header included
//   directory   10 words: string count, bytes of all strings, location count, constant count,
//               words of the constants, function count, words of the functions, symbol count,
//               external count, 0
//   strings     a word each: its length in bytes; then the bytes of all of them, UTF-8, and zeros
//               up to a whole word
//   locations   4 words each: file (string), function (string), line, parent. Ids count from 1,
//               0 is none. The parent is the call that this line was inlined at: a lower id, or 0
//   constants   dtype, rank, storage, external index, then i64 dims >= 0 each.
//               Storage 0: the elements are in the data; the external index is 0.
//               Storage 1: the elements are those of a tensor handed in beside the bytes, of the
//               same dtype and shape
//   functions   described below
//   data        the elements of each constant of storage 0, in order, row-major. Each starts at
//               the next multiple of 64 from the start of the bytes, with zeros before it. The
//               bytes end with the last one
//
//   function    name (string), parameter count, node count, result count, parameters, nodes,
//               results
//   parameter   name (string), type
//   result      value id, name (string; may be empty), type
//   type        kind (0 tensor; 1 list and 2 variable are reserved), dtype, rank, then i64 dims
//   node        op (string), location, input count, attribute count, subgraph count, then value
//               ids, attributes, and the subgraphs' function ids
//   attribute   name (string), kind, and by kind:
//               0 integer: i64       3 dtype: dtype               6 constant: index into the
//               1 real: f64          4 ints: count, then i64s       constants
//               2 boolean: 0 or 1    5 string: string             7 function: function id
//
// Value ids count the parameters first, then the outputs of the nodes in order. Types of node
// outputs are not stored: they are inferred. A dim < 0 of a parameter is the unknown size
// -(symbol + 1), its symbol less than the symbol count; a dim < 0 of a result says only that the
// size is unknown. A result's type must agree with the inferred one: equal dtype and rank, and
// every dim that is not < 0 equal. Function 0 is the entry; every other one is either the subgraph
// of exactly one node, in a function of lower id, or named by `call` nodes, whose outputs have its
// results' types. An op's attributes are exactly those of its row in
// ops/ops.def, in any order.
//
// What `write` makes is canonical: one graph has one form. Functions are numbered by a walk that
// enters the subgraphs of a node when it meets the node, first from the entry and then from each
// function that is called, in the order in which calls name them; locations and constants in the
// order in which that walk meets them, unused ones dropped and equal locations merged (parents come
// first); strings in the order of the bytes that name them; attributes as in the op's row; unknown
// dims of results are -1; the symbol count is the least; constants are in the data.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/tensor.hpp"
#include "ir/ir.hpp"
#include "ops/op_table.hpp"

namespace pygraph::format {

static_assert(std::endian::native == std::endian::little,
              "the reader and the writer copy words as they are");

inline constexpr std::array<std::uint8_t, 8> kMagic = {0x89, 'p', 'g', 'r', 'a', 'p', 'h', '\n'};
inline constexpr std::uint32_t kVersion = 1;
inline constexpr std::size_t kHeaderBytes = 24;
inline constexpr std::size_t kDirectoryWords = 10;
inline constexpr std::size_t kWordBytes = 4;
inline constexpr std::size_t kDataAlignment = 64;

enum class Storage : std::uint32_t { inline_data, external };

// Attribute kinds are numbered as the op table numbers them.
static_assert(static_cast<int>(ops::AttributeKind::integer) == 0);
static_assert(static_cast<int>(ops::AttributeKind::real) == 1);
static_assert(static_cast<int>(ops::AttributeKind::boolean) == 2);
static_assert(static_cast<int>(ops::AttributeKind::dtype) == 3);
static_assert(static_cast<int>(ops::AttributeKind::ints) == 4);
static_assert(static_cast<int>(ops::AttributeKind::string) == 5);
static_assert(static_cast<int>(ops::AttributeKind::constant) == 6);
static_assert(static_cast<int>(ops::AttributeKind::function) == 7);

// What a reader refuses although the bytes could hold it. Together with counts being checked
// against the bytes that are left, they keep the memory that a graph takes within a small multiple
// of its size.
inline constexpr std::uint32_t kMaxFunctions = 1u << 20;
inline constexpr std::uint32_t kMaxSymbols = 1u << 30;
inline constexpr std::size_t kMaxStringBytes = std::size_t{1} << 16;
// Of all names together, each as often as it is used: a long one may be used by many.
inline constexpr std::size_t kMaxNameBytes = std::size_t{1} << 28;
// The entries of one chain of locations.
inline constexpr int kMaxInlining = 1000;
// Of a location: what Python counts lines by.
inline constexpr std::uint32_t kMaxLine = INT32_MAX;

// The graph of `bytes`, verified. `external` holds the tensors that constants of storage 1 name.
// Throws Error: `format`, with the byte, the function and the node of the first fault, or what
// ops::verify throws.
ir::Module read(std::span<const std::byte> bytes, std::span<const Tensor> external = {});

// The canonical bytes of a verified graph: write(read(write(m))) == write(m).
std::vector<std::byte> write(const ir::Module& module);

}  // namespace pygraph::format
