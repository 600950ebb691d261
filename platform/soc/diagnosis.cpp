// The words of the hang doctor.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>

#include "platform/accel/accelerator_shell.h"
#include "platform/kernel/kernel_time.h"
#include "platform/kernel/log.h"
#include "platform/peripherals/clint.h"
#include "platform/peripherals/plic.h"
#include "platform/peripherals/uart16550.h"
#include "platform/soc/hang_doctor.h"

namespace ganglion {
namespace {

constexpr unsigned kMstatus = 0x300, kMideleg = 0x303, kMie = 0x304, kMip = 0x344, kStimecmp = 0x14d;
constexpr uint64_t kSieBit = 1U << 1, kMieBit = 1U << 3;  ///< of mstatus, SIE of sstatus too
enum Mode : unsigned { kUserMode = 0, kSupervisorMode = 1, kMachineMode = 3 };
constexpr std::size_t kTransactions = 32;
constexpr std::size_t kFrames = 12;
constexpr std::size_t kLoopAtMost = 24;     ///< instructions among the last 32, for a loop
constexpr unsigned kPollsAtLeast = 6;       ///< reads of one register among the last transactions
constexpr uint64_t kTrapsAtLeast = 100;     ///< without progress, for a handler that mends nothing
constexpr uint64_t kRecentPs = 10'000'000;  ///< an older transaction is none of the loop the hart is in

constexpr InterruptBit kInterrupts[] = {InterruptBit::kMachineExternal,    InterruptBit::kMachineSoftware,
                                        InterruptBit::kMachineTimer,       InterruptBit::kSupervisorExternal,
                                        InterruptBit::kSupervisorSoftware, InterruptBit::kSupervisorTimer};

bool has(uint64_t word, InterruptBit bit) { return (word >> static_cast<unsigned>(bit) & 1) != 0; }

std::string interrupts_in(uint64_t word) {
  std::string names;
  for (const InterruptBit bit : kInterrupts) {
    if (!has(word, bit)) continue;
    std::string name = trap_name(static_cast<uint64_t>(bit), true);
    name.erase(name.rfind(" interrupt"));
    names += (names.empty() ? "" : ", ") + name;
  }
  return names.empty() ? "none" : names;
}

class Examination {
 public:
  Examination(Soc& soc, const ElfImage& elf, const Diagnosis& asked)
      : soc_(soc), elf_(elf), core_(soc.hart().core()), asked_(asked), mode_(core_.privilege()) {
    for (Component* component : soc.components()) {
      if (auto* plic = dynamic_cast<Plic*>(component)) plic_ = plic;
      if (auto* clint = dynamic_cast<Clint*>(component)) clint_ = clint;
      if (auto* uart = dynamic_cast<Uart16550*>(component)) uarts_.push_back(uart);
      if (auto* shell = dynamic_cast<AcceleratorShell*>(component)) shells_.push_back(shell);
    }
    mstatus_ = core_.csr(kMstatus).value_or(0);
    mideleg_ = core_.csr(kMideleg).value_or(0);
    mie_ = core_.csr(kMie).value_or(0);
    mip_ = core_.csr(kMip).value_or(0);
    const auto transaction = [](const Event& event) { return event.kind == Event::Kind::kTransaction; };
    for (const Event& event : soc.services().events.recent())
      if (transaction(event)) transactions_.push_back(event);
    if (transactions_.size() > kTransactions)
      transactions_.erase(transactions_.begin(), transactions_.end() - kTransactions);
    find_loop();
    find_polled();
  }

  std::string text(const std::vector<uint64_t>& call_stack) {
    place();
    stack(call_stack);
    const bool stuck = core_.waiting() || polled_ || !loop_.empty() || asked_.exceptions >= kTrapsAtLeast ||
                       asked_.interrupts_at_once >= kTrapsAtLeast;
    if (stuck) {
      interrupts();
      for (const AcceleratorShell* shell : shells_) block(*shell);
    }
    if (asked_.hangs) bus();
    if (stuck)
      if (const std::string cause = probable_cause(); !cause.empty()) line("probable cause: {}", cause);
    return text_;
  }

