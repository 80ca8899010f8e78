"""Attributes, items and results that there are on some ways only, or that are None on some."""

import collections


class Box:
    def __init__(self, best=None):
        self.best = best


# case: best_of_an_object
def f(xs):
    o = Box()
    for v in xs:
        if o.best is None or v < o.best:
            o.best = v
    return o.best


f([5.0, 2.0, 3.0])  # -> 2.0


# case: best_of_an_object_by_a_method
class Tracker:
    def __init__(self):
        self.best = None
        self.count = 0

    def update(self, v):
        if self.best is None or v > self.best:
            self.best = v
            self.count += 1


def f(xs, n):
    t = Tracker()
    for i in range(n):
        t.update(xs[i])
    return t.best, t.count


f([5, 2, 7], 3)  # -> (7, 2)
f([5, 2, 7], 0)  # -> (None, 0)


# case: attribute_first_set_in_a_loop
def f(n):
    o = Box()
    s = 0
    for i in range(n):
        o.tmp = i * 2
        s += o.tmp
    return s


f(3)  # -> 6
f(0)  # -> 0


# case: attribute_read_after_the_loop
def f(n):
    o = Box()
    for i in range(n):
        o.tmp = i * 2
    return o.tmp


f(3)  # -> 4
f(0)  # raises AttributeError: 'Box' object has no attribute 'tmp'


# case: attribute_used_after_the_loop
def f(n):
    o = Box()
    for i in range(n):
        o.tmp = i * 2
    return n + o.tmp * 3


f(3)  # -> 15
f(0)  # raises AttributeError: 'Box' object has no attribute 'tmp'


# case: attribute_assigned_to_a_variable
def f(n):
    o = Box()
    for i in range(n):
        o.tmp = i * 2
    x = o.tmp
    return n


f(3)  # -> 3
f(0)  # raises AttributeError: 'Box' object has no attribute 'tmp'


# case: item_of_one_branch
def f(c, b):
    x = {"a": b}
    if c:
        x["b"] = b * 2
    return x["b"]


f(True, 3)  # -> 6
f(False, 3)  # raises KeyError: b


# case: get_with_a_default
def f(c, b):
    x = {"a": b}
    if c:
        x["b"] = b * 2
    return x.get("b", -1), x.get("a"), x.get("c", 5)


f(True, 3)  # -> (6, 3, 5)
f(False, 3)  # -> (-1, 3, 5)


# case: get_without_a_default
def f(c, b):
    x = {"a": b}
    if c:
        x["b"] = b * 2
    found = x.get("b")
    return found is None, found


f(True, 3)  # -> (False, 6)
f(False, 3)  # -> (True, None)


# case: key_in_a_dict
def f(c, b):
    x = {"a": b}
    if c:
        x["b"] = b * 2
    if "b" in x:
        return x["b"]
    return b


f(True, 3)  # -> 6
f(False, 3)  # -> 3


# case: key_not_in_a_dict
def f(c, b):
    x = {"a": b}
    if c:
        x["b"] = b * 2
    if "b" not in x:
        x["b"] = b * 10
    return x["b"] + x["a"]


f(True, 3)  # -> 9
f(False, 3)  # -> 33


# case: setdefault
def f(c):
    d = {}
    if c:
        d["x"] = 1
    a = d.setdefault("x", 7)
    return a, d["x"]


f(True)  # -> (1, 1)
f(False)  # -> (7, 7)


# case: pop_of_a_key
def f(c):
    d = {"a": 1, "b": 2}
    if c:
        d.pop("a")
    return d["b"], d.pop("a", 9)


f(True)  # -> (2, 9)
f(False)  # -> (2, 1)


# case: deleted_attribute
def f(c):
    o = Box(3)
    if c:
        del o.best
    return o.best


f(False)  # -> 3
f(True)  # raises AttributeError: best


# case: deleted_item_deleted_again
def f(c):
    d = {"a": 1, "b": 2}
    if c:
        del d["a"]
    del d["a"]
    return d["b"]


f(False)  # -> 2
f(True)  # raises KeyError: a


# case: hasattr_and_getattr
def f(c):
    o = Box()
    if c:
        o.x = 1
    if hasattr(o, "x"):
        s = o.x + 10
    else:
        s = 0
    return s, getattr(o, "x", 5)


