// Speed of the model: products a second, beside a plain int8 convolution of the same shape on the same
// operands. The ratio is the bound that counts: a sweep over SC-CNN arrays should not cost much more than one
// over binary ones.

#include <benchmark/benchmark.h>
#include <time.h>

#include <random>

#include "ip/sc_cnn/test/random_job.h"

namespace ganglion::sc_cnn {
namespace {

#if defined(__x86_64__)
#define GANGLION_WIDE __attribute__((target_clones("avx2", "default")))
#else
#define GANGLION_WIDE
#endif

/// out[m][y][x] += w[m][c][ky][kx] * in[c][y + ky][x + kx]: what the compiler makes of the textbook's loops.
GANGLION_WIDE void plain_convolution(const int8_t* in, const int8_t* weights, int32_t* out, uint32_t in_c,
                                     uint32_t in_h, uint32_t in_w, uint32_t out_c, uint32_t kernel) {
  const uint32_t out_h = in_h - kernel + 1, out_w = in_w - kernel + 1;
  for (uint32_t m = 0; m < out_c; ++m) {
    for (uint32_t y = 0; y < out_h; ++y) {
      int32_t* row = out + (std::size_t{m} * out_h + y) * out_w;
      for (uint32_t x = 0; x < out_w; ++x) row[x] = 0;
      for (uint32_t c = 0; c < in_c; ++c) {
        for (uint32_t ky = 0; ky < kernel; ++ky) {
          const int8_t* input = in + (std::size_t{c} * in_h + y + ky) * in_w;
          for (uint32_t kx = 0; kx < kernel; ++kx) {
            const int32_t w = weights[((std::size_t{m} * in_c + c) * kernel + ky) * kernel + kx];
            for (uint32_t x = 0; x < out_w; ++x) row[x] += w * input[x + kx];
          }
        }
      }
    }
  }
}

/// CPU time of this thread: other programs on the machine do not count.
double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

struct Shape {
  uint32_t in_c, in_hw, out_c, kernel;
};
constexpr Shape kShapes[] = {{1, 8, 16, 3}, {6, 14, 16, 5}, {32, 32, 32, 3}, {64, 56, 64, 3}};

OwnedJob job_of(const Config& config, const Shape& shape) {
  std::mt19937 random(1);
  Layer layer;
  layer.in_c = shape.in_c;
  layer.in_h = layer.in_w = shape.in_hw;
  layer.out_c = shape.out_c;
  layer.kh = layer.kw = shape.kernel;
  layer.hi = 127;
  layer.guard_bits = 4;
  complete_geometry(config, layer);
  return with_random_operands(config, layer, random, 0.1);
}

uint64_t macs_of(const Layer& layer) { return layer.taps() * layer.out_c * layer.out_h * layer.out_w; }

void run_plain(const OwnedJob& owned, std::vector<int32_t>& out) {
  const Layer& l = owned.layer;
  out.resize(std::size_t{l.out_c} * l.out_h * l.out_w);
  plain_convolution(reinterpret_cast<const int8_t*>(owned.in.data()),
                    reinterpret_cast<const int8_t*>(owned.weights.data()), out.data(), l.in_c, l.in_h, l.in_w,
                    l.out_c, l.kh);
  benchmark::DoNotOptimize(out.data());
}

Config large_buffers() {
  Config config;
  config.input_buffer_bytes = config.weight_buffer_bytes = config.output_buffer_bytes = 1024 * 1024;
  return config;
}

void Model(benchmark::State& state) {
  const Config config = large_buffers();
  const OwnedJob owned = job_of(config, kShapes[state.range(0)]);
  const double macs = static_cast<double>(macs_of(owned.layer));
  double model_s = 0;
  for (auto _ : state) {
    const double begin = cpu_seconds();
    const Result result = run(config, owned.job());
    benchmark::DoNotOptimize(result.output.data());
    model_s += cpu_seconds() - begin;
  }
  // The plain convolution in the same minute, on the same core.
  std::vector<int32_t> out;
  const double begin = cpu_seconds();
  const auto rounds = static_cast<int>(state.iterations());
  for (int i = 0; i < rounds; ++i) run_plain(owned, out);
  const double plain_s = cpu_seconds() - begin;
  state.counters["MAC/s"] = benchmark::Counter(macs * static_cast<double>(state.iterations()) / model_s);
  state.counters["plain_int8_MAC/s"] = benchmark::Counter(macs * rounds / plain_s);
  state.counters["time_over_plain_int8"] = benchmark::Counter(model_s / plain_s);
  const Shape& s = kShapes[state.range(0)];
  state.SetLabel(std::to_string(s.in_c) + "x" + std::to_string(s.in_hw) + "x" + std::to_string(s.in_hw) +
                 " -> " + std::to_string(s.out_c) + " maps, kernel " + std::to_string(s.kernel));
}
BENCHMARK(Model)->DenseRange(0, std::size(kShapes) - 1)->Unit(benchmark::kMicrosecond);

void FullyConnected(benchmark::State& state) {
  const Config config = large_buffers();
  std::mt19937 random(2);
  Layer layer;
  layer.kind = Layer::kFullyConnected;
  layer.in_c = 1024;
  layer.out_c = 256;
  layer.hi = 127;
  layer.guard_bits = 4;
  complete_geometry(config, layer);
  const OwnedJob owned = with_random_operands(config, layer, random, 0.1);
  for (auto _ : state) benchmark::DoNotOptimize(run(config, owned.job()).output.data());
  state.counters["MAC/s"] = benchmark::Counter(
      static_cast<double>(layer.taps() * layer.out_c) * static_cast<double>(state.iterations()),
      benchmark::Counter::kIsRate);
}
BENCHMARK(FullyConnected)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace ganglion::sc_cnn

BENCHMARK_MAIN();
