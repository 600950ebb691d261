#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ip/common/driver/accelerator.h"
#include "ip/common/test/driver_access.h"
#include "ip/common/test/placed_layer.h"
#include "ip/common/test/rtl_bench.h"
#include "ip/common/tlm/latched_layer.h"
#include "layer_core_regs.h"

// The tests of rtl_layer_jobs.h, rtl_layer_shell.h and rtl_layer_cycles.h run the RTL of every block around
// layer_core. `Block` says of one:
//   Registers, Config, Layer, Result, Core      its types
//   Default, Small, Wide                        arrays that Verilator built; each has
//     Model                                       the class
//     config()                                    its parameters
//     kSaturated                                  random jobs of the test below it that must clamp
//   submit(accelerator_t*, const Layer&)        the driver's submit
//   run(config, job), find_job_fault(config, layer)   the model
//   random_convolution(config, random)
//   with_random_operands(config, layer, random) constants that spread the outputs over their range
//   set_arithmetic(registers, config)           CAPS_ARITHMETIC
//   own_registers(layer)                        names and values beyond Layer
//   kFaults                                     codes of the rules that jobs of layer_test::spoil can break

namespace ganglion::layers {

/// The RTL of a block on a memory, driven by its C driver.
template <class Block, class Array>
class RtlLayerBench : public test::RtlBench<typename Array::Model> {
 public:
  using Base = test::RtlBench<typename Array::Model>;
  using Config = typename Block::Config;
  using Layer = typename Block::Layer;
  using Owned = OwnedJob<Layer>;

  explicit RtlLayerBench(unsigned seed = 1) : Base(4 << 20, seed), config(Array::config()) {
    accelerator_init(&driver, test::DriverAccess::kBase);
  }

  /// Operands far enough apart for layers of some 100 KiB.
  [[nodiscard]] Layer place(const Owned& owned) {
    const uint64_t base = Base::kBase;
    const Placement to{base + 0x1000,  base + 0x100000, base + 0x80000,
                       base + 0x82000, base + 0x84000,  base + 0x90000};
    return layers::place(*this, owned, to);
  }
  int submit(const Layer& layer) { return Block::submit(&driver, layer); }
  /// Clocks until no job runs.
  void finish() {
    this->run_until([this] { return !this->dut->active; });
  }

  Config config;
  accelerator_t driver{};

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
template <class Block, class Bench>
Outcome expected_outcome(const Bench& bench, const typename Bench::Owned& owned,
                         const typename Bench::Layer& layer) {
  Outcome outcome{bench.memory};
  const auto& config = bench.config;
  const std::vector<Tile> tiles = make_tiles(config, layer);
  typename Block::Core core(config, layer);
  const typename Block::Registers registers("expected");
  std::vector<std::vector<std::pair<ByteRun, std::vector<uint8_t>>>> results(tiles.size());

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
  const auto load = [&](const Tile& tile) {
    core.begin(tile);
    for (const ByteRun& run : load_runs(config, layer, tile)) {
      uint64_t address = address_of(layer, run.operand) + run.offset, left = run.bytes;
      for (uint64_t bytes = 0; left > 0; address += bytes, left -= bytes) {
        bytes = burst_bytes(address, left);
        if (burst_fails(address, bytes, AcceleratorError::kBusRead)) return false;
      }
      if (const auto fault = core.load(run, owned.job().operands.bytes_of(run))) {
        const JobError error = to_job_error(*fault, layer, registers);
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
    for (const ByteRun& run : store_runs(config, layer, tiles[i])) {
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
template <class Block>
std::string text_of(typename Block::Layer layer) {
  std::vector<std::pair<const char*, uint32_t*>> values{
      {"kind", &layer.kind},   {"in_c", &layer.in_c}, {"in_h", &layer.in_h}, {"in_w", &layer.in_w},
      {"out_c", &layer.out_c}, {"kh", &layer.kh},     {"kw", &layer.kw},     {"stride", &layer.stride},
      {"pad", &layer.pad},     {"pool", &layer.pool}};
  for (const auto& own : Block::own_registers(layer)) values.push_back(own);
  std::string text;
  for (const auto& [name, value] : values) text += std::string(name) + "=" + std::to_string(*value) + " ";
  return text;
}

}  // namespace ganglion::layers
