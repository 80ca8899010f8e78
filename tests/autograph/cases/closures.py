"""What nested functions capture: state only while they can be called."""


class Scale:
    def __init__(self, k):
        self.k = k


# case: lambda_called_at_once
def f(n):
    acc = 0
    for i in range(n):
        scale = Scale(i)
        acc += (lambda v: v * scale.k)(i)
    return acc


f(5)  # -> 30
f(0)  # -> 0


# case: lambda_bound_to_a_name
def f(x):
    total = 0.0
    while x > 0.0:
        offset = Scale(x)
        add = lambda v: v + offset.k  # noqa: E731
        total += add(x)
        x = x - 1.0
    return total


f(3.0)  # -> 12.0


# case: function_in_a_loop
def f(n):
    acc = 0
    for i in range(n):
        w = Scale(i)

        def add(v):
            return v + w.k

        acc += add(i)
    return acc


f(5)  # -> 20


# case: function_that_calls_another
def f(n):
    acc = 0
    for i in range(n):
        w = Scale(i)

        def inner(v):
            return v + w.k

        def outer(v):
            return inner(v) * 2

        acc += outer(i)
    return acc


f(5)  # -> 40


# case: text_before_and_a_tensor_inside
def f(x):
    t = "text"
    show = lambda: t  # noqa: E731
    word = show()
    s = 0.0
    for v in x:
        t = v * 2.0
        s += (lambda: t)()
    return s, word


f([1.0, 2.0])  # -> (6.0, "text")


# case: map_and_sum
def f(n):
    acc = 0
    for i in range(n):
        w = Scale(2)
        acc += sum(map(lambda q: q * w.k, [i, i + 1]))
    return acc


f(5)  # -> 50


# case: key_of_max
def f(n):
    acc = 0
    for i in range(n):
        w = "abc"
        best = max([1, 2, 3], key=lambda v: len(w) - v)
        w = i
        acc += w + best
    return acc


f(5)  # -> 15


# case: named_function_as_a_key
def f(n):
    acc = 0
    for i in range(n):
        w = "abc"

        def rank(v):
            return len(w) - v

        acc += max([1, 2, 3], key=rank) + i
    return acc


f(5)  # -> 15


# case: generator_over_a_window_of_another_rank
def f(x, c):
    if c:
        w = x[1:3]
        s = sum(v * v for v in w)
    else:
        w = x[0]
        s = w * 2.0
    return s


f([1.0, 2.0, 3.0, 4.0], True)  # -> 13.0
f([1.0, 2.0, 3.0, 4.0], False)  # -> 2.0


# case: generator_that_reads_a_window_of_another_rank
def f(x, c):
    if c:
        w = x[1:3]
        s = sum(w[j] * w[j] for j in (0, 1))
    else:
        w = x[0]
        s = w * 2.0
    return s


f([1.0, 2.0, 3.0, 4.0], True)  # -> 13.0
f([1.0, 2.0, 3.0, 4.0], False)  # -> 2.0


# case: generator_bound_to_a_name
def f(x, c):
    if c:
        w = x[1:3]
        squares = (w[j] * w[j] for j in (0, 1))
        s = sum(squares)
    else:
        w = x[0]
        s = w * 2.0
    return s


f([1.0, 2.0, 3.0, 4.0], True)  # -> 13.0
f([1.0, 2.0, 3.0, 4.0], False)  # -> 2.0


# case: loop_over_a_generator
def f(x):
    w = 10
    s = 0
    for v in (w + j for j in (1, 2, 3)):
        w = v
        s += x * w
    return s, w


f(2)  # -> (80, 16)


# case: loop_over_a_map
def f(n):
    s = 0
    while n > 0:
        w = Scale(n)
        for v in map(lambda j: j * w.k, (1, 2)):
            s += v
        n -= 1
    return s


f(3)  # -> 18


# case: outer_function_reads_what_a_loop_assigns
def f(n):
    w = 0
    get = lambda: w  # noqa: E731
    acc = 0
    for i in range(n):
        w = i
        acc += get()
    return acc


f(5)  # -> 10
f(0)  # -> 0


# case: outer_function_reads_what_a_loop_assigned_before
def f(n):
    w = 7
    get = lambda: w  # noqa: E731
    acc = 0
    for i in range(n):
        acc += get()
        w = i
    return acc


f(4)  # -> 10


