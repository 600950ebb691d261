"""Layer shapes of the networks that papers compare accelerators on, as the fact sheets count them.

Models: convolutions and fully connected layers of one image, batch 1; shortcuts of ResNet18 as 1x1 convolutions with
stride 2. Leaves out: pooling, batch norm, additions, biases. Source: fact sheet "DeepCAM array", table of cycles, whose
MACs, outputs and sums sw/tests compare. Error bound: none, these are counts.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LayerShape:
    """One layer: kernels [filters, channels, kernel_h, kernel_w] and the map it computes, before pooling.

    A fully connected layer is a 1x1 kernel on a 1x1 map whose channels are all its inputs.
    """

    name: str
    channels: int
    filters: int
    kernel_h: int
    kernel_w: int
    out_h: int
    out_w: int
    stride: int = 1
    in_h: int = 0  # 0: as much as the kernels cover
    in_w: int = 0
    pool: bool = False  # a 2x2 maximum follows

    @property
    def input_elements(self) -> int:
        """Size of the input map."""
        height = self.in_h or (self.out_h - 1) * self.stride + self.kernel_h
        width = self.in_w or (self.out_w - 1) * self.stride + self.kernel_w
        return self.channels * height * width

    @property
    def taps(self) -> int:
        """n (K in systolic formulas): length of one patch, C * kh * kw."""
        return self.channels * self.kernel_h * self.kernel_w

    @property
    def patches(self) -> int:
        """P: output pixels."""
        return self.out_h * self.out_w

    @property
    def outputs(self) -> int:
        """P * M."""
        return self.patches * self.filters

    @property
    def macs(self) -> int:
        """P * M * n, those with padding included."""
        return self.outputs * self.taps


@dataclass(frozen=True)
class NetworkShape:
    """A network as a list of layers in order of execution."""

    name: str
    dataset: str
    layers: tuple[LayerShape, ...]

    @property
    def macs(self) -> int:
        return sum(layer.macs for layer in self.layers)


def _conv(
    name: str, channels: int, filters: int, kernel: int, inputs: int, size: int, pool: bool = False
) -> LayerShape:
    """A square convolution from an `inputs` x `inputs` to a `size` x `size` map."""
    stride = inputs // size if inputs % size == 0 else 1
    return LayerShape(name, channels, filters, kernel, kernel, size, size, stride, inputs, inputs, pool)


def _dense(name: str, inputs: int, outputs: int) -> LayerShape:
    return LayerShape(name, inputs, outputs, 1, 1, 1, 1)


def lenet5() -> NetworkShape:
    """LeNet-5 on 28x28: first convolution padded by 2, fully connected 400-120-84-10."""
    layers = (
        _conv("conv1", 1, 6, 5, 28, 28, pool=True),
        _conv("conv2", 6, 16, 5, 14, 10, pool=True),
        _dense("fc1", 400, 120),
        _dense("fc2", 120, 84),
        _dense("fc3", 84, 10),
    )
    return NetworkShape("LeNet5", "MNIST", layers)


def _vgg(name: str, dataset: str, plan: tuple[tuple[int, ...], ...], classes: int) -> NetworkShape:
    """3x3 convolutions padded by 1 on 32x32, a 2x2 pool after each group, one fully connected layer."""
    layers, channels, size = [], 3, 32
    for group in plan:
        for i, filters in enumerate(group, start=1):
            layers.append(_conv(f"conv{len(layers) + 1}", channels, filters, 3, size, size, pool=i == len(group)))
            channels = filters
        size //= 2
    return NetworkShape(name, dataset, (*layers, _dense("fc", channels * size * size, classes)))


def vgg11() -> NetworkShape:
    """VGG11 for CIFAR-10 with one fully connected layer."""
    return _vgg("VGG11", "CIFAR-10", ((64,), (128,), (256, 256), (512, 512), (512, 512)), 10)


def vgg16() -> NetworkShape:
    """VGG16 for CIFAR-100 with one fully connected layer."""
    return _vgg("VGG16", "CIFAR-100", ((64, 64), (128, 128), (256,) * 3, (512,) * 3, (512,) * 3), 100)


def resnet18() -> NetworkShape:
    """ResNet18 for CIFAR-100: 3x3 stem on 32x32, four stages of two blocks, 1x1 shortcuts where the shape changes."""
    layers, channels, size = [_conv("conv1", 3, 64, 3, 32, 32)], 64, 32
    for stage, filters in enumerate((64, 128, 256, 512), start=1):
        for block in range(2):
            inputs, size = size, size // 2 if stage > 1 and block == 0 else size
            prefix = f"layer{stage}.{block}"
            layers.append(_conv(f"{prefix}.conv1", channels, filters, 3, inputs, size))
            layers.append(_conv(f"{prefix}.conv2", filters, filters, 3, size, size))
            if channels != filters:
                layers.append(_conv(f"{prefix}.shortcut", channels, filters, 1, inputs, size))
            channels = filters
    return NetworkShape("ResNet18", "CIFAR-100", (*layers, _dense("fc", 512, 100)))


def all_networks() -> tuple[NetworkShape, ...]:
    """The four networks in the order of the fact sheets' tables."""
    return lenet5(), vgg11(), vgg16(), resnet18()
