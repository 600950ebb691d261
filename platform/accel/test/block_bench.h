#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <systemc>
#include <tlm_utils/simple_initiator_socket.h>
#include <vector>

#include "platform/accel/accelerator.h"
#include "platform/accel/test/memory_stub.h"

namespace ganglion::test {

/// An accelerator on a memory, driven by "firmware": a function that runs in an SC_THREAD. A block's own
/// bench derives from it and adds what is the block's: how a job is programmed.
template <class Block>
class BlockBench {
 public:
  static constexpr uint64_t kClockHz = 200'000'000;  // 5 ns
  static constexpr uint64_t kCyclePs = 5'000;

  BlockBench(const CostTable& costs, const Params& params)
      : clock("block", kClockHz, 1.1),
        energy(ReferenceNode{}, [] { return now(); }),
        time([] { return now(); }),
        regions(energy, time, [] { return now(); }),
        services{energy, time, regions, events, stop},
        memory_id(energy.add_component("memory", CostTable{}, clock)),
        memory("memory", energy.traffic(memory_id)),
        dut(make("dut", costs, params)),
        fresh(make("fresh", costs, params)) {
    dut->initiator_sockets()[0]->bind(memory.socket);
    master_.socket.bind(*dut->target_socket());
    fresh->initiator_sockets()[0]->bind(idle_memory_.socket);
    idle_master_.socket.bind(*fresh->target_socket());
    time.add_component(memory_id);
    for (std::size_t i = 0; i < memory.bytes.size(); ++i) memory.bytes[i] = static_cast<uint8_t>(i * 7);
  }

  /// Runs `firmware` from time 0 until it returns and everything has settled.
  void run(const std::function<void()>& firmware) {
    EXPECT_TRUE(finishes(firmware)) << "the firmware waits for something that never comes";
  }
  /// As run; whether the firmware returned, which it does not when the block stops the platform.
  [[nodiscard]] bool finishes(const std::function<void()>& firmware) {
    bool finished = false;
    sc_core::sc_spawn(
        [&] {
          firmware();
          finished = true;
        },
        "firmware");
    sc_core::sc_start();
    return finished;
  }
  [[nodiscard]] static uint64_t now() { return sc_core::sc_time_stamp().value(); }
  static void wait_ps(uint64_t ps) { sc_core::wait(sc_core::sc_time::from_value(ps)); }
  static void wait_cycles(uint64_t cycles) { wait_ps(cycles * kCyclePs); }

  tlm::tlm_response_status access(bool write, uint64_t offset, uint32_t& value, unsigned bytes = 4) {
    tlm::tlm_generic_payload payload;
    std::array<unsigned char, 16> data{};
    std::memcpy(data.data(), &value, sizeof value);
    payload.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
    payload.set_address(offset);
    payload.set_data_ptr(data.data());
    payload.set_data_length(bytes);
    payload.set_streaming_width(bytes);
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    master_.socket->b_transport(payload, delay);
    // The test stands for a hart, whose issued beats are kept on the memory's account: nothing else issues
    // there.
    auto& issued = energy.traffic(memory_id);
    if (payload.is_response_ok()) ++(write ? issued.issued_writes : issued.issued_reads);
    std::memcpy(&value, data.data(), sizeof value);
    return payload.get_response_status();
  }
  uint32_t read(uint64_t offset) {
    uint32_t value = 0;
    EXPECT_EQ(access(false, offset, value), tlm::TLM_OK_RESPONSE) << std::hex << offset;
    return value;
  }
  void write(uint64_t offset, uint32_t value) {
    EXPECT_EQ(access(true, offset, value), tlm::TLM_OK_RESPONSE) << std::hex << offset;
  }

  /// Bytes of memory at a bus address.
  [[nodiscard]] std::span<uint8_t> at(uint64_t address, std::size_t bytes) {
    return std::span(memory.bytes).subspan(address - MemoryStub::kBase, bytes);
  }
  /// Copies `bytes` into memory; returns `address`.
  uint64_t put(uint64_t address, std::span<const uint8_t> bytes) {
    std::ranges::copy(bytes, at(address, bytes.size()).begin());
    return address;
  }

  ClockDomain clock;
  EnergyLedger energy;
  TimeLedger time;
  RegionLedger regions;
  EventLog events;
  StopController stop;
  PlatformServices services;
  ComponentId memory_id;
  MemoryStub memory;
  std::unique_ptr<Block> dut;
  std::unique_ptr<Block> fresh;  ///< never accessed, for comparing state

 private:
  std::unique_ptr<Block> make(const std::string& name, const CostTable& costs, const Params& params) {
    const ComponentId id = energy.add_component(name, costs, clock);
    time.add_component(id);
    return make_component<Block>(ComponentContext{name, id, params, services, clock});
  }

  struct Master : sc_core::sc_module {
    explicit Master(const sc_core::sc_module_name& name) : sc_module(name) {}
    tlm_utils::simple_initiator_socket<Master, 64> socket{"socket"};
  };
  Master master_{"master"};
  Master idle_master_{"idle_master"};
  TrafficCounters idle_traffic_;
  MemoryStub idle_memory_{"idle_memory", idle_traffic_};
};

}  // namespace ganglion::test
