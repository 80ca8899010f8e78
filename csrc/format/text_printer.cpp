// A graph as text; text.hpp describes it.
#include <algorithm>
#include <map>
#include <span>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/stack.hpp"
#include "format/base64.hpp"
#include "format/canonical.hpp"
#include "format/elements.hpp"
#include "format/quote.hpp"
#include "format/text.hpp"
#include "ops/op_table.hpp"

namespace pygraph::format {
namespace {

constexpr std::size_t kIndent = 2;
constexpr std::size_t kWidestAligned = 72;  // longer lines have their location right behind them
constexpr std::size_t kBase64Width = 96;
constexpr std::size_t kMaxText = std::size_t{1} << 30;

// In characters, not bytes.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u;
  }));
}

// The last `count` parts of a path; nothing if it has fewer.
std::string_view last_parts(std::string_view path, int count) {
  std::size_t begin = path.size() + 1;
  for (int i = 0; i < count; ++i) {
    if (begin == 0) return {};
    const std::size_t slash = begin >= 2 ? path.rfind('/', begin - 2) : std::string_view::npos;
    begin = slash == std::string_view::npos ? 0 : slash + 1;
  }
  return path.substr(begin);
}

// Short names of files, as few last parts of the path as tell them apart.
class FileNames {
 public:
  explicit FileNames(std::span<const ir::Location> locations) {
    for (const ir::Location& location : locations.subspan(1)) {
      if (short_names_.try_emplace(location.file, location.file).second)
        files_.push_back(location.file);
    }
    std::unordered_map<std::string_view, int> uses;
    for (const std::string_view file : files_) {
      for (int count = 1; count <= kMostParts; ++count) ++uses[last_parts(file, count)];
    }
    for (const std::string_view file : files_) {
      for (int count = kMostParts; count > 0; --count) {
        const std::string_view part = last_parts(file, count);
        if (!part.empty() && uses[part] == 1) short_names_[file] = part;
      }
    }
  }

  std::string_view operator[](std::string_view file) const { return short_names_.at(file); }

  // Those whose short name is not the whole, in order of appearance.
  std::vector<std::pair<std::string_view, std::string_view>> shortened() const {
    std::vector<std::pair<std::string_view, std::string_view>> out;
    for (const std::string_view file : files_) {
      if (short_names_.at(file) != file) out.emplace_back(short_names_.at(file), file);
    }
    return out;
  }

 private:
  static constexpr int kMostParts = 3;
  std::vector<std::string_view> files_;
  std::unordered_map<std::string_view, std::string_view> short_names_;
};

class Printer {
 public:
  explicit Printer(const ir::Module& module)
      : module_(module), order_(canonical_order(module)), files_(order_.locations) {}

  std::string print() {
    const ir::Function& entry = module_.functions[0];
    line(0, "graph " + identifier_or_quoted(entry.name) + signature(entry, true) + " {");
    print_body(entry, kIndent);
    line(0, "}");
    for (std::size_t i = 0; i < order_.callees.size(); ++i) {
      const ir::Function& callee = module_.functions[order_.callees[i]];
      line(0, "function " + std::to_string(i) + " " + identifier_or_quoted(callee.name) +
                  signature(callee, true) + " {");
      print_body(callee, kIndent);
      line(0, "}");
    }
    print_constants();
    print_files();
    return join();
  }

 private:
  struct Line {
    std::string text;
    std::string location;
  };

  void line(std::size_t indent, const std::string& text, std::string location = {}) {
    lines_.push_back({std::string(indent, ' ') + text, std::move(location)});
    size_ += lines_.back().text.size() + lines_.back().location.size();
    if (size_ > kMaxText)
      throw Error(ErrorKind::limit, "the text of the graph is longer than a gigabyte");
  }

  std::string signature(const ir::Function& function, bool with_results) {
    std::string out = "(";
    const std::vector<std::string> names = value_names(function);
    for (std::uint32_t i = 0; i < function.parameter_count(); ++i) {
      if (i > 0) out += ", ";
      out += names[i];
      const std::string& name = function.parameter_names[i];
      if (names[i] != name && !name.empty()) out += " " + identifier_or_quoted(name);
      out += ": " + function.types[i].text();
    }
    out += ")";
    if (!with_results) return out;
    out += " -> (";
    for (std::size_t i = 0; i < function.results.size(); ++i) {
      if (i > 0) out += ", ";
      out += function.declared_results.empty() ? function.types[function.results[i]].text()
                                               : function.declared_results[i].text();
    }
    return out + ")";
  }

