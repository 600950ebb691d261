#include <ganglion/crc32.h>
#include <ganglion/loadable.h>

enum { MAX_DIMENSION = 1 << 20, MAX_LAYERS = 1 << 16 };  // products of three dimensions fit 64 bits
static const uint64_t kMaxBytes = UINT64_C(1) << 32;

const char* gn_file_status_text(gn_file_status_t status) {
  switch (status) {
    case GN_FILE_OK:
      return "ok";
    case GN_FILE_TOO_SHORT:
      return "shorter than its header says (truncated copy?)";
    case GN_FILE_MAGIC:
      return "not a file of this kind (wrong magic number)";
    case GN_FILE_VERSION:
      return "of a version this firmware does not read";
    case GN_FILE_CHECKSUM:
      return "damaged (checksum differs)";
    case GN_FILE_HEADER:
      return "inconsistent (header fields contradict each other)";
    case GN_FILE_KIND:
      return "using a layer kind or target this firmware does not have";
    case GN_FILE_SHAPE:
      return "inconsistent (dimensions of a layer)";
    case GN_FILE_DATA:
      return "inconsistent (weights or constants outside the file)";
    case GN_FILE_ARENA:
      return "inconsistent (a map outside the arena, or an output over its input)";
    case GN_FILE_REQUANTISE:
      return "inconsistent (multiplier, shift or clamp out of range)";
    case GN_FILE_ACCUMULATOR:
      return "too large: a sum of products may not fit 32 bits";
  }
  return "broken in an unknown way";
}

/// Length and checksum of both formats: words 2 and 3.
static gn_file_status_t check_envelope(const void* file, size_t bytes, uint32_t magic, uint32_t version) {
  const uint32_t* words = file;
  if (bytes < sizeof(ganglion_loadable_header)) return GN_FILE_TOO_SHORT;
  if (words[0] != magic) return GN_FILE_MAGIC;
  if (words[1] != version) return GN_FILE_VERSION;
  if (words[2] > bytes || words[2] < sizeof(ganglion_loadable_header)) return GN_FILE_TOO_SHORT;
  const uint32_t zero = 0;
  uint32_t crc = gn_crc32(0, words, 12);
  crc = gn_crc32(crc, &zero, 4);
  crc = gn_crc32(crc, words + 4, words[2] - 16);
  return crc == words[3] ? GN_FILE_OK : GN_FILE_CHECKSUM;
}

static bool inside(uint64_t offset, uint64_t size, uint64_t total) {
  return offset % GANGLION_IMAGE_ALIGNMENT == 0 && size <= total && offset <= total - size;
}

static bool dimension(uint32_t value) { return value >= 1 && value <= MAX_DIMENSION; }

/// A NUL-terminated string starts at `offset`.
static bool is_text(const uint8_t* file, uint32_t offset, uint32_t total) {
  if (offset < sizeof(ganglion_loadable_header)) return false;
  for (; offset < total; ++offset) {
    if (file[offset] == 0) return true;
  }
  return false;
}

static bool convolved(uint32_t in, uint32_t kernel, uint32_t stride, uint32_t pad, uint32_t out) {
  const uint64_t padded = (uint64_t)in + 2 * (uint64_t)pad;
  return padded >= kernel && (padded - kernel) / stride + 1 == out;
}

/// Zeros before what is kept of `in` elements, and zeros behind it up to `out`.
static bool padded(uint32_t in, uint32_t stride, uint32_t before, uint32_t out) {
  return (uint64_t)before + (in - 1) / stride + 1 <= out;
}

static bool same_shape(const ganglion_layer* layer) {
  return layer->out_c == layer->in_c && layer->out_h == layer->in_h && layer->out_w == layer->in_w;
}

