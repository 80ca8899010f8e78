// Bytes to a graph. The only code, with text_parser.cpp, that sees untrusted input: every count is
// compared with the bytes that are left before anything is reserved for it, every id with its
// table, and what a graph must be beyond that is left to ops::verify.
#include <bit>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/stack.hpp"
#include "format/checks.hpp"
#include "format/crc32.hpp"
#include "format/cursor.hpp"
#include "format/wire.hpp"

namespace pygraph::format {
namespace {

class Reader {
 public:
  Reader(std::span<const std::byte> bytes, std::span<const Tensor> external)
      : bytes_(bytes), external_(external) {}

  ir::Module read() {
    check_header();
    read_directory();
    read_strings();
    read_locations();
    read_constants();
    read_functions();
    count_symbols_and_verify(module_);
    check_results();
    return std::move(module_);
  }

 private:
  void check_header() const {
    if (bytes_.size() < kMagic.size() ||
        std::memcmp(bytes_.data(), kMagic.data(), kMagic.size()) != 0) {
      fail_at(0, "these bytes are not a graph of pygraph's");
    }
    if (bytes_.size() < kHeaderBytes) fail_at(bytes_.size(), "the header is cut off");
    const auto version = load<std::uint32_t>(8);
    if (version != kVersion) {
      fail_at(8, "format version " + std::to_string(version) + "; this build reads version " +
                     std::to_string(kVersion));
    }
    const auto length = load<std::uint64_t>(16);
    if (length != bytes_.size()) {
      fail_at(16, "the graph has " + std::to_string(length) + " bytes, but " +
                      std::to_string(bytes_.size()) + " are here");
    }
    if (load<std::uint32_t>(12) != crc32(bytes_.subspan(kHeaderBytes)))
      fail_at(12, "the checksum does not match the bytes");
  }

  template <class T>
  T load(std::size_t offset) const {
    T value;
    std::memcpy(&value, bytes_.data() + offset, sizeof value);
    return value;
  }

  void read_directory() {
    Cursor at(bytes_, kHeaderBytes, bytes_.size());
    at.enter("directory");
    string_count_ = at.word("the string count");
    const std::size_t string_bytes = at.word("the size of the strings");
    location_count_ = at.word("the location count");
    constant_count_ = at.word("the constant count");
    const std::size_t constant_words = at.word("the size of the constant table");
    function_count_ = at.word("the function count");
    if (function_count_ == 0) at.fail("there is no function");
    if (function_count_ > kMaxFunctions)
      at.fail("there are more than " + std::to_string(kMaxFunctions) + " functions");
    const std::size_t function_words = at.word("the size of the function table");
    symbol_count_ = at.word("the symbol count");
    if (symbol_count_ > kMaxSymbols)
      at.fail("there are more than " + std::to_string(kMaxSymbols) + " symbols");
    const std::uint32_t external_count = at.word("the external count");
    if (external_count != external_.size()) {
      at.fail("the graph needs " + std::to_string(external_count) +
              " tensors beside its bytes, got " + std::to_string(external_.size()));
    }
    if (at.word("the last word") != 0) at.fail("the last word must be 0");

    next_ = kHeaderBytes + kDirectoryWords * kWordBytes;
    string_lengths_ = section("lengths of strings", string_count_);
    const std::size_t strings_begin = next_;
    section("strings", (string_bytes + kWordBytes - 1) / kWordBytes);
    string_data_ = std::string_view(reinterpret_cast<const char*>(bytes_.data()) + strings_begin,
                                    string_bytes);
    check_zeros(strings_begin + string_bytes, next_);
    locations_ = section("locations", std::size_t{location_count_} * 4);
    constants_ = section("constants", constant_words);
    functions_ = section("functions", function_words);
  }

  // The section that follows the last one.
  Cursor section(const char* what, std::size_t words) {
    const std::size_t begin = next_;
    if (words > (bytes_.size() - begin) / kWordBytes) {
      fail_at(begin, std::string(what) + " take " + std::to_string(words) +
                         " words and run past the end of the bytes");
    }
    next_ = begin + words * kWordBytes;
    return Cursor(bytes_, begin, next_);
  }

