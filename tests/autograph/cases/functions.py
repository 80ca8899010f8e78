"""Nested functions, closures, lambdas, decorators, globals: what is called is converted too."""

import functools

import pygraph as pg


# case: helper_with_branches
def helper(x):
    if x < 0:
        return -x * x
    return x * x


def f(x, n):
    total = 0
    for i in range(n):
        total += helper(x + i)
    return total


f(3, 2)  # -> 25
f(-3, 2)  # -> -13


# case: helper_of_a_helper
def inner(v):
    return v * 2 if v > 3 else v


def outer(v):
    total = 0
    while v > 0:
        total += inner(v)
        v -= 1
    return total


def f(x):
    return outer(x) + outer(x - 1)


f(5)  # -> 38


# case: nested_function
def f(n):
    def add(x, y=2):
        if x > y:
            return x + y
        return x - y

    total = 0
    for i in range(n):
        total = add(total, y=i) + add(i)
    return total


f(3)  # -> -6
f(6)  # -> 0


# case: defaults_and_keywords
def g(a, b=10, *args, c=100, **rest):
    total = a + b + c
    for extra in args:
        if extra > 0:
            total += extra
    for name in rest:
        total += rest[name]
    return total


def f(x):
    return g(x), g(x, 1), g(x, 1, x, -x, c=x), g(x, z=x, y=1)


f(2)  # -> (112, 103, 7, 115)


# case: star_arguments
def g(a, b, c):
    return a * 100 + b * 10 + c if a > 0 else 0


def f(x):
    parts = (x, 2)
    named = {"c": x}
    return g(*parts, **named)


f(1)  # -> 121
f(-1)  # -> 0


# case: positional_and_keyword_only
def g(a, /, b, *, c):
    return a - b if c > 0 else b - a


def f(x):
    return g(x, 2, c=x), g(x, b=3, c=-x)


f(5)  # -> (3, -2)


# case: reads_the_enclosing_variable
def f(x):
    def above():
        return x > 3

    total = 0
    while above():
        x -= 1
        total += x
    return total


f(6)  # -> 12
f(1)  # -> 0


# case: nonlocal_counter
def f(n):
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


f(3)  # -> 11
f(0)  # -> 3


# case: nonlocal_in_a_branch
def f(x):
    total = 0

    def add(v):
        nonlocal total
        total += v

    if x > 0:
        add(x)
    else:
        add(-x * 10)
    return total


f(3)  # -> 3
f(-3)  # -> 30


# case: nonlocal_two_levels_up
def f(n):
    total = 0

    def outer():
        def inner():
            nonlocal total
            total += 2

        inner()

    while n > 0:
        outer()
        n -= 1
    return total


f(3)  # -> 6


# case: late_binding
def f(n):
    factor = 1

    def scale(v):
        return v * factor

    total = 0
    while n > 0:
        factor = n
        total += scale(2)
        n -= 1
    return total


f(6)  # -> 42
f(0)  # -> 0


# case: closures_made_in_a_python_loop
def f(x):
    makers = []
    for k in range(3):
        makers.append(lambda v: v * 10 + k)
    return [make(x) for make in makers]


f(1)  # -> [12, 12, 12]


# case: closures_with_default_values
def f(x):
    makers = []
    for k in range(3):
        makers.append(lambda v, k=k: v * 10 + k if v > 0 else k)
    return [make(x) for make in makers]


f(1)  # -> [10, 11, 12]
f(-1)  # -> [0, 1, 2]


# case: closure_made_in_a_staged_loop
def f(n):
    total = 0
    for i in range(n):

        def square():
            return i * i if i > 1 else 0

        total += square()
    return total


f(5)  # -> 29


# case: lambda_made_in_a_staged_loop
def f(n):
    total = 0
    while n > 0:
        double = lambda v: v * n
        total += double(2)
        n -= 1
    return total


f(3)  # -> 12


# case: function_chosen_by_python
def f(x, name):
    def plus(v):
        return v + 1 if v > 0 else v

    def minus(v):
        return v - 1 if v > 0 else v

    table = {"plus": plus, "minus": minus}
    return table[name](x)


f(3, "plus")  # -> 4
f(3, "minus")  # -> 2


# case: function_as_an_argument
def twice(g, x):
    return g(g(x))


def f(x):
    def step(v):
        if v % 2 == 0:
            return v // 2
        return 3 * v + 1

    return twice(step, x)


f(4)  # -> 1
f(5)  # -> 8


# case: function_that_returns_a_function
def adder(k):
    def add(v):
        if v > k:
            return v + k
        return v - k

    return add


def f(x):
    return adder(3)(x) + adder(x)(4)


f(5)  # -> 7
f(2)  # -> 5


