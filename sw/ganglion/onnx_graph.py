"""What the ONNX importer keeps while it walks a file: constants, the tensors so far, the stages that make them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import NoReturn

import numpy as np
import onnx
from onnx import numpy_helper

from ganglion.errors import GanglionError
from ganglion.network import INPUT, FloatArray, Stage


@dataclass(frozen=True)
class Tensor:
    """A value of the graph: who makes it, its shape (c, h, w), whether it is [batch][features] by now."""

    stage: int
    shape: tuple[int, int, int]
    flat: bool = False
    shared: bool = False  # several nodes read it, or the map it is a view of: nothing may be fused into its stage
    pending_matmul: bool = False  # made by a MatMul whose Add may follow


class GraphReader:
    """Nodes in the file's order, which ONNX requires to be one of execution."""

    def __init__(self, model: onnx.ModelProto, where: str) -> None:
        self.graph = model.graph
        self.where = where
        self.constants = {t.name: numpy_helper.to_array(t) for t in self.graph.initializer}
        self.readers = Counter(name for node in self.graph.node for name in node.input)
        self.readers.update(output.name for output in self.graph.output)
        self.node = ""
        self.stages: list[Stage] = []
        self.names: set[str] = set()
        self.tensors: dict[str, Tensor] = {}
        self.input_shape = self._input_shape()

    def fail(self, found: str, expected: str, remedy: str) -> NoReturn:
        """Raises an error at the present node."""
        place = f"{self.where}: {self.node}" if self.node else self.where
        raise GanglionError(found, expected=expected, remedy=remedy, where=place)

    def expect(self, found: object, allowed: tuple, what: str, remedy: str) -> None:
        """`found` is one of `allowed`."""
        if found not in allowed:
            self.fail(f"{what} {found}", f"{what} " + " or ".join(str(a) for a in allowed), remedy)

    def _input_shape(self) -> tuple[int, int, int]:
        inputs = [i for i in self.graph.input if i.name not in self.constants]
        if len(inputs) != 1:
            self.fail(f"{len(inputs)} inputs", "one input, the image", "export the network with one input")
        name = inputs[0].name
        dims = [d.dim_value for d in inputs[0].type.tensor_type.shape.dim]
        if len(dims) != 4 or min(dims[1:]) < 1 or dims[0] > 1:
            self.fail(f"input '{name}' of shape {dims}", "[batch, channels, height, width], batch 1 or free, the "
                      "others fixed", "export the network for one image in NCHW layout")  # fmt: skip
        self.tensors[name] = Tensor(INPUT, (dims[1], dims[2], dims[3]), shared=self.readers[name] > 1)
        return self.tensors[name].shape

    def operands(self, node: onnx.NodeProto) -> list[Tensor]:
        """The computed tensors a node reads."""
        names = [name for name in node.input if name and name not in self.constants]
        unknown = [name for name in names if name not in self.tensors]
        if unknown or not names:
            self.fail(f"inputs {names}", "the input or what nodes before it make", "sort the nodes, fold constants")
        return [self.tensors[name] for name in names]

    def operand(self, node: onnx.NodeProto) -> Tensor:
        """The only computed tensor a node reads."""
        found = self.operands(node)
        if len(found) != 1:
            self.fail(f"{len(found)} computed inputs", "one, all others constant", "fold constants when exporting")
        return found[0]

    def constant(self, node: onnx.NodeProto, index: int, what: str) -> FloatArray:
        """Input `index` of a node, which must be a constant of finite numbers."""
        name = node.input[index] if index < len(node.input) else ""
        if name not in self.constants:
            self.fail(f"{what} '{name}' is computed", f"{what} as a constant", "fold constants when exporting")
        values = self.constants[name].astype(np.float64)
        if not np.isfinite(values).all():
            self.fail(f"{what} '{name}' holds NaN or infinity", "finite numbers", "train or export again")
        return values

    def integers(self, node: onnx.NodeProto, index: int, what: str) -> list[int] | None:
        """Input `index` of a node as constant integers; None when the node has no such input."""
        if index >= len(node.input) or not node.input[index]:
            return None
        name = node.input[index]
        if name not in self.constants:
            self.fail(f"{what} '{name}' is computed", f"{what} as a constant", "fold constants when exporting")
        return [int(n) for n in self.constants[name].reshape(-1)]

    @staticmethod
    def attributes(node: onnx.NodeProto) -> dict:
        """A node's attributes as Python values."""
        return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}

    def new_name(self, wanted: str) -> str:
        """`wanted`, or with a number behind it when another stage has it."""
        name, number = wanted, 2
        while name in self.names:
            name, number = f"{wanted}_{number}", number + 1
        self.names.add(name)
        return name

    def append(self, node: onnx.NodeProto, kind: str, sources: list[Tensor], out_shape: tuple[int, int, int],
               suffix: str = "", **fields: object) -> Tensor:  # fmt: skip
        """A new stage that reads `sources`; the tensor it makes."""
        name = self.new_name((node.name or node.output[0]) + suffix)
        inputs = tuple(source.stage for source in sources)
        stage = Stage(name, kind, sources[0].shape, out_shape, inputs=inputs, **fields)
        self.stages.append(stage)
        return Tensor(len(self.stages) - 1, stage.stored_shape, sources[0].flat)

    def fusable(self, tensor: Tensor) -> Stage | None:
        """The stage that makes `tensor` and nothing else reads: a node may become part of it."""
        return None if tensor.stage == INPUT or tensor.shared else self.stages[tensor.stage]

    def define(self, node: onnx.NodeProto, tensor: Tensor) -> None:
        """The node's output is `tensor`."""
        name = node.output[0]
        self.tensors[name] = replace(tensor, shared=tensor.shared or self.readers[name] > 1)