  // What the function's parameters go by: their names where these are plain and different.
  static std::vector<std::string> value_names(const ir::Function& function) {
    std::unordered_map<std::string_view, int> uses;
    for (const std::string& name : function.parameter_names) ++uses[name];
    std::vector<std::string> names;
    for (const std::string& name : function.parameter_names) {
      names.push_back(is_identifier(name) && uses[name] == 1 ? name
                                                             : "%" + std::to_string(names.size()));
    }
    return names;
  }

  void print_body(const ir::Function& function, std::size_t indent) {
    const std::vector<std::string> names = value_names(function);
    const auto value = [&](ir::ValueId id) {
      return id < names.size() ? names[id] : "%" + std::to_string(id);
    };
    for (const ir::Node& node : function.nodes) {
      line(indent, node_text(function, node, value),
           location_text(order_.location_ids[node.location]));
      const auto subgraphs = function.subgraphs_of(node);
      for (std::uint32_t i = 0; i < subgraphs.size(); ++i) {
        const ir::Function& subgraph = module_.functions[subgraphs[i]];
        const std::string word(subgraph_word(node.op, i));
        const std::string name =
            subgraph.name == word ? "" : " " + identifier_or_quoted(subgraph.name);
        line(indent + kIndent, word + name + signature(subgraph, false) + " {");
        print_body(subgraph, indent + 2 * kIndent);
        line(indent + kIndent, "}");
      }
    }
    std::string text = "return";
    for (std::size_t i = 0; i < function.results.size(); ++i) {
      text += i > 0 ? ", " : " ";
      const std::string& name = function.result_names[i];
      if (!name.empty()) text += identifier_or_quoted(name) + " = ";
      text += value(function.results[i]);
    }
    line(indent, text);
  }

  template <class ValueName>
  std::string node_text(const ir::Function& function, const ir::Node& node,
                        const ValueName& value) const {
    std::string out;
    for (std::uint32_t id = node.first_output; id < node.first_output + node.output_count; ++id) {
      out += (out.empty() ? "%" : ", %") + std::to_string(id) + ": " + function.types[id].text();
    }
    if (!out.empty()) out += " = ";
    out += ops::row(node.op).name;
    std::string separator = " ";
    for (const ir::ValueId input : function.inputs_of(node)) {
      out += std::exchange(separator, ", ") + value(input);
    }
    if (node.op == ir::OpCode::constant)
      return out + " " + constant_text(constant_of(function, node));
    return out + attributes_text(function, node);
  }

  std::string attributes_text(const ir::Function& function, const ir::Node& node) const {
    const auto specs = ops::row(node.op).attributes;
    std::string out;
    for (std::size_t i = 0; i < specs.size(); ++i) {
      if (is_default(specs[i], function.attributes_of(node)[i])) continue;
      out += out.empty() ? " {" : ", ";
      out += std::string(specs[i].name) + "=" +
             (specs[i].kind == ops::AttributeKind::function
                  ? std::to_string(callee_number(callee_of(function, node)))
                  : attribute_text(function.attributes_of(node)[i]));
    }
    return out.empty() ? out : out + "}";
  }

  // The functions that are called are numbered by themselves.
  std::ptrdiff_t callee_number(ir::FunctionId id) const {
    return std::find(order_.callees.begin(), order_.callees.end(), id) - order_.callees.begin();
  }

  static std::string integer_text(std::int64_t value) {
    return value == ops::kNoBound ? "_" : std::to_string(value);
  }

  static std::string attribute_text(const ir::Attribute& attribute) {
    struct Visitor {
      std::string operator()(std::int64_t value) const { return integer_text(value); }
      std::string operator()(double value) const { return real_text(value); }
      std::string operator()(bool value) const { return value ? "true" : "false"; }
      std::string operator()(DType value) const { return std::string(name(value)); }
      std::string operator()(const std::string& value) const { return quoted(value); }
      std::string operator()(const std::vector<std::int64_t>& values) const {
        std::string out = "[";
        for (std::size_t i = 0; i < values.size(); ++i)
          out += (i > 0 ? ", " : "") + integer_text(values[i]);
        return out + "]";
      }
    };
    return std::visit(Visitor(), attribute);
  }