static bool shape_is_consistent(const ganglion_layer* layer) {
  const bool kernel = layer->kind == GANGLION_LAYER_PAD ||  // there kh and kw are margins and may be 0
                      (dimension(layer->kh) && dimension(layer->kw));
  const bool dimensions = dimension(layer->in_c) && dimension(layer->in_h) && dimension(layer->in_w) &&
                          dimension(layer->out_c) && dimension(layer->out_h) && dimension(layer->out_w) &&
                          kernel && dimension(layer->stride) && layer->pad <= MAX_DIMENSION &&
                          layer->pool <= 1;
  if (!dimensions || (layer->pool && (layer->out_h < 2 || layer->out_w < 2))) return false;
  switch (layer->kind) {
    case GANGLION_LAYER_CONV2D:
      return convolved(layer->in_h, layer->kh, layer->stride, layer->pad, layer->out_h) &&
             convolved(layer->in_w, layer->kw, layer->stride, layer->pad, layer->out_w);
    case GANGLION_LAYER_FULLY_CONNECTED:
      return layer->in_h == 1 && layer->in_w == 1 && layer->out_h == 1 && layer->out_w == 1 &&
             layer->kh == 1 && layer->kw == 1 && layer->pad == 0 && layer->pool == 0;
    case GANGLION_LAYER_ADD:
      return layer->pool == 0 && same_shape(layer);
    case GANGLION_LAYER_GLOBAL_AVERAGE_POOL:
      return layer->pool == 0 && layer->out_c == layer->in_c && layer->out_h == 1 && layer->out_w == 1;
    case GANGLION_LAYER_PAD:
      return layer->pool == 0 && padded(layer->in_c, 1, layer->pad, layer->out_c) &&
             padded(layer->in_h, layer->stride, layer->kh, layer->out_h) &&
             padded(layer->in_w, layer->stride, layer->kw, layer->out_w);
    default:  // max-pool
      return layer->pool == 1 && same_shape(layer);
  }
}

static uint64_t map_bytes(uint32_t c, uint32_t h, uint32_t w, uint32_t element_bytes) {
  return h * (uint64_t)w > kMaxBytes ? UINT64_MAX : (uint64_t)c * h * w * element_bytes;
}

static bool weighted(const ganglion_layer* layer) {
  return layer->kind == GANGLION_LAYER_CONV2D || layer->kind == GANGLION_LAYER_FULLY_CONNECTED;
}

/// Clamp, multipliers and shifts, `count` and `shifts` of them.
static gn_file_status_t check_requantisation(const void* file, const ganglion_layer* layer, uint32_t count,
                                             uint32_t shifts) {
  const ganglion_loadable_header* header = file;
  if (!inside(layer->mult_offset, (uint64_t)count * 4, header->total_bytes) ||
      !inside(layer->shift_offset, (uint64_t)shifts * 4, header->total_bytes)) {
    return GN_FILE_DATA;
  }
  const int32_t highest = (int32_t)((1u << (header->operand_bits - 1)) - 1);
  if (layer->lo > layer->hi || layer->lo < -highest - 1 || layer->hi > highest) return GN_FILE_REQUANTISE;
  const uint32_t* mult = (const uint32_t*)((const uint8_t*)file + layer->mult_offset);
  const uint32_t* shift = (const uint32_t*)((const uint8_t*)file + layer->shift_offset);
  for (uint32_t i = 0; i < count; ++i) {
    if (mult[i] > INT32_MAX) return GN_FILE_REQUANTISE;
  }
  for (uint32_t i = 0; i < shifts; ++i) {
    if (shift[i] < 1 || shift[i] > 62) return GN_FILE_REQUANTISE;
  }
  return GN_FILE_OK;
}

