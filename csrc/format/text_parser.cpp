// Text to a graph; text.hpp describes it. Every function here reads one construct of the grammar. A
// count or size that the text states is never allocated before as much text has been read.
#include <charconv>
#include <cstring>
#include <limits>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/stack.hpp"
#include "format/base64.hpp"
#include "format/canonical.hpp"
#include "format/checks.hpp"
#include "format/elements.hpp"
#include "format/lexer.hpp"
#include "format/location_text.hpp"
#include "format/text.hpp"
#include "format/wire.hpp"
#include "ops/verify.hpp"

namespace pygraph::format {
namespace {

// A type that the text states, to be compared with the inferred one.
struct DeclaredType {
  std::string_view at;
  ir::FunctionId function;
  ir::ValueId value;
  ir::Type type;
};

struct DeclaredOutputs {
  std::string_view at;
  ir::FunctionId function;
  std::uint32_t node;
  std::uint32_t count;
};

struct Call {
  std::string_view at;
  ir::FunctionId function;
  std::uint32_t node;
};

// What is known of a function while its lines are read.
struct Scope {
  ir::FunctionId id = 0;
  ir::Function function;
  std::unordered_map<std::string, std::optional<ir::ValueId>>
      names;  // nothing: several parameters have the name
  ir::ValueId next_value = 0;
};

// An output on the left of a node.
struct Output {
  std::string_view at;
  std::optional<ir::Type> type;
};

class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) {}

  ir::Module parse() {
    expect_word("graph");
    const std::string function_name = name("the graph's name");
    parse_function(function_name, 0);
    while (lexer_.peek().is("function")) parse_callee();
    if (lexer_.peek().is("constants")) parse_constants();
    if (lexer_.peek().is("files")) parse_files();
    if (lexer_.peek().kind != Token::Kind::end)
      lexer_.fail_expected(lexer_.peek(), "the end of the text");
    finish_constants();
    finish_calls();
    module_.locations = locations_.take(lexer_);
    count_symbols_and_verify(module_);
    check_declarations();
    return std::move(module_);
  }

 private:
  // ---- words

  Token expect(Token::Kind kind, const char* what) {
    if (lexer_.peek().kind != kind) lexer_.fail_expected(lexer_.peek(), what);
    return lexer_.next();
  }

  void expect_word(const char* word) {
    if (!lexer_.peek().is(std::string_view(word)))
      lexer_.fail_expected(lexer_.peek(), "'" + std::string(word) + "'");
    lexer_.next();
  }

  bool at_name() const {
    return lexer_.peek().kind == Token::Kind::identifier ||
           lexer_.peek().kind == Token::Kind::string;
  }

  std::string name(const char* what) {
    if (!at_name()) lexer_.fail_expected(lexer_.peek(), what);
    return name_of(lexer_.next());
  }

  std::string name_of(const Token& token) const {
    std::string text =
        token.kind == Token::Kind::string ? lexer_.unquoted(token.text) : std::string(token.text);
    if (text.size() > kMaxStringBytes)
      lexer_.fail(token.text,
                  "a name is longer than " + std::to_string(kMaxStringBytes) + " bytes");
    return text;
  }

  // The digits of a token after its first `skip` characters.
  std::uint32_t index_of(const Token& token, std::size_t skip, std::uint32_t bound) const {
    std::uint32_t value = 0;
    const char* end = token.text.data() + token.text.size();
    const auto result = std::from_chars(token.text.data() + skip, end, value);
    if (result.ec != std::errc() || result.ptr != end || value >= bound) {
      lexer_.fail(token.text, "expected a number below " + std::to_string(bound) + ", found " +
                                  shown(token.text));
    }
    return value;
  }

  // ---- types

  DType parse_dtype() {
    const Token token = expect(Token::Kind::identifier, "a dtype");
    const std::optional<DType> dtype = dtype_from_name(token.text);
    if (!dtype) lexer_.fail_expected(token, "a dtype");
    return *dtype;
  }

