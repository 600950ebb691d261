#pragma once

#include <string>

#include "platform/soc/profiler.h"

namespace ganglion {

/// Folded stacks (flamegraph.pl, speedscope): `main;run;conv 12345` a line, sorted, PATH.cycles.folded with
/// cycles and PATH.energy.folded with fJ. False when not everything could be written.
[[nodiscard]] bool write_folded(const Profiler& profiler, const std::string& path);
/// The functions that spent most cycles, with energy and calls, for a person.
[[nodiscard]] std::string profile_table(const Profiler& profiler);

}  // namespace ganglion
