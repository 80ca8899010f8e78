"""Changes that no statement of converted code makes, in a staged branch and in a staged loop."""

import array
import bisect
import collections
import contextlib
import contextvars
import ctypes
import functools
import heapq
import io
import itertools
import operator
import os
import queue
import re
import sys
import weakref

import pygraph

CONTEXT = contextvars.ContextVar("CONTEXT", default=0)
SHARED = {"v": 0}


class Box:
    def __init__(self, v):
        self.v = v


class OtherBox(Box):
    pass


class Reading:
    def __init__(self):
        self.__dict__["reads"] = 0

    def _read(self):
        self.reads += 1

    @property
    def total(self):
        self._read()
        return 7

    def __add__(self, other):
        self._read()
        return 3

    def __iadd__(self, other):
        self._read()
        return self

    def __lt__(self, other):
        self._read()
        return True

    def __hash__(self):
        self._read()
        return 5

    def __str__(self):
        self._read()
        return "text"

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        self._read()
        return 5


class Missing(dict):
    def __missing__(self, key):
        self[key] = 9
        return 9


class Counted:
    made = 0

    def __new__(cls):
        Counted.made += 1
        return super().__new__(cls)


class Meta(type):
    def __call__(cls):
        SHARED["v"] += 1
        return super().__call__()


class OfMeta(metaclass=Meta):
    pass


@pygraph.autograph.do_not_convert
def unconverted(box):
    box["v"] += 1


@pygraph.autograph.do_not_convert
def unconverted_global():
    SHARED["v"] += 1


@functools.lru_cache
def cached(key):
    SHARED["v"] += 1
    return key


def counting(box):
    for k in range(2):
        box["v"] += 1
        yield k


@contextlib.contextmanager
def counting_manager(box):
    box["v"] += 1
    yield
    box["v"] += 10


def counted(box):
    def key(item):
        box["v"] += 1
        return item

    return key


def counted_match(box):
    def replace(match):
        box["v"] += 1
        return "b"

    return replace


@pygraph.autograph.do_not_convert
def counted_default(value=0):
    return value


# case: counter_update_in_a_branch
def f(c):
    k = collections.Counter(a=0)
    if c:
        k.update(a=1)
    return k["a"]


f(True)  # -> 1
f(False)  # -> 0


# case: counter_update_in_a_loop
def f(c):
    k = collections.Counter(a=0)
    for _ in range(c):
        k.update(a=1)
    return k["a"]


f(2)  # -> 2
f(0)  # -> 0


# case: counter_subtract_in_a_branch
def f(c):
    k = collections.Counter(a=0)
    if c:
        k.subtract(a=1)
    return k["a"]


f(True)  # -> -1
f(False)  # -> 0


# case: counter_in_place_in_a_branch
def f(c):
    o = Box(collections.Counter(a=0))
    if c:
        o.v += collections.Counter(a=2)
    return o.v["a"]


f(True)  # -> 2
f(False)  # -> 0


# case: vars_item_in_a_branch
def f(c):
    o = Box(0)
    if c:
        vars(o)["v"] = 5
    return o.v


f(True)  # -> 5
f(False)  # -> 0


# case: vars_item_in_a_loop
def f(c):
    o = Box(0)
    for _ in range(c):
        vars(o)["v"] = 5
    return o.v


f(2)  # -> 5
f(0)  # -> 0


# case: dict_of_attributes_in_a_branch
def f(c):
    o = Box(0)
    if c:
        o.__dict__.update(v=5)
    return o.v


f(True)  # -> 5
f(False)  # -> 0


# case: set_attribute_of_object_in_a_branch
def f(c):
    o = Box(0)
    if c:
        object.__setattr__(o, "v", 5)
    return o.v


f(True)  # -> 5
f(False)  # -> 0


# case: set_attribute_by_method_in_a_branch
def f(c):
    o = Box(0)
    if c:
        o.__setattr__("v", 5)
    return o.v


