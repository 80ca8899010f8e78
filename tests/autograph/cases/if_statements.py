"""`if`, `elif`, `else` on tensors: which branch runs, and what is known after it."""

import pygraph as pg


# case: both_branches_assign
def f(x):
    if x > 0:
        y = x + 1
    else:
        y = x - 1
    return y


f(1)  # -> 2
f(-1)  # -> -2
f(0.5)  # -> 1.5


# case: without_else
def f(x):
    if x > 10:
        x = x - 10
    return x


f(3)  # -> 3
f(30)  # -> 20


# case: elif_chain
def f(x):
    if x > 100:
        size = 3
    elif x > 10:
        size = 2
    elif x > 1:
        size = 1
    else:
        size = 0
    return size


f(1000)  # -> 3
f(11)  # -> 2
f(2)  # -> 1
f(-5)  # -> 0


# case: elif_without_else
def f(x):
    y = 7
    if x == 1:
        y = 10
    elif x == 2:
        y = 20
    return y


f(1)  # -> 10
f(2)  # -> 20
f(3)  # -> 7


# case: nested_three_deep
def f(a, b, c):
    if a > 0:
        if b > 0:
            if c > 0:
                r = 1
            else:
                r = 2
        else:
            r = 3
    else:
        r = 4
    return r


f(1, 1, 1)  # -> 1
f(1, 1, 0)  # -> 2
f(1, 0, 1)  # -> 3
f(0, 1, 1)  # -> 4


# case: branches_swap_variables
def f(a, b):
    if a > b:
        a, b = b, a
    return a, b


f(1, 2)  # -> (1, 2)
f(2, 1)  # -> (1, 2)


# case: condition_changes_its_own_variable
def f(x):
    if x > 0:
        x = -x
    if x > 0:
        x = 100
    return x


f(5)  # -> -5
f(-5)  # -> -5


# case: several_variables_on_different_paths
def f(x):
    a = b = c = 0
    if x > 0:
        a = x
        b = x * 2
    else:
        b = -x
        c = -x * 2
    return a, b, c


f(3)  # -> (3, 6, 0)
f(-3)  # -> (0, 3, 6)


# case: pass_in_a_branch
def f(x):
    if x > 0:
        pass
    else:
        x = -x
    return x


f(3)  # -> 3
f(-3)  # -> 3


# case: empty_both
def f(x):
    if x > 0:
        pass
    else:
        pass
    return x


f(3)  # -> 3


# case: temporary_of_a_branch
def f(x):
    if x > 0:
        doubled = x * 2
        y = doubled + 1
    else:
        halved = x // 2
        y = halved - 1
    return y


f(4)  # -> 9
f(-4)  # -> -3


# case: number_and_tensor
def f(x):
    if x > 2:
        y = x
    else:
        y = 0
    return y


f(4)  # -> 4
f(1)  # -> 0
f(4.5)  # -> 4.5


# case: two_different_numbers
def f(x):
    y = 1 if x > 0 else 2
    if x > 5:
        z = 10
    else:
        z = 20
    return y + z


f(6)  # -> 11
f(-6)  # -> 22


# case: numeric_condition_means_not_zero
def f(x):
    if x:
        return 1
    return 0


f(3)  # -> 1
f(0)  # -> 0
f(0.0)  # -> 0
f(-0.5)  # -> 1


# case: bool_tensor_condition
def f(x, flag):
    if flag:
        x = x + 1
    if not flag:
        x = x - 1
    return x


f(3, True)  # -> 4
f(3, False)  # -> 2


# case: condition_with_a_call
def f(x):
    def positive(v):
        return v > 0

    if positive(x):
        return x
    return -x


f(3)  # -> 3
f(-3)  # -> 3


# case: condition_from_array
def f(x):
    if pg.sum(x) > 5:
        return x * 2
    return x


f([1, 2])  # -> [1, 2]
f([3, 4])  # -> [6, 8]


# case: condition_must_be_a_scalar
def f(x):
    if x > 1:
        return 1
    return 0


f([1, 2])  # raises ValueError: any


# case: arrays_in_branches
def f(x):
    if x[0] > 0:
        y = x * 2.0
    else:
        y = x / 2.0
    return y


f([1.0, 2.0])  # -> [2.0, 4.0]
f([-1.0, 2.0])  # -> [-0.5, 1.0]