 private:
  template <typename... Values>
  void line(fmt::format_string<Values...> format, Values&&... values) {
    text_ += "\n  ";
    fmt::format_to(std::back_inserter(text_), format, std::forward<Values>(values)...);
  }
  [[nodiscard]] std::string where(uint64_t pc) const {
    return describe_place(pc, [this](uint64_t at) { return elf_.describe(at); });
  }
  /// "sc_cnn.STATUS at 0x40000014".
  [[nodiscard]] std::string target(uint64_t address) const {
    const unsigned index = soc_.address_map().find(address, 1);
    if (index == AddressMap::kUnmapped) return fmt::format("{:#x}, where nothing is", address);
    const AddressRange& range = soc_.address_map().range(index);
    const uint64_t offset = address - range.base;
    const auto* shell = dynamic_cast<AcceleratorShell*>(soc_.component_at(address));
    const Register* reg = shell == nullptr ? nullptr : shell->register_bank().find(offset);
    return reg != nullptr ? fmt::format("{}.{} at {:#x}", range.name, reg->info().name, address)
                          : fmt::format("{}+{:#x} at {:#x}", range.name, offset, address);
  }

  void find_loop() {
    if (core_.waiting()) return;
    const auto executed = core_.last_instructions(kInstructionsKept);
    std::map<uint64_t, unsigned> times;
    for (const auto& one : executed) ++times[one.pc];
    // All of them more than once, or it is the way into the loop.
    std::size_t first = 0;
    while (first < executed.size() && times[executed[first].pc] < 2) ++first;
    std::set<uint64_t> places;
    for (std::size_t i = first; i < executed.size(); ++i) places.insert(executed[i].pc);
    if (executed.size() - first >= 2 * places.size() && places.size() <= kLoopAtMost) loop_ = places;
  }

  void find_polled() {
    if (core_.waiting()) return;
    std::map<uint64_t, unsigned> reads;
    for (const Event& event : transactions_) {
      const bool recent = event.time_ps + kRecentPs >= kernel_time_ps();
      if (recent && event.component == soc_.hart().id() && event.b >> 63 == 0 && event.text.empty())
        ++reads[event.a];
    }
    for (const auto& [address, count] : reads)
      if (count >= kPollsAtLeast && (!polled_ || count > reads[*polled_])) polled_ = address;
  }

  void place() {
    std::string doing;
    if (core_.waiting()) {
      doing = ", waiting for an interrupt (wfi)";
    } else if (!loop_.empty()) {
      doing = fmt::format(", in a loop of {} instruction{}, {:#x} to {:#x}", loop_.size(),
                          loop_.size() == 1 ? "" : "s", *loop_.begin(), *loop_.rbegin());
    }
    line("the hart is at {}{}, after {} instructions", where(core_.pc()), doing, core_.instructions());
  }

  void stack(std::vector<uint64_t> call_stack) {
    if (call_stack.size() > kFrames) call_stack.resize(kFrames);
    text_ += describe_stack(call_stack, [this](uint64_t at) { return elf_.describe(at); });
  }

  /// What can interrupt the hart in its mode: each mode has enable bits of its own.
  void interrupts() {
    const auto bits = [](std::string_view mode, uint64_t enabled, uint64_t pending) {
      return fmt::format("enabled in {0}ie: {1}; pending in {0}ip: {2}", mode, interrupts_in(enabled),
                         interrupts_in(pending));
    };
    if (mode_ == kMachineMode) {
      line("interrupts: M mode, mstatus.MIE {}; {}", (mstatus_ & kMieBit) != 0 ? 1 : 0,
           bits("m", mie_, mip_));
      return;
    }
    const std::string sie = fmt::format("sstatus.SIE {}", (mstatus_ & kSieBit) != 0 ? 1 : 0);
    line("interrupts: {}; {}", mode_ == kSupervisorMode ? "S mode, " + sie : "U mode, which masks none",
         bits("s", mie_ & mideleg_, mip_ & mideleg_));
    line("interrupts of M mode, which nothing masks here: {}", bits("m", mie_ & ~mideleg_, mip_ & ~mideleg_));
  }

  /// Pending and enabled, and kept away by what? "" for none.
  [[nodiscard]] std::string masked_interrupt() const {
    const uint64_t ready = mip_ & mie_;
    if (mode_ == kMachineMode && (mstatus_ & kMieBit) == 0 && (ready & ~mideleg_) != 0)
      return interrupts_in(ready & ~mideleg_) +
             " interrupt is pending and enabled in mie, but mstatus.MIE is 0";
    if (mode_ == kMachineMode && (ready & mideleg_) != 0)
      return interrupts_in(ready & mideleg_) +
             " interrupt is pending and enabled in mie, but mideleg gives it to S mode, and the hart is in M "
             "mode";
    if (mode_ == kSupervisorMode && (mstatus_ & kSieBit) == 0 && (ready & mideleg_) != 0)
      return interrupts_in(ready & mideleg_) +
             " interrupt is pending and enabled in sie, but sstatus.SIE is 0";
    return {};
  }

