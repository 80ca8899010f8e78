"""Python values that a tensor chooses: text, members of enums, functions, objects."""

import dataclasses
import enum
import functools

import pygraph as pg


class Light(enum.IntEnum):
    RED = 1
    GREEN = 2
    YELLOW = 3


class Side(enum.Enum):
    LEFT = "l"
    RIGHT = "r"


@dataclasses.dataclass(order=True)
class Point:
    x: float
    y: float = 0.0


class Vector:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def norm(self):
        return self.x * self.x + self.y * self.y


@functools.total_ordering
class Version:
    def __init__(self, number):
        self.number = number

    def __eq__(self, other):
        return self.number == other.number

    def __lt__(self, other):
        return self.number < other.number


# case: text_returned
def f(n):
    return "even" if n % 2 == 0 else "odd"


f(4)  # -> "even"
f(5)  # -> "odd"


# case: text_with_tensors_or_without
def f(n):
    name = "none"
    if n > 3:
        name = f"{n + 1} pieces"
    elif n == 3:
        name = f"{n:>4}!"
    print("it is", name)
    if n > 8:
        raise ValueError(name + " are too many")
    return name, f"<{name}>"


f(1)  # -> ("none", "<none>")
# prints: it is none
f(3)  # -> ("   3!", "<   3!>")
# prints: it is    3!
f(5)  # -> ("6 pieces", "<6 pieces>")
# prints: it is 6 pieces
f(9)  # raises ValueError: 10 pieces are too many
# prints: it is 10 pieces


# case: text_with_tensors_in_a_loop
def f(n):
    best, label = 0, "nothing"
    for i in range(n):
        if (i * 7) % 5 > best:
            best = (i * 7) % 5
            label = f"item {i}"
    return label, best


f(0)  # -> ("nothing", 0)
f(4)  # -> ("item 2", 4)


# case: text_in_a_structure
def f(n):
    return (1, "small") if n < 3 else (2, "large"), {"name": "a" if n == 1 else "b"}


f(1)  # -> ((1, "small"), {"name": "a"})
f(7)  # -> ((2, "large"), {"name": "b"})


# case: text_printed
def f(n):
    kind = "even" if n % 2 == 0 else "odd"
    size = "small" if n < 10 else "large"
    print(n, kind, [kind], f"<{size:>6}>", "%s" % kind, "{}-{}".format(kind, size))
    return n


f(4)  # -> 4
# prints: 4 even ['even'] < small> even even-small
f(15)  # -> 15
# prints: 15 odd ['odd'] < large> odd odd-large


# case: text_raised
def f(n):
    kind = "even" if n % 2 == 0 else "odd"
    if n > 10:
        raise ValueError(kind, f"{kind} and large: {n}")
    assert n > 2, kind + " and small"
    return kind.upper()


f(4)  # -> "EVEN"
f(12)  # raises ValueError: even and large: 12
f(13)  # raises ValueError: odd and large: 13
f(1)  # raises AssertionError: odd and small


# case: text_compared
def f(n):
    kind = "even" if n % 2 == 0 else "odd"
    other = "even" if n > 4 else "odd"
    return kind == "even", kind != other, kind in ("odd", "?"), "v" in kind, kind < other


f(4)  # -> (True, True, False, True, True)
f(5)  # -> (False, True, True, False, False)
f(6)  # -> (True, False, False, True, False)


# case: text_used
def f(n):
    kind = "even" if n % 2 == 0 else "odd"
    return len(kind), kind.upper(), kind + "!", "is " + kind, kind[0], kind.startswith("e")


f(4)  # -> (4, "EVEN", "even!", "is even", "e", True)
f(5)  # -> (3, "ODD", "odd!", "is odd", "o", False)


# case: text_as_a_key
def f(n):
    kind = "even" if n % 2 == 0 else "odd"
    return {"even": n * 2, "odd": n + 1}[kind], {"even": "e", "odd": "o"}[kind]


f(4)  # -> (8, "e")
f(5)  # -> (6, "o")


# case: text_as_a_condition
def f(n):
    name = "" if n < 3 else "some"
    if name:
        n = n + 100
    return n if not name else -n


f(1)  # -> 1
f(3)  # -> -103


# case: states_by_name
def f(n):
    state, steps = "start", 0
    while state != "end":
        if state == "start":
            state = "middle"
        elif state == "middle":
            steps += 1
            if steps > n:
                state = "end"
    return state, steps


f(1)  # -> ("end", 2)


# case: text_that_grows
def f(n):
    line = ""
    for _ in range(n):
        line += "ab"
    return line


