"""The array functions, by the names and arguments of the Python array API standard.

Each is a thin call of ops of the C++ table (`csrc/ops/ops.def`): it runs at once, or becomes part
of the graph that is being traced. Examples in docstrings take ``import pygraph as pg`` for granted.
"""

import importlib
import sys
from types import ModuleType

# `name as name`: not public, tensors call it.
from pygraph import _hot
from pygraph.ops import linalg
from pygraph.ops.arithmetic import (
    abs,
    add,
    ceil,
    clip,
    divide,
    floor,
    floor_divide,
    maximum,
    minimum,
    multiply,
    negative,
    positive,
    pow,
    reciprocal,
    remainder,
    round,
    sign,
    square,
    subtract,
    trunc,
)
from pygraph.ops.arithmetic import (
    as_integer as as_integer,
)
from pygraph.ops.arithmetic import (
    round_to as round_to,
)
from pygraph.ops.constants import (
    e,
    inf,
    nan,
    newaxis,
    pi,
)
from pygraph.ops.creation import (
    arange,
    asarray,
    empty,
    empty_like,
    eye,
    full,
    full_like,
    linspace,
    meshgrid,
    ones,
    ones_like,
    tril,
    triu,
    zeros,
    zeros_like,
)
from pygraph.ops.dtypes import (
    astype,
    can_cast,
    finfo,
    float32,
    float64,
    iinfo,
    int16,
    int32,
    int64,
    isdtype,
    result_type,
)
from pygraph.ops.dtypes import (
    bool_ as bool,
)
from pygraph.ops.elementwise import (
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    copysign,
    cos,
    cosh,
    erf,
    exp,
    expm1,
    hypot,
    log,
    log1p,
    log2,
    log10,
    logaddexp,
    nextafter,
    sigmoid,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
)
from pygraph.ops.indexing import (
    getitem as getitem,
)
from pygraph.ops.indexing import (
    nonzero,
    take,
    take_along_axis,
)
from pygraph.ops.indexing import (
    whole_attributes as whole_attributes,
)
from pygraph.ops.linalg import (
    matmul,
    matrix_transpose,
    tensordot,
    vecdot,
)
from pygraph.ops.logic import (
    bitwise_and,
    bitwise_invert,
    bitwise_left_shift,
    bitwise_or,
    bitwise_right_shift,
    bitwise_xor,
    equal,
    greater,
    greater_equal,
    isfinite,
    isinf,
    isnan,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    not_equal,
    signbit,
    where,
)
from pygraph.ops.manipulation import (
    broadcast_arrays,
    broadcast_to,
    concat,
    expand_dims,
    flip,
    moveaxis,
    permute_dims,
    repeat,
    reshape,
    roll,
    squeeze,
    stack,
    sum_to,
    tile,
    transpose,
    unstack,
)
from pygraph.ops.operands import (
    dim_size as dim_size,
)
from pygraph.ops.operands import (
    size_of as size_of,
)
from pygraph.ops.places import (
    at,
    put_along_axis,
)
from pygraph.ops.reductions import (
    all,
    any,
    argmax,
    argmin,
    count_nonzero,
    cumulative_prod,
    cumulative_sum,
    max,
    mean,
    min,
    prod,
    std,
    sum,
    var,
)
from pygraph.ops.sorting import (
    argsort,
    sort,
)
from pygraph.ops.updates import (
    augment as augment,
)
from pygraph.ops.updates import (
    captured_text as captured_text,
)
from pygraph.ops.updates import (
    fitted_result as fitted_result,
)
from pygraph.ops.updates import (
    set_item as set_item,
)
from pygraph.ops.updates import (
    set_item_in_place as set_item_in_place,
)
from pygraph.ops.updates import (
    set_variable_item as set_variable_item,
)
from pygraph.ops.updates import (
    view_text as view_text,
)
from pygraph.ops.updates import (
    write_item as write_item,
)


def array_namespace() -> ModuleType:
    """Return the public module, which is an array API namespace."""
    return importlib.import_module("pygraph")


_hot.hooks.ops = sys.modules[__name__]

__all__ = [
    "abs",
    "acos",
    "acosh",
    "add",
    "all",
    "any",
    "arange",
    "argmax",
    "argmin",
    "argsort",
    "asarray",
    "asin",
    "asinh",
    "astype",
    "at",
    "atan",
    "atan2",
    "atanh",
    "bitwise_and",
    "bitwise_invert",
    "bitwise_left_shift",
    "bitwise_or",
    "bitwise_right_shift",
    "bitwise_xor",
    "bool",
    "broadcast_arrays",
    "broadcast_to",
    "can_cast",
    "ceil",
    "clip",
    "concat",
    "copysign",
    "cos",
    "cosh",
    "count_nonzero",
    "cumulative_prod",
    "cumulative_sum",
    "divide",
    "e",
    "empty",
    "empty_like",
    "equal",
    "erf",
    "exp",
    "expand_dims",
    "expm1",
    "eye",
    "finfo",
    "flip",
    "float32",
    "float64",
    "floor",
    "floor_divide",
    "full",
    "full_like",
    "greater",
    "greater_equal",
    "hypot",
    "iinfo",
    "inf",
    "int16",
    "int32",
    "int64",
    "isdtype",
    "isfinite",
    "isinf",
    "isnan",
    "less",
    "less_equal",
    "linalg",
    "linspace",
    "log",
    "log1p",
    "log2",
    "log10",
    "logaddexp",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "matmul",
    "matrix_transpose",
    "max",
    "maximum",
    "mean",
    "meshgrid",
    "min",
    "minimum",
    "moveaxis",
    "multiply",
    "nan",
    "negative",
    "newaxis",
    "nextafter",
    "nonzero",
    "not_equal",
    "ones",
    "ones_like",
    "permute_dims",
    "pi",
    "positive",
    "pow",
    "prod",
    "put_along_axis",
    "reciprocal",
    "remainder",
    "repeat",
    "reshape",
    "result_type",
    "roll",
    "round",
    "sigmoid",
    "sign",
    "signbit",
    "sin",
    "sinh",
    "sort",
    "sqrt",
    "square",
    "squeeze",
    "stack",
    "std",
    "subtract",
    "sum",
    "sum_to",
    "take",
    "take_along_axis",
    "tan",
    "tanh",
    "tensordot",
    "tile",
    "transpose",
    "tril",
    "triu",
    "trunc",
    "unstack",
    "var",
    "vecdot",
    "where",
    "zeros",
    "zeros_like",
]
