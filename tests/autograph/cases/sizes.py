"""Guards on sizes: what does not fit fails where it runs, and only if it runs, in program order."""

import numpy as np

import pygraph as pg


# case: guarded_by_an_early_return
def f(x, y):
    if x.shape[0] != y.shape[0]:
        return x
    return x + y


f([1.0, 1.0, 1.0], [1.0, 1.0])  # -> [1.0, 1.0, 1.0]
f([1.0, 2.0], [1.0, 1.0])  # -> [2.0, 3.0]


# case: guarded_by_a_number
def f(x, y, c):
    if c:
        return x - y
    return x


f([1.0, 2.0, 3.0], [1.0, 1.0], False)  # -> [1.0, 2.0, 3.0]
f([1.0, 2.0, 3.0], [1.0, 1.0], True)  # raises ValueError: broadcast
f([1.0, 2.0], [1.0, 1.0], True)  # -> [0.0, 1.0]


# case: an_assertion_comes_first
def f(x, y):
    assert len(x) == len(y), "mine"
    return x + y


f([1.0, 2.0, 3.0], [1.0, 2.0])  # raises AssertionError: mine
f([1.0, 2.0], [1.0, 2.0])  # -> [2.0, 4.0]


# case: an_assertion_on_elements_comes_first
def f(x, y):
    assert x[0] > 0, "not positive"
    return x * y


f([-1.0, 2.0, 3.0], [1.0, 2.0])  # raises AssertionError: not positive
f([1.0, 2.0, 3.0], [1.0, 2.0])  # raises ValueError: broadcast


# case: prints_come_first
def f(x, y):
    print("adding", x[0])
    x = x + y
    print("added", x[0])
    return x


f([1.0, 2.0, 3.0], [1.0, 2.0])
# raises ValueError: broadcast
# prints: adding 1.0
f([1.0, 2.0], [1.0, 2.0])
# -> [2.0, 4.0]
# prints: adding 1.0
# prints: added 2.0


# case: a_raise_comes_first
def f(x, y):
    if x[0] > 0:
        raise KeyError("first")
    return x + y


f([1.0, 2.0, 3.0], [1.0, 2.0])  # raises KeyError: first
f([-1.0, 2.0, 3.0], [1.0, 2.0])  # raises ValueError: broadcast
f([-1.0, 2.0], [1.0, 2.0])  # -> [0.0, 4.0]


# case: in_a_conditional_expression
def f(x, y):
    return x + y if len(x) == len(y) else y


f([1.0, 2.0, 3.0], [1.0, 2.0])  # -> [1.0, 2.0]
f([1.0, 2.0], [1.0, 2.0])  # -> [2.0, 4.0]


# case: behind_and
def f(x, y):
    if x.shape[0] == y.shape[0] and np.sum(x * y) > 0:
        return 1
    return 0


f([1.0, 2.0, 3.0], [1.0, 2.0])  # -> 0
f([1.0, 2.0], [1.0, 2.0])  # -> 1


# case: behind_and_with_elements
def f(x, y):
    return (x[0] > 0) and (np.sum(x * y) > 0)


f([-1.0, 2.0, 3.0], [1.0, 2.0])  # -> False
f([1.0, 2.0, 3.0], [1.0, 2.0])  # raises ValueError: broadcast
f([1.0, 2.0], [1.0, 2.0])  # -> True


# case: behind_or
def f(x, y):
    return x.shape[0] != y.shape[0] or np.sum(x - y) == 0


f([1.0, 2.0, 3.0], [1.0, 2.0])  # -> True
f([1.0, 2.0], [1.0, 2.0])  # -> True


# case: in_a_while_loop_that_does_not_run
def f(x, y, n):
    i = 0
    while i < n:
        x = x + y
        i += 1
    return x


f([1.0, 2.0, 3.0], [1.0, 2.0], 0)  # -> [1.0, 2.0, 3.0]
f([1.0, 2.0, 3.0], [1.0, 2.0], 2)  # raises ValueError: broadcast
f([1.0, 2.0], [1.0, 2.0], 2)  # -> [3.0, 6.0]


# case: in_a_loop_over_what_is_too_much
def f(x, y):
    total = 0.0
    for i in range(len(x) - len(y)):
        total += np.sum(x + y) + i
    return total


f([1.0, 2.0], [1.0, 2.0])  # -> 0.0
f([1.0], [1.0, 2.0])  # -> 0.0
f([1.0, 2.0, 3.0], [1.0, 2.0])  # raises ValueError: broadcast
f([1.0, 2.0, 3.0], [1.0])  # -> 19.0


# case: in_later_iterations_only
def f(x, y, n):
    total = 0.0
    for i in range(n):
        print(i)
        total += np.sum(x)
        if i == 1:
            total += np.sum(x @ y)
    return total