f(True)  # -> 5
f(False)  # -> 0


# case: weak_reference_in_a_branch
def f(c):
    o = Box(0)
    r = weakref.ref(o)
    if c:
        r().v = 5
    return o.v


f(True)  # -> 5
f(False)  # -> 0


# case: weak_reference_in_a_loop
def f(c):
    o = Box(0)
    r = weakref.ref(o)
    for _ in range(c):
        r().v = 5
    return o.v


f(2)  # -> 5
f(0)  # -> 0


# case: weak_proxy_in_a_branch
def f(c):
    o = Box(0)
    r = weakref.proxy(o)
    if c:
        r.v = 5
    return o.v


f(True)  # -> 5
f(False)  # -> 0


# case: weak_values_in_a_branch
def f(c):
    o = Box(0)
    d = weakref.WeakValueDictionary(a=o)
    if c:
        d["a"].v = 5
    return o.v


f(True)  # -> 5
f(False)  # -> 0


# case: class_of_object_in_a_branch
def f(c):
    o = Box(0)
    if c:
        o.__class__ = OtherBox
    return isinstance(o, OtherBox)


f(True)  # -> True
# staged raises TypeError: o.__class__ is changed from
f(False)  # -> False
# staged raises TypeError: o.__class__ is changed from


# case: user_dict_in_a_branch
def f(c):
    d = collections.UserDict(a=0)
    if c:
        d["a"] = 5
    return d["a"]


f(True)  # -> 5
f(False)  # -> 0


# case: user_dict_in_a_loop
def f(c):
    d = collections.UserDict(a=0)
    for _ in range(c):
        d["a"] = 5
    return d["a"]


f(2)  # -> 5
f(0)  # -> 0


# case: user_dict_update_in_a_branch
def f(c):
    d = collections.UserDict(a=0)
    if c:
        d.update(a=5)
    return d["a"]


f(True)  # -> 5
f(False)  # -> 0


# case: user_list_item_in_a_branch
def f(c):
    d = collections.UserList([0, 1])
    if c:
        d[0] = 5
    return d[0]


f(True)  # -> 5
f(False)  # -> 0


# case: user_list_append_in_a_branch
def f(c):
    d = collections.UserList([0, 1])
    if c:
        d.append(5)
    return len(d)


f(True)  # -> 3
# staged raises TypeError: UserList.__len__ is not converted by AutoGraph,
f(False)  # -> 2
# staged raises TypeError: UserList.__len__ is not converted by AutoGraph,


# case: chain_map_in_a_branch
def f(c):
    m = {"a": 0}
    d = collections.ChainMap(m, {"b": 1})
    if c:
        d["a"] = 5
    return m["a"]


f(True)  # -> 5
f(False)  # -> 0


# case: byte_array_in_a_branch
def f(c):
    b = bytearray(b"abc")
    if c:
        b[0] = 9
    return b[0]


f(True)  # -> 9
# staged raises TypeError: the bytearray 'b' is changed where a tensor deci
f(False)  # -> 97
# staged raises TypeError: the bytearray 'b' is changed where a tensor deci


# case: byte_array_in_a_loop
def f(c):
    b = bytearray(b"abc")
    for _ in range(c):
        b[0] = 9
    return b[0]


f(2)  # -> 9
# staged raises TypeError: the bytearray 'b' is changed where a tensor deci
f(0)  # -> 97
# staged raises TypeError: the bytearray 'b' is changed where a tensor deci


# case: byte_array_grows_in_a_branch
def f(c):
    b = bytearray(b"abc")
    if c:
        b.append(9)
    return len(b)


f(True)  # -> 4
# staged raises TypeError: the bytearray 'b' is changed where a tensor deci
f(False)  # -> 3
# staged raises TypeError: the bytearray 'b' is changed where a tensor deci


# case: byte_array_in_place_in_a_branch
def f(c):
    b = bytearray(b"abc")
    if c:
        b += b"d"
    return len(b)


