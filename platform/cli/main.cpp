// The `ganglion` command.
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

#include "platform/cli/commands.h"
#include "platform/kernel/log.h"
#include "platform/soc/version.h"

// SystemC's library brings a `main` that calls sc_main; ours is below.
int sc_main(int, char**) { return 0; }

namespace ganglion::cli {
namespace {

const std::vector<std::string> kCommands{"run", "replay", "demo", "params", "doctor"};

void add_run_options(CLI::App& app, RunOptions& options) {
  app.add_option("--set", options.overrides, "set a parameter: --set soc.sc_cnn.lanes=32 (repeatable)")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false)  // one assignment a --set: what follows may be the scenario
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--data", options.data_folder, "folder with data sets (default: $GANGLION_DATA)")
      ->type_name("DIR");
  app.add_option("--report", options.report_file, "write the report (JSON); - is standard output")
      ->type_name("FILE");
  app.add_option("--trace", options.trace_file, "write a timeline for Perfetto")->type_name("FILE");
  app.add_option("--record", options.record_folder,
                 "record the accelerators: accesses, operands and results, for 'ganglion replay'")
      ->type_name("DIR");
  app.add_option("--max-time", options.max_time, "end at this simulated time, e.g. '20 ms'")
      ->type_name("TIME");
  app.add_option("--max-wall", options.max_wall, "end after this time of the host, e.g. '30 s'")
      ->type_name("TIME");
  app.add_option(
         "--max-instructions", options.max_instructions,
         "end at the first taken branch back, indirect jump, trap or device access after N instructions")
      ->type_name("N");
  app.add_option(
         "--hang-after", options.hang_after,
         "end, with a diagnosis, after this simulated time without progress (default: 1 s; '0 s': never)")
      ->type_name("TIME");
  app.add_option("--seed", options.seed, "seed of device noise")->type_name("N");
  app.add_option("--uart", options.uart, "where the UART goes: stdio, stderr, none or file:NAME")
      ->type_name("WHERE");
  app.add_flag("--json", options.json, "print the report instead of a summary");
}

/// Turns an unknown option or a missing value into our way of saying it.
[[noreturn]] void usage_error(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* where = &app;
  while (!where->get_subcommands().empty()) where = where->get_subcommands().front();
  std::string text = error.what();
  if (const std::vector<std::string> rest = where->remaining(true); !rest.empty()) {
    std::vector<std::string> names;
    for (const CLI::Option* option : where->get_options()) {
      for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
    }
    const std::string near = nearest_name(rest.front(), names);
    text =
        "unknown argument '" + rest.front() + "'" + (near.empty() ? "" : "; did you mean \"" + near + "\"?");
  }
  throw Error(ExitCode::kUsage, text + "\n  '" +
                                    (where == &app ? "ganglion" : "ganglion " + where->get_name()) +
                                    " --help' lists what there is");
}

/// A first word that is none of ours: another program's, or a mistake.
void try_delegate(int argc, char** argv) {
  if (argc < 2 || argv[1][0] == '-') return;
  const std::string name = argv[1];
  if (std::find(kCommands.begin(), kCommands.end(), name) != kCommands.end()) return;
  delegate(name, argv + 1);
  std::vector<std::string> all = kCommands;
  const std::vector<std::string> others = delegated_commands();
  all.insert(all.end(), others.begin(), others.end());
  const std::string near = nearest_name(name, all);
  std::string list;
  for (const std::string& command : all) list += (list.empty() ? "" : ", ") + command;
  throw ConfigError({{},
                     "unknown command '" + name + "', and there is no program ganglion-" + name,
                     list,
                     near.empty() ? "" : "did you mean \"" + near + "\"?"});
}

int command(int argc, char** argv) {
  try_delegate(argc, argv);

  CLI::App app{"Ganglion: a virtual platform of a heterogeneous neuromorphic SoC", "ganglion"};
  app.set_version_flag("--version",
                       "ganglion " + std::string(kVersion) + " (" + std::string(kGitRevision) + ")");
  app.require_subcommand(1);
  bool verbose = false;
  app.add_flag("-v,--verbose", verbose, "say more: refused jobs, bus errors");

  RunOptions run_options;
  run_options.scenario = "virt.yaml";
  CLI::App* run = app.add_subcommand("run", "run a scenario, or an ELF on the default SoC");
  run->add_option("scenario", run_options.scenario, "scenario file (default: virt.yaml, a bare SoC)");
  run->add_option("--elf", run_options.elf, "firmware")->type_name("FILE");
  run->add_option("--isa", run_options.isa, "instruction set of the hart, e.g. rv64imac")->type_name("ISA");
  run->add_option("--gdb", run_options.gdb_port,
                  "wait for a debugger at this port of 127.0.0.1 before time 0; 0 picks a free one")
      ->type_name("PORT");
  run->add_option("--trace-isa", run_options.instruction_trace,
                  "write a line for every instruction: cycle, PC, assembly, registers, memory, traps")
      ->type_name("FILE");
  run->add_option("--trace-isa-filter", run_options.instruction_trace_filter,
                  "show these alone: main,0x80000000-0x800000ff")
      ->type_name("LIST");
  run->add_option("--profile", run_options.profile,
                  "write cycles and energy by call stack: PREFIX.cycles.folded, PREFIX.energy.folded")
      ->type_name("PREFIX");
  add_run_options(*run, run_options);

  RunOptions demo_options;
  demo_options.scenario = "demo.yaml";
  demo_options.html_file = "ganglion-demo.html";
  CLI::App* demo =
      app.add_subcommand("demo", "classify handwritten digits on the hart and on the SC-CNN core");
  demo->add_option("--html", demo_options.html_file,
                   "page with table, digits and energy chart (default: ganglion-demo.html)")
      ->type_name("FILE");
  add_run_options(*demo, demo_options);

  ReplayOptions replay_options;
  CLI::App* replay = app.add_subcommand("replay", "drive accelerators by a recording, without a hart");
  replay->add_option("recording", replay_options.folder, "folder that --record wrote")
      ->required()
      ->type_name("DIR");
  replay->add_option("--impl", replay_options.implementation, "tlm, rtl or both (default: tlm)")
      ->check(CLI::IsMember({"tlm", "rtl", "both"}));
  replay->add_option("--library", replay_options.library, "RTL (default: the installation's)")
      ->type_name("FILE");
  replay->add_flag("--json", replay_options.json, "print JSON");

  ParamsOptions params_options;
  CLI::App* params = app.add_subcommand("params", "list every parameter: type, unit, default, range");
  params->add_option("scenario", params_options.scenario, "show the values of this scenario");
  params->add_flag("--json", params_options.json, "print JSON");
  params->add_flag("--schema", params_options.schema, "print the JSON Schema of scenario files");
  params->add_flag("--report-schema", params_options.report_schema, "print the JSON Schema of reports");

  bool doctor_json = false;
  CLI::App* doctor = app.add_subcommand("doctor", "what is missing on this machine and how to mend it");
  doctor->add_flag("--json", doctor_json, "print JSON");

  app.footer(
      "Other commands are programs named ganglion-NAME on PATH, e.g. ganglion compile.\n"
      "Exit codes: 0 ok, 1 a check failed, 2 usage or configuration, 3 internal error,\n"
      "            4 firmware trapped or reported failure, 5 a limit was reached, 130 interrupted.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::CallForVersion& version) {
    return app.exit(version);
  } catch (const CLI::ParseError& error) {
    usage_error(app, error);
  }

  set_up_logging(verbose ? spdlog::level::info : spdlog::level::warn);
  if (*run) return run_command(run_options);
  if (*replay) return replay_command(replay_options);
  if (*demo) return demo_command(demo_options);
  if (*params) return params_command(params_options);
  return doctor_command(doctor_json);
}

}  // namespace
}  // namespace ganglion::cli

int main(int argc, char** argv) {
  try {
    return ganglion::cli::command(argc, argv);
  } catch (const ganglion::Error& error) {
    std::fprintf(stderr, "ganglion: %s\n", error.what());
    return static_cast<int>(error.exit_code());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "ganglion: internal error: %s\n", error.what());
    return static_cast<int>(ganglion::ExitCode::kInternal);
  }
}
