"""`for` over tensors, and over what enumerate, zip, map, filter and reversed make of them."""

import pygraph as pg


# case: elements
def f(x):
    total = 0
    for v in x:
        total += v
    return total


f([1, 2, 3])  # -> 6
f([1.5, 2.5])  # -> 4.0


# case: rows
def f(x):
    total = 0.0
    last = x[0]
    for row in x:
        total += pg.sum(row)
        last = row
    return total, last


f([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])  # -> (21.0, [5.0, 6.0])


# case: elements_with_continue
def f(x):
    total = 0
    for v in x:
        if v < 0:
            continue
        total += v
    return total


f([1, -2, 3])  # -> 4


# case: nested_rows_and_elements
def f(x):
    count = 0
    for row in x:
        for v in row:
            if v > 2:
                count += 1
    return count


f([[1, 2], [3, 4], [5, 0]])  # -> 3


# case: a_scalar_is_no_iterable
def f(x):
    total = 0
    for v in x:
        total += v
    return total


f(3)  # raises TypeError: iter


# case: enumerate
def f(x):
    total = 0
    for i, v in enumerate(x):
        total += i * v
    return total


f([5, 6, 7])  # -> 20


# case: enumerate_with_start
def f(x):
    total = 0
    for i, v in enumerate(x, 10):
        total += i * v
    return total


f([5, 6, 7])  # -> 200


# case: enumerate_of_range
def f(n):
    total = 0
    for i, v in enumerate(range(5, 5 + n)):
        total += i * v
    return total


f(3)  # -> 20
f(0)  # -> 0


# case: zip
def f(x, y):
    total = 0
    for a, b in zip(x, y):
        total += a * b
    return total


f([1, 2, 3], [4, 5, 6])  # -> 32
f([1, 2, 3], [4, 5])  # -> 14


# case: zip_of_three
def f(x, y, z):
    total = 0
    for a, b, c in zip(x, y, z):
        if a > b:
            total += c
    return total


f([1, 9, 3], [4, 5, 1], [1, 10, 100])  # -> 110


# case: zip_in_enumerate
def f(x, y):
    total = 0
    for i, (a, b) in enumerate(zip(x, y), 1):
        if a > b:
            continue
        total += i * a - b
    return total


f([1, 2, 3], [3, 1, 5])  # -> 2


# case: zip_with_range
def f(x, n):
    total = 0
    for v, i in zip(x, range(n)):
        total = total * 10 + v * i
    return total


f([1, 2, 3], 2)  # -> 2
f([1, 2, 3], 9)  # -> 26


# case: zip_with_a_python_list
def f(x):
    total = 0
    for v, weight in zip(x, [1, 10, 100]):
        total += v * weight
    return total


f([1, 2, 3])  # -> 321


# case: zip_of_python_lists
def f(x):
    total = 0
    for name, weight in zip(["a", "b"], [1, 10]):
        total += x * weight if name == "b" else weight
    return total


f(3)  # -> 31


# case: reversed_tensor
def f(x):
    total = 0
    for v in reversed(x):
        total = total * 10 + v
    return total


f([1, 2, 3])  # -> 321


# case: reversed_range_with_break
def f(n):
    total = 0
    for i in reversed(range(n)):
        if total > 10:
            break
        total += i
    return total, i


f(6)  # -> (12, 2)


# case: reversed_with_a_step
def f(n):
    total = 0
    for i in reversed(range(1, n, 3)):
        total = total * 10 + i
    return total


f(9)  # -> 741
f(1)  # -> 0


# case: map_over_a_tensor
def f(x):
    total = 0
    for v in map(lambda v: v * 2 if v > 1 else 0, x):
        total += v
    return total


f([1, 2, 3])  # -> 10


# case: map_over_a_range
def f(n):
    def square(i):
        return i * i

    total = 0
    for v in map(square, range(n)):
        total += v
    return total


f(4)  # -> 14


# case: filter_over_a_tensor
def f(x):
    total = 0
    for v in filter(lambda v: v > 1, x):
        total += v
    return total


f([1, 2, 3])  # -> 5


# case: python_list_unrolls
def f(x):
    total = 0
    for k in [1, 2, 3]:
        if x > k:
            total += k
    return total


f(2)  # -> 1
f(9)  # -> 6


# case: list_of_tensors
def f(x, y):
    total = 0
    for v in [x, y, x + y]:
        if v > 2:
            total += v
    return total


f(1, 2)  # -> 3


# case: tuple_argument
def f(values):
    total = 0
    for v in values:
        if v > 1:
            total += v
    return total


f((1, 2, 3))  # -> 5


