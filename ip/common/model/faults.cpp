#include "ip/common/model/faults.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace ganglion::layers {
namespace {

constexpr std::array<std::pair<FaultSite, std::string_view>, 7> kNames{
    {{FaultSite::kNone, "none"},
     {FaultSite::kBuffer, "buffer"},
     {FaultSite::kWeightRegister, "weight_register"},
     {FaultSite::kCounter, "counter"},
     {FaultSite::kStreamBit, "stream_bit"},
     {FaultSite::kProduct, "product"},
     {FaultSite::kAccumulator, "accumulator"}}};

}  // namespace

std::string_view name_of(FaultSite site) { return kNames.at(static_cast<std::size_t>(site)).second; }

FaultSite fault_site(std::string_view name) {
  const auto* const found = std::ranges::find(kNames, name, &std::pair<FaultSite, std::string_view>::second);
  return found == kNames.end() ? FaultSite::kNone : found->first;
}

FaultInjector::FaultInjector(const FaultPlan& plan, std::string_view instance_name)
    : plan_(plan),
      random_(plan.seed, std::string(instance_name) + ".fault." + std::string(name_of(plan.site))),
      any_of_(kMaxBits + 1, 0.0) {
  // 1 - (1 - rate)^n by sums, which are exact where rate is tiny and the same on every machine.
  for (std::size_t n = 0; n < kMaxBits; ++n) any_of_[n + 1] = any_of_[n] + (1 - any_of_[n]) * plan.rate;
  for (const double any : any_of_) least_without_.push_back(static_cast<uint64_t>(std::ceil(any * 0x1p53)));
}

uint32_t FaultInjector::first_flip(uint64_t word, uint32_t number, uint32_t begin, uint32_t bits) const {
  const uint32_t left = bits - begin;
  const double uniform = static_cast<double>(draw(word, number)) * 0x1p-53;
  if (uniform >= any_of_[left]) return bits;
  const auto after = std::upper_bound(any_of_.begin(), any_of_.begin() + left, uniform);
  return begin + static_cast<uint32_t>(after - any_of_.begin()) - 1;
}

}  // namespace ganglion::layers
