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
