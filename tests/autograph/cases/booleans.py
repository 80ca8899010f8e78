"""`and`, `or`, `not`, comparisons, `in`, `is`."""


# case: and_or_not
def f(a, b, c):
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


f(1, 2, 3)  # -> 1001
f(3, 2, 1)  # -> 110
f(0, 0, 5)  # -> 1110


# case: and_is_lazy
def f(x):
    if x != 0 and 10 // x > 1:
        return 1
    return 0


f(0)  # -> 0
f(4)  # -> 1
f(40)  # -> 0


# case: or_is_lazy
def f(x):
    if x == 0 or 10 // x > 1:
        return 1
    return 0


f(0)  # -> 1
f(4)  # -> 1
f(40)  # -> 0


# case: lazy_index
def f(x, i):
    return i < 3 and x[i] > 0


f([1, 0, 2], 0)  # -> True
f([1, 0, 2], 1)  # -> False
f([1, 0, 2], 9)  # -> False


# case: and_gives_the_last_value
def f(x, y):
    return x and y


f(2, 3)  # -> 3
f(0, 3)  # -> 0
f(2, 0)  # -> 0


# case: or_gives_the_first_that_counts
def f(x, y):
    return x or y


f(2, 3)  # -> 2
f(0, 3)  # -> 3


# case: three_operands
def f(a, b, c):
    return (a > 0 and b > 0 and c > 0), (a > 0 or b > 0 or c > 0)


f(1, 1, 1)  # -> (True, True)
f(1, 0, 1)  # -> (False, True)
f(0, 0, 0)  # -> (False, False)


# case: not_of_a_number
def f(x):
    return not x


f(0)  # -> True
f(5)  # -> False
f(0.0)  # -> True


# case: double_not
def f(x):
    return not not x


f(0)  # -> False
f(5)  # -> True


# case: mixed_with_python_values
def f(x, flag):
    if flag and x > 0:
        return 1
    if flag or x > 0:
        return 2
    return 3


f(1, static(True))  # -> 1
f(1, static(False))  # -> 2
f(-1, static(True))  # -> 2
f(-1, static(False))  # -> 3


# case: python_operand_decides_alone
def f(x, name):
    return name == "a" or x > 0


f(-1, "a")  # -> True
f(-1, "b")  # -> False


# case: chained
def f(a, b, c):
    if a < b < c:
        return a + b + c
    if a == b == c != 7:
        return a * 1000
    return a - b - c


f(1, 2, 3)  # -> 6
f(3, 2, 1)  # -> 0
f(2, 2, 2)  # -> 2000
f(7, 7, 7)  # -> -7


# case: chain_evaluates_the_middle_once
def f(x):
    calls = []

    def middle():
        calls.append(1)
        return x

    inside = 0 < middle() < 10
    return inside, len(calls)


f(5)  # -> (True, 1)
f(50)  # -> (False, 1)


# case: chain_is_lazy
def f(x, y):
    return 0 < x < 100 // x


f(0, 1)  # -> False
f(5, 1)  # -> True
f(50, 1)  # -> False


# case: chain_of_four
def f(a, b, c, d):
    return a < b <= c < d


f(1, 2, 2, 3)  # -> True
f(1, 2, 2, 2)  # -> False


# case: in_a_tuple_of_numbers
def f(x):
    if x in (1, 3, 5):
        return 1
    return 0


f(3)  # -> 1
f(4)  # -> 0


# case: not_in
def f(x):
    return x not in [1, 3, 5]


f(3)  # -> False
f(4)  # -> True


# case: in_an_array
def f(x, v):
    return v in x


f([1, 2, 3], 2)  # -> True
f([1, 2, 3], 9)  # -> False


# case: in_an_empty_tuple
def f(x):
    return x in ()


f(3)  # -> False


# case: key_in_dict
def f(x, key):
    d = {"a": x}
    return d[key] if key in d else -x


f(3, "a")  # -> 3
f(3, "b")  # -> -3


# case: is_none
def f(x, y=None):
    if y is None:
        y = 10
    return x + y


f(3)  # -> 13
f(3, 4)  # -> 7
f(3, None)  # -> 13


# case: is_not_none
def f(x):
    y = None
    if x is not None:
        y = x * 2
    return y


f(3)  # -> 6


# case: is_of_the_same_object
def f(x):
    y = x
    return x is y, x is not y


f(3)  # -> (True, False)


# case: comparison_stored
def f(x, y):
    less = x < y
    equal = x == y
    return less or equal


f(1, 2)  # -> True
f(2, 2)  # -> True
f(3, 2)  # -> False


