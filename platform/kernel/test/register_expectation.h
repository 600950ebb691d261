#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "platform/kernel/register_bank.h"

namespace ganglion::test {

/// What the RDL says of one register, as literals written by the generator of the self-test.
struct RegisterExpectation {
  std::string name;
  uint32_t offset;
  uint32_t reset;      ///< as software reads it
  uint32_t writable;   ///< bits software sets and clears at will
  uint32_t clearable;  ///< bits software clears by writing 1
  uint32_t readable;
};

/// A fresh bank reads as the RDL's reset values and has no other registers.
void expect_reset_values(RegisterBank& bank, const std::vector<RegisterExpectation>& registers);
/// Every bit of every register takes writes by its rule, from all zeros and from all ones.
void expect_access_rules(RegisterBank& bank, const std::vector<RegisterExpectation>& registers);
/// reset() undoes everything hardware and software can do to a bank.
void expect_reset_from_any_value(RegisterBank& bank, const RegisterBank& fresh,
                                 const std::vector<RegisterExpectation>& registers);
/// Undefined offsets and other than aligned 32-bit accesses fail and change nothing.
void expect_refused_accesses(RegisterBank& bank, const std::vector<RegisterExpectation>& registers,
                             const std::vector<uint64_t>& undefined_offsets);

}  // namespace ganglion::test
