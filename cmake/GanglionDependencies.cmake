# Everything the platform links comes from Debian packages; `./dev` installs them.
include(GNUInstallDirs)
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(SYSTEMC REQUIRED IMPORTED_TARGET systemc)
pkg_check_modules(LIBELF REQUIRED IMPORTED_TARGET libelf)
pkg_check_modules(LIBDW REQUIRED IMPORTED_TARGET libdw)
pkg_check_modules(LIBCRYPTO REQUIRED IMPORTED_TARGET libcrypto)
find_package(Boost REQUIRED)
find_package(spdlog REQUIRED)
find_package(fmt REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_library(LIBFDT_LIBRARY fdt REQUIRED)

# The project's interpreter: another python3 may come first on PATH.
set(GANGLION_PYTHON "${CMAKE_SOURCE_DIR}/.venv/bin/python" CACHE FILEPATH "Python of the project's venv (./dev makes it)")
if(NOT EXISTS ${GANGLION_PYTHON})
  message(FATAL_ERROR "No Python at ${GANGLION_PYTHON}: run ./dev build (it makes the venv), or set GANGLION_PYTHON")
endif()

# Debian's SystemC is built as C++17 and checks that at link time; it must see the same value in every file.
add_library(ganglion_systemc INTERFACE)
target_link_libraries(ganglion_systemc INTERFACE PkgConfig::SYSTEMC Threads::Threads)
target_compile_definitions(ganglion_systemc INTERFACE SC_CPLUSPLUS=201703L SC_INCLUDE_DYNAMIC_PROCESSES)
