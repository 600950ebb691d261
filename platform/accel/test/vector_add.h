#pragma once

#include <array>
#include <cstddef>
#include <stdexcept>
#include <vector>

#include "platform/accel/accelerator.h"
#include "platform/accel/tile_pipeline.h"
#include "vector_add_register_bank.h"

namespace ganglion::test {

/// The smallest useful block: out[i] = a[i] + b[i] + OFFSET over bytes, tile by tile, double-buffered.
class VectorAdd final : public Accelerator<vector_add::Registers> {
 public:
  static constexpr uint64_t kStartCycles = 3;
  static constexpr uint32_t kLanes = 4;

  explicit VectorAdd(const ComponentContext& context) : Accelerator(context), additions_(action("addition")) {
    registers().lanes.set_reset_value(kLanes);
  }

 protected:
  [[nodiscard]] std::optional<JobError> validate(const Config& config) const override {
    namespace info = vector_add::register_info;
    return first_error({require_multiple(info::kALo, config.a_lo, 4),
                        require_range(info::kLength, config.length, 1, 65536),
                        require_range(info::kTiming, config.timing.tile, 1, 65535),
                        require(config.timing.cycles < 10000, static_cast<AcceleratorError>(16),
                                info::kTiming, config.timing.cycles, "CYCLES must be below 10000")});
  }

  void run_job(const Config& config, JobContext& job) override {
    const std::size_t tile = config.timing.tile;
    struct Buffer {
      std::vector<std::byte> a, b, out;
    };
    std::array<Buffer, 2> buffers;
    const auto size = [&](std::size_t i) { return std::min<std::size_t>(tile, config.length - i * tile); };
    TilePipeline pipeline;
    pipeline.tiles = (config.length + tile - 1) / tile;
    pipeline.start_cycles = kStartCycles;
    pipeline.load = [&](std::size_t i) {
      Buffer& buffer = buffers[i % 2];
      buffer.a.resize(size(i));
      buffer.b.resize(size(i));
      job.dma_read(config.a() + i * tile, buffer.a);
      job.dma_read(config.b() + i * tile, buffer.b);
    };
    pipeline.compute = [&](std::size_t i) {
      if (config.timing.broken) throw std::logic_error("the adder forgot how to add");
      Buffer& buffer = buffers[i % 2];
      buffer.out.resize(size(i));
      for (std::size_t k = 0; k < size(i); ++k) {
        buffer.out[k] = static_cast<std::byte>(std::to_integer<int>(buffer.a[k]) +
                                               std::to_integer<int>(buffer.b[k]) + config.bias);
      }
      additions_.add(size(i));
      return uint64_t{config.timing.cycles};
    };
    pipeline.store = [&](std::size_t i) { job.dma_write(config.out() + i * tile, buffers[i % 2].out); };
    pipeline.run(job);
  }

 private:
  ActionCounter& additions_;
};

}  // namespace ganglion::test
