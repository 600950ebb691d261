#pragma once

#include <array>
#include <string>

#include "ip/common/test/cosim_bench.h"

namespace ganglion::sc_cnn {

/// An array whose RTL stands beside its model in the random programs. CMakeLists.txt says the same to
/// Verilator.
struct CosimArray {
  const char* name;
  const char* scenario;    ///< parameters of the model
  double cycle_tolerance;  ///< of `impl: both`, a share of the model's cycles
  const char* library;     ///< in the folder of test libraries, or the platform's own
};
/// Tiles of the small ones take a few dozen cycles, of which hand-over is more than the formula counts.
inline constexpr std::array<CosimArray, 3> kCosimArrays{
    {{"default", "{}", 0.05, GANGLION_RTL_DEFAULT},
     {"small",
      "{operand_bits: 6, bit_parallel: 4, lanes: 4, mvms: 4, accumulator_max_bits: 9, requantisers: 2, "
      "input_buffer: 1 KiB, weight_buffer: 1 KiB, output_buffer: 1 KiB}",
      0.12, GANGLION_RTL_FOLDER "/sc_cnn_small.so"},
     {"wide",
      "{operand_bits: 10, bit_parallel: 16, lanes: 8, mvms: 2, accumulator_max_bits: 18, requantisers: 1, "
      "zero_skip: false, input_buffer: 1 KiB, weight_buffer: 2 KiB, output_buffer: 2 KiB}",
      0.12, GANGLION_RTL_FOLDER "/sc_cnn_wide.so"}}};

}  // namespace ganglion::sc_cnn
