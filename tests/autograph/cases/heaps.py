"""``heapq`` and ``bisect`` on lists whose items are tensors."""

import bisect
import heapq
from bisect import bisect_left, insort
from dataclasses import dataclass
from typing import NamedTuple

import pygraph as pg


# case: push_and_pop
def f(x):
    heap = []
    for v in x:
        heapq.heappush(heap, v)
    out = []
    while heap:
        out.append(heapq.heappop(heap))
    return out


f([5, 2, 8, 2, 9, 1, 7])  # -> [1, 2, 2, 5, 7, 8, 9]
f([0.5])  # -> [0.5]


# case: the_list_is_as_python_leaves_it
def f(x):
    heap = []
    for v in x:
        heapq.heappush(heap, v)
        if v > 6:
            heapq.heappop(heap)
    return heap


f([5, 2, 8, 2, 9, 1, 7, 3, 4, 0])  # -> [0, 5, 3, 8, 7, 9, 4]


# case: tuples
def f(x):
    heap = [(0, 0)]
    for i, v in enumerate(x):
        heapq.heappush(heap, (v, -i))
    out = []
    while heap:
        value, place = heapq.heappop(heap)
        out.append((value, place))
    return out


f([3, 1, 3, 1])  # -> [(0, 0), (1, -3), (1, -1), (3, -2), (3, 0)]


# case: nested_tuples
def f(x):
    heap = []
    for i, v in enumerate(x):
        heapq.heappush(heap, ((v % 2, v), (i,)))
    return [heapq.heappop(heap) for _ in range(3)], heap[0]


f([4, 3, 2, 1])  # -> ([((0, 2), (2,)), ((0, 4), (0,)), ((1, 1), (3,))], ((1, 3), (1,)))


# case: named_tuples
class Entry(NamedTuple):
    cost: float
    node: int


def f(x):
    heap = [Entry(9.0, 9)]
    for i, v in enumerate(x):
        heapq.heappush(heap, Entry(v, i))
    best = heapq.heappop(heap)
    return best.node, best.cost, len(heap)


f([2.0, 1.5, 3.0])  # -> (1, 1.5, 3)


# case: ordered_dataclasses
@dataclass(order=True)
class Task:
    priority: int
    size: float


def f(x):
    heap = []
    for i, v in enumerate(x):
        heapq.heappush(heap, Task(v, i * 0.5))
    first = heapq.heappop(heap)
    second = heapq.heappop(heap)
    return first.size, second.priority, second.size


f([3, 1, 1, 0])  # -> (1.5, 1, 0.5)


# case: own_order
class Least(NamedTuple):
    key: int

    def __lt__(self, other):
        return self.key > other.key


def f(x):
    heap = []
    for v in x:
        heapq.heappush(heap, Least(v))
    return heapq.heappop(heap).key, heapq.heappop(heap).key


f([3, 8, 5])  # -> (8, 5)


# case: heapify
def f(x):
    heap = [v * 3 % 11 for v in x]
    heapq.heapify(heap)
    return heap


f([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])  # -> [1, 2, 7, 3, 4, 9, 10, 6, 5, 8]
f([5])  # -> [4]


# case: heapify_tuples
def f(x):
    heap = [(-v, v) for v in x]
    heapq.heapify(heap)
    return heap, heapq.heappop(heap)


f([1, 5, 3, 4])  # -> ([(-4, 4), (-1, 1), (-3, 3)], (-5, 5))


# case: replace_and_pushpop
def f(x):
    heap = []
    out = []
    for v in x:
        if len(heap) < 3:
            heapq.heappush(heap, v)
        else:
            out.append(heapq.heappushpop(heap, v))
    out.append(heapq.heapreplace(heap, 100))
    out.append(heapq.heapreplace(heap, -1))
    return out, heap


f([5, 1, 8, 0, 9, 3])  # -> ([0, 1, 3, 5, 8], [-1, 9, 100])


# case: pushpop_on_an_empty_heap
def f(n):
    heap = []
    for i in range(n):
        heapq.heappush(heap, i)
    while heap:
        heapq.heappop(heap)
    return heapq.heappushpop(heap, n), len(heap)


f(3)  # -> (3, 0)


# case: pop_from_an_empty_heap
def f(n):
    heap = []
    for i in range(n):
        heapq.heappush(heap, i)
    return heapq.heappop(heap) + heapq.heappop(heap)


f(2)  # -> 1
f(1)  # raises IndexError: index out of range


