#pragma once

#include <algorithm>
#include <cstring>
#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "accelerator_common_regs.h"
#include "ip/common/test/observation.h"
#include "ip/common/tlm/latched_layer.h"
#include "platform/accel/accelerator_shell.h"

namespace ganglion::layers {

/// Turns what passes the sockets of a block into observations. Passive: it sees accesses, bursts and the
/// registers, nothing of what the generator had in mind. `Traits` as for the generator, with
/// `Decoder::layer_of(latched)`.
template <class Traits>
class CoverageObserver final : public ShellObserver {
 public:
  using Config = typename Traits::Config;
  using Seen = Observation<Config, typename Traits::Layer>;
  using Sink = std::function<void(const Seen&)>;

  CoverageObserver(AcceleratorShell& shell, const ClockDomain& clock, const Config& array, Sink sink)
      : shell_(shell), clock_(clock), array_(array), sink_(std::move(sink)) {
    shell.observe(*this);
  }

  void on_register_access(const tlm::tlm_generic_payload& payload) override {
    Seen seen = queue(Seen::Kind::kAccess);
    seen.write = payload.is_write();
    seen.ok = payload.is_response_ok();
    seen.offset = payload.get_address();
    seen.bytes = payload.get_data_length();
    if (seen.bytes == sizeof seen.value) std::memcpy(&seen.value, payload.get_data_ptr(), sizeof seen.value);
    seen.irq_status = raw("IRQ_STATUS");
    seen.irq_enable = raw("IRQ_ENABLE");
    if (const Register* reg = shell_.register_bank().find(seen.offset);
        reg != nullptr && seen.offset % 4 == 0) {
      seen.shadowed = reg->info().shadowed;
      seen.writable = (reg->info().defined_mask() & ~reg->info().mask_of(FieldAccess::kReadOnly)) != 0;
    }
    sink_(seen);
    if (seen.wrote(ACCELERATOR_COMMON_REG_CTRL)) after_command(seen.value);
  }
  void on_start(uint32_t job, std::span<const uint32_t> /*shadow*/) override {
    Seen seen = queue(Seen::Kind::kStart);
    seen.refused = job == 0;
    sink_(seen);
    if (job == 0) return;
    started_ = true;
    waiting_ = running_ || held_;
  }
  void on_job_begin(uint32_t /*job*/, std::span<const uint32_t> shadow) override {
    job_.emplace();
    job_->array = array_;
    job_->layer = Traits::layer_of(shadow);
    job_->waited = waiting_;
    if (!find_job_fault(array_, job_->layer)) job_->tiles = make_tiles(array_, job_->layer);
    running_ = true;
    waiting_ = false;
    bytes_loaded_ = 0;
    end_ = 0;
  }
  void on_burst(bool write, uint64_t address, uint64_t bytes, const BurstResult& result) override {
    if (!job_) return;
    const bool goes_on = end_ == address && last_was_write_ == write && address % 4096 == 0;
    (write ? job_->writes : job_->reads) += 1;
    (write ? job_->unaligned_writes : job_->unaligned_reads) += address % 8 != 0 ? 1 : 0;
    (write ? job_->write_borders : job_->read_borders) += goes_on ? 1 : 0;
    job_->longest_beats = std::max(job_->longest_beats, result.beats);
    if (job_->reads + job_->writes == 1 && result.ok())
      job_->first_latency_cycles = clock_.cycles_for(result.delay_ps) - result.beats;
    if (!write) bytes_loaded_ += bytes;
    end_ = address + bytes;
    last_was_write_ = write;
    busy_until_ps_ = now_ps() + result.delay_ps;
  }
  void on_job_end(uint32_t /*job*/, const JobError* error, uint64_t /*cycles*/) override {
    if (!job_) return;  // reset while a twin waited
    Seen seen = queue(Seen::Kind::kJobEnd);
    job_->irq_enable = raw("IRQ_ENABLE");
    job_->waits_behind = waiting_;
    job_->saturations = raw("JOB_SATURATIONS_LO") | uint64_t{raw("JOB_SATURATIONS_HI")} << 32U;
    if (!job_->tiles.empty()) {
      uint64_t first = 0;
      for (const ByteRun& run : load_runs(array_, job_->layer, job_->tiles.front())) first += run.bytes;
      job_->loaded_more_than_a_tile = bytes_loaded_ > first;
    }
    if (error != nullptr) {
      job_->code = error->code;
      job_->broken = error->reg;
      job_->operand = operand_of(*error);
    }
    seen.job = *job_;
    sink_(seen);
    job_.reset();
    running_ = false;
    held_ = held_ || error != nullptr;
  }
  void on_reset() override {
    Seen seen = queue(Seen::Kind::kReset);
    seen.phase = phase();
    sink_(seen);
    job_.reset();
    running_ = waiting_ = held_ = started_ = false;
  }

 private:
  static uint64_t now_ps() { return sc_core::sc_time_stamp().value(); }
  [[nodiscard]] uint32_t raw(std::string_view name) const { return shell_.register_bank().find(name)->raw(); }
  [[nodiscard]] Seen queue(typename Seen::Kind kind) const {
    Seen seen;
    seen.kind = kind;
    seen.running = running_, seen.waiting = waiting_, seen.held = held_;
    return seen;
  }
  /// FLUSH, then RESUME, then START; on_start has been told of an accepted one.
  void after_command(uint32_t command) {
    const bool flush = (command & ACCELERATOR_COMMON_CTRL_FLUSH_MASK) != 0;
    if (flush && !started_) waiting_ = false;
    if (flush || (command & ACCELERATOR_COMMON_CTRL_RESUME_MASK) != 0) held_ = false;
    started_ = false;
  }
  [[nodiscard]] typename Seen::Phase phase() const {
    using Phase = typename Seen::Phase;
    if (!running_) return Phase::kIdle;
    if (!job_ || job_->reads == 0) return Phase::kPlanning;
    if (now_ps() < busy_until_ps_) return last_was_write_ ? Phase::kStoring : Phase::kLoading;
    return Phase::kComputing;
  }
  [[nodiscard]] std::optional<Operand> operand_of(const JobError& error) const {
    for (const Operand operand : {Operand::kInput, Operand::kWeights, Operand::kBias, Operand::kMult,
                                  Operand::kShift, Operand::kOutput}) {
      if (error.reg != nullptr && error.reg->name == name_of(operand)) return operand;
    }
    if (error.code == AcceleratorError::kBusWrite) return Operand::kOutput;
    if (error.code != AcceleratorError::kBusRead) return std::nullopt;
    for (const Tile& tile : job_->tiles) {
      for (const ByteRun& run : load_runs(array_, job_->layer, tile)) {
        if (error.address - address_of(job_->layer, run.operand) - run.offset < run.bytes) return run.operand;
      }
    }
    return std::nullopt;
  }

  AcceleratorShell& shell_;
  const ClockDomain& clock_;
  const Config array_;
  Sink sink_;
  std::optional<JobSeen<Config, typename Traits::Layer>> job_;
  bool running_ = false, waiting_ = false, held_ = false;
  bool started_ = false;  ///< by the access under way
  bool last_was_write_ = false;
  uint64_t bytes_loaded_ = 0, end_ = 0, busy_until_ps_ = 0;
};

}  // namespace ganglion::layers
