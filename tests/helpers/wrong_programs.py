"""Programs that are wrong in one way each, and what their errors say.

The first line of a docstring is the type of the exception; then, between bars, what its text has.
The line that is to blame ends in ``# here``. Arguments go by the parameters' names.
"""

# ruff: noqa: F821, F841, B007

import collections
import dataclasses
import operator

import numpy as np

import pygraph as pg

# What the parameters get.
ARGUMENTS = {
    "x": pg.asarray(4),
    "n": pg.asarray(4),
    "r": pg.asarray(4.0),
    "v": pg.asarray([1.0, 2.0, 3.0]),
    "m": pg.zeros((2, 2)),
    "d": {"x": pg.asarray(4)},
}

captured = pg.asarray([1.0, 2.0, 3.0])


class Model:
    def __init__(self):
        self.last = None


model = Model()


# ---- what is older than the trace ----


def captured_tensor_written(x):
    """TypeError: 'captured' | from outside of the function | copy it first | pygraph.Variable"""
    captured[0] = x  # here
    return captured


def captured_tensor_augmented(v):
    """TypeError: 'captured' | from outside of the function | copy it first | pygraph.Variable"""
    values = captured
    values += v  # here
    return values


@dataclasses.dataclass
class Item:
    value: float


def object_changed_after_it_joined_a_list(v):
    """TypeError: an item of a list | changed by itself | put a new item there"""
    items = []
    for value in v:
        item = Item(value)
        items.append(item)
        item.value = value * 2  # here
    return items[0].value


def object_of_a_list_changed(v):
    """TypeError: an item of a list | changed by itself | put a new item there"""
    items = []
    for value in v:
        items.append(Item(value))
    for item in items:
        item.value += 1  # here
    return items[0].value


def text_of_any_length(n):
    """TypeError: how many texts are joined | fixed number of parts | print(part, end='')"""
    print(", ".join(str(i) for i in range(n)))  # here
    return n


# ---- where ways meet ----


def dtypes_differ(x):
    """TypeError: 'y' | int64[] in one branch | float64[] in the other | pygraph.astype(x"""
    if x > 0:
        y = x
    else:
        y = x * 1.5  # here
    return y


def ranks_differ(x):
    """ValueError: 'y' | int64[2] in one branch | dimensions must stay the same; reshape"""
    y = x
    if x > 0:
        y = pg.stack([x, x])  # here
    return y


def structures_differ(x):
    """TypeError: 'y' | [*, *] in one branch | (*,) in the other | must stay the same"""
    if x > 0:
        y = [x, x]  # here
    else:
        y = (x,)
    return y


def keys_differ(x):
    """TypeError: 'state' | 'a' | 'b' | keys) must stay the same"""
    state = {"a": x}
    if x > 0:
        state = {"b": x}  # here
    return state


def values_differ(x):
    """TypeError: 'names' | a number, or decide in Python"""
    names = frozenset("a")
    if x > 0:
        names = frozenset("b")  # here
    return x + len(names)


def returns_of_other_structure(x):
    """TypeError: the return value | must stay the same"""
    if x > 0:
        return x, x  # here
    return x


def expression_of_other_rank(v):
    """ValueError: the value of the expression | float64[3] | float64[] | reshape"""
    return v if v[0] > 0 else v[0]  # here


def loop_changes_the_dtype(n):
    """TypeError: 'total' | int64[] before the loop | float64[] after an iteration | astype"""
    total = n
    for i in pg.range(3):
        total = total * 0.5  # here
    return total


def loop_changes_the_rank(x):
    """ValueError: 'x' | before the loop | after an iteration | reshape"""
    for i in pg.range(3):
        x = pg.stack([x, x])  # here
    return x


def loop_changes_the_keys(n):
    """TypeError: 'state' | {'a': *} before the loop | {'b': *} after | must stay the same"""
    state = {"a": 0}
    for i in pg.range(n):
        state = {"b": i}  # here
    return state


def loop_makes_text(n):
    """TypeError: 'line' | values before the loop | keep a number in its place"""
    line = ""
    for i in pg.range(n):
        line = line + "-"  # here
    return line


# ---- without a value ----


def set_on_one_way(x):
    """UnboundLocalError: local variable 'y'"""
    if x > 100:
        y = x
    return y  # here


def never_set(x):
    """NameError: 'y'"""
    if x > 0:
        z = 1
    return y  # here


