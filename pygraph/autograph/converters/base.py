"""The converter of one function: walks the statements and hands each kind to its file."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from pygraph.autograph.analysis.definedness import Definedness
from pygraph.autograph.analysis.liveness import Liveness
from pygraph.autograph.analysis.scopes import (
    TREE_FIELDS,
    Facts,
    FunctionNode,
    FunctionScope,
    children_of,
    names_in,
)
from pygraph.autograph.converters.jumps import Lowering
from pygraph.autograph.converters.nodes import LOAD, at, at_start, call, constant
from pygraph.autograph.converters.reads import Noted

# Chains of more branches do not nest.
LONG = 32


class Place:
    """A function being written: the user's, or a helper.

    ``local`` are the names that live in it; ``bound`` those that its own statements assign,
    ``reads`` those they read, ``wanted`` those that helpers inside it declare ``nonlocal``.
    """

    __slots__ = ("bound", "local", "reads", "wanted")

    def __init__(self, local: int, bound: int = 0) -> None:
        self.local = local
        self.bound = bound
        self.reads = 0
        self.wanted = 0


class Naming:
    """Names in the file at hand: which are taken, how the operators are called, what is mangled."""

    __slots__ = ("class_name", "made", "noted", "operators", "taken")

    def __init__(
        self,
        operators: str,
        taken: set[str],
        class_name: str | None = None,
        noted: Noted | None = None,
    ) -> None:
        self.operators = operators
        self.taken = taken
        self.class_name = class_name
        self.noted = noted  # receives the reads of variables, attributes and items
        self.made: dict[str, str] = {}

    def reused(self, name: str) -> str:
        """Return the same name each time, for what lives in an expression of its own."""
        if name not in self.made:
            self.made[name] = self.fresh(name)
        return self.made[name]

    def fresh(self, name: str) -> str:
        """Return a name that nothing in the function uses yet."""
        candidate, number = name, 0
        while candidate in self.taken:
            number += 1
            candidate = f"{name}_{number}"
        self.taken.add(candidate)
        return candidate

    def mangled(self, name: str) -> str:
        """Return the name under which the compiler keeps a variable."""
        if self.class_name is None or not name.startswith("__") or name.endswith("__"):
            return name
        owner = self.class_name.lstrip("_")
        return f"_{owner}{name}" if owner else name


class Converter:
    """Converts one function of the user's, in place.

    ``outer_checked`` are the names of enclosing functions whose reads need a check, ``enclosing``
    all names of such functions that are converted with it.
    """

    lowering: Lowering
    place: Place
    # The user's variables, without those made for jumps.
    own_variables: int

    def __init__(
        self,
        scope: FunctionScope,
        naming: Naming,
        outer_checked: frozenset[str] = frozenset(),
        enclosing: frozenset[str] = frozenset(),
    ) -> None:
        self.scope = scope
        self.naming = naming
        self.outer_checked = outer_checked
        self.enclosing = enclosing
        # While an expression is converted: names to check, names that a comprehension hides,
        # statements that have to come first.
        self.checked = 0
        self.hidden: frozenset[str] = frozenset()
        self.before: list[ast.stmt] = []
        # `and` and `or` of which only the truth matters.
        self.conditions: set[ast.expr] = set()
        # Variables that the statement at hand assigned with `:=`, where a helper does that now.
        self.moved = 0

    def convert(self) -> FunctionNode:
        """Convert the function and return its node."""
        node = self.scope.node
        self.own_variables = self.scope.variables
        if isinstance(node, ast.Lambda):
            self.place = Place(self.scope.local, self.scope.parameters)
            node.body = self.expression(node.body)
            return node
        assert isinstance(node, ast.FunctionDef)
        docstring, statements = _split_docstring(node.body)
        self.lowering = Lowering(self.scope, self.naming.fresh)
        lowered = self.lowering.function(statements)
        exit_reads = {
            loop: self.scope.mask(names_in(test)) for loop, test in self.lowering.exits.items()
        }
        Liveness(self.scope, exit_reads, self.lowering.terminal).function(lowered)
        Definedness(self.scope, self.lowering.guarded, self.lowering.endless).function(lowered)
        self.place = Place(self.scope.local, self.scope.parameters)
        body = self.block(lowered, self.place)
        node.body = [*docstring, *self._declarations(node), *body] or [at(ast.Pass(), node)]
        return node

    def _declarations(self, node: ast.stmt) -> list[ast.stmt]:
        """``global`` and ``nonlocal`` as the user had them; names that only helpers assign."""
        scope = self.scope
        out: list[ast.stmt] = []
        if scope.declared_global:
            out.append(at(ast.Global(scope.names(scope.declared_global)), node))
        if scope.declared_nonlocal:
            out.append(at(ast.Nonlocal(scope.names(scope.declared_nonlocal)), node))
        out.extend(self.unbound(self.place, node))
        return out

    def unbound(self, place: Place, node: ast.AST) -> list[ast.stmt]:
        """Declare the names that live in a function without being assigned by its own statements.

        A bare annotation does that, and runs no code.
        """
        missing = place.local & ~place.bound & (place.wanted | place.reads)
        return [
            at(
                ast.AnnAssign(
                    at(ast.Name(name, ast.Store()), node), self.operator("Unset", node), None, 1
                ),
                node,
            )
            for name in self.scope.names(missing)
        ]

    # Statements

    def block(self, statements: Sequence[ast.stmt], place: Place) -> list[ast.stmt]:
        """Convert a block that becomes part of ``place``."""
        out: list[ast.stmt] = []
        outer, moved = self.place, self.moved
        self.place = place
        for statement in statements:
            facts = self.facts(statement)
            self.moved = 0
            place.reads |= facts.reads
            self.checked = facts.checked
            earlier = place.bound
            convert = STATEMENTS.get(type(statement), _simple)
            bound = self._binds(statement, facts)
            place.bound |= bound
            converted = convert(self, statement)
            if self.moved & bound:
                place.bound &= ~self.moved | earlier | self._bound_in(converted)
            if self.before:
                out.extend(self.take_before())
            out.extend(converted)
        self.place, self.moved = outer, moved
        return out

    def _binds(self, statement: ast.stmt, facts: Facts) -> int:
        """Return the names that a statement binds where it stands, once converted.

        The targets of a loop are assigned by its helper.
        """
        bound = facts.writes | facts.deletes
        if isinstance(statement, ast.For):
            bound &= ~self.scope.mask(names_in(statement.target))
        return bound

    def _bound_in(self, statements: Sequence[ast.stmt]) -> int:
        """Return the names that statements assign themselves, without what helpers assign."""
        names = []
        pending: list[ast.AST] = [*statements]
        while pending:
            node = pending.pop()
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.append(node.id)
            if not isinstance(node, (ast.FunctionDef, ast.Lambda)):
                pending.extend(children_of(node))
        return self.scope.mask(names)

    def take_before(self) -> list[ast.stmt]:
        """Return the statements that have to stand before the one at hand."""
        before, self.before = self.before, []
        return before

    def facts(self, statement: ast.stmt) -> Facts:
        """Return what is known of a statement."""
        found = self.scope.facts.get(statement)
        if found is None:
            found = self.scope.facts[statement] = Facts()
        return found

    def modified(self, statements: Sequence[ast.stmt]) -> int:
        """Return the names that a block assigns."""
        result = 0
        for statement in statements:
            result |= self.facts(statement).modified
        return result

    def helper_body(
        self,
        statements: Sequence[ast.stmt],
        outer_names: int,
        given: int,
        node: ast.AST,
        prologue: Callable[[Place], list[ast.stmt]] | None = None,
    ) -> list[ast.stmt]:
        """Convert a block that becomes the body of a helper.

        ``outer_names`` are the variables that it shares with the function around it, ``given`` its
        parameters; what else it assigns lives in it alone.
        """
        scope = self.scope
        modified = self.modified(statements) | given
        inner = Place(modified & ~outer_names, given)
        first = prologue(inner) if prologue is not None else []
        body = [*first, *self.block(statements, inner)]
        # A function called here may assign these; the operator needs to see them.
        inner.bound |= outer_names & modified & scope.assigned_inside
        declared = outer_names & inner.bound
        head: list[ast.stmt] = []
        if declared & scope.declared_global:
            head.append(at(ast.Global(scope.names(declared & scope.declared_global)), node))
        shared = declared & ~scope.declared_global
        if shared:
            head.append(at(ast.Nonlocal(scope.names(shared)), node))
        head.extend(self.unbound(inner, node))
        self.place.wanted |= shared | (inner.wanted & ~inner.local)
        self.place.reads |= inner.reads & ~inner.local
        return [*head, *body] or [at(ast.Pass(), node)]

    def name_tuple(self, names: int, place: ast.AST) -> ast.expr:
        """Return the names of variables as a tuple of strings."""
        items: list[ast.expr] = [
            constant(self.naming.mangled(name), place) for name in self.scope.names(names)
        ]
        return at(ast.Tuple(items, LOAD), place)

    def mention(self, keyword: str, names: int, result: ast.Call) -> None:
        """Pass the names of variables, if there are any, to an operator."""
        if names:
            value = self.name_tuple(names, result)
            result.keywords.append(at(ast.keyword(keyword, value), result))

    def mention_guarded(self, result: ast.Call, names: int, directly: int = -1) -> None:
        """Name the variables that a flag guards: they need no check of their own.

        In a loop those that only called functions assign are named as well (``directly``: all
        others).
        """
        self.mention("indirect", names & self.scope.assigned_inside & ~directly, result)
        self.mention("guarded", names & self.lowering.guarded, result)

    # Expressions

    def operator(self, name: str, place: ast.AST) -> ast.expr:
        """Return ``ag.name``."""
        operators = at_start(ast.Name(self.naming.operators, LOAD), place)
        return at_start(ast.Attribute(operators, name, LOAD), place)

    def expression(self, node: ast.expr) -> ast.expr:
        """Convert an expression; the result may be another node."""
        convert = EXPRESSIONS.get(type(node))
        if convert is not None:
            return convert(self, node)
        self.children(node)
        return node

    def value(self, node: ast.expr) -> ast.expr:
        """Convert an expression whose value is kept or handed on.

        An attribute or item is read at once, for there may be none.
        """
        converted = self.expression(node)
        if not isinstance(node, ast.Attribute):  # `ag.item` reads an item by itself
            return converted
        return call(self.operator("read", node), [converted], node)

    def children(self, node: ast.AST) -> None:
        """Convert the expressions right below a node, in place."""
        for name in TREE_FIELDS[type(node)]:
            value = getattr(node, name, None)
            if value is None:
                continue
            if type(value) is list:
                for index, item in enumerate(value):
                    if isinstance(item, ast.expr):
                        value[index] = self.expression(item)
                    elif isinstance(item, (ast.keyword, ast.comprehension, ast.withitem)):
                        self.children(item)
            elif isinstance(value, ast.expr):
                setattr(node, name, self.expression(value))

    def is_checked(self, name: str) -> bool:
        """Return whether reading a name here needs a check."""
        if not (self.checked or self.outer_checked) or name in self.hidden:
            return False
        bit = self.scope.bits.get(name, 0)
        if bit & self.scope.variables:
            return bool(bit & self.checked)
        return name in self.outer_checked


def _simple(converter: Converter, node: ast.stmt) -> list[ast.stmt]:
    converter.children(node)
    return [node]


def _split_docstring(body: list[ast.stmt]) -> tuple[list[ast.stmt], list[ast.stmt]]:
    first = body[0] if body else None
    if (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Constant)
        and isinstance(first.value.value, str)
    ):
        return body[:1], body[1:]
    return [], body


StatementConverter = Callable[[Converter, ast.stmt], list[ast.stmt]]
ExpressionConverter = Callable[[Converter, ast.expr], ast.expr]

# Filled by the files beside this one, one kind each.
STATEMENTS: dict[type[ast.stmt], StatementConverter] = {}
EXPRESSIONS: dict[type[ast.expr], ExpressionConverter] = {}
