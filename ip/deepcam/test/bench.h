#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "ip/deepcam/driver/deepcam.h"
#include "ip/deepcam/test/random_job.h"
#include "ip/deepcam/tlm/deepcam.h"
#include "ip/deepcam/tlm/parameters.h"
#include "platform/accel/test/memory_stub.h"

namespace ganglion::deepcam {

/// Where a job's tensors lie in the bench's memory.
struct Placement {
  uint64_t in = test::MemoryStub::kBase + 0x1000;
  uint64_t weights = test::MemoryStub::kBase + 0x10000;
  uint64_t norms = test::MemoryStub::kBase + 0x1f000;
  uint64_t bias = test::MemoryStub::kBase + 0x20000;
  uint64_t mult = test::MemoryStub::kBase + 0x21000;
  uint64_t shift = test::MemoryStub::kBase + 0x22000;
  uint64_t out = test::MemoryStub::kBase + 0x30000;
};

/// A DeepCAM array on a memory, driven by "firmware": a function that runs in an SC_THREAD and uses the C
/// driver.
class Bench {
 public:
  static constexpr uint64_t kClockHz = 200'000'000;  // 5 ns
  static constexpr uint64_t kCyclePs = 5'000;
  static constexpr uintptr_t kBase = 0x24000000;

  explicit Bench(const std::string& scenario = "{}");
  ~Bench();

  /// Runs `firmware` from time 0 until it returns and everything has settled.
  void run(const std::function<void()>& firmware) {
    bool finished = false;
    sc_core::sc_spawn(
        [&] {
          firmware();
          finished = true;
        },
        "firmware");
    sc_core::sc_start();
    EXPECT_TRUE(finished) << "the firmware waits for something that never comes";
  }
  [[nodiscard]] static uint64_t now() { return sc_core::sc_time_stamp().value(); }
  static void wait_cycles(uint64_t cycles) { sc_core::wait(sc_core::sc_time::from_value(cycles * kCyclePs)); }
  /// The driver's `idle`: lets a microsecond pass.
  static void idle(void*) { wait_cycles(200); }

  tlm::tlm_response_status access(bool write, uint64_t offset, uint32_t& value, unsigned bytes = 4);
  uint32_t read(uint64_t offset);
  void write(uint64_t offset, uint32_t value);

  /// Puts the operands of `owned` into memory and gives the layer these addresses.
  [[nodiscard]] Layer place(const OwnedJob& owned, const Placement& at = {});
  /// The driver's form of a layer.
  [[nodiscard]] static deepcam_layer_t driver_layer(const Layer& layer);
  /// Bytes of memory at a bus address.
  [[nodiscard]] std::span<uint8_t> at(uint64_t address, std::size_t bytes) {
    return std::span(memory.bytes).subspan(address - test::MemoryStub::kBase, bytes);
  }

  ClockDomain clock;
  EnergyLedger energy;
  TimeLedger time;
  RegionLedger regions;
  EventLog events;
  StopController stop;
  PlatformServices services;
  ComponentId memory_id;
  test::MemoryStub memory;
  Config array;
  Noise noise;  ///< the noise of `dut`
  std::unique_ptr<Deepcam> dut;
  std::unique_ptr<Deepcam> fresh;  ///< never accessed, for comparing state
  deepcam_t driver{};

 private:
  std::unique_ptr<Deepcam> make(const std::string& name, const Params& params);

  struct Master : sc_core::sc_module {
    explicit Master(const sc_core::sc_module_name& name) : sc_module(name) {}
    tlm_utils::simple_initiator_socket<Master, 64> socket{"socket"};
  };
  Master master_{"master"};
  Master idle_master_{"idle_master"};
  TrafficCounters idle_traffic_;
  test::MemoryStub idle_memory_{"idle_memory", idle_traffic_};
};

}  // namespace ganglion::deepcam
