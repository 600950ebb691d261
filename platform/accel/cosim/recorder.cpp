#include "platform/accel/cosim/recorder.h"

#include <cstring>
#include <utility>

#include "platform/kernel/access_origin.h"

namespace ganglion {

using nlohmann::ordered_json;

namespace {
uint64_t now_ps() { return sc_core::sc_time_stamp().value(); }
constexpr uint32_t kBusy = 1U << 0U;  // STATUS
}  // namespace

Recorder::Recorder(AcceleratorShell& shell, RecordingWriter& writer) : shell_(shell), writer_(writer) {
  shell.observe(*this);
}

ordered_json Recorder::line_of(const char* op, uint64_t time_ps) const {
  return {{"component", shell_.instance_name()}, {"op", op}, {"time_ps", time_ps}};
}

void Recorder::name_register(ordered_json& line, uint64_t offset) const {
  line["offset"] = offset;
  if (const Register* reg = shell_.register_bank().find(offset)) line["register"] = reg->info().name;
}

Comparison Recorder::rule_of(uint64_t offset) const {
  const Register* const reg = shell_.register_bank().find(offset);
  return reg == nullptr ? Comparison::kNever : reg->info().compare;
}

void Recorder::write_line(const ordered_json& line) {
  flush_reads();
  writer_.line(line);
}

void Recorder::write_pending_interrupt() {
  if (!interrupt_ps_) return;
  write_line(line_of("await_irq", *std::exchange(interrupt_ps_, std::nullopt)));
}

void Recorder::on_register_access(const tlm::tlm_generic_payload& payload) {
  uint32_t value = 0;
  if (payload.get_data_length() != sizeof value) return;  // refused by every block before it is looked at
  std::memcpy(&value, payload.get_data_ptr(), sizeof value);
  const uint64_t offset = payload.get_address();
  const bool caused = payload.is_write() && interrupt_ps_ == now_ps();
  if (!caused) write_pending_interrupt();
  if (payload.is_read() && payload.is_response_ok()) {
    add_read(offset, value);
    return;
  }
  ordered_json line = line_of(payload.is_write() ? "write" : "read", now_ps());
  name_register(line, offset);
  if (payload.is_write()) line["value"] = value;
  if (!payload.is_response_ok()) line["ok"] = false;
  if (started_) {
    if (const auto* origin = payload.get_extension<AccessOrigin>(); origin != nullptr && origin->place)
      line["from"] = origin->place();
    ordered_json decision = line_of("start", now_ps());
    decision["job"] = *std::exchange(started_, std::nullopt);
    write_line(decision);
  }
  write_line(line);
  write_pending_interrupt();
}

void Recorder::add_read(uint64_t offset, uint32_t value) {
  const Register* const status =
      shell_.register_bank().find(uint64_t{accelerator_common::register_info::kStatus.offset});
  if (!reads_ || reads_->offset != offset) {
    flush_reads();
    reads_ = Reads{offset, 0, value, value, false, now_ps(), false};
  }
  if (value != reads_->value) {
    reads_->previous = reads_->value;
    reads_->changed = true;
  }
  reads_->value = value;
  reads_->busy = (status->raw() & kBusy) != 0;
  ++reads_->count;
}

void Recorder::flush_reads() {
  if (!reads_) return;
  const Reads reads = *std::exchange(reads_, std::nullopt);
  const Comparison rule = rule_of(reads.offset);
  // What a job changes when it ends may come later in a replay: a single read of it waits as well.
  const bool waits = reads.changed || (rule == Comparison::kAtJobEnd && !reads.busy);
  ordered_json line = line_of(waits ? "poll" : "read", reads.time_ps);
  name_register(line, reads.offset);
  if (waits) line["mask"] = reads.changed ? reads.previous ^ reads.value : ~0U;
  line["value"] = reads.changed ? reads.value & (reads.previous ^ reads.value) : reads.value;
  line["count"] = reads.count;
  if (!waits && rule != Comparison::kExact) line["compare"] = false;
  writer_.line(line);
}

void Recorder::on_start(uint32_t job, std::span<const uint32_t> /*shadow*/) { started_ = job; }

void Recorder::on_dma_read(uint32_t /*job*/, uint64_t address, std::span<const std::byte> data) {
  for (std::size_t i = 0; i < data.size(); ++i) {
    // Bytes of its own that a job reads again are no operands.
    if (!read_.at(address + i) && !written_.at(address + i)) read_.put(address + i, data[i]);
  }
}

void Recorder::on_dma_write(uint32_t /*job*/, uint64_t address, std::span<const std::byte> data) {
  written_.put(address, data);
}

void Recorder::on_job_end(uint32_t job, const JobError* error, uint64_t cycles) {
  write_pending_interrupt();
  ordered_json line = line_of("job_end", now_ps());
  line["job"] = job;
  line["cycles"] = cycles;
  if (error != nullptr) {
    line["failed"] = true;
    line["error"] = error->to_string();
  }
  line["reads"] = writer_.runs(read_);
  line["writes"] = writer_.runs(written_);
  write_line(line);
  read_.clear();
  written_.clear();
}

void Recorder::on_interrupt(bool level) {
  if (level) interrupt_ps_ = now_ps();
}

void Recorder::on_reset() {
  // The job under way has no end: its operands are what a replay needs all the same.
  ordered_json line = line_of("reset", now_ps());
  line["reads"] = writer_.runs(read_);
  write_line(line);
  read_.clear();
  written_.clear();
  interrupt_ps_.reset();
}

void Recorder::finish() {
  write_pending_interrupt();
  flush_reads();
}

}  // namespace ganglion
