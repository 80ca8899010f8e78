#include "base/fork.hpp"

#include <pthread.h>

namespace pygraph {

std::atomic<std::uint32_t> fork_generation{1};

namespace {
[[maybe_unused]] const int fork_handler =
    pthread_atfork(nullptr, nullptr, [] { fork_generation.fetch_add(1); });
}  // namespace

}  // namespace pygraph
