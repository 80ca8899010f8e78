#include "exec/eager.hpp"

#include <mutex>
#include <numeric>
#include <unordered_map>

#include "ops/infer.hpp"

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

void append_bytes(std::string& key, const void* data, std::size_t bytes) {
  key.append(static_cast<const char*>(data), bytes);
}

template <class T>
void append_value(std::string& key, const T& value) {
  append_bytes(key, &value, sizeof value);
}

void append_attribute(std::string& key, const ir::Attribute& attribute) {
  key.push_back(static_cast<char>(attribute.index()));
  if (const auto* list = std::get_if<std::vector<std::int64_t>>(&attribute)) {
    append_value(key, list->size());
    append_bytes(key, list->data(), list->size() * sizeof(std::int64_t));
  } else if (const auto* text = std::get_if<std::string>(&attribute)) {
    append_value(key, text->size());
    key += *text;
  } else if (const auto* number = std::get_if<std::int64_t>(&attribute)) {
    append_value(key, *number);
  } else if (const auto* real = std::get_if<double>(&attribute)) {
    append_value(key, *real);
  } else if (const auto* flag = std::get_if<bool>(&attribute)) {
    append_value(key, *flag);
  } else {
    append_value(key, std::get<DType>(attribute));
  }
}

void append_type(std::string& key, DType dtype, const Shape& shape) {
  append_value(key, dtype);
  append_value(key, static_cast<std::uint8_t>(shape.rank()));
  append_bytes(key, shape.begin(), static_cast<std::size_t>(shape.rank()) * sizeof(std::int64_t));
}

std::string key_of(const ops::OpRow& op, std::span<const ir::Attribute> attributes,
                   std::span<const Tensor> inputs, const Variable* variable) {
  std::string key;
  append_value(key, op.code);
  for (const ir::Attribute& attribute : attributes) append_attribute(key, attribute);
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
