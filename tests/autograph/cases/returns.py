"""`return` anywhere."""

import pygraph as pg


# case: early
def f(x):
    if x > 0:
        return 1
    return -1


f(3)  # -> 1
f(-3)  # -> -1


# case: in_every_branch
def f(x):
    if x > 0:
        return x
    elif x < -10:
        return x * 2
    else:
        return 0


f(3)  # -> 3
f(-30)  # -> -60
f(-3)  # -> 0


# case: guard_clauses
def f(a, b):
    if a < 0:
        return -1
    if b < 0:
        return -2
    if a == b:
        return 0
    return a - b


f(-1, 1)  # -> -1
f(1, -1)  # -> -2
f(2, 2)  # -> 0
f(5, 2)  # -> 3


# case: in_for
def f(n, limit):
    total = 0
    for i in range(n):
        total += i
        if total > limit:
            return i
    return -total


f(10, 12)  # -> 5
f(10, 1000)  # -> -45
f(0, 3)  # -> 0


# case: in_while
def f(n):
    while n > 0:
        if n % 7 == 0:
            return n
        n -= 1
    return 0


f(20)  # -> 14
f(6)  # -> 0


# case: in_endless_while
def f(limit):
    x = 1
    while True:
        x = x * 2
        if x % 3 == 1:
            continue
        if x > limit:
            return x


f(100)  # -> 128
f(3)  # -> 8


# case: in_nested_loops
def f(n, m):
    seen = 0
    for i in range(n):
        for j in range(m):
            seen += 1
            if i * j == 2:
                return seen * 100
            if j > i + 2:
                break
        else:
            seen += 10
    return seen


f(3, 3)  # -> 1600
f(5, 2)  # -> 2600
f(0, 4)  # -> 0


# case: in_both_branches_of_a_loop
def f(n):
    for i in range(n):
        if i == 3:
            return 100
        if i == 5:
            return 200
    return 300


f(2)  # -> 300
f(9)  # -> 100


# case: from_a_loop_in_a_branch
def f(x, n):
    if x > 0:
        for i in range(n):
            if i * x > 10:
                return i
        x = 1000
    return x


f(3, 9)  # -> 4
f(3, 2)  # -> 1000
f(-3, 9)  # -> -3


# case: tuple
def f(x):
    if x > 0:
        return x, 1
    return 0, x


f(3)  # -> (3, 1)
f(-3)  # -> (0, -3)


# case: nested_structure
def f(x):
    if x > 0:
        return {"a": (x, [x + 1]), "b": x}
    return {"a": (0, [x]), "b": 1}


f(3)  # -> {'a': (3, [4]), 'b': 3}
f(-3)  # -> {'a': (0, [-3]), 'b': 1}


# case: structures_that_differ
def f(x):
    if x > 0:
        return x, x
    return x


f(3)  # staged raises TypeError: return


# case: none_and_a_number
def f(x):
    if x > 0:
        return x
    return None


f(3)  # -> 3
f(-3)  # -> None


# case: nothing_at_all
def f(x):
    y = x + 1


f(3)  # -> None


# case: bare_return
def f(x):
    if x > 0:
        return
    x = x + 1


f(3)  # -> None
f(-3)  # -> None


# case: code_after_return
def f(x):
    return x + 1
    x = undefined_name


f(3)  # -> 4


# case: after_a_python_condition
def f(x, flag):
    if flag:
        return x
    if x > 0:
        return x * 2
    return x * 3


f(3, static(True))  # -> 3
f(3, static(False))  # -> 6
f(-3, static(False))  # -> -9


# case: from_an_unrolled_loop
def f(x):
    for i in [2, 3, 5]:
        if x % i == 0:
            return i
    return x


f(9)  # -> 3
f(7)  # -> 7
f(4)  # -> 2


# case: from_a_nested_function
def f(x):
    def sign(v):
        if v > 0:
            return 1
        if v < 0:
            return -1
        return 0

    return sign(x) + sign(x - 3) * 10


