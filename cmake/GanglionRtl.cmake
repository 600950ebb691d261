# Verilog behind the platform's pins: a Verilated model as a shared library that a scenario names as `library:`.
# Stands alone: a project of its own does `include(<ganglion>/cmake/GanglionRtl.cmake)` (docs/how-to/bring-your-own-rtl.md).
#
# ganglion_add_rtl(<name> <source>... TOP <module> REGS <regs.rdl>
#                  [ADDRMAP <addrmap>]           addrmap in regs.rdl; default: <name>
#                  [INCLUDES <folder>...]        for `include
#                  [PARAMETERS <NAME=value>...]  of the top module
#                  [DEFINES <NAME[=value]>...]   for `ifdef
#                  [VERILATOR_FLAGS <flag>...]   e.g. -Wno-WIDTH
#                  [DEPENDS <file or target>...] what else the sources are made from
#                  [OUTPUT <folder>]             default: the platform's own, outside it the current binary folder
#                  [NO_TRACE])                   no waveforms; evaluates a little faster
# makes target ganglion_rtl_<name>: <folder>/<name>.so. Relative sources are in the current source folder.
get_filename_component(GANGLION_RTL_ROOT ${CMAKE_CURRENT_LIST_DIR}/.. ABSOLUTE)
find_program(GANGLION_VERILATOR verilator REQUIRED DOC "Verilator 5 (Debian package verilator)")
find_program(GANGLION_MAKE make REQUIRED DOC "GNU make, which Verilator's own build uses")

