// Work that recurses as deep as graphs nest, on threads whose stacks are small.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace pygraph {

// Bytes between here and the end of this thread's stack.
std::size_t stack_left();

// Runs it on a thread with a large stack, and waits; throws on what it throws.
void run_on_large_stack(void (*run)(const void* action), const void* action);

// What reading, checking and planning a graph take at the most: graphs nest 200 deep.
inline constexpr std::size_t kDeepWork = std::size_t{2} << 20;

// action(), where there is stack enough for deep work.
template <class Action>
auto with_stack(const Action& action) -> std::invoke_result_t<const Action&> {
  if (stack_left() >= kDeepWork) [[likely]]
    return action();
  using Result = std::invoke_result_t<const Action&>;
  if constexpr (std::is_void_v<Result>) {
    run_on_large_stack([](const void* erased) { (*static_cast<const Action*>(erased))(); },
                       &action);
  } else {
    Result result;
    const auto store = [&] { result = action(); };
    run_on_large_stack([](const void* erased) { (*static_cast<const decltype(store)*>(erased))(); },
                       &store);
    return result;
  }
}

}  // namespace pygraph
