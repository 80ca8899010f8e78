import collections


class O:
    pass


# case: read_in_a_loop_before_it_is_set
def f(a, n):
    d = collections.defaultdict(int)
    for i in range(n):
        z = d["a"] - 1
        if i > a:
            d["a"] += 2
    return d["a"]


f(0, 1)  # -> 0
f(0, 4)  # -> 6
f(1, 4)  # -> 4
f(3, 4)  # -> 0


# case: kept_in_a_variable
def f(a, n):
    d = collections.defaultdict(int)
    for i in range(n):
        p = d["a"]
        if i > a:
            d["a"] += 2
    return d["a"]


f(0, 1)  # -> 0
f(0, 4)  # -> 6
f(1, 4)  # -> 4
f(3, 4)  # -> 0


# case: added_to_under_a_condition
def f(a, n):
    d = collections.defaultdict(int)
    for i in range(n):
        if i > a:
            d["a"] += 2
    return d["a"]


f(0, 1)  # -> 0
f(0, 4)  # -> 6
f(1, 4)  # -> 4
f(3, 4)  # -> 0


# case: read_and_added_to_in_each_iteration
def f(a, n):
    d = collections.defaultdict(int)
    i = 0
    while i < n:
        z = d["a"] - 1
        d["a"] += 2
        i += 1
    return d["a"], z


f(0, 1)  # -> (2, -1)
f(0, 4)  # -> (8, 5)
f(1, 4)  # -> (8, 5)
f(3, 4)  # -> (8, 5)


# case: attribute_set_where_there_is_none
def f(a, n):
    d = O()
    i = 0
    z = 0
    while i < n:
        if hasattr(d, "a"):
            z = d.a
        else:
            d.a = 0
        d.a += 2
        i += 1
    return d.a, z


f(0, 1)  # -> (2, 0)
f(0, 4)  # -> (8, 6)
f(1, 4)  # -> (8, 6)
f(3, 4)  # -> (8, 6)


# case: lists_by_key
def f(a, n):
    d = collections.defaultdict(list)
    for i in range(n):
        z = len(d["a"])
        if i > a:
            d["a"].append(i)
    return len(d["a"])


f(0, 1)  # -> 0
f(0, 4)  # -> 3
f(1, 4)  # -> 2
f(3, 4)  # -> 0


# case: item_of_a_counter_as_an_argument
def f(a, n):
    tally = collections.Counter()

    def g(p):
        if a > 100:
            p = 5
        p -= 1
        return p

    for i in range(n):
        z = g(tally["a"])
        if i > a:
            tally["a"] += 2
    return g(tally["a"])


f(0, 1)  # -> -1
f(0, 4)  # -> 5
f(1, 4)  # -> 3
f(3, 4)  # -> -1


# case: item_of_a_counter_in_a_tuple
def f(a, n):
    tally = collections.Counter()
    for i in range(n):
        if a in (0, 2, tally["a"]):
            a += 1
        if i > a:
            tally["a"] += 2
    return a


f(0, 1)  # -> 1
f(0, 4)  # -> 1
f(1, 4)  # -> 1
f(3, 4)  # -> 3


# case: item_of_a_defaultdict_as_an_argument
def f(a, n):
    d = collections.defaultdict(int)

    def g(p):
        if a > 100:
            p = 5
        p -= 1
        return p

    for i in range(n):
        z = g(d["a"])
        if i > a:
            d["a"] += 2
    return g(d["a"])


f(0, 1)  # -> -1
f(0, 4)  # -> 5
f(1, 4)  # -> 3
f(3, 4)  # -> -1


# case: item_that_a_branch_replaces
def f(a, n):
    tally = collections.Counter()
    for i in range(n):
        p = tally["a"]
        if a > 100:
            p = 5
        if i > a:
            tally["a"] += 2
    return p


f(0, 1)  # -> 0
f(0, 4)  # -> 4
f(1, 4)  # -> 2
f(3, 4)  # -> 0


# case: default_of_get
def f(a, n):
    tally = {}
    if n > 2:
        tally["a"] = a
    p = tally.get("a", 3)
    if a > 1:
        p = 7
    p -= 1
    return p, a in (0, tally.get("a", 2))


f(0, 1)  # -> (2, True)
f(0, 4)  # -> (-1, True)
f(1, 4)  # -> (0, True)
f(3, 4)  # -> (6, True)
