"""One vector against very many, in eight bits: a fourth of the memory to read, which is what such a comparison costs.

The numbers are rounded so that they are the same on every machine: an older processor adds two products of eight bits
in sixteen, where they don't fit. Vectors of eight bits and a question of seven do.
"""

from __future__ import annotations

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

Vectors = NDArray[np.float32]
_MOST, _MOST_ASKED = 127, 63
_OPSET, _IR = 17, 8  # old enough for every onnxruntime that the lock files may come to name


class Scan:
    """Cosines of one unit vector to all rows, each within about 0.005 of the exact one where there are dozens of dimensions."""

    def __init__(self, rows: Vectors) -> None:
        """:param rows: (n, dims) unit vectors; n may be 0"""
        steps = _step(rows, _MOST)
        self._steps = steps[:, 0]
        self._session = _session(np.round(rows / steps).astype(np.int8)) if len(rows) else None

    def cosines(self, vector: Vectors) -> Vectors:
        """(n,) for the unit ``vector`` (dims,)."""
        if self._session is None:
            return np.zeros(0, dtype=np.float32)
        step = _step(vector, _MOST_ASKED)
        asked = (np.round(vector / step) + (_MOST_ASKED + 1)).astype(np.uint8)
        (found,) = self._session.run(None, {"asked": asked[None]})
        return np.asarray(found[0] * self._steps * step, dtype=np.float32)


def _step(vectors: Vectors, most: int) -> Vectors:
    """(…, 1) what the last digit of each vector is worth."""
    largest = np.maximum(np.abs(vectors).max(axis=-1, keepdims=True), np.float32(1e-12))
    return np.asarray(largest / np.float32(most), dtype=np.float32)


def _session(digits: NDArray[np.int8]) -> onnxruntime.InferenceSession:
    """A product of integers, with ``digits`` (n, dims) as its constant."""
    count, dims = digits.shape
    known = [
        numpy_helper.from_array(np.ascontiguousarray(digits.T), "rows"),
        numpy_helper.from_array(np.array(_MOST_ASKED + 1, dtype=np.uint8), "zero"),
    ]
    graph = helper.make_graph(
        [helper.make_node("MatMulInteger", ["asked", "rows", "zero"], ["found"])],
        "scan",
        [helper.make_tensor_value_info("asked", TensorProto.UINT8, [1, dims])],
        [helper.make_tensor_value_info("found", TensorProto.INT32, [1, count])],
        known,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
