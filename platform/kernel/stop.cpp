#include "platform/kernel/stop.h"

#include <systemc>
#include <utility>

namespace ganglion {

void StopController::request(StopReason reason) {
  if (reason_.has_value()) return;
  reason_ = std::move(reason);
  // Before time 0 there is nothing to stop: the platform looks at reason() before sc_start.
  if (!sc_core::sc_is_running()) return;
  if (reason_->reset_requested) {
    sc_core::sc_pause();  // after sc_stop nothing could go on
  } else {
    sc_core::sc_stop();
  }
}

}  // namespace ganglion
