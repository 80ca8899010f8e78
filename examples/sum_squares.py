"""A loop whose length is data: one graph serves every int64, here and in a C++ program."""

import pygraph as pg


@pg.function
def sum_squares(n):
    s = 0
    for i in pg.range(n + 1):
        s += i**2
    return s


print(sum_squares(pg.asarray(10)))
print(sum_squares(pg.asarray(1_000_000)))
print(f"traced {sum_squares.tracing_count} time\n")

(concrete,) = sum_squares.concrete_functions
print(concrete.graph.as_text())

pg.save(sum_squares, "sum_squares.pgraph")
print("sum_squares.pgraph is what examples/embed/sum_squares.cpp loads.")
