"""What lists can do, on lists whose length the graph decides."""

from collections import namedtuple
from dataclasses import dataclass

import pygraph as pg


def counted(n, step=1):
    items = []
    for i in range(n):
        items.append(i * step)
    return items


# case: slice_assignment
def f(n, k):
    items = counted(n)
    items[1:3] = [10, 11, 12]
    items[k:] = [20]
    items[:0] = [30, 31]
    items[-1:-1] = counted(2, 7)
    return items


f(6, 5)  # -> [30, 31, 0, 10, 11, 12, 3, 0, 7, 20]
f(1, 5)  # -> [30, 31, 0, 10, 11, 12, 0, 7, 20]


# case: slice_assignment_under_a_condition
def f(n):
    items = [1, 2, 3]
    if n > 2:
        items[1:] = [n]
    elif n < 0:
        items[3:1] = [7, 8]
    return items


f(3)  # -> [1, 3]
f(0)  # -> [1, 2, 3]
f(-1)  # -> [1, 2, 3, 7, 8]


# case: slice_deletion
def f(n, a, b):
    items = counted(n)
    del items[a:b]
    return items


f(6, 1, 3)  # -> [0, 3, 4, 5]
f(6, -2, 100)  # -> [0, 1, 2, 3]
f(6, 4, 2)  # -> [0, 1, 2, 3, 4, 5]
f(0, 0, 1)  # -> []


# case: slices_of_an_empty_list
def f(a, b):
    items = []
    del items[a:b]
    items[a:b] = [a, b]
    return items


f(0, 1)  # -> [0, 1]
f(2, -1)  # -> [2, -1]


# case: slices_with_a_step
def f(n, k):
    items = counted(n)
    return items[::2], items[::-1], items[-2:0:-1], items[k::3], items[:-k]


f(7, 1)
# -> ([0, 2, 4, 6], [6, 5, 4, 3, 2, 1, 0], [5, 4, 3, 2, 1], [1, 4], [0, 1, 2, 3, 4, 5])


# case: slice_assignment_with_a_step
def f(n):
    items = counted(n)
    items[::2] = [9, 9]
    return items


f(4)  # -> [9, 1, 9, 3]
# staged raises TypeError: a slice with a step cannot be assigned


# case: unpacking
def f(n):
    items = counted(n, 5)
    a, b, c = items
    return a + 2 * b + 3 * c


f(3)  # -> 40
f(2)  # raises ValueError: not enough values to unpack (expected 3, got 2)
f(4)  # raises ValueError: too many values to unpack (expected 3


# case: unpacking_with_a_star
def f(n):
    items = counted(n)
    first, *rest = items
    *front, last = items
    a, *middle, b, c = items
    return first, rest, front, last, a, middle, b + c


f(4)  # -> (0, [1, 2, 3], [0, 1, 2], 3, 0, [1], 5)
f(3)  # -> (0, [1, 2], [0, 1], 2, 0, [], 3)
f(2)  # raises ValueError: not enough values to unpack (expected at least 3, got 2)


# case: unpacking_tuples
def f(n):
    pairs = []
    for i in range(n):
        pairs.append((i, (i * i, 0.5 * i)))
    (a, (b, c)), (d, _) = pairs
    return a + b + c + d


f(2)  # -> 1.0


# case: methods_on_tuples
def f(n, v):
    pairs = []
    for i in range(n):
        pairs.append((i % 2, i % 3))
    pairs.insert(1, (v, v))
    where = pairs.index((v, v))
    pairs.remove((0, 2))
    pairs.reverse()
    return where, pairs.count((0, 0)), (1, v) in pairs, (v, 7) not in pairs, 3 in pairs, pairs


f(5, 1)
# -> (1, 1, True, True, False, [(0, 1), (1, 0), (1, 1), (1, 1), (0, 0)])
f(0, 1)
# raises ValueError: list.remove(x): x not in list


# case: index_with_bounds
def f(n, k):
    items = []
    for i in range(n):
        items.append(i % 3)
    return items.index(1, 2), items.index(2, k), items.index(0, -4, -1)


f(8, 3)  # -> (4, 5, 6)
f(6, 3)  # -> (4, 5, 3)
f(4, 3)  # raises ValueError


# case: copy_clear_extend
def f(n):
    items = counted(n)
    copied = items.copy()
    copied.extend(items)
    copied += [7]
    doubled = copied * 2
    items.clear()
    items.append(len(doubled))
    items.extend(i * i for i in range(n))
    return items, copied