static gn_file_status_t check_weights(const void* file, const ganglion_layer* layer) {
  const ganglion_loadable_header* header = file;
  const uint64_t taps =
      (uint64_t)layer->kh * layer->kw > kMaxBytes ? kMaxBytes : (uint64_t)layer->in_c * layer->kh * layer->kw;
  if (taps >= kMaxBytes) return GN_FILE_SHAPE;
  const uint64_t total = header->total_bytes, words = (uint64_t)layer->out_c * 4;
  uint64_t weights = taps * layer->out_c * header->element_bytes;
  if (layer->target == GANGLION_TARGET_DEEPCAM) {  // hashes and norms; the block checks their parameters
    const uint64_t bits = layer->hash & 0xffff, tile = layer->hash >> 16;
    const uint64_t hashes = layer->out_c * (tile == 0 ? 1 : (taps + tile - 1) / tile);
    weights = hashes * (bits / 8);
    if (!inside(layer->norms_offset, hashes, total)) return GN_FILE_DATA;
  }
  if (!inside(layer->weights_offset, weights, total) || !inside(layer->bias_offset, words, total)) {
    return GN_FILE_DATA;
  }
  const gn_file_status_t status = check_requantisation(file, layer, layer->out_c, layer->out_c);
  const bool exact = layer->target == GANGLION_TARGET_CPU || layer->target == GANGLION_TARGET_MAC_ARRAY;
  if (status != GN_FILE_OK || !exact) return status;
  // |product| <= 2^(2N-2). Sums on the other accelerators saturate instead.
  const uint64_t products = taps << (2 * header->operand_bits - 2);
  const int32_t* bias = (const int32_t*)(const void*)((const uint8_t*)file + layer->bias_offset);
  for (uint32_t i = 0; i < layer->out_c; ++i) {
    const uint64_t magnitude = (uint64_t)(bias[i] < 0 ? -(int64_t)bias[i] : bias[i]);
    if (products + magnitude > INT32_MAX) return GN_FILE_ACCUMULATOR;
  }
  return GN_FILE_OK;
}

/// What a layer computes with, by its kind.
static gn_file_status_t check_constants(const void* file, const ganglion_layer* layer) {
  const uint32_t bits = gn_loadable_header(file)->operand_bits;
  switch (layer->kind) {
    case GANGLION_LAYER_CONV2D:
    case GANGLION_LAYER_FULLY_CONNECTED:
      return check_weights(file, layer);
    case GANGLION_LAYER_ADD:
      return check_requantisation(file, layer, 2, 1);
    case GANGLION_LAYER_GLOBAL_AVERAGE_POOL:
      if ((uint64_t)layer->in_h * layer->in_w << (bits - 1) > INT32_MAX) return GN_FILE_ACCUMULATOR;
      return check_requantisation(file, layer, 1, 1);
    default:
      return GN_FILE_OK;
  }
}

/// The two ranges do not meet.
static bool apart(uint64_t a, uint64_t a_bytes, uint64_t b, uint64_t b_bytes) {
  return a + a_bytes <= b || b + b_bytes <= a;
}

/// Every map inside the arena, the output apart from the inputs.
static bool maps_are_placed(const ganglion_loadable_header* header, const ganglion_layer* layer) {
  const uint32_t shrink = layer->pool, size = header->element_bytes;
  const uint64_t in = map_bytes(layer->in_c, layer->in_h, layer->in_w, size);
  const uint64_t out = map_bytes(layer->out_c, layer->out_h >> shrink, layer->out_w >> shrink, size);
  if (!inside(layer->in_offset, in, header->arena_bytes) ||
      !inside(layer->out_offset, out, header->arena_bytes) ||
      !apart(layer->in_offset, in, layer->out_offset, out)) {
    return false;
  }
  return layer->kind != GANGLION_LAYER_ADD || (inside(layer->in2_offset, in, header->arena_bytes) &&
                                               apart(layer->in2_offset, in, layer->out_offset, out));
}

static gn_file_status_t check_layer(const void* file, const ganglion_layer* layer) {
  const ganglion_loadable_header* header = file;
  const bool known_target = layer->target == GANGLION_TARGET_CPU || layer->target == GANGLION_TARGET_SC_CNN ||
                            layer->target == GANGLION_TARGET_DEEPCAM ||
                            layer->target == GANGLION_TARGET_MAC_ARRAY;
  if (layer->kind > GANGLION_LAYER_PAD || !known_target ||
      (!weighted(layer) && layer->target != GANGLION_TARGET_CPU)) {
    return GN_FILE_KIND;
  }
  if (!shape_is_consistent(layer)) return GN_FILE_SHAPE;
  if (!maps_are_placed(header, layer)) return GN_FILE_ARENA;
  if (!is_text(file, layer->name_offset, header->total_bytes)) return GN_FILE_DATA;
  return check_constants(file, layer);
}

