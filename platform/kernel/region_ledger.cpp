#include "platform/kernel/region_ledger.h"

#include <numeric>

namespace ganglion {
namespace {

/// a - b by component; a component that `b` does not know counted from zero.
std::vector<int64_t> difference(const std::vector<int64_t>& a, const std::vector<int64_t>& b) {
  std::vector<int64_t> result = a;
  for (std::size_t i = 0; i < b.size(); ++i) result[i] -= b[i];
  return result;
}

template <typename Key>
void subtract(std::map<Key, int64_t>& from, const std::map<Key, int64_t>& what) {
  for (const auto& [key, fj] : what) from[key] -= fj;
}

void subtract(EnergyLedger::Breakdown& from, const EnergyLedger::Breakdown& what) {
  subtract(from.by_action_fj, what.by_action_fj);
  subtract(from.by_action_low_fj, what.by_action_low_fj);
  subtract(from.by_action_high_fj, what.by_action_high_fj);
  subtract(from.by_class_fj, what.by_class_fj);
  from.low_fj -= what.low_fj;
  from.high_fj -= what.high_fj;
}

void add_to(std::vector<int64_t>& sum, const std::vector<int64_t>& more) {
  if (sum.size() < more.size()) sum.resize(more.size());
  for (std::size_t i = 0; i < more.size(); ++i) sum[i] += more[i];
}

}  // namespace

RegionLedger::RegionLedger(EnergyLedger& energy, TimeLedger& time, std::function<uint64_t()> now_ps)
    : energy_(energy), time_(time), now_ps_(std::move(now_ps)) {}

void RegionLedger::on_instructions(std::function<uint64_t()> instructions) {
  instruction_sources_.push_back(std::move(instructions));
}

uint64_t RegionLedger::instructions() const {
  return std::accumulate(instruction_sources_.begin(), instruction_sources_.end(), uint64_t{0},
                         [](uint64_t sum, const auto& source) { return sum + source(); });
}

RegionLedger::Snapshot RegionLedger::take() const {
  Snapshot snapshot;
  for (ComponentId id = 0; id < energy_.component_count(); ++id) {
    snapshot.energy_fj.push_back(energy_.energy_fj(id));
    snapshot.time_ps.push_back(time_.by_cause(id));
    snapshot.breakdown.push_back(energy_.breakdown(id));
  }
  snapshot.instructions = instructions();
  return snapshot;
}

RegionLedger::Snapshot RegionLedger::cross_border() {
  Snapshot now = take();
  const std::vector<int64_t> delta = difference(now.energy_fj, last_border_.energy_fj);
  for (const int64_t fj : delta) fell_ = fell_ || fj < 0;
  if (open_.empty()) add_to(outside_fj_, delta);
  last_border_ = now;
  return now;
}

void RegionLedger::begin(const std::string& name) {
  Snapshot now = cross_border();
  Region region;
  region.name = name;
  region.depth = static_cast<int>(open_.size());
  region.begin_ps = now_ps_();
  open_.emplace_back(regions_.size(), std::move(now));
  regions_.push_back(std::move(region));
}

bool RegionLedger::end() {
  if (open_.empty()) return false;
  const Snapshot now = cross_border();
  const auto& [index, start] = open_.back();
  Region& region = regions_[index];
  region.end_ps = now_ps_();
  region.open = false;
  region.energy_fj = difference(now.energy_fj, start.energy_fj);
  region.time_ps = now.time_ps;
  for (std::size_t id = 0; id < start.time_ps.size(); ++id) {
    for (std::size_t cause = 0; cause < kTimeCauses; ++cause) {
      region.time_ps[id][cause] -= start.time_ps[id][cause];
    }
  }
  region.breakdown = now.breakdown;
  for (std::size_t id = 0; id < start.breakdown.size(); ++id) {
    subtract(region.breakdown[id], start.breakdown[id]);
  }
  region.instructions = now.instructions - start.instructions;
  open_.pop_back();
  return true;
}

void RegionLedger::close_all() {
  while (end()) {
  }
}

int64_t RegionLedger::outside_fj(ComponentId id) const {
  int64_t sum = id < outside_fj_.size() ? outside_fj_[id] : 0;
  if (open_.empty()) {
    sum += energy_.energy_fj(id) - (id < last_border_.energy_fj.size() ? last_border_.energy_fj[id] : 0);
  }
  return sum;
}

bool RegionLedger::conserves() const {
  for (ComponentId id = 0; id < energy_.component_count(); ++id) {
    const int64_t total = energy_.energy_fj(id);
    int64_t sum = outside_fj(id);
    for (const Region& region : regions_) {
      if (region.depth == 0 && !region.open && id < region.energy_fj.size()) sum += region.energy_fj[id];
    }
    if (!open_.empty()) {
      const auto& start = open_.front().second.energy_fj;
      sum += total - (id < start.size() ? start[id] : 0);
    }
    if (sum != total || (id < last_border_.energy_fj.size() && total < last_border_.energy_fj[id]))
      return false;
  }
  return !fell_;
}

}  // namespace ganglion
