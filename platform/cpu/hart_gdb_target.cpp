#include "platform/cpu/hart_gdb_target.h"

#include <algorithm>

namespace ganglion {
namespace {

constexpr uint64_t kPage = 4096;

bool is_float(unsigned number) { return number >= kGdbFirstFloat && number < kGdbFirstFloat + 32; }

}  // namespace

std::string HartGdbTarget::description() const { return gdb_description(hart_.core()); }

std::optional<std::vector<uint8_t>> HartGdbTarget::read_register(unsigned number) const {
  const HartCore& core = hart_.core();
  std::optional<uint64_t> value;
  auto bits = static_cast<unsigned>(core.xlen());
  if (is_float(number)) {
    bits = gdb_float_bits(core);
    if (bits != 0) value = core.float_register(number - kGdbFirstFloat);
  } else if (number == kGdbPrivilege) {
    value = core.privilege();
  } else if (number < 32) {
    value = core.integer_register(number);
  } else if (number == kGdbPc) {
    value = core.pc();
  } else if (number >= kGdbFirstCsr && number < kGdbFirstCsr + 4096) {
    value = core.csr(number - kGdbFirstCsr);
  }
  if (!value) return std::nullopt;
  std::vector<uint8_t> bytes;
  for (unsigned shift = 0; shift < bits; shift += 8) bytes.push_back(static_cast<uint8_t>(*value >> shift));
  return bytes;
}

bool HartGdbTarget::write_register(unsigned number, std::span<const uint8_t> value) {
  HartCore& core = hart_.core();
  const unsigned bits = is_float(number) ? gdb_float_bits(core) : static_cast<unsigned>(core.xlen());
  if (bits == 0 || value.size() * 8 != bits) return false;
  uint64_t word = 0;
  for (std::size_t i = 0; i < value.size(); ++i) word |= uint64_t{value[i]} << (8 * i);
  if (is_float(number)) {
    constexpr uint64_t kBox = 0xffffffff00000000;  // a binary32 in a wider register
    core.set_float_register(number - kGdbFirstFloat, bits == 32 ? kBox | word : word);
    return true;
  }
  if (number < 32) {
    core.set_integer_register(number, word);
    return true;
  }
  if (number == kGdbPc) {
    core.set_pc(word & ~uint64_t{1});
    return true;
  }
  return number >= kGdbFirstCsr && number < kGdbFirstCsr + 4096 && core.set_csr(number - kGdbFirstCsr, word);
}

std::vector<uint8_t> HartGdbTarget::read_memory(uint64_t address, std::size_t bytes) {
  std::vector<uint8_t> data;
  while (data.size() < bytes) {
    const auto physical = hart_.core().physical_address(address + data.size());
    if (!physical) break;
    const uint64_t at = *physical;
    const auto piece = static_cast<unsigned>(std::min<uint64_t>(bytes - data.size(), kPage - at % kPage));
    const std::size_t before = data.size();
    data.resize(before + piece);
    unsigned done = hart_.debug_transport(tlm::TLM_READ_COMMAND, at, data.data() + before, piece);
    if (done == 0) {  // registers of a device are whole aligned words, or bytes
      uint8_t word[4];
      const auto skip = static_cast<unsigned>(at % sizeof word);
      if (hart_.debug_transport(tlm::TLM_READ_COMMAND, at - skip, word, sizeof word) == sizeof word) {
        done = std::min<unsigned>(piece, static_cast<unsigned>(sizeof word) - skip);
        std::copy_n(word + skip, done, data.data() + before);
      }
    }
    if (done == 0) done = hart_.debug_transport(tlm::TLM_READ_COMMAND, at, data.data() + before, 1);
    data.resize(before + done);
    if (done == 0) break;
  }
  return data;
}

bool HartGdbTarget::write_memory(uint64_t address, std::span<const uint8_t> bytes) {
  std::vector<uint8_t> copy(bytes.begin(), bytes.end());
  for (std::size_t done = 0; done < copy.size();) {
    const auto physical = hart_.core().physical_address(address + done);
    if (!physical) return false;
    const uint64_t at = *physical;
    const auto piece = static_cast<unsigned>(std::min<uint64_t>(copy.size() - done, kPage - at % kPage));
    const unsigned written = hart_.debug_transport(tlm::TLM_WRITE_COMMAND, at, copy.data() + done, piece);
    if (written == 0) return false;
    done += written;
  }
  return true;
}

}  // namespace ganglion
