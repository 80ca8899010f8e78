// The BLAS functions in use, from an OpenBLAS library that stands in the folder of the core
// library. It is opened on first use and held to one thread: threads are pygraph's own.
#pragma once

namespace pygraph::kernels {

inline constexpr int kBlasRowMajor = 101;
inline constexpr int kBlasNoTranspose = 111;
inline constexpr int kBlasTranspose = 112;

template <class T>
using BlasGemm = void (*)(int order, int transpose_a, int transpose_b, int m, int n, int k, T alpha,
                          const T* a, int row_a, const T* b, int row_b, T beta, T* c, int row_c);

struct Blas {
  BlasGemm<float> sgemm;
  BlasGemm<double> dgemm;
  const char* version;
};

// The functions, or nullptr where the library could not be opened. Safe to call from any thread.
const Blas* blas();

}  // namespace pygraph::kernels
