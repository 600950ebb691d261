#include <ganglion/loadable.h>
#include <gtest/gtest.h>

#include <functional>

#include "firmware/test/loadable_builder.h"

namespace ganglion::firmware_test {
namespace {

const std::vector<uint32_t> kOnHart(3, GANGLION_TARGET_CPU);

TEST(FirmwareCrc32, GivesTheCheckValueOfTheStandard) {
  EXPECT_EQ(gn_crc32(0, "123456789", 9), 0xcbf43926u);
  EXPECT_EQ(gn_crc32(gn_crc32(0, "1234", 4), "56789", 5), 0xcbf43926u);
}

TEST(FirmwareLoadable, AcceptsAWellFormedFileEvenInALargerArea) {
  File file = small_loadable(kOnHart);
  const std::size_t bytes = bytes_of(file);
  EXPECT_EQ(gn_loadable_check(file.data(), bytes, nullptr), GN_FILE_OK);
  file.resize(file.size() + 3);
  EXPECT_EQ(gn_loadable_check(file.data(), bytes_of(file), nullptr), GN_FILE_OK);
}

TEST(FirmwareLoadable, RefusesEveryTruncation) {
  const File file = small_loadable(kOnHart);
  for (std::size_t bytes = 0; bytes < bytes_of(file); ++bytes) {
    const std::vector<Block> copy(file.begin(), file.begin() + static_cast<long>((bytes + 63) / 64));
    ASSERT_EQ(gn_loadable_check(copy.data(), bytes, nullptr), GN_FILE_TOO_SHORT) << bytes;
  }
}

TEST(FirmwareLoadable, RefusesEveryFlippedBit) {
  File file = small_loadable(kOnHart);
  auto* bytes = reinterpret_cast<uint8_t*>(file.data());
  for (std::size_t bit = 0; bit < 8 * bytes_of(file); ++bit) {
    bytes[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
    ASSERT_NE(gn_loadable_check(file.data(), bytes_of(file), nullptr), GN_FILE_OK) << "bit " << bit;
    bytes[bit / 8] ^= static_cast<uint8_t>(1u << bit % 8);
  }
}

struct BrokenRule {
  const char* what;
  gn_file_status_t expected;
  std::function<void(File&)> break_it;
};

TEST(FirmwareLoadable, NamesTheRuleAFileBreaksAndTheLayer) {
  const BrokenRule rules[] = {
      {"magic", GN_FILE_MAGIC, [](File& f) { header_of(f).magic ^= 1; }},
      {"version", GN_FILE_VERSION, [](File& f) { header_of(f).version = 2; }},
      {"no layers", GN_FILE_HEADER, [](File& f) { header_of(f).layer_count = 0; }},
      {"too many layers", GN_FILE_HEADER, [](File& f) { header_of(f).layer_count = 60000; }},
      {"element size", GN_FILE_HEADER, [](File& f) { header_of(f).element_bytes = 2; }},
      {"operand width", GN_FILE_HEADER, [](File& f) { header_of(f).operand_bits = 40; }},
      {"classes", GN_FILE_HEADER, [](File& f) { header_of(f).classes = 4; }},
      {"name", GN_FILE_HEADER, [](File& f) { header_of(f).name_offset = 0xfffffff0; }},
      {"arena", GN_FILE_ARENA, [](File& f) { header_of(f).arena_bytes = 100; }},
      {"input", GN_FILE_ARENA, [](File& f) { header_of(f).input_offset = 0xffffffc0; }},
      {"kind", GN_FILE_KIND, [](File& f) { layer_of(f, 1).kind = 6; }},
      {"output over its input", GN_FILE_ARENA, [](File& f) { layer_of(f, 1).out_offset = 128; }},
      {"target", GN_FILE_KIND, [](File& f) { layer_of(f, 1).target = 9; }},
      {"zero stride", GN_FILE_SHAPE, [](File& f) { layer_of(f, 1).stride = 0; }},
      {"output height", GN_FILE_SHAPE, [](File& f) { layer_of(f, 1).out_h = 4; }},
      {"huge map", GN_FILE_SHAPE, [](File& f) { layer_of(f, 1).in_c = 0x80000000; }},
      {"huge kernel", GN_FILE_SHAPE, [](File& f) { layer_of(f, 1).kh = layer_of(f, 1).kw = 0x100000; }},
      {"output outside", GN_FILE_ARENA, [](File& f) { layer_of(f, 1).out_offset = 256; }},
      {"output not aligned", GN_FILE_ARENA, [](File& f) { layer_of(f, 1).out_offset = 4; }},
      {"weights outside", GN_FILE_DATA, [](File& f) { layer_of(f, 1).weights_offset = 0xffffffc0; }},
      {"norms outside", GN_FILE_DATA,
       [](File& f) {
         layer_of(f, 1).target = GANGLION_TARGET_DEEPCAM, layer_of(f, 1).norms_offset = 0xffffffc0;
       }},
      {"hashes outside", GN_FILE_DATA,
       [](File& f) {
         layer_of(f, 1).target = GANGLION_TARGET_DEEPCAM, layer_of(f, 1).hash = 0xff00 | 8 << 16;
       }},
      {"bias not aligned", GN_FILE_DATA, [](File& f) { layer_of(f, 1).bias_offset += 4; }},
      {"clamp upside down", GN_FILE_REQUANTISE,
       [](File& f) { layer_of(f, 1).lo = 1, layer_of(f, 1).hi = 0; }},
      {"clamp beyond int8", GN_FILE_REQUANTISE, [](File& f) { layer_of(f, 1).hi = 128; }},
      {"bias so large that a sum overflows", GN_FILE_ACCUMULATOR,
       [](File& f) { reinterpret_cast<int32_t*>(f.data())[layer_of(f, 1).bias_offset / 4] = INT32_MIN; }},
      {"shift 0", GN_FILE_REQUANTISE,
       [](File& f) { reinterpret_cast<uint32_t*>(f.data())[layer_of(f, 1).shift_offset / 4] = 0; }},
      {"multiplier of 32 bits", GN_FILE_REQUANTISE,
       [](File& f) { reinterpret_cast<uint32_t*>(f.data())[layer_of(f, 1).mult_offset / 4] = 0x80000000; }},
  };
  for (const BrokenRule& rule : rules) {
    File file = small_loadable(kOnHart);
    rule.break_it(file);
    const bool in_header = std::memcmp(file.data(), small_loadable(kOnHart).data(), 64) != 0;
    seal(file);
    uint32_t layer = 99;

    EXPECT_EQ(gn_loadable_check(file.data(), bytes_of(file), &layer), rule.expected) << rule.what;
    EXPECT_EQ(layer, in_header ? 0u : 1u) << rule.what;
    EXPECT_STRNE(gn_file_status_text(rule.expected), "ok");
  }
}

TEST(FirmwareLoadable, NamesTheRuleAResidualNetworkBreaksAndTheLayer) {
  const std::vector<uint32_t> on_hart(6, GANGLION_TARGET_CPU);
  ASSERT_EQ(
      gn_loadable_check(residual_loadable(on_hart).data(), bytes_of(residual_loadable(on_hart)), nullptr),
      GN_FILE_OK);
  enum { PAD = 2, ADD = 3, AVERAGE = 4 };
  const auto word = [](File& f, uint32_t offset) -> uint32_t& {
    return reinterpret_cast<uint32_t*>(f.data())[offset / 4];
  };
  struct Case {
    uint32_t layer;
    BrokenRule rule;
  };
  const Case cases[] = {
      {PAD,
       {"pad on a core", GN_FILE_KIND, [](File& f) { layer_of(f, PAD).target = GANGLION_TARGET_SC_CNN; }}},
      {PAD, {"fewer channels than it reads", GN_FILE_SHAPE, [](File& f) { layer_of(f, PAD).pad = 3; }}},
      {PAD, {"rows beyond the output", GN_FILE_SHAPE, [](File& f) { layer_of(f, PAD).kh = 1; }}},
      {PAD, {"columns beyond the output", GN_FILE_SHAPE, [](File& f) { layer_of(f, PAD).kw = 0xffffffff; }}},
      {PAD, {"more than the output holds", GN_FILE_SHAPE, [](File& f) { layer_of(f, PAD).stride = 1; }}},
      {PAD, {"no stride", GN_FILE_SHAPE, [](File& f) { layer_of(f, PAD).stride = 0; }}},
      {ADD,
       {"addition on the array", GN_FILE_KIND,
        [](File& f) { layer_of(f, ADD).target = GANGLION_TARGET_DEEPCAM; }}},
      {ADD, {"operands of another shape", GN_FILE_SHAPE, [](File& f) { layer_of(f, ADD).in_c = 5; }}},
      {ADD, {"second operand outside", GN_FILE_ARENA, [](File& f) { layer_of(f, ADD).in2_offset = 384; }}},
      {ADD,
       {"sum over its second operand", GN_FILE_ARENA, [](File& f) { layer_of(f, ADD).out_offset = 320; }}},
      {ADD,
       {"multipliers outside", GN_FILE_DATA, [](File& f) { layer_of(f, ADD).mult_offset = 0xffffffc0; }}},
      {ADD,
       {"second multiplier of 32 bits", GN_FILE_REQUANTISE,
        [&](File& f) { word(f, layer_of(f, ADD).mult_offset + 4) = 0x80000000; }}},
      {ADD, {"shift 63", GN_FILE_REQUANTISE, [&](File& f) { word(f, layer_of(f, ADD).shift_offset) = 63; }}},
      {AVERAGE, {"more than one mean", GN_FILE_SHAPE, [](File& f) { layer_of(f, AVERAGE).out_w = 2; }}},
      {AVERAGE,
       {"clamp upside down", GN_FILE_REQUANTISE,
        [](File& f) { layer_of(f, AVERAGE).lo = 127, layer_of(f, AVERAGE).hi = -128; }}},
      {AVERAGE,
       {"a sum that may overflow", GN_FILE_ACCUMULATOR,
        [](File& f) {
          header_of(f).arena_bytes = 0x80000000;
          for (uint32_t i = 0; i < 6; ++i) layer_of(f, i).out_offset |= 0x40000000;
          layer_of(f, AVERAGE).in_offset = 0, layer_of(f, AVERAGE).in_c = layer_of(f, AVERAGE).out_c = 1;
          layer_of(f, AVERAGE).in_h = layer_of(f, AVERAGE).in_w = 0x1200;
        }}},
  };
  for (const auto& [layer, rule] : cases) {
    File file = residual_loadable(on_hart);
    rule.break_it(file);
    seal(file);
    uint32_t found = 99;

    EXPECT_EQ(gn_loadable_check(file.data(), bytes_of(file), &found), rule.expected) << rule.what;
    EXPECT_EQ(found, layer) << rule.what;
  }
}

TEST(FirmwareLoadable, SurvivesRandomDamageBehindAValidChecksum) {
  std::mt19937 generator(5);
  const File good = small_loadable(kOnHart);
  for (int i = 0; i < 20000; ++i) {
    File file = good;
    auto* words = reinterpret_cast<uint32_t*>(file.data());
    const std::size_t changes = 1 + generator() % 3;
    for (std::size_t change = 0; change < changes; ++change) {
      const uint32_t value = generator();
      words[generator() % (7 * 16)] = generator() % 2 == 0 ? value : value >> generator() % 32;
    }
    seal(file);
    (void)gn_loadable_check(file.data(), bytes_of(file), nullptr);  // AddressSanitizer watches
  }
}

TEST(FirmwareDataset, NamesTheRuleAFileBreaks) {
  const auto header = [](File& f) -> ganglion_dataset_header& {
    return *reinterpret_cast<ganglion_dataset_header*>(f.data());
  };
  const File good = small_dataset(5);
  EXPECT_EQ(gn_dataset_check(good.data(), bytes_of(good)), GN_FILE_OK);
  EXPECT_EQ(gn_dataset_check(good.data(), bytes_of(good) - 1), GN_FILE_TOO_SHORT);
  const BrokenRule rules[] = {
      {"a loadable", GN_FILE_MAGIC, [&](File& f) { header(f).magic = GANGLION_LOADABLE_MAGIC; }},
      {"element size", GN_FILE_HEADER, [&](File& f) { header(f).element_bytes = 4; }},
      {"count", GN_FILE_DATA, [&](File& f) { header(f).count = 1000; }},
      {"huge image", GN_FILE_DATA, [&](File& f) { header(f).c = header(f).h = header(f).w = 1 << 20; }},
      {"labels", GN_FILE_DATA, [&](File& f) { header(f).labels_offset = 0xffffffc0; }},
  };
  for (const BrokenRule& rule : rules) {
    File file = good;
    rule.break_it(file);
    seal(file);
    EXPECT_EQ(gn_dataset_check(file.data(), bytes_of(file)), rule.expected) << rule.what;
  }
}

}  // namespace
}  // namespace ganglion::firmware_test
