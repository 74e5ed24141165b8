"""Fuzzers: each program in build/bin/fuzz gets a short run over the sources of the suite."""

import os

import lit.Test
import lit.formats
import lit.util

SECONDS = 5
SEEDS = {"dil": ["test/dil", "test/passes"]}
DEFAULT_SEEDS = ["test/syntax", "test/run", "test/sema", "stdlib"]


class FuzzTest(lit.formats.base.TestFormat):
    def getTestsInDirectory(self, suite, path, lit_config, config):
        folder = os.path.join(config.dream_build, "bin", "fuzz")
        if os.path.isdir(folder):
            for name in sorted(os.listdir(folder)):
                yield lit.Test.Test(suite, path + (name,), config)

    def execute(self, test, lit_config):
        if test.config.unsupported:
            return lit.Test.UNSUPPORTED, "built for libFuzzer"
        name = test.path_in_suite[-1]
        program = os.path.join(test.config.dream_build, "bin", "fuzz", name)
        root = test.config.dream_root
        folders = SEEDS.get(name.removesuffix("_fuzz"), DEFAULT_SEEDS) + ["test/fuzz/corpus"]
        folders = [os.path.join(root, folder) for folder in folders if os.path.isdir(os.path.join(root, folder))]
        out, err, code = lit.util.executeCommand([program, str(SECONDS), *folders], env=test.config.environment,
                                                 timeout=SECONDS * 20 * test.config.patience)
        return (lit.Test.PASS, "") if code == 0 else (lit.Test.FAIL, f"exit code {code}\n{out}{err}")
