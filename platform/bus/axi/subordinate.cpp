#include "platform/bus/axi/subordinate.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace ganglion::axi {

// AXI4 lets a manager send data before the address; a handful of beats is enough for any legal wait.
namespace {
constexpr std::size_t kEarlyBeats = 16;
}

uint64_t Subordinate::first_beat_edge(const Read& read) {
  const uint64_t streamed = read.burst.beats() - 1U;
  const uint64_t cycles = read.answer->cycles;
  return read.edge + (cycles > streamed ? cycles - streamed : 1);
}

bool Subordinate::read_due(uint64_t edge) const {
  if (reads_.empty() || !reads_.front().answer) return false;
  const Read& read = reads_.front();
  return edge >= first_beat_edge(read) + read.next_beat;
}

bool Subordinate::write_due(uint64_t edge) const {
  if (writes_.empty() || !writes_.front().answer) return false;
  const Write& write = writes_.front();
  return edge > write.last_edge && edge >= write.edge + write.answer->cycles;
}

void Subordinate::drive(Pins& pins, uint64_t edge) {
  const Stalls& stalls = options_.stalls;
  pins.arready = reads_.size() < options_.outstanding && may_proceed(stalls.arready, edge);
  pins.awready = writes_.size() < options_.outstanding && may_proceed(stalls.awready, edge);
  pins.wready =
      (incomplete_write() != nullptr || early_data_.size() < kEarlyBeats) && may_proceed(stalls.wready, edge);
  // Once raised, VALID stays until the handshake.
  rvalid_ = rvalid_ || (read_due(edge) && may_proceed(stalls.rvalid, edge));
  bvalid_ = bvalid_ || (write_due(edge) && may_proceed(stalls.bvalid, edge));
  pins.rvalid = rvalid_;
  pins.rid = 0;
  pins.rdata = 0;
  pins.rresp = kOkay;
  pins.rlast = false;
  if (rvalid_) {
    const Read& read = reads_.front();
    pins.rid = read.burst.id;
    pins.rdata = read.answer->data[read.next_beat];
    pins.rresp = read.answer->response;
    pins.rlast = read.next_beat == read.burst.length;
  }
  pins.bvalid = bvalid_;
  pins.bid = bvalid_ ? writes_.front().burst.id : 0;
  pins.bresp = bvalid_ ? writes_.front().answer->response : uint8_t{kOkay};
}

void Subordinate::step(const Pins& sampled, uint64_t edge) {
  bool progress = idle();
  if (sampled.rvalid && sampled.rready) {
    progress = true;
    rvalid_ = false;
    if (reads_.front().next_beat++ == reads_.front().burst.length) reads_.pop_front();
  }
  if (sampled.bvalid && sampled.bready) {
    progress = true;
    bvalid_ = false;
    writes_.pop_front();
  }
  if (sampled.arvalid && sampled.arready) {
    progress = true;
    reads_.push_back({next_tag_, read_burst(sampled), edge, {}, 0});
    requests_.push_back({next_tag_++, false, reads_.back().burst, edge, edge, {}, {}});
  }
  if (sampled.awvalid && sampled.awready) {
    progress = true;
    writes_.push_back({next_tag_++, write_burst(sampled), edge, {}, {}, false, 0, {}});
    while (!early_data_.empty() && incomplete_write() != nullptr) {
      accept_data(early_data_.front(), edge);
      early_data_.pop_front();
    }
  }
  if (sampled.wvalid && sampled.wready) {
    progress = true;
    const DataBeat beat{sampled.wdata, sampled.wstrb, sampled.wlast};
    if (incomplete_write() != nullptr) {
      accept_data(beat, edge);
    } else {
      early_data_.push_back(beat);
    }
  }
  if (progress || unanswered() != 0) last_progress_ = edge;
}

Subordinate::Write* Subordinate::incomplete_write() {
  const auto found = std::find_if(writes_.begin(), writes_.end(), [](const Write& w) { return !w.complete; });
  return found == writes_.end() ? nullptr : &*found;
}

void Subordinate::accept_data(const DataBeat& beat, uint64_t edge) {
  Write& write = *incomplete_write();
  write.data.push_back(beat.data);
  write.strobes.push_back(beat.strobes);
  if (write.data.size() < write.burst.beats()) return;
  write.complete = true;
  write.last_edge = edge;
  requests_.push_back({write.tag, true, write.burst, write.edge, edge, write.data, write.strobes});
}

std::optional<MemoryRequest> Subordinate::take() {
  if (requests_.empty()) return std::nullopt;
  MemoryRequest request = std::move(requests_.front());
  requests_.pop_front();
  return request;
}

void Subordinate::answer(uint64_t tag, MemoryAnswer answer) {
  for (Read& read : reads_) {
    if (read.tag != tag || read.answer) continue;
    if (answer.data.size() != read.burst.beats()) throw std::logic_error("a read answered with other beats");
    read.answer = std::move(answer);
    return;
  }
  for (Write& write : writes_) {
    if (write.tag != tag || write.answer) continue;
    write.answer = std::move(answer);
    return;
  }
  throw std::logic_error("an answer to no AXI4 request");
}

unsigned Subordinate::unanswered() const {
  const auto reads =
      std::count_if(reads_.begin(), reads_.end(), [](const Read& read) { return !read.answer; });
  const auto writes = std::count_if(writes_.begin(), writes_.end(),
                                    [](const Write& write) { return write.complete && !write.answer; });
  return static_cast<unsigned>(reads + writes);
}

uint64_t Subordinate::stuck_for(uint64_t edge) const {
  if (pending().empty() || edge < last_progress_) return 0;
  return edge - last_progress_;
}

std::string Subordinate::pending() const {
  if (rvalid_) return "read data channel (R): RVALID is high, RREADY stays low";
  if (bvalid_) return "write response channel (B): BVALID is high, BREADY stays low";
  for (const Write& write : writes_) {
    if (!write.complete) {
      return "write data channel (W): WREADY is offered, WVALID stays low after " +
             std::to_string(write.data.size()) + " of " + std::to_string(write.burst.beats()) + " beats";
    }
  }
  return {};
}

void Subordinate::reset() {
  reads_.clear();
  writes_.clear();
  early_data_.clear();
  requests_.clear();
  rvalid_ = bvalid_ = false;
}

}  // namespace ganglion::axi
