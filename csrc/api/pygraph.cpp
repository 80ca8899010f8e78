// The C ABI: handles around the core's objects, exceptions turned into status codes.
#include "include/pygraph/pygraph.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

#include "exec/executable.hpp"
#include "exec/profile.hpp"
#include "format/program.hpp"

// Each kind of handle begins with a mark of its own, which goes with it: what is no handle of that
// kind, or was freed, is told from one that is (as far as its memory shows).
template <class Handle>
struct Marked {
  Marked() : mark(Handle::kMark) {}
  ~Marked() { const_cast<volatile std::uint64_t&>(mark) = 0; }
  Marked(const Marked&) = delete;
  Marked& operator=(const Marked&) = delete;
  std::uint64_t mark;
};

struct pygraph_tensor : Marked<pygraph_tensor> {
  static constexpr std::uint64_t kMark = 0x70676e736f722d31;
  static constexpr const char* kName = "tensor";
  explicit pygraph_tensor(pygraph::Tensor tensor) : value(std::move(tensor)) {}
  pygraph::Tensor value;
};

struct pygraph_program : Marked<pygraph_program> {
  static constexpr std::uint64_t kMark = 0x706770726f672d31;
  static constexpr const char* kName = "program";
  // What is in the file: the handles of its functions share it.
  struct Contents {
    std::vector<std::unique_ptr<pygraph::exec::Executable>> graphs;
    std::vector<std::string> names;  // of the variables
    std::vector<std::unique_ptr<pygraph::Variable>> variables;
    std::vector<std::vector<pygraph::Variable*>> uses;  // per graph: those it is run on
    std::vector<pygraph::format::ProgramFunction> functions;
  };
  std::shared_ptr<const Contents> contents;
  // The graphs of this handle, begin <= i < end, and the functions that these are of.
  std::size_t begin = 0;
  std::size_t end = 0;
  std::span<const pygraph::format::ProgramFunction> functions = {};
};

struct pygraph_profile : Marked<pygraph_profile> {
  static constexpr std::uint64_t kMark = 0x706770726f662d31;
  static constexpr const char* kName = "profile";
  std::shared_ptr<pygraph::exec::Profile> recorded;
  std::vector<pygraph::exec::ProfileRow> rows;  // once stopped: those that ran
  std::vector<std::string> lines;               // per row
  std::vector<pygraph_profile_row> views;
};

