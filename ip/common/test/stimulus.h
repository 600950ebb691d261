#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "platform/accel/test/memory_stub.h"
#include "platform/bus/axi/stall.h"

namespace ganglion::layers {

/// One thing that the "firmware" of a random co-verification program does.
struct Step {
  enum class Kind {
    kWrite,         ///< 32-bit register write; may be refused
    kRead,          ///< 32-bit register read; may be refused
    kShapedRead,    ///< read of `bytes` bytes at `offset`: misaligned, a byte, a double word
    kShapedWrite,   ///< as kShapedRead
    kReadAll,       ///< every register of the block
    kWait,          ///< `ps` of simulated time
    kAwaitIdle,     ///< until STATUS.BUSY is 0, looking every `ps`
    kAwaitRead,     ///< until a job's DMA reads, or no job runs
    kAwaitWrite,    ///< until a job's DMA writes, or no job runs
    kAwaitCompute,  ///< until a job computes while the DMA rests, or no job runs
    kHardReset,     ///< of the block, as by the platform
  };
  Kind kind = Kind::kWait;
  uint64_t offset = 0;
  uint32_t value = 0;
  unsigned bytes = 4;
  uint64_t ps = 0;
  std::string text{};  ///< what it is for: "START of job 2: conv 2x8x8 ..."
};
/// "write 0x00c = 0x1: START of job 2".
[[nodiscard]] std::string text_of(const Step& step);

/// What a hart, a memory and a bus do to a block: made from a seed alone, before anything runs.
struct Program {
  uint64_t seed = 0;
  uint64_t latency_ps = 0, beat_ps = 0;  ///< of the memory
  uint64_t access_ps = 0;  ///< that a register access keeps the hart; more than the RTL needs for one
  axi::Stalls stalls{};    ///< back-pressure that the RTL meets; the model does not
  std::vector<test::MemoryStub::Refusal> refusals;
  std::vector<std::pair<uint64_t, std::vector<uint8_t>>> contents;  ///< of the memory, by address
  std::vector<Step> steps;
  std::vector<std::string> jobs;  ///< what they are meant to be, for people
  /// No back-pressure: the cycles of the RTL follow from the job and the memory's latency.
  [[nodiscard]] bool timed() const { return stalls.rvalid == axi::Stalls::kNone; }
};

}  // namespace ganglion::layers
