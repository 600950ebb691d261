"""`python -m ganglion.area`: the command behind `./dev area`."""

from __future__ import annotations

import argparse
import sys
from functools import cache
from pathlib import Path

from ganglion import image_sources
from ganglion.area import activity, costs, designs, report
from ganglion.area.throughput import Weights, measure
from ganglion.deepcam.subject import NETWORKS, prepare, subjects
from ganglion.errors import EXIT_OK, GanglionError, run_command
from ganglion.loadable import write_whole
from ganglion.lower import Options, lower

WITHOUT_LENET = "LeNet-5 is left out: its weights and MNIST come from a data folder (--data DIR or GANGLION_DATA)"


def measured_weights(data: Path | None, images: int) -> list[Weights]:
    """Of the demo's network and, with a data folder, of LeNet-5."""
    return [row for subject in subjects(data) for row in measure(subject, images)]


def all_designs(build: Path, root: Path, whole: bool, weights: list[Weights]) -> list[designs.Design]:
    """Lane groups; with `whole` the blocks, too: the array at the core's size and at those of equal throughput."""
    sizes = (designs.LANES, *designs.SMALL) if whole else (designs.LANES,)
    found = [designs.sc_group(b, lanes) for lanes in sizes for b in designs.PARALLEL_BITS]
    found += [designs.mac_group(bits, lanes) for lanes in sizes for bits in designs.ACCUMULATORS]
    if whole:
        found += [designs.sc_core(build, root)]
    if whole and (build / "rtl/mac_array.f").is_file():
        found += [designs.mac_core(build, root, mvms, lanes) for mvms, lanes in report.array_sizes(weights)]
    return found


def main(argv: list[str] | None = None) -> int:
    p = argparse.ArgumentParser(prog="ganglion.area", description="Area of the arrays by Yosys and OpenSTA.")
    p.add_argument("--root", type=Path, default=Path(), help="the repository")
    p.add_argument("--build", type=Path, required=True, help="build tree, which has the generated sources")
    p.add_argument("--core", action="store_true", help="the whole blocks, too: some minutes the first time")
    p.add_argument("--data", type=Path, metavar="DIR", help="data folder: LeNet-5 too (default: GANGLION_DATA)")
    p.add_argument("--images", type=int, default=1000, help="of each test set (1000)")
    p.add_argument(
        "--write",
        action="store_true",
        help="put what comes out into ip/sc_cnn: area.json, README.md, and its ratios into the cost.yaml of both",
    )
    args = p.parse_args(argv)
    root, build, data = args.root.resolve(), args.build.resolve(), image_sources.optional_data_folder(args.data)
    if args.write and data is None:
        raise GanglionError("--write without a data folder", expected="LeNet-5's weights, which the tables show",
                            remedy="--data DIR or GANGLION_DATA=DIR")  # fmt: skip

    def told(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    @cache
    def operands(lanes: int) -> activity.Taps:
        digits = prepare(NETWORKS / "digits.onnx", None)
        network = lower(digits.calibrated.quantised, Options("sc_cnn"), digits.calibrated.images)
        return activity.taps_of(network, digits.slice(activity.IMAGES).images, lanes)

    told("measuring networks ...")
    weights = measured_weights(data, args.images)
    figures = []
    for design in all_designs(build, root, args.core or args.write, weights):
        told(f"mapping {design.name} ...")
        figures.append(designs.synthesise(design, root, build / "area", lambda name: told(f"  {name}"), operands))
    results = report.Results(figures, weights)
    print(report.text_of(results))
    if data is None:
        print(f"\n{WITHOUT_LENET}")
    if args.write:
        readme = (root / report.README).read_text()
        for name, text in report.sections(results).items():
            readme = report.with_section(readme, name, text, str(report.README))
        write_whole(root / report.PATH, report.to_json(results).encode())
        write_whole(root / report.README, readme.encode())
        for table, derived in costs.derive(results).items():
            path = root / costs.TABLES[table]
            write_whole(path, costs.rewritten(derived, path.read_text()).encode())
    return EXIT_OK


if __name__ == "__main__":
    sys.exit(run_command(main))
