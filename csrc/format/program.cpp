#include "format/program.hpp"

#include <cstdint>
#include <cstring>
#include <string>

#include "format/wire.hpp"

namespace pygraph::format {
namespace {

constexpr char kProgramMagic[9] = "\x89pgprog\n";
constexpr std::uint32_t kProgramVersion = 1;
constexpr std::size_t kBlock = 64;
constexpr std::size_t kHeader = 16;

[[noreturn]] void fail(const std::string& text) { throw Error(ErrorKind::format, "program file: " + text); }

template <class T>
T load(std::span<const std::byte> bytes, std::size_t at) {
  if (at > bytes.size() || bytes.size() - at < sizeof(T)) fail("it ends early, at byte " + std::to_string(bytes.size()));
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

}  // namespace

std::vector<ir::Module> read_program(std::span<const std::byte> bytes) {
  if (bytes.size() < kHeader || std::memcmp(bytes.data(), kProgramMagic, 8) != 0) fail("it does not start with the magic number");
  const auto version = load<std::uint32_t>(bytes, 8);
  if (version != kProgramVersion) fail("version " + std::to_string(version) + " is not known, only " + std::to_string(kProgramVersion));
  const auto count = load<std::uint32_t>(bytes, 12);
  std::vector<ir::Module> graphs;
  std::size_t at = kBlock;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto length = load<std::uint64_t>(bytes, at);
    at += kBlock;
    if (at > bytes.size() || length > bytes.size() - at) fail("graph " + std::to_string(i) + " ends beyond the file");
    graphs.push_back(read(bytes.subspan(at, length)));
    at = padded(at + length);
  }
  if (at != padded(bytes.size())) fail("it goes on after its last graph");
  return graphs;
}

std::vector<std::byte> write_program(std::span<const ir::Module* const> graphs) {
  std::vector<std::byte> bytes(reinterpret_cast<const std::byte*>(kProgramMagic), reinterpret_cast<const std::byte*>(kProgramMagic) + 8);
  store(bytes, kProgramVersion);
  store(bytes, static_cast<std::uint32_t>(graphs.size()));
  bytes.resize(kBlock);
  for (const ir::Module* graph : graphs) {
    const std::vector<std::byte> body = write(*graph);
    store(bytes, static_cast<std::uint64_t>(body.size()));
    bytes.resize(padded(bytes.size()));
    bytes.insert(bytes.end(), body.begin(), body.end());
    bytes.resize(padded(bytes.size()));
  }
  return bytes;
}

}  // namespace pygraph::format
