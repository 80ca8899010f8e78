// Opens libscipy_openblas.so beside the core library.
#include "kernels/blas.hpp"

#include <dlfcn.h>
#include <string>
#include <string_view>

#include "kernels/kernels.hpp"

namespace pygraph::kernels {
namespace {

constexpr const char* kFileName = "libscipy_openblas.so";

template <class Function>
bool resolve(void* library, const char* name, Function* function) {
  *function = reinterpret_cast<Function>(dlsym(library, name));
  return *function != nullptr;
}

std::string own_folder() {
  Dl_info info = {};
  if (dladdr(reinterpret_cast<void*>(&blas), &info) == 0 || info.dli_fname == nullptr) return "";
  const std::string path = info.dli_fname;
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "./" : path.substr(0, slash + 1);
}

// The library stays open for good: its threads and the kernels in flight could outlive any owner.
const Blas* open_blas() {
  void* library = dlopen((own_folder() + kFileName).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return nullptr;
  static Blas functions = {};
  void (*set_threads)(int) = nullptr;
  const char* (*version)() = nullptr;
  const bool complete = resolve(library, "scipy_cblas_sgemm", &functions.sgemm) &&
                        resolve(library, "scipy_cblas_dgemm", &functions.dgemm) &&
                        resolve(library, "scipy_openblas_set_num_threads", &set_threads) &&
                        resolve(library, "scipy_openblas_get_config", &version);
  if (!complete) return nullptr;
  set_threads(1);
  functions.version = version();
  return &functions;
}

}  // namespace

const Blas* blas() {
  static const Blas* const functions = open_blas();
  return functions;
}

std::string_view blas_version() {
  const Blas* functions = blas();
  return functions != nullptr ? functions->version : "none";
}

}  // namespace pygraph::kernels
