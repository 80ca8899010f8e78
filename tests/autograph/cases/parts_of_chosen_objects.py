import numpy as np

import pygraph as pg


class Box:
    def __init__(self, v, items=None):
        self.v = v
        self.items = items

    def set(self, v):
        self.v = v


# case: attribute_of_an_attribute
def f(c, x):
    a = Box(Box(x))
    b = Box(Box(x + 1))
    o = a if c else b
    o.v.v = 99
    return a.v.v, b.v.v, o.v.v


f(True, 1)  # -> (99, 2, 99)
f(True, 3)  # -> (99, 4, 99)
f(False, 1)  # -> (1, 99, 99)
f(False, 3)  # -> (3, 99, 99)


# case: written_by_the_older_name
def f(c, x):
    a = Box(Box(x))
    b = Box(Box(x + 1))
    if c:
        o = a
    else:
        o = b
    a.v.v = 50
    b.v.v += 7
    return a.v.v, b.v.v, o.v.v


f(True, 1)  # -> (50, 9, 50)
f(True, 3)  # -> (50, 11, 50)
f(False, 1)  # -> (50, 9, 9)
f(False, 3)  # -> (50, 11, 11)


# case: dict_in_a_dict
def f(c, x):
    a = {"k": {"z": x}}
    b = {"k": {"z": x + 1}}
    o = a if c else b
    o["k"]["z"] += 99
    return a["k"]["z"], b["k"]["z"], o["k"]["z"]


f(True, 1)  # -> (100, 2, 100)
f(True, 3)  # -> (102, 4, 102)
f(False, 1)  # -> (1, 101, 101)
f(False, 3)  # -> (3, 103, 103)


# case: list_in_a_list
def f(c, x):
    a = [[x, 1], [2, 3]]
    b = [[x + 1, 1], [2, 3]]
    o = a if c else b
    o[0][0] = 99
    o[1][1] = x
    return a, b, o


f(True, 1)  # -> ([[99, 1], [2, 1]], [[2, 1], [2, 3]], [[99, 1], [2, 1]])
f(True, 3)  # -> ([[99, 1], [2, 3]], [[4, 1], [2, 3]], [[99, 1], [2, 3]])
f(False, 1)  # -> ([[1, 1], [2, 3]], [[99, 1], [2, 1]], [[99, 1], [2, 1]])
f(False, 3)  # -> ([[3, 1], [2, 3]], [[99, 1], [2, 3]], [[99, 1], [2, 3]])


# case: list_in_an_object
def f(c, x):
    a = Box(0, [x, 1])
    b = Box(0, [x + 1, 1])
    o = a if c else b
    o.items[0] = 99
    return a.items, b.items, o.items


f(True, 1)  # -> ([99, 1], [2, 1], [99, 1])
f(True, 3)  # -> ([99, 1], [4, 1], [99, 1])
f(False, 1)  # -> ([1, 1], [99, 1], [99, 1])
f(False, 3)  # -> ([3, 1], [99, 1], [99, 1])


# case: array_in_an_object
def f(c, x):
    a = Box(np.zeros(3))
    b = Box(np.ones(3))
    o = a if c else b
    o.v[0] = x
    return a.v, b.v, o.v


f(True, 1)  # -> ([1.0, 0.0, 0.0], [1.0, 1.0, 1.0], [1.0, 0.0, 0.0])
f(True, 3)  # -> ([3.0, 0.0, 0.0], [1.0, 1.0, 1.0], [3.0, 0.0, 0.0])
f(False, 1)  # -> ([0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0])
f(False, 3)  # -> ([0.0, 0.0, 0.0], [3.0, 1.0, 1.0], [3.0, 1.0, 1.0])


# case: tensor_in_an_object
def f(c, x):
    a = Box(pg.zeros(3))
    b = Box(pg.ones(3))
    o = a if c else b
    o.v[0] = 99.0
    a.v[1] = 5.0
    return a.v, b.v, o.v


f(True, 1)  # -> ([99.0, 5.0, 0.0], [1.0, 1.0, 1.0], [99.0, 5.0, 0.0])
f(True, 3)  # -> ([99.0, 5.0, 0.0], [1.0, 1.0, 1.0], [99.0, 5.0, 0.0])
f(False, 1)  # -> ([0.0, 5.0, 0.0], [99.0, 1.0, 1.0], [99.0, 1.0, 1.0])
f(False, 3)  # -> ([0.0, 5.0, 0.0], [99.0, 1.0, 1.0], [99.0, 1.0, 1.0])