namespace {

#define PYGRAPH_DTYPE(name, text, kind, storage, compute, size, accumulator, abi, ...) \
  static_assert(static_cast<int>(pygraph::DType::name) == (abi));
#include "base/dtypes.def"
#undef PYGRAPH_DTYPE

using pygraph::Error;
using pygraph::ErrorKind;

// The message of the thread's last failure: its own text, or a constant where there was no memory
// for that.
struct Message {
  std::string own;
  const char* shown = "";
};
thread_local Message last_error;

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

template <class Text>
pygraph_status failed(pygraph_status status, const Text& text) noexcept {
  try {
    last_error.own = text();
    last_error.shown = last_error.own.c_str();
  } catch (...) {
    last_error.shown = "out of memory";
  }
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

// A file that cannot be read: not among the core's errors, which opens none.
class FileError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// Every function of the interface that may fail is in one of these: no exception leaves.
template <class Action>
pygraph_status guarded(Action action, const pygraph::ir::Module* module = nullptr) noexcept {
  try {
    action();
    last_error.shown = "";
    return PYGRAPH_OK;
  } catch (const Error& error) {
    return failed(status_of(error.kind()), [&] { return described(error, module); });
  } catch (const FileError& error) {
    return failed(PYGRAPH_ERROR_FILE, [&] { return std::string(error.what()); });
  } catch (const std::bad_alloc&) {
    return failed(PYGRAPH_ERROR_MEMORY, [] { return "out of memory"; });
  } catch (const std::length_error&) {  // more elements than any memory has room for
    return failed(PYGRAPH_ERROR_MEMORY, [] { return "out of memory"; });
  } catch (const std::exception& error) {
    return failed(PYGRAPH_ERROR_INTERNAL, [&] { return std::string(error.what()); });
  } catch (...) {
    return failed(PYGRAPH_ERROR_INTERNAL, [] { return "an unknown exception"; });
  }
}

// What a question about a handle gives; `otherwise`, with a message, where it is no such handle.
template <class Answer, class Question>
Answer answered(Answer otherwise, const Question& question) noexcept {
  guarded([&] { otherwise = question(); });
  return otherwise;
}

void require(const void* argument, const char* name) {
  if (argument == nullptr) throw Error(ErrorKind::value, std::string(name) + " is NULL");
}

template <class Handle>
Handle& valid(Handle* handle) {
  require(handle, Handle::kName);
  if (handle->mark != Handle::kMark)
    throw Error(ErrorKind::type, std::string("this is no ") + Handle::kName + ", or it was freed");
  return *handle;
}

template <class Result>
void begin_result(Result** result) {
  require(result, "result");
  *result = nullptr;
}

std::size_t checked_index(std::size_t index, std::size_t count) {
  if (index >= count)
    throw Error(ErrorKind::index,
                "index " + std::to_string(index) + " of " + std::to_string(count));
  return index;
}

// The bytes of a file. One that does not begin as a program, or is larger than the machine's
// memory, is not read to its end.
std::vector<std::byte> contents(const char* path) {
  const auto cannot = [path] {
    const std::string reason = errno == ENOENT ? "" : std::string(": ") + std::strerror(errno);
    return FileError(std::string("cannot read ") + path + reason);
  };
  errno = 0;
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path, "rb"), &std::fclose);
  if (file == nullptr) throw cannot();
  struct stat status = {};
  if (fstat(fileno(file.get()), &status) != 0) throw cannot();
  const auto size = static_cast<std::uint64_t>(std::max<std::int64_t>(status.st_size, 0));
  const auto memory = static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) *
                      static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  if (S_ISREG(status.st_mode) && size > memory) {
    throw Error(ErrorKind::memory, std::string(path) + " has " + std::to_string(size) +
                                       " bytes, more than this machine's memory");
  }
  constexpr std::size_t kFirst = 64;
  std::vector<std::byte> bytes;
  std::size_t wanted = kFirst;
  for (;;) {
    const std::size_t before = bytes.size();
    bytes.resize(before + wanted);
    const std::size_t got = std::fread(bytes.data() + before, 1, wanted, file.get());
    bytes.resize(before + got);
    if (std::ferror(file.get()) != 0) throw cannot();
    if (got < wanted || !pygraph::format::is_program(bytes)) return bytes;
    wanted = before == 0 && size > kFirst ? size - kFirst + 1 : std::max(before, kFirst);
  }
}

std::unique_ptr<pygraph_program> read_program(std::span<const std::byte> bytes) {
  auto contents = std::make_shared<pygraph_program::Contents>();
  pygraph::format::Program read = pygraph::format::read_program(bytes);
  for (pygraph::format::ProgramVariable& variable : read.variables) {
    contents->names.push_back(std::move(variable.name));
    contents->variables.push_back(std::make_unique<pygraph::Variable>(variable.initial));
  }
  for (std::size_t i = 0; i < read.graphs.size(); ++i) {
    contents->graphs.push_back(
        std::make_unique<pygraph::exec::Executable>(std::move(read.graphs[i])));
    std::vector<pygraph::Variable*>& used = contents->uses.emplace_back();
    for (std::uint32_t index : read.uses[i]) used.push_back(contents->variables[index].get());
  }
  contents->functions = std::move(read.functions);
  if (contents->functions.empty()) {
    const std::string name =
        contents->graphs.empty() ? "" : contents->graphs[0]->inlined().functions[0].name;
    contents->functions.push_back({name, contents->graphs.size()});
  }
  auto program = std::make_unique<pygraph_program>();
  program->end = contents->graphs.size();
  program->functions = contents->functions;
  program->contents = std::move(contents);
  return program;
}

// The handle of one of the functions of another handle.
std::unique_ptr<pygraph_program> function_named(const pygraph_program& program, const char* name) {
  require(name, "name");
  auto chosen = std::make_unique<pygraph_program>();
  chosen->contents = program.contents;
  chosen->begin = program.begin;
  for (std::size_t i = 0; i < program.functions.size(); ++i) {
    chosen->functions = program.functions.subspan(i, 1);
    chosen->end = chosen->begin + chosen->functions[0].graphs;
    if (chosen->functions[0].name == name) return chosen;
    chosen->begin = chosen->end;
  }
  throw Error(ErrorKind::value, std::string("the program has no function named ") + name);
}

