#include <ganglion/network.h>
#include <stdlib.h>
#include <string.h>

static size_t align64(size_t bytes) { return (bytes + 63) & ~(size_t)63; }

static const gn_offload_t* offload_of(const gn_offload_t* offloads, uint32_t target) {
  while (offloads != NULL && offloads->target != target) offloads = offloads->next;
  return offloads;
}

/// Scratch memory of the hart's layers, and jobs of the others.
static void count_bytes(const void* file, const gn_offload_t* offloads, size_t* scratch, size_t* jobs) {
  for (uint32_t i = 0; i < gn_loadable_header(file)->layer_count; ++i) {
    const ganglion_layer* record = &gn_loadable_layers(file)[i];
    const gn_layer_t layer = gn_loadable_bind(file, i, NULL);
    size_t bytes = 0;
    if (record->target != GANGLION_TARGET_CPU) {
      *jobs += align64(offload_of(offloads, record->target)->job_bytes);
      continue;
    }
    if (record->kind == GANGLION_LAYER_CONV2D) bytes = gn_conv2d_scratch_bytes(&layer);
    if (record->kind == GANGLION_LAYER_FULLY_CONNECTED) bytes = gn_fully_connected_scratch_bytes(&layer);
    if (bytes > *scratch) *scratch = bytes;
  }
}

bool gn_loadable_needs_offload(const void* file) {
  for (uint32_t i = 0; i < gn_loadable_header(file)->layer_count; ++i) {
    if (gn_loadable_layers(file)[i].target != GANGLION_TARGET_CPU) return true;
  }
  return false;
}

/// Binds all layers to an arena and prepares jobs at `memory`; returns what lies behind them.
static uint8_t* bind_layers(gn_network_t* network, int arena, uint8_t* memory) {
  for (uint32_t i = 0; i < gn_loadable_header(network->file)->layer_count; ++i) {
    const ganglion_layer* record = &gn_loadable_layers(network->file)[i];
    gn_step_t* step = &network->steps[arena][i];
    *step = (gn_step_t){.layer = gn_loadable_bind(network->file, i, network->arenas[arena])};
    if (record->target == GANGLION_TARGET_CPU) continue;
    step->offload = offload_of(network->offloads, record->target);
    step->job = memory;
    step->offload->prepare(step->offload->context, &step->layer, record, step->job);
    memory += align64(step->offload->job_bytes);
  }
  return memory;
}

gn_network_status_t gn_network_open(gn_network_t* network, const void* file, size_t bytes,
                                    const gn_offload_t* offloads, gn_network_fault_t* fault) {
  *network = (gn_network_t){.file = file, .offloads = offloads};
  *fault = (gn_network_fault_t){0};
  fault->file = gn_loadable_check(file, bytes, &fault->layer);
  if (fault->file != GN_FILE_OK) return GN_NETWORK_FILE;
  for (uint32_t i = 0; i < gn_loadable_header(file)->layer_count; ++i) {
    const uint32_t target = gn_loadable_layers(file)[i].target;
    if (target == GANGLION_TARGET_CPU) continue;
    fault->layer = i;
    fault->offload = offload_of(offloads, target);
    if (fault->offload == NULL) return GN_NETWORK_NO_OFFLOAD;
    if (fault->offload->operand_bits != gn_loadable_header(file)->operand_bits) return GN_NETWORK_OPERANDS;
    if (fault->offload->fits != NULL &&
        !fault->offload->fits(fault->offload->context, &gn_loadable_layers(file)[i], fault->reason,
                              sizeof fault->reason)) {
      return GN_NETWORK_UNFIT;
    }
  }
  *fault = (gn_network_fault_t){0};
  const uint32_t layers = gn_loadable_header(file)->layer_count;
  const size_t arena = align64(gn_loadable_header(file)->arena_bytes),
               steps = align64(layers * sizeof(gn_step_t));
  size_t scratch = 0, jobs = 0;
  count_bytes(file, offloads, &scratch, &jobs);
  uint8_t* memory = aligned_alloc(64, GN_ARENAS * (arena + steps + jobs) + align64(scratch));
  if (memory == NULL) return GN_NETWORK_MEMORY;
  for (int i = 0; i < GN_ARENAS; ++i, memory += arena) network->arenas[i] = memory;
  for (int i = 0; i < GN_ARENAS; ++i, memory += steps) network->steps[i] = (gn_step_t*)(void*)memory;
  for (int i = 0; i < GN_ARENAS; ++i) memory = bind_layers(network, i, memory);
  network->scratch = memory;
  return GN_NETWORK_OK;
}

void gn_network_close(gn_network_t* network) {
  free(network->arenas[0]);
  *network = (gn_network_t){0};
}

/// Waits for the jobs of an arena.
static gn_network_status_t settle(gn_network_t* network, uint32_t arena, gn_network_fault_t* fault) {
  if (network->last_job[arena] == 0) return GN_NETWORK_OK;
  const gn_offload_t* offload = network->last_offload[arena];
  fault->offload = offload;
  fault->code = offload->wait(offload->context, network->last_job[arena]);
  network->last_job[arena] = 0;
  return fault->code == 0 ? GN_NETWORK_OK : GN_NETWORK_JOB;
}

