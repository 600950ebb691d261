#include "platform/peripherals/pmu.h"

#include <spdlog/spdlog.h>

#include <array>
#include <cmath>

#include "platform/kernel/operating_limits.h"
#include "platform/kernel/register_socket.h"

namespace ganglion {

namespace {

constexpr std::size_t kNameBytes = 16;
constexpr uint64_t kHzPerKhz = 1000;
constexpr double kMvPerV = 1000.0;

/// Four ASCII characters of a name, the first in the lowest byte.
uint32_t name_word(const std::string& name, std::size_t word) {
  uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    const std::size_t at = word * 4 + i;
    if (at < name.size()) value |= uint32_t{static_cast<uint8_t>(name[at])} << (8 * i);
  }
  return value;
}

}  // namespace

Pmu::Pmu(const ComponentContext& context)
    : Component(context),
      socket_("socket"),
      registers_(context.name),
      traffic_(context.services.energy.traffic(context.id)),
      accesses_(context.services.energy.action(context.id, "access")),
      kept_on_{context.id} {
  socket_.register_b_transport(this, &Pmu::b_transport);
  socket_.register_transport_dbg(this, &Pmu::transport_dbg);
  connect_counters();
  connect_controls();
  reset();
}

void Pmu::reset() {
  registers_.reset();
  selected_ = 0;
  EnergyLedger& energy = services().energy;
  for (ComponentId domain = 0; domain < energy.component_count(); ++domain) {
    energy.set_power_state(domain, PowerState::kOn);
  }
  while (close_region()) {
  }
}

void Pmu::start_of_simulation() {
  // Every component has its account by now.
  registers_.domain_count.set_reset_value(static_cast<uint32_t>(services().energy.component_count()));
}

void Pmu::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
  show_domain();
  serve_registers(registers_, payload);
  if (!payload.is_response_ok()) return;
  ++(payload.is_write() ? traffic_.booked_writes : traffic_.booked_reads);
  accesses_.add();
}

unsigned Pmu::transport_dbg(tlm::tlm_generic_payload& payload) {
  show_domain();
  return serve_registers_debug(registers_, payload);
}

uint64_t Pmu::read_price(int64_t energy_fj) {
  services().energy.note_read_by_firmware();
  return static_cast<uint64_t>(energy_fj);
}

void Pmu::connect_counters() {
  registers_.cycles_lo.on_read(
      [this] { registers_.set_cycles(services().energy.clock(selected_).cycle_at_or_before(now_ps())); });
  registers_.energy_fj_lo.on_read(
      [this] { registers_.set_energy_fj(read_price(services().energy.energy_fj(selected_))); });
  registers_.total_energy_fj_lo.on_read(
      [this] { registers_.set_total_energy_fj(read_price(services().energy.total_fj())); });
  registers_.time_ps_lo.on_read([this] { registers_.set_time_ps(now_ps()); });
}

void Pmu::connect_controls() {
  registers_.domain_select.on_write([this](uint32_t value) { select(value); });
  registers_.power_state.on_write([this](uint32_t value) { set_power_state(value); });
  registers_.frequency_khz.on_write([this](uint32_t value) {
    set_operating_point(
        value, static_cast<uint64_t>(std::lround(services().energy.clock(selected_).voltage_v() * kMvPerV)));
  });
  registers_.voltage_mv.on_write([this](uint32_t value) {
    set_operating_point(services().energy.clock(selected_).frequency_hz() / kHzPerKhz, value);
  });
  registers_.region_begin.on_write([this](uint32_t) { begin_region(); });
  registers_.region_end.on_write([this](uint32_t) { end_region(); });
}

void Pmu::show_domain() {
  const EnergyLedger& energy = services().energy;
  const std::string& name = energy.name(selected_);
  const ClockDomain& clock = energy.clock(selected_);
  registers_.domain_select.set_value(selected_);
  registers_.domain_name0.set_value(name_word(name, 0));
  registers_.domain_name1.set_value(name_word(name, 1));
  registers_.domain_name2.set_value(name_word(name, 2));
  registers_.domain_name3.set_value(name_word(name, 3));
  registers_.power_state.set_state(static_cast<gn_pmu::PowerState>(energy.power_state(selected_)));
  registers_.frequency_khz.set_value(static_cast<uint32_t>(clock.frequency_hz() / kHzPerKhz));
  registers_.voltage_mv.set_value(static_cast<uint32_t>(std::lround(clock.voltage_v() * kMvPerV)));
}

void Pmu::select(uint32_t domain) {
  if (domain < services().energy.component_count()) {
    selected_ = domain;
    return;
  }
  spdlog::warn("{}: write of {} to DOMAIN_SELECT: there are {} domains, ignored", instance_name(), domain,
               services().energy.component_count());
  registers_.domain_select.set_value(selected_);
}

void Pmu::set_power_state(uint32_t state) {
  static_assert(static_cast<uint32_t>(PowerState::kOff) == static_cast<uint32_t>(gn_pmu::PowerState::kOff) &&
                static_cast<uint32_t>(PowerState::kClockGated) ==
                    static_cast<uint32_t>(gn_pmu::PowerState::kClockGated));
  const std::string& domain = services().energy.name(selected_);
  if (state > static_cast<uint32_t>(PowerState::kOff)) {
    spdlog::warn("{}: write of {} to POWER_STATE of {}: 0 on, 1 clock gated, 2 off; ignored", instance_name(),
                 state, domain);
  } else if (kept_on_.contains(selected_)) {
    spdlog::warn("{}: write of {} to POWER_STATE of {}: it is always on, ignored", instance_name(), state,
                 domain);
  } else {
    services().energy.set_power_state(selected_, static_cast<PowerState>(state));
  }
}

void Pmu::set_operating_point(uint64_t frequency_khz, uint64_t voltage_mv) {
  using namespace operating_limits;
  if (frequency_khz < kLowestKhz || frequency_khz > kHighestKhz || voltage_mv < kLowestMv ||
      voltage_mv > kHighestMv) {
    spdlog::warn("{}: {} kHz at {} mV for {}: frequency is {} to {} kHz, voltage {} to {} mV; ignored",
                 instance_name(), frequency_khz, voltage_mv, services().energy.name(selected_), kLowestKhz,
                 kHighestKhz, kLowestMv, kHighestMv);
    return;
  }
  services().energy.clock(selected_).set_operating_point(frequency_khz * kHzPerKhz,
                                                         static_cast<double>(voltage_mv) / kMvPerV, now_ps());
}

void Pmu::begin_region() {
  const std::array<uint32_t, 4> words{registers_.region_name0.value(), registers_.region_name1.value(),
                                      registers_.region_name2.value(), registers_.region_name3.value()};
  std::string name;
  for (std::size_t i = 0; i < kNameBytes; ++i) {
    const auto character = static_cast<char>(words[i / 4] >> (i % 4 * 8));
    if (character == '\0') break;
    name += character >= ' ' && character <= '~' ? character : '?';  // goes into reports as it is
  }
  if (name.empty()) name = "region";
  services().regions.begin(name);
  services().events.post({Event::Kind::kRegionBegin, now_ps(), id(), 0, 0, name});
}

bool Pmu::close_region() {
  if (!services().regions.end()) return false;
  services().events.post({Event::Kind::kRegionEnd, now_ps(), id(), 0, 0, {}});
  return true;
}

void Pmu::end_region() {
  if (close_region()) return;
  spdlog::warn("{}: write to REGION_END without an open region, ignored", instance_name());
}

}  // namespace ganglion