gn_file_status_t gn_loadable_check(const void* file, size_t bytes, uint32_t* bad_layer) {
  const ganglion_loadable_header* header = file;
  if (bad_layer != NULL) *bad_layer = 0;
  const gn_file_status_t envelope =
      check_envelope(file, bytes, GANGLION_LOADABLE_MAGIC, GANGLION_LOADABLE_VERSION);
  if (envelope != GN_FILE_OK) return envelope;
  const uint32_t bits = header->operand_bits;
  if (bits < 2 || bits > 16 || header->element_bytes != (bits <= 8 ? 1u : 2u) || header->layer_count == 0 ||
      header->layer_count > MAX_LAYERS ||
      !inside(header->layers_offset, (uint64_t)header->layer_count * sizeof(ganglion_layer),
              header->total_bytes) ||
      !dimension(header->input_c) || !dimension(header->input_h) || !dimension(header->input_w) ||
      !is_text(file, header->name_offset, header->total_bytes)) {
    return GN_FILE_HEADER;
  }
  const uint32_t size = header->element_bytes;
  if (!inside(header->input_offset, map_bytes(header->input_c, header->input_h, header->input_w, size),
              header->arena_bytes) ||
      !inside(header->output_offset, map_bytes(header->classes, 1, 1, size), header->arena_bytes)) {
    return GN_FILE_ARENA;
  }
  const ganglion_layer* layers = gn_loadable_layers(file);
  for (uint32_t i = 0; i < header->layer_count; ++i) {
    if (bad_layer != NULL) *bad_layer = i;
    const gn_file_status_t status = check_layer(file, &layers[i]);
    if (status != GN_FILE_OK) return status;
  }
  if (bad_layer != NULL) *bad_layer = 0;
  const ganglion_layer* last = &layers[header->layer_count - 1];
  const uint64_t outputs = (uint64_t)last->out_c * (last->out_h >> last->pool) * (last->out_w >> last->pool);
  if (outputs != header->classes || last->out_offset != header->output_offset || header->classes > 256) {
    return GN_FILE_HEADER;
  }
  return GN_FILE_OK;
}

gn_file_status_t gn_dataset_check(const void* file, size_t bytes) {
  const ganglion_dataset_header* header = file;
  const gn_file_status_t envelope =
      check_envelope(file, bytes, GANGLION_DATASET_MAGIC, GANGLION_DATASET_VERSION);
  if (envelope != GN_FILE_OK) return envelope;
  if (!dimension(header->c) || !dimension(header->h) || !dimension(header->w) || header->element_bytes < 1 ||
      header->element_bytes > 2) {
    return GN_FILE_HEADER;
  }
  const uint64_t image = map_bytes(header->c, header->h, header->w, header->element_bytes);
  if (image > kMaxBytes || !inside(header->images_offset, image * header->count, header->total_bytes) ||
      !inside(header->labels_offset, header->count, header->total_bytes) ||
      !is_text(file, header->name_offset, header->total_bytes)) {
    return GN_FILE_DATA;
  }
  return GN_FILE_OK;
}

gn_layer_t gn_loadable_bind(const void* file, uint32_t index, void* arena) {
  const uint8_t* bytes = file;
  const ganglion_layer* layer = &gn_loadable_layers(file)[index];
  return (gn_layer_t){
      .in = (const uint8_t*)arena + layer->in_offset,
      .weights = bytes + layer->weights_offset,
      .bias = (const int32_t*)(const void*)(bytes + layer->bias_offset),
      .multiplier = (const uint32_t*)(const void*)(bytes + layer->mult_offset),
      .shift = (const uint32_t*)(const void*)(bytes + layer->shift_offset),
      .out = (uint8_t*)arena + layer->out_offset,
      .element_bytes = gn_loadable_header(file)->element_bytes,
      .in_c = layer->in_c,
      .in_h = layer->in_h,
      .in_w = layer->in_w,
      .out_c = layer->out_c,
      .out_h = layer->out_h,
      .out_w = layer->out_w,
      .kh = layer->kh,
      .kw = layer->kw,
      .stride = layer->stride,
      .pad = layer->pad,
      .pool = layer->pool,
      .lo = layer->lo,
      .hi = layer->hi,
      .in2 = (const uint8_t*)arena + layer->in2_offset,
  };
}
