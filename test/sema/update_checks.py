#!/usr/bin/env python3
"""Writes what the tests of errors in this folder expect: test/sema/update_checks.py [--dreamc PATH] FILE.dr…

After each line that dreamc complains about follows one CHECK-DAG line for each diagnostic, notes included; the last line
counts them. Diagnostics of one file come in no order that matters, hence -DAG. Read the difference before you commit it.
"""

import argparse
import os
import re
import subprocess


def escape(text):
    return text.replace("{{", "{{[{][{]}}").replace("[[", "{{\\[\\[}}")


def update(path, dreamc):
    with open(path, encoding="utf-8") as file:
        lines = [line for line in file.read().split("\n") if not re.match(r"\s*// CHECK(-DAG)?:", line)]
    while lines and not lines[-1]:
        lines.pop()
    run = re.search(r"%dreamc (.*?) 2>&1", lines[0])
    # The numbers of lines change only by what is written here.
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")
    folder = os.path.dirname(path)
    arguments = [a.replace("%s", path).replace("%S", folder) for a in run[1].split()]
    made = subprocess.run([dreamc, *arguments], capture_output=True, text=True)
    expected = {}
    summary = ""
    for line in made.stderr.split("\n"):
        found = re.match(r"(.*?):(\d+):(\d+): (error|warning|note): (.*)", line)
        if found and found[1] == path:
            expected.setdefault(int(found[2]), []).append((found[3], found[4], found[5]))
        elif re.match(r"\d+ (error|warning)", line):
            summary = line
    with open(path, "w", encoding="utf-8") as file:
        for number, line in enumerate(lines, 1):
            file.write(line + "\n")
            for distance, (column, kind, message) in enumerate(expected.get(number, []), 1):
                indent = line[: len(line) - len(line.lstrip())]
                file.write(f"{indent}// CHECK-DAG: :[[@LINE-{distance}]]:{column}: {kind}: {escape(message)}\n")
        file.write(f"// CHECK-DAG: {summary}\n")


if __name__ == "__main__":
    here = os.path.dirname(os.path.abspath(__file__))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dreamc", default=os.path.join(here, "..", "..", "build", "bin", "dreamc"))
    parser.add_argument("files", nargs="+")
    given = parser.parse_args()
    for name in given.files:
        update(os.path.abspath(name), given.dreamc)
