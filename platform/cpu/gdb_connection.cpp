#include "platform/cpu/gdb_connection.h"

#include <fmt/format.h>

#include <array>
#include <string>
#include <utility>

// Boost 1.74 uses std::exchange without its header: <utility> must come first.
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "platform/base/error.h"

namespace ganglion {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Milliseconds = std::chrono::milliseconds;

/// A client that has not taken an answer by then does not read.
constexpr Milliseconds kSendTimeout{5000};

}  // namespace

class GdbConnection::Impl {
 public:
  explicit Impl(uint16_t port) : acceptor_(io_), socket_(io_) {
    try {
      const tcp::endpoint here(asio::ip::address_v4::loopback(), port);
      acceptor_.open(here.protocol());
      acceptor_.set_option(tcp::acceptor::reuse_address(true));
      acceptor_.bind(here);
      acceptor_.listen();
    } catch (const boost::system::system_error& error) {
      throw ConfigError({{"--gdb " + std::to_string(port), 0, 0},
                         "a port that cannot be listened at: " + error.code().message(),
                         "a free port of this machine",
                         "0 picks one"});
    }
    accept();
  }

  uint16_t port() const {
    boost::system::error_code ignored;
    return acceptor_.local_endpoint(ignored).port();
  }

  void let_in(Milliseconds timeout) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    while (!connected_ && run_one(timeout, deadline)) {
    }
  }

  std::optional<GdbInput> receive(Milliseconds timeout) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    const unsigned client = clients_;
    while (connected_ && client == clients_) {
      if (auto input = reader_.next()) {
        if (input->kind == GdbInput::Kind::kResend) {
          if (acknowledge_) write(last_sent_);
          continue;
        }
        if (acknowledge_ && input->kind == GdbInput::Kind::kPacket) write("+");
        if (acknowledge_ && input->kind == GdbInput::Kind::kDamaged) write("-");
        return input;
      }
      if (!run_one(timeout, deadline)) return std::nullopt;
    }
    return std::nullopt;
  }

  void send(std::string_view payload) {
    last_sent_ = gdb_frame(payload);
    write(last_sent_);
  }

  void disconnect() {
    if (!connected_) return;
    connected_ = false;
    boost::system::error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_both, ignored);
    socket_.close(ignored);
    reader_.clear();
    accept();
  }

  bool connected_ = false;
  bool acknowledge_ = true;
  unsigned clients_ = 0;

 private:
  using Deadline = std::chrono::steady_clock::time_point;

  /// One thing that has happened; false when there is none in time. Nobody who sends without end keeps the
  /// simulation waiting.
  bool run_one(Milliseconds timeout, Deadline deadline) {
    if (std::chrono::steady_clock::now() > deadline + Milliseconds(1)) return false;
    io_.restart();
    return (timeout.count() == 0 ? io_.poll_one() : io_.run_one_until(deadline)) != 0;
  }

  void accept() {
    acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
      if (error) return;
      socket_ = std::move(socket);
      boost::system::error_code ignored;
      socket_.set_option(tcp::no_delay(true), ignored);
      reader_.clear();
      last_sent_.clear();
      acknowledge_ = true;
      connected_ = true;
      ++clients_;
      read();
    });
  }

  void read() {
    socket_.async_read_some(asio::buffer(buffer_),
                            [this, client = clients_](const boost::system::error_code& error, std::size_t n) {
                              if (client != clients_ || !connected_) return;
                              if (error) {
                                disconnect();
                                return;
                              }
                              reader_.feed({buffer_.data(), n});
                              read();
                            });
  }

  void write(const std::string& text) {
    if (!connected_ || text.empty()) return;
    struct Outcome {
      bool complete = false;
      bool failed = false;
      std::string text;
    };
    const auto outcome = std::make_shared<Outcome>();
    outcome->text = text;
    asio::async_write(socket_, asio::buffer(outcome->text),
                      [outcome](const boost::system::error_code& error, std::size_t) {
                        outcome->complete = true;
                        outcome->failed = static_cast<bool>(error);
                      });
    const auto deadline = std::chrono::steady_clock::now() + kSendTimeout;
    while (!outcome->complete) {
      io_.restart();
      if (io_.run_one_until(deadline) == 0) break;
    }
    if (!outcome->complete || outcome->failed) disconnect();
  }

  asio::io_context io_;
  tcp::acceptor acceptor_;
  tcp::socket socket_;
  std::array<char, 4096> buffer_{};
  GdbPacketReader reader_;
  std::string last_sent_;
};

GdbConnection::GdbConnection(uint16_t port) : impl_(std::make_unique<Impl>(port)) {}
GdbConnection::~GdbConnection() = default;
uint16_t GdbConnection::port() const { return impl_->port(); }
bool GdbConnection::connected() const { return impl_->connected_; }
void GdbConnection::let_in(Milliseconds timeout) { impl_->let_in(timeout); }
std::optional<GdbInput> GdbConnection::receive(Milliseconds timeout) { return impl_->receive(timeout); }
void GdbConnection::send(std::string_view payload) { impl_->send(payload); }
void GdbConnection::acknowledge(bool on) { impl_->acknowledge_ = on; }
void GdbConnection::disconnect() { impl_->disconnect(); }
unsigned GdbConnection::clients() const { return impl_->clients_; }

}  // namespace ganglion
