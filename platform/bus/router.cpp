#include "platform/bus/router.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>

#include "platform/kernel/bus_timing.h"

namespace ganglion {

using sc_core::sc_time;

namespace {

uint64_t beats_to_ps(uint64_t beats, uint64_t bytes_per_second) {
  return cycles_to_ps(beats * 8, bytes_per_second);
}

uint64_t delta_ps(const sc_time& from, const sc_time& to) { return to.value() - from.value(); }

}  // namespace

/// Where a master plugs in. Raw TLM interfaces: half the cost of a simple_target_socket on the hot path.
struct Router::InitiatorPort : sc_core::sc_module, tlm::tlm_fw_transport_if<> {
  InitiatorPort(const sc_core::sc_module_name& module_name, Router& owner, std::string port_name,
                unsigned port_index, ComponentId component, InitiatorKind port_kind)
      : sc_module(module_name),
        router(owner),
        master(std::move(port_name)),
        index(port_index),
        id(component),
        kind(port_kind),
        socket("socket") {
    socket.bind(*this);
  }

  void b_transport(tlm::tlm_generic_payload& payload, sc_time& delay) override {
    router.transport(*this, payload, delay);
  }
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) override {
    return router.direct_memory(payload, dmi);
  }
  unsigned transport_dbg(tlm::tlm_generic_payload& payload) override { return router.debug(payload); }
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase&, sc_time&) override {
    payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);  // loosely timed platform: b_transport only
    return tlm::TLM_COMPLETED;
  }

  Router& router;
  const std::string master;  ///< its instance name, for messages
  const unsigned index;
  const ComponentId id;
  const InitiatorKind kind;
  unsigned last_target = AddressMap::kUnmapped;
  uint64_t waited_ps = 0;
  tlm::tlm_target_socket<64> socket;
};

struct Router::TargetPort : sc_core::sc_module, tlm::tlm_bw_transport_if<> {
  TargetPort(const sc_core::sc_module_name& module_name, Router& owner, const Mapping& mapping,
             uint64_t latency, uint64_t bandwidth)
      : sc_module(module_name),
        router(owner),
        base(mapping.base),
        last(mapping.base + mapping.size - 1),
        id(mapping.id),
        latency_ps(latency),
        bytes_per_second(bandwidth),
        socket("socket") {
    socket.bind(*this);
  }

  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload&, tlm::tlm_phase&, sc_time&) override {
    return tlm::TLM_COMPLETED;
  }
  void invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last_offset) override {
    router.invalidate(*this, first, last_offset);
  }

  Router& router;
  const uint64_t base;
  const uint64_t last;
  const ComponentId id;
  const uint64_t latency_ps;
  const uint64_t bytes_per_second;
  bool direct = false;  ///< grants DMI: harts do not contend for it
  uint64_t busy_until_ps = 0;
  std::set<unsigned> waiting;  ///< initiators that asked in this delta cycle
  ActionCounter* fetches = nullptr;
  tlm::tlm_initiator_socket<64> socket;
};

Router::Router(const ComponentContext& context)
    : Component(context),
      latency_ps_(static_cast<uint64_t>(context.params.integer("latency"))),
      bytes_per_second_(static_cast<uint64_t>(context.params.integer("bandwidth"))),
      beats_(context.services.energy.action(context.id, "beat")),
      fetches_(context.services.energy.action(context.id, "fetch")) {
  reset();
}

Router::~Router() = default;

void Router::map(const Mapping& mapping, tlm::tlm_base_target_socket<64>& socket) {
  map_.add({mapping.name, mapping.base, mapping.size, mapping.where});
  const std::string port = instance_name() + "_to_" + mapping.name;
  targets_.push_back(std::make_unique<TargetPort>(port.c_str(), *this, mapping,
                                                  mapping.latency_ps.value_or(latency_ps_),
                                                  mapping.bytes_per_second.value_or(bytes_per_second_)));
  targets_.back()->socket.bind(socket);
}

