#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "platform/base/error.h"

namespace ganglion {

/// Why a run ended; the first reason wins. Components request, the platform reads it after sc_start returns.
struct StopReason {
  ExitCode code = ExitCode::kOk;
  std::string reason{};  ///< one line, or several for a trap
  std::optional<uint32_t> firmware_exit_code{};
  bool reset_requested = false;  ///< firmware asked the exit device for a reset
};

/// One per simulation; see request_stop.
class StopController {
 public:
  /// Ends the simulation at the current kernel time (sc_stop; sc_pause when a reset is requested). Later
  /// requests are ignored.
  void request(StopReason reason);
  /// Forgets the reason: the platform has reset itself and goes on.
  void clear() { reason_.reset(); }
  [[nodiscard]] const std::optional<StopReason>& reason() const { return reason_; }
  /// Harts check this after every MMIO access and synchronisation.
  [[nodiscard]] bool stopping() const { return reason_.has_value(); }

 private:
  std::optional<StopReason> reason_;
};

}  // namespace ganglion
