"""What stages, and how: loop state, unset variables, tensors as iterables, shapes, built-ins."""

# ruff: noqa: B905, F821, F841
from __future__ import annotations

import gc
import math
import traceback

import numpy as np
import pytest
from support import as_python, nodes, staged

import pygraph as pg
from pygraph import autograph
from pygraph.graph.frames import clean_traceback


def test_sum_squares_of_the_architecture():
    @pg.function
    def sum_squares(n):
        s = 0
        for i in pg.range(n + 1):
            s += i**2
        return s

    assert as_python(sum_squares(pg.asarray(10))) == 385
    assert as_python(sum_squares(pg.asarray(20))) == 2870
    assert sum_squares.tracing_count == 1
    assert as_python(sum_squares(10)) == 385
    assert sum_squares.tracing_count == 2
    with pytest.raises(TypeError, match=r"range: stop must be a scalar.*\n.*sum_squares"):
        sum_squares(pg.asarray([1, 2]))


def test_which_ranges_stage():
    def ours(n):
        total = 0
        for i in pg.range(3):
            total += i
        return total + n

    def pythons(n):
        total = 0
        for i in range(3):
            total += i
        return total + n

    assert "while_loop" in nodes(ours, 1)
    assert "while_loop" not in nodes(pythons, 1)
    assert staged(ours, 1) == staged(pythons, 1) == 4


def test_python_conditions_do_not_stage():
    def use(x, flag):
        if flag:
            y = x + 1
        else:
            y = [x]
        return y

    compiled = pg.function(use)
    assert as_python(compiled(pg.asarray(1), True)) == 2
    assert as_python(compiled(pg.asarray(1), False)) == [1]


def test_loops_over_tensors():
    def rows(x):
        total = 0.0
        last = None
        for row in x:
            total += pg.sum(row)
            last = row
        return total, last

    matrix = [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]
    assert staged(rows, matrix) == (21.0, [5.0, 6.0])
    assert "while_loop" in nodes(rows, matrix)
    total, last = pg.function(rows)(pg.asarray(np.zeros((0, 2))))
    assert total == 0.0
    assert last is None


def test_enumerate_zip_and_reversed():
    def use(x, y):
        total = 0
        for i, (a, b) in enumerate(zip(x, y), 1):
            if a > b:
                continue
            total += i * a - b
        for k in reversed(range(sum(x))):
            total = total * 2 + k
            if total > 500:
                break
        return total

    assert staged(use, [1, 2, 3], [3, 1, 5]) == use([1, 2, 3], [3, 1, 5])


def use_shape(x, n):
    for _ in range(n):
        x = pg.concat([x, x[:1] * 2])
    return x


def test_a_changing_shape_becomes_unknown():
    assert staged(use_shape, [1, 2], 3) == [1, 2, 2, 2, 2]
    concrete = pg.function(use_shape).get_concrete_function(pg.asarray([1, 2]), pg.asarray(3))
    assert concrete.outputs[0].shape == (None,)

    def branch(x, flag):
        return pg.concat([x, x]) if flag else x

    assert staged(branch, [1, 2], True) == [1, 2, 1, 2]
    assert staged(branch, [1, 2], False) == [1, 2]


def test_numbers_take_the_dtype_of_the_body():
    def use(x, n):
        total = 0
        product = 1
        count = 0
        for _ in range(n):
            total += x
            product = product * 0.5
            count += 1
        return total, product, count

    total, product, count = pg.function(use)(pg.asarray(1.5, dtype=pg.float32), pg.asarray(3))
    assert (total.dtype, product.dtype, count.dtype) == (pg.float32, pg.float64, pg.int64)
    assert as_python((total, product, count)) == (4.5, 0.125, 3)
    total, _, _ = pg.function(use)(pg.asarray(1.5, dtype=pg.float32), pg.asarray(0))
    assert total.dtype == pg.float32


def test_indices_of_python_ranges_are_numbers():
    def use(x, n):
        for i in range(n):
            x = x * i + 1
        return x

    assert pg.function(use)(pg.asarray(1.0, dtype=pg.float32), pg.asarray(2)).dtype == pg.float32


def test_nested_state():
    def use(n):
        state = {"a": [0, 1.0], "b": (n, {"c": n * 2})}
        while state["b"][0] > 0:
            a, b = state["a"], state["b"]
            state = {
                "b": (b[0] - 1, {"c": b[1]["c"] + a[0]}),
                "a": [a[0] + 1, a[1] * 2],
            }
        return state

    assert staged(use, 3) == use(3)