# case: dict_argument
def f(d):
    total = 0
    for name in sorted(d):
        if d[name] > 1:
            total += d[name]
    return total


f({"a": 1, "b": 2, "c": 3})  # -> 5


# case: dict_items
def f(d):
    total = 0
    for name, v in d.items():
        total += v * len(name)
    return total


f({"a": 1, "bb": 2})  # -> 5


# case: string
def f(x):
    total = 0
    for c in "abc":
        total = total * 10 + (x if c == "b" else 1)
    return total


f(5)  # -> 151


# case: generator_expression
def f(x):
    total = 0
    for v in (k * x for k in range(3)):
        if v > 1:
            total += v
    return total


f(2)  # -> 6


# case: iterator
def f(x):
    items = iter([x, x + 1, x + 2])
    first = next(items)
    total = first * 100
    for v in items:
        total += v
    return total


f(2)  # -> 207


# case: slice_of_a_tensor
def f(x):
    total = 0
    for v in x[1:]:
        total += v
    return total


f([1, 2, 3])  # -> 5


# case: slice_with_a_tensor_bound
def f(x, n):
    total = 0
    for v in x[:n]:
        total += v
    return total


f([1, 2, 3], 2)  # -> 3
f([1, 2, 3], 0)  # -> 0


# case: empty_tensor
def f(x):
    total = 0
    for v in x[:0]:
        total += v
    return total


f([1, 2, 3])  # -> 0


# case: loop_variable_after
def f(x):
    for v in x:
        if v > 1:
            break
    return v


f([1, 2, 3])  # -> 2
f([0, 1])  # -> 1


# case: changing_the_iterated_name
def f(x):
    total = 0
    for v in x:
        x = x * 2
        total += v
    return total, x


f([1, 2])  # -> (3, [4, 8])


# case: pg_range_with_enumerate
def f(n):
    total = 0
    for i, v in enumerate(pg.range(3, n)):
        total += i * v
    return total


f(6)  # -> 14


# case: columns_by_transposing
def f(x):
    best = 0
    for column in x.T:
        s = pg.sum(column)
        if s > best:
            best = s
    return best


f([[1, 5], [2, 3]])  # -> 8


# case: pairs_of_indices
def f(x):
    inversions = 0
    n = len(x)
    for i in range(n):
        for j in range(i + 1, n):
            if x[i] > x[j]:
                inversions += 1
    return inversions


f([3, 1, 2])  # -> 2
f([1, 2, 3])  # -> 0


# case: nested_tuple_target
def f(x, y):
    total = 0
    for (i, a), b in zip(enumerate(x), y):
        total += i * a - b
    return total


f([1, 2, 3], [4, 5, 6])  # -> -7


# case: star_target_of_rows
def f(x):
    total = 0
    for first, *rest in [(x, 1, 2), (3, x, 4)]:
        total += first * 100 + rest[0] * 10 + rest[1]
    return total


f(5)  # -> 866


# case: unpacking_a_row
def f(x):
    total = 0
    for a, b in x:
        total += a * 10 + b
    return total


f([[1, 2], [3, 4]])  # -> 46


# case: next_in_a_staged_loop
def f(x, n):
    it = iter(x)
    total = 0
    for i in range(n):
        total = total * 10 + next(it)
    return total


f([1, 2, 3], 2)  # -> 12
f([1, 2, 3], 4)  # raises StopIteration


# case: next_in_a_branch
def f(x, c):
    it = iter(x)
    first = next(it)
    if c > 0:
        first = next(it)
    return first, next(it, -1)


f([1, 2, 3], 1)  # -> (2, 3)
f([1, 2, 3], 0)  # -> (1, 2)


# case: next_with_default
def f(x):
    it = iter(x)
    return next(it, 7), next(it, 8), next(it, 9)


f([1, 2])  # -> (1, 2, 9)


# case: rest_of_an_iterator
def f(x):
    it = iter(x)
    first = next(it)
    total = 0
    for v in it:
        total += v * first
    return total


f([2, 3, 4])  # -> 14


# case: next_of_a_python_iterator_in_a_staged_loop
def f(n):
    it = iter([1, 2, 3])
    total = 0
    for i in range(n):
        total = total * 10 + next(it)
    return total


f(3)
# -> 123
# staged raises TypeError: next() takes an item of a Python iterator where a tensor decides whether, or how


# case: next_iter
def f(n):
    items = []
    for i in range(n):
        items.append(i)
    it = iter(items)
    return next(it) + next(it)


f(2)  # -> 1
f(1)  # raises StopIteration


# case: next_tensor
def f(x):
    it = iter(x)
    return next(it) + next(it) + next(it)


f([1, 2, 3])  # -> 6
f([1, 2])  # raises StopIteration