def set_in_a_loop_that_does_not_run(n):
    """UnboundLocalError: local variable 'last'"""
    for i in pg.range(n - 4):
        last = i
    return last  # here


def misspelt_name(x):
    """NameError: 'undefined_name'"""
    return undefined_name + x  # here


def misspelt_attribute(v):
    """AttributeError: 'shap'"""
    return v.shap  # here


# ---- conditions ----


def array_as_a_condition(v):
    """ValueError: a condition must be a scalar | shape (3) | pygraph.any(x) or pygraph.all(x)"""
    if v > 0:  # here
        return v
    return -v


def array_as_the_condition_of_a_loop(v):
    """ValueError: a condition must be a scalar | pygraph.any(x) or pygraph.all(x)"""
    while v > 0:  # here
        v = v - 1
    return v


def array_in_and(v):
    """ValueError: must be a scalar | pygraph.any(x) or pygraph.all(x)"""
    return v > 0 and v < 2  # here


def array_in_not(v):
    """ValueError: `not` must be a scalar | pygraph.any(x) or pygraph.all(x)"""
    return not v  # here


def array_in_a_chain(v):
    """ValueError: must be a scalar | pygraph.any(x) or pygraph.all(x)"""
    return 0 < v < 2  # here


def array_in_an_assert(v):
    """ValueError: condition of `assert` must be a scalar | pygraph.all(x)"""
    assert v > 0  # here
    return v


# ---- loops ----


def range_of_a_float(r):
    """TypeError: stop must be an integer, got a tensor of dtype float64 | pygraph.astype(x"""
    for i in range(r):  # here
        r = r + 1
    return r


def loop_over_a_scalar(x):
    """TypeError: a 0-d tensor | cannot be iterated over"""
    for i in x:  # here
        x = x + i
    return x


def unrolling_without_end(n):
    """ValueError: unroll=True | length is known"""
    for i in pg.range(n):  # here
        pg.autograph.set_loop_options(unroll=True)
    return n


# ---- sizes and indices ----


def shapes_that_do_not_broadcast(v):
    """ValueError: add: shapes [3] and [2] do not broadcast"""
    return v + pg.zeros(2)  # here


def product_of_other_sizes(v, m):
    """ValueError: matmul: shapes [2, 2] and [3] do not match"""
    return m @ v  # here


def reshaped_to_another_size(v):
    """ValueError: reshape: | [3] (3 elements) | [2, 2]"""
    return pg.reshape(v, (2, 2))  # here


def index_too_large(v):
    """IndexError: index 7 is out of range | size 3"""
    return v[7]  # here


def index_too_large_when_it_runs(v, n):
    """IndexError: index 9 is out of range | size 3"""
    return v[n + 5]  # here


def index_of_a_float(v, r):
    """TypeError: index | float64 | pygraph.astype(index, pygraph.int64)"""
    return v[r]  # here


def too_many_indices(v):
    """IndexError: too many indices: 2 for an array of shape [3]"""
    return v[0, 0]  # here


def ranks_that_differ_in_concat(v, m):
    """ValueError: concat: shapes [3] and [2, 2] differ in rank"""
    return pg.concat([v, m])  # here


def shapes_in_where(v):
    """ValueError: where: shapes [3] and [2] do not broadcast"""
    return pg.where(v > 0, v, pg.zeros(2))  # here


def largest_of_nothing(v):
    """ValueError: max: | empty"""
    return pg.max(v[5:])  # here


def axis_that_is_not_there(v):
    """ValueError: sum: axis 3 is out of range | 1 dimensions"""
    return pg.sum(v, axis=3)  # here


def unpacked_into_too_few(v):
    """ValueError: too many values to unpack (expected 2)"""
    a, b = v  # here
    return a + b


# ---- types ----


def misspelt_dtype(v):
    """TypeError: 'float63' is no dtype | float64"""
    return pg.astype(v, "float63")  # here


def misspelt_argument(v):
    """TypeError: sum() got an unexpected keyword argument 'axes'"""
    return pg.sum(v, axes=0)  # here


def text_as_an_operand(x):
    """TypeError: unsupported operand type(s) for +: 'pygraph.Tensor' and 'str'"""
    return x + "a"  # here


def none_as_an_operand(x):
    """TypeError: unsupported operand type(s) for +: 'pygraph.Tensor' and 'NoneType'"""
    return x + None  # here


