#include "platform/cpu/elf_image.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

namespace ganglion {
namespace {

using testing::HasSubstr;

std::string program(const std::string& name) {
  return std::string(GANGLION_TEST_PROGRAMS) + "/" + name + ".elf";
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// A file that is gone after the test.
class Scratch {
 public:
  explicit Scratch(const std::string& content)
      : path_(testing::TempDir() + "elf_image_test_" + std::to_string(getpid()) + ".elf") {
    std::ofstream(path_, std::ios::binary) << content;
  }
  ~Scratch() { std::remove(path_.c_str()); }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

std::string error_of(const std::string& path, int xlen = 0) {
  try {
    (void)ElfImage::load(path, xlen, {"scenario.yaml", 3, 8});
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr(path));
    EXPECT_THAT(error.what(), HasSubstr("scenario.yaml:3:8"));
    return error.what();
  }
  return "no error";
}

TEST(ElfImage, ReadsSegmentsEntryAndSymbols) {
  const ElfImage elf = ElfImage::load(program("control_rv64"));

  EXPECT_EQ(elf.xlen(), 64);
  EXPECT_EQ(elf.entry(), 0x80000000u);
  ASSERT_FALSE(elf.segments().empty());
  EXPECT_EQ(elf.segments()[0].address, 0x80000000u);
  const auto bump = elf.symbol("bump");
  ASSERT_TRUE(bump);
  EXPECT_EQ(elf.symbol_at(*bump), "bump");
  EXPECT_EQ(elf.symbol_at(*bump + 4), "bump+0x4");
  EXPECT_EQ(elf.symbol_at(0x1000), "");
  EXPECT_FALSE(elf.symbol("no_such_symbol"));
}

TEST(ElfImage, FindsSourceLines) {
  const ElfImage elf = ElfImage::load(program("control_rv64"));

  EXPECT_THAT(elf.describe(*elf.symbol("bump")), testing::MatchesRegex(R"(bump \(control\.S:[0-9]+\))"));
  EXPECT_EQ(elf.line_at(0x1000), "");
}

TEST(ElfImage, RefusesWhatIsNoRiscvExecutable) {
  EXPECT_THAT(error_of("/no/such/file.elf"), HasSubstr("cannot be opened"));
  const Scratch text("#!/bin/sh\necho hello\n");
  EXPECT_THAT(error_of(text.path()), HasSubstr("is not an ELF file"));
  const Scratch empty("");
  EXPECT_THAT(error_of(empty.path()), HasSubstr("is not an ELF file"));
  EXPECT_THAT(error_of("/proc/self/exe"), HasSubstr("another machine"));
  EXPECT_THAT(error_of(program("control_rv32"), 64), HasSubstr("is for RV32, the hart is RV64"));
}

TEST(ElfImage, RefusesEveryTruncation) {
  const std::string whole = bytes_of(program("memory_rv64"));
  for (const std::size_t size : {5u, 20u, 63u, 64u, 100u, 200u, 4096u, 5000u}) {
    ASSERT_LT(size, whole.size());
    const Scratch part(whole.substr(0, size));
    EXPECT_THAT(error_of(part.path()), HasSubstr("truncated")) << size;
  }
}

TEST(ElfImage, SurvivesDamagedFiles) {
  const std::string whole = bytes_of(program("atomic_rv64"));
  for (std::size_t at = 0; at < 256; ++at) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 0xff);
    const Scratch file(damaged);
    try {
      (void)ElfImage::load(file.path()).describe(0x80000000);
    } catch (const ConfigError&) {
    }
  }
}

}  // namespace
}  // namespace ganglion