f(3)
# -> "ababab"
# staged raises TypeError: 'line'


# case: text_in_an_attribute
class Machine:
    def __init__(self):
        self.mode = "off"


def f(n):
    machine = Machine()
    for i in range(n):
        machine.mode = "on" if machine.mode == "off" else "off"
        if i == 4:
            break
    return machine.mode


f(2)  # -> "off"
f(3)  # -> "on"
f(9)  # -> "on"


# case: match_on_text
def f(n):
    match "even" if n % 2 == 0 else "odd":
        case "even":
            result = n * 2
        case _:
            result = n + 1
    return result


f(4)  # -> 8
f(5)  # -> 6


# case: text_or_none
def f(n):
    name = None
    if n > 3:
        name = "big"
    if name is None:
        return "none"
    return name


f(4)  # -> "big"
f(3)  # -> "none"


# case: member_of_an_int_enum
def f(n):
    light = Light.RED
    for _ in range(n):
        if light == Light.RED:
            light = Light.GREEN
        elif light == Light.GREEN:
            light = Light.YELLOW
        else:
            light = Light.RED
    return light, light.name, light.value, light + 10, int(light), light is Light.GREEN


f(0)  # -> (Light.RED, "RED", 1, 11, 1, False)
f(4)  # -> (Light.GREEN, "GREEN", 2, 12, 2, True)


# case: member_of_an_enum
def f(n):
    side = Side.LEFT if n > 0 else Side.RIGHT
    turned = Side.RIGHT if side is Side.LEFT else Side.LEFT
    return side, turned.value, side is not turned, side == Side.LEFT


f(1)  # -> (Side.LEFT, "r", True, True)
f(-1)  # -> (Side.RIGHT, "l", True, False)


# case: member_or_number
def f(n):
    light = Light.GREEN
    if n > 3:
        light = light + n
    return light


f(5)  # -> 7
f(1)
# -> Light.GREEN
# staged -> 2


# case: function_chosen
def double(x):
    return x * 2


def f(n):
    function = double if n > 3 else (lambda x: x - 1)
    return function(n), (pg.abs if n < 0 else pg.negative)(n)


f(4)  # -> (8, -4)
f(-3)  # -> (-4, 3)


# case: functions_by_name
def f(n):
    table = {"up": lambda x: x + 1, "down": lambda x: x - 1}
    for _ in range(3):
        n = table["up" if n < 10 else "down"](n)
    return n


f(4)  # -> 7
f(9)  # -> 10


# case: method_chosen
def f(n):
    values = [n]
    grow = values.append if n > 3 else values.extend
    return n + len(values) + (0 if grow is None else 1)


f(4)  # -> 6


# case: class_chosen
def f(n):
    kind = float if n > 3 else int
    return n + 1, kind is float


f(4)  # -> (5, True)
f(3)  # -> (4, False)


# case: objects_of_a_class
def f(n):
    total, step = Vector(0, 0), Vector(1, 2)
    for _ in range(n):
        total = total + step
    chosen = total if n > 2 else step
    return total.norm(), chosen.x, chosen.y


f(3)  # -> (45, 3, 6)
f(0)  # -> (0, 1, 2)


# case: objects_hold_containers
class Node:
    def __init__(self, items, name):
        self.items = items
        self.name = name


def f(n):
    node = Node([n, 0], "first")
    for i in range(n):
        node = Node([node.items[1], i], "later")
    return node.items, node.name


f(0)  # -> ([0, 0], "first")
f(3)  # -> ([1, 2], "later")


# case: object_with_slots
class Slotted:
    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value


def f(n):
    best = Slotted(0)
    for i in range(n):
        if (i * 7) % 5 > best.value:
            best = Slotted((i * 7) % 5)
    return best.value


f(4)  # -> 4


# case: objects_that_differ
class Loose:
    pass


def f(n):
    one, other = Loose(), Loose()
    one.x = n
    other.y = n
    chosen = one if n > 0 else other
    return chosen is one


f(1)  # staged raises TypeError: the value of the expression


# case: data_classes
def f(n):
    point = Point(1.0)
    while point.x < n:
        point = Point(point.x * 2, point.y + 1)
    far = Point(1) if n > 8 else Point(5)
    return point.x, point.y, far.x


f(9.0)  # -> (16.0, 4.0, 1)


# case: data_classes_compared
def f(n):
    one, other = Point(n, 1), Point(4, 1)
    return one == other, one != other, one < other, one <= other, one > other, one >= Point(n, 1)


