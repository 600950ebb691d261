#include "platform/kernel/log.h"

#include <fmt/format.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>

#include <array>
#include <memory>
#include <optional>
#include <systemc>

#include "platform/kernel/kernel_time.h"

namespace ganglion {
namespace {

/// %* in the pattern: simulated time.
class SimulatedTimeFlag : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg&, const std::tm&, spdlog::memory_buf_t& out) override {
    const std::string text = format_time(kernel_time_ps());
    out.append(text.data(), text.data() + text.size());
  }
  [[nodiscard]] std::unique_ptr<custom_flag_formatter> clone() const override {
    return std::make_unique<SimulatedTimeFlag>();
  }
};

std::string text_of(const sc_core::sc_report& report) {
  const std::string message = report.get_msg();
  return message.empty() ? report.get_msg_type() : fmt::format("{}: {}", report.get_msg_type(), message);
}

/// The Error that a process threw and that the kernel is about to turn into an sc_report.
std::optional<Error>& error_of_process() {
  static std::optional<Error> error;
  return error;
}

void note_error_of_process() {
  if (const auto current = std::current_exception()) {
    try {
      std::rethrow_exception(current);
    } catch (const Error& error) {
      error_of_process().emplace(error);
    } catch (...) {  // the report will carry its text
    }
  }
}

Error internal_error(const sc_core::sc_report& report) {
  const char* process = report.get_process_name();
  return {ExitCode::kInternal, fmt::format("SystemC: {} ({}:{}{})", text_of(report), report.get_file_name(),
                                           report.get_line_number(),
                                           process == nullptr ? "" : fmt::format(", process {}", process))};
}

void route_report(const sc_core::sc_report& report, const sc_core::sc_actions& actions) {
  const bool silent = (actions & sc_core::SC_DO_NOTHING) != 0;
  switch (report.get_severity()) {
    case sc_core::SC_INFO:
      if (!silent) spdlog::info("{}", text_of(report));
      return;
    case sc_core::SC_WARNING:
      if (!silent) spdlog::warn("{}", text_of(report));
      return;
    default:
      if (!sc_core::sc_is_running()) throw internal_error(report);
      note_error_of_process();
      throw report;  // the kernel catches this type and hands it to the caller of sc_start
  }
}

}  // namespace

void set_up_logging(spdlog::level::level_enum level) {
  auto logger =
      std::make_shared<spdlog::logger>("ganglion", std::make_shared<spdlog::sinks::stderr_color_sink_st>());
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<SimulatedTimeFlag>('*').set_pattern("[%^%l%$] [%*] %v");
  logger->set_formatter(std::move(formatter));
  logger->set_level(level);
  spdlog::set_default_logger(std::move(logger));
  sc_core::sc_report_handler::set_handler(&route_report);
}

Error error_from(const std::exception_ptr& exception) {
  try {
    std::rethrow_exception(exception);
  } catch (const Error& error) {
    return error;
  } catch (const sc_core::sc_report& report) {
    return error_of_process() ? *error_of_process() : internal_error(report);
  } catch (const std::exception& other) {
    return {ExitCode::kInternal, other.what()};
  } catch (...) {
    return {ExitCode::kInternal, "an exception of unknown type"};
  }
}

std::string format_time(uint64_t ps) {
  static constexpr std::array<const char*, 5> kUnits{"ps", "ns", "us", "ms", "s"};
  std::size_t unit = 0;
  uint64_t size = 1;
  while (unit + 1 < kUnits.size() && ps >= size * 1000) {
    size *= 1000;
    ++unit;
  }
  if (unit == 0) return fmt::format("{} ps", ps);
  return fmt::format("{}.{:03} {}", ps / size, ps % size / (size / 1000), kUnits[unit]);
}

}  // namespace ganglion
