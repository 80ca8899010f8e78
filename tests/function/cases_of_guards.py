# Programs that define `f`, whose result Python values beside its arguments decide. A case is run, and
# `f` called staged and plain; then each piece below it is run, and `f` called again: after a `change`
# the results are other ones, after what is `unrelated` there is no new trace.

# case: global number
S = 2.0


def f(x):
    return x * S


# unrelated:
T = 1

# change:
S = 3.0

# change:
S = 2

# case: global that a branch skips
S = 2.0
T = 1


def f(x):
    if S > 100:
        return x * T
    return x * S


# unrelated:
T = 2

# unrelated:
U = 3

# change:
S = 5.0

# case: global list
L = [1.0, 2.0]


def f(x):
    for v in L:
        x = x + v
    return x


# unrelated:
M = []

# unrelated:
L = list(L)

# change:
L.append(5.0)

# change:
L[0] = 7.0

# change:
L.pop()

# change:
L = [9.0]

# change:
L.clear()

# case: list of lists
L = [[1.0], [2.0]]


def f(x):
    return x + sum(v for row in L for v in row)


# change:
L[1][0] = 4.0

# change:
L[0].append(3.0)

# change:
L.insert(0, [8.0])

# case: one item of a list
L = [1.0, 2.0]


def f(x):
    return x * L[0]


# change:
L[0] = 3.0

# case: dict item
C = {"lr": 0.1, "n": 1}


def f(x):
    return x * C["lr"]


# unrelated:
C["n"] = 2

# unrelated:
C["new"] = 1

# unrelated:
C = dict(C)

# change:
C["lr"] = 0.2

# change:
C = {"lr": 0.3}

# change:
C.update(lr=4.0)

# case: nested dict item
C = {"opt": {"lr": 0.1}, "n": 1}


def f(x):
    return x * C["opt"]["lr"]


# unrelated:
C["n"] = 2

# unrelated:
C["opt"]["other"] = 1

# change:
C["opt"]["lr"] = 0.2

# change:
C["opt"] = {"lr": 9.0}

# case: dict get
C = {"lr": 0.1}


def f(x):
    return x * C.get("scale", 1.0)


# change:
C["scale"] = 5.0

# change:
del C["scale"]

# case: dict items
C = {"a": 1.0}


def f(x):
    for k, v in C.items():
        x = x + v
    return x


# change:
C["b"] = 3.0

# change:
C["a"] = 2.0

# case: key in dict
C = {}


def f(x):
    return x + (1.0 if "fast" in C else 2.0)


# change:
C["fast"] = 1

# change:
C.clear()

# case: set
S = {"a"}


def f(x):
    return x + len(S)


# change:
S.add("b")

# unrelated:
S = {"b", "a"}

# case: tuple
T = (1.0, 2.0)


def f(x):
    return x + T[1]


# change:
T = (1.0, 5.0)

# unrelated:
T = (3.0, 5.0)

# case: text
M = "sum"


def f(x):
    return x + 1 if M == "sum" else x * 2


# change:
M = "product"


# case: closure variable
def make():
    s = 2.0

    def f(x):
        return x * s

    def put(v):
        nonlocal s
        s = v

    return f, put


f, put = make()

# unrelated:
put(2.0)

# change:
put(5.0)

# change:
put(2.0)


# case: closure variable of a helper
def make():
    s = [2.0]

    def g(x):
        return x * s[0]

    return g, s


g, s = make()


def f(x):
    return g(x) + 1


# change:
s[0] = 3.0


# case: default
def f(x, s=2.0):
    return x * s


# unrelated:
f.note = 1

# change:
f.__defaults__ = (4.0,)


# case: keyword default
def f(x, *, s=2.0):
    return x * s


# change:
f.__kwdefaults__ = {"s": 4.0}

# change:
f.__kwdefaults__["s"] = 5.0


# case: default of a helper
def g(x, s=2.0, *, t=1.0):
    return x * s + t


