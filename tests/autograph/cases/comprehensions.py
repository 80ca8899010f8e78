"""Comprehensions: over Python values as in Python, over tensors staged."""

import pygraph as pg


# case: python_range
def f(x):
    return [x * k for k in range(3)]


f(2)  # -> [0, 2, 4]


# case: with_a_python_condition
def f(x):
    return [x * k for k in range(6) if k % 2 == 1]


f(2)  # -> [2, 6, 10]


# case: with_a_conditional_expression
def f(x):
    return [k if x > k else -k for k in range(4)]


f(2)  # -> [0, 1, -2, -3]


# case: nested
def f(x):
    return [[x * i + j for j in range(2)] for i in range(2)]


f(2)  # -> [[0, 1], [2, 3]]


# case: two_loops
def f(x):
    return [x * i + j for i in range(2) for j in range(i + 1)]


f(2)  # -> [0, 2, 3]


# case: dict_comprehension
def f(x):
    return {name: x * len(name) for name in ("a", "bb")}


f(2)  # -> {'a': 2, 'bb': 4}


# case: sum_of_a_generator
def f(x):
    return sum(x * k for k in range(4))


f(2)  # -> 12


# case: sum_of_a_comprehension_with_logic
def f(x):
    return sum([k for k in range(5) if k != 2]) + sum(1 if x > k else 0 for k in range(5))


f(3)  # -> 11


# case: over_arguments
def f(values):
    return [v + 1 if v > 1 else v for v in values]


f((1, 2, 3))  # -> [1, 3, 4]


# case: over_a_zip
def f(a, b):
    return [x * y for x, y in zip((a, b), (10, 100))]


f(1, 2)  # -> [10, 200]


# case: calls_a_function
def g(v):
    total = 0
    for i in range(v):
        total += i
    return total


def f(x):
    return [g(x + k) for k in range(3)]


f(3)  # -> [3, 6, 10]


# case: in_a_loop
def f(n):
    total = 0
    for i in range(n):
        parts = [i * k for k in (1, 10)]
        total += parts[0] + parts[1]
    return total


f(4)  # -> 66


# case: shadows_a_variable
def f(x):
    k = 100
    items = [k * x for k in range(3)]
    return items, k


f(2)  # -> ([0, 2, 4], 100)


# case: closure
def f(x):
    functions = [lambda v, k=k: v * k for k in range(3)]
    return [g(x) for g in functions]


f(2)  # -> [0, 2, 4]


# case: stacked
def f(x):
    return pg.stack([pg.asarray(x) * k for k in range(3)])


f(2)  # -> [0, 2, 4]


# case: set_of_python_values
def f(x):
    kinds = {k % 2 for k in range(5)}
    return x * len(kinds)


f(2)  # -> 4


# case: max_of_a_comprehension
def f(x):
    return max([x * k for k in (-1, 1)])


f(2)  # -> 2
f(-3)  # -> 3


# case: over_a_tensor
def f(x):
    return [v * 2 for v in x]


f([1, 2, 3])  # -> [2, 4, 6]


# case: over_a_tensor_range
def f(n):
    return [i * i for i in range(n)]


f(4)  # -> [0, 1, 4, 9]
f(0)  # -> []


# case: over_a_tensor_with_a_condition
def f(x):
    return [v for v in x if v > 1]


f([1, 2, 3])  # -> [2, 3]


# case: sum_over_a_tensor_generator
def f(x):
    return sum(v * v for v in x)


f([1, 2, 3])  # -> 14


# case: walrus_where_items_decide
def f(x):
    found = 0
    if any((found := v) > 2 for v in x):
        return found
    return -1


f([1, 5, 3])  # -> 5
# staged raises TypeError: Write a `for` loop


# case: walrus_over_known_items
def f(a, b):
    total = sum((last := v) * 2 for v in (a, b))
    return total, last


f(1, 5)  # -> (12, 5)


# case: walrus
def f(x):
    doubled = [y for v in x if (y := v * 2) > 2]
    return doubled, y


f([1.0, 3.0, 2.0])  # -> ([6.0, 4.0], 4.0)


# case: walrus_in_a_sum
def f(x, n):
    v = 100
    total = sum(last := v * i for v in x for i in range(n))
    return total + v, last


f([1.0, 3.0, 2.0], 3)  # -> (118.0, 4.0)


# case: walrus_returned
def f(x):
    return [w + 1 for v in x if (w := v - 1) > 0]


f([1.0, 3.0, 2.0])  # -> [3.0, 2.0]
f([0.0])  # -> []
