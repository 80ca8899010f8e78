// The C ABI: handles around the core's objects, exceptions turned into status codes.
#include "include/pygraph/pygraph.h"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "exec/executable.hpp"
#include "exec/profile.hpp"
#include "format/program.hpp"

struct pygraph_tensor {
  pygraph::Tensor value;
};

struct pygraph_program {
  std::vector<std::unique_ptr<pygraph::exec::Executable>> graphs;
  std::vector<std::string> names;  // of the variables
  std::vector<std::unique_ptr<pygraph::Variable>> variables;
  std::vector<std::vector<pygraph::Variable*>> uses;  // per graph: those it is run on
};

struct pygraph_profile {
  std::shared_ptr<pygraph::exec::Profile> recorded;
  std::vector<pygraph::exec::ProfileRow> rows;  // once stopped: those that ran
  std::vector<std::string> lines;               // per row
  std::vector<pygraph_profile_row> views;
};

namespace {

using pygraph::Error;
using pygraph::ErrorKind;

thread_local std::string last_error;

pygraph_status status_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::value: return PYGRAPH_ERROR_VALUE;
    case ErrorKind::type: return PYGRAPH_ERROR_TYPE;
    case ErrorKind::index: return PYGRAPH_ERROR_INDEX;
    case ErrorKind::zero_division: return PYGRAPH_ERROR_ZERO_DIVISION;
    case ErrorKind::overflow: return PYGRAPH_ERROR_OVERFLOW;
    case ErrorKind::unbound: return PYGRAPH_ERROR_UNBOUND;
    case ErrorKind::assertion: return PYGRAPH_ERROR_ASSERTION;
    case ErrorKind::memory: return PYGRAPH_ERROR_MEMORY;
    case ErrorKind::interrupted: return PYGRAPH_ERROR_INTERRUPTED;
    case ErrorKind::limit: return PYGRAPH_ERROR_LIMIT;
    case ErrorKind::recursion: return PYGRAPH_ERROR_RECURSION;
    case ErrorKind::format: return PYGRAPH_ERROR_FORMAT;
    case ErrorKind::runtime: return PYGRAPH_ERROR_RUNTIME;
    case ErrorKind::internal: break;
  }
  return PYGRAPH_ERROR_INTERNAL;
}

pygraph_status failed(pygraph_status status, const std::string& message) {
  last_error = message;
  return status;
}

// The message with the user's line where the fault has one.
std::string described(const Error& error, const pygraph::ir::Module* module) {
  if (module == nullptr || error.location() == pygraph::kNoLocation ||
      error.location() >= module->locations.size())
    return error.message();
  const pygraph::ir::Location& at = module->locations[error.location()];
  return error.message() + " (" + at.file + ":" + std::to_string(at.line) + " in " + at.function +
         ")";
}

template <class Action>
pygraph_status guarded(Action action, const pygraph::ir::Module* module = nullptr) {
  try {
    action();
    last_error.clear();
    return PYGRAPH_OK;
  } catch (const Error& error) {
    return failed(status_of(error.kind()), described(error, module));
  } catch (const std::bad_alloc&) {
    return failed(PYGRAPH_ERROR_MEMORY, "out of memory");
  } catch (const std::exception& error) {
    return failed(PYGRAPH_ERROR_INTERNAL, error.what());
  }
}

std::unique_ptr<pygraph_program> read_program(std::span<const std::byte> bytes) {
  auto program = std::make_unique<pygraph_program>();
  pygraph::format::Program read = pygraph::format::read_program(bytes);
  for (pygraph::format::ProgramVariable& variable : read.variables) {
    program->names.push_back(std::move(variable.name));
    program->variables.push_back(std::make_unique<pygraph::Variable>(variable.initial));
  }
  for (std::size_t i = 0; i < read.graphs.size(); ++i) {
    program->graphs.push_back(
        std::make_unique<pygraph::exec::Executable>(std::move(read.graphs[i])));
    std::vector<pygraph::Variable*>& used = program->uses.emplace_back();
    for (std::uint32_t index : read.uses[i]) used.push_back(program->variables[index].get());
  }
  return program;
}

