"""Lists that grow and shrink in staged loops."""

import pygraph as pg


# case: append
def f(n):
    items = []
    for i in range(n):
        items.append(i * i)
    return items


f(4)  # -> [0, 1, 4, 9]
f(0)  # -> []


# case: append_in_a_while
def f(n):
    digits = []
    while n > 0:
        digits.append(n % 10)
        n //= 10
    return digits


f(1234)  # -> [4, 3, 2, 1]


# case: append_under_a_condition
def f(x):
    kept = []
    for v in x:
        if v > 1:
            kept.append(v)
    return kept


f([1, 2, 3])  # -> [2, 3]
f([0, 0])  # -> []


# case: append_with_break
def f(n):
    items = []
    for i in range(n):
        if i * i > 10:
            break
        items.append(i)
    return items


f(9)  # -> [0, 1, 2, 3]


# case: append_with_continue
def f(n):
    items = []
    for i in range(n):
        if i % 2 == 0:
            continue
        items.append(i)
    return items


f(6)  # -> [1, 3, 5]


# case: len
def f(n):
    items = []
    for i in range(n):
        items.append(i)
    return len(items)


f(4)  # -> 4
f(0)  # -> 0


# case: starts_with_items
def f(x, n):
    items = [x, x + 1]
    for i in range(n):
        items.append(i)
    return items


f(10, 2)  # -> [10, 11, 0, 1]
f(10, 0)  # -> [10, 11]


# case: index
def f(n):
    items = [1, 1]
    for i in range(n):
        items.append(items[-1] + items[-2])
    return items[-1], items[0]


f(5)  # -> (13, 1)


# case: index_by_a_tensor
def f(n):
    items = []
    for i in range(n):
        items.append(i * 10)
    total = 0
    for i in range(n):
        total = total * 2 + items[i]
    return total


f(3)  # -> 40


# case: index_out_of_range
def f(n, k):
    items = []
    for i in range(n):
        items.append(i)
    return items[k]


f(3, 2)  # -> 2
f(3, 3)  # raises IndexError: out of range


# case: pop
def f(n):
    items = []
    for i in range(n):
        items.append(i)
    last = items.pop()
    return last, items


f(3)  # -> (2, [0, 1])


# case: pop_from_an_empty_list
def f(n):
    items = [1, 2]
    for i in range(n):
        items.pop()
    return items


f(1)  # -> [1]
f(2)  # -> []
f(3)  # raises IndexError: pop from empty list


# case: stack
def f(n):
    stack = [n]
    total = 0
    while len(stack) > 0:
        v = stack.pop()
        total += v
        if v > 1:
            stack.append(v - 1)
    return total


f(4)  # -> 10


# case: truth_of_a_list
def f(n):
    stack = [n]
    steps = 0
    while stack:
        v = stack.pop()
        steps += 1
        if v > 0:
            stack.append(v - 1)
            if v % 2 == 0:
                stack.append(0)
    return steps


f(4)  # -> 7


# case: iterate_afterwards
def f(n):
    items = []
    for i in range(n):
        items.append(i + 1)
    total = 0
    for v in items:
        total = total * 10 + v
    return total


f(3)  # -> 123


# case: sum_min_max
def f(n):
    items = [5]
    for i in range(n):
        items.append(i)
    return sum(items), min(items), max(items)


f(8)  # -> (33, 0, 7)


# case: item_assignment
def f(n):
    items = []
    for i in range(n):
        items.append(0)
    for i in range(n):
        items[i] = i * 2
    return items


f(3)  # -> [0, 2, 4]


# case: two_lists
def f(x):
    small, large = [], []
    for v in x:
        if v < 3:
            small.append(v)
        else:
            large.append(v)
    return small, large


f([1, 5, 2, 4])  # -> ([1, 2], [5, 4])


# case: list_of_arrays
def f(x, n):
    rows = []
    for i in range(n):
        rows.append(x * i)
    return pg.stack(rows)


f([1, 2], 3)  # -> [[0, 0], [1, 2], [2, 4]]


# case: append_in_a_helper
def note(items, v):
    if v > 1:
        items.append(v)


def f(n):
    items = []
    for i in range(n):
        note(items, i)
    return items


f(4)  # -> [2, 3]


# case: append_in_a_branch
def f(x):
    items = [1]
    if x > 0:
        items.append(x)
    return items


