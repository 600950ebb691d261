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
  answer.cycles = cycles_from_acceptance(cycles);
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
  answer.cycles = cycles_from_acceptance(cycles);
  return answer;
}

/// Which beat of the model's burst failed is not known; one that another of its bursts moved did not. A whole
/// beat: the RTL reads the bytes beside those it wants, too.
bool RtlTwin::model_failed_at(const axi::MemoryRequest& request) const {
  if (error_ == nullptr) return false;
  const auto code = request.write ? AcceleratorError::kBusWrite : AcceleratorError::kBusRead;
  if (error_->code != code) return false;
  constexpr uint64_t kBeatBytes = 8;
  const auto moved = [&](uint64_t beat) {
    if (!request.write) {
      return std::ranges::any_of(model_reads_, [beat](const auto& burst) {
        return beat < burst.first + burst.second && burst.first < beat + kBeatBytes;
      });
    }
    for (uint64_t i = 0; i < kBeatBytes; ++i) {
      if (model_written_.at(beat + i)) return true;
    }
    return false;
  };
  const auto asked = [&](uint64_t beat) {
    return beat < request.burst.address + axi::span_of(request.burst) &&
           request.burst.address < beat + kBeatBytes;
  };
  const uint64_t end = error_->address + std::max<uint64_t>(error_->value, 1);
  bool all_moved = true, any_asked = false;
  for (uint64_t beat = error_->address / kBeatBytes * kBeatBytes; beat < end; beat += kBeatBytes) {
    any_asked = any_asked || asked(beat);
    if (moved(beat)) continue;
    all_moved = false;
    if (asked(beat)) return true;
  }
  return all_moved && any_asked;  // the same beat failed that had been answered before
}

}  // namespace ganglion
