#!/usr/bin/env python3
"""Writes what syntax tests expect: test/syntax/update_checks.py [--dreamc PATH] FILE.dr…

In tests of trees and tokens everything from the line `// The output:` on is replaced by CHECK lines for what dreamc prints
now; in tests of errors (`RUN: not`) each error's CHECK line follows the line it is about. Read the difference before you
commit it.
"""

import argparse
import os
import re
import subprocess

MARK = "// The output:\n"
here = os.path.dirname(os.path.abspath(__file__))


def escape(line):
    return line.replace("{{", "{{[{][{]}}").replace("[[", "{{\\[\\[}}")


def update_output(path, source, dreamc, stage):
    source = source.split(MARK)[0]
    with open(path, "w", encoding="utf-8") as file:
        file.write(source)
    made = subprocess.run([dreamc, "--emit=" + stage, path], capture_output=True, text=True)
    if made.returncode:
        print(f"{path}: {made.stderr}")
        return
    lines = made.stdout.rstrip("\n").split("\n")
    if stage == "tokens":
        lines.pop()  # The end of the file moves with what is written here.
    with open(path, "a", encoding="utf-8") as file:
        file.write(MARK)
        for number, line in enumerate(lines):
            file.write(f"// CHECK{'-NEXT' if number else ''}:{escape(line)}\n")


def update_errors(path, source, dreamc):
    lines = [line for line in source.split("\n") if not re.match(r"\s*// CHECK(-NEXT)?:", line)]
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))
    made = subprocess.run([dreamc, "--emit=ast", path], capture_output=True)
    expected = {}
    for line in made.stderr.decode("utf-8", "replace").split("\n"):
        found = re.match(re.escape(path) + r":(\d+):(\d+): (error|warning|note): (.*)", line)
        if found:
            last = int(found[1]) if found[3] != "note" else last
            expected.setdefault(last, []).append((int(found[1]), found[2], found[3], found[4]))
    result = []
    where = {}  # old line number -> new one
    for number, line in enumerate(lines, 1):
        result.append(line)
        where[number] = len(result)
        for _ in expected.get(number, []):
            result.append(None)
    for number in expected:
        for index, (at, column, kind, message) in enumerate(expected[number]):
            own = where[number] + 1 + index
            distance = where[at] - own
            result[own - 1] = f"// CHECK: :[[@LINE{distance:+}]]:{column}: {kind}: {escape(message)}"
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(result))


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--dreamc", default=os.path.join(here, "../../build/bin/dreamc"))
parser.add_argument("files", nargs="+")
options = parser.parse_args()
for path in options.files:
    with open(path, encoding="utf-8", errors="surrogateescape") as file:
        source = file.read()
    if re.search(r"RUN: not %dreamc", source):
        update_errors(path, source, options.dreamc)
    else:
        update_output(path, source, options.dreamc, re.search(r"--emit=(\w+)", source)[1])
