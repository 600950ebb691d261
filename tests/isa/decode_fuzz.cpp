// libFuzzer: every 16-bit and 32-bit word either decodes, to something that makes sense, or is illegal. The
// input is a run of code; it is decoded, disassembled, and executed on both XLENs, where it may trap but not
// do anything else.
#include <cstdlib>
#include <cstring>

#include "platform/cpu/hart_core.h"
#include "platform/cpu/isa.h"
#include "tests/isa/flat_memory.h"

namespace {

using namespace ganglion;

constexpr uint64_t kCode = isa_test::kRamBase + 0x1000;
constexpr std::size_t kRam = 0x2000;
constexpr uint64_t kInstructions = 500;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_word(uint32_t word, int xlen) {
  const auto decoded = decode(word, xlen);
  const bool is_long = is_long_instruction(static_cast<uint16_t>(word));
  require(!disassemble(word, kCode, xlen).empty());
  if (!decoded) return;
  require(decoded->length == (is_long ? 4 : 2));
  require(decoded->word == (is_long ? word : word & 0xffff));
  require(decoded->rd < 64 && decoded->rs1 < 64 && decoded->rs2 < 64 && decoded->rs3 < 64);
  const InstructionInfo& info = info_of(decoded->id);
  require(info.width != (xlen == 64 ? InstructionWidth::k32 : InstructionWidth::k64));
  const uint32_t expanded = is_long ? word : *expand_compressed(static_cast<uint16_t>(word), xlen);
  require((expanded & info.mask) == info.match);
}

/// A hart that is reset for every input: making one costs a thousand times what running one does.
struct Lane {
  Lane(int xlen, uint32_t block_instructions) : port(isa_test::Memory(kRam)) {
    HartCoreConfig config;
    config.isa = isa_test::full_instruction_set(xlen);
    config.isa.add(InstructionExtension::kS);
    config.reset_pc = kCode;
    config.block_instructions = block_instructions;
    config.max_instructions = kInstructions;
    core = HartCore::make(config, port);
  }
  isa_test::FlatMemory port;
  std::unique_ptr<HartCore> core;
};

/// Runs until the instruction limit, a trap that comes back to itself, or the exit device; one instruction a
/// block must end in the same state.
uint64_t run(Lane& lane, const uint8_t* data, std::size_t size) {
  isa_test::Memory memory(kRam);
  const uint32_t handler[] = {0x34102373, 0x00430313, 0x34131073, 0x30200073};  // mepc += 4, mret
  std::memcpy(memory.data(), handler, sizeof handler);
  std::memcpy(&memory[kCode - isa_test::kRamBase], data, size);
  lane.port.restart(memory);
  HartCore& core = *lane.core;
  core.reset();
  for (unsigned i = 0; i < 32; ++i) {
    if (i != 0) core.set_integer_register(i, kCode + 64 * i);
    core.set_float_register(i, (0x3ff0 + i) * 0x1000100010001);
  }
  (void)core.run();
  uint64_t hash = core.pc() + core.instructions() + core.cycle();
  for (unsigned i = 0; i < 32; ++i) hash = hash * 31 + core.integer_register(i);
  for (unsigned i = 0; i < 32; ++i) hash = hash * 31 + core.float_register(i);
  for (std::size_t i = 0; i < kRam; i += sizeof(uint64_t)) {
    uint64_t word = 0;
    std::memcpy(&word, &lane.port.ram[i], sizeof word);
    hash = hash * 31 + word;
  }
  return hash;
}

}  // namespace

extern "C" int sc_main(int, char**) { return 2; }

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, std::size_t size) {
  if (size > 1024) return 0;
  for (std::size_t i = 0; i + 4 <= size; i += 2) {
    uint32_t word = 0;
    std::memcpy(&word, data + i, sizeof word);
    for (const int xlen : {32, 64}) check_word(word, xlen);
  }
  static Lane blocks[] = {{32, 64}, {64, 64}}, steps[] = {{32, 1}, {64, 1}};
  for (unsigned i = 0; i < 2; ++i) require(run(blocks[i], data, size) == run(steps[i], data, size));
  return 0;
}
