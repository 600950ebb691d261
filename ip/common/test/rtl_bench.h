#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "platform/kernel/bus_timing.h"

namespace ganglion::test {

/// A Verilated block on a bench: AXI4-Lite from the test, a memory behind its AXI4 manager. Every block has
/// the same port names, so one bench serves all; the simulation has no SystemC and no platform.
///
/// The bench holds the manager to what platform/accel/dma.h promises (burst rules, one burst at a time, last
/// beats, stable until ready) and throws std::logic_error when it is broken.
template <class Model>
class RtlBench {
 public:
  static constexpr uint64_t kBase = 0x8000'0000;
  /// Bursts that touch [base, base + size) are answered with an error.
  struct Fault {
    uint64_t base = 0, size = 0;
  };
  struct Burst {
    bool write = false;
    uint64_t address = 0, beats = 0;
  };

  explicit RtlBench(std::size_t memory_bytes = 1 << 20, unsigned seed = 1)
      : memory(memory_bytes), random_(seed), context_(std::make_unique<VerilatedContext>()) {
    context_->randReset(2);  // what reset leaves undefined is random
    context_->randSeed(static_cast<int>(seed));
    dut = std::make_unique<Model>(context_.get());
    reset();
  }
  ~RtlBench() {
    dut->final();
    dut.reset();  // before its context
  }
  RtlBench(const RtlBench&) = delete;
  RtlBench& operator=(const RtlBench&) = delete;

  void reset() {
    dut->rst_n = 0;
    dut->s_axil_awvalid = dut->s_axil_wvalid = dut->s_axil_arvalid = 0;
    dut->s_axil_bready = dut->s_axil_rready = 0;
    dut->m_axi_arready = dut->m_axi_awready = dut->m_axi_wready = dut->m_axi_rvalid = dut->m_axi_bvalid = 0;
    for (int i = 0; i < 4; ++i) tick();
    read_.reset();
    write_.reset();
    asked_read_ = asked_write_ = asked_data_ = false;
    dut->rst_n = 1;
    tick();
  }

  /// Writes a register; the response (0 okay, 2 SLVERR, 3 DECERR).
  unsigned write(uint32_t offset, uint32_t value, unsigned strobes = 0xf) {
    dut->s_axil_awaddr = static_cast<uint16_t>(offset);
    dut->s_axil_wdata = value;
    dut->s_axil_wstrb = static_cast<uint8_t>(strobes);
    dut->s_axil_awvalid = dut->s_axil_wvalid = dut->s_axil_bready = 1;
    unsigned response = 4;
    for (int cycle = 0; response == 4; ++cycle) {
      if (cycle > 100) throw std::logic_error("AXI4-Lite write is not answered");
      dut->eval();
      const bool address_taken = dut->s_axil_awvalid && dut->s_axil_awready;
      const bool data_taken = dut->s_axil_wvalid && dut->s_axil_wready;
      if (dut->s_axil_bvalid) response = dut->s_axil_bresp;
      tick();
      if (address_taken) dut->s_axil_awvalid = 0;
      if (data_taken) dut->s_axil_wvalid = 0;
    }
    dut->s_axil_bready = 0;
    return response;
  }
  /// Reads a register; `response` as for write.
  uint32_t read(uint32_t offset, unsigned* response = nullptr) {
    dut->s_axil_araddr = static_cast<uint16_t>(offset);
    dut->s_axil_arvalid = dut->s_axil_rready = 1;
    for (int cycle = 0;; ++cycle) {
      if (cycle > 100) throw std::logic_error("AXI4-Lite read is not answered");
      dut->eval();
      const bool taken = dut->s_axil_arvalid && dut->s_axil_arready;
      const bool answered = dut->s_axil_rvalid;
      const uint32_t data = dut->s_axil_rdata;
      if (answered && response != nullptr) *response = dut->s_axil_rresp;
      tick();
      if (taken) dut->s_axil_arvalid = 0;
      if (answered) {
        dut->s_axil_rready = 0;
        return data;
      }
    }
  }
  uint64_t read64(uint32_t low) {
    const uint64_t value = read(low);
    return value | uint64_t{read(low + 4)} << 32;
  }

  /// Clocks until `condition`; std::runtime_error after `limit` cycles.
  void run_until(const std::function<bool()>& condition, uint64_t limit = 200'000) {
    for (uint64_t cycle = 0; !condition(); ++cycle) {
      if (cycle == limit) throw std::runtime_error("no end after " + std::to_string(limit) + " cycles");
      tick();
    }
  }

  void tick() {
    dut->clk = 0;
    dut->eval();
    if (dut->rst_n) {  // valid means nothing before the first reset
      drive_memory();
      dut->eval();
      sample_memory();
    }
    dut->clk = 1;
    dut->eval();
    ++cycles;
  }

  /// Cycles from a burst's address to the moment the next one can be asked for, without stalls.
  [[nodiscard]] uint64_t burst_cycles(uint64_t address, uint64_t bytes, bool is_write) const {
    const uint64_t beats = beats_of(address, bytes);
    return beats + (is_write ? write_latency + 1 : read_latency);
  }

  uint64_t put(uint64_t address, std::span<const uint8_t> bytes) {
    std::ranges::copy(bytes, memory.begin() + static_cast<std::ptrdiff_t>(address - kBase));
    return address;
  }

