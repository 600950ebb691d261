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

constexpr unsigned kMstatus = 0x300, kMie = 0x304, kMip = 0x344;
constexpr uint64_t kMieBit = 1U << 3;
constexpr std::size_t kTransactions = 32;
constexpr std::size_t kFrames = 12;
constexpr std::size_t kLoopAtMost = 24;       ///< instructions among the last 32, for a loop
constexpr unsigned kPollsAtLeast = 6;         ///< reads of one register among the last transactions
constexpr uint64_t kExceptionsAtLeast = 100;  ///< without progress, for a handler that mends nothing
constexpr uint64_t kRecentPs = 10'000'000;    ///< an older transaction is none of the loop the hart is in

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
      : soc_(soc), elf_(elf), core_(soc.hart().core()), hangs_(asked.hangs), exceptions_(asked.exceptions) {
    for (Component* component : soc.components()) {
      if (auto* plic = dynamic_cast<Plic*>(component)) plic_ = plic;
      if (auto* clint = dynamic_cast<Clint*>(component)) clint_ = clint;
      if (auto* shell = dynamic_cast<AcceleratorShell*>(component)) shells_.push_back(shell);
    }
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
    const bool stuck = core_.waiting() || polled_ || !loop_.empty() || exceptions_ >= kExceptionsAtLeast;
    if (stuck) {
      line("interrupts: mstatus.MIE {}; enabled in mie: {}; pending in mip: {}",
           (core_.csr(kMstatus).value_or(0) & kMieBit) != 0 ? 1 : 0, interrupts_in(mie_),
           interrupts_in(mip_));
      for (const AcceleratorShell* shell : shells_) block(*shell);
    }
    if (hangs_) bus();
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
    const Register* reg = shell == nullptr ? nullptr : shell->registers().find(offset);
    return reg != nullptr ? fmt::format("{}.{} at {:#x}", range.name, reg->info().name, address)
                          : fmt::format("{}+{:#x} at {:#x}", range.name, offset, address);
  }

  void find_loop() {
    if (core_.waiting()) return;
    const auto executed = core_.last_instructions();
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

  void block(const AcceleratorShell& shell) {
    const auto& registers = shell.registers();
    const auto code = registers.error.code();
    line("{}: {}, {} jobs accepted, {} done{}; IRQ_STATUS {:#x}, IRQ_ENABLE {:#x}", shell.instance_name(),
         registers.status.busy()   ? "busy"
         : registers.status.held() ? "held after a failed job"
                                   : "idle",
         registers.jobs_accepted.value(), registers.jobs_done.value(),
         code == AcceleratorError::kNone ? std::string() : ", error " + name_of(code),
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
    if (exceptions_ >= kExceptionsAtLeast) {
      const std::string last = soc_.hart().last_exception();
      return fmt::format("the same exceptions again and again, {} of them without progress: {}", exceptions_,
                         last.substr(0, last.find('\n')));
    }
    if ((mip_ & mie_) != 0)
      return fmt::format(
          "an interrupt ({}) is pending and enabled in mie, but mstatus.MIE is 0 or the mode masks it",
          interrupts_in(mip_ & mie_));
    if (polled_) return cause_of_polling(*polled_);
    if (!hangs_) return {};  // a long computation looks like this
    return "an endless loop that asks no device: registers do not change, so no turn of it can be the last";
  }

  [[nodiscard]] std::string cause_of_sleep() const {
    if (const std::string cause = cause_at_plic(); !cause.empty()) return cause;
    if (const std::string cause = cause_at_blocks(); !cause.empty()) return cause;
    if (mie_ == 0) return "mie is 0: no interrupt is enabled, so nothing wakes the hart";
    if (clint_ != nullptr && has(mie_, InterruptBit::kMachineTimer) && clint_->compare(0) == ~uint64_t{0})
      return "the timer interrupt is enabled, but mtimecmp was never set";
    return fmt::format("no enabled interrupt ({}) has a source that will raise it", interrupts_in(mie_));
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
          return fmt::format("{} is pending at PLIC context {}, but mie bit {} ({}) is 0", name, context, bit,
                             trap_name(bit, true));
      }
      if (enabled_in == 0) return name + " is pending but not enabled in PLIC context 0";
    }
    return {};
  }

  [[nodiscard]] std::string cause_at_blocks() const {
    for (const AcceleratorShell* shell : shells_) {
      const auto& registers = shell->registers();
      const uint32_t hidden = registers.irq_status.raw() & ~registers.irq_enable.raw();
      if (registers.status.held())
        return fmt::format("{} stopped its queue after job {} failed with {}: RESUME or FLUSH opens it",
                           shell->instance_name(), registers.error_job.value(),
                           name_of(registers.error.code()));
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
      const auto& registers = shell->registers();
      if (registers.status.held())
        return fmt::format("the loop polls {}; {} stopped after job {} failed with {}", name,
                           shell->instance_name(), registers.error_job.value(),
                           name_of(registers.error.code()));
      if (registers.jobs_accepted.value() == 0)
        return fmt::format("the loop polls {}, but no START was written to {}", name, shell->instance_name());
      if (!registers.status.busy())
        return fmt::format("the loop polls {}, which will not change: all {} jobs of {} are done", name,
                           registers.jobs_accepted.value(), shell->instance_name());
    }
    return fmt::format("the loop polls {}{}", name, hangs_ ? ", which does not change" : "");
  }

  Soc& soc_;
  const ElfImage& elf_;
  const HartCore& core_;
  const bool hangs_;
  const uint64_t exceptions_;  ///< since the last progress
  Plic* plic_ = nullptr;
  Clint* clint_ = nullptr;
  std::vector<AcceleratorShell*> shells_;
  uint64_t mie_ = 0, mip_ = 0;
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
