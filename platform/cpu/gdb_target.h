#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ganglion {

/// What a GDB session looks at and changes; without SystemC, so that the protocol can be tested alone.
/// Register numbers are those of the target description. Nothing here costs simulated time or energy.
class GdbTarget {
 public:
  virtual ~GdbTarget() = default;

  /// Target description in XML.
  [[nodiscard]] virtual std::string description() const = 0;
  /// How many registers, from number 0 on, the `g` packet holds.
  [[nodiscard]] virtual unsigned general_registers() const = 0;
  /// Little endian, in the register's size; nullopt when there is none of that number.
  [[nodiscard]] virtual std::optional<std::vector<uint8_t>> read_register(unsigned number) const = 0;
  /// False when there is no such register or the size is wrong.
  virtual bool write_register(unsigned number, std::span<const uint8_t> value) = 0;
  /// As much as is readable from `address` on, at most `bytes`.
  [[nodiscard]] virtual std::vector<uint8_t> read_memory(uint64_t address, std::size_t bytes) = 0;
  virtual bool write_memory(uint64_t address, std::span<const uint8_t> bytes) = 0;
  /// Answer to `monitor command`.
  [[nodiscard]] virtual std::string monitor(std::string_view command) = 0;
};

/// Where a client wants the program to stop.
struct GdbStops {
  enum class Watch { kWrite = 2, kRead = 3, kAccess = 4 };  ///< numbers of the Z packets
  struct Watchpoint {
    Watch kind = Watch::kWrite;
    uint64_t first = 0;
    uint64_t bytes = 0;
    bool operator==(const Watchpoint&) const = default;
    [[nodiscard]] bool hit_by(uint64_t address, uint64_t length, bool write) const {
      const bool kind_fits = kind == Watch::kAccess || (kind == Watch::kWrite) == write;
      return kind_fits && (address - first < bytes || first - address < length);
    }
  };
  std::set<std::pair<int, uint64_t>> breakpoints;  ///< 0 software or 1 hardware, address
  std::vector<Watchpoint> watchpoints;

  [[nodiscard]] bool breaks_at(uint64_t pc) const {
    return breakpoints.contains({0, pc}) || breakpoints.contains({1, pc});
  }
  [[nodiscard]] bool empty() const { return breakpoints.empty() && watchpoints.empty(); }
};

/// Why the program stands still.
struct GdbStopEvent {
  enum class Kind { kSignal, kSoftwareBreak, kHardwareBreak, kWatch };
  Kind kind = Kind::kSignal;
  int signal = 5;  ///< as GDB numbers them: 2 SIGINT, 4 SIGILL, 5 SIGTRAP, 10 SIGBUS, 11 SIGSEGV
  GdbStops::Watch watch = GdbStops::Watch::kWrite;
  uint64_t address = 0;  ///< watched address that was hit
};

}  // namespace ganglion
