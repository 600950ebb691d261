#include "platform/cpu/hart.h"

#include <algorithm>
#include <string_view>

#include "platform/cpu/hart_debugger.h"
#include "platform/cpu/hart_parameters.h"

namespace ganglion {

namespace {

sc_core::sc_time from_ps(uint64_t ps) { return sc_core::sc_time(static_cast<double>(ps), sc_core::SC_PS); }
uint64_t to_ps(const sc_core::sc_time& time) {
  static const double kPsPerUnit = sc_core::sc_get_time_resolution().to_seconds() * 1e12;
  return kPsPerUnit == 1.0 ? time.value()
                           : static_cast<uint64_t>(static_cast<double>(time.value()) * kPsPerUnit);
}

constexpr unsigned kHostInterfaceBytes = 8;

}  // namespace

Hart::Hart(const ComponentContext& context)
    : Component(context),
      bus_("bus"),
      config_(hart_config(context.params)),
      quantum_ps_(static_cast<uint64_t>(context.params.integer("quantum"))),
      core_(HartCore::make(config_, *this)),
      wake_("wake"),
      mtime_([](uint64_t ps) { return ps / 100'000; }),  // 10 MHz where no CLINT is attached (tests)
      stop_(services().stop),
      instruction_limit_(static_cast<uint64_t>(context.params.integer("max_instructions"))) {
  bus_.register_invalidate_direct_mem_ptr(this, &Hart::invalidate_dmi);
  for (std::size_t i = 0; i < kInstructionClasses; ++i)
    class_actions_[i] =
        &services().energy.action(id(), std::string(name_of(static_cast<InstructionClass>(i))));
  instruction_action_ = &services().energy.action(id(), "instruction");
  services().energy.on_fold([this] { fold(); });
  services().time.on_fold([this] { fold(); });
  services().regions.on_instructions([this] { return this->instructions(); });
  clock().on_change([this] { before_clock_change(); });
  SC_HAS_PROCESS(Hart);
  SC_THREAD(run);
  set_stack_size(1 << 19);
}

Hart::~Hart() { payload_.clear_extension(&counters_extension_); }

void Hart::reset() {
  fold();
  observers_.before_reset();
  ++resets_;
  before_reset_ = figures();
  instructions_before_reset_ = instructions();
  core_->reset();
  last_exception_.reset();
  lower_stored_ = false;
  supervisor_timer(~uint64_t{0});
  if (instruction_limit_ != 0) {
    core_->set_max_instructions(instruction_limit_ -
                                std::min(instruction_limit_, instructions_before_reset_));
  }
  seen_cycles_.fill(0);
  booked_ = TotalTally{};
  booked_reads_ = booked_writes_ = 0;
  unbooked_cycles_.fill(0);
  booked_cycle_ = 0;
  cycle_offset_ = clock().cycle_at_or_after(now_ps());
  restart_.notify(sc_core::SC_ZERO_TIME);
}

ComponentFigures Hart::figures() const {
  const HartTotals totals = core_->fold();
  ComponentFigures figures;
  figures.cycles_busy = before_reset_.cycles_busy + totals.tally.cycles() + totals.bus_cycles;
  figures.bytes_read = before_reset_.bytes_read + totals.issued_reads * 8;
  figures.bytes_written = before_reset_.bytes_written + totals.issued_writes * 8;
  return figures;
}

void Hart::set_interrupt(InterruptBit bit, bool level) {
  core_->set_interrupt(bit, level);
  if (level && core_->waiting()) wake_.notify(sc_core::SC_ZERO_TIME);
}

void Hart::set_time_source(std::function<uint64_t(uint64_t)> mtime) { mtime_ = std::move(mtime); }
void Hart::set_supervisor_timer(std::function<void(uint64_t)> compare) {
  supervisor_timer_ = std::move(compare);
}
void Hart::set_symboliser(std::function<std::string(uint64_t)> symboliser) {
  symboliser_ = std::move(symboliser);
}
void Hart::watch_host_interface(uint64_t address, std::function<void(uint64_t)> act) {
  host_interface_ = address;
  host_store_ = std::move(act);
}
void Hart::attach_observer(HartObserver& observer) {
  observers_.add(observer);
  core_->attach_observer(&observers_);
}
void Hart::attach_debugger(HartDebugger* debugger) {
  debugger_ = debugger;
  core_->attach_debugger(debugger);
}
void Hart::set_instruction_limit(uint64_t instructions) {
  instruction_limit_ = instructions;
  core_->set_max_instructions(instructions);
}

void Hart::run() {
  while (true) {
    // No exception may cross the kernel.
    try {
      end_run(core_->run());
    } catch (const Error& error) {
      stop_.request({error.exit_code(), error.what(), std::nullopt, false});
    } catch (const std::exception& error) {
      stop_.request({ExitCode::kInternal, std::string("hart: ") + error.what(), std::nullopt, false});
    }
    wait(restart_);
  }
}

void Hart::end_run(HartCore::Outcome outcome) {
  if (outcome == HartCore::Outcome::kStopped) return;
  synchronise(core_->cycle());
  if (outcome == HartCore::Outcome::kInstructionLimit) {
    stop_.request({ExitCode::kLimit,
                   "instruction limit reached after " + std::to_string(instructions()) + " instructions",
                   std::nullopt, false});
  } else {
    if (debugger_ != nullptr) debugger_->unhandled_trap(*core_->firmware_trap());
    if (stop_.stopping()) return;
    stop_.request({ExitCode::kFirmware,
                   describe(*core_->firmware_trap(), core_->xlen(), symboliser_,
                            call_stack(core_->firmware_trap()->pc, core_->firmware_trap()->registers)),
                   std::nullopt, false});
  }
}

void Hart::drain() {
  while (sc_core::sc_pending_activity_at_current_time() && !stop_.stopping()) wait(sc_core::SC_ZERO_TIME);
}

void Hart::synchronise(uint64_t cycle) {
  const uint64_t changes = clock_changes_;
  const uint64_t target = edge_ps(cycle);
  const uint64_t now = now_ps();
  if (target > now) wait(from_ps(target - now));
  drain();
  if (changes != clock_changes_) cycle_offset_ = clock().cycle_at_or_after(now_ps()) - cycle;
  if (debugger_ != nullptr && debugger_->poll()) core_->stops_changed();
}

uint64_t Hart::run_ahead_limit(uint64_t cycle) {
  const uint64_t now = now_ps();
  uint64_t ahead = quantum_ps_;
  if (sc_core::sc_pending_activity()) ahead = std::min(ahead, to_ps(sc_core::sc_time_to_pending_activity()));
  return clock().cycle_at_or_after(now + ahead) - cycle_offset_;
}

uint64_t Hart::wait_for_interrupt(uint64_t cycle, const std::function<bool()>& awake) {
  while (!awake() && !stop_.stopping()) {
    wait(wake_);
    drain();
  }
  const uint64_t woken = clock().cycle_at_or_after(now_ps());
  if (woken < cycle + cycle_offset_) return cycle;
  return woken - cycle_offset_;
}

uint64_t Hart::time_value(uint64_t cycle) { return mtime_(edge_ps(cycle)); }

void Hart::trapped(const TrapTaken& trap) {
  if (trap.interrupt) {
    ++interrupts_;
    interrupts_at_once_ += trap.at_once ? 1 : 0;
    last_interrupt_ = trap.cause;
  } else {
    ++exceptions_;
    last_exception_ = Exception{trap, registers(), core_->last_instructions(kInstructionsShown)};
  }
  observers_.trapped(trap.cause, trap.interrupt, trap.pc);
  services().events.post({Event::Kind::kTrap, edge_ps(trap.cycle), id(), trap.cause, trap.pc,
                          trap_name(trap.cause, trap.interrupt)});
}

Hart::Registers Hart::registers() const {
  Registers values{};
  for (unsigned i = 0; i < values.size(); ++i) values[i] = core_->integer_register(i);
  return values;
}

std::vector<uint64_t> Hart::call_stack(uint64_t pc, const Registers& registers) const {
  return call_stack_ ? call_stack_(pc, registers) : std::vector<uint64_t>();
}

bool Hart::stopping() const { return stop_.stopping(); }

MemoryRegion Hart::probe(uint64_t address) {
  if (host_store_ && address - host_interface_ < kHostInterfaceBytes) return {};
  payload_.set_command(tlm::TLM_READ_COMMAND);
  payload_.set_address(address);
  counters_extension_.counters = nullptr;
  payload_.set_extension(&counters_extension_);
  tlm::tlm_dmi dmi;
  dmi.init();
  const bool granted = bus_->get_direct_mem_ptr(payload_, dmi);
  payload_.clear_extension(&counters_extension_);

  MemoryRegion region;
  region.counters = counters_extension_.counters;
  region.is_memory = granted || region.counters != nullptr;
  if (!region.is_memory) return region;
  region.first = dmi.get_start_address();
  region.last = dmi.get_end_address();
  if (granted) {
    region.host = dmi.get_dmi_ptr();
    region.host_writable = dmi.is_write_allowed();
    region.read_cycles = static_cast<uint32_t>(clock().cycles_for(to_ps(dmi.get_read_latency())));
    region.write_cycles = static_cast<uint32_t>(clock().cycles_for(to_ps(dmi.get_write_latency())));
  }
  // A refusal may leave the range at its default, all addresses: then only this page is known to be memory.
  const bool range_known = granted || region.last != ~uint64_t{0};
  if (!range_known || !region.contains(address)) {
    constexpr uint64_t kPage = 4096;
    region.first = address / kPage * kPage;
    region.last = region.first + (kPage - 1);
  }
  if (host_store_ && region.contains(host_interface_)) {
    region.hole = host_interface_;
    region.hole_bytes = kHostInterfaceBytes;
  }
  return region;
}

void Hart::set_access_origin(std::function<std::string()> place) { origin_.place = std::move(place); }

BusResult Hart::transport(tlm::tlm_command command, uint64_t address, void* data, unsigned bytes) {
  payload_.set_command(command);
  payload_.set_address(address);
  payload_.set_data_ptr(static_cast<unsigned char*>(data));
  payload_.set_data_length(bytes);
  payload_.set_streaming_width(bytes);
  payload_.set_byte_enable_ptr(nullptr);
  payload_.set_dmi_allowed(false);
  payload_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  if (origin_.place) payload_.set_extension(&origin_);
  bus_->b_transport(payload_, delay);
  if (origin_.place) payload_.clear_extension(&origin_);
  return {payload_.is_response_ok(), static_cast<uint32_t>(clock().cycles_for(to_ps(delay)))};
}

BusResult Hart::read(uint64_t address, void* data, unsigned bytes, uint64_t) {
  return transport(tlm::TLM_READ_COMMAND, address, data, bytes);
}

BusResult Hart::write(uint64_t address, const void* data, unsigned bytes, uint64_t) {
  const BusResult result = transport(tlm::TLM_WRITE_COMMAND, address, const_cast<void*>(data), bytes);
  if (result.ok && host_store_) store_to_host(address, bytes);
  return result;
}

void Hart::store_to_host(uint64_t address, unsigned bytes) {
  constexpr unsigned kWord = 4;
  const bool lower = bytes == kWord && address == host_interface_;
  const bool upper = bytes >= kWord && address + bytes == host_interface_ + kHostInterfaceBytes;
  if (!lower && !upper) return;
  const bool complete = upper || lower_stored_;
  lower_stored_ = !complete;
  if (!complete) return;
  uint64_t value = 0;
  debug_transport(tlm::TLM_READ_COMMAND, host_interface_, &value, kHostInterfaceBytes);
  host_store_(value);
}

bool Hart::debug_read(uint64_t address, void* data, unsigned bytes) {
  return debug_transport(tlm::TLM_READ_COMMAND, address, data, bytes) == bytes;
}

unsigned Hart::debug_transport(tlm::tlm_command command, uint64_t address, void* data, unsigned bytes) {
  payload_.set_command(command);
  payload_.set_address(address);
  payload_.set_data_ptr(static_cast<unsigned char*>(data));
  payload_.set_data_length(bytes);
  payload_.set_streaming_width(bytes);
  payload_.set_byte_enable_ptr(nullptr);
  return bus_->transport_dbg(payload_);
}

bool Hart::debug_write(uint64_t address, const void* data, unsigned bytes) {
  return debug_transport(tlm::TLM_WRITE_COMMAND, address, const_cast<void*>(data), bytes) == bytes;
}

void Hart::supervisor_timer(uint64_t compare) {
  if (supervisor_timer_) supervisor_timer_(compare);
}

void Hart::invalidate_dmi(sc_dt::uint64 first, sc_dt::uint64 last) { core_->invalidate_regions(first, last); }

void Hart::before_clock_change() {
  fold();
  ++clock_changes_;
  core_->invalidate_regions(0, ~uint64_t{0});  // latencies in cycles are no longer right
}

void Hart::fold() {
  const HartTotals now = core_->fold();
  for (std::size_t i = 0; i < kInstructionClasses; ++i)
    class_actions_[i]->add(now.tally.classes[i] - booked_.classes[i]);
  instruction_action_->add(now.tally.instructions - booked_.instructions);
  TrafficCounters& traffic = services().energy.traffic(id());
  traffic.issued_reads += now.issued_reads - booked_reads_;
  traffic.issued_writes += now.issued_writes - booked_writes_;
  booked_ = now.tally;
  booked_reads_ = now.issued_reads;
  booked_writes_ = now.issued_writes;
  book_time(now);
}

/// Books cycles by cause as spans of simulated time up to now; what was executed ahead of it stays for later.
void Hart::book_time(const HartTotals& totals) {
  const uint64_t now = now_ps();
  std::array<uint64_t, kTimeCauses> cycles{};
  cycles[static_cast<std::size_t>(TimeCause::kIssue)] = totals.tally.issue_cycles;
  cycles[static_cast<std::size_t>(TimeCause::kMemory)] = totals.tally.memory_cycles;
  cycles[static_cast<std::size_t>(TimeCause::kBus)] = totals.bus_cycles;
  cycles[static_cast<std::size_t>(TimeCause::kStall)] = totals.tally.stall_cycles;
  cycles[static_cast<std::size_t>(TimeCause::kIdle)] = totals.idle_cycles;
  if (core_->waiting()) {  // the sleep so far; the core counts it when it wakes
    const uint64_t until = clock().cycle_at_or_before(now);
    const uint64_t since = core_->cycle() + cycle_offset_;
    if (until > since) cycles[static_cast<std::size_t>(TimeCause::kIdle)] += until - since;
  }
  for (std::size_t i = 0; i < kTimeCauses; ++i) {
    unbooked_cycles_[i] += cycles[i] - seen_cycles_[i];
    seen_cycles_[i] = cycles[i];
  }
  for (std::size_t i = 0; i < kTimeCauses && booked_ps_ < now; ++i) {
    if (unbooked_cycles_[i] == 0) continue;
    const uint64_t end = std::min(edge_ps(booked_cycle_ + unbooked_cycles_[i]), now);
    const uint64_t last = clock().cycle_at_or_before(end) - cycle_offset_;
    const uint64_t done = last > booked_cycle_ ? std::min(last - booked_cycle_, unbooked_cycles_[i]) : 0;
    if (end > booked_ps_) services().time.book(id(), static_cast<TimeCause>(i), end - booked_ps_);
    booked_ps_ = std::max(booked_ps_, end);
    booked_cycle_ += done;
    unbooked_cycles_[i] -= done;
  }
  if (booked_ps_ < now) {  // asleep, ended, or between two clock edges
    services().time.book(id(), TimeCause::kIdle, now - booked_ps_);
    booked_ps_ = now;
  }
}

}  // namespace ganglion