f([1.0, 2.0, 3.0], [1.0, 2.0], 1)
# -> 6.0
# prints: 0
f([1.0, 2.0, 3.0], [1.0, 2.0], 3)
# raises ValueError: match
# prints: 0
# prints: 1


# case: in_a_nested_function
def f(x, y):
    def add(a, b):
        return a + b

    def guarded(a, b):
        if a.shape != b.shape:
            return b
        return add(a, b)

    return guarded(x, y)


f([1.0, 2.0, 3.0], [1.0, 2.0])  # -> [1.0, 2.0]
f([1.0, 2.0], [1.0, 2.0])  # -> [2.0, 4.0]


# case: a_function_of_its_own
@pg.function
def added(a, b):
    return a + b


def f(x, y, c):
    if c:
        x = added(x, y)
    return x


f([1.0, 2.0, 3.0], [1.0, 2.0], False)  # -> [1.0, 2.0, 3.0]
f([1.0, 2.0, 3.0], [1.0, 2.0], True)  # raises ValueError: broadcast


# case: greatest_of_nothing
def f(x, c):
    if len(x) > 0 or c:
        return np.max(x)
    return -1.0


f([1.0, 2.0], False)  # -> 2.0
f([], False)  # -> -1.0
f([], True)  # raises ValueError


# case: a_state_that_starts_empty
def f(n):
    seen = np.zeros(0)
    total = 0.0
    for i in range(n):
        top = np.max(seen) if seen.shape[0] > 0 else 0.0
        total = total + top
        seen = np.concatenate([seen, np.ones(1) * i])
    return total


f(0)  # -> 0.0
f(1)  # -> 0.0
f(5)  # -> 6.0


# case: a_state_that_starts_empty_guarded_by_the_count
def f(n):
    seen = np.zeros(0)
    total = 0.0
    for i in range(n):
        if i > 0:
            total = total + np.max(seen) - seen[0]
        seen = np.concatenate([seen, np.ones(1) * i])
    return total


f(0)  # -> 0.0
f(5)  # -> 6.0


# case: a_state_that_starts_empty_not_guarded
def f(n):
    seen = np.zeros(0)
    for i in range(n):
        print(i)
        seen = np.concatenate([seen, np.max(seen) + np.ones(1)])
    return seen.shape[0]


f(0)  # -> 0
f(2)
# raises ValueError
# prints: 0


# case: reshaped_where_it_fits
def f(x):
    if x.shape[0] % 2 == 0:
        return np.reshape(x, (-1, 2))[0, 1]
    return x[0]


f([1.0, 2.0, 3.0, 4.0])  # -> 2.0
f([1.0, 2.0, 3.0])  # -> 1.0


# case: reshaped_behind_a_number
def f(x, c):
    if c:
        x = np.reshape(np.reshape(x, (2, 2)), (4,))
    return x


f([1.0, 2.0, 3.0], False)  # -> [1.0, 2.0, 3.0]
f([1.0, 2.0, 3.0], True)  # raises ValueError: reshape
f([1.0, 2.0, 3.0, 4.0], True)  # -> [1.0, 2.0, 3.0, 4.0]


# case: an_index_that_is_out_of_range
def f(x, c):
    if c:
        return x[3]
    return x[0]


f([1.0, 2.0], False)  # -> 1.0
f([1.0, 2.0], True)  # raises IndexError: out of
f([1.0, 2.0, 3.0, 4.0], True)  # -> 4.0


# case: an_index_guarded_by_the_length
def f(x):
    third = x[2] if x.shape[0] > 2 else -1.0
    return third


f([1.0, 2.0])  # -> -1.0
f([1.0, 2.0, 3.0])  # -> 3.0


# case: joined_where_it_fits
def f(x, y):
    if x.shape[1] == y.shape[1]:
        return np.concatenate([x, y]).shape[0]
    return x.shape[0]


f([[1.0, 2.0]], [[3.0]])  # -> 1
f([[1.0, 2.0]], [[3.0, 4.0]])  # -> 2


# case: multiplied_where_it_fits
def f(x, y):
    if x.shape[1] == y.shape[0]:
        z = x @ y
    else:
        z = x
    return z


f([[1.0, 2.0]], [[3.0, 1.0]])  # -> [[1.0, 2.0]]
f([[1.0, 2.0]], [[3.0], [4.0]])  # -> [[11.0]]


# case: a_part_that_is_written_where_it_fits
def f(x, y):
    x = x.copy()
    if len(x) >= 2 + len(y):
        x[2:] = y
    return x


f([1.0, 2.0, 3.0], [4.0, 5.0])  # -> [1.0, 2.0, 3.0]
f([1.0, 2.0, 3.0], [4.0])  # -> [1.0, 2.0, 4.0]


# case: caught_where_it_is_raised
def f(x, y, c):
    if c:
        try:
            return np.sum(x + y)
        except ValueError:
            return -1.0
    return 0.0


f([1.0, 2.0], [1.0, 2.0], True)  # -> 6.0
f([1.0, 2.0], [1.0, 2.0], False)  # -> 0.0


