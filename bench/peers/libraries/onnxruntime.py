"""ONNX Runtime: models of a few nodes, written out."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime
from onnx import TensorProto, helper

from bench.peers.libraries import Program, Variant


def _session(nodes: list[tuple[str, list[str], str, dict[str, Any]]], inputs: list[str]) -> Program:
    """Return a program of nodes (op, inputs, output, attributes); its result is the last output."""
    made = [helper.make_node(op, ins, [out], **attributes) for op, ins, out, attributes in nodes]
    result = nodes[-1][2]
    types = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in inputs]
    out = [helper.make_tensor_value_info(result, TensorProto.FLOAT, None)]
    graph = helper.make_graph(made, "program", types, out, _CONSTANTS)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    return lambda *arrays: session.run(None, dict(zip(inputs, arrays, strict=True)))[0]


_CONSTANTS = [
    helper.make_tensor("one", TensorProto.FLOAT, [], [1.0]),
    helper.make_tensor("axis0", TensorProto.INT64, [1], [0]),
    helper.make_tensor("axis1", TensorProto.INT64, [1], [1]),
    helper.make_tensor("gamma", TensorProto.FLOAT, [1024], np.ones(1024, np.float32)),
]


def _activation() -> Program:
    return _session(
        [
            ("Mul", ["x", "a"], "xa", {}),
            ("Add", ["xa", "b"], "xab", {}),
            ("Tanh", ["xab"], "t", {}),
            ("Sigmoid", ["x"], "s", {}),
            ("Mul", ["t", "s"], "ts", {}),
            ("Mul", ["x", "x"], "xx", {}),
            ("Neg", ["xx"], "n", {}),
            ("Exp", ["n"], "e", {}),
            ("Sub", ["ts", "e"], "y", {}),
        ],
        ["x", "a", "b"],
    )


def _mlp() -> Program:
    session = _session(
        [
            ("Gemm", ["x", "w0", "b0"], "h0", {}),
            ("Relu", ["h0"], "r0", {}),
            ("Gemm", ["r0", "w1", "b1"], "h1", {}),
            ("Relu", ["h1"], "r1", {}),
            ("Gemm", ["r1", "w2", "b2"], "y", {}),
        ],
        ["x", "w0", "b0", "w1", "b1", "w2", "b2"],
    )
    return lambda x, weights: session(x, *(part for layer in weights for part in layer))


VARIANTS = {
    "onnxruntime": Variant(
        {
            "add_one": lambda: _session([("Add", ["x", "one"], "y", {})], ["x"]),
            "activation": _activation,
            "mlp": _mlp,
            "matmul": lambda: _session([("MatMul", ["x", "w"], "y", {})], ["x", "w"]),
            "softmax": lambda: _session([("Softmax", ["x"], "y", {"axis": 1})], ["x"]),
            "layer_norm": lambda: _session(
                [("LayerNormalization", ["x", "gamma"], "y", {"axis": 1})], ["x"]
            ),
            "sum_columns": lambda: _session(
                [("ReduceSum", ["x", "axis0"], "y", {"keepdims": 0})], ["x"]
            ),
            "sum_rows": lambda: _session(
                [("ReduceSum", ["x", "axis1"], "y", {"keepdims": 0})], ["x"]
            ),
            "sum_all": lambda: _session([("ReduceSum", ["x"], "y", {"keepdims": 0})], ["x"]),
        },
        native=np.asarray,
        array=np.asarray,
    )
}
