#pragma once

#include <spdlog/spdlog.h>

#include <string>

namespace ganglion {

/// Sets up spdlog for the process: messages on stderr with level and simulated time ("12.345 us"), SystemC
/// reports routed into it (sc_report errors become ganglion::Error with exit code 3). Call once before
/// elaboration.
void set_up_logging(spdlog::level::level_enum level = spdlog::level::warn);

/// Simulated time for messages: "0 ps", "12.345 us".
[[nodiscard]] std::string format_time(uint64_t ps);

}  // namespace ganglion
