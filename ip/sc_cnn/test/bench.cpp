#include "ip/sc_cnn/test/bench.h"

#include <algorithm>

namespace ganglion {
namespace embedded {
extern const std::string_view sc_cnn_cost_yaml;
}

namespace sc_cnn {
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

std::unique_ptr<ScCnn> Bench::make(const std::string& name, const Params& params) {
  const ComponentId id = energy.add_component(
      name, parse_cost_table(std::string(embedded::sc_cnn_cost_yaml), "ip/sc_cnn/cost.yaml"), clock);
  time.add_component(id);
  return make_component<ScCnn>(ComponentContext{name, id, params, services, clock});
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
  layer.bias = put(to.bias, owned.bias);
  layer.mult = put(to.mult, owned.mult);
  layer.shift = put(to.shift, owned.shift);
  layer.out = to.out;
  return layer;
}

sc_cnn_layer_t Bench::driver_layer(const Layer& l) {
  return {l.in,
          l.weights,
          l.bias,
          l.mult,
          l.shift,
          l.out,
          l.kind,
          l.in_c,
          l.in_h,
          l.in_w,
          l.in_row_stride,
          l.in_plane_stride,
          l.out_c,
          l.out_h,
          l.out_w,
          l.out_row_stride,
          l.out_plane_stride,
          l.kh,
          l.kw,
          l.stride,
          l.pad,
          l.pool,
          l.lo,
          l.hi,
          l.weight_bits,
          l.guard_bits,
          l.zero_skip};
}

}  // namespace sc_cnn
}  // namespace ganglion

extern "C" uint32_t sc_cnn_mmio_read(uintptr_t address) {
  return ganglion::sc_cnn::active->read(address - ganglion::sc_cnn::Bench::kBase);
}
extern "C" void sc_cnn_mmio_write(uintptr_t address, uint32_t value) {
  ganglion::sc_cnn::active->write(address - ganglion::sc_cnn::Bench::kBase, value);
}
