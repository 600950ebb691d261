#pragma once

#include "VScCnnSmall_model.h"
#include "VScCnnWide_model.h"
#include "VScCnn_model.h"
#include "ip/common/test/rtl_layer_bench.h"
#include "ip/sc_cnn/driver/sc_cnn.h"
#include "ip/sc_cnn/test/random_job.h"
#include "sc_cnn_register_bank.h"

namespace ganglion::sc_cnn {

/// What the tests of ip/common/test/rtl_layer_*.h ask of a block. CMakeLists.txt says the arrays' parameters
/// to Verilator.
struct RtlBlock {
  using Registers = sc_cnn::Registers;
  using Config = sc_cnn::Config;
  using Layer = sc_cnn::Layer;
  using Core = sc_cnn::Core;

  struct Default {
    using Model = VScCnn;
    static Config config() { return {}; }
    static constexpr int kSaturated = 4;
  };
  struct Small {
    using Model = VScCnnSmall;
    static Config config() {
      Config config;
      config.operand_bits = 6;
      config.bit_parallel = 4;
      config.lanes = config.mvms = 4;
      config.accumulator_max_bits = 9;
      config.requantisers = 2;
      config.input_buffer_bytes = config.weight_buffer_bytes = config.output_buffer_bytes = 1024;
      return config;
    }
    static constexpr int kSaturated = 50;
  };
  struct Wide {
    using Model = VScCnnWide;
    static Config config() {
      Config config;
      config.operand_bits = 10;
      config.bit_parallel = 16;
      config.lanes = 8;
      config.mvms = 2;
      config.accumulator_max_bits = 18;
      config.requantisers = 1;
      config.zero_skip = false;
      config.input_buffer_bytes = 1024;
      config.weight_buffer_bytes = config.output_buffer_bytes = 2048;
      return config;
    }
  };

  static int submit(accelerator_t* core, const Layer& l) {
    const sc_cnn_layer_t job{layers::driver_job(l), l.weight_bits, l.guard_bits, l.zero_skip};
    return sc_cnn_submit(core, &job);
  }
  static Result run(const Config& config, const Job& job) { return sc_cnn::run(config, job); }
  static std::optional<JobFault> find_job_fault(const Config& config, const Layer& layer) {
    return sc_cnn::find_job_fault(config, layer);
  }
  static Layer random_convolution(const Config& config, std::mt19937& random) {
    return sc_cnn::random_convolution(config, random);
  }
  static OwnedJob with_random_operands(const Config& config, const Layer& layer, std::mt19937& random) {
    return layers::with_random_operands(config, layer, random);
  }
  static void set_arithmetic(Registers& r, const Config& c) {
    r.caps_arithmetic.set_operand_bits(static_cast<uint32_t>(c.operand_bits));
    r.caps_arithmetic.set_bit_parallel(c.bit_parallel);
    r.caps_arithmetic.set_acc_max(static_cast<uint32_t>(c.accumulator_max_bits));
    r.caps_arithmetic.set_zero_skip(c.zero_skip);
    r.caps_arithmetic.set_fifo(false);
  }
  static std::vector<std::pair<const char*, uint32_t*>> own_registers(Layer& l) {
    return {{"weight_bits", &l.weight_bits}, {"guard_bits", &l.guard_bits}, {"zero_skip", &l.zero_skip}};
  }
  static constexpr uint32_t kFaults[] = {4, 7, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29};
};

}  // namespace ganglion::sc_cnn
