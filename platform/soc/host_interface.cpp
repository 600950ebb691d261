#include "platform/soc/host_interface.h"

#include <fmt/format.h>

#include <array>

namespace ganglion {
namespace {

constexpr unsigned kBytes = 8;
constexpr uint64_t kPayloadBits = 48;

enum Device : uint64_t { kSystem = 0, kConsole = 1 };
enum ConsoleCommand : uint64_t { kRead = 0, kWrite = 1 };

}  // namespace

HostInterface::HostInterface(Soc& soc, const ElfImage& elf, const SourceLocation& where) : soc_(soc) {
  const std::optional<uint64_t> address = elf.symbol("tohost");
  if (!address) return;
  address_ = *address;
  if (address_ % kBytes != 0) {
    throw ConfigError({where, fmt::format("the symbol tohost at {:#x}", address_),
                       "8 aligned bytes, to which a store ends the run (HTIF)",
                       ".align 3 before it, or another name if it is not meant so"});
  }
  if (!soc_.is_writable_memory(address_, kBytes)) {
    throw ConfigError({where, fmt::format("the symbol tohost at {:#x}, where no memory is", address_),
                       "8 bytes of memory, to which a store ends the run (HTIF)",
                       "link it into memory, or give it another name if it is not meant so"});
  }
  soc_.hart().watch_host_interface(address_, [this](uint64_t word) { act(word); });
}

void HostInterface::act(uint64_t word) {
  if (word == 0) return;
  const uint64_t device = word >> 56;
  const uint64_t command = word >> kPayloadBits & 0xff;
  const uint64_t payload = word & ((uint64_t{1} << kPayloadBits) - 1);
  if (device == kSystem && command == 0 && payload % 2 != 0) return end(payload >> 1);
  if (device == kConsole && command <= kWrite) {
    if (command == kWrite) soc_.print(static_cast<uint8_t>(payload));
    (void)soc_.poke(address_, std::array<uint8_t, kBytes>{});
    return;
  }
  StopReason stop;
  stop.code = ExitCode::kFirmware;
  stop.reason = fmt::format(
      "firmware wrote {:#x} to tohost: device {}, command {}, payload {:#x}\n"
      "  what there is: 1 ends with success, code << 1 | 1 with failure, device 1 command 1 prints a "
      "character",
      word, device, command, payload);
  soc_.services().stop.request(std::move(stop));
}

void HostInterface::end(uint64_t code) {
  StopReason stop;
  stop.firmware_exit_code = static_cast<uint32_t>(code);
  stop.reason = "firmware ended with success (tohost)";
  if (code != 0) {
    stop.code = ExitCode::kFirmware;
    stop.reason = fmt::format(
        "firmware reported failure with code {} (tohost; of riscv-tests, the number of the test)", code);
  }
  soc_.services().stop.request(std::move(stop));
}

}  // namespace ganglion
