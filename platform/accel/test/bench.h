#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "memory_stub.h"
#include "vector_add.h"
#include "vector_add_regs.h"

namespace ganglion::test {

/// A VectorAdd on a memory, driven by "firmware": a function that runs in an SC_THREAD.
class Bench {
 public:
  static constexpr uint64_t kClockHz = 200'000'000;  // 5 ns
  static constexpr uint64_t kCyclePs = 5'000;
  static constexpr uint64_t kA = MemoryStub::kBase + 0x1000;
  static constexpr uint64_t kB = MemoryStub::kBase + 0x2000;
  static constexpr uint64_t kOut = MemoryStub::kBase + 0x3000;

  Bench()
      : clock("block", kClockHz, 1.1),
        energy(ReferenceNode{}, [] { return now(); }),
        time([] { return now(); }),
        regions(energy, time, [] { return now(); }),
        services{energy, time, regions, events, stop},
        memory_id(energy.add_component("memory", CostTable{}, clock)),
        memory("memory", energy.traffic(memory_id)),
        dut(make("dut")),
        fresh(make("fresh")) {
    dut->initiator_sockets()[0]->bind(memory.socket);
    master_.socket.bind(*dut->target_socket());
    fresh->initiator_sockets()[0]->bind(idle_memory_.socket);
    idle_master_.socket.bind(*fresh->target_socket());
    time.add_component(memory_id);
    for (std::size_t i = 0; i < memory.bytes.size(); ++i) memory.bytes[i] = static_cast<unsigned char>(i * 7);
  }

  /// Runs `firmware` from time 0 until it returns and everything has settled.
  void run(std::function<void()> firmware) {
    sc_core::sc_spawn(std::move(firmware), "firmware");
    sc_core::sc_start();
  }

  [[nodiscard]] static uint64_t now() { return sc_core::sc_time_stamp().value(); }
  static void wait_ps(uint64_t ps) { sc_core::wait(sc_core::sc_time::from_value(ps)); }

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
  uint64_t read_wide(uint64_t low_offset) {
    const uint64_t low = read(low_offset);
    return uint64_t{read(low_offset + 4)} << 32U | low;
  }

  /// Programs a job of `length` bytes from kA and kB to `out`.
  void program(uint32_t length, uint64_t out = kOut, uint32_t tile = 64, uint32_t cycles = 10) {
    write_wide(VECTOR_ADD_REG_A_LO, kA);
    write_wide(VECTOR_ADD_REG_B_LO, kB);
    write_wide(VECTOR_ADD_REG_OUT_LO, out);
    write(VECTOR_ADD_REG_LENGTH, length);
    write(VECTOR_ADD_REG_TIMING, tile | cycles << VECTOR_ADD_TIMING_CYCLES_SHIFT);
  }
  void write_wide(uint64_t low_offset, uint64_t value) {
    write(low_offset, static_cast<uint32_t>(value));
    write(low_offset + 4, static_cast<uint32_t>(value >> 32U));
  }
  void command(uint32_t mask) { write(VECTOR_ADD_REG_CTRL, mask); }
  void start() { command(VECTOR_ADD_CTRL_START_MASK); }
  /// Lets time pass until no job runs; fails the test after a millisecond.
  void wait_idle() {
    for (int i = 0; i < 10'000 && (read(VECTOR_ADD_REG_STATUS) & VECTOR_ADD_STATUS_BUSY_MASK) != 0; ++i) {
      wait_ps(100'000);
    }
    EXPECT_EQ(read(VECTOR_ADD_REG_STATUS) & VECTOR_ADD_STATUS_BUSY_MASK, 0U);
  }

  [[nodiscard]] unsigned char* at(uint64_t address) { return &memory.bytes[address - MemoryStub::kBase]; }
  /// Whether `length` sums stand at `out`.
  [[nodiscard]] bool summed(uint64_t out, uint32_t length, int bias = 0) {
    for (uint32_t i = 0; i < length; ++i) {
      if (at(out)[i] != static_cast<unsigned char>(at(kA)[i] + at(kB)[i] + bias)) return false;
    }
    return true;
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
  std::unique_ptr<VectorAdd> dut;
  std::unique_ptr<VectorAdd> fresh;  ///< never accessed, for comparing state

 private:
  std::unique_ptr<VectorAdd> make(const std::string& name) {
    CostTable costs;
    costs.component = "vector_add";
    for (const char* key : {"dma_beat", "addition"}) {
      CostEntry& entry = costs.actions[key];
      entry.value = entry.low = entry.high = 2.0;
      entry.node_nm = 40.0;
      entry.voltage_v = 1.1;
      entry.cost_class = CostClass::kSynthesis;
    }
    const ComponentId id = energy.add_component(name, costs, clock);
    time.add_component(id);
    const Params params;
    return make_component<VectorAdd>(ComponentContext{name, id, params, services, clock});
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
