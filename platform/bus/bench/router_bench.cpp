// What the hot paths of the bus cost, beside their bounds: a bare b_transport for the router, memcpy for
// bursts.
#include <benchmark/benchmark.h>

#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "platform/bus/memory.h"
#include "platform/bus/router.h"
#include "platform/kernel/test/test_master.h"
#include "platform/kernel/test/test_platform.h"

namespace ganglion {
namespace {

constexpr uint64_t kBase = 0x8000'0000;
constexpr uint64_t kSize = 1 << 20;
constexpr unsigned kBurst = 2048;  ///< bytes: 256 beats

/// One master straight on a memory, one through a router of four windows; elaborated once a process.
struct Bench {
  TestPlatform platform;
  TestMaster straight{"straight"};
  TestMaster routed{"routed"};
  std::unique_ptr<Router> router = platform.make<Router>(Router::type(), "bus");
  std::vector<std::unique_ptr<Memory>> memories;

  Bench() {
    for (uint64_t i = 0; i < 5; ++i) {
      memories.push_back(platform.make<Memory>(Memory::sram_type(), "ram" + std::to_string(i), "", kSize));
    }
    for (uint64_t i = 0; i < 4; ++i) {
      router->map({.name = memories[i]->name(),
                   .base = kBase + i * 2 * kSize,
                   .size = kSize,
                   .id = memories[i]->id()},
                  *memories[i]->target_socket());
    }
    router->connect("routed", router->id(), Router::InitiatorKind::kHart, routed.socket);
    straight.socket.bind(*memories[4]->target_socket());
    sc_core::sc_start(sc_core::SC_ZERO_TIME);
  }
};

Bench& bench() {
  static Bench instance;
  return instance;
}

void transport(benchmark::State& state, TestMaster& master, uint64_t base) {
  const auto bytes = static_cast<unsigned>(state.range(0));
  std::vector<uint8_t> data(bytes);
  tlm::tlm_generic_payload payload;
  payload.set_read();
  payload.set_data_ptr(data.data());
  payload.set_data_length(bytes);
  payload.set_streaming_width(bytes);
  uint64_t offset = 0;
  for ([[maybe_unused]] auto _ : state) {
    payload.set_address(base + offset);
    sc_core::sc_time delay;
    master.socket->b_transport(payload, delay);
    benchmark::DoNotOptimize(delay);
    offset = (offset + bytes) % (kSize / 2);
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * bytes);
}

void bare_b_transport(benchmark::State& state) { transport(state, bench().straight, 0); }
void router_b_transport(benchmark::State& state) { transport(state, bench().routed, kBase); }
BENCHMARK(bare_b_transport)->Arg(8)->Arg(kBurst);
BENCHMARK(router_b_transport)->Arg(8)->Arg(kBurst);

void host_memcpy(benchmark::State& state) {
  std::vector<uint8_t> from(kSize / 2), to(kBurst);
  uint64_t offset = 0;
  for ([[maybe_unused]] auto _ : state) {
    std::memcpy(to.data(), from.data() + offset, kBurst);
    benchmark::ClobberMemory();
    offset = (offset + kBurst) % (kSize / 2);
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * kBurst);
}
BENCHMARK(host_memcpy);

void router_dmi_request(benchmark::State& state) {
  for ([[maybe_unused]] auto _ : state)
    benchmark::DoNotOptimize(bench().routed.direct(kBase + 2 * kSize).granted);
}
BENCHMARK(router_dmi_request);

void dmi_read_with_booking(benchmark::State& state) {
  TestMaster::Grant grant = bench().routed.direct(kBase);
  const uint8_t* memory = grant.dmi.get_dmi_ptr();
  const uint64_t first = grant.dmi.get_start_address();
  const uint64_t last = grant.dmi.get_end_address();
  uint64_t address = kBase;
  uint64_t sum = 0;
  for ([[maybe_unused]] auto _ : state) {
    if (address < first || address > last - 7) break;
    uint64_t word = 0;
    std::memcpy(&word, memory + (address - first), sizeof word);
    benchmark::DoNotOptimize(sum += word);
    ++grant.counters->read_beats;
    address = kBase + ((address + 8) & (kSize / 2 - 1));
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) * 8);
}
BENCHMARK(dmi_read_with_booking);

/// Keeps the times of the runs so that the ratios to the bounds can be printed at the end.
class RatioReporter : public benchmark::ConsoleReporter {
 public:
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) times_ns_[run.benchmark_name()] = run.GetAdjustedCPUTime();
    ConsoleReporter::ReportRuns(runs);
  }
  void print_ratio(const std::string& of, const std::string& bound) {
    if (times_ns_.count(of) == 0 || times_ns_.count(bound) == 0) return;
    GetOutputStream() << of << " takes " << times_ns_[of] / times_ns_[bound] << " times its bound, " << bound
                      << "\n";
  }

 private:
  std::map<std::string, double> times_ns_;
};

}  // namespace
}  // namespace ganglion

int sc_main(int, char**) { return 0; }

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  ganglion::RatioReporter reporter;
  benchmark::RunSpecifiedBenchmarks(&reporter);
  reporter.print_ratio("router_b_transport/8", "bare_b_transport/8");
  reporter.print_ratio("router_b_transport/2048", "host_memcpy");
  return 0;
}
