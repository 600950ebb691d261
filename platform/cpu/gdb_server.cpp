#include "platform/cpu/gdb_server.h"

#include <fmt/format.h>

#include <algorithm>

namespace ganglion {
namespace {

using Milliseconds = std::chrono::milliseconds;

constexpr int kSigint = 2, kSigill = 4, kSigtrap = 5, kSigbus = 10, kSigsegv = 11, kSigsys = 12;
constexpr Milliseconds kPatience{100};  ///< between two looks at the user's Ctrl-C while standing still
constexpr Milliseconds kLookPeriod{5};  ///< of host time, between two looks at the client while running
constexpr uint64_t kPageBits = 12;

int signal_of(const FirmwareTrap& trap) {
  if (trap.interrupt) return kSigtrap;
  switch (static_cast<TrapCause>(trap.cause)) {
    case TrapCause::kIllegalInstruction:
      return kSigill;
    case TrapCause::kBreakpoint:
      return kSigtrap;
    case TrapCause::kInstructionMisaligned:
    case TrapCause::kLoadMisaligned:
    case TrapCause::kStoreMisaligned:
      return kSigbus;
    case TrapCause::kEcallFromU:
    case TrapCause::kEcallFromM:
      return kSigsys;
    default:
      return kSigsegv;
  }
}

std::string hex_of(std::string_view text) {
  return to_hex({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
}

}  // namespace

GdbServer::GdbServer(Hart& hart, StopController& stop, Options options)
    : hart_(hart),
      stop_(stop),
      options_(std::move(options)),
      connection_(options_.port),
      target_(hart, options_.monitor),
      session_(target_, stops_) {
  hart_.attach_debugger(this);
}

GdbServer::~GdbServer() { hart_.attach_debugger(nullptr); }

void GdbServer::wait_for_client() {
  while (!connection_.connected() && !options_.interrupted()) {
    connection_.let_in(kPatience);
  }
  if (connection_.connected()) pending_ = GdbStopEvent{};
  hart_.core().stops_changed();
}

bool GdbServer::watches_page(uint64_t address) const {
  return std::any_of(stops_.watchpoints.begin(), stops_.watchpoints.end(), [&](const auto& point) {
    const uint64_t page = address >> kPageBits;
    return page >= point.first >> kPageBits && page <= (point.first + (point.bytes - 1)) >> kPageBits;
  });
}

bool GdbServer::accesses(uint64_t address, unsigned bytes, bool read, bool write) {
  // GDB wants to hear of it before it happens, for RISC-V: it takes the watchpoint away, steps, and compares.
  for (const GdbStops::Watchpoint& point : stops_.watchpoints) {
    if (!(write && point.hit_by(address, bytes, true)) && !(read && point.hit_by(address, bytes, false)))
      continue;
    if (!pending_) pending_ = GdbStopEvent{GdbStopEvent::Kind::kWatch, kSigtrap, point.kind, point.first};
    return true;
  }
  return false;
}

void GdbServer::before_instruction() {
  const uint64_t pc = hart_.core().pc();
  GdbStopEvent event;
  if (pending_) {
    event = *pending_;
  } else if (stops_.breaks_at(pc)) {
    event.kind = stops_.breakpoints.contains({0, pc}) ? GdbStopEvent::Kind::kSoftwareBreak
                                                      : GdbStopEvent::Kind::kHardwareBreak;
  } else if (!step_) {
    return;
  }
  serve(event);
}

void GdbServer::unhandled_trap(const FirmwareTrap& trap) {
  if (client_ == 0 || !connection_.connected()) return;
  say("Nothing handles this trap; `continue` ends the run with exit code 4: " +
      trap_name(trap.cause, trap.interrupt) + "\n");
  GdbStopEvent event;
  event.signal = signal_of(trap);
  serve(event);
}

void GdbServer::serve(const GdbStopEvent& event) {
  pending_.reset();
  step_ = false;
  hart_.core().stops_changed();
  if (connection_.clients() != client_) client_ = 0;
  if (reset_asked_ && client_ != 0) {
    (void)session_.stop_reply(event);
    running_ = true;
    say("The hart stands at its reset vector. Registers that GDB remembers are renewed by\n"
        "\"maintenance flush register-cache\", or by the next step.\n");
    connection_.send("OK");
  } else if (running_ && client_ != 0) {
    connection_.send(session_.stop_reply(event));
  } else {
    (void)session_.stop_reply(event);
  }
  reset_asked_ = running_ = false;
  while (true) {
    if (connection_.clients() != client_ && connection_.connected()) {
      client_ = connection_.clients();
      session_.start_over();
      (void)session_.stop_reply(event);
    }
    if (!connection_.connected()) return client_gone();
    if (options_.interrupted()) {
      connection_.disconnect();
      return client_gone();
    }
    const auto input = connection_.receive(kPatience);
    if (!input || input->kind != GdbInput::Kind::kPacket) continue;
    if (connection_.clients() != client_) continue;  // of one that came and went
    if (obey(session_.answer(input->payload))) return;
  }
}

bool GdbServer::obey(const GdbSession::Answer& answer) {
  if (answer.send) connection_.send(answer.reply);
  connection_.acknowledge(session_.acknowledges());
  if (answer.changed) hart_.core().stops_changed();
  switch (answer.action) {
    case GdbSession::Action::kNone:
      return false;
    case GdbSession::Action::kContinue:
      running_ = true;
      return true;
    case GdbSession::Action::kStep:
      running_ = step_ = true;
      return true;
    case GdbSession::Action::kDetach:
      connection_.disconnect();
      client_gone();
      return true;
    case GdbSession::Action::kKill:
      connection_.disconnect();
      client_gone();
      stop_.request({ExitCode::kInterrupted, "ended by the debugger (kill)", {}, false});
      return true;
    case GdbSession::Action::kReset: {
      reset_asked_ = true;
      pending_ = GdbStopEvent{};
      StopReason reason;
      reason.reason = "reset by the debugger";
      reason.reset_requested = true;
      stop_.request(std::move(reason));
      return true;
    }
  }
  return false;
}

/// While the program runs: Ctrl-C, a new client, the end of one. True when answers have changed.
bool GdbServer::look() {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_look_) return false;
  next_look_ = now + kLookPeriod;
  bool changed = false;
  if (client_ == 0) {
    connection_.let_in(Milliseconds(0));
    if (!connection_.connected() || pending_) return false;
    pending_ = GdbStopEvent{};
    return true;
  }
  while (const auto input = connection_.receive(Milliseconds(0))) {
    // Anything else makes no sense while the program runs.
    if (input->kind != GdbInput::Kind::kInterrupt || pending_) continue;
    pending_ = GdbStopEvent{};
    pending_->signal = kSigint;
    changed = true;
  }
  if (!connection_.connected() || connection_.clients() != client_) {
    client_gone();
    changed = true;
  }
  return changed;
}

bool GdbServer::poll() { return look(); }

void GdbServer::between_slices() {
  if (!hart_.core().waiting()) return;
  if (look()) hart_.core().stops_changed();
  if (pending_) serve(*pending_);
}

void GdbServer::client_gone() {
  client_ = 0;
  running_ = step_ = reset_asked_ = false;
  pending_.reset();
  stops_ = GdbStops{};
  hart_.core().stops_changed();
}

void GdbServer::say(std::string_view text) {
  if (running_) connection_.send(fmt::format("O{}", hex_of(text)));
}

void GdbServer::exited(int code, std::string_view reason) {
  if (client_ == 0 || !running_) return;
  if (code != 0) say("ganglion: " + std::string(reason) + "\n");
  constexpr uint8_t kByte = 0xff;
  const auto byte = static_cast<uint8_t>(code & kByte);
  connection_.send(fmt::format("W{:02x}", byte));
  (void)connection_.receive(kPatience);  // the client closes, having read it
  connection_.disconnect();
}

}  // namespace ganglion
