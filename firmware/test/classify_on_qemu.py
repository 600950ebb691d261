"""Runs an app on QEMU's `virt` with a loadable and a data set in memory, as the platform would place them.

The labels are the predictions of the NumPy reference, so an app that agrees image for image reports 100 %.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from ganglion import dataset, loadable, reference

IMAGES = 12
LOADABLE_ADDRESS, DATASET_ADDRESS, RESULTS_ADDRESS = 0x80400000, 0x80500000, 0x80600000


def _weighted(
    rng: np.random.Generator, name: str, bits: int, kind: int, shape: tuple[int, ...], **fields: int
) -> loadable.Layer:
    """A layer with random weights of `shape` and constants that keep its outputs in range."""
    high = (1 << (bits - 1)) - 1
    weights = rng.integers(-high - 1, high + 1, shape)
    gain = np.sqrt(np.prod(shape[1:])) * high / 2
    shift = 30 + int(np.log2(gain))
    return loadable.Layer(
        name=name, kind=kind, target=loadable.TARGET_CPU, in_c=shape[1], out_c=shape[0], hi=high, weight_bits=bits,
        weights=weights, bias=rng.integers(-1000, 1000, shape[0]).astype(np.int32),
        mult=rng.integers(1 << 30, (1 << 31) - 1, shape[0]).astype(np.uint32),
        shift=np.full(shape[0], shift, dtype=np.uint32), **fields)  # fmt: skip


def make_network(bits: int) -> loadable.Loadable:
    """conv 5x5 pad 2 with pool, conv 3x3 stride 2, max-pool, fully connected twice (one of odd length)."""
    rng = np.random.default_rng(bits)
    low = -(1 << (bits - 1))
    conv, full = loadable.KIND_CONV2D, loadable.KIND_FULLY_CONNECTED
    point = {"in_h": 1, "in_w": 1, "out_h": 1, "out_w": 1}
    padded = {"in_h": 14, "in_w": 14, "out_h": 14, "out_w": 14, "kh": 5, "kw": 5, "pad": 2, "pool": 1}
    strided = {"in_h": 7, "in_w": 7, "out_h": 4, "out_w": 4, "kh": 3, "kw": 3, "pad": 1, "stride": 2, "lo": low}
    pool = {"kh": 2, "kw": 2, "stride": 2, "pool": 1}
    layers = [
        _weighted(rng, "conv1", bits, conv, (6, 2, 5, 5), **padded),
        _weighted(rng, "conv2", bits, conv, (11, 6, 3, 3), **strided),
        loadable.Layer("pool", loadable.KIND_MAX_POOL, loadable.TARGET_CPU, 11, 4, 4, 11, 4, 4, **pool),
        _weighted(rng, "fc1", bits, full, (17, 44), lo=low, **point),
        _weighted(rng, "fc2", bits, full, (10, 17), lo=low, **point),
    ]
    return loadable.with_arena(loadable.Loadable("random", bits, (2, 14, 14), 10, layers))


def make_residual_network(bits: int) -> loadable.Loadable:
    """A convolution, two blocks with shortcuts (1x1 convolution; every second pixel and zeros), average, dense."""
    rng = np.random.default_rng(100 + bits)
    high = (1 << (bits - 1)) - 1
    conv = loadable.KIND_CONV2D
    layers: list[loadable.Layer] = []
    inputs: list[tuple[int, ...]] = []

    def append(layer: loadable.Layer, *sources: int) -> int:
        layers.append(layer)
        inputs.append(sources)
        return len(layers) - 1

    def weighted(name: str, kind: int, shape: tuple[int, ...], source: int, **fields: int) -> int:
        return append(_weighted(rng, name, bits, kind, shape, **fields), source)

    def weightless(kind: int, shape: tuple[int, ...], *sources: int, mult: tuple[int, ...] = (), **fields: int) -> int:
        constants = {"mult": np.array(mult, np.uint32), "shift": np.array([31], np.uint32), "hi": high} if mult else {}
        return append(loadable.Layer("", kind, loadable.TARGET_CPU, *shape, **constants, **fields), *sources)

    ratios = (rng.integers(1 << 30, (1 << 31) - 1, 2) for _ in range(2))
    stem = weighted("stem", conv, (6, 2, 3, 3), -1, in_h=14, in_w=14, out_h=14, out_w=14, kh=3, kw=3, pad=1)
    padded = weightless(loadable.KIND_PAD, (6, 14, 14, 6, 15, 15), stem, kh=0, kw=0)
    inner = weighted("inner", conv, (8, 6, 3, 3), padded, in_h=15, in_w=15, out_h=7, out_w=7, kh=3, kw=3, stride=2,
                     lo=-high - 1)  # fmt: skip
    shortcut = weighted("shortcut", conv, (8, 6, 1, 1), stem, in_h=14, in_w=14, out_h=7, out_w=7, stride=2,
                        lo=-high - 1)  # fmt: skip
    first = weightless(loadable.KIND_ADD, (8, 7, 7, 8, 7, 7), inner, shortcut, mult=tuple(next(ratios)))
    inner = weighted("inner2", conv, (12, 8, 3, 3), first, in_h=7, in_w=7, out_h=4, out_w=4, kh=3, kw=3, pad=1,
                     stride=2, lo=-high - 1)  # fmt: skip
    kept = weightless(loadable.KIND_PAD, (8, 7, 7, 12, 4, 4), first, kh=0, kw=0, pad=2, stride=2)
    second = weightless(loadable.KIND_ADD, (12, 4, 4, 12, 4, 4), inner, kept, mult=tuple(next(ratios)))
    mean = weightless(loadable.KIND_GLOBAL_AVERAGE_POOL, (12, 4, 4, 12, 1, 1), second, mult=((1 << 31) // 12,))
    point = {"in_h": 1, "in_w": 1, "out_h": 1, "out_w": 1}
    weighted("dense", loadable.KIND_FULLY_CONNECTED, (10, 12), mean, lo=-high - 1, **point)
    network = loadable.with_arena(loadable.Loadable("residual", bits, (2, 14, 14), 10, layers), inputs)
    return _centred(network, random_images(network, bits))


def _centred(network: loadable.Loadable, images: np.ndarray) -> loadable.Loadable:
    """Averages hardly differ between random images: a bias that takes their mean away, and a gain, show the rest."""
    seen = []

    def step(i: int, maps: list[np.ndarray]) -> np.ndarray:
        seen[:] = maps
        return reference.run_layer(network.layers[i], maps[0], network.operand_bits, reference.LayerTrace(), *maps[1:])

    reference.run(network, images.astype(np.int64), step)
    last = network.layers[-1]
    bias = -np.rint(last.weights @ seen[0].reshape(len(images), -1).mean(axis=0))
    last = replace(last, bias=bias.astype(np.int32), shift=last.shift - 3)
    return replace(network, layers=[*network.layers[:-1], last])


def random_images(network: loadable.Loadable, bits: int) -> np.ndarray:
    """The images that a random network classifies."""
    half = 1 << (bits - 1)
    images = np.random.default_rng(1).integers(-half, half, (IMAGES, *network.input_shape))
    return images.astype(np.int8 if network.element_bytes == 1 else np.int16)


def device_tree(qemu: str, folder: Path, loadable_bytes: int, dataset_bytes: int) -> Path:
    """QEMU's own tree with the nodes the platform adds."""
    own, text, extended = folder / "own.dtb", folder / "own.dts", folder / "extended.dtb"
    subprocess.run([qemu, "-M", f"virt,dumpdtb={own}", "-nographic"], check=True, capture_output=True)
    subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", "-o", text, own], check=True)

    def node(name: str, address: int, size: int, properties: str) -> str:
        return f"{name}@{address:x} {{ {properties} reg = <0 {address:#x} 0 {size:#x}>; }};\n"

    def image(name: str) -> str:
        return f'compatible = "ganglion,image"; ganglion,name = "{name}";'

    reserved = (
        "/ { reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges;\n"
        + node("image", LOADABLE_ADDRESS, loadable_bytes, image("loadable-cpu"))
        + node("image", DATASET_ADDRESS, dataset_bytes, image("dataset"))
        + node("results", RESULTS_ADDRESS, 4096, 'compatible = "ganglion,results";')
        + "}; };\n"
    )
    text.write_text(text.read_text() + reserved)
    subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", extended, text], check=True)
    return extended


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--qemu", required=True)
    parser.add_argument("--elf", required=True)
    parser.add_argument("--bits", type=int, default=8, help="operand width of a random network")
    parser.add_argument("--residual", action="store_true", help="a random network with shortcuts")
    parser.add_argument("--loadable", type=Path, help="a network for the hart instead of the random one")
    parser.add_argument("--dataset", type=Path, help="its images")
    args = parser.parse_args()
    if not Path(args.qemu).exists():
        print("SKIPPED: no qemu-system-riscv64 (apt install qemu-system-misc)")
        return 0
    if args.loadable:
        network, images = loadable.load(args.loadable), dataset.load(args.dataset).images
    else:
        network = (make_residual_network if args.residual else make_network)(args.bits)
        images = random_images(network, args.bits)
    labels = reference.predict(network, images).astype(np.uint8)
    if len(set(labels)) < 3:
        print(f"a data set that shows nothing: {labels}")
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        loadable.save(network, folder / "net.gnl")
        dataset.save(dataset.DatasetSlice("reference", images, labels, network.classes), folder / "set.gnd")
        tree = device_tree(args.qemu, folder, (folder / "net.gnl").stat().st_size, (folder / "set.gnd").stat().st_size)
        run = subprocess.run(
            [args.qemu, "-M", "virt", "-bios", "none", "-nographic", "-icount", "shift=0", "-kernel", args.elf,
             "-dtb", str(tree), "-device", f"loader,file={folder / 'net.gnl'},addr={LOADABLE_ADDRESS:#x},force-raw=on",
             "-device", f"loader,file={folder / 'set.gnd'},addr={DATASET_ADDRESS:#x},force-raw=on"],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)  # fmt: skip
    print(run.stdout + run.stderr)
    row = next((line.split() for line in run.stdout.splitlines() if line.startswith("cpu ")), None)
    if run.returncode != 0 or row is None or row[1:3] != [str(len(labels))] * 2:
        print(f"exit {run.returncode}, expected 0 and {len(labels)} of {len(labels)} predictions equal to NumPy's")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
