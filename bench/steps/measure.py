#!/usr/bin/env python3
"""How long steps of the collector take: measure.py [--json] DREAMC [FRAMES [ROUNDS]]

steps.dr has a million live objects in rings, drops some in each of 3,000 frames, and ends each with Gc.FrameEnd(1000), one millisecond. What is
printed are the median, the slowest of a hundred and the slowest of all steps in microseconds, how many took more than 1,200, the most processor time of
a step and how many took more than 1,200 of that, and what the collections have done, for each round. A step that is longer by the clock alone waited for other
processes. The rows `machine` do nothing but look at the clock for a millisecond: they show how often that happens.
"""

import json
import os
import subprocess
import sys
import tempfile

WAYS = ["rings", "graph", "live", "machine"]
COLUMNS = ["p50", "p99", "max", "over", "worked", "overworked", "collections", "freed", "looked"]


def measure(dreamc, frames, rounds):
    here = os.path.dirname(os.path.abspath(__file__))
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "steps")
        subprocess.run([dreamc, "-O2", os.path.join(here, "steps.dr"), "-o", program], check=True)
        for _ in range(rounds):
            for way in WAYS:
                done = subprocess.run([program, way, str(frames)], capture_output=True, text=True, check=True)
                yield {"way": way, **dict(zip(COLUMNS, map(int, done.stdout.split())))}


def main():
    words = [word for word in sys.argv[1:] if word != "--json"]
    rows = measure(words[0], int(words[1]) if len(words) > 1 else 3000, int(words[2]) if len(words) > 2 else 3)
    if "--json" in sys.argv:
        return print(json.dumps(list(rows)))
    print("%-8s %8s %8s %8s %8s %8s %8s %12s %10s %12s" % ("frames", "p50 us", "p99 us", "max us", "> 1200", "max CPU", "> 1200", "collections", "freed", "looked at"))
    for row in rows:
        print("%-8s %8d %8d %8d %8d %8d %8d %12d %10d %12d" % (row["way"], *(row[name] for name in COLUMNS)), flush=True)


main()
