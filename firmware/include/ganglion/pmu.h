/// Power management unit: time and energy of the whole SoC, counters a domain, named regions for the report.
/// Without a PMU every counter reads 0 and regions do nothing.
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum { GN_NAME_BYTES = 16 };  ///< of a domain or region, zeros included where shorter

/// Simulated time in ps and energy of all domains in fJ since reset.
uint64_t gn_time_ps(void);
uint64_t gn_total_energy_fj(void);

/// Domains are numbered from 0.
uint32_t gn_domain_count(void);
void gn_domain_name(uint32_t domain, char name[GN_NAME_BYTES + 1]);
/// Number of the domain of that name, or -1.
int gn_domain_find(const char* name);
uint64_t gn_domain_cycles(uint32_t domain);
uint64_t gn_domain_energy_fj(uint32_t domain);
uint32_t gn_domain_frequency_khz(uint32_t domain);
uint32_t gn_domain_voltage_mv(uint32_t domain);

typedef enum { GN_POWER_ON, GN_POWER_CLOCK_GATED, GN_POWER_OFF } gn_power_state_t;
void gn_domain_set_power(uint32_t domain, gn_power_state_t state);

/// Opens a region of that name (the first 16 bytes count); regions nest.
void gn_region_begin(const char* name);
/// Ends the innermost region.
void gn_region_end(void);