  void check_zeros(std::size_t begin, std::size_t end) const {
    for (std::size_t i = begin; i < end; ++i) {
      if (bytes_[i] != std::byte{0}) fail_at(i, "a byte of padding is not zero");
    }
  }

  void read_strings() {
    Cursor& at = string_lengths_;
    strings_.reserve(string_count_);
    for (std::uint32_t i = 0; i < string_count_; ++i) {
      at.enter_item("string", i);
      const std::uint32_t length = at.word("the length");
      if (length > kMaxStringBytes)
        at.fail("it is longer than " + std::to_string(kMaxStringBytes) + " bytes");
      if (length > string_data_.size()) at.fail("it runs past the end of the strings");
      strings_.push_back(string_data_.substr(0, length));
      string_data_.remove_prefix(length);
      if (!is_utf8(strings_.back())) at.fail("it is not UTF-8");
    }
    if (!string_data_.empty())
      at.fail(std::to_string(string_data_.size()) + " bytes of the strings belong to no string");
    ops_.assign(strings_.size(), std::nullopt);
  }

  std::string_view string(Cursor& at, const char* what) {
    return strings_[at.below(what, strings_.size())];
  }

  // A copy. One long string may be named by many words, so what the copies take together is bounded
  // too.
  std::string copied_string(Cursor& at, const char* what) {
    const std::string_view text = string(at, what);
    name_bytes_ += text.size();
    if (name_bytes_ > kMaxNameBytes)
      at.fail("the names take more than " + std::to_string(kMaxNameBytes) + " bytes");
    return std::string(text);
  }

  void read_locations() {
    Cursor& at = locations_;
    module_.locations.reserve(std::size_t{location_count_} + 1);
    module_.locations.emplace_back();
    std::vector<int> depth(std::size_t{location_count_} + 1, 0);
    for (std::uint32_t i = 1; i <= location_count_; ++i) {
      at.enter_item("location", i);
      ir::Location location;
      location.file = copied_string(at, "the file");
      location.function = copied_string(at, "the function");
      location.line = at.word("the line");
      if (location.line > kMaxLine)
        at.fail("its line is above " + std::to_string(kMaxLine) + ", the last that there can be");
      location.parent = at.below("the parent", i);
      depth[i] = depth[location.parent] + 1;
      if (depth[i] > kMaxInlining)
        at.fail("its chain of parents is longer than " + std::to_string(kMaxInlining));
      module_.locations.push_back(std::move(location));
    }
  }

  DType dtype(Cursor& at) { return static_cast<DType>(at.below("the dtype", kDTypeCount)); }

  void read_constants() {
    Cursor& at = constants_;
    for (std::uint32_t i = 0; i < constant_count_; ++i) {
      at.enter_item("constant", i);
      module_.constants.push_back(read_constant(at));
      if (const std::string fault = constant_fault(module_.constants.back()); !fault.empty())
        at.fail(fault);
    }
    at.finish("the constants");
    if (next_ != bytes_.size())
      fail_at(next_, std::to_string(bytes_.size() - next_) + " bytes are left over");
  }

  Tensor read_constant(Cursor& at) {
    const DType type = dtype(at);
    const std::uint32_t rank = at.below("the rank", kMaxRank + 1);
    const auto storage = static_cast<Storage>(at.below("the storage", 2));
    const std::uint32_t external = at.word("the external index");
    if (storage == Storage::inline_data && external != 0) at.fail("the external index must be 0");
    if (storage == Storage::external && external >= external_.size()) {
      at.fail("no external tensor has number " + std::to_string(external));
    }
    Shape shape;
    for (std::uint32_t axis = 0; axis < rank; ++axis) {
      shape.append(at.wide("a dim"));
      if (is_unknown(shape[static_cast<int>(axis)])) at.fail("a dim of a constant is negative");
    }
    if (storage == Storage::inline_data) return read_data(at, type, shape);
    const Tensor& tensor = external_[external];
    if (!tensor || tensor.dtype() != type || tensor.shape() != shape) {
      at.fail("external tensor " + std::to_string(external) + " is not " +
              ir::Type{ir::Kind::tensor, type, shape}.text());
    }
    return tensor;
  }

