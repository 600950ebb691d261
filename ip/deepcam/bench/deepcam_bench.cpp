// Speed of the model: bit comparisons a second of a search beside the machine's popcount bound, and the
// hashing GEMM beside sgemm of the same shape where the machine has a BLAS. CPU time of this thread
// throughout.

#include <benchmark/benchmark.h>
#include <dlfcn.h>
#include <time.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <map>
#include <random>
#include <string>

#include "ip/deepcam/bench/popcount_bound.h"
#include "ip/deepcam/model/cam.h"
#include "ip/deepcam/model/hash.h"

namespace ganglion::deepcam {
namespace {

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

/// Calls a second: the best of `attempts` runs of about 10 ms, so that a neighbour's interference counts
/// least.
double best_rate(const std::function<void()>& call, int attempts = 15) {
  int calls = 1;
  for (;; calls *= 2) {
    const double begin = cpu_seconds();
    for (int i = 0; i < calls; ++i) call();
    if (cpu_seconds() - begin > 0.01) break;
  }
  double best = 0;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    const double begin = cpu_seconds();
    for (int i = 0; i < calls; ++i) call();
    best = std::max(best, calls / (cpu_seconds() - begin));
  }
  return best;
}

/// Bits a second of the machine's fastest popcount, or of the one called `name`, over buffers of 4, 16 and 64
/// KiB (the last is what an array of 512 x 1024 bits holds).
double popcount_bits_per_s(const std::string& name = "") {
  static std::map<std::string, double> measured;
  if (const auto known = measured.find(name); known != measured.end()) return known->second;
  double best = 0;
  for (const PopcountBound& bound : popcount_bounds()) {
    if (!name.empty() && name != bound.name) continue;
    for (const std::size_t kib : {4u, 16u, 64u}) {
      std::mt19937_64 random(1);
      std::vector<uint64_t> words(kib * 128);
      for (uint64_t& word : words) word = random();
      const double rate = best_rate([&] { benchmark::DoNotOptimize(bound.count(words)); });
      best = std::max(best, rate * static_cast<double>(words.size()) * 64);
    }
  }
  return measured[name] = best;
}

void Search(benchmark::State& state) {
  const auto rows = static_cast<uint32_t>(state.range(0)), bits = static_cast<uint32_t>(state.range(1));
  const SearchKernel& kernel = search_kernels()[static_cast<std::size_t>(state.range(2))];
  std::mt19937_64 random(2);
  Cam cam(rows, bits, kernel);
  std::vector<uint64_t> word(bits / 64);
  for (uint32_t row = 0; row < rows; ++row) {
    for (uint64_t& part : word) part = random();
    cam.write(row, word);
  }
  constexpr std::size_t kKeys = 32;
  std::vector<uint64_t> keys(kKeys * word.size());
  for (uint64_t& part : keys) part = random();
  std::vector<uint16_t> distances(kKeys * rows);
  const auto search_all = [&] {
    cam.search(keys, word.size(), kKeys, distances);
    benchmark::DoNotOptimize(distances.data());
    benchmark::ClobberMemory();
  };
  for (auto _ : state) search_all();
  const double rate = best_rate(search_all) * kKeys * rows * bits;
  const std::string bound = std::string(kernel.name) == "portable" ? "scalar" : kernel.name;
  state.counters["bit_comparisons/s"] = rate;
  state.counters["popcount_bound_bits/s"] = popcount_bits_per_s();
  state.counters["share_of_bound"] = rate / popcount_bits_per_s();
  state.counters["share_of_bound_of_same_registers"] = rate / popcount_bits_per_s(bound);
  state.SetLabel(kernel.name);
}

void register_searches() {
  for (std::size_t kernel = 0; kernel < search_kernels().size(); ++kernel) {
    for (const auto& [rows, bits] : {std::pair{512, 1024}, std::pair{512, 256}, std::pair{64, 1024}}) {
      if (kernel > 0 && (rows != 512 || bits != 1024)) continue;
      benchmark::RegisterBenchmark("Search", Search)
          ->Args({rows, bits, static_cast<int64_t>(kernel)})
          ->ArgNames({"R", "k", "kernel"});
    }
  }
}

/// The C interface of BLAS, looked up at run time: nothing is needed to build.
using CblasSgemm = void (*)(int order, int transpose_a, int transpose_b, int m, int n, int k, float alpha,
                            const float* a, int lda, const float* b, int ldb, float beta, float* c, int ldc);
CblasSgemm find_sgemm() {
  setenv("OPENBLAS_NUM_THREADS", "1", 1);  // one core against one core
  for (const char* library : {"libopenblas.so.0", "libcblas.so.3", "libblas.so.3"}) {
    void* handle = dlopen(library, RTLD_NOW);
    void* symbol = handle == nullptr ? nullptr : dlsym(handle, "cblas_sgemm");
    if (symbol != nullptr) return reinterpret_cast<CblasSgemm>(symbol);
  }
  return nullptr;
}

/// Hashing 256 patches of `n` inputs into 1024 bits.
void Hash(benchmark::State& state) {
  const auto n = static_cast<uint32_t>(state.range(0));
  constexpr uint32_t kVectors = 256, kBits = 1024;
  const Noise ideal({}, 1, "cam");
  const Projection projection(1, 0, n, kBits, ideal);
  std::mt19937 random(3);
  std::vector<int8_t> vectors(std::size_t{kVectors} * n);
  for (int8_t& x : vectors) x = static_cast<int8_t>(random());
  std::vector<uint64_t> words(std::size_t{kVectors} * kBits / 64);
  const auto hash = [&] {
    hash_vectors(projection, {n, n}, vectors, kVectors, ideal, {}, words);
    benchmark::DoNotOptimize(words.data());
    benchmark::ClobberMemory();
  };
  for (auto _ : state) hash();
  const double macs = 1.0 * kVectors * n * kBits;
  const double rate = best_rate(hash, 5) * macs;
  state.counters["MAC/s"] = rate;
  const CblasSgemm sgemm = find_sgemm();
  if (sgemm == nullptr) return;
  std::vector<float> a(vectors.begin(), vectors.end()), b(std::size_t{n} * kBits), c(kVectors * kBits);
  for (float& cell : b) cell = static_cast<float>(static_cast<int8_t>(random()));
  const auto gemm = [&] {
    constexpr int kRowMajor = 101, kNoTranspose = 111;
    sgemm(kRowMajor, kNoTranspose, kNoTranspose, kVectors, kBits, static_cast<int>(n), 1.0F, a.data(),
          static_cast<int>(n), b.data(), kBits, 0.0F, c.data(), kBits);
    benchmark::DoNotOptimize(c.data());
  };
  const double blas = best_rate(gemm, 5) * macs;
  state.counters["sgemm_MAC/s"] = blas;
  state.counters["speed_over_sgemm"] = rate / blas;
}
BENCHMARK(Hash)->Arg(75)->Arg(576)->Arg(4608)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace ganglion::deepcam

int main(int argc, char** argv) {
  ganglion::deepcam::register_searches();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
