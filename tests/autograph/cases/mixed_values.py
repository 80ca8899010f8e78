"""One function, some values Python's and some tensors: what Python decides is not staged."""

import numpy as np

import pygraph as pg


# case: python_bound_tensor_body
def f(x, n):
    for i in range(n):
        if x > i:
            x = x - 1
    return x


f(5, static(3))  # -> 2
f(5, 3)  # -> 2


# case: tensor_bound_python_flag
def f(n, verbose):
    total = 0
    for i in range(n):
        if verbose:
            total += i
        else:
            total -= i
    return total


f(4, static(True))  # -> 6
f(4, static(False))  # -> -6
f(4, True)  # -> 6


# case: python_list_as_program
def f(x, program):
    for op, k in program:
        if op == "add":
            x = x + k
        elif op == "mul" and x > 0:
            x = x * k
    return x


f(3, static([("add", 2), ("mul", 3)]))  # -> 15
f(-3, static([("add", 2), ("mul", 3)]))  # -> -1


# case: python_loop_in_a_tensor_loop
def f(n, weights):
    total = 0
    for i in range(n):
        for w in weights:
            if i % 2 == 0:
                total += w
    return total


f(4, static((1, 10)))  # -> 22


# case: tensor_loop_in_a_python_loop
def f(x, sizes):
    for size in sizes:
        i = 0
        while i < x:
            i += size
        x = i
    return x


f(7, static((2, 5)))  # -> 10


# case: dict_of_python_and_tensors
def f(config):
    x = config["x"]
    if config["square"]:
        x = x * x
    if x > config["limit"]:
        x = config["limit"]
    return x


f({"x": 5, "square": static(True), "limit": static(20)})  # -> 20
f({"x": 5, "square": static(False), "limit": static(20)})  # -> 5
f({"x": 5, "square": static(True), "limit": 20})  # -> 20


# case: function_argument
def square(v):
    return v * v if v > 1 else 100


def f(x, g):
    total = 0
    while x > 0:
        total += g(x)
        x -= 1
    return total


f(3, square)  # -> 113


# case: none_argument
def f(x, bias):
    y = x * 2
    if bias is not None:
        y = y + bias
    return y


f(3, None)  # -> 6
f(3, 4)  # -> 10


# case: text_argument
def f(x, activation):
    if activation == "relu":
        return x if x > 0 else 0
    if activation == "abs":
        return abs(x)
    raise ValueError(f"unknown activation {activation}")


f(-3, "relu")  # -> 0
f(-3, "abs")  # -> 3
f(-3, "tanh")  # raises ValueError: unknown activation tanh


# case: static_shape_decides
def f(x):
    if x.shape[0] > 2:
        y = x[:2]
    else:
        y = x
    return y * 2


f([1, 2, 3])  # -> [2, 4]
f([1, 2])  # -> [2, 4]


# case: ndim_decides
def f(x):
    if x.ndim == 1:
        return pg.sum(x)
    return pg.sum(x, axis=0)


f([1, 2, 3])  # -> 6
f([[1, 2], [3, 4]])  # -> [4, 6]


# case: numpy_constants
TABLE = np.array([1, 10, 100])


def f(x):
    total = 0
    for i in range(3):
        if x > i:
            total += int(TABLE[i])
    return total


f(2)  # -> 11


# case: numpy_constant_indexed_by_python
def f(x, k):
    return x * np.array([1.5, 2.5])[k]


f(2.0, static(1))  # -> 5.0


# case: captured_tensor
WEIGHT = pg.asarray([1, 2, 3])


def f(i):
    return WEIGHT[i] * 10 if i < 3 else 0


f(1)  # -> 20
f(7)  # -> 0


# case: captured_tensor_in_a_condition
LIMIT = pg.asarray(5)


def f(x):
    while x < LIMIT:
        x += 2
    return x


f(0)  # -> 6


# case: tensor_only_loop_without_arguments
def f():
    total = 0
    for i in pg.range(5):
        if i % 2 == 1:
            continue
        total += i
    return total


f()  # -> 6


# case: python_numbers_only
def f(n):
    total = 0
    for i in range(n):
        if i % 2 == 1:
            continue
        total += i
    return total


f(static(5))  # -> 6


# case: early_python_return
def f(x, n):
    if n == 0:
        return x
    for i in range(n):
        x = x * 2
    return x


f(3, static(0))  # -> 3
f(3, static(2))  # -> 12


# case: recursion_over_python_structure
def total_of(tree):
    if isinstance(tree, tuple):
        total = 0
        for branch in tree:
            total += total_of(branch)
        return total
    return tree if tree > 0 else 0


def f(tree):
    return total_of(tree)


f((1, (2, -5), ((3,), 4)))  # -> 10


# case: python_state_beside_tensor_state
def f(x):
    names = []
    count = 0
    for name in ("a", "b", "c"):
        if x > count:
            x = x - 1
        count += 1
        names.append(name)
    return x, count, names


f(2)  # -> (1, 3, ['a', 'b', 'c'])


# case: weak_number_with_float32
def f(x):
    y = x * 2 + 1
    if y > 3:
        y = y / 2
    return y


f(pg.asarray(1.5, dtype=pg.float32))  # -> 2.0
f(pg.asarray(0.5, dtype=pg.float32))  # -> 2.0


# case: int32_state
def f(x, n):
    for _ in range(n):
        x = x * 2 + 1
    return x


f(pg.asarray(3, dtype=pg.int32), 4)  # -> 63


# case: optional_keyword
def f(x, *, limit=None, scale=1):
    y = x * scale
    if limit is not None and y > limit:
        y = limit
    return y


f(7)  # -> 7
f(7, limit=static(5))  # -> 5
f(7, limit=5, scale=2)  # -> 5


# case: range_of_mixed_bounds
def f(n, start):
    total = 0
    for i in range(start, n, 2):
        total += i
    return total


f(9, static(1))  # -> 16
f(9, 1)  # -> 16


# case: condition_of_tensor_and_python_values
def f(x, enabled, limit):
    steps = 0
    while enabled and x < limit and steps < 3:
        x = x * 2
        steps += 1
    return x, steps


f(1, static(True), static(100))  # -> (8, 3)
f(1, static(False), static(100))  # -> (1, 0)
f(1, True, 100)  # -> (8, 3)