  /// The UART's line is dead, and how to connect it.
  [[nodiscard]] static std::string no_input(const Uart16550& uart) {
    return fmt::format("no character can arrive at {0}: --set soc.{0}.input=stdin (or file:PATH) connects it",
                       uart.instance_name());
  }

  void block(const AcceleratorShell& shell) {
    const auto& registers = shell.register_bank();
    const auto code = registers.error.code();
    line("{}: {}, {} jobs accepted, {} done{}; IRQ_STATUS {:#x}, IRQ_ENABLE {:#x}", shell.instance_name(),
         registers.status.busy()   ? "busy"
         : registers.status.held() ? "held after a failed job"
                                   : "idle",
         registers.jobs_accepted.value(), registers.jobs_done.value(),
         code == AcceleratorError::kNone ? std::string() : ", error " + name_of(code, &registers),
         registers.irq_status.raw(), registers.irq_enable.raw());
  }

  void bus() {
    if (transactions_.empty()) return;
    line("last bus transactions:");
    for (std::size_t i = 0; i < transactions_.size();) {
      const Event& event = transactions_[i];
      std::size_t next = i + 1;
      const auto same = [&](const Event& other) {
        return other.component == event.component && other.a == event.a && other.b == event.b &&
               other.text == event.text;
      };
      while (next < transactions_.size() && same(transactions_[next])) ++next;
      constexpr uint64_t kWrite = uint64_t{1} << 63;
      line("  {:>14} {} {} {} bytes, {}{}{}", format_time(event.time_ps),
           soc_.services().energy.name(event.component), (event.b & kWrite) != 0 ? "writes" : "reads",
           event.b & ~kWrite, target(event.a), next - i > 1 ? fmt::format(", {} times", next - i) : "",
           event.text.empty() ? "" : ": failed");
      i = next;
    }
  }

  [[nodiscard]] std::string probable_cause() const {
    if (core_.waiting()) return cause_of_sleep();
    if (asked_.interrupts_at_once >= kTrapsAtLeast) return cause_of_storm();
    if (asked_.exceptions >= kTrapsAtLeast) {
      const std::string last = soc_.hart().last_exception();
      return fmt::format("the same exceptions again and again, {} of them without progress: {}",
                         asked_.exceptions, last.substr(0, last.find('\n')));
    }
    if (const std::string masked = masked_interrupt(); !masked.empty()) return "a " + masked;
    if (polled_) return cause_of_polling(*polled_);
    if (!asked_.hangs) return {};  // a long computation looks like this
    return "an endless loop that asks no device: registers do not change, so no turn of it can be the last";
  }

  [[nodiscard]] std::string cause_of_sleep() const {
    if (std::string cause = cause_at_plic(); !cause.empty()) return cause;
    if (std::string cause = cause_at_blocks(); !cause.empty()) return cause;
    if (mie_ == 0) return "mie is 0: no interrupt is enabled, so nothing wakes the hart";
    for (const Uart16550* uart : uarts_)
      if (uart->receive_interrupt_enabled() && !uart->can_receive())
        return "the hart waits for the UART's interrupt, and " + no_input(*uart);
    if (clint_ != nullptr && has(mie_, InterruptBit::kMachineTimer) && clint_->compare(0) == ~uint64_t{0})
      return "the timer interrupt is enabled, but mtimecmp was never set";
    if (has(mie_, InterruptBit::kSupervisorTimer) && core_.csr(kStimecmp).value_or(0) == ~uint64_t{0})
      return "the supervisor timer interrupt is enabled, but stimecmp was never set";
    return fmt::format("no enabled interrupt ({}) has a source that will raise it", interrupts_in(mie_));
  }

  /// Interrupts that come back as soon as their handler returns.
  [[nodiscard]] std::string cause_of_storm() const {
    std::string high;
    for (const auto& [source, component] : soc_.interrupt_sources())
      if (plic_ != nullptr && plic_->source(source).level)
        high += fmt::format("{}{} irq {}", high.empty() ? "" : ", ", component->instance_name(), source);
    return fmt::format(
        "the {} comes again at once whenever its handler returns, {} times without progress: the "
        "handler does not clear its source{}",
        trap_name(soc_.hart().last_interrupt(), true), asked_.interrupts_at_once,
        high.empty() ? "" : " (high at the PLIC: " + high + ")");
  }

