#include "ip/common/model/faults.h"

#include <algorithm>
#include <array>
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
}

uint32_t FaultInjector::first_flip(uint64_t word, uint32_t draw, uint32_t begin, uint32_t bits) const {
  const uint32_t left = bits - begin;
  const auto words = random_.words((uint64_t{job_} << 44) + word, draw);
  const double uniform = static_cast<double>((uint64_t{words[0]} << 32 | words[1]) >> 11) * 0x1p-53;
  if (uniform >= any_of_[left]) return bits;
  const auto after = std::upper_bound(any_of_.begin(), any_of_.begin() + left, uniform);
  return begin + static_cast<uint32_t>(after - any_of_.begin()) - 1;
}

}  // namespace ganglion::layers