pygraph::Variable& variable_named(const pygraph_program& program, const char* name) {
  require(name, "name");
  const std::vector<std::string>& names = program.contents->names;
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end())
    throw Error(ErrorKind::value, std::string("the program has no variable named ") + name);
  return *program.contents->variables[static_cast<std::size_t>(found - names.begin())];
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
const char* pygraph_last_error(void) { return last_error.shown; }

pygraph_status pygraph_tensor_new(pygraph_dtype dtype, int rank, const int64_t* shape,
                                  const void* data, pygraph_tensor** result) {
  return guarded([&] {
    begin_result(result);
    unsigned index = 0;  // a C program may pass any number for an enum
    static_assert(sizeof index == sizeof dtype);
    std::memcpy(&index, &dtype, sizeof index);
    if (index >= pygraph::kDTypeCount ||
        !pygraph::info(static_cast<pygraph::DType>(index)).supported) {
      throw Error(ErrorKind::type, "this dtype is not supported");
    }
    if (rank < 0 || rank > pygraph::kMaxRank)
      throw Error(ErrorKind::value, "a tensor has at most 16 dimensions");
    if (rank != 0) require(shape, "shape");
    pygraph::Shape dims;
    for (int i = 0; i < rank; ++i) {
      if (shape[i] < 0) throw Error(ErrorKind::value, "a dimension must not be negative");
      dims.append(shape[i]);
    }
    const auto made = static_cast<pygraph::DType>(index);
    if (pygraph::byte_count(made, dims) != 0) require(data, "data");
    auto tensor = std::make_unique<pygraph_tensor>(pygraph::Tensor::empty(made, dims));
    const std::size_t bytes = tensor->value.bytes();
    if (pygraph::is_bool(made)) {  // the host's may be other bytes than 0 and 1
      const auto* given = static_cast<const unsigned char*>(data);
      std::transform(given, given + bytes, tensor->value.data(),
                     [](unsigned char byte) { return std::byte{byte != 0}; });
    } else if (bytes != 0) {
      std::memcpy(tensor->value.data(), data, bytes);
    }
    *result = tensor.release();
  });
}

void pygraph_tensor_free(pygraph_tensor* tensor) { delete tensor; }
pygraph_dtype pygraph_tensor_dtype(const pygraph_tensor* tensor) {
  return answered(PYGRAPH_BOOL,
                  [&] { return static_cast<pygraph_dtype>(valid(tensor).value.dtype()); });
}
int pygraph_tensor_rank(const pygraph_tensor* tensor) {
  return answered(-1, [&] { return valid(tensor).value.shape().rank(); });
}
const int64_t* pygraph_tensor_shape(const pygraph_tensor* tensor) {
  return answered(static_cast<const int64_t*>(nullptr),
                  [&] { return valid(tensor).value.shape().begin(); });
}
const void* pygraph_tensor_data(const pygraph_tensor* tensor) {
  return answered(static_cast<const void*>(nullptr),
                  [&]() -> const void* { return valid(tensor).value.data(); });
}
size_t pygraph_tensor_bytes(const pygraph_tensor* tensor) {
  return answered(size_t{0}, [&] { return valid(tensor).value.bytes(); });
}

pygraph_status pygraph_program_load(const char* path, pygraph_program** result) {
  return guarded([&] {
    begin_result(result);
    require(path, "path");
    *result = read_program(contents(path)).release();
  });
}

pygraph_status pygraph_program_read(const void* data, size_t size, pygraph_program** result) {
  return guarded([&] {
    begin_result(result);
    if (size != 0) require(data, "data");
    *result = read_program({static_cast<const std::byte*>(data), size}).release();
  });
}

void pygraph_program_free(pygraph_program* program) { delete program; }
size_t pygraph_program_graph_count(const pygraph_program* program) {
  return answered(size_t{0}, [&] {
    const pygraph_program& given = valid(program);
    return given.end - given.begin;
  });
}

size_t pygraph_program_function_count(const pygraph_program* program) {
  return answered(size_t{0}, [&] { return valid(program).functions.size(); });
}
const char* pygraph_program_function_name(const pygraph_program* program, size_t index) {
  return answered(static_cast<const char*>(nullptr), [&] {
    const auto functions = valid(program).functions;
    return functions[checked_index(index, functions.size())].name.c_str();
  });
}
pygraph_status pygraph_program_function(const pygraph_program* program, const char* name,
                                        pygraph_program** result) {
  return guarded([&] {
    begin_result(result);
    *result = function_named(valid(program), name).release();
  });
}

