#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ganglion {

/// Exit codes of the `ganglion` command; part of the command line contract.
enum class ExitCode : int {
  kOk = 0,
  kCheckFailed = 1,
  kUsage = 2,
  kInternal = 3,
  kFirmware = 4,
  kLimit = 5,
  kInterrupted = 130,
};

/// A place in a user's file; line and column count from 1, 0 means unknown.
struct SourceLocation {
  std::string file{};
  int line = 0;
  int column = 0;
  /// "file:line:column", leaving out what is unknown.
  [[nodiscard]] std::string to_string() const;
};

/// An error that ends the program with `exit_code()`; what() is the whole message for the user.
class Error : public std::runtime_error {
 public:
  Error(ExitCode exit_code, const std::string& message)
      : std::runtime_error(message), exit_code_(exit_code) {}
  [[nodiscard]] ExitCode exit_code() const { return exit_code_; }

 private:
  ExitCode exit_code_;
};

/// A user's mistake in a file, a parameter or an argument: exit code 2. The message names the place,
/// what was found, what was expected and how to mend it.
class ConfigError : public Error {
 public:
  struct Details {
    Details() = default;
    Details(SourceLocation place, std::string what_stands, std::string what_may_stand,
            std::string how_to_mend = "")
        : where(std::move(place)),
          found(std::move(what_stands)),
          expected(std::move(what_may_stand)),
          remedy(std::move(how_to_mend)) {}

    SourceLocation where;
    std::string found;     ///< what stands there
    std::string expected;  ///< what may stand there
    std::string remedy;    ///< how to mend it; may be empty
  };
  explicit ConfigError(Details details);
  [[nodiscard]] const Details& details() const { return details_; }

 private:
  Details details_;
};

/// The candidate nearest to `name` by edit distance, or "" when none is near enough to suggest.
[[nodiscard]] std::string nearest_name(std::string_view name, std::span<const std::string> candidates);

}  // namespace ganglion
