#include "ip/sc_cnn/test/mutations/twin_bench.h"

#include <algorithm>

#include "sc_cnn_regs.h"

namespace ganglion::sc_cnn {
namespace {

constexpr uint64_t kMemory = test::MemoryStub::kBase;
constexpr uint64_t kNowhere = 0x1000;  // no memory there

}  // namespace

void TwinBench::firmware() {
  init();
  layers();
  queue();
  failures();
  interrupts();
  large_layers();
}

void TwinBench::layers() {
  write(SC_CNN_REG_IRQ_ENABLE, 7);
  Layer layer = convolution(3, 9, 7, 5, 3, 1);  // 5 and 9 columns: lanes wrap in the middle of a run
  layer.guard_bits = 0;                         // saturates
  complete(placed(layer));
  layer = convolution(2, 13, 11, 20, 2, 0, 1, 1);  // two groups, pooled, negative outputs
  layer.weight_bits = 5;
  layer.zero_skip = 1;
  complete(placed(layer));
  layer = convolution(2, 12, 13, 3, 3, 2, 2);  // gaps between rows and planes, at odd addresses
  layer.in_row_stride += 3;
  layer.in_plane_stride = layer.in_row_stride * layer.in_h + 5;
  layer.out_row_stride += 1;
  layer.out_plane_stride = layer.out_row_stride * layer.stored_h() + 7;
  complete(placed(layer));
  layer.in_row_stride -= 2;
  layer.lo = 0;
  layer.guard_bits = 1;
  complete(placed(layer));
  complete(placed(convolution(1, 33, 32, 1, 32, 0)));  // the largest kernel
}

void TwinBench::large_layers() {
  // Stripes by the output buffer, pooled; chunks by the weight buffer; stripes by the input buffer, with halo
  // rows.
  complete(placed(convolution(1, 64, 64, 16, 1, 0, 1, 1)));
  Layer full = convolution(2, 10, 9, 200, 1);
  full.kind = Layer::kFullyConnected;
  full.lo = -128;
  complete_geometry(array, full);
  layers::Placement to;
  to.weights += 0xa08;
  complete(placed(full, to));
  to.weights = kMemory + 0x18000;
  complete(placed(convolution(1, 300, 220, 2, 3, 1, 5), to));
}

void TwinBench::queue() {
  const Layer first = placed(convolution(2, 8, 8, 4, 3, 1));
  const Layer second = placed(convolution(3, 6, 6, 6, 3), elsewhere());
  start(first);
  start(second);
  // The waiting job keeps what its START latched; a third is refused.
  for (uint32_t reg = SC_CNN_REG_IN_LO; reg <= SC_CNN_REG_ZERO_SKIP; reg += 4) write(reg, 0xdeadbeef);
  command(SC_CNN_CTRL_START_MASK);
  read_all();
  wait_idle();
  read_all();
  write(SC_CNN_REG_IRQ_STATUS, 7);
  command(SC_CNN_CTRL_RESUME_MASK);  // clears REJECTED
  read_all();
  complete(first);
  command(SC_CNN_CTRL_RESET_MASK);
  read_all();
  write(SC_CNN_REG_IRQ_ENABLE, 7);
  start(second);
  wait_cycles(150);
  command(SC_CNN_CTRL_RESET_MASK);  // in the middle of a job
  write(SC_CNN_REG_IRQ_ENABLE, 7);
  complete(second);
}

void TwinBench::failures() {
  const Layer good = placed(convolution(2, 8, 8, 2, 3, 1));
  const Layer other = placed(convolution(3, 6, 6, 6, 3), elsewhere());
  const auto bad = [&](auto&& spoil) {
    Layer layer = good;
    spoil(layer);
    return layer;
  };
  const Layer no_input = bad([](Layer& layer) { layer.in = kNowhere; });

  start(no_input);  // with a job behind it, which RESUME lets run, and a START too many
  start(other);
  wait_idle();
  wait_cycles(3000);
  read_all();
  start(other);
  recover(SC_CNN_CTRL_RESUME_MASK);
  start(no_input);  // with a job behind it, which FLUSH drops
  start(other);
  wait_idle();
  recover(SC_CNN_CTRL_FLUSH_MASK);
  start(no_input);  // with a START behind it, which waits for RESUME
  wait_idle();
  start(good);
  wait_cycles(3000);
  recover(SC_CNN_CTRL_RESUME_MASK);

  const Layer fails[] = {
      bad([](Layer& layer) { layer.out = kMemory + test::MemoryStub::kBytes; }),
      bad([](Layer& layer) { layer.bias = kNowhere; }),  // 8 bytes: a burst of one beat
      bad([](Layer& layer) { layer.in += 4; }),
      bad([](Layer& layer) { layer.out = layer.in + 8; }),
      bad([](Layer& layer) { layer.kh = 33; }),
      bad([](Layer& layer) { layer.out_w += 1; }),
      bad([](Layer& layer) { layer.in_row_stride -= 1; }),
      bad([](Layer& layer) { layer.guard_bits = 9; }),
      bad([](Layer& layer) { layer.hi = 128; }),
  };
  for (const Layer& layer : fails) {
    start(layer);
    wait_idle();
    recover(SC_CNN_CTRL_RESUME_MASK);
    complete(good);
  }
  for (const uint8_t shift : {63, 0}) {  // a bad value in memory
    const uint8_t before = at(good.shift + 4, 1)[0];
    at(good.shift + 4, 1)[0] = shift;
    start(good);
    wait_idle();
    recover(SC_CNN_CTRL_RESUME_MASK);
    at(good.shift + 4, 1)[0] = before;
  }
  complete(good);
}

void TwinBench::interrupts() {
  const Layer good = placed(convolution(2, 8, 8, 2, 3, 1));
  Layer bad = good;
  bad.weights = kNowhere;
  for (uint32_t enable = 0; enable < 8; ++enable) {
    write(SC_CNN_REG_IRQ_ENABLE, enable);
    complete(good);
    start(bad);
    start(good);
    start(good);  // refused
    wait_idle();
    read_all();
    for (uint32_t reason = 1; reason < 8; reason *= 2) {
      write(SC_CNN_REG_IRQ_STATUS, reason);
      read_all();
    }
    recover(SC_CNN_CTRL_FLUSH_MASK);
  }
}

void TwinBench::complete(const Layer& layer) {
  start(layer);
  wait_idle();
  read_all();
  write(SC_CNN_REG_IRQ_STATUS, SC_CNN_IRQ_STATUS_DONE_MASK);
  read_all();
}

void TwinBench::start(const Layer& layer) {
  // The driver's submit would look at the queue first and leave a START alone that is refused.
  program(layer);
  command(SC_CNN_CTRL_START_MASK);
}

void TwinBench::wait_idle() {
  for (int i = 0; i < 100'000 && (read(SC_CNN_REG_STATUS) & SC_CNN_STATUS_BUSY_MASK) != 0; ++i)
    wait_cycles(50);
  EXPECT_EQ(read(SC_CNN_REG_STATUS) & SC_CNN_STATUS_BUSY_MASK, 0U);
}

void TwinBench::read_all() {
  for (const Register* reg : dut->register_bank().registers()) (void)read(reg->info().offset);
}

void TwinBench::recover(uint32_t command_mask) {
  read_all();
  command(command_mask);
  wait_idle();
  read_all();
  write(SC_CNN_REG_IRQ_STATUS, 7);
  read_all();
}

Layer TwinBench::convolution(uint32_t in_c, uint32_t height, uint32_t width, uint32_t out_c, uint32_t kernel,
                             uint32_t pad, uint32_t stride, uint32_t pool) const {
  Layer layer;
  layer.in_c = in_c;
  layer.in_h = height;
  layer.in_w = width;
  layer.out_c = out_c;
  layer.kh = layer.kw = kernel;
  layer.pad = pad;
  layer.stride = stride;
  layer.pool = pool;
  layer.lo = -128;
  layer.hi = 127;
  complete_geometry(array, layer);
  return layer;
}

Layer TwinBench::placed(const Layer& layer, const layers::Placement& to) {
  return place(with_random_operands(array, layer, random_), to);
}

}  // namespace ganglion::sc_cnn