def f(x):
    return g(x)


# change:
g.__defaults__ = (4.0,)

# change:
g.__kwdefaults__["t"] = 3.0


# case: mutable default of a helper
def g(x, s=[2.0]):
    return x * s[0]


def f(x):
    return g(x)


# change:
g.__defaults__[0][0] = 4.0


# case: own code
def f(x):
    return x + 1


def g(x):
    return x * 7


# change:
f.__code__ = g.__code__


# case: helper
def g(x):
    return x + 1


def f(x):
    return g(x)


# unrelated:
def unused(x):
    return x


# change:
def g(x):
    return x * 7


# change:
g = lambda x: x - 3


# change:
def h(x):
    return x / 2


g.__code__ = h.__code__

# case: helper of a helper
S = 2.0


def h(x):
    return x * S


def g(x):
    return h(x) + 1


def f(x):
    return g(x)


# change:
S = 3.0


# change:
def h(x):
    return x - S


# change:
def g(x):
    return h(x)


# case: lambda helper
g = lambda x: x + 1


def f(x):
    return g(x)


# change:
g = lambda x: x + 2

# case: decorated helper
import functools


def twice(g):
    @functools.wraps(g)
    def inner(x):
        return g(x) * FACTOR

    return inner


FACTOR = 2.0
S = 1.0


@twice
def g(x):
    return x + S


def f(x):
    return g(x)


# change:
S = 4.0

# change:
FACTOR = 3.0


# change:
@twice
def g(x):
    return x - S


# case: partial
# needs autograph
import functools

S = 1.0


def g(x, k):
    return x * k + S


p = functools.partial(g, k=2.0)


def f(x):
    return p(x)


# change:
S = 2.0

# change:
p = functools.partial(g, k=3.0)

# case: module attribute
import types

m = types.ModuleType("m")
m.s = 2.0
m.t = 1.0


def f(x):
    return x * m.s


# unrelated:
m.t = 2.0

# unrelated:
m.u = 1

# change:
m.s = 3.0

# case: function of a module
import types

m = types.ModuleType("m")
m.g = lambda x: x + 1


def f(x):
    return m.g(x)


# change:
m.g = lambda x: x * 3

# case: function of an installed module
import math

kept = math.tau


def f(x):
    return x * math.tau


# change:
math.tau = 2.0

# change:
math.tau = kept


# case: attribute
class C:
    pass


c = C()
c.w = 2.0
c.n = 0


def f(x):
    return x * c.w


# unrelated:
c.n += 1

# unrelated:
c.new = 1

# unrelated:
C.other = 2

# change:
c.w = 3.0

# change:
c = C()
c.w = 4.0


# case: nested attribute
class C:
    pass


c = C()
c.opt = C()
c.opt.lr = 0.1


def f(x):
    return x * c.opt.lr


# unrelated:
c.lr = 5.0

# unrelated:
c.opt.n = 1

# change:
c.opt.lr = 0.2

# change:
c.opt = C()
c.opt.lr = 0.3

# change:
C.lr = 1.0
del c.opt.lr


# case: attribute of a local name
class C:
    pass


c = C()
c.opt = C()
c.opt.lr = 0.1


def f(x):
    opt = c.opt
    return x * opt.lr


# change:
c.opt.lr = 0.2


# case: object from a helper
# needs autograph
class C:
    pass


c = C()
c.lr = 0.1


def g():
    return c


def f(x):
    return x * g().lr


# change:
c.lr = 0.2


# case: getattr
# needs autograph
class C:
    pass


c = C()


def f(x):
    return x * getattr(c, "lr", 2.0)


# change:
c.lr = 0.2

# change:
del c.lr

# change:
C.lr = 4.0


# case: hasattr
# needs autograph
class C:
    pass


c = C()


def f(x):
    return x + 1 if hasattr(c, "lr") else x


# change:
c.lr = 0.2

