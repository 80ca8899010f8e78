// Sorting along an axis. An element becomes an unsigned number, its key, that sorts as the element
// does; for positions a record holds the upper half of the key and the position. The upper 32 bits
// of records are sorted digit by digit (radix sort), which keeps the order of equal ones and does
// not depend on how many threads share it. Of 64-bit keys few then still have neighbours with
// the same upper half; those runs are sorted by the lower one.
#include <algorithm>
#include <atomic>
#include <bit>
#include <limits>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/buffer.hpp"
#include "base/dispatch.hpp"
#include "base/error.hpp"
#include "base/threads.hpp"
#include "kernels/kernels.hpp"

namespace pygraph::kernels {
namespace {

constexpr std::int64_t kFew = 128;  // so many are sorted by comparison
constexpr int kDigitBits = 8;
constexpr std::int64_t kDigits = 1 << kDigitBits;
constexpr std::int64_t kLeastPart = 1 << 14;  // records worth a thread of their own
constexpr std::int64_t kBlock = 32;           // records that are moved at a time
constexpr std::int64_t kStretch = 1 << 20;    // of records, between questions whether to stop
constexpr std::int64_t kBatchBytes = 64;      // of neighbouring lines that are read together
constexpr std::int64_t kBatchCost = 1 << 11;  // records worth waking a thread for

template <std::size_t kSize>
struct UnsignedOf;
template <>
struct UnsignedOf<1> {
  using Type = std::uint8_t;
};
template <>
struct UnsignedOf<2> {
  using Type = std::uint16_t;
};
template <>
struct UnsignedOf<4> {
  using Type = std::uint32_t;
};
template <>
struct UnsignedOf<8> {
  using Type = std::uint64_t;
};
template <class T>
using Key = typename UnsignedOf<sizeof(T)>::Type;

template <class T>
constexpr Key<T> kSignBit =
    std::is_unsigned_v<T> ? Key<T>{0} : static_cast<Key<T>>(Key<T>{1} << (8 * sizeof(T) - 1));
template <class T>
constexpr Key<T> kLast = std::numeric_limits<Key<T>>::max();

// Both zeros have the same key, and all NaNs the last one.
template <class T>
Key<T> key_of(T x, bool descending) {
  const Key<T> turn = descending ? kLast<T> : Key<T>{0};
  if constexpr (std::is_floating_point_v<T>) {
    const auto bits = std::bit_cast<Key<T>>(x + T{0});
    const Key<T> flips = (bits & kSignBit<T>) != 0 ? kLast<T> : kSignBit<T>;
    return x != x ? kLast<T> : bits ^ flips ^ turn;
  } else {
    return static_cast<Key<T>>(static_cast<Key<T>>(x) ^ kSignBit<T> ^ turn);
  }
}

template <class T>
T value_of(Key<T> key, bool descending) {
  if constexpr (std::is_floating_point_v<T>) {
    if (key == kLast<T>) return std::numeric_limits<T>::quiet_NaN();
  }
  if (descending) key = static_cast<Key<T>>(~key);
  if constexpr (std::is_floating_point_v<T>) {
    const bool positive = (key & kSignBit<T>) != 0;
    return std::bit_cast<T>(positive ? key ^ kSignBit<T> : static_cast<Key<T>>(~key));
  } else {
    return static_cast<T>(key ^ kSignBit<T>);
  }
}

// The part of a record that is sorted by.
template <class Record>
constexpr int kLowerBits = std::max(0, std::numeric_limits<Record>::digits - 32);
template <class Record>
Record upper(Record record) {
  return static_cast<Record>(record >> kLowerBits<Record>);
}

// Records on their way to the order of one digit, in two halves that take turns: what one waits
// for, the other does not.
template <class Record>
struct DigitSort {
  const Record* half[2];
  std::int64_t count[2];
  int shift;
  std::int64_t next[2][kDigits] = {};  // by digit: how many there are, then where the next one goes

  DigitSort(const Record* records, std::int64_t n, int digit_shift)
      : half{records, records + n / 2}, count{n / 2, n - n / 2}, shift(digit_shift) {}

  std::int64_t& next_of(int which, std::int64_t i) {
    return next[which][static_cast<std::size_t>(half[which][i] >> shift) & (kDigits - 1)];
  }