def test_unset_variables_at_run_time():
    def use(n):
        for i in range(n):
            if i > 2:
                found = i
        return found  # the line

    compiled = pg.function(use)
    assert as_python(compiled(pg.asarray(5))) == 4
    with pytest.raises(UnboundLocalError, match="'found'") as caught:
        compiled(pg.asarray(2))
    last = caught.traceback[-1]
    assert (last.path.name, last.name) == ("test_staged_forms.py", "use")
    assert str(last.statement).strip().endswith("# the line")


def test_unset_variables_in_the_first_iterations():
    def use(n):
        i = 0
        while i < n:
            if i > 2:
                z = y + 1
            y = i
            i += 1
        return z

    assert staged(use, 6) == 5
    with pytest.raises(UnboundLocalError, match="'z'"):
        staged(use, 2)


def test_a_read_that_never_succeeds_is_an_error_when_tracing():
    def use(n):
        while n > 0:
            n -= y
            y = 1
        return n

    with pytest.raises(UnboundLocalError, match="'y'"):
        pg.function(use).get_concrete_function(pg.asarray(1))


def test_none_before():
    def use(x):
        best = None
        at = None
        for i in range(x.shape[0]):
            if best is None or x[i] > best:
                best, at = x[i], i
        return (best, at) if best is not None else (-1, -1)

    @pg.function
    def dynamic(x, n):
        best = None
        for i in range(n):
            if best is None or x[i] > best:
                best = x[i]
        if best is None:
            return -1
        return best

    assert staged(use, [3, 9, 4]) == (9, 1)
    assert as_python(dynamic(pg.asarray([3, 9, 4]), pg.asarray(3))) == 9
    assert as_python(dynamic(pg.asarray([3, 9, 4]), pg.asarray(0))) == -1


def test_endless_loops_keep_their_variables_set():
    def use(x):
        steps = 0
        while True:
            steps += 1
            half = x / 2
            if half < 1:
                break
            x = half
        return half, steps

    assert staged(use, 10.0) == use(10.0)
    assert "check_defined" not in nodes(use, 10.0)
    # The iteration that found out that the loop must be staged leaves nothing behind.
    assert nodes(use, 10.0).count("divide") == 1


def test_leaving_an_unrolled_loop():
    def use(x):
        total = 0
        for i in [1, 2, 3, 4]:
            if x == i:
                continue
            if total > 4:
                break
            total += i
        else:
            total += 100
        return total

    for x in (1, 2, 3, 9):
        assert staged(use, x) == use(x)


def test_return_from_an_unrolled_loop():
    def use(x):
        for limit in (1, 10, 100):
            if x < limit:
                return limit
        return -1

    for x in (0, 5, 50, 500):
        assert staged(use, x) == use(x)


def test_closures_that_assign():
    def use(n):
        count = 0
        seen = n * 0

        def bump(by):
            nonlocal count
            if by > 1:
                count += by
            return count

        def look():
            nonlocal seen
            seen = seen + bump(1)

        for i in range(n):
            bump(i)
            look()
        if n > 3:
            look()
        return count, seen

    for n in (0, 2, 5):
        assert staged(use, n) == use(n)


def test_functions_called_are_converted():
    def clip(x):
        if x > 3:
            return 3
        return x

    class Model:
        def __init__(self, scale):
            self.scale = scale

        def __call__(self, x):
            return clip(x) * self.scale if x > 0 else x

    model = Model(2)

    def use(x):
        return model(x) + (lambda y: y if y > 0 else -y)(x) + next(iter(map(clip, [x])))

    for x in (-2, 2, 5):
        assert staged(use, x) == use(x)


def test_built_ins():
    def use(x, y):
        return (
            min(x, y, 3),
            max(x, y),
            abs(x),
            int(x / 2),
            float(y),
            bool(x),
            sum([x, y]),
            min([x, y]),
            round(x / 4),
            divmod(x, 2),
            pow(x, 2),
            x in (y, 7),
            x not in [y],
        )

    for x, y in ((7, 2), (-7, -2), (0, 0)):
        assert staged(use, x, y) == tuple(use(x, y))

    def vector(v):
        return (
            min(v), max(v), sum(v), sum(v, 1), len(v), any(v > 2), all(v > 0), 3 in v, 9 in v,
        )  # fmt: skip

    plain = [3, 1, 2]
    expected = (1, 3, 6, 7, 3, True, True, True, False)
    assert staged(vector, plain) == expected


def test_mathematics():
    def use(x):
        return math.sqrt(x) + math.exp(-x) + math.atan2(x, 2.0) + math.floor(x) + math.log(x, 2)

    assert staged(use, 2.5) == pytest.approx(use(2.5), rel=1e-14)


