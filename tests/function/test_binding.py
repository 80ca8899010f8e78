"""Arguments bind as Python binds them, with Python's own errors; a Function looks like its own."""

from __future__ import annotations

import functools
import inspect
import pydoc
from collections.abc import Callable
from typing import Any

import pytest

import pygraph as pg


def plain(x, y=2):  # type: ignore[no-untyped-def]
    """Add."""
    return x + y


def positional_only(x, /, y, *, z=1):  # type: ignore[no-untyped-def]
    return x + y + z


def everything(x, /, y=1, *rest, scale, shift=0, **more):  # type: ignore[no-untyped-def]
    return (x + y + sum(rest)) * scale + shift + sum(more.values())


def nothing():  # type: ignore[no-untyped-def]
    return 1


class Callable3:
    def __call__(self, x, y):  # type: ignore[no-untyped-def]
        return x + 2 * y


CALLS: list[tuple[tuple[int, ...], dict[str, int]]] = [
    ((), {}),
    ((1,), {}),
    ((1, 2), {}),
    ((1, 2, 3), {}),
    ((1, 2, 3, 4), {"scale": 3}),
    ((1,), {"x": 1}),
    ((1,), {"y": 5}),
    ((), {"x": 1, "y": 5}),
    ((), {"y": 5, "x": 1}),
    ((1, 2), {"y": 5}),
    ((1, 2), {"z": 5}),
    ((1,), {"y": 2, "scale": 2, "shift": 1, "extra": 7}),
    ((1,), {"nonsense": 1}),
]
FUNCTIONS = [
    plain,
    positional_only,
    everything,
    nothing,
    lambda x, y: x - y,
    functools.partial(everything, 1, scale=2),
    functools.partial(plain, y=4),
    Callable3(),
]


@pytest.mark.parametrize(
    "function", FUNCTIONS, ids=lambda f: getattr(f, "__name__", type(f).__name__)
)
@pytest.mark.parametrize(("args", "kwargs"), CALLS)
def test_binding_equals_pythons(
    function: Callable[..., Any], args: tuple[int, ...], kwargs: dict[str, int]
) -> None:
    staged = pg.function(function)
    try:
        expected = function(*args, **kwargs)
    except TypeError as error:
        with pytest.raises(TypeError) as caught:
            staged(*args, **kwargs)
        assert str(caught.value) == str(error)  # noqa: PT017
        assert staged.tracing_count == 0
    else:
        assert staged(*args, **kwargs) == expected
        assert staged(*args, **kwargs) == expected
        assert staged.tracing_count == 1


def test_methods_bind_as_python_binds_them() -> None:
    class Plain:
        def scale(self, x, y=1):  # type: ignore[no-untyped-def]
            return x * y

    class Staged:
        @pg.function
        def scale(self, x, y=1):  # type: ignore[no-untyped-def]
            return x * y

    for args in ((), (1, 2, 3)):
        with pytest.raises(TypeError) as wanted:
            Plain().scale(*args)
        with pytest.raises(TypeError) as caught:
            Staged().scale(*args)
        assert str(caught.value) == str(wanted.value).replace("Plain", "Staged")
    assert Staged().scale(y=3, x=2) == 6


def test_equal_calls_are_one_graph() -> None:
    staged = pg.function(everything)
    for args, kwargs in [
        ((1,), {"scale": 2}),
        ((1, 1), {"scale": 2}),
        ((1,), {"scale": 2, "y": 1}),
        ((1,), {"shift": 0, "scale": 2}),
    ]:
        assert staged(*args, **kwargs) == 4
    assert staged.tracing_count == 1
    staged(1, scale=2, a=1, b=2)
    staged(1, scale=2, b=2, a=1)
    assert staged.tracing_count == 2


def test_a_function_looks_like_what_it_wraps() -> None:
    staged = pg.function(plain)
    assert staged.__name__ == "plain"
    assert staged.__qualname__ == plain.__qualname__
    assert staged.__module__ == plain.__module__
    assert staged.__doc__ == "Add."
    assert staged.__wrapped__ is plain
    assert inspect.signature(staged) == inspect.signature(plain)
    assert "plain(x, y=2)" in repr(staged)
    help_text = pydoc.plain(pydoc.render_doc(staged))
    assert "Add." in help_text
    assert "plain(x, y=2)" in help_text


def test_a_mutated_argument_is_named() -> None:
    @pg.function
    def appends(first, items):  # type: ignore[no-untyped-def]
        items["a"].append(first)
        return first

    @pg.function
    def replaces(items):  # type: ignore[no-untyped-def]
        items[0] = items[1]
        return items[0]

    @pg.function
    def adds(items, x):  # type: ignore[no-untyped-def]
        items.add(3)
        return x

    items: dict[str, list[Any]] = {"a": []}
    with pytest.raises(TypeError, match="appends changes its argument 'items' in place"):
        appends(pg.asarray(1), items)
    assert items == {"a": []}
    with pytest.raises(TypeError, match="replaces changes its argument 'items'"):
        replaces([pg.asarray(1), pg.asarray(2)])
    numbers = {1, 2}
    with pytest.raises(TypeError, match="adds changes its argument 'items'"):
        adds(numbers, 1)
    assert numbers == {1, 2}
    assert appends.cache_info().graphs == 0


def test_a_local_copy_may_change() -> None:
    @pg.function
    def works(items, **more):  # type: ignore[no-untyped-def]
        own = list(items)
        own.append(more.pop("last"))
        return own

    assert works([1, 2], last=3) == [1, 2, 3]


def test_generators_are_refused() -> None:
    def numbers(x):  # type: ignore[no-untyped-def]
        yield x

    with pytest.raises((TypeError, pg.autograph.ConversionError), match="numbers"):
        pg.function(numbers)(1)
    with pytest.raises(TypeError, match="generator"):
        pg.function(numbers, autograph=False)(1)
