"""`for` over ranges with tensor bounds."""

import pygraph as pg


# case: sum
def f(n):
    total = 0
    for i in range(n):
        total += i
    return total


f(0)  # -> 0
f(1)  # -> 0
f(10)  # -> 45
f(-3)  # -> 0


# case: start_and_stop
def f(start, stop):
    total = 0
    for i in range(start, stop):
        total = total * 3 + i
    return total


f(3, 7)  # -> 138
f(7, 3)  # -> 0
f(-2, 2)  # -> -62


# case: with_a_step
def f(start, stop, step):
    total = 0
    for i in range(start, stop, step):
        total = total * 3 + i
    return total


f(0, 20, 3)  # -> 1629
f(20, 0, -4)  # -> 2188
f(0, 20, -1)  # -> 0
f(5, 5, 1)  # -> 0


# case: zero_step
def f(step):
    total = 0
    for i in range(0, 10, step):
        total += i
    return total


f(3)  # -> 18
f(0)  # raises ValueError: must not be zero


# case: float_bound
def f(n):
    total = 0
    for i in range(n):
        total += i
    return total


f(2.0)  # raises TypeError: float


# case: target_keeps_its_last_value
def f(n):
    i = -1
    for i in range(n):
        pass
    return i


f(4)  # -> 3
f(0)  # -> -1


# case: target_unset_when_it_does_not_run
def f(n):
    for i in range(n):
        pass
    return i


f(4)  # -> 3
f(0)  # raises UnboundLocalError: 'i'


# case: target_changed_in_the_body
def f(n):
    total = 0
    for i in range(n):
        i = i * 10
        total += i
    return total, i


f(4)  # -> (60, 30)


# case: bound_changed_in_the_body
def f(n):
    total = 0
    for i in range(n):
        n = n + 1
        total += i
    return total, n


f(4)  # -> (6, 8)


# case: target_shadows_an_argument
def f(n, x):
    for x in range(n):
        n += x
    return n, x


f(4, 9)  # -> (10, 3)
f(0, 9)  # -> (0, 9)


# case: nested
def f(n, m):
    total = 0
    for i in range(n):
        for j in range(m):
            total += i * j
    return total


f(3, 4)  # -> 18
f(0, 4)  # -> 0
f(4, 0)  # -> 0


# case: inner_bound_is_the_outer_target
def f(n):
    count = 0
    for i in range(n):
        for j in range(i):
            count += j + 1
    return count


f(5)  # -> 20


# case: same_target_twice
def f(n):
    total = 0
    for i in range(n):
        for i in range(3):
            total += i
        total += i * 100
    return total


f(3)  # -> 609


# case: python_range_inside
def f(n):
    total = 0
    for i in range(n):
        for j in range(3):
            total += i * j
    return total


f(4)  # -> 18


# case: inside_python_range
def f(n):
    total = 0
    for k in range(3):
        for i in range(n):
            total += i * k
    return total


f(4)  # -> 18


# case: pg_range
def f(n):
    total = 0
    for i in pg.range(n + 1):
        total += i**2
    return total


f(10)  # -> 385


# case: pg_range_of_python_numbers
def f(x):
    for i in pg.range(5):
        x = x * 2 + i
    return x


f(1)  # -> 58


# case: underscore
def f(n):
    x = 1
    for _ in range(n):
        x = x * 2
    return x


f(6)  # -> 64


# case: unused_target_and_state
def f(n):
    for _ in range(n):
        pass
    return n


f(6)  # -> 6


# case: in_a_branch
def f(n):
    total = 0
    if n > 3:
        for i in range(n):
            total += i
    else:
        total = -1
    return total


f(5)  # -> 10
f(2)  # -> -1


# case: branch_inside
def f(n):
    even = odd = 0
    for i in range(n):
        if i % 2 == 0:
            even += i
        else:
            odd += i
    return even, odd


f(7)  # -> (12, 9)


# case: index_into_array
def f(x):
    total = 0
    for i in range(len(x)):
        total += x[i] * i
    return total


f([5, 6, 7])  # -> 20


# case: index_backwards
def f(x, n):
    total = 0
    for i in range(n - 1, -1, -1):
        total = total * 10 + x[i]
    return total


f([5, 6, 7], 3)  # -> 765
f([5, 6, 7], 1)  # -> 5


# case: negative_index
def f(x, n):
    total = 0
    for i in range(1, n + 1):
        total = total * 10 + x[-i]
    return total


f([5, 6, 7], 3)  # -> 765
f([5, 6, 7], 4)  # raises IndexError: out of


# case: target_as_a_float
def f(n):
    total = 0.0
    for i in range(n):
        total += i / 2
    return total


f(4)  # -> 3.0


# case: factorial
def f(n):
    product = 1
    for k in range(2, n + 1):
        product *= k
    return product


f(10)  # -> 3628800
f(0)  # -> 1


# case: range_in_a_variable
def f(n):
    r = range(1, n)
    total = 0
    for i in r:
        total += i
    for i in r:
        total += i * 100
    return total


f(4)  # -> 606


# case: len_of_range
def f(n):
    return len(range(0, n, 2))


f(5)  # -> 3
f(0)  # -> 0


# case: reversed_range
def f(n):
    total = 0
    for i in reversed(range(n)):
        total = total * 10 + i
    return total


f(4)  # -> 3210


# case: tuple_target_of_python_pairs
def f(x):
    total = 0
    for a, b in [(1, 2), (3, 4)]:
        total += a * x + b
    return total


f(10)  # -> 46


# case: attribute_as_target
class Box:
    pass


def f(x):
    box = Box()
    total = 0
    for box.value in [1, 2, 3]:
        total += box.value * x
    return total, box.value


f(10)  # -> (60, 3)


# case: subscript_as_target
def f(x):
    box = [0]
    total = 0
    for box[0] in (1, 2, 3):
        total += box[0] * x
    return total


f(10)  # -> 60


# case: power_table
def f(base, n):
    total = 0
    power = 1
    for _ in range(n):
        total += power
        power *= base
    return total, power


f(2, 10)  # -> (1023, 1024)
f(3, 0)  # -> (0, 1)
