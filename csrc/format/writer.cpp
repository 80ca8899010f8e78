// A graph as canonical bytes; wire.hpp describes them.
#include <bit>
#include <cstring>
#include <limits>
#include <string_view>
#include <unordered_map>

#include "base/stack.hpp"
#include "format/canonical.hpp"
#include "format/checks.hpp"
#include "format/crc32.hpp"
#include "format/wire.hpp"

namespace pygraph::format {
namespace {

using Words = std::vector<std::uint32_t>;

std::uint32_t checked_u32(std::size_t value) {
  if (value > std::numeric_limits<std::uint32_t>::max())
    throw Error(ErrorKind::limit, "the graph is too large to be written");
  return static_cast<std::uint32_t>(value);
}

void put_wide(Words& words, std::uint64_t value) {
  words.push_back(static_cast<std::uint32_t>(value));
  words.push_back(static_cast<std::uint32_t>(value >> 32));
}

class StringTable {
 public:
  std::uint32_t add(std::string_view text) {
    const auto [found, fresh] = ids_.try_emplace(text, checked_u32(lengths_.size()));
    if (fresh) {
      lengths_.push_back(checked_u32(text.size()));
      bytes_ += text;
    }
    return found->second;
  }
  const Words& lengths() const { return lengths_; }
  const std::string& bytes() const { return bytes_; }

 private:
  // The keys belong to the module that is written.
  std::unordered_map<std::string_view, std::uint32_t> ids_;
  Words lengths_;
  std::string bytes_;
};

class Writer {
 public:
  explicit Writer(const ir::Module& module) : module_(module), order_(canonical_order(module)) {}

  std::vector<std::byte> write() {
    for (std::size_t i = 1; i < order_.locations.size(); ++i) {
      const ir::Location& location = order_.locations[i];
      for (const std::uint32_t word : {strings_.add(location.file), strings_.add(location.function),
                                       location.line, location.parent}) {
        locations_.push_back(word);
      }
    }
    for (const std::uint32_t id : order_.constants) put_constant(module_.constants[id]);
    for (const ir::FunctionId id : order_.functions) put_function(module_.functions[id]);
    return assemble();
  }

 private:
  void put_constant(const Tensor& constant) {
    constants_.push_back(static_cast<std::uint32_t>(constant.dtype()));
    constants_.push_back(static_cast<std::uint32_t>(constant.shape().rank()));
    constants_.push_back(static_cast<std::uint32_t>(Storage::inline_data));
    constants_.push_back(0);
    for (const std::int64_t dim : constant.shape())
      put_wide(constants_, static_cast<std::uint64_t>(dim));
  }

  void put_function(const ir::Function& function) {
    words_.push_back(strings_.add(function.name));
    words_.push_back(function.parameter_count());
    words_.push_back(checked_u32(function.nodes.size()));
    words_.push_back(checked_u32(function.results.size()));
    for (std::uint32_t i = 0; i < function.parameter_count(); ++i) {
      words_.push_back(strings_.add(function.parameter_names[i]));
      put_type(function.types[i], true);
      for (const std::int64_t dim : function.types[i].shape) {
        if (is_unknown(dim)) symbol_count_ = std::max(symbol_count_, symbol_of(dim) + 1);
      }
    }
    for (const ir::Node& node : function.nodes) put_node(function, node);
    for (std::size_t i = 0; i < function.results.size(); ++i) {
      words_.push_back(function.results[i]);
      words_.push_back(strings_.add(function.result_names[i]));
      put_type(function.declared_results.empty() ? function.types[function.results[i]]
                                                 : function.declared_results[i],
               false);
    }
  }

  void put_type(const ir::Type& type, bool with_symbols) {
    words_.push_back(static_cast<std::uint32_t>(type.kind));
    words_.push_back(static_cast<std::uint32_t>(type.dtype));
    words_.push_back(static_cast<std::uint32_t>(type.shape.rank()));
    for (const std::int64_t dim : type.shape) {
      put_wide(words_,
               static_cast<std::uint64_t>(with_symbols ? dim : std::max<std::int64_t>(dim, -1)));
    }
  }

