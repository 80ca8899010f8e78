"""Functions of all kinds that the tests convert, each with the arguments it is called with.

Every function here works on Python values, on eager tensors and staged, and gives equal results.
``STAGED`` tells which may be called with tensors for all of their arguments.
"""

# ruff: noqa: E731, SIM102, SIM201
from __future__ import annotations

from collections.abc import Callable
from typing import Any

PROGRAMS: list[tuple[Callable[..., Any], list[tuple[Any, ...]]]] = []


def program(*calls: tuple[Any, ...]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Register a function with the arguments of its calls."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        PROGRAMS.append((function, list(calls)))
        return function

    return register


@program((1,), (-1,), (0,))
def if_else(x):
    if x > 0:
        y = x + 1
    else:
        y = x - 1
    return y


@program((5,), (1,), (-3,), (0,))
def elif_chain(x):
    if x > 3:
        result = x * 2
    elif x > 0:
        result = x * 3
    elif x == 0:
        result = x + 100
    else:
        result = -x
    return result


@program((3, 4), (4, 3), (3, 3))
def early_returns(a, b):
    if a > b:
        return a - b
    if a < b:
        return b - a
    return a * b


@program((0,), (1,), (5,), (10,))
def count_down(n):
    steps = 0
    while n > 0:
        n = n - 2
        steps += 1
    return steps


@program((27,), (1,), (6,))
def collatz(n):
    steps = 0
    while n != 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        steps += 1
    return steps


@program((0,), (1,), (7,))
def sum_range(n):
    total = 0
    for i in range(n):
        total += i**2
    return total


@program((3, 9), (5, 5), (9, 3))
def range_two(start, stop):
    total = 0
    for i in range(start, stop):
        total = total * 3 + i
    return total


@program((0, 20, 3), (20, 0, -4), (1, 1, 1))
def range_three(start, stop, step):
    total = 0
    for i in range(start, stop, step):
        total = total * 3 + i
    return total


@program((10, 3), (10, 30), (0, 1))
def with_break(n, limit):
    total = 0
    for i in range(n):
        if total > limit:
            break
        total += i
    return total


@program((10,), (1,), (0,))
def with_continue(n):
    total = 0
    for i in range(n):
        if i % 3 == 0:
            continue
        total += i
    return total


@program((20, 7), (3, 50), (0, 0))
def break_and_continue(n, limit):
    total = 0
    i = 0
    while i < n:
        i += 1
        if i % 2 == 0:
            continue
        if i > limit:
            break
        total += i
    return total, i


@program((10, 12), (10, 1000), (0, 3))
def return_in_loop(n, limit):
    total = 0
    for i in range(n):
        total += i
        if total > limit:
            return i
    return -total


@program((3, 3), (5, 2), (0, 4), (4, 0))
def return_in_nested_loops(n, m):
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


@program((100,), (3,), (0,))
def endless_with_break(limit):
    x = 1
    while True:
        x = x * 2
        if x > limit:
            break
    return x


@program((100,), (3,))
def endless_with_return(limit):
    x = 1
    while True:
        x = x * 2
        if x % 3 == 1:
            continue
        if x > limit:
            return x


@program((5,), (0,), (50,))
def for_else(n):
    found = -1
    for i in range(n):
        if i * i > 30:
            found = i
            break
    else:
        found = 1000
    return found


@program((5,), (0,), (50,))
def while_else(n):
    i = 0
    while i < n:
        if i == 7:
            break
        i += 1
    else:
        i += 1000
    return i


@program((1, 2, 3), (3, 2, 1), (0, 0, 5), (2, 1, 3))
def boolean_logic(a, b, c):
    score = 0
    if a < b and b < c:
        score += 1
    if a > b or c == 5:
        score += 10
    if not (a == 1):
        score += 100
    if not a > 1 and (b > 1 or c > 1):
        score += 1000
    return score


@program((1, 2, 3), (3, 2, 1), (2, 2, 2), (1, 5, 3))
def chained(a, b, c):
    if a < b < c:
        return a + b + c
    if a == b == c != 7:
        return a * 1000
    return a - b - c


@program((4,), (-4,), (0,))
def ternaries(x):
    y = x if x > 0 else -x
    z = 1 if x > 2 else 2 if x < -2 else 3
    return y * 10 + z


@program((3, 5), (5, 3))
def tuple_assignment(a, b):
    while a != 4:
        a, b = (a + 1, b) if a < 4 else (a - 1, b + 1)
    if a > b:
        a, b = b, a
    return a, b


@program((10,), (0,), (1,), (2,))
def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


@program((12, 18), (7, 13), (0, 5))
def greatest_divisor(a, b):
    while b:
        a, b = b, a % b
    return a


@program((3,), (0,), (6,))
def nested_functions(n):
    def add(x, y=2):
        if x > y:
            return x + y
        return x - y

    total = 0
    for i in range(n):
        total = add(total, y=i) + add(i)
    return total


@program((3,), (-3,))
def lambdas(x):
    double = lambda v: v * 2 if v > 0 else v
    other = lambda v, w=5: double(v) and double(w)
    return double(x) + other(x)


@program((3,), (0,))
def closure_counter(n):
    count = 0

    def bump(by):
        nonlocal count
        if by > 1:
            count += by
        else:
            count += 1
        return count

    for i in range(n):
        bump(i)
    return count + bump(3)


@program((6,), (0,), (3,))
def late_binding(n):
    factor = 1

    def scale(v):
        return v * factor

    total = 0
    while n > 0:
        factor = n
        total += scale(2)
        n -= 1
    return total


def helper_square(x):
    if x < 0:
        return -x * x
    return x * x


@program((3, 2), (-3, 2))
def calls_others(x, n):
    total = 0
    for i in range(n):
        total += helper_square(x + i)
    return total


@program((6,), (1,), (0,))
def recursive_loops(n):
    total = 0
    i = 0
    while i < n:
        j = i
        while j < n:
            if (i + j) % 3 == 0:
                j += 1
                continue
            if j * i > 12:
                break
            total += j * i
            j += 1
        i += 1
    return total


@program((4, 1), (4, 0), (0, 1))
def set_in_loop(n, flag):
    last = -1
    for i in range(n):
        square = i * i
        if flag > 0:
            last = square
    return last


@program((2,), (-2,))
def set_in_branch_only(x):
    if x > 0:
        y = x * 2
    else:
        y = x * 3
        z = y + 1
        y = z
    return y


@program((3,), (-1,), (0,))
def return_in_else(x):
    if x > 0:
        x = x + 10
    else:
        return x - 10
    x = x * 2
    if x > 25:
        pass
    else:
        x += 1
    return x


@program((5,), (-5,), (0,), (2,))
def partial_returns(x):
    if x > 0:
        if x > 3:
            return x * 100
        x += 1
    elif x < 0:
        x -= 1
    y = x * 2
    if y > 5:
        if y > 7:
            return y
    return y + 1000


@program((5, 3), (1, 10))
def with_try_finally(n, limit):
    log = 0
    try:
        for i in range(n):
            if i > limit:
                break
            log += i
    finally:
        log += 100
    return log


@program((3,), (-3,))
def walrus(x):
    if (y := x * 2) > 0:
        return y
    return -y


@program((40,), (3,))
def walrus_while(n):
    total = 0
    while (half := n // 2) > 1:
        total += half
        n = half
    return total + half


@program((5,), (2,))
def walrus_operand(x):
    z = 0
    if x > 1 and (z := x * 2) > 6:
        return z
    return z + 1


@program((4, 7), (7, 4), (4, 4))
def min_max_abs(a, b):
    return min(a, b) * 100 + max(a, b) + abs(a - b)


@program((7,), (0,))
def shadowed_names(n):
    sum = 0
    for len in range(n):
        sum += len
    return sum


@program((6,), (0,), (1,))
def best_before_loop(n):
    best = None
    for i in range(n):
        value = (i * 7) % 5
        if best is None or value > best:
            best = value
    if best is None:
        return -1
    return best


@program((3,), (0,), (9,))
def loop_variable_after(n):
    i = -1
    for i in range(n):
        if i == 5:
            break
    return i


@program((9,), (4,))
def loop_variable_after_only(n):
    for i in range(n):
        if i == 5:
            break
    else:
        return -n
    return i


@program((2, 3), (3, 2))
def deep_nest(a, b):
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
