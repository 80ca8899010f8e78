"""Graphs that the tests of the formats share, as text, and helpers around their bytes."""

from __future__ import annotations

import itertools
import struct
import zlib
from collections.abc import Sequence
from functools import cache
from typing import Any

from pygraph import _core
from pygraph.graph import Builder

HEADER_BYTES = 24
DIRECTORY_WORDS = 10

SMALL = """
graph f(x: float64[2]) -> (float64[2]) {
  %1: float64[2] = add x, x  # a.py:1 in f
  return %1
}
"""

SUM_SQUARES = """
graph sum_squares(n: int64[]) -> (int64[]) {
  %1: int64[] = constant 1       # /home/u/demo.py:6 in sum_squares
  %2: int64[] = add n, %1        # /home/u/demo.py:6 in sum_squares < /home/u/main.py:2 in <module>
  %3: int64[] = constant 0
  %4: int64[], %5: int64[] = while_loop %2, %3, %3 {captures=1}  # /home/u/demo.py:6 in sum_squares
    test(bound: int64[], i: int64[], s: int64[]) {
      %3: bool[] = less i, bound
      return %3
    }
    body(bound: int64[], i: int64[], s: int64[]) {
      %3: int64[] = multiply i, i  # "odd \\"name\\".py":7 in "f g"
      %4: int64[] = add s, %3      # /home/v/demo.py:9 in f.<locals>.g
      %5: int64[] = constant 1
      %6: int64[] = add i, %5
      return i = %6, s = %4
    }
  return total = %5
}
"""

BRANCHES = """
graph branches(x: int64[], limit: int64[]) -> (int64[], bool[]) {
  %2: bool[] = less x, limit
  %3: int64[], %4: bool[] = cond %2, x, limit, %2  # b.py:3 in branches
    then smaller(x: int64[], limit: int64[], p: bool[]) {
      %3: int64[] = while_loop limit, x {captures=1}  # b.py:4 in branches
        test(%0 a: int64[], %1 a: int64[]) {
          %2: bool[] = less %1, %0
          return %2
        }
        body(a: int64[], b: int64[]) {
          %2: int64[] = constant 2
          %3: int64[] = multiply b, %2
          %4: bool[] = greater %3, %2
          %5: int64[] = cond %4, %3, %2
            then(u: int64[], v: int64[]) {
              return u
            }
            else(u: int64[], v: int64[]) {
              %2: int64[] = maximum u, v
              return %2
            }
          return %5
        }
      return %3, p
    }
    else(x: int64[], limit: int64[], p: bool[]) {
      %3: int64[] = undef {dtype=int64, shape=[]}
      %4: int64[] = check_defined x, p {name="it \\u{1} is"}  # b.py:9 in branches
      %5: bool[] = logical_not p
      return %3, %5
    }
  return %3, %4
}
"""

SHAPES = """
graph "odd name"(%0 "x y": float64[?0, 3], %1 x: int64[2], %2 x: bool[2], %3: float32[]) {
  %4 = sum %0 {axis=[0, 1], keepdims=false}
  %5 = slice %0 {starts=[_, 0], stops=[3, _], steps=[1, -1]}
  %6: float64[2, 3] = constant [[1.0, nan, inf], [-inf, 1e300, -0.0]]
  %7: float32[2] = constant [0.1, nan(0x7f800001)]
  %8: bool[2] = constant [true, false]
  %9: int64[0, 3] = constant []
  %10 = constant @7
  %11 = constant @7
  %12 = constant @3
  %13 = greater %12, %12
  %14, %15 = nonzero %13  # c.py:3 in f
  return %14, "a b" = %4, %5, %6, %7, %8, %9, %10, %11
}
constants {
  @7: float64[1] = base64 "AAAAAAAA8D8="
  @3: float64[2, 9] = base64
    "AAAAAAAAAAAAAAAAAADwPwAAAAAAAABAAAAAAAAACEAAAAAAAAAQQAAAAAAAABRAAAAAAAAAGEAAAAAAAAAcQAAAAAAAACBA"
    "AAAAAAAAIkAAAAAAAAAkQAAAAAAAACZAAAAAAAAAKEAAAAAAAAAqQAAAAAAAACxAAAAAAAAALkAAAAAAAAAwQAAAAAAAADFA"
}
"""

VARIABLES = """
graph count(n: int64[], v: variable int64[], w: variable float64[2]) -> (int64[], float64[2]) {
  %3: int64[] = constant 0
  %4: int64[] = while_loop v, n, %3 {captures=2}
    test(v: variable int64[], n: int64[], i: int64[]) {
      %3: bool[] = less i, n
      return %3
    }
    body(v: variable int64[], n: int64[], i: int64[]) {
      %3: int64[] = read_variable v
      %4: int64[] = add %3, i
      assign_variable v, %4
      assign_subtract v, %3
      %5: int64[] = constant 1
      %6: int64[] = add i, %5
      return %6
    }
  %5: float64[2] = read_variable w
  %6: float64[2] = add %5, %5
  assign_variable w, %6  # v.py:3 in count
  assign_add w, %6
  assign_slice w, %6 {starts=[0], stops=[2], steps=[1]}
  %7: float64[] = constant 1.5
  assign_scatter w, %7, n {axis=0}  # v.py:4 in count
  %8: int64[] = read_variable v
  return %8, %5
}
"""

