# What programs link of LLVM. Rooms are static libraries and link nothing; each executable says how:
#
#   dream_link_llvm(TARGET)            LLVM's shared library: links in no time, starts in 15 ms
#   dream_link_llvm(TARGET COMPILER)   LLVM, Clang's driver and lld, for what is started thousands of times and links
#                                      programs itself. From static archives, where they are: starts in 5 ms, since
#                                      nothing has to be relocated. (Never mix archives with the shared libraries.)

set(static_default ON)
if(DREAM_SANITIZE OR DREAM_FUZZ OR NOT EXISTS ${LLVM_LIBRARY_DIR}/libLLVMCore.a
   OR NOT EXISTS ${LLVM_LIBRARY_DIR}/libclangDriver.a)
  set(static_default OFF)
endif()
option(DREAM_STATIC_LLVM "Link LLVM and Clang into dreamc" ${static_default})

function(dream_link_llvm TARGET)
  if(NOT "COMPILER" IN_LIST ARGN)
    target_link_libraries(${TARGET} PRIVATE LLVM)
  elseif(NOT DREAM_STATIC_LLVM)
    target_link_libraries(${TARGET} PRIVATE lldELF lldWasm lldMinGW lldCOFF lldCommon clang-cpp LLVM)
  else()
    # Plain files: the imported targets would bring the shared libraries along.
    file(GLOB llvm ${LLVM_LIBRARY_DIR}/libLLVM*.a)
    set(archives ${llvm})
    foreach(name lldELF lldWasm lldMinGW lldCOFF lldCommon clangDriver clangBasic)
      list(APPEND archives ${LLVM_LIBRARY_DIR}/lib${name}.a)
    endforeach()
    target_link_libraries(${TARGET} PRIVATE -Wl,--start-group ${archives} -Wl,--end-group -lz -lzstd -lxml2 -ldl -lm)
    target_link_options(${TARGET} PRIVATE -no-pie -Wl,--gc-sections)
  endif()
endfunction()
