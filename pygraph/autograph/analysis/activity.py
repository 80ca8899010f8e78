"""Activity: which names each statement of a function reads and writes, and where control leaves it.

One walk over the tree finds everything, nested functions included.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

from pygraph.autograph.analysis.scopes import (
    TREE_FIELDS,
    Facts,
    FunctionNode,
    FunctionScope,
    argument_nodes,
    block_flow,
    comprehension_targets,
    is_generator,
    is_true,
)

# Who holds a function: the statement at hand; the loop that goes over what it makes; or no one
# known. Else it is the names in a mask.
_STATEMENT, _LOOP, _UNKNOWN = 0, -1, -2
# Calls that look at a frame's variables: where one occurs, every variable counts as used.
FRAME_READERS = frozenset({"locals", "vars", "eval", "exec", "dir"})
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
# The operands that are evaluated in any case, and those that may be left out.
_LAZY: dict[type[ast.AST], Callable[[Any], tuple[list[ast.expr], list[ast.expr]]]] = {
    ast.BoolOp: lambda node: (node.values[:1], node.values[1:]),
    ast.IfExp: lambda node: ([node.test], [node.body, node.orelse]),
    ast.Compare: lambda node: ([node.left, node.comparators[0]], node.comparators[1:]),
}


# Built-in functions that call what they are given before they return, and those that make
# iterators which do so when asked for an item.
_CALL_AT_ONCE = frozenset(
    function.__name__
    for function in (all, any, dict, frozenset, list, max, min, next, set, sorted, sum, tuple)
)
_CALL_LATER = frozenset(kind.__name__ for kind in (enumerate, filter, iter, map, reversed, zip))
CALLERS = _CALL_AT_ONCE | _CALL_LATER


def analyse(node: FunctionNode, own_names: Collection[str] = ()) -> FunctionScope:
    """Return the scope of a function, with the scopes of the functions in it.

    ``own_names`` are names in ``CALLERS`` that mean something else to the user's code.
    """
    scope = FunctionScope(node)
    _Walk(scope, _CALL_AT_ONCE.difference(own_names), _CALL_LATER.difference(own_names)).function()
    _note_indirect(scope)
    return scope


def _note_closures(scope: FunctionScope) -> None:
    """Find out how long captured variables live, once all uses of the functions are known."""
    for name, captured in scope.closures.items():
        if name & (scope.escaped | ~scope.local):
            scope.held |= captured
    closures = scope.closures
    changed = bool(closures)
    while changed:
        changed = False
        for name, captured in closures.items():
            more = scope.captured_by(captured) & ~captured
            if more:
                closures[name] |= more
                changed = True
    scope.held |= scope.captured_by(scope.held)


def _note_indirect(scope: FunctionScope) -> None:
    """A statement that calls something may assign what nested functions assign."""
    if scope.assigned_inside:
        for facts in scope.facts.values():
            if facts.calls:
                facts.modified |= scope.assigned_inside
    for inner in scope.nested.values():
        _note_indirect(inner)


def _may_be_none(value: ast.expr) -> tuple[bool, bool]:
    """Return whether an expression is None, and whether it is on some paths."""
    if isinstance(value, ast.Constant):
        return value.value is None, False
    if isinstance(value, ast.IfExp):
        parts = [_may_be_none(value.body), _may_be_none(value.orelse)]
        return all(none for none, _ in parts), any(none or some for none, some in parts)
    return False, False


class _Walk:
    """The walk over one function. Reads and writes collect in the facts at hand."""

    def __init__(
        self, scope: FunctionScope, at_once: Collection[str], later: Collection[str]
    ) -> None:
        self.scope = scope
        self.at_once = at_once
        self.later = later
        self.now = Facts()
        # Names that mean something else inside the comprehension at hand.
        self.hidden: frozenset[str] = frozenset()
        self.in_class = False

    def function(self) -> None:
        scope = self.scope
        node = scope.node
        for argument in argument_nodes(node.args):
            scope.parameters |= scope.bit(argument.arg)
        self._optional_parameters(node.args)
        if isinstance(node, ast.Lambda):
            self.now = Facts()
            self.expression(node.body)
            # A walrus in a lambda binds in the lambda.
            scope.bound |= self.now.writes
        else:
            self.block(node.body)
        _note_closures(scope)

    def _optional_parameters(self, arguments: ast.arguments) -> None:
        positional = [*arguments.posonlyargs, *arguments.args]
        count = len(arguments.defaults)
        pairs = list(zip(positional[len(positional) - count :], arguments.defaults, strict=True))
        for keyword, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            if value is not None:
                pairs.append((keyword, value))
        for argument, default in pairs:
            if _may_be_none(default)[0]:
                self.scope.optional_parameters |= self.scope.bit(argument.arg)
        for argument in argument_nodes(arguments):
            annotation = argument.annotation
            if annotation is not None and "None" in _annotation_words(annotation):
                self.scope.optional_parameters |= self.scope.bit(argument.arg)

    # Statements

    def block(self, statements: Sequence[ast.stmt]) -> Facts:
        for statement in statements:
            self.statement(statement)
        return block_flow(self.scope, statements)

    def statement(self, node: ast.stmt) -> Facts:
        facts = self.now = Facts()
        self.scope.facts[node] = facts
        kind = type(node)
        method = _STATEMENTS.get(kind)
        if method is not None:
            method(self, node, facts)
        else:
            self.children(node)
        facts.modified |= facts.writes | facts.deletes
        self.scope.bound |= facts.modified
        return facts

    def _merge(self, facts: Facts, flows: Iterable[Facts]) -> None:
        for flow in flows:
            facts.modified |= flow.modified
            facts.returns = facts.returns or flow.returns
            facts.breaks = facts.breaks or flow.breaks
            facts.continues = facts.continues or flow.continues
            facts.calls = facts.calls or flow.calls

    def _assign(self, node: ast.Assign, facts: Facts) -> None:
        names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        if len(names) == len(node.targets):
            self.closure(node.value, self.scope.mask(names))
        else:
            self.expression(node.value)
        for target in node.targets:
            self.expression(target)
        none, optional = _may_be_none(node.value)
        if none or optional:
            for target in node.targets:
                if isinstance(target, ast.Name):
                    bit = self.scope.bit(target.id)
                    if none:
                        facts.nones |= bit
                    else:
                        facts.optionals |= bit

    def _annotated(self, node: ast.AnnAssign, facts: Facts) -> None:
        if node.value is None:
            # A bare annotation makes the name local but assigns nothing.
            if isinstance(node.target, ast.Name):
                self.scope.bound |= self.scope.bit(node.target.id)
            else:
                self.expression(node.target)
            return
        self.expression(node.value)
        self.expression(node.target)
        if isinstance(node.target, ast.Name) and _may_be_none(node.value)[0]:
            facts.nones |= self.scope.bit(node.target.id)

    def _augmented(self, node: ast.AugAssign, facts: Facts) -> None:
        self.expression(node.target)
        self.expression(node.value)
        if isinstance(node.target, ast.Name):
            facts.reads |= self.scope.bit(node.target.id)

    def _delete(self, node: ast.Delete, facts: Facts) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                bit = self.scope.bit(target.id)
                facts.reads |= bit
                facts.deletes |= bit
            else:
                self.expression(target)

    def _return(self, node: ast.Return, facts: Facts) -> None:
        if node.value is not None:
            self.expression(node.value)
        facts.returns = True
        facts.falls = False

    def _raise(self, node: ast.Raise, facts: Facts) -> None:
        self.children(node)
        facts.falls = False

    def _break(self, node: ast.Break, facts: Facts) -> None:
        facts.breaks = True
        facts.falls = False

    def _continue(self, node: ast.Continue, facts: Facts) -> None:
        facts.continues = True
        facts.falls = False

    def _global(self, node: ast.Global, facts: Facts) -> None:
        self.scope.declared_global |= self.scope.mask(node.names)

    def _nonlocal(self, node: ast.Nonlocal, facts: Facts) -> None:
        self.scope.declared_nonlocal |= self.scope.mask(node.names)

    def _import(self, node: ast.Import | ast.ImportFrom, facts: Facts) -> None:
        for alias in node.names:
            facts.writes |= self.scope.bit(alias.asname or alias.name.partition(".")[0])

    def _if(self, node: ast.If, facts: Facts) -> None:
        self.expression(node.test)
        then, otherwise = self.block(node.body), self.block(node.orelse)
        self._merge(facts, (then, otherwise))
        facts.falls = then.falls or otherwise.falls

    def _while(self, node: ast.While, facts: Facts) -> None:
        self.expression(node.test)
        body, otherwise = self.block(node.body), self.block(node.orelse)
        facts.modified = body.modified | otherwise.modified
        facts.calls = facts.calls or body.calls or otherwise.calls
        facts.returns = body.returns or otherwise.returns
        facts.breaks, facts.continues = otherwise.breaks, otherwise.continues
        facts.falls = body.breaks or (not is_true(node.test) and otherwise.falls)

    def _for(self, node: ast.For, facts: Facts) -> None:
        self.closure(node.iter, _LOOP)
        self.expression(node.target)
        body, otherwise = self.block(node.body), self.block(node.orelse)
        facts.modified = body.modified | otherwise.modified
        facts.calls = facts.calls or body.calls or otherwise.calls
        facts.returns = body.returns or otherwise.returns
        facts.breaks, facts.continues = otherwise.breaks, otherwise.continues
        facts.falls = body.breaks or otherwise.falls

    def _with(self, node: ast.With, facts: Facts) -> None:
        for item in node.items:
            self.expression(item.context_expr)
            if item.optional_vars is not None:
                self.expression(item.optional_vars)
        # A context manager may swallow an exception, so the end is always reachable.
        self._merge(facts, (self.block(node.body),))

    def _try(self, node: ast.Try, facts: Facts) -> None:
        body = self.block(node.body)
        handlers = []
        for handler in node.handlers:
            self.now = facts
            if handler.type is not None:
                self.expression(handler.type)
            if handler.name is not None:
                facts.modified |= self.scope.bit(handler.name)
            handlers.append(self.block(handler.body))
        otherwise, final = self.block(node.orelse), self.block(node.finalbody)
        self._merge(facts, (body, *handlers, otherwise, final))
        falls = body.falls and otherwise.falls
        facts.falls = (falls or any(flow.falls for flow in handlers)) and final.falls

    def _match(self, node: ast.Match, facts: Facts) -> None:
        self.expression(node.subject)
        for case in node.cases:
            self.now = facts
            self.pattern(case.pattern)
            if case.guard is not None:
                self.expression(case.guard)
            self._merge(facts, (self.block(case.body),))

    def pattern(self, pattern: ast.AST) -> None:
        for node in ast.walk(pattern):
            if isinstance(node, (ast.MatchAs, ast.MatchStar)) and node.name is not None:
                self.now.writes |= self.scope.bit(node.name)
            elif isinstance(node, ast.MatchMapping) and node.rest is not None:
                self.now.writes |= self.scope.bit(node.rest)
            elif isinstance(node, ast.MatchValue):
                self.expression(node.value)
            elif isinstance(node, ast.MatchClass):
                self.expression(node.cls)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, facts: Facts) -> None:
        for decorator in node.decorator_list:
            self.expression(decorator)
        self._signature(node.args)
        bit = self.scope.bit(node.name)
        self._hold(self.nested(node), _UNKNOWN if node.decorator_list else bit)
        facts.writes |= bit

    def _class(self, node: ast.ClassDef, facts: Facts) -> None:
        for expression in (*node.decorator_list, *node.bases):
            self.expression(expression)
        for keyword in node.keywords:
            self.expression(keyword.value)
        # What a class body assigns is the class's; what it reads may be the function's.
        inner = _Walk(self.scope, self.at_once, self.later)
        inner.in_class = True
        kept = self.scope.facts
        bound = self.scope.bound
        self.scope.facts = {}
        inner.block(node.body)
        for inside in self.scope.facts.values():
            facts.reads |= inside.reads
        self.scope.facts = kept
        self.scope.bound = bound
        facts.writes |= self.scope.bit(node.name)

    # Expressions

    def children(self, node: ast.AST) -> None:
        for name in TREE_FIELDS[type(node)]:
            value = getattr(node, name, None)
            if type(value) is list:
                for item in value:
                    if isinstance(item, ast.AST):
                        self.expression(item)
            elif isinstance(value, ast.AST):
                self.expression(value)

    def expression(self, node: ast.AST) -> None:
        kind = type(node)
        if kind is ast.Name:
            self._name(node)  # type: ignore[arg-type]
        elif kind is ast.Constant:
            return
        elif kind is ast.Lambda or kind is ast.GeneratorExp:
            self.closure(node, _UNKNOWN)  # type: ignore[arg-type]
        elif kind in _COMPREHENSIONS:
            self._comprehension(node)
        elif kind in _LAZY:
            at_once, perhaps = _LAZY[kind](node)
            for operand in at_once:
                self.expression(operand)
            written = self.now.writes
            for operand in perhaps:
                self.expression(operand)
            self.now.perhaps |= self.now.writes & ~written
        else:
            if kind is ast.Call:
                self._call(node, _UNKNOWN)  # type: ignore[arg-type]
                return
            if kind is ast.NamedExpr:
                self.scope.walrus = True
            self.children(node)

    def closure(self, node: ast.expr, holder: int) -> None:
        """Walk an expression, the value of which may be a function, or call one, and who holds it.

        A name that is just called, or gone over, does not make its function known elsewhere.
        """
        kind = type(node)
        if kind is ast.Lambda:
            self._signature(node.args)  # type: ignore[attr-defined]
            self._hold(self.nested(node), holder)  # type: ignore[arg-type]
        elif kind is ast.GeneratorExp:
            self._hold(self._comprehension(node, holder), holder)
        elif kind is ast.Call:
            self._call(node, holder)  # type: ignore[arg-type]
        elif kind is ast.Name and holder in (_STATEMENT, _LOOP):
            bit = self._name(node, escapes=False)  # type: ignore[arg-type]
            if holder == _LOOP and bit in self.scope.closures:
                self.now.held |= bit
        else:
            self.expression(node)

    def _hold(self, captured: int, holder: int) -> None:
        if holder == _UNKNOWN or self.in_class:
            self.scope.held |= captured
        elif holder == _LOOP:
            self.now.held |= captured
        elif holder == _STATEMENT:
            self.now.reads |= captured
        elif captured:
            closures = self.scope.closures
            for name in self.scope.names(holder):
                bit = self.scope.bit(name)
                closures[bit] = closures.get(bit, 0) | captured

    def _call(self, node: ast.Call, holder: int) -> None:
        self.now.calls = True
        function = node.func
        self.closure(function, _STATEMENT)
        name = function.id if type(function) is ast.Name else ""
        if name in self.at_once:
            holder = _STATEMENT
        elif name not in self.later:
            holder = _UNKNOWN
        for argument in node.args:
            self.closure(argument, holder)
        for keyword in node.keywords:
            self.closure(keyword.value, holder)

    def _name(self, node: ast.Name, escapes: bool = True) -> int:
        name = node.id
        if name in self.hidden:
            return 0
        bit = self.scope.bit(name)
        self.scope.used |= bit
        if type(node.ctx) is ast.Load:
            self.now.reads |= bit
            if escapes:
                self.scope.escaped |= bit
            if name in FRAME_READERS:
                self.scope.frame_readers = True
        elif type(node.ctx) is ast.Store:
            self.now.writes |= bit
        else:
            self.now.reads |= bit
            self.now.deletes |= bit
        return bit

    def _signature(self, arguments: ast.arguments) -> None:
        """Defaults and annotations are evaluated where the function is defined."""
        for default in (*arguments.defaults, *arguments.kw_defaults):
            if default is not None:
                self.expression(default)
        for argument in argument_nodes(arguments):
            if argument.annotation is not None:
                self.expression(argument.annotation)

    def _comprehension(self, node: ast.AST, holder: int = _STATEMENT) -> int:
        """Walk a comprehension; return what it reads, apart from what it goes over."""
        generators: list[ast.comprehension] = node.generators  # type: ignore[attr-defined]
        self.closure(generators[0].iter, holder)
        kept_hidden, kept_now = self.hidden, self.now
        self.hidden = kept_hidden | comprehension_targets(generators)
        self.now = inner = Facts()
        for index, generator in enumerate(generators):
            if index:
                self.expression(generator.iter)
            self.expression(generator.target)
            for condition in generator.ifs:
                self.expression(condition)
        if isinstance(node, ast.DictComp):
            self.expression(node.key)
            self.expression(node.value)
        else:
            self.expression(node.elt)  # type: ignore[attr-defined]
        self.hidden, self.now = kept_hidden, kept_now
        kept_now.reads |= inner.reads
        kept_now.writes |= inner.writes
        kept_now.calls = kept_now.calls or inner.calls
        if isinstance(node, ast.GeneratorExp):
            self.scope.captured |= inner.reads
        return inner.reads

    def nested(self, node: FunctionNode) -> int:
        """Walk a nested function; return what it captures."""
        scope, inner = self.scope, FunctionScope(node)
        scope.nested[node] = inner
        _Walk(inner, self.at_once, self.later).function()
        captured = scope.mask([name for name in inner.free_names() if name not in self.hidden])
        scope.captured |= captured
        assigned = (inner.declared_nonlocal & inner.bound) | (inner.assigned_inside & ~inner.local)
        scope.assigned_inside |= scope.mask(inner.names(assigned))
        # What it calls gives may be a function again, or a generator, and read more later.
        held = inner.held | (inner.used if is_generator(node) else 0)
        outside = ~inner.local
        scope.held |= captured & scope.mask(inner.names(held & outside))
        scope.escaped |= captured & scope.mask(inner.names(inner.escaped & outside))
        return captured


def _annotation_words(annotation: ast.expr) -> set[str]:
    words = set()
    for node in ast.walk(annotation):
        if isinstance(node, ast.Constant):
            words.update(str(node.value).replace("|", " ").split())
        elif isinstance(node, (ast.Name, ast.Attribute)):
            name = node.id if isinstance(node, ast.Name) else node.attr
            words.add("None" if name == "Optional" else name)
    return words


_STATEMENTS: dict[type[ast.stmt], Callable[[_Walk, Any, Facts], None]] = {
    ast.Assign: _Walk._assign,
    ast.AnnAssign: _Walk._annotated,
    ast.AugAssign: _Walk._augmented,
    ast.Delete: _Walk._delete,
    ast.Return: _Walk._return,
    ast.Raise: _Walk._raise,
    ast.Break: _Walk._break,
    ast.Continue: _Walk._continue,
    ast.Global: _Walk._global,
    ast.Nonlocal: _Walk._nonlocal,
    ast.Import: _Walk._import,
    ast.ImportFrom: _Walk._import,
    ast.If: _Walk._if,
    ast.While: _Walk._while,
    ast.For: _Walk._for,
    ast.With: _Walk._with,
    ast.Try: _Walk._try,
    ast.TryStar: _Walk._try,
    ast.Match: _Walk._match,
    ast.FunctionDef: _Walk._function,
    ast.AsyncFunctionDef: _Walk._function,
    ast.ClassDef: _Walk._class,
}