  ir::Type parse_type() {
    const bool is_variable = lexer_.peek().is("variable");
    if (is_variable) lexer_.next();
    ir::Type type{is_variable ? ir::Kind::variable : ir::Kind::tensor, parse_dtype(), Shape()};
    lexer_.expect('[');
    if (lexer_.accept(']')) return type;
    do {
      const Token token = lexer_.next();
      if (type.shape.rank() == kMaxRank)
        lexer_.fail(token.text, "a tensor has at most 16 dimensions");
      if (token.kind == Token::Kind::unknown_dim) {
        type.shape.append(unknown_dim(index_of(token, 1, kMaxSymbols)));
        continue;
      }
      std::int64_t dim = 0;
      if (!parse_integer(token.text, dim) || dim < 0)
        lexer_.fail_expected(token, "a dim: a number or ?0");
      type.shape.append(dim);
    } while (lexer_.accept(','));
    lexer_.expect(']');
    return type;
  }

  // ---- functions

  // From the parameters to the closing brace.
  ir::FunctionId parse_function(std::string function_name, int depth) {
    if (depth > ops::kMaxNesting)
      lexer_.fail(lexer_.peek().text,
                  "control flow nests deeper than " + std::to_string(ops::kMaxNesting));
    Scope scope;
    scope.id = static_cast<ir::FunctionId>(module_.functions.size());
    module_.functions.emplace_back();
    scope.function.name = std::move(function_name);
    parse_parameters(scope);
    const std::vector<Output> results = parse_result_types();
    lexer_.expect('{');
    while (!lexer_.peek().is("return")) parse_node(scope, depth);
    parse_return(scope, results);
    lexer_.expect('}');
    module_.functions[scope.id] = std::move(scope.function);
    return scope.id;
  }

  // "function 0 name(...) -> (...) { ... }"
  void parse_callee() {
    lexer_.next();
    const Token number = lexer_.next();
    if (number.text != std::to_string(callees_.size()))
      lexer_.fail_expected(number, std::to_string(callees_.size()) + ", the next function");
    const std::string callee_name = name("the function's name");
    callees_.push_back(static_cast<ir::FunctionId>(module_.functions.size()));
    parse_function(callee_name, 0);
  }

  // Puts the functions' ids in place of their numbers.
  void finish_calls() {
    for (const Call& call : calls_) {
      ir::Function& function = module_.functions[call.function];
      ir::Attribute& callee = function.attributes[function.nodes[call.node].first_attribute];
      const auto number = static_cast<std::uint64_t>(ops::integer(callee));
      if (number >= callees_.size())
        lexer_.fail(call.at, "there is no function " + std::to_string(number));
      callee = std::int64_t{callees_[number]};
    }
  }

  void parse_parameters(Scope& scope) {
    lexer_.expect('(');
    if (lexer_.accept(')')) return;
    do {
      if (lexer_.peek().kind == Token::Kind::value) check_next_value(scope, lexer_.next());
      std::string parameter = at_name() ? name("a parameter") : std::string();
      lexer_.expect(':');
      scope.function.types.push_back(parse_type());
      const auto [found, fresh] = scope.names.try_emplace(parameter, scope.next_value);
      if (!fresh) found->second.reset();
      scope.function.parameter_names.push_back(std::move(parameter));
      ++scope.next_value;
    } while (lexer_.accept(','));
    lexer_.expect(')');
  }

  std::vector<Output> parse_result_types() {
    std::vector<Output> types;
    if (lexer_.peek().kind != Token::Kind::arrow) return types;
    const std::string_view arrow = lexer_.next().text;
    types.push_back({arrow, std::nullopt});  // says where the list is; comes off again below
    lexer_.expect('(');
    if (!lexer_.accept(')')) {
      do {
        const std::string_view at = lexer_.peek().text;
        types.push_back({at, parse_type()});
      } while (lexer_.accept(','));
      lexer_.expect(')');
    }
    return types;
  }