def python_index_of_a_tensor(x):
    """TypeError: the tensor 'x' has no value | Python index | pygraph.range"""
    return operator.index(x)  # here


def int_of_an_array(v):
    """TypeError: int() takes a scalar | shape (3)"""
    return int(v)  # here


def numpy_without_a_counterpart(m):
    """TypeError: eigvals cannot be staged | use pygraph's functions"""
    return np.linalg.eigvals(m)  # here


def object_returned(x):
    """TypeError: object_returned returns an object of type Model | tensors, numbers, strings"""
    return model  # here


def unknown_format(x):
    """ValueError: 'q'"""
    print(f"{x:q}")  # here
    return x


def bits_of_a_float(r):
    """TypeError: bitwise_and is not defined for float64; it takes integers and bool"""
    return r & 1  # here


# ---- writing ----


def attribute_that_escapes(x):
    """TypeError: model.last | return the tensor, or make model.last a pygraph.Variable"""
    model.last = x  # here
    return x


def item_of_another_kind(v):
    """TypeError: float64 cannot be written | int64 | pygraph.astype(value, pygraph.int64)"""
    w = pg.astype(v, pg.int64)
    w[0] = 1.5  # here
    return w


def sum_of_another_kind(v):
    """TypeError: float64 | int64 | x = x + ..."""
    w = pg.astype(v, pg.int64)
    w += 1.5  # here
    return w


def sum_that_is_larger(v):
    """ValueError: [2, 3] | [3] | x = x + ..."""
    v += pg.zeros((2, 3))  # here
    return v


# ---- lists ----


def list_of_text(n):
    """TypeError: 'names' | no tensor or number"""
    names = []
    for i in pg.range(n):  # here
        names.append("a")
    return pg.asarray(len(names))


def pop_of_nothing(n):
    """IndexError: pop from empty list"""
    items = [n]
    for i in pg.range(n):
        items.pop()  # here
    return len(items)


# ---- what cannot be staged ----


def generator(x):  # here
    """ConversionError: generator | yield | return a list"""
    if x > 0:
        yield x


async def coroutine(x):  # here
    """ConversionError: coroutine | async def | autograph=False"""
    return x


def argument_changed(d):
    """TypeError: changes its argument 'd' in place | work on a copy"""
    d["y"] = d["x"]  # here
    return d["y"]


def argument_changed_in_a_loop(d, n):
    """TypeError: changes its argument 'd' in place | work on a copy"""
    for i in pg.range(n):
        d["x"] = d["x"] + i  # here
    return n


def handler_around_a_fault(v, n):
    """TypeError: IndexError may be raised here when the graph runs | Test for it with `if`"""
    try:
        return v[n]  # here
    except IndexError:
        return v[0]


def recursion_without_end(x):  # here
    """RecursionError: recursion_without_end calls itself again and again | pygraph.asarray(0)"""
    return recursion_without_end(x + 1)


def recursion_without_a_type(x):
    """TypeError: recursion_without_a_type | calls itself on every way | return annotation"""
    if x > 0:
        return recursion_without_a_type(x - 1)  # here
    return recursion_without_a_type(x + 1)


# ---- when the graph runs ----


def assertion(x):
    """AssertionError: x is 4"""
    assert x > 100, f"x is {x}"  # here
    return x


def exception(x):
    """ValueError: x=4 is too small"""
    if x < 100:
        raise ValueError(f"x={x} is too small")  # here
    return x


def division_by_zero(n):
    """ZeroDivisionError: division by zero"""
    return n // (n - n)  # here


def integer_of_nan_in_a_loop(r, n):
    """ValueError: cannot convert float NaN to integer"""
    total = 0
    for _ in range(n):
        total += int(r - r * float("inf") * 0)  # here
    return total


@dataclasses.dataclass
class Pair:
    one: int
    other: int


def objects_of_unlike_attributes(x):
    """TypeError: 'pair' | must stay the same"""
    pair = Pair(x, 1)
    if x > 0:
        pair = [x, 1]  # here
    return pair


class Node:
    def __init__(self, value, following):
        self.value = value
        self.following = following


def linked_list(v):
    """TypeError: 'head' | another that holds it | Keep such objects in a list"""
    head = None
    for value in v:
        head = Node(value, head)  # here
    return head.value


