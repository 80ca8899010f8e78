"""Variables, attributes and items without a value: not at all, or not on every way of a graph."""

from __future__ import annotations

import operator
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from types import FunctionType
from typing import Any, ClassVar, NamedTuple

from pygraph._hot import SymbolicTensor, Tensor
from pygraph.control.tensors import apply, as_predicate, cast, current, is_tensor, logical_not
from pygraph.graph import Builder
from pygraph.graph.locations import describe, user_line
from pygraph.graph.structure import register_pytree_node


class _Unset:
    """The type of UNSET, which stands for a variable without a value."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNSET"


UNSET = _Unset()


_ADD_DEFAULT = defaultdict.__missing__


class Part(NamedTuple):
    """An attribute or item of an object."""

    owner: Any
    key: Any

    @property
    def is_item(self) -> bool:
        """Whether it is an item: of a dict, for a list always has all of its own."""
        return isinstance(self.owner, dict)

    def missing(self) -> Callable[[], Any] | None:
        """Return what gives its value where there is none, if anything does."""
        kind = type(self.owner)
        method = getattr(kind, "__missing__", None) if self.is_item else None
        if method is None:
            return None
        if method is _ADD_DEFAULT:
            return self.owner.default_factory  # type: ignore[no-any-return]
        if isinstance(method, FunctionType) and kind is not Counter:
            raise TypeError(
                f"whether there is {self.key!r} depends on a tensor, and what {kind.__name__} does "
                f"where there is no such item could change it\n  {describe(user_line())}\n"
                "Ask for the item with `in` or `get`."
            )
        return lambda: method(self.owner, self.key)

    def fault(self) -> tuple[str, str]:
        """Return the exception that Python raises where there is none, and its text."""
        if self.is_item:
            return "KeyError", str(self.key)
        kind = type(self.owner).__name__
        return "AttributeError", f"'{kind}' object has no attribute '{self.key}'"


class Maybe:
    """What has a value only if its flag holds when the graph runs.

    ``none`` says what it is otherwise: None, or without any value. ``part`` is where it stands, if
    it is no variable. Whatever is made of it reads it, which is an error at run time where there is
    no value; what may be None is handed on as it is, and read when something is made of it.
    """

    __slots__ = ("defined", "name", "none", "part", "value")
    __pygraph_optional__ = True
    # NumPy leaves operators to this class.
    __array_ufunc__ = None
    # ``pygraph.cond``, which joins what this class holds, and so stands above and puts itself here.
    cond: ClassVar[Callable[..., Any]]
    # Likewise what notes an object that is about to be changed.
    note: ClassVar[Callable[..., Any]]

    def __init__(
        self, name: str, value: Any, defined: Any, none: bool, part: Part | None = None
    ) -> None:
        self.name = name
        self.value = value
        self.defined = defined
        self.none = none
        self.part = part

    def __repr__(self) -> str:
        return f"<the variable {self.name!r}, which may be {'None' if self.none else 'unset'}>"

    def certain(self, builder: Builder | None = None) -> bool | None:
        """Return whether it is known in a branch, by default the one at hand, to have a value."""
        if type(self.defined) is not SymbolicTensor:
            return bool(self.defined)
        builder = builder or current()
        return None if builder is None else builder.known_truth(self.defined)

    def narrowed(self, builder: Builder | None = None) -> Any:
        """Return its value where that is certain, None or UNSET where it has none, else itself."""
        certain = self.certain(builder)
        if certain is None:
            return self
        return self.value if certain else None if self.none else UNSET

    def read(self) -> Any:
        """Return the value; running the graph raises an exception where there is none.

        That is the one that Python raises: UnboundLocalError, AttributeError, KeyError; TypeError
        for None.
        """
        if self.certain():
            return self.value
        missing = None if self.none or self.part is None else self.part.missing()
        if missing is not None and self.part is not None:
            value = self._or(missing)
            if getattr(type(self.part.owner), "__missing__", None) is _ADD_DEFAULT:
                Maybe.note(self.part.owner)  # a defaultdict has the item from then on
                self.part.owner[self.part.key] = value
            return value
        if is_tensor(self.value):
            return self._check(self.value)
        self._check(True)
        return self.value  # the object itself, for methods of it may change it

    def target(self) -> Any:
        """Return what is written into; the graph raises an exception where there is none."""
        if not self.certain():
            self._check(True)
        return self.value

    def given(self) -> Any:
        """Return what a read gives that makes nothing of it: a value, or what may be None."""
        return self.narrowed() if self.none else self.read()

    def or_else(self, otherwise: Any) -> Any:
        """Return the value, and another one where there is none."""
        return self._or(lambda: otherwise)

    def _or(self, otherwise: Callable[[], Any]) -> Any:
        return Maybe.cond(self.defined, lambda: self.value, otherwise)

    def _check(self, value: Any) -> Any:
        return apply("check_defined", (value, self.defined), {"name": self.fault()})

    def fault(self) -> str:
        """Return what ``check_defined`` is to say."""
        if self.none:
            return f"TypeError: {self.name} is None, and used as a value"
        if self.part is not None:
            kind, text = self.part.fault()
            return f"{kind}: " + text.replace("{", "{{").replace("}", "}}")
        return self.name

    def is_none(self) -> Any:
        """Return, as a tensor, whether it is None; what is unset may not be asked."""
        if not self.none:
            self.read()
            return False
        certain = self.certain()
        if certain is not None:
            return not certain
        return logical_not(self.defined)

    def truth(self) -> Any:
        """Return what a condition tests."""
        value = self.value if self.none else self.read()
        if not self.none:
            return value
        if not is_tensor(value):
            return self.defined if value else False
        return apply("logical_and", (self.defined, as_predicate(value)))

    def __pygraph_tensor__(self) -> Any:
        return self.read()

    def __bool__(self) -> bool:
        raise TypeError(
            f"{self.name!r} may be {'None' if self.none else 'unset'} here, so its truth value "
            "cannot be used"
        )

    def __eq__(self, other: object) -> Any:
        return self._equal(other)

    def __ne__(self, other: object) -> Any:
        equal = self._equal(other)
        return logical_not(equal) if is_tensor(equal) else not equal

    __hash__ = None  # type: ignore[assignment]

    def _equal(self, other: Any) -> Any:
        if not self.none:
            return self.read() == other
        if other is None:
            return self.is_none()
        equal = self.value == other
        return apply("logical_and", (self.defined, equal)) if is_tensor(equal) else equal

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.read(), name)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.target()[key] = value

    def __len__(self) -> int:
        return len(self.read())

    def __iter__(self) -> Any:
        return iter(self.read())

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        """Call the value."""
        return self.read()(*arguments, **keywords)

    def __str__(self) -> str:
        return str(self._shown())

    def __format__(self, spec: str) -> str:
        return format(self._shown(), spec)

    def _shown(self) -> Any:
        if self.none:
            raise TypeError(
                f"{self.name!r} may be None here, and becomes text: test it by `is None` before"
            )
        return self.read()


def _operator(name: str, reflected: bool) -> Callable[..., Any]:
    function = getattr(operator, name)

    def method(self: Maybe, *others: Any) -> Any:
        given = (*others, self.read()) if reflected else (self.read(), *others)
        return function(*given)

    return method


_PLAIN = ("neg", "pos", "abs", "invert", "getitem", "lt", "le", "gt", "ge")
_BINARY = (
    "add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift", "and",
    "or", "xor",
)  # fmt: skip
for _name in (*_PLAIN, *_BINARY):
    setattr(Maybe, f"__{_name}__", _operator(f"__{_name}__", False))
for _name in _BINARY:
    setattr(Maybe, f"__r{_name}__", _operator(f"__{_name}__", True))


def _taken_apart(maybe: Maybe) -> tuple[Sequence[Any], Any]:
    return (maybe.value, cast(maybe.defined, "bool")), (maybe.name, maybe.none)


def _put_together(extra: tuple[str, bool], parts: Sequence[Any]) -> Any:
    value, defined = parts
    if type(defined) is SymbolicTensor or current() is not None:
        return Maybe(extra[0], value, defined, extra[1])
    return value if not isinstance(defined, Tensor) or bool(defined) else None


register_pytree_node(Maybe, _taken_apart, _put_together)


def known(value: Any) -> Any:
    """Return a value that something else says there is."""
    return value.value if type(value) is Maybe else value


def given(value: Any) -> Any:
    """Return what reading a variable, an attribute or an item gives."""
    return value.given() if type(value) is Maybe else value
