# The whole test suite is one lit suite: RUN-line tests by phase, run tests (test/run), unit test programs (test/unit)
# and checks of the sources themselves (test/rooms). build/bin/dream-lit PATH… runs parts of it.
import os
import sys

import lit.formats

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "formats"))

config.name = "dream"
config.test_source_root = here
config.test_exec_root = os.path.join(config.dream_build, "test")
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".dr", ".dil", ".c", ".ll", ".test"]
config.excludes = ["Inputs", "formats", "corpus", "lit.cfg.py", "CMakeLists.txt"]

bin_dir = os.path.join(config.dream_build, "bin")
llvm_bin = os.path.join(config.llvm_root, "bin")
config.environment["PATH"] = os.pathsep.join([bin_dir, llvm_bin, config.environment["PATH"]])
# A machine's own settings must not decide a test.
for name in ("LIBRARY_PATH", "CPATH", "C_INCLUDE_PATH"):
    config.environment.pop(name, None)
config.environment.update({"LC_ALL": "C.UTF-8", "NO_COLOR": "1"})

# %dreamc and %dream-opt run the tools, %run a program that dreamc made; the rest are LLVM's test tools.
config.substitutions += [
    ("%dreamc", os.path.join(bin_dir, "dreamc")),
    ("%dream-opt", os.path.join(bin_dir, "dream-opt")),
    ("%FileCheck", os.path.join(llvm_bin, "FileCheck")),
    ("%not", os.path.join(llvm_bin, "not")),
    ("%count", os.path.join(llvm_bin, "count")),
    ("%llvm-bin", llvm_bin),
    ("%python", sys.executable),
    ("%root", config.dream_root),
    ("%build", config.dream_build),
]

for tool in ("dreamc", "dream-opt", "check_floats"):
    if os.path.exists(os.path.join(bin_dir, tool)):
        config.available_features.add(tool)
# Under sanitizers everything takes a multiple of its time: limits that only catch what hangs are stretched.
config.patience = 1
if config.dream_sanitize == "ON":
    config.available_features.add("sanitize")
    config.patience = 10
import shutil
for program in ("gdb", "valgrind"):
    if shutil.which(program):
        config.available_features.add(program)
