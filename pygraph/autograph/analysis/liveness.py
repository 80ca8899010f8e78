"""Liveness: which names are still read later. Backwards over the tree without jumps.

A variable that is dead after a branch or a loop is no part of its results, so it need not have one
type there. Inside ``try`` every statement may be the last one that runs before a handler. What a
nested function captures is live for as long as the function can be called.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from pygraph.autograph.analysis.scopes import FunctionScope


class Liveness:
    """Fills in ``live_out``, ``live_body`` and ``live_orelse`` of the facts of a function."""

    def __init__(
        self, scope: FunctionScope, exit_reads: dict[ast.For, int], terminal: set[ast.If]
    ) -> None:
        self.scope = scope
        self.facts = scope.facts
        self.exit_reads = exit_reads
        # Branches after which the function ends.
        self.terminal = terminal
        self.always = scope.always_live

    def function(self, statements: Sequence[ast.stmt]) -> int:
        """Return what is live at the start of the function."""
        return self._block(statements, 0, 0)

    def _block(self, statements: Sequence[ast.stmt], out: int, handlers: int) -> int:
        live = self._complete(out)
        for statement in reversed(statements):
            live = self._complete(self._statement(statement, live, handlers))
        return live

    def _complete(self, live: int) -> int:
        """Add what is live because someone unknown, or a function that is live, may read it."""
        live |= self.always
        return live | self.scope.captured_by(live) if self.scope.closures else live

    def _statement(self, node: ast.stmt, out: int, handlers: int) -> int:
        facts = self.facts[node]
        facts.live_out = out | handlers
        if isinstance(node, ast.If):
            if node in self.terminal:
                facts.live_out = self._complete(handlers)
            facts.live_body = self._block(node.body, out, handlers)
            facts.live_orelse = self._block(node.orelse, out, handlers)
            return facts.live_body | facts.live_orelse | facts.reads | handlers
        if isinstance(node, ast.While):
            return self._loop(node, out | facts.reads, handlers)
        if isinstance(node, ast.For):
            needed = out | facts.held | self.exit_reads.get(node, 0)
            return self._loop(node, needed, handlers) | facts.reads
        if isinstance(node, ast.With):
            # An exception may be swallowed: then the end is reached from anywhere inside.
            return self._block(node.body, out, handlers | out) | facts.reads
        if isinstance(node, (ast.Try, ast.TryStar)):
            return self._try(node, out, handlers) | facts.reads
        if isinstance(node, ast.Match):
            live = out | facts.reads | handlers
            for case in node.cases:
                live |= self._block(case.body, out, handlers)
            return live
        if isinstance(node, (ast.Return, ast.Raise)):
            return facts.reads | handlers
        overwritten = (facts.writes & ~facts.perhaps) | facts.deletes
        return (out & ~overwritten) | facts.reads | handlers

    def _loop(self, node: ast.While | ast.For, out: int, handlers: int) -> int:
        """The head of the loop reads what the test, the body and the way out read."""
        facts = self.facts[node]
        targets = facts.writes if isinstance(node, ast.For) else 0
        head = out
        while True:
            body = self._block(node.body, head, handlers)
            grown = self._complete(head | (body & ~targets))
            if grown == head:
                break
            head = grown
        facts.live_body = self._complete(head)
        return head | handlers

    def _try(self, node: ast.Try | ast.TryStar, out: int, handlers: int) -> int:
        final = self._block(node.finalbody, out, handlers) if node.finalbody else out
        outside = handlers | (final if node.finalbody else 0)
        caught = outside
        for handler in node.handlers:
            caught |= self._block(handler.body, final, outside)
        after = self._block(node.orelse, final, outside)
        return self._block(node.body, after, caught) | caught
