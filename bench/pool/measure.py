#!/usr/bin/env python3
"""What making an object and its death cost, in instructions: measure.py [--json] DREAMC [CLANG]

cases.dr and cases.c make and free blocks of 16 to 128 bytes, header included, in four patterns: each dies before the next is made; a thousand are made and die
in that order, or the newest first; one of a thousand is replaced. Dream is compiled with -O2 -fplace=heap, C with -O2. In the fifth a thousand are made in an
arena, in a chain, and end with it; Dream is compiled with -O2. What is printed is what a turn costs: the difference of two runs that differ by a hundred
thousand turns.
"""

import json
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
from harness.measure import InstructionCounter  # noqa: E402

SIZES = [16, 24, 32, 48, 64, 128]
PATTERNS = ["at_once", "in_order", "newest_first", "mixed"]
ARENA, LEAST_LINK = "in_arena", 24
TURNS = 100000
COUNTER = InstructionCounter("callgrind")


def fields(size, first):
    """Of a class whose objects have so many bytes, beside the header and the first ones."""
    more = ["f%d" % i for i in range(size // 8 - 1 - first)]
    return "public long %s;" % ", ".join(more) if more else ""


def per_turn(program, pattern):
    counts = [COUNTER.count([program, pattern, str(turns)], None, True) for turns in (TURNS, 2 * TURNS)]
    if None in counts:
        sys.exit("%s %s does not run under callgrind" % (program, pattern))
    return (counts[1] - counts[0]) / TURNS


def same_output(programs, pattern):
    outputs = {subprocess.run([program, pattern, str(TURNS)], capture_output=True, text=True, check=True).stdout for program in programs}
    if len(outputs) != 1:
        sys.exit("%s: the results differ: %s" % (pattern, outputs))


def measure(dreamc, clang):
    """Rows of {"pattern", "bytes", "dream", "c", "c_counted"}."""
    with tempfile.TemporaryDirectory() as folder:
        source, dream, placed, c, counted = (os.path.join(folder, name) for name in ("cases.dr", "dream", "placed", "c", "counted"))
        with open(os.path.join(HERE, "cases.dr"), encoding="utf-8") as file:
            template = file.read()
        for size in SIZES:
            with open(source, "w", encoding="utf-8") as file:
                file.write(template.replace(" LINK_FIELDS\n", " %s\n" % fields(size, 2)).replace(" FIELDS\n", " %s\n" % fields(size, 1)))
            subprocess.run([dreamc, "-O2", "-fplace=heap", source, "-o", dream], check=True)
            subprocess.run([dreamc, "-O2", source, "-o", placed], check=True)
            for program, flags in ((c, []), (counted, ["-DCOUNTED"])):
                subprocess.run([clang, "-O2", "-DBYTES=%d" % size, *flags, os.path.join(HERE, "cases.c"), "-o", program], check=True)
            for pattern in PATTERNS + [ARENA] * (size >= LEAST_LINK):
                mine = placed if pattern == ARENA else dream
                same_output([mine, c, counted], pattern)
                yield {"pattern": pattern, "bytes": size, "dream": per_turn(mine, pattern), "c": per_turn(c, pattern),
                       "c_counted": per_turn(counted, pattern)}


def main():
    words = [word for word in sys.argv[1:] if word != "--json"]
    rows = measure(words[0], words[1] if len(words) > 1 else "clang-19")
    if "--json" in sys.argv:
        return print(json.dumps(list(rows)))
    print("%-14s %6s %8s %8s %10s %8s %10s" % ("pattern", "bytes", "Dream", "C", "C, counted", "/ C", "/ counted"))
    for row in rows:
        print("%-14s %6d %8.1f %8.1f %10.1f %8.2f %10.2f" % (row["pattern"], row["bytes"], row["dream"], row["c"], row["c_counted"],
                                                           row["dream"] / row["c"], row["dream"] / row["c_counted"]), flush=True)


main()
