#include "ip/sc_cnn/test/random_cosim.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <stdexcept>

#include "ip/common/test/stimulus_generator.h"
#include "ip/sc_cnn/test/cosim_arrays.h"
#include "ip/sc_cnn/test/cosim_traits.h"

namespace ganglion::sc_cnn {
namespace {

const CosimArray& find_array(const std::string& name) {
  for (const CosimArray& array : kCosimArrays) {
    if (array.name == name) return array;
  }
  throw std::invalid_argument(fmt::format("no array '{}'; there are default, small and wide", name));
}

Config config_of(const CosimArray& array) {
  const ConfigNode node = parse_config(array.scenario, "cosim_arrays.h");
  return array_of(validate(&node, parameter_schema()));
}

}  // namespace

layers::Program random_program(const std::string& array, uint64_t seed) {
  return layers::StimulusGenerator<CosimTraits>(config_of(find_array(array))).random_program(seed);
}

layers::Program timed_program(const std::string& array, uint64_t seed, const layers::MemoryClass& memory,
                              unsigned jobs) {
  return layers::StimulusGenerator<CosimTraits>(config_of(find_array(array)))
      .timed_program(seed, memory, jobs);
}

layers::ProgramResult run_random_program(const std::string& array, uint64_t seed,
                                         const std::string& library) {
  return run_program(array, random_program(array, seed), library);
}

layers::ProgramResult run_program(const std::string& array, const layers::Program& program,
                                  const std::string& library) {
  spdlog::set_level(spdlog::level::off);  // refused STARTs and failed jobs are what this is about
  const CosimArray& chosen = find_array(array);
  layers::CosimBench<CosimTraits> bench(
      {library.empty() ? chosen.library : library, chosen.scenario, chosen.cycle_tolerance}, program);
  return bench.execute();
}

layers::ProgramResult run_campaign(const Campaign& campaign) {
  std::vector<layers::IsolatedRun> runs;
  for (uint64_t seed = campaign.first_seed; seed < campaign.first_seed + campaign.programs; ++seed) {
    const std::string array =
        campaign.array == "all" ? kCosimArrays[seed % kCosimArrays.size()].name : campaign.array;
    runs.push_back({fmt::format("random program of seed {} on the {} array", seed, array),
                    [array, seed, &campaign] { return run_random_program(array, seed, campaign.library); }});
  }
  layers::ProgramResult sum;
  for (const layers::ProgramResult& result : layers::run_isolated(runs, campaign.workers)) sum += result;
  return sum;
}

}  // namespace ganglion::sc_cnn
