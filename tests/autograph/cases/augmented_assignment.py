"""`x += v` and the like write into the tensor that all names share; a number's name gets another."""


# case: all_names_see_it
def f(x):
    y = x
    x += 1
    return x, y


f([1, 2])  # -> ([2, 3], [2, 3])


# case: every_operator
def f(x):
    y = x
    x //= 2
    x **= 2
    x %= 7
    x <<= 2
    x |= 1
    x ^= 2
    x &= 30
    x >>= 1
    x -= 1
    x *= 3
    return y


f([5, 6, 7])  # -> [24, 12, 12]


# case: true_division
def f(x):
    y = x
    x /= 2
    return y


f([1.0, 3.0])  # -> [0.5, 1.5]


# case: product
def f(x, y):
    z = x
    x @= y
    return z


f([[1.0, 2.0], [3.0, 4.0]], [[0.0, 1.0], [1.0, 0.0]])  # -> [[2.0, 1.0], [4.0, 3.0]]


# case: larger_result
def f(x, y):
    x += y
    return x


f([1, 2], [[1, 2], [3, 4]])  # raises ValueError: shape
f([1], [1, 2])  # raises ValueError
f([1, 2], [1])  # -> [2, 3]


# case: number
def f(s):
    t = s
    s += 1
    return s, t


f(1)  # -> (2, 1)
f(1.5)  # -> (2.5, 1.5)


# case: in_loop
def f(n, x):
    y = x
    for i in range(n):
        x += i + 1
    return x, y


f(0, [1.0, 2.0])  # -> ([1.0, 2.0], [1.0, 2.0])
f(3, [1.0, 2.0])  # -> ([7.0, 8.0], [7.0, 8.0])


# case: both_names_in_loop
def f(n, x):
    y = x
    for i in range(n):
        x += y
        y *= i + 1
    return x, y


f(3, [1, 2])  # -> ([48, 96], [48, 96])


# case: then_rebound_in_loop
def f(n, x):
    y = x
    for i in range(n):
        x += i
        if i == 1:
            x = x * 10
    return x


f(1, [1, 2])  # -> [1, 2]
f(3, [1, 2])  # -> [22, 32]


# case: in_branch_of_while
def f(n, x):
    t = x + 0
    while n > 0:
        t *= 2
        if n == 2:
            t -= 1
        n -= 1
    t[0] = 9
    return t, x


f(3, [1.0, 2.0])  # -> ([9.0, 14.0], [1.0, 2.0])


# case: items_and_keys
def f(c, a, b):
    pair = [a, {"w": b}]
    if c > 0:
        pair[0] += 1
        pair[1]["w"] -= a
    return a, b, pair[1]["w"]


f(1, [1, 2], [3, 4])  # -> ([2, 3], [1, 1], [1, 1])
f(0, [1, 2], [3, 4])  # -> ([1, 2], [3, 4], [3, 4])


# case: parts
def f(n, x):
    for i in range(n):
        x[i] += 1
        x[i, 0] *= 2
        x[i, 1:] -= i
    return x


f(2, [[1, 2], [3, 4]])  # -> [[4, 3], [8, 4]]


# case: closure
def f(n, a):
    b = a

    def add(v):
        nonlocal a
        a += v

    for i in range(n):
        add(i)
    return a, b


f(4, [1, 2])  # -> ([7, 8], [7, 8])


# case: function_that_returns_its_argument
def f(n, a):
    def first_set(t):
        t[0] = 1
        return t

    b = first_set(a)
    b += n
    return a, b


f(4, [5, 2])  # -> ([5, 6], [5, 6])


# case: attribute
def f(n, x):
    class State:
        pass

    state = State()
    state.total = x
    for i in range(n):
        state.total += i
    return x


f(4, [1, 2])  # -> [7, 8]
