"""Takes ``break``, ``continue`` and early ``return`` out of a function.

A branch or a loop body becomes a function of its own, which cannot be jumped out of. What follows a
branch that always leaves moves into the other branch; where that is not possible a flag says that
the way was left, and what follows is guarded by it. ``return`` stays where it is the last thing.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from copy import copy as copy_node
from typing import Any, TypeVar

from pygraph.autograph.analysis.scopes import (
    Facts,
    FunctionScope,
    block_flow,
    is_true,
    names_in,
)
from pygraph.autograph.converters.nodes import at_start
from pygraph.autograph.errors import ConversionError

_Expr = TypeVar("_Expr", bound=ast.expr)


class _Loop:
    """The flags of one loop; a flag gets its name when it is first needed."""

    def __init__(self, break_flag: str, continue_flag: str) -> None:
        self.break_flag = break_flag
        self.continue_flag = continue_flag
        self.continue_used = False


class Lowering:
    """Rewrites one function. ``exits`` gives the exit test of every ``for`` that has one."""

    def __init__(self, scope: FunctionScope, fresh: Callable[[str], str]) -> None:
        self.scope = scope
        self.fresh = fresh
        self.exits: dict[ast.For, ast.expr] = {}
        # Branches in which every way ends the function, and loops written as `while True`.
        self.terminal: set[ast.If] = set()
        self.endless: set[ast.While] = set()
        # Branches that read a guarded name.
        self.needs: dict[ast.If, str] = {}
        # Names whose absence some flag guards: reading them needs no check.
        self.guarded = 0
        self.return_flag = ""
        self.return_value = ""

    def function(self, statements: Sequence[ast.stmt]) -> list[ast.stmt]:
        """Return the body of the function without jumps."""
        return self._tail(statements)

    # Blocks that end the function

    def _tail(self, statements: Sequence[ast.stmt]) -> list[ast.stmt]:
        out: list[ast.stmt] = []
        for index, statement in enumerate(statements):
            facts = self.scope.facts[statement]
            if not facts.returns:
                out.extend(self._statement(statement, None))
                continue
            if isinstance(statement, ast.Return):
                out.append(statement)
                return out
            rest = statements[index + 1 :]
            if isinstance(statement, ast.If):
                moved = self._tail_if(statement, rest)
                if moved is not None:
                    out.append(moved)
                    return out
            elif self._native_returns(statement):
                out.append(self._with_parts(statement, self._tail_part))
                continue
            out.extend(self._partial(statement, rest))
            return out
        return out

    def _tail_if(self, node: ast.If, rest: Sequence[ast.stmt]) -> ast.stmt | None:
        then, otherwise = self._flow(node.body), self._flow(node.orelse)
        if not then.falls:
            body, orelse = node.body, [*node.orelse, *(rest if otherwise.falls else ())]
        elif not otherwise.falls:
            body, orelse = [*node.body, *rest], node.orelse
        elif not rest and (then.returns or otherwise.returns):
            # Falling off the end is a return as well.
            body, orelse = node.body, node.orelse
        else:
            return None
        ending = self._if(node, node.test, self._tail(body), self._tail(orelse))
        self.terminal.add(ending)
        return ending

    def _native_returns(self, node: ast.stmt) -> bool:
        """Whether no part of a ``with``, ``try`` or ``match`` returns on some of its ways only."""
        if not isinstance(node, (ast.With, ast.Try, ast.TryStar, ast.Match)):
            return False
        flows = [self._flow(part) for part in _parts(node)]
        return all(not flow.returns or not flow.falls for flow in flows)

    def _tail_part(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        if self._flow(statements).returns:
            return self._tail(statements)
        return self._block(statements, None)

    def _partial(self, statement: ast.stmt, rest: Sequence[ast.stmt]) -> list[ast.stmt]:
        """A statement that returns on some ways, from places where ``return`` cannot stay."""
        if not self.return_flag:
            self.return_flag, self.return_value = self.fresh("do_return"), self.fresh("result")
            bit = self.scope.bit(self.return_value)
            self.scope.bound |= bit
            self.guarded |= bit
        out = [self._set(statement, self.return_flag, False)]
        out.extend(self._statement(statement, None))
        value = _locate(_load(self.return_value), statement)
        result = ast.copy_location(ast.Return(value), statement)
        facts = Facts(reads=self.scope.bit(self.return_value), returns=True, falls=False)
        self.scope.facts[result] = facts
        if self.scope.facts[statement].falls:
            test = _load(self.return_flag)
            ending = self._if(statement, test, [result], self._tail(rest))
            self.terminal.add(ending)
            self.needs[ending] = self.return_value
            out.append(ending)
        else:
            out.append(result)
        return out

    # Blocks after which something follows

    def _block(self, statements: Sequence[ast.stmt], loop: _Loop | None) -> list[ast.stmt]:
        out: list[ast.stmt] = []
        for index, statement in enumerate(statements):
            facts = self.scope.facts[statement]
            rest = statements[index + 1 :]
            if isinstance(statement, ast.If) and facts.jumps and rest:
                moved = self._moved_rest(statement, rest, loop)
                if moved is not None:
                    out.append(moved)
                    return out
            out.extend(self._statement(statement, loop))
            if not facts.falls:
                return out
            if facts.jumps and rest:
                flags = self._flags(facts, loop)
                out.append(self._if(statement, _none_of(flags), self._block(rest, loop), []))
                return out
        return out

    def _moved_rest(
        self, node: ast.If, rest: Sequence[ast.stmt], loop: _Loop | None
    ) -> ast.stmt | None:
        then, otherwise = self._flow(node.body), self._flow(node.orelse)
        if not then.falls:
            body, orelse = node.body, [*node.orelse, *(rest if otherwise.falls else ())]
        elif not otherwise.falls:
            body, orelse = [*node.body, *rest], node.orelse
        else:
            return None
        return self._if(node, node.test, self._block(body, loop), self._block(orelse, loop))

    def _flags(self, facts: Facts, loop: _Loop | None) -> list[str]:
        flags = [self.return_flag] if facts.returns else []
        if facts.breaks and loop is not None:
            flags.append(loop.break_flag)
        if facts.continues and loop is not None:
            loop.continue_used = True
            flags.append(loop.continue_flag)
        return flags

    def _statement(self, node: ast.stmt, loop: _Loop | None) -> list[ast.stmt]:
        """One statement; ``loop`` is the loop that a break or continue in it belongs to."""
        if isinstance(node, ast.Return):
            return self._lower_return(node)
        if isinstance(node, ast.Break):
            assert loop is not None
            return [self._set(node, loop.break_flag, True)]
        if isinstance(node, ast.Continue):
            assert loop is not None
            return [self._set(node, loop.continue_flag, True)]
        if isinstance(node, ast.If):
            body, orelse = self._block(node.body, loop), self._block(node.orelse, loop)
            return [self._if(node, node.test, body, orelse)]
        if isinstance(node, (ast.While, ast.For)):
            return self._loop(node, loop)
        if isinstance(node, (ast.Try, ast.TryStar)) and self._flow(node.finalbody).jumps:
            return self._jump_from_finally(node, loop)
        if isinstance(node, (ast.With, ast.Try, ast.TryStar, ast.Match)):
            return [self._with_parts(node, lambda part: self._block(part, loop), loop)]
        return [node]

    def _lower_return(self, node: ast.Return) -> list[ast.stmt]:
        value = node.value if node.value is not None else ast.Constant(None)
        target = ast.Name(self.return_value, ast.Store())
        assign = ast.copy_location(ast.Assign([target], value), node)
        ast.copy_location(target, node)
        if node.value is None:
            ast.copy_location(value, node)
        writes = self.scope.bit(self.return_value)
        # A plain `return` after all gives None, which is a value here and never "not set yet".
        self.scope.facts[assign] = Facts(
            reads=self.scope.facts[node].reads,
            writes=writes | self.scope.facts[node].writes,
            perhaps=self.scope.facts[node].perhaps,
            modified=writes | self.scope.facts[node].writes,
        )
        return [assign, self._set(node, self.return_flag, True)]

    # Loops

    def _loop(self, node: ast.While | ast.For, outer: _Loop | None) -> list[ast.stmt]:
        if isinstance(node, ast.While) and self.scope.facts[node].writes:
            return self._loop(self._test_in_body(node), outer)
        inside = self._flow(node.body)
        loop = _Loop(
            self.fresh("do_break") if inside.breaks else "",
            self.fresh("do_continue") if inside.continues else "",
        )
        body = self._block(node.body, loop)
        out: list[ast.stmt] = []
        flags = []
        if inside.breaks:
            out.append(self._set(node, loop.break_flag, False))
            flags.append(loop.break_flag)
        if inside.returns:
            flags.append(self.return_flag)
        if loop.continue_used:
            body.insert(0, self._set(node.body[0], loop.continue_flag, False))
        elif inside.continues:
            body = self._without(body, loop.continue_flag)
        out.append(self._rebuilt_loop(node, body, flags))
        if node.orelse:
            orelse = self._block(node.orelse, outer)
            if flags:
                out.append(self._if(node, _none_of(flags), orelse, []))
            else:
                out.extend(orelse)
        return out

    def _test_in_body(self, node: ast.While) -> ast.While:
        """``while (x := f()): body`` becomes ``while True: if not (x := f()): break`` and so on."""
        leave = ast.copy_location(ast.Break(), node)
        self.scope.facts[leave] = Facts(breaks=True, falls=False)
        orelse = self._flow(node.orelse)
        if orelse.breaks or orelse.continues:
            raise ConversionError(
                "a jump in the `else` of a loop whose test assigns is not supported",
                line=node.lineno,
            )
        inverse = ast.copy_location(ast.UnaryOp(ast.Not(), node.test), node.test)
        check = ast.copy_location(ast.If(inverse, [*node.orelse, leave], []), node)
        header = self.scope.facts[node]
        self.scope.facts[check] = Facts(
            reads=header.reads,
            writes=header.writes,
            perhaps=header.perhaps,
            modified=header.writes | orelse.modified,
            returns=orelse.returns,
            breaks=True,
        )
        test = ast.copy_location(ast.Constant(True), node.test)
        loop = ast.copy_location(ast.While(test, [check, *node.body], []), node)
        self.scope.facts[loop] = Facts(modified=header.modified, falls=True, returns=header.returns)
        return loop

    def _rebuilt_loop(
        self, node: ast.While | ast.For, body: list[ast.stmt], flags: list[str]
    ) -> ast.stmt:
        facts = self.scope.facts[node]
        reads = facts.reads | self.scope.mask(flags)
        header = Facts(reads=reads, writes=facts.writes, held=facts.held)
        loop: ast.While | ast.For
        if isinstance(node, ast.While):
            test: ast.expr = node.test
            if flags:
                going = _none_of(flags)
                test = going if is_true(test) else ast.BoolOp(ast.And(), [going, test])
                _locate(test, node.test)
            loop = ast.While(test, body, [])
            if is_true(node.test):
                self.endless.add(loop)
        else:
            loop = ast.For(node.target, node.iter, body, [])
            if flags:
                self.exits[loop] = _locate(_none_of(flags), node)
        ast.copy_location(loop, node)
        header.modified = header.writes | self._modified(body)
        # With a flag set the loop ends here, however the function went on.
        header.falls = facts.falls or bool(flags)
        self.scope.facts[loop] = header
        return loop

    def _without(self, body: list[ast.stmt], flag: str) -> list[ast.stmt]:
        """Drop the assignments of a flag that nothing reads."""
        kept: list[ast.stmt] = []
        for statement in body:
            if _assigns(statement, flag):
                continue
            if isinstance(statement, ast.If):
                self.scope.facts[statement].modified &= ~self.scope.bit(flag)
                statement.body = self._without(statement.body, flag)
                statement.orelse = self._without(statement.orelse, flag)
                _turn_if_empty(statement)
            elif isinstance(statement, (ast.With, ast.Try, ast.TryStar, ast.Match)):
                self.scope.facts[statement].modified &= ~self.scope.bit(flag)
                for part in _parts(statement):
                    part[:] = self._without(part, flag) or part[:0]
                _fill_empty(statement, self.scope)
            kept.append(statement)
        return kept

    # Making statements

    def _with_parts(
        self,
        node: ast.stmt,
        convert: Callable[[list[ast.stmt]], list[ast.stmt]],
        loop: _Loop | None = None,
    ) -> ast.stmt:
        """A copy of a ``with``, ``try`` or ``match`` with every block of it converted."""
        copy = copy_node(node)
        if isinstance(copy, (ast.Try, ast.TryStar)):
            self._convert_try(copy, convert, loop)
        elif isinstance(copy, ast.Match):
            copy.cases = [copy_node(case) for case in copy.cases]
            for case in copy.cases:
                case.body = convert(case.body)
        else:
            assert isinstance(copy, ast.With)
            copy.body = convert(copy.body)
        facts = self.scope.facts[node]
        modified = facts.modified
        for part in _parts(copy):
            modified |= self._modified(part)
        self.scope.facts[copy] = Facts(
            reads=facts.reads,
            writes=facts.writes,
            perhaps=facts.perhaps,
            modified=modified,
            falls=facts.falls,
        )
        _fill_empty(copy, self.scope)
        return copy

    def _jump_from_finally(self, node: ast.Try | ast.TryStar, loop: _Loop | None) -> list[ast.stmt]:
        """A ``finally`` that always jumps: it undoes jumps and exceptions that come before it."""
        if self._flow(node.finalbody).falls:
            raise ConversionError(
                "a jump out of `finally` on some of its ways only is not supported inside of a "
                "loop or a branch, or where the `try` returns on some of its ways",
                line=node.finalbody[0].lineno,
            )
        facts = self.scope.facts[node]
        inner: list[ast.stmt] = node.body
        if node.handlers or node.orelse:
            handled = ast.copy_location(type(node)(node.body, node.handlers, node.orelse, []), node)
            self.scope.facts[handled] = facts
            inner = [handled]
        nothing = ast.copy_location(ast.Pass(), node)
        self.scope.facts[nothing] = Facts()
        caught = at_start(ast.Name("Exception", ast.Load()), node)
        handler = ast.copy_location(ast.ExceptHandler(caught, None, [nothing]), node)
        guarded = ast.copy_location(ast.Try(inner, [handler], [], []), node)
        left = block_flow(self.scope, inner)
        self.scope.facts[guarded] = Facts(
            reads=facts.reads,
            modified=facts.modified,
            returns=left.returns,
            breaks=left.breaks,
            continues=left.continues,
        )
        out = self._statement(guarded, loop)
        out += [self._set(node.finalbody[0], flag, False) for flag in self._flags(left, loop)]
        return out + self._block(node.finalbody, loop)

    def _convert_try(
        self,
        copy: ast.Try | ast.TryStar,
        convert: Callable[[list[ast.stmt]], list[ast.stmt]],
        loop: _Loop | None,
    ) -> None:
        body = self._flow(copy.body)
        native = convert == self._tail_part
        left = Facts(returns=body.returns, breaks=body.breaks, continues=body.continues)
        flags = [] if native or not left.jumps else self._flags(left, loop)
        copy.body = convert(copy.body)
        copy.handlers = [copy_node(handler) for handler in copy.handlers]
        for handler in copy.handlers:
            handler.body = convert(handler.body)
            # An exception on the way out undoes the jump.
            handler.body[:0] = [self._set(handler, flag, False) for flag in flags]
        copy.orelse = convert(copy.orelse)
        if flags and copy.orelse:
            copy.orelse = [self._if(copy, _none_of(flags), copy.orelse, [])]
        copy.finalbody = convert(copy.finalbody)

    def _if(
        self, place: ast.stmt, test: ast.expr, body: list[ast.stmt], orelse: list[ast.stmt]
    ) -> ast.If:
        _locate(test, place)
        header = self.scope.facts.get(place) if test is getattr(place, "test", None) else None
        node = ast.copy_location(ast.If(test, body, orelse), place)
        if header is None:
            header = Facts(reads=self.scope.mask(names_in(test)))
        self.scope.facts[node] = Facts(
            reads=header.reads,
            writes=header.writes,
            perhaps=header.perhaps,
            modified=header.writes | self._modified(body) | self._modified(orelse),
        )
        _turn_if_empty(node)
        return node

    def _set(self, place: ast.AST, name: str, value: bool) -> ast.stmt:
        target = at_start(ast.Name(name, ast.Store()), place)
        constant = at_start(ast.Constant(value), place)
        node = at_start(ast.Assign([target], constant), place)
        bit = self.scope.bit(name)
        self.scope.bound |= bit
        self.scope.facts[node] = Facts(writes=bit, modified=bit)
        return node

    def _modified(self, statements: Sequence[ast.stmt]) -> int:
        result = 0
        for statement in statements:
            result |= self.scope.facts[statement].modified
        return result

    def _flow(self, statements: Sequence[ast.stmt]) -> Facts:
        return block_flow(self.scope, statements)


def _parts(node: ast.stmt) -> list[list[ast.stmt]]:
    """The blocks of a ``with``, ``try`` or ``match``."""
    if isinstance(node, ast.With):
        return [node.body]
    if isinstance(node, ast.Match):
        return [case.body for case in node.cases]
    assert isinstance(node, (ast.Try, ast.TryStar))
    return [node.body, *(handler.body for handler in node.handlers), node.orelse, node.finalbody]


def _fill_empty(node: ast.stmt, scope: FunctionScope) -> None:
    """Put ``pass`` into blocks that may not be empty."""
    required = [part for part in _parts(node) if not part]
    if isinstance(node, (ast.Try, ast.TryStar)):
        required = [p for p in required if p is not node.orelse and p is not node.finalbody]
    for part in required:
        nothing = ast.copy_location(ast.Pass(), node)
        scope.facts[nothing] = Facts()
        part.append(nothing)


def _turn_if_empty(node: ast.If) -> None:
    """``if c: pass else: rest`` reads better as ``if not c: rest``."""
    if not node.body and node.orelse:
        node.test = ast.copy_location(ast.UnaryOp(ast.Not(), node.test), node.test)
        node.body, node.orelse = node.orelse, []


def _assigns(node: ast.stmt, name: str) -> bool:
    if not isinstance(node, ast.Assign) or len(node.targets) != 1:
        return False
    target = node.targets[0]
    return isinstance(target, ast.Name) and target.id == name


def _load(name: str) -> ast.expr:
    return ast.Name(name, ast.Load())


def _none_of(flags: Sequence[str]) -> ast.expr:
    """``not flag`` or ``not (flag or flag)``."""
    loads = [_load(flag) for flag in flags]
    return ast.UnaryOp(ast.Not(), loads[0] if len(loads) == 1 else ast.BoolOp(ast.Or(), loads))


def _locate(node: _Expr, place: Any) -> _Expr:
    """Put generated nodes that have no place yet at the start of another node."""
    if not hasattr(node, "lineno"):
        for part in ast.walk(node):
            if "lineno" in part._attributes and not hasattr(part, "lineno"):
                at_start(part, place)
    return node
