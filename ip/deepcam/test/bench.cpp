#include "ip/deepcam/test/bench.h"

#include <algorithm>

namespace ganglion {
namespace embedded {
extern const std::string_view deepcam_cost_yaml;
}

namespace deepcam {
namespace {

Bench* active = nullptr;  // the one bench of this process, for the driver's accesses

Params params_of(const std::string& scenario) {
  const ConfigNode node = parse_config(scenario, "test");
  return validate(&node, parameter_schema());
}

}  // namespace

Bench::Bench(const std::string& scenario)
    : clock("block", kClockHz, 1.1),
      energy(ReferenceNode{}, [] { return now(); }),
      time([] { return now(); }),
      regions(energy, time, [] { return now(); }),
      services{energy, time, regions, events, stop},
      memory_id(energy.add_component("memory", CostTable{}, clock)),
      memory("memory", energy.traffic(memory_id)),
      array(array_of(params_of(scenario))),
      noise(array.noise, services.seed, "dut"),
      dut(make("dut", params_of(scenario))),
      fresh(make("fresh", params_of(scenario))) {
  dut->initiator_sockets()[0]->bind(memory.socket);
  master_.socket.bind(*dut->target_socket());
  fresh->initiator_sockets()[0]->bind(idle_memory_.socket);
  idle_master_.socket.bind(*fresh->target_socket());
  time.add_component(memory_id);
  for (std::size_t i = 0; i < memory.bytes.size(); ++i) memory.bytes[i] = static_cast<uint8_t>(i * 7);
  active = this;
}

Bench::~Bench() { active = nullptr; }

std::unique_ptr<Deepcam> Bench::make(const std::string& name, const Params& params) {
  const ComponentId id = energy.add_component(
      name, parse_cost_table(std::string(embedded::deepcam_cost_yaml), "ip/deepcam/cost.yaml"), clock);
  time.add_component(id);
  return make_component<Deepcam>(ComponentContext{name, id, params, services, clock});
}

tlm::tlm_response_status Bench::access(bool write, uint64_t offset, uint32_t& value, unsigned bytes) {
  tlm::tlm_generic_payload payload;
  std::array<unsigned char, 16> data{};
  std::memcpy(data.data(), &value, sizeof value);
  payload.set_command(write ? tlm::TLM_WRITE_COMMAND : tlm::TLM_READ_COMMAND);
  payload.set_address(offset);
  payload.set_data_ptr(data.data());
  payload.set_data_length(bytes);
  payload.set_streaming_width(bytes);
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  master_.socket->b_transport(payload, delay);
  // The test stands for a hart, whose issued beats are kept on the memory's account: nothing else issues
  // there.
  auto& issued = energy.traffic(memory_id);
  if (payload.is_response_ok()) ++(write ? issued.issued_writes : issued.issued_reads);
  std::memcpy(&value, data.data(), sizeof value);
  return payload.get_response_status();
}

uint32_t Bench::read(uint64_t offset) {
  uint32_t value = 0;
  EXPECT_EQ(access(false, offset, value), tlm::TLM_OK_RESPONSE) << std::hex << offset;
  return value;
}

void Bench::write(uint64_t offset, uint32_t value) {
  EXPECT_EQ(access(true, offset, value), tlm::TLM_OK_RESPONSE) << std::hex << offset;
}

Layer Bench::place(const OwnedJob& owned, const Placement& to) {
  Layer layer = owned.layer;
  const auto put = [this](uint64_t address, const std::vector<uint8_t>& bytes) {
    std::ranges::copy(bytes, at(address, bytes.size()).begin());
    return address;
  };
  layer.in = put(to.in, owned.in);
  layer.weights = put(to.weights, owned.weights);
  layer.norms = put(to.norms, owned.norms);
  layer.bias = put(to.bias, owned.bias);
  layer.mult = put(to.mult, owned.mult);
  layer.shift = put(to.shift, owned.shift);
  layer.out = to.out;
  return layer;
}

deepcam_layer_t Bench::driver_layer(const Layer& l) {
  deepcam_layer_t d{};
  d.in = l.in;
  d.weights = l.weights;
  d.norms = l.norms;
  d.bias = l.bias;
  d.mult = l.mult;
  d.shift = l.shift;
  d.out = l.out;
  d.kind = l.kind;
  d.in_c = l.in_c;
  d.in_h = l.in_h;
  d.in_w = l.in_w;
  d.in_row_stride = l.in_row_stride;
  d.in_plane_stride = l.in_plane_stride;
  d.out_c = l.out_c;
  d.out_h = l.out_h;
  d.out_w = l.out_w;
  d.out_row_stride = l.out_row_stride;
  d.out_plane_stride = l.out_plane_stride;
  d.kh = l.kh;
  d.kw = l.kw;
  d.stride = l.stride;
  d.pad = l.pad;
  d.pool = l.pool;
  d.lo = l.lo;
  d.hi = l.hi;
  d.hash_bits = l.hash_bits;
  d.hash_tile = l.hash_tile;
  d.hash_layer = l.hash_layer;
  d.norm_shift = l.norm_shift;
  d.product_shift = l.product_shift;
  d.dataflow = l.dataflow;
  d.no_fold = l.fold == 0;
  return d;
}

}  // namespace deepcam
}  // namespace ganglion

extern "C" uint32_t deepcam_mmio_read(uintptr_t address) {
  return ganglion::deepcam::active->read(address - ganglion::deepcam::Bench::kBase);
}
extern "C" void deepcam_mmio_write(uintptr_t address, uint32_t value) {
  ganglion::deepcam::active->write(address - ganglion::deepcam::Bench::kBase, value);
}
