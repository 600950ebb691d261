#include "platform/soc/device_tree.h"

#include <gmock/gmock.h>

#include "platform/peripherals/plic.h"
#include "platform/soc/boot_rom_image.h"
#include "platform/soc/test/fake_registry.h"

extern "C" {
#include <libfdt.h>
}

namespace ganglion {
namespace {

constexpr const char* kText = R"(name: small
clocks: {system: {frequency: 100 MHz}}
soc:
  cpu: {type: hart}
  memory: {type: sram, address: 0x80000000, size: 2 MiB}
  plic: {type: plic, address: 0x0c000000}
  core0: {type: core, address: 0x24000000, interrupt: 64}
)";

class DeviceTreeTest : public ::testing::Test {
 protected:
  DeviceTreeTest() {
    const Scenario scenario = read_scenario(parse_config(kText, "small.yaml"), registry_, {});
    MemoryLayout layout{0x80000000, 2u << 20, {{"net", "net.gnl", 0x80400000, 1234}}, 0x80500000, 4096};
    tree_ = make_device_tree(scenario, layout, isa());
  }
  [[nodiscard]] static InstructionSet isa() {
    InstructionSet set = *InstructionSet::named("rv64gc");
    set.add(InstructionExtension::kS);
    return set;
  }
  [[nodiscard]] int node(const char* path) const { return fdt_path_offset(tree_.data(), path); }
  [[nodiscard]] std::vector<uint32_t> cells(const char* path, const char* property) const {
    int length = 0;
    const auto* data = static_cast<const fdt32_t*>(fdt_getprop(tree_.data(), node(path), property, &length));
    std::vector<uint32_t> values;
    for (int i = 0; data != nullptr && i < length / 4; ++i) values.push_back(fdt32_to_cpu(data[i]));
    return values;
  }
  [[nodiscard]] std::string text(const char* path, const char* property) const {
    const auto* data = static_cast<const char*>(fdt_getprop(tree_.data(), node(path), property, nullptr));
    return data == nullptr ? "absent" : data;
  }

  ComponentRegistry registry_ = fake_registry();
  std::vector<uint8_t> tree_;
};

TEST_F(DeviceTreeTest, IsWellFormed) { EXPECT_EQ(fdt_check_full(tree_.data(), tree_.size()), 0); }

TEST_F(DeviceTreeTest, TellsDevicesWithWindowAndInterrupt) {
  EXPECT_EQ(text("/soc/core0@24000000", "compatible"), "ganglion,core");
  EXPECT_THAT(cells("/soc/core0@24000000", "reg"), ::testing::ElementsAre(0, 0x24000000, 0, 0x10000));
  EXPECT_THAT(cells("/soc/core0@24000000", "interrupts"), ::testing::ElementsAre(64));
  EXPECT_EQ(cells("/soc/core0@24000000", "interrupt-parent"), cells("/soc/plic@c000000", "phandle"));
  EXPECT_THAT(cells("/soc/plic@c000000", "interrupts-extended"), ::testing::ElementsAre(1, 11, 1, 9));
  EXPECT_THAT(cells("/soc/plic@c000000", "riscv,ndev"), ::testing::ElementsAre(Plic::kSources - 1));
}

TEST_F(DeviceTreeTest, TellsMemoryImagesAndResults) {
  EXPECT_THAT(cells("/memory@80000000", "reg"), ::testing::ElementsAre(0, 0x80000000, 0, 2u << 20));
  EXPECT_EQ(text("/reserved-memory/image@80400000", "ganglion,name"), "net");
  EXPECT_THAT(cells("/reserved-memory/image@80400000", "reg"),
              ::testing::ElementsAre(0, 0x80400000, 0, 1234));
  EXPECT_EQ(text("/reserved-memory/results@80500000", "compatible"), "ganglion,results");
}

TEST_F(DeviceTreeTest, TellsHartAndTimebase) {
  EXPECT_THAT(cells("/cpus", "timebase-frequency"), ::testing::ElementsAre(10'000'000));
  EXPECT_EQ(text("/cpus/cpu@0", "riscv,isa"), "rv64imafdc_zicsr_zifencei_sstc");
  EXPECT_EQ(text("/cpus/cpu@0", "mmu-type"), "riscv,sv39");
}

TEST(BootRomImage, HoldsEntryAndDeviceTreeWhereTheCodeLooks) {
  const std::vector<uint8_t> tree{1, 2, 3, 4};

  const std::vector<uint8_t> rom = make_boot_rom(0x80001234, tree, 64);

  EXPECT_EQ(rom.size(), kDeviceTreeOffset + 4);
  EXPECT_EQ(rom[0x18], 0x34);
  EXPECT_EQ(rom[0x1b], 0x80);
  EXPECT_EQ(rom[kDeviceTreeOffset], 1);
}

}  // namespace
}  // namespace ganglion
