"""Program files: every graph of a function, or of several, with its constants."""

from __future__ import annotations

import contextlib
import errno
import keyword
import os
import stat
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Any, cast

from pygraph import _core
from pygraph._hot import CompiledGraph, Constant, GraphCaller, Tensor, Variable, fast_calls
from pygraph.function import BoundFunction, ConcreteFunction, Function
from pygraph.graph import Graph, TensorSpec, VariableSpec, public
from pygraph.graph.calls import call_graph
from pygraph.graph.scope import init_scope
from pygraph.graph.structure import flatten
from pygraph.ops import asarray
from pygraph.saving.sources import shown_name

if TYPE_CHECKING:
    from pygraph._hot import _Sources as Sources


Saveable = Function[..., Any] | BoundFunction[..., Any] | ConcreteFunction


@public
def save(
    function: Saveable | Mapping[str, Saveable],
    path: str | os.PathLike[str],
) -> None:
    """Write the graphs of a function to a file, which :func:`load` and C++ programs read.

    A Function is saved with the graphs it has: call it first, or use ``get_concrete_function``; a
    method (``model.predict``) with those of its instance.
    Several functions go into one file as a dict, ``{"predict": f, "train": g}``: a variable that
    more than one of them captured is one variable of the file.
    Tensors and NumPy arrays that it captured become constants, with the values they have now.
    Variables that it captured are saved with the values they have now, under their names; one
    without a name is called ``variable``, and a number is added where two names are the same.
    The file takes the place of an older one at once, when it is complete: who reads meanwhile reads
    the older one, which also stays where saving fails. Source files are named from their outermost
    package on: the same graphs give the same bytes anywhere.

    Raises:
        TypeError: where ``function`` is neither a Function nor a concrete function, nor a dict of
            these.
        ValueError: where a name of a dict is none for an attribute, a Function has no graph yet,
            a graph takes variables as arguments, or a
            run decides whether a result is None.
        OSError: where the file cannot be written.
    """
    named: list[tuple[str, int]] = []
    if isinstance(function, Mapping):
        _check_names(function)
        graphs = []
        for name, one in function.items():
            own = _graphs_of(one)
            graphs += own
            named.append((name, len(own)))
    else:
        graphs = _graphs_of(function)
    concretes = [concrete for concrete, _ in graphs]
    for concrete in concretes:
        _refuse_variable_arguments(concrete)
        _refuse_optional_results(concrete)
    variables = list({id(v): v for concrete in concretes for v in concrete.variables}.values())
    numbers = {id(variable): number for number, variable in enumerate(variables)}
    data = _core.write_program(
        [concrete.module_with(captured) for concrete, captured in graphs],
        [
            (name, variable.trainable, variable.snapshot())
            for name, variable in zip(_names_of(variables), variables, strict=True)
        ],
        [[numbers[id(variable)] for variable in concrete.variables] for concrete in concretes],
        named,
    )
    with _replacing(path) as file:
        file.write(data)


def _graphs_of(function: Saveable) -> list[tuple[ConcreteFunction, Any]]:
    """Return the graphs of a function, each with what it captures.

    That is as it is now for a Function, and as it was for a concrete function.
    """
    if isinstance(function, ConcreteFunction):
        return [(function, function.fixed().hidden_inputs)]
    if isinstance(function, BoundFunction):
        concretes = function.function.all_graphs()
    elif isinstance(function, Function):
        concretes = function.all_graphs()
    else:
        raise TypeError(f"only functions made by pygraph.function can be saved, got {function!r}")
    if not concretes:
        raise ValueError(
            f"{function.name} has no graph to save yet; call it, or use get_concrete_function"
        )
    return [(concrete, concrete.hidden_inputs) for concrete in concretes]


def _check_names(functions: Mapping[str, Saveable]) -> None:
    """Refuse names that a loaded file could not have as attributes."""
    if not functions:
        raise ValueError("there is no function to save: the dict is empty")
    for name in functions:
        if not isinstance(name, str):
            raise TypeError(f"the functions of a file are named by strings, got {name!r}")
        reserved = name.startswith("_") or hasattr(Programs, name)
        if reserved or not name.isidentifier() or keyword.iskeyword(name):
            raise ValueError(
                f"{name!r} cannot name a function of a file, which is read as an attribute of what "
                f"load returns: choose another name, as in {{'predict': ...}}"
            )


@contextlib.contextmanager
def _replacing(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """Open a file that takes the place of another when it is complete, or not at all."""
    place = os.path.realpath(os.fsdecode(path))  # a link stays one, to the new file
    former = None
    with contextlib.suppress(FileNotFoundError):
        former = os.stat(place)
    if former is not None and not stat.S_ISREG(former.st_mode):  # a pipe: nothing is replaced
        with open(place, "wb") as file:
            yield file
        return
    if former is not None and not os.access(place, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), os.fspath(path))
    fresh = os.path.join(os.path.dirname(place), f".{os.urandom(8).hex()}.pgraph.new")
    try:
        with _new_file(fresh) as file:
            yield file
            file.flush()
            if former is not None:
                _give_rights(file.fileno(), former)
            os.fsync(file.fileno())
        os.replace(fresh, place)
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.unlink(fresh)
        if isinstance(error, OSError) and error.errno is not None:
            raise _named(error, path) from None
        raise


def _new_file(path: str) -> IO[bytes]:
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666), "wb")


def _give_rights(file: int, former: os.stat_result) -> None:
    """Give a file the owner, as far as one may, and the rights of the one that it replaces."""
    with contextlib.suppress(PermissionError):
        os.fchown(file, former.st_uid, former.st_gid)
    os.fchmod(file, stat.S_IMODE(former.st_mode))