static void compute(const gn_layer_t* layer, uint32_t kind, void* scratch) {
  switch (kind) {
    case GANGLION_LAYER_CONV2D:
      gn_conv2d(layer, scratch);
      break;
    case GANGLION_LAYER_FULLY_CONNECTED:
      gn_fully_connected(layer, scratch);
      break;
    case GANGLION_LAYER_ADD:
      gn_add(layer);
      break;
    case GANGLION_LAYER_GLOBAL_AVERAGE_POOL:
      gn_global_average_pool(layer);
      break;
    case GANGLION_LAYER_PAD:
      gn_pad(layer);
      break;
    default:  // gn_loadable_check lets nothing else through
      gn_max_pool(layer);
      break;
  }
}

/// Runs or queues one layer.
static gn_network_status_t begin_layer(gn_network_t* network, uint32_t arena, uint32_t index,
                                       gn_network_fault_t* fault) {
  const gn_step_t* step = &network->steps[arena][index];
  fault->layer = index;
  if (network->last_offload[arena] != step->offload) {  // its input may still be in the making elsewhere
    const gn_network_status_t status = settle(network, arena, fault);
    if (status != GN_NETWORK_OK) return status;
    network->last_offload[arena] = step->offload;
  }
  if (step->offload == NULL) {
    compute(&step->layer, gn_loadable_layers(network->file)[index].kind, network->scratch);
    return GN_NETWORK_OK;
  }
  const int64_t job = step->offload->start(step->offload->context, step->job);
  if (job < 0) {
    fault->offload = step->offload;
    fault->code = (int)-job;
    return GN_NETWORK_JOB;
  }
  network->last_job[arena] = job;
  return GN_NETWORK_OK;
}

static size_t image_bytes(const ganglion_dataset_header* header) {
  return (size_t)header->c * header->h * header->w * header->element_bytes;
}

static void load_image(gn_network_t* network, uint32_t arena, const void* dataset, uint32_t image) {
  const ganglion_dataset_header* header = dataset;
  const size_t bytes = image_bytes(header);
  memcpy(network->arenas[arena] + gn_loadable_header(network->file)->input_offset,
         (const uint8_t*)dataset + header->images_offset + image * bytes, bytes);
}

static inline uint32_t index_of_largest(const void* values, uint32_t count, bool narrow) {
  uint32_t best = 0;
  int32_t largest = INT32_MIN;
  for (uint32_t i = 0; i < count; ++i) {
    const int32_t value = narrow ? ((const int8_t*)values)[i] : ((const int16_t*)values)[i];
    if (value <= largest) continue;
    largest = value;
    best = i;
  }
  return best;
}

static uint8_t largest_output(const gn_network_t* network, uint32_t arena) {
  const ganglion_loadable_header* header = gn_loadable_header(network->file);
  const void* outputs = network->arenas[arena] + header->output_offset;
  return (uint8_t)(header->element_bytes == 1 ? index_of_largest(outputs, header->classes, true)
                                              : index_of_largest(outputs, header->classes, false));
}

gn_network_status_t gn_network_classify(gn_network_t* network, const void* dataset, uint32_t first,
                                        uint32_t count, uint8_t* predictions, gn_network_fault_t* fault) {
  const ganglion_loadable_header* header = gn_loadable_header(network->file);
  const ganglion_dataset_header* images = dataset;
  *fault = (gn_network_fault_t){0};
  if (images->c != header->input_c || images->h != header->input_h || images->w != header->input_w ||
      images->element_bytes != header->element_bytes || first > images->count ||
      count > images->count - first) {
    return GN_NETWORK_SHAPE;
  }
  // The result of an image is read after the next image was queued: the accelerator never waits for the hart.
  for (uint32_t i = 0; i <= count; ++i) {
    if (i < count) {
      load_image(network, i % GN_ARENAS, dataset, first + i);
      for (uint32_t layer = 0; layer < header->layer_count; ++layer) {
        const gn_network_status_t status = begin_layer(network, i % GN_ARENAS, layer, fault);
        if (status != GN_NETWORK_OK) return status;
      }
    }
    if (i > 0) {
      const uint32_t previous = (i - 1) % GN_ARENAS;
      const gn_network_status_t status = settle(network, previous, fault);
      if (status != GN_NETWORK_OK) return status;
      predictions[i - 1] = largest_output(network, previous);
    }
  }
  return GN_NETWORK_OK;
}

void gn_network_load_image(gn_network_t* network, const void* dataset, uint32_t image) {
  load_image(network, 0, dataset, image);
}

gn_network_status_t gn_network_run_layer(gn_network_t* network, uint32_t layer, gn_network_fault_t* fault) {
  *fault = (gn_network_fault_t){0};
  const gn_network_status_t status = begin_layer(network, 0, layer, fault);
  return status == GN_NETWORK_OK ? settle(network, 0, fault) : status;
}
