// The cold door to Python: reading and inspecting graphs, and the state of the process.
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
    "none",     "any",      "numeric",         "floating",   "integral",
    "integer",  "boolean",  "condition_first", "first_free", "first_two_free",
    "each_own", "variable", "control"};
constexpr std::string_view kEffects[] = {"pure",   "may_fail", "reads",
                                         "writes", "prints",   "control"};

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
    for (const ops::AttributeSpec& spec : op.attributes) {
      attributes.append(
          py::make_tuple(spec.name, kAttributeKinds[static_cast<std::size_t>(spec.kind)]));
    }
    py::dict row;
    row["name"] = op.name;
    row["inputs"] = op.inputs.minimum;
    row["variadic"] = op.inputs.variadic;
    row["operands"] = kOperands[static_cast<std::size_t>(op.operands)];
    row["effects"] = kEffects[static_cast<std::size_t>(op.effects)];
    row["elementwise"] = op.family == ops::Family::elementwise;
    row["attributes"] = py::tuple(attributes);
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

// Every node of a module, functions in order: plain data, for inspection.
py::list nodes_of(const ir::Module& module) {
  py::list nodes;
  for (std::size_t f = 0; f < module.functions.size(); ++f) {
    const ir::Function& function = module.functions[f];
    for (const ir::Node& node : function.nodes) {
      const ops::OpRow& op = ops::row(node.op);
      py::dict attributes;
      for (std::size_t i = 0; i < op.attributes.size(); ++i) {
        attributes[py::str(std::string(op.attributes[i].name))] =
            attribute_to_python(function.attributes_of(node)[i]);
      }
      std::vector<PythonType> outputs;
      for (std::uint32_t i = 0; i < node.output_count; ++i)
        outputs.push_back(python_type(function.types[node.first_output + i]));
      const auto inputs = function.inputs_of(node);
      nodes.append(
          py::make_tuple(op.name, f, std::vector<ir::ValueId>(inputs.begin(), inputs.end()),
                         node.first_output, outputs, attributes, chain_of(module, node.location)));
    }
  }
  return nodes;
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

std::vector<Tensor> run(exec::Executable& executable, const std::vector<Tensor>& inputs,
                        const std::vector<Tensor>& variables, std::int64_t cost_limit,
                        std::size_t byte_limit) {
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

py::tuple read_program(const py::bytes& data) {
  format::Program program = format::read_program(bytes_of(data));
  py::list graphs;
  for (ir::Module& graph : program.graphs) graphs.append(py::cast(std::move(graph)));
  std::vector<PythonVariable> variables;
  for (const format::ProgramVariable& variable : program.variables)
    variables.emplace_back(variable.name, variable.trainable, variable.initial);
  return py::make_tuple(graphs, variables, program.uses);
}

py::bytes write_program(const std::vector<const ir::Module*>& graphs,
                        const std::vector<PythonVariable>& variables,
                        const std::vector<std::vector<std::uint32_t>>& uses) {
  std::vector<format::ProgramVariable> written;
  for (const auto& [name, trainable, initial] : variables)
    written.push_back({name, trainable, initial});
  const std::vector<std::byte> bytes = format::write_program(graphs, written, uses);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

py::capsule executable_capsule(const std::shared_ptr<exec::Executable>& executable) {
  using Held = std::shared_ptr<exec::Executable>;
  return py::capsule(new Held(executable), "pygraph.executable", [](PyObject* capsule) {
    delete static_cast<Held*>(PyCapsule_GetPointer(capsule, "pygraph.executable"));
  });
}

py::dict build_info() {
  py::dict info;
  info["version"] = PYGRAPH_VERSION;
  info["variant"] = PYGRAPH_VARIANT;
  info["compiler"] = "GCC " __VERSION__;
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
  } catch (const Error& error) {
    if (PyErr_Occurred() == nullptr) PyErr_SetString(exception_type(error.kind()), error.what());
  }
}

py::list profile_rows(const exec::Profile& profile) {
  py::list rows;
  for (const exec::ProfileRow& row : profile.rows()) {
    py::list lines;
    for (const ir::Location& line : row.lines)
      lines.append(py::make_tuple(line.file, line.line, line.function));
    rows.append(
        py::make_tuple(row.is_run, row.function, row.name, lines, row.calls, row.nanoseconds));
  }
  return rows;
}

py::list profile_events(const exec::Profile& profile) {
  py::list events;
  for (const exec::ProfileEvent& event : profile.events())
    events.append(py::make_tuple(event.row, event.thread, event.start, event.duration));
  return events;
}

}  // namespace

PYBIND11_MODULE(_core, m) {
  m.doc() =
      "The C++ core of pygraph: graphs, their formats, inference and the state of the process.";
  py::register_local_exception_translator(&translate);

  py::class_<ir::Module>(m, "Module", "A verified graph.")
      .def("write", &write_module, "The graph as bytes, constants included.")
      .def(
          "as_text", [](const ir::Module& module) { return format::print(module); },
          "The graph as text, which parse() reads.")
      .def("nodes", &nodes_of,
           "Every node: (op, function, inputs, first output, output types, attributes, location "
           "chain).")
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

  py::class_<exec::Executable, std::shared_ptr<exec::Executable>>(m, "Executable",
                                                                  "A graph with its plans.")
      .def(py::init(
          [](const ir::Module& module) { return std::make_shared<exec::Executable>(module); }))
      .def("module", &exec::Executable::module, py::return_value_policy::reference_internal)
      .def("capsule", &executable_capsule, "For the call path.")
      .def("bytes_held", &bytes_held, "The memory of the graph and its plan, constants included.")
      .def("run", &run, py::arg("inputs"), py::arg("variables") = std::vector<Tensor>{},
           py::arg("cost_limit") = 0, py::arg("byte_limit") = 0)
      .def("plan_text", [](exec::Executable& executable, const std::vector<Tensor>& inputs) {
        return executable.planned(inputs)->plan().text(executable.module());
      });

  py::class_<exec::Profile, std::shared_ptr<exec::Profile>>(m, "Profile",
                                                            "What runs take, while it is recorded.")
      .def_static("start", &exec::Profile::start)
      .def("stop", &exec::Profile::stop)
      .def("rows", &profile_rows,
           "Instructions and runs of plans: (is run, function, name, [(file, line, function)], "
           "calls, nanoseconds).")
      .def("events", &profile_events, "Single ones: (row, thread, start, nanoseconds).")
      .def("dropped", &exec::Profile::dropped, "How many events there was no room for.");

  m.def(
      "read",
      [](const py::bytes& data, const std::vector<Tensor>& constants) {
        return format::read(bytes_of(data), constants);
      },
      py::arg("data"), py::arg("constants") = std::vector<Tensor>{});
  m.def("read_program", &read_program, py::arg("data"),
        "The graphs, the variables as (name, trainable, value), and the variables of each graph.");
  m.def("write_program", &write_program, py::arg("graphs"), py::arg("variables"), py::arg("uses"));
  m.def("parse", [](const std::string& text) { return format::parse(text); }, py::arg("text"));
  m.def("op_table", &op_table);
  m.def("result_type", &result_type, py::arg("operands"));
  m.attr("__version__") = PYGRAPH_VERSION;
  m.def("build_info", &build_info);
  m.def("memory_stats", &memory_statistics);
  m.def("release_memory", [] {
    exec::clear_eager_plans();
    release_memory();
  });
  m.def("live_graphs", &exec::live_graphs);
  m.def("nodes_inferred", &passes::nodes_inferred);
  m.def("thread_count", &thread_count);
  m.def("set_thread_count", &set_thread_count, py::arg("count"));
}

}  // namespace pygraph::bind
