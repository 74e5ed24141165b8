# find_package(Dream): the compiler, its runtime and dream.h, and two functions that build Dream sources into C and C++ projects.
#
#   dream_library(NAME sources…  [OPTIONS options…])   a library target of what the sources export; other targets link it.
#                                                       They find its header, NAME.h, and dream.h.
#   dream_executable(NAME sources…  [OPTIONS options…]) a program; C sources and objects may stand among the sources.
#
# Looked for beside this file (a source tree with a build in `build`), in the usual places and below Dream_ROOT.
#
# Variables: Dream_FOUND, Dream_COMPILER, Dream_INCLUDE_DIR, Dream_RUNTIME. Target: Dream::Runtime.

get_filename_component(_dream_root "${CMAKE_CURRENT_LIST_DIR}/.." ABSOLUTE)
find_program(Dream_COMPILER dreamc HINTS "${_dream_root}/build/bin" "${_dream_root}/bin")
find_path(Dream_INCLUDE_DIR dream.h HINTS "${_dream_root}/runtime/include" "${_dream_root}/include")
if(Dream_COMPILER)
  get_filename_component(_dream_bin "${Dream_COMPILER}" DIRECTORY)
endif()
find_library(Dream_RUNTIME dream_rt HINTS "${_dream_bin}/../lib" PATH_SUFFIXES dream)
mark_as_advanced(Dream_COMPILER Dream_INCLUDE_DIR Dream_RUNTIME)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Dream REQUIRED_VARS Dream_COMPILER Dream_INCLUDE_DIR Dream_RUNTIME)

if(Dream_FOUND AND NOT TARGET Dream::Runtime)
  # Traces are made by libbacktrace, which lies in the folder of the C compiler.
  execute_process(COMMAND gcc -print-file-name=libbacktrace.a OUTPUT_VARIABLE _dream_backtrace OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
  if(NOT IS_ABSOLUTE "${_dream_backtrace}")
    set(_dream_backtrace backtrace)
  endif()
  add_library(Dream::Runtime STATIC IMPORTED)
  set_target_properties(Dream::Runtime PROPERTIES
    IMPORTED_LOCATION "${Dream_RUNTIME}"
    INTERFACE_INCLUDE_DIRECTORIES "${Dream_INCLUDE_DIR}"
    INTERFACE_LINK_LIBRARIES "${_dream_backtrace};m")
endif()

# What both functions begin with: `sources`, by their whole paths, `arg_OPTIONS`, and a `folder` for what is made.
macro(_dream_begin name)
  cmake_parse_arguments(arg "" "" "OPTIONS" ${ARGN})
  set(sources)
  foreach(source ${arg_UNPARSED_ARGUMENTS})
    get_filename_component(path "${source}" ABSOLUTE BASE_DIR "${CMAKE_CURRENT_SOURCE_DIR}")
    list(APPEND sources "${path}")
  endforeach()
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/${name}.dream")
  file(MAKE_DIRECTORY "${folder}")
endmacro()

function(dream_library name)
  _dream_begin(${name} ${ARGN})
  set(object "${folder}/${name}.o")
  set(header "${folder}/${name}.h")
  add_custom_command(OUTPUT "${object}" "${header}"
    COMMAND "${Dream_COMPILER}" ${arg_OPTIONS} -c ${sources} -o "${object}"
    COMMAND "${Dream_COMPILER}" --emit-header ${sources} -o "${header}"
    DEPENDS ${sources} "${Dream_COMPILER}"
    COMMENT "Dream library ${name}" VERBATIM)
  set_source_files_properties("${object}" PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
  add_custom_target(${name}_dream DEPENDS "${object}" "${header}")
  add_library(${name} INTERFACE)
  add_dependencies(${name} ${name}_dream)
  target_sources(${name} INTERFACE "${object}")
  target_include_directories(${name} INTERFACE "${folder}")
  target_link_libraries(${name} INTERFACE Dream::Runtime)
endfunction()

function(dream_executable name)
  _dream_begin(${name} ${ARGN})
  set(program "${folder}/${name}")
  add_custom_command(OUTPUT "${program}"
    COMMAND "${Dream_COMPILER}" ${arg_OPTIONS} ${sources} -o "${program}"
    DEPENDS ${sources} "${Dream_COMPILER}"
    COMMENT "Dream program ${name}" VERBATIM)
  add_custom_target(${name} ALL DEPENDS "${program}")
endfunction()