RECURSION = """
graph run(n: int64[], x: float64[4], v: variable int64[]) -> (int64[], float64[?0]) {
  %3: int64[], %4: float64[?0] = call v, n, x {function=0}  # r.py:9 in run
  %5: bool[] = call %3 {function=1}
  return %3, %4
}
function 0 halve(v: variable int64[], n: int64[], x: float64[?0]) -> (int64[], float64[?0]) {
  %3: int64[] = constant 0
  %4: bool[] = greater n, %3  # r.py:3 in halve
  %5: int64[], %6: float64[?1] = cond %4, v, n, x
    then(v: variable int64[], n: int64[], x: float64[?0]) {
      %3: int64[] = read_variable v
      %4: int64[] = add %3, n
      assign_variable v, %4
      %5: int64[] = constant 1
      %6: int64[] = subtract n, %5
      %7: float64[?2] = slice x {starts=[1], stops=[_], steps=[1]}
      %8: int64[], %9: float64[?3] = call v, %6, %7 {function=0}  # r.py:5 in halve
      %10: bool[] = call %8 {function=1}
      return %8, %9
    }
    else(v: variable int64[], n: int64[], x: float64[?0]) {
      return n, x
    }
  return %5, %6
}
function 1 "is odd"(n: int64[]) -> (bool[]) {
  %1: int64[] = constant 2
  %2: int64[] = remainder n, %1
  %3: bool[] = equal %2, n
  return %3
}
"""

EFFECTS = """
graph checked(x: float64[], y: int64[2]) -> () {
  print x, y {text="{{x}} = {0:.3f}, {1!r}\\n", stream=2, flush=true}  # e.py:2 in checked
  print {text="", stream=1, flush=false}
  raise x {text="{0!s:>9}", exception="e.Bad", builtin="ValueError", object=0}  # e.py:3 in checked
  return
}
"""

CORPUS = {
    "small": SMALL,
    "sum_squares": SUM_SQUARES,
    "branches": BRANCHES,
    "shapes": SHAPES,
    "variables": VARIABLES,
    "effects": EFFECTS,
    "recursion": RECURSION,
}


def sealed(data: bytes | bytearray) -> bytes:
    """Return the bytes with the length and the checksum that fit them."""
    if len(data) < HEADER_BYTES:
        return bytes(data)
    body = bytes(data[HEADER_BYTES:])
    return bytes(data[:12]) + struct.pack("<IQ", zlib.crc32(body), len(data)) + body


class Layout:
    """Where the sections of a graph's bytes begin."""

    def __init__(self, data: bytes) -> None:
        words = struct.unpack_from(f"<{DIRECTORY_WORDS}I", data, HEADER_BYTES)
        self.directory = HEADER_BYTES
        self.lengths = self.directory + 4 * DIRECTORY_WORDS
        self.strings = self.lengths + 4 * words[0]
        self.locations = self.strings + -(-words[1] // 4) * 4
        self.constants = self.locations + 16 * words[2]
        self.functions = self.constants + 4 * words[4]
        self.data = self.functions + 4 * words[6]


def with_word(data: bytes, section: str, index: int, value: int) -> bytes:
    """Return the bytes with one word of a section replaced, sealed again."""
    changed = bytearray(data)
    struct.pack_into("<I", changed, getattr(Layout(data), section) + 4 * index, value)
    return sealed(changed)


_SHAPES = ((2, 3), (3, 3), (3,), ())
_DTYPES = ("float64", "int64", "bool", "float32", "int32")
_ATTRIBUTES: dict[str, Sequence[Any]] = {
    "integer": (0, 1),
    "boolean": (False,),
    "dtype": ("float64",),
    "ints": ((0,), (1, 0), (0, 0), (1, 2), (3, 2), (6,), ()),
    "string": ("n", ""),
}


@cache
def every_op() -> str:
    """Return a graph with one node of each op outside control flow, from the op table."""
    parameters = {
        (dtype, shape): f"{dtype}_{'x'.join(map(str, shape))}"
        for dtype, shape in itertools.product(_DTYPES, _SHAPES)
    }
    lines = []
    names = []
    for row in _core.op_table():
        if row["operands"] in ("control", "variable") or row["name"] == "constant":
            continue
        inputs, attributes, outputs = _fitting_node(row)
        ids = [f"%{len(parameters) + len(names) + i}" for i in range(len(outputs))]
        names += ids
        operands = ", ".join(parameters[value] for value in inputs)
        given = {n: v for n, v in attributes.items() if v or n not in row["optional"]}
        shown = ", ".join(f"{name}={_shown(value)}" for name, value in given.items())
        results = f"{', '.join(ids)} = " if ids else ""
        lines.append(f"{results}{row['name']} {operands} {{{shown}}}")
    declared = ", ".join(
        f"{name}: {dtype}{list(shape)}" for (dtype, shape), name in parameters.items()
    )
    body = "\n  ".join([*lines, "return " + ", ".join(names)])
    return f"graph every_op({declared}) {{\n  {body}\n}}\n"


def _fitting_node(row: Any) -> tuple[Any, dict[str, Any], list[Any]]:
    """Return inputs and attributes that an op takes, found by trying, and its outputs."""
    kinds = [_ATTRIBUTES[kind] for _, kind in row["attributes"]]
    for values, first in itertools.product(itertools.product(*kinds), _DTYPES):
        attributes = dict(zip((name for name, _ in row["attributes"]), values, strict=True))
        firsts = list(itertools.product((first,), _SHAPES))
        others = list(itertools.product((first, "int64", "bool"), _SHAPES))
        for inputs in itertools.product(*[firsts, others, others, others][: row["inputs"]]):
            builder = Builder("trial")
            operands = tuple([builder.add_parameter(dtype, shape) for dtype, shape in inputs])
            try:
                outputs = builder.record(row["name"], operands, attributes)
            except (TypeError, ValueError):
                continue
            if len(builder.nodes) == 1:  # no operand had to be cast
                return inputs, attributes, outputs
    raise AssertionError(f"no inputs were found that {row['name']} takes")


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return str(list(value))
    return f'"{value}"' if value == "n" else str(value)
