#include <ganglion/devices.h>
#include <ganglion/mmio.h>
#include <ganglion/pmu.h>
#include <gn_pmu_regs.h>
#include <string.h>

static uintptr_t pmu(void) { return gn_devices()->pmu; }

static uint32_t domain_register(uint32_t domain, uint32_t offset) {
  if (pmu() == 0) return 0;
  gn_write32(pmu() + GN_PMU_REG_DOMAIN_SELECT, domain);
  return gn_read32(pmu() + offset);
}

static uint64_t counter(uint32_t lo, uint32_t hi) {
  return pmu() == 0 ? 0 : gn_read64_latched(pmu() + lo, pmu() + hi);
}

uint64_t gn_time_ps(void) { return counter(GN_PMU_REG_TIME_PS_LO, GN_PMU_REG_TIME_PS_HI); }

uint64_t gn_total_energy_fj(void) {
  return counter(GN_PMU_REG_TOTAL_ENERGY_FJ_LO, GN_PMU_REG_TOTAL_ENERGY_FJ_HI);
}

uint32_t gn_domain_count(void) { return pmu() == 0 ? 0 : gn_read32(pmu() + GN_PMU_REG_DOMAIN_COUNT); }

void gn_domain_name(uint32_t domain, char name[GN_NAME_BYTES + 1]) {
  memset(name, 0, GN_NAME_BYTES + 1);
  for (uint32_t word = 0; word < GN_NAME_BYTES / 4; ++word) {
    const uint32_t characters = domain_register(domain, GN_PMU_REG_DOMAIN_NAME0 + 4 * word);
    memcpy(name + 4 * word, &characters, 4);
  }
}

int gn_domain_find(const char* name) {
  for (uint32_t domain = 0; domain < gn_domain_count(); ++domain) {
    char found[GN_NAME_BYTES + 1];
    gn_domain_name(domain, found);
    if (strncmp(found, name, GN_NAME_BYTES) == 0) return (int)domain;
  }
  return -1;
}

uint64_t gn_domain_cycles(uint32_t domain) {
  if (pmu() != 0) gn_write32(pmu() + GN_PMU_REG_DOMAIN_SELECT, domain);
  return counter(GN_PMU_REG_CYCLES_LO, GN_PMU_REG_CYCLES_HI);
}

uint64_t gn_domain_energy_fj(uint32_t domain) {
  if (pmu() != 0) gn_write32(pmu() + GN_PMU_REG_DOMAIN_SELECT, domain);
  return counter(GN_PMU_REG_ENERGY_FJ_LO, GN_PMU_REG_ENERGY_FJ_HI);
}

uint32_t gn_domain_frequency_khz(uint32_t domain) {
  return domain_register(domain, GN_PMU_REG_FREQUENCY_KHZ);
}
uint32_t gn_domain_voltage_mv(uint32_t domain) { return domain_register(domain, GN_PMU_REG_VOLTAGE_MV); }

void gn_domain_set_power(uint32_t domain, gn_power_state_t state) {
  if (pmu() == 0) return;
  gn_write32(pmu() + GN_PMU_REG_DOMAIN_SELECT, domain);
  gn_write32(pmu() + GN_PMU_REG_POWER_STATE, (uint32_t)state);
}

void gn_region_begin(const char* name) {
  char padded[GN_NAME_BYTES] = {0};
  if (pmu() == 0) return;
  memcpy(padded, name, strnlen(name, GN_NAME_BYTES));
  for (uint32_t word = 0; word < GN_NAME_BYTES / 4; ++word) {
    uint32_t characters;
    memcpy(&characters, padded + 4 * word, 4);
    gn_write32(pmu() + GN_PMU_REG_REGION_NAME0 + 4 * word, characters);
  }
  gn_write32(pmu() + GN_PMU_REG_REGION_BEGIN, 1);
}

void gn_region_end(void) {
  if (pmu() != 0) gn_write32(pmu() + GN_PMU_REG_REGION_END, 1);
}
