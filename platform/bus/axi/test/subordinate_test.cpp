// The AXI4 subordinate under a manager of the test: bursts of every kind, back-pressure, several outstanding.
#include "platform/bus/axi/subordinate.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <stdexcept>

#include "platform/bus/axi/checker.h"

namespace ganglion::axi {
namespace {

/// Bytes behind a Subordinate, and a manager that keeps all its bursts on the pins as early as it may.
class Bench {
 public:
  explicit Bench(Subordinate::Options options = {}) : dut(options) {
    for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<uint8_t>(i * 11);
  }

  struct WriteBurst {
    Burst burst;
    std::vector<uint64_t> data;
    std::vector<uint8_t> strobes;
  };
  std::deque<Burst> reads;
  std::deque<WriteBurst> writes;
  uint64_t latency = 5;
  bool accept = true;  ///< RREADY and BREADY

  struct Answer {
    Burst burst;
    std::vector<uint64_t> data;
    uint8_t response = kOkay;
    uint64_t first_edge = 0, last_edge = 0;
  };
  std::vector<Answer> read_answers;
  std::vector<std::pair<uint16_t, uint8_t>> write_answers;  ///< id, response
  std::map<uint16_t, uint64_t> address_edge;                ///< of the burst with that id
  unsigned most_outstanding = 0;
  Subordinate dut;
  Checker checker;
  uint64_t edge = 0;
  std::array<uint8_t, 4096> bytes{};

  void run(uint64_t edges) {
    for (uint64_t i = 0; i < edges; ++i) step();
    EXPECT_FALSE(checker.violation()) << checker.violation()->to_string();
  }

  void step() {
    Pins pins;
    if (!reads.empty()) {
      pins.arvalid = true;
      pins.arid = reads.front().id;
      pins.araddr = reads.front().address;
      pins.arlen = reads.front().length;
      pins.arsize = reads.front().size;
      pins.arburst = reads.front().kind;
    }
    if (!writes.empty() && !address_sent_) {
      const Burst& burst = writes.front().burst;
      pins.awvalid = true;
      pins.awid = burst.id;
      pins.awaddr = burst.address;
      pins.awlen = burst.length;
      pins.awsize = burst.size;
      pins.awburst = burst.kind;
    }
    if (!writes.empty() && beats_sent_ < writes.front().data.size()) {
      pins.wvalid = true;
      pins.wdata = writes.front().data[beats_sent_];
      pins.wstrb = writes.front().strobes[beats_sent_];
      pins.wlast = beats_sent_ + 1 == writes.front().data.size();
    }
    pins.rready = pins.bready = accept;
    dut.drive(pins, edge);
    checker.step(pins, edge, false);
    observe(pins);
    dut.step(pins, edge);
    while (auto request = dut.take()) serve(*request);
    ++edge;
  }

 private:
  void observe(const Pins& pins) {
    if (pins.arvalid && pins.arready) {
      open_.push_back({reads.front(), {}, kOkay, 0, 0});
      address_edge[pins.arid] = edge;
      reads.pop_front();
    }
    most_outstanding = std::max<unsigned>(most_outstanding, static_cast<unsigned>(open_.size()));
    if (pins.awvalid && pins.awready) {
      address_sent_ = true;
      address_edge[pins.awid] = edge;
    }
    if (pins.wvalid && pins.wready) ++beats_sent_;
    if (address_sent_ && beats_sent_ == writes.front().data.size()) {
      writes.pop_front();
      address_sent_ = false;
      beats_sent_ = 0;
    }
    if (pins.rvalid && pins.rready) {
      Answer& answer = open_.front();
      EXPECT_EQ(answer.burst.id, pins.rid);
      if (answer.data.empty()) answer.first_edge = edge;
      answer.data.push_back(pins.rdata);
      answer.response = pins.rresp;
      answer.last_edge = edge;
      if (pins.rlast) {
        read_answers.push_back(answer);
        open_.pop_front();
      }
    }
    if (pins.bvalid && pins.bready) write_answers.emplace_back(pins.bid, pins.bresp);
  }