  void parse_return(Scope& scope, const std::vector<Output>& types) {
    lexer_.next();
    if (!lexer_.peek().is('}')) {
      do {
        parse_result(scope);
      } while (lexer_.accept(','));
    }
    const bool is_callee = !callees_.empty() && callees_.back() == scope.id;
    if (types.empty()) {
      if (is_callee)
        lexer_.fail_expected(lexer_.peek(), "the types of the results before the body");
      return;
    }
    if (types.size() - 1 != scope.function.results.size()) {
      lexer_.fail(types[0].at, std::to_string(types.size() - 1) + " results are declared, " +
                                   std::to_string(scope.function.results.size()) + " are returned");
    }
    for (std::size_t i = 1; i < types.size(); ++i) {
      declared_types_.push_back(
          {types[i].at, scope.id, scope.function.results[i - 1], *types[i].type});
      if (is_callee) scope.function.declared_results.push_back(*types[i].type);
    }
  }

  // "%3", "s", "total = %3"
  void parse_result(Scope& scope) {
    std::string result_name;
    Token token = lexer_.next();
    if (lexer_.accept('=')) {
      if (token.kind != Token::Kind::identifier && token.kind != Token::Kind::string)
        lexer_.fail_expected(token, "a result's name");
      result_name = name_of(token);
      token = lexer_.next();
    }
    scope.function.results.push_back(value_of(scope, token));
    scope.function.result_names.push_back(std::move(result_name));
  }

  // ---- values

  void check_next_value(const Scope& scope, const Token& token) const {
    if (index_of(token, 1, std::numeric_limits<std::uint32_t>::max()) != scope.next_value) {
      lexer_.fail_expected(token, "%" + std::to_string(scope.next_value) + ", the next value");
    }
  }

  ir::ValueId value_of(const Scope& scope, const Token& token) const {
    if (token.kind == Token::Kind::value) {
      const std::uint32_t id = index_of(token, 1, std::numeric_limits<std::uint32_t>::max());
      if (id >= scope.next_value)
        lexer_.fail(token.text,
                    "value " + std::string(token.text) + " is not defined before it is used");
      return id;
    }
    if (token.kind != Token::Kind::identifier) lexer_.fail_expected(token, "a value");
    const auto found = scope.names.find(std::string(token.text));
    if (found == scope.names.end())
      lexer_.fail(token.text, "no parameter has the name " + shown(token.text));
    if (!found->second)
      lexer_.fail(token.text, "several parameters have the name " + shown(token.text) +
                                  "; write the value's number");
    return *found->second;
  }

  // ---- nodes

  void parse_node(Scope& scope, int depth) {
    const std::vector<Output> outputs = parse_outputs(scope);
    const Token op_token = expect(Token::Kind::identifier, "an op");
    const std::optional<ir::OpCode> code = ops::find_op(op_token.text);
    if (!code) lexer_.fail_expected(op_token, "an op");
    const ops::OpRow& op = ops::row(*code);
    attributes_.start(op);
    std::vector<ir::ValueId> inputs;
    if (*code == ir::OpCode::constant) {
      const std::int64_t constant = parse_constant(op_token, outputs);
      attributes_.set(op.attributes[0], constant);
    } else {
      inputs = parse_inputs(scope);
      if (lexer_.accept('{')) parse_attributes();
    }
    if (const std::string fault = attributes_.finish(); !fault.empty())
      lexer_.fail(op_token.text, fault);
    // Subgraphs have their own attributes.
    const std::vector<ir::Attribute> attributes = attributes_.values();
    const ir::LocationId location = parse_location();
    std::vector<ir::FunctionId> subgraphs;
    for (int i = 0; i < op.subgraphs; ++i)
      subgraphs.push_back(parse_subgraph(*code, static_cast<std::uint32_t>(i), depth));
    scope.function.append(*code, inputs, attributes, subgraphs, location);
    if (*code == ir::OpCode::call)
      calls_.push_back(
          {op_token.text, scope.id, static_cast<std::uint32_t>(scope.function.nodes.size() - 1)});
    declare_outputs(scope, op_token.text, outputs);
  }

