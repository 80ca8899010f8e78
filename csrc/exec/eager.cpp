#include "exec/eager.hpp"

#include <mutex>
#include <numeric>
#include <unordered_map>

#include "ops/infer.hpp"
#include "ops/node_key.hpp"

namespace pygraph::exec {
namespace {

constexpr std::size_t kMaxPlans = 4096;

struct Cache {
  std::mutex mutex;
  std::unordered_map<std::string, std::shared_ptr<PlannedRun>> plans;
};

Cache& cache() {
  static auto* instance = new Cache;
  return *instance;
}

void append_type(std::string& key, DType dtype, const Shape& shape) {
  ops::append_value(key, dtype);
  ops::append_value(key, static_cast<std::uint8_t>(shape.rank()));
  ops::append_bytes(key, shape.begin(),
                    static_cast<std::size_t>(shape.rank()) * sizeof(std::int64_t));
}

std::string key_of(const ops::OpRow& op, std::span<const ir::Attribute> attributes,
                   std::span<const Tensor> inputs, const Variable* variable) {
  std::string key;
  ops::append_value(key, op.code);
  for (const ir::Attribute& attribute : attributes) ops::append_attribute(key, attribute);
  if (variable != nullptr) append_type(key, variable->dtype(), variable->shape());
  for (const Tensor& input : inputs) append_type(key, input.dtype(), input.shape());
  return key;
}

// The graph of one node. The inputs have the dtypes that the op demands already.
ir::Module one_node(const ops::OpRow& op, std::span<const ir::Attribute> attributes,
                    std::span<const Tensor> inputs, const Variable* variable) {
  ir::Module module;
  ir::Function& function = module.functions.emplace_back();
  if (variable != nullptr)
    function.types.push_back({ir::Kind::variable, variable->dtype(), variable->shape()});
  for (const Tensor& input : inputs)
    function.types.push_back({ir::Kind::tensor, input.dtype(), input.shape()});
  function.parameter_names.resize(function.types.size());
  std::vector<ir::ValueId> ids(function.types.size());
  std::iota(ids.begin(), ids.end(), ir::ValueId{0});
  const std::vector<ir::Type> outputs = ops::infer({.op = &op,
                                                    .inputs = function.types,
                                                    .attributes = attributes,
                                                    .values = {},
                                                    .constants = {},
                                                    .subgraphs = {},
                                                    .symbol_count = &module.symbol_count});
  ir::Node& node = function.append(op.code, ids, attributes, {}, kNoLocation);
  node.output_count = static_cast<std::uint32_t>(outputs.size());
  for (std::uint32_t i = 0; i < node.output_count; ++i)
    function.results.push_back(node.first_output + i);
  function.types.insert(function.types.end(), outputs.begin(), outputs.end());
  return module;
}

}  // namespace

std::shared_ptr<PlannedRun> eager_plan(const ops::OpRow& op,
                                       std::span<const ir::Attribute> attributes,
                                       std::span<const Tensor> inputs, const Variable* variable) {
  std::string key = key_of(op, attributes, inputs, variable);
  Cache& plans = cache();
  {
    const std::lock_guard lock(plans.mutex);
    const auto found = plans.plans.find(key);
    if (found != plans.plans.end()) return found->second;
  }
  const passes::Options options = passes::Options::from_environment();
  auto made = std::make_shared<PlannedRun>(
      plan::build(one_node(op, attributes, inputs, variable), options));
  const std::lock_guard lock(plans.mutex);
  if (plans.plans.size() >= kMaxPlans) plans.plans.clear();
  return plans.plans.emplace(std::move(key), std::move(made)).first->second;
}

void clear_eager_plans() {
  const std::lock_guard lock(cache().mutex);
  cache().plans.clear();
}

}  // namespace pygraph::exec
