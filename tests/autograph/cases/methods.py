"""Methods, properties, class and static methods, super(), callables, dataclasses, enums."""

import dataclasses
import enum
from collections import namedtuple


# case: method
class Clamp:
    def __init__(self, low, high):
        self.low = low
        self.high = high

    def __call__(self, x):
        if x < self.low:
            return self.low
        if x > self.high:
            return self.high
        return x

    def twice(self, x):
        return self(x) + self(x * 2)


def f(x):
    return Clamp(0, 10).twice(x)


f(3)  # -> 9
f(8)  # -> 18
f(-8)  # -> 0


# case: f_is_a_bound_method
class Counter:
    def __init__(self, step):
        self.step = step

    def count(self, n):
        total = 0
        while n > 0:
            n -= self.step
            total += 1
        return total


f = Counter(3).count


f(10)  # -> 4
f(0)  # -> 0


# case: f_is_a_callable_object
class Halve:
    def __call__(self, x):
        while x > 10:
            x = x // 2
        return x


f = Halve()


f(100)  # -> 6
f(3)  # -> 3


# case: f_is_a_static_method
class Tools:
    @staticmethod
    def sign(x):
        if x > 0:
            return 1
        return -1 if x < 0 else 0


f = Tools.sign


f(5)  # -> 1
f(0)  # -> 0


# case: f_is_a_class_method
class Tools:
    scale = 3

    @classmethod
    def scaled(cls, x):
        return x * cls.scale if x > 0 else x


f = Tools.scaled


f(5)  # -> 15
f(-5)  # -> -5


# case: static_and_class_methods_called
class Tools:
    base = 100

    @staticmethod
    def relu(x):
        return x if x > 0 else 0

    @classmethod
    def shifted(cls, x):
        return cls.relu(x) + cls.base


class Finer(Tools):
    base = 1


def f(x):
    return Tools.shifted(x), Finer.shifted(-x), Finer().relu(x)


f(5)  # -> (105, 1, 5)
f(-5)  # -> (100, 6, 0)


# case: property
class Circle:
    def __init__(self, r):
        self.r = r

    @property
    def size(self):
        if self.r > 10:
            return 2
        return 1


def f(r):
    return Circle(r).size


f(30)
# -> 2


# case: property_with_a_function
import pygraph as pg


class Circle:
    def __init__(self, r):
        self.r = r

    @property
    @pg.autograph.convert
    def size(self):
        if self.r > 10:
            return 2
        return 1


def f(r):
    return Circle(r).size


f(3)  # -> 1
f(30)  # -> 2


# case: super_method
class Base:
    def step(self, x):
        return x + 1 if x > 0 else x


class Derived(Base):
    def step(self, x):
        y = super().step(x)
        if y > 3:
            y = y * 10
        return y


def f(x):
    return Derived().step(x)


f(1)  # -> 2
f(5)  # -> 60
f(-5)  # -> -5


# case: super_init
class Base:
    def __init__(self, a):
        self.a = a if a > 0 else 0


class Derived(Base):
    def __init__(self, a, b):
        super().__init__(a)
        self.b = b

    def total(self):
        return self.a + self.b


def f(x):
    return Derived(x, 5).total()


f(3)  # -> 8
f(-3)  # -> 5


# case: super_in_a_staged_branch
class Base:
    def value(self, x):
        return x * 2


class Derived(Base):
    def value(self, x):
        if x > 0:
            return super().value(x)
        return 0


def f(x):
    return Derived().value(x)


f(3)  # -> 6
f(-3)  # -> 0


# case: super_in_a_staged_loop
class Base:
    def grow(self, x):
        return x * 2 + 1


class Derived(Base):
    def grow(self, x):
        while x < 50:
            x = super().grow(x)
        return x


def f(x):
    return Derived().grow(x)


f(3)  # -> 63


# case: multiple_inheritance
class A:
    def go(self, x):
        return x + 1


class B(A):
    def go(self, x):
        return super().go(x) * 2 if x > 0 else super().go(x)


class C(A):
    def go(self, x):
        return super().go(x) * 3


class D(B, C):
    pass


def f(x):
    return D().go(x)


f(1)  # -> 12
f(-1)  # -> 0


# case: private_names
class Box:
    def __init__(self, v):
        self.__v = v

    def __doubled(self):
        if self.__v > 0:
            return self.__v * 2
        return self.__v

    def get(self):
        __local = self.__doubled()
        return __local + 1


def f(x):
    return Box(x).get()


f(3)  # -> 7
f(-3)  # -> -2


# case: operators
class Vec:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vec(self.x + other.x, self.y + other.y)

    def __getitem__(self, i):
        return self.x if i == 0 else self.y

    def __len__(self):
        return 2


