"""./dev bench: what is asked for, one suite after the other, and what is made of their numbers.

programs      every program of bench/programs in every language that this machine has
compile-time  generated programs of 1,000 lines and more, beside clang, rustc and go
zero-cost     instructions of abstractions against loops written by hand
micro         the runtime's own functions beside C and C++, on Google Benchmark
"""

import argparse
import json
import os
import re
import sys

from . import build, compare, machine, measure, peers, programs, progress, report, suite_compile_time, suite_programs, suite_tools

SUITES = ("programs", "compile-time", "zero-cost", "micro")
root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def parse(arguments):
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("only", nargs="?", default="", help="the same as --only")
    parser.add_argument("--only", dest="only_option", default="", metavar="NAME",
                        help="a suite, or a regular expression for names of programs")
    parser.add_argument("--peers", default="", metavar="LIST", help="for example dream,c,rust; all of them if not given")
    parser.add_argument("--quick", action="store_true", help="small sizes, few runs")
    parser.add_argument("--size", choices=("full", "quick", "test"), help="which sizes of about.json")
    parser.add_argument("--runs", type=int, help="rounds for long programs (7; quick: 3)")
    parser.add_argument("--budget", type=float, help="seconds for the rounds of one program, after three of them (50; quick: 6)")
    parser.add_argument("--limit", type=float, default=120, help="seconds after which one run of a program has failed")
    parser.add_argument("--metric", choices=measure.METRICS, default="cpu", help="the time that counts; cpu is user + system")
    parser.add_argument("--instructions", choices=("auto", "perf", "callgrind", "none"), default="auto")
    parser.add_argument("--lines", default="", metavar="LIST", help="lines of the generated programs")
    parser.add_argument("--no-install", action="store_true", help="do not install peers that are missing")
    parser.add_argument("--check", action="store_true", help="only build, run each program once and compare the outputs")
    parser.add_argument("--json", metavar="FILE", help="write the numbers here (build/bench/result.json)")
    parser.add_argument("--page", metavar="FILE", help="write the page with plots here (build/bench/result.html)")
    parser.add_argument("--compare", metavar="OLD", help="a JSON file of an older run; exits with 1 if Dream got slower since")
    parser.add_argument("--write-docs", action="store_true", help="put tables and plots into docs/performance.md")
    parser.add_argument("--from", dest="read", metavar="FILE", help="do not measure: report and compare this JSON file")
    parser.add_argument("--dreamc", default=os.path.join(root, "build", "bin", "dreamc"))
    parser.add_argument("--dream-flags", default="", metavar="FLAGS", help="more options for dreamc, one word each")
    parser.add_argument("--programs", default=os.path.join(root, "bench", "programs"), help="the folder of programs")
    parser.add_argument("--folder", default=os.path.join(root, "build", "bench"), help="where executables and results go")
    options = parser.parse_args(arguments)
    options.only = options.only_option or options.only
    options.size = options.size or ("quick" if options.quick else "full")
    options.runs = options.runs or (3 if options.size != "full" else 7)
    options.budget = options.budget or (6 if options.size != "full" else 50)
    options.suites = [options.only] if options.only in SUITES else ["programs"] if options.only else ["programs", "compile-time", "zero-cost"]
    options.chosen = re.compile("" if options.only in SUITES else options.only).search
    options.dreamc = os.path.abspath(options.dreamc)
    options.dream_flags = options.dream_flags.split()
    options.peers = [key for key in options.peers.split(",") if key] or [peer.key for peer in peers.PEERS]
    unknown = [key for key in options.peers if key not in peers.BY_KEY]
    if unknown:
        parser.error(f"unknown peer {unknown[0]}: there are {', '.join(peers.BY_KEY)}")
    return options


def run(options):
    """Measures what is asked for: the record that the JSON file holds, and a function that measures some programs once more."""
    found = {"format": 1, "machine": machine.describe(), "metric": options.metric, "size": options.size,
             "dream_flags": options.dream_flags}
    first = progress.Progress(0)
    counting = options.instructions in ("auto", "callgrind") and not options.check
    toolbox = peers.Toolbox(options.dreamc, options.peers, not options.no_install, first.say, counting)
    for reason in toolbox.missing.values():
        first.say(f"skipped: {reason}")
    found["versions"], found["missing"] = toolbox.versions, toolbox.missing
    builder = build.Builder(options.folder, toolbox, options.dream_flags)
    all_programs = []
    if "programs" in options.suites:
        all_programs = programs.load_all(options.programs, toolbox, options.peers, options.chosen)
        if not all_programs:
            raise programs.BadProgram(f"no suite and no program is called {options.only}")
    watch = progress.Progress(len(all_programs) + len(options.suites) - ("programs" in options.suites))
    if options.check:
        suite_programs.check_only(all_programs, builder, options, watch)
        watch.clear()
        return None, None
    counter = measure.InstructionCounter(options.instructions if all_programs else "none")

    def measure_programs(chosen, watch):
        return suite_programs.run_suite(chosen, builder, counter, options, watch)

    if all_programs:
        found["instructions"] = counter.how
        found["programs"] = measure_programs(all_programs, watch)
    if "compile-time" in options.suites:
        watch.step("compile-time")
        found["compile_time"] = suite_compile_time.run_suite(toolbox, builder, options, watch)
    if "zero-cost" in options.suites:
        watch.step("zero-cost")
        found["zero_cost"] = suite_tools.zero_cost(root, options, watch)
    if "micro" in options.suites:
        watch.step("micro")
        found["micro"] = suite_tools.micro(root, options, watch)
    watch.clear()

    def again(names):
        chosen = [program for program in all_programs if program.name in names]
        watch = progress.Progress(len(chosen))
        records = measure_programs(chosen, watch)
        watch.clear()
        return {**found, "programs": records}

    return found, again


def compare_with(path, found, again):
    """Prints what changed since the run in a file. What got slower has to do so twice: a busy machine is slow for seconds on end."""
    with open(path) as file:
        old = json.load(file)
    worse, better, notes = compare.compare(old, found)
    if worse and again:
        worse, unconfirmed = compare.confirmed(worse, compare.compare(old, again({row["program"] for row in worse}))[0])
        notes += unconfirmed
    print("\n" + compare.report(worse, better, notes))
    return 1 if worse else 0


def main(arguments):
    options = parse(arguments)
    try:
        if options.read:
            again = None
            with open(options.read) as file:
                found = json.load(file)
        else:
            found, again = run(options)
            if found is None:
                return 0
            path = options.json or os.path.join(options.folder, "result.json")
            with open(path, "w") as file:
                json.dump(found, file, indent=1)
                file.write("\n")
        return show(options, found, again)
    except suite_programs.FAILURES as error:
        sys.stderr.write(f"\nbench: {error}\n")
        return 2
    except KeyboardInterrupt:
        return 130


def show(options, found, again):
    """Prints and draws a run's numbers, and compares them with older ones."""
    print(report.text(found))
    page = options.page or os.path.join(options.folder, "result.html")
    with open(page, "w") as file:
        file.write(report.page(found))
    print(f"plots: {os.path.relpath(page)}")
    if options.write_docs:
        report.write_docs(found, root)
    return compare_with(options.compare, found, again) if options.compare else 0