  void put_node(const ir::Function& function, const ir::Node& node) {
    const ops::OpRow& op = ops::row(node.op);
    words_.push_back(strings_.add(op.name));
    words_.push_back(order_.location_ids[node.location]);
    words_.push_back(node.input_count);
    const std::size_t attribute_count = words_.size();
    words_.push_back(0);
    words_.push_back(node.subgraph_count);
    for (const ir::ValueId input : function.inputs_of(node)) words_.push_back(input);
    const auto attributes = function.attributes_of(node);
    for (std::size_t i = 0; i < attributes.size(); ++i) {
      if (is_default(op.attributes[i], attributes[i])) continue;
      ++words_[attribute_count];
      words_.push_back(strings_.add(op.attributes[i].name));
      words_.push_back(static_cast<std::uint32_t>(op.attributes[i].kind));
      put_attribute(op.attributes[i].kind, attributes[i]);
    }
    for (const ir::FunctionId subgraph : function.subgraphs_of(node))
      words_.push_back(order_.function_ids[subgraph]);
  }

  void put_attribute(ops::AttributeKind kind, const ir::Attribute& value) {
    switch (kind) {
      case ops::AttributeKind::integer:
        return put_wide(words_, static_cast<std::uint64_t>(ops::integer(value)));
      case ops::AttributeKind::real:
        return put_wide(words_, std::bit_cast<std::uint64_t>(std::get<double>(value)));
      case ops::AttributeKind::boolean: return words_.push_back(ops::boolean(value) ? 1 : 0);
      case ops::AttributeKind::dtype:
        return words_.push_back(static_cast<std::uint32_t>(ops::dtype(value)));
      case ops::AttributeKind::ints:
        words_.push_back(checked_u32(ops::ints(value).size()));
        for (const std::int64_t item : ops::ints(value))
          put_wide(words_, static_cast<std::uint64_t>(item));
        return;
      case ops::AttributeKind::string:
        return words_.push_back(strings_.add(std::get<std::string>(value)));
      case ops::AttributeKind::function:
        return words_.push_back(order_.function_ids[static_cast<std::size_t>(ops::integer(value))]);
      case ops::AttributeKind::constant:
        return words_.push_back(order_.constant_ids[static_cast<std::size_t>(ops::integer(value))]);
    }
  }

  std::vector<std::byte> assemble() {
    const Words directory = {checked_u32(strings_.lengths().size()),
                             checked_u32(strings_.bytes().size()),
                             checked_u32(locations_.size() / 4),
                             checked_u32(order_.constants.size()),
                             checked_u32(constants_.size()),
                             checked_u32(order_.functions.size()),
                             checked_u32(words_.size()),
                             checked_u32(static_cast<std::size_t>(symbol_count_)),
                             0,
                             0};
    reserve();
    out_.resize(kHeaderBytes);
    put(directory);
    put(strings_.lengths());
    put(std::as_bytes(std::span(strings_.bytes())));
    pad(kWordBytes);
    put(locations_);
    put(constants_);
    put(words_);
    for (const std::uint32_t id : order_.constants) {
      pad(kDataAlignment);
      put(std::span<const std::byte>(module_.constants[id].data(), module_.constants[id].bytes()));
    }
    put_header();
    return std::move(out_);
  }

  void reserve() {
    std::size_t data = 0;
    for (const std::uint32_t id : order_.constants)
      data += module_.constants[id].bytes() + kDataAlignment;
    out_.reserve(kHeaderBytes + strings_.bytes().size() + data +
                 kWordBytes * (kDirectoryWords + strings_.lengths().size() + 1 + locations_.size() +
                               constants_.size() + words_.size()));
  }

  void put_header() {
    const std::uint32_t checksum = crc32(std::span<const std::byte>(out_).subspan(kHeaderBytes));
    const std::uint64_t total = out_.size();
    std::memcpy(out_.data(), kMagic.data(), kMagic.size());
    std::memcpy(out_.data() + 8, &kVersion, 4);
    std::memcpy(out_.data() + 12, &checksum, 4);
    std::memcpy(out_.data() + 16, &total, 8);
  }

  void put(const Words& words) { put(std::as_bytes(std::span(words))); }
  void put(std::span<const std::byte> bytes) {
    out_.insert(out_.end(), bytes.begin(), bytes.end());
  }
  void pad(std::size_t alignment) {
    out_.resize((out_.size() + alignment - 1) / alignment * alignment);
  }

  const ir::Module& module_;
  const CanonicalOrder order_;
  StringTable strings_;
  Words locations_;
  Words constants_;
  Words words_;  // of the functions
  std::int64_t symbol_count_ = 0;
  std::vector<std::byte> out_;
};

}  // namespace

std::vector<std::byte> write(const ir::Module& module) {
  return with_stack([&] { return Writer(module).write(); });
}

}  // namespace pygraph::format
