#!/usr/bin/env python3
"""How many count operations the passes leave out: measure.py [--json] DREAMC [PROGRAM…]

Every Dream program of bench/programs, at the size `quick`, and of test/run/large is built three times at -O2 with -fcount-profile:
as the text says (-fcounts=naive), with all passes but every object on the heap (-fplace=heap), and as usual. What is printed are
the retains, releases and uniqueness checks that ran, what share of the first is gone in the second and in the third, the objects
that were made in the place of dying ones, and the geometric mean. All three must print the same.
"""

import glob
import json
import math
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
WAYS = {"naive": ["-fcounts=naive"], "heap": ["-fplace=heap"], "few": []}
LINE = re.compile(r"^counts: (\d+) retains, (\d+) releases, (\d+) uniqueness checks, (\d+) reuses\n", re.M)


def programs(chosen):
    """(name, source, arguments) of every program, or of those whose names begin with a chosen word."""
    found = []
    for about in sorted(glob.glob(os.path.join(ROOT, "bench", "programs", "*", "about.json"))):
        with open(about) as file:
            arguments = [str(one) for one in json.load(file)["quick"]]
        for source in sorted(glob.glob(os.path.join(os.path.dirname(about), "*.dr"))):
            if source.endswith(".arena.dr"):  # What lies in an arena is placed, and counted, always: there is no naive version.
                continue
            found.append((os.path.basename(source)[:-3], source, arguments))
    for source in sorted(glob.glob(os.path.join(ROOT, "test", "run", "large", "*.dr"))):
        found.append((os.path.basename(source)[:-3], source, []))
    return [one for one in found if not chosen or any(one[0].startswith(word) for word in chosen)]


def profile(dreamc, source, arguments, flags, out):
    """What the program prints without times, and its four numbers."""
    subprocess.run([dreamc, "-O2", "-w", "-fcount-profile", *flags, source, "-o", out], check=True)
    done = subprocess.run([out, *arguments], capture_output=True, text=True, errors="replace")
    counts = LINE.search(done.stderr)
    if not counts:
        sys.exit("%s %s: ended with %d\n%s" % (source, flags, done.returncode, done.stderr))
    return done.stdout, [int(number) for number in counts.groups()]


def measure(dreamc, chosen):
    with tempfile.TemporaryDirectory() as folder:
        for name, source, arguments in programs(chosen):
            runs = {way: profile(dreamc, source, arguments, flags, os.path.join(folder, "out")) for way, flags in WAYS.items()}
            texts = {re.sub(r"\d+\.\d+ ?(ms|us|s)\b", "", text) for text, _ in runs.values()}
            yield {"program": name, "same": len(texts) == 1, **{way: sum(counts[:3]) for way, (_, counts) in runs.items()},
                   "kinds": runs["few"][1][:3], "reuses": runs["few"][1][3]}


def removed(row, way):
    return 1 - row[way] / max(row["naive"], 1)


def main():
    words = [word for word in sys.argv[1:] if word != "--json"]
    rows = []
    if "--json" not in sys.argv:
        print("%-18s %13s %13s %13s %8s %8s   %s" % ("program", "naive", "on the heap", "as usual", "gone", "gone", "retains releases checks reuses"))
    for row in measure(words[0], words[1:]):
        rows.append(row)
        if "--json" not in sys.argv:
            print("%-18s %13d %13d %13d %7.2f%% %7.2f%%   %d %d %d %d%s" % (
                row["program"], row["naive"], row["heap"], row["few"], 100 * removed(row, "heap"), 100 * removed(row, "few"),
                *row["kinds"], row["reuses"], "" if row["same"] else "   PRINTS OTHER THINGS"), flush=True)
    if "--json" in sys.argv:
        return print(json.dumps(rows))
    for way, label in (("heap", "all objects on the heap"), ("few", "as usual")):
        left = [math.log(max(row[way], 1) / max(row["naive"], 1)) for row in rows]
        print("geometric mean, %s: %.2f%% gone" % (label, 100 * (1 - math.exp(sum(left) / len(left)))))


main()
