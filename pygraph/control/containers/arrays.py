"""NumPy arrays that converted code makes while a graph is built.

Such an array is NumPy's own until a tensor indexes it or is written into it. From then on the graph
has its elements, and the same object, which all aliases share, stands for them. Its shape and dtype
stay. Views share its elements: they are read from, and written to, the array that they are of.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable, Iterator, Sequence
from types import BuiltinFunctionType, ModuleType
from typing import Any

import numpy as np

from pygraph import ops
from pygraph._hot import SymbolicTensor, Tensor, current, from_numpy, is_dtype_of_numpy
from pygraph.control.tensors import tracing
from pygraph.graph import Builder
from pygraph.graph.aliases import View
from pygraph.graph.locations import describe, name_of, user_line
from pygraph.graph.structure import flatten, map_structure
from pygraph.interop.numpy_functions import array_function, array_ufunc

_Array = np.ndarray[Any, Any]


class LocalArray(np.lib.mixins.NDArrayOperatorsMixin):
    """An array, or a view of one. NumPy's functions and ``isinstance`` take it for an ndarray."""

    __slots__ = ("__weakref__", "_array", "_gone", "_home", "_tensor", "_whole")

    def __init__(self, array: _Array, root: LocalArray | None = None) -> None:
        # The elements, as long as the graph has not got them; shape and dtype in any case.
        self._array = array
        self._whole = root  # None if it is no view: no object may refer to itself
        self._tensor: SymbolicTensor | None = None  # of a root, once the graph has its elements
        self._home = current()  # the builder that it was made for
        self._gone = ""  # what is said once the trace is over that had the elements

    @property  # type: ignore[misc]
    def __class__(self) -> type:
        return np.ndarray

    # ---- what it holds ----

    @property
    def root(self) -> LocalArray:
        """The array whose elements these are."""
        return self if self._whole is None else self._whole

    @property
    def home(self) -> Any:
        """The builder that was at hand when it was made."""
        return self._home

    @property
    def is_staged(self) -> bool:
        """Whether the graph has the elements."""
        return self.root._tensor is not None

    def let_go(self) -> None:
        """Refer to the trace, which is over, no more: whoever keeps the array keeps no graph."""
        if self._tensor is not None:
            self._gone = str(self._tensor.builder.leak_error(self._tensor))
            self._tensor = None
        self._home = None

    def value(self) -> Any:
        """Return what it holds: NumPy's array, or a tensor, which for a root is always the same."""
        if self.root._gone:
            raise TypeError(self.root._gone)
        tensor = self.root._tensor
        if tensor is None:
            return self._array
        if current() is None:
            raise tensor.builder.leak_error(tensor)
        if self is self.root:
            return tensor
        return ops.getitem(ops.reshape(tensor, (-1,)), _constant(self._positions()))

    def __pygraph_tensor__(self) -> Any:
        value = self.value()
        return value if isinstance(value, Tensor) else _constant(value)

    @property
    def tensor(self) -> SymbolicTensor | None:
        """What stands for a root in the graph."""
        return self._tensor

    def content(self) -> Any:
        """Return what a root holds, for :meth:`become`: a tensor, eager while it is NumPy's."""
        if self._tensor is not None:
            return self._tensor.state()
        if not is_dtype_of_numpy(self._array.dtype):
            return self._array.copy()
        return from_numpy(self._array, False)

    def become(self, content: Any) -> None:
        """Hold what :meth:`content` gave at another time, or what a graph passed on."""
        if type(content) is not SymbolicTensor:
            self._tensor = None
            np.copyto(self._array, np.asarray(content))
        elif self._tensor is not None:
            self._tensor.become(content)
        else:
            self._tensor = _twin(content)

    def stage(self) -> Any:
        """Return what stands for the array in the graph, which takes it over."""
        root = self.root
        if root is not self:
            root.stage()
            return self.value()
        if self._tensor is None:
            note_array(self)
            self._tensor = _twin(_constant(self._array))
        return self._tensor

    def _positions(self) -> _Array:
        """Return where the elements of a view lie in the array, counted in its order."""
        array, root = self._array, self.root._array
        size = array.itemsize
        start = (_address(array) - _address(root)) // size
        strides = [stride // size * 8 for stride in array.strides]
        counted = np.arange(root.size)[start:]
        return np.lib.stride_tricks.as_strided(counted, array.shape, strides).copy()

    # ---- items ----

    def __getitem__(self, key: Any) -> Any:
        if not _is_staged_key(key) and not (self.is_staged and self is self.root):
            part = self._array[_mapped(_plain, key)]
            if not self.is_staged or (type(part) is np.ndarray and owner_of(part) is self._owner()):
                return local_or_new(part)
        return ops.getitem(self.__pygraph_tensor__(), _mapped(_tensor, key))

    def __setitem__(self, key: Any, value: Any) -> None:
        note_array(self)
        if self.is_staged or _is_staged_key(key) or _has_tensor(value):
            self._write(_mapped(_tensor, key), _tensor(value))
        else:
            self._array[_mapped(_plain, key)] = _plain(value)

    def _write(self, key: Any, value: Any) -> None:
        """Write by the graph, which takes the array over."""
        whole = self.root.stage()
        if self is self.root:
            whole[key] = value
        else:
            places = ops.getitem(_constant(self._positions()), key)
            ops.reshape(whole, (-1,))[places] = value

    def __delitem__(self, key: Any) -> None:
        raise ValueError("cannot delete array elements")

    def __len__(self) -> int:
        return len(self._array)

    def __iter__(self) -> Iterator[Any]:
        if not self._array.ndim:
            raise TypeError("iteration over a 0-d array")
        return (self[position] for position in range(len(self._array)))

    def __contains__(self, element: Any) -> Any:
        return (self == element).any()

    # ---- NumPy's functions ----

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **keywords: Any) -> Any:
        targets = keywords.pop("out", ())
        if method == "at":
            note_array(inputs[0])
        if not _has_tensor((inputs, keywords)) and not any(map(_is_staged, targets)):
            inputs, keywords = map_structure(_plain, (inputs, keywords))
            if targets:
                keywords["out"] = tuple([_noted(target) for target in targets])
            return _known(getattr(ufunc, method)(*inputs, **keywords), targets)
        if method == "at":
            raise _refused(f"numpy.{ufunc.__name__}.at by tensors", "x[i] += v in a loop")
        inputs, keywords = map_structure(_tensor, (inputs, keywords))
        result = _as_numpys(array_ufunc(ufunc, method, inputs, keywords))
        return _written(targets, result) if targets else result

    def __array_function__(
        self, function: Any, types: Any, inputs: tuple[Any, ...], keywords: dict[str, Any]
    ) -> Any:
        return call_numpy(function, inputs, keywords)

    def __array__(self, dtype: Any = None, *, copy: bool | None = None) -> Any:
        array = self.value()
        if isinstance(array, Tensor):
            return array.__array__(dtype)
        if dtype is not None and array.dtype != dtype:
            return array.astype(dtype)
        return array.copy() if copy else array

    # ---- attributes ----

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        found = getattr(self._array, name)
        if name in _LAYOUT:
            return found
        if callable(found):
            return _Method(self, name)
        if type(found) is np.ndarray:
            return local(found)
        if self.is_staged:
            raise _refused(f"the attribute {name} of an array", "pygraph's functions")
        return found

    def __setattr__(self, name: str, value: Any) -> None:
        if name in LocalArray.__slots__:
            object.__setattr__(self, name, value)
        elif self.is_staged or name not in ("shape", "flat"):
            raise _refused(f"assigning {name} of an array", "a new array, as reshape gives it")
        else:
            setattr(_noted(self), name, value)

    def __bool__(self) -> bool:
        return bool(self.value())

    def __int__(self) -> int:
        return int(self.value())

    def __float__(self) -> float:
        return float(self.value())

    def __complex__(self) -> complex:
        return complex(self.value())

    def __index__(self) -> int:
        index: int = self.value().__index__()
        return index

    def __repr__(self) -> str:
        return repr(self.value())

    def __str__(self) -> str:
        return str(self.value())

    def __format__(self, spec: str) -> str:
        return format(self.value(), spec)

    def __copy__(self) -> Any:
        return local(self.value().copy())

    def __deepcopy__(self, memo: object) -> Any:
        return self.__copy__()

    def __reduce__(self) -> Any:
        return self.value().__reduce__()

    def __eq__(self, other: object) -> Any:
        # No element equals a text; descriptions of values are compared with the names of dtypes.
        return NotImplemented if isinstance(other, str) else super().__eq__(other)

    __hash__ = None  # type: ignore[assignment]

    def _owner(self) -> Any:
        return owner_of(self._array)