  // False if there is only one.
  bool count_digits() {
    for (std::int64_t start = 0; start < count[0]; start += kStretch) {
      const std::int64_t end = std::min(start + kStretch, count[0]);
      for (std::int64_t i = start; i < end; ++i) {
        ++next_of(0, i);
        ++next_of(1, i);
      }
      stop_if_asked();
    }
    if (count[1] > count[0]) ++next_of(1, count[0]);
    std::int64_t before = 0;
    for (std::int64_t digit = 0; digit < kDigits; ++digit) {
      const std::int64_t first = before;
      for (auto& places : next) before += std::exchange(places[digit], before);
      if (before - first == count[0] + count[1]) return false;
    }
    return true;
  }

  // Places are found before the records are moved: a load of one would wait for stores whose
  // addresses are not known yet.
  void move(Record* to) {
    std::int64_t place[2][kBlock];
    std::int64_t start = 0;
    for (; start + kBlock <= count[0]; start += kBlock) {
      if (start % kStretch == 0) stop_if_asked();
      for (std::int64_t i = 0; i < kBlock; ++i) {
        place[0][i] = next_of(0, start + i)++;
        place[1][i] = next_of(1, start + i)++;
      }
      for (std::int64_t i = 0; i < kBlock; ++i) {
        to[place[0][i]] = half[0][start + i];
        to[place[1][i]] = half[1][start + i];
      }
    }
    for (const int which : {0, 1}) {
      for (std::int64_t i = start; i < count[which]; ++i) to[next_of(which, i)++] = half[which][i];
    }
  }
};

// Sorts by the upper 32 bits, few records by all of them, into `records`.
template <class Record>
void sort_part(Record* records, Record* spare, std::int64_t n) {
  if (n <= kFew) {
    std::sort(records, records + n);
    return;
  }
  Record* const place = records;
  for (int shift = kLowerBits<Record>; shift < std::numeric_limits<Record>::digits;
       shift += kDigitBits) {
    DigitSort<Record> digit(records, n, shift);
    if (!digit.count_digits()) continue;
    digit.move(spare);
    std::swap(records, spare);
  }
  if (records != place) std::copy_n(records, n, place);
}

// Two sorted lists to be merged; of equal records the first list's come first.
template <class Record>
struct Merge {
  const Record* first;
  std::int64_t first_count;
  const Record* second;
  std::int64_t second_count;

  // How many of the first `total` merged records are the first list's.
  std::int64_t of_first(std::int64_t total) const {
    std::int64_t low = std::max(std::int64_t{0}, total - second_count);
    std::int64_t high = std::min(total, first_count);
    while (low < high) {
      const std::int64_t middle = (low + high) / 2;
      if (upper(second[total - middle - 1]) < upper(first[middle])) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  // The merged records [begin, end).
  void write(Record* out, std::int64_t begin, std::int64_t end) const {
    std::int64_t a = of_first(begin);
    std::int64_t b = begin - a;
    const std::int64_t a_end = of_first(end);
    const std::int64_t b_end = end - a_end;
    out += begin;
    while (a < a_end && b < b_end) {
      const bool is_second = upper(second[b]) < upper(first[a]);
      *out++ = is_second ? second[b] : first[a];
      b += is_second ? 1 : 0;
      a += is_second ? 0 : 1;
    }
    out = std::copy(first + a, first + a_end, out);
    std::copy(second + b, second + b_end, out);
  }
};

// The same, in parts that threads share. There is one result, however many they are.
template <class Record>
Record* sort_records(Record* records, Record* spare, std::int64_t n, bool shared) {
  const auto most = static_cast<std::uint64_t>(
      shared ? std::min<std::int64_t>(thread_count(), n / kLeastPart) : 1);
  const auto parts = static_cast<std::int64_t>(std::bit_floor(std::max<std::uint64_t>(most, 1)));
  std::int64_t size = (n + parts - 1) / parts;
  parallel_for(parts, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i)
      sort_part(records + i * size, spare + i * size, std::min(size, n - i * size));
  });
  for (; size < n; size *= 2) {
    for (std::int64_t start = 0; start < n; start += 2 * size) {
      const std::int64_t first_count = std::min(size, n - start);
      const std::int64_t second_count = std::min(size, n - start - first_count);
      const Merge<Record> merge{records + start, first_count, records + start + first_count,
                                second_count};
      parallel_for(
          first_count + second_count, kLeastPart,
          [&](std::int64_t begin, std::int64_t end) { merge.write(spare + start, begin, end); });
    }
    std::swap(records, spare);
  }
  return records;
}

// What the record of an element is, and what it gives. `refined`, where the upper halves of keys
// were equal: the record with the lower one in its place.
template <class T>
struct ByValue {
  using Record = Key<T>;
  using Result = T;
  const T* line;
  std::int64_t step;
  bool descending;

