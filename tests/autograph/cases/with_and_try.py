"""`with`, `try`, `except`, `finally` around staged code."""

import contextlib
import math


# case: with
class Note:
    def __init__(self, log):
        self.log = log

    def __enter__(self):
        self.log.append("in")
        return 10

    def __exit__(self, *error):
        self.log.append("out")


def f(x):
    log = []
    with Note(log) as ten:
        if x > 0:
            y = x + ten
        else:
            y = x - ten
    return y, log


f(3)  # -> (13, ['in', 'out'])
f(-3)  # -> (-13, ['in', 'out'])


# case: loop_in_with
def f(n):
    total = 0
    with contextlib.nullcontext():
        for i in range(n):
            if i == 4:
                break
            total += i
    return total


f(3)  # -> 3
f(9)  # -> 6


# case: with_in_a_loop
def f(n):
    total = 0
    for i in range(n):
        with contextlib.nullcontext(i) as k:
            if k % 2 == 0:
                continue
            total += k
    return total


f(6)  # -> 9


# case: break_out_of_with
def f(n):
    total = 0
    while True:
        with contextlib.nullcontext():
            total += 3
            if total > n:
                break
    return total


f(10)  # -> 12


# case: two_managers
def f(x):
    with contextlib.nullcontext(1) as a, contextlib.nullcontext(2) as b:
        y = a if x > 0 else b
    return y


f(3)  # -> 1
f(-3)  # -> 2


# case: context_manager_of_a_generator
@contextlib.contextmanager
def scaled(k):
    yield k * 2


def f(x):
    with scaled(3) as k:
        y = x * k if x > 0 else k
    return y


f(3)  # -> 18
f(-3)  # -> 6


# case: try_finally
def f(n, limit):
    log = 0
    try:
        for i in range(n):
            if i > limit:
                break
            log += i
    finally:
        log += 100
    return log


f(5, 3)  # -> 106
f(1, 10)  # -> 100


# case: try_finally_in_a_loop
def f(n):
    total = 0
    for i in range(n):
        try:
            if i % 2 == 0:
                continue
            total += i
        finally:
            total += 100
    return total


f(5)  # -> 504


# case: nested_finally
def f(x):
    log = 0
    try:
        try:
            if x > 0:
                log += 1
        finally:
            log *= 10
    finally:
        log += 5
    return log


f(3)  # -> 15
f(-3)  # -> 5


# case: return_out_of_finally_block
def f(n):
    total = 0
    try:
        for i in range(n):
            total += i
            if total > 10:
                return total
    finally:
        total = 0
    return -1


f(9)  # -> 15
f(2)  # -> -1


# case: python_exception_while_tracing
def f(x):
    try:
        y = {"a": 1}["b"]
    except KeyError:
        y = 5
    return x + y


f(3)  # -> 8


# case: python_exception_by_name
def f(x):
    try:
        value = int("no number")
    except (TypeError, ValueError) as error:
        value = len(str(error)) * 0 + 7
    else:
        value = 8
    finally:
        value += 1
    return x * value


f(3)  # -> 24


# case: else_of_try
def f(x):
    try:
        y = math.sqrt(4.0)
    except ValueError:
        y = -1.0
    else:
        y = y * 10 if x > 0 else y
    return y


f(3)  # -> 20.0
f(-3)  # -> 2.0


# case: suppress
def f(x):
    with contextlib.suppress(KeyError):
        x = x + {}["missing"]
    return x * 2


f(3)  # -> 6


# case: reraised
def f(x):
    try:
        raise ValueError("from Python")
    except ValueError:
        x = x + 1
        raise


f(3)  # raises ValueError: from Python


# case: raised_without_a_condition
def f(x):
    raise ValueError("never works")


f(3)  # raises ValueError: never works


# case: raised_under_a_python_condition
def f(x, n):
    if n > 2:
        raise ValueError(f"n is {n}")
    return x * n


f(3, static(2))  # -> 6
f(3, static(4))  # raises ValueError: n is 4


# case: exit_stack
def f(x):
    with contextlib.ExitStack() as stack:
        k = stack.enter_context(contextlib.nullcontext(4))
        while x < 50:
            x = x * k
    return x


f(3)  # -> 192


# case: exception_group_free_code
def f(x):
    result = 0
    for name in ("a", "b"):
        try:
            result += {"a": x}[name]
        except KeyError:
            result += 100
    return result


f(3)  # -> 103


# case: while_in_try_in_with_in_if
def f(x, n):
    total = 0
    if x > 0:
        with contextlib.nullcontext():
            try:
                while n > 0:
                    for i in range(n):
                        if i == 2:
                            break
                        total += i + x
                    n -= 1
            finally:
                total += 1
    else:
        total = -1
    return total


f(1, 4)  # -> 11
f(-1, 4)  # -> -1


# case: suppress_a_staged_raise
def f(x):
    with contextlib.suppress(ValueError, KeyError):
        if x > 0:
            raise ValueError("no")
        x = x + 1
    return x


f(1)
# -> 1
# staged raises TypeError: ValueError may be raised here when the graph runs
f(-1)
# -> 0
# staged raises TypeError: ValueError may be raised here when the graph runs


# case: suppress_another_raise
def f(x):
    with contextlib.suppress(KeyError):
        if x > 0:
            raise ValueError("no")
        x = x + 1
    return x


f(1)  # raises ValueError: no
f(-1)  # -> 0


# case: suppress_a_python_exception
def f(x):
    with contextlib.suppress(KeyError):
        x = x + 1
        {}["a"]
        x = x + 100
    return x


f(1)  # -> 2


# case: suppress_in_a_branch
def f(x):
    if x > 0:
        with contextlib.suppress(ValueError):
            x = x + 1
            raise ValueError
    return x


f(1)  # -> 2
f(-1)  # -> -1


# case: suppress_around_a_division
def f(x):
    with contextlib.suppress(ZeroDivisionError):
        x = 10 // x
    return x


f(2)
# -> 5
# staged raises TypeError: ZeroDivisionError may be raised here when the graph runs
f(0)
# -> 0
# staged raises TypeError: ZeroDivisionError may be raised here when the graph runs


# case: return_in_finally_after_a_conditional_return
def f(x):
    try:
        if x > 2:
            return 1
        x = x + 1
    finally:
        return x * 5


f(3)  # -> 15
f(1)  # -> 10
f(static(3))  # -> 15


# case: return_in_finally_undoes_an_exception
def f(x):
    for i in range(3):
        try:
            if i == 1:
                raise ValueError("lost")
            x += 1
        except KeyError:
            return -1
        finally:
            if x > 0:
                return x
            else:
                return x - i


f(static(3))  # -> 4
f(static(-3))  # -> -2


# case: break_in_finally
def f(x):
    s = 0
    for i in range(x):
        try:
            if i == 1:
                return -1
            s += i + 1
        finally:
            break
    return s


f(3)  # -> 1
f(0)  # -> 0


# case: continue_in_finally
def f(x):
    s = 0
    for i in range(x):
        try:
            if i == 1:
                break
            s += i
        finally:
            s += 10
            continue
    return s


f(3)  # -> 32


# case: return_in_finally_in_a_branch
def f(x):
    if x > 0:
        try:
            if x > 5:
                return 1
            x = x + 1
        finally:
            return x * 2
    return -1


f(1)  # -> 4
f(6)  # -> 12
f(0)  # -> -1
