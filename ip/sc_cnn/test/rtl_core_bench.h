#pragma once

#include "ip/common/test/driver_access.h"
#include "ip/common/test/placed_layer.h"
#include "ip/common/test/rtl_bench.h"
#include "ip/common/tlm/latched_layer.h"
#include "ip/sc_cnn/driver/sc_cnn.h"
#include "ip/sc_cnn/test/random_job.h"
#include "sc_cnn_register_bank.h"

namespace ganglion::sc_cnn {

/// The RTL of an SC-CNN core on a memory, driven by its C driver. `config` must be what Model was built with.
template <class Model>
class RtlCoreBench : public test::RtlBench<Model> {
 public:
  using Base = test::RtlBench<Model>;

  explicit RtlCoreBench(const Config& array, unsigned seed = 1) : Base(4 << 20, seed), config(array) {
    sc_cnn_init(&driver, test::DriverAccess::kBase);
  }

  /// Operands far enough apart for layers of some 100 KiB.
  [[nodiscard]] Layer place(const OwnedJob& owned) {
    const uint64_t base = Base::kBase;
    const layers::Placement to{base + 0x1000,  base + 0x100000, base + 0x80000,
                               base + 0x82000, base + 0x84000,  base + 0x90000};
    return layers::place(*this, owned, to);
  }
  int submit(const Layer& layer) {
    const sc_cnn_layer_t programmed{layers::driver_job(layer), layer.weight_bits, layer.guard_bits,
                                    layer.zero_skip};
    return sc_cnn_submit(&driver, &programmed);
  }
  /// Clocks until no job runs.
  void finish() {
    this->run_until([this] { return !this->dut->active; });
  }

  Config config;
  sc_cnn_t driver{};

 private:
  test::DriverAccess access_{[this](uint64_t offset) { return this->read(static_cast<uint32_t>(offset)); },
                             [this](uint64_t offset, uint32_t value) {
                               if (this->write(static_cast<uint32_t>(offset), value) != 0)
                                 throw std::logic_error("register write refused");
                             }};
};

/// What a job leaves behind: memory, and the error that ended it. Goes through the job's transfers in the
/// order of TilePipeline; a burst that touches one of `faults` ends the job, and so does a bad operand at the
/// end of its run. `layer` must pass find_job_fault.
struct Outcome {
  std::vector<uint8_t> memory;
  AcceleratorError code = AcceleratorError::kNone;
  uint32_t reg = 0, value = 0;
  uint64_t address = 0;
};
template <class Bench>
Outcome expected_outcome(const Bench& bench, const OwnedJob& owned, const Layer& layer) {
  Outcome outcome{bench.memory};
  const Config& config = bench.config;
  const std::vector<layers::Tile> tiles = make_tiles(config, layer);
  Core core(config, layer);
  const Registers registers("expected");
  std::vector<std::vector<std::pair<layers::ByteRun, std::vector<uint8_t>>>> results(tiles.size());

  const auto burst_fails = [&](uint64_t address, uint64_t bytes, AcceleratorError code) {
    const uint64_t first = address / 8 * 8, last = (address + bytes + 7) / 8 * 8;
    for (const auto& fault : bench.faults) {
      if (first < fault.base + fault.size && fault.base < last) {
        outcome = {outcome.memory, code, 0, static_cast<uint32_t>(bytes), address};
        return true;
      }
    }
    return false;
  };
  const auto load = [&](const layers::Tile& tile) {
    core.begin(tile);
    for (const layers::ByteRun& run : load_runs(config, layer, tile)) {
      uint64_t address = layers::address_of(layer, run.operand) + run.offset, left = run.bytes;
      for (uint64_t bytes = 0; left > 0; address += bytes, left -= bytes) {
        bytes = burst_bytes(address, left);
        if (burst_fails(address, bytes, AcceleratorError::kBusRead)) return false;
      }
      if (const auto fault = core.load(run, owned.job().operands.bytes_of(run))) {
        const JobError error = layers::to_job_error(*fault, layer, registers);
        outcome = {outcome.memory, error.code, error.reg->offset, static_cast<uint32_t>(error.value),
                   error.address};
        return false;
      }
    }
    return true;
  };
  const auto store = [&](std::size_t tile) {
    for (const auto& [run, bytes] : results[tile]) {
      uint64_t done = 0;
      while (done < run.bytes) {
        const uint64_t address = layer.out + run.offset + done, part = burst_bytes(address, run.bytes - done);
        if (burst_fails(address, part, AcceleratorError::kBusWrite)) return false;
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(done), part,
                    outcome.memory.begin() + static_cast<std::ptrdiff_t>(address - Bench::kBase));
        done += part;
      }
    }
    return true;
  };
  if (!load(tiles[0])) return outcome;
  for (std::size_t i = 0; i < tiles.size(); ++i) {
    (void)core.compute(tiles[i]);
    for (const layers::ByteRun& run : store_runs(config, layer, tiles[i])) {
      const auto bytes = core.output(run);
      results[i].emplace_back(run, std::vector<uint8_t>(bytes.begin(), bytes.end()));
    }
    if (i + 1 < tiles.size() && !load(tiles[i + 1])) return outcome;
    if (i > 0 && !store(i - 1)) return outcome;
  }
  (void)store(tiles.size() - 1);
  return outcome;
}

/// "kind=0 in_c=4 ...": names a random job in a failure.
inline std::string text_of(const Layer& l) {
  std::string text;
  for (const auto& [name, value] : {std::pair{"kind", l.kind},
                                    {"in_c", l.in_c},
                                    {"in_h", l.in_h},
                                    {"in_w", l.in_w},
                                    {"out_c", l.out_c},
                                    {"kh", l.kh},
                                    {"kw", l.kw},
                                    {"stride", l.stride},
                                    {"pad", l.pad},
                                    {"pool", l.pool},
                                    {"weight_bits", l.weight_bits},
                                    {"guard_bits", l.guard_bits},
                                    {"zero_skip", l.zero_skip}})
    text += std::string(name) + "=" + std::to_string(value) + " ";
  return text;
}

// The arrays that the tests build (CMakeLists.txt says the same to Verilator).
inline Config small_array() {
  Config config;
  config.operand_bits = 6;
  config.bit_parallel = 4;
  config.lanes = config.mvms = 4;
  config.accumulator_max_bits = 9;
  config.requantisers = 2;
  config.input_buffer_bytes = config.weight_buffer_bytes = config.output_buffer_bytes = 1024;
  return config;
}
inline Config wide_array() {
  Config config;
  config.operand_bits = 10;
  config.bit_parallel = 16;
  config.lanes = 8;
  config.mvms = 2;
  config.accumulator_max_bits = 18;
  config.requantisers = 1;
  config.zero_skip = false;
  config.input_buffer_bytes = 1024;
  config.weight_buffer_bytes = config.output_buffer_bytes = 2048;
  return config;
}

}  // namespace ganglion::sc_cnn