f(True)  # -> 4
# staged raises TypeError: the bytearray 'b' is changed where a tensor deci
f(False)  # -> 3
# staged raises TypeError: the bytearray 'b' is changed where a tensor deci


# case: memory_view_in_a_branch
def f(c):
    b = bytearray(b"abc")
    m = memoryview(b)
    if c:
        m[0] = 9
    return b[0]


f(True)  # -> 9
# staged raises TypeError: the bytearray 'm' is changed where a tensor deci
f(False)  # -> 97
# staged raises TypeError: the bytearray 'm' is changed where a tensor deci


# case: array_of_numbers_in_a_branch
def f(c):
    a = array.array("i", [1, 2])
    if c:
        a[0] = 9
    return a[0]


f(True)  # -> 9
# staged raises TypeError: the array 'a' is changed where a tensor decides
f(False)  # -> 1
# staged raises TypeError: the array 'a' is changed where a tensor decides


# case: text_stream_in_a_branch
def f(c):
    s = io.StringIO()
    if c:
        s.write("x")
    return len(s.getvalue())


f(True)  # -> 1
# staged raises TypeError: the StringIO 's' is changed where a tensor decid
f(False)  # -> 0
# staged raises TypeError: the StringIO 's' is changed where a tensor decid


# case: text_stream_in_a_loop
def f(c):
    s = io.StringIO()
    for _ in range(c):
        s.write("x")
    return len(s.getvalue())


f(2)  # -> 2
# staged raises TypeError: the StringIO 's' is changed where a tensor decid
f(0)  # -> 0
# staged raises TypeError: the StringIO 's' is changed where a tensor decid


# case: byte_stream_in_a_branch
def f(c):
    s = io.BytesIO()
    if c:
        s.write(b"x")
    return len(s.getvalue())


f(True)  # -> 1
# staged raises TypeError: the BytesIO 's' is changed where a tensor decide
f(False)  # -> 0
# staged raises TypeError: the BytesIO 's' is changed where a tensor decide


# case: executed_text_in_a_branch
def f(c):
    ns = {"v": 0}
    if c:
        exec("v = 5", ns)
    return ns["v"]


f(True)  # -> 5
f(False)  # -> 0


# case: executed_text_in_a_loop
def f(c):
    ns = {"v": 0}
    for _ in range(c):
        exec("v = 5", ns)
    return ns["v"]


f(2)  # -> 5
f(0)  # -> 0


# case: evaluated_text_in_a_branch
def f(c):
    ns = {"v": 0}
    if c:
        eval("(v := 5)", ns)
    return ns["v"]


f(True)  # -> 5
f(False)  # -> 0


# case: order_of_keys_in_a_branch
def f(c):
    d = {"a": 1, "b": 2}
    if c:
        d["a"] = d.pop("a")
    return list(d)


f(True)  # -> ['b', 'a']
# staged raises TypeError: the order of the keys of the dict 'd' is changed
f(False)  # -> ['a', 'b']
# staged raises TypeError: the order of the keys of the dict 'd' is changed


# case: order_of_keys_in_a_loop
def f(c):
    d = {"a": 1, "b": 2}
    for _ in range(c):
        d["a"] = d.pop("a")
    return list(d)


f(2)  # -> ['b', 'a']
# staged raises TypeError: the order of the keys of the dict 'd' is changed
f(0)  # -> ['a', 'b']
# staged raises TypeError: the order of the keys of the dict 'd' is changed


# case: order_of_ordered_dict_in_a_branch
def f(c):
    d = collections.OrderedDict(a=1, b=2)
    if c:
        d.move_to_end("a")
    return list(d)


f(True)  # -> ['b', 'a']
# staged raises TypeError: the order of the keys of the OrderedDict 'd' is
f(False)  # -> ['a', 'b']
# staged raises TypeError: the order of the keys of the OrderedDict 'd' is