# change:
del c.lr


# case: list attribute
class C:
    pass


c = C()
c.layers = [1.0]


def f(x):
    for v in c.layers:
        x = x + v
    return x


# change:
c.layers.append(5.0)

# change:
c.layers = []


# case: objects in a list
# needs autograph
class C:
    def __init__(self, w):
        self.w = w

    def __call__(self, x):
        return x * self.w


layers = [C(2.0), C(3.0)]


def f(x):
    for layer in layers:
        x = layer(x)
    return x


# unrelated:
layers[0].n = 1

# unrelated:
extra = C(2.0)

# change:
layers[1].w = 5.0

# change:
layers.append(C(7.0))

# change:
layers[0] = C(1.0)


# case: class attribute
class C:
    w = 2.0


c = C()


def f(x):
    return x * c.w


# unrelated:
C.v = 1

# change:
C.w = 3.0

# change:
c.w = 4.0

# change:
del c.w


# case: attribute of a class
class C:
    w = 2.0


def f(x):
    return x * C.w


# change:
C.w = 3.0


# case: inherited attribute
class B:
    w = 2.0


class C(B):
    pass


c = C()


def f(x):
    return x * c.w


# change:
B.w = 3.0

# change:
C.w = 4.0

# change:
c.w = 5.0


# case: property
class C:
    @property
    def w(self):
        return self._w * S


S = 1.0
c = C()
c._w = 2.0


def f(x):
    return x * c.w


# unrelated:
c.v = 1

# change:
c._w = 3.0

# change:
S = 2.0

# change:
C.w = property(lambda self: 11.0)


# case: property with fresh tuples
class C:
    @property
    def shape(self):
        return (self.a, 2.0)


c = C()
c.a = 1.0


def f(x):
    return x * c.shape[0] + c.shape[1]


# unrelated:
c.b = 1

# change:
c.a = 3.0


# case: method
class C:
    def g(self, x):
        return x * self.w


c = C()
c.w = 2.0


def f(x):
    return c.g(x)


# change:
c.w = 3.0

# change:
C.g = lambda self, x: x + self.w

# change:
c.g = lambda x: x


# case: super
# needs autograph
class B:
    def g(self, x):
        return x * 2.0


class C(B):
    def g(self, x):
        return super().g(x)


c = C()


def f(x):
    return c.g(x)


# change:
B.g = lambda self, x: x * 5.0


# case: static and class methods
# needs autograph
class C:
    s = 2.0

    @staticmethod
    def g(x):
        return x * S

    @classmethod
    def h(cls, x):
        return x + cls.s


S = 1.0
c = C()


def f(x):
    return c.g(x) + C.h(x)


# change:
S = 3.0

# change:
C.s = 5.0

# change:
C.g = staticmethod(lambda x: x)


# case: __getattr__
class C:
    def __init__(self):
        self.d = {"w": 2.0}

    def __getattr__(self, name):
        return self.d[name]


c = C()


def f(x):
    return x * c.w


# change:
c.d["w"] = 3.0

# change:
c.w = 5.0


# case: operator of a class
class C:
    def __rmul__(self, x):
        return x * self.w


c = C()
c.w = 2.0


def f(x):
    return 3.0 * c + x


# change:
c.w = 3.0


# case: __getitem__
class C:
    def __init__(self):
        self.d = [2.0]

    def __getitem__(self, i):
        return self.d[i]


c = C()


def f(x):
    return x * c[0]


# change:
c.d[0] = 3.0


# case: methods that syntax calls
class C:
    def __init__(self):
        self.items = [1.0, 2.0]
        self.position = 0
        self.on = True

    def __len__(self):
        return len(self.items)

    def __bool__(self):
        return self.on

    def __iter__(self):
        return iter(self.items)

    def __contains__(self, value):
        return value in self.items

    def __next__(self):
        self.position += 1
        return self.items[self.position]


c = C()


