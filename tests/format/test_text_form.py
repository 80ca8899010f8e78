"""The text form: readable, exact, and with errors that say where and what was expected."""

from __future__ import annotations

import random
import struct

import pytest
from graph_corpus import CORPUS, SUM_SQUARES, Layout, every_op, sealed
from hypothesis import given
from hypothesis import strategies as st

from pygraph import _core
from pygraph.graph import Graph


@pytest.mark.parametrize("name", CORPUS)
def test_round_trip(name: str) -> None:
    module = _core.parse(CORPUS[name])
    text = module.as_text()
    again = _core.parse(text)
    assert again.as_text() == text
    assert again.write() == module.write()


def test_round_trip_of_every_op() -> None:
    module = _core.parse(every_op())
    assert _core.parse(module.as_text()).write() == module.write()
    module_ops = {node.op for node in Graph(module).nodes}
    for text in CORPUS.values():
        module_ops |= {node.op for node in Graph.from_text(text).nodes}
    assert module_ops == {row["name"] for row in _core.op_table()}


def test_how_it_looks() -> None:
    assert _core.parse(SUM_SQUARES).as_text() == (
        """\
graph sum_squares(n: int64[]) -> (int64[]) {
  %1: int64[] = constant 1                                       # u/demo.py:6 in sum_squares
  %2: int64[] = add n, %1                                        # u/demo.py:6 in sum_squares \
< main.py:2 in <module>
  %3: int64[] = constant 0
  %4: int64[], %5: int64[] = while_loop %2, %3, %3 {captures=1}  # u/demo.py:6 in sum_squares
    test(bound: int64[], i: int64[], s: int64[]) {
      %3: bool[] = less i, bound
      return %3
    }
    body(bound: int64[], i: int64[], s: int64[]) {
      %3: int64[] = multiply i, i                                # "odd \\"name\\".py":7 in "f g"
      %4: int64[] = add s, %3                                    # v/demo.py:9 in f.<locals>.g
      %5: int64[] = constant 1
      %6: int64[] = add i, %5
      return i = %6, s = %4
    }
  return total = %5
}
files {
  "u/demo.py" = "/home/u/demo.py"
  main.py = "/home/u/main.py"
  "v/demo.py" = "/home/v/demo.py"
}
"""
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "1:1: expected 'graph', found the end of the text"),
        ("graph f(x int64[])", "1:11: expected ':', found \"int64\""),
        ("graph f(x: int65[])", '1:12: expected a dtype, found "int65"'),
        ("graph f(x: int64[-1])", '1:18: expected a dim: a number or ?0, found "-1"'),
        (
            "graph f(x: int64[]) {\n  %2 = add x, x\n",
            '2:3: expected %1, the next value, found "%2"',
        ),
        ("graph f(x: int64[]) {\n  %1 = addd x, x\n", '2:8: expected an op, found "addd"'),
        ("graph f(x: int64[]) {\n  %1 = add x, y\n", '2:15: no parameter has the name "y"'),
        ("graph f(x: int64[]) {\n  %1 = add x, %1\n", "2:15: value %1 is not defined before"),
        ("graph f(x: int64[]) {\n  %1 = add x, x {a=1}", '2:18: add has no attribute "a"'),
        ("graph f(x: int64[]) {\n  %1 = sum x {axis=[0], axis", 'attribute "axis" is given twice'),
        ("graph f(x: int64[]) {\n  %1 = sum x {axis=[0]}", 'attribute "keepdims" is missing'),
        ("graph f(x: int64[]) {\n  %1 = sum x {axis=0}", "2:20: expected '[', found \"0\""),
        ("graph f(x: int64[]) {\n  %1 = constant 1", "2:8: a constant's value needs its type"),
        (
            "graph f() {\n  %0: int64[] = constant 1.5\n",
            "2:26: expected an element of int64, found",
        ),
        ("graph f() {\n  %0: int64[2] = constant [1]\n", "2:29: expected ',', found \"]\""),
        ("graph f() {\n  %0: int64[9999999999, 9999999999] = constant [1]\n", "2:3: shape"),
        (
            "graph f() {\n  %0: int64[] = constant @1\n return %0\n}",
            "2:26: constant @1 is not among",
        ),
        ("graph f() { return }\nconstants {\n  @0: int64[]", "3:3: no node names @0"),
        ("graph f() {\n  %0 = undef {dtype=bool, shape=[]}  # a.py in f", "2:44: expected the ':'"),
        ('graph f(x: bool[]) { return "a', "1:29: expected a closing quote in this line"),
        ('graph f(x: bool[]) { return "\\q" = x }', "1:30: expected one of the escapes"),
        ("graph f(x: bool[]) -> (bool[], bool[]) { return x }", "1:20: 2 results are declared, 1"),
        ("graph f(x: bool[]) -> (int64[]) { return x }", "1:24: this is declared as int64[], but"),
        ("graph f(x: int64[]) {\n %1: int32[] = add x, x\n return %1 }", "2:2: this is declared"),
        ("graph f(x: int64[]) {\n %1, %2 = add x, x\n return %1 }", "2:11: add has 1 outputs here"),
        ("graph f(%0 x: bool[], %1 x: bool[]) { return x }", "several parameters have the name"),
        (
            "graph f(x: bool[]) { return x } graph",
            '1:33: expected the end of the text, found "graph"',
        ),
    ],
)
def test_errors_say_where_and_what(text: str, message: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        _core.parse(text)
    assert message in str(error.value)


PIECES = [
    *'{}()[],=:<#\\"%@?-.e_019\n\t\u00e9',
    *("//", "->", "%0", "%1", "%9", "@0", "?0", "true", "nan", "inf", "int64", "float64", "bool"),
    *("graph", "return", "cond", "while_loop", "then", "else", "test", "body", "constants"),
    *(
        "files",
        "base64",
        "in",
        "9223372036854775807",
        "-9223372036854775808",
        "99999999999999999999",
    ),
]


@pytest.mark.parametrize("name", CORPUS)
def test_mutations(name: str) -> None:
    text = _core.parse(CORPUS[name]).as_text()
    rng = random.Random(3)
    for _ in range(2000):
        changed = text
        for _ in range(rng.randint(1, 3)):
            at = rng.randrange(len(changed))
            source = rng.randrange(len(changed))
            changed = rng.choice(
                [
                    changed[:at] + changed[at + rng.randint(1, 5) :],
                    changed[:at] + chr(rng.randrange(128)) + changed[at + 1 :],
                    changed[:at] + rng.choice(PIECES) + changed[at:],
                    changed[:at] + changed[source : source + rng.randint(1, 40)] + changed[at:],
                ]
            )
        check_text(changed)


@pytest.mark.parametrize("name", CORPUS)
def test_every_prefix(name: str) -> None:
    text = _core.parse(CORPUS[name]).as_text()
    for length in range(len(text)):
        check_text(text[:length])


def check_text(text: str) -> None:
    """Parse; what is accepted must read back as the same graph."""
    try:
        module = _core.parse(text)
    except (ValueError, TypeError, OverflowError):
        return
    assert _core.parse(module.as_text()).write() == module.write()


@pytest.mark.parametrize(
    ("dtype", "size"), [("float32", 4), ("float64", 8), ("int32", 4), ("int64", 8)]
)
@given(data=st.data())
def test_elements_keep_every_bit(dtype: str, size: int, data: st.DataObject) -> None:
    elements = data.draw(st.binary(min_size=3 * size, max_size=3 * size))
    if dtype.startswith("float") and data.draw(st.booleans()):
        special = data.draw(st.floats(width=8 * size))  # infinities, NaNs, the smallest, ...
        elements = struct.pack("<f" if size == 4 else "<d", special) + elements[size:]
    template = _core.parse(f"graph f() {{ %0: {dtype}[3] = constant [0, 0, 0] return %0 }}").write()
    module = _core.read(sealed(template[: -len(elements)] + elements))
    text = module.as_text()
    assert "base64" not in text
    assert _core.parse(text).write() == module.write()
    assert module.write()[-len(elements) :] == elements


@pytest.mark.parametrize(
    ("element", "shown"),
    [
        ("0.1", "0.1"),
        ("1", "1.0"),
        ("-0.0", "-0.0"),
        ("1e300", "1e+300"),
        ("5e-324", "5e-324"),
        ("0.30000000000000004", "0.30000000000000004"),
        ("nan", "nan"),
        ("-inf", "-inf"),
        ("nan(0xfff8000000000000)", "nan(0xfff8000000000000)"),
    ],
)
def test_floats_are_short(element: str, shown: str) -> None:
    text = _core.parse(f"graph f() {{ %0: float64[] = constant {element} return %0 }}").as_text()
    assert f"%0: float64[] = constant {shown}\n" in text


@pytest.mark.parametrize(
    "element", ["1e400", "0x10", "infinity", "nan(0x1)", "1.5.5", "true", "--1"]
)
def test_no_floats(element: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        _core.parse(f"graph f() {{ %0: float64[] = constant {element} return %0 }}")


def test_constants_move_to_the_end_when_large_or_shared() -> None:
    values = ", ".join(map(str, range(17)))
    text = _core.parse(f"graph f() {{ %0: int64[17] = constant [{values}] return %0 }}").as_text()
    assert "%0: int64[17] = constant @0\n" in text
    assert "\nconstants {\n  @0: int64[17] = base64\n" in text
    shorter = values.rsplit(",", 1)[0]
    text = _core.parse(f"graph f() {{ %0: int64[16] = constant [{shorter}] return %0 }}").as_text()
    assert f"%0: int64[16] = constant [{shorter}]\n" in text


def test_sections_are_where_the_layout_says() -> None:
    data = _core.parse(SUM_SQUARES).write()
    layout = Layout(data)
    # Two 0-d int64 constants, each at the next multiple of 64 behind the functions.
    assert len(data) == -(-(-(-(-(-layout.data // 64) * 64 + 8) // 64) * 64 + 8) // 64) * 64 + 8
