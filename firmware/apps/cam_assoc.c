/// The DeepCAM array as what it is: a memory that is asked for the nearest word. It classifies images by
/// their nearest stored prototype and learns while it runs: a class it has never seen becomes known by
/// writing a row.
///
///   before   prototypes from the first half of the training images, without NEW_CLASS
///   after    the second half streams by; a teacher names an image only when no stored word is near it
///            or near words are of different classes; what would be classified wrongly becomes a row
///   hidden   test images whose lower half is blank
///   ternary  the same, when the hidden pixels' bits are don't-care bits of every row
///
/// Words are thermometer codes, so Hamming distance is the distance of the pictures in grey levels. The rule
/// for storing is IB2 (Aha, Kibler, Albert, Machine Learning 6, 1991). Twin:
/// sw/ganglion/deepcam/associative.py.
#include <deepcam.h>
#include <ganglion/csr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/experiment.h"

enum { PIXEL_MAX = 127, NEW_CLASS = 9, NEAR_PARTS = 8, UNKNOWN = 255, MAX_ROWS = 512, MAX_WORD_BYTES = 128 };

static deepcam_t core;
static uint32_t irq;
static uint32_t array_rows, word_bits, word_bytes, record_bytes;

static uint32_t used_rows;
static uint8_t labels[MAX_ROWS];
static uint8_t words[MAX_ROWS * MAX_WORD_BYTES] __attribute__((aligned(64)));
static uint8_t cares[MAX_ROWS * MAX_WORD_BYTES] __attribute__((aligned(64)));
static uint8_t key[MAX_WORD_BYTES] __attribute__((aligned(64)));
static deepcam_record_t record __attribute__((aligned(64)));
static uint64_t searches, row_writes, job_cycles;

static void on_interrupt(void* context) {
  (void)context;
  deepcam_acknowledge(&core);
}

static void sleep(void* context) {
  (void)context;
  gn_idle();
}

/// Runs the job just submitted to its end; false after a message.
static bool finish(int submitted) {
  int code = submitted;
  if (code == 0) {
    gn_interrupts_off();  // one that comes between the look and the WFI stays pending and ends it
    code = deepcam_wait(&core, core.submitted, irq != 0 ? sleep : NULL, NULL);
    gn_interrupts_on();
  }
  gn_fence();
  if (code != 0) {
    deepcam_error_t error;
    deepcam_error(&core, &error);
    printf("the array reports error %d: register 0x%03lx = 0x%08lx, address 0x%llx\n", code,
           (unsigned long)error.register_offset, (unsigned long)error.value,
           (unsigned long long)error.address);
    return false;
  }
  deepcam_figures_t figures;
  deepcam_figures(&core, &figures);
  searches += figures.searches;
  row_writes += figures.row_writes;
  job_cycles += figures.cycles;
  return true;
}

static bool search(const void* keys, void* records, uint32_t count, uint32_t threshold) {
  gn_fence();
  return finish(deepcam_search(&core, (uintptr_t)keys, (uintptr_t)records, count, word_bits, threshold));
}

static bool store(uint32_t first, uint32_t count, const void* care) {
  gn_fence();
  return finish(
      deepcam_store(&core, (uintptr_t)&words[first * word_bytes], (uintptr_t)care, first, count, word_bits));
}

static const ganglion_dataset_header* header_of(const void* dataset) { return dataset; }
static uint32_t pixels_of(const void* dataset) {
  const ganglion_dataset_header* h = dataset;
  return h->c * h->h * h->w;
}
static const int8_t* image_of(const void* dataset, uint32_t index) {
  return (const int8_t*)dataset + header_of(dataset)->images_offset + (size_t)index * pixels_of(dataset);
}
static uint8_t label_of(const void* dataset, uint32_t index) {
  return ((const uint8_t*)dataset)[header_of(dataset)->labels_offset + index];
}

/// Thermometer code of an image: the first round(pixel * levels / PIXEL_MAX) bits of each pixel's levels
/// are 1. Rows of the picture from `visible` on count as blank.
static void encode(const void* dataset, const int8_t* image, uint32_t visible, uint8_t* word) {
  const ganglion_dataset_header* h = header_of(dataset);
  const uint32_t pixels = pixels_of(dataset), levels = word_bits / pixels;
  memset(word, 0, word_bytes);
  for (uint32_t p = 0; p < pixels; ++p) {
    const int32_t pixel = p / h->w % h->h >= visible ? 0 : image[p] < 0 ? 0 : image[p];
    for (uint32_t level = 0; level < levels; ++level) {
      const uint32_t bit = p * levels + level;
      if (2 * (uint32_t)pixel * levels > PIXEL_MAX * (2 * level + 1))
        word[bit / 8] |= (uint8_t)(1u << bit % 8);
    }
  }
}

