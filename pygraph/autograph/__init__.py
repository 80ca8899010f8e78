"""AutoGraph: plain Python functions become functions that stage what depends on tensors."""

from pygraph.autograph.api import (
    convert,
    convert_function,
    converted_call,
    do_not_convert,
    to_code,
)
from pygraph.autograph.errors import ConversionError
from pygraph.autograph.methods import convert_method
from pygraph.control.loop.options import set_loop_options

__all__ = [
    "ConversionError",
    "convert",
    "convert_function",
    "convert_method",
    "converted_call",
    "do_not_convert",
    "set_loop_options",
    "to_code",
]
