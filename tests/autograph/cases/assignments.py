"""Assignments: augmented, unpacking, chained, walrus, composite names."""

import pygraph as pg


# case: augmented_operators
def f(x, n):
    for i in range(n):
        x += 3
        x *= 2
        x -= 1
        x //= 3
        x %= 50
    return x


f(7, 4)  # -> 5


# case: augmented_power_and_division
def f(x, n):
    for i in range(n):
        x **= 2
        x /= 4
    return x


f(6.0, 2)  # -> 20.25


# case: augmented_bits
def f(x, n):
    for i in range(n):
        x |= 8
        x &= 13
        x ^= 5
        x <<= 2
        x >>= 1
    return x


f(7, 3)  # -> 26


# case: chained
def f(x):
    a = b = c = x + 1
    if x > 0:
        a = b = 0
    return a, b, c


f(3)  # -> (0, 0, 4)
f(-3)  # -> (-2, -2, -2)


# case: unpacking
def f(x):
    (a, b), c = (x, 2), 3
    [d, e] = [a, c]
    if x > 0:
        a, (b, c) = c, (a, b)
    return a, b, c, d, e


f(3)  # -> (3, 3, 2, 3, 3)
f(-3)  # -> (-3, 2, 3, -3, 3)


# case: star_unpacking
def f(x):
    first, *middle, last = x, 2, 3, 4
    if x > 0:
        first, *middle = last, 5, 6
    else:
        first, *middle = 0, 8, 9
    return first, middle, last


f(3)  # -> (4, [5, 6], 4)
f(-3)  # -> (0, [8, 9], 4)


# case: unpacking_a_tensor
def f(x):
    a, b = x
    return a * 10 + b


f([1, 2])  # -> 12


# case: unpacking_a_shape
def f(x):
    rows, columns = x.shape
    return rows * 10 + columns


f([[1, 2, 3], [4, 5, 6]])  # -> 23


# case: unpacking_too_many
def f(x):
    a, b = x
    return a + b


f([1, 2, 3])  # raises ValueError: unpack


# case: swap
def f(a, b, n):
    for i in range(n):
        a, b = b, a + b
    return a, b


f(1, 2, 3)  # -> (5, 8)


# case: rotate_three
def f(a, b, c, n):
    while n > 0:
        a, b, c = b, c, a
        n -= 1
    return a, b, c


f(1, 2, 3, 4)  # -> (2, 3, 1)


# case: walrus_in_a_condition
def f(x):
    if (y := x * 2) > 0:
        return y
    return -y


f(3)  # -> 6
f(-3)  # -> 6


# case: walrus_in_an_argument
def f(x):
    def g(v, w):
        return v - w

    r = g((y := x + 1), y * 2)
    return r, y


f(3)  # -> (-4, 4)


# case: walrus_in_a_comprehension
def f(x):
    values = [last := x * k for k in range(3)]
    return values, last


f(3)  # -> ([0, 3, 6], 6)


# case: walrus_in_a_loop_body
def f(n):
    total = 0
    for i in range(n):
        total += (square := i * i)
    return total, square


f(4)  # -> (14, 9)


# case: walrus_in_a_subscript
def f(x, n):
    i = 0
    total = 0
    while i < n - 1:
        total += x[(i := i + 1)]
    return total


f([1, 2, 3], 3)  # -> 5


# case: walrus_in_or
def f(x):
    if (a := x - 1) > 3 or (b := x + 1) > 3:
        return a
    return a + b


f(9)  # -> 8
f(3)  # -> 2
f(0)  # -> 0


# case: walrus_that_may_be_left_out
def f(x, c):
    b = 1
    if c > 0:
        b = 5
    y = x > 3 and (b := x * 2) > 0
    return b, y


f(9, 1)  # -> (18, True)
f(1, 1)  # -> (5, False)
f(1, 0)  # -> (1, False)


# case: walrus_left_out_and_read
def f(x):
    y = 1 if x > 3 else (b := 2)
    return y + b


f(1)  # -> 4
f(9)  # raises UnboundLocalError: 'b'


# case: annotated
def f(x):
    y: int = x + 1
    z: float
    if x > 0:
        y: int = y * 2
        z = 1.5
    else:
        z = 2.5
    return y, z


f(3)  # -> (8, 1.5)
f(-3)  # -> (-2, 2.5)


# case: attribute_of_a_python_object
class Box:
    pass


def f(x, n):
    box = Box()
    box.a = x
    box.b = [x, 1]
    box.b[1] = box.a * 2
    total = 0
    for i in range(n):
        total += box.a + box.b[1]
    return total


f(2, 3)  # -> 18


# case: python_list_item
def f(x):
    items = [1, 2, 3]
    items[1] = x
    items[-1] += x
    return items


f(5)  # -> [1, 5, 8]


# case: python_dict_item
def f(x):
    d = {}
    d["a"] = x
    d["b"] = d["a"] * 2
    d["a"] += 1
    return d


f(5)  # -> {'a': 6, 'b': 10}


# case: slice_of_a_python_list
def f(x):
    items = [0, 1, 2, 3]
    items[1:3] = [x, x * 2, x * 3]
    del items[0]
    return items


f(5)  # -> [5, 10, 15, 3]


# case: reads_of_composite_names
def f(x, n):
    d = {"step": 2, "inner": {"limit": n}}
    while x < d["inner"]["limit"]:
        x += d["step"]
    return x


f(1, 10)  # -> 11


# case: item_read_by_a_tensor
def f(x, i):
    return x[i] * 10 + x[i - 1]


f([1, 2, 3], 1)  # -> 21
f([1, 2, 3], 0)  # -> 13


# case: string_building_while_tracing
def f(x):
    name = ""
    for part in ["a", "b", "c"]:
        name += part
    return x * len(name), name


f(2)  # -> (6, 'abc')


# case: order_of_evaluation
def f(x):
    log = []

    def note(name, value):
        log.append(name)
        return value

    d = {}
    d[note("key", "k")] = note("value", x)
    a, b = note("first", x), note("second", 2)
    return a + b, log


f(3)  # -> (5, ['value', 'key', 'first', 'second'])


# case: global_read_in_a_loop
SCALE = 3


def f(n):
    total = 0
    for i in range(n):
        total += i * SCALE
    return total


f(4)  # -> 18


# case: array_update_by_concatenation
def f(x, n):
    for i in range(n):
        x = pg.concat([x[1:], x[:1] + i])
    return x


f([1, 2, 3], 4)  # -> [3, 5, 4]


# case: conditional_augmented
def f(x):
    x += 1 if x > 0 else -1
    return x


f(3)  # -> 4
f(-3)  # -> -4


# case: same_name_as_index_and_value
def f(x, i):
    i = x[i]
    i = x[i]
    return i


f([2, 0, 1], 0)  # -> 1
