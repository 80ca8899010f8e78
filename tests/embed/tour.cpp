// What a C++ program can do with saved graphs; test_embed.py checks every line that this prints.
#include <array>
#include <cstdint>
#include <exception>
#include <iomanip>
#include <iostream>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <pygraph/pygraph.hpp>

namespace {

using pygraph::Program;
using pygraph::ProgramError;
using pygraph::Tensor;

template <class T>
void show(const std::string& name, const Tensor& tensor) {
  std::cout << name << ":" << std::setprecision(17);
  for (std::int64_t dim : tensor.shape()) std::cout << " [" << dim << "]";
  for (T element : tensor.elements<T>()) std::cout << " " << element;
  std::cout << "\n";
}

template <class Action>
void show_error(const std::string& name, Action action) {
  try {
    action();
    std::cout << name << ": no error\n";
  } catch (const ProgramError& error) {
    std::cout << name << ": " << error.status() << " " << error.what() << "\n";
  }
}

// One graph for float64 matrices of any size, another for an int32 vector of three.
void arrays(const std::string& folder) {
  const auto program = Program::load(folder + "/shrink.pgraph");
  std::cout << "graphs: " << program.graph_count() << "\n";
  const auto matrix = Tensor::from<double>({1, 2, 3, 4, 50, 6}, {2, 3});
  const auto limit = Tensor::scalar(4.0);
  const auto shrunk = program.run({matrix, limit});
  std::cout << "results: " << shrunk.size() << "\n";
  show<double>("matrix", shrunk[0]);
  show<std::int64_t>("rounds", shrunk[1]);
  show<double>("wide", program.run({Tensor::from<double>({8}, {1, 1}), limit})[0]);
  show<double>("empty", program.run({Tensor::from<double>({}, {0, 3}), limit})[0]);
  show<std::int32_t>("vector", program.run({Tensor::from<std::int32_t>({9, 1, 2}, {3}),
                                            Tensor::scalar<std::int32_t>(4)})[0]);
  show_error("no such graph", [&] { program.run({Tensor::from<float>({1, 2}, {2}), limit}); });
  show_error("too few inputs", [&] { program.run({matrix}); });
}

void booleans(const std::string& folder) {
  const auto program = Program::load(folder + "/choose.pgraph");
  const std::array<bool, 3> flags = {true, false, true};
  const auto flag = Tensor::from(std::span<const bool>(flags), std::array<std::int64_t, 1>{3});
  show<bool>("inverted", program.run({flag, Tensor::scalar(true)})[0]);
  show<bool>("kept", program.run({flag, Tensor::scalar(false)})[0]);
}

void faults(const std::string& folder) {
  const auto quotient = Program::load(folder + "/quotient.pgraph");
  const auto seven = Tensor::scalar<std::int64_t>(7);
  show<std::int64_t>("quotient", quotient.run({seven, Tensor::scalar<std::int64_t>(2)})[0]);
  show_error("zero", [&] { quotient.run({seven, Tensor::scalar<std::int64_t>(0)}); });
  show<std::int64_t>("after", quotient.run({seven, Tensor::scalar<std::int64_t>(-2)})[0]);
  const auto pick = Program::load(folder + "/pick.pgraph");
  const auto data = Tensor::from<double>({1, 2, 3}, {3});
  show_error("index", [&] { pick.run({data, Tensor::scalar<std::int64_t>(3)}); });
  const auto unset = Program::load(folder + "/unset.pgraph");
  show<double>("set", unset.run({Tensor::scalar(1.0)})[0]);
  show_error("unset", [&] { unset.run({Tensor::scalar(-1.0)}); });
}

void effects(const std::string& folder) {
  const auto checked = Program::load(folder + "/checked.pgraph");
  const auto data = Tensor::from<double>({1, 0.1}, {2});
  checked.run({data, Tensor::scalar<std::int64_t>(3)});
  show_error("failed", [&] { checked.run({data, Tensor::scalar<std::int64_t>(-1)}); });
  show_error("raised", [&] { checked.run({data, Tensor::scalar<std::int64_t>(9)}); });
}

void recursion(const std::string& folder) {
  const auto program = Program::load(folder + "/fibonacci.pgraph");
  show<std::int64_t>("fibonacci", program.run({Tensor::scalar<std::int64_t>(20)})[0]);
  const auto summed = Program::load(folder + "/summed.pgraph");
  show<double>("summed", summed.run({Tensor::from<double>({1, 2, 3, 4, 5}, {5})})[0]);
  show_error("too deep", [&] { program.run({Tensor::scalar<std::int64_t>(5000)}); });
}

void wrong_use(const std::string& folder) {
  show_error("no file", [&] { Program::load(folder + "/nowhere.pgraph"); });
  show_error("no program", [&] { Program::load(folder + "/text.pgraph"); });
  show_error("cut program", [&] { Program::load(folder + "/cut.pgraph"); });
  show_error("count", [] { Tensor::from<double>({1, 2, 3}, {2, 2}); });
  show_error("negative", [] { Tensor::from<double>({}, {-1, 0}); });
  show_error("rank", [] {
    Tensor::from<double>({1}, std::initializer_list<std::int64_t>{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
                                                                  1, 1, 1, 1, 1, 1});
  });
  show_error("dtype", [] { Tensor::scalar(1.0).elements<float>(); });
  show_error("item", [] { Tensor::from<double>({1, 2}, {2}).item<double>(); });
}

// One program serves several threads at once.
void threads(const std::string& folder) {
  const auto program = Program::load(folder + "/sum_squares.pgraph");
  constexpr std::int64_t kRuns = 50;
  std::array<std::int64_t, 4> wrong{};
  std::vector<std::thread> workers;
  for (std::size_t worker = 0; worker < wrong.size(); ++worker) {
    workers.emplace_back([&, worker] {
      for (std::int64_t i = 0; i < kRuns; ++i) {
        const std::int64_t n = 100 * i + static_cast<std::int64_t>(worker);
        const auto total = program.run({Tensor::scalar(n)})[0].item<std::int64_t>();
        if (total != n * (n + 1) * (2 * n + 1) / 6) ++wrong[worker];
      }
    });
  }
  for (std::thread& worker : workers) worker.join();
  for (std::int64_t count : wrong) std::cout << "wrong: " << count << "\n";
}

// The program holds its variables; its graphs and the host read and assign them.
void variables(const std::string& folder) {
  const auto program = Program::load(folder + "/count.pgraph");
  for (const std::string& name : program.variable_names())
    std::cout << "variable: " << name << "\n";
  show<double>("initial", program.read_variable("total"));
  program.run({Tensor::from<double>({1, 2}, {2})});
  show<double>("total", program.run({Tensor::from<double>({1, 2}, {2})})[0]);
  program.assign_variable("total", Tensor::from<double>({0, -1}, {2}));
  program.run({Tensor::from<double>({1, 1}, {2})});
  show<double>("assigned", program.read_variable("total"));
  show<std::int64_t>("calls", program.read_variable("calls"));
  show<double>("other", Program::load(folder + "/count.pgraph").read_variable("total"));
  show_error("no variable", [&] { program.read_variable("sum"); });
  show_error("wrong value", [&] { program.assign_variable("total", Tensor::scalar(1.0)); });

  std::vector<std::thread> workers;
  for (int worker = 0; worker < 4; ++worker) {
    workers.emplace_back([&program] {
      for (int i = 0; i < 250; ++i) program.run({Tensor::from<double>({1, 1}, {2})});
    });
  }
  for (std::thread& worker : workers) worker.join();
  show<double>("after threads", program.read_variable("total"));
}

// What runs take while a profile is recorded, and only then.
void profile(const std::string& folder) {
  const auto program = Program::load(folder + "/shrink.pgraph");
  const auto x = Tensor::from<std::int32_t>({9, 4, 30}, {3});
  program.run({x, Tensor::scalar(5)});
  pygraph::Profile recorded;
  for (int i = 0; i < 3; ++i) program.run({x, Tensor::scalar(5)});
  const auto rows = recorded.stop();
  program.run({x, Tensor::scalar(5)});
  std::int64_t inside = 0;
  bool has_lines = true;
  for (const auto& row : rows) {
    if (row.is_run) continue;
    inside += row.nanoseconds;
    has_lines = has_lines && row.lines.find("test_embed.py:") != std::string::npos;
  }
  std::cout << "profiled: " << rows[0].name << " " << rows[0].calls << "\n"
            << "operations: " << (rows.size() > 1) << (inside > 0)
            << (inside <= rows[0].nanoseconds) << has_lines << "\n"
            << "stopped: " << (recorded.stop()[0].calls == 3) << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  try {
    arrays(argv[1]);
    booleans(argv[1]);
    faults(argv[1]);
    effects(argv[1]);
    recursion(argv[1]);
    wrong_use(argv[1]);
    threads(argv[1]);
    variables(argv[1]);
    profile(argv[1]);
  } catch (const std::exception& error) {
    std::cout << "unexpected: " << error.what() << "\n";
    return 1;
  }
}
