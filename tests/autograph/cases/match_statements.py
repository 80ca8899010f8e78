"""`match`: on Python values as in Python; on tensors, literals, guards, alternatives, wildcards."""

import dataclasses


# case: python_text
def f(x, name):
    match name:
        case "double":
            return x * 2
        case "negate" | "minus":
            return -x
        case _:
            return x


f(3, "double")  # -> 6
f(3, "minus")  # -> -3
f(3, "other")  # -> 3


# case: python_tuple_of_tensors
def f(x, y):
    match (x, y):
        case (a, b):
            return a * 10 + b


f(3, 4)  # -> 34


# case: python_class
@dataclasses.dataclass
class Point:
    a: object
    b: object


def f(x):
    match Point(x, 2):
        case Point(a=first, b=2):
            return first + 1
        case _:
            return 0


f(3)  # -> 4


# case: staged_code_in_a_python_case
def f(x, mode):
    match mode:
        case 1:
            if x > 0:
                y = x * 10
            else:
                y = 0
        case 2:
            y = x
    return y


f(3, static(1))  # -> 30
f(-3, static(1))  # -> 0
f(3, static(2))  # -> 3


# case: tensor_literals
def f(x):
    match x:
        case 0:
            return 100
        case 1:
            return 200
        case _:
            return 300


f(0)  # -> 100
f(1)  # -> 200
f(7)  # -> 300


# case: tensor_alternatives
def f(x):
    match x:
        case 0 | 2 | 4:
            y = 1
        case 1 | 3:
            y = 2
        case _:
            y = 3
    return y


f(4)  # -> 1
f(3)  # -> 2
f(9)  # -> 3


# case: tensor_guards
def f(x):
    match x:
        case v if v > 10:
            return v - 10
        case v if v < 0:
            return -v
        case v:
            return v * 100


f(15)  # -> 5
f(-4)  # -> 4
f(2)  # -> 200


# case: tensor_without_a_match
def f(x):
    y = 0
    match x:
        case 1:
            y = 10
        case 2:
            y = 20
    return y


f(1)  # -> 10
f(5)  # -> 0


# case: match_in_a_loop
def f(n):
    total = 0
    for i in range(n):
        match i % 3:
            case 0:
                total += 1
            case 1:
                total += 10
            case _:
                total += 100
    return total


f(5)  # -> 122


# case: match_with_continue
def f(n):
    total = 0
    for i in range(n):
        match i % 3:
            case 0:
                continue
            case 1:
                total += 10
            case _:
                break
    return total


f(2)  # -> 10
f(9)  # -> 10
