// The same images twice: convolutions in software on the hart, then on the SC-CNN core.
#include <stdio.h>

#include "common/experiment.h"

int main(void) {
  const void* dataset = find_dataset();
  if (dataset == NULL) return 1;
  const ganglion_dataset_header* header = dataset;
  printf("Ganglion demo: %lu images of %lux%lux%lu from %s\n", (unsigned long)header->count,
         (unsigned long)header->c, (unsigned long)header->h, (unsigned long)header->w,
         (const char*)dataset + header->name_offset);

  gn_results_t results;
  const bool have_results = open_results(&results);
  measurement_t cpu, sc_cnn;
  const bool cpu_ran = measure("loadable-cpu", "cpu", dataset, have_results ? &results : NULL, &cpu);
  const bool sc_cnn_ran =
      measure("loadable-sc_cnn", "sc_cnn", dataset, have_results ? &results : NULL, &sc_cnn);

  print_clocks();
  print_table_head();
  if (cpu_ran) print_table_row(&cpu);
  if (sc_cnn_ran) print_table_row(&sc_cnn);
  if (cpu_ran && sc_cnn_ran && sc_cnn.used.time_ps != 0 && sc_cnn.used.energy_fj != 0) {
    printf("sc_cnn against cpu: %.1f times as fast, %.2f times less energy\n",
           (double)cpu.used.time_ps / (double)sc_cnn.used.time_ps,
           (double)cpu.used.energy_fj / (double)sc_cnn.used.energy_fj);
  }
  return cpu_ran && sc_cnn_ran ? 0 : 1;
}
