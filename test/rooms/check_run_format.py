#!/usr/bin/env python3
"""Checks test/formats/dream_run.py with a compiler that is a shell script: a source's `// sh:` lines are its program."""

import os
import shutil
import sys
import types

root, scratch = sys.argv[1:3]
sys.path[:0] = [os.path.join(root, "test", "formats"), "/usr/lib/llvm-19/build/utils/lit"]
import lit.Test
import dream_run

shutil.rmtree(scratch, ignore_errors=True)
os.makedirs(os.path.join(scratch, "bin"))
compiler = os.path.join(scratch, "bin", "dreamc")
with open(compiler, "w") as file:
    file.write(
        """#!/bin/sh
echo "$@" >> """ + scratch + """/calls
for last; do :; done
for arg; do case $arg in *test.dr) source=$arg;; esac; done
grep -q '// sh: broken' "$source" && { echo 'a.dr:1:1: error: no'; exit 1; }
echo '#!/bin/sh' > "$last"
sed -n 's|.*// sh: ||p' "$source" >> "$last"
chmod +x "$last"
"""
    )
os.chmod(compiler, 0o755)


def outcome(text):
    path = os.path.join(scratch, "test.dr")
    with open(path, "w") as file:
        file.write(text)
    config = types.SimpleNamespace(dream_build=scratch, environment=dict(os.environ), patience=1, unsupported=False)
    test = types.SimpleNamespace(config=config, getSourcePath=lambda: path, getExecPath=lambda: path)
    code, report = dream_run.RunTest().execute(test, None)
    return code.name, report


LEAK = "Warning: 2 class object(s) not released at program exit"
cases = [
    ("PASS", "// sh: echo hi\n// expect: hi\n"),
    ("PASS", "a // sh: echo hi; echo; printf x\nprint(1); // expect: hi\n// expect:\n// expect-partial: x\n"),
    ("PASS", "// sh: exit 3\n// expect-exit: 3\n"),
    ("PASS", "// sh: kill -ABRT $$\n// expect-exit: 134\n"),
    ("PASS", "// sh: echo one two >&2; echo three >&2\n// expect-stderr: two\n// expect-stderr: three\n"),
    ("PASS", '// sh: echo "$2-$1"; read x; echo $x$V\n// args: a "b c"\n// stdin: in\n// env: V=7\n// expect: b c-a\n// expect: in7\n'),
    ("PASS", f"// sh: echo '{LEAK}' >&2\n// expect-stderr: object(s) not released at program exit\n"),
    ("FAIL", "// sh: echo ho\n// expect: hi\n"),
    ("FAIL", "// sh: printf hi\n// expect: hi\n"),
    ("FAIL", "// sh: echo hi; exit 1\n// expect: hi\n"),
    ("FAIL", "// sh: echo hi; echo noise >&2\n// expect: hi\n"),
    ("FAIL", "// sh: echo two >&2; echo one >&2\n// expect-stderr: one\n// expect-stderr: two\n"),
    ("FAIL", f"// sh: echo panic >&2; echo '{LEAK}' >&2\n// expect-stderr: panic\n"),
    ("FAIL", "// sh: broken\n// expect: hi\n"),
    ("UNRESOLVED", "// sh: echo hi\n"),
]
wrong = 0
for expected, text in cases:
    got, report = outcome(text)
    if got != expected:
        wrong += 1
        print(f"expected {expected}, got {got}:\n{text}{report}\n")

# Every configuration is compiled, with the test's own flags and inputs.
os.unlink(os.path.join(scratch, "calls"))
outcome("// sh: echo hi\n// expect: hi\n// flags: -fcheck-overflow -lm\n// with: Inputs/b.dr\n")
calls = open(os.path.join(scratch, "calls")).read().splitlines()
for configuration, call in zip(dream_run.CONFIGURATIONS, calls):
    if not call.startswith(configuration + " -fcheck-overflow -lm ") or "Inputs/b.dr" not in call:
        wrong += 1
        print(f"wrong call: {call}")
if len(calls) != len(dream_run.CONFIGURATIONS):
    wrong += 1
    print(f"{len(calls)} configurations were compiled")
sys.exit(1 if wrong else 0)