# needs autograph
def f(x):
    if c:
        x = x + len(c)
    for v in c:
        x = x * v
    return x + (1.0 if 9.0 in c else 0.0)


# unrelated:
c.position = 3

# change:
c.items.append(9.0)

# change:
c.on = False

# change:
C.__len__ = lambda self: 5
c.on = True

# case: deleted and defined again
S = 2.0


def f(x):
    return x * S


# change:
try:
    del S
    f(1.0)
except NameError:
    S = 3.0


# case: slots
class C:
    __slots__ = ("w", "n")


c = C()
c.w = 2.0


def f(x):
    return x * c.w


# unrelated:
c.n = 1

# change:
c.w = 3.0

# change:
c = C()
c.w = 4.0

# case: dataclass
from dataclasses import dataclass


@dataclass
class C:
    lr: float = 0.1
    n: int = 0


c = C()


def f(x):
    return x * c.lr


# unrelated:
c.n = 4

# change:
c.lr = 0.2

# change:
c = C(3.0)

# case: namedtuple
from collections import namedtuple

C = namedtuple("C", "lr n")
c = C(0.1, 1)


def f(x):
    return x * c.lr


# change:
c = C(0.2, 1)

# unrelated:
c = C(0.2, 5)

# case: simple namespace
from types import SimpleNamespace

c = SimpleNamespace(lr=0.1)


def f(x):
    return x * c.lr


# unrelated:
c.n = 1

# change:
c.lr = 0.2

# case: enum
import enum


class Mode(enum.Enum):
    A = 1
    B = 2


mode = Mode.A


def f(x):
    return x + 1 if mode is Mode.A else x * mode.value


# change:
mode = Mode.B

# change:
mode = Mode.A


# case: builtin that a global hides
def f(x):
    return x + abs(-2.0)


# unrelated:
other = 1

# change:
abs = lambda v: 5.0

# change:
del abs

# case: array rebound
import numpy as np

A = np.ones(2)


def f(x):
    return x + A


# change:
A = np.full(2, 3.0)

# case: tensor rebound
import pygraph as pg

A = pg.asarray([1.0, 2.0])


def f(x):
    return x + A


# change:
A = pg.asarray([3.0, 4.0])

# case: variable rebound
import pygraph as pg

A = pg.Variable([1.0, 2.0])


def f(x):
    return x + A


# unrelated:
A.assign([1.0, 2.0])

# change:
A = pg.Variable([3.0, 4.0])

# case: unconverted function
import pygraph as pg

S = 2.0


class C:
    w = 1.0


c = C()


@pg.autograph.do_not_convert
def g(x):
    return x * S + c.w


def f(x):
    return g(x)


# change:
S = 3.0

# change:
c.w = 2.0

# case: comprehension and inner function
S = [1.0, 2.0]
T = 3.0


def f(x):
    def g(v):
        return v * T

    return sum([g(s) for s in S]) + x


# change:
S.append(4.0)

# change:
T = 5.0

# case: staged branches
# needs autograph
import pygraph as pg

S = 2.0
T = 3.0


def f(x):
    if pg.sum(x) > 0:
        y = x * S
    else:
        y = x * T
    return y


# change:
S = 5.0

# change:
T = 7.0

# case: another Function
import pygraph as pg

S = 2.0


@pg.function
def g(x):
    return x * S


def f(x):
    return g(x) + 1


# change:
S = 3.0


# case: names that are mangled
# needs autograph
class C:
    def __init__(self):
        self.__w = 2.0

    def __call__(self, x):
        return x * self.__w


c = C()


def f(x):
    return c(x)


# change:
c._C__w = 3.0

# case: map and sorted
S = 2.0
L = [3.0, 1.0]


def g(v):
    return v * S


def f(x):
    return x + list(map(g, L))[0] + sorted(L, key=g)[0]


# change:
S = -1.0

# change:
L[0] = 5.0
