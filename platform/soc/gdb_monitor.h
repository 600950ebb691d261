#pragma once

#include <string>
#include <string_view>

namespace ganglion {

class Soc;

/// Answers GDB's `monitor` commands on a SoC: time, energy, blocks, help (reset is the session's). Energy is
/// that of what the hart has executed; clock and leakage reach up to simulated time, which the hart may be
/// ahead of.
[[nodiscard]] std::string gdb_monitor(Soc& soc, std::string_view command);

}  // namespace ganglion
