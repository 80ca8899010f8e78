"""Deques that grow and shrink at both ends in staged loops."""

from collections import deque

import pygraph as pg


# case: append_and_popleft
def f(n):
    queue = deque([(0, 1.5)])
    total = 0.0
    for i in range(n):
        queue.append((i, i * 0.5))
        queue.append((i + 1, 2.0))
        first, weight = queue.popleft()
        total += first * weight
    return total, len(queue), queue


f(4)  # -> (2.5, 5, deque([(2, 2.0), (2, 1.0), (3, 2.0), (3, 1.5), (4, 2.0)]))
f(0)  # -> (0.0, 1, deque([(0, 1.5)]))


# case: breadth_first
def f(n):
    queue = deque([0])
    seen = pg.zeros(8, dtype=pg.bool)
    seen[0] = True
    order = []
    while queue:
        node = queue.popleft()
        order.append(node)
        for step in (1, 3):
            following = (node + step) % n
            if not seen[following]:
                seen[following] = True
                queue.append(following)
    return order


f(8)  # -> [0, 1, 3, 2, 4, 6, 5, 7]
f(1)  # -> [0]


# case: at_the_front
def f(n):
    d = deque()
    for i in range(n):
        d.appendleft(i)
        if i % 3 == 2:
            d.pop()
    return d


f(7)  # -> deque([6, 5, 4, 3, 2])
f(0)  # -> deque([])


# case: both_ends_in_turn
def f(n):
    d = deque()
    for i in range(n):
        d.append(i)
        d.appendleft(-i)
    total = 0
    while len(d) > 1:
        total = total * 2 + d.popleft()
        total = total * 3 + d.pop()
    return total


f(6)  # -> -89580


# case: extend
def f(n):
    d = deque([1])
    while len(d) < n:
        d.extend([2, 3])
        d.extendleft([4, 5, 6, 7, 8])
    return d


f(9)  # -> deque([8, 7, 6, 5, 4, 8, 7, 6, 5, 4, 1, 2, 3, 2, 3])


# case: extend_by_tensors
def f(x):
    d = deque()
    d.extend(v * 2 for v in x if v > 0)
    d.extendleft(v for v in x if v < 0)
    return d


f([1, -2, 3, -4])  # -> deque([-4, -2, 2, 6])


# case: rotate
def f(n, k):
    d = deque()
    for i in range(n):
        d.append(i)
    d.rotate(1)
    d.rotate(k)
    d.rotate(-1)
    d.rotate(2)
    return d


f(5, 3)  # -> deque([0, 1, 2, 3, 4])
f(5, -7)  # -> deque([0, 1, 2, 3, 4])
f(0, 3)  # -> deque([])
f(1, 1)  # -> deque([0])


# case: josephus
def f(n, k):
    circle = deque(range(n))
    while len(circle) > 1:
        circle.rotate(1 - k)
        circle.popleft()
    return circle[0]


f(41, 3)  # -> 30


# case: hot_potato
def f(n):
    circle = deque(range(n))
    while len(circle) > 1:
        circle.append(circle.popleft())
        circle.popleft()
    return circle.pop()


f(10)  # -> 4


# case: maximum_length
def f(x):
    window = deque(maxlen=3)
    sums = []
    for v in x:
        window.append(v)
        sums.append(sum(window))
    return sums, window


f([1, 2, 3, 4, 5])  # -> ([1, 3, 6, 9, 12], deque([3, 4, 5], maxlen=3))
f([7])  # -> ([7], deque([7], maxlen=3))


# case: maximum_length_at_the_front
def f(n):
    d = deque(maxlen=2)
    for i in range(n):
        d.appendleft(i)
        d.extend([10 * i, 10 * i + 1, 10 * i + 2])
        d.extendleft([i])
    return d, d.maxlen


f(3)  # -> (deque([2, 21], maxlen=2), 2)


# case: maximum_length_exceeded_by_insert
def f(n):
    d = deque(maxlen=4)
    for i in range(n):
        d.insert(1, i)
    return d


f(3)  # -> deque([0, 2, 1], maxlen=4)
f(5)  # raises IndexError: deque already at its maximum size


# case: pop_from_an_empty_one
def f(n):
    d = deque([1, 2])
    total = 0
    for i in range(n):
        total += d.popleft()
    return total


f(2)  # -> 3
f(3)  # raises IndexError: pop from an empty deque


# case: pop_from_the_end_of_an_empty_one
def f(n):
    d = deque()
    for i in range(n):
        d.append(i)
    while n > -1:
        d.pop()
        n -= 1
    return len(d)


f(3)  # raises IndexError: pop from an empty deque


# case: indexing
def f(n, k):
    d = deque()
    for i in range(n):
        d.append(i * i)
    d[0] = 100
    d[k] = d[-1] + d[k]
    return d[k], d[-k - 1], d


