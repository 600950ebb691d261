// All that the comparison with QEMU leaves out, each line with its reason. What is not named here must agree.
#include "tests/isa/exclusions.h"

#include <algorithm>
#include <array>

namespace ganglion::isa_test {
namespace {

constexpr uint64_t kAll = ~uint64_t{0};

constexpr std::array kCsrRules = {
    CsrRule{0x100, 0x100, false, false, 0xc6122, "sstatus: its fields of mstatus"},
    CsrRule{0x104, 0x104, false, false, 0x222, "sie: as mie"},
    CsrRule{0x105, 0x105, false, false, 0x3, "stvec: as mtvec"},
    CsrRule{0x106, 0x106, false, false, 0x7fffffff, "scounteren: as mcounteren"},
    CsrRule{0x10a, 0x10a, false, false, 0x1, "senvcfg: as menvcfg"},
    CsrRule{0x141, 0x141, false, false, kAll - 1, "sepc: as mepc"},
    CsrRule{0x144, 0x144, false, false, 0x2, "sip: as mip"},
    CsrRule{0x14d, 0x14d, true, false, 0, "stimecmp: QEMU's time is the host's"},
    CsrRule{0x15d, 0x15d, true, false, 0, "stimecmph: as stimecmp"},
    CsrRule{0x180, 0x180, false, false, 0x3fffff,
            "satp: bare; page tables are for directed programs, and RV32 has no Sv32 yet"},
    CsrRule{0x24d, 0x24d, true, false, 0, "vstimecmp: QEMU 7.2 has it without H"},
    CsrRule{0x25d, 0x25d, true, false, 0, "vstimecmph: as vstimecmp"},
    // SIE MIE SPIE MPIE SPP, MPP (never 2: the generator), FS, SUM MXR TVM TW TSR.
    CsrRule{0x300, 0x300, false, false, 0x7c79aa, "QEMU 7.2's mret does not clear MPRV"},
    CsrRule{
        0x302, 0x302, false, false, 0xb1ff,
        "medeleg: ecall from S mode is the harness's way to M mode; QEMU 7.2 lets that from M mode be set"},
    CsrRule{0x303, 0x303, false, false, 0x222, "mideleg: QEMU stores the bits of H"},
    CsrRule{0x304, 0x304, false, false, 0xaaa, "mie: QEMU stores the bits of H"},
    CsrRule{0x305, 0x305, false, false, 0x3,
            "the vector is the harness's; the reserved modes 2 and 3 must not stick"},
    CsrRule{0x306, 0x306, false, false, 0x7fffffff,
            "mcounteren: 32 bits by the specification; QEMU 7.2 stores 64 (RV64)"},
    CsrRule{0x30a, 0x30a, false, false, 0x1,
            "menvcfg: FIOM; QEMU has fields of extensions that the hart lacks"},
    CsrRule{0x31a, 0x31a, false, false, 0, "menvcfgh: as menvcfg"},
    CsrRule{0x310, 0x310, false, false, 0, "mstatush: QEMU 7.2 keeps MPV and GVA of a hart without H"},
    CsrRule{0x320, 0x320, false, false, 0x5,
            "mcountinhibit: QEMU keeps bits of counters it was told to leave out"},
    CsrRule{0x323, 0x33f, true, false, 0,
            "mhpmevent: zero on the hart (as the spec wants), absent in QEMU with pmu-num=0"},
    CsrRule{0x341, 0x341, false, false, kAll - 1, "mepc: QEMU 7.2 stores bit 0"},
    CsrRule{0x344, 0x344, false, false, 0x2,
            "mip: SSIP; what else programs could raise, the harness's S mode could not clear"},
    CsrRule{0x3a0, 0x3a0, true, false, 0, "pmpcfg0: entry 0 opens all of memory to S and U mode"},
    CsrRule{
        0x3a1, 0x3a3, false, false, 0x1f1f1f1f,
        "pmpcfg: a lock would outlive the program; QEMU 7.2 stores the reserved R = 0, W = 1: the generator "
        "does not write it"},
    CsrRule{0x3b0, 0x3b0, true, false, 0, "pmpaddr0: as pmpcfg0"},
    CsrRule{0x3b1, 0x3bf, false, false, 0x7fffffff,
            "pmpaddr: QEMU 7.2 stores 64 bits, the specification has 54"},
    CsrRule{0x723, 0x73f, true, false, 0, "mhpmeventh: as mhpmevent"},
    CsrRule{0xb00, 0xb00, false, true, kAll, "mcycle: QEMU counts host time"},
    CsrRule{0xb02, 0xb02, false, true, kAll, "minstret: QEMU counts host time"},
    CsrRule{0xb03, 0xb1f, true, false, 0, "mhpmcounter: as mhpmevent"},
    CsrRule{0xb80, 0xb80, false, true, kAll, "mcycleh: QEMU counts host time"},
    CsrRule{0xb82, 0xb82, false, true, kAll, "minstreth: QEMU counts host time"},
    CsrRule{0xb83, 0xb9f, true, false, 0, "mhpmcounterh: as mhpmevent"},
    CsrRule{0xc00, 0xc02, false, true, 0, "cycle, time, instret: QEMU counts host time"},
    CsrRule{0xc03, 0xc1f, true, false, 0, "hpmcounter: as mhpmevent"},
    CsrRule{0xc80, 0xc82, false, true, 0, "cycleh, timeh, instreth: QEMU counts host time"},
    CsrRule{0xc83, 0xc9f, true, false, 0, "hpmcounterh: as mhpmevent"},
};

constexpr std::array kExtensions = {
    ExtensionExclusion{InstructionExtension::kZicond, "QEMU 7.2 has none"},
};

struct QemuProperty {
  const char* text;
  const char* reason;
};
constexpr std::array kQemuProperties = {
    QemuProperty{"h=false", "the hart has no hypervisor extension"},
    QemuProperty{"zbc=false", "the hart has no Zbc"},
    QemuProperty{"debug=false", "the hart has no trigger registers"},
    QemuProperty{"pmu-num=0", "event counters are zero on the hart"},
    QemuProperty{"marchid=0", "says which implementation it is"},
    QemuProperty{"mimpid=0", "says which implementation it is"},
};

// Left out of the generator altogether, by hand:
// clang-format off
//   amo to nowhere, misaligned amo   QEMU 7.2 raises the load's exception; the specification, and the hart, the
//                                    store/AMO's
//   csrrs, csrrc with a register that holds 0   a write by the specification (illegal on a read-only CSR, sets
//                                    mstatus.FS on fcsr), none in QEMU 7.2
//   ctzw of a word with upper bits   QEMU 7.2 counts in 64 bits (mended in 8.0): the operand is zero-extended first
//   a flag raised without a result in an f register while mstatus.FS is not dirty   (comparison, conversion to an
//                                    integer) the hart sets FS, QEMU 7.2 does not: an fsgnj.d comes before
//   wfi                              without an interrupt it waits for ever; directed tests cover it
//   lr without sc                    whether a later sc succeeds is up to the implementation; lr and sc come in
//                                    pairs, sc alone too
//   a trap between lr and sc         so is whether it breaks the reservation
//   misaligned sc                    QEMU 7.2 fails it without an exception when there is no reservation
//   mtval of a breakpoint            the address on the hart, 0 in QEMU 7.2, both allowed: the handler of harness.S
//                                    clears it
//   device memory, boot ROM          the platforms' own; only RAM and addresses that nothing claims
// clang-format on

}  // namespace

const CsrRule* rule_of(unsigned csr) {
  const auto* found = std::find_if(kCsrRules.begin(), kCsrRules.end(), [csr](const CsrRule& rule) {
    return csr >= rule.first && csr <= rule.last;
  });
  return found == kCsrRules.end() ? nullptr : found;
}

bool excluded_extension(InstructionExtension extension) {
  return std::any_of(
      kExtensions.begin(), kExtensions.end(),
      [extension](const ExtensionExclusion& exclusion) { return exclusion.extension == extension; });
}

std::string qemu_cpu_properties() {
  std::string text;
  for (const QemuProperty& property : kQemuProperties) text += std::string(",") + property.text;
  return text;
}

}  // namespace ganglion::isa_test
