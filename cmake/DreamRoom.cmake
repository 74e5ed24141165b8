# Declares a room: one folder, one static library, and the rooms it may use.
#
#   dream_room(NAME USES room... [FOLDERS folder...] [LIBS lib...])
#
# Every .cpp file of the folder (and of the folders given after FOLDERS) belongs to the room. The rooms under USES are
# the only ones whose headers it may include; test/rooms/check_includes.py reads the same list from this call.

add_library(dream_flags INTERFACE)
target_compile_options(dream_flags INTERFACE
  -Wall -Wextra -Wno-unused-parameter -fno-exceptions -fno-rtti -fno-strict-aliasing)
target_include_directories(dream_flags INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR})
target_include_directories(dream_flags SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS} ${CLANG_INCLUDE_DIRS})
target_link_options(dream_flags INTERFACE -fuse-ld=lld)
if(DREAM_VERIFY)
  target_compile_definitions(dream_flags INTERFACE DREAM_VERIFY=1)
endif()
if(DREAM_SANITIZE)
  target_compile_options(dream_flags INTERFACE -fsanitize=address,undefined -fno-sanitize=vptr -fno-omit-frame-pointer)
  target_link_options(dream_flags INTERFACE -fsanitize=address,undefined)
endif()
if(DREAM_FUZZ)
  target_compile_options(dream_flags INTERFACE -fsanitize=fuzzer-no-link,address -fno-omit-frame-pointer)
  target_link_options(dream_flags INTERFACE -fsanitize=address)
endif()

# What nearly every file reads of LLVM and C++ is parsed once: that is three quarters of the time a file takes.
option(DREAM_PCH "Precompile the headers of LLVM and C++" ON)
if(DREAM_PCH)
  add_library(dream_headers STATIC ${CMAKE_SOURCE_DIR}/cmake/headers.cpp)
  target_link_libraries(dream_headers PUBLIC dream_flags)
  target_precompile_headers(dream_headers PRIVATE ${CMAKE_SOURCE_DIR}/cmake/headers.h)
  # Its contents do not depend on the time, so compiler caches can know it again.
  target_compile_options(dream_headers PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
endif()
function(dream_precompiled TARGET)
  if(DREAM_PCH)
    target_precompile_headers(${TARGET} REUSE_FROM dream_headers)
  endif()
endfunction()

function(dream_room NAME)
  cmake_parse_arguments(ROOM "" "" "USES;LIBS;FOLDERS" ${ARGN})
  set(patterns ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  foreach(folder ${ROOM_FOLDERS})
    list(APPEND patterns ${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp)
  endforeach()
  file(GLOB sources CONFIGURE_DEPENDS ${patterns})
  if(NOT sources)
    # A room of headers alone is still a target, so that others can name it.
    file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/empty.cpp "")
    set(sources ${CMAKE_CURRENT_BINARY_DIR}/empty.cpp)
  endif()
  add_library(dream_${NAME} STATIC ${sources})
  target_link_libraries(dream_${NAME} PUBLIC dream_flags)
  dream_precompiled(dream_${NAME})
  foreach(used ${ROOM_USES})
    target_link_libraries(dream_${NAME} PUBLIC dream_${used})
  endforeach()
  target_link_libraries(dream_${NAME} PUBLIC ${ROOM_LIBS})
endfunction()

#   dream_unit_test(NAME ROOMS room...)
#
# A GoogleTest executable bin/unit/NAME_test of test/unit/NAME_test.cpp and test/unit/NAME/*.cpp.
function(dream_unit_test NAME)
  cmake_parse_arguments(TEST "" "" "ROOMS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/test/unit/${NAME}_test.cpp
    ${CMAKE_SOURCE_DIR}/test/unit/${NAME}/*.cpp ${CMAKE_SOURCE_DIR}/test/unit/${NAME}/*.c)
  add_executable(${NAME}_test ${sources})
  set_target_properties(${NAME}_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin/unit)
  foreach(room ${TEST_ROOMS})
    target_link_libraries(${NAME}_test PRIVATE dream_${room})
  endforeach()
  target_link_libraries(${NAME}_test PRIVATE dream_flags GTest::gtest_main)
  dream_link_llvm(${NAME}_test)
  set_property(GLOBAL APPEND PROPERTY DREAM_UNIT_TESTS ${NAME}_test)
endfunction()

#   dream_fuzzer(NAME ROOMS room...)
#
# bin/fuzz/NAME_fuzz of test/fuzz/NAME_fuzz.cpp, which defines LLVMFuzzerTestOneInput. With DREAM_FUZZ it is a libFuzzer
# program over instrumented rooms; otherwise test/fuzz/smoke_main.cpp feeds it a short, repeatable run, which is a test.
function(dream_fuzzer NAME)
  cmake_parse_arguments(FUZZ "" "" "ROOMS" ${ARGN})
  set(sources ${CMAKE_SOURCE_DIR}/test/fuzz/${NAME}_fuzz.cpp)
  if(NOT DREAM_FUZZ)
    list(APPEND sources ${CMAKE_SOURCE_DIR}/test/fuzz/smoke_main.cpp)
  endif()
  add_executable(${NAME}_fuzz ${sources})
  set_target_properties(${NAME}_fuzz PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin/fuzz)
  foreach(room ${FUZZ_ROOMS})
    target_link_libraries(${NAME}_fuzz PRIVATE dream_${room})
  endforeach()
  target_link_libraries(${NAME}_fuzz PRIVATE dream_flags)
  dream_link_llvm(${NAME}_fuzz)
  if(DREAM_FUZZ)
    target_link_options(${NAME}_fuzz PRIVATE -fsanitize=fuzzer)
  endif()
endfunction()