  /// A source that is high and does not get through.
  [[nodiscard]] std::string cause_at_plic() const {
    if (plic_ == nullptr) return {};
    for (const auto& [source, component] : soc_.interrupt_sources()) {
      const Plic::Source state = plic_->source(source);
      if (!state.level) continue;
      const std::string name = fmt::format("{} irq {}", component->instance_name(), source);
      if (state.claimed)
        return name + " was claimed at the PLIC and never completed, so it does not come again";
      unsigned enabled_in = 0;
      for (unsigned context = 0; context < Plic::kContexts; ++context) {
        if (!plic_->enabled(context, source)) continue;
        ++enabled_in;
        const unsigned bit = static_cast<unsigned>(context == 0 ? InterruptBit::kMachineExternal
                                                                : InterruptBit::kSupervisorExternal);
        if (state.priority == 0)
          return name + " is pending and enabled, but its priority in the PLIC is 0, which never interrupts";
        if (state.priority <= plic_->threshold(context))
          return fmt::format(
              "{} is pending, but its priority {} is not above the threshold {} of PLIC context {}", name,
              state.priority, plic_->threshold(context), context);
        if ((mie_ >> bit & 1) == 0)
          return fmt::format("{} is pending at PLIC context {}, but {}ie bit {} ({}) is 0", name, context,
                             context == 0 ? 'm' : 's', bit, trap_name(bit, true));
      }
      if (enabled_in == 0)
        return fmt::format("{} is pending but not enabled in PLIC context {}", name,
                           mode_ == kMachineMode ? 0 : 1);
    }
    return {};
  }

  [[nodiscard]] std::string cause_at_blocks() const {
    for (const AcceleratorShell* shell : shells_) {
      const auto& registers = shell->register_bank();
      const uint32_t hidden = registers.irq_status.raw() & ~registers.irq_enable.raw();
      if (registers.status.held())
        return fmt::format("{} stopped its queue after job {} failed with {}: RESUME or FLUSH opens it",
                           shell->instance_name(), registers.error_job.value(),
                           name_of(registers.error.code(), &registers));
      if (hidden != 0 && (registers.irq_status.raw() & registers.irq_enable.raw()) == 0)
        return fmt::format(
            "{} has finished (IRQ_STATUS {:#x}), but its IRQ_ENABLE {:#x} keeps the interrupt line low",
            shell->instance_name(), registers.irq_status.raw(), registers.irq_enable.raw());
    }
    return {};
  }

  [[nodiscard]] std::string cause_of_polling(uint64_t address) const {
    const std::string name = target(address);
    const auto* shell = dynamic_cast<AcceleratorShell*>(soc_.component_at(address));
    if (shell != nullptr) {
      const auto& registers = shell->register_bank();
      if (registers.status.held())
        return fmt::format("the loop polls {}; {} stopped after job {} failed with {}", name,
                           shell->instance_name(), registers.error_job.value(),
                           name_of(registers.error.code(), &registers));
      if (registers.jobs_accepted.value() == 0)
        return fmt::format("the loop polls {}, but no START was written to {}", name, shell->instance_name());
      if (!registers.status.busy())
        return fmt::format("the loop polls {}, which will not change: all {} jobs of {} are done", name,
                           registers.jobs_accepted.value(), shell->instance_name());
    }
    const auto* uart = dynamic_cast<Uart16550*>(soc_.component_at(address));
    if (uart != nullptr && !uart->can_receive())
      return fmt::format("the loop polls {}, and {}", name, no_input(*uart));
    return fmt::format("the loop polls {}{}", name, asked_.hangs ? ", which does not change" : "");
  }

  Soc& soc_;
  const ElfImage& elf_;
  const HartCore& core_;
  const Diagnosis asked_;
  const unsigned mode_;
  Plic* plic_ = nullptr;
  Clint* clint_ = nullptr;
  std::vector<AcceleratorShell*> shells_;
  std::vector<Uart16550*> uarts_;
  uint64_t mstatus_ = 0, mideleg_ = 0, mie_ = 0, mip_ = 0;
  std::vector<Event> transactions_;  ///< the last ones
  std::set<uint64_t> loop_;          ///< PCs; empty: none
  std::optional<uint64_t> polled_;   ///< register that the loop reads again and again
  std::string text_;
};

}  // namespace

std::string Diagnosis::text(Soc& soc, const ElfImage& elf, const std::vector<uint64_t>& call_stack) const {
  return Examination(soc, elf, *this).text(call_stack);
}

}  // namespace ganglion
