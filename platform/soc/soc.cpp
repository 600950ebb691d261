#include "platform/soc/soc.h"

#include <algorithm>
#include <cstdio>

#include "platform/kernel/kernel_time.h"
#include "platform/peripherals/clint.h"
#include "platform/peripherals/plic.h"
#include "platform/peripherals/pmu.h"
#include "platform/peripherals/uart16550.h"
#include "platform/soc/instance.h"

namespace ganglion {
namespace {

ComparedFigures compared_of(const RtlTwin& twin) {
  const CycleError& error = twin.cycle_error();
  return {error.jobs(),          error.model_cycles(), error.rtl_cycles(),       error.magnitude(0.5),
          error.magnitude(0.95), error.magnitude(1.0), error.beyond_tolerance(), twin.bytes_compared(),
          twin.reads_compared()};
}

}  // namespace

Soc::Soc(const Scenario& scenario)
    : energy_(scenario.reference, kernel_time_ps),
      time_(kernel_time_ps),
      regions_(energy_, time_, kernel_time_ps),
      services_{energy_, time_, regions_, events_, stop_, scenario.seed} {
  time_.follow_power(energy_);
  for (const ClockSpec& clock : scenario.clocks) {
    clocks_[clock.name] = std::make_unique<ClockDomain>(clock.name, clock.frequency_hz, clock.voltage_v);
  }
  build(scenario);
  map_and_connect();
  wire_interrupts();
  keep_essentials_on();
}

Soc::~Soc() = default;

void Soc::build(const Scenario& scenario) {
  const auto only_one = [](auto*& slot, auto* found, const InstanceSpec& spec) {
    if (found == nullptr) return;
    if (slot != nullptr) {
      throw ConfigError(
          {spec.where, "a second " + spec.type->schema.name + ", '" + spec.name + "'", "one", ""});
    }
    slot = found;
  };
  for (const InstanceSpec& spec : scenario.instances) {
    ClockDomain& clock = *clocks_.at(spec.clock);
    const ComponentId id = energy_.add_component(spec.name, costs_of(spec), clock);
    time_.add_component(id);
    Instance instance{&spec,
                      make_instance(spec, {spec.name, id, spec.params, services_, clock,
                                           spec.address.value_or(0), spec.size_bytes}),
                      nullptr, nullptr};
    instance.twin = make_twin(spec, *instance.component, clock, services_);
    only_one(router_, dynamic_cast<Router*>(instance.component.get()), spec);
    only_one(hart_, dynamic_cast<Hart*>(instance.component.get()), spec);
    instances_.push_back(std::move(instance));
  }
  const SourceLocation where{scenario.file, 0, 0};
  if (router_ == nullptr) throw ConfigError({where, "a SoC without a router", "bus: {type: router}", ""});
  if (hart_ == nullptr) throw ConfigError({where, "a SoC without a hart", "cpu: {type: hart}", ""});
  for (const Instance& instance : instances_) {
    if (instance.component.get() == hart_) isa_ = instance.spec->params.text("isa");
  }
}

void Soc::map_and_connect() {
  for (const Instance& instance : instances_) {
    Component& component = *instance.component;
    if (instance.spec->address && component.target_socket() != nullptr) {
      router_->map({instance.spec->name,
                    *instance.spec->address,
                    instance.spec->size_bytes,
                    component.id(),
                    {},
                    {},
                    instance.spec->params.where("address")},
                   *component.target_socket());
    }
    const auto kind = &component == hart_ ? Router::InitiatorKind::kHart : Router::InitiatorKind::kDevice;
    for (auto* socket : component.initiator_sockets()) {
      router_->connect(instance.spec->name, component.id(), kind, *socket);
    }
  }
}

void Soc::keep_essentials_on() {
  for (const Instance& pmu : instances_) {
    auto* found = dynamic_cast<Pmu*>(pmu.component.get());
    if (found == nullptr) continue;
    for (const Instance& instance : instances_) {
      Component* component = instance.component.get();
      if (component == hart_ || component == router_ || dynamic_cast<Memory*>(component) != nullptr) {
        found->keep_on(component->id());
      }
    }
  }
}

void Soc::wire_interrupts() {
  Plic* plic = nullptr;
  for (const Instance& instance : instances_) {
    if (auto* found = dynamic_cast<Plic*>(instance.component.get())) {
      plic = found;
      plic->external_interrupt(0).connect(
          [this](bool level) { hart_->set_interrupt(InterruptBit::kMachineExternal, level); });
      plic->external_interrupt(1).connect(
          [this](bool level) { hart_->set_interrupt(InterruptBit::kSupervisorExternal, level); });
    } else if (auto* clint = dynamic_cast<Clint*>(instance.component.get())) {
      clint->software_interrupt(0).connect(
          [this](bool level) { hart_->set_interrupt(InterruptBit::kMachineSoftware, level); });
      clint->timer_interrupt(0).connect(
          [this](bool level) { hart_->set_interrupt(InterruptBit::kMachineTimer, level); });
      clint->supervisor_timer_interrupt(0).connect(
          [this](bool level) { hart_->set_interrupt(InterruptBit::kSupervisorTimer, level); });
      hart_->set_supervisor_timer([clint](uint64_t mtime) { clint->set_supervisor_compare(0, mtime); });
      hart_->set_time_source([clint](uint64_t ps) { return clint->mtime_at(ps); });
    }
  }
  for (const Instance& instance : instances_) {
    if (!instance.spec->interrupt) continue;
    if (plic == nullptr) {
      throw ConfigError({instance.spec->params.where("interrupt"),
                         "an interrupt, and no controller to take it",
                         "plic: {type: plic, address: 0x0c000000}", ""});
    }
    instance.component->interrupt().connect(
        [this, plic, source = *instance.spec->interrupt, id = instance.component->id()](bool level) {
          events_.post({Event::Kind::kInterrupt, kernel_time_ps(), id, source, level ? 1U : 0U, {}});
          plic->set_source(source, level);
        });
  }
}

const Soc::Instance* Soc::memory_at(uint64_t address) const {
  for (const Instance& instance : instances_) {
    if (dynamic_cast<Memory*>(instance.component.get()) == nullptr || !instance.spec->address) continue;
    if (address >= *instance.spec->address && address - *instance.spec->address < instance.spec->size_bytes) {
      return &instance;
    }
  }
  return nullptr;
}

std::vector<Component*> Soc::components() const {
  std::vector<Component*> found;
  for (const Instance& instance : instances_) found.push_back(instance.component.get());
  return found;
}

std::vector<Soc::InterruptSource> Soc::interrupt_sources() const {
  std::vector<InterruptSource> sources;
  for (const Instance& instance : instances_)
    if (instance.spec->interrupt) sources.push_back({*instance.spec->interrupt, instance.component.get()});
  return sources;
}

Component* Soc::component_at(uint64_t address) const {
  for (const Instance& instance : instances_) {
    if (instance.spec->address && instance.component->target_socket() != nullptr &&
        address >= *instance.spec->address && address - *instance.spec->address < instance.spec->size_bytes)
      return instance.component.get();
  }
  return nullptr;
}

AddressSpan Soc::main_memory() const {
  AddressSpan largest;
  for (const Instance& instance : instances_) {
    if (dynamic_cast<Memory*>(instance.component.get()) == nullptr || !instance.spec->address) continue;
    if (dynamic_cast<Rom*>(instance.component.get()) != nullptr) continue;
    if (instance.spec->size_bytes > largest.end - largest.begin) {
      largest = {*instance.spec->address, *instance.spec->address + instance.spec->size_bytes};
    }
  }
  return largest;
}

bool Soc::load(uint64_t address, std::span<const uint8_t> bytes, uint64_t memory_bytes) {
  const Instance* instance = memory_at(address);
  if (instance == nullptr) return false;
  const uint64_t offset = address - *instance->spec->address;
  const uint64_t total = std::max<uint64_t>(memory_bytes, bytes.size());
  if (total > instance->spec->size_bytes - offset) return false;
  auto& memory = dynamic_cast<Memory&>(*instance->component);
  memory.load(offset, bytes);
  if (total > bytes.size()) memory.clear(offset + bytes.size(), total - bytes.size());
  return true;
}

std::vector<uint8_t> Soc::peek(uint64_t address, uint64_t bytes) const {
  std::vector<uint8_t> copy(bytes);
  const Instance* instance = memory_at(address);
  if (instance != nullptr) {
    dynamic_cast<const Memory&>(*instance->component).peek(address - *instance->spec->address, copy);
  }
  return copy;
}

bool Soc::is_writable_memory(uint64_t address, uint64_t bytes) const {
  const Instance* instance = memory_at(address);
  return instance != nullptr && dynamic_cast<Rom*>(instance->component.get()) == nullptr &&
         bytes <= instance->spec->size_bytes - (address - *instance->spec->address);
}

void Soc::print(uint8_t character) {
  for (const Instance& instance : instances_) {
    if (auto* uart = dynamic_cast<Uart16550*>(instance.component.get())) return uart->print(character);
  }
  std::fputc(character, stderr);
}

AddressSpan Soc::boot_rom() const {
  for (const Instance& instance : instances_) {
    if (dynamic_cast<Rom*>(instance.component.get()) == nullptr) continue;
    return {*instance.spec->address, *instance.spec->address + instance.spec->size_bytes};
  }
  return {};
}

std::vector<std::string> Soc::record(RecordingWriter& writer) {
  std::vector<std::string> names;
  for (Instance& instance : instances_) {
    auto* const shell = dynamic_cast<AcceleratorShell*>(instance.component.get());
    if (shell == nullptr) continue;
    instance.recorder = std::make_unique<Recorder>(*shell, writer);
    names.push_back(instance.spec->name);
  }
  return names;
}

void Soc::finish_recording() {
  for (const Instance& instance : instances_) {
    if (instance.recorder != nullptr) instance.recorder->finish();
  }
}

bool Soc::wants_access_origin() const {
  return std::any_of(instances_.begin(), instances_.end(), [](const Instance& instance) {
    return instance.twin != nullptr || instance.recorder != nullptr;
  });
}

void Soc::reset() {
  for (const auto& [name, clock] : clocks_) clock->reset(kernel_time_ps());
  for (const Instance& instance : instances_) {
    if (dynamic_cast<Memory*>(instance.component.get()) == nullptr) instance.component->reset();
  }
}

std::vector<ReportedComponent> Soc::reported() const {
  std::vector<ReportedComponent> components;
  for (const Instance& instance : instances_) {
    components.push_back({instance.spec->name,
                          instance.spec->type->schema.name,
                          instance.component->id(),
                          instance.spec->implementation,
                          instance.component->figures(),
                          {}});
    if (instance.twin != nullptr) components.back().compared = compared_of(*instance.twin);
  }
  return components;
}

}  // namespace ganglion