  std::vector<Output> parse_outputs(Scope& scope) {
    std::vector<Output> outputs;
    if (lexer_.peek().kind != Token::Kind::value) return outputs;
    ir::ValueId expected = scope.next_value;
    do {
      const Token token = expect(Token::Kind::value, "a value");
      if (index_of(token, 1, std::numeric_limits<std::uint32_t>::max()) != expected) {
        lexer_.fail_expected(token, "%" + std::to_string(expected) + ", the next value");
      }
      ++expected;
      outputs.push_back({token.text, std::nullopt});
      if (lexer_.accept(':')) outputs.back().type = parse_type();
    } while (lexer_.accept(','));
    lexer_.expect('=');
    return outputs;
  }

  void declare_outputs(Scope& scope, std::string_view at, const std::vector<Output>& outputs) {
    const auto node = static_cast<std::uint32_t>(scope.function.nodes.size() - 1);
    declared_outputs_.push_back({at, scope.id, node, static_cast<std::uint32_t>(outputs.size())});
    for (const Output& output : outputs) {
      if (output.type)
        declared_types_.push_back({output.at, scope.id, scope.next_value, *output.type});
      ++scope.next_value;
    }
  }

  // They end with the line, or before what no value starts with.
  std::vector<ir::ValueId> parse_inputs(const Scope& scope) {
    std::vector<ir::ValueId> inputs;
    const auto at_value = [&] {
      const Token& token = lexer_.peek();
      return !token.starts_line &&
             (token.kind == Token::Kind::value || token.kind == Token::Kind::identifier);
    };
    if (!at_value()) return inputs;
    do {
      inputs.push_back(value_of(scope, lexer_.next()));
    } while (lexer_.accept(','));
    return inputs;
  }

  ir::FunctionId parse_subgraph(ir::OpCode op, std::uint32_t index, int depth) {
    const std::string word(subgraph_word(op, index));
    expect_word(word.c_str());
    const std::string subgraph_name = at_name() ? name("a name") : word;
    return parse_function(subgraph_name, depth + 1);
  }

  ir::LocationId parse_location() {
    const Token& token = lexer_.peek();
    if (token.kind != Token::Kind::location || token.starts_line) return kNoLocation;
    return locations_.add(lexer_, lexer_.next());
  }

  // ---- attributes

  void parse_attributes() {
    if (lexer_.accept('}')) return;
    do {
      const Token token = expect(Token::Kind::identifier, "an attribute");
      const ops::AttributeSpec* spec = nullptr;
      const std::string fault = attributes_.find(token.text, &spec);
      if (spec == nullptr) lexer_.fail(token.text, fault);
      lexer_.expect('=');
      attributes_.set(*spec, parse_attribute(spec->kind));
    } while (lexer_.accept(','));
    lexer_.expect('}');
  }

  ir::Attribute parse_attribute(ops::AttributeKind kind) {
    switch (kind) {
      case ops::AttributeKind::integer:
      case ops::AttributeKind::constant:
      case ops::AttributeKind::function: return parse_integer_word();
      case ops::AttributeKind::real: {
        const std::string_view at = lexer_.peek().text;
        double value = 0;
        if (!parse_real(element_word(), value)) lexer_.fail(at, "expected a number");
        return value;
      }
      case ops::AttributeKind::boolean: {
        const Token token = lexer_.next();
        if (!token.is("true") && !token.is("false")) lexer_.fail_expected(token, "true or false");
        return token.is("true");
      }
      case ops::AttributeKind::dtype: return parse_dtype();
      case ops::AttributeKind::string:
        return name_of(expect(Token::Kind::string, "a text in quotes"));
      case ops::AttributeKind::ints: {
        std::vector<std::int64_t> items;
        lexer_.expect('[');
        if (lexer_.accept(']')) return items;
        do {
          items.push_back(parse_integer_word());
        } while (lexer_.accept(','));
        lexer_.expect(']');
        return items;
      }
    }
    throw Error(ErrorKind::internal, "an attribute kind has no parser");
  }

