#pragma once

#include <string>
#include <string_view>

#include "platform/cpu/gdb_target.h"

namespace ganglion {

/// Answers packets of the GDB remote serial protocol while the program stands still. One thread, number 1.
///
/// models: ? g G p P m M X c C s S vCont Z0-Z4 z0-z4 H T D k qSupported qXfer:features qRcmd QStartNoAckMode
///   and the thread queries; anything else gets the empty answer.
/// leaves out: several harts, non-stop mode, reverse execution, tracepoints, file transfer.
/// checked against: gdb-multiarch 13 (tests/cli/test_gdb.py), packets by hand (gdb_session_test.cpp).
/// error bound: none.
class GdbSession {
 public:
  enum class Action { kNone, kContinue, kStep, kDetach, kKill, kReset };
  struct Answer {
    bool send = true;
    std::string reply;  ///< payload; empty is the answer to what is not known
    Action action = Action::kNone;
    bool changed = false;  ///< stops, registers or memory are not what they were
  };

  GdbSession(GdbTarget& target, GdbStops& stops) : target_(target), stops_(stops) {}

  [[nodiscard]] Answer answer(std::string_view packet);
  /// Payload that tells of a stop; also what `?` gets from then on.
  [[nodiscard]] std::string stop_reply(const GdbStopEvent& event);
  /// A new client: features it has not announced are off.
  void start_over();
  [[nodiscard]] bool acknowledges() const { return acknowledges_; }

 private:
  [[nodiscard]] Answer query(std::string_view packet);
  [[nodiscard]] Answer read_registers() const;
  [[nodiscard]] Answer write_registers(std::string_view text);
  [[nodiscard]] Answer read_register(std::string_view text) const;
  [[nodiscard]] Answer write_register(std::string_view text);
  [[nodiscard]] Answer read_memory(std::string_view text);
  [[nodiscard]] Answer write_memory(std::string_view text, bool binary);
  [[nodiscard]] Answer resume(std::string_view packet);
  [[nodiscard]] Answer resume_threads(std::string_view packet);
  [[nodiscard]] Answer change_stop(std::string_view text, bool insert);
  [[nodiscard]] Answer monitor(std::string_view text);
  [[nodiscard]] Answer description(std::string_view text) const;

  GdbTarget& target_;
  GdbStops& stops_;
  GdbStopEvent last_;
  bool acknowledges_ = true;
  bool knows_software_break_ = false;
  bool knows_hardware_break_ = false;
};

}  // namespace ganglion
