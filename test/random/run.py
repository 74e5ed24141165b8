#!/usr/bin/env python3
"""Compares random programs with the generator's own evaluation of them; --graphs: with what the first flags make of them;
--arenas: with what they print without their arenas.

    run.py --dreamc PATH [--graphs] [--arenas] [--seeds FIRST COUNT] [--flags "-O0" --flags "-O2"] [--keep DIR] [--jobs N]

Prints each program that differs (and keeps it in DIR); exits with 1 if any does.
"""

import argparse
import concurrent.futures
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import arenas
import generator
import graphs


def check(dreamc, generate, seed, flag_sets, keep):
    source, expected = generate(seed)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "random%d.dr" % seed)
        binary = os.path.join(folder, "program")
        if generate is arenas.generate:
            try:
                source = arenas.mend(dreamc, path, source)
            except RuntimeError as problem:
                return remember("seed %d does not compile: %s" % (seed, problem), seed, source, "", keep)
        with open(path, "w") as file:
            file.write(source)
        for flags in flag_sets:
            try:
                if generate is arenas.generate and expected is None:
                    with open(path + ".plain.dr", "w") as file:
                        file.write(arenas.without_arenas(source))
                    subprocess.run([dreamc, "-O0", "-w", path + ".plain.dr", "-o", binary], check=True, timeout=120)
                    expected = subprocess.run([binary], capture_output=True, text=True, timeout=60, errors="replace").stdout
                made = subprocess.run([dreamc] + flags.split() + ["-w", path, "-o", binary], capture_output=True, text=True, timeout=120)
                problem, detail = None, ""
                if made.returncode != 0:
                    problem, detail = "does not compile", made.stderr
                else:
                    ran = subprocess.run([binary], capture_output=True, text=True, timeout=60, errors="replace")
                    if ran.returncode != 0:
                        problem, detail = "exits with %d" % ran.returncode, ran.stderr
                    elif expected is None:
                        expected = ran.stdout
                    elif ran.stdout != expected:
                        problem, detail = "prints something else", first_difference(expected, ran.stdout)
                    elif "not released" in ran.stderr:
                        problem, detail = "leaks", ran.stderr
            except subprocess.TimeoutExpired:
                problem, detail = "does not end", ""
            if problem:
                return remember("seed %d with %s: %s\n%s" % (seed, flags, problem, detail), seed, source, expected or "", keep)
    return None


def remember(problem, seed, source, expected, keep):
    if keep:
        os.makedirs(keep, exist_ok=True)
        with open(os.path.join(keep, "random%d.dr" % seed), "w") as file:
            file.write(source)
        with open(os.path.join(keep, "random%d.expected" % seed), "w") as file:
            file.write(expected)
    return problem[:2000]


def first_difference(expected, actual):
    for number, (a, b) in enumerate(zip(expected.split("\n"), actual.split("\n")), 1):
        if a != b:
            return "line %d: expected %r, printed %r" % (number, a, b)
    return "one output is longer than the other"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dreamc", required=True)
    parser.add_argument("--seeds", nargs=2, type=int, default=[1, 50], metavar=("FIRST", "COUNT"))
    parser.add_argument("--graphs", action="store_true", help="programs about objects that hold each other")
    parser.add_argument("--arenas", action="store_true", help="such programs with arenas")
    parser.add_argument("--flags", action="append")
    parser.add_argument("--keep")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--stop-after", type=int, default=20, help="failures to show before giving up")
    args = parser.parse_args()
    flag_sets = args.flags or ["-O0", "-O2"]
    first, count = args.seeds
    failures = 0
    generate = arenas.generate if args.arenas else graphs.generate if args.graphs else generator.generate
    with concurrent.futures.ProcessPoolExecutor(args.jobs) as pool:
        jobs = (pool.submit(check, args.dreamc, generate, seed, flag_sets, args.keep) for seed in range(first, first + count))
        for job in list(jobs):
            if failures >= args.stop_after:
                job.cancel()
                continue
            problem = job.result()
            if problem:
                failures += 1
                print(problem, flush=True)
    print("%d programs, %d failed (%s)" % (count, failures, ", ".join(flag_sets)))
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
