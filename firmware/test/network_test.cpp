#include <ganglion/network.h>
#include <ganglion/results.h>
#include <gtest/gtest.h>

#include <deque>
#include <set>

#include "firmware/test/loadable_builder.h"

namespace ganglion::firmware_test {
namespace {

constexpr uint32_t kImages = 9;

/// An accelerator with the shared programming model: one job runs, one waits; jobs end only when somebody
/// waits or a place is needed, so that a walk which does not wait reads old data.
class LazyAccelerator {
 public:
  struct Job {
    gn_layer_t layer;
    uint32_t kind;
  };
  static void prepare(void* self, const gn_layer_t* layer, const ganglion_layer* record, void* job) {
    ++static_cast<LazyAccelerator*>(self)->prepared;
    new (job) Job{*layer, record->kind};
  }
  static int64_t start(void* self, const void* job) {
    auto& accelerator = *static_cast<LazyAccelerator*>(self);
    if (accelerator.queue_.size() == 2) accelerator.complete_one();
    accelerator.queue_.push_back(*static_cast<const Job*>(job));
    accelerator.most_queued = std::max(accelerator.most_queued, accelerator.queue_.size());
    return ++accelerator.accepted_;
  }
  static int wait(void* self, int64_t number) {
    auto& accelerator = *static_cast<LazyAccelerator*>(self);
    while (accelerator.done_ < number) accelerator.complete_one();
    return accelerator.fails_at != 0 && number >= accelerator.fails_at ? 7 : 0;
  }

  std::size_t most_queued = 0, prepared = 0;
  int64_t fails_at = 0;

