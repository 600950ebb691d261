#include "platform/kernel/kernel_time.h"

#include <cmath>
#include <systemc>

namespace ganglion {

uint64_t kernel_time_ps() {
  static const bool kPicoseconds = sc_core::sc_get_time_resolution() == sc_core::sc_time(1, sc_core::SC_PS);
  const sc_core::sc_time& now = sc_core::sc_time_stamp();
  return kPicoseconds ? now.value() : static_cast<uint64_t>(std::llround(now.to_seconds() * 1e12));
}

}  // namespace ganglion
