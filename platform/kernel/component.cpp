#include "platform/kernel/component.h"

namespace ganglion {

ComponentScope::ComponentScope(const ComponentContext& context) {
  if (context.scope == nullptr) own_scope_.emplace(context.name.c_str());
}

Component::Component(const ComponentContext& context)
    : ComponentScope(context),
      instance_name_(context.name),
      id_(context.id),
      services_(context.services),
      clock_(context.clock) {
  own_scope_.reset();
}

uint64_t Component::now_ps() {
  static const double kPsPerUnit = sc_core::sc_get_time_resolution().to_seconds() * 1e12;
  const uint64_t value = sc_core::sc_time_stamp().value();
  return kPsPerUnit == 1.0 ? value : static_cast<uint64_t>(static_cast<double>(value) * kPsPerUnit);
}

}  // namespace ganglion
