// Runs every kernel of two instruction sets (the macros FIRST and SECOND) on the same numbers and
// prints where the bits of results differ, and a checksum of the first one's. It needs nothing but
// the kernels: no C library, no operating system.
#include <initializer_list>

#include "kernels/isa/table.hpp"

extern "C" {
void put(char character);
int compare_all();

void* memset(void* to, int value, unsigned long count) {
  auto* at = static_cast<volatile unsigned char*>(to);
  while (count-- > 0) *at++ = static_cast<unsigned char>(value);
  return to;
}
void* memcpy(void* to, const void* from, unsigned long count) {
  auto* at = static_cast<volatile unsigned char*>(to);
  auto* next = static_cast<const unsigned char*>(from);
  while (count-- > 0) *at++ = *next++;
  return to;
}
// In the place of the C library's: what kernels leave to it is the same on every instruction set.
float powf(float x, float y) { return x * 3 + y; }
double pow(double x, double y) { return x * 3 + y; }
float sinf(float x) { return x * 0.5F; }
double sin(double x) { return x * 0.5; }
float cosf(float x) { return x * 0.25F; }
double cos(double x) { return x * 0.25; }
}

namespace pygraph::kernels {
namespace {

constexpr int kMost = 12000;  // elements
constexpr int kGuard = 64;    // bytes behind a result, which must stay as they are
constexpr unsigned char kUntouched = 0xcc;
constexpr int kSizes[] = {1,  2,   3,   5,   7,   8,   9,   11,  15,  16,  17,
                          23, 24,  31,  32,  33,  47,  48,  49,  63,  64,  65,
                          79, 100, 127, 128, 129, 255, 256, 257, 511, 600, 1100};

alignas(64) unsigned char operands[3][kMost * 8];
alignas(64) unsigned char results[2][kMost * 8 + kGuard];
uint64_t random_state;
uint64_t checksum;
int64_t compared;
int64_t differing;

uint64_t random_bits() {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  random_state ^= random_state << 17;
  return random_state;
}

void print(const char* text) {
  while (*text != 0) put(*text++);
}
void print(int64_t number) {
  if (number >= 10) print(number / 10);
  put(static_cast<char>('0' + number % 10));
}

bool same(const char* a, const char* b) {
  while (*a != 0 && *a == *b) ++a, ++b;
  return *a == *b;
}

const char* name_of(ElementType type) {
  switch (type) {
    case ElementType::bool_: return "bool";
    case ElementType::int32: return "int32";
    case ElementType::int64: return "int64";
    case ElementType::float32: return "float32";
    default: return "float64";
  }
}
int size_of(ElementType type) {
  if (type == ElementType::bool_) return 1;
  return type == ElementType::int32 || type == ElementType::float32 ? 4 : 8;
}

// Numbers of all sizes with special values and any bits among them, or small positive ones.
enum class Numbers { all, small };

double random_number(Numbers which, uint64_t bits) {
  constexpr double kSpecial[] = {
      0,    -0.0,   __builtin_inf(), -__builtin_inf(), 1,    -1,    0.5, __builtin_nan(""), 2, 3,
      88.9, -103.9, 709.9,           -745.5,           8192, 4e-320};
  const double unit = static_cast<double>(random_bits() >> 12) / 4503599627370496.0;
  if (which == Numbers::small) return unit * 30 + 1;
  if (bits % 10 == 0) return kSpecial[bits >> 16 & 15];
  double number = (unit - 0.5) * 20;
  for (uint64_t k = bits % 3 == 0 ? bits >> 8 & 7 : 0; k > 0; --k) number *= 7.7;
  return number;
}

template <class T>
void store(unsigned char* to, int i, T value) {
  __builtin_memcpy(to + static_cast<int>(sizeof value) * i, &value, sizeof value);
}

void fill(unsigned char* to, ElementType type, int count, Numbers which) {
  for (int i = 0; i < count; ++i) {
    const uint64_t bits = random_bits();
    const double number = random_number(which, bits);
    const bool any = which == Numbers::all && bits % 7 == 0;
    const bool fits = number > -1e9 && number < 1e9;
    switch (type) {
      case ElementType::bool_: to[i] = bits >> 20 & 1; break;
      case ElementType::int32:
        store(to, i,
              any    ? static_cast<int32_t>(bits >> 8)
              : fits ? static_cast<int32_t>(number)
                     : 0);
        break;
      case ElementType::int64:
        store(to, i, any ? static_cast<int64_t>(bits) : fits ? static_cast<int64_t>(number) : 0);
        break;
      case ElementType::float32:
        if (any)
          store(to, i, static_cast<uint32_t>(bits >> 8));
        else
          store(to, i, static_cast<float>(number));
        break;
      default:
        if (any)
          store(to, i, bits);
        else
          store(to, i, number);
    }
  }
}

void clear_results(int count) {
  for (auto& result : results)
    memset(result, kUntouched, static_cast<unsigned long>(count * 8 + kGuard));
}

// An element's bits, as a number that counts floats in their order; one number for every NaN.
int64_t ordered(const unsigned char* from, ElementType type, int i) {
  const bool wide = size_of(type) == 8;
  int64_t bits = 0;
  __builtin_memcpy(&bits, from + size_of(type) * i, static_cast<unsigned long>(size_of(type)));
  if (type != ElementType::float32 && type != ElementType::float64) return bits;
  const int64_t sign = wide ? INT64_MIN : int64_t{1} << 31;
  const int64_t size = bits & ~sign;
  if (size > (wide ? 0x7ff0000000000000 : 0x7f800000)) return INT64_MAX;
  return (bits & sign) != 0 ? -1 - size : size;
}

struct Difference {
  int64_t elements = 0;
  int64_t ulps = 0;
  bool fatal = false;  // a fault in one of them, or bytes written beyond the result