f(True)  # -> (11, 1)
f(False)  # -> (0, 5)


# case: counter
def f(n):
    k = collections.Counter()
    for i in range(n):
        k["k"] += 1
    return k["k"]


f(4)  # -> 4
f(0)  # -> 0


# case: counter_of_kinds
def f(v):
    k = collections.Counter()
    for x in v:
        if x > 2:
            k["large"] += 1
        else:
            k["small"] += x
    return k["large"], k["small"], k["other"]


f([1, 5, 2, 7])  # -> (2, 3, 0)


# case: defaultdict
def f(n):
    k = collections.defaultdict(int)
    for i in range(n):
        if i % 2 == 0:
            k["even"] += i
        else:
            k["odd"] += i
    return k["even"], k["odd"]


f(5)  # -> (6, 4)
f(1)  # -> (0, 0)


# case: length_of_a_dict
def f(c):
    d = {"a": 1}
    if c:
        d["b"] = 2
    return len(d)


f(static(True))  # -> 2
f(True)  # staged raises TypeError: d['b']


# case: loop_over_a_dict
def f(c):
    d = {"a": 1}
    if c:
        d["b"] = 2
    s = 0
    for key in d:
        s += d[key]
    return s


f(static(True))  # -> 3
f(True)  # staged raises TypeError: d['b']


# case: list_of_a_dict
def f(c):
    d = {"a": 1}
    if c:
        d["b"] = 2
    return sum(list(d.values()))


f(static(True))  # -> 3
f(True)  # staged raises TypeError: d['b']


# case: read_in_one_branch_of_an_expression
def f(a, n):
    counts = collections.Counter()
    while a > 0:
        counts["a"] += n
        a -= 1
    return (n if n > 3 else counts["a"]), [counts["a"], a]


f(2, 5)  # -> (5, [10, 0])
f(2, 1)  # -> (2, [2, 0])
f(0, 1)  # -> (0, [0, 0])


# case: returned_dict
def f(c):
    d = {"a": 1}
    if c:
        d["b"] = 2
    return d


f(static(True))  # -> {"a": 1, "b": 2}
f(True)  # staged raises TypeError: d['b']


# case: found_or_none
def f(xs, v):
    found = None
    for i in range(len(xs) + v - v):
        if xs[i] == v:
            found = i
            break
    return found


f([1, 2, 3], 2)  # -> 1
f([1, 2, 3], 7)  # -> None


# case: returned_from_a_loop_or_none
def f(xs, v):
    for i in range(len(xs) + v - v):
        if xs[i] == v:
            return i


f([1, 2, 3], 2)  # -> 1
f([1, 2, 3], 7)  # -> None


# case: return_none_or_a_value_in_a_loop
def f(xs, v):
    for i in range(len(xs) + v - v):
        if xs[i] > v:
            return None
        if xs[i] == v:
            return i
    return -1


f([1, 2, 3], 2)  # -> 1
f([1, 5, 2], 2)  # -> None
f([1, 1, 1], 2)  # -> -1


# case: found_by_a_helper
def find(xs, v):
    for i in range(len(xs) + v - v):
        if xs[i] == v:
            return i
    return None


def f(xs, v):
    at = find(xs, v)
    if at is None:
        return -1
    return at * 10


f([1, 2, 3], 2)  # -> 10
f([1, 2, 3], 7)  # -> -1


# case: found_by_a_helper_and_not_none
def find(xs, v):
    for i in range(len(xs) + v - v):
        if xs[i] == v:
            return i
    return None


def f(xs, v):
    at = find(xs, v)
    if at is not None and at > 0:
        return xs[at]
    return 0


f([1, 2, 3], 2)  # -> 2
f([1, 2, 3], 1)  # -> 0
f([1, 2, 3], 7)  # -> 0


# case: none_used_as_a_value
def f(xs, v):
    found = None
    for i in range(len(xs) + v - v):
        if xs[i] == v:
            found = i
    return found + 1


f([1, 2, 3], 2)  # -> 2
f([1, 2, 3], 7)  # raises TypeError


# case: none_or_another_value
def f(xs, v):
    found = None
    for i in range(len(xs) + v - v):
        if xs[i] == v:
            found = i
    return found or 100


