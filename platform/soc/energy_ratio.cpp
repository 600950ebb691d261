#include "platform/soc/energy_ratio.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ganglion {
namespace {

/// What one cost entry adds to both sides when it lies at its low bound, and at its high bound.
struct Entry {
  double a_low = 0.0, a_high = 0.0;
  double b_low = 0.0, b_high = 0.0;
};

std::vector<Entry> entries_of(const nlohmann::json& a, const nlohmann::json& b) {
  std::map<std::pair<std::string, std::string>, Entry> entries;
  for (const auto& [component, actions] : a.at("energy_by_action").items()) {
    for (const auto& [action, energy] : actions.items()) {
      Entry& entry = entries[{component, action}];
      entry.a_low = energy.at("low_pj");
      entry.a_high = energy.at("high_pj");
    }
  }
  for (const auto& [component, actions] : b.at("energy_by_action").items()) {
    for (const auto& [action, energy] : actions.items()) {
      Entry& entry = entries[{component, action}];
      entry.b_low = energy.at("low_pj");
      entry.b_high = energy.at("high_pj");
    }
  }
  std::vector<Entry> list;
  list.reserve(entries.size());
  for (const auto& [name, entry] : entries) list.push_back(entry);
  return list;
}

/// Extreme of (sum of a) / (sum of b) over all choices of low or high for each entry: Dinkelbach's iteration
/// (Management Science 13, 1967), which ends after finitely many steps because the choices are finite. `sign`
/// is 1 for the greatest ratio and -1 for the least.
double extreme(const std::vector<Entry>& entries, double start, double sign) {
  double ratio = start;
  for (int step = 0; step < 100; ++step) {
    double a = 0.0;
    double b = 0.0;
    for (const Entry& entry : entries) {
      const bool take_high =
          sign * ((entry.a_high - entry.a_low) - ratio * (entry.b_high - entry.b_low)) > 0.0;
      a += take_high ? entry.a_high : entry.a_low;
      b += take_high ? entry.b_high : entry.b_low;
    }
    const double next = b == 0.0 ? 0.0 : a / b;
    if (next == ratio) break;
    ratio = next;
  }
  return ratio;
}

}  // namespace

EnergyRatio energy_ratio(const nlohmann::json& a, const nlohmann::json& b) {
  const double below = b.at("energy_pj");
  if (below == 0.0) return {};
  EnergyRatio result;
  result.value = a.at("energy_pj").get<double>() / below;
  const std::vector<Entry> entries = entries_of(a, b);
  result.low = extreme(entries, result.value, -1.0);
  result.high = extreme(entries, result.value, 1.0);
  return result;
}

}  // namespace ganglion