  // Every element has bytes of the input for itself, so the input's size bounds what is allocated.
  Tensor read_data(const Cursor& at, DType type, const Shape& shape) {
    std::size_t size = 0;
    try {
      size = byte_count(type, shape);
    } catch (const Error& error) {
      at.fail(error.message());
    }
    const std::size_t begin = (next_ + kDataAlignment - 1) / kDataAlignment * kDataAlignment;
    if (begin > bytes_.size() || size > bytes_.size() - begin)
      at.fail("its elements run past the end of the bytes");
    check_zeros(next_, begin);
    next_ = begin + size;
    Tensor tensor = Tensor::empty(type, shape);
    if (size > 0) std::memcpy(tensor.data(), bytes_.data() + begin, size);
    return tensor;
  }

  void read_functions() {
    for (std::uint32_t i = 0; i < function_count_; ++i) {
      functions_.enter("function " + std::to_string(i));
      read_function(functions_, i);
    }
    functions_.finish("the functions");
    for (const ir::FunctionId callee : callees_)
      module_.functions[callee].declared_results = declared_results_[callee];
  }

  void read_function(Cursor& at, std::uint32_t index) {
    ir::Function& function = module_.functions.emplace_back();
    function.name = copied_string(at, "the name");
    at.enter("function " + std::to_string(index) + " " + shown(function.name));
    const std::uint32_t parameters = at.count("the parameter count", 4);
    const std::uint32_t nodes = at.count("the node count", 5);
    const std::uint32_t results = at.count("the result count", 5);
    for (std::uint32_t i = 0; i < parameters; ++i) {
      at.enter_item("parameter", i);
      function.parameter_names.push_back(copied_string(at, "the name"));
      function.types.push_back(read_type(at));
      for (const std::int64_t dim : function.types.back().shape) {
        if (is_unknown(dim) && symbol_of(dim) >= symbol_count_)
          at.fail("a dim is an unknown size that the symbol count does not count");
      }
    }
    function.nodes.reserve(nodes);
    for (std::uint32_t i = 0; i < nodes; ++i) {
      at.enter_item("node", i);
      read_node(at, function);
    }
    std::vector<ir::Type>& declared = declared_results_.emplace_back();
    for (std::uint32_t i = 0; i < results; ++i) {
      at.enter_item("result", i);
      function.results.push_back(at.word("the value"));
      function.result_names.push_back(copied_string(at, "the name"));
      declared.push_back(read_type(at));
    }
  }

  ir::Type read_type(Cursor& at) {
    const auto kind = static_cast<ir::Kind>(at.below("the kind", 3));
    if (kind == ir::Kind::list) at.fail("lists are not supported yet");
    ir::Type type{kind, dtype(at), Shape()};
    const std::uint32_t rank = at.below("the rank", kMaxRank + 1);
    for (std::uint32_t axis = 0; axis < rank; ++axis) type.shape.append(at.wide("a dim"));
    return type;
  }

  void read_node(Cursor& at, ir::Function& function) {
    const ops::OpRow& op = ops::row(read_op(at));
    const std::uint32_t location = at.below("the location", module_.locations.size());
    const std::uint32_t inputs = at.count("the input count", 1);
    const std::uint32_t attributes = at.count("the attribute count", 3);
    const std::uint32_t subgraphs = at.count("the subgraph count", 1);
    inputs_.clear();
    for (std::uint32_t i = 0; i < inputs; ++i) inputs_.push_back(at.word("an input"));
    attributes_.start(op);
    for (std::uint32_t i = 0; i < attributes; ++i) {
      const ops::AttributeSpec* spec = nullptr;
      const std::string fault = attributes_.find(string(at, "the name of an attribute"), &spec);
      if (spec == nullptr) at.fail(fault);
      attributes_.set(*spec, read_attribute(at, *spec));
    }
    if (const std::string fault = attributes_.finish(); !fault.empty())
      at.fail(std::string(op.name) + ": " + fault);
    subgraphs_.clear();
    for (std::uint32_t i = 0; i < subgraphs; ++i)
      subgraphs_.push_back(at.below("a subgraph", function_count_));
    function.append(op.code, inputs_, attributes_.values(), subgraphs_, location);
  }