f(5)  # -> [1, 5]
f(-5)  # -> [1]


# case: nested_loops
def f(n):
    items = []
    for i in range(n):
        for j in range(i):
            items.append(i * 10 + j)
    return items


f(3)  # -> [10, 20, 21]


# case: primes
def f(n):
    primes = []
    k = 2
    while k < n:
        is_prime = True
        for p in primes:
            if k % p == 0:
                is_prime = False
                break
        if is_prime:
            primes.append(k)
        k += 1
    return primes


f(20)  # -> [2, 3, 5, 7, 11, 13, 17, 19]


# case: comparison_of_lengths
def f(n):
    items = []
    i = 0
    while len(items) < n:
        if i % 3 == 1:
            items.append(i)
        i += 1
    return items, i


f(3)  # -> ([1, 4, 7], 8)


# case: python_list_in_python_code
def f(x):
    items = []
    for k in (1, 2, 3):
        items.append(x * k)
    items.insert(0, x)
    items.reverse()
    return items


f(2)  # -> [6, 4, 2, 2]


# case: extend_by_plus
def f(x):
    items = [x]
    items += [x + 1, x + 2]
    items.extend([0])
    return items


f(2)  # -> [2, 3, 4, 0]


# case: in_a_list
def f(n, v):
    items = []
    for i in range(n):
        items.append(i * 2)
    return v in items


f(4, 6)  # -> True
f(4, 5)  # -> False


# case: floats
def f(x, n):
    path = [x]
    for _ in range(n):
        x = x / 2
        path.append(x)
    return path


f(4.0, 3)  # -> [4.0, 2.0, 1.0, 0.5]


# case: list_attribute
class Log:
    def __init__(self):
        self.items = []


def f(n):
    log = Log()
    for i in range(n):
        log.items.append(i)
    return log.items


f(3)  # -> [0, 1, 2]


# case: list_index
def f(n, k):
    items = []
    for i in range(n):
        items.append(i * 2)
    return items.index(k)


f(4, 4)  # -> 2
f(4, 5)  # raises ValueError: is not in list


# case: list_remove
def f(n, k):
    items = []
    for i in range(n):
        items.append(i * 2)
    items.remove(k)
    return items


f(4, 4)  # -> [0, 2, 6]
f(4, 5)  # raises ValueError: list.remove(x): x not in list


