"""`break`, `continue` and `else` of loops."""

import pygraph as pg


# case: break_in_for
def f(n, limit):
    total = 0
    for i in range(n):
        if total > limit:
            break
        total += i
    return total


f(10, 3)  # -> 6
f(10, 300)  # -> 45
f(0, 1)  # -> 0


# case: break_in_while
def f(n, limit):
    i = 0
    while i < n:
        if i * i > limit:
            break
        i += 1
    return i


f(10, 20)  # -> 5
f(10, 2000)  # -> 10


# case: continue_in_for
def f(n):
    total = 0
    for i in range(n):
        if i % 3 == 0:
            continue
        total += i
    return total


f(10)  # -> 27
f(1)  # -> 0


# case: continue_in_while
def f(n):
    total = 0
    while n > 0:
        n -= 1
        if n % 2 == 0:
            continue
        total += n
    return total


f(10)  # -> 25
f(0)  # -> 0


# case: both
def f(n, limit):
    total = 0
    i = 0
    while i < n:
        i += 1
        if i % 2 == 0:
            continue
        if i > limit:
            break
        total += i
    return total, i


f(20, 7)  # -> (16, 9)
f(3, 50)  # -> (4, 3)
f(0, 0)  # -> (0, 0)


# case: break_first_thing
def f(n):
    count = 0
    for i in range(n):
        break
        count += 1
    return count


f(3)  # -> 0


# case: break_at_the_end
def f(n):
    count = 0
    for i in range(n):
        count += i + 1
        break
    return count


f(3)  # -> 1
f(0)  # -> 0


# case: continue_at_the_end
def f(n):
    count = 0
    for i in range(n):
        count += i
        continue
    return count


f(4)  # -> 6


# case: break_in_else_branch
def f(n):
    total = 0
    for i in range(n):
        if i < 3:
            total += i
        else:
            break
        total += 100
    return total


f(2)  # -> 201
f(9)  # -> 303


# case: break_in_elif
def f(n):
    total = 0
    for i in range(n):
        if i % 2 == 0:
            total += 1
        elif i > 4:
            break
        else:
            total += 10
    return total


f(4)  # -> 22
f(9)  # -> 23


# case: break_and_continue_in_one_if
def f(n, k):
    total = 0
    for i in range(n):
        if i > k:
            if i % 2 == 0:
                break
            continue
        total += i
    return total


f(10, 4)  # -> 10
f(10, 5)  # -> 15


# case: only_the_inner_loop_ends
def f(n, m):
    count = 0
    for i in range(n):
        for j in range(m):
            if j > i:
                break
            count += 1
    return count


f(4, 3)  # -> 9
f(2, 9)  # -> 3


# case: continue_of_the_outer_loop_after_an_inner_loop
def f(n):
    total = 0
    for i in range(n):
        s = 0
        for j in range(i):
            s += j
        if s % 2 == 1:
            continue
        total += s + 1
    return total


f(6)  # -> 20


# case: flag_to_leave_two_loops
def f(n):
    found = False
    where = -1
    for i in range(n):
        for j in range(n):
            if i * j == 12:
                found = True
                where = i * 100 + j
                break
        if found:
            break
    return found, where


f(5)  # -> (True, 304)
f(3)  # -> (False, -1)


# case: else_after_break
def f(n):
    for i in range(n):
        if i == 5:
            result = 1
            break
    else:
        result = 2
    return result


f(9)  # -> 1
f(3)  # -> 2
f(0)  # -> 2


# case: else_of_while
def f(n):
    i = 0
    while i < n:
        if i == 7:
            break
        i += 1
    else:
        i += 1000
    return i


f(5)  # -> 1005
f(50)  # -> 7


# case: else_with_return
def f(n, k):
    for i in range(n):
        if i == k:
            break
    else:
        return -1
    return i


f(9, 4)  # -> 4
f(3, 4)  # -> -1


# case: else_without_break
def f(n):
    total = 0
    for i in range(n):
        total += i
    else:
        total += 100
    return total


f(3)  # -> 103
f(0)  # -> 100


# case: continue_does_not_skip_else
def f(n):
    total = 0
    for i in range(n):
        if i % 2 == 0:
            continue
        total += i
    else:
        total += 1000
    return total


f(4)  # -> 1004


# case: break_of_the_outer_in_the_else_of_the_inner
def f(n, m):
    count = 0
    for i in range(n):
        for j in range(m):
            if j == i:
                break
            count += 1
        else:
            break
        count += 10
    return count


f(5, 3)  # -> 36
f(2, 9)  # -> 21


# case: continue_of_the_outer_in_the_else_of_the_inner
def f(n, m):
    count = 0
    for i in range(n):
        for j in range(m):
            if j == i:
                break
            count += 1
        else:
            continue
        count += 10
    return count


f(5, 3)  # -> 39


# case: nested_else
def f(n):
    log = 0
    for i in range(n):
        for j in range(3):
            if i + j == 4:
                break
        else:
            log += 1
    else:
        log += 100
    return log


f(2)  # -> 102
f(5)  # -> 102


# case: prime_by_else
def f(n):
    k = 2
    while k * k <= n:
        if n % k == 0:
            prime = False
            break
        k += 1
    else:
        prime = n > 1
    return prime


