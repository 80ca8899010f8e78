// Two caches of freed blocks, in power-of-two size classes. Small blocks lie behind their buffer's
// header and are kept by the thread that freed them; others, up to 1 GiB, are in locked stacks that
// are capped in total.
#include "base/buffer.hpp"

#include <array>
#include <bit>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <new>
#include <pthread.h>
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

std::size_t class_of(std::size_t bytes) {
  if (bytes <= kSmallestBlock) return 0;
  return static_cast<std::size_t>(std::bit_width(bytes - 1)) - 6;
}

// Free blocks are lists: the first word of one is the next.
void push(void*& first, void* block) { *static_cast<void**>(block) = std::exchange(first, block); }
void* pop(void*& first) { return std::exchange(first, *static_cast<void**>(first)); }

// Nothing here allocates but the blocks themselves: it is used where memory has run out.
class BlockCache {
 public:
  std::byte* take(std::size_t bytes, std::size_t* capacity) {
    const std::size_t cls = class_of(bytes);
    *capacity = cls < kClassCount ? kSmallestBlock << cls : round_up(bytes);
    allocations_.fetch_add(1, std::memory_order_relaxed);
    in_use_.fetch_add(static_cast<std::int64_t>(*capacity), std::memory_order_relaxed);
    std::byte* block = cls < kClassCount ? kept(cls) : nullptr;
    if (block == nullptr) block = fresh(*capacity);
    if (block == nullptr) {  // the system has no memory left: what is kept here may be in the way
      clear();
      block = fresh(*capacity);
    }
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
        push(free_[class_of(capacity)], block);
        cached_ += static_cast<std::int64_t>(capacity);
        return;
      }
    }
    std::free(block);
  }

  void clear() {
    const std::lock_guard lock(mutex_);
    for (void*& blocks : free_) {
      while (blocks != nullptr) std::free(pop(blocks));
    }
    cached_ = 0;
  }

  MemoryStats stats() {
    const std::lock_guard lock(mutex_);
    return {in_use_.load(), cached_, allocations_.load(), live_.load()};
  }

  std::mutex& mutex() { return mutex_; }

  std::atomic<std::int64_t> live_{0};

 private:
  std::byte* kept(std::size_t cls) {
    const std::lock_guard lock(mutex_);
    if (free_[cls] == nullptr) return nullptr;
    cached_ -= static_cast<std::int64_t>(kSmallestBlock << cls);
    return static_cast<std::byte*>(pop(free_[cls]));
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
  std::array<void*, kClassCount> free_{};
  std::int64_t cached_ = 0;
  std::atomic<std::int64_t> in_use_{0};
  std::atomic<std::int64_t> allocations_{0};
};

// Never destroyed: buffers may outlive every static object of a host.
BlockCache& cache() {
  static auto* instance = new BlockCache;
  return *instance;
}

constexpr std::size_t kSmallClassCount = 5;  // 64 B ... 1 KiB
constexpr std::size_t kLargestSmall = kSmallestBlock << (kSmallClassCount - 1);
constexpr std::size_t kKeptPerClass = 32;

// Counts of one thread. Only that thread writes, so that no locked instruction is needed.
struct Counts {
  std::atomic<std::int64_t> in_use{0};  // negative where it frees what others took
  std::atomic<std::int64_t> cached{0};
  std::atomic<std::int64_t> allocations{0};
  std::atomic<std::int64_t> live{0};

  static void add(std::atomic<std::int64_t>& count, std::int64_t change) {
    count.store(count.load(std::memory_order_relaxed) + change, std::memory_order_relaxed);
  }
  void add_to(MemoryStats& stats) const {
    stats.bytes_in_use += in_use.load(std::memory_order_relaxed);
    stats.bytes_cached += cached.load(std::memory_order_relaxed);
    stats.allocations += allocations.load(std::memory_order_relaxed);
    stats.live_buffers += live.load(std::memory_order_relaxed);
  }
};

class SmallBlocks;

// The threads that have small blocks, and what those that ended have counted.
struct Threads {
  std::mutex mutex;
  std::vector<const SmallBlocks*> running;
  MemoryStats ended = {};
};
Threads& threads() {
  static auto* instance = new Threads;
  return *instance;
}

// No thread but the forking one goes on in a child: that one holds the locks meanwhile, so that
// none stays closed there for ever.
[[maybe_unused]] const int fork_handlers = pthread_atfork(
    [] {
      threads().mutex.lock();
      cache().mutex().lock();
    },
    [] {
      cache().mutex().unlock();
      threads().mutex.unlock();
    },
    [] {
      cache().mutex().unlock();
      threads().mutex.unlock();
    });

