#include "ip/common/test/program_result.h"

#include <array>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace ganglion::layers {
namespace {

/// The sums, by name.
template <class Result>
auto sums(Result& r) {
  return std::array{std::pair{"programs", &r.programs},
                    std::pair{"jobs", &r.jobs},
                    std::pair{"completed", &r.completed},
                    std::pair{"completed_many_tiles", &r.completed_many_tiles},
                    std::pair{"saturated", &r.saturated},
                    std::pair{"bytes_compared", &r.bytes_compared},
                    std::pair{"reads_compared", &r.reads_compared}};
}

}  // namespace

ProgramResult& ProgramResult::operator+=(const ProgramResult& other) {
  if (failure.empty()) {
    failure = other.failure;
    step = other.step;
  }
  const auto theirs = sums(other);
  auto ours = sums(*this);
  for (std::size_t i = 0; i < ours.size(); ++i) *ours[i].second += *theirs[i].second;
  cycles.insert(cycles.end(), other.cycles.begin(), other.cycles.end());
  for (const auto& [bin, count] : other.hits) hits[bin] += count;
  return *this;
}

std::string ProgramResult::to_text() const {
  nlohmann::json out{{"failure", failure}, {"step", step}, {"cycles", cycles}, {"hits", hits}};
  for (const auto& [name, value] : sums(*this)) out[name] = *value;
  return out.dump();
}

ProgramResult ProgramResult::from_text(const std::string& text) try {
  const auto in = nlohmann::json::parse(text);
  ProgramResult result;
  in.at("failure").get_to(result.failure);
  in.at("step").get_to(result.step);
  in.at("cycles").get_to(result.cycles);
  in.at("hits").get_to(result.hits);
  for (const auto& [name, value] : sums(result)) in.at(name).get_to(*value);
  return result;
} catch (const nlohmann::json::exception& error) {
  throw std::invalid_argument(std::string("no result of a program: ") + error.what());
}

}  // namespace ganglion::layers
