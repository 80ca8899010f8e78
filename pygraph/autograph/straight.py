"""Functions in which nothing is to be converted, told by their bytecode: no source is read."""

from __future__ import annotations

from types import CodeType

from pygraph.autograph.source import opcodes

# Instructions that converted code has as they are. Without jumps and calls, no name is ever read
# that may be unset on one way only.
_AS_THEY_ARE = opcodes(
    *("RESUME", "NOP", "CACHE", "EXTENDED_ARG", "COPY_FREE_VARS", "LOAD_CONST", "LOAD_SMALL_INT"),
    *("LOAD_FAST", "LOAD_FAST_LOAD_FAST", "LOAD_FAST_BORROW", "LOAD_FAST_BORROW_LOAD_FAST_BORROW"),
    *("STORE_FAST", "STORE_FAST_STORE_FAST", "STORE_FAST_LOAD_FAST", "LOAD_FAST_CHECK"),
    *("LOAD_GLOBAL", "LOAD_DEREF", "LOAD_ATTR", "BUILD_TUPLE", "COPY", "SWAP", "POP_TOP"),
    *("UNARY_NEGATIVE", "UNARY_INVERT", "RETURN_VALUE", "RETURN_CONST"),
)
_BINARY = opcodes("BINARY_OP")
# All arithmetic but `%`, which may be of text, and in-place operators.
_ARITHMETIC = frozenset(range(13)) - {6}


def is_straight(code: CodeType) -> bool:
    """Return whether a function does nothing but arithmetic, and reads of names and attributes."""
    raw = code.co_code
    return all(
        operation in _AS_THEY_ARE or (operation in _BINARY and argument in _ARITHMETIC)
        for operation, argument in zip(raw[::2], raw[1::2], strict=True)
    )