  std::int64_t parse_integer_word() {
    const Token token = lexer_.next();
    if (token.is("_")) return ops::kNoBound;
    std::int64_t value = 0;
    if (!parse_integer(token.text, value)) lexer_.fail_expected(token, "an integer");
    return value;
  }

  // ---- constants

  // After the op `constant`: its index in the table.
  std::int64_t parse_constant(const Token& op_token, const std::vector<Output>& outputs) {
    if (lexer_.peek().kind == Token::Kind::constant) return shared_constant(lexer_.next());
    if (outputs.size() != 1 || !outputs[0].type)
      lexer_.fail(op_token.text, "a constant's value needs its type: %0: int64[] = constant 1");
    const ir::Type& type = *outputs[0].type;
    const std::string_view at = lexer_.peek().text;
    std::vector<std::byte> data;
    if (checked_byte_count(type, outputs[0].at) == 0) {
      lexer_.expect('[');
      lexer_.expect(']');
    } else {
      parse_elements(type, 0, data);
    }
    module_.constants.push_back(make_constant(type, data, at));
    return static_cast<std::int64_t>(module_.constants.size() - 1);
  }

  std::size_t checked_byte_count(const ir::Type& type, std::string_view at) const {
    if (!type.shape.is_static()) lexer_.fail(at, "the dims of a constant must be numbers");
    try {
      return byte_count(type.dtype, type.shape);
    } catch (const Error& error) {
      lexer_.fail(at, error.message());
    }
  }

  void parse_elements(const ir::Type& type, int axis, std::vector<std::byte>& data) {
    if (axis == type.shape.rank()) return parse_one_element(type, data);
    lexer_.expect('[');
    for (std::int64_t i = 0; i < type.shape[axis]; ++i) {
      if (i > 0) lexer_.expect(',');
      parse_elements(type, axis + 1, data);
    }
    lexer_.expect(']');
  }

  void parse_one_element(const ir::Type& type, std::vector<std::byte>& data) {
    const Token token = lexer_.peek();
    data.resize(data.size() + itemsize(type.dtype));
    std::byte* element = data.data() + data.size() - itemsize(type.dtype);
    if (!parse_element(type.dtype, element_word(), element)) {
      lexer_.fail_expected(token, "an element of " + std::string(pygraph::name(type.dtype)));
    }
  }

  // "1.5", "true", "nan(0x7ff8000000000001)"
  std::string element_word() {
    const Token token = lexer_.next();
    std::string text(token.text);
    if (token.is("nan") && lexer_.accept('(')) {
      text += "(" + std::string(lexer_.next().text) + ")";
      lexer_.expect(')');
    }
    return text;
  }

  Tensor make_constant(const ir::Type& type, std::span<const std::byte> data,
                       std::string_view at) const {
    if (data.size() != checked_byte_count(type, at)) {
      lexer_.fail(at, "the data has " + std::to_string(data.size()) + " bytes, " + type.text() +
                          " needs " + std::to_string(checked_byte_count(type, at)));
    }
    Tensor constant = Tensor::empty(type.dtype, type.shape);
    if (!data.empty()) std::memcpy(constant.data(), data.data(), data.size());
    if (const std::string fault = constant_fault(constant); !fault.empty()) lexer_.fail(at, fault);
    return constant;
  }

