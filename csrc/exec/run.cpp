#include "exec/run.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "base/threads.hpp"
#include "exec/function_run.hpp"

namespace pygraph::exec {
namespace {

using plan::Code;
using plan::Instruction;
using plan::StorageKind;

// How many of the innermost calls an error names, besides the outermost.
constexpr std::size_t kMostCallers = 100;

// The calls that are under way. They stand on the heap: no depth of recursion is too deep for the
// thread's stack.
class Calls {
 public:
  Calls(const plan::Plan& plan, FunctionRun& entry, Frame& frame, const Host& host, Meter& meter)
      : plan_(plan), entry_(entry), idle_(frame.idle), host_(host), meter_(meter) {}

  // Runs the entry, which stopped at a call, and whatever it calls, to its end.
  void run(const Instruction* call) {
    try {
      while (call != nullptr || !calls_.empty()) {
        if (call != nullptr) {
          enter(*call);
        } else {
          leave();
        }
        call = top().advance();
      }
    } catch (Error& error) {
      for (std::size_t i = calls_.size(); i-- > 0;) {
        if (i == 0 || calls_.size() - i < kMostCallers) error.add_caller(calls_[i].site->location);
      }
      throw;
    }
  }

 private:
  struct Call {
    std::unique_ptr<Frame> frame;
    FunctionRun run;
    const Instruction* site;
  };

  FunctionRun& top() { return calls_.empty() ? entry_ : calls_.back().run; }

  void enter(const Instruction& site) {
    const plan::Plan& plan = plan_.callees[site.target];
    if (calls_.size() >= host_.depth_limit) [[unlikely]]
      fail_depth(plan, site);
    std::unique_ptr<Frame> frame;
    auto& idle = idle_[site.target];
    if (idle.empty()) {
      frame = std::make_unique<Frame>(plan);
    } else {
      frame = std::move(idle.back());
      idle.pop_back();
    }
    frame->acquire(plan);
    FunctionRun callee(plan, *frame, host_, {}, meter_);
    top().pass(site, callee);
    calls_.push_back({std::move(frame), callee, &site});
  }

  void leave() {
    Call call = std::move(calls_.back());
    calls_.pop_back();
    top().take(*call.site, call.run);
    call.frame->release();
    idle_[call.site->target].push_back(std::move(call.frame));
  }

  [[noreturn]] void fail_depth(const plan::Plan& plan, const Instruction& site) const {
    throw Error(ErrorKind::recursion,
                "maximum recursion depth exceeded: " + plan.name + " has " +
                    std::to_string(calls_.size()) + " calls under way",
                site.location);
  }

  const plan::Plan& plan_;
  FunctionRun& entry_;
  std::vector<std::vector<std::unique_ptr<Frame>>>& idle_;
  const Host& host_;
  Meter& meter_;
  std::vector<Call> calls_;
};

bool may_poll(const plan::Plan& plan, const Instruction& instruction) {
  switch (instruction.code) {
    case Code::dynamic:
    case Code::update_dynamic:
    case Code::list_append:
    case Code::list_pop:
    case Code::loop_if_true:
    case Code::call:
    case Code::text: return true;
    case Code::registers: {
      const std::vector<plan::RegisterOp>& code = plan.programs[instruction.target].code;
      return std::any_of(code.begin(), code.end(),
                         [](const plan::RegisterOp& op) { return plan::is_back_edge(op); });
    }
    default: return false;
  }
}

}  // namespace

bool is_brief(const plan::Plan& plan) {
  return plan.straight_cost <= kLongRun &&
         std::none_of(plan.outputs.begin(), plan.outputs.end(),
                      [&](const plan::Output& output) {
                        return plan.storages[output.storage].kind == StorageKind::input;
                      }) &&
         std::none_of(plan.instructions.begin(), plan.instructions.end(),
                      [&](const Instruction& instruction) { return may_poll(plan, instruction); });
}

void run_brief(const plan::Plan& plan, Frame& frame, std::span<const void* const> inputs,
               std::span<Tensor> outputs, std::span<Variable* const> variables,
               Recorder* recorder) {
  static const Host nobody;
  Meter meter{.recorder = recorder};
  FunctionRun state(plan, frame, nobody, variables, meter);
  frame.acquire(plan);
  state.bind_inputs(inputs);
  state.bind_outputs(outputs);
  state.advance();
  state.collect({}, outputs);
}

void run(const plan::Plan& plan, Frame& frame, std::span<const Tensor> inputs,
         std::span<Tensor> outputs, const Host& host, std::span<Variable* const> variables,
         Recorder* recorder) {
  Meter meter{.recorder = recorder};
  FunctionRun state(plan, frame, host, variables, meter);
  const Stoppable stoppable(host.poll, host.context);
  state.announce();
  frame.acquire(plan);
  state.bind_inputs(inputs);
  state.bind_outputs(outputs);
  if (const Instruction* call = state.advance()) Calls(plan, state, frame, host, meter).run(call);
  state.collect(inputs, outputs);
}

}  // namespace pygraph::exec