/// Writes `key` into the next free row when the nearest row, in `record`, is of another class.
static bool learn(uint8_t label) {
  const bool known = record.nearest_row != DEEPCAM_NO_ROW && labels[record.nearest_row] == label;
  if (known || used_rows == array_rows) return true;
  memcpy(&words[used_rows * word_bytes], key, word_bytes);
  labels[used_rows] = label;
  return store(used_rows++, 1, NULL);
}

/// No row within the threshold of the last search, or rows of different classes.
static bool unsure(void) {
  int found = -1;
  for (uint32_t row = 0; row < used_rows; ++row) {
    if (!deepcam_matches(&record, row)) continue;
    if (found >= 0 && found != labels[row]) return true;
    found = labels[row];
  }
  return found < 0;
}

/// Classifies all test images in one job and adds them to the results as the set `name`.
static bool test(const char* name, const void* dataset, uint32_t visible, gn_results_t* results) {
  const uint32_t count = header_of(dataset)->count;
  uint8_t* keys = aligned_alloc(64, ((size_t)count * word_bytes + 63) / 64 * 64);
  uint8_t* records = aligned_alloc(64, ((size_t)count * record_bytes + 63) / 64 * 64);
  uint8_t* predictions = malloc(count + 1);
  bool ok = keys != NULL && records != NULL && predictions != NULL;
  if (!ok) printf("the heap is too small for %lu images\n", (unsigned long)count);
  uint32_t correct = 0;
  if (ok) {
    for (uint32_t i = 0; i < count; ++i)
      encode(dataset, image_of(dataset, i), visible, &keys[i * word_bytes]);
    gn_region_begin(name);
    const uint64_t energy = gn_total_energy_fj();
    ok = search(keys, records, count, 0);
    const uint64_t used = gn_total_energy_fj() - energy;
    gn_region_end();
    for (uint32_t i = 0; ok && i < count; ++i) {
      const uint32_t nearest = *(const uint32_t*)(const void*)&records[(size_t)i * record_bytes];
      predictions[i] = nearest == DEEPCAM_NO_ROW ? UNKNOWN : labels[nearest];
      correct += predictions[i] == label_of(dataset, i);
    }
    if (ok) {
      printf("%-8s %5lu %6lu of %lu %7.2f %%   %8.3f\n", name, (unsigned long)used_rows,
             (unsigned long)correct, (unsigned long)count, 100.0 * correct / count,
             (double)used * 1e-6 / count);
      if (results != NULL && !gn_results_add(results, name, count, correct, predictions))
        printf("%s: the results area is too small, predictions are missing from the report\n", name);
    }
  }
  free(predictions);
  free(records);
  free(keys);
  return ok;
}

/// Streams training images [first, last): with a teacher who names every image, or one who is asked when
/// unsure.
static bool stream(const void* training, uint32_t first, uint32_t last, bool ask_only_when_unsure,
                   uint32_t* asked) {
  const uint32_t near = word_bits / NEAR_PARTS;
  for (uint32_t i = first; i < last; ++i) {
    const uint8_t label = label_of(training, i);
    if (!ask_only_when_unsure && label == NEW_CLASS) continue;
    encode(training, image_of(training, i), header_of(training)->h, key);
    if (!search(key, &record, 1, near)) return false;
    if (ask_only_when_unsure && !unsure()) continue;
    *asked += 1;
    if (!learn(label)) return false;
  }
  return true;
}

/// Asks for every stored word exactly: how many answer from their own row.
static bool recall(uint32_t* found) {
  *found = 0;
  for (uint32_t row = 0; row < used_rows; ++row) {
    memcpy(key, &words[row * word_bytes], word_bytes);
    if (!search(key, &record, 1, 0)) return false;
    *found += deepcam_matches(&record, row);
  }
  return true;
}