# case: set_grows_in_a_branch
def f(c):
    s = {1}
    if c:
        s.add(2)
    return len(s)


f(True)  # -> 2
# staged raises TypeError: the set 's' is changed where a tensor decides wh
f(False)  # -> 1
# staged raises TypeError: the set 's' is changed where a tensor decides wh


# case: heap_of_a_list_in_a_branch
def f(c):
    items = [3, 1, 2]
    if c:
        heapq.heapify(items)
    return items[0]


f(True)  # -> 1
f(False)  # -> 3


# case: sorted_insert_in_a_branch
def f(c):
    items = [1, 2, 3]
    if c:
        bisect.insort(items, 0)
    return items[0]


f(True)  # -> 0
f(False)  # -> 1


# case: operator_function_in_a_branch
def f(c):
    items = [1, 2]
    if c:
        operator.setitem(items, 0, 5)
    return items[0]


f(True)  # -> 5
f(False)  # -> 1


# case: operator_function_in_a_loop
def f(c):
    items = [1, 2]
    for _ in range(c):
        operator.setitem(items, 0, 5)
    return items[0]


f(2)  # -> 5
f(0)  # -> 1


# case: method_of_list_class_in_a_branch
def f(c):
    items = [1, 2]
    if c:
        list.append(items, 5)
    return len(items)


f(True)  # -> 3
f(False)  # -> 2


# case: list_in_place_of_attribute_in_a_branch
def f(c):
    o = Box([1, 2])
    if c:
        o.v += [5]
    return len(o.v)


f(True)  # -> 3
f(False)  # -> 2


# case: list_in_place_of_attribute_in_a_loop
def f(c):
    o = Box([1, 2])
    for _ in range(c):
        o.v += [5]
    return len(o.v)


f(2)  # -> 4
f(0)  # -> 2


# case: list_in_place_of_item_in_a_branch
def f(c):
    d = {"k": [1]}
    if c:
        d["k"] += [5]
    return len(d["k"])


f(True)  # -> 2
f(False)  # -> 1


# case: dict_in_place_of_attribute_in_a_branch
def f(c):
    o = Box({"k": 1})
    if c:
        o.v |= {"k": 5}
    return o.v["k"]


f(True)  # -> 5
f(False)  # -> 1


# case: iterator_advanced_in_a_branch
def f(c):
    it = iter([1, 2, 3])
    if c:
        it.__next__()
    return next(it)


f(True)  # -> 2
# staged raises TypeError: the list_iterator 'it' is changed where a tensor
f(False)  # -> 1
# staged raises TypeError: the list_iterator 'it' is changed where a tensor


# case: iterator_advanced_in_a_loop
def f(c):
    it = iter([1, 2, 3])
    for _ in range(c):
        it.__next__()
    return next(it)


f(2)  # -> 3
# staged raises TypeError: the list_iterator 'it' is changed where a tensor
f(0)  # -> 1
# staged raises TypeError: the list_iterator 'it' is changed where a tensor


# case: iterator_consumed_in_a_branch
def f(c):
    it = iter([1, 2, 3])
    if c:
        list(it)
    return len(list(it))


f(True)  # -> 0
# staged raises TypeError: the list_iterator 'it' is changed where a tensor
f(False)  # -> 3
# staged raises TypeError: the list_iterator 'it' is changed where a tensor


# case: iterator_unpacked_in_a_branch
def f(c):
    it = iter([1, 2])
    if c:
        p, q = it if False else (0, len([*it]))
    return len(list(it))


f(True)  # -> 0
# staged raises TypeError: the list_iterator 'it' is changed where a tensor
f(False)  # -> 2
# staged raises TypeError: the list_iterator 'it' is changed where a tensor


# case: iterator_sliced_in_a_branch
def f(c):
    it = itertools.count()
    if c:
        list(itertools.islice(it, 2))
    return next(it)


