"""``match`` as ``if``: a pattern that compares with a literal, and a guard, may meet a tensor.

This runs before anything else, so that what becomes of a ``match`` is converted as any other
branch. Structures (sequences, mappings, classes) are still matched by Python's own ``match``, in a
function that gives what the pattern captures; literals inside of them are compared afterwards.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence

from pygraph.autograph.analysis.scopes import FunctionNode
from pygraph.autograph.converters.nodes import LOAD, assign, at, call, constant, load, parameters

_SIMPLE = (ast.MatchValue, ast.MatchSingleton)


def rewrite_matches(node: FunctionNode) -> None:
    """Rewrite every ``match`` in a function that compares or has guards."""
    _Rewriter(node).visit(node)


class _Rewriter(ast.NodeTransformer):
    def __init__(self, function: FunctionNode) -> None:
        nodes = list(ast.walk(function))
        self._taken = {n.id for n in nodes if isinstance(n, ast.Name)}
        self._taken |= {n.arg for n in nodes if isinstance(n, ast.arg)}
        self._taken |= {
            n.name for n in nodes if isinstance(n, (ast.MatchAs, ast.MatchStar)) and n.name
        }

    def _fresh(self, name: str) -> str:
        candidate, number = name, 0
        while candidate in self._taken:
            number += 1
            candidate = f"{name}_{number}"
        self._taken.add(candidate)
        return candidate

    def visit_Match(self, node: ast.Match) -> ast.Match | list[ast.stmt]:
        self.generic_visit(node)
        if not any(case.guard is not None or _compares(case.pattern) for case in node.cases):
            return node
        subject = self._fresh("subject")
        return [assign(subject, node.subject, node.subject), *self._cases(node.cases, subject)]

    def _cases(self, cases: Sequence[ast.match_case], subject: str) -> list[ast.stmt]:
        if not cases:
            return []
        case, *others = cases
        pattern, guard = case.pattern, case.guard
        first: list[ast.stmt] = []
        captures: list[ast.stmt] = []
        if _is_flat(pattern):
            test = _test(pattern, subject, captures)
        else:
            found = self._fresh("found")
            test = self._structure(pattern, subject, found, first, captures)
        if guard is not None and test is not None and captures:
            # The guard reads what the pattern captures.
            matched = self._fresh("matched")
            first.append(assign(matched, constant(False, pattern), pattern))
            inside = [*captures, assign(matched, guard, guard)]
            first.append(at(ast.If(test, inside, []), pattern))
            test, captures = load(matched, pattern), []
        elif guard is not None:
            if test is None:
                first, captures = [*first, *captures], []
            test = _all([test, guard], guard)
        if test is None:
            return [*first, *captures, *case.body]
        branch = at(ast.If(test, [*captures, *case.body], self._cases(others, subject)), pattern)
        return [*first, branch]

    def _structure(
        self,
        pattern: ast.pattern,
        subject: str,
        found: str,
        first: list[ast.stmt],
        captures: list[ast.stmt],
    ) -> ast.expr:
        """Match a structure by a function; return the test of what it found."""
        compared: list[tuple[str, ast.pattern]] = []
        pattern = self._without_literals(pattern, compared)
        names = [*_captured(pattern)]
        result = at(ast.Tuple([load(name, pattern) for name in names], LOAD), pattern)
        body: list[ast.stmt] = [at(ast.Return(result), pattern)]
        matching = at(
            ast.Match(load(subject, pattern), [ast.match_case(pattern, None, body)]), pattern
        )
        helper = self._fresh("structure")
        arguments = parameters([(subject, None)])
        for argument in arguments.args:
            at(argument, pattern)
        nothing = at(ast.Return(constant(None, pattern)), pattern)
        first.append(
            at(ast.FunctionDef(helper, arguments, [at(matching, pattern), nothing], []), pattern)
        )
        given = call(load(helper, pattern), [load(subject, pattern)], pattern)
        first.append(assign(found, given, pattern))

        def item(name: str) -> ast.expr:
            index = constant(names.index(name), pattern)
            return at(ast.Subscript(load(found, pattern), index, LOAD), pattern)

        hidden = {name for name, _ in compared}
        captures += [assign(name, item(name), pattern) for name in names if name not in hidden]
        is_found = at(
            ast.Compare(load(found, pattern), [ast.IsNot()], [constant(None, pattern)]), pattern
        )
        tests = [_comparison(part, item(name)) for name, part in compared]
        test = _all([is_found, *tests], pattern)
        assert test is not None
        return test

    def _without_literals(
        self, pattern: ast.pattern, compared: list[tuple[str, ast.pattern]]
    ) -> ast.pattern:
        """Put names in place of the literals in a structure; they are compared later."""
        if _compares(pattern) and _is_flat(pattern) and not _captured(pattern):
            name = self._fresh("value")
            compared.append((name, pattern))
            return at(ast.MatchAs(None, name), pattern)
        if isinstance(pattern, ast.MatchAs) and pattern.pattern is not None:
            pattern.pattern = self._without_literals(pattern.pattern, compared)
        for name in ("patterns", "kwd_patterns"):
            if not isinstance(pattern, ast.MatchOr) and hasattr(pattern, name):
                parts = [self._without_literals(p, compared) for p in getattr(pattern, name)]
                setattr(pattern, name, parts)
        return pattern


def _compares(pattern: ast.pattern) -> bool:
    return any(isinstance(part, ast.MatchValue) for part in ast.walk(pattern))


def _captured(pattern: ast.pattern) -> list[str]:
    names: dict[str, None] = {}
    for part in ast.walk(pattern):
        name = part.rest if isinstance(part, ast.MatchMapping) else getattr(part, "name", None)
        if isinstance(part, ast.pattern) and name is not None:
            names[name] = None
    return list(names)


def _is_flat(pattern: ast.pattern) -> bool:
    """Whether a pattern looks at the subject itself, and at nothing inside of it."""
    if isinstance(pattern, ast.MatchAs):
        return pattern.pattern is None or _is_flat(pattern.pattern)
    if isinstance(pattern, ast.MatchOr):
        return not _captured(pattern) and all(map(_is_flat, pattern.patterns))
    return isinstance(pattern, _SIMPLE)


def _test(pattern: ast.pattern, subject: str, captures: list[ast.stmt]) -> ast.expr | None:
    """Return the test of a flat pattern, None for one that everything matches."""
    if isinstance(pattern, ast.MatchAs):
        test = None if pattern.pattern is None else _test(pattern.pattern, subject, captures)
        if pattern.name is not None:
            captures.append(assign(pattern.name, load(subject, pattern), pattern))
        return test
    return _comparison(pattern, load(subject, pattern))


def _comparison(pattern: ast.pattern, value: ast.expr) -> ast.expr | None:
    if isinstance(pattern, ast.MatchOr):
        tests = [_comparison(part, value) for part in pattern.patterns]
        known = [test for test in tests if test is not None]
        return at(ast.BoolOp(ast.Or(), known), pattern) if len(known) == len(tests) else None
    if isinstance(pattern, ast.MatchAs):
        return None if pattern.pattern is None else _comparison(pattern.pattern, value)
    if isinstance(pattern, ast.MatchSingleton):
        same = [constant(pattern.value, pattern)]
        return at(ast.Compare(value, [ast.Is()], list(same)), pattern)
    assert isinstance(pattern, ast.MatchValue)
    return at(ast.Compare(value, [ast.Eq()], [pattern.value]), pattern)


def _all(tests: Sequence[ast.expr | None], place: ast.AST) -> ast.expr | None:
    known = [test for test in tests if test is not None]
    if len(known) < 2:
        return known[0] if known else None
    return at(ast.BoolOp(ast.And(), known), place)
