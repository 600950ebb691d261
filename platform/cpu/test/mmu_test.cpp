// Random page tables and PMP settings against models that are written differently: the walk unrolled into the
// list of all pages it maps, PMP byte by byte.
#include "platform/cpu/mmu.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <vector>

namespace ganglion {
namespace {

using Outcome = Translation::Outcome;

constexpr uint64_t kTables = 24;
constexpr uint64_t kBase = 0x80000000;

/// A few pages of tables; everything else is not memory.
struct TableMemory final : PageTableMemory {
  std::vector<uint64_t> words = std::vector<uint64_t>(kTables * 512);
  bool writable = true;
  std::optional<uint64_t> read_entry(uint64_t address) override {
    if (address < kBase || address >= kBase + words.size() * 8) return std::nullopt;
    return words[(address - kBase) / 8];
  }
  bool write_entry(uint64_t address, uint64_t entry) override {
    if (writable) words[(address - kBase) / 8] = entry;
    return writable;
  }
};

/// A leaf, or the reason why there is none, for a range of addresses.
struct Leaf {
  uint64_t size = 0;
  uint64_t physical = 0;
  uint64_t entry = 0;
  std::size_t word = 0;
  Outcome outcome = Outcome::kOk;
};

bool has(uint64_t entry, char flag) {
  static const std::string kFlags = "VRWXUGAD";
  return (entry >> kFlags.find(flag) & 1) != 0;
}

/// All leaves below a table, by the first virtual address they cover.
void unroll(const TableMemory& memory, uint64_t table, uint64_t first, uint64_t size, bool last_level,
            std::map<uint64_t, Leaf>& leaves) {
  for (uint64_t i = 0; i < 512; ++i) {
    const uint64_t address = first + i * size;
    const bool exists = table >= kBase && table < kBase + kTables * 4096;
    Leaf leaf{size, 0, 0, (table - kBase) / 8 + i, Outcome::kPageFault};
    if (!exists) {
      leaf.outcome = Outcome::kAccessFault;
    } else if (const uint64_t entry = memory.words[leaf.word];
               has(entry, 'V') && entry >> 54 == 0 && (has(entry, 'R') || !has(entry, 'W'))) {
      const uint64_t target = (entry >> 10 & 0xfffffffffff) * 4096;
      if (has(entry, 'R') || has(entry, 'X')) {
        leaf.entry = entry;
        leaf.physical = target;
        if (target % size == 0) leaf.outcome = Outcome::kOk;
      } else if (!last_level && !has(entry, 'U') && !has(entry, 'A') && !has(entry, 'D')) {
        unroll(memory, target, address, size / 512, size / 512 == 4096, leaves);
        continue;
      }
    }
    leaves[address] = leaf;
  }
}

bool allowed(uint64_t entry, AccessKind kind, const TranslationMode& mode) {
  const bool user = mode.privilege == Privilege::kUser;
  if (user != has(entry, 'U')) {
    if (user || !mode.sum || kind == AccessKind::kFetch) return false;
  }
  if (kind == AccessKind::kFetch) return has(entry, 'X');
  if (kind == AccessKind::kStore) return has(entry, 'W');
  return has(entry, 'R') || (has(entry, 'X') && mode.mxr);
}

class RandomTables : public testing::TestWithParam<unsigned> {};

TEST_P(RandomTables, WalkAsTheModelDoes) {
  std::mt19937_64 random(GetParam());
  const auto chance = [&](unsigned percent) { return random() % 100 < percent; };
  TableMemory memory;
  // Table 0 is the root, 1 to 5 are of the second level, the rest of the third.
  for (std::size_t word = 0; word < memory.words.size(); ++word) {
    const std::size_t table = word / 512;
    if (chance(table == 0 ? 97 : table < 6 ? 90 : 30)) continue;
    const unsigned level = table == 0 ? 2 : table < 6 ? 1 : 0;
    uint64_t entry = 1;
    if (level > 0 && chance(70)) {
      const uint64_t next = level == 2 ? 1 + random() % 5 : 6 + random() % 18;
      entry |= (chance(80) ? kBase / 4096 + next : random() % 0x1000) << 10;
      if (chance(3)) entry |= 1u << (4 + random() % 4);  // U G A D: only G is legal
    } else {
      const uint64_t align = chance(95) ? uint64_t{1} << 9 * level : 1;
      entry |= (random() % (uint64_t{1} << 44) / align * align) << 10;
      entry |= random() % 256 & ~uint64_t{1};
      if (level == 0 && chance(90)) entry |= 2;
    }
    if (chance(2)) entry ^= 1;
    if (chance(2)) entry |= uint64_t{1} << (54 + random() % 10);
    memory.words[word] = entry;
  }
  std::map<uint64_t, Leaf> leaves;
  unroll(memory, kBase, 0, uint64_t{1} << 30, false, leaves);
  std::vector<std::map<uint64_t, Leaf>::iterator> all;
  for (auto leaf = leaves.begin(); leaf != leaves.end(); ++leaf) all.push_back(leaf);
  std::map<Outcome, unsigned> seen;

  for (int i = 0; i < 20'000; ++i) {
    // Mostly below some leaf that exists, at times anywhere.
    auto at = leaves.begin();
    if (chance(60)) {
      at = leaves.lower_bound(random() % (uint64_t{1} << 39));
      if (at == leaves.end()) at = leaves.begin();
      for (int step = 0; step < 600 && at->second.outcome != Outcome::kOk && std::next(at) != leaves.end();
           ++step)
        ++at;
    } else {
      at = all[random() % all.size()];
    }
    const uint64_t within = random() % at->second.size;
    const uint64_t plain = at->first + within;
    uint64_t address = plain >> 38 != 0 ? plain | ~uint64_t{0} << 39 : plain;
    const bool canonical = !chance(3);
    if (!canonical) address ^= uint64_t{1} << (39 + random() % 25);
    const auto kind = static_cast<AccessKind>(random() % 3);
    const TranslationMode mode{kBase, chance(50) ? Privilege::kUser : Privilege::kSupervisor, chance(50),
                               chance(50)};
    memory.writable = !chance(10);
    Leaf& leaf = at->second;

    Outcome expected = leaf.outcome;
    uint64_t marked = leaf.entry;
    if (!canonical || (leaf.entry != 0 && !allowed(leaf.entry, kind, mode))) {
      expected = Outcome::kPageFault;
    } else if (expected == Outcome::kOk) {
      marked |= kind == AccessKind::kStore ? 0xc0 : 0x40;
      if (marked != leaf.entry && !memory.writable) {
        expected = Outcome::kAccessFault;
        marked = leaf.entry;
      }
    }

    const Translation got = translate_sv39(address, kind, mode, memory);

    ASSERT_EQ(got.outcome, expected) << std::hex << address << " entry " << leaf.entry;
    ++seen[expected];
    if (expected != Outcome::kOk) continue;
    ASSERT_EQ(got.physical, leaf.physical + within) << std::hex << address;
    ASSERT_EQ(memory.words[leaf.word], marked) << std::hex << address;
    // Another virtual address may share the entry.
    if (marked == leaf.entry) continue;
    const std::size_t word = leaf.word;
    for (auto& [unused, other] : leaves)
      if (other.word == word && other.entry != 0) other.entry = marked;
  }
  EXPECT_GT(seen[Outcome::kOk], 1000u);
  EXPECT_GT(seen[Outcome::kPageFault], 1000u);
  EXPECT_GT(seen[Outcome::kAccessFault], 10u);
}

INSTANTIATE_TEST_SUITE_P(Seed, RandomTables, testing::Range(1u, 9u), testing::PrintToStringParamName());

/// Every byte alone, by the text of the specification.
struct PmpModel {
  std::array<uint8_t, 16> config{};
  std::array<uint64_t, 16> address{};

