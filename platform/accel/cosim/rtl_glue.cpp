// Compiled once for every Verilated model, by ganglion_add_rtl: the model behind rtl_abi.h.
//
// Expects GANGLION_RTL_CLASS, GANGLION_RTL_HEADER, GANGLION_RTL_PORTS (a generated list of PORT_n(name,
// width, is_output) lines) and GANGLION_RTL_REGISTERS (a generated list of REGISTER(name, offset, reset,
// readable) lines).
#include <memory>
#include <string>

#include "platform/accel/cosim/rtl_abi.h"
#include "verilated.h"
#if VM_TRACE
#include "verilated_vcd_c.h"
#endif
#include GANGLION_RTL_HEADER

#define GANGLION_TEXT_OF(text) #text
#define GANGLION_TEXT(text) GANGLION_TEXT_OF(text)

namespace {

/// The model that evaluates now, for Verilator's callbacks, which know none.
thread_local std::string* complaint_of_running = nullptr;

struct Model {
  VerilatedContext context;
  std::unique_ptr<GANGLION_RTL_CLASS> top;
  std::string complaint;
#if VM_TRACE
  std::unique_ptr<VerilatedVcdC> trace;
#endif
};

void* create(uint64_t seed) {
  auto model = std::make_unique<Model>();
  Verilated::threadContextp(&model->context);  // the constructor draws initial values from it
  model->context.randReset(2);
  model->context.randSeed(static_cast<int>(seed % 0x7fffffffU) + 1);
#if VM_TRACE
  model->context.traceEverOn(true);
#endif
  model->top = std::make_unique<GANGLION_RTL_CLASS>(&model->context, "top");
  return model.release();
}

void destroy(void* model) {
  auto* const self = static_cast<Model*>(model);
#if VM_TRACE
  if (self->trace) self->trace->close();
#endif
  Verilated::threadContextp(&self->context);  // the destructors look their scopes up there
  self->top->final();
  delete self;
  Verilated::threadContextp(Verilated::defaultContextp());
}

void eval(void* model) {
  auto* const self = static_cast<Model*>(model);
  complaint_of_running = &self->complaint;
  Verilated::threadContextp(&self->context);
  self->top->eval();
  complaint_of_running = nullptr;
}

const char* complaint(void* model) {
  const auto* const self = static_cast<Model*>(model);
  return self->complaint.empty() ? nullptr : self->complaint.c_str();
}

#if VM_TRACE
int trace_open(void* model, const char* file) {
  auto* const self = static_cast<Model*>(model);
  self->trace = std::make_unique<VerilatedVcdC>();
  self->trace->set_time_unit("1ps");
  self->trace->set_time_resolution("1ps");
  self->top->trace(self->trace.get(), 99);
  self->trace->open(file);
  return self->trace->isOpen() ? 1 : 0;
}
void trace_dump(void* model, uint64_t time_ps) {
  auto* const self = static_cast<Model*>(model);
  if (self->trace) self->trace->dump(time_ps);
}
void trace_close(void* model) {
  auto* const self = static_cast<Model*>(model);
  if (self->trace) self->trace->close();
}
#else
int trace_open(void*, const char*) { return 0; }
void trace_dump(void*, uint64_t) {}
void trace_close(void*) {}
#endif

#define PORT_8(name, width, is_output) {#name, width, 1, is_output},
#define PORT_16(name, width, is_output) {#name, width, 2, is_output},
#define PORT_32(name, width, is_output) {#name, width, 4, is_output},
#define PORT_64(name, width, is_output) {#name, width, 8, is_output},
#define PORT_W(name, width, is_output) {#name, width, ((width) + 31) / 32 * 4, is_output},
const ganglion_rtl_port kPorts[] = {
#include GANGLION_RTL_PORTS
};
#undef PORT_8
#undef PORT_16
#undef PORT_32
#undef PORT_64
#undef PORT_W

#define REGISTER(name, offset, reset, readable) {name, offset, reset, readable},
const ganglion_rtl_register kRegisters[] = {
#include GANGLION_RTL_REGISTERS
    {nullptr, 0, 0, 0}};
#undef REGISTER

void* port_data(void* model, uint32_t index) {
  GANGLION_RTL_CLASS& top = *static_cast<Model*>(model)->top;
  void* const places[] = {
#define PORT_8(name, width, is_output) static_cast<void*>(&top.name),
#define PORT_16(name, width, is_output) static_cast<void*>(&top.name),
#define PORT_32(name, width, is_output) static_cast<void*>(&top.name),
#define PORT_64(name, width, is_output) static_cast<void*>(&top.name),
#define PORT_W(name, width, is_output) static_cast<void*>(&top.name),
#include GANGLION_RTL_PORTS
  };
  return places[index];
}

const ganglion_rtl_api kApi = {GANGLION_RTL_ABI,
                               GANGLION_TEXT(GANGLION_RTL_TOP),
                               VERILATOR_PRODUCT " " VERILATOR_VERSION,
                               VM_TRACE,
                               sizeof kPorts / sizeof kPorts[0],
                               kPorts,
                               sizeof kRegisters / sizeof kRegisters[0] - 1,
                               kRegisters,
                               create,
                               destroy,
                               port_data,
                               eval,
                               complaint,
                               trace_open,
                               trace_dump,
                               trace_close};

void complain(const std::string& text) {
  if (complaint_of_running != nullptr && complaint_of_running->empty()) *complaint_of_running = text;
}

}  // namespace

// Verilator's own versions of these end the process.
void vl_finish(const char* file, int line, const char* hierarchy) {
  complain(std::string("$finish in ") + hierarchy + " at " + file + ":" + std::to_string(line));
}
void vl_stop(const char* file, int line, const char* hierarchy) {
  complain(std::string("$stop or a failed assertion in ") + hierarchy + " at " + file + ":" +
           std::to_string(line));
}
void vl_fatal(const char* file, int line, const char* hierarchy, const char* message) {
  complain(std::string(message) + " in " + hierarchy + " at " + file + ":" + std::to_string(line));
}

extern "C" __attribute__((visibility("default"))) const ganglion_rtl_api* ganglion_rtl_entry(void) {
  return &kApi;
}
