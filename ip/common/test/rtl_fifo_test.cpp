#include <gtest/gtest.h>

#include <deque>
#include <random>

#include "VFifoOne_model.h"
#include "VFifoThree_model.h"

// The queue of ip/common/rtl against a std::deque.

namespace ganglion::test {
namespace {

template <class Model, std::size_t kDepth>
class Queue {
 public:
  Queue() { reset(); }
  void reset() {
    dut_.rst_n = 0;
    dut_.in_valid = dut_.out_ready = 0;
    tick();
    dut_.rst_n = 1;
    expected_.clear();
    check();
  }
  /// One cycle: offers `word` when `push`, takes when `pop`; what moved is checked against the deque.
  void cycle(bool push, bool pop, uint8_t word) {
    dut_.in_valid = push;
    dut_.out_ready = pop;
    dut_.in = word;
    check();
    const bool pushed = push && expected_.size() < kDepth;
    if (pop && !expected_.empty()) {
      expected_.pop_front();
      popped += 1;
      both += pushed ? 1 : 0;
    }
    if (pushed) expected_.push_back(word);
    tick();
    check();
  }
  [[nodiscard]] std::size_t size() const { return expected_.size(); }

  int popped = 0, both = 0;

 private:
  void check() {
    dut_.eval();
    ASSERT_EQ(dut_.in_ready, expected_.size() < kDepth);
    ASSERT_EQ(dut_.out_valid, !expected_.empty());
    if (!expected_.empty()) ASSERT_EQ(dut_.out, expected_.front());
  }
  void tick() {
    dut_.clk = 0;
    dut_.eval();
    dut_.clk = 1;
    dut_.eval();
  }
  VerilatedContext context_;
  Model dut_{&context_};
  std::deque<uint8_t> expected_;
};

template <class Queue>
class FifoRtl : public testing::Test {};
using Queues = testing::Types<Queue<VFifoOne, 1>, Queue<VFifoThree, 3>>;
TYPED_TEST_SUITE(FifoRtl, Queues);

TYPED_TEST(FifoRtl, FillsToItsDepthAndDrainsInOrder) {
  TypeParam queue;
  for (uint8_t word = 10; word < 16; ++word) queue.cycle(true, false, word);
  const std::size_t full = queue.size();
  EXPECT_LT(full, 6u) << "what came when it was full is not there";
  for (int i = 0; i < 6; ++i) queue.cycle(false, true, 0);
  EXPECT_EQ(queue.size(), 0u);
  EXPECT_EQ(queue.popped, static_cast<int>(full));
}

TYPED_TEST(FifoRtl, RandomPushesAndPopsKeepTheOrder) {
  TypeParam queue;
  std::mt19937 random(1);
  for (int i = 0; i < 4000; ++i) {
    const unsigned eager = i / 500 % 2 != 0 ? 70 : 30;  // fuller, then emptier
    queue.cycle(random() % 100 < eager, random() % 100 < 50, static_cast<uint8_t>(random()));
    if (this->HasFatalFailure()) return;
  }
  EXPECT_GT(queue.popped, 900);
}

TYPED_TEST(FifoRtl, ResetEmptiesIt) {
  TypeParam queue;
  queue.cycle(true, false, 1);
  ASSERT_EQ(queue.size(), 1u);
  queue.reset();
  queue.cycle(true, false, 2);
  queue.cycle(false, true, 0);
  EXPECT_EQ(queue.popped, 1);
}

TEST(FifoRtlDeep, AWordComesAndOneLeavesInTheSameCycle) {
  Queue<VFifoThree, 3> queue;
  queue.cycle(true, false, 1);
  for (uint8_t word = 2; word < 20; ++word) queue.cycle(true, true, word);
  EXPECT_EQ(queue.both, 18);
  EXPECT_EQ(queue.size(), 1u);
}

}  // namespace
}  // namespace ganglion::test
