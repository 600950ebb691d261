#pragma once

#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "platform/accel/accelerator_shell.h"
#include "platform/kernel/component_registry.h"

namespace ganglion {

/// ID and VERSION of the block with these generated registers.
template <class Registers>
[[nodiscard]] BlockIdentity identity_of() {
  const Registers registers("identity");
  return {registers.id.reset_value(), registers.version.reset_value()};
}

/// Completes the type of the block `Block`, an Accelerator, for the registry: ID, VERSION and how to build
/// one.
template <class Block>
[[nodiscard]] ComponentType accelerator_type(ComponentType type) {
  type.identity = identity_of<typename Block::Registers>();
  type.make = [](const ComponentContext& context) { return make_component<Block>(context); };
  return type;
}

/// Base of a block: the shell with the block's generated registers and their decoded configuration.
template <class BlockRegisters>
class Accelerator : public AcceleratorShell {
 public:
  using Registers = BlockRegisters;
  using Config = typename Registers::Config;

 protected:
  explicit Accelerator(const ComponentContext& context)
      : Accelerator(context, std::make_unique<Registers>(context.name)) {}

  /// The first rule that the latched configuration breaks. No side effects, no time.
  [[nodiscard]] virtual std::optional<JobError> validate(const Config& config) const = 0;
  /// The whole job; runs in the shell's thread. Throws JobFailure to fail.
  virtual void run_job(const Config& config, JobContext& job) = 0;

  /// Makes what the registers with instance_constant hold now their value after every reset: the silicon does
  /// not change. For the block's constructor, when it has set them.
  void keep_instance_constants() {
    for (Register* reg : registers_.registers()) {
      if (reg->info().instance_constant) reg->set_reset_value(reg->raw());
    }
  }

  /// Makes FAULT of a block that has one show ERROR when the code is the block's own, else 0.
  void show_fault_codes() {
    registers_.fault.on_read([&r = registers_] {
      const auto code = static_cast<uint32_t>(r.error.code());
      r.fault.set_code(static_cast<decltype(r.fault.code())>(code >= kFirstOwnError ? code : 0));
    });
  }

  /// The block's registers, for instance constants (set_reset_value in the constructor) and computed values
  /// (on_read).
  [[nodiscard]] Registers& registers() { return registers_; }
  [[nodiscard]] const Registers& registers() const { return registers_; }

 private:
  Accelerator(const ComponentContext& context, std::unique_ptr<Registers> registers)
      : AcceleratorShell(context, std::move(registers)),
        registers_(static_cast<Registers&>(common_registers())) {}
  std::optional<JobError> validate_shadow(std::span<const uint32_t> shadow) const final {
    return validate(Registers::decode(shadow));
  }
  void run_shadow(std::span<const uint32_t> shadow, JobContext& job) final {
    run_job(Registers::decode(shadow), job);
  }

  Registers& registers_;
};

}  // namespace ganglion
