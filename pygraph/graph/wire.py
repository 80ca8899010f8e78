"""Writes the graph that a builder holds as the bytes that the core reads.

The format is described in `csrc/format/wire.hpp`. Constants are not copied: the bytes refer to
them by number, and they go to the core beside the bytes.
"""

from __future__ import annotations

import struct
import sys
import zlib
from array import array
from typing import TYPE_CHECKING

from pygraph._hot import dtype_names
from pygraph.graph.op_rows import OP_ROWS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pygraph._hot import EagerTensor, Value
    from pygraph.graph.builder import Builder
    from pygraph.graph.context import ModuleContext

_MAGIC = b"\x89pgraph\n"
_VERSION = 1
_HEADER_BYTES = 24
_EXTERNAL = 1
_TENSOR = 0
_VARIABLE = 2
_LONGEST_INLINING = 1000
_WORD = 0xFFFFFFFF

_DTYPES = {name: code for code, name in enumerate(dtype_names)}


def write(graph: Builder) -> tuple[bytes, list[EagerTensor]]:
    """Return the bytes of a graph with its subgraphs, and the constants that go beside them."""
    return _Writer(graph.module).write(graph)


class _Writer:
    def __init__(self, module: ModuleContext) -> None:
        self.module = module
        self.strings: dict[str, int] = {}
        # By index in the module: those that some node uses, since a trace may have been discarded.
        self.constant_numbers: dict[int, int] = {}
        self.words: list[int] = []
        # In the order in which they are written.
        self.functions: list[Builder] = []
        self.callee_numbers: dict[int, int] = {}  # by index in the module: those that are called
        self.result_types: dict[int, Sequence[Value]] = {}  # of these, by number

    def write(self, graph: Builder) -> tuple[bytes, list[EagerTensor]]:
        functions = self.functions
        functions.append(graph)
        for number, function in enumerate(functions):
            self.function(number, function)
        function_words = len(self.words)
        self.locations()
        location_words = len(self.words) - function_words
        self.constants()
        constant_words = len(self.words) - function_words - location_words

        texts = [text.encode("utf-8", "backslashreplace") for text in self.strings]
        text = b"".join(texts)
        constants = [self.module.constants[index] for index in self.constant_numbers]
        directory = (
            len(texts),
            len(text),
            location_words // 4,
            len(constants),
            constant_words,
            len(functions),
            function_words,
            self.module.symbol_count,
            len(constants),
            0,
        )
        body = b"".join(
            (
                _packed((*directory, *map(len, texts))),
                text + bytes(-len(text) % 4),
                _packed(self.words[function_words:] + self.words[:function_words]),
            )
        )
        length = _HEADER_BYTES + len(body)
        header = struct.pack("<8sIIQ", _MAGIC, _VERSION, zlib.crc32(body), length)
        return header + body, constants

    def string(self, text: str) -> int:
        return self.strings.setdefault(text, len(self.strings))

    def callee(self, index: int) -> int:
        """Return the number of a function that is called; it is written after those so far."""
        number = self.callee_numbers.get(index)
        if number is None:
            callee = self.module.callees[index]
            assert callee.builder is not None
            number = self.callee_numbers[index] = len(self.functions)
            self.functions.append(callee.builder)
            self.result_types[number] = callee.result_types
        return number

    def function(self, number: int, function: Builder) -> None:
        """Write one function; its subgraphs, and what it calls, are appended to `functions`."""
        words = self.words
        strings = self.strings
        words += (
            self.string(function.name),
            len(function.parameters),
            len(function.nodes),
            len(function.results),
        )
        for value in function.parameters:
            words.append(self.string(value.name))
            self.type(value.dtype, value.shape, _VARIABLE if value.is_variable else _TENSOR)
        for op, inputs, attributes, subgraphs, location in function.nodes:
            op_id = strings.setdefault(op, len(strings))
            words += (op_id, location, len(inputs), len(attributes), len(subgraphs), *inputs)
            if attributes:
                self.attributes(op, attributes)
            for subgraph in subgraphs:
                words.append(len(self.functions))
                self.functions.append(subgraph)
        types = self.result_types.get(number)
        if types is None:
            types = [function.values[value_id] for value_id in function.results]
        results = zip(function.results, function.result_names, types, strict=True)
        for value_id, name, value in results:
            words += (value_id, self.string(name))
            self.type(value.dtype, value.shape)

    def type(self, dtype: str, shape: Sequence[int], kind: int = _TENSOR) -> None:
        self.words += (kind, _DTYPES[dtype], len(shape), *_wide(shape))

    def attributes(self, op: str, attributes: dict[str, object]) -> None:
        if not attributes:
            return
        kinds = dict(OP_ROWS[op]["attributes"])
        for name, value in attributes.items():
            code, words = self.attribute(kinds[name], value)
            self.words += (self.string(name), code, *words)

    def attribute(self, kind: str, value: object) -> tuple[int, Iterable[int]]:
        """Return the code of an attribute's kind, and its value in words."""
        match kind, value:
            case "integer", int():
                return 0, _wide((value,))
            case "real", float():
                return 1, struct.unpack("<II", struct.pack("<d", value))
            case "boolean", bool():
                return 2, (int(value),)
            case "dtype", str():
                return 3, (_DTYPES[value],)
            case "ints", tuple() | list():
                return 4, (len(value), *_wide(value))
            case "string", str():
                return 5, (self.string(value),)
            case "constant", int():
                numbers = self.constant_numbers
                return 6, (numbers.setdefault(value, len(numbers)),)
            case "function", int():
                return 7, (self.callee(value),)
        raise TypeError(f"an attribute of kind {kind} can't be {value!r}")

    def locations(self) -> None:
        depths = [0]
        for file, function, line, parent in self.module.locations[1:]:
            # Recursion may have inlined deeper than a reader takes; the outermost calls go.
            if depths[parent] == _LONGEST_INLINING:
                parent = 0
            depths.append(depths[parent] + 1)
            self.words += (self.string(file), self.string(function), line, parent)

    def constants(self) -> None:
        for index, number in self.constant_numbers.items():
            constant = self.module.constants[index]
            shape = constant.shape
            self.words += (_DTYPES[constant.dtype.name], len(shape), _EXTERNAL, number)
            self.words += _wide(shape)


def _wide(values: Sequence[int]) -> list[int]:
    """Return 64-bit integers as two words each, the low one first."""
    return [word for value in values for word in (value & _WORD, value >> 32 & _WORD)]


def _packed(words: Sequence[int]) -> bytes:
    packed = array("I", words)
    if sys.byteorder == "big":
        packed.byteswap()
    return packed.tobytes()
