#pragma once

#include <memory>
#include <string>

#include "ip/sc_cnn/test/bench.h"
#include "platform/accel/cosim/rtl_twin.h"

namespace ganglion::sc_cnn {

/// The block with its RTL beside it, under firmware that goes through everything the programming model has:
/// layers of every kind, tile, stride and precision, the queue, the interrupt, every way a job can fail.
class TwinBench : public Bench {
 public:
  struct Options {
    std::string library;  ///< RTL of the default array
    axi::Stalls stalls{};
  };
  explicit TwinBench(const Options& options) {
    RtlSource source{options.library, {}};
    source.id = identity_of<Registers>().id;
    source.version = identity_of<Registers>().version;
    source.options.memory.stalls = options.stalls;
    RtlTwin::Options twin_options;
    // Waits at the pins are the RTL's alone: the model has none.
    if (options.stalls != axi::Stalls{}) twin_options.tolerance.share = 10;
    twin_ = std::make_unique<RtlTwin>(*dut, clock, services, source, twin_options);
  }

  /// Runs the firmware below until it returns or the first divergence; what diverged, "" for nothing.
  [[nodiscard]] std::string first_divergence() {
    (void)finishes([this] { firmware(); });
    return stop.reason() ? stop.reason()->reason : "";
  }
  [[nodiscard]] const RtlTwin& twin() const { return *twin_; }

 private:
  void firmware();
  void layers();
  void large_layers();
  void queue();
  void failures();
  void interrupts();

  /// Runs a job alone and reads what it left.
  void complete(const Layer& layer);
  /// START of a job, whatever the queue says to it.
  void start(const Layer& layer);
  void command(uint32_t mask) { write(SC_CNN_REG_CTRL, mask); }
  void wait_idle();
  void read_all();
  /// A failed job and what lies behind it: looks at everything, then opens the queue and lets it run empty.
  void recover(uint32_t command_mask);
  [[nodiscard]] Layer convolution(uint32_t in_c, uint32_t height, uint32_t width, uint32_t out_c,
                                  uint32_t kernel, uint32_t pad = 0, uint32_t stride = 1,
                                  uint32_t pool = 0) const;
  /// With random operands, in memory.
  [[nodiscard]] Layer placed(const Layer& layer, const layers::Placement& to = {});

  std::unique_ptr<RtlTwin> twin_;
  std::mt19937 random_{1};
};

}  // namespace ganglion::sc_cnn
