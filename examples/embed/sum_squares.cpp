// Runs a graph that Python saved (examples/sum_squares.py), in a program without Python.
//
//   g++ -std=c++20 sum_squares.cpp $(python -m pygraph config) -o sum_squares
//   ./sum_squares sum_squares.pgraph 10
#include <cstdint>
#include <iostream>
#include <string>

#include <pygraph/pygraph.hpp>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: sum_squares FILE N\n";
    return 2;
  }
  try {
    const auto program = pygraph::Program::load(argv[1]);
    const auto total = program.run({pygraph::Tensor::scalar<std::int64_t>(std::stoll(argv[2]))});
    std::cout << total[0].item<std::int64_t>() << "\n";
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
}
