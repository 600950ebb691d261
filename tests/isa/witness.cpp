// Random programs on our hart and on QEMU; any difference in registers, CSRs, traps or memory is a failure.
#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <map>

#include "platform/cpu/isa.h"
#include "tests/isa/exclusions.h"
#include "tests/isa/layout.h"
#include "tests/isa/runners.h"

namespace ganglion::isa_test {
namespace {

constexpr int kSkipped = 77;

struct Options {
  int xlen = 64;
  unsigned programs = 100;
  unsigned instructions = 1000;
  unsigned batch = 200;  ///< programs in one image, so in one start of QEMU
  uint64_t seed = 1;
  uint32_t block_instructions = 64;
  std::string harness = GANGLION_ISA_HARNESS;
  std::string platform;  ///< the `ganglion` binary, to run each image there too
  bool no_minimise = false;
};

struct Outcome {
  std::vector<Mismatch> mismatches;
  std::string error;
  uint64_t retired = 0;
  uint64_t traps = 0;
};

class Witness {
 public:
  Witness(const Options& options, std::string qemu)
      : options_(options),
        qemu_(std::move(qemu)),
        folder_(std::filesystem::temp_directory_path() / fmt::format("ganglion-isa-{}", getpid())) {
    std::filesystem::create_directories(folder_);
  }
  ~Witness() { std::filesystem::remove_all(folder_); }
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;

  int run();

 private:
  Outcome run_image(const ProgramImage& image);
  ProgramRecipe minimised(ProgramRecipe recipe);
  void explain(const ProgramRecipe& recipe, const std::string& what);
  [[nodiscard]] ProgramImage image_of(std::vector<ProgramRecipe> recipes) const {
    return make_image(fmt::format("{}_rv{}.elf", options_.harness, options_.xlen), std::move(recipes));
  }