  ir::OpCode read_op(Cursor& at) {
    const std::uint32_t id = at.below("the op", strings_.size());
    if (!ops_[id]) ops_[id] = ops::find_op(strings_[id]);
    if (!ops_[id]) at.fail("there is no op " + shown(strings_[id]));
    return *ops_[id];
  }

  ir::Attribute read_attribute(Cursor& at, const ops::AttributeSpec& spec) {
    const auto what = [&](const char* text) { return "attribute " + shown(spec.name) + text; };
    if (at.word("the kind of an attribute") != static_cast<std::uint32_t>(spec.kind)) {
      at.fail(what(" must be of kind ") + std::string(kind_name(spec.kind)));
    }
    switch (spec.kind) {
      case ops::AttributeKind::integer: return at.wide("an integer");
      case ops::AttributeKind::real: return std::bit_cast<double>(at.wide("a real"));
      case ops::AttributeKind::boolean: return at.below("a boolean", 2) == 1;
      case ops::AttributeKind::dtype: return dtype(at);
      case ops::AttributeKind::string: return copied_string(at, "a string");
      case ops::AttributeKind::constant:
        return std::int64_t{at.below("a constant", module_.constants.size())};
      case ops::AttributeKind::function:
        callees_.push_back(at.below("a function", function_count_));
        return std::int64_t{callees_.back()};
      case ops::AttributeKind::ints: {
        std::vector<std::int64_t> items(at.count("the length of ints", 2));
        for (std::int64_t& item : items) item = at.wide("an item of ints");
        return items;
      }
    }
    throw Error(ErrorKind::internal, "an attribute kind has no reader");
  }

  void check_results() const {
    for (std::size_t f = 0; f < module_.functions.size(); ++f) {
      const ir::Function& function = module_.functions[f];
      for (std::size_t i = 0; i < function.results.size(); ++i) {
        const ir::Type& inferred = function.types[function.results[i]];
        const ir::Type& declared = declared_results_[f][i];
        if (agrees(declared, inferred)) continue;
        throw Error(ErrorKind::format, "malformed graph: function " + std::to_string(f) + " " +
                                           shown(function.name) + ", result " + std::to_string(i) +
                                           ": it is declared as " + declared.text() + ", but is " +
                                           inferred.text());
      }
    }
  }

  const std::span<const std::byte> bytes_;
  const std::span<const Tensor> external_;
  std::uint32_t string_count_ = 0;
  std::uint32_t location_count_ = 0;
  std::uint32_t constant_count_ = 0;
  std::uint32_t function_count_ = 0;
  std::uint32_t symbol_count_ = 0;
  Cursor string_lengths_;
  Cursor locations_;
  Cursor constants_;
  Cursor functions_;
  std::string_view string_data_;
  std::size_t next_ = 0;  // where the next section, or the next constant's data, begins
  std::size_t name_bytes_ = 0;
  std::vector<std::string_view> strings_;
  std::vector<std::optional<ir::OpCode>> ops_;  // by string, as far as looked up
  ir::Module module_;
  std::vector<std::vector<ir::Type>> declared_results_;  // by function
  std::vector<ir::FunctionId> callees_;
  std::vector<ir::ValueId> inputs_;  // of the node that is read
  std::vector<ir::FunctionId> subgraphs_;
  AttributeCollector attributes_;
};

}  // namespace

ir::Module read(std::span<const std::byte> bytes, std::span<const Tensor> external) {
  return with_stack([&] { return Reader(bytes, external).read(); });
}

}  // namespace pygraph::format