def test_a_numeric_condition_means_not_zero():
    def use(x):
        return (1 if x else 2), not x, (x and 5), (x or 7)

    for x in (0, 3):
        assert staged(use, x) == use(x)


def test_captured_tensors_decide_as_well():
    limit = pg.asarray(3)

    def use(x):
        while limit > x:
            x += 1
        return x

    assert as_python(pg.function(use)(pg.asarray(0))) == 3
    assert as_python(autograph.convert(use)(pg.asarray(0))) == 3
    assert as_python(pg.function(use)(1)) == 3


def test_loop_invariants_stay_python_values():
    def use(n, data):
        scale = 2
        chosen = 0
        for i in range(n):
            if isinstance(i, str):
                chosen = 1
            data = data + i * scale
        return data, [10, 20][chosen]

    compiled = pg.function(use)
    assert as_python(compiled(pg.asarray(3), pg.asarray(1))) == (7, 10)


def check(function, arguments, kind, *texts):
    with pytest.raises(kind) as caught:
        pg.function(function)(*map(pg.asarray, arguments))
    message = str(caught.value)
    for text in texts:
        assert text in message, message


def test_dtype_that_changes_in_a_loop():
    def use(n):
        x = n * 2
        while n > 0:
            x = x * 0.5
            n -= 1
        return x

    first = use.__code__.co_firstlineno
    check(
        use,
        [3],
        TypeError,
        "variable 'x' is int64[] before the loop and float64[] after an iteration",
        f"test_staged_forms.py:{first + 1}, in use: x = n * 2",
        f"test_staged_forms.py:{first + 3}, in use: x = x * 0.5",
        "pygraph.astype(x, pygraph.float64)",
    )


def test_types_that_differ_between_branches():
    def dtype(x):
        if x > 0:
            y = x
        else:
            y = x * 1.5
        return y

    def rank(x):
        if x > 0:
            y = x
        else:
            y = pg.reshape(x, (1,))
        return y

    def structure(x):
        if x > 0:
            y = [x, x]
        else:
            y = (x,)
        return y

    def value(x):
        if x > 0:
            y = {"a"}
        else:
            y = {"b"}
        return y

    first = dtype.__code__.co_firstlineno
    check(
        dtype,
        [1],
        TypeError,
        "variable 'y'",
        "int64[]",
        "float64[]",
        f":{first + 2}",
        f":{first + 4}",
    )
    check(rank, [1], ValueError, "variable 'y'", "int64[]", "int64[1]", "dimensions")
    check(structure, [1], TypeError, "variable 'y'", "[*, *]", "(*,)")
    check(value, [1], TypeError, "variable 'y'", "{'a'}", "{'b'}")


def test_conditions_that_are_no_scalars():
    def branch(x):
        if x > 0:
            x = x + 1
        return x

    def loop(x):
        while x > 0:
            x = x - 1
        return x

    def negated(x):
        return not x

    for function in (branch, loop, negated):
        check(function, [[1, 2]], ValueError, "must be a scalar", "any(x)", "all(x)")


def test_variables_have_their_values_back_after_an_error():
    cell = []

    def use(n):
        x = n
        try:
            while x > 0:
                x = x * 0.5
        except TypeError:
            cell.append(x is n)
        return n

    pg.function(use)(pg.asarray(3))
    assert cell == [True]


def test_everything_is_released_without_the_collector():
    class Token:
        pass

    gc.collect()
    gc.disable()
    try:
        import weakref

        token = Token()
        alive = weakref.ref(token)

        def use(n, token=token):
            total = 0
            for i in range(n):
                if i > 2:
                    total += i
                while total > 5:
                    total -= 1
            return total

        compiled = pg.function(use)
        compiled(pg.asarray(5))
        code = weakref.ref(autograph.convert(use))
        assert code() is None
        del use, compiled, token
        assert alive() is None
    finally:
        gc.enable()


def test_none_from_an_expression():
    def assigned(x):
        y = x if x > 0 else None
        if y is None:
            return -1
        return y

    def returned(x):
        return x if x > 0 else None

    assert staged(assigned, 3) == 3
    assert staged(assigned, -3) == -1
    assert staged(returned, 3) == 3
    assert staged(returned, -3) is None


def test_an_error_of_the_users_in_a_staged_branch_says_why_it_ran():
    def use(x):
        if x > 0:
            return {}.nothing
        return x

    with pytest.raises(AttributeError, match="nothing") as caught:
        pg.function(use)(pg.asarray(-1))
    line = use.__code__.co_firstlineno + 1
    assert f"test_staged_forms.py:{line}, in use" in caught.value.__notes__[0]

    def faulty(x):
        if x > 0:
            return pg.reshape(x, (2,))
        return x

    with pytest.raises(ValueError, match="reshape") as fault:
        pg.function(faulty)(pg.asarray(1))
    assert not hasattr(fault.value, "__notes__")
    entries = traceback.extract_tb(clean_traceback(fault.value).__traceback__)
    assert [(entry.name, entry.line) for entry in entries][1:] == [
        ("faulty", "return pg.reshape(x, (2,))")
    ]


