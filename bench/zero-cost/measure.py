#!/usr/bin/env python3
"""What abstractions cost, in instructions: measure.py [--json] DREAMC [CLANG] [CASE…]

Each case of cases.dr runs as a program would write it, as a loop written by hand in Dream, and (cases.c) in C, all at -O2 under
callgrind. What is printed are the instructions of the whole process, less those of one that only prepares the data, and the
ratios to both loops.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

CASES = ["where_select_sum", "captures", "list", "zip", "counting", "range", "generic", "match", "optional"]


def instructions(binary, name):
    made = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", binary, name], capture_output=True, text=True)
    if made.returncode:
        sys.exit("%s %s failed:\n%s" % (binary, name, made.stderr))
    return int(re.search(r"Collected : (\d+)", made.stderr)[1]), made.stdout


def measure(dreamc, clang, cases):
    """Rows of {"case", "dream", "by_hand", "c"}: instructions of each."""
    here = os.path.dirname(os.path.abspath(__file__))
    with tempfile.TemporaryDirectory() as folder:
        dream, c = os.path.join(folder, "dream"), os.path.join(folder, "c")
        subprocess.run([dreamc, "-O2", os.path.join(here, "cases.dr"), "-o", dream], check=True)
        subprocess.run([clang, "-O2", os.path.join(here, "cases.c"), "-o", c], check=True)
        bare, bare_c = instructions(dream, "nothing")[0], instructions(c, "nothing")[0]
        for name in cases:
            counts = [instructions(dream, name), instructions(dream, name + "_by_hand"), instructions(c, name)]
            if len({output for _, output in counts}) != 1:
                sys.exit("%s: the results differ: %s" % (name, [output for _, output in counts]))
            yield {"case": name, "dream": counts[0][0] - bare, "by_hand": counts[1][0] - bare, "c": counts[2][0] - bare_c}


def main():
    arguments = [word for word in sys.argv[1:] if word != "--json"]
    clang = arguments[1] if len(arguments) > 1 else "clang-19"
    rows = measure(arguments[0], clang, arguments[2:] or CASES)
    if "--json" in sys.argv:
        print(json.dumps(list(rows)))
        return
    print("%-18s %10s %10s %10s %8s %8s" % ("case", "Dream", "by hand", "C", "/ hand", "/ C"))
    for row in rows:
        a, b, d = row["dream"], row["by_hand"], row["c"]
        print("%-18s %10d %10d %10d %8.2f %8.2f" % (row["case"], a, b, d, a / b, a / d))


main()
