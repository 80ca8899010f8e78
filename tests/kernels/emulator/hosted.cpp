// compare.cpp as a program of an operating system.
#include <cstdio>

extern "C" {
int compare_all();
void put(char character) { std::putchar(character); }
}

int main() { return compare_all(); }