unsigned Router::connect(const std::string& name, ComponentId id, InitiatorKind kind,
                         tlm::tlm_base_initiator_socket<64>& socket) {
  const auto index = static_cast<unsigned>(initiators_.size());
  const std::string port = instance_name() + "_from_" + name;
  initiators_.push_back(std::make_unique<InitiatorPort>(port.c_str(), *this, name, index, id, kind));
  socket.bind(initiators_.back()->socket);
  if (kind == InitiatorKind::kHart) ++harts_;
  return index;
}

void Router::reset() {
  for (const auto& target : targets_) target->busy_until_ps = 0;
}

void Router::end_of_elaboration() {
  EnergyLedger& energy = services().energy;
  for (const auto& target : targets_) {
    if (energy.costs(target->id).actions.contains("fetch"))
      target->fetches = &energy.action(target->id, "fetch");
  }
}

void Router::start_of_simulation() {
  for (const auto& target : targets_) {
    tlm::tlm_generic_payload probe;
    probe.set_read();
    probe.set_address(0);
    tlm::tlm_dmi dmi;
    target->direct = target->socket->get_direct_mem_ptr(probe, dmi);
  }
  // Last in line: the memories' own folds, registered at the end of elaboration, must have run before.
  services().energy.on_fold([this] { fold_traffic(); });
}

void Router::fold_traffic() {
  // Every beat that a target booked came through here, whether through b_transport or through a DMI pointer.
  uint64_t beats = 0;
  uint64_t fetches = 0;
  for (const auto& target : targets_) {
    const TrafficCounters& traffic = services().energy.traffic(target->id);
    beats += traffic.booked_reads + traffic.booked_writes;
    if (target->fetches != nullptr) fetches += target->fetches->count;
  }
  beats_.count = beats;
  fetches_.count = fetches;
}

uint64_t Router::waited_ps(unsigned index) const { return initiators_.at(index)->waited_ps; }

unsigned Router::decode(InitiatorPort& from, uint64_t address, uint64_t length) const {
  if (from.last_target != AddressMap::kUnmapped) {
    const TargetPort& target = *targets_[from.last_target];
    if (address >= target.base && address <= target.last && length - 1 <= target.last - address)
      return from.last_target;
  }
  const unsigned index = map_.find(address, length);
  if (index != AddressMap::kUnmapped) from.last_target = index;
  return index;
}

bool Router::needs_arbitration(const InitiatorPort& from, const TargetPort& target) const {
  const bool is_hart = from.kind == InitiatorKind::kHart;
  if (is_hart) return harts_ > 1;
  const auto contenders = initiators_.size() - (target.direct ? harts_ : 0);
  return contenders > 1;
}

void Router::await_turn(const InitiatorPort& from, TargetPort& target) {
  // Which of two processes that wake at the same time runs first depends on the kernel's event heap, and so
  // on the quantum. After one delta cycle all of them have asked, and the lowest index goes first.
  target.waiting.insert(from.index);
  do {
    sc_core::wait(sc_core::SC_ZERO_TIME);
  } while (*target.waiting.begin() != from.index);
  target.waiting.erase(from.index);
}

