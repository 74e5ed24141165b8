"""Unit tests: each program in build/bin/unit is one test."""

import os

import lit.Test
import lit.formats
import lit.util


class UnitTest(lit.formats.base.TestFormat):
    def getTestsInDirectory(self, suite, path, lit_config, config):
        folder = os.path.join(config.dream_build, "bin", "unit")
        if len(path) == 1 and os.path.isdir(folder):  # the folders inside hold sources only
            for name in sorted(os.listdir(folder)):
                yield lit.Test.Test(suite, path + (name,), config)

    def getTestsForPath(self, suite, path, lit_config, config):
        yield lit.Test.Test(suite, path, config)

    def execute(self, test, lit_config):
        program = os.path.join(test.config.dream_build, "bin", "unit", test.path_in_suite[-1])
        command = [program, "--gtest_brief=1", "--gtest_color=no"]
        out, err, code = lit.util.executeCommand(command, env=test.config.environment, timeout=300 * test.config.patience)
        return (lit.Test.PASS, "") if code == 0 else (lit.Test.FAIL, f"exit code {code}\n{out}{err}")
