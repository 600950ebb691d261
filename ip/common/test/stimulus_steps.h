#pragma once

// What the programs of stimulus_generator.h do with their jobs, and when.
#include "ip/common/test/stimulus_generator.h"

namespace ganglion::layers {

template <class Traits>
void StimulusGenerator<Traits>::begin(uint64_t seed, const MemoryClass& memory) {
  choice_ = RandomChoice(seed);
  program_ = Program{};
  program_.seed = seed;
  program_.latency_ps = choice_.pick(memory.latency_low, memory.latency_high) * kCyclePs;
  program_.beat_ps = memory.beat * kCyclePs;
  program_.access_ps = choice_.pick(8, 20) * kCyclePs + (choice_.percent(30) ? choice_.below(kCyclePs) : 0);
  sizes_ = JobSizes{};
  free_ = test::MemoryStub::kBase + 8 * choice_.below(4096);
  known_.clear();
  held_ = false;
}

template <class Traits>
Program StimulusGenerator<Traits>::timed_program(uint64_t seed, const MemoryClass& memory, unsigned jobs) {
  begin(seed, memory);
  for (unsigned job = 0; job < jobs; ++job) {
    const BlockLayer layer = place(legal_job(false));
    program_.jobs.push_back(text_of(layer));
    for (const auto& [name, value] : registers_of(layer)) write(name.c_str(), value);
    start(program_.jobs.back());
    await_idle();
  }
  return std::move(program_);
}

template <class Traits>
Program StimulusGenerator<Traits>::random_program(uint64_t seed) {
  // Of 20 jobs in a row, by seed: what each is to be.
  static constexpr std::array<Aim, 20> kAims{
      Aim::kManyTiles,  Aim::kBrokenRule, Aim::kManyTiles,  Aim::kBusError,  Aim::kManyTiles,
      Aim::kManyTiles,  Aim::kLegal,      Aim::kBadOperand, Aim::kManyTiles, Aim::kBrokenRule,
      Aim::kManyTiles,  Aim::kManyTiles,  Aim::kBusError,   Aim::kManyTiles, Aim::kLegal,
      Aim::kBrokenRule, Aim::kManyTiles,  Aim::kAnything,   Aim::kManyTiles, Aim::kManyTiles};
  begin(seed, kMemoryClasses[seed % std::size(kMemoryClasses)]);
  if (seed % 4 == 3) {  // a slow bus
    axi::Stalls& stalls = program_.stalls;
    for (uint64_t* pattern :
         {&stalls.awready, &stalls.wready, &stalls.arready, &stalls.bvalid, &stalls.rvalid})
      *pattern = (uint64_t{choice_.word()} << 32U | choice_.word()) |
                 (uint64_t{choice_.word()} << 32U | choice_.word());
  }
  std::vector<BlockLayer> jobs;
  std::vector<bool> bad;
  for (uint64_t job = 0; job < kJobs; ++job) {
    const uint64_t number = seed * kJobs + job;
    const Aim aim = kAims[number % kAims.size()];
    // How many of this aim came before, with the seeds before: rules and operands go round with it.
    uint64_t round = number / kAims.size() * static_cast<uint64_t>(std::ranges::count(kAims, aim));
    for (uint64_t i = 0; i < number % kAims.size(); ++i) round += kAims[i] == aim ? 1 : 0;
    jobs.push_back(make_job(aim, static_cast<unsigned>(round % 1'000'000)));
    bad.push_back(aim != Aim::kManyTiles && aim != Aim::kLegal);
  }
  write("IRQ_ENABLE", choice_.below(8));
  for (std::size_t job = 0; job < kJobs; ++job) {
    if (held_ && choice_.percent(80)) settle();
    const std::string what = fmt::format("job {}: {}{}", job, bad[job] ? "bad, " : "", text_of(jobs[job]));
    program_.jobs.push_back(what);
    configure(jobs[job]);
    start("START of " + what,
          choice_.percent(6) ? choice_.one_of({kResume, kFlush, kResume | kFlush, kReset}) : 0);
    if (bad[job]) {
      held_ = true;
      after_bad_start(jobs[(job + 1) % kJobs]);
    } else {
      after_legal_start(what);
    }
  }
  for (int i = 0; i < 2; ++i) settle();
  step(Step::Kind::kReadAll);
  return std::move(program_);
}

/// Writes what the registers do not hold yet, and some of what they do, in any order.
template <class Traits>
void StimulusGenerator<Traits>::configure(const BlockLayer& layer) {
  auto registers = registers_of(layer);
  for (std::size_t i = registers.size(); i > 1; --i) std::swap(registers[i - 1], registers[choice_.below(i)]);
  for (const auto& [name, value] : registers) {
    const auto known = known_.find(name);
    if (known != known_.end() && known->second == value && choice_.percent(90)) continue;
    write(name.c_str(), value);
    known_[name] = value;
    if (choice_.percent(4)) poke(false);
  }
}

template <class Traits>
void StimulusGenerator<Traits>::start(const std::string& what, uint32_t also) {
  command(kStart | also, what);
  if ((also & kReset) != 0) known_.clear();  // RESET acts alone
}

template <class Traits>
void StimulusGenerator<Traits>::after_legal_start(const std::string& what) {
  switch (choice_.below(12)) {
    case 0:
    case 1:
    case 2:  // the next job comes at once, or nearly
      if (choice_.percent(30)) wait_a_little();
      break;
    case 3:
    case 4:
      await_idle();
      step(Step::Kind::kReadAll);
      write("IRQ_STATUS", choice_.below(8));
      break;
    case 5:
    case 6:
      for (uint32_t i = choice_.pick(1, 5); i > 0; --i) poke();
      break;
    case 7:  // one waits, the third is refused
      if (choice_.percent(40)) wait_a_little();
      start("START again, " + what);
      if (choice_.percent(50)) wait(choice_.below(200) * kCyclePs);
      start("START a third time");
      step(Step::Kind::kRead, offset_of("ERROR"));
      if (choice_.percent(60)) poke();
      held_ = true;  // ERROR says REJECTED until RESUME or FLUSH
      break;
    case 8:
    case 9:
      reset_in_a_phase();
      break;
    case 10:
      if (choice_.percent(50)) start("START again, " + what);
      wait_a_little();
      command(choice_.one_of({kFlush, kResume, kFlush | kResume}), "FLUSH or RESUME while a job runs");
      poke();
      break;
    default:
      wait_a_little();
      poke();
      await_idle();
  }
}

template <class Traits>
void StimulusGenerator<Traits>::after_bad_start(const BlockLayer& next) {
  switch (choice_.below(8)) {
    case 0:
    case 1:
      await_idle();
      step(Step::Kind::kReadAll);
      command(choice_.one_of({kResume, kFlush}), "RESUME or FLUSH after an error");
      held_ = false;
      break;
    case 2:
    case 3:  // a job waits behind the error
      await_idle();
      configure(next);
      start("START after an error");
      if (choice_.percent(50)) start("START after an error, one waits");
      step(Step::Kind::kReadAll);
      wait_a_little();
      command(choice_.one_of({kResume, kResume, kFlush, kResume | kStart}),
              "RESUME, FLUSH or RESUME with START");
      held_ = false;
      break;
    case 4:  // or did already
      configure(next);
      start("START behind a job that will fail");
      await_idle();
      step(Step::Kind::kReadAll);
      command(choice_.one_of({kResume, kFlush, kFlush | kStart}), "RESUME, FLUSH or FLUSH with START");
      held_ = false;
      break;
    case 5:
      reset_in_a_phase();
      break;
    case 6:
      for (uint32_t i = choice_.pick(1, 4); i > 0; --i) poke();
      break;
    default:
      if (choice_.percent(50)) wait_a_little();
  }
}

template <class Traits>
void StimulusGenerator<Traits>::reset_in_a_phase() {
  step(choice_.one_of(
      {Step::Kind::kAwaitRead, Step::Kind::kAwaitCompute, Step::Kind::kAwaitWrite, Step::Kind::kWait}));
  if (program_.steps.back().kind == Step::Kind::kWait)
    program_.steps.back().ps = choice_.below(choice_.one_of({50U, 400U})) * kCyclePs;
  if (choice_.percent(30)) wait(choice_.below(12) * kCyclePs / 2);
  if (choice_.percent(20)) {
    step(Step::Kind::kHardReset);
  } else {
    command(choice_.percent(80) ? kReset : kReset | kFlush | kResume | kStart, "RESET");
  }
  known_.clear();
  held_ = false;
  if (choice_.percent(40)) step(Step::Kind::kReadAll);
  if (choice_.percent(50)) write("IRQ_ENABLE", choice_.below(8));
}

/// Something small; `writes` says whether it may spoil a configuration register.
template <class Traits>
void StimulusGenerator<Traits>::poke(bool writes) {
  switch (choice_.below(writes ? 9 : 8)) {
    case 0:
    case 1:
      step(Step::Kind::kRead, offsets_[choice_.below(offsets_.size())]);
      break;
    case 2:
      write("IRQ_ENABLE", choice_.below(8));
      break;
    case 3:
      write("IRQ_STATUS", choice_.below(8));
      break;
    case 4:
      step(Step::Kind::kRead, offset_of("IRQ_STATUS"));
      break;
    case 5:
      wait_a_little();
      break;
    case 6:
      bad_access();
      break;
    case 7:
      command(0, "no command");
      break;
    default: {  // the shadow of the next job, or a register that cannot be written
      const uint32_t offset = offsets_[choice_.below(offsets_.size())];
      const std::string name(names_.find(offset)->info().name);
      if (name == "CTRL") break;
      known_.erase(name);
      step(Step::Kind::kWrite, offset, choice_.word(), "anything");
      break;
    }
  }
}

template <class Traits>
void StimulusGenerator<Traits>::bad_access() {
  if (choice_.percent(50)) {  // no register there
    uint32_t offset = choice_.one_of({0x3cU, 0x50U, 0xfcU, 0x11cU, 0x1f0U, 0x1000U, 0xfffcU, 0x10000U});
    if (names_.find(uint64_t{offset}) != nullptr) offset = 0xff00;
    step(choice_.percent(50) ? Step::Kind::kRead : Step::Kind::kWrite, offset, choice_.word(), "no register");
    return;
  }
  step(choice_.percent(50) ? Step::Kind::kShapedRead : Step::Kind::kShapedWrite,
       offsets_[choice_.below(offsets_.size())], choice_.word(), "no aligned word");
  Step& shaped = program_.steps.back();
  shaped.bytes = choice_.one_of({1U, 2U, 4U, 8U});
  if (shaped.bytes == 4) shaped.offset += choice_.pick(1, 3);
}

/// Waits until nothing runs and nothing is held, and forgets the reasons for interrupts.
template <class Traits>
void StimulusGenerator<Traits>::settle() {
  await_idle();
  command(kResume, "RESUME");
  await_idle();
  if (choice_.percent(70)) write("IRQ_STATUS", 7);
  held_ = false;
}

}  // namespace ganglion::layers
