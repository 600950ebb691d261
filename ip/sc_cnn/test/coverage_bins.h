#pragma once

#include <vector>

#include "ip/common/test/observation.h"
#include "ip/sc_cnn/model/layer.h"
#include "sc_cnn_regs.h"

namespace ganglion::sc_cnn {

using Seen = layers::Observation<Config, Layer>;
using layers::Operand;

namespace seen {

using S = const Seen&;
inline bool convolved(S s) { return s.completed() && !s.job.layer.fully_connected(); }
inline bool pooled(S s) { return convolved(s) && s.job.layer.pool != 0; }
inline bool chunked(S s) {
  return s.completed() && s.job.layer.fully_connected() && s.job.tiles_of_a_group() > 1;
}
inline bool reduced(S s) { return s.job.layer.weight_bits < static_cast<uint32_t>(s.job.array.operand_bits); }
inline int accumulator_bits(S s) {
  return s.job.array.operand_bits + static_cast<int>(s.job.layer.guard_bits);
}
inline bool resident(S s) { return input_resident(s.job.array, s.job.layer); }
inline uint64_t pixels(S s) { return uint64_t{s.job.tiles.front().row_count} * s.job.layer.computed_w(); }
inline uint32_t eb(S s) { return static_cast<uint32_t>(s.job.array.element_bytes()); }
inline bool failed(S s) { return s.is_job() && !s.job.completed(); }
inline bool fault(S s, uint32_t code) { return s.is_job() && s.job.is(code); }
inline bool bus_error(S s) {
  return s.is_job() &&
         (s.job.code == AcceleratorError::kBusRead || s.job.code == AcceleratorError::kBusWrite);
}
inline bool refused(S s, Operand operand) { return bus_error(s) && s.job.operand == operand; }
inline bool started(S s) { return s.kind == Seen::Kind::kStart && !s.refused; }
inline bool rejected(S s) { return s.kind == Seen::Kind::kStart && s.refused; }
inline bool command(S s, uint32_t mask) { return s.wrote(SC_CNN_REG_CTRL) && (s.value & mask) == mask; }
inline bool reset_in(S s, Seen::Phase phase) { return s.kind == Seen::Kind::kReset && s.phase == phase; }
inline bool enabled(S s, uint32_t mask) { return (s.job.irq_enable & mask) != 0; }
inline bool rejected_flag(S s) {
  return command(s, SC_CNN_CTRL_START_MASK) && (s.irq_status & SC_CNN_IRQ_STATUS_REJECTED_MASK) != 0;
}
inline bool word(S s) { return s.bytes == 4 && s.offset % 4 == 0; }

}  // namespace seen

/// Functional coverage of the SC-CNN core's random co-verification: every bin, what it means, and when it is
/// hit. docs/reference/cosim.md prints this table. True at the end is a bin that only the large run must
/// reach.
inline const std::vector<layers::Bin<Seen>>& coverage_bins() {
  using namespace seen;
  static const std::vector<layers::Bin<Seen>> bins{
      // --- layers that completed ---
      {"kind.convolution", "a convolution completed",
       [](S s) { return s.completed() && !s.job.layer.fully_connected(); }},
      {"kind.fully_connected", "a fully connected layer completed",
       [](S s) { return s.completed() && s.job.layer.fully_connected(); }},
      {"kernel.1x1", "one tap a channel",
       [](S s) { return convolved(s) && s.job.layer.kh == 1 && s.job.layer.kw == 1; }},
      {"kernel.uneven", "rows and columns differ",
       [](S s) { return convolved(s) && s.job.layer.kh != s.job.layer.kw; }},
      {"kernel.large", "20 taps a channel or more",
       [](S s) { return convolved(s) && s.job.layer.kh * s.job.layer.kw >= 20; }},
      {"kernel.whole_row", "the kernel is as wide as the input",
       [](S s) { return convolved(s) && s.job.layer.kw == s.job.layer.in_w; }},
      {"stride.1", "", [](S s) { return convolved(s) && s.job.layer.stride == 1; }},
      {"stride.2", "", [](S s) { return convolved(s) && s.job.layer.stride == 2; }},
      {"stride.3", "", [](S s) { return convolved(s) && s.job.layer.stride == 3; }},
      {"stride.skips", "the stride steps over input that no tap reads",
       [](S s) { return convolved(s) && s.job.layer.stride > s.job.layer.kh; }},
      {"pad.0", "", [](S s) { return convolved(s) && s.job.layer.pad == 0; }},
      {"pad.1", "", [](S s) { return convolved(s) && s.job.layer.pad == 1; }},
      {"pad.2", "", [](S s) { return convolved(s) && s.job.layer.pad == 2; }},
      {"pad.all", "padding as large as the kernel: outputs of padding alone",
       [](S s) { return convolved(s) && s.job.layer.pad >= s.job.layer.kh; }},
      {"pad.with_stride", "",
       [](S s) { return convolved(s) && s.job.layer.pad > 0 && s.job.layer.stride > 1; }},
      {"pool.none", "", [](S s) { return convolved(s) && s.job.layer.pool == 0; }},
      {"pool.even", "",
       [](S s) { return pooled(s) && s.job.layer.out_h % 2 == 0 && s.job.layer.out_w % 2 == 0; }},
      {"pool.odd_row", "a last row is dropped", [](S s) { return pooled(s) && s.job.layer.out_h % 2 == 1; }},
      {"pool.odd_column", "a last column is dropped",
       [](S s) { return pooled(s) && s.job.layer.out_w % 2 == 1; }},
      {"pool.with_stride", "stride above 1", [](S s) { return pooled(s) && s.job.layer.stride > 1; }},
      {"pool.with_padding", "", [](S s) { return pooled(s) && s.job.layer.pad > 0; }},
      {"pool.with_stripes", "several stripes a group",
       [](S s) { return pooled(s) && s.job.tiles_of_a_group() > 1; }},
      // --- arithmetic ---
      {"n.6", "operands of 6 bits", [](S s) { return s.completed() && s.job.array.operand_bits == 6; }},
      {"n.8", "operands of 8 bits", [](S s) { return s.completed() && s.job.array.operand_bits == 8; }},
      {"n.10", "operands of 10 bits, two bytes each",
       [](S s) { return s.completed() && s.job.array.operand_bits == 10; }},
      {"n_w.2", "dynamic precision of 2 bits",
       [](S s) { return s.completed() && s.job.layer.weight_bits == 2; }},
      {"n_w.reduced", "between 2 bits and N",
       [](S s) { return s.completed() && s.job.layer.weight_bits > 2 && reduced(s); }},
      {"n_w.full", "N bits", [](S s) { return s.completed() && !reduced(s); }},
      {"n_w.reduced_fully_connected", "activations counted with less than N bits",
       [](S s) { return s.completed() && s.job.layer.fully_connected() && reduced(s); }},
      {"guard.0", "accumulators of N bits", [](S s) { return s.completed() && s.job.layer.guard_bits == 0; }},
      {"guard.some", "",
       [](S s) {
         return s.completed() && s.job.layer.guard_bits > 0 &&
                accumulator_bits(s) < s.job.array.accumulator_max_bits;
       }},
      {"guard.all", "accumulators of ACC_MAX bits",
       [](S s) { return s.completed() && accumulator_bits(s) == s.job.array.accumulator_max_bits; }},
      {"zero_skip.off", "", [](S s) { return s.completed() && s.job.layer.zero_skip == 0; }},
      {"zero_skip.convolution", "", [](S s) { return convolved(s) && s.job.layer.zero_skip == 1; }},
      {"zero_skip.fully_connected", "",
       [](S s) { return s.completed() && s.job.layer.fully_connected() && s.job.layer.zero_skip == 1; }},
      {"saturation.none", "no product clamped", [](S s) { return s.completed() && s.job.saturations == 0; }},
      {"saturation.convolution", "products clamped",
       [](S s) { return convolved(s) && s.job.saturations > 0; }},
      {"saturation.fully_connected", "",
       [](S s) { return s.completed() && s.job.layer.fully_connected() && s.job.saturations > 0; }},
      {"saturation.chunks", "in accumulators that are carried from chunk to chunk",
       [](S s) { return chunked(s) && s.job.saturations > 0; }},
      {"saturation.reduced", "at a reduced precision",
       [](S s) { return s.completed() && reduced(s) && s.job.saturations > 0; }},
      {"range.relu", "OUT_MIN = 0", [](S s) { return s.completed() && s.job.layer.lo == 0; }},
      {"range.signed", "OUT_MIN below 0", [](S s) { return s.completed() && s.job.layer.lo < 0; }},
      {"range.narrow", "16 values or less",
       [](S s) { return s.completed() && s.job.layer.hi - s.job.layer.lo < 16; }},
      // --- tiles ---
      {"tiles.1", "one tile", [](S s) { return s.completed() && s.job.tiles.size() == 1; }},
      {"tiles.2", "two tiles", [](S s) { return s.completed() && s.job.tiles.size() == 2; }},
      {"tiles.many", "six tiles or more", [](S s) { return s.completed() && s.job.tiles.size() >= 6; }},
      {"stripes.2", "two stripes a group", [](S s) { return convolved(s) && s.job.tiles_of_a_group() == 2; }},
      {"stripes.many", "three or more", [](S s) { return convolved(s) && s.job.tiles_of_a_group() > 2; }},
      {"groups.2", "two groups of maps", [](S s) { return convolved(s) && s.job.groups() == 2; }},
      {"groups.3", "three", [](S s) { return convolved(s) && s.job.groups() == 3; }},
      {"groups.whole", "the last group has T_M maps",
       [](S s) { return convolved(s) && s.job.groups() > 1 && s.job.layer.out_c % s.job.array.mvms == 0; }},
      {"groups.and_stripes", "several of both",
       [](S s) { return convolved(s) && s.job.groups() > 1 && s.job.tiles_of_a_group() > 1; }},
      {"chunks.1", "a fully connected layer of one chunk",
       [](S s) { return s.completed() && s.job.layer.fully_connected() && s.job.tiles_of_a_group() == 1; }},
      {"chunks.2", "two chunks", [](S s) { return chunked(s) && s.job.tiles_of_a_group() == 2; }},
      {"chunks.many", "three or more", [](S s) { return chunked(s) && s.job.tiles_of_a_group() > 2; }},
      {"chunks.groups", "several groups of outputs of several chunks",
       [](S s) { return chunked(s) && s.job.groups() > 1; }},
      {"input.resident", "several tiles of a map that stays in its buffer",
       [](S s) { return convolved(s) && s.job.tiles.size() > 1 && resident(s); }},
      {"input.stripes", "a map larger than its buffer", [](S s) { return convolved(s) && !resident(s); }},
      {"input.stripes_again", "such a map, stripe by stripe for a second group",
       [](S s) { return convolved(s) && !resident(s) && s.job.groups() > 1; }},
      {"runs.1", "no more than p pixels a tile",
       [](S s) { return convolved(s) && pixels(s) <= s.job.array.lanes; }},
      {"runs.many", "several runs, the last one not full",
       [](S s) {
         return convolved(s) && pixels(s) > s.job.array.lanes && s.job.last_run_pixels() < s.job.array.lanes;
       }},
      {"runs.odd_end", "the last run's pixels are no multiple of the requantisers",
       [](S s) { return convolved(s) && s.job.last_run_pixels() % s.job.array.requantisers != 0; }},
      // --- what moves ---
      {"gaps.input", "rows of the input apart",
       [](S s) { return s.completed() && s.job.layer.in_row_stride > s.job.layer.in_w * eb(s); }},
      {"gaps.output", "rows of the output apart",
       [](S s) { return convolved(s) && s.job.layer.out_row_stride > s.job.layer.stored_w() * eb(s); }},
      {"gaps.planes", "maps of the output apart",
       [](S s) {
         return convolved(s) &&
                s.job.layer.out_plane_stride > s.job.layer.stored_h() * s.job.layer.out_row_stride;
       }},
      {"dma.unaligned_read", "a burst begins inside a beat",
       [](S s) { return s.completed() && s.job.unaligned_reads > 0; }},
      {"dma.unaligned_write", "", [](S s) { return s.completed() && s.job.unaligned_writes > 0; }},
      {"dma.read_border", "a run of bytes goes on behind a border of 4 KiB",
       [](S s) { return s.completed() && s.job.read_borders > 0; }},
      {"dma.write_border", "", [](S s) { return s.completed() && s.job.write_borders > 0; }},
      {"dma.longest", "a burst of 256 beats",
       [](S s) { return s.completed() && s.job.longest_beats == 256; }},
      {"memory.fast", "8 cycles at most before a burst's first beat",
       [](S s) { return s.completed() && s.job.first_latency_cycles <= 8; }},
      {"memory.slow", "9 to 30 cycles",
       [](S s) {
         return s.completed() && s.job.first_latency_cycles > 8 && s.job.first_latency_cycles <= 30;
       }},
      {"memory.far", "more", [](S s) { return s.completed() && s.job.first_latency_cycles > 30; }},
      // --- rules ---
      {"fault.KIND", "", [](S s) { return fault(s, SC_CNN_FAULT_CODE_KIND); }},
      {"fault.DIMENSION", "", [](S s) { return fault(s, SC_CNN_FAULT_CODE_DIMENSION); }},
      {"fault.KERNEL", "", [](S s) { return fault(s, SC_CNN_FAULT_CODE_KERNEL); }},
      {"fault.GEOMETRY", "", [](S s) { return fault(s, SC_CNN_FAULT_CODE_GEOMETRY); }},
      {"fault.POOL", "", [](S s) { return fault(s, SC_CNN_FAULT_CODE_POOL); }},
      {"fault.STRIDE", "", [](S s) { return fault(s, SC_CNN_FAULT_CODE_STRIDE); }},
      {"fault.PRECISION", "", [](S s) { return fault(s, SC_CNN_FAULT_CODE_PRECISION); }},
      {"fault.GUARD_BITS", "", [](S s) { return fault(s, SC_CNN_FAULT_CODE_GUARD_BITS); }},
      {"fault.ZERO_SKIP", "", [](S s) { return fault(s, SC_CNN_FAULT_CODE_ZERO_SKIP); }},
      {"fault.CLAMP", "", [](S s) { return fault(s, SC_CNN_FAULT_CODE_CLAMP); }},
      {"fault.MISALIGNED", "", [](S s) { return fault(s, SC_CNN_ERROR_CODE_MISALIGNED); }},
      {"fault.OVERFLOW", "", [](S s) { return fault(s, SC_CNN_ERROR_CODE_OVERFLOW); }},
      {"fault.OVERLAP", "", [](S s) { return fault(s, SC_CNN_FAULT_CODE_OVERLAP); }},
      {"fault.INPUT_TOO_LARGE", "", [](S s) { return fault(s, SC_CNN_FAULT_CODE_INPUT_TOO_LARGE); }},
      {"fault.WEIGHTS_TOO_LARGE", "", [](S s) { return fault(s, SC_CNN_FAULT_CODE_WEIGHTS_TOO_LARGE); }},
      {"fault.OUTPUT_TOO_LARGE", "", [](S s) { return fault(s, SC_CNN_FAULT_CODE_OUTPUT_TOO_LARGE); }},
      {"fault.OPERAND_RANGE.input", "",
       [](S s) { return fault(s, SC_CNN_FAULT_CODE_OPERAND_RANGE) && s.job.operand == Operand::kInput; }},
      {"fault.OPERAND_RANGE.weights", "",
       [](S s) { return fault(s, SC_CNN_FAULT_CODE_OPERAND_RANGE) && s.job.operand == Operand::kWeights; }},
      {"fault.REQUANTISATION.mult", "",
       [](S s) { return fault(s, SC_CNN_FAULT_CODE_REQUANTISATION) && s.job.operand == Operand::kMult; }},
      {"fault.REQUANTISATION.shift", "",
       [](S s) { return fault(s, SC_CNN_FAULT_CODE_REQUANTISATION) && s.job.operand == Operand::kShift; }},
      // --- bus errors ---
      {"bus_error.input", "", [](S s) { return refused(s, Operand::kInput); }},
      {"bus_error.weights", "", [](S s) { return refused(s, Operand::kWeights); }},
      {"bus_error.bias", "", [](S s) { return refused(s, Operand::kBias); }},
      {"bus_error.mult", "", [](S s) { return refused(s, Operand::kMult); }},
      {"bus_error.shift", "", [](S s) { return refused(s, Operand::kShift); }},
      {"bus_error.output", "", [](S s) { return refused(s, Operand::kOutput); }},
      {"bus_error.later_tile", "a load of a tile behind the first",
       [](S s) {
         return s.is_job() && s.job.code == AcceleratorError::kBusRead && s.job.loaded_more_than_a_tile;
       }},
      {"bus_error.fully_connected", "", [](S s) { return bus_error(s) && s.job.layer.fully_connected(); }},
      // --- the queue ---
      {"start.idle", "nothing runs or waits", [](S s) { return started(s) && !s.running && !s.held; }},
      {"start.behind", "a job runs", [](S s) { return started(s) && s.running; }},
      {"start.refused", "one runs, one waits", [](S s) { return rejected(s) && s.running; }},
      {"start.after_error", "a failed job stopped the queue", [](S s) { return started(s) && s.held; }},
      {"start.refused_after_error", "one waits behind the stopped queue",
       [](S s) { return rejected(s) && s.held; }},
      {"queue.chained", "a job that had waited completed", [](S s) { return s.completed() && s.job.waited; }},
      {"queue.error_stops_waiting", "a job failed, another one waits",
       [](S s) { return failed(s) && s.job.waits_behind; }},
      {"resume.waiting", "RESUME lets the waiting job go on",
       [](S s) { return command(s, SC_CNN_CTRL_RESUME_MASK) && s.held && s.waiting; }},
      {"resume.start", "RESUME with START in one write",
       [](S s) { return command(s, SC_CNN_CTRL_RESUME_MASK | SC_CNN_CTRL_START_MASK) && s.held; }},
      {"resume.running", "RESUME while a job runs",
       [](S s) { return command(s, SC_CNN_CTRL_RESUME_MASK) && s.running; }},
      {"flush.waiting", "FLUSH drops the job behind an error",
       [](S s) { return command(s, SC_CNN_CTRL_FLUSH_MASK) && s.held && s.waiting; }},
      {"flush.behind_running", "FLUSH drops the job behind one that runs",
       [](S s) { return command(s, SC_CNN_CTRL_FLUSH_MASK) && s.running && s.waiting; }},
      {"flush.start", "FLUSH with START in one write",
       [](S s) { return command(s, SC_CNN_CTRL_FLUSH_MASK | SC_CNN_CTRL_START_MASK); }},
      // --- reset ---
      {"reset.idle", "", [](S s) { return reset_in(s, Seen::Phase::kIdle); }},
      {"reset.planning", "a job runs and has fetched nothing",
       [](S s) { return reset_in(s, Seen::Phase::kPlanning); }},
      {"reset.loading", "", [](S s) { return reset_in(s, Seen::Phase::kLoading); }},
      {"reset.computing", "and nothing moves", [](S s) { return reset_in(s, Seen::Phase::kComputing); }},
      {"reset.storing", "", [](S s) { return reset_in(s, Seen::Phase::kStoring); }},
      {"reset.waiting", "with a job waiting", [](S s) { return s.kind == Seen::Kind::kReset && s.waiting; }},
      {"reset.held", "behind an error", [](S s) { return s.kind == Seen::Kind::kReset && s.held; }},
      // --- interrupts ---
      {"irq.done", "enabled", [](S s) { return s.completed() && enabled(s, SC_CNN_IRQ_ENABLE_DONE_MASK); }},
      {"irq.done_masked", "", [](S s) { return s.completed() && !enabled(s, SC_CNN_IRQ_ENABLE_DONE_MASK); }},
      {"irq.error", "enabled", [](S s) { return failed(s) && enabled(s, SC_CNN_IRQ_ENABLE_ERROR_MASK); }},
      {"irq.error_masked", "", [](S s) { return failed(s) && !enabled(s, SC_CNN_IRQ_ENABLE_ERROR_MASK); }},
      {"irq.rejected", "enabled",
       [](S s) { return rejected_flag(s) && (s.irq_enable & SC_CNN_IRQ_ENABLE_REJECTED_MASK) != 0; }},
      {"irq.rejected_masked", "",
       [](S s) { return rejected_flag(s) && (s.irq_enable & SC_CNN_IRQ_ENABLE_REJECTED_MASK) == 0; }},
      {"irq.cleared_while_running", "a reason is cleared while a job runs",
       [](S s) { return s.wrote(SC_CNN_REG_IRQ_STATUS) && s.value != 0 && s.running; }},
      {"irq.one_of_several_cleared", "another reason stays",
       [](S s) { return s.wrote(SC_CNN_REG_IRQ_STATUS) && s.value != 0 && s.irq_status != 0; }},
      {"irq.unmasked_late", "a mask opens while a reason stands",
       [](S s) { return s.wrote(SC_CNN_REG_IRQ_ENABLE) && (s.value & s.irq_status) != 0; }},
      // --- accesses ---
      {"access.unmapped_read", "no register there",
       [](S s) { return s.access() && !s.write && !s.ok && word(s); }},
      {"access.unmapped_write", "", [](S s) { return s.access() && s.write && !s.ok && word(s); }},
      {"access.misaligned", "a word across two registers",
       [](S s) { return s.access() && s.bytes == 4 && s.offset % 4 != 0; }},
      {"access.byte", "", [](S s) { return s.access() && s.bytes == 1; }},
      {"access.half_word", "", [](S s) { return s.access() && s.bytes == 2; }},
      {"access.double_word", "", [](S s) { return s.access() && s.bytes == 8; }},
      {"access.read_only", "a write to a register that software cannot write",
       [](S s) { return s.access() && s.write && s.ok && !s.writable; }},
      {"access.shadow_while_running", "configuration of the next job",
       [](S s) { return s.access() && s.write && s.ok && s.shadowed && s.running; }},
      {"access.result_while_running", "a result is read while the next job runs",
       [](S s) {
         return s.access() && !s.write && s.ok && s.running && s.offset >= SC_CNN_REG_JOB_SATURATIONS_LO;
       }},
  };
  return bins;
}

}  // namespace ganglion::sc_cnn
