// Two tasks: one has a convolution done by the SC-CNN core, again and again, and sleeps until the interrupt;
// the other computes one in software meanwhile. First one after the other, then together.
#include <ganglion/ganglion.h>
#include <ganglion/kernels.h>
#include <ganglion/offload.h>
#include <ganglion/pmu.h>
#include <ganglion/tasks.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHANNELS = 32, SIZE = 16, KERNEL = 3, JOBS = 32, SLICE_US = 200 };
enum { MAP_BYTES = CHANNELS * SIZE * SIZE, WEIGHT_BYTES = CHANNELS * CHANNELS * KERNEL * KERNEL };

static int8_t map[MAP_BYTES] __attribute__((aligned(64)));
static int8_t weights[WEIGHT_BYTES] __attribute__((aligned(64)));
static int32_t bias[CHANNELS] __attribute__((aligned(64)));
static uint32_t multiplier[CHANNELS] __attribute__((aligned(64)));
static uint32_t shift[CHANNELS] __attribute__((aligned(64)));

typedef struct {
  const char* name;
  void (*run)(void* work);
  gn_layer_t layer;
  const gn_offload_t* offload;  ///< NULL: software
  void* memory;                 ///< the offload's job, or scratch memory of the software
  int error;
  uint64_t ends_ps;
} work_t;

static void convolve_in_software(void* context) {
  work_t* work = context;
  gn_conv2d(&work->layer, work->memory);
  work->ends_ps = gn_time_ps();
}

static void convolve_on_sc_cnn(void* context) {
  work_t* work = context;
  for (int i = 0; i < JOBS && work->error == 0; ++i) {
    const int64_t job = work->offload->start(work->offload->context, work->memory);
    work->error = job < 0 ? (int)-job : work->offload->wait(work->offload->context, job);
  }
  work->ends_ps = gn_time_ps();
}

static void fill(int8_t* data, size_t bytes, unsigned seed) {
  for (size_t i = 0; i < bytes; ++i) data[i] = (int8_t)((seed = seed * 1103515245 + 12345) >> 16);
}

static bool prepare(work_t* work) {
  static const ganglion_layer record = {
      .kind = GANGLION_LAYER_CONV2D, .target = GANGLION_TARGET_SC_CNN, .weight_bits = 8, .guard_bits = 4};
  work->layer = (gn_layer_t){.in = map,
                             .weights = weights,
                             .bias = bias,
                             .multiplier = multiplier,
                             .shift = shift,
                             .out = aligned_alloc(64, MAP_BYTES),
                             .element_bytes = 1,
                             .in_c = CHANNELS,
                             .in_h = SIZE,
                             .in_w = SIZE,
                             .out_c = CHANNELS,
                             .out_h = SIZE,
                             .out_w = SIZE,
                             .kh = KERNEL,
                             .kw = KERNEL,
                             .stride = 1,
                             .pad = 1,
                             .lo = -128,
                             .hi = 127};
  work->memory =
      malloc(work->offload == NULL ? gn_conv2d_scratch_bytes(&work->layer) : work->offload->job_bytes);
  if (work->layer.out == NULL || work->memory == NULL) return false;
  if (work->offload != NULL) {
    work->offload->prepare(work->offload->context, &work->layer, &record, work->memory);
  }
  return true;
}

static bool failed(const work_t* work) {
  if (work->error == 0) return false;
  char reason[128];
  work->offload->explain(work->offload->context, reason, sizeof reason);
  printf("%s: the accelerator reports error %d: %s\n", work->name, work->error, reason);
  return true;
}

static const gn_offload_t* find_sc_cnn(void) {
  const gn_offload_t* offload = gn_find_offload();
  while (offload != NULL && offload->target != GANGLION_TARGET_SC_CNN) offload = offload->next;
  return offload;
}

int main(void) {
  static work_t works[2] = {{.name = "offload", .run = convolve_on_sc_cnn},
                            {.name = "compute", .run = convolve_in_software}};
  static uint8_t stacks[2][8192] __attribute__((aligned(16)));
  uint8_t* alone[2];
  works[0].offload = find_sc_cnn();
  if (works[0].offload == NULL || works[0].offload->operand_bits > 8) {
    printf("no SC-CNN core of at most 8 bits in this SoC: see scenarios/multitask.yaml\n");
    return 1;
  }
  fill(map, sizeof map, 1);
  fill(weights, sizeof weights, 2);
  for (int i = 0; i < CHANNELS; ++i) {
    multiplier[i] = 1u << 30;
    shift[i] = 40;
  }

  uint64_t sequential_ps = 0;
  for (int i = 0; i < 2; ++i) {
    alone[i] = malloc(MAP_BYTES);
    if (!prepare(&works[i]) || alone[i] == NULL) {
      printf("%s: the heap is too small\n", works[i].name);
      return 1;
    }
    const uint64_t start_ps = gn_time_ps();
    gn_region_begin(works[i].name);
    works[i].run(&works[i]);
    gn_region_end();
    if (failed(&works[i])) return 1;
    sequential_ps += works[i].ends_ps - start_ps;
    printf("%s alone: %.3f ms\n", works[i].name, (double)(works[i].ends_ps - start_ps) * 1e-9);
    memcpy(alone[i], works[i].layer.out, MAP_BYTES);
    memset(works[i].layer.out, 0, MAP_BYTES);
  }

  for (int i = 0; i < 2; ++i) {
    gn_task_create(works[i].name, works[i].run, &works[i], stacks[i], sizeof stacks[i]);
  }
  gn_tasks_statistics_t statistics;
  const uint64_t start_ps = gn_time_ps();
  if (!gn_tasks_run((uint64_t)gn_devices()->timebase_hz * SLICE_US / 1000000, &statistics)) {
    printf("tasks need a CLINT, and this SoC has none\n");
    return 1;
  }
  const uint64_t together_ps = gn_time_ps() - start_ps;

  printf("one after the other: %.3f ms; as tasks: %.3f ms, %.2f times as fast\n",
         (double)sequential_ps * 1e-9, (double)together_ps * 1e-9,
         (double)sequential_ps / (double)together_ps);
  printf("%llu switches, %llu of them at the end of a slice of %d us\n",
         (unsigned long long)statistics.switches, (unsigned long long)statistics.preemptions, SLICE_US);
  for (int i = 0; i < 2; ++i) {
    if (failed(&works[i])) return 1;
    if (memcmp(alone[i], works[i].layer.out, MAP_BYTES) != 0) {
      printf("%s: the result differs from the one made alone\n", works[i].name);
      return 2;
    }
  }
  return 0;
}
