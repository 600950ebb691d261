#include "platform/accel/cosim/rtl_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <set>

namespace ganglion {
namespace {

/// How a port of the agreed interface may look.
struct Expected {
  const char* name;
  bool is_output;  ///< of the RTL
  uint32_t least;  ///< bits
  uint32_t most;
};

}  // namespace

// One line a signal: port, direction as the RTL sees it, fewest and most bits, and the member it is copied
// from or to.
template <typename Visit>
void RtlModel::for_each_lite(Visit&& visit) {
  const auto in = [&](const char* name, uint32_t least, uint32_t most, auto member) {
    visit(Expected{name, false, least, most}, member);
  };
  const auto out = [&](const char* name, uint32_t least, uint32_t most, auto member) {
    visit(Expected{name, true, least, most}, member);
  };
  using P = axi::LitePins;
  in("s_axil_awaddr", 3, 16, &P::awaddr);
  in("s_axil_awprot", 3, 3, &P::awprot);
  in("s_axil_awvalid", 1, 1, &P::awvalid);
  out("s_axil_awready", 1, 1, &P::awready);
  in("s_axil_wdata", 32, 32, &P::wdata);
  in("s_axil_wstrb", 4, 4, &P::wstrb);
  in("s_axil_wvalid", 1, 1, &P::wvalid);
  out("s_axil_wready", 1, 1, &P::wready);
  out("s_axil_bresp", 2, 2, &P::bresp);
  out("s_axil_bvalid", 1, 1, &P::bvalid);
  in("s_axil_bready", 1, 1, &P::bready);
  in("s_axil_araddr", 3, 16, &P::araddr);
  in("s_axil_arprot", 3, 3, &P::arprot);
  in("s_axil_arvalid", 1, 1, &P::arvalid);
  out("s_axil_arready", 1, 1, &P::arready);
  out("s_axil_rdata", 32, 32, &P::rdata);
  out("s_axil_rresp", 2, 2, &P::rresp);
  out("s_axil_rvalid", 1, 1, &P::rvalid);
  in("s_axil_rready", 1, 1, &P::rready);
}

template <typename Visit>
void RtlModel::for_each_full(Visit&& visit) {
  const auto in = [&](const char* name, uint32_t least, uint32_t most, auto member) {
    visit(Expected{name, false, least, most}, member);
  };
  const auto out = [&](const char* name, uint32_t least, uint32_t most, auto member) {
    visit(Expected{name, true, least, most}, member);
  };
  using P = axi::Pins;
  out("m_axi_awid", 1, 16, &P::awid);
  out("m_axi_awaddr", 12, 64, &P::awaddr);
  out("m_axi_awlen", 4, 8, &P::awlen);
  out("m_axi_awsize", 3, 3, &P::awsize);
  out("m_axi_awburst", 2, 2, &P::awburst);
  out("m_axi_awvalid", 1, 1, &P::awvalid);
  in("m_axi_awready", 1, 1, &P::awready);
  out("m_axi_wdata", 64, 64, &P::wdata);
  out("m_axi_wstrb", 8, 8, &P::wstrb);
  out("m_axi_wlast", 1, 1, &P::wlast);
  out("m_axi_wvalid", 1, 1, &P::wvalid);
  in("m_axi_wready", 1, 1, &P::wready);
  in("m_axi_bid", 1, 16, &P::bid);
  in("m_axi_bresp", 2, 2, &P::bresp);
  in("m_axi_bvalid", 1, 1, &P::bvalid);
  out("m_axi_bready", 1, 1, &P::bready);
  out("m_axi_arid", 1, 16, &P::arid);
  out("m_axi_araddr", 12, 64, &P::araddr);
  out("m_axi_arlen", 4, 8, &P::arlen);
  out("m_axi_arsize", 3, 3, &P::arsize);
  out("m_axi_arburst", 2, 2, &P::arburst);
  out("m_axi_arvalid", 1, 1, &P::arvalid);
  in("m_axi_arready", 1, 1, &P::arready);
  in("m_axi_rid", 1, 16, &P::rid);
  in("m_axi_rdata", 64, 64, &P::rdata);
  in("m_axi_rresp", 2, 2, &P::rresp);
  in("m_axi_rlast", 1, 1, &P::rlast);
  in("m_axi_rvalid", 1, 1, &P::rvalid);
  out("m_axi_rready", 1, 1, &P::rready);
}

/// Finds ports by name and collects what is wrong with them.
struct RtlModel::Binder {
  RtlModel& model;
  std::set<std::string> expected{};
  std::string problems{};