# case: list_count_in
def f(n, k):
    items = []
    for i in range(n):
        items.append(i // 2)
    return items.count(k), k in items, k not in items


f(4, 1)  # -> (2, True, False)
f(4, 5)  # -> (0, False, True)


# case: list_insert
def f(n, k):
    items = []
    for i in range(n):
        items.insert(0, i)
    items.insert(k, 99)
    items.insert(-1, 98)
    items.insert(100, 97)
    items.insert(-100, 96)
    return items


f(4, 1)  # -> [96, 3, 99, 2, 1, 98, 0, 97]
f(0, 2)  # -> [96, 98, 99, 97]


# case: list_reverse_sort
def f(x):
    items = []
    for v in x:
        items.append(v)
    items.sort()
    a = items.copy()
    items.reverse()
    items.sort(key=lambda v: -v)
    items.sort(reverse=True)
    return a, items


f([3, 1, 2])  # -> ([1, 2, 3], [3, 2, 1])


# case: list_clear
def f(x):
    items = []
    for v in x:
        items.append(v)
        if v == 2:
            items.clear()
    return items


f([3, 2, 1])  # -> [1]


# case: list_extend
def f(n):
    items = []
    for i in range(n):
        items.extend([i, i + 1])
        items += [7]
    items.extend(items)
    return items


f(3)  # -> [0, 1, 7, 1, 2, 7, 2, 3, 7, 0, 1, 7, 1, 2, 7, 2, 3, 7]


# case: list_extend_range
def f(n, m):
    items = []
    for i in range(n):
        items.append(i)
    items.extend(range(m))
    items.extend(j * j for j in range(m))
    return items


f(2, 3)  # -> [0, 1, 0, 1, 2, 0, 1, 4]


# case: list_slices
def f(n):
    items = []
    for i in range(n):
        items.append(i)
    return items[1:], items[::2], items[:-1], items[::-1], items[1 : n - 1]


f(5)  # -> ([1, 2, 3, 4], [0, 2, 4], [0, 1, 2, 3], [4, 3, 2, 1, 0], [1, 2, 3])
f(2)  # -> ([1], [0], [0], [1, 0], [])


# case: list_equal
def f(n, m):
    a = []
    for i in range(n):
        a.append(i)
    b = []
    for i in range(m):
        b.append(i)
    return a == b, a != b, a == [0, 1, 2], [0, 1] == a


f(3, 3)
# -> (True, False, True, False)
f(2, 3)
# -> (False, True, False, True)


# case: list_del_slice
def f(n):
    items = []
    for i in range(n):
        items.append(i)
    del items[1:3]
    return items


f(5)
# -> [0, 3, 4]


# case: list_del
def f(n):
    items = []
    for i in range(n):
        items.append(i)
    del items[0]
    del items[-1]
    return items


f(5)  # -> [1, 2, 3]


# case: staged_list_star
def f(n):
    items = []
    for i in range(n):
        items.append(i)
    return [*items, 5], (*items, 6)


f(3)  # -> ([0, 1, 2, 5], (0, 1, 2, 6))


# case: list_arith
def f(n):
    a = []
    for i in range(n):
        a.append(i)
    return a + a, a * 2, a + [1], [1] + a, 2 * a


f(2)  # -> ([0, 1, 0, 1], [0, 1, 0, 1], [0, 1, 1], [1, 0, 1], [0, 1, 0, 1])


# case: stack_queue_mix
def f(n):
    a = []
    for i in range(n):
        a.append(i)
    total = 0
    while a:
        total = total * 3 + a.pop(0)
        if len(a) > 0:
            total = total * 3 + a.pop()
    return total


f(5)  # -> 128


# case: list_of_lists_row
def f(n):
    rows = []
    for i in range(n):
        rows.append([i, i * 2])
    rows[0][1] = 50
    return rows, rows[-1][0]


f(3)  # -> ([[0, 50], [1, 2], [2, 4]], 2)


# case: min_max_sum_list
def f(n):
    a = []
    for i in range(n):
        a.append((i - 2) * (i - 2))
    return (
        min(a),
        max(a),
        sum(a),
        sorted(a),
        any(a),
        all(a),
        list(reversed(a)),
        list(enumerate(a)),
        list(zip(a, a)),
    )


f(4)
# -> (0, 4, 6, [0, 1, 1, 4], True, False, [1, 0, 1, 4], [(0, 4), (1, 1), (2, 0), (3, 1)], [(4, 4), (1, 1), (0, 0), (1, 1)])


# case: list_index_of_known_length
def f(x, y):
    items = [x, y, 3]
    return items.index(3), items.index(y)


f(1, 2)  # -> (2, 1)
f(3, 3)  # -> (0, 0)


# case: given_to_code_that_is_not_converted
@pg.autograph.do_not_convert
def count(items):
    return len(items)


def f(n):
    items = []
    for i in range(n):
        items.append(i)
    return count(items)


f(3)
# -> 3
# staged raises TypeError: count is not converted by AutoGraph, and is given a list whose length


# case: plain_objects_as_items
class Particle:
    def __init__(self, place, speed):
        self.place = place
        self.speed = speed

    def moved(self, time):
        return Particle(self.place + self.speed * time, self.speed)


def f(x, steps):
    particles = []
    for v in x:
        particles.append(Particle(v, v * 2))
    for _ in range(steps):
        particles = [particle.moved(0.5) for particle in particles]
    total = 0.0
    for particle in particles:
        total += particle.place * particle.speed
    return total, particles[-1].place, len(particles)


f([1.0, 3.0, 2.0], 2)  # -> (84.0, 6.0, 3)
f([1.0, 3.0], 0)  # -> (20.0, 3.0, 2)


# case: plain_objects_in_pairs
class Edge:
    def __init__(self, start, weight):
        self.start = start
        self.weight = weight


def f(x):
    pairs = []
    for i in range(len(x)):
        if x[i] > 1:
            pairs.append((Edge(i, x[i]), i * 10))
    best = 0.0
    for edge, number in pairs:
        if edge.weight > best:
            best = edge.weight + number + edge.start
    return best, len(pairs)


f([1.0, 3.0, 2.0])  # -> (14.0, 2)
