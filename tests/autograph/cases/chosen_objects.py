from dataclasses import dataclass

import pygraph as pg


class Node:
    def __init__(self, v):
        self.v = v
        self.n = 0

    def inc(self, d):
        self.n += d


@dataclass
class DN:
    v: float
    n: int = 0

    def inc(self, d):
        self.n += d


class H:
    def __init__(self):
        self.best = None


# case: made_where_it_is_none_else_changed_by_a_method
class H:
    def __init__(self):
        self.best = None

    def add(self, v):
        if self.best is None:
            self.best = Node(v)
        else:
            self.best.n += 1
        self.last = self.best


def f(x):
    h = H()
    for v in x:
        h.add(v)
    return h.best.v, h.best.n


f([1, 2, 3])  # -> (1, 2)


# case: item_of_a_dict_that_may_be_none
def f(x):
    d = None
    if x > 1:
        d = {"a": x}
    d["a"] = 7
    return d["a"]


f(2)  # -> 7
f(0)  # raises TypeError: None


# case: item_of_a_list_that_may_be_none
def f(x):
    d = None
    if x > 1:
        d = [x, x]
    d[0] = 7
    return d[0] + d[1]


f(2)  # -> 9
f(0)  # raises TypeError: None


# case: method_of_an_attribute_that_may_be_none
class H:
    def __init__(self):
        self.best = None


class M:
    def __init__(self):
        self.k = 0

    def inc(self, d):
        self.k += d


def f(x):
    h = H()
    for v in x:
        if h.best is None:
            h.best = M()
        h.best.inc(v)
    return h.best.k


f([1, 2, 3])  # -> 6


# case: attribute_made_where_it_is_none_else_changed
def f(x):
    h = H()
    for v in x:
        if h.best is None:
            h.best = Node(v)
        else:
            h.best.n += 1
    return h.best.v, h.best.n


f([1, 2, 3])  # -> (1, 2)


# case: attribute_made_where_it_is_none_then_changed
def f(x):
    h = H()
    for v in x:
        if h.best is None:
            h.best = Node(v)
        h.best.n += 1
    return h.best.v, h.best.n


f([1, 2, 3])  # -> (1, 3)


# case: variable_made_anew_or_kept_then_changed
def f(x):
    best = None
    for v in x:
        if best is None or v > best.v:
            best = Node(v)
        best.inc(1)
    return best.v, best.n


f([1, 2, 3])  # -> (3, 1)


# case: method_of_a_dataclass_that_may_be_none
def f(x):
    best = None
    if x > 1:
        best = DN(x)
    if x > 2:
        best.inc(4)
    return best.n


f(2)  # -> 0
f(3)  # -> 4


# case: update_of_a_dict_that_may_be_none
def f(x):
    d = None
    if x > 1:
        d = {"a": x}
    d.update(a=9)
    return d["a"]


f(2)  # -> 9


# case: append_to_a_list_that_may_be_none
def f(x):
    d = None
    if x > 1:
        d = [x]
    d.append(9)
    return d[1]


f(2)  # -> 9


# case: append_to_a_list_in_a_dataclass_that_may_be_none
def f(x):
    best = None
    if x > 1:
        best = DN([x])
    best.v.append(4)
    return best.v[1]


f(2)  # -> 4


# case: another_name_for_what_may_be_none
def f(x):
    best = None
    if x > 1:
        best = DN(x)
    other = best
    other.n = 9
    return best.n


f(2)  # -> 9


# case: item_of_a_dict_made_where_it_is_none
def f(x):
    d = None
    for v in x:
        if d is None:
            d = {"a": 0}
        d["a"] += v
    return d["a"]


f([1, 2, 3])  # -> 6


# case: element_of_an_array_that_may_be_none
def f(x):
    a = None
    if x > 1:
        a = pg.zeros(3)
    a[0] = 5
    return a


f(2)  # -> [5.0, 0.0, 0.0]
f(0)  # raises TypeError: None


# case: assignment_that_must_fail_for_none
def f(x):
    d = None
    if x > 1:
        d = {"a": x}
    d["a"] = 7
    return 3


f(2)  # -> 3
f(0)  # raises TypeError: None


# case: attribute_made_anew_or_changed_by_a_method
def f(x):
    h = H()
    for v in x:
        if h.best is None or v > h.best.v:
            h.best = Node(v)
        else:
            h.best.inc(1)
    return h.best.n, h.best.v


f([1, 2, 3, 2, 1])  # -> (2, 3)


# case: attribute_made_anew_or_changed
def f(x):
    h = H()
    h.best = Node(x)
    if x > 1:
        h.best = Node(5)
    else:
        h.best.n = 7
    return h.best.n, h.best.v


f(1)  # -> (7, 1)
f(2)  # -> (0, 5)