# case: shapes_that_differ
def f(x, flag):
    if flag:
        y = x[:1]
    else:
        y = x
    return y


f([1, 2, 3], True)  # -> [1]
f([1, 2, 3], False)  # -> [1, 2, 3]


# case: tuple_on_both_paths
def f(x):
    if x > 0:
        pair = (x, x + 1)
    else:
        pair = (x - 1, x)
    a, b = pair
    return a * 10 + b


f(1)  # -> 12
f(-1)  # -> -21


# case: dict_on_both_paths
def f(x):
    if x > 0:
        d = {"a": x, "b": 1}
    else:
        d = {"a": 0, "b": x}
    return d["a"] - d["b"]


f(5)  # -> 4
f(-5)  # -> 5


# case: list_on_both_paths
def f(x):
    if x > 0:
        items = [x, 2, 3]
    else:
        items = [3, 2, x]
    return items


f(1)  # -> [1, 2, 3]
f(-1)  # -> [3, 2, -1]


# case: structure_that_differs
def f(x):
    if x > 0:
        y = (x, x)
    else:
        y = x
    return y


f(1)  # staged raises TypeError: 'y'


# case: dtypes_that_differ
def f(x):
    if x > 0:
        y = x * 1.5
    else:
        y = x
    return y


f(1)  # staged raises TypeError: 'y'


# case: if_inside_if_condition_reuse
def f(x, y):
    big = x > y
    if big:
        z = x
    else:
        z = y
    if big:
        z = z * 2
    return z


f(1, 2)  # -> 2
f(2, 1)  # -> 4


# case: else_branch_only
def f(x):
    y = 1
    if x > 0:
        pass
    else:
        y = 2
    return y


f(1)  # -> 1
f(-1)  # -> 2


# case: python_condition_is_not_staged
def f(x, mode):
    if mode == "double":
        y = x * 2
    elif mode == "text":
        y = "text"
    else:
        y = [x, None]
    return y


f(2, "double")  # -> 4
f(2, "text")  # -> 'text'
f(2, "other")  # -> [2, None]


# case: python_condition_in_staged_branch
def f(x, verbose):
    if x > 0:
        if verbose:
            y = x + 1000
        else:
            y = x
    else:
        y = -x
    return y


f(2, static(True))  # -> 1002
f(2, static(False))  # -> 2
f(-2, static(True))  # -> 2


# case: same_text_in_both_branches
def f(x):
    if x > 0:
        name = "same"
        x = x + 1
    else:
        name = "same"
    return name, x


f(2)  # -> ('same', 3)
f(-2)  # -> ('same', -2)


# case: text_that_differs
def f(x):
    if x > 0:
        name = "plus"
    else:
        name = "minus"
    return name


f(2)  # -> "plus"
f(-2)  # -> "minus"


# case: deep_elif_with_returns
def f(x):
    if x < 0:
        return -1
    elif x == 0:
        return 0
    elif x < 10:
        if x % 2 == 0:
            return 2
        else:
            return 3
    return 10


f(-4)  # -> -1
f(0)  # -> 0
f(4)  # -> 2
f(5)  # -> 3
f(40)  # -> 10


# case: clamp
def f(x, low, high):
    if x < low:
        x = low
    elif x > high:
        x = high
    return x


f(5, 0, 3)  # -> 3
f(-5, 0, 3)  # -> 0
f(1.5, 0.0, 3.0)  # -> 1.5


# case: fault_only_in_the_branch_that_runs
def f(x):
    y = 0
    if x != 0:
        y = 10 // x
    return y


f(5)  # -> 2
f(0)  # -> 0


# case: fault_in_a_branch
def f(x):
    if x > 0:
        y = x // (x - 3)
    else:
        y = 1
    return y


f(7)  # -> 1
f(-7)  # -> 1
f(3)  # raises ZeroDivisionError: division


# case: del_in_a_branch
def f(x):
    y = x + 1
    if x > 0:
        del y
        y = 5
    return y


f(3)  # -> 5
f(-3)  # -> -2


# case: del_and_read_after
def f(x):
    y = x + 1
    if x > 0:
        del y
    return y


f(-3)  # -> -2
f(3)  # raises UnboundLocalError: 'y'
