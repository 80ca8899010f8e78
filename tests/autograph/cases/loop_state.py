"""What loops carry: numbers that take their dtype from the body, and structures of tensors."""

import pygraph as pg


# case: int_becomes_float
def f(x, n):
    total = 0
    for _ in range(n):
        total += x
    return total


f(1.5, 3)  # -> 4.5
f(2, 3)  # -> 6


# case: int_becomes_float_by_division
def f(n):
    x = 1
    for i in range(n):
        x = x / 2
    return x


f(3)  # -> 0.125


# case: product_of_floats
def f(n):
    p = 1
    for i in range(n):
        p *= 0.5
    return p


f(3)  # -> 0.125


# case: number_and_array
def f(x, n):
    total = 0
    for i in range(n):
        total = total + x
    return total


f([1.0, 2.0], 3)
# -> [3.0, 6.0]
# staged raises ValueError: 'total'


# case: float32_stays
def f(x, n):
    total = 0
    scale = 0.5
    for _ in range(n):
        total += x * scale
        scale = scale * 2
    return total


f(pg.asarray(1.5, dtype=pg.float32), 3)  # -> 5.25


# case: bool_state
def f(n):
    flip = False
    for i in range(n):
        flip = not flip
    return flip


f(3)  # -> True
f(4)  # -> False


# case: bool_from_comparison
def f(n):
    big = False
    for i in range(n):
        big = i > 2
    return big


f(3)  # -> False
f(4)  # -> True


# case: tuple_state
def f(n):
    pair = (0, 1)
    for _ in range(n):
        pair = (pair[1], pair[0] + pair[1])
    return pair


f(10)  # -> (55, 89)
f(0)  # -> (0, 1)


# case: list_state
def f(n):
    items = [0, 1, 2]
    for i in range(n):
        items = [items[1], items[2], items[0] + i]
    return items


f(5)  # -> [4, 3, 6]


# case: dict_state
def f(n):
    d = {"a": 0, "b": 1}
    while d["a"] < n:
        d = {"a": d["a"] + d["b"], "b": d["b"] + 1}
    return d


f(10)  # -> {'a': 10, 'b': 5}
f(0)  # -> {'a': 0, 'b': 1}


# case: nested_state
def f(n):
    state = {"a": [0, 1.0], "b": (n, {"c": n * 2})}
    while state["b"][0] > 0:
        a, b = state["a"], state["b"]
        state = {"b": (b[0] - 1, {"c": b[1]["c"] + a[0]}), "a": [a[0] + 1, a[1] * 2]}
    return state


f(3)  # -> {'b': (0, {'c': 9}), 'a': [3, 8.0]}
f(0)  # -> {'a': [0, 1.0], 'b': (0, {'c': 0})}


# case: dict_of_lists_of_arrays
def f(x, n):
    state = {"rows": [x, x * 2], "step": 0}
    for i in range(n):
        first, second = state["rows"]
        state = {"rows": [second, first + second], "step": state["step"] + 1}
    return state


f([1, 2], 3)  # -> {'rows': [[5, 10], [8, 16]], 'step': 3}


# case: empty_structures
def f(n):
    nothing = ()
    table = {}
    total = 0
    for i in range(n):
        nothing = ()
        total += i
    return nothing, table, total


f(4)  # -> ((), {}, 6)


# case: python_constant_beside
def f(n):
    name = "sum"
    total = 0
    for i in range(n):
        total += i
        name = "sum"
    return name, total


f(4)  # -> ('sum', 6)


# case: text_that_changes
def f(n):
    name = ""
    for i in range(n):
        name = name + "x"
    return name


f(4)  # staged raises TypeError: 'name'


# case: tuple_unpacked_in_the_body
def f(n):
    a, (b, c) = 1, (2, 3)
    for _ in range(n):
        a, (b, c) = b, (c, a)
    return a, b, c


f(1)  # -> (2, 3, 1)
f(3)  # -> (1, 2, 3)


# case: star_unpacked_in_the_body
def f(n):
    items = (1, 2, 3)
    for _ in range(n):
        first, *rest = items
        items = (*rest, first)
    return items


f(1)  # -> (2, 3, 1)
f(5)  # -> (3, 1, 2)


# case: length_that_changes
def f(n):
    items = (0,)
    for i in range(n):
        items = (*items, i)
    return items


f(3)  # -> (0, 0, 1, 2)


# case: keys_that_change
def f(n):
    d = {"a": 0}
    for i in range(n):
        d = {"b": i}
    return d


f(3)  # staged raises TypeError: 'd'


# case: weak_number_through_a_branch
def f(n):
    best = 0
    for i in range(n):
        value = i * 0.5
        if value > best:
            best = value
    return best


f(4)  # -> 1.5


# case: number_from_an_inner_loop
def f(n):
    total = 0
    for i in range(n):
        part = 0
        for j in range(i):
            part += j / 2
        total += part
    return total


f(4)  # -> 2.0


# case: swapped_numbers_of_unlike_kind
def f(n):
    a, b = 0, 1.5
    for _ in range(n):
        a, b = b, a
    return a, b


f(2)
# -> (0, 1.5)
# staged -> (0.0, 1.5)


