#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "platform/cpu/gdb_packet.h"

namespace ganglion {

/// A TCP port on the loopback interface and the one client that is served at a time. Never throws after
/// construction and never blocks longer than it is told; a client that goes away, or reads nothing, is
/// dropped.
class GdbConnection {
 public:
  /// Listens at 127.0.0.1; port 0 picks a free one. ConfigError when the port is taken.
  explicit GdbConnection(uint16_t port);
  ~GdbConnection();

  [[nodiscard]] uint16_t port() const;
  [[nodiscard]] bool connected() const;
  /// Waits up to `timeout` for a client.
  void let_in(std::chrono::milliseconds timeout);
  /// Something the client sent, waiting for it up to `timeout`. nullopt also when the client has gone.
  [[nodiscard]] std::optional<GdbInput> receive(std::chrono::milliseconds timeout);
  /// Sends a packet; dropped when nobody is there. `-` from the client sends it again.
  void send(std::string_view payload);
  /// '+' or '-' for packets from now on, or not (QStartNoAckMode).
  void acknowledge(bool on);
  void disconnect();
  /// Clients so far: tells a new one from the last.
  [[nodiscard]] unsigned clients() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace ganglion
