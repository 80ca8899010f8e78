"""`x[i] = v` on tensors: the object is updated; its aliases see it, what was made from it does not."""

import numpy as np

import pygraph as pg


# case: one_element
def f(x):
    x[1] = 50
    return x


f([1, 2, 3])  # -> [1, 50, 3]


# case: the_argument_is_a_copy
def f(x):
    y = pg.asarray(x, copy=True)
    y[0] = 9
    return x, y


f([1, 2, 3])  # -> ([1, 2, 3], [9, 2, 3])


# case: in_a_loop
def f(n):
    x = pg.zeros(5)
    for i in range(n):
        x[i] = i * 2
    return x


f(3)  # -> [0.0, 2.0, 4.0, 0.0, 0.0]
f(0)  # -> [0.0, 0.0, 0.0, 0.0, 0.0]


# case: augmented_in_a_loop
def f(x, n):
    for i in range(n):
        x[i] += i * 10
    return x


f([1, 2, 3], 3)  # -> [1, 12, 23]


# case: in_a_branch
def f(x):
    if x[0] > 0:
        x[1] = 100
    else:
        x[2] = -100
    return x


f([1, 2, 3])  # -> [1, 100, 3]
f([-1, 2, 3])  # -> [-1, 2, -100]


# case: without_else
def f(x, c):
    if c > 0:
        x[0] = c
    return x


f([1, 2, 3], 7)  # -> [7, 2, 3]
f([1, 2, 3], -7)  # -> [1, 2, 3]


# case: slice
def f(x):
    x[1:3] = 0
    return x


f([1, 2, 3, 4])  # -> [1, 0, 0, 4]


# case: slice_from_an_array
def f(x, y):
    x[:2] = y
    return x


f([1, 2, 3], [8, 9])  # -> [8, 9, 3]


# case: row
def f(x):
    x[1] = x[0] * 2
    return x


f([[1, 2], [3, 4]])  # -> [[1, 2], [2, 4]]


# case: two_indices
def f(x, n):
    for i in range(n):
        for j in range(n):
            x[i, j] = i * 10 + j
    return x


f([[0, 0], [0, 0]], 2)  # -> [[0, 1], [10, 11]]


# case: column
def f(x):
    x[:, 0] = 7
    return x


f([[1, 2], [3, 4]])  # -> [[7, 2], [7, 4]]


# case: negative_index
def f(x, n):
    for i in range(1, n + 1):
        x[-i] = i
    return x


f([0, 0, 0], 2)  # -> [0, 2, 1]


# case: swap
def f(x, i, j):
    x[i], x[j] = x[j], x[i]
    return x


f([1, 2, 3], 0, 2)  # -> [3, 2, 1]


# case: out_of_range
def f(x, n):
    for i in range(n):
        x[i] = 0
    return x


f([1, 2], 2)  # -> [0, 0]
f([1, 2], 3)  # raises IndexError: out of


# case: with_break
def f(x, limit):
    for i in range(len(x)):
        if x[i] > limit:
            break
        x[i] = 0
    return x


f([1, 2, 30, 4], 10)  # -> [0, 0, 30, 4]


# case: with_return
def f(x, n):
    for i in range(n):
        x[i] = -x[i]
        if x[i] < -2:
            return x
    return x


f([1, 3, 5, 7], 4)  # -> [-1, -3, 5, 7]
f([1, 2, 1], 3)  # -> [-1, -2, -1]


# case: in_a_while
def f(x):
    i = 0
    while i < len(x) and x[i] != 0:
        x[i] = x[i] * x[i]
        i += 1
    return x, i


f([2, 3, 0, 5])  # -> ([4, 9, 0, 5], 2)


# case: in_a_helper
def clear(x, i):
    x[i] = 0


def f(x, n):
    for i in range(n):
        clear(x, i)
    return x


f([1, 2, 3], 2)  # -> [0, 0, 3]


# case: through_an_alias
def f(x):
    y = x
    y[0] = 100
    return x


f([1, 2, 3])  # -> [100, 2, 3]


# case: value_made_before_stays
def f(x):
    y = x + 0
    x[0] = 100
    return x, y


f([1, 2, 3])  # -> ([100, 2, 3], [1, 2, 3])


# case: element_read_before_stays
def f(x):
    first = x[0] + 0
    x[0] = 100
    return first


f([1, 2, 3])  # -> 1


# case: two_names_in_a_loop
def f(x, y, n):
    for i in range(n):
        x[i] = y[i] + 1
        y[i] = x[i] * 2
    return x, y


f([1, 2], [3, 4], 2)  # -> ([4, 5], [8, 10])


# case: bubble_sort
def f(x):
    n = len(x)
    for i in range(n):
        for j in range(n - 1 - i):
            if x[j] > x[j + 1]:
                x[j], x[j + 1] = x[j + 1], x[j]
    return x


f([5, 2, 9, 1, 3])  # -> [1, 2, 3, 5, 9]


# case: insertion_sort
def f(x):
    for i in range(1, len(x)):
        value = x[i] + 0
        j = i - 1
        while j >= 0 and x[j] > value:
            x[j + 1] = x[j]
            j -= 1
        x[j + 1] = value
    return x


f([5, 2, 9, 1, 3])  # -> [1, 2, 3, 5, 9]


# case: selection_sort
def f(x):
    for i in range(len(x)):
        smallest = i
        for j in range(i + 1, len(x)):
            if x[j] < x[smallest]:
                smallest = j
        if smallest != i:
            x[i], x[smallest] = x[smallest], x[i]
    return x


f([5, 2, 9, 1, 3])  # -> [1, 2, 3, 5, 9]


