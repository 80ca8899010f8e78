"""Methods that Python's own syntax calls, of classes of the user's, with control flow in them."""

import functools


# case: property_getter
class Account:
    def __init__(self, balance):
        self.balance = balance

    @property
    def fee(self):
        if self.balance > 100:
            return 0
        return 5

    @functools.cached_property
    def doubled(self):
        if self.balance > 10:
            return self.balance * 2
        return self.balance


def f(x):
    account = Account(x)
    return account.fee + account.doubled


f(50)  # -> 105
f(500)  # -> 1000
f(5)  # -> 10


# case: getattr_dunder
class Dynamic:
    def __init__(self, x):
        self.x = x

    def __getattr__(self, name):
        if self.x > 0:
            return self.x
        return -self.x


def f(x):
    return Dynamic(x).anything


f(3)  # -> 3
f(-3)  # -> 3


# case: operator_with_control_flow
class Clamped:
    def __init__(self, v):
        self.v = v

    def __add__(self, other):
        total = self.v + other
        if total > 10:
            total = total * 0 + 10
        return Clamped(total)

    def __eq__(self, other):
        if self.v == other.v:
            return True
        return False

    def __lt__(self, other):
        if self.v < other.v:
            return True
        return False

    def __getitem__(self, i):
        if i > 0:
            return self.v
        return 0

    def __len__(self):
        if self.v > 5:
            return 1
        return 2

    def __contains__(self, x):
        if x > self.v:
            return False
        return True

    def __bool__(self):
        if self.v > 3:
            return True
        return False

    def __neg__(self):
        if self.v > 3:
            return -self.v
        return self.v

    def __call__(self, y):
        if y > 1:
            return y
        return self.v


def f(x, y):
    a = Clamped(x) + y
    b = Clamped(y)
    parts = a[x], a[0], len(a), x in a, -a, a(y)
    return a.v, a == b, a != b, a < b, a > b, parts


f(3, 4)  # -> (7, False, True, False, True, (7, 0, 1, True, -7, 4))
f(9, 9)  # -> (10, False, True, False, True, (10, 0, 1, True, -10, 9))


# case: user_bool
class Truth:
    def __init__(self, v):
        self.v = v

    def __bool__(self):
        if self.v > 3:
            return True
        return False


def f(x):
    t = Truth(x)
    if t:
        return 1
    return 0 if not t else 2


f(3)  # -> 0
f(4)  # -> 1


# case: user_len_truth
class Bag:
    def __init__(self):
        self.items = []

    def __len__(self):
        return len(self.items)

    def __iter__(self):
        return iter(self.items)


def f(n):
    bag = Bag()
    for i in range(n):
        bag.items.append(i)
    total = 0
    for x in bag:
        total += x
    if bag:
        total += 100
    return len(bag), total


f(3)  # -> (3, 103)
f(0)  # -> (0, 0)


# case: iadd_user
class Counter:
    def __init__(self, n):
        self.n = n

    def __iadd__(self, k):
        self.n += k
        return self


def f(x, n):
    c = Counter(0)
    for i in range(n):
        c += i
        if x > i:
            c += 10
    return c.n


f(2, 4)  # -> 26


# case: iadd_user_control
class Counter:
    def __init__(self, n):
        self.n = n

    def __iadd__(self, k):
        if k > 1:
            self.n += k
        return self


def f(n):
    c = Counter(0)
    d = c
    for i in range(n):
        c += i
    return c.n, d.n


f(4)  # -> (5, 5)


# case: class_stack
class Stack:
    def __init__(self):
        self.items = []

    def push(self, x):
        self.items.append(x)

    def pop(self):
        if not self.items:
            raise IndexError("empty stack")
        return self.items.pop()

    def __len__(self):
        return len(self.items)


def f(n):
    s = Stack()
    for i in range(n):
        s.push(i * i)
        if i % 3 == 2:
            s.pop()
    return len(s), s.pop()


f(7)  # -> (5, 36)
f(0)  # raises IndexError: empty stack


# case: what_may_be_missing_in_code_that_python_calls
class Slot:
    def __init__(self):
        self._n = None

    @property
    def is_full(self):
        return self._n is not None

    def __bool__(self):
        return self.is_full

    def __len__(self):
        return 0 if self._n is None else 3

    def __add__(self, other):
        return other if self._n is None else self._n + other

    def __contains__(self, value):
        return self._n is not None

    def __getitem__(self, key):
        return 0 if self._n is None else self._n

    def __call__(self):
        return 0 if self._n is None else 1

    def __eq__(self, other):
        return self._n is None

    def __lt__(self, other):
        return self._n is None

    def __iter__(self):
        return iter([] if self._n is None else [self._n])


def f(n):
    slot = Slot()
    if n > 2:
        slot._n = n
    found = [slot.is_full, len(slot), slot + 1, 3 in slot, slot[0], slot(), slot == 3, slot < 3]
    total = 0
    if slot:
        total += 1
    return found, total


f(1)  # -> ([False, 0, 1, False, 0, 0, True, True], 0)
f(3)  # -> ([True, 3, 4, True, 3, 1, False, False], 1)