 private:
  void complete_one() {
    const Job job = queue_.front();
    queue_.pop_front();
    std::vector<uint64_t> scratch(1 << 14);
    if (job.kind == GANGLION_LAYER_CONV2D) {
      gn_conv2d(&job.layer, scratch.data());
    } else {
      gn_fully_connected(&job.layer, scratch.data());
    }
    ++done_;
  }
  std::deque<Job> queue_;
  int64_t accepted_ = 0, done_ = 0;
};

/// `self` (may be null where no job starts) as the walk sees it.
gn_offload_t offload_to(LazyAccelerator* self, uint32_t target, uint32_t operand_bits = 8,
                        const gn_offload_t* next = nullptr) {
  gn_offload_t offload{};
  offload.context = self;
  offload.operand_bits = operand_bits;
  offload.job_bytes = sizeof(LazyAccelerator::Job);
  offload.prepare = LazyAccelerator::prepare;
  offload.start = LazyAccelerator::start;
  offload.wait = LazyAccelerator::wait;
  offload.target = target;
  offload.next = next;
  return offload;
}

std::vector<uint8_t> classify(const File& loadable, const File& dataset, const gn_offload_t* offload) {
  gn_network_t network;
  gn_network_fault_t fault;
  EXPECT_EQ(gn_network_open(&network, loadable.data(), bytes_of(loadable), offload, &fault), GN_NETWORK_OK);
  std::vector<uint8_t> predictions(kImages, 0xee);
  EXPECT_EQ(gn_network_classify(&network, dataset.data(), 0, kImages, predictions.data(), &fault),
            GN_NETWORK_OK);
  gn_network_close(&network);
  return predictions;
}

TEST(FirmwareNetwork, OffloadedAndMixedNetworksPredictWhatTheHartDoes) {
  const File dataset = small_dataset(kImages);
  const std::vector<uint8_t> expected = classify(small_loadable({0, 0, 0}), dataset, nullptr);
  EXPECT_GT(std::set<uint8_t>(expected.begin(), expected.end()).size(), 1u)
      << "a data set that shows nothing";

  for (uint32_t mask = 1; mask < 8; ++mask) {
    LazyAccelerator accelerator;
    const gn_offload_t offload = offload_to(&accelerator, GANGLION_TARGET_SC_CNN);
    const File loadable = small_loadable({mask & 1, mask >> 1 & 1, mask >> 2 & 1});

    EXPECT_EQ(classify(loadable, dataset, &offload), expected) << "layers on the accelerator: " << mask;
    if (mask == 7) {
      EXPECT_EQ(accelerator.most_queued, 2u) << "layer N+1 was not queued while N ran";
      EXPECT_EQ(accelerator.prepared, 3u * GN_ARENAS) << "once a layer and arena, not once an image";
    }
  }
}

TEST(FirmwareNetwork, LayersOnTwoAcceleratorsWaitForEachOther) {
  const File dataset = small_dataset(kImages);
  const std::vector<uint8_t> expected = classify(small_loadable({0, 0, 0}), dataset, nullptr);
  for (uint32_t code = 0; code < 27; ++code) {
    LazyAccelerator first, second;
    const gn_offload_t sc_cnn = offload_to(&first, GANGLION_TARGET_SC_CNN);
    const gn_offload_t deepcam = offload_to(&second, GANGLION_TARGET_DEEPCAM, 8, &sc_cnn);

    EXPECT_EQ(classify(small_loadable({code % 3, code / 3 % 3, code / 9}), dataset, &deepcam), expected)
        << "targets of the layers, base 3: " << code;
  }
}

TEST(FirmwareNetwork, ResidualNetworksPredictTheSameWhereverTheirLayersRun) {
  const File dataset = small_dataset(kImages);
  const std::vector<uint8_t> expected = classify(residual_loadable({0, 0, 0, 0, 0, 0}), dataset, nullptr);
  EXPECT_GT(std::set<uint8_t>(expected.begin(), expected.end()).size(), 1u)
      << "a data set that shows nothing";
  for (uint32_t code = 0; code < 27; ++code) {
    LazyAccelerator first, second;
    const gn_offload_t sc_cnn = offload_to(&first, GANGLION_TARGET_SC_CNN);
    const gn_offload_t deepcam = offload_to(&second, GANGLION_TARGET_DEEPCAM, 8, &sc_cnn);
    const File loadable = residual_loadable({code % 3, code / 3 % 3, 0, 0, 0, code / 9});

    EXPECT_EQ(classify(loadable, dataset, &deepcam), expected)
        << "targets of the layers of weights, base 3: " << code;
  }
}

TEST(FirmwareNetwork, AResidualNetworkIsWhatItsLayersComputeOneByOne) {
  const File dataset = small_dataset(1), loadable = residual_loadable({0, 0, 0, 0, 0, 0});
  gn_network_t network;
  gn_network_fault_t fault;
  ASSERT_EQ(gn_network_open(&network, loadable.data(), bytes_of(loadable), nullptr, &fault), GN_NETWORK_OK);
  gn_network_load_image(&network, dataset.data(), 0);
  const auto map = [&](uint32_t offset, std::size_t count) {
    const auto* start = reinterpret_cast<const int8_t*>(network.arenas[0] + offset);
    return std::vector<int>(start, start + count);
  };
  for (uint32_t layer : {0u, 1u, 2u}) ASSERT_EQ(gn_network_run_layer(&network, layer, &fault), GN_NETWORK_OK);
  const std::vector<int> first = map(128, 4 * 36), strided = map(320, 6 * 9), shortcut = map(0, 6 * 9);
  for (uint32_t layer : {3u, 4u}) ASSERT_EQ(gn_network_run_layer(&network, layer, &fault), GN_NETWORK_OK);
  const std::vector<int> sum = map(128, 6 * 9), mean = map(0, 6);

  for (std::size_t c = 0; c < 6; ++c) {
    int total = 0;
    for (std::size_t i = 0; i < 9; ++i) {
      const std::size_t at = c * 9 + i;
      const bool zero = c == 0 || c == 5;
      EXPECT_EQ(shortcut[at], zero ? 0 : first[(c - 1) * 36 + i / 3 * 12 + i % 3 * 2]) << at;
      EXPECT_EQ(sum[at], std::min((3 * shortcut[at] + 4 * strided[at] + 2) >> 2, 127)) << at;
      total += sum[at];
    }
    EXPECT_EQ(mean[c], std::min((total + 4) >> 3, 127));
  }
  gn_network_close(&network);
}

TEST(FirmwareNetwork, DoesNotRunALayerOnAnotherAccelerator) {
  const gn_offload_t sc_cnn = offload_to(nullptr, GANGLION_TARGET_SC_CNN);
  const File loadable = small_loadable({1, 2, 0});
  gn_network_t network;
  gn_network_fault_t fault;

  EXPECT_EQ(gn_network_open(&network, loadable.data(), bytes_of(loadable), &sc_cnn, &fault),
            GN_NETWORK_NO_OFFLOAD);
  EXPECT_EQ(fault.layer, 1u);
}

TEST(FirmwareNetwork, SaysThatAnAcceleratorIsMissing) {
  const File loadable = small_loadable({0, 1, 0});
  gn_network_t network;
  gn_network_fault_t fault;

  EXPECT_EQ(gn_network_open(&network, loadable.data(), bytes_of(loadable), nullptr, &fault),
            GN_NETWORK_NO_OFFLOAD);
}

TEST(FirmwareNetwork, RefusesAnAcceleratorOfAnotherOperandWidth) {
  const gn_offload_t offload = offload_to(nullptr, GANGLION_TARGET_SC_CNN, 7);
  const File loadable = small_loadable({0, 1, 0});
  gn_network_t network;
  gn_network_fault_t fault;

  EXPECT_EQ(gn_network_open(&network, loadable.data(), bytes_of(loadable), &offload, &fault),
            GN_NETWORK_OPERANDS);
}

TEST(FirmwareNetwork, RefusesALayerThatItsAcceleratorSaysWasCompiledForAnother) {
  LazyAccelerator accelerator;
  gn_offload_t offload = offload_to(&accelerator, GANGLION_TARGET_DEEPCAM);
  offload.fits = [](void*, const ganglion_layer* record, char* text, size_t bytes) {
    (void)std::snprintf(text, bytes, "seed %u", record->projection_seed);
    return record->projection_seed == 2;
  };
  File loadable = small_loadable({2, 0, 2});
  layer_of(loadable, 0).projection_seed = 2;
  layer_of(loadable, 2).projection_seed = 3;
  seal(loadable);
  gn_network_t network;
  gn_network_fault_t fault;

  EXPECT_EQ(gn_network_open(&network, loadable.data(), bytes_of(loadable), &offload, &fault),
            GN_NETWORK_UNFIT);
  EXPECT_EQ(fault.layer, 2u);
  EXPECT_STREQ(fault.reason, "seed 3");
  layer_of(loadable, 2).projection_seed = 2;
  seal(loadable);
  EXPECT_EQ(gn_network_open(&network, loadable.data(), bytes_of(loadable), &offload, &fault), GN_NETWORK_OK);
  gn_network_close(&network);
}

TEST(FirmwareNetwork, PassesOnTheCodeOfAFailedJob) {
  LazyAccelerator accelerator;
  accelerator.fails_at = 5;
  const gn_offload_t offload = offload_to(&accelerator, GANGLION_TARGET_SC_CNN);
  const File loadable = small_loadable({1, 1, 1}), dataset = small_dataset(kImages);
  gn_network_t network;
  gn_network_fault_t fault;
  uint8_t predictions[kImages];
  ASSERT_EQ(gn_network_open(&network, loadable.data(), bytes_of(loadable), &offload, &fault), GN_NETWORK_OK);

  EXPECT_EQ(gn_network_classify(&network, dataset.data(), 0, kImages, predictions, &fault), GN_NETWORK_JOB);
  EXPECT_EQ(fault.code, 7);
  gn_network_close(&network);
}

TEST(FirmwareNetwork, RefusesImagesOfAnotherShapeOrBeyondTheSlice) {
  const File loadable = small_loadable({0, 0, 0});
  File dataset = small_dataset(kImages);
  gn_network_t network;
  gn_network_fault_t fault;
  uint8_t predictions[kImages];
  ASSERT_EQ(gn_network_open(&network, loadable.data(), bytes_of(loadable), nullptr, &fault), GN_NETWORK_OK);

  EXPECT_EQ(gn_network_classify(&network, dataset.data(), 5, kImages, predictions, &fault), GN_NETWORK_SHAPE);
  reinterpret_cast<ganglion_dataset_header*>(dataset.data())->h = 5;
  EXPECT_EQ(gn_network_classify(&network, dataset.data(), 0, 1, predictions, &fault), GN_NETWORK_SHAPE);
  gn_network_close(&network);
}

TEST(FirmwareResults, LaysSetsBehindEachOther) {
  uint32_t memory[32] = {};
  gn_results_t results;
  const uint8_t first[3] = {1, 2, 3}, second[4] = {9, 8, 7, 6};
  ASSERT_TRUE(gn_results_open(&results, memory, 76));
  ASSERT_TRUE(gn_results_add(&results, "cpu", 3, 2, first));
  ASSERT_TRUE(gn_results_add(&results, "a name of sixteen", 4, 1, second));
  EXPECT_FALSE(gn_results_add(&results, "none", 1, 1, first)) << "does not fit";

  EXPECT_EQ(memory[0], 0x53524e47u);
  EXPECT_EQ(memory[1], 1u);
  EXPECT_EQ(memory[2], 2u);
  EXPECT_EQ(memory[3], 16u + 28u + 28u);
  EXPECT_STREQ(reinterpret_cast<const char*>(memory + 4), "cpu");
  EXPECT_EQ(memory[8], 3u);
  EXPECT_EQ(memory[9], 2u);
  EXPECT_EQ(memory[10], 0x00030201u);
  EXPECT_EQ(std::memcmp(memory + 11, "a name of sixtee", 16), 0);
  EXPECT_EQ(memory[15], 4u);
  EXPECT_EQ(memory[17], 0x06070809u);
  EXPECT_FALSE(gn_results_open(&results, memory, 15));
}

}  // namespace
}  // namespace ganglion::firmware_test
