#include "platform/peripherals/clint.h"

#include <algorithm>
#include <limits>

namespace ganglion {

namespace {

constexpr uint64_t kMsip = 0x0000;
constexpr uint64_t kMtimecmp = 0x4000;
constexpr uint64_t kMtime = 0xbff8;
constexpr uint64_t kNever = std::numeric_limits<uint64_t>::max();

/// `bytes` (4 or 8) of the 64-bit register, `offset` telling the half.
uint64_t part(uint64_t whole, uint64_t offset, unsigned bytes) {
  return bytes == 8 ? whole : static_cast<uint32_t>(whole >> (offset % 8 * 8));
}

uint64_t with_part(uint64_t whole, uint64_t offset, unsigned bytes, uint64_t value) {
  if (bytes == 8) return value;
  const uint64_t shift = offset % 8 * 8;
  return (whole & ~(0xffff'ffffULL << shift)) | value << shift;
}

}  // namespace

Clint::Clint(const ComponentContext& context)
    : MmioDevice(context, 4 | 8),
      software_(static_cast<std::size_t>(context.params.integer("harts"))),
      timer_(2 * software_.size()),
      compare_(2 * software_.size(), kNever),
      due_("due") {
  SC_METHOD(update_timers);
  sensitive << due_;
  dont_initialize();
  reset();
}

void Clint::reset() {
  for (InterruptLine& line : software_) line.set(false);
  std::fill(compare_.begin(), compare_.end(), kNever);
  mtime_offset_ = -(now_ps() / kTickPs);
  update_timers();
}

void Clint::set_supervisor_compare(unsigned hart, uint64_t mtime) {
  compare_.at(harts() + hart) = mtime;
  update_timers();
}

uint64_t* Clint::compare_at(uint64_t offset) {
  if (offset < kMtimecmp || offset >= kMtimecmp + 8 * software_.size()) return nullptr;
  return &compare_[(offset - kMtimecmp) / 8];
}

bool Clint::read(uint64_t offset, unsigned bytes, uint64_t& value) {
  if (offset < kMsip + 4 * software_.size()) {
    if (bytes != 4) return false;
    value = software_[(offset - kMsip) / 4].level() ? 1 : 0;
    return true;
  }
  if (offset >= kMtime && offset < kMtime + 8) {
    value = part(mtime_at(now_ps()), offset, bytes);
    return true;
  }
  const uint64_t* compare = compare_at(offset);
  if (compare == nullptr) return false;
  value = part(*compare, offset, bytes);
  return true;
}

bool Clint::write(uint64_t offset, unsigned bytes, uint64_t value) {
  if (offset < kMsip + 4 * software_.size()) {
    if (bytes != 4) return false;
    software_[(offset - kMsip) / 4].set((value & 1) != 0);
    return true;
  }
  if (offset >= kMtime && offset < kMtime + 8) {
    const uint64_t wanted = with_part(mtime_at(now_ps()), offset, bytes, value);
    mtime_offset_ = wanted - now_ps() / kTickPs;
    update_timers();
    return true;
  }
  uint64_t* compare = compare_at(offset);
  if (compare == nullptr) return false;
  *compare = with_part(*compare, offset, bytes, value);
  update_timers();
  return true;
}

void Clint::update_timers() {
  const uint64_t tick = now_ps() / kTickPs;
  const uint64_t mtime = tick + mtime_offset_;
  uint64_t next = kNever;  // mtime of the nearest rise
  for (std::size_t hart = 0; hart < compare_.size(); ++hart) {
    const bool reached = mtime >= compare_[hart];
    timer_[hart].set(reached);
    if (!reached) next = std::min(next, compare_[hart]);
  }

  due_.cancel();
  const uint64_t ticks_to_go = next - mtime;
  const uint64_t last_tick = sc_core::sc_max_time().value() / kTickPs;
  if (next == kNever || ticks_to_go > last_tick - tick) return;  // beyond the end of simulated time
  due_.notify(sc_core::sc_time::from_value((tick + ticks_to_go) * kTickPs - now_ps()));
}

}  // namespace ganglion
