#include "platform/bus/host_pages.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <new>
#include <vector>

namespace ganglion {

namespace {

uint64_t page_bytes() { return static_cast<uint64_t>(sysconf(_SC_PAGESIZE)); }

}  // namespace

HostPages::HostPages(uint64_t bytes) : bytes_(bytes) {
  void* pages =
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED) throw std::bad_alloc();
  data_ = static_cast<uint8_t*>(pages);
}

HostPages::~HostPages() { munmap(data_, bytes_); }

void HostPages::clear(uint64_t offset, uint64_t length) {
  const uint64_t page = page_bytes();
  const uint64_t end = offset + length;
  const uint64_t whole_begin = std::min((offset + page - 1) / page * page, end);
  const uint64_t whole_end = std::max(end == bytes_ ? end : end / page * page, whole_begin);
  std::memset(data_ + offset, 0, whole_begin - offset);
  if (whole_end > whole_begin) madvise(data_ + whole_begin, whole_end - whole_begin, MADV_DONTNEED);
  std::memset(data_ + whole_end, 0, end - whole_end);
}

uint64_t HostPages::resident_bytes() const {
  std::vector<unsigned char> in_core((bytes_ + page_bytes() - 1) / page_bytes());
  if (mincore(data_, bytes_, in_core.data()) != 0) return 0;
  return page_bytes() *
         static_cast<uint64_t>(std::count_if(in_core.begin(), in_core.end(),
                                             [](unsigned char page) { return (page & 1) != 0; }));
}

}  // namespace ganglion