f(5)  # -> 11
f(3)  # -> 1
f(-5)  # -> -11


# case: of_a_helper_in_a_loop
def first_divisor(n):
    for d in range(2, n):
        if n % d == 0:
            return d
    return n


def f(n):
    total = 0
    while n > 1:
        d = first_divisor(n)
        total += d
        n = n // d
    return total


f(60)  # -> 12
f(13)  # -> 13
f(1)  # -> 0


# case: the_rest_only_runs_when_not_returned
def f(x):
    if x == 0:
        return 0
    y = 100 // x
    return y


f(0)  # -> 0
f(7)  # -> 14


# case: number_and_tensor
def f(x):
    if x > 100:
        return 100
    return x


f(7)  # -> 7
f(700)  # -> 100
f(7.5)  # -> 7.5
f(700.5)
# -> 100
# staged -> 100.0


# case: bool_results
def f(n):
    if n < 2:
        return False
    for k in range(2, n):
        if k * k > n:
            return True
        if n % k == 0:
            return False
    return True


f(1)  # -> False
f(2)  # -> True
f(49)  # -> False
f(53)  # -> True


# case: arrays
def f(x):
    if pg.sum(x) > 3:
        return x * 2
    return x


f([1, 2])  # -> [1, 2]
f([3, 4])  # -> [6, 8]


# case: arrays_of_unlike_length
def f(x, n):
    for i in range(n):
        if x[i] == 0:
            return x[:i]
    return x


f([1, 2, 0, 4], 4)  # -> [1, 2]
f([1, 2, 0, 4], 2)  # -> [1, 2, 0, 4]


# case: in_else_of_a_loop
def f(n, k):
    for i in range(n):
        if i == k:
            break
    else:
        return -1
    return i * 10


f(9, 4)  # -> 40
f(3, 4)  # -> -1


# case: in_with
from contextlib import nullcontext


def f(x):
    with nullcontext():
        if x > 0:
            return x
        x = x - 1
    return x


f(3)  # -> 3
f(-3)  # -> -4


# case: in_try
def f(x):
    y = 0
    try:
        if x > 0:
            return x
        y = 5
    finally:
        y += 1
    return y


f(3)  # -> 3
f(-3)  # -> 6


# case: value_computed_before_finally
def f(x):
    y = x
    try:
        return y
    finally:
        y = y + 100


f(3)  # -> 3


# case: conditional_expression
def f(x):
    return x if x > 0 else -x


f(3)  # -> 3
f(-3)  # -> 3


# case: boolean_expression
def f(x, y):
    return x > 0 and y > 0


f(1, 1)  # -> True
f(1, -1)  # -> False


# case: falls_off_the_end_of_a_loop
def f(n):
    while True:
        if n > 100:
            return n
        n = n * 2


f(3)  # -> 192


# case: many_in_sequence
def f(x):
    if x == 1:
        return 10
    if x == 2:
        return 20
    if x == 3:
        return 30
    if x == 4:
        return 40
    return 50


f(1)  # -> 10
f(3)  # -> 30
f(9)  # -> 50


# case: deep
def f(a, b):
    out = 0
    for i in range(a):
        if i % 2 == 0:
            k = 0
            while k < b:
                if k == 1:
                    k += 2
                    continue
                for m in range(k):
                    if m > i:
                        break
                    if m + i + k == 4:
                        return out
                    out += m + 1
                k += 1
        else:
            out += 1000
    return out


f(2, 3)  # -> 1000
f(3, 9)  # -> 1


# case: plain_return_in_a_loop_of_a_nested_function
def f(n):
    total = 0

    def add():
        nonlocal total
        for _ in range(n):
            total += 1
            if total % 3 == 2:
                return
        total += 100

    add()
    return total


f(1)  # -> 101
f(4)  # -> 2