# case: item_made_anew_or_changed_with_another_name
def f(x):
    d = {"k": Node(x)}
    first = d["k"]
    if x > 1:
        d["k"] = Node(5)
    else:
        d["k"].n = 7
    d["k"].n += 1
    return d["k"].n, d["k"].v, first.n


f(1)  # -> (8, 1, 8)
f(2)  # -> (1, 5, 0)


# case: dict_in_a_dict_made_anew_or_changed
def f(x):
    d = {"k": {"n": x}}
    if x > 1:
        d["k"] = {"n": 5}
    else:
        d["k"]["n"] = 7
    return d["k"]["n"]


f(1)  # -> 7
f(2)  # -> 5


# case: list_in_a_list_made_anew_or_changed
def f(x):
    d = [[1, 2], [3, 4]]
    if x > 1:
        d[0] = [5, 6]
    else:
        d[0][1] = 7
    return d


f(1)  # -> [[1, 7], [3, 4]]
f(2)  # -> [[5, 6], [3, 4]]


# case: one_of_two_dataclasses_or_none
def f(x):
    a = DN(x)
    b = DN(x)
    best = None
    if x > 1:
        best = a
    elif x > 0:
        best = b
    if best is not None:
        best.n = 9
    return a.n, b.n


f(0)  # -> (0, 0)
f(1)  # -> (0, 9)
f(2)  # -> (9, 0)


# case: one_of_two_lists_or_none
def f(x):
    a = [0, x]
    b = [1, x]
    best = None
    if x > 1:
        best = a
    elif x > 0:
        best = b
    if best is not None:
        best[0] = 9
    return a, b


f(0)  # -> ([0, 0], [1, 0])
f(1)  # -> ([0, 1], [9, 1])
f(2)  # -> ([9, 2], [1, 2])


# case: best_of_a_list_of_objects_changed_by_a_method
def f(x):
    items = [Node(1), Node(2), Node(3)]
    best = None
    for it in items:
        if it.v <= x and (best is None or it.v > best.v):
            best = it
    if best is not None:
        best.inc(9)
    return [i.n for i in items]


f(0)  # -> [0, 0, 0]
f(1)  # -> [9, 0, 0]
f(3)  # -> [0, 0, 9]


# case: choice_beside_changes_of_what_is_chosen
def f(x):
    a = Node(x)
    b = Node(x)
    best = None
    if x > 1:
        best = a
    if x == 1:
        best = a
    if x == 0:
        best = b
    if best is not None:
        best.n += 9
        a.n += 1
    return a.n, b.n, best is None, (best.n if best is not None else 0)


f(-1)  # -> (0, 0, True, 0)
f(0)  # -> (1, 9, False, 9)
f(1)  # -> (10, 0, False, 10)
f(2)  # -> (10, 0, False, 10)


# case: object_picked_by_a_method
class H2:
    def __init__(self):
        self.items = [Node(1), Node(2)]
        self.cur = None

    def pick(self, k):
        for it in self.items:
            if it.v == k:
                self.cur = it

    def hit(self):
        if self.cur is not None:
            self.cur.n += 1


def f(x):
    h = H2()
    for v in x:
        h.pick(v)
        h.hit()
    return [i.n for i in h.items]


f([1, 2, 2])  # -> [1, 2]
f([5, 1, 2])  # -> [1, 1]


# case: row_found_in_a_list
def f(x):
    rows = [[1, 0], [2, 0]]
    row = None
    for r in rows:
        if r[0] == x:
            row = r
    if row is not None:
        row[1] += 7
    return rows


f(1)  # -> [[1, 7], [2, 0]]
f(2)  # -> [[1, 0], [2, 7]]
f(3)  # -> [[1, 0], [2, 0]]


# case: object_found_by_a_function
def f(x):
    def find(items, k):
        for it in items:
            if it.v == k:
                return it
        return None

    items = [Node(1), Node(2)]
    it = find(items, x)
    if it is not None:
        it.n = 4
    return [i.n for i in items]


f(1)  # -> [4, 0]
f(2)  # -> [0, 4]
f(3)  # -> [0, 0]


# case: choice_changed_in_a_branch
def f(x, c):
    a = [0, x]
    b = [1, x]
    o = a if x > 1 else b
    if c > 0:
        o[0] = 9
    return a, b


f(1, 1)  # -> ([0, 1], [9, 1])
f(2, 1)  # -> ([9, 2], [1, 2])
f(2, 0)  # -> ([0, 2], [1, 2])


# case: choice_changed_in_a_loop
def f(x, c):
    a = Node(x)
    b = Node(x)
    o = a if x > 1 else b
    for i in range(c):
        o.n += i
    return a.n, b.n


f(1, 3)  # -> (0, 3)
f(2, 3)  # -> (3, 0)
f(2, 0)  # -> (0, 0)


