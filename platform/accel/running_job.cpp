#include "platform/accel/running_job.h"

#include <fmt/format.h>

#include <algorithm>

namespace ganglion {

AcceleratorShell::Running::Running(AcceleratorShell& shell, uint32_t id)
    : shell_(shell),
      id_(id),
      generation_(shell.generation_),
      begin_cycle_(shell.clock().cycle_at_or_after(now_ps())),
      cycle_(begin_cycle_),
      compute_until_(begin_cycle_) {}

AcceleratorShell::Running::~Running() {
  if (computing_) post_phase(Event::Kind::kPhaseEnd, "compute");
}

void AcceleratorShell::Running::begin() { advance_to(begin_cycle_, TimeCause::kIdle); }

void AcceleratorShell::Running::advance_to(uint64_t cycle, TimeCause cause) {
  for (;;) {
    if (aborted()) throw JobAborted{};
    const uint64_t now = now_ps();
    // Asked again after every wake-up: another frequency moves the edge, not the cycle.
    const uint64_t edge = shell_.clock().edge_ps(cycle);
    if (now >= edge) break;
    shell_.services().time.enter(shell_.id(), cause);
    sc_core::wait(sc_core::sc_time::from_value(edge - now), *shell_.wake_);
  }
  cycle_ = cycle;
}

void AcceleratorShell::Running::wait_cycles(uint64_t cycles, TimeCause cause) {
  const uint64_t target = cycle_ + cycles;
  // While the datapath is busy time is the computation's; only what outlasts it is `cause`.
  if (compute_until_ > cycle_) advance_to(std::min(target, compute_until_), TimeCause::kCompute);
  end_compute();
  if (target > cycle_) advance_to(target, cause);
}

void AcceleratorShell::Running::wait_for(const BurstResult& burst) {
  const uint64_t cycles = shell_.clock().cycles_for(burst.delay_ps);
  const uint64_t waiting = std::min(cycles, shell_.clock().cycles_for(burst.arbitration_ps));
  wait_cycles(waiting, TimeCause::kArbitration);
  wait_cycles(cycles - waiting, TimeCause::kMemory);
}

void AcceleratorShell::Running::start_compute(uint64_t cycles) {
  await_compute();
  compute_until_ = cycle_ + cycles;
  computing_ = true;
  post_phase(Event::Kind::kPhaseBegin, "compute");
}

void AcceleratorShell::Running::await_compute() {
  if (compute_until_ > cycle_) advance_to(compute_until_, TimeCause::kCompute);
  end_compute();
}

void AcceleratorShell::Running::end_compute() {
  if (!computing_ || cycle_ < compute_until_) return;
  computing_ = false;
  post_phase(Event::Kind::kPhaseEnd, "compute");
}

void AcceleratorShell::Running::check_range(uint64_t address, uint64_t bytes) const {
  if (bytes == 0 || address + (bytes - 1) >= address) return;
  throw JobFailure{
      {.code = AcceleratorError::kOverflow,
       .value = bytes,
       .rule = fmt::format("DMA of {} bytes at {:#x} passes the end of the address space", bytes, address),
       .address = address}};
}

void AcceleratorShell::Running::fail_burst(AcceleratorError code, uint64_t address, uint64_t bytes,
                                           tlm::tlm_response_status status) const {
  const bool read = code == AcceleratorError::kBusRead;
  const std::string_view answer =
      status == tlm::TLM_ADDRESS_ERROR_RESPONSE ? "nothing that answers there" : "refused by the target";
  throw JobFailure{{.code = code,
                    .value = bytes,
                    .rule = fmt::format("DMA {} of {} bytes at {:#x}: {}", read ? "read" : "write", bytes,
                                        address, answer),
                    .address = address}};
}

// Phases are for timelines: nothing is built when nobody looks.
void AcceleratorShell::Running::post_phase(Event::Kind kind, const char* phase) {
  if (shell_.services().events.observed()) shell_.post(kind, id_, 0, phase);
}

// Ends with the transfer however that ends.
class AcceleratorShell::Running::DmaPhase {
 public:
  explicit DmaPhase(Running& job) : job_(job) { job_.post_phase(Event::Kind::kPhaseBegin, "dma"); }
  ~DmaPhase() { job_.post_phase(Event::Kind::kPhaseEnd, "dma"); }
  DmaPhase(const DmaPhase&) = delete;
  DmaPhase& operator=(const DmaPhase&) = delete;

 private:
  Running& job_;
};

uint64_t AcceleratorShell::Running::dma_read(uint64_t address, std::span<std::byte> data) {
  check_range(address, data.size());
  const uint64_t before = cycle_;
  const DmaPhase phase(*this);
  while (!data.empty()) {
    const std::span<std::byte> part = data.first(burst_bytes(address, data.size()));
    const BurstResult burst = shell_.dma_.read(address, part);
    for (ShellObserver* observer : shell_.observers_) observer->on_burst(false, address, part.size(), burst);
    if (burst.ok()) {
      shell_.dma_beats_.add(burst.beats);
      shell_.figures_.bytes_read += part.size();
      for (ShellObserver* observer : shell_.observers_) observer->on_dma_read(id_, address, part);
    }
    wait_for(burst);
    if (!burst.ok()) fail_burst(AcceleratorError::kBusRead, address, part.size(), burst.status);
    address += part.size();
    data = data.subspan(part.size());
  }
  return cycle_ - before;
}

uint64_t AcceleratorShell::Running::dma_write(uint64_t address, std::span<const std::byte> data) {
  check_range(address, data.size());
  const uint64_t before = cycle_;
  const DmaPhase phase(*this);
  while (!data.empty()) {
    const std::span<const std::byte> part = data.first(burst_bytes(address, data.size()));
    for (ShellObserver* observer : shell_.observers_) observer->before_dma_write(id_, address, part.size());
    const BurstResult burst = shell_.dma_.write(address, part);
    for (ShellObserver* observer : shell_.observers_) observer->on_burst(true, address, part.size(), burst);
    if (burst.ok()) {
      shell_.dma_beats_.add(burst.beats);
      shell_.figures_.bytes_written += part.size();
      for (ShellObserver* observer : shell_.observers_) observer->on_dma_write(id_, address, part);
    }
    wait_for(burst);
    if (!burst.ok()) fail_burst(AcceleratorError::kBusWrite, address, part.size(), burst.status);
    address += part.size();
    data = data.subspan(part.size());
  }
  return cycle_ - before;
}

}  // namespace ganglion
