#!/usr/bin/env python3
"""What abstractions cost, in instructions: measure.py [--json] DREAMC [CLANG] [CASE…]

Each case of cases.dr runs as a program would write it, as a loop written by hand in Dream, and (cases.c) in C, all at -O2 under
callgrind. What is printed are the instructions of the whole process, less those of one that only prepares the data, and the
ratios to both loops. C is compiled twice: with -fwrapv, where it means what Dream means, and without.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

CASES = ["where_select_sum", "captures", "list", "zip", "counting", "range", "generic", "match", "optional", "span", "write_list", "write_field", "write_rows",
         "write_new"]


def instructions(binary, name):
    made = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", binary, name], capture_output=True, text=True)
    if made.returncode:
        sys.exit("%s %s failed:\n%s" % (binary, name, made.stderr))
    return int(re.search(r"Collected : (\d+)", made.stderr)[1]), made.stdout


def measure(dreamc, clang, cases):
    """Rows of {"case", "dream", "by_hand", "c", "c_undefined"}: instructions of each. C's integers wrap as Dream's do, and do not in the last."""
    here = os.path.dirname(os.path.abspath(__file__))
    with tempfile.TemporaryDirectory() as folder:
        dream, c, undefined = (os.path.join(folder, name) for name in ("dream", "c", "undefined"))
        subprocess.run([dreamc, "-O2", os.path.join(here, "cases.dr"), "-o", dream], check=True)
        subprocess.run([clang, "-O2", "-fwrapv", os.path.join(here, "cases.c"), "-o", c], check=True)
        subprocess.run([clang, "-O2", os.path.join(here, "cases.c"), "-o", undefined], check=True)
        bare, bare_c = instructions(dream, "nothing")[0], instructions(c, "nothing")[0]
        for name in cases:
            runs = [("dream", dream, name, bare), ("by_hand", dream, name + "_by_hand", bare), ("c", c, name, bare_c), ("c_undefined", undefined, name, bare_c)]
            counts = [(key, *instructions(binary, which), less) for key, binary, which, less in runs]
            if len({output for _, _, output, _ in counts}) != 1:
                sys.exit("%s: the results differ: %s" % (name, [output for _, _, output, _ in counts]))
            yield {"case": name, **{key: count - less for key, count, _, less in counts}}


def main():
    arguments = [word for word in sys.argv[1:] if word != "--json"]
    clang = arguments[1] if len(arguments) > 1 else "clang-19"
    rows = measure(arguments[0], clang, arguments[2:] or CASES)
    if "--json" in sys.argv:
        print(json.dumps(list(rows)))
        return
    print("%-18s %10s %10s %10s %8s %8s %16s" % ("case", "Dream", "by hand", "C", "/ hand", "/ C", "/ C, no -fwrapv"))
    for row in rows:
        a, b, d, e = row["dream"], row["by_hand"], row["c"], row["c_undefined"]
        print("%-18s %10d %10d %10d %8.2f %8.2f %16.2f" % (row["case"], a, b, d, a / b, a / d, a / e))


main()