f([1, 2, 3], 2)  # -> 1
f([1, 2, 3], 1)  # -> 100
f([1, 2, 3], 7)  # -> 100


# case: truth_of_what_may_be_none
def f(xs, v):
    found = None
    for i in range(len(xs) + v - v):
        if xs[i] == v:
            found = i
    if found:
        return found
    if not found:
        return -1
    return -2


f([1, 2, 3], 2)  # -> 1
f([1, 2, 3], 1)  # -> -1
f([1, 2, 3], 7)  # -> -1


# case: equal_to_what_may_be_none
def f(xs, v):
    found = None
    for i in range(len(xs) + v - v):
        if xs[i] == v:
            found = i
    return (found == 1, found != 1)


f([1, 2, 3], 2)  # -> (True, False)
f([1, 2, 3], 1)  # -> (False, True)
f([1, 2, 3], 7)  # -> (False, True)


# case: pair_of_none_before
def f(xs, n):
    best = (None, 0)
    for i in range(n):
        if best[0] is None or xs[i] > best[0]:
            best = (xs[i], i)
    return best


f([1, 4, 3], 3)  # -> (4, 1)
f([1, 4, 3], 0)  # -> (None, 0)


# case: item_of_a_list_that_is_none_before
def f(xs, n):
    best = [None, 0]
    for i in range(n):
        if best[0] is None or xs[i] > best[0]:
            best[0] = xs[i]
            best[1] = i
    return best


f([1, 4, 3], 3)  # -> [4, 1]
f([1, 4, 3], 0)  # -> [None, 0]


# case: item_of_a_dict_that_is_none_before
def f(xs, n):
    d = {"best": None}
    for i in range(n):
        if d["best"] is None or xs[i] > d["best"]:
            d["best"] = xs[i]
    return d["best"]


f([1, 4, 3], 3)  # -> 4
f([1, 4, 3], 0)  # -> None


# case: none_given_to_another_variable
def f(c, x):
    y = None
    if c:
        y = x
    z = y
    if z is None:
        z = -1
    return z


f(True, 3)  # -> 3
f(False, 3)  # -> -1


# case: conditional_expression_returned
def f(x):
    return x if x > 0 else None


f(3)  # -> 3
f(-3)  # -> None


# case: none_among_results
def f(x):
    y = None
    if x > 0:
        y = x * 2
    return x, [y, {"y": y}]


f(3)  # -> (3, [6, {"y": 6}])
f(-3)  # -> (-3, [None, {"y": None}])


# case: printed
def f(x):
    y = None
    if x > 0:
        y = x * 2
    print("y", y)
    return x


f(3)  # -> 3
# prints: y 6
f(-3)  # -> -3
# prints: y None


# case: attribute_of_one_branch_that_nothing_reads
def f(x):
    box = Box(0)
    if x > 0:
        box.extra = x
    return x


f(3)  # -> 3
f(-3)  # -> -3


# case: known_after_a_test
def f(xs, v):
    best = None
    for i in range(len(xs) + v - v):
        if xs[i] == v:
            best = i
    if best is None or v > 100:
        return -1
    return best


f([1, 2, 3], 2)  # -> 1
f([1, 2, 3], 7)  # -> -1


# case: known_in_operands_and_expressions
def f(xs, v):
    best = None
    for i in range(len(xs) + v - v):
        if xs[i] == v:
            best = i
    at = 0 if best is None else best
    if not (best is None) and xs[best] > 1:
        at += 10
    return at + (100 if best is not None and best > 1 else 0)


f([1, 2, 3], 1)  # -> 0
f([1, 2, 3], 2)  # -> 11
f([1, 2, 3], 3)  # -> 112
f([1, 2, 3], 7)  # -> 0


# case: assigned_where_it_is_none
def f(xs, v):
    best = None
    for i in range(len(xs) + v - v):
        if xs[i] == v:
            best = i
    if best is None:
        best = -5
    return best * 2


f([1, 2, 3], 2)  # -> 2
f([1, 2, 3], 7)  # -> -10


# case: known_in_an_inner_loop
def f(xs, v):
    best = None
    total = 0
    for i in range(len(xs) + v - v):
        if best is not None:
            for j in range(best):
                total += best + j
        best = xs[i]
    return total


f([2, 3, 1], 0)  # -> 17