# case: two_lambdas_on_one_line
def f(x):
    up, down = (lambda v: v + 1 if v > 0 else v), (lambda v: v - 1 if v > 0 else v)
    return up(x) * 100 + down(x)


f(5)  # -> 604
f(-5)  # -> -505


# case: lambda_in_a_lambda
def f(x):
    make = lambda k: lambda v: v * k if v > k else k
    return make(3)(x) + make(x)(2)


f(5)  # -> 20
f(1)  # -> 5


# case: lambda_with_logic
def f(x):
    double = lambda v: v * 2 if v > 0 else v
    other = lambda v, w=5: double(v) and double(w)
    return double(x) + other(x)


f(3)  # -> 16
f(0)  # -> 0


# case: f_is_a_lambda
f = lambda x: x * 2 if x > 0 else -x


f(3)  # -> 6
f(-3)  # -> 3


# case: f_is_a_lambda_of_two
f, other = lambda a, b: a if a > b else b, lambda a, b: b if a > b else a


f(3, 4)  # -> 4
f(4, 3)  # -> 4


# case: decorated
def noisy(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        result = function(*args, **kwargs)
        if result > 100:
            result = 100
        return result

    return wrapper


@noisy
def square(x):
    if x > 0:
        return x * x
    return 0


def f(x):
    return square(x) + 1


f(3)  # -> 10
f(30)  # -> 101
f(-3)  # -> 1


# case: f_is_decorated
def shifted(function):
    @functools.wraps(function)
    def wrapper(x):
        return function(x + 1) if x > 0 else function(x)

    return wrapper


@shifted
def f(x):
    if x > 3:
        return x * 10
    return x


f(3)  # -> 40
f(2)  # -> 3
f(-2)  # -> -2


# case: decorator_with_arguments
def repeat(times):
    def decorate(function):
        @functools.wraps(function)
        def wrapper(x):
            for _ in range(times):
                x = function(x)
            return x

        return wrapper

    return decorate


@repeat(3)
def f(x):
    if x > 50:
        return x
    return x * 3


f(2)  # -> 54
f(20)  # -> 60


# case: decorated_without_wraps
def doubled(function):
    def anything(*args):
        return function(*args) * 2

    return anything


@doubled
def f(x):
    return x if x > 0 else 1


f(4)  # -> 8
f(-4)  # -> 2


# case: partial
def power(x, n):
    result = 1
    for _ in range(n):
        result *= x
    return result


def f(x):
    cube = functools.partial(power, n=3)
    return cube(x) if x > 0 else cube(-x)


f(2)  # -> 8
f(-3)  # -> 27


# case: f_is_a_partial
def scaled(x, k):
    return x * k if x > k else k


f = functools.partial(scaled, k=3)


f(4)  # -> 12
f(2)  # -> 3


# case: python_recursion
def power(x, n):
    if n == 0:
        return 1
    half = power(x, n // 2)
    if n % 2 == 0:
        return half * half
    return half * half * x


def f(x, n):
    return power(x, n)


f(3, static(5))  # -> 243
f(2, static(10))  # -> 1024


# case: mutual_python_recursion
def even(x, n):
    return x if n == 0 else odd(x + 1, n - 1)


def odd(x, n):
    return -x if n == 0 else even(x * 2, n - 1)


def f(x, n):
    return even(x, n)


f(3, static(4))  # -> 18
f(3, static(5))  # -> -19


# case: global_constant
LIMIT = 10


def f(x):
    if x > LIMIT:
        return LIMIT
    return x


f(3)  # -> 3
f(30)  # -> 10


# case: global_table
TABLE = {"small": 1, "large": 100}


def f(x):
    return TABLE["large"] if x > 10 else TABLE["small"]


f(3)  # -> 1
f(30)  # -> 100


# case: global_that_python_changes
count = 0


def f(x):
    global count
    count = count + 1
    return x + count


f(3)  # -> 4


# case: function_defined_after_use
def f(x):
    return later(x)


def later(x):
    return x + 1 if x > 0 else x


f(3)  # -> 4


# case: shadowed_builtin
def f(n):
    sum = 0
    for len in range(n):
        sum += len
    return sum


f(7)  # -> 21


# case: shadowed_range
def f(n):
    def range(k):
        return [k, k + 1, k + 2]

    total = 0
    for i in range(n):
        total += i
    return total


f(7)  # -> 24


# case: shadowed_print_and_max
def f(x):
    def max(a, b):
        return a * 100 + b

    def print(v):
        return v + 1

    return max(x, print(x))


f(7)  # -> 708


# case: parameter_named_like_a_function
def f(abs):
    return abs + 1 if abs > 0 else abs


f(7)  # -> 8


# case: name_like_the_helpers
def f(ag, loop_body, if_body):
    while ag > 0:
        if ag % 2 == 0:
            loop_body += ag
        else:
            if_body += ag
        ag -= 1
    return loop_body, if_body


f(5, 0, 0)  # -> (6, 9)


# case: inner_function_with_a_docstring_and_annotations
def f(x: int) -> int:
    """Doubles."""

    def g(v: "int", w: float = 1.5) -> float:
        """Scales."""
        if v > 0:
            return v * w
        return 0.0

    return g(x)


f(4)  # -> 6.0
f(-4)  # -> 0.0


# case: function_attribute
def helper(x):
    return x + helper.offset if x > 0 else x


helper.offset = 5


def f(x):
    return helper(x)


f(4)  # -> 9
f(-4)  # -> -4


# case: immediately_called_lambda
def f(x):
    return (lambda v: v * 2 if v > 2 else v)(x + 1)


f(4)  # -> 10
f(1)  # -> 2


# case: reduce
def f(x):
    return functools.reduce(lambda a, b: a + b if a < b else a - b, (x, 2, 3, 4))


f(1)  # -> 4
f(9)  # -> 0


# case: map_and_filter_of_python_values
def f(x):
    kept = list(filter(lambda k: k % 2 == 1, [1, 2, 3, 4, 5]))
    return list(map(lambda k: k * x if x > 0 else k, kept))


f(10)  # -> [10, 30, 50]
f(-10)  # -> [1, 3, 5]


# case: sorted_with_a_key
def f(x):
    order = sorted(["bb", "a", "ccc"], key=lambda name: -len(name))
    total = 0
    for name in order:
        total = total * 10 + len(name) * x
    return total


f(1)  # -> 321


# case: a_function_calls_another_pygraph_function
@pg.function
def inner(x):
    if x > 0:
        return x * 2
    return -x


def f(x):
    return inner(x) + inner(-x)


f(3)  # -> 9
f(-3)  # -> 9


# case: a_pygraph_function_in_a_staged_loop
@pg.function
def step(x):
    if x % 2 == 0:
        return x // 2
    return 3 * x + 1


def f(n):
    count = 0
    while n != 1:
        n = step(n)
        count += 1
    return count


f(6)  # -> 8


# case: not_converted
@pg.autograph.do_not_convert
def plain(x, n):
    for _ in range(n):
        x = x * 2
    return x


def f(x):
    return plain(x, 3) if x > 0 else x


f(3)  # -> 24
f(-3)  # -> -3


# case: closure_over_a_loop_variable_after_the_loop
def f(n):
    for i in range(n):
        pass

    def get():
        return i

    return get()


f(4)  # -> 3


# case: inner_function_shares_a_name
def f(x):
    y = x + 1

    def g(y):
        if y > 0:
            y = y * 10
        return y

    return g(x) + y


f(3)  # -> 34
f(-3)  # -> -5


# case: class_in_a_function
def f(x):
    class Pair:
        def __init__(self, a):
            self.a = a if a > 0 else -a

        def double(self):
            return self.a * 2

    return Pair(x).double()


f(3)  # -> 6
f(-3)  # -> 6


# case: cached_by_lru
@functools.lru_cache
def table(k):
    return [i * k for i in range(3)]


def f(x):
    total = 0
    for v in table(4):
        if x > v:
            total += v
    return total


f(5)  # -> 4
f(100)  # -> 12


# case: keyword_arguments_of_f
def f(x, *, scale=2, flip=False):
    y = x * scale if x > 0 else x
    return -y if flip else y


f(3)  # -> 6
f(3, scale=5)  # -> 15
f(x=-3, flip=static(True))  # -> 3


# case: varargs_of_f
def f(*values, **named):
    total = 0
    for value in values:
        if value > 0:
            total += value
    for name, value in sorted(named.items()):
        total = total * 10 + value
    return total


f(1, -2, 3)  # -> 4
f(1, b=2, a=3)  # -> 132


# case: locals_in_a_branch
def f(n):
    a = n + 1
    if n > 2:
        b = locals()["a"]
    else:
        b = vars()["n"]
    return b, sorted(locals())


f(5)  # -> (6, ["a", "b", "n"])
f(1)  # -> (1, ["a", "b", "n"])


# case: locals_by_name_in_a_loop
def f(n):
    name = "n"
    while n > 2:
        n = locals()[name] - 1
        if n > 3:
            continue
        k = 2
    return n, "k" in locals()


f(5)  # -> (2, True)
f(1)  # -> (1, False)


# case: dir_and_eval_in_a_branch
def f(n):
    a = n + 1
    if n > 2:
        b = eval("a + n")
    else:
        b = n
    return b, dir()


f(5)  # -> (11, ["a", "b", "n"])


# case: own_function_called_locals
def locals():
    return {"a": 7}


def f(n):
    a = n
    if n > 2:
        return locals()["a"]
    return a


f(5)  # -> 7
f(1)  # -> 1
