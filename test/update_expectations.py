#!/usr/bin/env python3
"""Writes what run tests print into their `// expect:` lines: test/update_expectations.py [--build DIR] FILE.dr…

The program is compiled at -O0 and run; look at the difference before you commit it. Expectations that stand on lines of
their own are replaced by one block where the first of them stood (at the end, if there was none); a file whose
expectations follow code is left alone. Tests in test/placement get their comments about places, too.
"""

import argparse
import os
import sys
import tempfile

here = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(here, "formats"), "/usr/lib/llvm-19/build/utils/lit"]
import dream_place
import dream_run


def block(code, out):
    lines = ["// expect:" + (" " + line if line else "") for line in out.split("\n")[:-1]]
    rest = out.split("\n")[-1]
    if rest:
        lines.append("// expect-partial: " + rest)
    if code:
        lines.append(f"// expect-exit: {code}")
    return lines or ["// expect-exit: 0"]


def update(path, dreamc):
    expectation = dream_run.Expectation(path)
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    old = [i for i, line in enumerate(lines) if dream_run.DIRECTIVE.search(line)
           and dream_run.DIRECTIVE.search(line).group(1) in ("expect", "expect-partial", "expect-exit")]
    if any(not lines[i].lstrip().startswith("//") for i in old):
        return "expectations follow code: left alone"
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "program")
        inputs = [path] + [os.path.join(os.path.dirname(path), extra) for extra in expectation.inputs]
        code, out, err = dream_run.run([dreamc, "-O0", *expectation.flags, *inputs, "-o", program], ".", os.environ,
                                       dream_run.SECONDS)
        if code:
            return f"does not compile:\n{out}{err}"
        code, out, err = dream_run.run([program, *expectation.args], os.path.dirname(path) or ".",
                                       {**os.environ, **expectation.env}, dream_run.SECONDS, expectation.stdin)
    at = old[0] if old else len(lines) - (lines[-1] == "")
    new = [line for i, line in enumerate(lines[:at]) if i not in old] + block(code, out)
    new += [line for i, line in enumerate(lines) if i >= at and i not in old]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(new))
    return "unchanged" if new == lines else "updated"


parser = argparse.ArgumentParser()
parser.add_argument("--build", default=os.path.join(here, "..", "build"))
parser.add_argument("files", nargs="+")
options = parser.parse_args()
for name in options.files:
    program = os.path.join(options.build, "bin", "dreamc")
    if os.path.basename(os.path.dirname(os.path.abspath(name))) == "placement":
        print(f"{name}: places {dream_place.write_places(name, program)}")
    print(f"{name}: {update(name, program)}")