f(4)  # -> (True, False, False, True, False, True)
f(3)  # -> (False, True, True, True, False, True)


# case: data_classes_in_min_and_max
def f(n):
    points = [Point(n, 1), Point(3, 2), Point(3, n)]
    return max(points).y, min(points).x, max(points, key=lambda p: p.y).x, Point(3, n) in points


f(4)  # -> (1, 3, 3, True)
f(1)  # -> (2, 1, 3, True)


# case: total_ordering
def f(n):
    one, other = Version(n), Version(5)
    return one < other, one >= other, one <= Version(4), one > other, one == other, one != other


f(4)  # -> (True, False, True, False, False, True)
f(5)  # -> (False, True, False, False, True, False)


# case: largest_of_ordered_objects
def f(n):
    best = Version(0)
    for i in range(n):
        candidate = Version((i * 7) % 5)
        if candidate >= best:
            best = candidate
    return best.number


f(4)  # -> 4
f(0)  # -> 0


# case: bools_are_numbers
def f(n):
    return (n > 2) + (n > 1), (n > 2) * 3, -(n > 2), (n > 1) - (n > 2), True + (n > 1), (n > 1) ** 2


f(4)  # -> (2, 3, -1, 0, 2, 1)
f(2)  # -> (1, 0, 0, 1, 2, 1)


# case: bools_counted
def f(n):
    count = 0
    for i in range(n):
        count += (i > 1) + (i > 2)
    return count, sum([n > 1, n > 3])


f(4)  # -> (3, 2)
f(2)  # -> (0, 1)


# case: kinds_of_numbers
def f(n, x):
    total = 0
    for i in range(n):
        if isinstance(i, int) and not isinstance(i, bool):
            total += 1
    return total, isinstance(total, (int, float)), isinstance(n > 2, str)


f(3, 1.5)  # -> (3, True, False)


# case: range_chosen
def f(n):
    numbers = pg.range(n) if n > 3 else pg.range(n, 0, -1)
    return pg.sum(numbers), numbers[0], len(numbers)


f(3)  # -> (6, 3, 3)
f(4)  # -> (6, 0, 4)


# case: range_that_changes
def f(n):
    numbers = pg.range(n)
    for i in range(n):
        if i > 1:
            numbers = pg.range(i, 2 * i)
    return pg.sum(numbers), pg.max(numbers)


f(2)  # -> (1, 1)
f(4)  # -> (12, 5)


# case: range_as_a_tensor
def f(n):
    return pg.asarray(pg.range(n)), pg.stack(pg.range(1, n)), pg.sum(pg.range(n)), pg.range(n) * 2


f(3)  # -> ([0, 1, 2], [1, 2], 3, [0, 2, 4])


# case: a_member_by_its_value
import enum


class Color(enum.IntEnum):
    RED = 1
    GREEN = 2
    BLUE = 4


def f(n):
    color = Color(n)
    if color == Color.GREEN:
        return color, "go"
    return color, "stop"


f(2)  # -> (Color.GREEN, "go")
f(4)  # -> (Color.BLUE, "stop")
f(3)  # raises ValueError: is not a valid Color


# case: flags
import enum


class Right(enum.Flag):
    READ = 1
    WRITE = 2


def f(n):
    rights = Right.READ if n > 1 else Right.WRITE
    rights |= Right.WRITE
    return rights, bool(rights & Right.READ), Right(n % 4)


f(2)  # -> (Right.READ | Right.WRITE, True, Right.WRITE)
f(1)  # -> (Right.WRITE, False, Right.READ)


# case: chosen_texts_put_together
def f(n):
    a = "x" if n > 1 else "y"
    b = "x" if n > 2 else ""
    print(a + b + "!", f"{a}{b}{n}")
    return a + b, (a + "-") + b, b + a == "xx"


f(1)  # -> ("y", "y-", False)
# prints: y! y1
f(2)  # -> ("x", "x-", False)
# prints: x! x2
f(3)  # -> ("xx", "x-x", True)
# prints: xx! xx3


# case: text_that_grows_by_chosen_texts
def f(n):
    text = ""
    for i in range(3):
        text += "a" if n > i else "b"
    return text


f(2)  # -> "aab"


# case: chosen_text_or_another
def f(n):
    out = "Fizz" if n % 3 == 0 else ""
    out += "Buzz" if n % 5 == 0 else ""
    return out or "none"


f(3)  # -> "Fizz"
f(5)  # -> "Buzz"
f(15)  # -> "FizzBuzz"
f(1)  # -> "none"
