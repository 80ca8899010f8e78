"""NumPy arrays that a function makes, or captures, and that tensors index or write."""

import numpy as np

import pygraph as pg

TABLE = np.array([10.0, 20.0, 30.0, 40.0])
GRID = np.arange(12).reshape(3, 4)


# case: captured_by_index
def f(i, j):
    return TABLE[i], GRID[i, j], GRID[i], GRID[:, j], GRID[i, 1:3]


f(2, 1)  # -> (30.0, 9, [8, 9, 10, 11], [1, 5, 9], [9, 10])
f(0, -1)  # -> (10.0, 3, [0, 1, 2, 3], [3, 7, 11], [1, 2])
f(3, 0)  # raises IndexError


# case: captured_by_arrays
def f(i, m):
    return TABLE[i], GRID[:2, i], TABLE[m]


f([2, 0], [True, False, False, True])  # -> ([30.0, 10.0], [[2, 0], [6, 4]], [10.0, 40.0])


# case: captured_in_a_loop
def f(n):
    total = 0.0
    for i in range(n):
        total += TABLE[i] * GRID[i % 3, i]
    return total


f(4)  # -> 520.0


# case: captured_through_a_nested_list
tables = {"a": [TABLE, GRID]}


def f(i):
    return tables["a"][0][i] + tables["a"][1][0, i]


f(1)  # -> 21.0


# case: filled_in_a_loop
def f(n):
    out = np.zeros(5)
    for i in range(n):
        out[i] = i * i
    return out


f(3)  # -> [0.0, 1.0, 4.0, 0.0, 0.0]
f(0)  # -> [0.0, 0.0, 0.0, 0.0, 0.0]


# case: creators
def f(i, v):
    arrays = [
        np.zeros(3), np.ones(3), np.full(3, 7.0), np.arange(3.0), np.array([1.0, 2.0, 3.0]),
        np.zeros_like(TABLE[:3]), np.linspace(0, 1, 3), np.eye(3)[1], TABLE[:3].copy(),
        np.arange(6.0)[::2] + 0, np.zeros(3) * 2, np.concatenate([TABLE[:1], TABLE[:2]]),
        TABLE[[0, 1, 2]], np.asarray(np.zeros(3)), np.sqrt(np.ones(3)), np.ones((1, 3)).reshape(3),
    ]  # fmt: skip
    for a in arrays:
        a[i] = v
    return arrays, TABLE


f(1, 5.0)
# -> ([[0.0, 5.0, 0.0], [1.0, 5.0, 1.0], [7.0, 5.0, 7.0], [0.0, 5.0, 2.0], [1.0, 5.0, 3.0], [0.0, 5.0, 0.0], [0.0, 5.0, 1.0], [0.0, 5.0, 0.0], [10.0, 5.0, 30.0], [0.0, 5.0, 4.0], [0.0, 5.0, 0.0], [10.0, 5.0, 20.0], [10.0, 5.0, 30.0], [0.0, 5.0, 0.0], [1.0, 5.0, 1.0], [1.0, 5.0, 1.0]], [10.0, 20.0, 30.0, 40.0])


# case: aliases_see_it
def f(i):
    a = np.zeros(3)
    b = a
    both = [a, {"b": b}]
    b[i] = 1
    both[1]["b"][i + 1] = 2
    return a, b, a is b, both[0]


f(0)  # -> ([1.0, 2.0, 0.0], [1.0, 2.0, 0.0], True, [1.0, 2.0, 0.0])


# case: copies_do_not_see_it
def f(i):
    a = np.zeros(3)
    b = a.copy()
    c = a + 0
    a[i] = 1
    d = a.copy()
    a[i] = 2
    return a, b, c, d


f(0)  # -> ([2.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [1.0, 0.0, 0.0])


# case: views_see_it
def f(i):
    a = np.zeros((2, 3))
    row, column, flat, back = a[1], a[:, 0], a.reshape(-1), a[::-1]
    a[i] = 1
    row[i] = 2
    column[i - 1] = 3
    flat[i + 1] = 4
    a.T[2, i] += 10
    return a, row, column, flat, back, row.sum(), a[i], a[-1][0]


f(1)
# -> ([[3.0, 0.0, 4.0], [1.0, 2.0, 11.0]], [1.0, 2.0, 11.0], [3.0, 1.0], [3.0, 0.0, 4.0, 1.0, 2.0, 11.0], [[1.0, 2.0, 11.0], [3.0, 0.0, 4.0]], 14.0, [1.0, 2.0, 11.0], 1.0)


# case: rows_of_a_staged_array
def f(n):
    a = np.zeros((3, 2))
    for i in range(n):
        a[i, 0] = i + 1
    for row in a:
        row[1] = row[0] * 2
    last = a[2]
    last += 1
    return a


f(2)  # -> [[1.0, 2.0], [2.0, 4.0], [1.0, 1.0]]