def test_a_large_unrolled_loop_warns():
    def use(x):
        for _ in range(10_001):
            x = x + 1
        return x

    with pytest.warns(UserWarning, match=r"10000 iterations.*test_staged_forms.py:\d+, in use"):
        assert staged(use, 1) == 10_002


def test_jumps_out_of_finally():
    def native(x):
        try:
            x = x // 0
        finally:
            return -1  # noqa: B012

    def lowered(x):
        for _ in range(x):
            try:
                x = x + 1
            finally:
                break  # noqa: B012
        return x

    assert autograph.convert(native)(3) == -1
    assert autograph.convert(lowered)(3) == lowered(3) == 4
    assert [pg.function(lowered)(pg.asarray(x)).item() for x in (3, 0)] == [4, 0]


COUNTER = 0


def test_globals_nonlocals_and_private_names():
    class Holder:
        def run(self, n):
            __total = 0
            for __i in range(n):
                if __i > 1:
                    __total += __i
            return __total

    assert staged(Holder().run, 5) == 9

    outside = 5

    def use(n):
        global COUNTER
        nonlocal outside
        while n > 0:
            COUNTER += n
            if n > 2:
                outside = outside + COUNTER
            n -= 1
        result = COUNTER, outside
        COUNTER, outside = 0, 5
        return result

    assert staged(use, 4) == (10, 16)
    assert (COUNTER, outside) == (0, 5)


def test_closures_over_variables_that_may_be_unset():
    def use(n):
        def look():
            return seen + 1

        for i in range(n):
            if i > 1:
                seen = i
        return look()

    assert staged(use, 4) == 4
    with pytest.raises(NameError, match="free variable 'seen'"):
        staged(use, 1)


def test_assertions_that_the_test_runner_rewrote():
    def use(x, flag):
        assert flag, "always"
        if x > 0:
            return x
        return -x

    assert as_python(pg.function(use)(pg.asarray(-3), True)) == 3


def test_deleted_variables():
    def use(x):
        y = x
        if x > 0:
            del y
        else:
            y = x * 2
        return y

    assert staged(use, -2) == -4
    with pytest.raises(UnboundLocalError, match="'y'"):
        staged(use, 2)


def test_try_and_with_around_staged_code():
    class Doubling:
        def __init__(self):
            self.depth = 0

        def __enter__(self):
            self.depth += 1
            return self

        def __exit__(self, *_):
            self.depth -= 1

    manager = Doubling()

    def use(x):
        try:
            with manager as m:
                if x > 0:
                    return x * m.depth
                for i in range(5):
                    if x + i > 0:
                        return i * 100
        finally:
            manager.depth += 10
        return x * 7

    assert [staged(use, x) for x in (3, -2, -9)] == [3, 300, -63]
    assert manager.depth == 30


def test_functions_inside_functions_are_one_graph():
    @pg.function
    def inner(x):
        if x > 2:
            return x * 10
        return x

    def use(n):
        total = 0
        for i in range(n):
            total += inner(i)
        return total

    assert staged(use, 5) == 0 + 1 + 2 + 30 + 40


def test_trace_of_a_loop_repeats_at_most_three_times():
    runs = []

    def use(x, n):
        total = 0
        other = 0
        for i in range(n):
            runs.append(1)
            if i > 1:
                found = total
            total += x
            other += total
        return total, other, found

    assert staged(use, 1.5, 3) == (4.5, 9.0, 3.0)
    assert len(runs) <= 3


def test_parts_of_outer_objects_assigned_in_staged_code():
    class Box:
        value = 0

    def attribute(x):
        if x > 0:
            box.value = 1
        return x

    def item(x):
        while x > 0:
            table["k"] += 1
            x -= 1
        return x

    def inside(x):
        for i in range(x):
            made = Box()
            made.value = i
            x = x + made.value
        return x

    box, table = Box(), {"k": 0}
    line = attribute.__code__.co_firstlineno + 2
    check(attribute, [1], TypeError, "box.value is older", f":{line}, in attribute", "Variable")
    check(item, [1], TypeError, "table['k'] is older")
    assert (box.value, table) == (0, {"k": 0})
    assert autograph.convert(item)(2) == 0
    assert table == {"k": 2}
    assert staged(inside, 3) == 6
