"""Two names for one tensor, list or dict, also where a tensor decides whether they are one."""

import pygraph as pg


# case: loop_over_v_writing_v
def f(v):
    total = 0
    for x in v:
        total += x
        v[2] = total
        v = v + 1
    return total, v


f([1, 2, 3])  # -> (4, [4, 5, 5])


# case: loop_over_v_writing_only
def f(v):
    total = 0
    for x in v:
        total += x
        v[2] = total
    return total, v


f([1, 2, 3])  # -> (6, [1, 2, 6])


# case: loop_over_v_rebind_then_write
def f(v):
    total = 0
    for x in v:
        v = v + 1
        v[2] = 100
        total += x
    return total, v


f([1, 2, 3])  # -> (6, [4, 5, 100])


# case: loop_over_v_write_then_rebind_in_branch
def f(v):
    total = 0
    for x in v:
        total += x
        if x == 1:
            v[1] = 50
            v = v * 2
        else:
            v[2] = 70
    return total, v


f([1, 2, 3])  # -> (54, [2, 100, 70])


# case: conditional
def f(c, v, w):
    if c > 0:
        w = v
    w[0] = 100
    return v, w


f(1, [1, 2], [3, 4])  # -> ([100, 2], [100, 2])
f(0, [1, 2], [3, 4])  # -> ([1, 2], [100, 4])


# case: conditional_else
def f(c, v, u):
    if c > 0:
        w = v
    else:
        w = u
    w[0] = 100
    return v, w, u


f(1, [1, 2], [3, 4])  # -> ([100, 2], [100, 2], [3, 4])
f(0, [1, 2], [3, 4])  # -> ([1, 2], [100, 4], [100, 4])


# case: conditional_fresh
def f(c, v):
    if c > 0:
        w = v + 1
    else:
        w = v * 2
    w[0] = 100
    return v, w


f(1, [1, 2])  # -> ([1, 2], [100, 3])
f(0, [1, 2])  # -> ([1, 2], [100, 4])


# case: conditional_one_fresh
def f(c, v):
    w = v
    if c > 0:
        w = v + 1
    w[0] = 100
    return v, w


f(1, [1, 2])  # -> ([1, 2], [100, 3])
f(0, [1, 2])  # -> ([100, 2], [100, 2])


# case: ifexp
def f(c, v, u):
    w = v if c > 0 else u
    w[0] = 100
    return v, w, u


f(1, [1, 2], [3, 4])  # -> ([100, 2], [100, 2], [3, 4])
f(0, [1, 2], [3, 4])  # -> ([1, 2], [100, 4], [100, 4])


# case: in_loop
def f(n, v):
    w = v + 0
    for i in range(n):
        w = v
    w[0] = 100
    return v, w


f(1, [1, 2])  # -> ([100, 2], [100, 2])
f(0, [1, 2])  # -> ([1, 2], [100, 2])


# case: swap_in_loop
def f(n, a, b):
    for i in range(n):
        a, b = b, a
        a[0] = i + 10
    return a, b


f(1, [1, 2], [3, 4])  # -> ([10, 4], [1, 2])
f(3, [1, 2], [3, 4])  # -> ([12, 4], [11, 2])


# case: double_buffer
def f(n, a):
    old = a
    new = a.copy()
    for i in range(n):
        new[0] = old[0] + 1
        old, new = new, old
    return old, new


f(1, [1, 2])  # -> ([2, 2], [1, 2])
f(3, [1, 2])  # -> ([4, 2], [3, 2])


# case: kept_in_loop
def f(n, a):
    b = a
    for i in range(n):
        a[0] += 1
        b[1] += 1
    return a, b


f(3, [1, 2])  # -> ([4, 5], [4, 5])


# case: list_element
def f(n, a):
    items = [a, a + 1]
    for i in range(n):
        items[0][0] = i + 7
    a[1] = 9
    return items, a


f(3, [1, 2])  # -> ([[9, 9], [2, 3]], [9, 9])
f(0, [1, 2])  # -> ([[1, 9], [2, 3]], [1, 9])


# case: list_copy_alias
def f(n):
    items = []
    other = items
    for i in range(n):
        items.append(i)
        if i == 1:
            other = items.copy()
    other.append(5)
    return items, other


f(3)
# -> ([0, 1, 2], [0, 1, 5])
# staged raises TypeError: 'other' is one object or another here


# case: copy_in_branch
def f(c, v):
    w = v.copy()
    if c > 0:
        w[0] = 9
    v[1] = 5
    return v, w


f(1, [1, 2])  # -> ([1, 5], [9, 2])
f(0, [1, 2])  # -> ([1, 5], [1, 2])


# case: try_finally_return
def f(x):
    log = []
    try:
        log.append(1)
        if x > 0:
            return x, log
        log.append(2)
    finally:
        log.append(3)
    return -x, log


f(3)  # -> (3, [1, 3])
f(-3)  # -> (3, [1, 2, 3])


