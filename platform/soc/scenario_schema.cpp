#include <nlohmann/json.hpp>

#include "platform/base/param_specs.h"
#include "platform/kernel/operating_limits.h"
#include "platform/soc/scenario.h"

namespace ganglion {
namespace {

constexpr double kLowestHz = operating_limits::kLowestKhz * 1e3;
constexpr double kHighestHz = operating_limits::kHighestKhz * 1e3;
constexpr double kLowestV = operating_limits::kLowestMv / 1e3;
constexpr double kHighestV = operating_limits::kHighestMv / 1e3;

ParamSpec text_param(std::string name, std::string default_text, std::string description,
                     bool required = false) {
  ParamSpec spec;
  spec.name = std::move(name);
  spec.type = ParamType::kString;
  spec.default_text = std::move(default_text);
  spec.description = std::move(description);
  spec.required = required;
  return spec;
}

ParamSpec path_param(std::string name, std::string description, bool required) {
  ParamSpec spec = text_param(std::move(name), "", std::move(description), required);
  spec.type = ParamType::kPath;
  return spec;
}

ParamSpec integer_param(std::string name, std::string default_text, std::string description, double minimum,
                        double maximum = std::numeric_limits<double>::infinity()) {
  ParamSpec spec;
  spec.name = std::move(name);
  spec.type = ParamType::kInteger;
  spec.default_text = std::move(default_text);
  spec.description = std::move(description);
  spec.minimum = minimum;
  spec.maximum = maximum;
  return spec;
}

ParamSpec quantity_param(std::string name, Dimension dimension, std::string default_text,
                         std::string description, double minimum = 0.0,
                         double maximum = std::numeric_limits<double>::infinity()) {
  ParamSpec spec =
      integer_param(std::move(name), std::move(default_text), std::move(description), minimum, maximum);
  spec.type = ParamType::kQuantity;
  spec.dimension = dimension;
  return spec;
}

ParamSpec real_param(std::string name, std::string default_text, std::string description, double minimum,
                     double maximum) {
  ParamSpec spec =
      integer_param(std::move(name), std::move(default_text), std::move(description), minimum, maximum);
  spec.type = ParamType::kReal;
  return spec;
}

ParamSpec required(ParamSpec spec) {
  spec.required = true;
  return spec;
}

constexpr double kHighestAddress = 0x7fff'ffff'ffffULL;

}  // namespace

const ParamSchema& scenario_schema() {
  static const ParamSchema schema{
      "scenario",
      "a system on chip, what runs on it and when it stops",
      {text_param("name", "", "name of the scenario in report and messages", true),
       text_param("description", "", "one line for people"),
       integer_param("seed", "1", "seed of all device noise", 0),
       integer_param("image_base", "",
                     "address where images and results are placed; default: 4 MiB into the memory, or behind "
                     "the firmware",
                     0, kHighestAddress)}};
  return schema;
}

const ParamSchema& reference_schema() {
  static const ParamSchema schema{
      "reference",
      "technology point all energies are scaled to",
      {quantity_param("node", Dimension::kLength, "40 nm", "feature size", 7, 180),
       quantity_param("voltage", Dimension::kVoltage, "1.1 V", "supply", kLowestV, kHighestV)}};
  return schema;
}

const ParamSchema& limits_schema() {
  static const ParamSchema schema{
      "limits",
      "when a run is ended from outside (exit code 5)",
      {quantity_param("time", Dimension::kTime, "", "simulated time", 1),
       quantity_param("wall", Dimension::kTime, "", "time of the host", 1),
       integer_param("instructions", "",
                     "instructions retired by all harts; ends at the first checking transfer after them", 1),
       quantity_param("hang", Dimension::kTime, "1 s",
                      "simulated time without progress, see docs/how-to/trace-and-profile.md; 0 s: never",
                      0)}};
  return schema;
}

const ParamSchema& clock_schema() {
  static const ParamSchema schema{
      "clock",
      "a clock domain with its supply",
      {required(
           quantity_param("frequency", Dimension::kFrequency, "", "clock frequency", kLowestHz, kHighestHz)),
       quantity_param("voltage", Dimension::kVoltage, "",
                      "supply at the start; default: that of the reference", kLowestV, kHighestV)}};
  return schema;
}

const ParamSchema& firmware_schema() {
  static const ParamSchema schema{
      "firmware", "what the hart boots", {path_param("elf", "ELF file, RISC-V", true)}};
  return schema;
}

const ParamSchema& image_schema() {
  static const ParamSchema schema{
      "image",
      "a file placed in memory, found by firmware under its name in the device tree",
      {path_param("file", "loadable, data set or any other file", true),
       integer_param("address", "", "where it is placed; default: behind the one before", 0,
                     kHighestAddress)}};
  return schema;
}

const ParamSchema& results_schema() {
  static const ParamSchema schema{
      "results",
      "memory where firmware leaves its predictions for the report",
      {quantity_param("size", Dimension::kBytes, "256 KiB", "bytes reserved", 64, 1e9),
       integer_param("address", "", "where it lies; default: behind the images", 0, kHighestAddress)}};
  return schema;
}

const ParamSchema& expectation_schema() {
  static const ParamSchema schema{
      "expect",
      "what a set of results must show, else the run ends with exit code 1",
      {integer_param("images", "", "exact number of images classified", 1),
       real_param("minimum_accuracy", "0", "least share of right predictions", 0, 1)}};
  return schema;
}

const ParamSchema& instance_schema() {
  static const ParamSchema schema{
      "instance",
      "what every component under soc has",
      {text_param("type", "", "type of the component", true),
       integer_param("address", "", "first address of its window on the bus", 0, kHighestAddress),
       integer_param("interrupt", "", "source at the interrupt controller, 1 to 95", 1, 95),
       text_param("clock", "", "clock domain; default: the first one under clocks"),
       choice_param("impl", {"tlm", "rtl", "both"},
                    "what stands for an accelerator: its model, RTL, or both side by side, compared"),
       path_param("library", "RTL as a shared library; default: rtl/TYPE.so of this installation", false),
       real_param("cycle_tolerance", "0.05", "impl: both: share by which RTL's cycles a job may differ", 0,
                  100),
       integer_param("cycle_allowance", "16", "impl: both: cycles more by which they may differ", 0, 1e9),
       choice_param("cycle_check", {"stop", "record"},
                    "impl: both: cycles beyond the tolerance end the run, or are counted in the report; with "
                    "stalls they are counted unless this says stop"),
       real_param("stalls.share", "0",
                  "share of clock edges at which memory holds back a channel of RTL's AXI4 manager", 0, 0.9),
       integer_param("stalls.seed", "1", "which edges: another seed, other edges", 0, 9e15),
       integer_param("rtl_timeout", "10000", "clock cycles after which a handshake with RTL is stuck", 16,
                     1e9),
       integer_param("rtl_unknown_cycles", "2000",
                     "clock cycles in which RTL is watched for values that reset leaves undefined", 0,
                     1e12)}};
  return schema;
}

const std::vector<std::string>& scenario_sections() {
  static const std::vector<std::string> sections{"reference", "limits", "clocks",  "soc",
                                                 "firmware",  "images", "results", "expect"};
  return sections;
}

std::string scenario_json_schema(const ComponentRegistry& registry) {
  using nlohmann::json;
  const auto of = [](const ParamSchema& schema) { return json::parse(json_schema_of(schema)); };
  const auto map_of = [](const json& schema) {
    return json{{"type", "object"}, {"additionalProperties", schema}};
  };

  json root = of(scenario_schema());
  root["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  root["$id"] = "ganglion.scenario/1";
  root["title"] = "Ganglion scenario";
  // A scenario that extends another may leave out what that one says.
  root.erase("required");
  json& properties = root["properties"];
  properties["extends"] = {
      {"description", "scenario or scenarios this one starts from, relative to the file"},
      {"oneOf",
       json::array({json{{"type", "string"}}, json{{"type", "array"}, {"items", {{"type", "string"}}}}})}};
  properties["reference"] = of(reference_schema());
  properties["limits"] = of(limits_schema());
  properties["clocks"] = map_of(of(clock_schema()));
  properties["firmware"] = of(firmware_schema());
  properties["images"] = map_of(of(image_schema()));
  properties["results"] = of(results_schema());
  properties["expect"] = map_of(of(expectation_schema()));

  json instances = json::array();
  for (const std::string& type_name : registry.names()) {
    ParamSchema merged = registry.find(type_name, {}).schema;
    merged.params.insert(merged.params.begin(), instance_schema().params.begin(),
                         instance_schema().params.end());
    json instance = of(merged);
    instance["properties"]["type"] = {{"const", type_name}};
    instance.erase("required");
    instances.push_back(
        json{{"if", {{"properties", {{"type", {{"const", type_name}}}}}, {"required", {"type"}}}},
             {"then", std::move(instance)}});
  }
  properties["soc"] = map_of(json{{"type", "object"}, {"allOf", std::move(instances)}});
  return root.dump(2);
}

}  // namespace ganglion