  const Options& options_;
  std::string qemu_;
  std::filesystem::path folder_;
};

Outcome Witness::run_image(const ProgramImage& image) {
  const std::string elf = folder_ / "programs.elf";
  write_elf(image, elf);
  Outcome outcome;
  const RunResult theirs = run_on_qemu(qemu_, image, elf, folder_);
  const RunResult ours = run_on_hart(image, options_.block_instructions);
  outcome.error = !theirs.error.empty() ? theirs.error : ours.error;
  if (!outcome.error.empty()) return outcome;
  constexpr uint64_t kHashInstructions = 6;  // a word, in the harness
  outcome.retired = ours.instructions - (image.end - FIRST_AREA) / 4 * kHashInstructions;
  for (const uint64_t area : image.areas) {
    uint64_t traps = 0;
    std::memcpy(&traps, &ours.memory[area + AREA_TRAP_COUNT - kRamBase], sizeof traps);
    outcome.traps += traps;
  }
  outcome.mismatches = compare(image, ours.memory, theirs.memory);
  if (outcome.mismatches.empty() && ours.uart != theirs.uart)
    outcome.error = fmt::format("memory agrees, but the hash is '{}', QEMU's '{}'", ours.uart, theirs.uart);
  if (outcome.error.empty() && !options_.platform.empty()) {
    const RunResult platform = run_on_platform(options_.platform, image, elf);
    if (!platform.error.empty())
      outcome.error = platform.error;
    else if (platform.uart.find(ours.uart) == std::string::npos)
      outcome.error = fmt::format("the platform printed '{}', the hart alone '{}'", platform.uart, ours.uart);
  }
  return outcome;
}

/// Takes chunks away, halves first, as long as the program still fails.
ProgramRecipe Witness::minimised(ProgramRecipe recipe) {
  const unsigned chunks = make_random_program(recipe).chunks;
  const auto fails = [this](const ProgramRecipe& candidate) {
    const Outcome outcome = run_image(image_of({candidate}));
    return !outcome.error.empty() || !outcome.mismatches.empty();
  };
  for (unsigned size = (chunks + 1) / 2; size > 0; size /= 2) {
    for (unsigned first = 0; first < chunks; first += size) {
      ProgramRecipe candidate = recipe;
      for (unsigned i = first; i < std::min(first + size, chunks); ++i) candidate.left_out.insert(i);
      if (candidate.left_out != recipe.left_out && fails(candidate)) recipe = candidate;
    }
  }
  return recipe;
}

void Witness::explain(const ProgramRecipe& recipe, const std::string& what) {
  std::cout << fmt::format(
      "MISMATCH rv{} seed {}: {}\n  reproduce: {} --xlen {} --seed {} --programs 1 --instructions {}\n",
      recipe.xlen, recipe.seed, what, "isa_witness", recipe.xlen, recipe.seed, recipe.instructions);
  if (options_.no_minimise) return;
  const ProgramRecipe small = minimised(recipe);
  const ProgramImage image = image_of({small});
  const Outcome outcome = run_image(image);
  std::cout << fmt::format("  minimised to ({}):\n", !outcome.error.empty() ? outcome.error
                                                     : outcome.mismatches.empty()
                                                         ? "no longer differs"
                                                         : outcome.mismatches[0].what);
  const RandomProgram program = make_random_program(small);
  const uint64_t base = image.areas[0] + AREA_CODE;
  for (std::size_t i = 0; i < program.code.size();) {
    const bool is_long = is_long_instruction(program.code[i]) && i + 1 < program.code.size();
    const uint32_t word = program.code[i] | (is_long ? static_cast<uint32_t>(program.code[i + 1]) << 16 : 0u);
    std::cout << fmt::format("    {:#x}: {:0{}x}  {}\n", base + 2 * i, word, is_long ? 8 : 4,
                             disassemble(word, base + 2 * i, small.xlen));
    i += is_long ? 2 : 1;
  }
  std::cout << std::flush;
}

int Witness::run() {
  const auto start = std::chrono::steady_clock::now();
  unsigned failures = 0;
  uint64_t text = 0, retired = 0, traps = 0;
  std::vector<uint64_t> used(instruction_table().size());
  for (unsigned done = 0; done < options_.programs; done += options_.batch) {
    std::vector<ProgramRecipe> recipes;
    for (unsigned i = done; i < std::min(options_.programs, done + options_.batch); ++i)
      recipes.push_back({options_.xlen, options_.seed + i, options_.instructions});
    const ProgramImage image = image_of(recipes);
    const Outcome outcome = run_image(image);
    if (!outcome.error.empty()) {
      std::cout << outcome.error << "\n";
      ++failures;
      for (const ProgramRecipe& recipe : recipes) {  // which of them?
        const Outcome alone = recipes.size() == 1 ? outcome : run_image(image_of({recipe}));
        if (alone.error.empty() && alone.mismatches.empty()) continue;
        explain(recipe, alone.error.empty() ? alone.mismatches[0].what : alone.error);
        break;
      }
    }
    for (const Mismatch& mismatch : outcome.mismatches)
      if (++failures <= 3) explain(recipes[mismatch.program], mismatch.what);
    text += image.text_instructions;
    retired += outcome.retired;
    traps += outcome.traps;
    for (std::size_t i = 0; i < used.size(); ++i) used[i] += image.used[i];
  }
  std::string missing;
  for (const InstructionInfo& info : instruction_table()) {
    const bool exists = info.width != (options_.xlen == 64 ? InstructionWidth::k32 : InstructionWidth::k64);
    if (exists && !excluded_extension(info.extension) && used[static_cast<std::size_t>(info.id)] == 0)
      missing += " " + std::string(info.mnemonic);
  }
  std::map<std::string, uint64_t> drawn;
#define X(name, mnemonic, match, mask, format, instruction_class, width, extension) \
  drawn[std::string(#extension).substr(1)] += used[static_cast<std::size_t>(Instruction::k##name)];
  GANGLION_RISCV_INSTRUCTIONS(X)
#undef X
  std::string by_extension;
  for (const auto& [extension, count] : drawn) by_extension += fmt::format(" {} {}", extension, count);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  std::cout << fmt::format(
      "rv{}: {} programs from seed {}, {} instructions of text, {} executed with the trap handler, {} traps: "
      "{} mismatches, "
      "{:.1f} s\ndrawn:{}; rows of the decode table never drawn:{}\n",
      options_.xlen, options_.programs, options_.seed, text, retired, traps, failures, seconds.count(),
      by_extension, missing.empty() ? " none" : missing);
  return failures == 0 ? 0 : 1;
}

int main_of(int argc, char** argv) {
  Options options;
  CLI::App app("Random programs on the hart and on QEMU, compared");
  app.add_option("--xlen", options.xlen, "32 or 64")->check(CLI::IsMember({32, 64}));
  app.add_option("--programs", options.programs, "how many");
  app.add_option("--instructions", options.instructions, "in a program's text");
  app.add_option("--seed", options.seed, "of the first program; the next has the next seed");
  app.add_option("--batch", options.batch, "programs in one start of QEMU")->check(CLI::Range(1, 2000));
  app.add_option("--block", options.block_instructions, "instructions in a block of our hart");
  app.add_option("--platform", options.platform, "the `ganglion` binary: run the images there as well");
  app.add_flag("--no-minimise", options.no_minimise, "do not shrink a failing program");
  CLI11_PARSE(app, argc, argv);
  const std::string qemu = find_qemu(options.xlen);
  if (qemu.empty()) {
    std::cout << fmt::format("skipped: no qemu-system-riscv{} on PATH (Debian package qemu-system-misc)\n",
                             options.xlen);
    return kSkipped;
  }
  return Witness(options, qemu).run();
}

}  // namespace
}  // namespace ganglion::isa_test

// libsystemc wants one although nothing is simulated in time here.
extern "C" int sc_main(int, char**) { return 2; }

int main(int argc, char** argv) {
  try {
    return ganglion::isa_test::main_of(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "isa_witness: " << error.what() << "\n";
    return 2;
  }
}
