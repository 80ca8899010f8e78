"""Python's built-in functions and `math` on tensors."""

import math


# case: min_max_abs
def f(a, b):
    return min(a, b) * 100 + max(a, b) + abs(a - b)


f(4, 7)  # -> 410
f(7, 4)  # -> 410


# case: min_and_max_of_several
def f(a, b, c):
    return min(a, b, c), max(a, b, c), max([a, b]), min((b, c, 5))


f(3, 1, 2)  # -> (1, 3, 3, 1)


# case: min_and_max_of_a_tensor
def f(x):
    return min(x), max(x)


f([3, 1, 2])  # -> (1, 3)


# case: min_with_a_number
def f(x):
    return min(x, 10), max(0, x)


f(12)  # -> (10, 12)
f(-3)  # -> (-3, 0)


# case: sum_of_a_tensor
def f(x):
    return sum(x), sum(x, 100)


f([1, 2, 3])  # -> (6, 106)


# case: sum_of_a_list
def f(a, b):
    return sum([a, b, 1]), sum((a, b), 10)


f(1, 2)  # -> (4, 13)


# case: sum_of_a_range
def f(n):
    return sum(range(n))


f(5)  # -> 10
f(0)  # -> 0


# case: len
def f(x):
    return len(x), len(x[0])


f([[1, 2, 3], [4, 5, 6]])  # -> (2, 3)


# case: int_and_float
def f(x):
    return int(x), float(x), int(x) // 2


f(7.9)  # -> (7, 7.9, 3)
f(-7.9)  # -> (-7, -7.9, -4)


# case: bool
def f(x):
    return bool(x), bool(x - 3)


f(3)  # -> (True, False)
f(0)  # -> (False, True)


# case: divmod
def f(a, b):
    return divmod(a, b)


f(17, 5)  # -> (3, 2)
f(-17, 5)  # -> (-4, 3)
f(17, -5)  # -> (-4, -3)


# case: divmod_in_a_loop
def f(n, base):
    total = 0
    while n:
        n, digit = divmod(n, base)
        total = total * 10 + digit
    return total


f(11, 2)  # -> 1101


# case: pow
def f(x, n):
    return pow(x, n), pow(x, 2), x**n


f(3, 4)  # -> (81, 9, 81)
f(2.0, 0.5)  # -> (1.4142135623730951, 4.0, 1.4142135623730951)


# case: round
def f(x):
    return round(x), round(x) + 1


f(2.5)  # -> (2, 3)
f(3.5)  # -> (4, 5)
f(-1.2)  # -> (-1, 0)


# case: round_to_digits
def f(x):
    return round(x, 2)


f(2.71828)  # -> 2.72


# case: any_and_all_of_a_tensor
def f(x):
    return any(x), all(x)


f([0, 1])  # -> (True, False)
f([1, 1])  # -> (True, True)
f([0, 0])  # -> (False, False)


# case: sorted
def f(x):
    low, middle, high = sorted(x)
    return low, middle, high


f([3, 1, 2])  # -> (1, 2, 3)


# case: reversed_tuple
def f(a, b):
    c, d = reversed((a, b))
    return c * 10 + d


f(1, 2)  # -> 21


# case: isinstance_of_python_values
def f(x, y):
    if isinstance(y, str):
        return x * len(y)
    return x


f(3, "ab")  # -> 6
f(3, None)  # -> 3


# case: floor_division_and_remainder
def f(a, b):
    return a // b, a % b


f(7, 3)  # -> (2, 1)
f(-7, 3)  # -> (-3, 2)
f(7, -3)  # -> (-3, -2)
f(7.5, 2.0)  # -> (3.0, 1.5)
f(1, 0)  # raises ZeroDivisionError: zero


# case: math_functions
def f(x):
    return math.sqrt(x), math.floor(x), math.ceil(x), math.exp(0 * x), math.log(x) < 2


f(6.25)  # -> (2.5, 6, 7, 1.0, True)


# case: math_constants
def f(x):
    return x > math.pi, x < math.inf


f(3.0)  # -> (False, True)
f(4.0)  # -> (True, True)


# case: math_on_integers
def f(n):
    return math.sqrt(n), math.floor(n / 2)


f(9)  # -> (3.0, 4)


