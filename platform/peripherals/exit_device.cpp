#include "platform/peripherals/exit_device.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace ganglion {

namespace {

constexpr uint16_t kPass = 0x5555;
constexpr uint16_t kFail = 0x3333;
constexpr uint16_t kReset = 0x7777;

}  // namespace

// QEMU allows 16-bit writes as well, and OpenSBI has used them.
ExitDevice::ExitDevice(const ComponentContext& context) : MmioDevice(context, 2 | 4) {}

bool ExitDevice::read(uint64_t offset, unsigned, uint64_t& value) {
  value = 0;
  return offset == 0;
}

bool ExitDevice::write(uint64_t offset, unsigned, uint64_t value) {
  if (offset != 0) return false;
  const auto code = static_cast<uint32_t>(value >> 16);
  StopReason stop;
  switch (static_cast<uint16_t>(value)) {
    case kPass:
      stop.reason = "firmware ended with success";
      stop.firmware_exit_code = 0;
      break;
    case kFail:
      stop.code = ExitCode::kFirmware;
      stop.reason = fmt::format("firmware reported failure with code {}", code);
      stop.firmware_exit_code = code;
      break;
    case kReset:
      stop.reason = "firmware asked for a reset";
      stop.reset_requested = true;
      break;
    default:
      spdlog::warn(
          "{}: write of {:#x} is no command (0x5555 success, 0x3333 | code << 16 failure, 0x7777 reset), "
          "ignored",
          instance_name(), value);
      return true;
  }
  services().stop.request(std::move(stop));
  return true;
}

}  // namespace ganglion