f(True)  # -> 2
# staged raises TypeError: the count 'it' is changed where a tensor decides
f(False)  # -> 0
# staged raises TypeError: the count 'it' is changed where a tensor decides


# case: generator_asked_in_a_branch
def f(c):
    it = (k for k in [1, 2, 3])
    if c:
        2 in it
    return len(list(it))


f(True)  # -> 1
# staged raises TypeError: the generator 'it' is changed where a tensor dec
f(False)  # -> 3
# staged raises TypeError: the generator 'it' is changed where a tensor dec


# case: generator_by_list_in_a_branch
def f(c):
    b = {"v": 0}
    if c:
        list(counting(b))
    return b["v"]


f(True)  # -> 2
f(False)  # -> 0


# case: generator_by_list_in_a_loop
def f(c):
    b = {"v": 0}
    for _ in range(c):
        list(counting(b))
    return b["v"]


f(2)  # -> 4
f(0)  # -> 0


# case: generator_by_sum_in_a_branch
def f(c):
    b = {"v": 0}
    if c:
        sum(counting(b))
    return b["v"]


f(True)  # -> 2
f(False)  # -> 0


# case: generator_by_comprehension_in_a_branch
def f(c):
    b = {"v": 0}
    if c:
        [k for k in counting(b)]
    return b["v"]


f(True)  # -> 2
f(False)  # -> 0


# case: generator_unpacked_in_a_branch
def f(c):
    b = {"v": 0}
    if c:
        x, y = counting(b)
    return b["v"]


f(True)  # -> 2
f(False)  # -> 0


# case: generator_starred_in_a_branch
def f(c):
    b = {"v": 0}
    if c:
        max(*counting(b))
    return b["v"]


f(True)  # -> 2
f(False)  # -> 0


# case: unconverted_function_in_a_branch
def f(c):
    b = {"v": 0}
    if c:
        unconverted(b)
    return b["v"]


f(True)  # -> 1
f(False)  # -> 0


# case: unconverted_function_in_a_loop
def f(c):
    b = {"v": 0}
    for _ in range(c):
        unconverted(b)
    return b["v"]


f(2)  # -> 2
f(0)  # -> 0


# case: unconverted_and_its_global_in_a_branch
def f(c):
    SHARED["v"] = 0
    if c:
        unconverted_global()
    return SHARED["v"]


f(True)  # -> 1
# staged raises TypeError: SHARED['v'] is older than this trace of f and wo
f(False)  # -> 0
# staged raises TypeError: SHARED['v'] is older than this trace of f and wo


# case: unconverted_and_its_global_in_a_loop
def f(c):
    SHARED["v"] = 0
    for _ in range(c):
        unconverted_global()
    return SHARED["v"]


f(2)  # -> 2
# staged raises TypeError: SHARED['v'] is older than this trace of f and wo
f(0)  # -> 0
# staged raises TypeError: SHARED['v'] is older than this trace of f and wo


# case: unconverted_partial_in_a_branch
def f(c):
    b = {"v": 0}
    if c:
        functools.partial(unconverted, b)()
    return b["v"]


f(True)  # -> 1
f(False)  # -> 0


# case: method_caller_in_a_branch
def f(c):
    b = {"v": 0}
    if c:
        operator.methodcaller("update", v=3)(b)
    return b["v"]


f(True)  # -> 3
f(False)  # -> 0


# case: cached_function_in_a_branch
def f(c):
    cached.cache_clear()
    SHARED["v"] = 0
    if c:
        cached(3)
    return SHARED["v"]


f(True)  # -> 1
# staged raises TypeError: cached changes an object, and functools.lru_cach
f(False)  # -> 0
# staged raises TypeError: cached changes an object, and functools.lru_cach


# case: cached_function_in_a_loop
def f(c):
    cached.cache_clear()
    SHARED["v"] = 0
    for _ in range(c):
        cached(3)
    return SHARED["v"]


f(2)  # -> 1
# staged raises TypeError: cached changes an object, and functools.lru_cach
f(0)  # -> 0
# staged raises TypeError: cached changes an object, and functools.lru_cach


