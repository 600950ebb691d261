#include <ganglion/fdt.h>
#include <gtest/gtest.h>

extern "C" {
#include <libfdt.h>
}

#include <cstring>
#include <string>
#include <vector>

namespace {

/// A tree as the platform makes it, by the library of the device tree compiler.
std::vector<uint32_t> make_tree() {
  std::vector<uint32_t> memory(1024);
  void* fdt = memory.data();
  fdt_create(fdt, static_cast<int>(memory.size() * 4));
  fdt_finish_reservemap(fdt);
  fdt_begin_node(fdt, "");
  fdt_property_u32(fdt, "#address-cells", 2);
  fdt_property_u32(fdt, "#size-cells", 2);
  fdt_begin_node(fdt, "cpus");
  fdt_property_u32(fdt, "#address-cells", 1);
  fdt_property_u32(fdt, "#size-cells", 0);
  fdt_property_u32(fdt, "timebase-frequency", 10000000);
  fdt_begin_node(fdt, "cpu@0");
  fdt_property_u32(fdt, "reg", 7);
  fdt_end_node(fdt);
  fdt_end_node(fdt);
  fdt_begin_node(fdt, "soc");
  fdt_property_u32(fdt, "#address-cells", 2);
  fdt_property_u32(fdt, "#size-cells", 2);
  fdt_begin_node(fdt, "test@100000");
  static const char compatible[] = "sifive,test1\0sifive,test0";
  fdt_property(fdt, "compatible", compatible, sizeof compatible);
  const uint64_t test_reg[2] = {cpu_to_fdt64(0x100000), cpu_to_fdt64(0x1000)};
  fdt_property(fdt, "reg", test_reg, sizeof test_reg);
  fdt_end_node(fdt);
  fdt_end_node(fdt);
  fdt_begin_node(fdt, "reserved-memory");
  fdt_property_u32(fdt, "#address-cells", 2);
  fdt_property_u32(fdt, "#size-cells", 2);
  fdt_begin_node(fdt, "image@180000000");
  fdt_property_string(fdt, "compatible", "ganglion,image");
  const uint64_t image_reg[2] = {cpu_to_fdt64(0x180000000), cpu_to_fdt64(0x123456789)};
  fdt_property(fdt, "reg", image_reg, sizeof image_reg);
  fdt_property_string(fdt, "ganglion,name", "loadable-cpu");
  fdt_end_node(fdt);
  fdt_end_node(fdt);
  fdt_end_node(fdt);
  fdt_finish(fdt);
  memory.resize((fdt_totalsize(fdt) + 3) / 4);
  return memory;
}

TEST(FirmwareDeviceTree, FindsANodeByAnyOfItsCompatibleStrings) {
  const std::vector<uint32_t> tree = make_tree();
  for (const char* compatible : {"sifive,test1", "sifive,test0"}) {
    gn_fdt_node_t node;
    ASSERT_TRUE(gn_fdt_find(tree.data(), compatible, &node)) << compatible;
    EXPECT_STREQ(node.name, "test@100000");
    uint64_t address = 0, size = 0;
    ASSERT_TRUE(gn_fdt_reg(&node, 0, &address, &size));
    EXPECT_EQ(address, 0x100000u);
    EXPECT_EQ(size, 0x1000u);
    EXPECT_FALSE(gn_fdt_reg(&node, 1, &address, &size));
  }
  gn_fdt_node_t node;
  EXPECT_FALSE(gn_fdt_find(tree.data(), "sifive,test", &node));
}

TEST(FirmwareDeviceTree, ReadsRegWithTheCellCountsOfTheParent) {
  const std::vector<uint32_t> tree = make_tree();
  gn_fdt_walk_t walk = gn_fdt_walk(tree.data());
  gn_fdt_node_t node;
  std::vector<std::string> names;
  uint64_t address = 0, size = 0;
  while (gn_fdt_next(&walk, &node)) {
    names.emplace_back(node.name);
    if (names.back() == "cpu@0") {
      ASSERT_TRUE(gn_fdt_reg(&node, 0, &address, &size));
      EXPECT_EQ(address, 7u);
      EXPECT_EQ(size, 0u);
    }
    if (names.back() == "image@180000000") {
      ASSERT_TRUE(gn_fdt_reg(&node, 0, &address, &size));
      EXPECT_EQ(address, 0x180000000u);
      EXPECT_EQ(size, 0x123456789u);
    }
  }
  EXPECT_EQ(names, (std::vector<std::string>{"", "cpus", "cpu@0", "soc", "test@100000", "reserved-memory",
                                             "image@180000000"}));
}

TEST(FirmwareDeviceTree, RefusesWhatIsNotATree) {
  EXPECT_FALSE(gn_fdt_valid(nullptr));
  const uint32_t zeros[16] = {};
  EXPECT_FALSE(gn_fdt_valid(zeros));
}

TEST(FirmwareDeviceTree, StaysInsideADamagedTree) {
  // Every word of the tree in turn becomes nonsense; under AddressSanitizer a read outside would end the
  // test.
  const std::vector<uint32_t> tree = make_tree();
  for (std::size_t word = 2; word < tree.size(); ++word) {
    for (const uint32_t nonsense : {0u, 0xffffffffu, 0x01000000u, 0x03000000u, 0xfcffffffu}) {
      std::vector<uint32_t> damaged = tree;
      damaged[word] = nonsense;
      if (!gn_fdt_valid(damaged.data())) continue;
      gn_fdt_walk_t walk = gn_fdt_walk(damaged.data());
      gn_fdt_node_t node;
      while (gn_fdt_next(&walk, &node)) {
        uint64_t address = 0, size = 0;
        (void)gn_fdt_reg(&node, 0, &address, &size);
        (void)gn_fdt_is_compatible(&node, "ganglion,image");
        (void)gn_fdt_property(&node, "ganglion,name", nullptr);
      }
    }
  }
}

}  // namespace