  Record record(T x, std::int64_t) const { return key_of(x, descending); }
  Record refined(Record record) const { return std::rotl(record, 32); }
  Result result(Record record) const { return value_of<T>(record, descending); }
  Result refined_result(Record record) const { return result(std::rotl(record, 32)); }
};

template <class T>
struct ByPosition {
  using Record = std::uint64_t;
  using Result = std::int64_t;
  const T* line;
  std::int64_t step;
  bool descending;

  Record record(T x, std::int64_t i) const {
    constexpr int kLower = std::max(0, std::numeric_limits<Key<T>>::digits - 32);
    return static_cast<Record>(key_of(x, descending) >> kLower) << 32 | static_cast<Record>(i);
  }
  Record refined(Record record) const {
    const Result i = result(record);
    return static_cast<Record>(key_of(line[i * step], descending)) << 32 | static_cast<Record>(i);
  }
  Result result(Record record) const { return static_cast<Result>(record & UINT32_MAX); }
  Result refined_result(Record record) const { return result(record); }
};

// Sorts a run of records with equal upper halves and writes their results. `run` may be `from`.
template <class Order>
void put_run(const Order& order, typename Order::Result* out, const typename Order::Record* from,
             typename Order::Record* run, typename Order::Record* spare, std::int64_t n,
             bool shared) {
  for (std::int64_t i = 0; i < n; ++i) run[i] = order.refined(from[i]);
  run = sort_records(run, spare, n, shared);
  for (std::int64_t i = 0; i < n; ++i) out[i * order.step] = order.refined_result(run[i]);
}

// Writes the results of records in [begin, end), and of a run that begins there to its end.
template <class Order>
void put_runs(const Order& order, typename Order::Result* out,
              const typename Order::Record* records, std::int64_t n, std::int64_t begin,
              std::int64_t end) {
  const auto same = [&](std::int64_t i) { return records[i] >> 32 == records[i - 1] >> 32; };
  std::vector<typename Order::Record> scratch;
  while (begin > 0 && begin < end && same(begin)) ++begin;
  while (begin < end) {
    std::int64_t stop = begin + 1;
    while (stop < n && same(stop)) ++stop;
    const std::int64_t count = stop - begin;
    if (count == 1) {
      out[begin * order.step] = order.result(records[begin]);
    } else {
      if (std::ssize(scratch) < 2 * count) scratch.resize(static_cast<std::size_t>(2 * count));
      put_run(order, out + begin * order.step, records + begin, scratch.data(),
              scratch.data() + count, count, false);
    }
    begin = stop;
  }
}

template <class T, class Order>
void put_results(const Order& order, typename Order::Result* out, typename Order::Record* records,
                 typename Order::Record* spare, std::int64_t n, bool shared) {
  if constexpr (sizeof(T) == 8) {
    if (upper(records[0]) == upper(records[n - 1])) {
      put_run(order, out, records, records, spare, n, shared);
      return;
    }
  }
  parallel_for(n, kLeastPart, [&](std::int64_t begin, std::int64_t end) {
    if constexpr (sizeof(T) == 8) {
      put_runs(order, out, records, n, begin, end);
    } else {
      for (std::int64_t i = begin; i < end; ++i) out[i * order.step] = order.result(records[i]);
    }
  });
}

// Zeros of either sign are equal: they come in the order that they came in.
template <class T>
void put_zeros(T* out, const T* in, std::int64_t n, std::int64_t step) {
  std::int64_t to = 0;
  while (to < n && out[to * step] != T{0}) ++to;
  for (std::int64_t i = 0; i < n && to < n; ++i) {
    const T x = in[i * step];
    if (x == T{0}) out[to++ * step] = x;
  }
}

template <class T>
bool is_negative_zero(T x) {
  if constexpr (std::is_floating_point_v<T>)
    return std::bit_cast<Key<T>>(x) == kSignBit<T>;
  else
    return false;
}

// `lines` neighbouring lines of n elements, `step` apart in memory. `records` has room for one line
// more.
template <class Order, class T>
void sort_lines(typename Order::Result* out, const T* in, typename Order::Record* records,
                std::int64_t lines, std::int64_t n, std::int64_t step, bool descending,
                bool shared) {
  std::atomic<bool> any_negative_zero = false;
  parallel_for(n, kLeastPart, [&](std::int64_t begin, std::int64_t end) {
    bool found = false;
    // Few at a time, so that what lies between those of one line is still near for the next.
    for (std::int64_t start = begin; start < end; start += kBlock) {
      const std::int64_t stop = std::min(start + kBlock, end);
      for (std::int64_t line = 0; line < lines; ++line) {
        const Order order{in + line, step, descending};
        auto* own = records + line * n;
        for (std::int64_t i = start; i < stop; ++i) {
          const T x = order.line[i * step];
          found |= is_negative_zero(x);
          own[i] = order.record(x, i);
        }
      }
    }
    if (found) any_negative_zero.store(true, std::memory_order_relaxed);
  });
  auto* spare = records + lines * n;
  for (std::int64_t line = 0; line < lines; ++line) {
    const Order order{in + line, step, descending};
    auto* own = records + line * n;
    auto* sorted = sort_records(own, spare, n, shared);
    put_results<T>(order, out + line, sorted, sorted == own ? spare : own, n, shared);
    if constexpr (std::is_same_v<typename Order::Result, T>) {
      if (any_negative_zero) put_zeros(out + line, in + line, n, step);
    }
  }
}

template <class Order, class T>
void sort_all(void* out_memory, const void* in_memory, const SortGeometry& g) {
  const auto* in = static_cast<const T*>(in_memory);
  auto* out = static_cast<typename Order::Result*>(out_memory);
  if (g.outer * g.size * g.inner == 0) return;
  const std::int64_t most = std::min(g.inner, kBatchBytes / static_cast<std::int64_t>(sizeof(T)));
  const std::int64_t batches = (g.inner + most - 1) / most;
  const std::int64_t grain = std::max<std::int64_t>(1, kBatchCost / (most * g.size));
  parallel_for(g.outer * batches, grain, [&](std::int64_t begin, std::int64_t end) {
    const auto bytes =
        static_cast<std::size_t>((most + 1) * g.size) * sizeof(typename Order::Record);
    const BufferRef scratch = BufferRef::adopt(Buffer::allocate(bytes));
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t first = i % batches * most;
      const std::int64_t at = i / batches * g.size * g.inner + first;
      sort_lines<Order>(
          out + at, in + at, reinterpret_cast<typename Order::Record*>(scratch->data()),
          std::min(most, g.inner - first), g.size, g.inner, g.descending, g.outer * batches == 1);
    }
  });
}

// The type that elements are sorted as.
template <class Element>
using Sorted = std::conditional_t<Element::kKind == DTypeKind::boolean, std::uint8_t,
                                  typename Element::Storage>;

}  // namespace

void sort_elements(DType dtype, void* out, const void* in, const SortGeometry& geometry) {
  dispatch(dtype, [&](auto element) {
    using T = Sorted<decltype(element)>;
    sort_all<ByValue<T>, T>(out, in, geometry);
  });
}

void sort_positions(DType dtype, void* out, const void* in, const SortGeometry& geometry) {
  if (geometry.size > UINT32_MAX) {
    throw Error(ErrorKind::value, "argsort: an axis of " + std::to_string(geometry.size) +
                                      " elements; 2**32 - 1 are the most");
  }
  dispatch(dtype, [&](auto element) {
    using T = Sorted<decltype(element)>;
    sort_all<ByPosition<T>, T>(out, in, geometry);
  });
}

}  // namespace pygraph::kernels
