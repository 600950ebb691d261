#pragma once

#include "deepcam_register_bank.h"
#include "ip/deepcam/model/associative.h"
#include "ip/deepcam/model/layer.h"
#include "ip/deepcam/model/schedule.h"
#include "platform/accel/job.h"

namespace ganglion::deepcam {

// Between the registers that START latched and the model's words for a job.

/// Values of KIND beyond those of Layer.
inline constexpr uint32_t kStore = 2, kSearch = 3;
[[nodiscard]] constexpr bool is_associative(uint32_t kind) { return kind == kStore || kind == kSearch; }

[[nodiscard]] Layer layer_of(const Registers::Config& config);
[[nodiscard]] AssociativeJob associative_job_of(const Registers::Config& config);
/// Bus address of an operand.
[[nodiscard]] uint64_t address_of(const Layer& layer, Operand operand);
/// The code of ERROR.
[[nodiscard]] AcceleratorError code_of(Fault fault);

}  // namespace ganglion::deepcam
