"""Variables that are set on some paths only, deleted, or None before."""


# case: set_in_both_branches
def f(x):
    if x > 0:
        y = 1
    else:
        y = 2
    return y


f(1)  # -> 1
f(-1)  # -> 2


# case: set_in_one_branch
def f(x):
    if x > 0:
        y = x * 2
    return y


f(3)  # -> 6
f(-3)  # raises UnboundLocalError: 'y'


# case: set_in_the_else_branch
def f(x):
    if x > 0:
        pass
    else:
        y = -x
    return y


f(-3)  # -> 3
f(3)  # raises UnboundLocalError: 'y'


# case: read_only_where_it_is_set
def f(x):
    if x > 0:
        y = x * 2
    if x > 0:
        return y
    return 0


f(3)  # -> 6
f(-3)  # -> 0


# case: never_set
def f(x):
    if x > 0:
        return y
    y = 1
    return y


f(-3)  # staged raises UnboundLocalError: 'y'


# case: set_in_a_loop_that_may_not_run
def f(n):
    for i in range(n):
        y = i * 2
    return y


f(3)  # -> 4
f(0)  # raises UnboundLocalError: 'y'


# case: set_in_a_branch_of_a_loop
def f(n, k):
    for i in range(n):
        if i == k:
            found = i * 100
    return found


f(5, 3)  # -> 300
f(5, 9)  # raises UnboundLocalError: 'found'


# case: set_in_the_iteration_before
def f(n):
    total = 0
    for i in range(n):
        if i > 0:
            total += last
        last = i * i
    return total


f(5)  # -> 14
f(0)  # -> 0


# case: set_in_a_nested_loop
def f(n):
    for i in range(n):
        for j in range(i):
            y = i * 10 + j
    return y


f(4)  # -> 32
f(1)  # raises UnboundLocalError: 'y'


# case: deleted
def f(x):
    y = x + 1
    del y
    y = x * 2
    return y


f(3)  # -> 6


# case: deleted_and_read
def f(x):
    y = x + 1
    del y
    return y


f(3)  # raises UnboundLocalError: 'y'


# case: deleted_in_a_loop
def f(n):
    total = 0
    for i in range(n):
        t = i * 2
        total += t
        del t
    return total


f(4)  # -> 12


# case: deleted_on_one_path
def f(x):
    y = x + 1
    if x > 0:
        del y
        y = 100
    else:
        y = y * 2
    return y


f(3)  # -> 100
f(-3)  # -> -4


# case: none_then_a_number
def f(x):
    y = None
    if x > 0:
        y = x * 2
    if y is None:
        return -1
    return y


f(3)  # -> 6
f(-3)  # -> -1


# case: none_on_the_other_path
def f(x):
    if x > 0:
        y = x
    else:
        y = None
    return 0 if y is None else y + 1


f(3)  # -> 4
f(-3)  # -> 0


# case: best_before_a_loop
def f(n):
    best = None
    for i in range(n):
        value = (i * 7) % 5
        if best is None or value > best:
            best = value
    if best is None:
        return -1
    return best


f(6)  # -> 4
f(1)  # -> 0
f(0)  # -> -1


# case: best_and_where
def f(x, n):
    best = None
    where = None
    for i in range(n):
        if best is None or x[i] > best:
            best = x[i]
            where = i
    if best is None:
        return -1, -1
    return best, where


f([3, 9, 4], 3)  # -> (9, 1)
f([3, 9, 4], 1)  # -> (3, 0)
f([3, 9, 4], 0)  # -> (-1, -1)


# case: is_not_none_in_a_loop
def f(n):
    last = None
    rises = 0
    for i in range(n):
        value = (i * 5) % 7
        if last is not None and value > last:
            rises += 1
        last = value
    return rises


f(8)  # -> 2
f(0)  # -> 0


