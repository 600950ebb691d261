#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <utility>
#include <vector>

namespace ganglion {

/// How far RTL's cycles a job lie from the model's.
struct CycleTolerance {
  double share = 0.05;      ///< of the model's cycles
  uint64_t allowance = 16;  ///< and so many more
  [[nodiscard]] bool accepts(uint64_t model, uint64_t rtl) const {
    const uint64_t difference = model > rtl ? model - rtl : rtl - model;
    return static_cast<double>(difference) <=
           share * static_cast<double>(model) + static_cast<double>(allowance);
  }
};

/// Cycles of all jobs that model and RTL completed.
class CycleError {
 public:
  explicit CycleError(const CycleTolerance& tolerance = {}) : tolerance_(tolerance) {}
  /// Whether the tolerance accepts the job.
  bool add(uint64_t model, uint64_t rtl) {
    model_ += model;
    rtl_ += rtl;
    const double difference = static_cast<double>(rtl) - static_cast<double>(model);
    errors_.push_back(model == 0 ? 0.0 : difference / static_cast<double>(model));
    cycles_.emplace_back(model, rtl);
    const bool accepted = tolerance_.accepts(model, rtl);
    if (!accepted) ++beyond_;
    return accepted;
  }
  /// Of every job, in order: the model's and the RTL's.
  [[nodiscard]] const std::vector<std::pair<uint64_t, uint64_t>>& cycles() const { return cycles_; }
  /// Jobs that the tolerance does not accept.
  [[nodiscard]] uint64_t beyond_tolerance() const { return beyond_; }
  [[nodiscard]] uint64_t jobs() const { return errors_.size(); }
  [[nodiscard]] uint64_t model_cycles() const { return model_; }
  [[nodiscard]] uint64_t rtl_cycles() const { return rtl_; }
  /// Share of the jobs' error magnitudes at or below which `quantile` (0 to 1) of them lie; 0 without jobs.
  [[nodiscard]] double magnitude(double quantile) const {
    if (errors_.empty()) return 0.0;
    std::vector<double> sorted;
    for (const double error : errors_) sorted.push_back(std::abs(error));
    std::sort(sorted.begin(), sorted.end());
    const auto index =
        static_cast<std::size_t>(std::lround(quantile * static_cast<double>(sorted.size() - 1)));
    return sorted[index];
  }

 private:
  CycleTolerance tolerance_;
  uint64_t beyond_ = 0;
  uint64_t model_ = 0;
  uint64_t rtl_ = 0;
  std::vector<double> errors_;
  std::vector<std::pair<uint64_t, uint64_t>> cycles_;
};

}  // namespace ganglion