# What depends on the layout alone.
_LAYOUT = frozenset(("shape", "dtype", "ndim", "size", "itemsize", "nbytes", "strides", "device"))
# Methods that give views, or copies where that is not possible.
_VIEWS = frozenset(
    ("reshape", "transpose", "swapaxes", "squeeze", "ravel", "diagonal", "view", "__getitem__")
)
# Methods that change the array.
_CHANGING = frozenset(
    ("fill", "sort", "put", "partition", "resize", "byteswap", "setfield", "setflags", "itemset")
)


class _Method:
    """A method of an array, bound to it."""

    __slots__ = ("_name", "_owner")
    __pygraph_call__ = True

    def __init__(self, owner: LocalArray, name: str) -> None:
        self._owner = owner
        self._name = name

    @property
    def __name__(self) -> str:
        return self._name

    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        owner, name = self._owner, self._name
        if name in _CHANGING and not (name == "byteswap" and arguments[:1] != (True,)):
            return _change(owner, name, arguments, keywords)
        if "out" in keywords:
            return call_numpy(getattr(np, name), (owner, *arguments), keywords)
        if not _has_tensor((arguments, keywords)) and (not owner.is_staged or name in _VIEWS):
            plain, named = map_structure(_plain, (arguments, keywords))
            part = _made(getattr(owner._array, name), plain, named)
            if not owner.is_staged or (type(part) is LocalArray and part.root is owner.root):
                return part
        arguments, keywords = map_structure(_tensor, (arguments, keywords))
        tensor = owner.__pygraph_tensor__()
        if name == "flatten":
            return _as_numpys(ops.reshape(tensor.copy(), (-1,)).copy())
        if hasattr(tensor, name):
            return _as_numpys(getattr(tensor, name)(*arguments, **keywords))
        function = getattr(np, name, None)
        if function is None:
            raise _refused(f"the method {name} of an array", "pygraph's functions")
        return _as_numpys(array_function(function, (tensor, *arguments), keywords))