# case: both_ways_do_not_fit
def f(x, y, c):
    print("here", x[0])
    if c:
        z = x + y
    else:
        z = x * y
    print("never", z)
    return z


f([1.0, 2.0, 3.0], [1.0, 2.0], True)
# raises ValueError: broadcast
# prints: here 1.0
f([1.0, 2.0, 3.0], [1.0, 2.0], False)
# raises ValueError: broadcast
# prints: here 1.0


# case: in_the_test_of_a_loop
def f(x, y, n):
    i = 0
    while i < n and np.sum(x * y) < 100:
        x = x + 1
        i += 1
    return x


f([1.0, 2.0, 3.0], [1.0, 2.0], 0)  # -> [1.0, 2.0, 3.0]
f([1.0, 2.0, 3.0], [1.0, 2.0], 1)  # raises ValueError: broadcast
f([1.0, 2.0], [1.0, 2.0], 2)  # -> [3.0, 4.0]


# case: a_result_that_is_not_used
def f(x, y):
    print("before", x[0])
    x + y
    print("after", x[1])
    return 1


f([1.0, 2.0, 3.0], [1.0, 2.0])
# raises ValueError: broadcast
# prints: before 1.0
f([1.0, 2.0], [1.0, 2.0])
# -> 1
# prints: before 1.0
# prints: after 2.0


# case: sizes_that_elements_decide
def f(x, y):
    z = x[x > 0]
    if len(z) == len(y):
        return np.sum(z * y)
    return -1.0


f([1.0, -2.0, 3.0], [2.0, 2.0])  # -> 8.0
f([1.0, 2.0, 3.0], [2.0, 2.0])  # -> -1.0


# case: sizes_that_elements_decide_not_used
def f(x, y):
    x[x > 0] * y
    return 1


f([1.0, -2.0, 3.0], [2.0, 2.0])  # -> 1
f([1.0, 2.0, 3.0], [2.0, 2.0])  # raises ValueError: broadcast


# case: in_a_branch_of_a_library_call
def f(x, y, c):
    return pg.cond(c, lambda: pg.sum(pg.asarray(x) + y), lambda: pg.asarray(0.0))


f([1.0, 2.0, 3.0], [1.0, 2.0], False)  # -> 0.0
f([1.0, 2.0, 3.0], [1.0, 2.0], True)  # raises ValueError: broadcast
f([1.0, 2.0], [1.0, 2.0], True)  # -> 6.0


# case: in_a_loop_of_a_library_call
def f(x, y, n):
    def body(i, z):
        return i + 1, z + y

    return pg.while_loop(lambda i, z: i < n, body, (0, pg.asarray(x)))[1]


f([1.0, 2.0, 3.0], [1.0, 2.0], 0)  # -> [1.0, 2.0, 3.0]
f([1.0, 2.0, 3.0], [1.0, 2.0], 1)  # raises ValueError: broadcast
f([1.0, 2.0], [1.0, 2.0], 2)  # -> [3.0, 6.0]


# case: a_recursion_that_ends_where_it_fits
def f(x, n):
    if n == 0:
        return np.sum(x)
    if x.shape[0] == 2:
        return f(x + np.ones(2), n - 1)
    return f(x, n - 1) + 1.0


f([1.0, 2.0], 2)  # -> 7.0
f([1.0, 2.0, 3.0], 2)  # -> 8.0


# case: of_a_list_that_is_empty_where_it_is_guarded
def f(n):
    items = []
    if n > 5:
        items[0] = n
    if n > 4:
        return items[-1]
    return n


f(3)  # -> 3
f(5)  # raises IndexError: list index out of range
f(6)  # raises IndexError: list assignment index out of range


# case: the_last_item_of_a_list_that_grows
def f(x):
    items, total = [], 0.0
    for i in range(len(x)):
        if i > 0:
            total += items[-1]
        items.append(x[i])
    return total, items


f([1.0, 2.0, 3.0])  # -> (3.0, [1.0, 2.0, 3.0])


# case: keys_and_divisions_behind_a_guard
def f(n):
    table, step = {"a": 1.5}, 0
    if n > 5:
        return table["b"]
    if n > 4:
        return 10 // step
    return table["a"]


f(3)  # -> 1.5
f(5)  # raises ZeroDivisionError: division
f(6)  # raises KeyError: b


# case: items_that_only_an_outer_loop_makes
def f(n):
    out, total = [], 0
    for j in range(n):
        for i in range(n):
            if i > 1 and j > 0:
                total += out[-1]
        out.append(j)
    return total


f(3)  # -> 1
f(1)  # -> 0


# case: an_item_that_no_iteration_makes
def f(n):
    items, total = [], 0
    for i in range(n):
        total += items[0] if i > 4 else 1
    return total


f(3)  # -> 3
f(8)  # raises IndexError: list index out of range
