// The cold door to Python: reading and inspecting graphs, and the state of the process.
#include <filesystem>
#include <map>

#include <pybind11/pybind11.h>
#include <pybind11/stl.h>

#include "base/buffer.hpp"
#include "base/threads.hpp"
#include "bind/errors.hpp"
#include "bind/graph_bytes.hpp"
#include "bind/python_host.hpp"
#include "bind/tensor_caster.hpp"
#include "exec/eager.hpp"
#include "exec/executable.hpp"
#include "exec/profile.hpp"
#include "format/program.hpp"
#include "format/text.hpp"
#include "format/wire.hpp"
#include "kernels/kernels.hpp"
#include "ops/op_table.hpp"
#include "passes/passes.hpp"

namespace py = pybind11;

namespace pygraph::bind {
namespace {

constexpr std::string_view kAttributeKinds[] = {"integer", "real",   "boolean",  "dtype",
                                                "ints",    "string", "constant", "function"};
constexpr std::string_view kOperands[] = {
    "none",           "any",      "numeric",         "floating",   "integral",
    "integer",        "boolean",  "condition_first", "first_free", "value_and_flag",
    "first_two_free", "each_own", "variable",        "control"};
constexpr std::pair<ops::Effects, std::string_view> kEffects[] = {
    {ops::Effects::may_fail, "may_fail"}, {ops::Effects::reads, "reads"},
    {ops::Effects::writes, "writes"},     {ops::Effects::prints, "prints"},
    {ops::Effects::random, "random"},     {ops::Effects::host, "host"},
    {ops::Effects::nested, "nested"}};
constexpr std::string_view kSafe[] = {"never", "static_shape", "nonzero_divisor",
                                      "positive_exponent", "constant_index"};
constexpr std::string_view kViews[] = {"none", "part", "whole"};

// What Python holds of an object that it shares. Were that the object's own class, pybind11 would
// free the shared object as its own wherever memory runs out while it makes the Python one.
template <class T>
struct Shared {
  std::shared_ptr<T> shared;
};
using Graph = Shared<exec::Executable>;
using Recording = Shared<exec::Profile>;

// A type as plain data: (dtype name, dims), an unknown dim negative.
using PythonType = std::pair<std::string, std::vector<std::int64_t>>;

DType dtype_named(const std::string& text) {
  const auto dtype = dtype_from_name(text);
  if (!dtype) throw Error(ErrorKind::type, "there is no dtype named " + text);
  return *dtype;
}

PythonType python_type(const ir::Type& type) {
  return {std::string(name(type.dtype)), {type.shape.begin(), type.shape.end()}};
}

py::list op_table() {
  py::list rows;
  for (const ops::OpRow& op : ops::op_table()) {
    py::list attributes;
    py::list optional;
    for (const ops::AttributeSpec& spec : op.attributes) {
      if (spec.optional) optional.append(spec.name);
      attributes.append(
          py::make_tuple(spec.name, kAttributeKinds[static_cast<std::size_t>(spec.kind)]));
    }
    py::dict row;
    row["name"] = op.name;
    row["inputs"] = op.inputs.minimum;
    row["variadic"] = op.inputs.variadic;
    row["operands"] = kOperands[static_cast<std::size_t>(op.operands)];
    py::list effects;
    for (const auto& [flag, name] : kEffects) {
      if (has(op.effects, flag)) effects.append(name);
    }
    row["effects"] = py::frozenset(effects);
    row["elementwise"] = op.elementwise;
    row["fault"] = py::reinterpret_borrow<py::object>(exception_type(op.fault));
    row["safe"] = kSafe[static_cast<std::size_t>(op.safe)];
    row["view"] = kViews[static_cast<std::size_t>(op.view)];
    row["attributes"] = py::tuple(attributes);
    row["optional"] = py::frozenset(optional);
    rows.append(row);
  }
  return rows;
}

std::string result_type(const std::vector<std::pair<std::string, bool>>& operands) {
  std::vector<ops::Operand> parsed;
  for (const auto& [dtype, weak] : operands) parsed.push_back({dtype_named(dtype), weak});
  return std::string(name(ops::result_type(parsed).dtype));
}

std::span<const std::byte> bytes_of(const py::bytes& data) {
  const std::string_view view = data;
  return std::as_bytes(std::span(view.data(), view.size()));
}

ir::Module run_pass(const std::string& name, const ir::Module& module,
                    const std::vector<PythonType>& types) {
  const auto passes = passes::passes();
  const auto found = std::ranges::find(passes, name, &passes::Pass::name);
  ir::Module result = module;
  if (name == "inline_calls") {
    if (auto inlined = passes::inline_calls(module)) result = *std::move(inlined);
  } else if (name == "specialise") {
    std::vector<ir::Type> inputs;
    for (const auto& [dtype, dims] : types)
      inputs.push_back({ir::Kind::tensor, dtype_named(dtype), Shape(dims)});
    result = passes::specialise(module, inputs, passes::Options::all());
  } else if (found != passes.end()) {
    found->run(result);
  } else {
    throw Error(ErrorKind::value, "there is no pass " + name);
  }
  return passes::check_after(name, result);
}

py::bytes write_module(const ir::Module& module) {
  const std::vector<std::byte> bytes = format::write(module);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

py::list chain_of(const ir::Module& module, ir::LocationId id) {
  PyObject* chain = location_chain(module, id);
  if (chain == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<py::list>(chain);
}

py::object attribute_to_python(const ir::Attribute& attribute) {
  return std::visit(
      [](const auto& value) -> py::object {
        if constexpr (std::is_same_v<std::decay_t<decltype(value)>, DType>) {
          return py::str(std::string(name(value)));
        } else {
          return py::cast(value);
        }
      },
      attribute);
}

py::list python_types(const ir::Function& function, std::uint32_t first, std::uint32_t count) {
  py::list types;
  for (std::uint32_t i = first; i < first + count; ++i)
    types.append(py::cast(python_type(function.types[i])));
  return types;
}

py::dict attributes_of(const ir::Function& function, const ir::Node& node) {
  const ops::OpRow& op = ops::row(node.op);
  py::dict attributes;
  for (std::size_t i = 0; i < op.attributes.size(); ++i)
    attributes[py::str(std::string(op.attributes[i].name))] =
        attribute_to_python(function.attributes_of(node)[i]);
  return attributes;
}

// A node as plain data; `chains` has the chains of locations met so far.
py::tuple node_to_python(const ir::Module& module, const ir::Function& function,
                         const ir::Node& node, std::map<ir::LocationId, py::list>& chains) {
  const auto inputs = function.inputs_of(node);
  const auto subgraphs = function.subgraphs_of(node);
  const auto [chain, is_new] = chains.try_emplace(node.location);
  if (is_new) chain->second = chain_of(module, node.location);
  return py::make_tuple(
      ops::row(node.op).name, std::vector<ir::ValueId>(inputs.begin(), inputs.end()),
      node.first_output, python_types(function, node.first_output, node.output_count),
      attributes_of(function, node),
      std::vector<ir::FunctionId>(subgraphs.begin(), subgraphs.end()), chain->second);
}

// The functions of a module as plain data.
py::list functions_of(const ir::Module& module) {
  std::map<ir::LocationId, py::list> chains;
  py::list functions;
  for (const ir::Function& function : module.functions) {
    py::list parameters;
    for (std::uint32_t i = 0; i < function.parameter_count(); ++i) {
      const ir::Type& type = function.types[i];
      parameters.append(py::make_tuple(function.parameter_names[i], py::cast(python_type(type)),
                                       type.kind == ir::Kind::variable));
    }
    py::list nodes;
    for (const ir::Node& node : function.nodes)
      nodes.append(node_to_python(module, function, node, chains));
    py::list declared;
    for (const ir::Type& type : function.declared_results)
      declared.append(py::cast(python_type(type)));
    functions.append(py::make_tuple(function.name, parameters, nodes, function.results,
                                    function.result_names, declared));
  }
  return functions;
}

std::vector<PythonType> parameter_types(const ir::Module& module, ir::Kind kind) {
  std::vector<PythonType> types;
  for (std::uint32_t i = 0; i < module.functions[0].parameter_count(); ++i) {
    const ir::Type& type = module.functions[0].types[i];
    if (type.kind == kind) types.push_back(python_type(type));
  }
  return types;
}

std::vector<PythonType> result_types(const ir::Module& module) {
  std::vector<PythonType> types;
  for (ir::ValueId value : module.functions[0].results)
    types.push_back(python_type(module.functions[0].types[value]));
  return types;
}

std::vector<Tensor> run(const Graph& graph, const std::vector<Tensor>& inputs,
                        const std::vector<Tensor>& variables, std::int64_t cost_limit,
                        std::size_t byte_limit) {
  exec::Executable& executable = *graph.shared;
  executable.check(inputs);
  std::vector<Tensor> outputs(executable.output_count());
  std::vector<std::unique_ptr<Variable>> held;
  std::vector<Variable*> places;
  for (const Tensor& initial : variables) {
    held.push_back(std::make_unique<Variable>(initial));
    places.push_back(held.back().get());
  }
  PythonHost host;
  host.host().cost_limit = cost_limit;
  host.host().byte_limit = byte_limit;
  executable.run(inputs, outputs, host.host(), places);
  return outputs;
}

using PythonVariable = std::tuple<std::string, bool, Tensor>;

// A source file's path from its outermost package on: the same wherever the package lies.
std::string portable_name(const std::string& file) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (!fs::path(file).is_absolute() && !fs::exists(file, ignored)) return file;
  const fs::path whole = fs::absolute(file, ignored);
  fs::path folder = whole.parent_path();
  fs::path name = whole.filename();
  while (folder.has_filename() && fs::is_regular_file(folder / "__init__.py", ignored)) {
    name = folder.filename() / name;
    folder = folder.parent_path();
  }
  return name.generic_string();
}

// Gives the files that locations name other names.
template <class NameOf>
void rename_files(ir::Module& module, const NameOf& name_of) {
  std::map<std::string, std::string> names;
  for (ir::Location& location : module.locations) {
    const auto [entry, is_new] = names.try_emplace(location.file);
    if (is_new && !location.file.empty()) entry->second = name_of(location.file);
    location.file = entry->second;
  }
}

py::tuple read_program(const py::bytes& data, const py::object& name_of) {
  format::Program program = format::read_program(bytes_of(data));
  py::list graphs;
  for (ir::Module& graph : program.graphs) {
    if (!name_of.is_none())
      rename_files(graph,
                   [&](const std::string& file) { return name_of(file).cast<std::string>(); });
    graphs.append(py::cast(std::move(graph)));
  }
  std::vector<PythonVariable> variables;
  for (const format::ProgramVariable& variable : program.variables)
    variables.emplace_back(variable.name, variable.trainable, variable.initial);
  std::vector<std::pair<std::string, std::size_t>> functions;
  for (const format::ProgramFunction& function : program.functions)
    functions.emplace_back(function.name, function.graphs);
  return py::make_tuple(graphs, variables, program.uses, functions);
}

py::bytes write_program(const std::vector<const ir::Module*>& graphs,
                        const std::vector<PythonVariable>& variables,
                        const std::vector<std::vector<std::uint32_t>>& uses,
                        const std::vector<std::pair<std::string, std::size_t>>& functions) {
  std::vector<ir::Module> renamed;
  std::vector<const ir::Module*> named;
  renamed.reserve(graphs.size());
  for (const ir::Module* graph : graphs) {
    rename_files(renamed.emplace_back(*graph), &portable_name);
    named.push_back(&renamed.back());
  }
  std::vector<format::ProgramVariable> written;
  for (const auto& [name, trainable, initial] : variables)
    written.push_back({name, trainable, initial});
  std::vector<format::ProgramFunction> table;
  for (const auto& [name, count] : functions) table.push_back({name, count});
  const std::vector<std::byte> bytes = format::write_program(named, written, uses, table);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

py::capsule executable_capsule(const Graph& graph) {
  using Held = std::shared_ptr<exec::Executable>;
  return py::capsule(new Held(graph.shared), "pygraph.executable", [](PyObject* capsule) {
    delete static_cast<Held*>(PyCapsule_GetPointer(capsule, "pygraph.executable"));
  });
}

py::dict build_info() {
  py::dict info;
  info["version"] = PYGRAPH_VERSION;
  info["variant"] = PYGRAPH_VARIANT;
#if defined(__clang__)
  info["compiler"] = __VERSION__;
#else
  info["compiler"] = "GCC " __VERSION__;
#endif
  info["isa"] = kernels::isa();
  py::list available;
  for (std::string_view isa : kernels::available_isas()) available.append(isa);
  info["isas_available"] = available;
  info["blas"] = kernels::blas_version();
  info["threads"] = thread_count();
  return info;
}

py::dict memory_statistics() {
  const MemoryStats stats = memory_stats();
  py::dict result;
  result["bytes_in_use"] = stats.bytes_in_use;
  result["bytes_cached"] = stats.bytes_cached;
  result["allocations"] = stats.allocations;
  result["live_buffers"] = stats.live_buffers;
  return result;
}

void translate(std::exception_ptr pointer) {
  try {
    if (pointer) std::rethrow_exception(pointer);
  } catch (const Error&) {
    translate_exception();
  } catch (const std::length_error&) {
    translate_exception();
  }
}

py::list profile_rows(const Recording& recording) {
  py::list rows;
  for (const exec::ProfileRow& row : recording.shared->rows()) {
    py::list lines;
    for (const ir::Location& line : row.lines)
      lines.append(py::make_tuple(line.file, line.line, line.function));
    rows.append(
        py::make_tuple(row.is_run, row.function, row.name, lines, row.calls, row.nanoseconds));
  }
  return rows;
}

py::list profile_events(const Recording& recording) {
  py::list events;
  for (const exec::ProfileEvent& event : recording.shared->events())
    events.append(py::make_tuple(event.row, event.thread, event.start, event.duration));
  return events;
}

}  // namespace

// NumPy and pybind11 keep their state once a process, and so does pygraph: in a subinterpreter they
// would wait for ever. Of Python this is the module's entry, before pybind11's own.
extern "C" PyObject* PyInit_core_of_main();
extern "C" PYBIND11_EXPORT PyObject* PyInit__core() {
  if (PyInterpreterState_Get() == PyInterpreterState_Main()) return PyInit_core_of_main();
  PyErr_SetString(
      PyExc_ImportError,
      "pygraph cannot be used in a subinterpreter: import it in the main interpreter, or "
      "in a process of its own (multiprocessing)");
  return nullptr;
}

PYBIND11_MODULE(core_of_main, m) {
  m.doc() =
      "The C++ core of pygraph: graphs, their formats, inference and the state of the process.";
  py::register_local_exception_translator(&translate);

  py::class_<ir::Module>(m, "Module", "A verified graph.")
      .def("write", &write_module, "The graph as bytes, constants included.")
      .def(
          "as_text", [](const ir::Module& module) { return format::print(module); },
          "The graph as text, which parse() reads.")
      .def("functions", &functions_of,
           "The functions: (name, parameters, nodes, results, result names, declared result types) "
           "each; a parameter is (name, type, is variable), a node (op, inputs, first output, "
           "output types, attributes, subgraphs, location chain).")
      .def(
          "constants", [](const ir::Module& module) { return module.constants; },
          "The constants, which nodes name by number.")
      .def(
          "node_count",
          [](const ir::Module& module) {
            std::size_t count = 0;
            for (const ir::Function& function : module.functions) count += function.nodes.size();
            return count;
          },
          "How many nodes there are in all functions.")
      .def(
          "parameters",
          [](const ir::Module& module) { return parameter_types(module, ir::Kind::tensor); },
          "The types of the entry's tensor parameters: (dtype, dims) each.")
      .def(
          "variables",
          [](const ir::Module& module) { return parameter_types(module, ir::Kind::variable); },
          "The types of the entry's variable parameters: (dtype, dims) each.")
      .def(
          "with_constants",
          [](const ir::Module& module, const std::vector<Tensor>& values) {
            return passes::with_constants(module, values);
          },
          py::arg("values"), "A copy whose last inputs are these constants.")
      .def("results", &result_types, "The entry's result types: (dtype, dims) each.")
      .def("location", &chain_of, py::arg("id"),
           "The chain of a location, innermost first: (file, line, function) each.");

  // Functions make these objects, not constructors: where memory runs out, an exception of
  // pybind11's leaves it from there uncaught.
  m.def("Executable",
        [](const ir::Module& module) { return Graph{std::make_shared<exec::Executable>(module)}; });
  m.def("Profile", [] { return Recording(); });

  py::class_<Graph>(m, "_Executable", "A graph with its plans.")
      .def(
          "module", [](const Graph& graph) -> const ir::Module& { return graph.shared->module(); },
          py::return_value_policy::reference_internal)
      .def("capsule", &executable_capsule, "For the call path.")
      .def(
          "bytes_held", [](const Graph& graph) { return bytes_held(*graph.shared); },
          "The memory of the graph and its plan, constants included.")
      .def("run", &run, py::arg("inputs"), py::arg("variables") = std::vector<Tensor>{},
           py::arg("cost_limit") = 0, py::arg("byte_limit") = 0)
      .def("plan_text", [](const Graph& graph, const std::vector<Tensor>& inputs) {
        return graph.shared->planned(inputs)->plan().text(graph.shared->inlined());
      });

  py::class_<Recording>(m, "_Profile", "What runs take, while it is recorded.")
      .def("start", [](Recording& recording) { recording.shared = exec::Profile::start(); })
      .def("stop", [](Recording& recording) { recording.shared->stop(); })
      .def("rows", &profile_rows,
           "Instructions and runs of plans: (is run, function, name, [(file, line, function)], "
           "calls, nanoseconds).")
      .def("events", &profile_events, "Single ones: (row, thread, start, nanoseconds).")
      .def(
          "dropped", [](const Recording& recording) { return recording.shared->dropped(); },
          "How many events there was no room for.");

  m.def(
      "read",
      [](const py::bytes& data, const std::vector<Tensor>& constants) {
        return format::read(bytes_of(data), constants);
      },
      py::arg("data"), py::arg("constants") = std::vector<Tensor>{});
  m.def(
      "read_program", &read_program, py::arg("data"), py::arg("name_of") = py::none(),
      "The graphs, the variables as (name, trainable, value), the variables of each graph, and the "
      "functions as (name, number of graphs), none where all are of one without a name. Files "
      "are given the names that name_of returns.");
  m.def("write_program", &write_program, py::arg("graphs"), py::arg("variables"), py::arg("uses"),
        py::arg("functions") = std::vector<std::pair<std::string, std::size_t>>{},
        "Source files get portable names.");
  m.def("portable_name", &portable_name, py::arg("file"),
        "A source file's path from its outermost package on.");
  m.def(
      "is_program", [](const py::bytes& data) { return format::is_program(bytes_of(data)); },
      py::arg("data"), "Whether these are the first bytes of a program file.");
  m.def("parse", [](const std::string& text) { return format::parse(text); }, py::arg("text"));
  m.def("pass_names", [] {
    std::vector<std::string> names{"inline_calls", "specialise"};
    for (const passes::Pass& pass : passes::passes()) names.emplace_back(pass.name);
    return names;
  });
  m.def("run_pass", &run_pass, py::arg("name"), py::arg("module"), py::arg("types"),
        "The graph after one pass; `specialise` is for inputs of these types.");
  m.def("op_table", &op_table);
  m.def("result_type", &result_type, py::arg("operands"));
  m.attr("__version__") = PYGRAPH_VERSION;
  m.def("build_info", &build_info);
  m.def("memory_stats", &memory_statistics);
  m.def("release_memory", [] {
    exec::clear_eager_plans();
    release_memory();
  });
  m.def(
      "check_room", [](std::size_t bytes) { BufferRef::adopt(Buffer::allocate(bytes)); },
      "Raise MemoryError where there is no memory for so many bytes.");
  m.def("live_graphs", &exec::live_graphs);
  m.def("nodes_inferred", &passes::nodes_inferred);
  m.def("thread_count", &thread_count);
  m.def("set_thread_count", &set_thread_count, py::arg("count"));
}

}  // namespace pygraph::bind