def _change(
    array: LocalArray, name: str, arguments: tuple[Any, ...], keywords: dict[str, Any]
) -> None:
    """Call a method that changes an array."""
    note_array(array)
    if name == "resize":
        _refuse_view_or_region(array)
    if not array.is_staged and not _has_tensor((arguments, keywords)):
        if name == "resize":
            keywords = {"refcheck": False, **keywords}
        arguments, keywords = map_structure(_plain, (arguments, keywords))
        getattr(array._array, name)(*arguments, **keywords)
    elif name == "fill":
        array[...] = arguments[0]
    elif name == "sort" and not keywords.keys() - {"axis"}:
        axis = keywords.get("axis", *arguments) if arguments or keywords else -1
        array[...] = ops.sort(array.__pygraph_tensor__(), axis=axis)
    elif name == "put":
        _put(array, *arguments, **keywords)
    else:
        raise _refused(f"the method {name} of an array", "an assignment to its items")


def _refuse_view_or_region(array: LocalArray) -> None:
    builder = current()
    if builder is not None and (builder is not array.home or array.root is not array):
        raise _refused("the method resize of an array", "a new array")


def _put(array: Any, indices: Any, values: Any, mode: str = "raise") -> None:
    if mode != "raise":
        raise _refused(f"put with mode {mode!r}", "an assignment to its items")
    flat = array.reshape(-1)
    flat[indices] = values


# ---- NumPy's functions ----