# case: math_in_a_loop
def f(x):
    steps = 0
    while x > 1.5:
        x = math.sqrt(x)
        steps += 1
    return steps, math.floor(x * 1000)


f(1000.0)  # -> (5, 1240)


# case: math_fabs_copysign_trunc
def f(x):
    return math.fabs(x), math.copysign(2.0, x), math.trunc(x)


f(-2.7)  # -> (2.7, -2.0, -2)


# case: math_isnan
def f(x):
    return math.isnan(x), math.isinf(x), math.isfinite(x)


f(1.0)  # -> (False, False, True)
f(nan)  # -> (True, False, False)


# case: math_gcd_stays_python
def f(x, k):
    return x * math.gcd(k, 12)


f(2, static(8))  # -> 8


# case: hypot_and_atan2
def f(x, y):
    return math.hypot(x, y), round(math.atan2(y, x) * 1000)


f(3.0, 4.0)  # -> (5.0, 927)


# case: range_over_len
def f(x):
    total = 0
    for i in range(len(x) - 1, -1, -1):
        total = total * 10 + x[i]
    return total


f([1, 2, 3])  # -> 321


# case: next_of_enumerate
def f(x):
    pairs = list(enumerate([x, x + 1]))
    return pairs[1]


f(3)  # -> (1, 4)


# case: dict_zip
def f(x, y):
    d = dict(zip(("a", "b"), (x, y)))
    return d["a"] - d["b"]


f(3, 1)  # -> 2


# case: list_of_map
def f(x):
    a, b = map(lambda v: v * x if x > 0 else v, (1, 2))
    return a + b


f(3)  # -> 9
f(-3)  # -> 3


# case: abs_in_a_condition
def f(x):
    while abs(x) > 1:
        x = x / 2
    return x


f(10.0)  # -> 0.625
f(-10.0)  # -> -0.625


# case: text_of_python_values
def f(x, k):
    name = str(k) + f"{k:03d}" + "%d" % k
    return x * len(name)


f(2, static(7))  # -> 10


# case: type_comparison
def f(x, k):
    if type(k) is int:
        return x + 1
    return x


f(2, static(7))  # -> 3
f(2, None)  # -> 2


# case: complex_expression
def f(a, b):
    return max(min(a, 10), -10) if abs(a) > abs(b) else (a + b) // 2


f(20, 3)  # -> 10
f(2, 4)  # -> 3
f(-20, 3)  # -> -10


# case: integers_of_floats_in_a_loop
def f(x, n):
    total = 0
    for i in range(n):
        total = total + int(x * i) + round(x) * 10
    return total


f(2.5, 3)  # -> 67
f(-2.5, 3)  # -> -67
f(float("nan"), 3)  # raises ValueError: cannot convert float NaN to integer


# case: list_of_integers_of_floats
def f(x, n):
    steps = []
    while n > 0:
        x = x * x
        steps.append(int(x) + int(x + 1))
        n = n - 1
    return steps[-1]


f(1.5, 2)  # -> 11
f(0.5, 3)  # -> 1
f(float("nan"), 1)  # raises ValueError: cannot convert float NaN to integer
f(-float("inf"), 1)  # raises OverflowError: cannot convert float infinity to integer


# case: floats_beyond_64_bits
def f(x, n):
    last = 0
    for _ in range(n):
        last = round(x)
    return last, int(x)


f(-(2.0**63), 2)  # -> (-(2**63), -(2**63))


# case: floats_as_integers_in_text
def f(x):
    print("%d" % x)
    return x


f(-2.75)  # -> -2.75
# prints: -2
f(float("nan"))  # raises ValueError: cannot convert float NaN to integer
f(float("inf"))  # raises OverflowError: cannot convert float infinity to integer


# case: rounding_what_is_no_number
import math


def f(x):
    return math.floor(x), math.ceil(x), math.trunc(x)


f(float("nan"))  # raises ValueError: cannot convert float NaN to integer
f(float("inf"))  # raises OverflowError: cannot convert float infinity to integer
f(2.5)  # -> (2, 3, 2)


# case: a_bool_is_a_number
def f(a):
    return +(a > 1), -(a > 1), [10, 20][a > 1]


f(3)  # -> (1, -1, 20)
f(1)  # -> (0, 0, 10)
