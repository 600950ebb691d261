#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "platform/bus/axi/burst.h"
#include "platform/bus/axi/protocol_rules.h"

namespace ganglion::axi {

/// Watches one channel's rule "VALID and payload stay until READY".
class HandshakeWatch {
 public:
  using Payload = std::array<uint64_t, 5>;
  /// What changed, when the rule is broken; `payload` counts while `valid`.
  std::optional<std::string> step(bool valid, bool ready, const Payload& payload);
  void reset() { held_.reset(); }

 private:
  std::optional<Payload> held_;  ///< of an offer not yet taken
};

/// Watches an AXI4 port, both sides. Keeps the first broken rule; what follows it may be a consequence.
///
/// models: the rules of axi4_rules()
/// leaves out: recommendations (how long READY may stay low), exclusive accesses, low-power signals, whether
///   one side waits for the other where it must not (shows as a timeout)
/// checked against: test/checker_test.cpp, which breaks every rule
/// error bound: exact for these rules
class Checker {
 public:
  /// One clock edge. `in_reset`: the port's reset is active.
  void step(const Pins& pins, uint64_t edge, bool in_reset);
  [[nodiscard]] const std::optional<Violation>& violation() const { return violation_; }

 private:
  struct OpenWrite {
    Burst burst;
    unsigned beats = 0;
    bool complete = false;
  };
  struct OpenRead {
    Burst burst;
    unsigned beats = 0;
  };
  struct DataBeat {
    uint8_t strobes;
    bool last;
  };
  void report(std::string_view rule, std::string detail);
  void check_handshakes(const Pins& pins);
  void check_burst(const Burst& burst, bool write);
  void check_data(const DataBeat& beat);
  void check_write_response(const Pins& pins);
  void check_read_data(const Pins& pins);
  void forget();

  HandshakeWatch aw_, w_, b_, ar_, r_;
  std::deque<OpenWrite> writes_;
  std::deque<OpenRead> reads_;
  std::deque<DataBeat> early_data_;
  uint64_t edge_ = 0;
  std::optional<Violation> violation_;
};

/// Watches an AXI4-Lite port, both sides; as Checker, with lite_rules().
class LiteChecker {
 public:
  void step(const LitePins& pins, uint64_t edge, bool in_reset);
  [[nodiscard]] const std::optional<Violation>& violation() const { return violation_; }

 private:
  void report(std::string_view rule, std::string detail);
  void check_handshakes(const LitePins& pins);

  HandshakeWatch aw_, w_, b_, ar_, r_;
  unsigned addresses_ = 0;  ///< of writes without response
  unsigned data_ = 0;
  unsigned reads_ = 0;
  uint64_t edge_ = 0;
  std::optional<Violation> violation_;
};

}  // namespace ganglion::axi