def call_numpy(function: Any, inputs: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """Call a function of NumPy's from converted code, or on arrays that converted code made."""
    staged = _has_tensor((inputs, keywords))
    out = keywords.get("out")
    if function in _CHANGING_FUNCTIONS or out is not None:
        note_array(inputs[0] if out is None else out)
        if staged:
            return _change_staged(function, inputs, keywords)
    if not staged:
        _note_all(inputs)
        result = _made(function, *map_structure(_plain, (inputs, keywords)))
        _note_reads(function, inputs, keywords, result)
        return result
    is_local = any(type(value) is LocalArray for value in inputs)
    inputs, keywords = map_structure(_tensor, (inputs, keywords))
    if function in _CONVERSIONS and is_local:
        copies = function in (np.array, np.copy)
        return _as_numpys(ops.asarray(*inputs, **{"copy": copies or None, **keywords}))
    if isinstance(function, BuiltinFunctionType) and isinstance(function.__self__, np.ndarray):
        raise written_error(function.__self__)
    return _as_numpys(function(*inputs, **keywords))


def _note_reads(
    function: Any, inputs: tuple[Any, ...], keywords: dict[str, Any], result: Any
) -> None:
    """Note the arrays whose elements a function has read, if its result is no view of them."""
    owner = getattr(function, "__self__", None)
    note_scalar(result)
    if function in _LAYOUT_FUNCTIONS:
        return
    for array in (owner, *flatten((inputs, keywords))[0]):
        if type(array) is np.ndarray:
            is_view = isinstance(result, np.ndarray) and np.may_share_memory(array, result)
            if not is_view:
                note_read(array)


def _note_all(arrays: Sequence[Any]) -> None:
    """Note the arrays that a function is given, in a branch or loop: it may change them."""
    builder = current()
    if builder is not None and builder.parent is not None:
        for array in arrays:
            note_array(array)


def _change_staged(function: Any, inputs: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """Call a function that changes an array by tensors, or one that the graph has."""
    target = keywords.get("out", inputs[0])
    if keywords.get("out") is not None:
        rest = {name: value for name, value in keywords.items() if name != "out"}
        return _written((target,), call_numpy(function, inputs, rest))
    if type(target) is not LocalArray:
        raise written_error(target)
    values = inputs[1:]
    if function is np.copyto and not keywords.keys() - {"where"}:
        where = keywords.get("where", True)
        value = _tensor(values[0])
        target[...] = value if where is True else ops.where(_tensor(where), value, _tensor(target))
    elif function is np.put:
        _put(target, *values, **keywords)
    elif function is np.putmask:
        mask, value = map(_tensor, values)
        target[...] = ops.where(mask, value, _tensor(target))
    elif function is np.fill_diagonal and target.ndim == 2 and not keywords:
        indices = np.arange(min(target.shape))
        target[indices, indices] = values[0]
    else:
        raise _refused(f"numpy.{function.__name__} by tensors", "an assignment to its items")
    return None


_CHANGING_FUNCTIONS = frozenset(
    (np.copyto, np.put, np.place, np.putmask, np.fill_diagonal, np.put_along_axis)
)
_LAYOUT_FUNCTIONS = frozenset(
    (np.shape, np.ndim, np.size, np.zeros_like, np.ones_like, np.empty_like, np.full_like)
)
_CONVERSIONS = frozenset((np.asarray, np.array, np.asanyarray, np.ascontiguousarray, np.copy))


def _written(targets: tuple[Any, ...], result: Any) -> Any:
    """Write results into the arrays that ``out`` names; return what NumPy's function returns."""
    results = result if isinstance(result, tuple) else (result,)
    for target, value in zip(targets, results, strict=True):
        if target is None:
            continue
        if type(target) is not LocalArray:
            raise written_error(target)
        if not ops.can_cast(value.dtype, ops.asarray(target).dtype) and not _same_kind(
            value, target
        ):
            raise TypeError(
                f"Cannot cast the result from {value.dtype.name} to {target.dtype} with casting "
                f"rule 'same_kind'\n  {describe(user_line())}\nConvert it first, or make the array "
                f"of dtype {value.dtype.name}."
            )
        if value.ndim > target.ndim:
            raise ValueError(
                f"the result has {value.ndim} dimensions and does not fit an array of "
                f"{target.ndim}\n  {describe(user_line())}"
            )
        target[...] = ops.astype(value, target.dtype)
    return targets if len(targets) > 1 else targets[0]


def _same_kind(value: Any, target: LocalArray) -> bool:
    return bool(np.can_cast(np.dtype(value.dtype.name), target.dtype, "same_kind"))


def _known(result: Any, targets: tuple[Any, ...]) -> Any:
    """Return the result of a function that was given these targets, which are its results then."""
    if targets:
        return targets if len(targets) > 1 else targets[0]
    return tuple(map(local_or_new, result)) if isinstance(result, tuple) else local_or_new(result)


def _made(function: Callable[..., Any], inputs: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """Call a function as it is; an array that nothing else holds was made by it."""
    result = function(*inputs, **keywords)
    if type(result) is np.ndarray:
        is_new = sys.getrefcount(result) <= 2
        return local(result, is_new)
    if type(result) in (list, tuple) and any(type(part) is np.ndarray for part in result):
        # A new one is held by the list, the loop and the call that counts.
        return type(result)([local(part, sys.getrefcount(part) <= 3) for part in result])
    return result


def local_or_new(value: Any) -> Any:
    """Return what stands for an array that a function of NumPy's returned."""
    note_scalar(value)
    return local(value, type(value) is np.ndarray and owner_of(value) is value)


def local(value: Any, is_new: bool = False) -> Any:
    """Return what stands for a NumPy array, if converted code has made it; else the array."""
    builder = current()
    if type(value) is not np.ndarray or builder is None:
        return value
    owner = owner_of(value)
    known: dict[int, LocalArray] = builder.module.local_arrays
    root = known.get(id(owner))
    if root is not None:
        return root if value is root._array else LocalArray(value, root)
    if not is_new or value.dtype.kind not in "biuf":
        return value
    if value.base is not None or not value.flags.c_contiguous:
        value = np.array(value, order="C")
    root = LocalArray(value)
    known[id(value)] = root
    return root


# ---- parts of the above ----


def holds_same(one: Any, other: Any) -> bool:
    """Return whether an array holds the same at two times, by :meth:`LocalArray.content`."""
    if type(one) is not type(other):
        return False
    if type(one) is SymbolicTensor:
        return one.id == other.id and one.builder is other.builder
    return bool(np.asarray(one).tobytes() == np.asarray(other).tobytes())


def note_array(array: Any) -> None:
    """Note an array that is about to be changed; refuse one that the graph reads at each call."""
    builder = current()
    if builder is None or builder.journal is None:
        return
    if type(array) is LocalArray:
        builder.journal.note_change(array.root)
    elif isinstance(array, np.ndarray):
        builder.journal.note_change(owner_of(array))


def _noted(array: Any) -> Any:
    note_array(array)
    return array.value() if type(array) is LocalArray else array


def written_error(array: Any) -> Exception:
    """Return the error for writing a tensor to an array from outside of the trace."""
    name = name_of(array)
    what = (
        f"{name!r}, a NumPy array from outside of the function being traced,"
        if name
        else (f"a NumPy array of shape {array.shape} from outside of the function being traced")
    )
    return TypeError(
        f"{what} cannot be changed in place by tensors\n  {describe(user_line())}\n"
        "Copy it first, pass it to the function and return it, or make it a pygraph.Variable."
    )


def _refused(what: str, instead: str) -> Exception:
    return TypeError(
        f"{what} cannot be part of the graph\n  {describe(user_line())}\nUse {instead}."
    )


def _plain(value: Any) -> Any:
    return value.value() if type(value) is LocalArray else value


def as_numpys(value: Any) -> Any:
    """Return NumPy's array for one that converted code made, unless the graph has its elements."""
    return value if _is_staged(value) else _plain(value)


def _is_staged(value: Any) -> bool:
    return type(value) is LocalArray and value.is_staged


def _has_tensor(value: Any) -> bool:
    leaves = [value] if isinstance(value, Tensor) else flatten(value)[0]
    return any(isinstance(leaf, Tensor) or _is_staged(leaf) for leaf in leaves)


def _is_staged_key(key: Any) -> bool:
    parts = key if type(key) is tuple else (key,)
    return any(
        any(isinstance(bound, Tensor) for bound in (part.start, part.stop, part.step))
        if type(part) is slice
        else _has_tensor(part)
        for part in parts
    )


def _tensor(value: Any) -> Any:
    return value.__pygraph_tensor__() if type(value) is LocalArray else value


def _mapped(change: Callable[[Any], Any], key: Any) -> Any:
    return tuple(map(change, key)) if type(key) is tuple else change(key)


def _twin(tensor: SymbolicTensor) -> SymbolicTensor:
    """Return another object for a tensor, of which parts are views."""
    twin = tensor.state()
    twin.has_views = True
    return twin


def _as_numpys(result: Any) -> Any:
    """Return the result of a function; parts of a tensor that is new are views, as with NumPy."""
    if type(result) is SymbolicTensor and result.link is None:
        result.has_views = True
    return result


def _constant(array: Any) -> Any:
    builder = current()
    return from_numpy(array, False) if builder is None else builder.constant(array)


def owner_of(array: Any) -> Any:
    """Return the array whose memory a view shares."""
    while type(array.base) is np.ndarray:
        array = array.base
    return array


def _address(array: _Array) -> int:
    address: int = array.__array_interface__["data"][0]
    return address


# ---- what converted code does with arrays ----


def item(array: Any, key: Any) -> Any:
    """``array[key]`` of a NumPy array, which a tensor may index."""
    array = local(array)
    if type(array) is not LocalArray and _is_staged_key(key):
        builder = tracing()
        part = ops.getitem(builder.lift(array), _mapped(_tensor, key))
        link = getattr(part, "link", None)
        if type(link) is View:
            link.base = array  # which a part of is not written into
        return part
    part = array[key]
    if type(array) is not LocalArray and not isinstance(part, np.ndarray):
        note_scalar(part)
        note_read(array[(*(key if type(key) is tuple else (key,)), ...)])  # the element alone
    return local_or_new(part)


def note_scalar(value: Any) -> None:
    """Note that it is known of which elements one of NumPy's scalars was made."""
    builder = current()
    if builder is not None and isinstance(value, np.generic):
        builder.module.captured.note_scalar(value)


def note_read(array: Any) -> None:
    """Note that converted code takes the elements of an array for Python values."""
    builder = current()
    if type(array) is np.ndarray and builder is not None and _owner_is_foreign(builder, array):
        builder.module.captured.note_read(array)


def _owner_is_foreign(builder: Builder, array: _Array) -> bool:
    return id(owner_of(array)) not in builder.module.local_arrays


class CapturedTarget:
    """An array from outside of the trace, an item of which is about to be assigned."""

    __slots__ = ("_array",)

    def __init__(self, array: _Array) -> None:
        self._array = array

    def __getitem__(self, key: Any) -> Any:
        return item(self._array, key)

    def __setitem__(self, key: Any, value: Any) -> None:
        if _is_staged_key(key) or _has_tensor(value):
            raise written_error(self._array)
        self._array[key] = value


def target(array: Any) -> Any:
    """Return a NumPy array, an item of which is about to be assigned."""
    array = local(array)
    note_array(array)
    return array if type(array) is LocalArray else CapturedTarget(array)


def is_numpys(function: Any) -> bool:
    """Return whether a function belongs to NumPy, or is a method of an array."""
    owner = getattr(function, "__self__", None)
    if owner is not None and not isinstance(owner, ModuleType):
        kind = type(owner)
        return (
            isinstance(owner, np.ndarray)
            or kind is np.ufunc
            or kind.__module__.startswith("numpy.random")
        )
    module = getattr(function, "__module__", None) or ""
    return type(function) is np.ufunc or module == "numpy" or module.startswith("numpy.")


def calling_numpy(function: Any) -> Callable[..., Any]:
    """Return a function of NumPy's such that it knows the arrays that converted code makes."""

    @functools.wraps(function)
    def called(*arguments: Any, **keywords: Any) -> Any:
        owner = getattr(function, "__self__", None)
        if isinstance(owner, np.ndarray) and function.__name__ in _CHANGING:
            note_array(owner)
        return call_numpy(function, arguments, keywords)

    return called


def with_values(function: Callable[..., Any], reads: bool = True) -> Callable[..., Any]:
    """Return a function that is not converted such that it is given what local arrays hold.

    ``reads``: it reads the elements of arrays.
    """

    @functools.wraps(function)
    def called(*arguments: Any, **keywords: Any) -> Any:
        if any(type(value) is LocalArray for value in (*arguments, *keywords.values())):
            arguments = tuple(map(_plain, arguments))
            keywords = {name: _plain(value) for name, value in keywords.items()}
        for value in arguments:
            if reads:
                note_read(value)
        return local(function(*arguments, **keywords))

    return called