f(97)  # -> True
f(91)  # -> False
f(1)  # -> False


# case: count_primes
def f(n):
    count = 0
    for m in range(2, n):
        for k in range(2, m):
            if m % k == 0:
                break
        else:
            count += 1
    return count


f(30)  # -> 10


# case: break_leaves_the_loop_variable
def f(n):
    for i in range(n):
        if i == 3:
            break
    return i


f(10)  # -> 3
f(2)  # -> 1
f(0)  # raises UnboundLocalError: 'i'


# case: variable_set_before_break_only
def f(n):
    for i in range(n):
        if i == 3:
            found = i * 10
            break
    else:
        found = -1
    return found


f(10)  # -> 30
f(2)  # -> -1


# case: break_in_unrolled_loop
def f(x):
    total = 0
    for i in [1, 2, 3, 4]:
        if total > x:
            break
        total += i
    return total


f(2)  # -> 3
f(0)  # -> 1
f(100)  # -> 10


# case: continue_in_unrolled_loop
def f(x):
    total = 0
    for i in [1, 2, 3, 4]:
        if x % i == 0:
            continue
        total += i
    return total


f(2)  # -> 7
f(12)  # -> 0


# case: else_of_an_unrolled_loop
def f(x):
    for i in (2, 3, 5):
        if x % i == 0:
            divisor = i
            break
    else:
        divisor = 0
    return divisor


f(9)  # -> 3
f(7)  # -> 0


# case: python_break_in_unrolled_loop
def f(x, k):
    for i in range(10):
        if i == k:
            break
        x += i
    return x


f(0, static(4))  # -> 6
f(0, static(0))  # -> 0


# case: python_break_under_a_tensor_loop
def f(x, k):
    total = 0
    for i in range(x):
        for j in range(10):
            if j == k:
                break
            total += i + j
    return total


f(3, static(2))  # -> 9


# case: endless_with_break
def f(limit):
    x = 1
    while True:
        x = x * 2
        if x > limit:
            break
    return x


f(100)  # -> 128
f(1)  # -> 2


# case: endless_with_two_breaks
def f(a, b):
    while True:
        a += 3
        if a > 20:
            break
        b += 5
        if b > 20:
            break
    return a, b


f(0, 0)  # -> (15, 25)
f(20, 0)  # -> (23, 0)


# case: endless_with_continue
def f(n):
    steps = 0
    while True:
        steps += 1
        if n % 3 == 0:
            n -= 1
            continue
        n -= 2
        if n < 0:
            break
    return steps, n


f(10)  # -> (8, -3)
f(3)  # -> (4, -3)


# case: endless_written_as_one
def f(n):
    while 1:
        n -= 2
        if n < 0:
            break
    return n


f(10)  # -> -2


# case: endless_inside_endless
def f(n):
    count = 0
    while True:
        k = n
        while True:
            k -= 2
            count += 1
            if k < 0:
                break
        n -= 1
        if n < 0:
            break
    return count


f(4)  # -> 9


# case: endless_in_for
def f(n):
    total = 0
    for i in range(n):
        k = i
        while True:
            if k <= 0:
                break
            total += k
            k -= 1
    return total


f(5)  # -> 20


# case: break_over_elements
def f(x, limit):
    total = 0
    for v in x:
        if v > limit:
            break
        total += v
    return total


f([1, 2, 30, 4], 10)  # -> 3
f([1, 2, 3, 4], 10)  # -> 10


# case: find_first
def f(x, wanted):
    index = -1
    for i in range(len(x)):
        if x[i] == wanted:
            index = i
            break
    return index


f([5, 7, 7, 9], 7)  # -> 1
f([5, 7, 7, 9], 1)  # -> -1


# case: break_when_converged
def f(x):
    guess = x
    for step in range(100):
        better = (guess + x / guess) / 2
        if abs(better - guess) < 1e-12:
            break
        guess = better
    return round(guess * 1000), step < 100


f(2.0)  # -> (1414, True)


# case: break_keeps_later_state
def f(n):
    a = b = 0
    for i in range(n):
        a += 1
        if a == 3:
            break
        b += 1
    return a, b


f(10)  # -> (3, 2)
f(2)  # -> (2, 2)


# case: state_after_continue_is_kept
def f(n):
    last = 0
    for i in range(n):
        last = i * 10
        if i % 2 == 1:
            continue
        last = last + 1
    return last


f(4)  # -> 30
f(5)  # -> 41


# case: fault_after_break_is_not_reached
def f(n):
    total = 0
    for i in range(n):
        if i == 3:
            break
        total += 12 // (3 - i)
    return total


f(9)  # -> 22


# case: condition_not_evaluated_after_break
def f(n):
    i = 4
    while 12 // i > 0:
        i -= 1
        if i == 0:
            break
        n += 1
    return n, i


f(0)  # -> (3, 0)


# case: sum_of_rows_with_break
def f(x):
    total = 0.0
    for row in x:
        if pg.sum(row) > 5.0:
            break
        total += pg.sum(row)
    return total


f([[1.0, 2.0], [2.0, 2.0], [3.0, 3.0]])  # -> 7.0
