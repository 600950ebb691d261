#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "platform/base/error.h"

namespace ganglion {

/// Where a serial port's characters go.
class SerialOutput {
 public:
  virtual ~SerialOutput() = default;
  virtual void put(uint8_t byte) = 0;
};

/// Where a serial port's characters come from.
class SerialInput {
 public:
  virtual ~SerialInput() = default;
  /// The next character if there is one; never blocks.
  virtual std::optional<uint8_t> get() = 0;
  /// Characters arrive in host time: the port must look again, and the run is not deterministic.
  [[nodiscard]] virtual bool is_live() const { return false; }
};

/// Collects characters in memory.
class CapturedOutput : public SerialOutput {
 public:
  void put(uint8_t byte) override { text_ += static_cast<char>(byte); }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

/// Characters known from the start.
class TextInput : public SerialInput {
 public:
  explicit TextInput(std::string text) : text_(std::move(text)) {}
  std::optional<uint8_t> get() override;

 private:
  std::string text_;
  std::size_t next_ = 0;
};

/// One input after the other.
class TwoInputs : public SerialInput {
 public:
  TwoInputs(std::unique_ptr<SerialInput> first, std::unique_ptr<SerialInput> second)
      : first_(std::move(first)), second_(std::move(second)) {}
  std::optional<uint8_t> get() override;
  [[nodiscard]] bool is_live() const override { return first_->is_live() || second_->is_live(); }

 private:
  std::unique_ptr<SerialInput> first_, second_;
};

/// "stdio" (standard output), "stderr", "none", "capture" or "file:PATH" (truncated). ConfigError at `where`
/// for anything else and for a file that cannot be written.
[[nodiscard]] std::unique_ptr<SerialOutput> make_serial_output(const std::string& text,
                                                               const SourceLocation& where);
/// "none", "stdin" (live) or "file:PATH" (read at once). ConfigError at `where` for anything else and for a
/// file that cannot be read.
[[nodiscard]] std::unique_ptr<SerialInput> make_serial_input(const std::string& text,
                                                             const SourceLocation& where);

}  // namespace ganglion
