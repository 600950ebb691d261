#include "experiment.h"

#include <ganglion/offload.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

reading_t read_counters(void) {
  return (reading_t){gn_cycles(), gn_instructions(), gn_time_ps(), gn_total_energy_fj()};
}

reading_t reading_since(const reading_t* start) {
  const reading_t now = read_counters();
  return (reading_t){now.cycles - start->cycles, now.instructions - start->instructions,
                     now.time_ps - start->time_ps, now.energy_fj - start->energy_fj};
}

const void* find_dataset(void) {
  const void* data;
  size_t bytes;
  if (!gn_find_image("dataset", &data, &bytes)) {
    printf(
        "no image \"dataset\" in memory: name one under `images` in the scenario (see "
        "scenarios/demo.yaml)\n");
    return NULL;
  }
  const gn_file_status_t status = gn_dataset_check(data, bytes);
  if (status != GN_FILE_OK) {
    printf("dataset at 0x%llx is %s\n", (unsigned long long)(uintptr_t)data, gn_file_status_text(status));
    return NULL;
  }
  if (((const ganglion_dataset_header*)data)->count == 0) {
    printf("dataset at 0x%llx holds no images: nothing to classify\n", (unsigned long long)(uintptr_t)data);
    return NULL;
  }
  return data;
}

void print_fault(const char* image, const gn_network_t* network, gn_network_status_t status,
                 const gn_network_fault_t* fault) {
  switch (status) {
    case GN_NETWORK_OK:
      return;
    case GN_NETWORK_FILE:
      printf("%s: the file is %s", image, gn_file_status_text(fault->file));
      printf(fault->file >= GN_FILE_KIND ? ": layer %lu\n" : "\n", (unsigned long)fault->layer);
      return;
    case GN_NETWORK_NO_OFFLOAD: {
      const char* block = gn_target_name(gn_loadable_layers(network->file)[fault->layer].target);
      printf(
          "%s: some layers are placed on %s, and this SoC has none (no \"ganglion,%s\" in the device tree)\n",
          image, block, block);
      return;
    }
    case GN_NETWORK_MEMORY:
      printf("%s: the heap is too small for its activations\n", image);
      return;
    case GN_NETWORK_SHAPE:
      printf("%s: the images of the data set are not of this network's input shape\n", image);
      return;
    case GN_NETWORK_OPERANDS:
      printf("%s: compiled for %lu-bit operands, and the accelerator was built for %lu\n", image,
             (unsigned long)gn_loadable_header(network->file)->operand_bits,
             (unsigned long)fault->offload->operand_bits);
      return;
    case GN_NETWORK_UNFIT:
      printf("%s: layer %lu (%s): %s\n", image, (unsigned long)fault->layer,
             gn_loadable_text(network->file, gn_loadable_layers(network->file)[fault->layer].name_offset),
             fault->reason);
      return;
    case GN_NETWORK_JOB: {
      char reason[128];
      fault->offload->explain(fault->offload->context, reason, sizeof reason);
      printf("%s: layer %lu (%s): the accelerator reports error %d: %s\n", image, (unsigned long)fault->layer,
             gn_loadable_text(network->file, gn_loadable_layers(network->file)[fault->layer].name_offset),
             fault->code, reason);
      return;
    }
  }
}

bool open_network(const char* image, gn_network_t* network) {
  const void* file;
  size_t bytes;
  gn_network_fault_t fault;
  if (!gn_find_image(image, &file, &bytes)) {
    printf("no image \"%s\" in memory: name one under `images` in the scenario (see scenarios/demo.yaml)\n",
           image);
    return false;
  }
  const gn_network_status_t status = gn_network_open(network, file, bytes, gn_find_offload(), &fault);
  print_fault(image, network, status, &fault);
  return status == GN_NETWORK_OK;
}

uint64_t network_macs(const gn_network_t* network, double* bound) {
  uint64_t macs = 0, instructions_x32 = 0;
  for (uint32_t i = 0; i < gn_loadable_header(network->file)->layer_count; ++i) {
    const ganglion_layer* layer = &gn_loadable_layers(network->file)[i];
    macs += layer->macs;
    instructions_x32 += (uint64_t)layer->macs * (layer->kind == GANGLION_LAYER_FULLY_CONNECTED
                                                     ? GN_FULLY_CONNECTED_BOUND_PER_32_MAC
                                                     : GN_CONV2D_BOUND_PER_32_MAC);
  }
  *bound = instructions_x32 == 0 ? 0.0 : 32.0 * (double)macs / (double)instructions_x32;
  return macs;
}

void print_clocks(void) {
  for (uint32_t domain = 0; domain < gn_domain_count(); ++domain) {
    char name[GN_NAME_BYTES + 1];
    gn_domain_name(domain, name);
    printf("%s%s %.1f MHz", domain == 0 ? "clocks: " : ", ", name,
           (double)gn_domain_frequency_khz(domain) * 1e-3);
  }
  if (gn_domain_count() != 0) printf("\n");
}

bool open_results(gn_results_t* results) {
  void* data;
  size_t bytes;
  return gn_find_results(&data, &bytes) && gn_results_open(results, data, bytes);
}

static uint32_t count_correct(const ganglion_dataset_header* dataset, const uint8_t* predictions) {
  const uint8_t* labels = (const uint8_t*)dataset + dataset->labels_offset;
  uint32_t correct = 0;
  for (uint32_t i = 0; i < dataset->count; ++i) correct += predictions[i] == labels[i];
  return correct;
}

bool measure(const char* image, const char* name, const void* dataset, gn_results_t* results,
             measurement_t* measurement) {
  const ganglion_dataset_header* header = dataset;
  gn_network_t network;
  gn_network_fault_t fault;
  if (!open_network(image, &network)) return false;
  uint8_t* predictions = malloc(header->count + 1);
  if (predictions == NULL) {
    printf("%s: the heap is too small for %lu predictions\n", image, (unsigned long)header->count);
    gn_network_close(&network);
    return false;
  }

  gn_region_begin(name);
  const reading_t start = read_counters();
  const gn_network_status_t status =
      gn_network_classify(&network, dataset, 0, header->count, predictions, &fault);
  const reading_t used = reading_since(&start);
  gn_region_end();

  print_fault(image, &network, status, &fault);
  if (status == GN_NETWORK_OK) {
    *measurement = (measurement_t){
        .name = name, .images = header->count, .correct = count_correct(header, predictions), .used = used};
    measurement->macs = network_macs(&network, &measurement->bound);
    if (results != NULL && !gn_results_add(results, name, header->count, measurement->correct, predictions)) {
      printf("%s: the results area is too small, predictions are missing from the report\n", image);
    }
  }
  free(predictions);
  gn_network_close(&network);
  return status == GN_NETWORK_OK;
}

void print_table_head(void) {
  printf("%-10s %7s %8s %9s %14s %12s %12s %10s %10s\n", "set", "images", "correct", "accuracy",
         "hart cycles", "time us", "energy uJ", "MAC/cycle", "sw bound");
}

void print_table_row(const measurement_t* m) {
  printf("%-10s %7lu %8lu %8.2f%% %14llu %12.1f %12.3f %10.3f %10.3f\n", m->name, (unsigned long)m->images,
         (unsigned long)m->correct, m->images == 0 ? 0.0 : 100.0 * m->correct / m->images,
         (unsigned long long)m->used.cycles, (double)m->used.time_ps * 1e-6, (double)m->used.energy_fj * 1e-9,
         m->used.cycles == 0 ? 0.0 : (double)m->macs * m->images / (double)m->used.cycles, m->bound);
}
