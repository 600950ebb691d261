#include <gtest/gtest.h>

#include "ip/deepcam/model/associative.h"
#include "ip/deepcam/test/bench.h"

namespace ganglion::deepcam {
namespace {

constexpr uint64_t kWords = test::MemoryStub::kBase + 0x1000;
constexpr uint64_t kCare = test::MemoryStub::kBase + 0x8000;
constexpr uint64_t kKeys = test::MemoryStub::kBase + 0x10000;
constexpr uint64_t kRecords = test::MemoryStub::kBase + 0x20000;

void finish(Bench& bench) {
  ASSERT_EQ(deepcam_wait(&bench.driver, bench.driver.submitted, Bench::idle, nullptr), 0);
}

deepcam_record_t record_at(Bench& bench, uint32_t key) {
  deepcam_record_t record{};
  const uint32_t bytes = deepcam_record_bytes(&bench.driver);
  std::memcpy(&record, bench.at(kRecords + uint64_t{key} * bytes, bytes).data(), bytes);
  return record;
}

/// Word `index` of the test's dictionary: far from all others.
void fill(Bench& bench, uint64_t address, std::size_t bytes, unsigned seed) {
  std::mt19937 random(seed);
  for (uint8_t& byte : bench.at(address, bytes)) byte = static_cast<uint8_t>(random());
}

TEST(DeepcamMemory, StoresWordsAndFindsTheNearestExactAndWithinADistance) {
  Bench bench("{rows: 64, key_buffer: 16 KiB, output_buffer: 1 KiB}");
  bench.run([&] {
    deepcam_init(&bench.driver, Bench::kBase);
    fill(bench, kWords, 20 * 64, 1);
    ASSERT_EQ(deepcam_store(&bench.driver, kWords, 0, 10, 20, 512), 0);
    finish(bench);
    // Keys: word 3 itself, word 7 with five bits flipped, all keys of word 0.
    std::ranges::copy(bench.at(kWords, 64 * 64), bench.at(kKeys, 64 * 64).begin());
    std::ranges::copy(bench.at(kWords + 3 * 64, 64), bench.at(kKeys, 64).begin());
    std::ranges::copy(bench.at(kWords + 7 * 64, 64), bench.at(kKeys + 64, 64).begin());
    for (std::size_t i = 0; i < 5; ++i) bench.at(kKeys + 64, 64)[i * 9] ^= 0x10;
    const auto before = bench.memory.bytes;
    ASSERT_EQ(deepcam_search(&bench.driver, kKeys, kRecords, 60, 512, 5), 0);
    finish(bench);

    const deepcam_record_t first = record_at(bench, 0), second = record_at(bench, 1);
    EXPECT_EQ(first.nearest_row, 13u);
    EXPECT_EQ(first.distance, 0u);
    EXPECT_EQ(second.nearest_row, 17u);
    EXPECT_EQ(second.distance, 5u);
    for (uint32_t row = 0; row < 64; ++row) {
      EXPECT_EQ(deepcam_matches(&first, row), row == 13);
      EXPECT_EQ(deepcam_matches(&second, row), row == 17);
    }
    deepcam_figures_t figures;
    deepcam_figures(&bench.driver, &figures);
    EXPECT_EQ(figures.searches, 60u);
    EXPECT_EQ(bench.read(DEEPCAM_REG_JOB_TILES), 2u) << "32 records of 16 bytes fill half the output buffer";
    auto expected = before;
    std::ranges::copy(bench.at(kRecords, 60 * 16),
                      expected.begin() + static_cast<std::ptrdiff_t>(kRecords - test::MemoryStub::kBase));
    EXPECT_TRUE(bench.memory.bytes == expected) << "nothing beside the records";

    // Exact matches only: the flipped key finds none, its nearest stays.
    ASSERT_EQ(deepcam_search(&bench.driver, kKeys, kRecords, 2, 512, 0), 0);
    finish(bench);
    const deepcam_record_t exact = record_at(bench, 0), none = record_at(bench, 1);
    EXPECT_TRUE(deepcam_matches(&exact, 13));
    EXPECT_FALSE(deepcam_matches(&none, 17));
    EXPECT_EQ(none.nearest_row, 17u);
  });
  EXPECT_TRUE(bench.energy.traffic_balance().holds());
}

TEST(DeepcamMemory, BitsWithoutCareDoNotCount) {
  Bench bench;
  bench.run([&] {
    deepcam_init(&bench.driver, Bench::kBase);
    fill(bench, kWords, 2 * 32, 2);
    std::ranges::fill(bench.at(kCare, 2 * 32), uint8_t{0xff});
    bench.at(kCare, 64)[4] = 0x0f;  // row 0 ignores the upper half of byte 4
    ASSERT_EQ(deepcam_store(&bench.driver, kWords, kCare, 0, 2, 256), 0);
    finish(bench);
    for (std::size_t row = 0; row < 2; ++row) {
      std::ranges::copy(bench.at(kWords + row * 32, 32), bench.at(kKeys + row * 32, 32).begin());
      bench.at(kKeys + row * 32, 32)[4] ^= 0xf0;
    }
    ASSERT_EQ(deepcam_search(&bench.driver, kKeys, kRecords, 2, 256, 0), 0);
    finish(bench);
    EXPECT_EQ(record_at(bench, 0).distance, 0u);
    EXPECT_EQ(record_at(bench, 1).distance, 4u);
  });
}

TEST(DeepcamMemory, AClassStoredAtRunTimeIsFoundAndWearsItsRow) {
  Bench bench;
  bench.run([&] {
    deepcam_init(&bench.driver, Bench::kBase);
    fill(bench, kWords, 128, 3);
    for (int write = 0; write < 3; ++write) {
      ASSERT_EQ(deepcam_store(&bench.driver, kWords, 0, 200, 1, 1024), 0);
      finish(bench);
    }
    EXPECT_EQ(deepcam_wear(&bench.driver), 3u);
    deepcam_figures_t figures;
    deepcam_figures(&bench.driver, &figures);
    EXPECT_EQ(figures.row_writes, 1u);
    EXPECT_EQ(figures.cycles, bench.array.start_cycles +
                                  bench.clock.cycles_for(bench.memory.delay_ps(kWords, 128)) +
                                  bench.array.tile_cycles + bench.array.write_cycles);
    ASSERT_EQ(deepcam_store(&bench.driver, kWords, 0, 201, 1, 1024), 0);
    finish(bench);
    EXPECT_EQ(deepcam_wear(&bench.driver), 3u) << "another row";
    ASSERT_EQ(deepcam_search(&bench.driver, kWords, kRecords, 1, 1024, 0), 0);
    finish(bench);
    EXPECT_EQ(record_at(bench, 0).nearest_row, 200u);
  });
}

TEST(DeepcamMemory, ResetAndALayerForgetTheWords) {
  Bench bench;
  std::mt19937 random(4);
  Layer layer;
  layer.kind = Layer::kFullyConnected;
  layer.in_c = 9;
  layer.out_c = 3;
  layer.hi = 127;
  complete_geometry(layer);
  const OwnedJob owned = with_random_operands(bench.array, layer, random);
  bench.run([&] {
    const std::vector<uint32_t> fresh = bench.fresh->state();
    deepcam_init(&bench.driver, Bench::kBase);
    const auto nearest_after = [&](auto between) {
      fill(bench, kWords, 32, 5);
      EXPECT_EQ(deepcam_store(&bench.driver, kWords, 0, 0, 1, 256), 0);
      finish(bench);
      between();
      EXPECT_EQ(deepcam_search(&bench.driver, kWords, kRecords, 1, 256, 0), 0);
      finish(bench);
      return record_at(bench, 0).nearest_row;
    };
    EXPECT_EQ(nearest_after([] {}), 0u);
    EXPECT_EQ(nearest_after([&] {
                bench.dut->reset();
                EXPECT_EQ(bench.dut->state(), fresh);
                deepcam_init(&bench.driver, Bench::kBase);
              }),
              DEEPCAM_NO_ROW);
    EXPECT_EQ(nearest_after([&] {
                Placement elsewhere;
                elsewhere.in += 0x800;
                const deepcam_layer_t programmed = Bench::driver_layer(bench.place(owned, elsewhere));
                EXPECT_EQ(deepcam_submit(&bench.driver, &programmed), 0);
                finish(bench);
              }),
              DEEPCAM_NO_ROW);
  });
}

TEST(DeepcamMemory, BadJobsAreRefusedAndChangeNothing) {
  Bench bench("{rows: 64, segments: 2}");
  bench.run([&] {
    deepcam_init(&bench.driver, Bench::kBase);
    const auto state = bench.memory.bytes;
    const auto code = [&](int submitted) {
      EXPECT_EQ(submitted, 0);
      const int error = deepcam_wait(&bench.driver, bench.driver.submitted, Bench::idle, nullptr);
      deepcam_recover(&bench.driver);
      return static_cast<uint32_t>(error);
    };
    EXPECT_EQ(code(deepcam_store(&bench.driver, kWords, 0, 60, 5, 512)), DEEPCAM_FAULT_CODE_ROWS);
    EXPECT_EQ(code(deepcam_store(&bench.driver, kWords, 0, 0, 5, 768)), DEEPCAM_FAULT_CODE_HASH_LENGTH);
    EXPECT_EQ(code(deepcam_search(&bench.driver, kKeys + 4, kRecords, 1, 512, 0)),
              DEEPCAM_ERROR_CODE_MISALIGNED);
    EXPECT_EQ(code(deepcam_search(&bench.driver, kKeys, kKeys, 1, 512, 0)), DEEPCAM_FAULT_CODE_OVERLAP);
    EXPECT_TRUE(bench.memory.bursts.empty());
    EXPECT_EQ(code(deepcam_search(&bench.driver, 0x1000, kRecords, 1, 512, 0)), DEEPCAM_ERROR_CODE_BUS_READ);
    EXPECT_TRUE(bench.memory.bytes == state);
  });
}

}  // namespace
}  // namespace ganglion::deepcam