def f(x):
    v = Vec(x, 1)
    w = v + v
    return w[0] if w[0] > w[1] else w[1] * len(w)


f(3)  # -> 6
f(-3)  # -> 4


# case: attributes_read_in_a_loop
class Config:
    step = 2
    limit = 20


def f(x):
    config = Config()
    while x < config.limit:
        x += config.step
    return x


f(3)  # -> 21
f(30)  # -> 30


# case: attribute_set_outside_of_staged_code
class Box:
    pass


def f(x):
    box = Box()
    box.v = x + 1
    if box.v > 3:
        y = box.v * 10
    else:
        y = box.v
    return y


f(5)  # -> 60
f(1)  # -> 2


# case: dataclass
@dataclasses.dataclass
class Point:
    x: int
    y: int = 2

    def norm(self):
        return self.x if self.x > self.y else self.y


def f(a):
    return Point(a).norm() + Point(1, a).norm() * 10


f(5)  # -> 55
f(0)  # -> 12


# case: dataclass_as_loop_state
@dataclasses.dataclass
class State:
    a: int
    b: int


def f(n):
    s = State(0, 1)
    while s.b < n:
        s = State(s.b, s.a + s.b)
    return s.a


f(50)  # -> 34


# case: dataclass_as_a_result
@dataclasses.dataclass
class Pair:
    low: int
    high: int


def f(a, b):
    if a < b:
        return Pair(a, b)
    return Pair(b, a)


f(1, 2)  # -> Pair(low=1, high=2)
f(2, 1)  # -> Pair(low=1, high=2)


# case: namedtuple_as_loop_state
Point = namedtuple("Point", "x y")


def f(n):
    p = Point(0, 1)
    for i in range(n):
        p = p._replace(x=p.x + p.y, y=p.x)
    return p


f(5)  # -> Point(x=5, y=3)


# case: namedtuple_as_an_argument
Point = namedtuple("Point", "x y")


def g(p):
    return p.x if p.x > p.y else p.y


def f(a, b):
    return g(Point(a, b)) - g(Point(x=b, y=0))


f(3, 4)  # -> 0


# case: enum_decides
class Mode(enum.Enum):
    UP = 1
    DOWN = 2


def f(x, mode):
    if mode is Mode.UP:
        return x + 1 if x > 0 else x
    return x - 1


f(3, Mode.UP)  # -> 4
f(3, Mode.DOWN)  # -> 2


# case: int_enum_in_arithmetic
class Weight(enum.IntEnum):
    LIGHT = 1
    HEAVY = 10


def f(x):
    return x * Weight.HEAVY if x > Weight.LIGHT else x * Weight.LIGHT


f(3)  # -> 30
f(1)  # -> 1


# case: method_calls_chain
class Number:
    def __init__(self, v):
        self.v = v

    def plus(self, w):
        return Number(self.v + w if self.v > 0 else self.v)

    def times(self, w):
        return Number(self.v * w)


def f(x):
    return Number(x).plus(1).times(3).plus(2).v


f(3)  # -> 14
f(-3)  # -> -9


# case: class_with_slots
class Slim:
    __slots__ = ("v",)

    def __init__(self, v):
        self.v = v

    def __call__(self, n):
        total = 0
        for i in range(n):
            total += self.v + i
        return total


def f(x):
    return Slim(2)(x)


f(4)  # -> 14


# case: getattr_with_a_name
class Tools:
    def up(self, x):
        return x + 1 if x > 0 else x

    def down(self, x):
        return x - 1 if x > 0 else x


def f(x, name):
    return getattr(Tools(), name)(x)


f(3, "up")  # -> 4
f(3, "down")  # -> 2


# case: new_and_init
class Odd:
    def __new__(cls, x):
        instance = super().__new__(cls)
        instance.base = 100
        return instance

    def __init__(self, x):
        self.v = self.base + x if x > 0 else self.base


def f(x):
    return Odd(x).v


f(3)  # -> 103
f(-3)  # -> 100


# case: iterator_class
class UpTo:
    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return iter(range(self.n))


def f(x):
    total = 0
    for i in UpTo(4):
        if x > i:
            total += i
    return total


f(2)  # -> 1
f(9)  # -> 6


# case: contains_method
class Odds:
    def __contains__(self, value):
        return value % 2 == 1


def f(x):
    return x + 1 if 3 in Odds() else x


f(3)  # -> 4


# case: bool_method_of_an_object
class Full:
    def __bool__(self):
        return False


def f(x):
    return x if Full() else -x


f(3)  # -> -3