# case: augmented
def f(i, v):
    a = np.arange(4.0)
    b = a
    a[i] += v
    a[i:] *= 2
    a += 1
    a -= np.ones(4)
    a /= 2
    return a, b, a is b


f(1, 5.0)  # -> ([0.0, 6.0, 2.0, 3.0], [0.0, 6.0, 2.0, 3.0], True)


# case: in_a_branch
def f(c, i):
    a = np.zeros(3)
    if c > 0:
        a[i] = 1
        a[2] = 7
    else:
        a[0] = -1
    return a


f(1, 1)  # -> [0.0, 1.0, 7.0]
f(0, 1)  # -> [-1.0, 0.0, 0.0]


# case: plain_values_in_a_branch
def f(c):
    a = np.zeros(3)
    b = a
    if c > 0:
        a[1] = 5
        a += 1
    if c > 1:
        b[:] = 9
    return a, b


f(2)  # -> ([9.0, 9.0, 9.0], [9.0, 9.0, 9.0])
f(1)  # -> ([1.0, 6.0, 1.0], [1.0, 6.0, 1.0])
f(0)  # -> ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0])


# case: one_array_or_another
def f(c, i):
    if c > 0:
        a = np.zeros(2)
    else:
        a = np.ones(2)
    b = np.full(2, 3.0) if c > 1 else a * 2
    a[i] = 5
    return a, b


f(0, 0)  # -> ([5.0, 1.0], [2.0, 2.0])
f(2, 1)  # -> ([0.0, 5.0], [3.0, 3.0])


# case: methods_that_change
def f(c):
    a = np.array([3, 1, 2])
    b = np.array([1.0, 2.0])
    if c > 0:
        a.sort()
        b.fill(7)
    return a, b


f(1)  # -> ([1, 2, 3], [7.0, 7.0])
f(0)  # -> ([3, 1, 2], [1.0, 2.0])


# case: functions_that_change
def f(c):
    a, b, d, e, g = [np.arange(3) for _ in range(5)]
    h = np.zeros((2, 2), dtype=int)
    if c > 0:
        np.copyto(a, 7)
        np.add(b, 1, out=b)
        d.put([0, 2], 9)
        np.put(e, [1], 8)
        np.add.at(g, [0, 0], 1)
        np.fill_diagonal(h, 4)
    return a, b, d, e, g, h


f(1)
# -> ([7, 7, 7], [1, 2, 3], [9, 1, 9], [0, 8, 2], [2, 1, 2], [[4, 0], [0, 4]])
f(0)
# -> ([0, 1, 2], [0, 1, 2], [0, 1, 2], [0, 1, 2], [0, 1, 2], [[0, 0], [0, 0]])


# case: changes_by_tensors
def f(i, v):
    a, b, d, e = [np.arange(3) for _ in range(4)]
    g = np.zeros((2, 2), dtype=int)
    a.fill(v)
    b[i] = v
    b.sort()
    np.copyto(d, v, where=d > 1)
    np.multiply(e, v, out=e)
    np.fill_diagonal(g, v)
    b.put([0], v)
    return a, b, d, e, g


f(0, 5)
# -> ([5, 5, 5], [5, 2, 5], [0, 1, 5], [0, 5, 10], [[5, 0], [0, 5]])


# case: what_is_read_afterwards
def f(i, v):
    a = np.zeros((2, 2), dtype=int)
    a[i, 0] = v
    s = (a.sum(), a.mean(), a.max(), a.T, a.reshape(4), a.flatten(), a.argmax(), a.any(), a.all())
    t = (np.sum(a, axis=0), np.square(a), a @ a, a * 2 + np.ones(2, int), 1 - a, -a, abs(a), a > 0)
    u = (a.shape, a.ndim, a.size, len(a), np.shape(a), str(a.dtype), isinstance(a, np.ndarray))
    return s, t, u, np.where(a > 0, a, 1), pg.sum(a), a.astype(bool), np.stack([a, a])


f(1, 4)
# -> ((4, 1.0, 4, [[0, 4], [0, 0]], [0, 0, 4, 0], [0, 0, 4, 0], 2, True, False), ([4, 0], [[0, 0], [16, 0]], [[0, 0], [0, 0]], [[1, 1], [9, 1]], [[1, 1], [-3, 1]], [[0, 0], [-4, 0]], [[0, 0], [4, 0]], [[False, False], [True, False]]), ((2, 2), 2, 4, 2, (2, 2), 'int64', True), [[1, 1], [4, 1]], 4, [[False, False], [True, False]], [[[0, 0], [4, 0]], [[0, 0], [4, 0]]])


# case: values_before_it_is_staged
def f(i):
    a = np.zeros(4)
    a[1] = 2
    a[2:] = [5, 6]
    n = int(a[1])
    for _ in range(n):
        a[0] += 1
    b = [float(v) for v in a]
    a[i] = 9
    return a, b, n