# case: smallest_and_largest
def f(x, k):
    pairs = [(v % 3, v) for v in x]
    return (
        heapq.nsmallest(2, pairs),
        heapq.nlargest(2, x),
        heapq.nlargest(k, pairs, key=lambda pair: -pair[0]),
    )


f([5, 3, 9, 4, 8], 3)  # -> ([(0, 3), (0, 9)], [9, 8], [(0, 3), (0, 9), (1, 4)])


# case: merge
def f(x):
    kept = [v for v in x if v > 0]
    return list(heapq.merge(kept, [1, 2]))


f([1, 2])  # -> [1, 1, 2, 2]
# staged raises TypeError: sorted(first + second)


# case: shortest_paths
def f(starts, targets, weights, n):
    far = pg.full(n, 1000.0)
    far[0] = 0.0
    heap = [(0.0, 0)]
    while heap:
        cost, node = heapq.heappop(heap)
        if cost > far[node]:
            continue
        for edge in range(starts[node], starts[node + 1]):
            following = cost + weights[edge]
            if following < far[targets[edge]]:
                far[targets[edge]] = following
                heapq.heappush(heap, (following, targets[edge]))
    return far


f([0, 2, 3, 4, 5, 5], [1, 2, 3, 1, 4], [4.0, 1.0, 1.0, 2.0, 3.0], static(5))
# -> [0.0, 3.0, 1.0, 4.0, 7.0]


# case: medians
def f(x):
    low = []
    high = []
    medians = []
    for v in x:
        if not low or v <= -low[0]:
            heapq.heappush(low, -v)
        else:
            heapq.heappush(high, v)
        if len(low) > len(high) + 1:
            heapq.heappush(high, -heapq.heappop(low))
        elif len(high) > len(low):
            heapq.heappush(low, -heapq.heappop(high))
        medians.append(-low[0])
    return medians


f([5, 15, 1, 3, 8, 7])  # -> [5, 5, 5, 3, 5, 5]


# case: of_fixed_length
def f(a, b):
    heap = [3, 1]
    heapq.heappush(heap, a)
    heapq.heapify(heap)
    least = heapq.heappop(heap)
    return least, heapq.heappushpop(heap, b), heap


f(2, 0)  # -> (1, 0, [2, 3])
f(-2, 5)  # -> (-2, 1, [3, 5])


# case: python_values
def f(n):
    heap = []
    for i in (5, 2, 7):
        heapq.heappush(heap, i)
    return heapq.heappop(heap) + n, bisect.bisect([1, 3, 5], 3)


f(1)  # -> (3, 2)


# case: bisect
def f(x, v):
    items = [w * 2 for w in x]
    return (
        bisect.bisect_left(items, v),
        bisect.bisect_right(items, v),
        bisect.bisect(items, v, 1),
        bisect_left(items, v, 0, 2),
        bisect.bisect_left([1, 5, 9], v),
    )


f([1, 2, 2, 3], 4)  # -> (1, 3, 3, 1, 1)
f([1, 2, 2, 3], 100)  # -> (4, 4, 4, 2, 3)
f([1, 2, 2, 3], -1)  # -> (0, 0, 1, 0, 0)


# case: bisect_a_tensor
def f(x, v):
    return bisect.bisect_left(x, v), bisect.bisect_right(x, v)


f([1.0, 2.0, 2.0, 4.0], 2.0)  # -> (1, 3)


# case: bisect_by_key
def f(x, v):
    pairs = [(w, w * w) for w in x]
    return bisect.bisect_left(pairs, v, key=lambda pair: pair[1]), bisect_left(pairs, (2, v))


f([1, 2, 3], 4)  # -> (1, 1)
f([1, 2, 3], 5)  # -> (2, 2)


# case: insort
def f(x):
    items = []
    for v in x:
        insort(items, v)
    return items


f([3, 1, 2, 1])  # -> [1, 1, 2, 3]


# case: insort_tuples
def f(x):
    items = []
    for i, v in enumerate(x):
        bisect.insort_left(items, (v, i), key=lambda pair: pair[0])
    return items


f([3, 1, 3, 1])  # -> [(1, 3), (1, 1), (3, 2), (3, 0)]


# case: longest_increasing_subsequence
def f(x):
    tails = []
    for v in x:
        place = bisect.bisect_left(tails, v)
        if place == len(tails):
            tails.append(v)
        else:
            tails[place] = v
    return len(tails)


f([10, 9, 2, 5, 3, 7, 101, 18])  # -> 4
