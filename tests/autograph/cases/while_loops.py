"""`while` on a tensor condition."""

import pygraph as pg


# case: count_down
def f(n):
    steps = 0
    while n > 0:
        n = n - 2
        steps += 1
    return steps


f(0)  # -> 0
f(1)  # -> 1
f(9)  # -> 5


# case: no_iteration_keeps_everything
def f(n):
    a, b = 3, n
    while n > 100:
        n = n - 1
        a += 1
        b = b * 2
    return a, b, n


f(5)  # -> (3, 5, 5)
f(102)  # -> (5, 408, 100)


# case: condition_with_and
def f(n, limit):
    i = 0
    total = 0
    while i < n and total < limit:
        total += i
        i += 1
    return i, total


f(10, 12)  # -> (6, 15)
f(3, 100)  # -> (3, 3)


# case: condition_with_a_call
def f(x):
    def more(v):
        return v < 100

    while more(x):
        x = x * 3
    return x


f(1)  # -> 243
f(200)  # -> 200


# case: condition_with_a_comparison_chain
def f(x):
    steps = 0
    while 0 < x < 50:
        x = x * 2
        steps += 1
    return x, steps


f(1)  # -> (64, 6)
f(-1)  # -> (-1, 0)
f(60)  # -> (60, 0)


# case: condition_with_a_walrus
def f(n):
    total = 0
    while (half := n // 2) > 0:
        total += half
        n = half
    return total, half


f(40)  # -> (38, 0)
f(1)  # -> (0, 0)


# case: numeric_condition
def f(n):
    total = 0
    while n:
        total += n
        n -= 1
    return total


f(4)  # -> 10
f(0)  # -> 0


# case: nested
def f(n):
    total = 0
    i = 0
    while i < n:
        j = 0
        while j < i:
            total += i * j
            j += 1
        i += 1
    return total


f(0)  # -> 0
f(5)  # -> 35


# case: three_deep
def f(n):
    count = 0
    i = n
    while i > 0:
        j = i
        while j > 0:
            k = j
            while k > 0:
                count += 1
                k -= 1
            j -= 1
        i -= 1
    return count


f(4)  # -> 20


# case: float_state
def f(x):
    steps = 0
    while x > 1.0:
        x = x / 2.0
        steps += 1
    return x, steps


f(1000.0)  # -> (0.9765625, 10)
f(0.5)  # -> (0.5, 0)


# case: body_reads_what_it_overwrites
def f(n):
    a, b = 0, 1
    while a < n:
        a, b = b, a + b
    return a


f(50)  # -> 55
f(0)  # -> 0


# case: invariant_is_not_state
def f(n, k):
    step = k * 2
    total = 0
    while total < n:
        total += step
    return total, step


f(25, 3)  # -> (30, 6)


# case: array_state
def f(x):
    while pg.sum(x) < 100:
        x = x * 2
    return x


f([1, 2, 3])  # -> [32, 64, 96]
f([100, 200])  # -> [100, 200]


# case: growing_array
def f(x):
    while x.shape[0] < 10:
        x = pg.concat([x, x])
    return x


f([1, 2])  # -> [1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2]
f([1, 2, 3])  # -> [1, 2, 3, 1, 2, 3, 1, 2, 3, 1, 2, 3]


# case: growing_array_staged
def f(x, n):
    while n > 0:
        x = pg.concat([x, x[:1]])
        n -= 1
    return x


f([1, 2], 3)  # -> [1, 2, 1, 1, 1]
f([1, 2], 0)  # -> [1, 2]


# case: python_condition_unrolls
def f(x, n):
    while n > 0:
        x = x * 2
        n -= 1
    return x


f(3, static(4))  # -> 48
f(3, static(0))  # -> 3


# case: condition_becomes_a_tensor
def f(x):
    i = 0
    while i < 3:
        i = i + x
    return i


f(1)  # -> 3
f(5)  # -> 5


# case: condition_on_an_element
def f(x):
    i = 0
    while x[i] != 0:
        i += 1
    return i


f([3, 2, 0, 1])  # -> 2
f([0, 1])  # -> 0


# case: element_out_of_range
def f(x):
    i = 0
    while x[i] != 0:
        i += 1
    return i


f([3, 2, 1])  # raises IndexError: out of


# case: collatz
def f(n):
    steps = 0
    while n != 1:
        if n % 2 == 0:
            n = n // 2
        else:
            n = 3 * n + 1
        steps += 1
    return steps


f(27)  # -> 111
f(1)  # -> 0


# case: variable_of_the_body_read_after
def f(n):
    last = -1
    while n > 0:
        last = n * n
        n -= 1
    return last


f(3)  # -> 1
f(0)  # -> -1


# case: variable_first_set_in_the_body
def f(n):
    while n > 0:
        square = n * n
        n -= 1
    return square


f(3)  # -> 1
f(0)  # raises UnboundLocalError: 'square'


# case: temporary_of_the_body
def f(n):
    total = 0
    while n > 0:
        t = n * 2
        t = t + 1
        total += t
        n -= 1
    return total


f(3)  # -> 15


# case: two_loops_one_after_the_other
def f(n):
    a = 0
    while a * a < n:
        a += 1
    b = 0
    while b < a:
        b += 2
    return a, b


f(30)  # -> (6, 6)


# case: loop_in_both_branches
def f(n):
    total = 0
    if n > 5:
        while n > 0:
            total += n
            n -= 1
    else:
        while n < 10:
            total -= 1
            n += 1
    return total


f(7)  # -> 28
f(3)  # -> -7


# case: condition_is_a_bool_variable
def f(x):
    going = True
    while going:
        x = x - 3
        going = x > 0
    return x


f(10)  # -> -2
f(-1)  # -> -4


# case: not_done
def f(x):
    done = False
    steps = 0
    while not done:
        steps += 1
        x = x // 2
        if x == 0:
            done = True
    return steps


f(10)  # -> 4
f(0)  # -> 1


# case: condition_with_or
def f(a, b):
    steps = 0
    while a > 0 or b > 0:
        a -= 1
        b -= 2
        steps += 1
    return steps


f(3, 10)  # -> 5
f(0, 0)  # -> 0


# case: shadowing_inner_name
def f(n):
    i = 0
    total = 0
    while i < n:
        n2 = n
        while n2 > i:
            n2 -= 2
        total += n2
        i += 1
    return total


f(5)  # -> 7


# case: dtype_that_changes
def f(x):
    while x < 100:
        x = x * 1.5
    return x


f(1)  # staged raises TypeError: 'x'


# case: structure_that_changes
def f(x, n):
    while n > 0:
        x = (x, n)
        n -= 1
    return x


f(1, 2)  # staged raises TypeError: 'x'


# case: test_that_changes_an_attribute
class Counter:
    def __init__(self):
        self.i = 0


def go(c, n):
    c.i += 1
    return c.i < n


def f(n):
    c = Counter()
    s = 0
    while go(c, n):
        s += c.i
    return s, c.i


f(5)  # -> (10, 5)
f(0)  # -> (0, 1)


# case: test_that_changes_a_list
def f(n):
    values = [0]

    def step():
        values[0] += 1
        return values[0] < n

    s = 0
    while step():
        s += values[0]
        if s > 7:
            break
    return s, values[0]


f(3)  # -> (3, 3)
f(9)  # -> (10, 4)


# case: test_that_changes_an_outer_variable
def f(n):
    k = 0

    def step():
        nonlocal k
        k += 1
        return k < n

    s = 0
    while step():
        s += k
    return s, k


f(5)  # -> (10, 5)
f(1)  # -> (0, 1)


# case: test_that_changes_and_python_decides_at_first
class Countdown:
    def __init__(self, n):
        self.left = 2
        self.n = n

    def more(self):
        self.left -= 1
        if self.left > 0:
            return True
        self.left += 5
        self.n = self.n - 1
        return self.n > 0


def f(n):
    c = Countdown(n)
    s = 0
    while c.more():
        s += 1
    return s, c.left


f(static(2))  # -> (6, 5)


# case: test_that_changes_in_a_nested_loop
def f(n):
    c = [0]

    def more(limit):
        c[0] += 1
        return c[0] % (limit + 1) != 0

    s = 0
    for i in range(n):
        while more(i + 1):
            s += c[0]
    return s, c[0]


f(3)  # -> (1, 4)


# case: test_with_a_walrus
def f(n):
    k = 0
    s = 0
    while (k := k + 1) < n:
        s += k
    return s, k


f(5)  # -> (10, 5)
