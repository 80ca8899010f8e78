#include "exec/executable.hpp"

#include <algorithm>
#include <string>

#include "base/stack.hpp"
#include "ops/infer.hpp"

namespace pygraph::exec {
namespace {

std::atomic<std::int64_t> live{0};
std::atomic<std::uint64_t> plans_so_far{0};

ir::Type type_of(const Tensor& tensor) {
  return {ir::Kind::tensor, tensor.dtype(), tensor.shape()};
}

}  // namespace

std::int64_t live_graphs() { return live.load(); }

PlannedRun::PlannedRun(plan::Plan plan, const ir::Module* module)
    : plan_(std::move(plan)),
      module_(module),
      serial_(plans_so_far.fetch_add(1)),
      is_brief_(exec::is_brief(plan_)) {}

// Calls `action` with a frame: the one at rest, or a new one where other threads run the plan too;
// and with a recorder, while a profile is recorded.
template <class Action>
void PlannedRun::with_frame(std::span<Tensor> outputs, const Action& action) {
  std::unique_ptr<Frame> frame(spare_.exchange(nullptr, std::memory_order_acquire));
  if (frame == nullptr) frame = std::make_unique<Frame>(plan_);
  try {
    if (is_profiling.load(std::memory_order_relaxed)) [[unlikely]] {
      Recorder recorder({serial_, plan_, module_});
      action(*frame, &recorder);
    } else {
      action(*frame, nullptr);
    }
  } catch (...) {
    for (Tensor& output : outputs) output = Tensor();
    throw;
  }
  frame->release();
  delete spare_.exchange(frame.release(), std::memory_order_acq_rel);
}

void PlannedRun::run(std::span<const Tensor> inputs, std::span<Tensor> outputs, const Host& host,
                     std::span<Variable* const> variables) {
  with_frame(outputs, [&](Frame& frame, Recorder* recorder) {
    exec::run(plan_, frame, inputs, outputs, host, variables, recorder);
  });
}

void PlannedRun::run_brief(std::span<const void* const> inputs, std::span<Tensor> outputs,
                           std::span<Variable* const> variables) {
  with_frame(outputs, [&](Frame& frame, Recorder* recorder) {
    exec::run_brief(plan_, frame, inputs, outputs, variables, recorder);
  });
}

Executable::Executable(ir::Module module) : module_(std::move(module)) {
  const passes::Options options = passes::Options::from_environment();
  if (options.enabled("inline_calls")) inlined_ = passes::inline_calls(module_);
  if (inlined_ && options.verifies()) passes::check_after("inline_calls", *inlined_);
  const ir::Function& entry = module_.functions[0];
  for (std::uint32_t i = 0; i < entry.parameter_count(); ++i) {
    const bool is_variable = entry.types[i].kind == ir::Kind::variable;
    (is_variable ? variables_ : inputs_).push_back(entry.types[i]);
    if (!is_variable) input_names_.push_back(entry.parameter_names[i]);
  }
  const bool is_static = std::all_of(inputs().begin(), inputs().end(),
                                     [](const ir::Type& type) { return type.shape.is_static(); });
  if (is_static) static_plan_ = make_plan(inputs());
  ++live;
}

Executable::~Executable() { --live; }

std::shared_ptr<PlannedRun> Executable::make_plan(std::span<const ir::Type> inputs) {
  const ir::Function& entry = module_.functions[0];
  std::vector<ir::Type> parameters;
  std::size_t seen_variables = 0;
  for (std::uint32_t i = 0; i < entry.parameter_count(); ++i) {
    const bool is_variable = entry.types[i].kind == ir::Kind::variable;
    parameters.push_back(is_variable ? entry.types[i] : inputs[parameters.size() - seen_variables]);
    seen_variables += is_variable;
  }
  const passes::Options options = passes::Options::from_environment();
  plans_made_.fetch_add(1, std::memory_order_relaxed);
  return with_stack([&] {
    return std::make_shared<PlannedRun>(
        plan::build(passes::optimise(inlined(), parameters, options), options), &inlined());
  });
}

bool Executable::accepts(std::span<const Tensor> given) const {
  const auto wanted = inputs();
  if (given.size() != wanted.size()) return false;
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (!given[i] || !ops::fits(type_of(given[i]), wanted[i])) return false;
  }
  return true;
}

void Executable::check(std::span<const Tensor> given) const {
  const auto wanted = inputs();
  const ir::Function& entry = module_.functions[0];
  if (given.size() != wanted.size()) {
    throw Error(ErrorKind::type, entry.name + " takes " + std::to_string(wanted.size()) +
                                     " tensors, got " + std::to_string(given.size()));
  }
  for (std::size_t i = 0; i < given.size(); ++i) {
    if (given[i] && ops::fits(type_of(given[i]), wanted[i])) continue;
    throw Error(ErrorKind::type, entry.name + ": input " + std::to_string(i) + " (" +
                                     input_names_[i] + ") must be " + wanted[i].text() + ", got " +
                                     (given[i] ? type_of(given[i]).text() : "nothing"));
  }
}

bool Executable::accepts_variables(std::span<Variable* const> given) const {
  return std::equal(given.begin(), given.end(), variables_.begin(), variables_.end(),
                    [](const Variable* variable, const ir::Type& type) {
                      return variable->dtype() == type.dtype && variable->shape() == type.shape;
                    });
}

std::shared_ptr<PlannedRun> Executable::planned(std::span<const Tensor> given) {
  if (static_plan_ != nullptr) return static_plan_;
  const std::lock_guard lock(mutex_);
  const auto found = std::find_if(
      recent_.begin(), recent_.end(), [&](const std::shared_ptr<PlannedRun>& candidate) {
        return std::equal(given.begin(), given.end(), candidate->plan().inputs.begin(),
                          [](const Tensor& tensor, const ir::Type& type) {
                            return tensor.shape() == type.shape;
                          });
      });
  if (found != recent_.end()) {
    recent_.splice(recent_.begin(), recent_, found);
    return recent_.front();
  }
  std::vector<ir::Type> types;
  for (const Tensor& tensor : given) types.push_back(type_of(tensor));
  recent_.push_front(make_plan(types));
  if (recent_.size() > kMaxPlans) recent_.pop_back();
  return recent_.front();
}

std::vector<std::shared_ptr<PlannedRun>> Executable::plans() {
  if (static_plan_ != nullptr) return {static_plan_};
  const std::lock_guard lock(mutex_);
  return {recent_.begin(), recent_.end()};
}

void Executable::run(std::span<const Tensor> inputs, std::span<Tensor> outputs, const Host& host,
                     std::span<Variable* const> variables) {
  if (!accepts_variables(variables)) {
    throw Error(ErrorKind::type, module_.functions[0].name + " uses " +
                                     std::to_string(variables_.size()) +
                                     " variables, and was not given those");
  }
  if (static_plan_ != nullptr) {
    static_plan_->run(inputs, outputs, host, variables);
  } else {
    planned(inputs)->run(inputs, outputs, host, variables);
  }
}

}  // namespace pygraph::exec