# case: swap_by_condition
def f(c, a, b):
    if c > 0:
        a, b = b, a
    a[0] = -1.0
    return a, b


f(1, [1.0, 2.0], [3.0, 4.0])  # -> ([-1.0, 4.0], [1.0, 2.0])
f(0, [1.0, 2.0], [3.0, 4.0])  # -> ([-1.0, 2.0], [3.0, 4.0])


# case: one_of_four
def f(k, a, b, c):
    if k == 0:
        y = a
    elif k == 1:
        y = b
    elif k == 2:
        y = c
    else:
        y = a + b
    y += 10
    y[0] = 0
    return a, b, c, y


f(0, [1, 2], [3, 4], [5, 6])  # -> ([0, 12], [3, 4], [5, 6], [0, 12])
f(1, [1, 2], [3, 4], [5, 6])  # -> ([1, 2], [0, 14], [5, 6], [0, 14])
f(2, [1, 2], [3, 4], [5, 6])  # -> ([1, 2], [3, 4], [0, 16], [0, 16])
f(3, [1, 2], [3, 4], [5, 6])  # -> ([1, 2], [3, 4], [5, 6], [0, 16])


# case: chosen_twice
def f(p, q, a, b):
    y = a
    if p > 0:
        if q > 0:
            y = b
        z = y
    else:
        z = b
    z *= 2
    y += 1
    return a, b, y, z


f(0, 0, [1, 2], [3, 4])  # -> ([2, 3], [6, 8], [2, 3], [6, 8])
f(0, 1, [1, 2], [3, 4])  # -> ([2, 3], [6, 8], [2, 3], [6, 8])
f(1, 0, [1, 2], [3, 4])  # -> ([3, 5], [3, 4], [3, 5], [3, 5])
f(1, 1, [1, 2], [3, 4])  # -> ([1, 2], [7, 9], [7, 9], [7, 9])


# case: chosen_from_containers
def f(c, a, b):
    parameters = [a, b]
    named = {"k": a}
    y = parameters[0] if c > 0 else named["k"]
    y += 1
    parameters[1] -= 1
    named["k"] *= 3
    return a, b


f(1, [1, 2], [3, 4])  # -> ([6, 9], [2, 3])
f(0, [1, 2], [3, 4])  # -> ([6, 9], [2, 3])


# case: list_of_chosen_ones
def f(c, a, b):
    items = [a, b]
    if c > 0:
        items = [b, a]
    items[0] += 1
    items[1][0] = 7
    return a, b, items


f(1, [1, 2], [3, 4])  # -> ([7, 2], [4, 5], [[4, 5], [7, 2]])
f(0, [1, 2], [3, 4])  # -> ([2, 3], [7, 4], [[2, 3], [7, 4]])


# case: residual_block
def f(c, x, b):
    h = x
    if c > 0:
        h = x * 2
    h += b
    return h + x, x


f(1, [1.0, 2.0], [3.0, 4.0])  # -> ([6.0, 10.0], [1.0, 2.0])
f(0, [1.0, 2.0], [3.0, 4.0])  # -> ([8.0, 12.0], [4.0, 6.0])


# case: residual_blocks
def f(n, x, b):
    for i in range(n):
        h = x
        if i % 2 == 0:
            h = x * 2
        h += b
        x = h + x
    return x


f(0, [1.0, 2.0], [3.0, 4.0])  # -> [1.0, 2.0]
f(4, [1.0, 2.0], [3.0, 4.0])  # -> [120.0, 184.0]


# case: swap_in_loop_by_condition
def f(n, a, b):
    c = a
    for i in range(n):
        if i % 2 == 1:
            a, b = b, a
        a[0] = a[0] + i + 1
    return a, b, c


f(0, [1.0, 2.0], [3.0, 4.0])  # -> ([1.0, 2.0], [3.0, 4.0], [1.0, 2.0])
f(2, [1.0, 2.0], [3.0, 4.0])  # -> ([5.0, 4.0], [2.0, 2.0], [2.0, 2.0])
f(5, [1.0, 2.0], [3.0, 4.0])  # -> ([11.0, 2.0], [8.0, 4.0], [11.0, 2.0])


# case: rebound_in_loop
def f(n, x, z):
    y = x
    for i in range(n):
        if i > 1:
            y = z
        y[0] += 1
    y += 5
    return x, z, y


f(0, [1, 2], [3, 4])  # -> ([6, 7], [3, 4], [6, 7])
f(2, [1, 2], [3, 4])  # -> ([8, 7], [3, 4], [8, 7])
f(3, [1, 2], [3, 4])  # -> ([3, 2], [9, 9], [9, 9])


# case: early_return_before_a_write
def f(table, n, key):
    for i in range(n):
        if table[i] == key:
            return table
    table[n] = key
    return table


f([5, 6, 0, 0], 2, 6)  # -> [5, 6, 0, 0]
f([5, 6, 0, 0], 2, 7)  # -> [5, 6, 7, 0]


