"""Definedness: where a variable may be unset, or None, on one of the ways that staging joins.

Forwards over the tree without jumps. A variable that gets a value on one side of a branch or in a
loop that may not run carries a flag when the branch or loop is staged; every place that may read
such a variable is marked, and converted to a checked read. Everything else reads as it stands.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from pygraph.autograph.analysis.scopes import Facts, FunctionScope


class _State:
    """What each name may be: unset, None, a value; ``mixed`` if staging may have joined these."""

    __slots__ = ("mixed", "none", "unset", "value")

    def __init__(self, unset: int, none: int, value: int, mixed: int = 0) -> None:
        self.unset = unset
        self.none = none
        self.value = value
        self.mixed = mixed

    def parts(self) -> tuple[int, int, int, int]:
        return self.unset, self.none, self.value, self.mixed

    def copy(self) -> _State:
        return _State(*self.parts())

    def assign(self, facts: Facts) -> None:
        changed = facts.writes | facts.deletes
        if changed:
            keep = ~changed | facts.perhaps
            plain = facts.writes & ~facts.nones
            self.unset = (self.unset & keep) | facts.deletes
            self.none = (self.none & keep) | facts.nones | facts.optionals
            self.value = (self.value & keep) | plain
            skipped = facts.perhaps & (self.unset | self.none)
            self.mixed = (self.mixed & keep) | facts.optionals | skipped


class Definedness:
    """Fills in ``checked`` and ``maybe_unset`` of the facts of a function.

    ``checked`` are the names whose reads in a statement (or its header) need a check, and
    ``maybe_unset`` the names that may have no value when the statement starts.
    """

    def __init__(self, scope: FunctionScope, guarded: int, endless: set[ast.While]) -> None:
        self.scope = scope
        self.guarded = guarded
        # Loops written as `while True`: their body runs at least once.
        self.endless = endless
        self.ever = 0

    def function(self, statements: Sequence[ast.stmt]) -> None:
        """Analyse the body of the function."""
        scope = self.scope
        outside = scope.declared_global | scope.declared_nonlocal
        given = scope.parameters | outside
        start = _State(scope.bound & ~given, scope.optional_parameters, given)
        self._block(statements, start)
        scope.ever_checked = self.ever & ~self.guarded

    def _block(self, statements: Sequence[ast.stmt], state: _State) -> _State | None:
        now: _State | None = state
        for statement in statements:
            if now is None:
                # Never reached, but still to be converted.
                now = state.copy()
                self._statement(statement, now)
                now = None
            else:
                now = self._statement(statement, now)
        return now

    def _statement(self, node: ast.stmt, state: _State) -> _State | None:
        facts = self.scope.facts[node]
        facts.checked = state.mixed & ~self.guarded
        facts.maybe_unset = state.unset
        if isinstance(node, (ast.Return, ast.Raise)):
            return None
        if isinstance(node, (ast.While, ast.For)):
            return self._loop(node, facts, state)
        state.assign(facts)
        self.ever |= state.mixed
        if isinstance(node, ast.If):
            then = self._block(node.body, state.copy())
            otherwise = self._block(node.orelse, state.copy())
            return self._join(facts.modified, then, otherwise)
        if isinstance(node, ast.With):
            body = self._block(node.body, state.copy())
            return self._anywhere(facts, state, body)
        if isinstance(node, (ast.Try, ast.TryStar)):
            return self._try(node, facts, state)
        if isinstance(node, ast.Match):
            joined: _State | None = state.copy()
            for case in node.cases:
                joined = self._join(0, joined, self._block(case.body, state.copy()))
            return joined
        return state

    def _loop(self, node: ast.While | ast.For, facts: Facts, state: _State) -> _State | None:
        head = state
        while True:
            body_start = head.copy()
            if isinstance(node, ast.For):
                body_start.assign(facts)
            end = self._block(node.body, body_start)
            joined = self._join(facts.modified, head, end)
            assert joined is not None
            if joined.parts() == head.parts():
                break
            head = joined
        # The test of a `while` is evaluated again and again, at the head.
        facts.checked = head.mixed & ~self.guarded
        if node in self.endless:
            return end if facts.falls else None
        return head

    def _try(self, node: ast.Try | ast.TryStar, facts: Facts, state: _State) -> _State | None:
        body = self._block(node.body, state.copy())
        anywhere = self._anywhere(facts, state, body)
        ends: list[_State | None] = [None if body is None else self._block(node.orelse, body)]
        for handler in node.handlers:
            start = anywhere.copy()
            if handler.name is not None:
                bit = self.scope.bit(handler.name)
                start.assign(Facts(writes=bit))
            end = self._block(handler.body, start)
            if end is not None and handler.name is not None:
                end.assign(Facts(deletes=bit))
            ends.append(end)
        joined: _State | None = None
        for end in ends:
            joined = self._join(0, joined, end)
        if node.finalbody:
            final = self._block(node.finalbody, (joined or anywhere).copy())
            return final if joined is not None else None
        return joined

    def _anywhere(self, facts: Facts, before: _State, after: _State | None) -> _State:
        """The state after an exception somewhere inside a block."""
        joined = self._join(0, before.copy(), after)
        assert joined is not None
        joined.value |= facts.modified
        joined.mixed |= self.ever & facts.modified
        return joined

    def _join(self, modified: int, one: _State | None, other: _State | None) -> _State | None:
        if one is None or other is None:
            return one if other is None else other
        joined = _State(
            one.unset | other.unset,
            one.none | other.none,
            one.value | other.value,
            one.mixed | other.mixed,
        )
        joined.mixed |= modified & joined.value & (joined.unset | joined.none)
        self.ever |= joined.mixed
        return joined
