"""The names of a function, and what is known of each of its statements.

Names of one function are bits of an integer (a :class:`FunctionScope` gives them out), so that the
data-flow analyses on top are plain integer arithmetic.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Sequence

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


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


def children_of(node: ast.AST) -> list[ast.AST]:
    """Return the nodes right below a node, but for contexts and operators."""
    found: list[ast.AST] = []
    for name in TREE_FIELDS[type(node)]:
        value = getattr(node, name, None)
        if type(value) is list:
            found.extend([item for item in value if isinstance(item, ast.AST)])
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def names_in(tree: ast.AST) -> list[str]:
    """Return the names in an expression, as often as they occur."""
    names = []
    pending = [tree]
    # The list grows as it is gone over. `ast.walk` takes several times as long.
    for node in pending:
        if isinstance(node, ast.Name):
            names.append(node.id)
        else:
            pending.extend(children_of(node))
    return names


class Facts:
    """What is known of one statement; sets of names are bit masks.

    ``reads``, ``writes`` and ``deletes`` are those of a simple statement or of a compound
    statement's header, ``perhaps`` the writes in operands that may be left out; ``modified`` covers
    the whole statement, and what nested functions may assign when it calls one; ``held`` is what a
    loop goes on reading while it gets its items. ``falls`` says
    whether control can come out at its end; ``returns``, ``breaks`` and ``continues`` whether it
    can leave that way.
    """

    reads: int = 0
    writes: int = 0
    deletes: int = 0
    perhaps: int = 0
    nones: int = 0
    optionals: int = 0
    modified: int = 0
    held: int = 0
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

    def __init__(self, **known: int) -> None:
        self.__dict__.update(known)

    @property
    def jumps(self) -> bool:
        """Whether control can leave by anything but the end or an exception."""
        return self.returns or self.breaks or self.continues


class FunctionScope:
    """The names of one function of the user's, with the facts of its statements."""

    parameters: int = 0
    optional_parameters: int = 0
    bound: int = 0
    declared_global: int = 0
    declared_nonlocal: int = 0
    used: int = 0
    captured: int = 0
    # Of those captured: what a function may read that someone unknown holds.
    held: int = 0
    # Names that are read other than to be called at once.
    escaped: int = 0
    # Variables that nested functions assign.
    assigned_inside: int = 0
    frame_readers: bool = False
    walrus: bool = False
    ever_checked: int = 0

    def __init__(self, node: FunctionNode) -> None:
        self.node = node
        self.bits: dict[str, int] = {}
        self.facts: dict[ast.stmt, Facts] = {}
        self.nested: dict[ast.AST, FunctionScope] = {}
        # By the bit of a name that functions are bound to: what these may read when called.
        self.closures: dict[int, int] = {}

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
            (self.held & self.variables)
            | (self.declared_global & self.bound)
            | (self.declared_nonlocal & self.bound)
        )

    def captured_by(self, names: int) -> int:
        """Return what the functions that names are bound to may read when called."""
        found = 0
        for name, captured in self.closures.items():
            if name & names:
                found |= captured
        return found

    def free_names(self) -> list[str]:
        """Names that must be found outside of the function: enclosing functions, globals."""
        outside = self.used | self.captured | self.declared_nonlocal
        return self.names(outside & ~(self.local | self.declared_global))


def block_flow(scope: FunctionScope, statements: Sequence[ast.stmt]) -> Facts:
    """Return how control leaves a block, and what it assigns, from the facts of its statements."""
    flow = Facts()
    for statement in statements:
        facts = scope.facts[statement]
        flow.modified |= facts.modified
        flow.calls = flow.calls or facts.calls
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
            pending.extend(children_of(current))
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
    return {name for generator in generators for name in names_in(generator.target)}