# case: method_of_an_attribute
def f(c, x):
    a = Box(Box(x))
    b = Box(Box(x + 1))
    o = a if c else b
    o.v.set(99)
    return a.v.v, b.v.v, o.v.v


f(True, 1)  # -> (99, 2, 99)
f(True, 3)  # -> (99, 4, 99)
f(False, 1)  # -> (1, 99, 99)
f(False, 3)  # -> (3, 99, 99)


# case: replaced_in_between
def f(c, x):
    a = Box(Box(Box(x)))
    b = Box(Box(Box(x + 1)))
    o = a if c else b
    w = o.v
    w.v.v = 99
    o.v = Box(Box(x + 5))
    w.v.v += 1
    return a.v.v.v, b.v.v.v, o.v.v.v, w.v.v


f(True, 1)  # -> (6, 2, 6, 100)
f(True, 3)  # -> (8, 4, 8, 100)
f(False, 1)  # -> (1, 6, 6, 100)
f(False, 3)  # -> (3, 8, 8, 100)


# case: one_part_in_both
def f(c, x):
    s = Box(x)
    a = Box(s)
    b = Box(s)
    o = a if c else b
    o.v.v = 99
    return s.v, a.v.v, b.v.v, o.v.v


f(True, 1)  # -> (99, 99, 99, 99)
f(True, 3)  # -> (99, 99, 99, 99)
f(False, 1)  # -> (99, 99, 99, 99)
f(False, 3)  # -> (99, 99, 99, 99)


# case: written_in_branches
def f(c, x):
    a = Box(Box(x))
    b = Box(Box(x + 1))
    o = a if c else b
    if x > 2:
        o.v.v = 99
    else:
        a.v.v = 12
    return a.v.v, b.v.v, o.v.v


f(True, 1)  # -> (12, 2, 12)
f(True, 3)  # -> (99, 4, 99)
f(False, 1)  # -> (12, 2, 2)
f(False, 3)  # -> (3, 99, 99)


# case: written_in_a_loop
def f(c, x):
    a = Box(Box(x))
    b = Box(Box(x + 1))
    o = a if c else b
    for i in range(x):
        o.v.v += i
        a.v.v += 1
    return a.v.v, b.v.v, o.v.v


f(True, 1)  # -> (2, 2, 2)
f(True, 3)  # -> (9, 4, 9)
f(False, 1)  # -> (2, 2, 2)
f(False, 3)  # -> (6, 7, 7)


# case: tuples_of_objects
def f(c, x):
    a = Box(Box(x))
    b = Box(Box(x + 1))
    o = (a, b) if c else (b, a)
    o[0].v.v = 99
    return a.v.v, b.v.v, o[0].v.v, o[1].v.v


f(True, 1)  # -> (99, 2, 99, 2)
f(True, 3)  # -> (99, 4, 99, 4)
f(False, 1)  # -> (1, 99, 99, 1)
f(False, 3)  # -> (3, 99, 99, 3)


# case: choice_of_choices
def f(c, x):
    a = Box(Box(x))
    b = Box(Box(x + 1))
    d = Box(Box(x + 2))
    o = a if c else (b if x > 2 else d)
    o.v.v += 99
    return a.v.v, b.v.v, d.v.v, o.v.v


f(True, 1)  # -> (100, 2, 3, 100)
f(True, 3)  # -> (102, 4, 5, 102)
f(False, 1)  # -> (1, 2, 102, 102)
f(False, 3)  # -> (3, 103, 5, 103)


# case: part_made_in_the_branch
def f(c, x):
    a = Box(Box(x))
    b = Box(Box(x + 1))
    if c:
        a.v = Box(x * 3)
        o = a
    else:
        o = b
    o.v.v += 99
    a.v.v += 1
    return a.v.v, b.v.v, o.v.v


f(True, 1)  # -> (103, 2, 103)
f(True, 3)  # -> (109, 4, 109)
f(False, 1)  # -> (2, 101, 101)
f(False, 3)  # -> (4, 103, 103)


# case: identity
def f(c, x):
    a = Box(x)
    b = Box(x + 1)
    o = a if c else b
    return (o is a), (o is b), (o == a), (o is not a), o in [a], o in (b,)


