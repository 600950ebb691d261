// The memory that a twin's RTL sees, and which of its answers are held back.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "platform/accel/cosim/rtl_twin.h"
#include "platform/kernel/bus_timing.h"

namespace ganglion {

void RtlTwin::serve_memory() {
  while (auto request = machine_.memory().take()) {
    if (nothing_to_do()) {
      diverge(fmt::format("the RTL {} memory at {:#x}, and no job runs", request->write ? "writes" : "reads",
                          request->burst.address),
              nullptr);
    }
    if (processing_) {
      serve(*request);
    } else if (!serve_early(*request)) {
      parked_.push_back(std::move(*request));
    }
  }
}

/// The model runs no job, none ended just now, and no burst is left of one that a reset ended.
bool RtlTwin::nothing_to_do() const {
  return !in_job_ && !processing_ && !releasing_ && !resetting_ && !model_busy();
}

/// A read of a job that the model has not ended yet sees memory as it is, if it can: nothing of the job has
/// been written so far.
bool RtlTwin::serve_early(const axi::MemoryRequest& request) {
  if (request.write || !parked_.empty()) return false;
  axi::MemoryAnswer answer = read_answer(request);
  if (answer.response != axi::kOkay) return false;
  // Before the model's end it is the launched job's, behind the release the next one's.
  (releasing_ ? next_history_ : history_).answers.push_back(answer);
  machine_.memory().answer(request.tag, std::move(answer));
  return true;
}

void RtlTwin::serve(const axi::MemoryRequest& request) {
  axi::MemoryAnswer answer = request.write ? take_write(request) : read_answer(request);
  if (model_failed_at(request)) answer.response = axi::kSubordinateError;
  // What lets the RTL end its job waits for the firmware's accesses up to the model's end.
  const bool last = request.write && error_ == nullptr && covered_ == model_written_.size() && covered_ != 0;
  history_.answers.push_back(answer);
  if (last || answer.response != axi::kOkay) {
    const uint64_t due = std::max(request.edge + answer.cycles, request.last_edge + 1);
    held_.push_back({request.tag, std::move(answer), due});
  } else {
    machine_.memory().answer(request.tag, std::move(answer));
  }
}

axi::MemoryAnswer RtlTwin::read_answer(const axi::MemoryRequest& request) {
  axi::MemoryAnswer answer;
  std::vector<ByteSpan> spans = read_spans(request.burst);
  bool readable = true;
  uint64_t cycles = 0;
  for (ByteSpan& span : spans) {
    peek_as_at_job_begin(span, readable);
    cycles += read_latency_.cycles(beats_of(span.address, span.bytes.size()));
  }
  answer.data = beats_from(request.burst, spans);
  answer.cycles = cycles;
  answer.response = readable ? axi::kOkay : axi::kDecodeError;
  return answer;
}

void RtlTwin::peek_as_at_job_begin(ByteSpan& span, bool& readable) {
  if (!shell_.peek(span.address, span.bytes)) {
    readable = false;
    return;
  }
  if (!processing_ || overwritten_.empty()) return;  // a job that has not been compared yet began later
  for (std::size_t i = 0; i < span.bytes.size(); ++i) {
    if (const auto old = overwritten_.at(span.address + i)) span.bytes[i] = *old;
  }
}

axi::MemoryAnswer RtlTwin::take_write(const axi::MemoryRequest& request) {
  axi::MemoryAnswer answer;
  uint64_t cycles = 0;
  for (const ByteSpan& span : written_spans(request)) {
    cycles += write_latency_.cycles(beats_of(span.address, span.bytes.size()));
    for (std::size_t i = 0; i < span.bytes.size(); ++i) {
      const uint64_t address = span.address + i;
      if (!rtl_written_.at(address) && model_written_.at(address)) ++covered_;
      rtl_written_.put(address, span.bytes[i]);
    }
    std::byte probe{};
    if (!shell_.peek(span.address, {&probe, 1})) answer.response = axi::kDecodeError;
  }
  answer.cycles = cycles;
  return answer;
}

bool RtlTwin::model_failed_at(const axi::MemoryRequest& request) const {
  if (error_ == nullptr) return false;
  const auto code = request.write ? AcceleratorError::kBusWrite : AcceleratorError::kBusRead;
  if (error_->code != code) return false;
  const uint64_t first = error_->address;
  const uint64_t last = first + std::max<uint64_t>(error_->value, 1) - 1;
  const uint64_t begin = request.burst.address;
  const uint64_t end = begin + axi::span_of(request.burst) - 1;
  return begin <= last && first <= end;
}

}  // namespace ganglion
