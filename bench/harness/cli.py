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
    parser.add_argument("--budget", type=float, help="seconds for the rounds of one program, after three of them (60; quick: 6)")
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
    options.budget = options.budget or (6 if options.size != "full" else 60)
    options.suites = [options.only] if options.only in SUITES else ["programs"] if options.only else ["programs", "compile-time", "zero-cost"]
    options.chosen = re.compile("" if options.only in SUITES else options.only).search
    options.dreamc = os.path.abspath(options.dreamc)
    options.dream_flags = options.dream_flags.split()
    options.peers = [key for key in options.peers.split(",") if key] or [peer.key for peer in peers.PEERS]
    unknown = [key for key in options.peers if key not in peers.BY_KEY]
    if unknown:
        parser.error(f"unknown peer {unknown[0]}: there are {', '.join(peers.BY_KEY)}")
    return options


class Session:
    """What is needed to measure: peers, a builder, the programs that were asked for. Measures all of it, or parts once more."""

    def __init__(self, options):
        self.options = options
        first = progress.Progress(0)
        counting = options.instructions in ("auto", "callgrind") and not options.check
        self.toolbox = peers.Toolbox(options.dreamc, options.peers, not options.no_install, first.say, counting)
        for reason in self.toolbox.missing.values():
            first.say(f"skipped: {reason}")
        self.builder = build.Builder(options.folder, self.toolbox, options.dream_flags)
        self.programs = []
        if "programs" in options.suites:
            self.programs = programs.load_all(options.programs, self.toolbox, options.peers, options.chosen)
            if not self.programs:
                raise programs.BadProgram(f"no suite and no program is called {options.only}")
        self.counter = measure.InstructionCounter(options.instructions if self.programs and not options.check else "none")

    def check(self):
        watch = progress.Progress(len(self.programs))
        suite_programs.check_only(self.programs, self.builder, self.options, watch)
        watch.clear()

    def head(self):
        """What a record says besides numbers."""
        options = self.options
        return {"format": 1, "machine": machine.describe(), "metric": options.metric, "size": options.size,
                "dream_flags": options.dream_flags, "versions": self.toolbox.versions, "missing": self.toolbox.missing,
                "instructions": self.counter.how}

    def measure(self, names=None):
        """The numbers: of everything, or of these programs and suites."""
        def wanted(name):
            return names is None or name in names

        options, found = self.options, {}
        chosen = [program for program in self.programs if wanted(program.name)]
        others = [suite for suite in options.suites if suite != "programs" and wanted(suite)]
        watch = progress.Progress(len(chosen) * suite_programs.STEPS + len(others))
        if chosen:
            found["programs"] = suite_programs.run_suite(chosen, self.builder, self.counter, options, watch)
        for suite in others:
            watch.step(suite)
            if suite == "compile-time":
                found["compile_time"] = suite_compile_time.run_suite(self.toolbox, self.builder, options, watch)
            elif suite == "zero-cost":
                found["zero_cost"] = suite_tools.zero_cost(root, options, watch)
            else:
                found["micro"] = suite_tools.micro(root, options, watch)
        watch.clear()
        return found


def compare_with(path, found, session):
    """Prints what changed since the run in a file. What got slower has to do so twice: a busy machine is slow for seconds on end."""
    with open(path) as file:
        old = json.load(file)
    worse, better, notes = compare.compare(old, found)
    if worse and session:
        once_more = session.measure({row["program"] for row in worse})
        worse, unconfirmed = compare.confirmed(worse, compare.compare(old, once_more)[0])
        notes += unconfirmed
    print("\n" + compare.report(worse, better, notes))
    return 1 if worse else 0


def main(arguments):
    options = parse(arguments)
    try:
        if options.read:
            with open(options.read) as file:
                return show(options, json.load(file), None)
        session = Session(options)
        if options.check:
            session.check()
            return 0
        found = {**session.head(), **session.measure()}
        with open(options.json or os.path.join(options.folder, "result.json"), "w") as file:
            json.dump(found, file, indent=1)
            file.write("\n")
        return show(options, found, session)
    except suite_programs.FAILURES as error:
        sys.stderr.write(f"\nbench: {error}\n")
        return 2
    except KeyboardInterrupt:
        return 130


def show(options, found, session):
    """Prints and draws a run's numbers, and compares them with older ones."""
    print(report.text(found))
    page = options.page or os.path.join(options.folder, "result.html")
    with open(page, "w") as file:
        file.write(report.page(found))
    print(f"plots: {os.path.relpath(page)}")
    if options.write_docs:
        report.write_docs(found, root)
    return compare_with(options.compare, found, session) if options.compare else 0