# case: sieve
def f(n):
    is_prime = pg.ones(20, dtype=pg.int64)
    is_prime[0] = 0
    is_prime[1] = 0
    i = 2
    while i * i < n:
        if is_prime[i] == 1:
            for j in range(i * i, n, i):
                is_prime[j] = 0
        i += 1
    return pg.sum(is_prime)


f(20)  # -> 8


# case: histogram
def f(x, bins):
    counts = pg.zeros(4, dtype=pg.int64)
    for v in x:
        counts[v % bins] += 1
    return counts


f([1, 2, 3, 1, 0, 7], 4)  # -> [1, 2, 1, 2]


# case: running_sum
def f(x):
    y = pg.zeros_like(x)
    total = 0
    for i in range(len(x)):
        total += x[i]
        y[i] = total
    return y


f([1, 2, 3])  # -> [1, 3, 6]


# case: fibonacci_table
def f(n):
    table = pg.zeros(10, dtype=pg.int64)
    table[1] = 1
    for i in range(2, n):
        table[i] = table[i - 1] + table[i - 2]
    return table


f(10)  # -> [0, 1, 1, 2, 3, 5, 8, 13, 21, 34]
f(4)  # -> [0, 1, 1, 2, 0, 0, 0, 0, 0, 0]


# case: edit_distance
def f(a, b):
    d = pg.zeros((4, 4), dtype=pg.int64)
    for i in range(4):
        d[i, 0] = i
        d[0, i] = i
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            cost = 0 if a[i - 1] == b[j - 1] else 1
            d[i, j] = min(d[i - 1, j] + 1, d[i, j - 1] + 1, d[i - 1, j - 1] + cost)
    return d[len(a), len(b)]


f([1, 2, 3], [2, 3, 4])  # -> 2


# case: knapsack
def f(weights, values, capacity):
    best = pg.zeros(11, dtype=pg.int64)
    for i in range(len(weights)):
        for w in range(capacity, weights[i] - 1, -1):
            candidate = best[w - weights[i]] + values[i]
            if candidate > best[w]:
                best[w] = candidate
    return best[capacity]


f([2, 3, 4], [3, 4, 5], 5)  # -> 7
f([5, 6], [10, 20], 10)  # -> 20


# case: game_of_life
def f(board, steps):
    n = 4
    for _ in range(steps):
        fresh = pg.zeros_like(board)
        for i in range(n):
            for j in range(n):
                around = 0
                for di in (-1, 0, 1):
                    for dj in (-1, 0, 1):
                        if di != 0 or dj != 0:
                            around += board[(i + di) % n, (j + dj) % n]
                if around == 3 or (around == 2 and board[i, j] == 1):
                    fresh[i, j] = 1
        board = fresh
    return board


f(
    [[0, 1, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]], 1
)  # -> [[0, 0, 0, 0], [1, 1, 1, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
f(
    [[0, 1, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]], 2
)  # -> [[0, 1, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0]]


# case: matrix_product
def f(a, b):
    n = 2
    c = pg.zeros((2, 2))
    for i in range(n):
        for j in pg.range(n):
            total = 0.0
            for k in pg.range(n):
                total += a[i, k] * b[k, j]
            c[i, j] = total
    return c


f([[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]])  # -> [[19.0, 22.0], [43.0, 50.0]]


# case: gaussian_elimination
def f(a, n):
    for k in range(n):
        for i in range(k + 1, n):
            factor = a[i, k] / a[k, k]
            for j in range(k, n):
                a[i, j] -= factor * a[k, j]
    determinant = 1.0
    for k in range(n):
        determinant *= a[k, k]
    return determinant


f([[2.0, 1.0], [4.0, 5.0]], 2)  # -> 6.0


# case: reversed_in_place
def f(x):
    i, j = 0, len(x) - 1
    while i < j:
        x[i], x[j] = x[j] + 0, x[i] + 0
        i += 1
        j -= 1
    return x


f([1, 2, 3, 4])  # -> [4, 3, 2, 1]


# case: union_find
def f(pairs):
    parent = pg.arange(5)
    for a, b in pairs:
        while parent[a] != a:
            a = parent[a]
        while parent[b] != b:
            b = parent[b]
        parent[a] = b
    roots = 0
    for i in range(5):
        if parent[i] == i:
            roots += 1
    return roots


f([[0, 1], [2, 3], [1, 3]])  # -> 2


# case: mask
def f(x):
    x[x > 2] = 0
    return x


f([1, 2, 3, 4])  # -> [1, 2, 0, 0]


# case: conditional_value
def f(x, n):
    for i in range(n):
        x[i] = 1 if x[i] > 0 else -1
    return x


f([5, -5, 0], 3)  # -> [1, -1, -1]


# case: dtype_of_the_array_wins
def f(x, n):
    for i in range(n):
        x[i] = i * 2
    return x


f([0.5, 0.5], 2)  # -> [0.0, 2.0]


# case: in_a_tuple_of_arrays
def f(pair, n):
    first, second = pair
    for i in range(n):
        first[i] = second[i]
        second[i] = 0
    return pair


f(([1, 2], [3, 4]), 1)  # -> ([3, 2], [0, 4])


# case: walrus_and_condition
def f(x, n):
    i = 0
    while (i := i + 1) < n:
        if (y := x[i]) > 2:
            x[i] = y * 10
    return x


f([1, 2, 3, 4], 4)  # -> [1, 2, 30, 40]


# case: array_of_an_object
class Box:
    pass


def f(x, n):
    box = Box()
    box.data = x
    for i in range(n):
        box.data[i] = i
    return x, box.data


f([7, 7, 7], 2)  # -> ([0, 1, 7], [0, 1, 7])


# case: loop_over_what_it_changes
def f(v):
    total = 0
    for x in v:
        v[2] += x
        total += x
    return total


f([1, 2, 3])  # -> 9