def _named(error: OSError, path: str | os.PathLike[str]) -> OSError:
    """Return an error of the new file's as one of the file that was to be saved."""
    assert error.errno is not None
    named = OSError(error.errno, os.strerror(error.errno), os.fspath(path))
    if isinstance(named, PermissionError):
        named.add_note("A file is saved by way of a new one beside it: its folder must be writable")
    return named


def _refuse_variable_arguments(concrete: ConcreteFunction) -> None:
    for leaf in flatten(concrete.structured_input_signature)[0]:
        if isinstance(leaf, VariableSpec):
            raise ValueError(
                f"{concrete.name} takes a variable as its argument '{leaf.name}'; a program file "
                f"holds the variables that a function captures, no others"
            )


def _refuse_optional_results(concrete: ConcreteFunction) -> None:
    if concrete.may_be_none:
        raise ValueError(
            f"{concrete.name} returns None on some ways and a tensor on others "
            f"({concrete.may_be_none}), and a program file holds tensors only: return a number in "
            "its place, or a flag beside it that says whether there is one"
        )


def _names_of(variables: list[Variable]) -> list[str]:
    """Return a name for each variable, no two the same."""
    names: dict[str, None] = {}
    for variable in variables:
        wanted = name = variable.name or "variable"
        number = 1
        while name in names:
            name = f"{wanted}_{number}"
            number += 1
        names[name] = None
    return list(names)


@public
def load(path: str | os.PathLike[str]) -> Any:
    """Read a program file: a :class:`Program`, or :class:`Programs` where a dict was saved.

    Tracebacks of its faults show the lines of source files that belong to modules imported here;
    of others only the names.

    Raises:
        ValueError: naming the first fault, where the file is not valid.
        OSError: where it cannot be read.
    """
    with open(path, "rb") as file:
        data = file.read(64)
        if _core.is_program(data):  # what never ends, or is large, is not read for nothing
            data += file.read()
    graphs, variables, uses, functions = _core.read_program(data, shown_name)
    with init_scope():
        made = [
            Variable(value, trainable=trainable, name=name) for name, trainable, value in variables
        ]
    if not functions:
        return Program(graphs, made, uses)
    programs = {}
    begin = 0
    for name, count in functions:
        own = slice(begin, begin + count)
        programs[name] = Program(graphs[own], made, uses[own])
        begin += count
    return Programs(programs, made)


class Program(GraphCaller):
    """The graphs of a saved function. Call it with the tensors that a graph takes, in order.

    It returns the list of the graph's results. ``variables`` are those of the file: they start with
    the values that were saved, and all graphs of the file read and assign them.
    """

    def __init__(
        self, modules: list[_core.Module], variables: list[Variable], uses: list[list[int]]
    ) -> None:
        self.variables: tuple[Variable, ...] = tuple(variables)
        self._uses = uses
        self._executables = [_core.Executable(module) for module in modules]
        self._compiled = [
            _compiled(executable, [variables[number] for number in used])
            for executable, used in zip(self._executables, uses, strict=True)
        ]
        self._specs = [
            [
                TensorSpec([None if dim < 0 else dim for dim in dims], dtype)
                for dtype, dims in module.parameters()
            ]
            for module in modules
        ]

    @property
    def graphs(self) -> list[Graph]:
        """The graphs."""
        return [Graph(executable.module()) for executable in self._executables]

    def choose(
        self, inputs: tuple[Any, ...], keywords: dict[str, Any]
    ) -> tuple[CompiledGraph, tuple[Tensor, ...], list[Variable], Sources]:
        """Return the first graph whose inputs have these dtypes and shapes.

        Raises TypeError, naming the types given, where there is none.
        """
        if keywords:
            raise TypeError(f"a program takes its inputs by position, got {', '.join(keywords)}=")
        tensors = tuple([asarray(value, copy=None) for value in inputs])
        for compiled, specs in zip(self._compiled, self._specs, strict=True):
            if len(specs) == len(tensors) and all(map(TensorSpec.accepts, specs, tensors)):
                return compiled, tensors, [], [(position,) for position in range(len(inputs))]
        given = ", ".join(f"{tensor.dtype}{list(tensor.static_shape)}" for tensor in tensors)
        raise TypeError(f"no graph of the program takes inputs ({given})")

    def call_while_tracing(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Record a call in the graph being traced."""
        compiled, tensors, _, _ = self.choose(args, kwargs)
        number = self._compiled.index(compiled)
        graph = Graph(self._executables[number].module())
        places = [self.variables[used] for used in self._uses[number]]
        return list(call_graph(compiled, graph, [*tensors, *places]))


fast_calls(Program)


class Programs:
    """The functions of a file that holds several, each a :class:`Program`: attributes by name.

    ``variables`` are those of all of them: each is there once, and what one function assigns,
    another reads. ``functions`` are the programs by name.
    """

    def __init__(self, programs: Mapping[str, Program], variables: list[Variable]) -> None:
        self._programs = dict(programs)
        self._variables = tuple(variables)

    @property
    def functions(self) -> Mapping[str, Program]:
        """The programs by name."""
        return MappingProxyType(self._programs)

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables of all functions."""
        return self._variables

    def __getattr__(self, name: str) -> Program:
        programs = self.__dict__.get("_programs", {})
        if name in programs:
            return cast(Program, programs[name])
        raise AttributeError(f"the file has no function {name!r}: it has {', '.join(programs)}")

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._programs]

    def __repr__(self) -> str:
        return f"<Programs {', '.join(self._programs)}>"


def _compiled(executable: _core.Executable, variables: list[Variable]) -> CompiledGraph:
    """Return what runs a graph and gives its results as a list."""
    outputs: list[int | Constant] = [*range(len(executable.module().results()))]
    _, structure = flatten(outputs)
    return CompiledGraph(executable.capsule(), outputs, structure, [*variables])