  std::unique_ptr<Model> dut;
  std::vector<uint8_t> memory;  ///< at kBase
  uint64_t cycles = 0;
  uint64_t read_latency = 1;   ///< from the address to the first beat, cycles, at least 1
  uint64_t write_latency = 1;  ///< from the last beat to the response, cycles, at least 1
  unsigned stall_percent = 0;  ///< of cycles in which a channel is not ready, or has no beat
  std::vector<Fault> faults;
  std::vector<Burst> bursts;

 private:
  struct Transfer {
    uint64_t address = 0;
    unsigned left = 0;
    uint64_t not_before = 0;
    bool error = false;
  };

  bool stalls() { return stall_percent != 0 && random_() % 100 < stall_percent; }
  [[nodiscard]] bool faulty(uint64_t address, uint64_t beats) const {
    const uint64_t first = address / 8 * 8, size = beats * 8;
    if (first < kBase || first - kBase + size > memory.size()) return true;
    return std::ranges::any_of(
        faults, [&](const Fault& f) { return first < f.base + f.size && f.base < first + size; });
  }
  void check_burst(const char* channel, uint64_t address, unsigned length, unsigned size, unsigned kind) {
    const auto broken = [&](const std::string& rule) {
      throw std::logic_error(std::string(channel) + " at " + std::to_string(address) + ": " + rule);
    };
    if (size != 3) broken("not 8 bytes a beat");
    if (kind != 1) broken("not INCR");
    if (address % 4096 / 8 + length >= 512) broken("crosses 4 KiB");
  }
  void drive_memory() {
    dut->m_axi_arready = !read_ && !stalls();
    dut->m_axi_awready = !write_ && !stalls();
    dut->m_axi_wready = write_ && write_->left > 0 && !stalls();
    if (!dut->m_axi_rvalid || beat_taken_) {
      dut->m_axi_rvalid = read_ && cycles >= read_->not_before && !stalls();
    }
    beat_taken_ = false;
    if (dut->m_axi_rvalid) {
      uint64_t data = 0;
      const uint64_t at = read_->address - kBase;
      if (!read_->error) std::memcpy(&data, memory.data() + at, 8);
      dut->m_axi_rdata = read_->error ? 0xdead'dead'dead'dead : data;
      dut->m_axi_rresp = read_->error ? 2 : 0;
      dut->m_axi_rlast = read_->left == 1;
    }
    dut->m_axi_bvalid = write_ && write_->left == 0 && cycles >= write_->not_before;
    if (write_) dut->m_axi_bresp = write_->error ? 2 : 0;
  }
  void sample_memory() {
    if (asked_read_ && (!dut->m_axi_arvalid || dut->m_axi_araddr != asked_read_address_))
      throw std::logic_error("AR changes before it is taken");
    if (asked_write_ && (!dut->m_axi_awvalid || dut->m_axi_awaddr != asked_write_address_))
      throw std::logic_error("AW changes before it is taken");
    if (asked_data_ && (!dut->m_axi_wvalid || dut->m_axi_wdata != asked_data_value_))
      throw std::logic_error("W changes before it is taken");
    asked_read_ = dut->m_axi_arvalid && !dut->m_axi_arready;
    asked_read_address_ = dut->m_axi_araddr;
    asked_write_ = dut->m_axi_awvalid && !dut->m_axi_awready;
    asked_write_address_ = dut->m_axi_awaddr;
    asked_data_ = dut->m_axi_wvalid && !dut->m_axi_wready;
    asked_data_value_ = dut->m_axi_wdata;

    if (dut->m_axi_rvalid && dut->m_axi_rready) {
      beat_taken_ = true;
      read_->address += 8;
      if (--read_->left == 0) read_.reset();
    }
    if (dut->m_axi_bvalid && dut->m_axi_bready) write_.reset();
    if (dut->m_axi_wvalid && dut->m_axi_wready) {
      if (dut->m_axi_wlast != (write_->left == 1)) throw std::logic_error("WLAST is not the last beat");
      for (unsigned i = 0; i < 8; ++i) {
        if (!write_->error && (dut->m_axi_wstrb >> i & 1) != 0)
          memory[write_->address - kBase + i] = static_cast<uint8_t>(dut->m_axi_wdata >> (8 * i));
      }
      write_->address += 8;
      if (--write_->left == 0) write_->not_before = cycles + write_latency;
    }
    if (dut->m_axi_arvalid && dut->m_axi_arready) {
      const uint64_t address = dut->m_axi_araddr;
      check_burst("AR", address, dut->m_axi_arlen, dut->m_axi_arsize, dut->m_axi_arburst);
      const unsigned beats = dut->m_axi_arlen + 1u;
      bursts.push_back({false, address, beats});
      read_ = Transfer{address / 8 * 8, beats, cycles + read_latency, faulty(address, beats)};
    }
    if (dut->m_axi_awvalid && dut->m_axi_awready) {
      const uint64_t address = dut->m_axi_awaddr;
      check_burst("AW", address, dut->m_axi_awlen, dut->m_axi_awsize, dut->m_axi_awburst);
      const unsigned beats = dut->m_axi_awlen + 1u;
      bursts.push_back({true, address, beats});
      write_ = Transfer{address / 8 * 8, beats, 0, faulty(address, beats)};
    }
  }

  std::mt19937 random_;
  std::unique_ptr<VerilatedContext> context_;
  std::optional<Transfer> read_, write_;
  bool beat_taken_ = false;
  bool asked_read_ = false, asked_write_ = false, asked_data_ = false;
  uint64_t asked_read_address_ = 0, asked_write_address_ = 0, asked_data_value_ = 0;
};

}  // namespace ganglion::test
