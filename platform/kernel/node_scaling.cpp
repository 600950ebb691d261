#include "platform/kernel/node_scaling.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <stdexcept>

namespace ganglion {
namespace {

/// Energy polynomial of one node.
struct Polynomial {
  double a2, a1, a0;
  [[nodiscard]] double at(double v) const { return (a2 * v + a1) * v + a0; }
  [[nodiscard]] double slope(double v) const { return 2.0 * a2 * v + a1; }
};

struct Node {
  double nm;
  Polynomial high_performance;
  Polynomial low_power;  ///< the same above 45 nm, where the source has one flavour
  double area;           ///< relative to 7 nm, two digits
};

// Stillmaker and Baas 2017: coefficients of energy; relative area of the 7 nm row.
constexpr std::array<Node, 11> kNodes{{
    {180, {0.0, 24.64, -17.98}, {0.0, 24.64, -17.98}, 320},
    {130, {7.171, -6.709, 2.904}, {7.171, -6.709, 2.904}, 110},
    {90, {4.762, -4.781, 2.092}, {4.762, -4.781, 2.092}, 48},
    {65, {3.755, -4.398, 1.975}, {3.755, -4.398, 1.975}, 25},
    {45, {1.018, -0.3107, 0.1539}, {1.103, -0.362, 0.2767}, 17},
    {32, {0.8367, -0.4341, 0.1701}, {0.9559, -0.7823, 0.471}, 7.8},
    {20, {0.373, -0.1582, 0.04104}, {0.2632, -0.14, 0.06841}, 3.6},
    {16, {0.2958, -0.1241, 0.03024}, {0.2139, -0.1187, 0.05639}, 3.2},
    {14, {0.2363, -0.09675, 0.02239}, {0.1556, -0.06472, 0.03066}, 2.9},
    {10, {0.2068, -0.09311, 0.02375}, {0.1261, -0.0518, 0.02769}, 1.7},
    {7, {0.1776, -0.09097, 0.02447}, {0.09365, -0.03409, 0.02043}, 1.0},
}};

/// The tabulated nodes around `node_nm` and where it lies between them: 0 at `large`, 1 at `small`.
struct Between {
  const Node& large;
  const Node& small;
  double part;
};

Between neighbours(double node_nm) {
  if (!(node_nm >= kNodes.back().nm && node_nm <= kNodes.front().nm)) {
    throw std::invalid_argument(
        fmt::format("a node of {} nm cannot be scaled: the equations cover {} nm to {} nm", node_nm,
                    kNodes.back().nm, kNodes.front().nm));
  }
  std::size_t i = 1;
  while (i + 1 < kNodes.size() && kNodes[i].nm > node_nm) ++i;
  const Node& large = kNodes[i - 1];
  const Node& small = kNodes[i];
  return {large, small, (large.nm - node_nm) / (large.nm - small.nm)};
}

double checked(const Polynomial& polynomial, double node_nm, double voltage_v) {
  const double energy = polynomial.at(voltage_v);
  if (!(energy > 0.0 && polynomial.slope(voltage_v) > 0.0)) {
    throw std::invalid_argument(
        fmt::format("{} V at {} nm lies outside the voltages for which the scaling equations were fitted",
                    voltage_v, node_nm));
  }
  return energy;
}

}  // namespace

EnergyFactor energy_factor(double node_nm, double voltage_v) {
  const Between between = neighbours(node_nm);
  const auto mix = [&](Polynomial Node::*flavour) {
    double sum = 0.0;
    if (between.part < 1.0)
      sum += (1.0 - between.part) * checked(between.large.*flavour, between.large.nm, voltage_v);
    if (between.part > 0.0)
      sum += between.part * checked(between.small.*flavour, between.small.nm, voltage_v);
    return sum;
  };
  return {mix(&Node::high_performance), mix(&Node::low_power)};
}

double area_factor(double node_nm) {
  const Between between = neighbours(node_nm);
  return std::exp(std::log(between.large.area) * (1.0 - between.part) +
                  std::log(between.small.area) * between.part);
}

}  // namespace ganglion
