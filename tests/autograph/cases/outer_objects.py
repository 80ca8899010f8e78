"""Changes of objects outside of a staged loop or branch: lists, dicts, attributes, closures."""


# case: attribute_in_a_loop
class Counter:
    def __init__(self):
        self.n = 0


def f(n):
    counter = Counter()
    for i in range(n):
        counter.n += i
    return counter.n


f(4)  # -> 6
f(0)  # -> 0


# case: attribute_in_a_branch
class Box:
    pass


def f(x):
    box = Box()
    box.v = 1
    if x > 0:
        box.v = x
    return box.v


f(5)  # -> 5
f(-5)  # -> 1


# case: attribute_by_a_method
class Account:
    def __init__(self, balance):
        self.balance = balance

    def deposit(self, amount):
        if amount > 0:
            self.balance += amount


def f(x, n):
    account = Account(x)
    for i in range(n):
        account.deposit(i - 1)
    return account.balance


f(10, 4)  # -> 13


# case: dict_item_in_a_loop
def f(n):
    d = {"a": 0, "b": 1}
    for i in range(n):
        d["a"] += i
        d["b"] = d["a"] * 2
    return d


f(4)  # -> {'a': 6, 'b': 12}
f(0)  # -> {'a': 0, 'b': 1}


# case: list_item_in_a_loop
def f(n):
    items = [0, 0]
    for i in range(n):
        items[0] += i
        items[1] = items[0] - i
    return items


f(4)  # -> [6, 3]


# case: list_item_in_a_branch
def f(x):
    items = [1, 2]
    if x > 0:
        items[0] = x
    else:
        items[1] = x
    return items


f(5)  # -> [5, 2]
f(-5)  # -> [1, -5]


# case: nonlocal_in_an_operand
def f(x):
    count = 0

    def note(v):
        nonlocal count
        count += 1
        return v

    y = note(x) if x > 2 else 0
    z = x > 1 and note(x) > 3
    return y, z, count


f(5)  # -> (5, True, 2)
f(2)  # -> (0, False, 1)
f(0)  # -> (0, False, 0)


# case: closure_in_a_loop
def make():
    total = 0

    def add(v):
        nonlocal total
        total += v
        return total

    return add


def f(n):
    add = make()
    last = 0
    for i in range(n):
        last = add(i)
    return last, add(100)


f(4)  # -> (6, 106)


# case: nested_objects
class Node:
    def __init__(self, v):
        self.v = v
        self.data = {"k": [v]}


def f(x, n):
    node = Node(x)
    for i in range(n):
        node.data["k"][0] += i
        node.v = node.data["k"][0]
    return node.v


f(10, 4)  # -> 16


# case: state_machine
class Machine:
    def __init__(self):
        self.state = 0
        self.steps = 0

    def feed(self, v):
        if self.state == 0:
            if v > 2:
                self.state = 1
        elif v < 1:
            self.state = 0
        self.steps += 1


def f(x):
    machine = Machine()
    for v in x:
        machine.feed(v)
    return machine.state, machine.steps


f([0, 3, 2, 0, 5])  # -> (1, 5)


# case: object_with_break
class Best:
    value = None


def f(n, limit):
    best = Best()
    best.value = 0
    for i in range(n):
        if i * i > limit:
            break
        best.value = i
    return best.value


f(10, 20)  # -> 4
f(3, 20)  # -> 2


# case: discarded_branch_leaves_no_trace
def f(x):
    log = [0]
    if x > 0:
        log[0] = x
    elif x < -10:
        log[0] = -x
    return log[0]


f(5)  # -> 5
f(-5)  # -> 0
f(-50)  # -> 50


# case: chosen_object_changed
class Counter:
    def __init__(self, value):
        self.value = value

    def add(self, step):
        self.value += step


def f(c):
    a, b = Counter(1), Counter(5)
    chosen = a if c else b
    chosen.value += 10
    return a.value, b.value


f(True)
# -> (11, 5)


# case: chosen_object_changed_by_a_method
class Counter:
    def __init__(self, value):
        self.value = value

    def add(self, step):
        self.value += step


def f(values):
    positive, others = Counter(0), Counter(0)
    for value in values:
        if value > 0:
            counter = positive
        else:
            counter = others
        counter.add(1)
    return positive.value, others.value


f([1, -1, 2])
# -> (2, 1)


# case: chosen_objects_swapped_then_changed
class Counter:
    def __init__(self, value):
        self.value = value


def f(c):
    a, b = Counter(1), Counter(5)
    one, other = (a, b) if c else (b, a)
    one.value = 99
    return a.value, b.value, other.value


