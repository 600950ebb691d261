// Every seeded bug of mutations.yaml is found by `both`, and the hardware as it is passes the same firmware.
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <functional>
#include <ostream>

#include "ip/sc_cnn/test/mutations/twin_bench.h"
#include "mutations.h"

namespace ganglion {
namespace mutations {
/// Without it a test's name would hold the bytes of its pointers.
void PrintTo(const Mutation& mutation, std::ostream* out) { *out << mutation.name; }
}  // namespace mutations

namespace sc_cnn {
namespace {

using mutations::Mutation;

/// What `run` gives in a process of its own: SystemC allows one elaboration each.
std::string in_child(const std::function<std::string()>& run) {
  int ends[2];
  if (pipe(ends) != 0) return "no pipe";
  const pid_t child = fork();
  if (child == 0) {
    close(ends[0]);
    std::string text = run();
    if (testing::Test::HasFailure()) text += "\nthe firmware's own checks failed";
    const bool written = write(ends[1], text.data(), text.size()) == static_cast<ssize_t>(text.size());
    _exit(written ? 0 : 1);
  }
  close(ends[1]);
  std::string text;
  char buffer[4096];
  for (ssize_t got = 0; (got = read(ends[0], buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<std::size_t>(got));
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) text += "\nthe process ended badly";
  return text;
}

/// First divergence with the mutation called `name`: on a bus that never waits, then on one that does.
std::string first_divergence(const char* name) {
  setenv("GANGLION_MUTATION", name, 1);
  axi::Stalls stalls;
  stalls.awready = stalls.arready = 0x5555'5555'5555'5555;
  stalls.wready = 0x7777'1357'7777'2468;
  stalls.rvalid = 0xf731'f731'f731'f731;
  stalls.bvalid = 0x1111'1111'1111'1111;
  for (const axi::Stalls& pattern : {axi::Stalls{}, stalls}) {
    std::string found = in_child([&] {
      return TwinBench({GANGLION_MUTATED_LIBRARY, pattern}).first_divergence();
    });
    if (!found.empty()) return found;
  }
  return "";
}

TEST(ScCnnMutations, TheHardwareAsItIsNeverDiverges) { EXPECT_EQ(first_divergence(""), ""); }

class ScCnnMutation : public testing::TestWithParam<Mutation> {};

TEST_P(ScCnnMutation, IsFound) {
  const std::string found = first_divergence(GetParam().name);
  RecordProperty("found", found);
  ASSERT_NE(found, "") << "survives";
  EXPECT_THAT(found, testing::StartsWith("dut: RTL and model diverge\n  "));
  EXPECT_THAT(found, testing::HasSubstr(GetParam().found));
  EXPECT_THAT(found, testing::AnyOf(testing::HasSubstr("accessed at"),
                                    testing::HasSubstr("started by the write of CTRL at")));
}

INSTANTIATE_TEST_SUITE_P(, ScCnnMutation, testing::ValuesIn(mutations::kMutations),
                         [](const testing::TestParamInfo<Mutation>& info) {
                           return std::string(info.param.name);
                         });

}  // namespace
}  // namespace sc_cnn
}  // namespace ganglion
