#include "platform/kernel/component.h"

#include "platform/kernel/kernel_time.h"

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

uint64_t Component::now_ps() { return kernel_time_ps(); }

}  // namespace ganglion