# case: bools_are_counted
def f(a, b, c):
    return int(a > 0) + int(b > 0) + int(c > 0)


f(1, -1, 1)  # -> 2


# case: xor_by_not_equal
def f(a, b):
    return (a > 0) != (b > 0)


f(1, -1)  # -> True
f(1, 1)  # -> False


# case: walrus_in_and
def f(x):
    z = 0
    if x > 1 and (z := x * 2) > 6:
        return z
    return z + 1


f(5)  # -> 10
f(2)  # -> 5
f(0)  # -> 1


# case: and_in_a_while
def f(x):
    i = 0
    while i < 4 and x[i] > 0:
        i += 1
    return i


f([1, 1, 0, 1])  # -> 2
f([1, 1, 1, 1])  # -> 4


# case: or_of_calls
def f(x):
    def small(v):
        return v < 3

    def large(v):
        return v > 30

    return small(x) or large(x)


f(1)  # -> True
f(10)  # -> False
f(100)  # -> True


# case: equality_with_none
def f(x):
    return x == None, x != None


f(3)  # -> (False, True)


# case: equality_of_tuples
def f(x):
    return (x, 1) == (3, 1)


f(3)
# -> True


# case: de_morgan
def f(a, b):
    left = not (a > 0 and b > 0)
    right = not a > 0 or not b > 0
    return left == right


f(1, 1)  # -> True
f(1, 0)  # -> True
f(0, 0)  # -> True


# case: any_and_all_of_a_list
def f(a, b):
    return any([a > 0, b > 0]), all([a > 0, b > 0])


f(1, 1)  # -> (True, True)
f(1, 0)  # -> (True, False)
f(0, 0)  # -> (False, False)


# case: any_and_all_of_a_generator
def f(x):
    return any(v > 2 for v in (x, 1)), all(v > 2 for v in (x, 3))


f(5)  # -> (True, True)
f(1)  # -> (False, False)


# case: bitwise
def f(a, b):
    return (a > 0) & (b > 0) | (a == b)


f(1, 1)  # -> True
f(1, 0)  # -> False
f(0, 0)  # -> True


# case: operands_of_unlike_types
def f(x, y):
    return x and y > 0


f(2, 3)
# -> True
# staged raises TypeError: the expression


# case: operands_of_unlike_types_in_conditions
def f(x, y):
    score = 0
    if x and y > 0.5:
        score += 1
    if x or y > 0.5:
        score += 10
    if not (x and y > 0.5 or x == 7):
        score += 100
    while x and y > 0.5:
        x -= 1
        score += 1000
    return score if x or y > 0.5 else -score


f(2, 3.5)  # -> 2011
f(0, 3.5)  # -> 110
f(7, 0.1)  # -> 10


# case: numeric_test_of_a_loop_with_break
def f(n):
    total = 0
    while n:
        total += n
        if total > 10:
            break
        n -= 1
    return total


f(3)  # -> 6
f(9)  # -> 17


# case: any_and_all_with_python_items
def f(x):
    return any([False, x > 2]), any([x > 2, True]), all([]), all((True, x > 2, False))


f(3)  # -> (True, True, True, False)
f(0)  # -> (False, True, True, False)


# case: tuple_equal
def f(a, b):
    if (a, b) == (1, 2):
        return 1
    if [a, b] != [3, 4]:
        return 2
    return 3


f(1, 2)  # -> 1
f(3, 4)  # -> 3
f(5, 6)  # -> 2


# case: tuple_in_list
def f(a, b):
    return (a, b) in [(1, 2), (3, 4)], (a, b) == (a, b), (a,) == (a, b)


f(1, 2)  # -> (True, True, False)
f(3, 5)  # -> (False, True, False)


# case: dict_equal
def f(a, b):
    return {"x": a} == {"x": b}, {"x": a} != {"x": 1}


f(1, 2)  # -> (False, False)
f(3, 3)  # -> (True, True)


# case: order_of_tuples
def f(a, b):
    return (a, b) < (2, 3), (a, b) >= (2, 3), max((a, b), (2, 3)), (a, b) <= (2, 3, 4)


f(1, 9)  # -> (True, False, (2, 3), True)
f(2, 3)  # -> (False, True, (2, 3), True)
f(2, 4)  # -> (False, True, (2, 4), False)


# case: in_a_range
def f(x, n):
    return x in range(2, n, 3), x in range(9, 0, -2), x in (), x not in range(5)


f(5, 6)  # -> (True, True, False, True)
f(4, 9)  # -> (False, False, False, False)
