#pragma once

#include <spdlog/spdlog.h>

#include <exception>
#include <string>

#include "platform/base/error.h"

namespace ganglion {

/// Sets up spdlog for the process: messages on stderr with level and simulated time ("12.345 us"), SystemC
/// reports routed into it. A SystemC error becomes ganglion::Error with exit code 3; out of a running
/// simulation the kernel lets only sc_report pass, so whoever calls sc_start catches everything and asks
/// error_from(). Call once before elaboration.
void set_up_logging(spdlog::level::level_enum level = spdlog::level::warn);

/// What ended sc_start or elaboration as an Error: a ganglion::Error thrown anywhere (a process included) as
/// it was, everything else with exit code 3.
[[nodiscard]] Error error_from(const std::exception_ptr& exception);

/// Simulated time for messages: "0 ps", "12.345 us".
[[nodiscard]] std::string format_time(uint64_t ps);

}  // namespace ganglion
