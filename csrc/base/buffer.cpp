// The block cache: power-of-two size classes up to 1 GiB, each a locked stack, capped in total.
#include "base/buffer.hpp"

#include <array>
#include <bit>
#include <cstdlib>
#include <mutex>
#include <new>
#include <string>
#include <vector>

#if defined(__linux__)
#include <sys/mman.h>
#endif

#include "base/error.hpp"

namespace pygraph {
namespace {

constexpr std::size_t kSmallestBlock = 64;
constexpr std::size_t kClassCount = 25;  // 64 B ... 1 GiB
constexpr std::size_t kLargestBlock = kSmallestBlock << (kClassCount - 1);
constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::int64_t kCacheCap = std::int64_t{1} << 29;

class BlockCache {
 public:
  std::byte* take(std::size_t bytes, std::size_t* capacity) {
    const std::size_t cls = class_of(bytes);
    *capacity = cls < kClassCount ? kSmallestBlock << cls : round_up(bytes);
    allocations_.fetch_add(1, std::memory_order_relaxed);
    in_use_.fetch_add(static_cast<std::int64_t>(*capacity), std::memory_order_relaxed);
    if (cls < kClassCount) {
      const std::lock_guard lock(mutex_);
      auto& blocks = free_[cls];
      if (!blocks.empty()) {
        std::byte* block = blocks.back();
        blocks.pop_back();
        cached_ -= static_cast<std::int64_t>(*capacity);
        return block;
      }
    }
    std::byte* block = fresh(*capacity);
    if (block == nullptr) {
      in_use_.fetch_sub(static_cast<std::int64_t>(*capacity), std::memory_order_relaxed);
      throw Error(ErrorKind::memory, "could not allocate " + std::to_string(bytes) + " bytes");
    }
    return block;
  }

  void give(std::byte* block, std::size_t capacity) {
    in_use_.fetch_sub(static_cast<std::int64_t>(capacity), std::memory_order_relaxed);
    if (capacity <= kLargestBlock) {
      const std::lock_guard lock(mutex_);
      if (cached_ + static_cast<std::int64_t>(capacity) <= kCacheCap) {
        free_[class_of(capacity)].push_back(block);
        cached_ += static_cast<std::int64_t>(capacity);
        return;
      }
    }
    std::free(block);
  }

  void clear() {
    const std::lock_guard lock(mutex_);
    for (auto& blocks : free_) {
      for (std::byte* block : blocks) std::free(block);
      blocks.clear();
      blocks.shrink_to_fit();
    }
    cached_ = 0;
  }

  MemoryStats stats() {
    const std::lock_guard lock(mutex_);
    return {in_use_.load(), cached_, allocations_.load(), live_.load()};
  }

  std::atomic<std::int64_t> live_{0};

 private:
  static std::size_t class_of(std::size_t bytes) {
    if (bytes <= kSmallestBlock) return 0;
    return static_cast<std::size_t>(std::bit_width(bytes - 1)) - 6;
  }
  // From the system. Large blocks ask for huge pages: a fault for each small page, and the search
  // for its address later, cost more than many a kernel does with it.
  static std::byte* fresh(std::size_t capacity) {
    const bool is_large = capacity >= 2 * kHugePage;
    auto* block =
        static_cast<std::byte*>(std::aligned_alloc(is_large ? kHugePage : kAlignment, capacity));
#if defined(__linux__)
    if (is_large && block != nullptr) madvise(block, capacity, MADV_HUGEPAGE);
#endif
    return block;
  }
  static std::size_t round_up(std::size_t bytes) {
    return (bytes + kAlignment - 1) / kAlignment * kAlignment;
  }

  std::mutex mutex_;
  std::array<std::vector<std::byte*>, kClassCount> free_;
  std::int64_t cached_ = 0;
  std::atomic<std::int64_t> in_use_{0};
  std::atomic<std::int64_t> allocations_{0};
};

// Never destroyed: buffers may outlive every static object of a host.
BlockCache& cache() {
  static auto* instance = new BlockCache;
  return *instance;
}

}  // namespace

MemoryStats memory_stats() { return cache().stats(); }
void release_memory() { cache().clear(); }

Buffer* Buffer::allocate(std::size_t bytes) {
  if (bytes > (std::size_t{1} << 48)) {
    throw Error(ErrorKind::memory, "could not allocate " + std::to_string(bytes) + " bytes");
  }
  std::size_t capacity = 0;
  std::byte* data = cache().take(bytes, &capacity);
  auto* buffer = new Buffer;
  buffer->data_ = data;
  buffer->size_ = bytes;
  buffer->capacity_ = capacity;
  cache().live_.fetch_add(1, std::memory_order_relaxed);
  return buffer;
}

Buffer* Buffer::borrow(void* data, std::size_t bytes, void* owner, Release release) {
  auto* buffer = new Buffer;
  buffer->data_ = static_cast<std::byte*>(data);
  buffer->size_ = bytes;
  buffer->owner_ = owner;
  buffer->release_ = release;
  cache().live_.fetch_add(1, std::memory_order_relaxed);
  return buffer;
}

void Buffer::destroy() {
  cache().live_.fetch_sub(1, std::memory_order_relaxed);
  if (release_ != nullptr) {
    release_(owner_);
  } else {
    cache().give(data_, capacity_);
  }
  delete this;
}

}  // namespace pygraph