f(False)
# -> (1, 99, 1)


# case: new_object_chosen_and_changed
class Counter:
    def __init__(self, value):
        self.value = value


def f(c):
    chosen = Counter(1) if c else Counter(5)
    chosen.value += 10
    return chosen.value


f(True)  # -> 11
f(False)  # -> 15


# case: object_that_may_be_none_is_changed
class Counter:
    def __init__(self, value):
        self.value = value


def f(c):
    counter, settings = Counter(1), {"k": 1}
    found = other = None
    if c:
        found, other = counter, settings
    if found is not None:
        found.value = 99
    if other is not None:
        other["k"] = 99
    return counter.value, settings["k"]


f(True)  # -> (99, 99)
f(False)  # -> (1, 1)


# case: chosen_dict_and_its_originals
def f(c):
    a, b = {"v": 1, "w": 2}, {"v": 3, "w": 4}
    chosen = a if c > 0 else b
    a["v"] = 10
    chosen["w"] += 100
    b["v"] += 5
    return chosen["v"], chosen["w"], a, b


f(1)  # -> (10, 102, {"v": 10, "w": 102}, {"v": 8, "w": 4})
f(-1)  # -> (8, 104, {"v": 10, "w": 2}, {"v": 8, "w": 104})


# case: chosen_twice
class Box:
    def __init__(self, v):
        self.v = v


def f(c, d):
    a, b, e = Box(1), Box(2), Box(3)
    first = a if c > 0 else b
    second = first if d > 0 else e
    a.v = 10
    second.v += 100
    return a.v, b.v, e.v, first.v, second.v


f(1, 1)  # -> (110, 2, 3, 110, 110)
f(1, -1)  # -> (10, 2, 103, 10, 103)
f(-1, 1)  # -> (10, 102, 3, 102, 102)
f(-1, -1)  # -> (10, 2, 103, 2, 103)


# case: chosen_lists
def f(c):
    a, b = [1, 2], [3, 4]
    chosen = a if c > 0 else b
    a[0] = 10
    chosen[1] = 20
    return chosen, a, b


f(1)  # -> ([10, 20], [10, 20], [3, 4])
f(-1)  # -> ([3, 20], [10, 2], [3, 20])


# case: best_so_far_is_changed
class Point:
    def __init__(self, v):
        self.v = v
        self.hits = 0


def f(x):
    best = Point(x[0])
    for v in x:
        point = Point(v)
        if point.v > best.v:
            best = point
        best.hits += 1
    return best.v, best.hits


f([1.0, 3.0, 2.0])  # -> (3.0, 2)
f([3.0, 1.0, 2.0])  # -> (3.0, 3)


# case: chosen_in_a_loop_then_changed
class Box:
    def __init__(self, v):
        self.v = v


def f(n):
    a, b = Box(1), Box(2)
    chosen = a
    for i in range(n):
        if i == 1:
            chosen = b
    chosen.v = 99
    return a.v, b.v


f(3)
# -> (1, 99)
# staged raises TypeError: 'chosen' is one object or another here, depending on a tensor


# case: chosen_in_a_loop_and_read
class Box:
    def __init__(self, v):
        self.v = v


def f(n):
    a, b = Box(1), Box(2)
    chosen = a
    for i in range(n):
        if i == 1:
            chosen = b
    return a.v, b.v, chosen.v


f(3)  # -> (1, 2, 2)
f(1)  # -> (1, 2, 1)


# case: replaced_and_changed_in_a_loop
class Box:
    def __init__(self, v):
        self.v = v


def f(x):
    box = Box(0.0)
    for v in x:
        box.v += v
        if box.v > 3:
            box = Box(-1.0)
    box.v *= 10
    return box.v


f([1.0, 3.0, 2.0])  # -> 10.0
f([1.0])  # -> 10.0


# case: changed_in_one_branch_and_replaced_in_the_other
class Box:
    def __init__(self, n, m):
        self.n = n
        self.m = m

    def add(self, k):
        self.n = (self.n + k) % 50
        return self.n


def f(a, c):
    box, b = Box(a, 1), 0
    for j in (0, 1):
        if c[j]:
            for _ in (0, 1):
                b = box.add(7)
        else:
            box = Box(70, box.m)
    return b, box.n, box.m


f(5, [True, True])  # -> (33, 33, 1)
f(5, [True, False])  # -> (19, 70, 1)
f(5, [False, True])  # -> (34, 34, 1)
f(5, [False, False])  # -> (0, 70, 1)
