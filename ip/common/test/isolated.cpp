#include "ip/common/test/isolated.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <deque>
#include <stdexcept>
#include <system_error>

namespace ganglion::layers {
namespace {

struct Child {
  pid_t pid;
  int from;  ///< read end of its pipe
  std::size_t index;
};

[[noreturn]] void work(const IsolatedRun& run, int to, unsigned limit_s) {
  ::alarm(limit_s);
  ProgramResult result;
  try {
    result = run.run();
  } catch (const std::exception& error) {
    result.failure = error.what();
  }
  result.programs = 1;
  const std::string text = result.to_text();
  for (std::size_t done = 0; done < text.size();) {
    const ssize_t written = ::write(to, text.data() + done, text.size() - done);
    if (written < 0) ::_exit(1);
    done += static_cast<std::size_t>(written);
  }
  std::fflush(nullptr);
  ::_exit(0);  // no destructor: neither SystemC's nor the test framework's end is this process's
}

Child launch(const IsolatedRun& run, std::size_t index, unsigned limit_s) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  std::fflush(nullptr);
  const pid_t pid = ::fork();
  if (pid < 0) throw std::system_error(errno, std::generic_category(), "fork");
  if (pid == 0) {
    ::close(ends[0]);
    work(run, ends[1], limit_s);
  }
  ::close(ends[1]);
  return {pid, ends[0], index};
}

ProgramResult collect(const Child& child, unsigned limit_s) {
  std::string text;
  char part[4096];
  for (ssize_t got = 0; (got = ::read(child.from, part, sizeof part)) > 0;)
    text.append(part, static_cast<std::size_t>(got));
  ::close(child.from);
  int status = 0;
  ::waitpid(child.pid, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return ProgramResult::from_text(text);
  ProgramResult result;
  result.programs = 1;
  result.failure = WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM
                       ? fmt::format("no end after {} s", limit_s)
                       : fmt::format("the process died ({})",
                                     WIFSIGNALED(status) ? ::strsignal(WTERMSIG(status)) : "exit code not 0");
  return result;
}

}  // namespace

std::vector<ProgramResult> run_isolated(const std::vector<IsolatedRun>& runs, unsigned workers,
                                        unsigned limit_s, bool stop_at_failure) {
  std::vector<ProgramResult> results;
  std::deque<Child> under_way;
  std::size_t next = 0;
  bool failed = false;
  while (!under_way.empty() || (next < runs.size() && !failed)) {
    while (!failed && next < runs.size() && under_way.size() < workers) {
      under_way.push_back(launch(runs[next], next, limit_s));
      ++next;
    }
    const Child child = under_way.front();  // the oldest: results come in order
    under_way.pop_front();
    ProgramResult result = collect(child, limit_s);
    if (failed) continue;
    if (!result.failure.empty()) {
      result.failure =
          runs[child.index].name + (result.step.empty() ? "" : ", " + result.step) + ": " + result.failure;
      failed = stop_at_failure;
    }
    results.push_back(std::move(result));
  }
  return results;
}

}  // namespace ganglion::layers
