"""Programs of the kind that people write: searches, sorts, tables, simulations, training loops."""

import dataclasses
import math

import pygraph as pg


# case: sieve_list
def f(n):
    primes = []
    for i in range(2, n):
        for p in primes:
            if i % p == 0:
                break
        else:
            primes.append(i)
    return primes


f(30)  # -> [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]
f(2)  # -> []


# case: edit_distance_dp_row
def f(a, b):
    previous = list(range(len(b) + 1))
    for i, x in enumerate(a):
        current = [i + 1]
        for j, y in enumerate(b):
            current.append(min(previous[j + 1] + 1, current[j] + 1, previous[j] + (x != y)))
        previous = current
    return previous[-1]


f([1, 2, 3, 4], [2, 3, 5])  # -> 2


# case: quick_sort_iterative
def f(v):
    stack = [(0, len(v) - 1)]
    while stack:
        low, high = stack.pop()
        if low >= high:
            continue
        pivot = v[high]
        i = low
        for j in range(low, high):
            if v[j] < pivot:
                v[i], v[j] = v[j], v[i]
                i += 1
        v[i], v[high] = v[high], v[i]
        stack.append((low, i - 1))
        stack.append((i + 1, high))
    return v


f([3, 1, 2, 5, 4, 9, 0])  # -> [0, 1, 2, 3, 4, 5, 9]


# case: kalman
def f(measurements):
    x, p = 0.0, 1.0
    q, r = 1e-3, 0.1
    estimates = []
    for z in measurements:
        p = p + q
        k = p / (p + r)
        x = x + k * (z - x)
        p = (1 - k) * p
        estimates.append(x)
    return estimates, p


f([0.4, 0.5, 0.45, 0.6])
# -> ([0.363669391462307, 0.42896389510698013, 0.4358717802434156, 0.47736821079301156], 0.025282934653856958)


# case: kmeans
def f(points, steps):
    centers = [points[0], points[1]]
    for _ in range(steps):
        sums = [0.0, 0.0]
        counts = [0, 0]
        for p in points:
            best = 0 if abs(p - centers[0]) <= abs(p - centers[1]) else 1
            sums[best] += p
            counts[best] += 1
        for k in range(2):
            if counts[k] > 0:
                centers[k] = sums[k] / counts[k]
    return centers


f([1.0, 5.0, 1.5, 5.5, 0.5], 5)  # -> [1.0, 5.25]


# case: knapsack
def f(weights, values, capacity):
    best = pg.zeros((11,), dtype=pg.int64)
    for i in range(len(weights)):
        for c in range(capacity, weights[i] - 1, -1):
            best[c] = max(best[c], best[c - weights[i]] + values[i])
    return best[capacity]


f([2, 3, 4, 5], [3, 4, 5, 6], 5)  # -> 7
f([2, 3, 4, 5], [3, 4, 5, 6], 10)  # -> 13


# case: adam
def f(x, steps):
    m = v = 0.0
    beta1, beta2, lr, eps = 0.9, 0.999, 0.1, 1e-8
    for t in range(1, steps + 1):
        g = 2 * (x - 3)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        x = x - lr * m_hat / (v_hat**0.5 + eps)
    return x


f(0.0, 20)  # -> 1.88063952089601


# case: annealing
def f(seed, steps):
    def rand(state):
        state = (1103515245 * state + 12345) % 2147483648
        return state, state / 2147483648

    x = best = 10.0
    temperature = 5.0
    for _ in range(steps):
        seed, u = rand(seed)
        candidate = x + (u - 0.5) * 4
        delta = candidate**2 - x**2
        seed, u = rand(seed)
        if delta < 0 or u < math.exp(-delta / temperature):
            x = candidate
            if x**2 < best**2:
                best = x
        temperature *= 0.95
    return best, seed


f(42, 50)  # -> (-0.020008251070976257, 1205999894)


