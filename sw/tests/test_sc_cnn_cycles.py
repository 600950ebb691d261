"""Cycle formula of the SC-CNN core against an array whose counters are stepped one cycle at a time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from test_reference import make_layer

from ganglion import loadable as lo
from ganglion.sc_arithmetic import counter_value
from ganglion.sc_cnn_cycles import Core, job_cycles, sc_cnn_cycles


def stepped_accumulation(core: Core, layer: lo.Layer, counts: np.ndarray) -> int:
    """Cycles until every MVM (row of counts) has run its weights: b counts a cycle, one weight after the other."""
    remaining = counts.astype(int).tolist()  # per MVM and weight
    touched = np.zeros(counts.shape, bool)  # has had a cycle
    position = [0] * len(counts)

    def finished(m: int, j: int) -> bool:
        return position[m] > j or (remaining[m][j] == 0 and bool(touched[m][j] or layer.zero_skip))

    def advance() -> bool:
        """Moves to the next weight, at no cost, whoever may; with a barrier all have to be ready."""
        moved = False
        for m, j in enumerate(position):
            ready = range(len(counts)) if not core.fifo else (m,)
            if j < counts.shape[1] and all(finished(other, j) for other in ready):
                position[m] += 1
                moved = True
        return moved

    cycles = 0
    while True:
        while advance():
            pass
        if all(j == counts.shape[1] for j in position):
            return cycles
        cycles += 1
        for m, j in enumerate(position):
            if j < counts.shape[1]:
                remaining[m][j] = max(0, remaining[m][j] - core.parallel_bits)
                touched[m][j] = True


def stepped_barrier(core: Core, layer: lo.Layer, counts: np.ndarray) -> int:
    """Cycles of MVMs that meet at every weight, fed from buffers: a weight of each comes out a cycle and waits."""
    columns = [column.tolist() for column in counts.T.astype(int)]
    waiting: list[int] | None = None
    counting: list[int] | None = None
    cycles = -1  # the first column comes out before anything is counted
    while True:
        if counting is not None:
            counting = [max(0, k - core.parallel_bits) for k in counting]
        if counting is not None and not any(counting):
            counting = None
        if waiting is not None and layer.zero_skip and not any(waiting):
            waiting = None
        elif waiting is not None and counting is None:
            waiting, counting = None, waiting
        if waiting is None and columns:
            waiting = columns.pop(0)
        if waiting is None and counting is None:
            return cycles
        cycles += 1


@pytest.mark.parametrize("fifo", [False, True])
@pytest.mark.parametrize("zero_skip", [0, 1])
@pytest.mark.parametrize("parallel_bits", [1, 8])
def test_one_tile_equals_the_stepped_array(fifo, zero_skip, parallel_bits):
    rng = np.random.default_rng(4)
    core = Core(parallel_bits=parallel_bits, fifo=fifo, lanes=7)
    weights = rng.integers(-100, 100, (3, 2, 3, 3)) * rng.integers(0, 2, (3, 2, 3, 3))
    layer = make_layer(rng, 8, lo.KIND_CONV2D, weights=weights, zero_skip=zero_skip)
    counts = counter_value(8, weights.reshape(3, -1), 8)

    tiles = sc_cnn_cycles(core, layer, 8)

    accumulate = (stepped_accumulation if fifo else stepped_barrier)(core, layer, counts) + 3
    drains = [3 * -(-min(7, 30 - p) // 4) for p in range(0, 30, 7)]
    expected = core.tile_cycles + accumulate + sum(max(accumulate, drain) for drain in drains[:-1]) + drains[-1]
    assert tiles == [expected]
    assert job_cycles(core, tiles, 8) == core.start_cycles + 3 * 8 + expected  # divisions of 16 bits, 2 a cycle


def test_small_output_buffer_splits_stripes_and_maps_into_groups():
    layer = make_layer(np.random.default_rng(4), 8, lo.KIND_CONV2D)

    tiles = sc_cnn_cycles(Core(mvms=2, output_buffer_bytes=2 * 2 * 2 * 6), layer, 8)

    assert len(tiles) == 2 * 3  # groups of 2 and 1 maps; stripes of 2, 2 and 1 rows


def test_large_input_needs_stripes_and_what_cannot_fit_is_an_error():
    layer = make_layer(np.random.default_rng(4), 8, lo.KIND_CONV2D)

    tall = replace(layer, in_h=12, out_h=12)  # 144 bytes; a row of both channels is 12

    assert len(sc_cnn_cycles(Core(input_buffer_bytes=144), tall, 8)) == 1
    assert len(sc_cnn_cycles(Core(input_buffer_bytes=96), tall, 8)) == 6  # half holds 4 rows: 2 outputs of a 3x3
    with pytest.raises(ValueError, match="no stripe fits"):
        sc_cnn_cycles(Core(input_buffer_bytes=48), tall, 8)


def test_fully_connected_cycles_follow_the_activations():
    rng = np.random.default_rng(6)
    layer = make_layer(rng, 8, lo.KIND_FULLY_CONNECTED)
    bright, dark = np.full(60, 127), np.zeros(60, np.int64)

    assert sc_cnn_cycles(Core(), layer, 8, bright) == [6 + 3 + 60 * 16 + 1]
    assert sc_cnn_cycles(Core(), layer, 8, dark) == [6 + 3 + 59 + 1], "a tap without a count still leaves the buffers"
    assert sc_cnn_cycles(Core(), replace(layer, zero_skip=0), 8, dark) == [6 + 3 + 60 + 1]
    assert sc_cnn_cycles(Core(weight_buffer_bytes=2 * 3 * 32), layer, 8, bright) == [9 + 32 * 16, 9 + 28 * 16 + 1]
    two_at_once = Core(mvms=2)  # the 3 outputs' weights come in two steps
    assert sc_cnn_cycles(two_at_once, layer, 8, bright) == [6 + 3 + 60 * (16 + 1) + 1]
