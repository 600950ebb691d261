#include <ganglion/csr.h>
#include <ganglion/supervisor.h>

enum {
  ENTRIES = 512,
  SMALL_TABLES = 2,  // 2 MiB each: the program's 4 MiB
  PAGE_BITS = 12,
  MIDDLE_BITS = 21,
  LARGE_BITS = 30,
};
enum { PTE_POINTER = 1, PTE_PAGE = 0xcf };  // V; V R W X A D
enum { PMP_ALL = 0x1f };                    // NAPOT, read, write, execute
enum { ECALL_FROM_S = 9, CALL_LEAVE = 0x474e4c };

static const uint64_t SATP_SV39 = 8ull << 60;
static const uint64_t MSTATUS_MPP = 3ull << 11, MSTATUS_MPP_S = 1ull << 11;

typedef uint64_t table_t[ENTRIES];
static _Alignas(4096) table_t large, middle, small[SMALL_TABLES];

static uint64_t entry(uint64_t physical, uint64_t flags) { return physical >> PAGE_BITS << 10 | flags; }
static uint64_t pointer(const uint64_t* table) { return entry((uintptr_t)table, PTE_POINTER); }

/// Every address of the lower half of Sv39 is its own translation.
static uint64_t identity_tables(gn_paging_t paging) {
  const uint64_t dram = (uintptr_t)&large >> LARGE_BITS << LARGE_BITS;
  for (uint64_t i = 0; i < ENTRIES / 2; ++i) large[i] = entry(i << LARGE_BITS, PTE_PAGE);
  for (uint64_t i = 0; i < ENTRIES; ++i) middle[i] = entry(dram + (i << MIDDLE_BITS), PTE_PAGE);
  large[dram >> LARGE_BITS] = pointer(middle);
  if (paging == GN_PAGING_4K) {
    for (uint64_t table = 0; table < SMALL_TABLES; ++table) {
      const uint64_t first = dram + (table << MIDDLE_BITS);
      for (uint64_t i = 0; i < ENTRIES; ++i) small[table][i] = entry(first + (i << PAGE_BITS), PTE_PAGE);
      middle[table] = pointer(small[table]);
    }
  }
  return SATP_SV39 | (uintptr_t)large >> PAGE_BITS;
}

void gn_supervisor_enter(gn_paging_t paging) {
  gn_csr_write(pmpaddr0, -1);
  gn_csr_write(pmpcfg0, PMP_ALL);
  gn_csr_write(mcounteren, -1);
  gn_csr_write(satp, paging == GN_PAGING_OFF ? 0 : identity_tables(paging));
  __asm__ volatile("sfence.vma" ::: "memory");
  gn_csr_clear(mstatus, MSTATUS_MPP);
  gn_csr_set(mstatus, MSTATUS_MPP_S);
  __asm__ volatile("la t0, 1f\n csrw mepc, t0\n mret\n1:" ::: "t0", "memory");
}

void gn_supervisor_leave(void) {
  register uint64_t call __asm__("a7") = CALL_LEAVE;
  __asm__ volatile("ecall" ::"r"(call) : "memory");
}

bool gn_supervisor_left(uint64_t cause, uint64_t call) {
  if (cause != ECALL_FROM_S || call != CALL_LEAVE) return false;
  gn_csr_set(mstatus, MSTATUS_MPP);
  return true;
}