  void serve(const MemoryRequest& request) {
    MemoryAnswer answer;
    answer.cycles = latency;
    for (unsigned i = 0; i < request.burst.beats(); ++i) {
      const Beat beat = beat_of(request.burst, i);
      uint64_t lanes = 0;
      for (unsigned k = 0; k < beat.bytes; ++k) {
        const uint64_t at = beat.first + k;
        const unsigned lane = beat.lane() + k;
        if (at >= bytes.size()) {
          answer.response = kDecodeError;
        } else if (!request.write) {
          lanes |= uint64_t{bytes[at]} << (8 * lane);
        } else if ((request.strobes[i] >> lane & 1U) != 0) {
          bytes[at] = static_cast<uint8_t>(request.data[i] >> (8 * lane));
        }
      }
      if (!request.write) answer.data.push_back(lanes);
    }
    dut.answer(request.tag, std::move(answer));
  }

  std::deque<Answer> open_;
  bool address_sent_ = false;
  std::size_t beats_sent_ = 0;
};

uint64_t lanes_at(const Bench& bench, uint64_t address, unsigned bytes) {
  uint64_t value = 0;
  for (unsigned i = 0; i < bytes; ++i)
    value |= uint64_t{bench.bytes[address + i]} << (8 * ((address + i) % kBusBytes));
  return value;
}

TEST(AxiSubordinate, ReadsUnalignedAndNarrowBursts) {
  Bench bench;
  bench.reads = {{1, 0x103, 2, 3, kIncrementing}, {2, 0x202, 3, 1, kIncrementing}};

  bench.run(60);

  ASSERT_EQ(bench.read_answers.size(), 2U);
  EXPECT_EQ(bench.read_answers[0].data,
            (std::vector<uint64_t>{lanes_at(bench, 0x103, 5), lanes_at(bench, 0x108, 8),
                                   lanes_at(bench, 0x110, 8)}));
  EXPECT_EQ(bench.read_answers[1].data,
            (std::vector<uint64_t>{lanes_at(bench, 0x202, 2), lanes_at(bench, 0x204, 2),
                                   lanes_at(bench, 0x206, 2), lanes_at(bench, 0x208, 2)}));
}

TEST(AxiSubordinate, WrapsAndStaysFixed) {
  Bench bench;
  bench.reads = {{1, 0x118, 3, 3, kWrapping}, {2, 0x220, 1, 3, kFixed}};

  bench.run(60);

  ASSERT_EQ(bench.read_answers.size(), 2U);
  EXPECT_EQ(bench.read_answers[0].data,
            (std::vector<uint64_t>{lanes_at(bench, 0x118, 8), lanes_at(bench, 0x100, 8),
                                   lanes_at(bench, 0x108, 8), lanes_at(bench, 0x110, 8)}));
  EXPECT_EQ(bench.read_answers[1].data, (std::vector<uint64_t>(2, lanes_at(bench, 0x220, 8))));
}

TEST(AxiSubordinate, WritesOnlyStrobedBytes) {
  Bench bench;
  const auto before = bench.bytes;
  bench.writes.push_back(
      {{5, 0x104, 1, 3, kIncrementing}, {0x8877665544332211, 0xffeeddccbbaa9988}, {0xf0, 0x03}});

  bench.run(40);

  ASSERT_EQ(bench.write_answers.size(), 1U);
  EXPECT_EQ(bench.write_answers[0], (std::pair<uint16_t, uint8_t>{5, kOkay}));
  EXPECT_EQ(bench.bytes[0x104], 0x55);
  EXPECT_EQ(bench.bytes[0x107], 0x88);
  EXPECT_EQ(bench.bytes[0x108], 0x88);
  EXPECT_EQ(bench.bytes[0x109], 0x99);
  EXPECT_EQ(bench.bytes[0x10a], before[0x10a]);
  EXPECT_EQ(bench.bytes[0x103], before[0x103]);
}

TEST(AxiSubordinate, TheLastBeatComesWhenTheAnswerSays) {
  Bench bench;
  bench.latency = 20;
  bench.reads = {{1, 0x100, 7, 3, kIncrementing}};
  bench.run(60);
  ASSERT_EQ(bench.read_answers.size(), 1U);
  EXPECT_EQ(bench.read_answers[0].last_edge, bench.address_edge[1] + 20);
  EXPECT_EQ(bench.read_answers[0].first_edge, bench.address_edge[1] + 13);

  // Memory quicker than one beat a cycle: the pins are what limits.
  bench.latency = 2;
  bench.reads = {{1, 0x100, 7, 3, kIncrementing}};
  bench.run(60);
  EXPECT_EQ(bench.read_answers[1].last_edge, bench.address_edge[1] + 8);
}

TEST(AxiSubordinate, TakesSeveralReadsBeforeTheFirstAnswer) {
  Bench bench({.outstanding = 3});
  bench.latency = 30;
  for (uint16_t i = 0; i < 6; ++i) bench.reads.push_back({i, 0x100U + 64U * i, 1, 3, kIncrementing});

  bench.run(200);

  EXPECT_EQ(bench.most_outstanding, 3U);
  ASSERT_EQ(bench.read_answers.size(), 6U);
  for (uint16_t i = 0; i < 6; ++i) {
    EXPECT_EQ(bench.read_answers[i].burst.id, i);
    EXPECT_EQ(bench.read_answers[i].data[1], lanes_at(bench, 0x108U + 64U * i, 8));
  }
}

TEST(AxiSubordinate, BackPressureChangesTimesAndNothingElse) {
  Bench bench({.outstanding = 4,
               .stalls = {.awready = 0x8421084210842108,
                          .wready = 0xaaaaaaaaaaaaaaaa,
                          .arready = 0x1111111111111111,
                          .bvalid = 0x8000000080000000,
                          .rvalid = 0x9249249249249249}});
  for (uint16_t i = 0; i < 4; ++i) {
    bench.reads.push_back({i, 0x100U + 64U * i, 7, 3, kIncrementing});
    bench.writes.push_back({{i, 0x800U + 64U * i, 3, 3, kIncrementing},
                            {i, i + 1U, i + 2U, i + 3U},
                            std::vector<uint8_t>(4, 0xff)});
  }

  bench.run(600);

  ASSERT_EQ(bench.read_answers.size(), 4U);
  ASSERT_EQ(bench.write_answers.size(), 4U);
  for (unsigned i = 0; i < 4; ++i) {
    for (unsigned k = 0; k < 8; ++k)
      EXPECT_EQ(bench.read_answers[i].data[k], lanes_at(bench, 0x100 + 64 * i + 8 * k, 8));
    for (unsigned k = 0; k < 4; ++k) EXPECT_EQ(bench.bytes[0x800 + 64 * i + 8 * k], i + k);
  }
  EXPECT_TRUE(bench.dut.idle());
}

TEST(AxiSubordinate, AnswersErrorsWithTheirBurst) {
  Bench bench;
  bench.reads = {{1, 0x10000, 0, 3, kIncrementing}, {2, 0x100, 0, 3, kIncrementing}};
  bench.writes.push_back({{3, 0x10000, 0, 3, kIncrementing}, {0}, {0xff}});

  bench.run(60);

  ASSERT_EQ(bench.read_answers.size(), 2U);
  EXPECT_EQ(bench.read_answers[0].response, kDecodeError);
  EXPECT_EQ(bench.read_answers[1].response, kOkay);
  EXPECT_EQ(bench.write_answers[0].second, kDecodeError);
}

TEST(AxiSubordinate, NamesWhatTheManagerOwes) {
  Bench bench;
  bench.accept = false;
  bench.reads = {{1, 0x100, 0, 3, kIncrementing}};
  bench.run(50);
  EXPECT_EQ(bench.dut.pending(), "read data channel (R): RVALID is high, RREADY stays low");
  EXPECT_GT(bench.dut.stuck_for(bench.edge), 30U);

  Subordinate half;
  Pins pins;
  pins.awvalid = pins.awready = true;
  pins.awlen = 3;
  pins.awsize = 3;
  half.step(pins, 0);
  EXPECT_EQ(half.pending(), "write data channel (W): WREADY is offered, WVALID stays low after 0 of 4 beats");
}

TEST(AxiSubordinate, RefusesAnswersToNothing) {
  Subordinate dut;
  EXPECT_THROW(dut.answer(1, {}), std::logic_error);
}

}  // namespace
}  // namespace ganglion::axi
