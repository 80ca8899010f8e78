"""Long chains of ``if ... elif ...`` and of ``x if c else y``, which nest no deeper for that.

First the graph finds which branch it is, a few tests at a time. The branches stand at the ends of a
tree of comparisons with the number that was found.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pygraph.autograph.operators.branches import EXPRESSION, RESULT, run_noted, stage_choice
from pygraph.autograph.operators.protocols import tested
from pygraph.autograph.operators.sites import BranchSite
from pygraph.autograph.operators.variables import Variables, run
from pygraph.control.tensors import stages

# So many tests nest; the next ones stand behind them.
_GROUP = 16
_NUMBER = "the number of the branch"

Helper = Callable[[], Any]


def if_chain(
    tests: Sequence[Helper],
    branches: Sequence[Helper],
    names: Sequence[str] = (),
    *,
    guarded: Sequence[str] = (),
    passing: Sequence[str] = (),
) -> Any:
    """Run the branch of the first test that holds, or the last branch; stage all where need be.

    ``names`` and ``guarded`` are as for ``if_stmt``; variables in ``passing`` are assigned by tests
    and read by nothing after the chain.
    """
    site = _Sites(tests, branches, Variables(names, (*tests, *branches)))
    return _chain(site, RESULT, guarded, (*guarded, *passing))


def expr_chain(tests: Sequence[Helper], branches: Sequence[Helper]) -> Any:
    """``a if test else b if test else ...``."""
    site = _Sites(tests, branches, Variables((), ()))
    return _chain(site, EXPRESSION)


class _Sites:
    """The helpers of a chain, and where in the user's code they stand."""

    def __init__(
        self, tests: Sequence[Helper], branches: Sequence[Helper], variables: Variables
    ) -> None:
        self.tests = tests
        self.branches = branches
        self.variables = variables

    def between(self, one: int, other: int, helpers: Sequence[Helper]) -> BranchSite:
        """Return the place of two branches, by number, and what else may run there."""
        return BranchSite(self.branches[one], self.branches[other], self.variables, helpers)


def _chain(
    chain: _Sites,
    result: str,
    guarded: Sequence[str] = (),
    passing: Sequence[str] = (),
) -> Any:
    for index, test in enumerate(chain.tests):
        value = tested(run(test))
        if stages(value):
            search = _Search(chain, passing)
            number = search.start(index, value)
            return _branch(chain, number, search.reached, (result, guarded))
        if value:
            return run(chain.branches[index])
    return run(chain.branches[-1])


class _Search:
    """Finds the number of the branch; ``reached`` are those that Python cannot tell from it."""

    def __init__(self, chain: _Sites, passing: Sequence[str]) -> None:
        self.chain = chain
        self.passing = passing
        self.reached: list[int] = []
        self._falls = False

    def start(self, index: int, value: Any) -> Any:
        """Return the number, given the value of the test with which the search starts."""
        count = len(self.chain.tests)
        end = min(index + _GROUP, count)
        number = self._staged(index, end, value)
        while self._falls and end < count:
            self._falls = False
            start, end = end, min(end + _GROUP, count)
            number = self._continued(number, start, end)
        if self._falls:
            self.reached.append(count)
        return number

    def _continued(self, found: Any, start: int, end: int) -> Any:
        site = self.chain.between(start, start, self.chain.tests[start:end])
        return _choice(
            found == start,
            lambda: self._number(start, end),
            lambda: found,
            (self.chain.variables, site, _NUMBER),
            guarded=self.passing,
        )

    def _number(self, index: int, end: int) -> Any:
        """Return the number of the branch, which is ``end`` where no test before that holds."""
        while index < end:
            value = tested(run(self.chain.tests[index]))
            if stages(value):
                return self._staged(index, end, value)
            if value:
                self.reached.append(index)
                return index
            index += 1
        self._falls = True
        return end

    def _staged(self, index: int, end: int, value: Any) -> Any:
        self.reached.append(index)
        site = self.chain.between(index, index + 1, self.chain.tests[index:end])
        return _choice(
            value,
            lambda: index,
            lambda: self._number(index + 1, end),
            (self.chain.variables, site, _NUMBER),
            guarded=self.passing,
        )


def _branch(
    chain: _Sites, number: Any, reached: Sequence[int], kind: tuple[str, Sequence[str]]
) -> Any:
    """Stage the branches with numbers in ``reached``, and run that with ``number``."""
    middle = len(reached) // 2
    helpers = [chain.branches[index] for index in reached]
    site = chain.between(reached[0], reached[middle], helpers)
    if not middle:
        return run_noted(chain.branches[reached[0]], site)
    result, guarded = kind
    return _choice(
        number < reached[middle],
        lambda: _branch(chain, number, reached[:middle], kind),
        lambda: _branch(chain, number, reached[middle:], kind),
        (chain.variables, site, result),
        guarded=guarded,
    )


def _choice(
    test: Any,
    then: Helper,
    otherwise: Helper,
    place: tuple[Variables, BranchSite, str],
    *,
    guarded: Sequence[str],
) -> Any:
    if not stages(test):  # where a test raised, what is left may be known
        return then() if test else otherwise()
    return stage_choice(test, then, otherwise, *place, guarded=guarded)
