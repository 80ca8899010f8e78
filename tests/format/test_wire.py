"""The wire format: what is written reads back, and no bytes at all can do harm."""

from __future__ import annotations

import random
import struct

import numpy as np
import pytest
from graph_corpus import (
    CORPUS,
    HEADER_BYTES,
    SMALL,
    SUM_SQUARES,
    Layout,
    every_op,
    sealed,
    with_word,
)

import pygraph as pg
from pygraph import _core

# What reading and running a graph that nobody wrote may raise.
FAULTS = (
    ValueError,
    TypeError,
    IndexError,
    ZeroDivisionError,
    OverflowError,
    MemoryError,
    UnboundLocalError,
)
COST_LIMIT = 5_000
BYTE_LIMIT = 1 << 22


@pytest.fixture(params=CORPUS)
def data(request: pytest.FixtureRequest) -> bytes:
    return _core.parse(CORPUS[request.param]).write()


def run(module: _core.Module) -> None:
    """Run a graph within limits; a fault of the graph's is fine, a bug of ours is not."""
    types = [*module.parameters(), *module.variables()]
    if any(dim >= 100 for _, dims in types for dim in dims):
        return
    values = [
        pg.asarray(np.ones([2 if dim < 0 else dim for dim in dims], dtype)) for dtype, dims in types
    ]
    inputs, variables = values[: len(module.parameters())], values[len(module.parameters()) :]
    try:
        executable = _core.Executable(module)
        executable.run(inputs, variables, cost_limit=COST_LIMIT, byte_limit=BYTE_LIMIT)
    except FAULTS:
        pass
    except RuntimeError as error:
        assert "limit" in str(error) or "raise" in module.as_text()  # noqa: PT017


def survives(data: bytes) -> bool:
    """Read, write, print and run; whether the bytes were a graph."""
    try:
        module = _core.read(data)
    except (ValueError, TypeError, OverflowError):
        return False
    written = module.write()
    assert _core.read(written).write() == written
    assert _core.parse(module.as_text()).write() == written
    run(module)
    return True


def test_round_trip(data: bytes) -> None:
    module = _core.read(data)
    assert module.write() == data
    assert _core.parse(module.as_text()).write() == data


def test_every_truncation_is_refused(data: bytes) -> None:
    for length in range(len(data)):
        assert not survives(data[:length])
        assert not survives(sealed(data[:length]))


def test_every_flipped_bit_breaks_the_checksum(data: bytes) -> None:
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(ValueError, match="malformed graph"):
            _core.read(bytes(flipped))


def test_every_flipped_bit_with_the_checksum_recomputed(data: bytes) -> None:
    accepted = 0
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        accepted += survives(sealed(flipped))
    # Line numbers and elements of constants may change without the graph becoming invalid.
    assert 0 < accepted < 4 * len(data)


@pytest.mark.parametrize("value", [0, 1, 2, 0x7F, 0xFF])
def test_every_byte_set(data: bytes, value: int) -> None:
    for index in range(HEADER_BYTES, len(data)):
        changed = bytearray(data)
        changed[index] = value
        survives(sealed(changed))


