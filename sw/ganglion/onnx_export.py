"""Writes small feed-forward CNNs as ONNX from NumPy weights: no framework's exporter, the same bytes every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 13
IR_VERSION = 8


class GraphWriter:
    """A chain of nodes over one tensor; each method appends a node that reads the last output."""

    def __init__(self, name: str, input_shape: tuple[int, int, int]) -> None:
        self._name = name
        self._input = helper.make_tensor_value_info("image", TensorProto.FLOAT, ["batch", *input_shape])
        self._nodes: list[onnx.NodeProto] = []
        self._weights: list[onnx.TensorProto] = []
        self._last = "image"

    def node(self, op: str, name: str, arrays: dict[str, npt.ArrayLike] | None = None, **attributes: object) -> None:
        """Appends `op`; `arrays` are its further inputs in order, stored as initializers `<name>.<key>`."""
        inputs = [self._last]
        for key, array in (arrays or {}).items():
            values = np.asarray(array)
            values = values.astype(np.int64 if values.dtype.kind == "i" else np.float32)
            self._weights.append(numpy_helper.from_array(values, f"{name}.{key}"))
            inputs.append(f"{name}.{key}")
        self._nodes.append(helper.make_node(op, inputs, [f"{name}_out"], name=name, **attributes))
        self._last = f"{name}_out"

    def conv(self, name: str, weight: npt.ArrayLike, bias: npt.ArrayLike | None = None, *, pad: int = 0,
             stride: int = 1) -> None:  # fmt: skip
        """Conv with OIHW weights."""
        arrays = {"weight": weight} if bias is None else {"weight": weight, "bias": bias}
        kernel = list(np.asarray(weight).shape[2:])
        self.node("Conv", name, arrays, kernel_shape=kernel, pads=[pad] * 4, strides=[stride] * 2)

    def batch_norm(self, name: str, scale: npt.ArrayLike, bias: npt.ArrayLike, mean: npt.ArrayLike,
                   variance: npt.ArrayLike, epsilon: float = 1e-5) -> None:  # fmt: skip
        """BatchNormalization at inference."""
        arrays = {"scale": scale, "bias": bias, "mean": mean, "variance": variance}
        self.node("BatchNormalization", name, arrays, epsilon=epsilon)

    def relu(self, name: str) -> None:
        """Relu."""
        self.node("Relu", name)

    def max_pool(self, name: str) -> None:
        """2x2 maximum, stride 2."""
        self.node("MaxPool", name, kernel_shape=[2, 2], strides=[2, 2])

    def flatten(self, name: str) -> None:
        """CHW to one vector."""
        self.node("Flatten", name, axis=1)

    def gemm(self, name: str, weight: npt.ArrayLike, bias: npt.ArrayLike) -> None:
        """Fully connected with [out][in] weights."""
        self.node("Gemm", name, {"weight": weight, "bias": bias}, transB=1)

    def model(self, classes: int, metadata: dict[str, str] | None = None) -> onnx.ModelProto:
        """The checked model; `metadata` goes into metadata_props (`ganglion.dataset` names the data set)."""
        output = helper.make_tensor_value_info(self._last, TensorProto.FLOAT, ["batch", classes])
        graph = helper.make_graph(self._nodes, self._name, [self._input], [output], self._weights)
        model = helper.make_model(graph, producer_name="ganglion", opset_imports=[helper.make_opsetid("", OPSET)])
        model.ir_version = IR_VERSION
        helper.set_model_props(model, metadata or {})
        onnx.checker.check_model(model)
        return model

    def save(self, path: Path, classes: int, metadata: dict[str, str] | None = None) -> None:
        """Writes the model to `path`."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.model(classes, metadata).SerializeToString(deterministic=True))
