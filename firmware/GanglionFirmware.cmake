# Bare-metal RISC-V programs beside a host build: custom commands with dependency files, so host flags stay
# untouched and a rebuild compiles what changed.
#
#   ganglion_add_firmware(NAME sources... [LINKER_SCRIPT file] [INCLUDES dir...] [OPTIONS flag...])
#
# builds ${GANGLION_SHARE_DIR}/firmware/NAME.elf (target firmware_NAME), linked with the runtime. With a linker script
# of its own it is a payload for other firmware, and there is NAME.bin as well, the bytes from its lowest address on.

find_program(GANGLION_RISCV_GCC riscv64-unknown-elf-gcc)
find_program(GANGLION_RISCV_AR riscv64-unknown-elf-ar)
find_program(GANGLION_RISCV_OBJCOPY riscv64-unknown-elf-objcopy)
if(NOT GANGLION_RISCV_GCC OR NOT GANGLION_RISCV_AR)
  message(FATAL_ERROR "No riscv64-unknown-elf-gcc: apt install gcc-riscv64-unknown-elf picolibc-riscv64-unknown-elf, or run ./dev build")
endif()

set(GANGLION_FIRMWARE_DIR ${CMAKE_CURRENT_LIST_DIR})
set(GANGLION_FIRMWARE_OUT ${GANGLION_SHARE_DIR}/firmware)
# One set of flags compiles and links. GCC 12 finds its rv64imac libraries only by that plain name, and the older
# ISA manual (-misa-spec) counts CSR instructions as part of `i`. picolibc's default printf, unlike the integer-only
# one, prints 64-bit numbers: app `hello` tests it.
set(GANGLION_FIRMWARE_FLAGS
    -march=rv64imac -misa-spec=2.2 -mabi=lp64 -mcmodel=medany --specs=picolibc.specs -std=gnu11 -O2 -g
    -ffunction-sections -fdata-sections -fno-common -Wall -Wextra -Wpedantic)
set(GANGLION_FIRMWARE_SCRIPT ${GANGLION_FIRMWARE_DIR}/boot/ganglion.ld)
set(GANGLION_FIRMWARE_LINK -nostartfiles -Wl,--gc-sections)

# ganglion_firmware_use(FOLDERS dir... TARGETS target...): include folders of every firmware file compiled afterwards,
# and the targets that generate headers in them.
function(ganglion_firmware_use)
  cmake_parse_arguments(arg "" "" "FOLDERS;TARGETS" ${ARGN})
  set_property(GLOBAL APPEND PROPERTY GANGLION_FIRMWARE_FOLDERS ${arg_FOLDERS})
  set_property(GLOBAL APPEND PROPERTY GANGLION_FIRMWARE_TARGETS ${arg_TARGETS})
endfunction()

# ganglion_firmware_objects(OUT_VAR FOLDER sources... [INCLUDES dir...] [OPTIONS flag...])
function(ganglion_firmware_objects out folder)
  cmake_parse_arguments(arg "" "" "INCLUDES;OPTIONS" ${ARGN})
  get_property(folders GLOBAL PROPERTY GANGLION_FIRMWARE_FOLDERS)
  get_property(generators GLOBAL PROPERTY GANGLION_FIRMWARE_TARGETS)
  set(includes ${arg_INCLUDES} ${GANGLION_FIRMWARE_DIR}/include ${folders})
  list(TRANSFORM includes PREPEND -I)
  foreach(source ${arg_UNPARSED_ARGUMENTS})
    get_filename_component(absolute ${source} ABSOLUTE)
    get_filename_component(name ${source} NAME)
    set(object ${CMAKE_CURRENT_BINARY_DIR}/riscv/${folder}/${name}.o)
    file(MAKE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/riscv/${folder})
    add_custom_command(
      OUTPUT ${object}
      COMMAND ${GANGLION_RISCV_GCC} ${GANGLION_FIRMWARE_FLAGS} ${arg_OPTIONS} ${includes} -MD -MF ${object}.d -MT
              ${object} -c ${absolute} -o ${object}
      DEPENDS ${absolute} ${generators}
      DEPFILE ${object}.d
      COMMENT "RISC-V ${folder}/${name}"
      VERBATIM)
    list(APPEND objects ${object})
  endforeach()
  set(${out} ${objects} PARENT_SCOPE)
endfunction()

function(ganglion_add_firmware name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LINKER_SCRIPT" "")
  ganglion_firmware_objects(objects ${name} ${arg_UNPARSED_ARGUMENTS})
  set(elf ${GANGLION_FIRMWARE_OUT}/${name}.elf)
  set(runtime ${GANGLION_FIRMWARE_OUT}/libganglion.a)
  set(script ${GANGLION_FIRMWARE_SCRIPT})
  set(products ${elf})
  set(extract)
  if(arg_LINKER_SCRIPT)
    get_filename_component(script ${arg_LINKER_SCRIPT} ABSOLUTE)
    list(APPEND products ${GANGLION_FIRMWARE_OUT}/${name}.bin)
    set(extract COMMAND ${GANGLION_RISCV_OBJCOPY} -O binary ${elf} ${GANGLION_FIRMWARE_OUT}/${name}.bin)
  endif()
  add_custom_command(
    OUTPUT ${products}
    COMMAND ${GANGLION_RISCV_GCC} ${objects} ${GANGLION_FIRMWARE_FLAGS} ${GANGLION_FIRMWARE_LINK} -T ${script} ${runtime}
            -o ${elf}
    ${extract}
    DEPENDS ${objects} ${runtime} ${script}
    COMMENT "RISC-V ${name}.elf"
    VERBATIM)
  add_custom_target(firmware_${name} ALL DEPENDS ${products})
  add_dependencies(firmware_${name} firmware_runtime)
endfunction()
