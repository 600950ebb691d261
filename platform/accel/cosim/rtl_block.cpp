#include "platform/accel/cosim/rtl_block.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "platform/accel/cosim/memory_access.h"

namespace ganglion {
namespace {

constexpr std::size_t kThreadStackBytes = 1U << 20U;
/// Longest time the RTL runs ahead when nothing else is due: a look at signals and limits now and then.
constexpr uint64_t kLongestBatchPs = 100'000'000;
const char* const kNoCosts = "schema: ganglion.cost/1\ncomponent: rtl\nactions: {}\n";

uint8_t response_of(tlm::tlm_response_status status) {
  if (status == tlm::TLM_OK_RESPONSE) return axi::kOkay;
  return status == tlm::TLM_ADDRESS_ERROR_RESPONSE ? axi::kDecodeError : axi::kSubordinateError;
}

tlm::tlm_response_status status_of(uint8_t response) {
  if (response == axi::kOkay) return tlm::TLM_OK_RESPONSE;
  return response == axi::kDecodeError ? tlm::TLM_ADDRESS_ERROR_RESPONSE : tlm::TLM_GENERIC_ERROR_RESPONSE;
}

}  // namespace

ComponentType RtlBlock::type() {
  ComponentType type;
  type.schema.name = "rtl";
  type.schema.description = "a block that exists only as RTL: library says which";
  type.cost_yaml = kNoCosts;
  type.make = [](const ComponentContext&) -> std::unique_ptr<Component> {
    throw std::logic_error("a component of type rtl is built by the SoC, which knows its library");
  };
  return type;
}

RtlBlock::RtlBlock(const ComponentContext& context, const RtlSource& source)
    : Component(context),
      register_socket_("registers"),
      traffic_(services().energy.traffic(id())),
      machine_(RtlLibrary::load(source.library, source.where), source.options) {
  machine_.check_identity(source.id, source.version);
  for (const BuiltConstant& constant : source.constants) machine_.check_constant(constant);
  machine_.reset();
  machine_.skip_to(0);
  if (machine_.model().has_manager()) {
    dma_socket_ = std::make_unique<tlm_utils::simple_initiator_socket<RtlBlock, 64>>("dma");
    dma_ = std::make_unique<DmaPort>(*dma_socket_, traffic_);
  }
  register_socket_.register_b_transport(this, &RtlBlock::b_transport);
  clock().on_change([work = std::weak_ptr(work_)] {
    if (const auto alive = work.lock()) alive->notify(sc_core::SC_ZERO_TIME);
  });
  SC_HAS_PROCESS(RtlBlock);
  SC_THREAD(clock_thread);
  set_stack_size(kThreadStackBytes);
}

RtlBlock::~RtlBlock() = default;

std::vector<tlm::tlm_base_initiator_socket<64>*> RtlBlock::initiator_sockets() {
  if (dma_socket_ == nullptr) return {};
  return {dma_socket_.get()};
}

void RtlBlock::reset() {
  machine_.reset();
  requests_.clear();
  interrupts_.clear();
  interrupt().set(machine_.irq());
  work_->notify(sc_core::SC_ZERO_TIME);
}

std::optional<tlm::tlm_response_status> RtlBlock::refused(const tlm::tlm_generic_payload& payload) const {
  if (payload.get_byte_enable_ptr() != nullptr) return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  if (!payload.is_read() && !payload.is_write()) return tlm::TLM_COMMAND_ERROR_RESPONSE;
  if (payload.get_data_length() != sizeof(uint32_t) || payload.get_address() % sizeof(uint32_t) != 0 ||
      payload.get_streaming_width() < payload.get_data_length()) {
    return tlm::TLM_BURST_ERROR_RESPONSE;
  }
  if (payload.get_address() >= machine_.model().window_bytes()) return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  if (stopped_) return tlm::TLM_GENERIC_ERROR_RESPONSE;
  return std::nullopt;
}

void RtlBlock::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  if (const auto status = refused(payload)) {
    payload.set_response_status(*status);
    return;
  }
  catch_up();
  uint32_t value = 0;
  if (payload.is_write()) {
    std::memcpy(&value, payload.get_data_ptr(), sizeof value);
    machine_.registers().write(payload.get_address(), value);
  } else {
    machine_.registers().read(payload.get_address());
  }
  std::optional<axi::LiteManager::Outcome> outcome;
  while (!outcome && !machine_.fault()) {
    step();
    outcome = machine_.registers().take();
  }
  work_->notify(sc_core::SC_ZERO_TIME);
  if (!outcome) {
    stop_on_fault(fmt::format("\n  during a {} {}",
                              payload.is_write() ? fmt::format("write of {:#x} to", value) : "read of",
                              machine_.model().library().describe_register(payload.get_address())));
    payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
    return;
  }
  if (payload.is_read()) std::memcpy(payload.get_data_ptr(), &outcome->data, sizeof outcome->data);
  payload.set_response_status(status_of(outcome->response));
  if (payload.is_response_ok()) ++(payload.is_write() ? traffic_.booked_writes : traffic_.booked_reads);
  const uint64_t end = clock().edge_ps(machine_.edge() - 1);
  if (end > now_ps()) delay += sc_core::sc_time::from_value(end - now_ps());
}

