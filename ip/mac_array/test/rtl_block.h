#pragma once

#include "VMacArraySmall_model.h"
#include "VMacArrayWide_model.h"
#include "VMacArray_model.h"
#include "ip/common/test/rtl_layer_bench.h"
#include "ip/mac_array/driver/mac_array.h"
#include "ip/mac_array/test/random_job.h"
#include "mac_array_register_bank.h"

namespace ganglion::mac_array {

/// What the tests of ip/common/test/rtl_layer_*.h ask of a block. CMakeLists.txt says the arrays' parameters
/// to Verilator.
struct RtlBlock {
  using Registers = mac_array::Registers;
  using Config = mac_array::Config;
  using Layer = mac_array::Layer;
  using Core = mac_array::Core;

  struct Default {
    using Model = VMacArray;
    static Config config() { return {}; }
    static constexpr int kSaturated = 0;  // 32 bits hold the sum of any job that fits the buffers
  };
  struct Small {
    using Model = VMacArraySmall;
    static Config config() {
      Config config;
      config.operand_bits = 6;
      config.accumulator_bits = 12;
      config.lanes = config.mvms = 4;
      config.requantisers = 2;
      config.input_buffer_bytes = config.weight_buffer_bytes = config.output_buffer_bytes = 1024;
      return config;
    }
    static constexpr int kSaturated = 50;
  };
  struct Wide {
    using Model = VMacArrayWide;
    static Config config() {
      Config config;
      config.operand_bits = 16;
      config.accumulator_bits = 37;
      config.lanes = 8;
      config.mvms = 2;
      config.requantisers = 1;
      config.input_buffer_bytes = 1024;
      config.weight_buffer_bytes = config.output_buffer_bytes = 2048;
      return config;
    }
  };

  static int submit(accelerator_t* array, const Layer& l) {
    const layer_job_t job = layers::driver_job(l);
    return mac_array_submit(array, &job);
  }
  static Result run(const Config& config, const Job& job) { return mac_array::run(config, job); }
  static std::optional<JobFault> find_job_fault(const Config& config, const Layer& layer) {
    return mac_array::find_job_fault(config, layer);
  }
  static Layer random_convolution(const Config& config, std::mt19937& random) {
    return random_layer(config, false, random);
  }
  static OwnedJob with_random_operands(const Config& config, const Layer& layer, std::mt19937& random) {
    return mac_array::with_random_operands(config, layer, random);
  }
  static void set_arithmetic(Registers& r, const Config& c) {
    r.caps_arithmetic.set_operand_bits(static_cast<uint32_t>(c.operand_bits));
    r.caps_arithmetic.set_macs_per_lane(c.macs_per_lane);
    r.caps_arithmetic.set_accumulator_bits(static_cast<uint32_t>(c.accumulator_bits));
  }
  static std::vector<std::pair<const char*, uint32_t*>> own_registers(Layer&) { return {}; }
  static constexpr uint32_t kFaults[] = {4, 7, 16, 17, 18, 19, 20, 21, 25, 26, 27, 28, 29};
};

}  // namespace ganglion::mac_array