def test_random_words(data: bytes) -> None:
    rng = random.Random(7)
    for _ in range(1500):
        changed = bytearray(data)
        for _ in range(rng.randint(1, 4)):
            word = rng.choice([rng.getrandbits(32), rng.randrange(12), 0xFFFFFFFF, 1 << 31])
            index = rng.randrange(HEADER_BYTES // 4, len(data) // 4)
            struct.pack_into("<I", changed, 4 * index, word)
        survives(sealed(changed))


def test_random_cuts_and_repeats(data: bytes) -> None:
    rng = random.Random(8)
    for _ in range(1000):
        begin, end = sorted(4 * rng.randrange(len(data) // 4) for _ in range(2))
        survives(sealed(data[:begin] + data[end:]))
        survives(sealed(data[:end] + data[begin:]))


def test_every_op_with_other_operands() -> None:
    data = _core.parse(every_op()).write()
    assert survives(data)
    words = words_of(data)
    rng = random.Random(9)
    accepted = 0
    for _ in range(2000):
        index, value = rng.randrange(words), rng.choice([rng.randrange(130), rng.randrange(8)])
        accepted += survives(with_word(data, "functions", index, value))
    assert accepted > 100


def test_external_constants() -> None:
    text = SMALL.replace("add x, x", "add x, %1").replace("%1: float64[2] = add", "%2 = add")
    text = text.replace("  %2", "  %1: float64[2] = constant [5.0, 6.0]\n  %2")
    text = text.replace("return %1", "return %2")
    inline = _core.parse(text).write()
    layout = Layout(inline)
    external = with_word(inline[: layout.data], "constants", 2, 1)
    external = with_word(external, "directory", 8, 1)
    module = _core.read(external, [pg.asarray(np.array([5.0, 6.0]))])
    assert module.write() == inline
    with pytest.raises(ValueError, match="needs 1 tensors beside its bytes, got 0"):
        _core.read(external)
    for wrong in (np.array([5.0]), np.array([5, 6])):
        with pytest.raises(ValueError, match=r"external tensor 0 is not float64\[2\]"):
            _core.read(external, [pg.asarray(wrong)])
    with pytest.raises(ValueError, match="no external tensor has number 3"):
        _core.read(with_word(external, "constants", 3, 3), [pg.asarray(np.array([5.0, 6.0]))])


# The words of the one function of SMALL: name, 3 counts; parameter: name, kind, dtype, rank, dim;
# node: op, location, 3 counts, 2 inputs; result: value, name, kind, dtype, rank, dim.
@pytest.mark.parametrize(
    ("section", "index", "value", "message"),
    [
        ("directory", 5, 0, "byte 44: directory: there is no function"),
        ("directory", 0, 1 << 31, r"strings take \d+ words and run past the end of the bytes"),
        ("directory", 9, 1, "the last word must be 0"),
        ("lengths", 0, 1 << 20, "string 0: it is longer than 65536 bytes"),
        ("locations", 0, 99, "location 1: the file is 99, must be less than"),
        ("locations", 3, 1, "location 1: the parent is 1, must be less than 1"),
        ("functions", 0, 77, "function 0: the name is 77, must be less than"),
        ("functions", 1, 1 << 30, 'function 0 "f": the parameter count of 1073741824 runs past'),
        ("functions", 2, 5, 'function 0 "f": the node count of 5 runs past the end'),
        ("functions", 5, 1, 'function 0 "f", parameter 0: lists are not supported yet'),
        ("functions", 6, 15, 'function 0 "f", parameter 0: the dtype is 15, must be less than 15'),
        ("functions", 7, 17, 'function 0 "f", parameter 0: the rank is 17, must be less than 17'),
        ("functions", 9, 1 << 31, "parameter 0: a dim is an unknown size that the symbol count"),
        ("functions", 10, 0, 'function 0 "f", node 0: there is no op "a.py"'),
        ("functions", 11, 2, 'function 0 "f", node 0: the location is 2, must be less than 2'),
        ("functions", 13, 1, 'function 0 "f", node 0: add has no attribute'),
        ("functions", 14, 99, 'function 0 "f", node 0: the subgraph count of 99 runs past the end'),
        ("functions", 15, 1, r"function 0 .*f.*, node 0.*: .*not defined before"),
        ("functions", 17, 9, "function 0 .*f.*: a result is no value of it"),
        ("functions", 20, 3, r"result 0: it is declared as int32\[2\], but is float64\[2\]"),
        ("functions", 22, 3, r"result 0: it is declared as float64\[3\], but is float64\[2\]"),
    ],
)
def test_the_first_fault_is_named(section: str, index: int, value: int, message: str) -> None:
    data = _core.parse(SMALL).write()
    with pytest.raises(ValueError, match=message):
        _core.read(with_word(data, section, index, value))


def test_the_byte_of_a_fault() -> None:
    data = _core.parse(SMALL).write()
    byte = Layout(data).functions + 4 * 11
    with pytest.raises(ValueError, match=f"^malformed graph: byte {byte}: function 0"):
        _core.read(with_word(data, "functions", 11, 2))


def test_a_result_may_be_declared_with_less() -> None:
    data = _core.parse(SMALL).write()
    unknown = with_word(with_word(data, "functions", 22, 0xFFFFFFFF), "functions", 23, 0xFFFFFFFF)
    assert _core.read(unknown).write() == data


def test_headers() -> None:
    data = _core.parse(SMALL).write()
    with pytest.raises(ValueError, match="byte 0: these bytes are not a graph"):
        _core.read(b"PK\3\4" + data[4:])
    with pytest.raises(ValueError, match="format version 2; this build reads version 1"):
        _core.read(data[:8] + b"\2" + data[9:])
    with pytest.raises(ValueError, match=f"the graph has {len(data)} bytes, but {len(data) - 1}"):
        _core.read(data[:-1])
    with pytest.raises(ValueError, match="the checksum does not match"):
        _core.read(data[:-1] + b"\1")


def test_attributes_are_exactly_those_of_the_op() -> None:
    text = "graph f(x: float64[2]) { %1 = sum x {axis=[0], keepdims=true} return %1 }"
    data = _core.parse(text).write()
    # name, counts; parameter; node: op, location, counts, input; axis: name, kind, count, item
    axis = 4 + 6 + 5 + 1
    words = struct.unpack_from(f"<{axis + 8}I", data, Layout(data).functions)
    assert words[axis + 1] == 4
    assert words[axis + 6] == 2
    doubled = with_word(data, "functions", axis + 5, words[axis])
    with pytest.raises(ValueError, match='node 0: attribute "axis" is given twice'):
        _core.read(doubled)
    with pytest.raises(ValueError, match='node 0: attribute "axis" must be of kind ints'):
        _core.read(with_word(data, "functions", axis + 1, 0))
    with pytest.raises(ValueError, match="node 0: a boolean is 2, must be less than 2"):
        _core.read(with_word(data, "functions", axis + 7, 2))
    missing = bytearray(with_word(data, "functions", 4 + 6 + 3, 1))
    begin = Layout(data).functions + 4 * (axis + 5)
    del missing[begin : begin + 12]
    missing = bytearray(with_word(sealed(missing), "directory", 6, words_of(data) - 3))
    with pytest.raises(ValueError, match='node 0: sum: attribute "keepdims" is missing'):
        _core.read(bytes(missing))


def words_of(data: bytes) -> int:
    """Return how many words the functions take."""
    return struct.unpack_from("<I", data, HEADER_BYTES + 4 * 6)[0]


def test_bools_are_kept_as_zero_and_one() -> None:
    data = _core.parse("graph f() { %0: bool[2] = constant [true, false] return %0 }").write()
    with pytest.raises(ValueError, match="constant 0: an element of a bool is neither 0 nor 1"):
        _core.read(sealed(data[:-1] + b"\2"))


def test_names_that_repeat_do_not_multiply_without_bound() -> None:
    data = _core.parse(SMALL).write()
    layout = Layout(data)
    name = b"n" * 65536
    count = 5000
    words = list(struct.unpack_from("<10I", data, HEADER_BYTES))
    lengths = list(struct.unpack_from(f"<{words[0]}I", data, layout.lengths))
    directory = [words[0] + 1, words[1] + len(name), count, *words[3:]]
    strings = data[layout.strings : layout.strings + words[1]] + name
    body = (
        struct.pack(f"<{10 + words[0] + 1}I", *directory, *lengths, len(name))
        + strings
        + bytes(-len(strings) % 4)
        + struct.pack("<4I", words[0], words[0], 1, 0) * count
        + data[layout.constants :]
    )
    with pytest.raises(ValueError, match=r"location \d+: the names take more than 268435456 bytes"):
        _core.read(sealed(data[:HEADER_BYTES] + body))


def test_nesting_is_bounded() -> None:
    def nested(depth: int) -> str:
        text = "return x"
        for _ in range(depth):
            text = f"%1 = cond x, x\nthen(x: bool[]) {{ {text} }} else(x: bool[]) {{ return x }}"
            text += "\nreturn %1"
        return f"graph f(x: bool[]) {{ {text} }}"

    module = _core.parse(nested(200))
    assert _core.read(module.write()).as_text() == module.as_text()
    with pytest.raises(ValueError, match="control flow nests deeper than 200"):
        _core.parse(nested(201))


def test_a_program_is_refused_at_every_length() -> None:
    graphs = [_core.parse(SMALL), _core.parse(SUM_SQUARES)]
    data = _core.write_program(graphs, [], [])
    read, variables, uses, functions = _core.read_program(data)
    assert (variables, uses, functions) == ([], [[], []], [])
    # The same but for the folders of source files, which stay where they are.
    graphs = _core.read_program(_core.write_program(read, [], []))[0]
    assert [graph.write() for graph in read] == [graph.write() for graph in graphs]
    end = len(data.rstrip(b"\0"))
    for length in range(end):
        with pytest.raises(ValueError):  # noqa: PT011
            _core.read_program(data[:length])
    for bit in range(8 * len(data)):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        try:
            again, _, _, _ = _core.read_program(bytes(flipped))
        except ValueError:
            continue
        assert [graph.write() for graph in again] == [graph.write() for graph in graphs]


def test_sum_squares_runs_after_a_round_trip() -> None:
    module = _core.read(_core.parse(SUM_SQUARES).write())
    (total,) = _core.Executable(module).run([pg.asarray(10)])
    assert int(total) == 385