  // The number of a constant at the end of the text counts only those that are there.
  std::string constant_text(std::uint32_t id) const {
    const Tensor& constant = module_.constants[id];
    if (!in_place(id)) return "@" + std::to_string(order_.constant_ids[id]);
    if (constant.shape().count() == 0) return "[]";
    const std::byte* element = constant.data();
    std::string out;
    append_elements(constant, 0, element, out);
    return out;
  }

  bool in_place(std::uint32_t id) const {
    const Tensor& constant = module_.constants[id];
    return order_.constant_uses[id] == 1 && constant.shape().count() <= kMaxElementsInPlace &&
           has_element_text(constant.dtype());
  }

  static void append_elements(const Tensor& constant, int axis, const std::byte*& element,
                              std::string& out) {
    if (axis == constant.shape().rank()) {
      out += element_text(constant.dtype(), element);
      element += itemsize(constant.dtype());
      return;
    }
    out += "[";
    for (std::int64_t i = 0; i < constant.shape()[axis]; ++i) {
      if (i > 0) out += ", ";
      append_elements(constant, axis + 1, element, out);
    }
    out += "]";
  }

  std::string location_text(ir::LocationId id) const {
    std::string out;
    for (; id != kNoLocation; id = order_.locations[id].parent) {
      const ir::Location& location = order_.locations[id];
      out += (out.empty() ? "# " : " < ") + place_or_quoted(files_[location.file]) + ":" +
             std::to_string(location.line) + " in " + place_or_quoted(location.function);
    }
    return out;
  }

  void print_constants() {
    bool any = false;
    for (const std::uint32_t id : order_.constants) {
      if (in_place(id)) continue;
      if (!std::exchange(any, true)) line(0, "constants {");
      print_constant(module_.constants[id], order_.constant_ids[id]);
    }
    if (any) line(0, "}");
  }

  void print_constant(const Tensor& constant, std::uint32_t number) {
    const std::string type = ir::Type{ir::Kind::tensor, constant.dtype(), constant.shape()}.text();
    const std::string start = "@" + std::to_string(number) + ": " + type + " = base64";
    const std::string data = base64_encode({constant.data(), constant.bytes()});
    if (data.size() <= kBase64Width / 2) return line(kIndent, start + " \"" + data + "\"");
    line(kIndent, start);
    for (std::size_t i = 0; i < data.size(); i += kBase64Width)
      line(2 * kIndent, "\"" + data.substr(i, kBase64Width) + "\"");
  }

  void print_files() {
    const auto files = files_.shortened();
    if (files.empty()) return;
    line(0, "files {");
    for (const auto& [part, file] : files)
      line(kIndent, identifier_or_quoted(part) + " = " + quoted(file));
    line(0, "}");
  }

  std::string join() const {
    std::size_t column = 0;
    for (const Line& each : lines_) {
      const std::size_t length = width(each.text);
      if (!each.location.empty() && length <= kWidestAligned) column = std::max(column, length);
    }
    std::string out;
    out.reserve(size_ + lines_.size());
    for (const Line& each : lines_) {
      out += each.text;
      if (!each.location.empty()) {
        const std::size_t length = width(each.text);
        out.append(2 + (length < column ? column - length : 0), ' ');
        out += each.location;
      }
      out += '\n';
    }
    return out;
  }

  const ir::Module& module_;
  const CanonicalOrder order_;
  const FileNames files_;
  std::vector<Line> lines_;
  std::size_t size_ = 0;
};

}  // namespace

std::string print(const ir::Module& module) {
  return with_stack([&] { return Printer(module).print(); });
}

std::string_view subgraph_word(ir::OpCode op, std::uint32_t index) {
  if (op == ir::OpCode::cond) return index == 0 ? "then" : "else";
  return index == 0 ? "test" : "body";
}

}  // namespace pygraph::format
