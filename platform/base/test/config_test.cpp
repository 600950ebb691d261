#include "platform/base/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace ganglion {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
namespace fs = std::filesystem;

std::string error_of(const std::string& text) {
  try {
    (void)parse_config(text, "soc.yaml");
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

/// A folder of its own that goes when the test ends.
class ConfigFiles : public ::testing::Test {
 protected:
  ConfigFiles()
      : folder_(fs::temp_directory_path() /
                ("ganglion_config_" + std::to_string(::getpid()) + "_" +
                 ::testing::UnitTest::GetInstance()->current_test_info()->name())) {
    fs::create_directories(folder_ / "sub");
  }
  ~ConfigFiles() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) {
    const fs::path path = folder_ / name;
    std::ofstream(path) << text;
    return path.string();
  }
  static std::string load_error(const std::string& path) {
    try {
      (void)load_config(path);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "accepted";
  }
  fs::path folder_;
};

TEST(Config, RemembersWhereEverythingStands) {
  const ConfigNode root =
      parse_config("name: demo\ncomponents:\n  ram: {size: 64 MiB}\n  list: [1, two]\n", "soc.yaml");

  EXPECT_EQ(root.at_path("name")->scalar, "demo");
  EXPECT_EQ(root.at_path("components.ram.size")->where.to_string(), "soc.yaml:3:15");
  EXPECT_EQ(root.find("components")->key_where.at("list").to_string(), "soc.yaml:4:3");
  EXPECT_EQ(root.at_path("components.list.1")->where.to_string(), "soc.yaml:4:13");
  EXPECT_EQ(root.at_path("components.list.2"), nullptr);
  EXPECT_EQ(root.at_path("components.none.size"), nullptr);
}

TEST(Config, KeepsFileOrderAndQuotes) {
  const ConfigNode root = parse_config("b: '1'\na: 1\nc:\n", "soc.yaml");

  EXPECT_EQ(root.members[0].first, "b");
  EXPECT_TRUE(root.members[0].second.quoted);
  EXPECT_FALSE(root.members[1].second.quoted);
  EXPECT_EQ(root.find("c")->kind, ConfigNode::Kind::kNull);
}

TEST(Config, AnEmptyFileIsNull) { EXPECT_EQ(parse_config("", "soc.yaml").kind, ConfigNode::Kind::kNull); }

TEST(Config, RefusesDuplicateKeysAndNamesBothPlaces) {
  const std::string error = error_of("ram:\n  size: 1 MiB\n  size: 2 MiB\n");

  EXPECT_THAT(error, StartsWith("soc.yaml:3:3: the key \"size\" stands twice"));
  EXPECT_THAT(error, HasSubstr("soc.yaml:2:3"));
}

TEST(Config, RefusesBrokenYamlWithItsPlace) {
  EXPECT_THAT(error_of("a: 1\nb: [1, 2\n"), StartsWith("soc.yaml:3:1: not YAML"));
  EXPECT_THAT(error_of("a: 1\n\tb: 2\n"), StartsWith("soc.yaml:2:"));
  EXPECT_THAT(error_of("a: *nobody\n"), HasSubstr("not YAML"));
  EXPECT_THAT(error_of("a: 1\n---\nb: 2\n"), StartsWith("soc.yaml:3:1: a second YAML document"));
  EXPECT_THAT(error_of("? [a, b]\n: 1\n"), HasSubstr("a key that is not a word"));
}

TEST(Config, RefusesMergeKeysAndBottomlessNesting) {
  EXPECT_THAT(error_of("x: &x {a: 1}\ny:\n  <<: *x\n"), HasSubstr("extends"));
  EXPECT_THAT(error_of(std::string(200, '[') + std::string(200, ']')), HasSubstr("levels deep"));
}

TEST_F(ConfigFiles, ExtendsMergesMapsAndReplacesTheRest) {
  write("base.yaml", "clocks: {main: 100 MHz, slow: 10 MHz}\nlist: [1, 2]\nname: base\n");
  const std::string path = write("top.yaml", "extends: base.yaml\nclocks: {main: 200 MHz}\nlist: [3]\n");

  const ConfigNode root = load_config(path);

  EXPECT_EQ(root.at_path("clocks.main")->scalar, "200 MHz");
  EXPECT_EQ(root.at_path("clocks.slow")->scalar, "10 MHz");
  EXPECT_THAT(root.at_path("clocks.slow")->where.file, HasSubstr("base.yaml"));
  EXPECT_THAT(root.at_path("clocks.main")->where.file, HasSubstr("top.yaml"));
  EXPECT_EQ(root.find("list")->items.size(), 1u);
  EXPECT_EQ(root.find("name")->scalar, "base");
  EXPECT_EQ(root.find("extends"), nullptr);
}

TEST_F(ConfigFiles, ExtendsTakesListsAndChainsRelativeToEachFile) {
  write("sub/root.yaml", "a: root\nb: root\nc: root\n");
  write("sub/one.yaml", "extends: root.yaml\nb: one\n");
  write("two.yaml", "c: two\n");
  const std::string path = write("top.yaml", "extends: [sub/one.yaml, two.yaml]\nd: top\n");

  const ConfigNode root = load_config(path);

  EXPECT_EQ(root.find("a")->scalar, "root");
  EXPECT_EQ(root.find("b")->scalar, "one");
  EXPECT_EQ(root.find("c")->scalar, "two");
  EXPECT_EQ(root.find("d")->scalar, "top");
}

TEST_F(ConfigFiles, ADiamondIsNoCircle) {
  write("root.yaml", "a: 1\n");
  write("left.yaml", "extends: root.yaml\n");
  write("right.yaml", "extends: root.yaml\n");

  EXPECT_EQ(load_config(write("top.yaml", "extends: [left.yaml, right.yaml]\n")).find("a")->scalar, "1");
}

TEST_F(ConfigFiles, ExtendsInACircleIsAnError) {
  write("a.yaml", "extends: b.yaml\n");
  write("b.yaml", "x: 1\nextends: sub/../a.yaml\n");

  const std::string error = load_error((folder_ / "a.yaml").string());

  EXPECT_THAT(error, HasSubstr("b.yaml:2:10: \"extends\" goes in a circle: a.yaml -> b.yaml -> a.yaml"));
}

TEST_F(ConfigFiles, UnreadableFilesSayWhoAskedForThem) {
  EXPECT_THAT(load_error((folder_ / "none.yaml").string()),
              HasSubstr("none.yaml: cannot be read: No such file"));
  EXPECT_THAT(load_error(folder_.string()), HasSubstr("Is a directory"));
  EXPECT_THAT(load_error(write("top.yaml", "extends: gone.yaml\n")), HasSubstr("top.yaml:1:10: "));
  EXPECT_THAT(load_error(write("map.yaml", "extends: {a: 1}\n")), HasSubstr("does not name a file"));
}

TEST(Override, ReplacesAndAddsValues) {
  ConfigNode root = parse_config("ram: {size: 1 MiB}\nlist: [1, 2]\n", "soc.yaml");

  apply_override(root, "ram.size=64 MiB");
  apply_override(root, "cpu.cache.ways=4");
  apply_override(root, "list.1=5");
  apply_override(root, "modes=[a, b]");

  EXPECT_EQ(root.at_path("ram.size")->scalar, "64 MiB");
  EXPECT_EQ(root.at_path("ram.size")->where.to_string(), "--set ram.size=64 MiB");
  EXPECT_EQ(root.at_path("cpu.cache.ways")->scalar, "4");
  EXPECT_EQ(root.find("cpu")->key_where.at("cache").file, "--set cpu.cache.ways=4");
  EXPECT_EQ(root.at_path("list.1")->scalar, "5");
  EXPECT_EQ(root.find("modes")->items.size(), 2u);
}

TEST(Override, StartsFromAnEmptyTree) {
  ConfigNode root;
  apply_override(root, "a.b=1");
  EXPECT_EQ(root.at_path("a.b")->scalar, "1");
}

TEST(Override, RefusesMalformedText) {
  const auto error_of_set = [](const std::string& assignment) -> std::string {
    ConfigNode root = parse_config("name: demo\nlist: [1]\n", "soc.yaml");
    try {
      apply_override(root, assignment);
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "accepted";
  };

  EXPECT_THAT(error_of_set("lanes"), StartsWith("--set lanes: there is no \"=\""));
  EXPECT_THAT(error_of_set("lanes="), HasSubstr("no value behind"));
  EXPECT_THAT(error_of_set("=4"), HasSubstr("a part of the path is empty"));
  EXPECT_THAT(error_of_set("a..b=4"), HasSubstr("a part of the path is empty"));
  EXPECT_THAT(error_of_set("name.x=4"), HasSubstr("lies inside the plain value \"demo\" (soc.yaml:1:7)"));
  EXPECT_THAT(error_of_set("list.7=4"), HasSubstr("no index of the list"));
  EXPECT_THAT(error_of_set("a=[1"), HasSubstr("not YAML"));
}

}  // namespace
}  // namespace ganglion