f(True, 1)  # -> (True, False, True, False, True, False)
f(True, 3)  # -> (True, False, True, False, True, False)
f(False, 1)  # -> (False, True, False, True, False, True)
f(False, 3)  # -> (False, True, False, True, False, True)


# case: list_in_a_dict_in_an_object
def f(c, x):
    def pick(c):
        a_ = Box(1)
        return a_

    a = Box({"n": [x, x]})
    b = Box({"n": [x, x + 1]})
    o = a if c else b
    o.v["n"][1] += 5
    b.v["n"][0] = 0
    return a.v, b.v, o.v


f(True, 1)  # -> ({'n': [1, 6]}, {'n': [0, 2]}, {'n': [1, 6]})
f(True, 3)  # -> ({'n': [3, 8]}, {'n': [0, 4]}, {'n': [3, 8]})
f(False, 1)  # -> ({'n': [1, 1]}, {'n': [0, 7]}, {'n': [0, 7]})
f(False, 3)  # -> ({'n': [3, 3]}, {'n': [0, 9]}, {'n': [0, 9]})


# case: names_for_parts
def f(c, x):
    a = Box(Box(x))
    b = Box(Box(x + 1))
    o = a if c else b
    p = o.v
    q = a.v
    q.v = 3
    p.v += 1
    return a.v.v, b.v.v, o.v.v, p.v, q.v


f(True, 1)  # -> (4, 2, 4, 4, 4)
f(True, 3)  # -> (4, 4, 4, 4, 4)
f(False, 1)  # -> (3, 3, 3, 3, 3)
f(False, 3)  # -> (3, 5, 5, 5, 3)


# case: index_in_a_list
def f(c, x):
    a = Box(x)
    b = Box(x + 1)
    o = a if c else b
    return [b, a].index(o)


f(True, 1)  # -> 1
f(True, 3)  # -> 1
f(False, 1)  # -> 0
f(False, 3)  # -> 0


# case: chosen_by_a_function
def f(c, x):
    a = Box(Box(x))
    b = Box(Box(x + 1))

    def pick():
        return a if c else b

    pick().v.v = 7
    a.v = Box(1)
    pick().v.v += 3
    return a.v.v, b.v.v


f(True, 1)  # -> (4, 2)
f(True, 3)  # -> (4, 4)
f(False, 1)  # -> (1, 10)
f(False, 3)  # -> (1, 10)


# case: list_grows_once_nobody_has_the_choice
def f(c, x):
    a = Box(0, [x])
    b = Box(0, [x + 1])

    def total(o):
        return o.items[0]

    t = total(a if c else b)
    a.items.append(t)
    return a.items, b.items


f(True, 1)  # -> ([1, 1], [2])
f(True, 3)  # -> ([3, 3], [4])
f(False, 1)  # -> ([1, 2], [2])
f(False, 3)  # -> ([3, 4], [4])


# case: identity_after_a_loop
def f(c, x):
    a = Box(x)
    b = Box(x + 1)
    o = None
    for i in range(3):
        if i == x:
            o = a
        else:
            o = b
    return o.v, o is a


f(True, 1)  # -> (2, False)
f(True, 3)  # -> (4, False)
f(False, 1)  # -> (2, False)
f(False, 3)  # -> (4, False)


# case: arrays
def f(c, x):
    a = np.zeros(3)
    b = np.ones(3)
    o = a if c else b
    o[0] = x
    return a, b, o


f(True, 1)  # -> ([1.0, 0.0, 0.0], [1.0, 1.0, 1.0], [1.0, 0.0, 0.0])
f(True, 3)  # -> ([3.0, 0.0, 0.0], [1.0, 1.0, 1.0], [3.0, 0.0, 0.0])
f(False, 1)  # -> ([0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0])
f(False, 3)  # -> ([0.0, 0.0, 0.0], [3.0, 1.0, 1.0], [3.0, 1.0, 1.0])


# case: arrays_in_lists
def f(c, x):
    a = [np.zeros(3)]
    b = [np.ones(3)]
    o = a if c else b
    o[0][0] = x
    return a, b, o