# case: best_so_far
def f(rows, n):
    best = rows[0].copy()
    spare = best
    for i in range(n):
        candidate = rows[i] + 0
        if candidate[0] > best[0]:
            best = candidate
        best[1] -= 1
    return best, spare


f([[1, 1], [5, 1], [3, 1]], 1)  # -> ([1, 0], [1, 0])
f([[1, 1], [5, 1], [3, 1]], 3)  # -> ([5, -1], [1, 0])


# case: items_swapped_in_loop
def f(n, a, b):
    pair = [a, b]
    for i in range(n):
        if i != 1:
            pair[0], pair[1] = pair[1], pair[0]
        pair[0][0] += 1
    return pair, a, b


f(0, [1, 2], [3, 4])  # -> ([[1, 2], [3, 4]], [1, 2], [3, 4])
f(1, [1, 2], [3, 4])  # -> ([[4, 4], [1, 2]], [1, 2], [4, 4])
f(3, [1, 2], [3, 4])  # -> ([[2, 2], [5, 4]], [2, 2], [5, 4])


# case: list_changed_then_returned_in_loop
def f(a, c):
    items = [a, a * 2]
    for i in range(c + 1):
        if c > 0:
            items[1] = items[0] + 0.5
            return items
    return items


f([1.0, 2.0], 1)  # -> [[1.0, 2.0], [1.5, 2.5]]
f([1.0, 2.0], 0)  # -> [[1.0, 2.0], [2.0, 4.0]]


# case: chosen_beside_a_raise
def f(x, z, c):
    if c > 5:
        raise ValueError("too large")
    elif c > 1:
        y = x
    else:
        y = z
    y[0] = 1
    return x, y, z


f([5, 6], [7, 8], 2)  # -> ([1, 6], [1, 6], [7, 8])
f([5, 6], [7, 8], 0)  # -> ([5, 6], [1, 8], [1, 8])
f([5, 6], [7, 8], 6)  # raises ValueError: too large


# case: chosen_shapes_that_differ
def f(a, b, c):
    y = a if c > 0 else b
    y[0] = 9
    y *= 2
    return a, b, y


f([1, 2], [3, 4, 5], 1)  # -> ([18, 4], [3, 4, 5], [18, 4])
f([1, 2], [3, 4, 5], 0)  # -> ([1, 2], [18, 8, 10], [18, 8, 10])


# case: recursion_that_writes
def f(a, n):
    def fill(t, k):
        if k > 0:
            t[0] += k
            fill(t, k - 1)
        return t

    b = fill(a, n)
    return a, b


f([1, 2], 3)  # -> ([7, 2], [7, 2])


# case: recursion_that_returns_its_argument
def f(a, n):
    def fill(t, k):
        if k > 0:
            t += 1
            return fill(t, k - 1)
        return t

    b = fill(a, n)
    b[0] = 9
    return a, b


f([1, 2], 3)
# -> ([9, 5], [9, 5])
# staged raises TypeError: is one object, or is not, with the one written into


# case: list_items_written_in_loops
def f(n):
    rows = []
    for i in range(n):
        rows.append(pg.zeros(3))
    for i in range(n):
        rows[i][i] = 5.0
    for i in range(n):
        rows[i] += 1.0
    return rows


f(2)  # -> [[6.0, 1.0, 1.0], [1.0, 6.0, 1.0]]


# case: appended_then_written
def f(x, n):
    history = []
    for i in range(n):
        x += 1
        history.append(x)
    return history


f([1.0, 2.0], 2)
# -> [[3.0, 4.0], [3.0, 4.0]]
# staged raises TypeError: is one object, or is not, with the one written into


# case: appended_copies
def f(x, n):
    history = []
    for i in range(n):
        x += 1
        history.append(x.copy())
    return history


f([1.0, 2.0], 2)  # -> [[2.0, 3.0], [3.0, 4.0]]


# case: written_after_it_was_appended
def f(x, n):
    items = []
    for i in range(n):
        items.append(x)
    x += 1
    return items


f([1.0, 2.0], 2)
# -> [[2.0, 3.0], [2.0, 3.0]]
# staged raises TypeError: is one object, or is not, with the one written into


# case: item_chosen_by_a_tensor
def f(a, b, i):
    items = [a, b]
    items[i] += 1
    return items


f([1, 2], [3, 4], 0)  # -> [[2, 3], [3, 4]]
f([1, 2], [3, 4], 1)  # -> [[1, 2], [4, 5]]


# case: swap_in_loop_in_branch
def f(n, a):
    x, z = a + 1, a
    if n > 2:
        for i in range(n):
            x, z = z, x
    x[0] += 5
    return x, z, a


f(0, [1, 2])  # -> ([7, 3], [1, 2], [1, 2])
f(3, [1, 2])  # -> ([6, 2], [2, 3], [6, 2])
f(4, [1, 2])  # -> ([7, 3], [1, 2], [1, 2])
