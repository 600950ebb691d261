#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <string>

#include "accelerator_common_regs.h"
#include "ip/common/test/coverage_observer.h"
#include "ip/common/test/layer_bench.h"
#include "ip/common/test/program_result.h"
#include "ip/common/test/stimulus.h"
#include "platform/accel/cosim/rtl_twin.h"

namespace ganglion::layers {

/// Where the RTL of a co-simulation comes from, and which block it must equal.
struct CosimTarget {
  std::string library;            ///< made by ganglion_add_rtl
  std::string scenario;           ///< parameters of the model, YAML: those the library was built with
  double cycle_tolerance = 0.05;  ///< as a scenario's
};

/// A block with its RTL beside it (RtlTwin, as `impl: both` makes it) on a memory; carries out one program.
/// `Traits::coverage_bins()` are those of its functional coverage.
template <class Traits>
class CosimBench : public LayerBench<Traits>, private EventSink, private ShellObserver {
  using Base = LayerBench<Traits>;

 public:
  CosimBench(const CosimTarget& target, const Program& program) : Base(target.scenario), program_(program) {
    const BlockIdentity identity = identity_of<typename Traits::Registers>();
    RtlSource source{target.library, {}};
    source.options.seed = program.seed + 1;
    source.options.memory.stalls = program.stalls;
    source.id = identity.id;
    source.version = identity.version;
    RtlTwin::Options options;
    options.tolerance.share = target.cycle_tolerance;
    if (!program.timed()) options.tolerance = {50.0, 10'000};  // back-pressure costs the RTL alone
    twin = std::make_unique<RtlTwin>(*this->dut, this->clock, this->services, source, std::move(options));
    this->dut->observe(*this);  // behind the twin
    coverage_ = std::make_unique<CoverageObserver<Traits>>(*this->dut, this->clock, this->array,
                                                           [this](const auto& seen) {
                                                             for (const auto& bin : Traits::coverage_bins()) {
                                                               if (bin.hit(seen)) ++result_.hits[bin.name];
                                                             }
                                                           });
    this->events.attach(*this);
    this->memory.latency_ps = program.latency_ps;
    this->memory.beat_ps = program.beat_ps;
    this->memory.refusals = program.refusals;
    for (const auto& [address, bytes] : program.contents) this->put(address, bytes);
  }

  /// Once: SystemC has one elaboration a process.
  ProgramResult execute() {
    std::size_t at = 0;
    const bool finished = this->finishes([&] {
      for (const Step& step : program_.steps) {
        at = static_cast<std::size_t>(&step - program_.steps.data());
        if (!carry_out(step)) result_.failure = "the model's job does not end";
        if (this->stop.stopping() || !result_.failure.empty()) return;
      }
    });
    if (this->stop.reason()) {
      result_.failure = this->stop.reason()->reason;
    } else if (!finished) {
      result_.failure = "the firmware waits for something that never comes";
    }
    if (!result_.failure.empty()) result_.step = fmt::format("step {}, {}", at, text_of(program_.steps[at]));
    result_.bytes_compared = twin->bytes_compared();
    result_.reads_compared = twin->reads_compared();
    if (program_.timed()) result_.cycles = twin->cycle_error().cycles();
    return result_;
  }

  std::unique_ptr<RtlTwin> twin;

 private:
  static constexpr uint64_t kLimitPs = 20'000'000'000;  // of waiting for one job

  bool carry_out(const Step& step) {
    uint32_t value = step.value;
    switch (step.kind) {
      case Step::Kind::kWrite:
      case Step::Kind::kRead:
        hart_access(step.kind == Step::Kind::kWrite, step.offset, value);
        return true;
      case Step::Kind::kShapedRead:
      case Step::Kind::kShapedWrite:
        hart_access(step.kind == Step::Kind::kShapedWrite, step.offset, value, step.bytes);
        return true;
      case Step::Kind::kReadAll:
        for (const Register* reg : this->dut->register_bank().registers())
          hart_access(false, reg->info().offset, value);
        return true;
      case Step::Kind::kWait:
        if (step.ps != 0) Base::wait_ps(step.ps);
        return true;
      case Step::Kind::kAwaitIdle:
        return await_idle(step.ps);
      case Step::Kind::kAwaitRead:
        return await([this] { return in_flight(false); });
      case Step::Kind::kAwaitWrite:
        return await([this] { return in_flight(true); });
      case Step::Kind::kAwaitCompute:
        return await([this] { return computing_ && !in_flight(true) && !in_flight(false); });
      case Step::Kind::kHardReset:
        this->dut->reset();
        return true;
    }
    return false;
  }
  void hart_access(bool write, uint64_t offset, uint32_t& value, unsigned bytes = 4) {
    (void)this->access(write, offset, value, bytes);
    Base::wait_ps(program_.access_ps);
  }
  bool await_idle(uint64_t poll_ps) {
    for (const uint64_t begin = Base::now(); Base::now() < begin + kLimitPs; Base::wait_ps(poll_ps)) {
      uint32_t status = 0;
      hart_access(false, ACCELERATOR_COMMON_REG_STATUS, status);
      if ((status & ACCELERATOR_COMMON_STATUS_BUSY_MASK) == 0 || this->stop.stopping()) return true;
    }
    return false;
  }
  /// Until `reached`, or until no job runs.
  template <class Reached>
  bool await(const Reached& reached) {
    for (const uint64_t begin = Base::now(); Base::now() < begin + kLimitPs; Base::wait_cycles(1)) {
      if (reached() || !busy() || this->stop.stopping()) return true;
    }
    return false;
  }
  [[nodiscard]] bool busy() const {
    return (this->dut->register_bank().find("STATUS")->raw() & ACCELERATOR_COMMON_STATUS_BUSY_MASK) != 0;
  }
  [[nodiscard]] bool in_flight(bool write) const {
    if (this->memory.bursts.empty()) return false;
    const auto& last = this->memory.bursts.back();
    return last.write == write &&
           Base::now() < last.time_ps + this->memory.delay_ps(last.address, last.bytes);
  }
  void on_start(uint32_t job, std::span<const uint32_t> /*shadow*/) override {
    result_.jobs += job != 0 ? 1 : 0;
  }
  void on_job_end(uint32_t /*job*/, const JobError* error, uint64_t /*cycles*/) override {
    const bool reset_meanwhile = !busy();  // while the twin waited for the RTL
    if (error != nullptr || reset_meanwhile) return;
    const auto value = [this](const char* name) { return this->dut->register_bank().find(name)->raw(); };
    ++result_.completed;
    result_.completed_many_tiles += value("JOB_TILES") > 1 ? 1 : 0;
    result_.saturated += (value("JOB_SATURATIONS_LO") | value("JOB_SATURATIONS_HI")) != 0 ? 1 : 0;
  }
  void on_event(const Event& event) override {
    if (event.text == "compute") computing_ = event.kind == Event::Kind::kPhaseBegin;
  }

  const Program& program_;
  ProgramResult result_;
  std::unique_ptr<CoverageObserver<Traits>> coverage_;
  bool computing_ = false;
};

}  // namespace ganglion::layers