pygraph::Variable& variable_named(const pygraph_program& program, const char* name) {
  const auto found = std::find(program.names.begin(), program.names.end(), name);
  if (found == program.names.end())
    throw Error(ErrorKind::value, std::string("the program has no variable named ") + name);
  return *program.variables[static_cast<std::size_t>(found - program.names.begin())];
}

std::string type_text(const pygraph::Tensor& tensor) {
  return std::string(pygraph::name(tensor.dtype())) + tensor.shape().text();
}

std::string signature_text(const std::vector<pygraph::Tensor>& inputs) {
  std::string text;
  for (const pygraph::Tensor& input : inputs) {
    if (!text.empty()) text += ", ";
    text += type_text(input);
  }
  return "(" + text + ")";
}

std::string lines_text(const std::vector<pygraph::ir::Location>& lines) {
  std::string text;
  for (const pygraph::ir::Location& line : lines) {
    if (!text.empty()) text += ", ";
    text += line.file + ":" + std::to_string(line.line);
  }
  return text;
}

}  // namespace

extern "C" {

const char* pygraph_version(void) { return PYGRAPH_VERSION; }
const char* pygraph_last_error(void) { return last_error.c_str(); }

pygraph_status pygraph_tensor_new(pygraph_dtype dtype, int rank, const int64_t* shape,
                                  const void* data, pygraph_tensor** result) {
  return guarded([&] {
    *result = nullptr;
    const auto index = static_cast<std::size_t>(dtype);
    if (index >= pygraph::kDTypeCount ||
        !pygraph::info(static_cast<pygraph::DType>(index)).supported) {
      throw Error(ErrorKind::type, "this dtype is not supported");
    }
    if (rank < 0 || rank > pygraph::kMaxRank)
      throw Error(ErrorKind::value, "a tensor has at most 16 dimensions");
    pygraph::Shape dims;
    for (int i = 0; i < rank; ++i) {
      if (shape[i] < 0) throw Error(ErrorKind::value, "a dimension must not be negative");
      dims.append(shape[i]);
    }
    auto tensor = std::make_unique<pygraph_tensor>();
    tensor->value = pygraph::Tensor::empty(static_cast<pygraph::DType>(index), dims);
    if (tensor->value.bytes() != 0) std::memcpy(tensor->value.data(), data, tensor->value.bytes());
    *result = tensor.release();
  });
}

void pygraph_tensor_free(pygraph_tensor* tensor) { delete tensor; }
pygraph_dtype pygraph_tensor_dtype(const pygraph_tensor* tensor) {
  return static_cast<pygraph_dtype>(tensor->value.dtype());
}
int pygraph_tensor_rank(const pygraph_tensor* tensor) { return tensor->value.shape().rank(); }
const int64_t* pygraph_tensor_shape(const pygraph_tensor* tensor) {
  return tensor->value.shape().begin();
}
const void* pygraph_tensor_data(const pygraph_tensor* tensor) { return tensor->value.data(); }
size_t pygraph_tensor_bytes(const pygraph_tensor* tensor) { return tensor->value.bytes(); }

pygraph_status pygraph_program_load(const char* path, pygraph_program** result) {
  *result = nullptr;
  std::ifstream file(path, std::ios::binary);
  if (!file) return failed(PYGRAPH_ERROR_FILE, std::string("cannot read ") + path);
  const std::vector<char> bytes{std::istreambuf_iterator<char>(file),
                                std::istreambuf_iterator<char>()};
  return pygraph_program_read(bytes.data(), bytes.size(), result);
}

pygraph_status pygraph_program_read(const void* data, size_t size, pygraph_program** result) {
  *result = nullptr;
  return guarded(
      [&] { *result = read_program({static_cast<const std::byte*>(data), size}).release(); });
}

void pygraph_program_free(pygraph_program* program) { delete program; }
size_t pygraph_program_graph_count(const pygraph_program* program) {
  return program->graphs.size();
}

size_t pygraph_program_variable_count(const pygraph_program* program) {
  return program->variables.size();
}
const char* pygraph_program_variable_name(const pygraph_program* program, size_t index) {
  return program->names[index].c_str();
}

pygraph_status pygraph_program_variable_read(const pygraph_program* program, const char* name,
                                             pygraph_tensor** result) {
  *result = nullptr;
  return guarded([&] {
    *result = std::make_unique<pygraph_tensor>(variable_named(*program, name).read()).release();
  });
}

pygraph_status pygraph_program_variable_assign(pygraph_program* program, const char* name,
                                               const pygraph_tensor* value) {
  return guarded([&] {
    pygraph::Variable& variable = variable_named(*program, name);
    const pygraph::Tensor& given = value->value;
    if (given.dtype() != variable.dtype() || given.shape() != variable.shape())
      throw Error(ErrorKind::type, std::string("the variable ") + name + " is " +
                                       type_text(variable.read()) + ", the value " +
                                       type_text(given));
    variable.assign(given);
  });
}

pygraph_status pygraph_program_run(pygraph_program* program, const pygraph_tensor* const* inputs,
                                   size_t input_count, pygraph_tensor*** outputs,
                                   size_t* output_count) {
  *outputs = nullptr;
  *output_count = 0;
  std::vector<pygraph::Tensor> given;
  std::size_t chosen = 0;
  const pygraph_status prepared = guarded([&] {
    for (size_t i = 0; i < input_count; ++i) given.push_back(inputs[i]->value);
    while (chosen < program->graphs.size() && !program->graphs[chosen]->accepts(given)) ++chosen;
    if (chosen == program->graphs.size())
      throw Error(ErrorKind::type, "no graph of the program takes inputs " + signature_text(given));
  });
  if (prepared != PYGRAPH_OK) return prepared;
  pygraph::exec::Executable& graph = *program->graphs[chosen];
  return guarded(
      [&] {
        std::vector<pygraph::Tensor> results(graph.output_count());
        graph.run(given, results, pygraph::exec::Host{}, program->uses[chosen]);
        std::vector<std::unique_ptr<pygraph_tensor>> wrapped;
        for (pygraph::Tensor& value : results)
          wrapped.push_back(std::make_unique<pygraph_tensor>(pygraph_tensor{std::move(value)}));
        auto list = std::make_unique<pygraph_tensor*[]>(wrapped.size());
        for (size_t i = 0; i < wrapped.size(); ++i) list[i] = wrapped[i].release();
        *output_count = wrapped.size();
        *outputs = list.release();
      },
      &graph.module());
}

void pygraph_outputs_free(pygraph_tensor** outputs, size_t output_count) {
  for (size_t i = 0; i < output_count; ++i) delete outputs[i];
  delete[] outputs;
}

pygraph_status pygraph_profile_start(pygraph_profile** result) {
  *result = nullptr;
  return guarded([&] {
    auto profile = std::make_unique<pygraph_profile>();
    profile->recorded = pygraph::exec::Profile::start();
    *result = profile.release();
  });
}

pygraph_status pygraph_profile_stop(pygraph_profile* profile) {
  return guarded([&] {
    profile->recorded->stop();
    profile->rows = profile->recorded->rows();
    std::erase_if(profile->rows, [](const auto& row) { return row.calls == 0; });
    profile->lines.clear();
    for (const auto& row : profile->rows) profile->lines.push_back(lines_text(row.lines));
    profile->views.clear();
    for (std::size_t i = 0; i < profile->rows.size(); ++i) {
      const pygraph::exec::ProfileRow& row = profile->rows[i];
      profile->views.push_back({row.function.c_str(), row.name.c_str(), profile->lines[i].c_str(),
                                row.calls, row.nanoseconds, row.is_run ? 1 : 0});
    }
  });
}

size_t pygraph_profile_row_count(const pygraph_profile* profile) { return profile->views.size(); }
const pygraph_profile_row* pygraph_profile_row_at(const pygraph_profile* profile, size_t index) {
  return &profile->views[index];
}

void pygraph_profile_free(pygraph_profile* profile) {
  if (profile != nullptr) profile->recorded->stop();
  delete profile;
}

}  // extern "C"
