// Where cycles go: the software kernels on typical layers, then every layer of the scenario's loadables on
// the hart and offloaded. Needs no scenario for the first part.
#include <ganglion/kernels.h>
#include <ganglion/offload.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/experiment.h"

typedef struct {
  const char* name;
  uint32_t in_c, size, out_c, kernel, pad, pool;  // kernel 0: fully connected
} shape_t;

static const shape_t shapes[] = {
    {"conv 5x5 1x28x28 -> 6, pool", 1, 28, 6, 5, 2, 1}, {"conv 5x5 6x14x14 -> 16, pool", 6, 14, 16, 5, 0, 1},
    {"conv 3x3 1x8x8 -> 16", 1, 8, 16, 3, 1, 0},        {"conv 3x3 16x8x8 -> 32, pool", 16, 8, 32, 3, 1, 1},
    {"conv 3x3 32x16x16 -> 32", 32, 16, 32, 3, 1, 0},   {"fully connected 400 -> 120", 400, 1, 120, 0, 0, 0},
    {"fully connected 84 -> 10", 84, 1, 10, 0, 0, 0},
};

static void* filled(size_t bytes, uint8_t step) {
  uint8_t* data = malloc(bytes);
  if (data != NULL) {
    for (size_t i = 0; i < bytes; ++i) data[i] = (uint8_t)(i * step >> 3);
  }
  return data;
}

static bool bench_shape(const shape_t* shape) {
  const bool conv = shape->kernel != 0;
  const uint32_t kernel = conv ? shape->kernel : 1, out = shape->size + 2 * shape->pad - kernel + 1;
  const size_t weights = (size_t)shape->out_c * shape->in_c * kernel * kernel;
  gn_layer_t layer = {.element_bytes = 1,
                      .in_c = shape->in_c,
                      .in_h = shape->size,
                      .in_w = shape->size,
                      .out_c = shape->out_c,
                      .out_h = out,
                      .out_w = out,
                      .kh = kernel,
                      .kw = kernel,
                      .stride = 1,
                      .pad = shape->pad,
                      .pool = shape->pool,
                      .lo = 0,
                      .hi = 127};
  int32_t* bias = calloc(shape->out_c, sizeof *bias);
  uint32_t* multiplier = malloc(shape->out_c * sizeof *multiplier);
  uint32_t* shift = malloc(shape->out_c * sizeof *shift);
  void* scratch = malloc(conv ? gn_conv2d_scratch_bytes(&layer) : gn_fully_connected_scratch_bytes(&layer));
  void* out_map = malloc((size_t)shape->out_c * out * out);
  void* in_map = filled((size_t)shape->in_c * shape->size * shape->size, 37);
  void* weight_data = filled(weights, 73);
  const bool ready = bias && multiplier && shift && scratch && out_map && in_map && weight_data;
  if (ready) {
    for (uint32_t i = 0; i < shape->out_c; ++i) {
      multiplier[i] = 1u << 30;
      shift[i] = 38;
    }
    layer.in = in_map;
    layer.weights = weight_data;
    layer.bias = bias;
    layer.multiplier = multiplier;
    layer.shift = shift;
    layer.out = out_map;
    const reading_t start = read_counters();
    if (conv) {
      gn_conv2d(&layer, scratch);
    } else {
      gn_fully_connected(&layer, scratch);
    }
    const reading_t used = reading_since(&start);
    const double macs = (double)weights * out * out;
    printf("%-30s %10.0f %12llu %10.3f %10.3f\n", shape->name, macs, (unsigned long long)used.cycles,
           (double)used.instructions / macs, used.cycles == 0 ? 0.0 : macs / (double)used.cycles);
  } else {
    printf("%s: the heap is too small\n", shape->name);
  }
  free(weight_data);
  free(in_map);
  free(out_map);
  free(scratch);
  free(shift);
  free(multiplier);
  free(bias);
  return ready;
}

static bool bench_layers(const char* image, const void* dataset) {
  gn_network_t network;
  if (!open_network(image, &network)) return false;
  const ganglion_loadable_header* header = gn_loadable_header(network.file);
  printf("\n%s: %s\n%-20s %-9s %10s %12s %12s %12s %10s\n", image,
         gn_loadable_text(network.file, header->name_offset), "layer", "on", "MAC", "hart cycles", "time us",
         "energy uJ", "MAC/cycle");
  gn_network_load_image(&network, dataset, 0);
  bool ok = true;
  for (uint32_t i = 0; i < header->layer_count && ok; ++i) {
    const ganglion_layer* layer = &gn_loadable_layers(network.file)[i];
    const char* name = gn_loadable_text(network.file, layer->name_offset);
    gn_network_fault_t fault;
    gn_region_begin(name);
    const reading_t start = read_counters();
    const gn_network_status_t status = gn_network_run_layer(&network, i, &fault);
    const reading_t used = reading_since(&start);
    gn_region_end();
    print_fault(image, &network, status, &fault);
    ok = status == GN_NETWORK_OK;
    if (ok) {
      printf("%-20s %-9s %10lu %12llu %12.1f %12.4f %10.3f\n", name, gn_target_name(layer->target),
             (unsigned long)layer->macs, (unsigned long long)used.cycles, (double)used.time_ps * 1e-6,
             (double)used.energy_fj * 1e-9,
             used.cycles == 0 ? 0.0 : (double)layer->macs / (double)used.cycles);
    }
  }
  gn_network_close(&network);
  return ok;
}

int main(void) {
  printf("%-30s %10s %12s %10s %10s\n", "software kernel, int8", "MAC", "hart cycles", "instr/MAC",
         "MAC/cycle");
  bool ok = true;
  for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; ++i) ok &= bench_shape(&shapes[i]);
  printf(
      "bounds, 8 channels x 4 pixels in registers: 40 instructions for 32 MAC (1.25) in a convolution,\n"
      "72 for 32 (2.25) in a fully connected layer; one at a time: 4.00\n");

  const void* data;
  size_t bytes;
  if (!gn_find_image("dataset", &data, &bytes)) {
    printf("no scenario data in memory: no layers to measure\n");
    return ok ? 0 : 1;
  }
  const void* dataset = find_dataset();
  if (dataset == NULL) return 1;
  static const char* const images[] = {"loadable-cpu", "loadable-sc_cnn"};
  for (size_t i = 0; i < 2; ++i) ok &= bench_layers(images[i], dataset);
  return ok ? 0 : 1;
}
