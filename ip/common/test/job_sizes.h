#pragma once

#include <cstdint>

namespace ganglion::layers {

/// Sizes that random jobs are drawn from, uniformly from low to high: the one place that says so. The
/// generator (stimulus_generator.h) draws from it, docs/reference/cosim.md prints it.
struct JobSizes {
  struct Range {
    const char* name;
    uint32_t low, high;
  };
  Range in_c{"input channels", 1, 5};
  Range kernel{"kernel rows, kernel columns", 1, 5};
  Range stride{"stride", 1, 3};
  Range pad{"padding", 0, 2};
  Range side{"input rows, input columns (at least the kernel)", 3, 14};
  Range large_side{"the same of one map in eight", 12, 30};
  Range groups{"groups of output maps (the last one of any size)", 1, 3};
  Range outputs_percent{"outputs of a fully connected layer, % of the array's lanes", 1, 220};
  Range row_gap{"elements between rows, of every second job", 0, 3};
  Range plane_gap{"elements between maps, of every second job", 0, 5};
  uint32_t fully_connected_percent = 30;
  uint32_t pooled_percent = 40;
  uint64_t largest_cost = 9000;  ///< compute cycles + beats of a job, by the model; others are drawn again
};

/// What the memory of a program costs.
struct MemoryClass {
  const char* name;
  uint32_t latency_low, latency_high;  ///< cycles before a burst's first beat
  uint32_t beat;                       ///< cycles a beat
};
/// A burst of one beat over AXI4 takes three cycles at least when it writes (address, data, response).
inline constexpr MemoryClass kMemoryClasses[] = {
    {"on-chip", 2, 8, 1}, {"shared", 9, 30, 1}, {"far", 31, 100, 2}};

}  // namespace ganglion::layers