# case: matrix_determinant
def f(m):
    n = len(m)
    det = 1.0
    for i in range(n):
        p = i
        for r in range(i + 1, n):
            if abs(m[r, i]) > abs(m[p, i]):
                p = r
        if m[p, i] == 0:
            return 0.0
        if p != i:
            row = m[p].copy()
            m[p] = m[i]
            m[i] = row
            det = -det
        det *= m[i, i]
        for r in range(i + 1, n):
            factor = m[r, i] / m[i, i]
            m[r, i:] -= factor * m[i, i:]
    return det


f([[2.0, 1.0, 3.0], [4.0, 1.0, 7.0], [1.0, 2.0, 1.0]])  # -> -2.0
f([[1.0, 2.0], [2.0, 4.0]])  # -> 0.0


# case: merge_sorted
def f(a, b):
    i = j = 0
    out = []
    while i < len(a) and j < len(b):
        if a[i] <= b[j]:
            out.append(a[i])
            i += 1
        else:
            out.append(b[j])
            j += 1
    while i < len(a):
        out.append(a[i])
        i += 1
    while j < len(b):
        out.append(b[j])
        j += 1
    return out


f([1, 4, 6], [2, 3, 7])  # -> [1, 2, 3, 4, 6, 7]


# case: union_find
def f(a, b):
    parent = pg.arange(5)

    def find(i):
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for k in range(len(a)):
        x, y = find(a[k]), find(b[k])
        if x != y:
            parent[x] = y
    return [find(i) for i in range(5)]


f([0, 1, 3], [1, 2, 4])  # -> [2, 2, 2, 4, 4]


# case: heap_sort
def f(v):
    def sift(i, n):
        while True:
            largest = i
            for child in (2 * i + 1, 2 * i + 2):
                if child < n and v[child] > v[largest]:
                    largest = child
            if largest == i:
                return
            v[i], v[largest] = v[largest], v[i]
            i = largest

    n = len(v)
    for i in range(n // 2 - 1, -1, -1):
        sift(i, n)
    for end in range(n - 1, 0, -1):
        v[0], v[end] = v[end], v[0]
        sift(0, end)
    return v


f([3, 9, 2, 7, 5])  # -> [2, 3, 5, 7, 9]


# case: merge_sort_recursive
def f(v):
    def sort(items):
        if len(items) <= 1:
            return items
        m = len(items) // 2
        a, b = sort(items[:m]), sort(items[m:])
        out = pg.zeros((len(items),), dtype=pg.int64)
        i = j = 0
        for k in range(len(items)):
            if j >= len(b) or (i < len(a) and a[min(i, len(a) - 1)] <= b[min(j, len(b) - 1)]):
                out[k] = a[i]
                i += 1
            else:
                out[k] = b[j]
                j += 1
        return out

    return sort(v)


f([3, 1, 2, 5, 4])  # -> [1, 2, 3, 4, 5]


# case: dijkstra_dense
def f(d):
    n = 3
    dist = [math.inf] * n
    done = [False] * n
    dist[0] = 0.0
    for _ in range(n):
        best = -1
        for i in range(n):
            if not done[i] and (best == -1 or dist[i] < dist[best]):
                best = i
        done[best] = True
        for j in range(n):
            if dist[best] + d[best, j] < dist[j]:
                dist[j] = dist[best] + d[best, j]
    return dist


f([[0.0, 3.0, 99.0], [99.0, 0.0, 1.0], [2.0, 99.0, 0.0]])  # -> [0.0, 3.0, 4.0]


# case: counting_sort
def f(v):
    counts = pg.zeros((10,), dtype=pg.int64)
    for x in v:
        counts[x] += 1
    out = []
    for value in range(10):
        for _ in range(counts[value]):
            out.append(value)
    return out


f([3, 1, 2, 1, 9])  # -> [1, 1, 2, 3, 9]


# case: class_lcg
class Random:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state * 48271) % 2147483647
        return self.state

    def uniform(self, low=0.0, high=1.0):
        return low + (high - low) * (self.next() / 2147483647)


def f(seed, n):
    rng = Random(seed)
    inside = 0
    for _ in range(n):
        x, y = rng.uniform(-1, 1), rng.uniform(-1, 1)
        if x * x + y * y <= 1:
            inside += 1
    return 4 * inside / n, rng.state


