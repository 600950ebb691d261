# cmake -DQEMU= -DELF= -DEXPECTED_EXIT= -DEXPECTED_TEXT=(regex) -P run_in_qemu.cmake
if(NOT QEMU)
  message("SKIPPED: no qemu-system-riscv64 (apt install qemu-system-misc)")
  return()
endif()
execute_process(COMMAND ${QEMU} -M virt -bios none -nographic -no-reboot -kernel ${ELF}
                OUTPUT_VARIABLE output ERROR_VARIABLE output RESULT_VARIABLE result TIMEOUT 60 INPUT_FILE /dev/null)
message("${output}")
if(NOT result STREQUAL "${EXPECTED_EXIT}")
  message(FATAL_ERROR "exit ${result}, expected ${EXPECTED_EXIT}")
endif()
if(NOT output MATCHES "${EXPECTED_TEXT}")
  message(FATAL_ERROR "output does not match \"${EXPECTED_TEXT}\"")
endif()