def tuples_in_tuples(n):
    """TypeError: 'state' | another that holds it | Keep such objects in a list"""
    state = None
    while n > 0:
        state = (n, state)  # here
        n -= 1
    return n


def key_that_a_tensor_adds_to_a_defaultdict(v):
    """TypeError: defaultdict | which keys there are | collect them in a list"""
    counts = collections.defaultdict(int)
    for value in v:
        counts[value] += 1  # here
    return counts[1]


def list_at_a_chosen_key(x):
    """TypeError: one of 'a', 'b' | a list | branches of an `if`"""
    groups = {"a": [0], "b": [1]}
    groups["a" if x > 1 else "b"][0] = 9  # here
    return groups


def chosen_key_that_is_none_yet(x):
    """TypeError: which keys there are | collect them in a list"""
    counts = {"even": 0}
    counts["even" if x % 2 == 0 else "odd"] = 1  # here
    return counts


def text_that_grows_in_a_staged_loop(n):
    """TypeError: such as 'a' | at most 64 | Keep a number"""
    text = ""
    for i in range(n):
        text += "a" if i % 2 == 0 else "b"  # here
    return text


def list_of_a_chosen_object_appended_to(x):
    """TypeError: 'either.history' | one object or another | in the branches"""
    one, two = Model(), Model()
    one.history, two.history = [1], [2]
    either = one if x > 1 else two
    either.history.append(3)  # here
    return one.history, two.history


def chosen_object_as_a_key(x):
    """TypeError: 'either' | one object or another | a key of a dict | which one it is"""
    one, two = Model(), Model()
    either = one if x > 1 else two
    return {one: 1, two: 2}[either]  # here


def chosen_object_in_a_set(x):
    """TypeError: 'either' | one object or another | a key of a dict | which one it is"""
    one, two = Model(), Model()
    either = one if x > 1 else two
    return len({one, either})  # here


def chosen_object_among_the_elements_of_a_set(x):
    """TypeError: 'either' | one object or another | a key of a dict | which one it is"""
    one, two = Model(), Model()
    either = one if x > 1 else two
    found = {part for part in (one, either) if part is not None}  # here
    return len(found)


def chosen_object_as_a_key_of_a_display(x):
    """TypeError: 'either' | one object or another | a key of a dict | which one it is"""
    one, two = Model(), Model()
    either = one if x > 1 else two
    counts = {one: 1, either: 2}  # here
    return counts[one]


def chosen_object_in_a_set_that_is_called(x):
    """TypeError: 'either' | one object or another | a key of a dict | which one it is"""
    one, two = Model(), Model()
    either = one if x > 1 else two
    both = [one, either]
    return len(set(both))  # here


def address_of_a_chosen_object(x):
    """TypeError: 'either' | one object or another | `is` | which one it is"""
    one, two = Model(), Model()
    either = one if x > 1 else two
    return id(either) == id(one)  # here


def chosen_list_extended_in_place(x):
    """TypeError: 'either' | one object or another | in the branches"""
    one, two = [1], [2]
    either = one if x > 1 else two
    either += [3]  # here
    return one, two


def chosen_list_repeated_in_place(x):
    """TypeError: 'either' | one object or another | in the branches"""
    one, two = [1], [2]
    either = one if x > 1 else two
    either *= 2  # here
    return one, two


def list_that_may_be_chosen_extended_in_place(x):
    """TypeError: 'either' | one object or another | in the branches"""
    one, two = [1], [2]
    either = one if x > 1 else two
    one += [3]  # here
    return either


def row_that_every_iteration_fills_and_appends(n):
    """TypeError: 'row[0]' | has a copy | Make a new object in each iteration"""
    rows = []
    row = [0, 0]
    for i in range(n):
        row[0] = i  # here
        rows.append(row)
    return rows[0][0]


def part_of_a_chosen_array(x):
    """TypeError: 'part' | depends on a tensor | copy"""
    a, b = np.zeros(3), np.ones(3)
    part = a[1:] if x > 1 else b[:2]
    part[0] = 5  # here
    return a, b


class Remembering(dict):
    def __missing__(self, key):
        self[key] = 1
        return 1


def item_that_a_class_makes(n):
    """TypeError: 'a' | Remembering | with `in` or `get`"""
    known = Remembering()
    total = 0
    for i in range(n):
        total += known["a"]  # here
        if i > 2:
            known["a"] = i
    return total
