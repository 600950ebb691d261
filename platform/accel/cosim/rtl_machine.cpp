#include "platform/accel/cosim/rtl_machine.h"

#include <fmt/format.h>

#include <string_view>
#include <utility>

namespace ganglion {

namespace {

/// Index of the VALID that says whether output `name` means anything; -1 for those that always do.
int index_of_valid(const std::vector<RtlModel::Output>& outputs, std::string_view name) {
  for (const std::string_view prefix : {"s_axil_", "m_axi_"}) {
    if (!name.starts_with(prefix)) continue;
    if (name.ends_with("valid") || name.ends_with("ready")) return -1;
    const std::string_view signal = name.substr(prefix.size());
    for (const std::string_view channel : {"aw", "ar", "w", "r", "b"}) {
      if (!signal.starts_with(channel)) continue;
      const std::string valid = std::string(prefix) + std::string(channel) + "valid";
      for (std::size_t i = 0; i < outputs.size(); ++i) {
        if (outputs[i].name == valid) return static_cast<int>(i);
      }
    }
  }
  return -1;
}

uint64_t lanes_of(uint64_t strobes) {
  uint64_t mask = 0;
  for (unsigned lane = 0; lane < 8; ++lane) {
    if ((strobes >> lane & 1U) != 0) mask |= uint64_t{0xff} << (8 * lane);
  }
  return mask;
}

}  // namespace

RtlMachine::RtlMachine(std::shared_ptr<const RtlLibrary> library, const Options& options)
    : library_(std::move(library)),
      options_(options),
      model_(std::make_unique<RtlModel>(library_, options.seed)),
      memory_(options.memory) {
  if (options.unknown_cycles != 0) twin_ = std::make_unique<RtlModel>(library_, options.seed + 1);
  const std::vector<RtlModel::Output> outputs = model_->outputs();
  for (std::size_t i = 0; i < outputs.size(); ++i) {
    valid_of_.push_back(index_of_valid(outputs, outputs[i].name));
    if (std::string_view(outputs[i].name) == "m_axi_wstrb") strobes_index_ = static_cast<int>(i);
    if (std::string_view(outputs[i].name) == "m_axi_wdata") data_index_ = static_cast<int>(i);
  }
  reset();
}

void RtlMachine::reset() {
  lite_.reset();
  memory_.reset();
  for (uint64_t i = 0; i < kResetCycles; ++i) {
    lite_pins_ = {};
    pins_ = {};
    clock_models(true);
    // The first edges of reset bring the outputs into its state.
    if (i >= kResetCycles / 2) check_rules(true);
  }
  irq_ = model_->irq();
  active_ = model_->active();
  last_busy_ = stepped_;
}

void RtlMachine::clock_models(bool in_reset) {
  for (RtlModel* model : {model_.get(), twin_.get()}) {
    if (model == nullptr) continue;
    model->set_clock(false);
    model->set_reset(in_reset);
    model->put_pins(lite_pins_, pins_);
    model->eval();
  }
  model_->get_pins(lite_pins_, pins_);
  if (twin_ != nullptr && !in_reset) check_unknown();
  if (trace_time_) {
    const uint64_t before = edge_ == 0 ? 0 : trace_time_(edge_ - 1);
    model_->dump_trace(before + (trace_time_(edge_) - before) / 2);
  }
  for (RtlModel* model : {model_.get(), twin_.get()}) {
    if (model == nullptr) continue;
    model->set_clock(true);
    model->eval();
  }
  if (trace_time_ && !in_reset) model_->dump_trace(trace_time_(edge_));
  if (const std::string text = model_->complaint(); !text.empty())
    set_fault("the RTL stopped itself: " + text);
}

void RtlMachine::step() {
  if (fault_) return;
  lite_.drive(lite_pins_);
  memory_.drive(pins_, edge_);
  clock_models(false);
  check_rules(false);
  if (fault_) return;
  lite_.step(lite_pins_);
  memory_.step(pins_, edge_);
  irq_ = model_->irq();
  active_ = model_->active();
  ++edge_;
  ++stepped_;
  if (active_ || !lite_.idle() || !memory_.idle()) last_busy_ = stepped_;
  if (twin_ != nullptr && stepped_ >= options_.unknown_cycles) twin_.reset();
  check_progress();
}

bool RtlMachine::busy() const { return !model_->has_active() || stepped_ - last_busy_ < kSettleCycles; }

void RtlMachine::check_rules(bool in_reset) {
  lite_checker_.step(lite_pins_, edge_, in_reset);
  if (lite_checker_.violation())
    set_fault("AXI4-Lite rule broken: " + lite_checker_.violation()->to_string());
  if (!model_->has_manager()) return;
  checker_.step(pins_, edge_, in_reset);
  if (checker_.violation()) set_fault("AXI4 rule broken: " + checker_.violation()->to_string());
}

void RtlMachine::check_unknown() {
  const std::vector<RtlModel::Output> one = model_->outputs();
  const std::vector<RtlModel::Output> other = twin_->outputs();
  for (std::size_t i = 0; i < one.size(); ++i) {
    if (valid_of_[i] >= 0 && one[valid_of_[i]].value == 0) continue;
    uint64_t mask = ~uint64_t{0};
    if (static_cast<int>(i) == data_index_ && strobes_index_ >= 0) mask = lanes_of(one[strobes_index_].value);
    if (((one[i].value ^ other[i].value) & mask) == 0) continue;
    unknown_ = !fault_;
    set_fault(
        fmt::format("unknown value: {} depends on a register or memory that was never written or reset "
                    "({:#x} with one set of initial values, {:#x} with another), at clock edge {}",
                    one[i].name, one[i].value, other[i].value, edge_));
    return;
  }
}

void RtlMachine::check_progress() {
  if (fault_) return;
  if (lite_.waited() > options_.timeout_cycles && !lite_.idle()) {
    set_fault(
        fmt::format("no answer for {} clock cycles: AXI4-Lite {}", options_.timeout_cycles, lite_.pending()));
  } else if (memory_.stuck_for(edge_) > options_.timeout_cycles) {
    set_fault(
        fmt::format("no progress for {} clock cycles: AXI4 {}", options_.timeout_cycles, memory_.pending()));
  }
}

std::optional<axi::LiteManager::Outcome> RtlMachine::finish_access(uint64_t offset, const char* what) {
  while (!fault_) {
    step();
    if (serve_) serve_();
    if (auto outcome = lite_.take()) return outcome;
  }
  if (!fault_->ends_with(')'))
    *fault_ += fmt::format(" ({} of {})", what, library_->describe_register(offset));
  return std::nullopt;
}

std::optional<axi::LiteManager::Outcome> RtlMachine::read_register(uint64_t offset) {
  if (fault_) return std::nullopt;
  lite_.read(offset);
  return finish_access(offset, "read");
}

std::optional<axi::LiteManager::Outcome> RtlMachine::write_register(uint64_t offset, uint32_t value) {
  if (fault_) return std::nullopt;
  lite_.write(offset, value);
  return finish_access(offset, "write");
}

void RtlMachine::check_identity(std::optional<uint32_t> id, std::optional<uint32_t> version) {
  check_register("ID", id);
  check_register("VERSION", version);
  if (fault_) {
    throw ConfigError({library_->where(), "'" + library_->file() + "', whose RTL does not start: " + *fault_,
                       "RTL that answers register reads after reset", ""});
  }
}

void RtlMachine::check_register(const char* name, std::optional<uint32_t> expected) {
  const ganglion_rtl_register* const reg = library_->find_register(std::string_view(name));
  if (reg == nullptr) {
    if (!expected) return;
    throw ConfigError({library_->where(), "'" + library_->file() + "', whose registers have no " + name,
                       fmt::format("{} = {:#010x}, as the model of this type has", name, *expected),
                       "build the library with the block's own regs.rdl"});
  }
  const auto found = read_register(reg->offset);
  if (!found) return;
  if (found->response != axi::kOkay) {
    throw ConfigError(
        {library_->where(),
         fmt::format("'{}', whose RTL answers a read of {} with an error", library_->file(), name),
         fmt::format("{:#010x} at offset {:#05x}", expected.value_or(reg->reset), reg->offset), ""});
  }
  const uint32_t wanted = expected.value_or(reg->reset);
  if (found->data == wanted) return;
  throw ConfigError({library_->where(),
                     fmt::format("'{}', whose RTL has {} = {:#010x}", library_->file(), name, found->data),
                     fmt::format("{} = {:#010x}, as {}", name, wanted,
                                 expected ? "the model of this type has" : "the library's regs.rdl says"),
                     "is this the library of another block, or of another version?"});
}

void RtlMachine::check_constant(const BuiltConstant& constant) {
  const ganglion_rtl_register* const reg = library_->find_register(std::string_view(constant.register_name));
  const std::string wanted = fmt::format("{}.{} = {}, as its parameter {} says", constant.register_name,
                                         constant.field, constant.value, constant.parameter);
  const std::string remedy =
      "docs/how-to/bring-your-own-rtl.md, \"Another array\", builds RTL with other parameters";
  if (reg == nullptr) {
    throw ConfigError(
        {library_->where(),
         fmt::format("'{}', whose registers have no {}", library_->file(), constant.register_name), wanted,
         remedy});
  }
  const auto found = read_register(reg->offset);
  if (!found) return;  // check_identity has read registers: this one is stuck, as every access will be
  const uint32_t value = (found->data & constant.mask) >> constant.lsb;
  if (found->response == axi::kOkay && value == constant.value) return;
  throw ConfigError({library_->where(),
                     fmt::format("'{}', whose RTL has {}.{} = {}", library_->file(), constant.register_name,
                                 constant.field, value),
                     wanted, remedy});
}

bool RtlMachine::open_trace(const std::string& file, std::function<uint64_t(uint64_t)> time_ps) {
  if (!model_->open_trace(file)) return false;
  trace_time_ = std::move(time_ps);
  return true;
}

void RtlMachine::close_trace() {
  if (!trace_time_) return;
  model_->close_trace();
  trace_time_ = nullptr;
}

}  // namespace ganglion
