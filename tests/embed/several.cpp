// A file with several functions, which share its variables; test_embed.py checks each line.
#include <iostream>
#include <optional>
#include <string>

#include <pygraph/pygraph.hpp>

namespace {

using pygraph::Program;
using pygraph::ProgramError;
using pygraph::Tensor;

double first(const std::vector<Tensor>& results) { return results[0].item<double>(); }

template <class Action>
void show_error(const std::string& name, Action action) {
  try {
    action();
    std::cout << name << ": unexpected\n";
  } catch (const ProgramError& error) {
    std::cout << name << ": " << error.status() << " " << error.what() << "\n";
  }
}

}  // namespace

// Arguments: a file with the functions `add` and `show`, and one with a single function.
int main(int argc, char** argv) {
  if (argc != 3) return 2;
  std::optional<Program> both = Program::load(argv[1]);
  std::cout << "names:";
  for (const std::string& name : both->function_names()) std::cout << " " << name;
  std::cout << "\ngraphs: " << both->graph_count() << "\n";
  const Program add = both->function("add");
  const Program show = both->function("show");
  std::cout << "graphs of add: " << add.graph_count() << "\n";
  std::cout << "name of add: " << add.function_names()[0] << "\n";
  add.run({Tensor::scalar(2.5)});
  std::cout << "shown: " << first(show.run({})) << "\n";
  both->assign_variable("total", Tensor::scalar(7.0));
  show_error("unknown", [&] { both->function("train"); });
  show_error("of another", [&] { add.function("show"); });
  show_error("not chosen", [&] { both->run({}); });
  show_error("other inputs", [&] { show.run({Tensor::scalar(2.5)}); });
  both.reset();
  add.run({Tensor::scalar(1.0)});
  std::cout << "after: " << first(show.run({})) << " " << add.read_variable("total").item<double>()
            << "\n";
  const Program single = Program::load(argv[2]);
  std::cout << "single: " << single.function_names().size() << " " << single.function_names()[0]
            << "\n";
  std::cout << "chosen: "
            << single.function("sum_squares").run({Tensor::scalar<std::int64_t>(3)})[0]
                   .item<std::int64_t>()
            << "\n";
}
