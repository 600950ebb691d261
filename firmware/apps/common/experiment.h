/// What the network apps share: finding a loadable and a data set, classifying all images between two
/// readings of the counters, and saying clearly what is missing.
#pragma once

#include <ganglion/ganglion.h>
#include <ganglion/network.h>
#include <ganglion/offload.h>
#include <ganglion/pmu.h>
#include <ganglion/results.h>

/// Readings of all clocks and of the energy meter; also differences of two readings.
typedef struct {
  uint64_t cycles, instructions, time_ps, energy_fj;
} reading_t;

reading_t read_counters(void);
reading_t reading_since(const reading_t* start);

typedef struct {
  const char* name;  ///< region and result set
  uint32_t images, correct;
  uint64_t macs;  ///< of one image
  double bound;   ///< multiply-accumulates a hart cycle that no software kernel of ours can pass
  reading_t used;
} measurement_t;

/// The image called `dataset`, checked; NULL after a message.
const void* find_dataset(void);

/// Opens the loadable `image` with whatever accelerators are there. False after a message.
bool open_network(const char* image, gn_network_t* network);
/// Multiplications of one image, and how many of them a hart cycle can do at best (kernels.h).
uint64_t network_macs(const gn_network_t* network, double* bound);
/// Says what went wrong.
void print_fault(const char* image, const gn_network_t* network, gn_network_status_t status,
                 const gn_network_fault_t* fault);

/// Classifies the whole data set with the loadable `image` inside a region called `name` and appends the
/// predictions to `results` (may be NULL). False after a message.
bool measure(const char* image, const char* name, const void* dataset, gn_results_t* results,
             measurement_t* measurement);

/// The results area of the scenario, empty; false (and no message) when it has none.
bool open_results(gn_results_t* results);

/// Name and clock of every domain.
void print_clocks(void);
void print_table_head(void);
void print_table_row(const measurement_t* measurement);