function(ganglion_add_rtl name)
  cmake_parse_arguments(arg "NO_TRACE" "TOP;REGS;ADDRMAP;OUTPUT" "SOURCES;INCLUDES;PARAMETERS;DEFINES;VERILATOR_FLAGS;DEPENDS" ${ARGN})
  set(sources ${arg_SOURCES} ${arg_UNPARSED_ARGUMENTS})
  if(NOT sources OR NOT arg_TOP OR NOT arg_REGS)
    message(FATAL_ERROR "ganglion_add_rtl(<name> <source>... TOP <module> REGS <regs.rdl>) needs sources, TOP and REGS")
  endif()
  if(NOT arg_ADDRMAP)
    set(arg_ADDRMAP ${name})
  endif()
  if(NOT arg_OUTPUT AND GANGLION_SHARE_DIR)
    set(arg_OUTPUT ${GANGLION_SHARE_DIR}/rtl)
  elseif(NOT arg_OUTPUT)
    set(arg_OUTPUT ${CMAKE_CURRENT_BINARY_DIR})
  endif()
  set(python ${GANGLION_PYTHON})
  if(NOT python)
    set(python ${GANGLION_RTL_ROOT}/.venv/bin/python)
  endif()
  set(absolute "")
  foreach(source ${sources} ${arg_REGS})
    get_filename_component(path ${source} ABSOLUTE)
    list(APPEND absolute ${path})
  endforeach()
  list(POP_BACK absolute rdl)

  set(folder ${CMAKE_CURRENT_BINARY_DIR}/rtl_${name})
  set(prefix V${name})
  set(flags ${arg_VERILATOR_FLAGS})
  foreach(include ${arg_INCLUDES})
    get_filename_component(include ${include} ABSOLUTE)
    list(APPEND flags -I${include})
  endforeach()
  foreach(parameter ${arg_PARAMETERS})
    list(APPEND flags -G${parameter})
  endforeach()
  foreach(definition ${arg_DEFINES})
    list(APPEND flags -D${definition})
  endforeach()
  set(runtime verilated.o verilated_threads.o)
  set(trace 1)
  if(arg_NO_TRACE)
    set(trace 0)
  else()
    list(APPEND flags --trace --trace-structs)
    list(APPEND runtime verilated_vcd_c.o)
  endif()
  set(objects ${prefix}__ALL.a ${runtime})
  list(TRANSFORM objects PREPEND ${folder}/)

  # What is left undefined by reset gets random values: a design that depends on one shows it (rtl_machine.h).
  add_custom_command(
    OUTPUT ${folder}/${prefix}.h ${objects}
    COMMAND ${GANGLION_VERILATOR} --cc -Wno-fatal --assert --x-assign unique --x-initial unique -O3 --top-module ${arg_TOP}
            --prefix ${prefix} --Mdir ${folder} ${flags} ${absolute}
    COMMAND ${CMAKE_COMMAND} -E env OBJCACHE=${CMAKE_CXX_COMPILER_LAUNCHER} ${GANGLION_MAKE} -s -C ${folder} -f ${prefix}.mk -j2
            CXX=${CMAKE_CXX_COMPILER} LINK=${CMAKE_CXX_COMPILER} "OPT_FAST=-O2" "OPT_SLOW=-O0" "OPT_GLOBAL=-O2"
            "CXXFLAGS=-fPIC -fvisibility=hidden -DVL_USER_FINISH -DVL_USER_STOP -DVL_USER_FATAL" ${prefix}__ALL.a ${runtime}
    DEPENDS ${absolute} ${arg_DEPENDS}
    COMMENT "Verilating ${name}"
    VERBATIM)
  add_custom_command(
    OUTPUT ${folder}/${name}_ports.inc
    COMMAND ${CMAKE_COMMAND} -DHEADER=${folder}/${prefix}.h -DOUTPUT=${folder}/${name}_ports.inc -P
            ${GANGLION_RTL_ROOT}/cmake/rtl_ports.cmake
    DEPENDS ${folder}/${prefix}.h ${GANGLION_RTL_ROOT}/cmake/rtl_ports.cmake
    VERBATIM)
  file(GLOB generator CONFIGURE_DEPENDS ${GANGLION_RTL_ROOT}/sw/ganglion/rdl/*.py)
  add_custom_command(
    OUTPUT ${folder}/${arg_ADDRMAP}_registers.inc
    COMMAND ${CMAKE_COMMAND} -E env PYTHONPATH=${GANGLION_RTL_ROOT}/sw PYTHONDONTWRITEBYTECODE=1 ${python} -m ganglion.rdl ${rdl}
            --top ${arg_ADDRMAP} --include ${GANGLION_RTL_ROOT} --output ${folder}
    DEPENDS ${rdl} ${arg_DEPENDS} ${generator} ${GANGLION_RTL_ROOT}/platform/kernel/register_properties.rdl
            ${GANGLION_RTL_ROOT}/platform/accel/common.rdl
    COMMENT "Generating the registers of ${name}"
    VERBATIM)

  add_library(ganglion_rtl_${name} MODULE ${GANGLION_RTL_ROOT}/platform/accel/cosim/rtl_glue.cpp)
  set(includes ${folder}/${name}_ports.inc ${folder}/${arg_ADDRMAP}_registers.inc ${folder}/${prefix}.h)
  # Each library compiles the same file with headers of its own.
  add_custom_target(ganglion_rtl_${name}_files DEPENDS ${includes} ${folder}/${prefix}__ALL.a)
  add_dependencies(ganglion_rtl_${name} ganglion_rtl_${name}_files)
  get_filename_component(verilator_bin ${GANGLION_VERILATOR} DIRECTORY)
  get_filename_component(verilator_share ${verilator_bin}/../share/verilator ABSOLUTE)
  target_include_directories(ganglion_rtl_${name} PRIVATE ${GANGLION_RTL_ROOT} ${folder})
  target_include_directories(ganglion_rtl_${name} SYSTEM PRIVATE ${verilator_share}/include ${verilator_share}/include/vltstd)
  target_compile_definitions(
    ganglion_rtl_${name} PRIVATE GANGLION_RTL_CLASS=${prefix} GANGLION_RTL_TOP=${arg_TOP} GANGLION_RTL_HEADER="${prefix}.h"
                                 GANGLION_RTL_PORTS="${name}_ports.inc" GANGLION_RTL_REGISTERS="${arg_ADDRMAP}_registers.inc"
                                 VM_TRACE=${trace} VL_USER_FINISH VL_USER_STOP VL_USER_FATAL)
  target_compile_features(ganglion_rtl_${name} PRIVATE cxx_std_17)
  target_link_libraries(ganglion_rtl_${name} PRIVATE ${objects} pthread)
  # Two models in one process share no symbol: each brings its own copy of Verilator's run time.
  target_link_options(ganglion_rtl_${name} PRIVATE -Wl,--exclude-libs,ALL -Wl,-Bsymbolic)
  set_target_properties(ganglion_rtl_${name} PROPERTIES PREFIX "" OUTPUT_NAME ${name} LIBRARY_OUTPUT_DIRECTORY ${arg_OUTPUT}
                                                        CXX_VISIBILITY_PRESET hidden)
endfunction()