# case: outer_function_reads_the_target_of_a_loop
def f(n):
    i = 100
    get = lambda: i  # noqa: E731
    acc = 0
    for i in range(n):
        acc += get()
    return acc


f(5)  # -> 10


# case: outer_function_reads_what_a_branch_assigns
def f(x):
    w = 1
    get = lambda: w  # noqa: E731
    r = 0
    if x > 2:
        w = 5
        r = get()
    return r


f(3)  # -> 5
f(1)  # -> 0


# case: outer_function_in_a_branch_that_returns
def f(x):
    w = 1

    def get():
        return w

    if x > 2:
        w = 5
        return get()
    w = 7
    return get() + x


f(3)  # -> 5
f(1)  # -> 8


# case: outer_function_called_by_another
def f(n):
    w = 0

    def get():
        return w

    def twice():
        return get() + get()

    acc = 0
    for i in range(n):
        w = i
        acc += twice()
    return acc


f(5)  # -> 20


# case: kept_in_a_list
def f(n):
    w = 0
    kept = [lambda: w]
    acc = 0
    for i in range(n):
        w = i
        acc += kept[0]()
    return acc


f(5)  # -> 10


# case: bound_to_a_second_name
def f(n):
    w = 0
    get = lambda: w  # noqa: E731
    same = get
    acc = 0
    for i in range(n):
        w = i
        acc += same()
    return acc


f(5)  # -> 10


# case: returned_by_a_function
def f(n):
    w = 0

    def make():
        return lambda: w

    get = make()
    acc = 0
    for i in range(n):
        w = i
        acc += get()
    return acc


f(5)  # -> 10


# case: passed_to_a_function_that_keeps_it
def f(n):
    kept = []

    def keep(function):
        kept.append(function)

    w = 0
    keep(lambda: w)
    acc = 0
    for i in range(n):
        w = i
        acc += kept[0]()
    return acc


f(5)  # -> 10


# case: own_function_of_a_built_in_name
def f(n):
    kept = []

    def max(function):
        kept.append(function)

    w = 0
    max(lambda: w)
    acc = 0
    for i in range(n):
        w = i
        acc += kept[0]()
    return acc


f(5)  # -> 10


# case: method_of_a_local_class
def f(n):
    w = 0

    class Reader:
        def get(self):
            return w

    reader = Reader()
    acc = 0
    for i in range(n):
        w = i
        acc += reader.get()
    return acc


f(5)  # -> 10


# case: generator_held_over_a_branch
def f(x):
    w = 1
    values = (w * j for j in (1, 2, 3))
    if x > 2:
        w = 10
    return sum(values) + x


f(3)  # -> 63
f(1)  # -> 7


# case: map_held_over_a_branch
def f(x):
    w = 1
    values = map(lambda j: w * j, (1, 2, 3))
    if x > 2:
        w = 10
    return sum(values) + x


f(3)  # -> 63
f(1)  # -> 7


# case: nonlocal_counter
def f(n):
    count = 0

    def step(v):
        nonlocal count
        count += v
        return count

    s = 0
    for i in range(n):
        s += step(i)
    return s, count


f(4)  # -> (10, 6)


# case: nonlocal_counter_that_nothing_reads_after
def f(n):
    count = 0

    def step(v):
        nonlocal count
        count += v
        return count

    s = 0
    for i in range(n):
        if i > 1:
            s += step(i)
    return s


f(4)  # -> 7


# case: function_assigned_by_another
def f(n):
    w = 0
    get = lambda: 0  # noqa: E731

    def change():
        nonlocal get
        get = lambda: w

    change()
    acc = 0
    for i in range(n):
        w = i
        acc += get()
    return acc


f(5)  # -> 10


# case: recursive_function
def f(n):
    w = 1

    def down(k):
        return 0 if k == 0 else w + down(k - 1)

    acc = 0
    for i in range(n):
        w = i
        acc += down(2)
    return acc


f(4)  # -> 12


# case: default_of_a_lambda
def f(n):
    acc = 0
    for i in range(n):
        w = Scale(i)
        add = lambda v, s=w: v + s.k  # noqa: E731
        acc += add(1)
    return acc


f(4)  # -> 10


# case: comprehension_of_lambdas
def f(n):
    w = 0
    readers = [lambda j=j: w + j for j in (0, 1)]
    acc = 0
    for i in range(n):
        w = i
        acc += readers[0]() + readers[1]()
    return acc


f(3)  # -> 9