  std::int64_t shared_constant(const Token& token) {
    const std::uint32_t number = index_of(token, 1, std::numeric_limits<std::uint32_t>::max());
    const auto [found, fresh] = shared_.try_emplace(number, module_.constants.size());
    if (fresh) {
      module_.constants.emplace_back();
      shared_order_.push_back({token.text, found->second});
    }
    return static_cast<std::int64_t>(found->second);
  }

  void parse_constants() {
    lexer_.next();
    lexer_.expect('{');
    while (!lexer_.accept('}')) {
      const Token token = expect(Token::Kind::constant, "@0 or '}'");
      const auto found =
          shared_.find(index_of(token, 1, std::numeric_limits<std::uint32_t>::max()));
      if (found == shared_.end())
        lexer_.fail(token.text, "no node names " + std::string(token.text));
      if (module_.constants[found->second])
        lexer_.fail(token.text, std::string(token.text) + " is given twice");
      lexer_.expect(':');
      const std::string_view at = lexer_.peek().text;
      const ir::Type type = parse_type();
      lexer_.expect('=');
      expect_word("base64");
      module_.constants[found->second] = make_constant(type, parse_base64(), at);
    }
  }

  // One text or several, in quotes.
  std::vector<std::byte> parse_base64() {
    const Token first = lexer_.peek();
    std::string text;
    do {
      const Token token = expect(Token::Kind::string, "base64 data in quotes");
      text += token.text.substr(1, token.text.size() - 2);
    } while (lexer_.peek().kind == Token::Kind::string);
    std::optional<std::vector<std::byte>> data = base64_decode(text);
    if (!data) lexer_.fail(first.text, "this is not base64");
    return std::move(*data);
  }

  void finish_constants() const {
    for (const auto& [at, index] : shared_order_) {
      if (!module_.constants[index])
        lexer_.fail(at, "constant " + std::string(at) + " is not among the constants at the end");
    }
  }

  void parse_files() {
    lexer_.next();
    lexer_.expect('{');
    while (!lexer_.accept('}')) {
      const std::string_view at = lexer_.peek().text;
      std::string part = name("a file's short name or '}'");
      lexer_.expect('=');
      std::string file = name_of(expect(Token::Kind::string, "a file's name in quotes"));
      if (!locations_.add_file(std::move(part), std::move(file)))
        lexer_.fail(at, "this short name is given twice");
    }
  }

  // ---- after verification

  void check_declarations() const {
    for (const DeclaredOutputs& declared : declared_outputs_) {
      const ir::Node& node = module_.functions[declared.function].nodes[declared.node];
      if (node.output_count == declared.count) continue;
      lexer_.fail(declared.at, std::string(ops::row(node.op).name) + " has " +
                                   std::to_string(node.output_count) +
                                   " outputs here, the text names " +
                                   std::to_string(declared.count));
    }
    for (const DeclaredType& declared : declared_types_) {
      const ir::Type& inferred = module_.functions[declared.function].types[declared.value];
      if (!agrees(declared.type, inferred)) {
        lexer_.fail(declared.at,
                    "this is declared as " + declared.type.text() + ", but is " + inferred.text());
      }
    }
  }

  Lexer lexer_;
  ir::Module module_;
  LocationReader locations_;
  AttributeCollector attributes_;
  std::unordered_map<std::uint32_t, std::size_t> shared_;  // number in the text: index in the table
  std::vector<std::pair<std::string_view, std::size_t>> shared_order_;
  std::vector<ir::FunctionId> callees_;  // by their number in the text
  std::vector<Call> calls_;
  std::vector<DeclaredOutputs> declared_outputs_;
  std::vector<DeclaredType> declared_types_;
};

}  // namespace

ir::Module parse(std::string_view text) {
  if (text.size() >= std::numeric_limits<std::uint32_t>::max())
    throw Error(ErrorKind::limit, "the text is longer than 4 GiB");
  if (!is_utf8(text)) throw Error(ErrorKind::format, "the text is not UTF-8");
  return with_stack([&] { return Parser(text).parse(); });
}

}  // namespace pygraph::format
