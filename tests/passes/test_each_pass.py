"""Each pass by itself: a graph as text, the pass, and the graph as text again."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from pygraph import _core


@dataclass(frozen=True)
class Example:
    """What a pass makes of a graph; ``types`` are the inputs' that it is specialised to."""

    name: str
    before: str
    after: str
    types: tuple[tuple[str, tuple[int, ...]], ...] = ()


EXAMPLES = [
    Example(
        "specialise",
        """
        graph f(x: float64[?0, ?1]) {
          %1 = dim_size x {axis=0}
          %2: int64[] = constant 2
          %3 = multiply %1, %2
          %4 = reshape x, %3 {shape=[-2]}
          return %4, %1
        }
        """,
        """
        graph f(x: float64[3, 2]) {
          %1: int64[] = constant 3
          %2: int64[] = constant 2
          %3: int64[] = constant 6
          %4 = reshape x, %3 {shape=[-2]}
          return %4, %1
        }
        """,
        (("float64", (3, 2)),),
    ),
    Example(
        "inline_calls",
        """
        graph f(x: float64[2]) {
          %1 = call x {function=0}
          %2 = call %1 {function=0}
          return %2
        }
        function 0 double(y: float64[2]) -> (float64[2]) {
          %1 = add y, y
          return %1
        }
        """,
        """
        graph f(x: float64[2]) {
          %1 = add x, x
          %2 = add %1, %1
          return %2
        }
        """,
    ),
    Example(
        "simplify",
        """
        graph f(x: float64[2], n: int64[], m: int64[2, 2], i: int64[]) {
          %4: float64[] = constant 2.0
          %5 = pow x, %4
          %6: int64[] = constant 0
          %7 = add n, %6
          %8 = multiply %7, %7
          %9 = sum_to x {shape=[2]}
          %10 = multiply %9, %5
          %11 = gather m, i {axis=0}
          %12 = gather %11, n {axis=0}
          return %5, %8, %10, %12
        }
        """,
        """
        graph f(x: float64[2], n: int64[], m: int64[2, 2], i: int64[]) {
          %4: float64[] = constant 2.0
          %5 = square x
          %6: int64[] = constant 0
          %7 = add n, %6
          %8 = multiply n, n
          %9 = multiply x, %5
          %10 = gather m, i, n {axis=0}
          return %5, %8, %9, %10
        }
        """,
    ),
    Example(
        "sink_transposes",
        """
        graph f(x: float64[2, 3], y: float64[2, 4]) {
          %2 = permute_dims x {axes=[1, 0]}
          %3 = matmul %2, y
          return %3
        }
        """,
        """
        graph f(x: float64[2, 3], y: float64[2, 4]) {
          %2 = matmul_transposed x, y {transpose_a=true, transpose_b=false}
          return %2
        }
        """,
    ),
    Example(
        "loop_invariants",
        """
        graph f(x: float64[2], n: int64[]) {
          %2: int64[] = constant 0
          %3, %4 = while_loop n, x, %2, x {captures=2}
            test(n: int64[], x: float64[2], i: int64[], y: float64[2]) {
              %4 = less i, n
              return %4
            }
            body(n: int64[], x: float64[2], i: int64[], y: float64[2]) {
              %4 = exp x
              %5 = add y, %4
              %6 = add i, n
              return %6, %5
            }
          return %4
        }
        """,
        """
        graph f(x: float64[2], n: int64[]) {
          %2: int64[] = constant 0
          %3 = exp x
          %4, %5 = while_loop n, x, %3, %2, x {captures=3}
            test(n: int64[], x: float64[2], %2: float64[2], i: int64[], y: float64[2]) {
              %5 = less i, n
              return %5
            }
            body(n: int64[], x: float64[2], %2: float64[2], i: int64[], y: float64[2]) {
              %5 = add y, %2
              %6 = add i, n
              return %6, %5
            }
          return %5
        }
        """,
    ),
    Example(
        "common_subexpressions",
        """
        graph f(x: float64[2]) {
          %1 = exp x
          %2 = exp x
          %3 = add %1, %2
          return %3
        }
        """,
        """
        graph f(x: float64[2]) {
          %1 = exp x
          %2 = add %1, %1
          return %2
        }
        """,
    ),
    Example(
        "dead_code",
        """
        graph f(x: float64[2], n: int64[], m: int64[]) {
          %3 = exp x
          %4 = floor_divide n, m
          %5 = sin x
          return %5
        }
        """,
        """
        graph f(x: float64[2], n: int64[], m: int64[]) {
          %3 = floor_divide n, m
          %4 = sin x
          return %4
        }
        """,
    ),
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_what_a_pass_makes(example: Example) -> None:
    made = _core.run_pass(example.name, _core.parse(example.before), example.types)
    assert made.as_text() == _core.parse(example.after).as_text()


def test_no_pass_is_missing() -> None:
    assert {example.name for example in EXAMPLES} == set(_core.pass_names())


def test_a_pass_of_another_name() -> None:
    with pytest.raises(ValueError, match="there is no pass speed_up"):
        _core.run_pass("speed_up", _core.parse("graph f() {\n  return\n}\n"), [])
