#include "platform/peripherals/plic.h"

#include <stdexcept>

namespace ganglion {

namespace {

constexpr uint64_t kPending = 0x1000;
constexpr uint64_t kEnable = 0x2000;
constexpr uint64_t kEnableStride = 0x80;
constexpr uint64_t kContext = 0x20'0000;
constexpr uint64_t kContextStride = 0x1000;
constexpr uint32_t kPriorityMask = 7;

}  // namespace

Plic::Plic(const ComponentContext& context) : MmioDevice(context, 4) { reset(); }

void Plic::reset() {
  serving_.fill(false);
  priority_.fill(0);
  contexts_.fill({});
  update();
}

void Plic::set_source(unsigned source, bool level) {
  if (source == 0 || source >= kSources) throw std::logic_error("PLIC source out of range");
  level_[source] = level;
  update();
}

unsigned Plic::best(const Context& context) const {
  unsigned found = 0;
  for (unsigned source = 1; source < kSources; ++source) {
    if (!level_[source] || serving_[source] || !is_enabled(context, source)) continue;
    if (priority_[source] > priority_[found]) found = source;
  }
  return found;
}

void Plic::update() {
  for (unsigned i = 0; i < kContexts; ++i) {
    const unsigned source = best(contexts_[i]);
    external_[i].set(source != 0 && priority_[source] > contexts_[i].threshold);
  }
}

uint32_t Plic::claim(Context& context) {
  const unsigned source = best(context);
  if (source != 0) {
    serving_[source] = true;
    update();
  }
  return source;
}

void Plic::complete(const Context& context, uint32_t source) {
  if (source == 0 || source >= kSources || !is_enabled(context, source)) return;
  serving_[source] = false;
  update();
}

bool Plic::read(uint64_t offset, unsigned, uint64_t& value) {
  if (offset < 4 * kSources) {
    value = priority_[offset / 4];
    return true;
  }
  if (offset >= kPending && offset < kPending + 4 * kWords) {
    const auto first = static_cast<unsigned>(offset - kPending) * 8;
    value = 0;
    for (unsigned bit = 0; bit < 32; ++bit) {
      if (level_[first + bit] && !serving_[first + bit]) value |= 1ULL << bit;
    }
    return true;
  }
  if (offset >= kEnable && offset < kEnable + kEnableStride * kContexts) {
    const uint64_t word = (offset - kEnable) % kEnableStride / 4;
    if (word >= kWords) return false;
    value = contexts_[(offset - kEnable) / kEnableStride].enable[word];
    return true;
  }
  if (offset >= kContext && offset < kContext + kContextStride * kContexts) {
    Context& context = contexts_[(offset - kContext) / kContextStride];
    const uint64_t reg = (offset - kContext) % kContextStride;
    if (reg == 0) value = context.threshold;
    if (reg == 4) value = claim(context);
    return reg == 0 || reg == 4;
  }
  return false;
}

bool Plic::write(uint64_t offset, unsigned, uint64_t value) {
  const auto word_value = static_cast<uint32_t>(value);
  if (offset < 4 * kSources) {
    if (offset != 0) priority_[offset / 4] = word_value & kPriorityMask;
    update();
    return true;
  }
  if (offset >= kPending && offset < kPending + 4 * kWords) return true;  // read-only, ignored
  if (offset >= kEnable && offset < kEnable + kEnableStride * kContexts) {
    const uint64_t word = (offset - kEnable) % kEnableStride / 4;
    if (word >= kWords) return false;
    contexts_[(offset - kEnable) / kEnableStride].enable[word] = word == 0 ? word_value & ~1U : word_value;
    update();
    return true;
  }
  if (offset >= kContext && offset < kContext + kContextStride * kContexts) {
    Context& context = contexts_[(offset - kContext) / kContextStride];
    const uint64_t reg = (offset - kContext) % kContextStride;
    if (reg == 0) context.threshold = word_value & kPriorityMask;
    if (reg == 4) complete(context, word_value);
    update();
    return reg == 0 || reg == 4;
  }
  return false;
}

}  // namespace ganglion
