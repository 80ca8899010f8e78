"""Dicts and sets of Python's keys, where a tensor is looked up."""

from collections import Counter, OrderedDict, defaultdict

import pygraph as pg

PRICES = {1: 10, 2: 25, 5: 40}
SMALL = frozenset({2, 3, 5, 7})


# case: in_a_set
def f(v):
    return v in {1, 2, 3}, v not in {1, 2}, v in SMALL, v in set()


f(2)  # -> (True, False, True, False)
f(3)  # -> (True, True, True, False)
f(9)  # -> (False, True, False, False)


# case: in_a_loop
def f(n):
    found = []
    for i in range(n):
        if i in SMALL or i in PRICES:
            found.append(i)
    return found


f(8)  # -> [1, 2, 3, 5, 7]


# case: other_keys_are_never_equal
def f(v):
    return v in {"a", 1, None, (1, 2)}, v in {"a": 1, 2: 3}, v in {1: 2}.keys()


f(1)  # -> (True, False, True)
f(2)  # -> (False, True, False)


# case: fractions
def f(v):
    return v in {1, 2.5}, v in {2: 0}


f(2.5)  # -> (True, False)
f(2.0)  # -> (False, True)


# case: pairs
def f(i, j):
    walls = {(0, 1), (2, 2)}
    names = {(0, 1): 5, (1, 1): 6}
    return (i, j) in walls, (i, j) in names, (i, 2) in walls


f(0, 1)  # -> (True, True, False)
f(2, 2)  # -> (True, False, True)


# case: look_up
def f(v):
    return PRICES[v]


f(5)  # -> 40
f(1)  # -> 10
f(3)  # raises KeyError


# case: look_up_in_a_loop
def f(x):
    total = 0
    for v in x:
        if v in PRICES:
            total += PRICES[v]
    return total


f([1, 5, 3, 2])  # -> 75


# case: look_up_tuples
def f(n):
    moves = {0: (0, 1), 1: (1, 0), 2: (0, -1), 3: (-1, 0)}
    x = y = 0
    for i in range(n):
        dx, dy = moves[i % 4]
        x += dx * i
        y += dy * i
    return x, y


f(7)  # -> (3, -4)


# case: look_up_pairs
def f(i, j):
    table = {(0, 0): 1.5, (0, 1): 2.5}
    return table[i, j] + table.get((j, i), 100.0)


f(0, 0)  # -> 3.0
f(0, 1)  # -> 102.5


# case: look_up_tensors
def f(x, k):
    parts = {1: x, 2: x * 2}
    return parts[k]


f([1.0, 2.0], 2)  # -> [2.0, 4.0]


# case: get
def f(v):
    return PRICES.get(v, -1), {}.get(v, 7), PRICES.get(5), PRICES.get(6)


f(2)  # -> (25, 7, 40, None)
f(3)  # -> (-1, 7, 40, None)


# case: get_or_none
def f(v):
    return PRICES.get(v)


f(2)  # -> 25
# staged raises TypeError: Give it a default


# case: assign_to_known_keys
def f(x):
    counts = {0: 0, 1: 0, 2: 0}
    for v in x:
        counts[v % 3] += 1
        counts[v % 3] *= 2
    return counts


f([1, 4, 3])  # -> {0: 2, 1: 6, 2: 0}


# case: assign_to_an_unknown_key
def f(v):
    counts = {0: 0}
    counts[v] = 5
    return counts[0]


f(0)  # -> 5
f(1)  # -> 0
# staged raises KeyError: a graph adds no keys


# case: ordered
def f(v):
    d = OrderedDict([(3, 1), (1, 2)])
    d[v] = d[v] + 10
    return d


f(1)  # -> OrderedDict([(3, 1), (1, 12)])


# case: counter
def f(v):
    seen = Counter([1, 1, 2])
    return seen[v], seen[v + 1]


f(1)  # -> (2, 1)
f(2)  # -> (1, 0)


# case: default_dict
def f(v):
    d = defaultdict(int, {1: 5})
    return d[v]


f(1)  # -> 5
f(2)  # -> 0
# staged raises KeyError: a graph adds no keys


# case: functions
def twice(y):
    return y + y


def f(v, x):
    table = {0: lambda y: y + 1, 1: lambda y: y * 2}
    either = [twice, abs]
    return table[v](x) + either[v](x)


f(1, -5)  # -> -5
f(0, 5)  # -> 16


# case: functions_that_capture
def f(v, x):
    table = {0: lambda y: y + x, 1: lambda y: y * x}
    return table[v](x)


f(1, 5)  # -> 25
# staged raises TypeError: a tensor decides which function is taken


# case: text
def f(v):
    names = {1: "one", 2: "two"}
    ends = ["even", "odd"]
    return names[v], names.get(v + 1, "many"), ends[v % 2]


f(1)  # -> ("one", "two", "odd")
f(2)  # -> ("two", "many", "even")


# case: add_to_a_set
def f(v):
    seen = set()
    seen.add(v)
    return len(seen)


f(1)  # -> 1
# staged raises TypeError: a graph adds and removes none


# case: seen_in_a_loop
def f(x):
    seen = set()
    for v in x:
        if v in seen:
            return v
        seen.add(v)
    return -1


f([3, 1, 3])  # -> 3
# staged raises TypeError: a graph adds and removes none


# case: python_keys
def f(x):
    d = {"a": 1}
    d["b"] = x
    d.setdefault("c", 5)
    seen = {1}
    seen.add(2)
    seen.discard(1)
    return d["a"] + d.get("b") + d.pop("c"), len(seen), 2 in seen


f(3)  # -> (9, 1, True)


# case: keys_with_an_equality_of_their_own
class Name:
    def __init__(self, text):
        self.text = text

    def __eq__(self, other):
        return self.text == other.text

    def __hash__(self):
        return hash(self.text)


def f(n):
    prices = {Name("tea"): 2, Name("milk"): 1}
    total = 0
    if n > 1:
        total += prices[Name("tea")] * n
        prices[Name("milk")] = n
    return total + prices.get(Name("milk")), Name("tea") in prices, Name("jam") in prices


f(3)  # -> (9, True, False)
f(1)  # -> (1, True, False)


# case: chosen_text_as_the_key_of_a_count
def f(x):
    counts = {"even": 0, "odd": 0}
    for v in x:
        counts["even" if v % 2 == 0 else "odd"] += 1
    return counts


f([1, 2, 3])  # -> {"even": 1, "odd": 2}


# case: chosen_text_as_a_key
def f(x):
    limits = {"low": 1.5, "high": 4.0}
    key = "low" if x < 2 else "high"
    before = limits[key]
    limits[key] = x
    return before, limits


f(1.0)  # -> (1.5, {"low": 1.0, "high": 4.0})
f(2.0)  # -> (4.0, {"low": 1.5, "high": 2.0})


# case: chosen_keys_that_are_the_same
def f(x):
    counts = {"a": 0, "b": 0}
    counts["a" if x > 2 else "b" if x > 1 else "a"] += x
    return counts


f(3)  # -> {"a": 3, "b": 0}
f(2)  # -> {"a": 0, "b": 2}
f(1)  # -> {"a": 1, "b": 0}