  [[nodiscard]] int match(uint64_t byte) const {
    for (int i = 0; i < 16; ++i) {
      const auto index = static_cast<std::size_t>(i);
      const uint64_t granule = byte >> 2;
      switch (config[index] >> 3 & 3) {
        case 1:
          if (granule >= (i == 0 ? 0 : address[index - 1]) && granule < address[index]) return i;
          break;
        case 2:
          if (granule == address[index]) return i;
          break;
        case 3: {
          uint64_t care = ~uint64_t{0};
          for (uint64_t bit = 1; bit != 0; bit <<= 1) {
            care &= ~bit;
            if ((address[index] & bit) == 0) break;
          }
          if (((granule ^ address[index]) & care) == 0) return i;
          break;
        }
        default:
          break;
      }
    }
    return -1;
  }
  [[nodiscard]] bool allows(uint64_t first, uint64_t bytes, AccessKind kind, Privilege privilege) const {
    int lowest = 16;
    for (uint64_t i = 0; i < bytes; ++i)
      if (const int entry = match(first + i); entry >= 0) lowest = std::min(lowest, entry);
    if (lowest == 16) return privilege == Privilege::kMachine;
    for (uint64_t i = 0; i < bytes; ++i)
      if (match(first + i) != lowest) return false;
    const uint8_t bits = config[static_cast<std::size_t>(lowest)];
    if (privilege == Privilege::kMachine && bits < 0x80) return true;
    return (bits & (kind == AccessKind::kFetch ? 4 : kind == AccessKind::kLoad ? 1 : 2)) != 0;
  }
};

TEST(Pmp, AllowsWhatTheModelAllows) {
  std::mt19937_64 random(7);
  unsigned granted = 0;
  unsigned refused = 0;
  for (int round = 0; round < 400; ++round) {
    Pmp pmp;
    PmpModel model;
    for (unsigned i = 0; i < 16; ++i) {
      // Small addresses, so that entries overlap; some with long tails of ones.
      const uint64_t address = (random() % 64) | ((uint64_t{1} << random() % 6) - 1);
      auto config = static_cast<uint8_t>(random() % 2 ? random() & 0x1f : 0);
      if ((config & 3) == 2) config |= 1;
      if (random() % 8 == 0) config |= 0x80;
      pmp.set_address(i, address);
      pmp.set_config(i, config);
      model.address[i] = pmp.address(i);
      model.config[i] = pmp.config(i);
      ASSERT_EQ(pmp.config(i), config);
    }
    for (int access = 0; access < 200; ++access) {
      const uint64_t address = random() % 320;
      const uint64_t bytes = uint64_t{1} << random() % 4;
      const auto kind = static_cast<AccessKind>(random() % 3);
      const auto privilege = random() % 2 ? Privilege::kMachine : Privilege::kUser;
      const bool expected = model.allows(address, bytes, kind, privilege);
      ASSERT_EQ(pmp.allows(address, bytes, kind, privilege), expected) << round << " " << address;
      ++(expected ? granted : refused);
    }
  }
  EXPECT_GT(granted, 10'000u);
  EXPECT_GT(refused, 10'000u);
}

TEST(Pmp, LockKeepsAnEntryAndTheBaseOfItsRange) {
  Pmp pmp;
  pmp.set_address(0, 0x100);
  pmp.set_address(1, 0x200);
  ASSERT_TRUE(pmp.set_config(1, 0x89));  // locked, TOR, read

  EXPECT_FALSE(pmp.set_config(1, 0));
  EXPECT_FALSE(pmp.set_address(1, 0));
  EXPECT_FALSE(pmp.set_address(0, 0));
  EXPECT_TRUE(pmp.set_address(2, 1));

  EXPECT_FALSE(pmp.allows(0x400, 4, AccessKind::kStore, Privilege::kMachine));
  EXPECT_TRUE(pmp.allows(0x400, 4, AccessKind::kLoad, Privilege::kMachine));
  EXPECT_TRUE(pmp.allows(0x3fc, 4, AccessKind::kStore, Privilege::kMachine));
}

TEST(Pmp, GrantsNothingBelowMachineModeWithoutEntries) {
  const Pmp pmp;

  EXPECT_FALSE(pmp.allows(0x80000000, 4, AccessKind::kLoad, Privilege::kSupervisor));
  EXPECT_TRUE(pmp.allows(0x80000000, 4, AccessKind::kLoad, Privilege::kMachine));
}

}  // namespace
}  // namespace ganglion
