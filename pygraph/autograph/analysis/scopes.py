"""Activity: which names each statement of a function reads and writes, and where control leaves it.

Names of one function are bits of an integer (a :class:`FunctionScope` gives them out), so that the
data-flow analyses on top are plain integer arithmetic. One walk over the tree finds everything.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

# Calls that look at a frame's variables: where one occurs, every variable counts as used.
_FRAME_READERS = frozenset({"locals", "vars", "eval", "exec", "dir"})
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)


# Fields that hold names, numbers and marks, and no part of the tree.
_PLAIN_FIELDS = frozenset(
    ("ctx", "op", "ops", "kind", "id", "attr", "arg", "asname", "name", "names", "level", "module")
) | {"type_comment", "simple", "is_async", "conversion", "rest", "kwd_attrs"}


class _TreeFields(dict[type[ast.AST], tuple[str, ...]]):
    """The fields of each kind of node that hold nodes."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        fields = tuple(name for name in kind._fields if name not in _PLAIN_FIELDS)
        self[kind] = fields
        return fields


TREE_FIELDS = _TreeFields()


@dataclass(slots=True)
class Facts:
    """What is known of one statement; sets of names are bit masks.

    ``reads``, ``writes`` and ``deletes`` are those of a simple statement or of a compound
    statement's header; ``modified`` covers the whole statement, and what nested functions may
    assign when it calls one. ``falls`` says whether control can
    come out at its end; ``returns``, ``breaks`` and ``continues`` whether it can leave that way.
    """

    reads: int = 0
    writes: int = 0
    deletes: int = 0
    nones: int = 0
    optionals: int = 0
    modified: int = 0
    calls: bool = False
    falls: bool = True
    returns: bool = False
    breaks: bool = False
    continues: bool = False
    # From here on: filled in by liveness and definedness, on the tree without jumps.
    live_out: int = 0
    live_body: int = 0
    live_orelse: int = 0
    checked: int = 0
    maybe_unset: int = 0

    @property
    def jumps(self) -> bool:
        """Whether control can leave by anything but the end or an exception."""
        return self.returns or self.breaks or self.continues


@dataclass(slots=True)
class Flow:
    """How control can leave a block of statements."""

    falls: bool = True
    returns: bool = False
    breaks: bool = False
    continues: bool = False
    modified: int = 0
    calls: bool = False


@dataclass(eq=False)
class FunctionScope:
    """The names of one function of the user's, with the facts of its statements."""

    node: FunctionNode
    bits: dict[str, int] = field(default_factory=dict)
    facts: dict[ast.stmt, Facts] = field(default_factory=dict)
    parameters: int = 0
    optional_parameters: int = 0
    bound: int = 0
    declared_global: int = 0
    declared_nonlocal: int = 0
    used: int = 0
    captured: int = 0
    # Variables that nested functions assign.
    assigned_inside: int = 0
    frame_readers: bool = False
    walrus: bool = False
    # Attributes and items that a statement assigns or deletes.
    stores: dict[ast.stmt, list[ast.expr]] = field(default_factory=dict)
    ever_checked: int = 0
    nested: dict[ast.AST, FunctionScope] = field(default_factory=dict)

    def bit(self, name: str) -> int:
        """Return the bit of a name, giving it one if need be."""
        found = self.bits.get(name)
        if found is None:
            found = self.bits[name] = 1 << len(self.bits)
        return found

    def mask(self, names: Iterable[str]) -> int:
        """Return the mask of several names."""
        result = 0
        for name in names:
            result |= self.bit(name)
        return result

    def names(self, mask: int) -> list[str]:
        """Return the names in a mask, in the order in which they first occur."""
        if not mask:
            return []
        return [name for name, bit in self.bits.items() if bit & mask]

    @property
    def local(self) -> int:
        """Names that live in the function's own frame."""
        return (self.parameters | self.bound) & ~(self.declared_global | self.declared_nonlocal)

    @property
    def variables(self) -> int:
        """Names that the function assigns, wherever they live."""
        return self.parameters | self.bound

    @property
    def always_live(self) -> int:
        """Names that someone else may read at any time."""
        if self.frame_readers:
            return self.variables
        return (
            (self.captured & self.variables)
            | (self.declared_global & self.bound)
            | (self.declared_nonlocal & self.bound)
        )

    def free_names(self) -> list[str]:
        """Names that must be found outside of the function: enclosing functions, globals."""
        outside = self.used | self.captured | self.declared_nonlocal
        return self.names(outside & ~(self.local | self.declared_global))


def analyse(node: FunctionNode) -> FunctionScope:
    """Return the scope of a function, with the scopes of the functions in it."""
    scope = FunctionScope(node)
    _Walk(scope).function()
    _note_indirect(scope)
    return scope


def _note_indirect(scope: FunctionScope) -> None:
    """A statement that calls something may assign what nested functions assign."""
    if scope.assigned_inside:
        for facts in scope.facts.values():
            if facts.calls:
                facts.modified |= scope.assigned_inside
    for inner in scope.nested.values():
        _note_indirect(inner)


def block_flow(scope: FunctionScope, statements: Sequence[ast.stmt]) -> Flow:
    """Return how control leaves a block, from the facts of its statements."""
    flow = Flow()
    for statement in statements:
        facts = scope.facts[statement]
        flow.modified |= facts.modified
        flow.returns = flow.returns or facts.returns
        flow.breaks = flow.breaks or facts.breaks
        flow.continues = flow.continues or facts.continues
        flow.falls = flow.falls and facts.falls
    return flow