f(2)  # -> ([10, 0, 1], [0, 1, 0, 1, 7])
f(0)  # -> ([2], [7])


# case: clear_in_a_loop
def f(x):
    run = []
    runs = []
    for v in x:
        if v == 0:
            runs.append(len(run))
            run.clear()
        else:
            run.append(v)
    return runs, run


f([1, 2, 0, 0, 3])  # -> ([2, 0], [3])


# case: pop_at_an_index
def f(n, k):
    items = counted(n)
    a = items.pop(k)
    b = items.pop(0)
    c = items.pop(-1)
    return a, b, c, items


f(5, 2)  # -> (2, 0, 4, [1, 3])
f(5, -2)  # -> (3, 0, 4, [1, 2])
f(1, 0)  # raises IndexError: pop from empty list


# case: pop_in_turn
def f(n):
    items = counted(n)
    total = 0
    while len(items) > 2:
        total = total * 2 + items.pop(0)
        total = total * 3 + items.pop()
    return total, items


f(6)  # -> (37, [2, 3])


# case: delete_out_of_range
def f(n):
    items = counted(n)
    del items[0]
    return items


f(2)  # -> [1]
f(0)  # raises IndexError: list assignment index out of range


# case: sorted_tuples
def f(x):
    pairs = [(v % 3, -v) for v in x]
    pairs.sort()
    return pairs, sorted(pairs, reverse=True), sorted(((b, a) for a, b in pairs), reverse=True)


f([5, 3, 9, 4, 3])
# -> ([(0, -9), (0, -3), (0, -3), (1, -4), (2, -5)], [(2, -5), (1, -4), (0, -3), (0, -3), (0, -9)], [(-3, 0), (-3, 0), (-4, 1), (-5, 2), (-9, 0)])


# case: sorted_is_stable
def f(x):
    pairs = [(v % 3, i) for i, v in enumerate(x)]
    up = sorted(pairs, key=lambda pair: pair[0])
    down = sorted(pairs, key=lambda pair: pair[0], reverse=True)
    return [i for _, i in up], [i for _, i in down]


f([5, 3, 9, 4, 3, 8])  # -> ([1, 2, 4, 3, 0, 5], [0, 5, 3, 1, 2, 4])


# case: sorted_by_a_tuple
def f(x):
    return sorted(x, key=lambda v: (v % 2, -v))


f([5, 2, 9, 4])  # -> [4, 2, 9, 5]


# case: sorted_of_fixed_length
def f(a, b):
    pairs = [(a, 1), (b, 0), (a, 0)]
    named = {"y": a, "x": b}
    return sorted(pairs), sorted(named.items()), sorted([(2, a), (1, b)], reverse=True)


f(4, 3)
# -> ([(3, 0), (4, 0), (4, 1)], [("x", 3), ("y", 4)], [(2, 4), (1, 3)])


# case: least_and_greatest_of_tuples
def f(x):
    pairs = [(v % 3, i) for i, v in enumerate(x)]
    return (
        min(pairs),
        max(pairs),
        min(pairs, key=lambda p: (-p[0], p[1])),
        max(pairs, default=(0, 0)),
    )


f([5, 3, 9, 4, 8])  # -> ((0, 1), (2, 4), (2, 0), (2, 4))


# case: least_of_none
def f(n):
    pairs = []
    for i in range(n):
        pairs.append((i, i))
    return min(pairs)


f(1)  # -> (0, 0)
f(0)  # raises ValueError: empty


# case: zip_of_a_star
def f(x):
    pairs = []
    for i, v in enumerate(x):
        pairs.append((v, i * 0.5))
    values, halves = zip(*pairs)
    return sum(values), halves, max(values), len(halves)


f([3, 1, 2])  # -> (6, (0.0, 0.5, 1.0), 3, 3)


# case: zip_of_a_star_of_three
def f(n):
    rows = [(i, i + 1, i * i) for i in range(n)]
    columns = list(zip(*rows))
    out = []
    for column in zip(*rows):
        out.append(sum(column))
    return columns[1], out


f(3)  # -> ((1, 2, 3), [3, 6, 5])


# case: zip_of_a_star_of_none
def f(n):
    pairs = [(i, i) for i in range(n)]
    a, b = zip(*pairs)
    return sum(a), sum(b)


f(2)  # -> (1, 1)
f(0)  # raises ValueError


# case: extremes_of_a_star
def f(n):
    items = counted(n, 3)
    return max(*items), min(*items, 1)