// The small blocks that a thread keeps.
class SmallBlocks {
 public:
  SmallBlocks() {
    const std::lock_guard lock(threads().mutex);
    threads().running.push_back(this);
  }
  ~SmallBlocks() {
    clear();
    const std::lock_guard lock(threads().mutex);
    counts_.add_to(threads().ended);
    std::erase(threads().running, this);
  }
  SmallBlocks(const SmallBlocks&) = delete;
  SmallBlocks& operator=(const SmallBlocks&) = delete;

  const Counts& counts() const { return counts_; }

  void* take(std::size_t cls) {
    const auto capacity = static_cast<std::int64_t>(kSmallestBlock << cls);
    Counts::add(counts_.in_use, capacity);
    Counts::add(counts_.allocations, 1);
    Counts::add(counts_.live, 1);
    List& list = lists_[cls];
    if (list.first == nullptr) return allocate(cls);
    Counts::add(counts_.cached, -capacity);
    --list.count;
    return pop(list.first);
  }
  void give(void* block, std::size_t cls) {
    const auto capacity = static_cast<std::int64_t>(kSmallestBlock << cls);
    Counts::add(counts_.in_use, -capacity);
    Counts::add(counts_.live, -1);
    List& list = lists_[cls];
    if (list.count == kKeptPerClass) {
      std::free(block);
      return;
    }
    Counts::add(counts_.cached, capacity);
    ++list.count;
    push(list.first, block);
  }
  void clear() {
    for (List& list : lists_) {
      while (list.first != nullptr) std::free(pop(list.first));
      list.count = 0;
    }
    counts_.cached.store(0, std::memory_order_relaxed);
  }

 private:
  struct List {
    void* first = nullptr;
    std::size_t count = 0;
  };

  void* allocate(std::size_t cls) {
    const std::size_t bytes = kAlignment + (kSmallestBlock << cls);
    void* block = std::aligned_alloc(kAlignment, bytes);
    if (block == nullptr) {
      release_memory();
      block = std::aligned_alloc(kAlignment, bytes);
    }
    if (block != nullptr) return block;
    Counts::add(counts_.in_use, -static_cast<std::int64_t>(kSmallestBlock << cls));
    Counts::add(counts_.live, -1);
    throw Error(ErrorKind::memory, "could not allocate a small block");
  }

  std::array<List, kSmallClassCount> lists_;
  Counts counts_;
};

// The end of a thread; buffers may go after that, while its other objects do.
struct ThreadEnd {
  SmallBlocks*& blocks;
  ~ThreadEnd() { delete std::exchange(blocks, nullptr); }
};

SmallBlocks& small_blocks() {
  static thread_local SmallBlocks* blocks = nullptr;
  if (blocks == nullptr) [[unlikely]] {
    static thread_local ThreadEnd end{blocks};
    blocks = new SmallBlocks;
  }
  return *blocks;
}

// A thread that has no small blocks yet may have no memory to begin with them.
void give_small(void* block, std::size_t capacity) noexcept {
  SmallBlocks* blocks = nullptr;
  try {
    blocks = &small_blocks();
  } catch (const std::bad_alloc&) {
    std::free(block);
    return;
  }
  blocks->give(block, class_of(capacity));
}

}  // namespace

MemoryStats memory_stats() {
  MemoryStats stats = cache().stats();
  const std::lock_guard lock(threads().mutex);
  const MemoryStats& ended = threads().ended;
  stats.bytes_in_use += ended.bytes_in_use;
  stats.allocations += ended.allocations;
  stats.live_buffers += ended.live_buffers;
  for (const SmallBlocks* blocks : threads().running) blocks->counts().add_to(stats);
  return stats;
}

void release_memory() {
  cache().clear();
  small_blocks().clear();
}

Buffer* Buffer::allocate(std::size_t bytes) {
  static_assert(sizeof(Buffer) <= kAlignment);
  if (bytes <= kLargestSmall) {
    const std::size_t cls = class_of(bytes);
    void* block = small_blocks().take(cls);
    auto* buffer = new (block) Buffer;
    buffer->data_ = static_cast<std::byte*>(block) + kAlignment;
    buffer->size_ = bytes;
    buffer->capacity_ = kSmallestBlock << cls;
    return buffer;
  }
  if (bytes > (std::size_t{1} << 48)) {
    throw Error(ErrorKind::memory, "could not allocate " + std::to_string(bytes) + " bytes");
  }
  std::unique_ptr<Buffer> buffer(new Buffer);
  buffer->data_ = cache().take(bytes, &buffer->capacity_);
  buffer->size_ = bytes;
  cache().live_.fetch_add(1, std::memory_order_relaxed);
  return buffer.release();
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
  if (release_ == nullptr && capacity_ <= kLargestSmall) {
    give_small(this, capacity_);
    return;
  }
  cache().live_.fetch_sub(1, std::memory_order_relaxed);
  if (release_ != nullptr) {
    release_(owner_);
  } else {
    cache().give(data_ - front_, capacity_);
  }
  delete this;
}

}  // namespace pygraph
