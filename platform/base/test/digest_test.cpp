#include "platform/base/digest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include "platform/base/error.h"

namespace ganglion {
namespace {

std::vector<uint8_t> bytes(const std::string& text) { return {text.begin(), text.end()}; }

TEST(Digest, Sha256AgreesWithFips180) {
  EXPECT_EQ(sha256_hex(bytes("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex(bytes("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Digest, Crc32AgreesWithItsCheckValue) {
  EXPECT_EQ(crc32(bytes("123456789")), 0xCBF43926u);
  EXPECT_EQ(crc32({}), 0u);
}

TEST(Digest, AFileHashesAsItsBytes) {
  const std::string path = ::testing::TempDir() + "/digest_" + std::to_string(::getpid());
  const std::string text(200'001, 'x');
  std::ofstream(path, std::ios::binary) << text;

  EXPECT_EQ(sha256_file(path), sha256_hex(bytes(text)));
  std::remove(path.c_str());
}

TEST(Digest, AFileThatCannotBeReadIsTheUsersError) {
  try {
    (void)sha256_file("/no/such/file");
    FAIL() << "accepted";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("/no/such/file: cannot be read: No such file"));
  }
  EXPECT_THROW((void)sha256_file("/"), ConfigError);
}

}  // namespace
}  // namespace ganglion
