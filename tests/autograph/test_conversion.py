"""What is found, converted and kept: sources, closures, methods, decorators, caches, tracebacks."""

# ruff: noqa: E101, E731, PT017, RET507, UP028
from __future__ import annotations

import bdb
import functools
import gc
import linecache
import sys
import textwrap
import traceback
import types
import weakref

import pytest

from pygraph import autograph
from pygraph.autograph.conversion import conversions
from pygraph.graph.frames import clean_traceback
from pygraph.graph.locations import current_chain

GLOBAL_COUNT = 0


def scale(x, factor=3, *rest, offset: int = 1, **more):
    """Scale and shift."""
    if x > 0:
        return x * factor + offset + sum(rest) + len(more)
    return x


def test_signature_defaults_and_documentation_are_kept():
    converted = autograph.convert(scale)
    assert converted(2) == 7
    assert converted(2, 4, 5, offset=0, extra=1) == 14
    assert converted.__doc__ == "Scale and shift."
    assert converted.__name__ == "scale"
    assert converted.__qualname__ == scale.__qualname__
    assert converted.__defaults__ is scale.__defaults__
    assert converted.__kwdefaults__ is scale.__kwdefaults__
    assert converted.__annotations__ is scale.__annotations__
    assert converted.__code__.co_filename == __file__
    assert converted.__code__.co_firstlineno == scale.__code__.co_firstlineno


def test_a_type_error_of_a_call_is_pythons():
    with pytest.raises(TypeError, match=r"scale\(\) missing 1 required positional argument: 'x'"):
        autograph.convert(scale)()


def test_closures_share_their_cells():
    count = 0

    def bump(by):
        nonlocal count
        if by > 0:
            count += by
        return count

    assert autograph.convert(bump)(3) == 3
    assert bump(1) == 4
    assert count == 4


def test_globals_are_assigned():
    def bump(by):
        global GLOBAL_COUNT
        while by > 0:
            GLOBAL_COUNT += 1
            by -= 1
        return GLOBAL_COUNT

    before = GLOBAL_COUNT
    assert autograph.convert(bump)(3) == before + 3
    assert before + 3 == GLOBAL_COUNT


def test_lambdas_on_one_line():
    first, second = (lambda x: x if x > 0 else -x), (lambda x: -x if x > 0 else x)
    assert autograph.convert(first)(-3) == 3
    assert autograph.convert(second)(-3) == -3
    assert "ag.if_expr(x > 0, lambda: -x, lambda: x)" in autograph.to_code(second)


def test_lambda_in_the_middle_of_a_statement():
    table = {
        "one": lambda x: (
            x + 1
            if x > 0
            else x
        ),
        "two": lambda x: x and x * 2,
    }  # fmt: skip
    assert autograph.convert(table["one"])(1) == 2
    assert autograph.convert(table["two"])(4) == 8


class Base:
    def __init__(self, bias):
        if bias < 0:
            bias = 0
        self.bias = bias

    def value(self, x):
        return x + self.bias


class Derived(Base):
    __slots__ = ()
    __hidden = 10

    def value(self, x):
        total = 0
        for i in range(x):
            if i > 1:
                total += super().value(i)
                total += self.__hidden
        return total

    @classmethod
    def make(cls, bias):
        if bias > 5:
            return cls(5)
        return cls(bias)

    @staticmethod
    def twice(x):
        return x * 2 if x > 0 else 0

    @property
    def half(self):
        if self.bias > 1:
            return self.bias // 2
        return 0

    def __call__(self, x):
        return self.value(x) if x > 2 else 0


def test_methods_of_all_kinds():
    item = Derived(2)
    assert autograph.convert(item.value)(4) == item.value(4)
    assert autograph.convert(Derived.make)(9).bias == 5
    assert autograph.convert(Derived.twice)(4) == 8
    assert autograph.convert(item)(4) == item(4)
    assert autograph.convert(functools.partial(item.value, 5))() == item.value(5)

    def use(bias, x):
        made = Derived.make(bias)
        other = Derived(-1)
        return made.value(x) + other.half + made.half + Derived.twice(x) + made(x)

    assert autograph.convert(use)(4, 5) == use(4, 5)