/// Brings the RTL to the first edge at or after now: edges that passed unneeded are left out.
void RtlBlock::catch_up() {
  const uint64_t edge = clock().cycle_at_or_after(now_ps());
  while (machine_.edge() < edge && machine_.busy() && !machine_.fault()) step();
  if (machine_.edge() < edge) machine_.skip_to(edge);
}

void RtlBlock::step() {
  const bool before = machine_.irq();
  const uint64_t edge = machine_.edge();
  if (machine_.active() || !machine_.model().has_active()) ++figures_.cycles_busy;
  machine_.step();
  if (machine_.irq() != before) interrupts_.push_back({edge, machine_.irq()});
  while (auto request = machine_.memory().take()) requests_.push_back(std::move(*request));
}

void RtlBlock::stop_on_fault(const std::string& during) {
  if (!machine_.fault() || stopped_) return;
  stopped_ = true;
  StopReason reason;
  reason.code = ExitCode::kCheckFailed;
  reason.reason =
      instance_name() + ": " + *machine_.fault() + during + "\n  RTL: " + machine_.model().library().file();
  services().stop.request(reason);
}

void RtlBlock::clock_thread() {
  for (;;) {
    deliver_due();
    stop_on_fault("");
    if (stopped_ || (!machine_.busy() && requests_.empty() && interrupts_.empty())) {
      services().time.enter(id(), TimeCause::kIdle);
      sc_core::wait(*work_);
      continue;
    }
    services().time.enter(id(), TimeCause::kCompute);
    catch_up();
    const uint64_t horizon = horizon_ps();
    // A batch ends where the outside has to act: a memory request, an interrupt edge, an event of somebody
    // else.
    while (machine_.busy() && !machine_.fault() && requests_.empty() && interrupts_.empty()) {
      const uint64_t edge_ps = clock().edge_ps(machine_.edge());
      if (edge_ps > now_ps() && edge_ps >= horizon) break;
      step();
    }
    uint64_t until = clock().edge_ps(machine_.edge());
    if (const auto due = next_event_ps()) until = std::min(until, *due);
    if (until > now_ps()) sc_core::wait(sc_core::sc_time::from_value(until - now_ps()), *work_);
  }
}

/// Time up to which nobody else can do anything.
uint64_t RtlBlock::horizon_ps() const {
  if (sc_core::sc_pending_activity_at_current_time()) return now_ps();
  const uint64_t longest = now_ps() + kLongestBatchPs;
  if (!sc_core::sc_pending_activity_at_future_time()) return longest;
  return std::min<uint64_t>(longest, now_ps() + sc_core::sc_time_to_pending_activity().value());
}

std::optional<uint64_t> RtlBlock::next_event_ps() const {
  std::optional<uint64_t> next;
  const auto& edges = const_cast<RtlBlock*>(this)->clock();
  if (!requests_.empty()) next = edges.edge_ps(requests_.front().last_edge);
  if (!interrupts_.empty()) {
    const uint64_t due = edges.edge_ps(interrupts_.front().edge);
    next = next ? std::min(*next, due) : due;
  }
  return next;
}

void RtlBlock::deliver_due() {
  while (!interrupts_.empty() && clock().edge_ps(interrupts_.front().edge) <= now_ps()) {
    interrupt().set(interrupts_.front().level);
    interrupts_.pop_front();
  }
  while (!requests_.empty() && clock().edge_ps(requests_.front().last_edge) <= now_ps()) {
    const axi::MemoryRequest request = std::move(requests_.front());
    requests_.pop_front();
    serve(request);
  }
}

void RtlBlock::serve(const axi::MemoryRequest& request) {
  axi::MemoryAnswer answer = request.write ? write(request) : read(request);
  machine_.memory().answer(request.tag, std::move(answer));
}

axi::MemoryAnswer RtlBlock::read(const axi::MemoryRequest& request) {
  std::vector<ByteSpan> spans = read_spans(request.burst);
  axi::MemoryAnswer answer;
  uint64_t delay_ps = 0;
  for (ByteSpan& span : spans) {
    const BurstResult burst = dma_->read(span.address, span.bytes);
    delay_ps += burst.delay_ps;
    if (burst.ok()) {
      figures_.bytes_read += span.bytes.size();
    } else {
      answer.response = response_of(burst.status);
    }
  }
  answer.data = beats_from(request.burst, spans);
  answer.cycles = cycles_from_acceptance(clock().cycles_for(delay_ps));
  return answer;
}

axi::MemoryAnswer RtlBlock::write(const axi::MemoryRequest& request) {
  axi::MemoryAnswer answer;
  uint64_t delay_ps = 0;
  for (const ByteSpan& span : written_spans(request)) {
    const BurstResult burst = dma_->write(span.address, span.bytes);
    delay_ps += burst.delay_ps;
    if (burst.ok()) {
      figures_.bytes_written += span.bytes.size();
    } else {
      answer.response = response_of(burst.status);
    }
  }
  answer.cycles = cycles_from_acceptance(clock().cycles_for(delay_ps));
  return answer;
}

}  // namespace ganglion
