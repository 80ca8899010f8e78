"""`try` in a graph: handlers see what happens while tracing; what they cannot see is refused."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest
from support import as_python, staged

import pygraph as pg


def check(function: Callable[..., Any], *arguments: Any) -> None:
    assert staged(function, *arguments) == as_python(function(*map(pg.asarray, arguments)))


def refused(function: Callable[..., Any], *arguments: Any, names: str) -> None:
    with pytest.raises(TypeError, match=f"{names} may be raised.*\n.*test_try.py.*\nTest for it"):
        staged(function, *arguments)


def test_handlers_see_what_is_raised_while_tracing() -> None:
    def lookup(x):
        try:
            y = {}["missing"]
        except KeyError:
            y = x * 2
        else:
            y = y + 1
        finally:
            z = x + 1
        return y + z

    def in_branches(x):
        while x > 0:
            try:
                if x % 2 == 0:
                    raise_it = int("no number")
                    x = raise_it
                x = x - 1
            except TypeError:
                return x
            except ValueError:
                x = x - 3
        return x

    check(lookup, 3)
    with pytest.raises(TypeError, match="ValueError is raised where a tensor decides"):
        staged(in_branches, 4)


def test_jumps() -> None:
    def use(x, n):
        for i in range(4):
            try:
                if n == 1:
                    continue
                x = x + 1
                if i == n:
                    break
            except (TypeError, (KeyError,)):  # noqa: B030
                return x
            else:
                x = x * 2
            finally:
                x = x + 10
        return x

    for n in range(4):
        check(use, 7, n)


def test_faults_of_a_run_are_beyond_handlers() -> None:
    def quotient(x, n):
        try:
            return x // n
        except (LookupError, ArithmeticError):
            return x

    def item(x, i):
        try:
            y = x[i]
        except:  # noqa: E722
            y = x[0]
        return y

    def raising(x):
        try:
            for i in range(x):
                if i > 3:
                    raise ValueError("four")
        except KeyError:
            return 1
        except ValueError:
            return 2
        return x

    variable = pg.Variable([1, 2])

    def written(x, i):
        try:
            variable[i] = x
        except IndexError:
            return 0
        return 1

    refused(quotient, 1, 2, names="ZeroDivisionError")
    refused(written, 5, 1, names="IndexError")
    refused(item, [1, 2], 1, names="IndexError")
    refused(raising, 5, names="ValueError")


def test_faults_of_a_recursion_are_beyond_handlers() -> None:
    def caught(kind):
        @pg.function
        def countdown(n):
            if n < 0:
                raise ValueError("below 0")
            if n == 0:
                return 0
            try:
                return countdown(n - 2) + 1
            except kind:
                return -1

        return countdown

    refused(caught(ValueError), 3, names="ValueError")
    refused(caught(RecursionError), 3, names="RecursionError")
    assert caught(KeyError)(pg.asarray(4)) == 2


def test_what_cannot_fail_is_no_matter() -> None:
    def safe(x, v):
        try:
            while x > 1:
                x = x // 2 if x % 2 == 0 else x - 1
            return x + v[0] + pg.max(v) + pg.sum(pg.reshape(v, -1)) + x**2
        except Exception:
            return x

    def other_types(x, n):
        try:
            y = x // n
        except (KeyError, ImportError):
            y = x
        return y

    check(safe, 37, [1, 2, 3])
    check(other_types, 37, 5)


def test_effects_of_a_finally() -> None:
    def use(x, n):
        try:
            y = x // n
        finally:
            print("done", x)
        return y

    refused(use, 1, 2, names="ZeroDivisionError")

    def pure(x, n):
        try:
            y = x // n
        finally:
            x = x + 1
        return x + y

    check(pure, 7, 2)


def test_exception_groups() -> None:
    def use(x):
        try:
            raise ExceptionGroup("both", [ValueError(1), TypeError(2)])
        except* ValueError as group:
            x = x + len(group.exceptions)
        except* TypeError:
            x = x * 10
        return x

    assert sys.version_info >= (3, 11)
    check(use, 3)


def test_a_misfit_of_unknown_sizes() -> None:
    def caught(x, y):
        try:
            return x + y
        except ValueError:
            return x

    x, y = pg.ones(3), pg.ones(2)
    assert pg.function(caught)(x, y).tolist() == [1.0, 1.0, 1.0]
    unknown = pg.TensorSpec((None,), pg.float64)
    with pytest.raises(TypeError, match=r"ValueError may be raised here(?s:.*)in caught"):
        pg.function(caught, input_signature=[unknown, unknown])(x, y)

    def same(x):
        try:
            return x + x * 2.0
        except ValueError:
            return x

    assert pg.function(same, input_signature=[unknown])(x).tolist() == [3.0, 3.0, 3.0]