f(True, 1)  # -> ([[1.0, 0.0, 0.0]], [[1.0, 1.0, 1.0]], [[1.0, 0.0, 0.0]])
f(True, 3)  # -> ([[3.0, 0.0, 0.0]], [[1.0, 1.0, 1.0]], [[3.0, 0.0, 0.0]])
f(False, 1)  # -> ([[0.0, 0.0, 0.0]], [[1.0, 1.0, 1.0]], [[1.0, 1.0, 1.0]])
f(False, 3)  # -> ([[0.0, 0.0, 0.0]], [[3.0, 1.0, 1.0]], [[3.0, 1.0, 1.0]])


# case: array_or_a_new_one
def f(c, x):
    a = np.zeros(3)
    o = a
    if c:
        o = np.ones(3)
    o[0] = x
    a[1] = 7
    return a, o


f(True, 1)  # -> ([0.0, 7.0, 0.0], [1.0, 1.0, 1.0])
f(True, 3)  # -> ([0.0, 7.0, 0.0], [3.0, 1.0, 1.0])
f(False, 1)  # -> ([1.0, 7.0, 0.0], [1.0, 7.0, 0.0])
f(False, 3)  # -> ([3.0, 7.0, 0.0], [3.0, 7.0, 0.0])


# case: two_names_for_a_new_array
def f(c, x):
    if c:
        o = p = np.ones(3)
    else:
        o = p = np.zeros(3)
    o[0] = x
    return o, p


f(True, 1)  # -> ([1.0, 1.0, 1.0], [1.0, 1.0, 1.0])
f(True, 3)  # -> ([3.0, 1.0, 1.0], [3.0, 1.0, 1.0])
f(False, 1)  # -> ([1.0, 0.0, 0.0], [1.0, 0.0, 0.0])
f(False, 3)  # -> ([3.0, 0.0, 0.0], [3.0, 0.0, 0.0])


# case: arrays_in_a_loop
def f(c, x):
    a = np.zeros(3)
    b = np.ones(3)
    for i in range(x):
        o = a if c else b
        o[i] += x
        a[0] += 1
    return a, b


f(True, 1)  # -> ([2.0, 0.0, 0.0], [1.0, 1.0, 1.0])
f(True, 3)  # -> ([6.0, 3.0, 3.0], [1.0, 1.0, 1.0])
f(False, 1)  # -> ([1.0, 0.0, 0.0], [2.0, 1.0, 1.0])
f(False, 3)  # -> ([3.0, 0.0, 0.0], [4.0, 4.0, 4.0])


# case: arrays_swapped
def f(c, x):
    a = np.zeros(3)
    b = np.ones(3)
    for i in range(x):
        a, b = b, a
        a[i] += x
    return a, b


f(True, 1)  # -> ([2.0, 1.0, 1.0], [0.0, 0.0, 0.0])
f(True, 3)  # -> ([4.0, 1.0, 4.0], [0.0, 3.0, 0.0])
f(False, 1)  # -> ([2.0, 1.0, 1.0], [0.0, 0.0, 0.0])
f(False, 3)  # -> ([4.0, 1.0, 4.0], [0.0, 3.0, 0.0])


# case: rows_of_arrays
def f(c, x):
    a = np.zeros((3, 3))
    b = np.ones((3, 3))
    o = a if c else b
    o[1, :] = x
    row = o[2]
    row[0] = 3
    return a, b, o


f(
    True, 1
)  # -> ([[0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [3.0, 0.0, 0.0]], [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]], [[0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [3.0, 0.0, 0.0]])
f(
    True, 3
)  # -> ([[0.0, 0.0, 0.0], [3.0, 3.0, 3.0], [3.0, 0.0, 0.0]], [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0]], [[0.0, 0.0, 0.0], [3.0, 3.0, 3.0], [3.0, 0.0, 0.0]])
f(
    False, 1
)  # -> ([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]], [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [3.0, 1.0, 1.0]], [[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [3.0, 1.0, 1.0]])
f(
    False, 3
)  # -> ([[0.0, 0.0, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]], [[1.0, 1.0, 1.0], [3.0, 3.0, 3.0], [3.0, 1.0, 1.0]], [[1.0, 1.0, 1.0], [3.0, 3.0, 3.0], [3.0, 1.0, 1.0]])


# case: array_or_its_copy
def f(c, x):
    a = np.zeros(3)
    b = a if c else a.copy()
    b += 1
    a *= 2
    return a, b