# case: choice_changed_in_nested_branches
def f(x, c):
    a = Node(x)
    b = Node(x)
    o = a if x > 1 else b
    if c > 0:
        if c > 1:
            o.inc(2)
    return a.n, b.n


f(1, 3)  # -> (0, 2)
f(2, 3)  # -> (2, 0)
f(2, 0)  # -> (0, 0)


# case: chosen_object_changed_in_a_branch
def f(x, c):
    a = Node(x)
    b = Node(x)
    o = a if x > 1 else b
    if c > 0:
        a.n = 5
    return a.n, b.n, o.n


f(1, 3)  # -> (5, 0, 0)
f(2, 3)  # -> (5, 0, 5)
f(2, 0)  # -> (0, 0, 0)


# case: choice_of_a_choice
def f(x, c):
    a = Node(x)
    b = Node(x)
    o = a if x > 1 else b
    p = o if c > 0 else Node(7)
    if c > 1:
        p.n = 5
    return a.n, b.n, o.n, p.n


f(1, 3)  # -> (0, 5, 5, 5)
f(2, 3)  # -> (5, 0, 5, 5)
f(2, 0)  # -> (0, 0, 0, 0)


# case: one_of_three
def f(x):
    a = Node(x)
    b = Node(x)
    d = Node(x)
    o = a if x > 1 else (b if x > 0 else d)
    o.n = 5
    return a.n, b.n, d.n


f(2)  # -> (5, 0, 0)
f(1)  # -> (0, 5, 0)
f(0)  # -> (0, 0, 5)


# case: one_of_three_lists
def f(x):
    a = [x]
    b = [x]
    d = [x]
    if x > 1:
        o = a
    elif x > 0:
        o = b
    else:
        o = d
    o[0] += 5
    return a, b, d, o


f(2)  # -> ([7], [2], [2], [7])
f(1)  # -> ([1], [6], [1], [6])
f(0)  # -> ([0], [0], [5], [5])


# case: one_of_three_or_an_exception
def f(x):
    a = DN(x)
    b = DN(x)
    d = DN(x)
    if x > 1:
        o = a
    elif x > 0:
        o = b
    elif x > -5:
        o = d
    else:
        raise ValueError("no")
    o.n += 5
    return a.n, b.n, d.n, o.n


f(2)  # -> (5, 0, 0, 5)
f(1)  # -> (0, 5, 0, 5)
f(0)  # -> (0, 0, 5, 5)
f(-9)  # raises ValueError: no


# case: one_object_on_two_ways
def f(x):
    a = Node(x)
    b = Node(x)
    d = Node(x)
    if x > 1:
        o = a if x > 2 else b
    else:
        o = b if x > 0 else a
    o.n += 5
    b.n += 1
    return a.n, b.n, d.n, o.n


f(3)  # -> (5, 1, 0, 5)
f(2)  # -> (0, 6, 0, 6)
f(1)  # -> (0, 6, 0, 6)
f(0)  # -> (5, 1, 0, 5)


# case: smallest_of_objects_or_none
def f(x):
    a = Node(x)
    b = Node(x)
    d = Node(x)
    o = None
    for it in (a, b, d):
        if it.v + x > 2:
            if o is None or it.v < o.v:
                o = it
        x = x - 1
    if o is not None:
        o.inc(3)
    return a.n, b.n, d.n


f(3)  # -> (3, 0, 0)
f(2)  # -> (3, 0, 0)
f(1)  # -> (0, 0, 0)


# case: one_of_two_or_a_new_one
def f(x):
    a = Node(x)
    b = Node(x)
    if x > 1:
        o = a
    elif x > 0:
        o = Node(3)
    else:
        o = b
    o.n = 4
    a.n += 1
    return a.n, b.n, o.n


f(3)  # -> (5, 0, 5)
f(1)  # -> (1, 0, 4)
f(0)  # -> (1, 4, 4)


# case: one_of_three_changed_in_a_loop
def f(x, k):
    a = Node(x)
    b = Node(x)
    d = Node(x)
    if x > 1:
        o = a
    elif x > 0:
        o = b
    else:
        o = d
    for i in range(k):
        o.n += i
    return a.n, b.n, d.n, o.n


f(2, 3)  # -> (3, 0, 0, 3)
f(1, 3)  # -> (0, 3, 0, 3)
f(0, 3)  # -> (0, 0, 3, 3)


# case: pairs_of_objects
def f(x):
    a = Node(x)
    b = Node(x)
    d = Node(x)
    pair = (a, b) if x > 2 else ((b, d) if x > 1 else (d, a))
    pair[0].n = 3
    pair[1].n = 4
    return a.n, b.n, d.n


f(3)  # -> (3, 4, 0)
f(2)  # -> (0, 3, 4)
f(1)  # -> (4, 0, 3)