size_t pygraph_program_variable_count(const pygraph_program* program) {
  return answered(size_t{0}, [&] { return valid(program).contents->variables.size(); });
}
const char* pygraph_program_variable_name(const pygraph_program* program, size_t index) {
  return answered(static_cast<const char*>(nullptr), [&] {
    const std::vector<std::string>& names = valid(program).contents->names;
    return names[checked_index(index, names.size())].c_str();
  });
}

pygraph_status pygraph_program_variable_read(const pygraph_program* program, const char* name,
                                             pygraph_tensor** result) {
  return guarded([&] {
    begin_result(result);
    *result =
        std::make_unique<pygraph_tensor>(variable_named(valid(program), name).read()).release();
  });
}

pygraph_status pygraph_program_variable_assign(pygraph_program* program, const char* name,
                                               const pygraph_tensor* value) {
  return guarded([&] {
    pygraph::Variable& variable = variable_named(valid(program), name);
    const pygraph::Tensor& given = valid(value).value;
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
  std::vector<pygraph::Tensor> given;
  std::size_t chosen = 0;
  std::shared_ptr<const pygraph_program::Contents> contents;
  const pygraph_status prepared = guarded([&] {
    require(output_count, "output_count");
    *output_count = 0;
    begin_result(outputs);
    const pygraph_program& running = valid(program);
    if (running.functions.size() > 1)
      throw Error(ErrorKind::type,
                  "the program has several functions: choose one by its name, "
                  "with pygraph_program_function");
    contents = running.contents;
    const auto& graphs = contents->graphs;
    if (input_count != 0) require(inputs, "inputs");
    for (size_t i = 0; i < input_count; ++i) given.push_back(valid(inputs[i]).value);
    chosen = running.begin;
    while (chosen < running.end && !graphs[chosen]->accepts(given)) ++chosen;
    if (chosen == running.end)
      throw Error(ErrorKind::type, "no graph of the program takes inputs " + signature_text(given));
  });
  if (prepared != PYGRAPH_OK) return prepared;
  pygraph::exec::Executable& graph = *contents->graphs[chosen];
  return guarded(
      [&] {
        std::vector<pygraph::Tensor> results(graph.output_count());
        graph.run(given, results, pygraph::exec::Host{}, contents->uses[chosen]);
        std::vector<std::unique_ptr<pygraph_tensor>> wrapped;
        for (pygraph::Tensor& value : results)
          wrapped.push_back(std::make_unique<pygraph_tensor>(std::move(value)));
        auto list = std::make_unique<pygraph_tensor*[]>(wrapped.size());
        for (size_t i = 0; i < wrapped.size(); ++i) list[i] = wrapped[i].release();
        *output_count = wrapped.size();
        *outputs = list.release();
      },
      &graph.inlined());
}

void pygraph_outputs_free(pygraph_tensor** outputs, size_t output_count) {
  if (outputs == nullptr) return;
  for (size_t i = 0; i < output_count; ++i) delete outputs[i];
  delete[] outputs;
}

pygraph_status pygraph_profile_start(pygraph_profile** result) {
  return guarded([&] {
    begin_result(result);
    auto profile = std::make_unique<pygraph_profile>();
    profile->recorded = pygraph::exec::Profile::start();
    *result = profile.release();
  });
}

pygraph_status pygraph_profile_stop(pygraph_profile* profile) {
  return guarded([&] {
    valid(profile).recorded->stop();
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

size_t pygraph_profile_row_count(const pygraph_profile* profile) {
  return answered(size_t{0}, [&] { return valid(profile).views.size(); });
}
const pygraph_profile_row* pygraph_profile_row_at(const pygraph_profile* profile, size_t index) {
  return answered(static_cast<const pygraph_profile_row*>(nullptr), [&] {
    const std::vector<pygraph_profile_row>& rows = valid(profile).views;
    return &rows[checked_index(index, rows.size())];
  });
}

void pygraph_profile_free(pygraph_profile* profile) {
  if (profile != nullptr) guarded([&] { profile->recorded->stop(); });
  delete profile;
}

}  // extern "C"