# case: key_of_max_in_a_branch
def f(c):
    b = {"v": 0}
    if c:
        max({2, 1}, key=counted(b))
    return b["v"]


f(True)  # -> 2
f(False)  # -> 0


# case: key_of_max_in_a_loop
def f(c):
    b = {"v": 0}
    for _ in range(c):
        max({2, 1}, key=counted(b))
    return b["v"]


f(2)  # -> 4
f(0)  # -> 0


# case: key_of_sorted_in_a_branch
def f(c):
    b = {"v": 0}
    if c:
        sorted([2, 1], key=counted(b))
    return b["v"]


f(True)  # -> 2
f(False)  # -> 0


# case: key_of_sorted_in_a_loop
def f(c):
    b = {"v": 0}
    for _ in range(c):
        sorted([2, 1], key=counted(b))
    return b["v"]


f(2)  # -> 4
f(0)  # -> 0


# case: function_in_re_sub_in_a_branch
def f(c):
    b = {"v": 0}
    if c:
        re.sub("a", counted_match(b), "aaa")
    return b["v"]


f(True)  # -> 3
f(False)  # -> 0


# case: context_manager_of_a_generator_in_a_branch
def f(c):
    b = {"v": 0}
    if c:
        with counting_manager(b):
            pass
    return b["v"]


f(True)  # -> 11
f(False)  # -> 0


# case: context_manager_of_a_generator_in_a_loop
def f(c):
    b = {"v": 0}
    for _ in range(c):
        with counting_manager(b):
            pass
    return b["v"]


f(2)  # -> 22
f(0)  # -> 0


# case: exit_stack_in_a_branch
def f(c):
    b = {"v": 0}
    st = contextlib.ExitStack()
    if c:
        st.callback(unconverted, b)
    return (st.close(), b["v"])[1]


f(True)  # -> 1
# staged raises TypeError: ExitStack.close is not converted by AutoGraph, a
f(False)  # -> 0
# staged raises TypeError: ExitStack.close is not converted by AutoGraph, a


# case: class_attribute_of_type_in_a_branch
def f(c):
    Counted.made = 0
    if c:
        type.__setattr__(Counted, "made", 1)
    return Counted.made


f(True)  # -> 1
# staged raises TypeError: Counted.made is older than this trace of f and w
f(False)  # -> 0
# staged raises TypeError: Counted.made is older than this trace of f and w


# case: new_counts_in_a_branch
def f(c):
    Counted.made = 0
    if c:
        Counted()
    return Counted.made


f(True)  # -> 1
# staged raises TypeError: Counted.made is older than this trace of f and w
f(False)  # -> 0
# staged raises TypeError: Counted.made is older than this trace of f and w


# case: new_counts_in_a_loop
def f(c):
    Counted.made = 0
    for _ in range(c):
        Counted()
    return Counted.made


f(2)  # -> 2
# staged raises TypeError: Counted.made is older than this trace of f and w
f(0)  # -> 0
# staged raises TypeError: Counted.made is older than this trace of f and w


# case: metaclass_counts_in_a_branch
def f(c):
    SHARED["v"] = 0
    if c:
        OfMeta()
    return SHARED["v"]


f(True)  # -> 1
# staged raises TypeError: SHARED['v'] is older than this trace of f and wo
f(False)  # -> 0
# staged raises TypeError: SHARED['v'] is older than this trace of f and wo


# case: function_attribute_in_a_branch
def f(c):
    unconverted.calls = 0
    if c:
        unconverted.calls += 1
    return unconverted.calls


f(True)  # -> 1
# staged raises TypeError: unconverted.calls is older than this trace of f
f(False)  # -> 0
# staged raises TypeError: unconverted.calls is older than this trace of f


# case: defaults_of_function_in_a_branch
def f(c):
    counted_default.__defaults__ = (0,)
    if c:
        counted_default.__defaults__ = (5,)
    return counted_default()


