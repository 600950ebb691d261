#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "platform/bus/axi/pins.h"

namespace ganglion::axi {

/// Drives an AXI4-Lite subordinate at pins: one read or write at a time, stepped once a clock edge.
///
/// models: the manager's side of all five channels; address and data of a write offered together; outputs
/// that
///   change only behind an edge, so that either side may wait for the other
/// leaves out: several transactions in flight, protection other than unprivileged secure data (PROT = 0)
/// checked against: test/lite_manager_test.cpp with subordinates of every order of ready and valid
/// error bound: exact
class LiteManager {
 public:
  struct Outcome {
    uint32_t data = 0;  ///< of a read
    uint8_t response = kOkay;
  };

  /// Begins a transaction; std::logic_error unless idle().
  void read(uint64_t address);
  void write(uint64_t address, uint32_t data, uint8_t strobes = 0xf);
  [[nodiscard]] bool idle() const { return phase_ == Phase::kIdle; }

  /// Puts the manager's outputs for the coming edge on the pins.
  void drive(LitePins& pins) const;
  /// The edge: `sampled` holds what both sides drove.
  void step(const LitePins& sampled);
  /// The finished transaction, once.
  [[nodiscard]] std::optional<Outcome> take();
  /// Forgets a transaction under way: the subordinate is being reset.
  void reset() { *this = LiteManager{}; }

  /// Edges since the transaction began.
  [[nodiscard]] uint64_t waited() const { return waited_; }
  /// The handshakes that are still due: "write address channel: AWVALID is high, AWREADY stays low".
  [[nodiscard]] std::string pending() const;

 private:
  enum class Phase { kIdle, kRead, kWrite };
  void begin(Phase phase, uint64_t address);

  Phase phase_ = Phase::kIdle;
  uint64_t address_ = 0;
  uint32_t data_ = 0;
  uint8_t strobes_ = 0;
  bool address_done_ = false;
  bool data_done_ = false;
  uint64_t waited_ = 0;
  std::optional<Outcome> outcome_;
};

}  // namespace ganglion::axi
