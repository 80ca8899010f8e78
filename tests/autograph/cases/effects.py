"""`assert`, `raise` and `print` on tensors: at run time, in program order, only where reached."""


# case: assert_holds
def f(x):
    assert x > 0
    return x * 2


f(3)  # -> 6
f(-3)  # raises AssertionError


# case: assert_with_a_message
def f(x):
    assert x > 0, "x must be positive"
    return x * 2


f(3)  # -> 6
f(-3)  # raises AssertionError: x must be positive


# case: assert_with_the_value
def f(x):
    assert x > 0, f"got {x}"
    return x


f(3)  # -> 3
f(-3)  # raises AssertionError: got -3


# case: assert_in_a_loop
def f(x):
    total = 0
    for v in x:
        assert v >= 0, "negative"
        total += v
    return total


f([1, 2])  # -> 3
f([1, -2])  # raises AssertionError: negative


# case: assert_in_a_branch_not_taken
def f(x):
    if x > 10:
        assert x < 20
    return x


f(3)  # -> 3
f(15)  # -> 15
f(30)  # raises AssertionError


# case: assert_of_python_values
def f(x, n):
    assert n > 0, "n"
    return x * n


f(3, static(2))  # -> 6
f(3, static(0))  # raises AssertionError: n


# case: assert_with_and
def f(x):
    assert x > 0 and x % 2 == 0
    return x // 2


f(4)  # -> 2
f(3)  # raises AssertionError


# case: raise_under_a_condition
def f(x):
    if x < 0:
        raise ValueError("negative")
    return x * 2


f(3)  # -> 6
f(-3)  # raises ValueError: negative


# case: raise_with_the_value
def f(x):
    if x < 0:
        raise ValueError(f"x is {x}")
    return x


f(3)  # -> 3
f(-3)  # raises ValueError: x is -3


# case: raise_in_a_loop
def f(n):
    for i in range(n):
        if i == 3:
            raise RuntimeError("three")
    return n


f(3)  # -> 3
f(4)  # raises RuntimeError: three


# case: raise_in_else
def f(x):
    if x > 0:
        y = x
    else:
        raise KeyError("k")
    return y


f(3)  # -> 3
f(-3)  # raises KeyError: k


# case: raise_in_elif_chain
def f(x):
    if x == 0:
        return 10
    elif x == 1:
        return 20
    else:
        raise ValueError("unknown")


f(0)  # -> 10
f(1)  # -> 20
f(2)  # raises ValueError: unknown


# case: raise_of_a_class
def f(x):
    if x < 0:
        raise ValueError
    return x


f(3)  # -> 3
f(-3)  # raises ValueError


# case: raise_in_a_helper
def check(x):
    if x > 5:
        raise OverflowError("too large")
    return x


def f(n):
    total = 0
    for i in range(n):
        total += check(i * 2)
    return total


f(2)  # -> 2
f(5)  # raises OverflowError: too large


# case: raise_instead_of_return
def f(x, wanted):
    for i in range(len(x)):
        if x[i] == wanted:
            return i
    raise LookupError("not found")


f([1, 2, 3], 3)  # -> 2
f([1, 2, 3], 9)  # raises LookupError: not found


# case: faults_come_in_order
def f(x):
    if x > 2:
        raise ValueError("first")
    y = 10 // (x - x)
    if y > 0:
        raise ValueError("second")
    return y


f(3)  # raises ValueError: first
f(1)  # raises ZeroDivisionError: zero


# case: own_exception
class Broken(Exception):
    pass


def f(x):
    if x < 0:
        raise Broken("it is")
    return x


f(3)  # -> 3
f(-3)  # raises Broken: it is


# case: print_a_tensor
def f(x):
    print(x)
    return x


f(3)  # -> 3
# prints: 3


# case: print_text_and_tensors
def f(x, y):
    print("x is", x, "and y", y)
    return x + y


f(3, 4)  # -> 7
# prints: x is 3 and y 4


# case: print_in_a_loop
def f(n):
    for i in range(n):
        print("step", i)
    return n


f(3)  # -> 3
# prints: step 0
# prints: step 1
# prints: step 2
f(0)  # -> 0


# case: print_in_a_branch
def f(x):
    if x > 0:
        print("plus", x)
    else:
        print("minus", x)
    return x


f(3)  # -> 3
# prints: plus 3
f(-3)  # -> -3
# prints: minus -3


# case: print_before_a_fault
def f(x):
    print("before", x)
    y = 10 // x
    print("after", y)
    return y


f(5)
# -> 2
# prints: before 5
# prints: after 2
f(0)
# raises ZeroDivisionError: zero
# prints: before 0


# case: print_with_separators
def f(x, y):
    print(x, y, sep=", ", end="!\n")
    return x


f(3, 4)  # -> 3
# prints: 3, 4!


# case: print_formatted
def f(x):
    print(f"value {x}")
    print("value {}".format(x))
    print("value %d" % x)
    return x


f(3)  # -> 3
# prints: value 3
# prints: value 3
# prints: value 3


# case: print_formatted_floats
def f(x):
    print(f"{x:.2f} {x:8.3f}|")
    return x


f(3.14159)  # -> 3.14159
# prints: 3.14    3.142|


# case: print_in_a_while_with_break
def f(n):
    while True:
        print(n)
        n -= 2
        if n < 0:
            break
    return n


f(3)  # -> -1
# prints: 3
# prints: 1


# case: text_kept_in_a_variable
def f(x):
    message = f"x = {x}"
    if x > 0:
        print(message)
    return x


f(3)  # -> 3
# prints: x = 3
f(-3)  # -> -3


# case: print_a_list_of_staged_length
def f(n):
    items = []
    for i in range(n):
        items.append(i * 0.5)
    print(items, f"{[9.0, *items]}")
    print("%s" % items, {"k": items}, str(items))


f(3)
# -> None
# prints: [0.0, 0.5, 1.0] [9.0, 0.0, 0.5, 1.0]
# prints: [0.0, 0.5, 1.0] {'k': [0.0, 0.5, 1.0]} [0.0, 0.5, 1.0]
f(0)
# -> None
# prints: [] [9.0]
# prints: [] {'k': []} []


# case: print_a_list_of_pairs_of_staged_length
def f(n):
    items = []
    for i in range(n):
        items.append((i, i))
    return str(items) is None


f(1)
# -> False
# staged raises TypeError: has no text while it is part of the graph; make a list of each part
