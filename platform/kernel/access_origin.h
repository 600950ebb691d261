#pragma once

#include <functional>
#include <string>
#include <tlm>

namespace ganglion {

/// Attached to a transaction by an initiator that executes code: who asked, for people. Valid during the
/// access.
struct AccessOrigin : tlm::tlm_extension<AccessOrigin> {
  /// Function and source line, e.g. "offload_run, offload.c:88 (pc 0x800012ac)".
  std::function<std::string()> place;
  tlm::tlm_extension_base* clone() const override { return new AccessOrigin(*this); }
  void copy_from(const tlm::tlm_extension_base& other) override {
    place = static_cast<const AccessOrigin&>(other).place;
  }
};

}  // namespace ganglion