/// Stores all words again, the bits of hidden pixels as don't-care bits.
static bool mask(const void* dataset, uint32_t visible) {
  int8_t* white = malloc(pixels_of(dataset));
  if (white == NULL) return false;
  memset(white, PIXEL_MAX, pixels_of(dataset));
  for (uint32_t row = 0; row < used_rows; ++row) encode(dataset, white, visible, &cares[row * word_bytes]);
  free(white);
  return store(0, used_rows, cares);
}

static bool open_array(void) {
  uintptr_t base;
  if (!gn_find_accelerator("ganglion,deepcam", &base, &irq) || deepcam_probe(base) != 0) {
    printf("this SoC has no DeepCAM array (no \"ganglion,deepcam\" in the device tree)\n");
    return false;
  }
  deepcam_init(&core, base);
  irq = irq != 0 && gn_irq_attach(irq, on_interrupt, NULL) ? irq : 0;
  deepcam_interrupt(&core, irq != 0);
  deepcam_array_t array;
  deepcam_array(&core, &array);
  array_rows = array.rows;
  word_bits = array.segments * 256;
  word_bytes = word_bits / 8;
  record_bytes = deepcam_record_bytes(&core);
  return true;
}

/// The image `name` as a data set whose pictures fit a word; NULL after a message.
static const void* open_images(const char* name) {
  const void* data;
  size_t bytes;
  if (!gn_find_image(name, &data, &bytes)) {
    printf("no image \"%s\" in memory: name one under `images` (see scenarios/cam_assoc.yaml)\n", name);
    return NULL;
  }
  const gn_file_status_t status = gn_dataset_check(data, bytes);
  if (status != GN_FILE_OK) {
    printf("%s is %s\n", name, gn_file_status_text(status));
    return NULL;
  }
  if (header_of(data)->element_bytes != 1 || pixels_of(data) > word_bits) {
    printf(
        "%s: pictures of %lu pixels of %lu bytes, and a word of the array has %lu bits: one byte a pixel and "
        "one "
        "bit at least\n",
        name, (unsigned long)pixels_of(data), (unsigned long)header_of(data)->element_bytes,
        (unsigned long)word_bits);
    return NULL;
  }
  return data;
}

/// Whether both sets' pictures have one shape, without which distances mean nothing; a message if not.
static bool same_shape(const void* training, const void* dataset) {
  const ganglion_dataset_header *a = training, *b = dataset;
  if (a->c == b->c && a->h == b->h && a->w == b->w) return true;
  printf("training has pictures of %lux%lux%lu, dataset of %lux%lux%lu: name images of one shape\n",
         (unsigned long)a->c, (unsigned long)a->h, (unsigned long)a->w, (unsigned long)b->c,
         (unsigned long)b->h, (unsigned long)b->w);
  return false;
}

int main(void) {
  if (!open_array()) return 1;
  const void *training = open_images("training"), *dataset = open_images("dataset");
  if (training == NULL || dataset == NULL || !same_shape(training, dataset)) return 1;
  gn_results_t area;
  gn_results_t* results = open_results(&area) ? &area : NULL;
  const uint32_t count = header_of(training)->count, half = count / 2, height = header_of(dataset)->h;
  uint32_t named = 0, asked = 0, recalled = 0;

  printf("%lu rows of %lu bits; near: within %lu bits\n", (unsigned long)array_rows, (unsigned long)word_bits,
         (unsigned long)(word_bits / NEAR_PARTS));
  printf("set       rows         correct              nJ an image\n");
  gn_region_begin("learn");
  bool ok = stream(training, 0, half, false, &named);
  gn_region_end();
  ok = ok && test("before", dataset, height, results);
  gn_region_begin("online");
  ok = ok && stream(training, half, count, true, &asked);
  gn_region_end();
  ok = ok && test("after", dataset, height, results) && recall(&recalled) &&
       test("hidden", dataset, height / 2, results) && mask(dataset, height / 2) &&
       test("ternary", dataset, height / 2, results);
  if (!ok) return 1;
  printf("class %d was new at run time; the teacher was asked for %lu of %lu images\n", NEW_CLASS,
         (unsigned long)asked, (unsigned long)(count - half));
  printf(
      "exact search finds %lu of %lu rows; %llu searches, %llu row writes, %llu array cycles; most written "
      "row: "
      "%llu\n",
      (unsigned long)recalled, (unsigned long)used_rows, (unsigned long long)searches,
      (unsigned long long)row_writes, (unsigned long long)job_cycles,
      (unsigned long long)deepcam_wear(&core));
  return 0;
}
