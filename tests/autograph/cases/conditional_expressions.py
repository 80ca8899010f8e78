"""`a if c else b` on tensors."""


# case: simple
def f(x):
    return x if x > 0 else -x


f(3)  # -> 3
f(-3)  # -> 3


# case: nested
def f(x):
    return 1 if x > 2 else 2 if x < -2 else 3


f(5)  # -> 1
f(-5)  # -> 2
f(0)  # -> 3


# case: in_the_condition
def f(x):
    return 10 if (x > 0 if x != 3 else x < 0) else 20


f(3)  # -> 20
f(4)  # -> 10


# case: only_one_side_is_evaluated
def f(x):
    return 0 if x == 0 else 100 // x


f(0)  # -> 0
f(7)  # -> 14


# case: of_tuples
def f(a, b):
    a, b = (a, b) if a < b else (b, a)
    return a, b


f(1, 2)  # -> (1, 2)
f(2, 1)  # -> (1, 2)


# case: as_an_argument
def f(x):
    def g(v, *, scale):
        return v * scale

    return g(x if x > 0 else 0, scale=2 if x < 10 else 3)


f(5)  # -> 10
f(50)  # -> 150
f(-5)  # -> 0


# case: in_a_subscript
def f(x, i):
    return x[i if i < 3 else 2]


f([1, 2, 3], 1)  # -> 2
f([1, 2, 3], 7)  # -> 3


# case: in_a_loop_header
def f(n, up):
    total = 0
    for i in range(n if up else 2):
        total += i
    return total


f(5, True)  # -> 10
f(5, False)  # -> 1


# case: with_a_walrus
def f(x):
    y = (z := x * 2) if x > 0 else (z := x * 3)
    return y, z


f(2)  # -> (4, 4)
f(-2)  # -> (-6, -6)


# case: walrus_in_one_side_only
def f(x):
    z = 1
    y = (z := x * 2) if x > 0 else x
    return y, z


f(2)  # -> (4, 4)
f(-2)  # -> (-2, 1)


# case: in_a_lambda
def f(x):
    relu = lambda v: v if v > 0 else 0
    return relu(x) + relu(-x) * 10


f(2)  # -> 2
f(-2)  # -> 20


# case: as_a_default_value
def f(x):
    def g(v=x if x > 0 else 1):
        return v + 1

    return g()


f(5)  # -> 6
f(-5)  # -> 2


# case: returned_functions_stay_python
def f(x, wide):
    g = (lambda v: v * 100) if wide else (lambda v: v)
    return g(x)


f(5, static(True))  # -> 500
f(5, static(False))  # -> 5


# case: mixed_with_none_on_a_python_condition
def f(x, flag):
    y = x if flag else None
    return y


f(5, static(True))  # -> 5
f(5, static(False))  # -> None


# case: arithmetic_around_it
def f(x, y):
    return 1 + (x if x > y else y) * (2 if x == y else 3)


f(3, 4)  # -> 13
f(4, 4)  # -> 9


# case: float_and_int_sides
def f(x):
    return x if x > 1 else 0


f(2.5)  # -> 2.5
f(7)  # -> 7


# case: chained_through_variables
def f(a, b, c):
    m = a if a > b else b
    m = m if m > c else c
    return m


f(1, 2, 3)  # -> 3
f(3, 2, 1)  # -> 3
f(1, 3, 2)  # -> 3