  void add(ElementType type, int count) {
    const int64_t before = elements;
    for (int i = 0; i < count; ++i) {
      const int64_t first = ordered(results[0], type, i);
      const int64_t second = ordered(results[1], type, i);
      checksum = (checksum ^ static_cast<uint64_t>(first)) * 0x9e3779b97f4a7c15U;
      checksum ^= checksum >> 29;
      if (first == second) continue;
      ++elements;
      const auto distance = static_cast<uint64_t>(first) - static_cast<uint64_t>(second);
      const auto size = static_cast<int64_t>(distance >> 63 != 0 ? 0 - distance : distance);
      ulps = size > ulps ? size : ulps;
    }
    for (int i = size_of(type) * count; i < size_of(type) * count + kGuard; ++i)
      fatal |= results[0][i] != kUntouched || results[1][i] != kUntouched;
    ++compared;
    if (elements != before || fatal) ++differing;
  }

  void report(const char* name, ElementType in, ElementType out) const {
    if (elements == 0 && !fatal) return;
    for (const char* text : {name, " ", name_of(in), " ", name_of(out), ": "}) print(text);
    print(elements);
    print(" elements differ, by ");
    print(ulps);
    print(fatal ? " ulp, WRONG\n" : " ulp at most\n");
  }
};

template <class R, class Name>
void compare_elementwise(const R& first, const R& second, Name name, ElementType in,
                         ElementType out) {
  Difference difference;
  for (const Numbers which : {Numbers::all, Numbers::small}) {
    for (const int count : kSizes) {
      for (unsigned steps = 0; steps < 8; ++steps) {
        if (steps != 7 && count != 1 && count != 17 && count != 64 && count != 257) continue;
        random_state = 88172645463325252 + static_cast<uint64_t>(count);
        const void* from[3];
        for (int k = 0; k < 3; ++k) {
          const bool condition = k == 0 && same(name, "where");
          fill(operands[k], condition ? ElementType::bool_ : in, count, which);
          from[k] = operands[k];
        }
        const int64_t step[] = {steps & 1, steps >> 1 & 1, steps >> 2 & 1};
        clear_results(count);
        const Fault fault = first.fn(results[0], from, step, count);
        difference.fatal |= second.fn(results[1], from, step, count).code != fault.code;
        difference.add(out, fault.ok() ? count : 0);
      }
    }
  }
  difference.report(name, in, out);
}

void compare_reduce(const Row<ReduceFn>& first, const Row<ReduceFn>& second) {
  constexpr int kShapes[][2] = {{2, 3},   {5, 16},   {9, 17},  {64, 5},  {200, 3},
                                {33, 33}, {12, 600}, {300, 7}, {17, 65}, {10, 1000}};
  Difference difference;
  const auto compare = [&](int n, int inner, Numbers which) {
    random_state = 12345678987 + static_cast<uint64_t>(n);
    fill(operands[0], first.in, n * inner, which);
    clear_results(inner);
    first.fn(results[0], operands[0], n, inner, inner, false);
    second.fn(results[1], operands[0], n, inner, inner, false);
    difference.add(first.out, inner);
  };
  for (const Numbers which : {Numbers::all, Numbers::small}) {
    for (const int n : kSizes) compare(n, 1, which);
    for (const auto& [n, inner] : kShapes) compare(n, inner, which);
  }
  difference.report(first.name, first.in, first.out);
}

void compare_scan(const Row<ScanFn>& first, const Row<ScanFn>& second) {
  Difference difference;
  for (const int inner : {1, 3, 16, 33}) {
    constexpr int kRows = 40;
    random_state = 777 + static_cast<uint64_t>(inner);
    fill(operands[0], first.in, kRows * inner, Numbers::all);
    clear_results(kRows * inner);
    first.fn(results[0], operands[0], kRows, inner);
    second.fn(results[1], operands[0], kRows, inner);
    difference.add(first.out, kRows * inner);
  }
  difference.report(first.name, first.in, first.out);
}

// Products with a vector apart from the others: their sums are as wide as the vectors are.
void compare_gemm(const Row<GemmFn>& first, const Row<GemmFn>& second) {
  Difference vectors;
  Difference matrices;
  for (const int m : {1, 2, 5, 11, 12, 13, 25}) {
    for (const int k : {1, 3, 16, 33, 130, 257}) {
      for (const int n : {1, 2, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 47, 65}) {
        random_state = 4242 + static_cast<uint64_t>(m * 100000 + k * 100 + n);
        fill(operands[0], first.in, m * k, Numbers::small);
        fill(operands[1], first.in, k * n, Numbers::small);
        for (unsigned transposed = 0; transposed < 4; ++transposed) {
          const MatrixProduct product = {m, n, k, (transposed & 1) != 0, (transposed & 2) != 0};
          const MatrixPart whole = {0, m, 0, n};
          clear_results(m * n);
          first.fn(results[0], operands[0], operands[1], product, whole);
          second.fn(results[1], operands[0], operands[1], product, whole);
          (m == 1 || n == 1 ? vectors : matrices).add(first.out, m * n);
        }
      }
    }
  }
  vectors.report("product with a vector", first.in, first.out);
  matrices.report("product of matrices", first.in, first.out);
}

template <class Fn, class Compare>
void compare_rows(const Rows<Fn>& first, const Rows<Fn>& second, const Compare& compare) {
  for (int i = 0; i < first.count; ++i) compare(first.rows[i], second.rows[i]);
}

}  // namespace
}  // namespace pygraph::kernels

int compare_all() {
  using namespace pygraph::kernels;
  const Tables first = FIRST::tables();
  const Tables second = SECOND::tables();
  for (int k = 0; k < kElementwiseFamilies; ++k) {
    compare_rows(first.elementwise[k], second.elementwise[k], [](const auto& a, const auto& b) {
      compare_elementwise(a, b, a.name, a.in, a.out);
    });
  }
  for (int k = 0; k < 2; ++k) {
    for (int i = 0; i < first.pairs[k].count; ++i) {
      const PairRow& row = first.pairs[k].rows[i];
      compare_elementwise(row, second.pairs[k].rows[i], row.outer, row.type, row.type);
    }
  }
  compare_rows(first.reduce, second.reduce, compare_reduce);
  compare_rows(first.arg_reduce, second.arg_reduce, compare_reduce);
  compare_rows(first.scan, second.scan, compare_scan);
  compare_rows(first.gemm, second.gemm, compare_gemm);
  print(compared);
  print(" results compared, ");
  print(differing);
  print(" differ; checksum ");
  for (int shift = 60; shift >= 0; shift -= 4) put("0123456789abcdef"[checksum >> shift & 15]);
  print("\nend\n");
  return 0;
}
