# ganglion_library, ganglion_add_test, ganglion_add_systemc_test, ganglion_embed: the few shapes every folder uses.
include(GoogleTest)

option(GANGLION_SANITIZE "AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
if(GANGLION_SANITIZE)
  # GCC's -Wmaybe-uninitialized misfires on instrumented code; the sanitizers look for the real thing.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
                      -Wno-maybe-uninitialized)
  add_link_options(-fsanitize=address,undefined)
endif()
set(GANGLION_WARNINGS -Wall -Wextra -Wpedantic -Wno-unused-parameter)
set(GANGLION_TEST_ENVIRONMENT
    "SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1"
    "LSAN_OPTIONS=suppressions=${CMAKE_SOURCE_DIR}/cmake/lsan.supp"
    "GANGLION_SHARE=${GANGLION_SHARE_DIR}")

# <systemc> and <tlm> cost about two seconds a file; every SystemC library reuses this one precompiled header.
function(ganglion_use_systemc target)
  target_link_libraries(${target} PUBLIC ganglion_systemc)
  if(NOT TARGET ganglion_pch)
    file(WRITE ${CMAKE_BINARY_DIR}/pch/pch.cpp "")
    add_library(ganglion_pch STATIC ${CMAKE_BINARY_DIR}/pch/pch.cpp)
    target_include_directories(ganglion_pch PRIVATE ${CMAKE_SOURCE_DIR})
    target_link_libraries(ganglion_pch PUBLIC ganglion_systemc)
    target_compile_options(ganglion_pch PRIVATE ${GANGLION_WARNINGS})
    target_precompile_headers(ganglion_pch PRIVATE <systemc> <tlm> <tlm_utils/simple_initiator_socket.h>
                              <tlm_utils/simple_target_socket.h>)
  endif()
  target_precompile_headers(${target} REUSE_FROM ganglion_pch)
endfunction()

# ganglion_library(NAME [SYSTEMC] SOURCES... [LINKS ...]): include root is the repository, warnings on.
function(ganglion_library name)
  cmake_parse_arguments(arg "SYSTEMC" "" "SOURCES;LINKS" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_compile_options(${name} PRIVATE ${GANGLION_WARNINGS})
  target_link_libraries(${name} PUBLIC ${arg_LINKS})
  if(arg_SYSTEMC)
    ganglion_use_systemc(${name})
  endif()
endfunction()

# ganglion_add_test(NAME SOURCES... LINKS... [LABEL unit|slow]): plain GoogleTest, one ctest entry a test case.
function(ganglion_add_test name)
  cmake_parse_arguments(arg "SYSTEMC" "LABEL;TIMEOUT" "SOURCES;LINKS" ${ARGN})
  if(NOT arg_LABEL)
    set(arg_LABEL unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE ${CMAKE_SOURCE_DIR})
  target_compile_options(${name} PRIVATE ${GANGLION_WARNINGS})
  target_link_libraries(${name} PRIVATE ${arg_LINKS} GTest::gmock)
  if(arg_SYSTEMC)
    ganglion_use_systemc(${name})
    target_sources(${name} PRIVATE ${CMAKE_SOURCE_DIR}/cmake/systemc_gtest_main.cpp)
  else()
    target_link_libraries(${name} PRIVATE GTest::gmock_main)
  endif()
  gtest_discover_tests(${name} DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
                       PROPERTIES LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT} ENVIRONMENT "${GANGLION_TEST_ENVIRONMENT}")
endfunction()

# SystemC allows one elaboration a process: ctest runs each case in its own process, and so must a person.
function(ganglion_add_systemc_test name)
  ganglion_add_test(${name} SYSTEMC ${ARGN})
endfunction()

# ganglion_embed(TARGET FILE SYMBOL): the text of FILE as `extern const std::string_view SYMBOL` in namespace ganglion::embedded.
function(ganglion_embed target file symbol)
  get_filename_component(absolute ${file} ABSOLUTE)
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/embedded_${symbol}.cpp)
  add_custom_command(
    OUTPUT ${generated}
    COMMAND ${CMAKE_COMMAND} -DINPUT=${absolute} -DOUTPUT=${generated} -DSYMBOL=${symbol} -P ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    DEPENDS ${absolute} ${CMAKE_SOURCE_DIR}/cmake/embed.cmake
    VERBATIM)
  target_sources(${target} PRIVATE ${generated})
  set_source_files_properties(${generated} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
endfunction()
