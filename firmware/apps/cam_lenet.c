/// A compiled network, LeNet-5 as a rule, on the DeepCAM array: first one image layer by layer with what the
/// block counted for each, then the whole data set with layers queued behind one another, as `classify` does.
#include <deepcam.h>
#include <stdio.h>

#include "common/experiment.h"

/// The array behind the runtime's driver, to read registers only; false after a message.
static bool find_array(deepcam_t* array) {
  uintptr_t base;
  uint32_t irq;
  if (!gn_find_accelerator("ganglion,deepcam", &base, &irq) || deepcam_probe(base) != 0) {
    printf("this SoC has no DeepCAM array (no \"ganglion,deepcam\" in the device tree)\n");
    return false;
  }
  *array = (deepcam_t){.base = base};
  return true;
}

static void print_layer(const char* name, const char* hash, const deepcam_figures_t* figures) {
  printf("%-12s %-14s %9llu %9llu %9llu %10.3f %8llu\n", name, hash, (unsigned long long)figures->searches,
         (unsigned long long)figures->row_writes, (unsigned long long)figures->cycles,
         (double)figures->energy_fj * 1e-6, (unsigned long long)figures->norm_saturations);
}

/// Runs one image layer by layer. Layers of the hart take no line.
static bool print_layers(const char* image, const void* dataset, const deepcam_t* array) {
  gn_network_t network;
  if (!open_network(image, &network)) return false;
  printf("%-12s %-14s %9s %9s %9s %10s %8s\n", "layer", "hash", "searches", "writes", "cycles", "energy nJ",
         "clamped");
  gn_network_load_image(&network, dataset, 0);
  deepcam_figures_t total = {0};
  gn_network_status_t status = GN_NETWORK_OK;
  for (uint32_t i = 0; i < gn_loadable_header(network.file)->layer_count && status == GN_NETWORK_OK; ++i) {
    gn_network_fault_t fault;
    const ganglion_layer* layer = &gn_loadable_layers(network.file)[i];
    status = gn_network_run_layer(&network, i, &fault);
    print_fault(image, &network, status, &fault);
    if (status != GN_NETWORK_OK || layer->target != GANGLION_TARGET_DEEPCAM) continue;
    deepcam_figures_t figures;
    deepcam_figures(array, &figures);
    char hash[24];
    const uint32_t tile = layer->hash >> 16;
    if (tile == 0) {
      (void)snprintf(hash, sizeof hash, "%lu", (unsigned long)(layer->hash & 0xffff));
    } else {
      (void)snprintf(hash, sizeof hash, "%lu, tiles %lu", (unsigned long)(layer->hash & 0xffff),
                     (unsigned long)tile);
    }
    print_layer(gn_loadable_text(network.file, layer->name_offset), hash, &figures);
    total.searches += figures.searches;
    total.row_writes += figures.row_writes;
    total.cycles += figures.cycles;
    total.energy_fj += figures.energy_fj;
    total.norm_saturations += figures.norm_saturations;
  }
  if (status == GN_NETWORK_OK) print_layer("one image", "", &total);
  gn_network_close(&network);
  return status == GN_NETWORK_OK;
}

int main(void) {
  deepcam_t array;
  const void* dataset = find_dataset();
  if (dataset == NULL || !find_array(&array)) return 1;
  if (!print_layers("loadable", dataset, &array)) return 1;
  gn_results_t results;
  const bool have_results = open_results(&results);
  measurement_t measurement;
  if (!measure("loadable", "run", dataset, have_results ? &results : NULL, &measurement)) return 1;
  print_table_head();
  print_table_row(&measurement);
  printf("most written row: %llu writes\n", (unsigned long long)deepcam_wear(&array));
  return 0;
}