f(3)  # -> (6, 0)


# case: built_in_functions
def f(n):
    items = counted(n)
    items.append(-2)
    return (
        [i * v for i, v in enumerate(items, 1)],
        list(reversed(items)),
        [a - b for a, b in zip(items, items[1:])],
        any(v < 0 for v in items),
        all(items),
        sum(items, 100),
        sum(v * v for v in items),
        list(map(abs, items)),
        [v for v in filter(lambda v: v > 0, items)],
    )


f(3)
# -> ([0, 2, 6, -8], [-2, 2, 1, 0], [-1, -1, 4], True, False, 101, 9, [0, 1, 2, 2], [1, 2])


# case: equality
def f(n, m):
    one, other = counted(n), counted(m)
    pairs = [(v, v) for v in one]
    return one == other, one != other, one == [0, 1], pairs == [(0, 0), (1, 1)], one == (0, 1)


f(2, 2)  # -> (True, False, True, True, False)
f(2, 3)  # -> (False, True, True, True, False)
f(1, 0)  # -> (False, True, False, False, False)


# case: assignment_of_items
Point = namedtuple("Point", "x y")


def f(n, k):
    points = []
    for i in range(n):
        points.append(Point(i, 0.5))
    points[k] = Point(9, 1.5)
    points[-1] = points[0]._replace(x=5)
    total = 0
    for x, y in points:
        total += x * y
    return total, points[k].x, points[-1]


f(4, 1)  # -> (17.0, 9, Point(x=5, y=0.5))


# case: dataclasses
@dataclass
class Particle:
    place: float
    speed: float


def f(n):
    particles = []
    for i in range(n):
        particles.append(Particle(i * 1.0, 2.0 - i))
    for i in range(n):
        old = particles[i]
        particles[i] = Particle(old.place + old.speed, old.speed)
    particles.append(particles.pop(0))
    return [p.place for p in particles], particles[-1].speed


f(3)  # -> ([2.0, 2.0, 2.0], 2.0)


# case: nested_comprehensions
def f(n, m):
    table = [i * j for i in range(n) for j in range(m) if i != j]
    triangle = [(i, j) for i in range(n) for j in range(i)]
    sums = [sum([j * j for j in range(i + 1)]) for i in range(n)]
    return table, triangle, sums


f(3, 2)  # -> ([0, 0, 0, 2], [(1, 0), (2, 0), (2, 1)], [0, 1, 5])


# case: primes
def f(n):
    primes = []
    k = 2
    while len(primes) < n:
        if all(k % p != 0 for p in primes):
            primes.append(k)
        k += 1
    return primes


f(6)  # -> [2, 3, 5, 7, 11, 13]


# case: stack_of_tuples
def f(n):
    stack = [(0, n)]
    leaves = 0
    deepest = 0
    while stack:
        depth, size = stack.pop()
        deepest = max(deepest, depth)
        if size < 2:
            leaves += 1
            continue
        stack.append((depth + 1, size // 2))
        stack.append((depth + 1, size - size // 2))
    return leaves, deepest


f(11)  # -> (11, 4)


# case: merge_sort
def f(x):
    runs = [v for v in x]
    width = 1
    while width < len(runs):
        merged = []
        start = 0
        while start < len(runs):
            left = runs[start : start + width]
            right = runs[start + width : start + 2 * width]
            i = j = 0
            while i < len(left) and j < len(right):
                if right[j] < left[i]:
                    merged.append(right[j])
                    j += 1
                else:
                    merged.append(left[i])
                    i += 1
            merged += left[i:] + right[j:]
            start += 2 * width
        runs = merged
        width *= 2
    return runs


f([5, 2, 8, 1, 9, 3])  # -> [1, 2, 3, 5, 8, 9]


# case: order_of_lists
def f(n):
    return counted(n) < [0, 5]


f(3)  # -> True
# staged raises TypeError: have no order


# case: objects_with_an_equality_of_their_own
class Angle:
    def __init__(self, degrees):
        self.degrees = degrees

    def __eq__(self, other):
        return self.degrees % 360 == other.degrees % 360

    __hash__ = None


def f(x, y):
    angles = [Angle(x), Angle(x + 10), Angle(y)]
    wanted = Angle(y - 360)
    position = angles.index(wanted)
    return wanted in angles, position, angles.count(wanted)


f(30, 30)  # -> (True, 0, 2)
f(30, 400)  # -> (True, 1, 2)
f(30, 20)  # -> (True, 2, 1)
