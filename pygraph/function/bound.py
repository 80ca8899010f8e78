"""A Function as a method: what ``instance.method`` gives."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

from pygraph._hot import BoundCore, fast_calls, hooks

if TYPE_CHECKING:
    from pygraph.function.function import Function

P = ParamSpec("P")
R = TypeVar("R", covariant=True)


class BoundFunction(BoundCore, Generic[P, R]):
    """A Function together with the instance that it is a method of.

    Every instance has graphs of its own. All that a Function offers is here too.
    """

    __pygraph_call__ = True

    if TYPE_CHECKING:

        def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
            """Call the method."""
            raise NotImplementedError

    @property
    def function(self) -> Function[P, R]:
        """The Function that holds this instance's graphs."""
        function: Function[P, R] = self.__func__
        return function

    @property
    def python_function(self) -> Callable[..., Any]:
        """The Python method, bound to the instance."""
        bound: Callable[..., Any] = self.__func__.python_function.__get__(self.__self__)
        return bound

    @property
    def __signature__(self) -> inspect.Signature:
        inspected: inspect.Signature = self.function.signature.inspected
        return inspected

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__func__, name)

    def __repr__(self) -> str:
        return f"<pygraph.Function {self.function.name} of {self.__self__!r}>"

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return getattr, (self.__self__, self.function.__name__)


fast_calls(BoundFunction)
hooks.bound_type = BoundFunction