f(3)  # -> ([2.0, 2.0, 5.0, 9.0], [2.0, 2.0, 5.0, 6.0], 2)


# case: attributes_items_and_helpers
class Buffer:
    def __init__(self, n):
        self.data = np.zeros(n)
        self.count = 0

    def push(self, v):
        self.data[self.count] = v
        self.count += 1

    def swap(self, i, j):
        self.data[i], self.data[j] = self.data[j], self.data[i]


def f(xs):
    buffer = Buffer(4)
    for x in xs:
        if x > 0:
            buffer.push(x)
    buffer.swap(0, 1)
    return buffer.data, buffer.count


f([1, -2, 3])  # -> ([3.0, 1.0, 0.0, 0.0], 2)


# case: nested_functions
def f(n):
    memo = np.full(20, -1)

    def fib(k):
        if k < 2:
            return k
        return memo[k - 1] + memo[k - 2]

    for k in range(n + 1):
        memo[k] = fib(k)
    return memo[n]


f(10)  # -> 55
f(1)  # -> 1


# case: lists_of_arrays
def f(n):
    rows = [np.zeros(2) for _ in range(3)]
    for i in range(n):
        rows[0][i] = i + 1
        rows[2][0] += 1
    return rows


f(2)  # -> [[1.0, 2.0], [0.0, 0.0], [2.0, 0.0]]


# case: made_in_a_loop
def f(n):
    total = np.zeros(2)
    for i in range(n):
        row = np.zeros(2)
        row[i % 2] = i
        total += row
    return total


f(4)  # -> [2.0, 4.0]


# case: rebound_in_a_loop
def f(n):
    a = np.zeros(2)
    for i in range(n):
        a = a + 1
        a[0] = i
    return a


f(3)  # -> [2.0, 3.0]
f(0)  # -> [0.0, 0.0]


# case: while_loop
def f(x):
    digits = np.zeros(8, dtype=np.int64)
    n = 0
    while x > 0:
        digits[n] = x % 10
        x //= 10
        n += 1
    return digits, n


f(5021)  # -> ([1, 2, 0, 5, 0, 0, 0, 0], 4)


# case: dtypes_stay
def f(i, v):
    a = np.zeros(3, dtype=np.int64)
    a[i] = v
    b = np.zeros(3, dtype=np.float32)
    b[i] = v
    c = np.zeros(3, dtype=bool)
    c[i] = v > 1
    return a, b, c, str(a.dtype), str(b.dtype)


f(0, 3)  # -> ([3, 0, 0], [3.0, 0.0, 0.0], [True, False, False], 'int64', 'float32')


# case: floats_into_integers
def f(v):
    a = np.zeros(3, dtype=np.int64)
    a += v
    return a


f(1)  # -> [1, 1, 1]
f(1.5)  # staged raises TypeError: same_kind


# case: sieve
def f(n):
    prime = np.ones(30, dtype=bool)
    prime[:2] = False
    for i in range(2, 6):
        if prime[i]:
            for j in range(i * i, n, i):
                prime[j] = False
    return prime[:12]


f(30)
# -> [False, False, True, True, False, True, False, True, False, False, False, True]


# case: histogram
def f(xs):
    counts = np.zeros(4, dtype=int)
    for x in xs:
        counts[x] += 1
    return counts


f([1, 3, 3, 0])  # -> [1, 1, 0, 2]


# case: two_dimensions
def f(n):
    table = np.zeros((4, 4), dtype=int)
    for i in range(n):
        table[i, 0] = 1
        for j in range(1, i + 1):
            table[i, j] = table[i - 1, j - 1] + table[i - 1, j]
    return table


f(4)  # -> [[1, 0, 0, 0], [1, 1, 0, 0], [1, 2, 1, 0], [1, 3, 3, 1]]


# case: captured_is_not_written
def f(i):
    TABLE[i] = 0
    return TABLE


f(1)  # staged raises TypeError: 'TABLE'


# case: captured_is_not_changed_in_a_branch
local_table = np.arange(3.0)


def f(c):
    if c > 100:
        local_table.sort()
        local_table.fill(1)
    return local_table


f(1)  # staged raises TypeError: local_table


# case: recursion
def f(n):
    a = np.zeros(6)

    def fill(k):
        if k < n:
            a[k] = k
            fill(k + 1)

    fill(0)
    return a


f(3)  # -> [0.0, 1.0, 2.0, 0.0, 0.0, 0.0]


# case: unpacked
def f(i):
    a = np.array([1.0, 2.0])
    a[i] = 5
    x, y = a
    return x, y, list(a), tuple(a), min(a), max(a), sum(a), sorted(a), [v * 2 for v in a]


f(0)
# -> (5.0, 2.0, [5.0, 2.0], (5.0, 2.0), 2.0, 5.0, 7.0, [2.0, 5.0], [10.0, 4.0])