# case: none_again
def f(n):
    seen = None
    resets = 0
    for i in range(n):
        if i % 3 == 0:
            seen = None
            resets += 1
        else:
            seen = i
    if seen is None:
        return -resets
    return seen


f(4)  # -> -2
f(6)  # -> 5


# case: none_argument
def f(x, start=None):
    total = 0 if start is None else start
    for i in range(x):
        total += i
    return total


f(4)  # -> 6
f(4, 100)  # -> 106
f(4, start=None)  # -> 6


# case: none_read_as_a_number
def f(x):
    y = None
    if x > 0:
        y = x
    return y + 1


f(3)  # -> 4


# case: equality_with_none_variable
def f(x):
    y = None
    if y == None:
        y = x
    return y


f(3)  # -> 3


# case: tuple_with_none
def f(x):
    state = (x, None)
    if state[1] is None:
        state = (x, x * 2)
    return state


f(3)  # -> (3, 6)


# case: optional_with_walrus
def f(x):
    best = None
    if (y := x - 3) > 0:
        best = y
    return -1 if best is None else best


f(5)  # -> 2
f(1)  # -> -1


# case: variable_of_a_branch_that_returns
def f(x):
    if x < 0:
        return -1
    else:
        y = x * 2
    return y


f(3)  # -> 6
f(-3)  # -> -1


# case: set_after_a_continue
def f(n):
    for i in range(n):
        if i % 2 == 0:
            continue
        odd = i
    return odd


f(6)  # -> 5
f(1)  # raises UnboundLocalError: 'odd'


# case: set_before_a_break
def f(n):
    for i in range(n):
        y = i
        if i * i > 10:
            break
    return y


f(9)  # -> 4
f(0)  # raises UnboundLocalError: 'y'


# case: unset_variable_is_only_passed_on
def f(x):
    if x > 0:
        y = 1
    for i in range(x):
        y = y + i
    return x


f(3)  # -> 3
f(-3)  # -> -3


# case: in_a_nested_function
def f(x):
    def g(v):
        if v > 0:
            w = v * 2
        return w

    return g(x)


f(3)  # -> 6
f(-3)  # raises UnboundLocalError: 'w'


# case: closure_reads_it
def f(x):
    def g():
        return y + 1

    if x > 0:
        y = x
    return g()


f(3)  # -> 4
f(-3)
# raises NameError: 'y'


# case: import_in_a_branch
def f(x):
    if x > 0:
        import math

        y = math.floor(2.5) + x
    else:
        y = x
    return y


f(3)  # -> 5
f(-3)  # -> -3


# case: first_set_in_while_and_used_in_its_test
def f(n):
    first = True
    while first or y > 0:
        y = n
        n -= 2
        first = False
    return y, n


f(5)  # -> (-1, -3)
f(0)  # -> (0, -2)


# case: sometimes_set_then_always_set
def f(x):
    if x > 0:
        y = 1
    y = x + 5
    return y


f(3)  # -> 8
f(-3)  # -> 2


# case: three_way
def f(x):
    if x > 10:
        y = 1
    elif x > 0:
        z = 2
    else:
        y = z = 3
    if x > 10 or x <= 0:
        return y
    return z


f(11)  # -> 1
f(1)  # -> 2
f(-1)  # -> 3


# case: closure_unset
def f(x):
    def get():
        return value

    if x > 100:
        value = 1
    return get()


f(200)  # -> 1
f(1)
# raises NameError: cannot access free variable 'value' where it is not associated with a value in enclosing scope


# case: closure_unset_python
def f(x):
    def get():
        return value

    result = get()
    value = 1
    return result + x


f(1)
# raises NameError: cannot access free variable 'value' where it is not associated with a value in enclosing scope


# case: closure_unset_in_loop
def f(n):
    def get():
        return value

    for i in range(n):
        value = i
    return get()


f(2)  # -> 1
f(0)
# raises NameError: cannot access free variable 'value' where it is not associated with a value in enclosing scope