def test_class_inside_a_function():
    def use(x):
        class Local(Base):
            step = 2

            def value(self, y):
                while y < 10:
                    y += self.step
                return super().value(y)

        return Local(1).value(x), Local.__qualname__, Local.value.__qualname__

    assert autograph.convert(use)(3) == use(3)


def test_nested_functions_keep_their_names():
    def outer(x):
        if x > 0:

            def inner():
                return 1

        else:
            inner = lambda: 2
        return inner.__name__, inner.__qualname__, inner()

    assert autograph.convert(outer)(1) == outer(1)
    assert autograph.convert(outer)(-1) == outer(-1)


def logged(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        result = function(*args, **kwargs)
        return result + 1 if result > 0 else result

    return wrapper


@logged
def decorated(x):
    return x if x > 3 else -x


def test_decorated_functions():
    assert autograph.convert(decorated)(5) == 6
    assert autograph.convert(decorated)(1) == -1

    def use(x):
        @logged
        def local(y):
            return y * 2 if y > 0 else y

        return decorated(x) + local(x)

    assert autograph.convert(use)(5) == use(5)


def test_unset_variables_raise_as_in_python():
    def branch(x):
        if x > 0:
            y = 1
        return y

    def loop(n):
        while n > 0:
            n -= 1
            if n > 5:
                z = n
            elif n == 2:
                return z
        return z

    def deleted(x):
        y = 1
        if x > 0:
            del y
        return y

    for function in (branch, loop, deleted):
        converted = autograph.convert(function)
        for x in (-1, 1, 3, 9):
            try:
                expected = function(x)
            except UnboundLocalError as error:
                with pytest.raises(UnboundLocalError) as caught:
                    converted(x)
                assert str(caught.value) == str(error)
                assert caught.value.name == error.name
            else:
                assert converted(x) == expected


def test_exceptions_and_context_managers():
    class Manager:
        def __init__(self):
            self.log = []

        def __enter__(self):
            self.log.append("in")
            return self

        def __exit__(self, kind, value, tb):
            self.log.append(None if kind is None else kind.__name__)
            return kind is KeyError

    def use(x):
        manager = Manager()
        for i in range(5):
            try:
                with manager as m:
                    if i == x:
                        continue
                    if i == x + 2:
                        break
                    if x == 7:
                        return i, m.log
                    if x == 8:
                        raise KeyError(i)
                    if x == 9:
                        raise ValueError(i)
            except ValueError as error:
                manager.log.append(str(error))
                if i > 1:
                    return i, manager.log
            else:
                manager.log.append("else")
            finally:
                manager.log.append("finally")
        return manager.log

    for x in (0, 1, 7, 8, 9, 20):
        assert autograph.convert(use)(x) == use(x)


def test_match_statement():
    def use(value):
        out = 0
        for item in value:
            match item:
                case 0:
                    continue
                case int(x) if x > 5:
                    break
                case [a, b]:
                    out += a if a > b else b
                case {"k": v, **others}:
                    if v > 2:
                        return v, others
                case _:
                    out += 100
        return out

    for value in ([0, 1, [3, 4]], [9, 1], [{"k": 1}, 1.5], [{"k": 3, "z": 1}], []):
        assert autograph.convert(use)(value) == use(value)


def test_generators():
    def generate(n):
        for i in range(n):
            yield i

    with pytest.raises(autograph.ConversionError, match=r"test_conversion.py:\d+, in .*generate"):
        autograph.convert(generate)

    async def wait():
        return 1

    with pytest.raises(autograph.ConversionError, match="async"):
        autograph.convert(wait)

    def use(n):
        def squares():
            for i in generate(n):
                yield i * i

        total = 0
        for square in squares():
            if square > 20:
                break
            total += square
        return total + sum(i if i > 1 else -i for i in range(n))

    assert autograph.convert(use)(10) == use(10)


def test_comprehensions():
    def use(n):
        rows = [[i * j for j in range(i) if j != 1 and i] for i in range(n)]
        table = {i: (i if i > 1 else -i) for i in range(n)}
        found = [last := i for i in range(n) if not i % 2]
        return rows, table, {i for i in found if i in (0, 2)}, last

    assert autograph.convert(use)(4) == use(4)


def test_evaluation_order_and_laziness():
    log = []

    def note(value):
        log.append(value)
        return value

    def use():
        a = note(1) and note(0) and note(5)
        b = note(0) or note(7) or note(8)
        c = note(1) < note(3) < note(2) < note(9)
        d = note(4) if note(0) else note(6)
        e = note(2) in (note(1), note(2)), note(3) not in [note(3)], note(1) is not None
        return a, b, c, d, e

    expected, expected_log = use(), list(log)
    log.clear()
    assert autograph.convert(use)() == expected
    assert log == expected_log


def test_unusual_values_are_left_alone():
    class Falsy:
        def __bool__(self):
            return False

    def use(value):
        result = value and 1
        if not value:
            return result, "falsy"
        return result, "truthy"

    falsy = Falsy()
    assert autograph.convert(use)(falsy) == (falsy, "falsy")
    assert autograph.convert(use)([]) == ([], "falsy")
    assert autograph.convert(use)("x") == (1, "truthy")


def test_locals_and_names_of_the_operators():
    def use(ag):
        if ag > 0:
            ag_ = ag
        else:
            ag_ = -ag
        return ag_, locals()["ag_"], set(locals()) >= {"ag", "ag_"}

    assert autograph.convert(use)(2) == use(2)


def test_do_not_convert():
    @autograph.do_not_convert
    def plain(x):
        return sys._getframe().f_code.co_consts, x

    def use(x):
        return plain(x)

    assert autograph.convert(use)(1)[0] is plain.__code__.co_consts


def test_functions_with_the_protocol_are_called_as_they_are():
    class Compiled:
        __pygraph_call__ = True

        def __call__(self, x):
            return sys._getframe().f_code is Compiled.__call__.__code__

    compiled = Compiled()

    def use(x):
        return compiled(x)

    assert autograph.convert(use)(1)


def test_a_function_without_source():
    namespace = {}
    exec("def f(x):\n    return x if x > 0 else -x\n", namespace)
    with pytest.raises(autograph.ConversionError, match="source"):
        autograph.convert(namespace["f"])

    def use(x):
        return namespace["f"](x) + eval("1")

    assert autograph.convert(use)(-2) == 3


def load(path, text, name="edited"):
    path.write_text(textwrap.dedent(text))
    module = types.ModuleType(name)
    linecache.checkcache(str(path))
    exec(compile(path.read_text(), str(path), "exec"), module.__dict__)
    return module


def test_an_edited_file_is_noticed(tmp_path):
    path = tmp_path / "edited.py"
    module = load(path, "def f(x):\n    return x if x > 0 else -x\n")
    path.write_text("import os\n\n\ndef f(x):\n    return x if x > 1 else -x\n")
    with pytest.raises(autograph.ConversionError, match="edited"):
        autograph.convert(module.f)


def test_odd_layouts(tmp_path):
    module = load(
        tmp_path / "odd.py",
        '''
        import math as m

        def one(x): return x if x > 0 else -x

        if True:
            def indented(
                x,
                y=(1,
        2),
            ):
                """A docstring
        that is not indented."""
                text = """
        zero
        """
                # a comment
                if x > 0:
                    x = m.floor(
                        x
                    )
                return x, y, text
                # the last comment
        after = 1

        class C:
        	def tabbed(self, x):
        		while x > 3:
        			x -= 1
        		return x
        ''',
    )
    assert autograph.convert(module.one)(-1) == 1
    assert autograph.convert(module.indented)(2.5) == module.indented(2.5)
    assert autograph.convert(module.C().tabbed)(9) == 3


def fails(x):
    total = 0
    for i in range(x):
        if i > 1:
            total += inner_failure(i)
    return total


def inner_failure(i):
    return (
        1
        / (i - 2)
    )  # fmt: skip


def test_tracebacks_show_the_users_lines():
    try:
        fails(4)
    except ZeroDivisionError as error:
        expected = [(f.name, f.lineno) for f in traceback.extract_tb(error.__traceback__)]
    try:
        autograph.convert(fails)(4)
    except ZeroDivisionError as error:
        found = traceback.extract_tb(clean_traceback(error).__traceback__)
    assert [(f.name, f.lineno) for f in found][1:] == expected[1:]
    assert {f.filename for f in found} == {__file__}


def lines_of(function, *arguments):
    seen = set()

    def tracer(frame, event, argument):
        if frame.f_code.co_filename != __file__:
            return None
        if event == "line":
            seen.add((frame.f_code.co_name, frame.f_lineno))
        return tracer

    sys.settrace(tracer)
    try:
        function(*arguments)
    finally:
        sys.settrace(None)
    return seen


def test_the_same_lines_run():
    def use(x):
        total = 0
        while x > 0:
            if x == 3:
                x -= 1
                continue
            elif x % 2:
                total += (
                    x
                )  # fmt: skip
            else:
                total -= 1
            x -= 1
        return total

    own = lines_of(use, 6)
    found = lines_of(autograph.convert(use), 6)
    missing = own - found
    # `continue` does nothing of its own once what follows has moved.
    assert {linecache.getline(__file__, line).strip() for _, line in missing} <= {"continue"}
    assert found <= own


class Debugger(bdb.Bdb):
    def __init__(self):
        super().__init__()
        self.stops = []

    def user_line(self, frame):
        self.stops.append((frame.f_code.co_name, frame.f_lineno, frame.f_locals.get("total")))
        self.set_continue()


def broken_into(x):
    total = 1
    for i in range(x):
        if i == 2:
            total += 10  # break here
    return total


def test_a_breakpoint_stops_in_the_users_line():
    line = next(
        number
        for number, text in enumerate(linecache.getlines(__file__), 1)
        if text.rstrip().endswith("# break here")
    )
    debugger = Debugger()
    debugger.reset()
    debugger.set_break(__file__, line)
    converted = autograph.convert(broken_into)
    sys.settrace(debugger.trace_dispatch)
    try:
        converted(4)
    finally:
        sys.settrace(None)
    assert debugger.stops[-1] == ("broken_into", line, 1)


def test_location_chains_fold_helpers():
    chains = []

    def leaf(i):
        if i > 0:
            chains.append(current_chain())
        return i

    def root(n):
        for i in range(n):
            if i == 1:
                leaf(i)

    first = root.__code__.co_firstlineno
    autograph.convert(root)(3)
    (chain,) = chains
    assert [(name, line - first) for _, line, name in chain[:2]] == [("leaf", -3), ("root", 3)]
    assert chain[2][2] == "test_location_chains_fold_helpers"


def test_conversions_go_with_their_code():
    gc.collect()
    gc.disable()
    try:
        before = len(conversions)
        source = "def f(x):\n    while x > 0:\n        x = (lambda y: y - 1)(x)\n    return x\n"
        filename = "<released>"
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
        namespace = {}
        exec(compile(source, filename, "exec"), namespace)
        function = namespace.pop("f")
        converted = autograph.convert(function)
        assert converted(3) == 0
        alive = weakref.ref(converted.__code__)
        assert len(conversions) == before + 1
        del converted, function
        assert len(conversions) == before
        assert alive() is None
    finally:
        gc.enable()


def test_a_function_is_converted_once():
    def use(x):
        return x if x > 0 else -x

    first, second = autograph.convert(use), autograph.convert(use)
    assert first.__code__ is second.__code__
    assert autograph.convert(first) is first


def test_to_code_is_readable():
    def use(x, n):
        y = 0
        for i in range(n):
            if x > i:
                y += i
        return y

    assert autograph.to_code(use) == textwrap.dedent(
        """\
        def use(x, n):
            y = 0

            def loop_body(i):
                def if_body():
                    nonlocal y
                    ag.augmented(y)
                    y += i

                ag.if_stmt(x > i, if_body, None, ('y',))

            ag.for_stmt(ag.call(range)(n), loop_body, ('y',), augmented=('y',))
            return y"""
    )
