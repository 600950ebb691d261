#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "platform/bus/axi/burst.h"
#include "platform/bus/axi/stall.h"

namespace ganglion::axi {

/// A burst that an AXI4 manager asked for and that memory has to serve.
struct MemoryRequest {
  uint64_t tag = 0;  ///< names it in answer()
  bool write = false;
  Burst burst;
  uint64_t edge = 0;             ///< at which the address was accepted
  uint64_t last_edge = 0;        ///< of a write: at which the last data beat was accepted
  std::vector<uint64_t> data;    ///< of a write, one a beat, on the bus's lanes
  std::vector<uint8_t> strobes;  ///< of a write, one a beat
};

/// What memory answers to a request.
struct MemoryAnswer {
  std::vector<uint64_t> data;  ///< of a read, one a beat, on the bus's lanes
  uint8_t response = kOkay;
  uint64_t cycles = 1;  ///< from the acceptance of the address to the last handshake (R with RLAST, or B)
};

/// Serves an AXI4 manager at pins, 64-bit data: bursts become requests, answers become beats. Stepped once a
/// clock edge; who owns it takes requests and answers them when it likes.
///
/// models: INCR, WRAP and FIXED bursts, narrow and unaligned ones, byte strobes; several reads and writes
///   outstanding; one data beat a cycle; the last beat `cycles` after the address; back-pressure by patterns
/// leaves out: exclusive accesses; answers out of order (they come in the order of the addresses, reads and
///   writes apart, as AXI4 allows)
/// checked against: test/subordinate_test.cpp, the protocol checker on every test's pins
/// error bound: exact
class Subordinate {
 public:
  struct Options {
    unsigned outstanding = 4;  ///< reads, and writes, accepted and not yet answered
    Stalls stalls{};
  };

  explicit Subordinate(Options options) : options_(options) {}
  Subordinate() : Subordinate(Options()) {}

  /// Puts the subordinate's outputs for edge number `edge` on the pins.
  void drive(Pins& pins, uint64_t edge);
  /// Edge number `edge`: `sampled` holds what both sides drove.
  void step(const Pins& sampled, uint64_t edge);

  /// The next request, in order of acceptance (a write when its last beat has come).
  [[nodiscard]] std::optional<MemoryRequest> take();
  [[nodiscard]] bool has_request() const { return !requests_.empty(); }
  /// std::logic_error when no request of that tag waits, or the number of beats is wrong.
  void answer(uint64_t tag, MemoryAnswer answer);

  /// Nothing is outstanding.
  [[nodiscard]] bool idle() const { return reads_.empty() && writes_.empty() && requests_.empty(); }
  /// Requests taken and not yet answered.
  [[nodiscard]] unsigned unanswered() const;
  /// Edges since the last handshake of any channel, while the manager owes one; 0 otherwise.
  [[nodiscard]] uint64_t stuck_for(uint64_t edge) const;
  /// What the manager owes: "read data channel (R): RVALID is high, RREADY stays low".
  [[nodiscard]] std::string pending() const;
  void reset();

 private:
  struct Read {
    uint64_t tag;
    Burst burst;
    uint64_t edge;
    std::optional<MemoryAnswer> answer;
    unsigned next_beat = 0;
  };
  struct Write {
    uint64_t tag;
    Burst burst;
    uint64_t edge;
    std::vector<uint64_t> data;
    std::vector<uint8_t> strobes;
    bool complete = false;
    uint64_t last_edge = 0;
    std::optional<MemoryAnswer> answer;
  };
  struct DataBeat {
    uint64_t data;
    uint8_t strobes;
    bool last;
  };
  void accept_data(const DataBeat& beat, uint64_t edge);
  [[nodiscard]] Write* incomplete_write();
  [[nodiscard]] bool read_due(uint64_t edge) const;
  [[nodiscard]] bool write_due(uint64_t edge) const;
  [[nodiscard]] static uint64_t first_beat_edge(const Read& read);

  Options options_;
  uint64_t next_tag_ = 1;
  std::deque<Read> reads_;
  std::deque<Write> writes_;
  std::deque<DataBeat> early_data_;  ///< beats that came before their address
  std::deque<MemoryRequest> requests_;
  bool rvalid_ = false;
  bool bvalid_ = false;
  uint64_t last_progress_ = 0;
};

}  // namespace ganglion::axi
