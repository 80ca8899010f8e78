"""Functions that call themselves under a condition on a tensor."""


# case: factorial
def factorial(n):
    if n <= 1:
        return 1
    return n * factorial(n - 1)


def f(n):
    return factorial(n)


f(5)  # -> 120
f(0)  # -> 1


# case: f_itself
def f(n):
    if n < 2:
        return n
    return f(n - 1) + f(n - 2)


f(10)  # -> 55


# case: conditional_expression
def total(n):
    return 0 if n == 0 else n + total(n - 1)


def f(n):
    return total(n)


f(4)  # -> 10


# case: mutual
def is_even(n):
    if n == 0:
        return True
    return is_odd(n - 1)


def is_odd(n):
    if n == 0:
        return False
    return is_even(n - 1)


def f(n):
    return is_even(n), is_odd(n)


f(5)  # -> (False, True)
f(4)  # -> (True, False)


# case: greatest_common_divisor
def gcd(a, b):
    if b == 0:
        return a
    return gcd(b, a % b)


def f(a, b):
    return gcd(a, b)


f(48, 18)  # -> 6


# case: power
def power(x, n):
    if n == 0:
        return 1
    half = power(x, n // 2)
    if n % 2 == 0:
        return half * half
    return half * half * x


def f(x, n):
    return power(x, n)


f(3, 5)  # -> 243
f(2, 10)  # -> 1024


# case: two_results
def split(n):
    if n == 0:
        return 0, 0
    a, b = split(n - 1)
    return b, a + n


def f(n):
    return split(n)


f(5)  # -> (6, 9)


# case: in_a_loop
def depth(n):
    if n <= 1:
        return 0
    return 1 + depth(n // 2)


def f(n):
    total = 0
    for i in range(n):
        total += depth(i)
    return total


f(9)  # -> 13


# case: ackermann
def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def f(m, n):
    return ackermann(m, n)


f(2, 3)  # -> 9


# case: with_an_array
def search(x, wanted, low, high):
    if low >= high:
        return -1
    middle = (low + high) // 2
    if x[middle] == wanted:
        return middle
    if x[middle] < wanted:
        return search(x, wanted, middle + 1, high)
    return search(x, wanted, low, middle)


def f(x, wanted):
    return search(x, wanted, 0, len(x))


f([1, 3, 5, 7, 9], 7)  # -> 3
f([1, 3, 5, 7, 9], 4)  # -> -1


# case: nested_function
def f(n):
    def count(k):
        if k == 0:
            return 0
        return 1 + count(k - 1)

    return count(n)


f(6)  # -> 6


# case: method
class Tree:
    def __init__(self, factor):
        self.factor = factor

    def size(self, depth):
        if depth == 0:
            return 1
        return 1 + self.factor * self.size(depth - 1)


def f(depth):
    return Tree(2).size(depth)


f(4)  # -> 31


# case: python_depth
def nested(x, depth):
    if depth == 0:
        return x
    if x > 10:
        return nested(x - 10, depth - 1)
    return nested(x * 2, depth - 1)


def f(x):
    return nested(x, 3)


f(4)  # -> 6
f(40)  # -> 10


# case: append_to_an_outer_list
def f(n):
    out = []

    def go(k):
        out.append(k)
        if k > 0:
            go(k - 1)
            go(k - 2)

    go(n)
    return out


f(3)  # -> [3, 2, 1, 0, -1, 0, 1, 0, -1]
f(0)  # -> [0]


# case: a_list_passed_down
def walk(k, out):
    out.append(k)
    if k > 0:
        walk(k - 1, out)
    out.append(-k)


def f(n):
    out = []
    walk(n, out)
    again = [7]
    walk(n, again)
    return out, again, len(out)


f(2)  # -> ([2, 1, 0, 0, -1, -2], [7, 2, 1, 0, 0, -1, -2], 6)
f(0)  # -> ([0, 0], [7, 0, 0], 2)


# case: a_list_passed_down_and_returned
def digits(n, found):
    if n >= 10:
        digits(n // 10, found)
    found.append(n % 10)
    return found


def f(n):
    return digits(n, [])


f(3405)  # -> [3, 4, 0, 5]
f(7)  # -> [7]


# case: a_stack_of_tuples_passed_down
def hanoi(n, source, target, moves):
    if n > 0:
        hanoi(n - 1, source, 3 - source - target, moves)
        moves.append((source, target))
        hanoi(n - 1, 3 - source - target, target, moves)


def f(n):
    moves = []
    hanoi(n, 0, 2, moves)
    return moves


f(2)  # -> [(0, 1), (0, 2), (1, 2)]
f(0)  # -> []


# case: items_of_a_list_passed_down
def fill(k, items):
    items[k] = k * k
    if k > 0:
        fill(k - 1, items)


def f(n):
    items = [0, 0, 0, 0]
    fill(n, items)
    return items


f(2)  # -> [0, 1, 4, 0]


# case: backtracking
def place(row, columns, n):
    if row == n:
        return 1
    count = 0
    for column in range(n):
        free = True
        for other in range(row):
            if columns[other] == column or abs(columns[other] - column) == row - other:
                free = False
        if free:
            columns.append(column)
            count += place(row + 1, columns, n)
            columns.pop()
    return count


def f(n):
    return place(0, [], n)


f(4)  # -> 2
f(5)  # -> 10


# case: restored_after_the_call
class Walker:
    def __init__(self):
        self.depth = 0
        self.path = []
        self.sums = []

    def walk(self, k):
        if k <= 0:
            self.sums.append(self.depth * 100 + sum(self.path))
            return
        before = self.depth
        for step in range(1, 3):
            self.path.append(k * step)
            self.depth = before + 1
            self.walk(k - step)
            self.depth = before
            self.path.pop()


def f(n):
    walker = Walker()
    walker.walk(n)
    return walker.sums, walker.depth, walker.path


f(2)  # -> ([203, 204, 104], 0, [])
f(0)  # -> ([0], 0, [])


# case: restored_in_a_closure
def f(n):
    path = []
    best = 0

    def go(k):
        nonlocal best
        if k == 0:
            best = max(best, len(path) * 10 + sum(path))
            return
        path.append(k)
        go(k - 1)
        path.pop()

    go(n)
    return best, path


f(3)  # -> (36, [])


# case: called_again_with_another_object_around
class Box:
    def __init__(self, v):
        self.v = v
        self.k = 1


def f(x, n):
    box = Box(x)

    def go(n):
        return box.v * box.k if n <= 0 else go(n - 1)

    first = go(n)
    box.v = x * 2
    box.k = 5
    return first, go(n)


f(3.0, 2)  # -> (3.0, 30.0)
f(3.0, 0)  # -> (3.0, 30.0)


# case: called_again_with_another_variable_around
def f(x, n):
    y = x

    def go(n):
        if n <= 0:
            return y
        return go(n - 1)

    first = go(n)
    y = x * 2
    return first, go(n)


f(3.0, 2)  # -> (3.0, 6.0)


# case: called_again_with_another_item_around
settings = {}


def look_up(n):
    if n <= 0:
        return settings["scale"]
    return look_up(n - 1)


def f(x, n):
    settings["scale"] = x
    first = look_up(n)
    settings["scale"] = x * 2
    second = look_up(n)
    del settings["scale"]
    return first, second


f(3.0, 2)  # -> (3.0, 6.0)


# case: fill_by_python_numbers_in_four_directions
def f(given):
    grid = given.copy()
    n, m = grid.shape

    def fill(r, c):
        if r < 0 or r >= n or c < 0 or c >= m or grid[r, c] != 1:
            return 0
        grid[r, c] = 2
        return 1 + fill(r + 1, c) + fill(r - 1, c) + fill(r, c + 1) + fill(r, c - 1)

    best = 0
    for i in range(n):
        for j in range(m):
            best = max(best, fill(i, j))
    return best


f([[1, 0, 1], [1, 0, 1], [0, 1, 1]])  # -> 4


# case: python_numbers_that_must_stay_so
names = ["a", "b", "c", "d", "e", "f"]
weights = {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6}


def f(n):
    def go(r, level):
        if r <= 0 or level == 0:
            return 1
        return weights[names[level]] + go(r - 1, level) + go(r - 2, level - 1)

    return go(n, 5)


f(6)  # -> 123
