# ganglion_verilate(<target> TOP <module> SOURCES <file.sv>... [PARAMETERS <NAME=value>...])
# makes the library <target> and, for C++ that drives it, the header <target>_model.h with class <target>: a design for the unit
# tests' bench (ip/common/test/rtl_bench.h), without waveforms. For designs behind the platform's pins see GanglionRtl.

function(ganglion_verilate target)
  cmake_parse_arguments(arg "" "TOP" "SOURCES;PARAMETERS" ${ARGN})
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/${target})
  set(flags "")
  foreach(parameter ${arg_PARAMETERS})
    list(APPEND flags -G${parameter})
  endforeach()
  set(objects ${folder}/${target}__ALL.a)
  # What reset leaves undefined gets random values, so that a design that depends on it shows.
  add_custom_command(
    OUTPUT ${folder}/${target}.h ${objects}
    COMMAND ${GANGLION_VERILATOR} --cc -Wall --assert --x-assign unique --x-initial unique -O3 --top-module ${arg_TOP}
            --prefix ${target} --Mdir ${folder} ${flags} ${arg_SOURCES}
    COMMAND ${CMAKE_COMMAND} -E env OBJCACHE=${CMAKE_CXX_COMPILER_LAUNCHER} ${GANGLION_MAKE} -s -C ${folder} -f ${target}.mk -j2
            CXX=${CMAKE_CXX_COMPILER} LINK=${CMAKE_CXX_COMPILER} OPT_FAST=-O2 OPT_SLOW=-O0 OPT_GLOBAL=-O2
            ${target}__ALL.a
    DEPENDS ${arg_SOURCES}
    COMMENT "Verilating ${target}"
    VERBATIM)
  add_custom_target(${target}_files DEPENDS ${folder}/${target}.h ${objects})
  if(NOT TARGET ganglion_verilated) # Verilator's run time, once for all models of a program
    get_filename_component(bin ${GANGLION_VERILATOR} DIRECTORY)
    get_filename_component(share ${bin}/../share/verilator/include ABSOLUTE)
    add_library(ganglion_verilated STATIC ${share}/verilated.cpp ${share}/verilated_threads.cpp)
    target_include_directories(ganglion_verilated SYSTEM PUBLIC ${share} ${share}/vltstd)
    target_link_libraries(ganglion_verilated PUBLIC pthread)
  endif()
  # Verilator's headers, when they come after <systemc>, ask for its sc_time_stamp.
  file(CONFIGURE OUTPUT ${folder}/${target}_model.h
       CONTENT "#pragma once\n#include <systemc>\nusing sc_core::sc_time_stamp;\n#include \"${target}.h\"\n")
  add_library(${target} INTERFACE)
  add_dependencies(${target} ${target}_files)
  target_include_directories(${target} SYSTEM INTERFACE ${folder})
  target_link_libraries(${target} INTERFACE ${objects} ganglion_verilated)
endfunction()