f(42, 30)  # -> (2.933333333333333, 1453480267)


# case: dual_numbers
@dataclasses.dataclass
class Dual:
    value: float
    slope: float = 0.0

    def __add__(self, other):
        other = other if isinstance(other, Dual) else Dual(other)
        return Dual(self.value + other.value, self.slope + other.slope)

    __radd__ = __add__

    def __mul__(self, other):
        other = other if isinstance(other, Dual) else Dual(other)
        return Dual(self.value * other.value, self.value * other.slope + self.slope * other.value)

    __rmul__ = __mul__


def f(x, n):
    y = Dual(1.0)
    d = Dual(x, 1.0)
    for _ in range(n):
        y = y * d + 1.0
    return y.value, y.slope


f(2.0, 3)  # -> (15.0, 17.0)


# case: markov_chain
def f(p, n):
    state = pg.asarray([1.0, 0.0])
    for step in range(n):
        new = pg.zeros((2,))
        for i in range(2):
            for j in range(2):
                new[j] += state[i] * p[i, j]
        if pg.max(pg.abs(new - state)) < 1e-6:
            return new, step
        state = new
    return state, n


f([[0.9, 0.1], [0.5, 0.5]], 50)  # -> ([0.8333337807257606, 0.1666662192742401], 13)


# case: moving_window
def f(x, k):
    window = []
    out = []
    for v in x:
        window.append(v)
        if len(window) > k:
            window.pop(0)
        out.append(sum(window) / len(window))
    return out


f([1.0, 2.0, 3.0, 4.0], 2)  # -> [1.0, 1.5, 2.5, 3.5]


# case: stack_machine
def f(code):
    stack = []
    for op in code:
        if op >= 0:
            stack.append(op)
        else:
            b = stack.pop()
            a = stack.pop()
            if op == -1:
                stack.append(a + b)
            else:
                stack.append(a * b)
    return stack.pop()


f([2, 3, -1, 4, -2])  # -> 20


# case: accumulate_dict_of_lists
def f(x):
    groups = {"neg": [], "pos": []}
    for v in x:
        if v < 0:
            groups["neg"].append(v)
        else:
            groups["pos"].append(v)
    return groups


f([1, -2, 3])  # -> {'neg': [-2], 'pos': [1, 3]}


# case: minmax_default
def f(v, k):
    big = [x for x in v if x > k]
    return max(big, default=0), min((x for x in v if x < k), default=99), len(big)


f([1, 2, 3], 1)  # -> (3, 99, 2)
f([1, 2, 3], 5)  # -> (0, 1, 0)


# case: sorted_pairs
def f(v):
    pairs = sorted(((x % 3, x) for x in v), key=lambda p: p[1])
    return [p[1] for p in pairs], sorted(v)[-1], sorted(v, reverse=True)[:2]


f([5, 3, 4])  # -> ([3, 4, 5], 5, [5, 4])


# case: matrix_spiral_sum
def f(m):
    top, left, bottom, right = 0, 0, 2, 2
    out = []
    while top <= bottom and left <= right:
        for j in range(left, right + 1):
            out.append(m[top, j])
        top += 1
        for i in range(top, bottom + 1):
            out.append(m[i, right])
        right -= 1
        if top <= bottom:
            for j in range(right, left - 1, -1):
                out.append(m[bottom, j])
            bottom -= 1
        if left <= right:
            for i in range(bottom, top - 1, -1):
                out.append(m[i, left])
            left += 1
    return out


f([[1, 2, 3], [4, 5, 6], [7, 8, 9]])  # -> [1, 2, 3, 6, 9, 8, 7, 4, 5]


# case: gauss_seidel
def f(a, b, steps):
    x = pg.zeros((2,))
    for _ in range(steps):
        for i in range(2):
            s = sum(a[i][j] * x[j] for j in range(2) if j != i)
            x[i] = (b[i] - s) / a[i][i]
    return x


f([[4.0, 1.0], [2.0, 3.0]], [1.0, 2.0], 5)  # -> [0.10011574074074073, 0.5999228395061729]
