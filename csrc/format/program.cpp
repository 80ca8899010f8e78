#include "format/program.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>

#include "format/program_state.hpp"
#include "format/wire.hpp"

namespace pygraph::format {
namespace {

constexpr char kProgramMagic[9] = "\x89pgprog\n";
constexpr std::uint32_t kOneFunction = 1;  // the versions
constexpr std::uint32_t kFunctions = 2;
constexpr std::size_t kBlock = 64;
constexpr std::size_t kHeader = 16;

[[noreturn]] void fail(const std::string& text) {
  throw Error(ErrorKind::format, "program file: " + text);
}

template <class T>
T load(std::span<const std::byte> bytes, std::size_t at) {
  if (at > bytes.size() || bytes.size() - at < sizeof(T))
    fail("it ends early, at byte " + std::to_string(bytes.size()));
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

template <class T>
void store(std::vector<std::byte>& bytes, T value) {
  const auto* first = reinterpret_cast<const std::byte*>(&value);
  bytes.insert(bytes.end(), first, first + sizeof value);
}

std::size_t padded(std::size_t size) { return (size + kBlock - 1) / kBlock * kBlock; }

// The start of the block after `at`; there are only zeros in between.
std::size_t skip_padding(std::span<const std::byte> bytes, std::size_t at) {
  const std::size_t end = padded(at);
  if (end > bytes.size()) fail("it ends early, at byte " + std::to_string(bytes.size()));
  for (; at < end; ++at) {
    if (bytes[at] != std::byte{0}) fail("byte " + std::to_string(at) + " is padding, but not zero");
  }
  return end;
}

}  // namespace

bool is_program(std::span<const std::byte> bytes) {
  return bytes.size() >= kHeader && std::memcmp(bytes.data(), kProgramMagic, 8) == 0;
}

Program read_program(std::span<const std::byte> bytes) {
  if (!is_program(bytes)) fail("it does not start with the magic number");
  const auto version = load<std::uint32_t>(bytes, 8);
  if (version != kOneFunction && version != kFunctions)
    fail("version " + std::to_string(version) + " is not known, only " +
         std::to_string(kOneFunction) + " and " + std::to_string(kFunctions));
  const auto count = load<std::uint32_t>(bytes, 12);
  Program program;
  std::vector<ir::Module>& graphs = program.graphs;
  std::size_t at = skip_padding(bytes, kHeader);
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto length = load<std::uint64_t>(bytes, at);
    at = skip_padding(bytes, at + sizeof(length));
    if (length > bytes.size() - at) fail("graph " + std::to_string(i) + " ends beyond the file");
    graphs.push_back(read(bytes.subspan(at, length)));
    at = skip_padding(bytes, at + length);
  }
  if (at != bytes.size()) fail("it goes on after its last graph");
  if (version == kFunctions) {
    if (graphs.empty()) fail("its table of functions is missing");
    const ir::Module table = std::move(graphs.back());
    graphs.pop_back();
    program.functions = functions_in(table);
  }
  if (std::any_of(graphs.begin(), graphs.end(), uses_variables)) {
    const ir::Module state = std::move(graphs.back());
    graphs.pop_back();
    take_state(program, state);
  }
  program.uses.resize(graphs.size());
  if (version == kFunctions) check_functions(program);
  return program;
}

std::vector<std::byte> write_program(std::span<const ir::Module* const> graphs,
                                     std::span<const ProgramVariable> variables,
                                     std::span<const std::vector<std::uint32_t>> uses,
                                     std::span<const ProgramFunction> functions) {
  std::vector<const ir::Module*> all(graphs.begin(), graphs.end());
  ir::Module state;
  if (!variables.empty()) {
    state = state_graph(variables, uses);
    all.push_back(&state);
  }
  ir::Module table;
  if (!functions.empty()) {
    table = functions_graph(functions);
    all.push_back(&table);
  }
  std::vector<std::byte> bytes(reinterpret_cast<const std::byte*>(kProgramMagic),
                               reinterpret_cast<const std::byte*>(kProgramMagic) + 8);
  store(bytes, functions.empty() ? kOneFunction : kFunctions);
  store(bytes, static_cast<std::uint32_t>(all.size()));
  bytes.resize(kBlock);
  for (const ir::Module* graph : all) {
    const std::vector<std::byte> body = write(*graph);
    store(bytes, static_cast<std::uint64_t>(body.size()));
    bytes.resize(padded(bytes.size()));
    bytes.insert(bytes.end(), body.begin(), body.end());
    bytes.resize(padded(bytes.size()));
  }
  return bytes;
}

}  // namespace pygraph::format
