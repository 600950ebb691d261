#include "platform/cpu/gdb_session.h"

#include <fmt/format.h>

#include <algorithm>

#include "platform/cpu/gdb_packet.h"

namespace ganglion {
namespace {

using Answer = GdbSession::Answer;

constexpr unsigned kPc = 32;  // fixed by GDB for RISC-V

// Numbers of errno, as GDB shows them; it reads no meaning into them.
const char* const kInvalid = "E16";
const char* const kFault = "E0e";

Answer reply(std::string text) { return {true, std::move(text), GdbSession::Action::kNone, false}; }
Answer done() { return {true, "OK", GdbSession::Action::kNone, true}; }
Answer unknown() { return reply(""); }

}  // namespace

void GdbSession::start_over() {
  acknowledges_ = true;
  knows_software_break_ = knows_hardware_break_ = false;
  last_ = {};
}

Answer GdbSession::answer(std::string_view packet) {
  if (packet.empty()) return unknown();
  const std::string_view rest = packet.substr(1);
  switch (packet.front()) {
    case '?':
      return reply(stop_reply(last_));
    case 'g':
      return read_registers();
    case 'G':
      return write_registers(rest);
    case 'p':
      return read_register(rest);
    case 'P':
      return write_register(rest);
    case 'm':
      return read_memory(rest);
    case 'M':
      return write_memory(rest, false);
    case 'X':
      return write_memory(rest, true);
    case 'Z':
      return change_stop(rest, true);
    case 'z':
      return change_stop(rest, false);
    case 'H':
    case 'T':
      return reply("OK");
    case 'c':
    case 'C':
    case 's':
    case 'S':
      return resume(packet);
    case 'D':
      return {true, "OK", Action::kDetach, true};
    case 'k':
      return {false, "", Action::kKill, false};
    case 'v':
      return packet.starts_with("vCont") ? resume_threads(packet.substr(5)) : unknown();
    case 'q':
    case 'Q':
      return query(packet);
    default:
      return unknown();
  }
}

Answer GdbSession::query(std::string_view packet) {
  constexpr std::string_view kFeatures = "qXfer:features:read:target.xml:";
  constexpr std::string_view kCommand = "qRcmd,";
  if (packet.starts_with("qSupported")) {
    knows_software_break_ = packet.find("swbreak+") != std::string_view::npos;
    knows_hardware_break_ = packet.find("hwbreak+") != std::string_view::npos;
    return reply(
        fmt::format("PacketSize={:x};qXfer:features:read+;QStartNoAckMode+;vContSupported+;swbreak+;"
                    "hwbreak+",
                    kGdbPacketBytes));
  }
  if (packet.starts_with(kFeatures)) return description(packet.substr(kFeatures.size()));
  if (packet.starts_with(kCommand)) return monitor(packet.substr(kCommand.size()));
  if (packet == "QStartNoAckMode") {
    acknowledges_ = false;
    return reply("OK");
  }
  if (packet == "qC") return reply("QC1");
  if (packet == "qfThreadInfo") return reply("m1");
  if (packet == "qsThreadInfo") return reply("l");
  if (packet.starts_with("qAttached")) return reply("1");  // GDB's `quit` then detaches, and the run goes on
  return unknown();
}

Answer GdbSession::description(std::string_view text) const {
  const auto offset = take_hex_number(text);
  if (!offset || !take_separator(text, ',')) return reply(kInvalid);
  const auto length = take_hex_number(text);
  if (!length) return reply(kInvalid);
  const std::string xml = target_.description();
  if (*offset >= xml.size()) return reply("l");
  // Room for escapes: none of the characters of the description needs one.
  const std::size_t part = static_cast<std::size_t>(std::min<uint64_t>(*length, kGdbPacketBytes - 16));
  const bool last = xml.size() - *offset <= part;
  return reply(fmt::format("{}{}", last ? 'l' : 'm',
                           std::string_view(xml).substr(static_cast<std::size_t>(*offset), part)));
}

Answer GdbSession::monitor(std::string_view text) {
  const auto bytes = from_hex(text);
  if (!bytes) return reply(kInvalid);
  const std::string command(bytes->begin(), bytes->end());
  if (command == "reset") return {false, "", Action::kReset, true};
  const std::string output = target_.monitor(command);
  if (output.empty()) return reply("OK");
  return reply(to_hex({reinterpret_cast<const uint8_t*>(output.data()), output.size()}));
}

Answer GdbSession::read_registers() const {
  std::string text;
  for (unsigned i = 0; i < target_.general_registers(); ++i) {
    if (const auto value = target_.read_register(i)) text += to_hex(*value);
  }
  return reply(text);
}

Answer GdbSession::write_registers(std::string_view text) {
  const auto bytes = from_hex(text);
  if (!bytes) return reply(kInvalid);
  std::span<const uint8_t> rest = *bytes;
  for (unsigned i = 0; i < target_.general_registers() && !rest.empty(); ++i) {
    const auto old = target_.read_register(i);
    if (!old || rest.size() < old->size()) return reply(kInvalid);
    if (!target_.write_register(i, rest.first(old->size()))) return reply(kInvalid);
    rest = rest.subspan(old->size());
  }
  return done();
}

Answer GdbSession::read_register(std::string_view text) const {
  const auto number = take_hex_number(text);
  if (!number || *number > 0xffff) return reply(kInvalid);
  const auto value = target_.read_register(static_cast<unsigned>(*number));
  return reply(value ? to_hex(*value) : kInvalid);
}

Answer GdbSession::write_register(std::string_view text) {
  const auto number = take_hex_number(text);
  if (!number || *number > 0xffff || !take_separator(text, '=')) return reply(kInvalid);
  const auto value = from_hex(text);
  if (!value || !target_.write_register(static_cast<unsigned>(*number), *value)) return reply(kInvalid);
  return done();
}

Answer GdbSession::read_memory(std::string_view text) {
  const auto address = take_hex_number(text);
  if (!address || !take_separator(text, ',')) return reply(kInvalid);
  const auto bytes = take_hex_number(text);
  if (!bytes) return reply(kInvalid);
  const std::size_t most = kGdbPacketBytes / 2 - 8;
  const auto data = target_.read_memory(*address, static_cast<std::size_t>(std::min<uint64_t>(*bytes, most)));
  return reply(data.empty() && *bytes != 0 ? kFault : to_hex(data));
}

Answer GdbSession::write_memory(std::string_view text, bool binary) {
  const auto address = take_hex_number(text);
  if (!address || !take_separator(text, ',')) return reply(kInvalid);
  const auto bytes = take_hex_number(text);
  if (!bytes || !take_separator(text, ':')) return reply(kInvalid);
  std::vector<uint8_t> data(text.begin(), text.end());
  if (!binary) {
    const auto decoded = from_hex(text);
    if (!decoded) return reply(kInvalid);
    data = *decoded;
  }
  if (data.size() != *bytes) return reply(kInvalid);
  if (data.empty()) return reply("OK");  // GDB asks in this way whether X is known
  return target_.write_memory(*address, data) ? done() : reply(kFault);
}

/// c, s, and with a signal, which no bare metal program takes: C05, S05;ADDRESS.
Answer GdbSession::resume(std::string_view packet) {
  const char kind = packet.front();
  std::string_view rest = packet.substr(1);
  if (kind == 'C' || kind == 'S') {
    if (!take_hex_number(rest)) return reply(kInvalid);
    if (!rest.empty() && !take_separator(rest, ';')) return reply(kInvalid);
  }
  Answer result{false, "", kind == 'c' || kind == 'C' ? Action::kContinue : Action::kStep, false};
  if (rest.empty()) return result;
  const auto address = take_hex_number(rest);
  const auto old = target_.read_register(kPc);
  if (!address || !old) return reply(kInvalid);
  std::vector<uint8_t> bytes;
  for (std::size_t i = 0; i < old->size(); ++i) bytes.push_back(static_cast<uint8_t>(*address >> (8 * i)));
  if (!target_.write_register(kPc, bytes)) return reply(kInvalid);
  result.changed = true;
  return result;
}

/// vCont?, vCont;action[:thread];...: there is one thread, so the first action is its.
Answer GdbSession::resume_threads(std::string_view text) {
  if (text == "?") return reply("vCont;c;C;s;S");
  if (!take_separator(text, ';') || text.empty()) return reply(kInvalid);
  switch (text.front()) {
    case 'c':
    case 'C':
      return {false, "", Action::kContinue, false};
    case 's':
    case 'S':
      return {false, "", Action::kStep, false};
    default:
      return reply(kInvalid);
  }
}

Answer GdbSession::change_stop(std::string_view text, bool insert) {
  const auto type = take_hex_number(text);
  if (!type || !take_separator(text, ',')) return reply(kInvalid);
  if (*type > 4) return unknown();
  const auto address = take_hex_number(text);
  if (!address || !take_separator(text, ',')) return reply(kInvalid);
  const auto bytes = take_hex_number(text);
  if (!bytes) return reply(kInvalid);
  if (*type <= 1) {
    const std::pair<int, uint64_t> point{static_cast<int>(*type), *address};
    if (insert) {
      stops_.breakpoints.insert(point);
    } else {
      stops_.breakpoints.erase(point);
    }
    return done();
  }
  if (*bytes == 0) return reply(kInvalid);
  const GdbStops::Watchpoint point{static_cast<GdbStops::Watch>(*type), *address, *bytes};
  std::erase(stops_.watchpoints, point);
  if (insert) stops_.watchpoints.push_back(point);
  return done();
}

std::string GdbSession::stop_reply(const GdbStopEvent& event) {
  last_ = event;
  std::string text = fmt::format("T{:02x}", event.signal);
  switch (event.kind) {
    case GdbStopEvent::Kind::kSoftwareBreak:
      if (knows_software_break_) text += "swbreak:;";
      break;
    case GdbStopEvent::Kind::kHardwareBreak:
      if (knows_hardware_break_) text += "hwbreak:;";
      break;
    case GdbStopEvent::Kind::kWatch: {
      const char* const names[] = {"watch", "rwatch", "awatch"};
      text += fmt::format("{}:{:x};", names[static_cast<int>(event.watch) - 2], event.address);
      break;
    }
    case GdbStopEvent::Kind::kSignal:
      break;
  }
  if (const auto pc = target_.read_register(kPc)) text += fmt::format("{:02x}:{};", kPc, to_hex(*pc));
  return text + "thread:1;";
}

}  // namespace ganglion
