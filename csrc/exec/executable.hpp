// A graph that can be run: the verified module and the plans made from it, one per set of input
// shapes.
#pragma once

#include <atomic>
#include <list>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "base/fork.hpp"
#include "base/variable.hpp"
#include "exec/frame.hpp"
#include "exec/host.hpp"
#include "exec/run.hpp"

namespace pygraph::exec {

// A plan with a frame at rest for its next run.
class PlannedRun {
 public:
  // Profiles name the lines of `module`, which lives as long, if there is one.
  explicit PlannedRun(plan::Plan plan, const ir::Module* module = nullptr);
  ~PlannedRun() { delete spare_.load(); }
  PlannedRun(const PlannedRun&) = delete;
  PlannedRun& operator=(const PlannedRun&) = delete;

  const plan::Plan& plan() const { return plan_; }
  // An output that is a tensor already, of the result's type, is written in place; it may be an
  // input that the kernel changes a part of.
  void run(std::span<const Tensor> inputs, std::span<Tensor> outputs, const Host& host,
           std::span<Variable* const> variables = {});

  // See exec::run_brief.
  bool is_brief() const { return is_brief_; }
  void run_brief(std::span<const void* const> inputs, std::span<Tensor> outputs,
                 std::span<Variable* const> variables);

 private:
  template <class Action>
  void with_frame(std::span<Tensor> outputs, const Action& action);

  plan::Plan plan_;
  const ir::Module* module_;
  std::uint64_t serial_;
  bool is_brief_;
  std::atomic<Frame*> spare_{nullptr};
};

class Executable {
 public:
  // Takes a verified module. A graph whose inputs have no unknown dims is planned at once; errors
  // of a shape rule show here.
  explicit Executable(ir::Module module);
  ~Executable();
  Executable(const Executable&) = delete;
  Executable& operator=(const Executable&) = delete;

  const ir::Module& module() const { return module_; }
  // What plans are made of, and whose locations they name: the graph with calls inlined.
  const ir::Module& inlined() const { return inlined_ ? *inlined_ : module_; }
  // The types of the tensor parameters, and of the variable parameters.
  std::span<const ir::Type> inputs() const { return inputs_; }
  std::span<const ir::Type> variables() const { return variables_; }
  std::size_t output_count() const { return module_.functions[0].results.size(); }

  // Whether tensors of these dtypes and shapes may be passed.
  bool accepts(std::span<const Tensor> inputs) const;
  // Throws `type` or `value`, naming the input, where `accepts` is false.
  void check(std::span<const Tensor> inputs) const;
  // Whether these are variables of the dtypes and shapes of the variable parameters.
  bool accepts_variables(std::span<Variable* const> variables) const;
  // Runs on inputs and variables that were accepted. Thread-safe.
  void run(std::span<const Tensor> inputs, std::span<Tensor> outputs, const Host& host,
           std::span<Variable* const> variables = {});

  // The plan, if there is only one and it is brief; else nullptr.
  PlannedRun* brief_plan() const {
    return static_plan_ != nullptr && static_plan_->is_brief() ? static_plan_.get() : nullptr;
  }
  // The plan for inputs of these shapes (the only one, if no dim is unknown).
  std::shared_ptr<PlannedRun> planned(std::span<const Tensor> inputs);
  // The plans that are kept, and how many were made so far.
  std::vector<std::shared_ptr<PlannedRun>> plans();
  std::int64_t plans_made() const { return plans_made_.load(std::memory_order_relaxed); }

 private:
  std::shared_ptr<PlannedRun> make_plan(std::span<const ir::Type> inputs);

  static constexpr std::size_t kMaxPlans = 8;

  ir::Module module_;
  std::optional<ir::Module> inlined_;
  std::vector<ir::Type> inputs_;
  std::vector<std::string> input_names_;
  std::vector<ir::Type> variables_;
  std::shared_ptr<PlannedRun> static_plan_;
  std::atomic<std::int64_t> plans_made_{0};
  ForkMutex mutex_;
  std::list<std::shared_ptr<PlannedRun>>
      recent_;  // of graphs with unknown dims, the last used first
};

// How many executables exist. Those of eager ops are not counted.
std::int64_t live_graphs();

}  // namespace pygraph::exec
