#!/usr/bin/env python3
"""How much stays on the counted heap: measure.py [--json] DREAMC [NAME…]

Each program of bench/programs, at its size `quick`, and of test/run/large runs twice at -O2 under --memory-stats: as it is, and with
-fplace=heap, where every object, array, string, box and closure is a block of the heap. What is printed are the blocks that each of them asks
for, and the share that placement has left. Objects in frames and regions ask for none.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")


def programs():
    """(name, source, arguments), the programs of a folder by name."""
    folder = os.path.join(ROOT, "bench", "programs")
    for name in sorted(os.listdir(folder)):
        about = os.path.join(folder, name, "about.json")
        if os.path.exists(about):
            with open(about, encoding="utf-8") as file:
                sizes = json.load(file)
            for source in sorted(os.listdir(os.path.join(folder, name))):
                if source.endswith(".dr"):
                    yield source[:-3], os.path.join(folder, name, source), [str(size) for size in sizes.get("quick", [])]
    folder = os.path.join(ROOT, "test", "run", "large")
    for name in sorted(os.listdir(folder)):
        yield name[:-3], os.path.join(folder, name), []


def blocks(dreamc, source, arguments, flags, folder):
    """What the program prints, and how many blocks of the heap it asks for."""
    program = os.path.join(folder, "program")
    subprocess.run([dreamc, "-O2", "-w", "--memory-stats", *flags, source, "-o", program], check=True)
    done = subprocess.run([program, *arguments], capture_output=True, text=True, cwd=os.path.dirname(source))
    found = re.search(r"Total allocations: ([\d,]+)", done.stderr)
    if done.returncode or not found:
        sys.exit(f"{source} failed with {done.returncode}:\n{done.stderr[-1000:]}")
    return done.stdout, int(found[1].replace(",", ""))


def measure(dreamc, names):
    """Rows of {"program", "all", "heap"}: blocks with everything on the heap, and with everything in its place."""
    with tempfile.TemporaryDirectory() as folder:
        for name, source, arguments in programs():
            if names and name not in names:
                continue
            expected, everything = blocks(dreamc, source, arguments, ["-fplace=heap"], folder)
            output, heap = blocks(dreamc, source, arguments, [], folder)
            if output != expected and name != "game_loop" and not name.startswith("game_loop."):  # Which prints times.
                sys.exit(f"{name}: the outputs differ")
            yield {"program": name, "all": everything, "heap": heap}


def main():
    arguments = [word for word in sys.argv[1:] if word != "--json"]
    rows = measure(arguments[0], arguments[1:])
    if "--json" in sys.argv:
        print(json.dumps(list(rows)))
        return
    print("| program | blocks with -fplace=heap | blocks | share |\n|---|---:|---:|---:|")
    for row in rows:
        share = 100 * row["heap"] / max(row["all"], 1)
        print(f"| {row['program']} | {row['all']:,} | {row['heap']:,} | {share:.1f} % |", flush=True)


main()