def is_true(test: ast.expr) -> bool:
    """Return whether a condition is a constant that holds, as in ``while True``."""
    return isinstance(test, ast.Constant) and bool(test.value)


def is_generator(node: FunctionNode) -> bool:
    """Return whether a function is a generator or a coroutine."""
    if isinstance(node, ast.AsyncFunctionDef):
        return True
    pending: list[ast.AST] = list(node.body) if isinstance(node.body, list) else [node.body]
    while pending:
        current = pending.pop()
        if isinstance(current, (ast.Yield, ast.YieldFrom, ast.Await, ast.AsyncFor, ast.AsyncWith)):
            return True
        if not isinstance(current, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            pending.extend(ast.iter_child_nodes(current))
    return False


def argument_nodes(arguments: ast.arguments) -> Iterator[ast.arg]:
    """Yield all parameters of a function."""
    yield from arguments.posonlyargs
    yield from arguments.args
    if arguments.vararg is not None:
        yield arguments.vararg
    yield from arguments.kwonlyargs
    if arguments.kwarg is not None:
        yield arguments.kwarg


def comprehension_targets(generators: Sequence[ast.comprehension]) -> set[str]:
    """Return the names that a comprehension binds for itself."""
    return {
        node.id
        for generator in generators
        for node in ast.walk(generator.target)
        if isinstance(node, ast.Name)
    }


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

    def __init__(self, scope: FunctionScope) -> None:
        self.scope = scope
        self.now = Facts()
        # Names that mean something else inside the comprehension at hand.
        self.hidden: frozenset[str] = frozenset()
        self.at: ast.stmt = ast.Pass()

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

    def block(self, statements: Sequence[ast.stmt]) -> Flow:
        flow = Flow()
        for statement in statements:
            facts = self.statement(statement)
            flow.modified |= facts.modified
            flow.returns = flow.returns or facts.returns
            flow.breaks = flow.breaks or facts.breaks
            flow.continues = flow.continues or facts.continues
            flow.falls = flow.falls and facts.falls
            flow.calls = flow.calls or facts.calls
        return flow

    def statement(self, node: ast.stmt) -> Facts:
        facts = self.now = Facts()
        self.at = node
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

    def _merge(self, facts: Facts, flows: Iterable[Flow]) -> None:
        for flow in flows:
            facts.modified |= flow.modified
            facts.returns = facts.returns or flow.returns
            facts.breaks = facts.breaks or flow.breaks
            facts.continues = facts.continues or flow.continues
            facts.calls = facts.calls or flow.calls

    def _assign(self, node: ast.Assign, facts: Facts) -> None:
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
        self.expression(node.iter)
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
        self.nested(node)
        facts.writes |= self.scope.bit(node.name)

    def _class(self, node: ast.ClassDef, facts: Facts) -> None:
        for expression in (*node.decorator_list, *node.bases):
            self.expression(expression)
        for keyword in node.keywords:
            self.expression(keyword.value)
        # What a class body assigns is the class's; what it reads may be the function's.
        inner = _Walk(self.scope)
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
        elif kind is ast.Attribute or kind is ast.Subscript:
            if type(node.ctx) is not ast.Load:  # type: ignore[attr-defined]
                self.scope.stores.setdefault(self.at, []).append(node)  # type: ignore[arg-type]
            self.children(node)
        elif kind is ast.Lambda:
            self._signature(node.args)  # type: ignore[attr-defined]
            self.nested(node)  # type: ignore[arg-type]
        elif kind in _COMPREHENSIONS:
            self._comprehension(node)
        else:
            if kind is ast.Call:
                self.now.calls = True
            elif kind is ast.NamedExpr:
                self.scope.walrus = True
            self.children(node)

    def _name(self, node: ast.Name) -> None:
        name = node.id
        if name in self.hidden:
            return
        bit = self.scope.bit(name)
        self.scope.used |= bit
        if type(node.ctx) is ast.Load:
            self.now.reads |= bit
            if name in _FRAME_READERS:
                self.scope.frame_readers = True
        elif type(node.ctx) is ast.Store:
            self.now.writes |= bit
        else:
            self.now.reads |= bit
            self.now.deletes |= bit

    def _signature(self, arguments: ast.arguments) -> None:
        """Defaults and annotations are evaluated where the function is defined."""
        for default in (*arguments.defaults, *arguments.kw_defaults):
            if default is not None:
                self.expression(default)
        for argument in argument_nodes(arguments):
            if argument.annotation is not None:
                self.expression(argument.annotation)

    def _comprehension(self, node: ast.AST) -> None:
        generators: list[ast.comprehension] = node.generators  # type: ignore[attr-defined]
        self.expression(generators[0].iter)
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
            # It runs later: what it reads may be read at any time.
            self.scope.captured |= inner.reads

    def nested(self, node: FunctionNode) -> None:
        inner = FunctionScope(node)
        self.scope.nested[node] = inner
        _Walk(inner).function()
        for name in inner.free_names():
            if name not in self.hidden:
                self.scope.captured |= self.scope.bit(name)
        assigned = (inner.declared_nonlocal & inner.bound) | (inner.assigned_inside & ~inner.local)
        self.scope.assigned_inside |= self.scope.mask(inner.names(assigned))


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
