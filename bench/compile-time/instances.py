#!/usr/bin/env python3
"""What instances of generics cost at compile time: instances.py DREAMC [LINES]

Two programs of the same lines: ordinary code as generate.py writes it, ten generic functions, ten generic classes with a
constructor and a method, and 1,000 calls and objects of each kind. One program uses them over 100 types, half of them
structs and half classes, which makes 2,000 instances; the other over two of these types, which makes 40. Printed are the
median times of five compilations to an object file at -O0, their ratio, and the phases that make the difference.
"""

import os
import re
import statistics
import subprocess
import sys
import tempfile

TYPES, GENERICS = 100, 10


def uses(types):
    """The lines with the generics in them, over so many types."""
    lines = []
    for i in range(TYPES):
        lines.append("%s T%d { public int a; public func T%d(int a) { this.a = a; } }" % ("struct" if i % 2 else "class", i, i))
    for g in range(GENERICS):
        lines.append("func T Pick%d<T>(bool c, T a, T b) => c ? a : b;" % g)
        lines.append("class Box%d<T> { T item; int uses; func Box%d(T item) { this.item = item; } func T Get() { uses++; return item; } }" % (g, g))
    for i in range(TYPES):
        t = i % types
        lines.append("func int use%d() {" % i)
        lines.append("    int s = 0;")
        for g in range(GENERICS):
            lines.append("    s += Pick%d(s > %d, new T%d(1), new T%d(2)).a;" % (g, i, t, t))
            lines.append("    s += new Box%d<T%d>(new T%d(3)).Get().a;" % (g, t, t))
        lines.append("    return s;")
        lines.append("}")
    lines.append("func int useAll() => %s;" % " + ".join("use%d()" % i for i in range(TYPES)))
    return "\n".join(lines) + "\n"


def compile(dreamc, source):
    made = subprocess.run([dreamc, "-O0", "-c", source, "-o", source + ".o", "-ftime-report"], capture_output=True, text=True, check=True)
    return {name: float(ms) for ms, name in re.findall(r"([\d.]+) ms +(?:[\d.]+% +)?(.*)", made.stderr)}


def main():
    dreamc, lines = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 10000
    here = os.path.dirname(os.path.abspath(__file__))
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, os.path.join(here, "generate.py"), str(lines), os.path.join(folder, "base")], check=True)
        with open(os.path.join(folder, "base.dr")) as file:
            base = file.read().replace("    int check = 0;\n", "    int check = useAll();\n")
        sources = []
        for types in (TYPES, 2):
            sources.append(os.path.join(folder, "over%d.dr" % types))
            with open(sources[-1], "w") as file:
                file.write(base + uses(types))
        runs = [[compile(dreamc, source) for source in sources] for _ in range(5)]
    median = [{phase: statistics.median(run[i][phase] for run in runs) for phase in runs[0][i]} for i in (0, 1)]
    print("%-20s %8s %8s %8s" % ("ms", "2,000", "40", "more"))
    for phase in median[0]:
        a, b = median[0][phase], median[1].get(phase, 0)
        print("%-20s %8.1f %8.1f %8.1f" % (phase, a, b, a - b))
    print("ratio %.2f" % statistics.median(run[0]["total"] / run[1]["total"] for run in runs))


main()
