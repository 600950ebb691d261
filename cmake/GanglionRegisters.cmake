# Registers from SystemRDL, generated at build time by sw/ganglion/rdl.
#
# ganglion_add_registers(NAME <block> RDL <file.rdl> [INCLUDES <file.rdl>...] [BASE <block>])
#   NAME      name of the addrmap; also of the files, the C macros' prefix and the C++ namespace
#   INCLUDES  RDL files that RDL `include`s (paths from the repository root): changes in them regenerate
#   BASE      block whose bank the C++ bank derives from (accelerator_common for accelerators)
# makes in ${CMAKE_BINARY_DIR}/generated/<block>/:
#   <block>_regs.h            C header for drivers
#   <block>_register_bank.h   C++: ganglion::<block>::Registers with Config, ganglion::<block>::register_info
#   <block>_regs.md           table for the documentation
#   <block>_registers_pkg.sv, <block>_registers.sv   SystemVerilog register file
# and the targets
#   ganglion_regs_<block>        INTERFACE: include path and link of the bank
#   ganglion_regs_<block>_files  builds the files (for builds that only need the C header)
#   ganglion_regs_<block>_test   the generated self-test
# What generated code stands on: pure C++, so that register tests need no SystemC.
ganglion_library(ganglion_registers SOURCES ${CMAKE_SOURCE_DIR}/platform/kernel/register_bank.cpp LINKS spdlog::spdlog fmt::fmt)
ganglion_library(ganglion_register_expectation
                 SOURCES ${CMAKE_SOURCE_DIR}/platform/kernel/test/register_expectation.cpp LINKS ganglion_registers GTest::gtest)

file(GLOB GANGLION_RDL_GENERATOR CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/sw/ganglion/rdl/*.py)

function(ganglion_add_registers)
  cmake_parse_arguments(arg "" "NAME;RDL;BASE" "INCLUDES" ${ARGN})
  if(NOT arg_NAME OR NOT arg_RDL OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "ganglion_add_registers(NAME <block> RDL <file.rdl> [INCLUDES ...] [BASE <block>])")
  endif()
  get_filename_component(rdl ${arg_RDL} ABSOLUTE)
  list(TRANSFORM arg_INCLUDES PREPEND ${CMAKE_SOURCE_DIR}/)
  set(folder ${CMAKE_BINARY_DIR}/generated/${arg_NAME})
  set(outputs ${folder}/${arg_NAME}_regs.h ${folder}/${arg_NAME}_register_bank.h ${folder}/${arg_NAME}_regs.md
              ${folder}/${arg_NAME}_registers_test.cpp ${folder}/${arg_NAME}_registers_pkg.sv ${folder}/${arg_NAME}_registers.sv)
  add_custom_command(
    OUTPUT ${outputs}
    COMMAND ${CMAKE_COMMAND} -E env PYTHONPATH=${CMAKE_SOURCE_DIR}/sw PYTHONDONTWRITEBYTECODE=1 ${GANGLION_PYTHON}
            -m ganglion.rdl ${rdl} --top ${arg_NAME} --include ${CMAKE_SOURCE_DIR} --output ${folder}
    DEPENDS ${rdl} ${arg_INCLUDES} ${CMAKE_SOURCE_DIR}/platform/kernel/register_properties.rdl
            ${GANGLION_RDL_GENERATOR}
    COMMENT "Generating the registers of ${arg_NAME}"
    VERBATIM)
  add_custom_target(ganglion_regs_${arg_NAME}_files DEPENDS ${outputs})

  add_library(ganglion_regs_${arg_NAME} INTERFACE)
  target_include_directories(ganglion_regs_${arg_NAME} INTERFACE ${folder})
  target_link_libraries(ganglion_regs_${arg_NAME} INTERFACE ganglion_registers)
  add_dependencies(ganglion_regs_${arg_NAME} ganglion_regs_${arg_NAME}_files)
  if(arg_BASE)
    target_link_libraries(ganglion_regs_${arg_NAME} INTERFACE ganglion_regs_${arg_BASE})
  endif()

  ganglion_add_test(
    ganglion_regs_${arg_NAME}_test
    SOURCES ${folder}/${arg_NAME}_registers_test.cpp
    LINKS ganglion_regs_${arg_NAME} ganglion_register_expectation)
endfunction()
