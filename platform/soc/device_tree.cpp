#include "platform/soc/device_tree.h"

#include <cstdio>
#include <stdexcept>

#include "platform/peripherals/clint.h"
#include "platform/peripherals/plic.h"

extern "C" {
#include <libfdt.h>
}

namespace ganglion {
namespace {

constexpr uint32_t kCpuInterruptController = 1;  // phandles
constexpr uint32_t kPlatformInterruptController = 2;
constexpr uint32_t kMachineSoftware = 3, kMachineTimer = 7, kMachineExternal = 11, kSupervisorExternal = 9;

void check(int result) {
  if (result < 0) throw std::logic_error(std::string("device tree: ") + fdt_strerror(result));
}

std::string at(const std::string& name, uint64_t address) {
  char text[17];
  std::snprintf(text, sizeof text, "%llx", static_cast<unsigned long long>(address));
  return name + "@" + text;
}

/// Writes a tree front to back; a node is open from `begin` to `end`.
class Writer {
 public:
  explicit Writer(std::size_t bytes) : buffer_(bytes) {
    check(fdt_create(buffer_.data(), static_cast<int>(buffer_.size())));
    check(fdt_finish_reservemap(buffer_.data()));
  }
  void begin(const std::string& name) { check(fdt_begin_node(buffer_.data(), name.c_str())); }
  void end() { check(fdt_end_node(buffer_.data())); }
  void flag(const char* name) { check(fdt_property(buffer_.data(), name, nullptr, 0)); }
  void text(const char* name, const std::string& value) {
    // value may hold several strings, NUL between them; the last one's NUL is added here.
    check(fdt_property(buffer_.data(), name, value.c_str(), static_cast<int>(value.size() + 1)));
  }
  void cells(const char* name, const std::vector<uint32_t>& values) {
    std::vector<uint8_t> bytes;
    for (const uint32_t value : values) {
      for (const int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<uint8_t>(value >> shift));
    }
    check(fdt_property(buffer_.data(), name, bytes.data(), static_cast<int>(bytes.size())));
  }
  void reg(uint64_t address, uint64_t size) {
    cells("reg", {static_cast<uint32_t>(address >> 32), static_cast<uint32_t>(address),
                  static_cast<uint32_t>(size >> 32), static_cast<uint32_t>(size)});
  }
  void two_cells_each() {
    cells("#address-cells", {2});
    cells("#size-cells", {2});
  }
  std::vector<uint8_t> finish() {
    check(fdt_finish(buffer_.data()));
    buffer_.resize(fdt_totalsize(buffer_.data()));
    return std::move(buffer_);
  }

 private:
  std::vector<uint8_t> buffer_;
};

void write_cpus(Writer& tree, const InstructionSet& isa) {
  tree.begin("cpus");
  tree.cells("#address-cells", {1});
  tree.cells("#size-cells", {0});
  tree.cells("timebase-frequency", {Clint::kTimebaseHz});
  tree.begin("cpu@0");
  tree.text("device_type", "cpu");
  tree.cells("reg", {0});
  tree.text("status", "okay");
  tree.text("compatible", "riscv");
  tree.text("riscv,isa", canonical_name(isa));
  if (isa.has(InstructionExtension::kS)) tree.text("mmu-type", isa.xlen == 64 ? "riscv,sv39" : "riscv,none");
  tree.begin("interrupt-controller");
  tree.cells("#interrupt-cells", {1});
  tree.flag("interrupt-controller");
  tree.text("compatible", "riscv,cpu-intc");
  tree.cells("phandle", {kCpuInterruptController});
  tree.end();
  tree.end();
  tree.end();
}

void write_reserved(Writer& tree, const MemoryLayout& layout) {
  tree.begin("reserved-memory");
  tree.two_cells_each();
  tree.flag("ranges");
  for (const PlacedImage& image : layout.images) {
    tree.begin(at("image", image.address));
    tree.text("compatible", "ganglion,image");
    tree.text("ganglion,name", image.name);
    tree.reg(image.address, image.bytes);
    tree.end();
  }
  if (layout.results_bytes != 0) {
    tree.begin(at("results", layout.results_address));
    tree.text("compatible", "ganglion,results");
    tree.reg(layout.results_address, layout.results_bytes);
    tree.end();
  }
  tree.end();
}

void write_device(Writer& tree, const InstanceSpec& instance, uint64_t clock_hz) {
  const std::string& compatible = instance.type->device_tree_compatible;
  const bool is_plic = compatible.find("plic") != std::string::npos;
  tree.begin(at(instance.name, *instance.address));
  tree.text("compatible", compatible);
  tree.reg(*instance.address, instance.size_bytes);
  if (is_plic) {
    tree.cells("#interrupt-cells", {1});
    tree.cells("#address-cells", {0});
    tree.flag("interrupt-controller");
    tree.cells("riscv,ndev", {Plic::kSources - 1});
    tree.cells("interrupts-extended",
               {kCpuInterruptController, kMachineExternal, kCpuInterruptController, kSupervisorExternal});
    tree.cells("phandle", {kPlatformInterruptController});
  } else if (compatible.find("clint") != std::string::npos) {
    tree.cells("interrupts-extended",
               {kCpuInterruptController, kMachineSoftware, kCpuInterruptController, kMachineTimer});
  } else {
    tree.cells("clock-frequency", {static_cast<uint32_t>(clock_hz)});
  }
  if (instance.interrupt) {
    tree.cells("interrupts", {*instance.interrupt});
    tree.cells("interrupt-parent", {kPlatformInterruptController});
  }
  tree.end();
}

}  // namespace

std::vector<uint8_t> make_device_tree(const Scenario& scenario, const MemoryLayout& layout,
                                      const InstructionSet& isa) {
  Writer tree(64 * 1024 + 512 * (scenario.instances.size() + layout.images.size()));
  tree.begin("");
  tree.two_cells_each();
  tree.text("compatible", "ganglion,virt");
  tree.text("model", "Ganglion: " + scenario.name);
  tree.begin("chosen");
  for (const InstanceSpec& instance : scenario.instances) {
    if (instance.type->device_tree_compatible.rfind("ns16550a", 0) != 0 || !instance.address) continue;
    tree.text("stdout-path", at("/soc/" + instance.name, *instance.address));
    break;
  }
  tree.end();
  write_cpus(tree, isa);
  tree.begin(at("memory", layout.memory_base));
  tree.text("device_type", "memory");
  tree.reg(layout.memory_base, layout.memory_bytes);
  tree.end();
  write_reserved(tree, layout);
  tree.begin("soc");
  tree.two_cells_each();
  tree.text("compatible", "simple-bus");
  tree.flag("ranges");
  for (const InstanceSpec& instance : scenario.instances) {
    if (!instance.address || instance.type->device_tree_compatible.empty()) continue;
    uint64_t clock_hz = 0;
    for (const ClockSpec& clock : scenario.clocks) {
      if (clock.name == instance.clock) clock_hz = clock.frequency_hz;
    }
    write_device(tree, instance, clock_hz);
  }
  tree.end();
  tree.end();
  return tree.finish();
}

}  // namespace ganglion
