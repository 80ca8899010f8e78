"""Programs on arrays, written once: ``xp`` is a library's functions under NumPy's names.

What needs a library's own control flow stands in ``libraries/``.
"""

from __future__ import annotations

from types import FunctionType
from typing import Any

Array = Any
xp: Any = None  # a library's, in each copy that `over` makes


def add_one(x: Array) -> Array:
    """Return ``x + 1``."""
    return x + 1


def nested(tree: dict[str, dict[str, Array]]) -> Array:
    """Return the sum of two arrays of a nested dict of twenty."""
    return tree["layer0"]["a0"] + tree["layer3"]["a4"]


def fifty_ops(x: Array) -> Array:
    """Return what 25 multiplications and 25 additions make of ``x``."""
    for _ in range(25):
        x = x * 1.01 + 0.5
    return x


def sigmoid(x: Array) -> Array:
    """Return the logistic function."""
    return 1.0 / (1.0 + xp.exp(-x))


def activation(x: Array, a: Array, b: Array) -> Array:
    """Return ``tanh(x a + b) sigmoid(x) - exp(-x²)``."""
    return xp.tanh(x * a + b) * sigmoid(x) - xp.exp(-x * x)


def black_scholes(price: Array, strike: Array, years: Array) -> tuple[Array, Array]:
    """Return the prices of calls and puts (Black and Scholes 1973), rate 2 %, volatility 30 %."""
    rate, volatility = 0.02, 0.3
    spread = volatility * xp.sqrt(years)
    d1 = (xp.log(price / strike) + (rate + 0.5 * volatility * volatility) * years) / spread
    d2 = d1 - spread
    below1, below2 = _normal(d1), _normal(d2)
    discounted = strike * xp.exp(-rate * years)
    call = price * below1 - discounted * below2
    return call, call - price + discounted


def _normal(x: Array) -> Array:
    """Return the cumulative distribution function of the normal distribution."""
    return 0.5 * (1.0 + xp.erf(x * 0.7071067811865476))


def mlp(x: Array, weights: list[tuple[Array, Array]]) -> Array:
    """Return the output of dense layers with ReLU between them."""
    for index, (weight, bias) in enumerate(weights):
        x = xp.matmul(x, weight) + bias
        if index + 1 < len(weights):
            x = xp.maximum(x, 0.0)
    return x


def matmul(x: Array, y: Array) -> Array:
    """Return the product of two matrices."""
    return xp.matmul(x, y)


def softmax(x: Array) -> Array:
    """Return the softmax along the rows."""
    e = xp.exp(x - xp.max(x, axis=1, keepdims=True))
    return e / xp.sum(e, axis=1, keepdims=True)


def layer_norm(x: Array) -> Array:
    """Return rows of mean 0 and variance 1 (with an epsilon of 1e-5)."""
    centred = x - xp.mean(x, axis=1, keepdims=True)
    return centred / xp.sqrt(xp.mean(centred * centred, axis=1, keepdims=True) + 1e-5)


def sum_columns(x: Array) -> Array:
    """Return the sums over axis 0."""
    return xp.sum(x, axis=0)


def sum_rows(x: Array) -> Array:
    """Return the sums over axis 1."""
    return xp.sum(x, axis=1)


def sum_all(x: Array) -> Array:
    """Return the sum of all elements."""
    return xp.sum(x)


def lstm_cell(x: Array, h: Array, c: Array, wx: Array, wh: Array, b: Array) -> tuple[Array, Array]:
    """Return the next hidden and cell state of an LSTM (Hochreiter and Schmidhuber 1997)."""
    gates = xp.matmul(x, wx) + xp.matmul(h, wh) + b
    size = gates.shape[-1] // 4
    i, f, g, o = (gates[:, k * size : (k + 1) * size] for k in range(4))
    c = sigmoid(f) * c + sigmoid(i) * xp.tanh(g)
    return sigmoid(o) * xp.tanh(c), c


# The programs that need no control flow: what a library compiles as it stands.
STRAIGHT = (
    "add_one", "nested", "fifty_ops", "activation", "black_scholes", "mlp", "matmul", "softmax",
    "layer_norm", "sum_columns", "sum_rows", "sum_all",
)  # fmt: skip


def over(functions: Any) -> dict[str, Any]:
    """Return the programs, and what they are made of, as plain functions over a library's own."""
    namespace = dict(globals(), xp=functions)
    for name, value in globals().items():
        if isinstance(value, FunctionType) and value.__module__ == __name__:
            namespace[name] = FunctionType(value.__code__, namespace, name)
    return namespace