f(5, 2)  # -> (20, 20, deque([100, 1, 20, 9, 16]))


# case: index_out_of_range
def f(n):
    d = deque([1])
    for i in range(n):
        d.append(i)
    return d[n + 1]


f(3)  # raises IndexError


# case: methods
def f(n):
    d = deque()
    for i in range(n):
        d.append(i % 3)
    twos = d.count(2)
    where = d.index(2)
    d.remove(2)
    d.insert(2, 7)
    d.reverse()
    copied = d.copy()
    copied.clear()
    copied.append(twos)
    return twos, where, d, copied


f(7)  # -> (2, 2, deque([0, 2, 1, 0, 7, 1, 0]), deque([2]))
f(2)  # raises ValueError


# case: remove_what_is_not_there
def f(n):
    d = deque()
    for i in range(n):
        d.append(i)
    d.remove(9)
    return d


f(3)  # raises ValueError: 9 is not in deque


# case: delete_an_item
def f(n):
    d = deque()
    for i in range(n):
        d.append(i)
    del d[1]
    del d[n - 3]
    return d


f(5)  # -> deque([0, 2, 4])


# case: iteration
def f(n):
    d = deque([(1, 2)])
    for i in range(n):
        d.appendleft((i, i * i))
    total = 0
    for k, (a, b) in enumerate(d):
        total += k * a - b
    for a, b in reversed(d):
        total = total * 2 + a
    return total, [a + b for a, b in d], max(d), (3, 9) in d, 3 in d


f(4)  # -> (-229, [12, 6, 2, 0, 3], (3, 9), True, False)


# case: truth_and_equality
def f(n):
    d = deque()
    found = 0
    while not d or d[0] < n:
        d.appendleft(len(d))
        found += 1
    return found, d == deque([2, 1, 0]), d == deque([2, 1]), d == [2, 1, 0], d != deque()


f(2)  # -> (3, True, False, False, True)
f(3)  # -> (4, False, False, False, True)


# case: in_an_object
class Buffer:
    def __init__(self):
        self.items = deque(maxlen=4)

    def put(self, value):
        self.items.append(value)

    def mean(self):
        return sum(self.items) / len(self.items)


def f(x):
    buffer = Buffer()
    means = []
    for v in x:
        if v >= 0:
            buffer.put(v)
        means.append(buffer.mean())
    return means


f([4.0, -1.0, 8.0, 0.0, 0.0, 0.0])  # -> [4.0, 4.0, 6.0, 4.0, 3.0, 2.0]


# case: under_a_condition_only
def f(x):
    d = deque([0])
    if x > 0:
        d.append(x)
        d.appendleft(-x)
    elif x < -5:
        d.clear()
    return d, len(d)


f(3)  # -> (deque([-3, 0, 3]), 3)
f(-1)  # -> (deque([0]), 1)
f(-9)  # -> (deque([]), 0)


# case: of_fixed_length
def f(x):
    d = deque([1, 2, 3])
    for v in x:
        d.append(v)
        d.popleft()
        d.rotate(1)
    return d


f([4, 5])  # -> deque([5, 2, 3])


# case: sliding_maximum
def f(x, k):
    best = []
    queue = deque()
    for i in range(len(x)):
        while queue and x[queue[-1]] <= x[i]:
            queue.pop()
        queue.append(i)
        if queue[0] <= i - k:
            queue.popleft()
        if i >= k - 1:
            best.append(x[queue[0]])
    return best


f([1, 3, -1, -3, 5, 3, 6, 7], 3)  # -> [3, 3, 5, 5, 6, 7]


# case: lists_from_the_front
def f(n):
    items = []
    for i in range(n):
        items.insert(0, i)
        items.append(-i)
    total = 0
    while items:
        total = total * 3 + items.pop(0)
    return total


f(4)  # -> 8244


# case: given_and_returned
def f(d):
    copied = deque(d)
    copied.append(len(d))
    return copied


f((1, 2))  # -> deque([1, 2, 2])


# case: a_long_one_of_fixed_length
def f(n):
    d = deque([i * 1.5 for i in range(20)], maxlen=20)
    total = 0.0
    for i in range(n):
        total += d[0] * 0.5 + d[-1]
        d.append(i * 1.0)
        if i % 7 == 0:
            d.rotate(3)
    return total, len(d), d[3]


f(0)  # -> (0.0, 20, 4.5)
f(45)  # -> (1333.5, 20, 16.0)


# case: a_long_one_of_different_items
def f(n):
    d = deque([1, 2.5, (3, 4), 5, 6, 7, 8, 9, 10, 11])
    for i in range(n):
        d[0] = i
    return d[0], d[2]


f(3)  # -> (2, (3, 4))