f(True, 1)  # -> ([2.0, 2.0, 2.0], [2.0, 2.0, 2.0])
f(True, 3)  # -> ([2.0, 2.0, 2.0], [2.0, 2.0, 2.0])
f(False, 1)  # -> ([0.0, 0.0, 0.0], [1.0, 1.0, 1.0])
f(False, 3)  # -> ([0.0, 0.0, 0.0], [1.0, 1.0, 1.0])


# case: chosen_again_and_written_by_the_first_name
def f(c, x):
    s = Box(1)
    t = Box(2)
    a = s if c else t
    o = a if x > 2 else s
    s.v = 50
    return s.v, t.v, a.v, o.v


f(True, 1)  # -> (50, 2, 50, 50)
f(True, 3)  # -> (50, 2, 50, 50)
f(False, 1)  # -> (50, 2, 2, 50)
f(False, 3)  # -> (50, 2, 2, 2)


# case: written_by_both_first_names
def f(c, x):
    s = Box(1)
    t = Box(2)
    a = s if c else t
    b = t if c else s
    o = a if x > 2 else b
    s.v = 50
    t.v = 60
    return s.v, t.v, a.v, o.v, b.v


f(True, 1)  # -> (50, 60, 50, 60, 60)
f(True, 3)  # -> (50, 60, 50, 50, 60)
f(False, 1)  # -> (50, 60, 60, 50, 50)
f(False, 3)  # -> (50, 60, 60, 60, 50)


# case: chosen_among_chosen
def f(c, x):
    s = Box(1)
    t = Box(2)
    a = s if c else t
    b = t if c else s
    o = a if x > 2 else b
    o.v = 50
    return s.v, t.v, a.v, o.v, b.v


f(True, 1)  # -> (1, 50, 1, 50, 50)
f(True, 3)  # -> (50, 2, 50, 50, 2)
f(False, 1)  # -> (50, 2, 2, 50, 50)
f(False, 3)  # -> (1, 50, 50, 50, 1)


# case: written_by_all_names
def f(c, x):
    s = Box(1)
    t = Box(2)
    u = Box(3)
    a = s if c else t
    b = u if c else s
    o = a if x > 2 else b
    s.v = 50
    a.v += 1
    o.v += 5
    b.v += 10
    return s.v, t.v, a.v, o.v, b.v, u.v


f(True, 1)  # -> (51, 2, 51, 18, 18, 18)
f(True, 3)  # -> (56, 2, 56, 56, 13, 13)
f(False, 1)  # -> (65, 3, 3, 65, 65, 3)
f(False, 3)  # -> (60, 8, 8, 8, 60, 3)


# case: parts_written_by_all_names
def f(c, x):
    s = Box(Box(1))
    t = Box(Box(2))
    u = Box(Box(3))
    a = s if c else t
    b = u if c else s
    o = a if x > 2 else b
    s.v.v = 50
    a.v.v += 1
    o.v.v += 5
    b.v.v += 10
    return s.v.v, t.v.v, a.v.v, o.v.v, b.v.v, u.v.v


f(True, 1)  # -> (51, 2, 51, 18, 18, 18)
f(True, 3)  # -> (56, 2, 56, 56, 13, 13)
f(False, 1)  # -> (65, 3, 3, 65, 65, 3)
f(False, 3)  # -> (60, 8, 8, 8, 60, 3)


# case: chosen_among_chosen_in_a_loop
def f(c, x):
    s = Box(1)
    t = Box(2)
    a = s if c else t
    for i in range(x):
        o = a if i % 2 == 0 else s
        o.v += 10
        s.v += 100
        t.v += 1000
    return s.v, t.v, a.v


f(True, 1)  # -> (111, 1002, 111)
f(True, 3)  # -> (331, 3002, 331)
f(False, 1)  # -> (101, 1012, 1012)
f(False, 3)  # -> (311, 3022, 3022)


# case: part_of_another_replaced
def f(c, x):
    a = Box(Box(x))
    b = Box(Box(x + 1))
    inner = b.v
    o = a if c else b
    a.v = Box(0)
    o.v.v = 4
    return a.v.v, b.v.v, inner.v


f(True, 1)  # -> (4, 2, 2)
f(True, 3)  # -> (4, 4, 4)
f(False, 1)  # -> (0, 4, 4)
f(False, 3)  # -> (0, 4, 4)
