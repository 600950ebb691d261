#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "platform/cpu/gdb_connection.h"
#include "platform/cpu/gdb_session.h"
#include "platform/cpu/hart_debugger.h"
#include "platform/cpu/hart_gdb_target.h"
#include "platform/kernel/stop.h"

namespace ganglion {

/// Lets a GDB client on this machine control a hart. While the program stands still simulated time does too.
/// A client that goes away takes its stops with it and the program runs on; another one may come, which stops
/// the program again.
///
/// models: all that GdbSession answers; Ctrl-C takes effect at the hart's next synchronisation, or between
///   two slices of simulated time when the hart sleeps.
/// leaves out: stops inside of what a device does; more than one hart.
/// checked against: byte-identical reports with and without a client (tests/cli/test_gdb.py).
/// error bound: none; stops cost host time only.
class GdbServer : public HartDebugger {
 public:
  struct Options {
    uint16_t port = 0;  ///< 0: a free one
    HartGdbTarget::Monitor monitor;
    std::function<bool()> interrupted;  ///< the user wants to end the program: no longer wait for the client
  };
  /// Listens and attaches itself to the hart. ConfigError when the port is taken.
  GdbServer(Hart& hart, StopController& stop, Options options);
  ~GdbServer() override;
  GdbServer(const GdbServer&) = delete;
  GdbServer& operator=(const GdbServer&) = delete;

  [[nodiscard]] uint16_t port() const { return connection_.port(); }
  /// Before time 0: returns when a client is there, or the user has had enough.
  void wait_for_client();
  /// Between two slices of simulated time, outside of the hart's thread: serves a client that interrupts a
  /// sleeping hart.
  void between_slices();
  /// The run is over with this exit code.
  void exited(int code, std::string_view reason);

  [[nodiscard]] bool stops_at(uint64_t pc) const override { return stops_.breaks_at(pc); }
  [[nodiscard]] bool stepping() const override { return step_ || pending_.has_value(); }
  [[nodiscard]] bool watches_page(uint64_t address) const override;
  bool accesses(uint64_t address, unsigned bytes, bool read, bool write) override;
  void before_instruction() override;
  [[nodiscard]] bool poll() override;
  void unhandled_trap(const FirmwareTrap& trap) override;

 private:
  void serve(const GdbStopEvent& event);
  /// True when the program goes on.
  bool obey(const GdbSession::Answer& answer);
  bool look();
  void client_gone();
  void say(std::string_view text);

  Hart& hart_;
  StopController& stop_;
  Options options_;
  GdbConnection connection_;
  GdbStops stops_;
  HartGdbTarget target_;
  GdbSession session_;
  unsigned client_ = 0;   ///< number of the one served; 0: none
  bool running_ = false;  ///< the client awaits a stop
  bool step_ = false;
  bool reset_asked_ = false;             ///< `monitor reset` awaits its answer
  std::optional<GdbStopEvent> pending_;  ///< to be told before the next instruction
  std::chrono::steady_clock::time_point next_look_{};
};

}  // namespace ganglion