  void complain(const std::string& text) { problems += "\n    " + text; }
  static std::string bits(const Expected& port) {
    return port.least == port.most ? fmt::format("{} bit{}", port.least, port.least == 1 ? "" : "s")
                                   : fmt::format("{} to {} bits", port.least, port.most);
  }
  uint32_t bind(const Expected& port, bool required = true) {
    expected.insert(port.name);
    const auto found = std::find_if(model.slots_.begin(), model.slots_.end(),
                                    [&](const Slot& slot) { return std::strcmp(slot.name, port.name) == 0; });
    const char* const direction = port.is_output ? "output" : "input";
    if (found == model.slots_.end()) {
      if (required) complain(fmt::format("{} is missing: {}, {}", port.name, direction, bits(port)));
      return kAbsent;
    }
    if (found->is_output != port.is_output)
      complain(fmt::format("{} is an {}; expected an {}", port.name, port.is_output ? "input" : "output",
                           direction));
    if (found->width < port.least || found->width > port.most)
      complain(fmt::format("{} has {} bits; expected {}", port.name, found->width, bits(port)));
    return static_cast<uint32_t>(found - model.slots_.begin());
  }
};

RtlModel::RtlModel(std::shared_ptr<const RtlLibrary> library, uint64_t seed)
    : library_(std::move(library)), api_(library_->api()) {
  for (const ganglion_rtl_port& port : library_->ports())
    slots_.push_back({nullptr, port.bytes, port.width, port.name, port.is_output != 0});
  Binder binder{*this};
  clock_ = binder.bind({"clk", false, 1, 1});
  reset_ = binder.bind({"rst_n", false, 1, 1});
  irq_ = binder.bind({"irq", true, 1, 1}, false);
  active_ = binder.bind({"active", true, 1, 1}, false);
  for_each_lite([&](const Expected& port, auto) { lite_.push_back(binder.bind(port)); });
  has_manager_ = std::any_of(slots_.begin(), slots_.end(),
                             [](const Slot& slot) { return std::strncmp(slot.name, "m_axi_", 6) == 0; });
  for_each_full([&](const Expected& port, auto) { full_.push_back(binder.bind(port, has_manager_)); });
  for (const Slot& slot : slots_) {
    if (!binder.expected.contains(slot.name))
      binder.complain(
          fmt::format("{} is no port of the interface: nothing would drive or read it", slot.name));
  }
  if (!binder.problems.empty()) {
    throw ConfigError(
        {library_->where(),
         "'" + library_->file() + "', whose top module " + api_.top + " has other ports:" + binder.problems,
         "clk, rst_n, s_axil_* and, if wanted, m_axi_*, irq and active",
         "docs/how-to/bring-your-own-rtl.md lists them"});
  }
  window_bytes_ = uint64_t{1} << std::min(slots_[lite_[0]].width, 16U);

  model_ = api_.create(seed);
  for (uint32_t i = 0; i < slots_.size(); ++i) slots_[i].data = api_.port_data(model_, i);
}

RtlModel::~RtlModel() {
  if (model_ != nullptr) api_.destroy(model_);
}

void RtlModel::put(uint32_t index, uint64_t value) {
  const Slot& slot = slots_[index];
  if (slot.width < 64) value &= (uint64_t{1} << slot.width) - 1;
  std::memcpy(slot.data, &value, slot.bytes);  // both little endian
}

uint64_t RtlModel::get(uint32_t index) const {
  const Slot& slot = slots_[index];
  uint64_t value = 0;
  std::memcpy(&value, slot.data, slot.bytes);
  return value;
}

void RtlModel::put_pins(const axi::LitePins& lite, const axi::Pins& full) {
  std::size_t i = 0;
  for_each_lite([&](const Expected& port, auto member) {
    if (!port.is_output) put(lite_[i], lite.*member);
    ++i;
  });
  if (!has_manager_) return;
  i = 0;
  for_each_full([&](const Expected& port, auto member) {
    if (!port.is_output) put(full_[i], full.*member);
    ++i;
  });
}

void RtlModel::get_pins(axi::LitePins& lite, axi::Pins& full) const {
  std::size_t i = 0;
  const auto take = [](auto& member, uint64_t value) {
    member = static_cast<std::decay_t<decltype(member)>>(value);
  };
  for_each_lite([&](const Expected& port, auto member) {
    if (port.is_output) take(lite.*member, get(lite_[i]));
    ++i;
  });
  if (!has_manager_) return;
  i = 0;
  for_each_full([&](const Expected& port, auto member) {
    if (port.is_output) take(full.*member, get(full_[i]));
    ++i;
  });
}

std::string RtlModel::complaint() const {
  const char* const text = api_.complaint(model_);
  return text == nullptr ? std::string() : text;
}

std::vector<RtlModel::Output> RtlModel::outputs() const {
  std::vector<Output> values;
  for (uint32_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].is_output) values.push_back({slots_[i].name, get(i)});
  }
  return values;
}

}  // namespace ganglion