# case: integer_division_keeps_integers
def f(n):
    steps = 0
    while n > 0:
        n //= 10
        steps += 1
    return steps, n


f(12345)  # -> (5, 0)


# case: true_division_of_an_argument
def f(n):
    while n > 1:
        n /= 2
    return n


f(20.0)  # -> 0.625
f(20)  # staged raises TypeError: 'n'


# case: dtype_of_the_first_iteration
def f(x, n):
    y = x
    for i in range(n):
        y = y * 2.5
    return y


f(1.0, 2)  # -> 6.25
f(1, 2)  # staged raises TypeError: 'y'


# case: array_grows
def f(n):
    x = pg.asarray([0])
    for i in range(n):
        x = pg.concat([x, pg.asarray([1]) * i])
    return x


f(3)  # -> [0, 0, 1, 2]
f(0)  # -> [0]


# case: array_shrinks
def f(x):
    total = 0
    while x.shape[0] > 0:
        total = total * 10 + x[0]
        x = x[1:]
    return total


f([1, 2, 3])  # -> 123


# case: rank_that_changes
def f(x, n):
    for i in range(n):
        x = x[None]
    return x


f([1, 2], 2)
# -> [[[1, 2]]]
# staged raises ValueError: 'x'


# case: several_loops_share_a_number
def f(n):
    count = 0
    for i in range(n):
        count += 1
    for i in range(n):
        count += 0.5
    return count


f(4)  # -> 6.0


# case: state_from_another_function
def start():
    return {"total": 0, "n": 0}


def step(state, i):
    if i % 2 == 0:
        return {"total": state["total"] + i, "n": state["n"] + 1}
    return state


def f(n):
    state = start()
    for i in range(n):
        state = step(state, i)
    return state


f(7)  # -> {'total': 12, 'n': 4}


# case: accumulate_arrays
def f(x, n):
    total = pg.zeros_like(x)
    for i in range(n):
        total += x * i
    return total


f([1.0, 2.0], 4)  # -> [6.0, 12.0]


# case: matrix_power
def f(a, n):
    result = pg.eye(2)
    for _ in range(n):
        result = result @ a
    return result


f([[1.0, 1.0], [1.0, 0.0]], 10)  # -> [[89.0, 55.0], [55.0, 34.0]]


# case: argument_is_a_structure
def f(state, n):
    for i in range(n):
        state = (state[0] + state[1]["k"], {"k": state[1]["k"] * 2})
    return state


f((1, {"k": 2}), 3)  # -> (15, {'k': 16})


# case: unused_state
def f(n):
    unused = 5
    total = 0
    for i in range(n):
        unused = i
        total += 1
    return total


f(4)  # -> 4


# case: state_only_read_in_a_condition
def f(n):
    armed = False
    total = 0
    for i in range(n):
        if armed:
            total += i
        armed = i % 2 == 0
    return total


f(6)  # -> 9


# case: number_that_divides_from_the_second_trace_on
def f(x):
    s = 0
    w = 1
    for v in x:
        s = s + w * v
        w = w / 2
    return s, w


f([1, 2, 3])  # -> (2.75, 0.125)
f([1.5, 2.5])  # -> (2.75, 0.25)


# case: numbers_that_settle_one_after_the_other
def f(x):
    a = [0.0] * 7
    for v in x:
        for k in (6, 5, 4, 3, 2, 1):
            a[k] = a[k - 1] * 1
        a[0] = v
    return a


f([1, 2, 3])  # -> [3, 2, 1, 0.0, 0.0, 0.0, 0.0]
# staged -> [3.0, 2.0, 1.0, 0.0, 0.0, 0.0, 0.0]
f([0.5, 1.5])  # -> [1.5, 0.5, 0.0, 0.0, 0.0, 0.0, 0.0]


# case: best_of_integers_from_infinity
def f(xs):
    best = float("inf")
    arg = -1
    for i, x in enumerate(xs):
        if x < best:
            best = x
            arg = i
    return best, arg


f([5, 2, 3])  # -> (2, 1)
# staged -> (2.0, 1)
f([5.5, 2.5])  # -> (2.5, 1)


# case: number_of_an_inner_loop_settles_with_the_outer_one
def f(x, n):
    s = 0
    w = 1
    for i in range(n):
        for v in x:
            if v > i:
                s = s + w * v
        w = w / 2
    return s, w


f([1, 2, 3], 3)  # -> (9.25, 0.125)


# case: number_in_an_attribute_settles
class Bag:
    pass


def f(n):
    o = Bag()
    o.s = 0
    o.w = 1
    for i in range(n):
        o.s = o.s + o.w * i
        o.w = o.w / 2
    return o.s, o.w


f(5)  # -> (1.625, 0.03125)


# case: running_mean_from_zero
def f(n):
    mean = 0
    for i in range(n):
        mean = mean + (i - mean) / (i + 1)
    return mean


f(4)  # -> 1.5


# case: pair_of_numbers_settles
def f(n):
    t = (0, 1)
    while n > 0:
        a, b = t
        t = (a + b * n, b / 2)
        n -= 1
    return t


f(3)  # -> (4.25, 0.125)
