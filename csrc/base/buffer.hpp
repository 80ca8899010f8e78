// Reference-counted memory. A buffer either owns an aligned block or borrows memory that a host
// keeps alive. Blocks come from a capped cache of freed ones (fresh large pages are slow to fault
// in); release_memory() empties it.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace pygraph {

inline constexpr std::size_t kAlignment = 64;

struct MemoryStats {
  std::int64_t bytes_in_use;  // owned by live buffers
  std::int64_t bytes_cached;  // held for reuse
  std::int64_t allocations;   // blocks handed out since the process started, cached ones included
  std::int64_t live_buffers;
};

MemoryStats memory_stats();
void release_memory();

class Buffer {
 public:
  using Release = void (*)(void* owner);

  // A new block of at least `bytes` bytes, 64-byte aligned, contents undefined. Throws `memory`.
  static Buffer* allocate(std::size_t bytes);
  // Memory of another owner; `release(owner)` runs when the last reference goes.
  static Buffer* borrow(void* data, std::size_t bytes, void* owner, Release release);

  std::byte* data() const { return data_; }
  std::size_t size() const { return size_; }
  // How much of an owned block can be used, from data() on, and how much of it lies before that.
  std::size_t capacity() const { return capacity_ - front_; }
  std::size_t front() const { return front_; }
  // Lets data() of an owned block begin so many bytes further on, or before.
  void advance(std::ptrdiff_t bytes) {
    data_ += bytes;
    front_ += static_cast<std::size_t>(bytes);
  }
  bool owned() const { return release_ == nullptr; }
  bool unique() const { return references_.load(std::memory_order_acquire) == 1; }

  void retain() { references_.fetch_add(1, std::memory_order_relaxed); }
  void release() {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy();
  }

 private:
  Buffer() = default;
  void destroy();

  std::atomic<std::int64_t> references_{1};
  std::byte* data_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;  // of an owned block: the size class it returns to
  std::size_t front_ = 0;     // of an owned block: where in it the data begins
  void* owner_ = nullptr;
  Release release_ = nullptr;
};

// An owning reference.
class BufferRef {
 public:
  BufferRef() = default;
  // Takes over one reference.
  static BufferRef adopt(Buffer* buffer) {
    BufferRef ref;
    ref.buffer_ = buffer;
    return ref;
  }
  BufferRef(const BufferRef& other) : buffer_(other.buffer_) {
    if (buffer_ != nullptr) buffer_->retain();
  }
  BufferRef(BufferRef&& other) noexcept : buffer_(std::exchange(other.buffer_, nullptr)) {}
  BufferRef& operator=(BufferRef other) noexcept {
    std::swap(buffer_, other.buffer_);
    return *this;
  }
  ~BufferRef() {
    if (buffer_ != nullptr) buffer_->release();
  }
  Buffer* get() const { return buffer_; }
  Buffer* operator->() const { return buffer_; }
  explicit operator bool() const { return buffer_ != nullptr; }

 private:
  Buffer* buffer_ = nullptr;
};

}  // namespace pygraph