void Router::transport(InitiatorPort& from, tlm::tlm_generic_payload& payload, sc_time& delay) {
  const uint64_t address = payload.get_address();
  const uint64_t length = payload.get_data_length();
  const unsigned index = length == 0 ? AddressMap::kUnmapped : decode(from, address, length);
  if (index == AddressMap::kUnmapped) {
    delay += sc_time::from_value(latency_ps_);
    payload.set_dmi_allowed(false);
    payload.set_response_status(length == 0 ? tlm::TLM_BURST_ERROR_RESPONSE
                                            : tlm::TLM_ADDRESS_ERROR_RESPONSE);
    report_decode_error(from, payload);
    return;
  }

  TargetPort& target = *targets_[index];
  const bool contends = !(target.direct && from.kind == InitiatorKind::kHart);
  if (contends && needs_arbitration(from, target)) await_turn(from, target);

  const sc_time before = delay;
  payload.set_address(address - target.base);
  target.socket->b_transport(payload, delay);
  payload.set_address(address);

  const uint64_t beats = beats_of(address, length);
  const uint64_t target_ps = delta_ps(before, delay);
  const uint64_t streaming_ps = beats_to_ps(beats - 1, target.bytes_per_second);
  uint64_t waiting_ps = 0;
  if (contends) {
    const uint64_t asked_ps = sc_core::sc_time_stamp().value() + before.value();
    const uint64_t begin_ps = std::max(asked_ps, target.busy_until_ps);
    waiting_ps = begin_ps - asked_ps;
    target.busy_until_ps = begin_ps + std::max(target_ps, beats_to_ps(beats, target.bytes_per_second));
    from.waited_ps += waiting_ps;
    if (waiting_ps != 0) {
      if (auto* timing = payload.get_extension<BusTimingExtension>()) timing->arbitration_ps += waiting_ps;
    }
  }
  delay = before + sc_time::from_value(waiting_ps + target.latency_ps + std::max(target_ps, streaming_ps));

  if (!target.direct || !payload.is_response_ok()) {
    const bool write = payload.is_write();
    services().events.post({Event::Kind::kTransaction, sc_core::sc_time_stamp().value(), from.id, address,
                            length | (write ? 1ULL << 63 : 0),
                            payload.is_response_ok() ? std::string() : payload.get_response_string()});
  }
}

void Router::report_decode_error(const InitiatorPort& from, const tlm::tlm_generic_payload& payload) {
  const bool write = payload.is_write();
  std::string text =
      fmt::format("{}: {} of {} bytes at {:#x} hits no device ({})", from.master, write ? "write" : "read",
                  payload.get_data_length(), payload.get_address(), map_.describe_gap(payload.get_address()));
  spdlog::info("{}", text);
  services().events.post({Event::Kind::kTransaction, sc_core::sc_time_stamp().value(), from.id,
                          payload.get_address(), payload.get_data_length() | (write ? 1ULL << 63 : 0),
                          std::move(text)});
}

bool Router::direct_memory(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  const uint64_t address = payload.get_address();
  const unsigned index = map_.find(address, 1);
  dmi.init();
  if (index == AddressMap::kUnmapped) {
    dmi.allow_none();
    dmi.set_start_address(address);
    dmi.set_end_address(address);
    return false;
  }

  TargetPort& target = *targets_[index];
  payload.set_address(address - target.base);
  const bool granted = target.socket->get_direct_mem_ptr(payload, dmi);
  payload.set_address(address);
  const uint64_t size = target.last - target.base;
  dmi.set_start_address(std::min<uint64_t>(dmi.get_start_address(), size) + target.base);
  dmi.set_end_address(std::min<uint64_t>(dmi.get_end_address(), size) + target.base);
  dmi.set_read_latency(dmi.get_read_latency() + sc_time::from_value(target.latency_ps));
  dmi.set_write_latency(dmi.get_write_latency() + sc_time::from_value(target.latency_ps));
  return granted;
}

unsigned Router::debug(tlm::tlm_generic_payload& payload) {
  const uint64_t address = payload.get_address();
  const unsigned index = map_.find(address, 1);
  if (index == AddressMap::kUnmapped) return 0;
  TargetPort& target = *targets_[index];
  payload.set_address(address - target.base);
  const unsigned done = target.socket->transport_dbg(payload);
  payload.set_address(address);
  return done;
}

void Router::invalidate(const TargetPort& target, uint64_t first, uint64_t last) {
  const uint64_t size = target.last - target.base;
  const uint64_t first_address = std::min(first, size) + target.base;
  const uint64_t last_address = std::min(last, size) + target.base;
  for (const auto& initiator : initiators_) {
    initiator->socket->invalidate_direct_mem_ptr(first_address, last_address);
  }
}

}  // namespace ganglion