f(True)  # -> 5
# staged raises TypeError: counted_default.__defaults__ is older than this
f(False)  # -> 0
# staged raises TypeError: counted_default.__defaults__ is older than this


# case: environment_in_a_branch
def f(c):
    os.environ["PYGRAPH_CASE"] = "a"
    if c:
        os.environ["PYGRAPH_CASE"] = "b"
    return os.environ["PYGRAPH_CASE"]


f(True)  # -> 'b'
# staged raises TypeError: os.environ._data[b'PYGRAPH_CASE'] is older than
f(False)  # -> 'a'
# staged raises TypeError: os.environ._data[b'PYGRAPH_CASE'] is older than


# case: context_variable_in_a_branch
def f(c):
    CONTEXT.set(0)
    if c:
        CONTEXT.set(5)
    return CONTEXT.get()


f(True)  # -> 5
# staged raises TypeError: the ContextVar 'CONTEXT' is changed where a tens
f(False)  # -> 0
# staged raises TypeError: the ContextVar 'CONTEXT' is changed where a tens


# case: c_array_in_a_branch
def f(c):
    a = (ctypes.c_int * 3)()
    if c:
        a[0] = 5
    return a[0]


f(True)  # -> 5
# staged raises TypeError: the c_int_Array_3 'a' is changed where a tensor
f(False)  # -> 0
# staged raises TypeError: the c_int_Array_3 'a' is changed where a tensor


# case: queue_in_a_branch
def f(c):
    q = queue.Queue()
    if c:
        q.put(1)
    return q.qsize()


f(True)  # -> 1
# staged raises TypeError: Queue.qsize is not converted by AutoGraph, and i
f(False)  # -> 0
# staged raises TypeError: Queue.qsize is not converted by AutoGraph, and i


# case: property_that_counts_in_a_branch
def f(c):
    o = Reading()
    if c:
        o.total
    return o.reads


f(True)  # -> 1
f(False)  # -> 0


# case: property_that_counts_in_a_loop
def f(c):
    o = Reading()
    for _ in range(c):
        o.total
    return o.reads


f(2)  # -> 2
f(0)  # -> 0


# case: getattr_of_property_in_a_branch
def f(c):
    o = Reading()
    if c:
        getattr(o, "total")
    return o.reads


f(True)  # -> 1
f(False)  # -> 0


# case: operator_that_counts_in_a_branch
def f(c):
    o = Reading()
    if c:
        o + 1
    return o.reads


f(True)  # -> 1
f(False)  # -> 0


# case: operator_that_counts_in_a_loop
def f(c):
    o = Reading()
    for _ in range(c):
        o + 1
    return o.reads


f(2)  # -> 2
f(0)  # -> 0


# case: comparison_that_counts_in_a_branch
def f(c):
    o = Reading()
    if c:
        o < 1
    return o.reads


f(True)  # -> 1
f(False)  # -> 0


# case: in_place_operator_in_a_branch
def f(c):
    w = Box(Reading())
    if c:
        w.v += 1
    return w.v.reads


f(True)  # -> 1
f(False)  # -> 0


# case: in_place_operator_in_a_loop
def f(c):
    w = Box(Reading())
    for _ in range(c):
        w.v += 1
    return w.v.reads


f(2)  # -> 2
f(0)  # -> 0


# case: attribute_that_counts_in_a_branch
def f(c):
    o = Reading()
    if c:
        o.anything
    return o.reads


f(True)  # -> 1
f(False)  # -> 0


# case: text_that_counts_in_a_branch
def f(c):
    o = Reading()
    if c:
        f"{o}"
    return o.reads


f(True)  # -> 1
f(False)  # -> 0


# case: order_that_counts_in_a_branch
def f(c):
    o = Reading()
    if c:
        sorted([o, o])
    return o.reads


f(True)  # -> 1
f(False)  # -> 0
