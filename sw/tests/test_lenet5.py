"""LeNet-5 on MNIST from the data folder: compiled from ONNX, run by the NumPy reference."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from ganglion import accuracy

pytestmark = pytest.mark.data


@pytest.fixture(scope="module")
def lenet5(data_dir, tmp_path_factory, digits_onnx):
    path = tmp_path_factory.mktemp("lenet5") / "lenet5.onnx"
    script = digits_onnx.parent / "lenet5.py"
    environment = {**os.environ, "PYTHONPATH": str(digits_onnx.parents[1])}
    subprocess.run([sys.executable, script, "--data", data_dir, "-o", path], check=True, env=environment)
    return path


def test_eight_bits_on_the_first_200_images(lenet5, data_dir):
    row = accuracy.measure(lenet5, [8], data_dir, 200)[0]

    assert row.sc_correct >= row.float_correct - 2


@pytest.mark.slow
def test_eight_bits_stay_within_one_point_of_float_on_all_10000_images(lenet5, data_dir):
    row = accuracy.measure(lenet5, [8], data_dir, None)[0]

    assert row.images == 10000
    assert row.float_correct == 9935  # what the weights' README states
    assert row.sc_correct >= row.float_correct - 100
    assert row.cpu_correct >= row.float_correct - 100
