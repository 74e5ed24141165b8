"""The suite of programs: builds every contestant of every program, checks that they print the same, and runs them in turn.

The turns are interleaved: each round runs every contestant once, beginning with another one each time, so that a machine that
slows down slows down all of them; and the rounds of a program are spread over the run. The first round warms caches and checks
outputs; it does not count.
"""

import time

from . import build, measure, programs, spread


LEAK = b"not released at program exit"  # as a program built with -fcheck-memory says


class WrongOutput(Exception):
    """Two contestants print different things, so that comparing their times means nothing."""


def check(program, contestant, run, expected):
    """The first contestant that ran says what the program prints; the others must print the same."""
    if expected[0] is None:
        expected[0], expected[1] = run.output, contestant.key
    elif run.output != expected[0]:
        raise WrongOutput(f"{program.name}: {contestant.key} prints other things than {expected[1]}:\n"
                          f"{_difference(run.output, expected[0], contestant.key, expected[1])}")


def _difference(a, b, name_a, name_b):
    lines_a, lines_b = a.decode(errors="replace").splitlines(), b.decode(errors="replace").splitlines()
    for number in range(max(len(lines_a), len(lines_b))):
        mine = lines_a[number] if number < len(lines_a) else "(nothing)"
        theirs = lines_b[number] if number < len(lines_b) else "(nothing)"
        if mine != theirs:
            return f"  line {number + 1} of {name_a}: {mine[:200]}\n  line {number + 1} of {name_b}: {theirs[:200]}"
    return "  they differ in the ends of their lines"


def leave_out(contestant, error, failed, progress):
    """Notes that a contestant cannot go on. Dream, C and C++ have to; other peers come in many versions."""
    if contestant.peer.key in ("dream", "c", "cpp"):
        raise error
    failed[contestant.key] = str(error)
    progress.say(f"left out: {str(error).splitlines()[0]}")


def build_all(program, builder, progress, failed=None):
    """The contestants that can be run: [(contestant, command, environment)]. What does not compile fails the run; if there is a
    `failed` to note it in, that peer is left out."""
    started = []
    for contestant in program.contestants:
        progress.note(f"building {contestant.key}")
        try:
            started.append((contestant, *builder.build(program, contestant)))
        except build.BuildFailed as error:
            if failed is None:
                raise
            leave_out(contestant, error, failed, progress)
    base = programs.baseline([contestant.key for contestant in program.contestants])
    return sorted(started, key=lambda one: one[0].key not in base)  # what C prints is what the others are held against


def check_only(all_programs, builder, options, progress):
    """Builds and runs each contestant once, comparing outputs. Leaks count as well, where the program's memory is checked and
    about.json does not say that Dream cannot do better yet."""
    for program in all_programs:
        progress.step(program.name)
        expected = [None, None]
        for contestant, command, environment in build_all(program, builder, progress):
            progress.note(f"running {contestant.key}")
            run = measure.run(builder.meter, command + program.arguments(options.size), environment, options.limit)
            check(program, contestant, run, expected)
            if LEAK in run.errors and contestant.key not in program.lacks:
                raise measure.RunFailed(f"{program.name}: {contestant.key} leaks:\n{run.errors.decode(errors='replace').strip()}")


STEADY = 0.015  # how far a median may be off, as a part of it
PASSES = 4  # times that a run goes through all programs; each pass makes its part of a program's rounds


def is_steady(runs, metric):
    """Whether more rounds would hardly move a ratio: the error of a median falls with the root of their number."""
    found, _ = evaluate({key: made for key, made in runs.items() if made}, metric)
    return all(not one["ratio"] or one["ratio"]["spread"] / len(one[metric]) ** 0.5 < STEADY for one in found.values())


def enough(options, number, spent, runs, share=1):
    """Whether the counted rounds so far, which took `spent` seconds, are enough for this share of all passes. Three are made in the end
    at least, unless even those take far too long; short programs get up to five times as many as are asked for, within a quarter of the
    time; what varies goes on until it is steady, or the time is over."""
    if number < (2 if share == 1 else 1):
        return False
    each = spent / number
    budget = options.budget * share
    wanted = min(5 * options.runs, max(options.runs, int(options.budget / 4 / each))) * share
    if number >= 3 and spent + each > budget or spent > 3 * budget:
        return True
    return number >= wanted and (share < 1 or number >= 5 * options.runs or is_steady(runs, options.metric))


class Race:
    """The contestants of one program while they are measured. Their rounds are spread over the passes of a run, because a machine's
    neighbours are busy for minutes on end: what all passes have in common is the programs."""

    def __init__(self, program, builder, options, progress):
        self.program, self.builder, self.options, self.progress = program, builder, options, progress
        self.failed = {}
        self.started = build_all(program, builder, progress, self.failed)
        self.expected = [None, None]
        self.runs = {contestant.key: [] for contestant, _, _ in self.started}
        self.spent = 0.0
        self.number = 0  # of the next round: the first one is not counted

    def advance(self, share):
        """Runs all contestants in turn until that is enough for this share of the passes."""
        while self.started and (self.number < 2 or not enough(self.options, self.number - 1, self.spent, self.runs, share)):
            start = time.monotonic()
            self._round()
            if self.number:
                self.spent += time.monotonic() - start
            self.number += 1

    def _round(self):
        turn = self.number % len(self.started)
        for contestant, command, environment in self.started[turn:] + self.started[:turn]:
            if contestant.key in self.failed:
                continue
            self.progress.note(f"round {self.number}, {contestant.key}")
            arguments = self.program.arguments(self.options.size)
            try:
                run = measure.run(self.builder.meter, command + arguments, environment, self.options.limit)
            except measure.RunFailed as error:
                leave_out(contestant, error, self.failed, self.progress)
                continue
            check(self.program, contestant, run, self.expected)
            if self.number:
                self.runs[contestant.key].append(run)

    def record(self, counter):
        """The record of the program as it goes into the JSON file."""
        program, options = self.program, self.options
        record = {"what": program.what, "size": program.arguments(options.size), "lacks": program.lacks,
                  "without": program.missing, "failed": self.failed, "contestants": {}, "best": None}
        left = [one for one in self.started if one[0].key not in self.failed]
        if not left:
            return record
        runs = {contestant.key: self.runs[contestant.key] for contestant, _, _ in left}
        record["contestants"], record["best"] = evaluate(runs, options.metric)
        counts, size = instructions(program, left, counter, options, self.progress)
        record["instructions_size"] = program.arguments(size)
        for key, count in counts.items():
            record["contestants"][key]["instructions"] = count
        return record


def instructions(program, started, counter, options, progress):
    """Instructions by contestant, and the size they were counted at; an emulator gets the quick size."""
    size = "quick" if counter.emulates and options.size == "full" else options.size
    counts = {}
    for contestant, command, environment in started:
        if counter.how == "none":
            break
        progress.note(f"instructions, {contestant.key}")
        counts[contestant.key] = counter.count(command + program.arguments(size), environment, contestant.peer.native,
                                               options.limit)
    return counts, size


def evaluate(runs, metric):
    """What a round's numbers come to, by contestant, and which of them is the base of the ratios."""
    times = {key: [getattr(run, metric) for run in list_] for key, list_ in runs.items()}
    candidates = programs.baseline(times)
    best = min(candidates, key=lambda key: spread.summary(times[key])["median"]) if candidates else None
    found = {}
    for key, list_ in runs.items():
        one = {name: [round(getattr(run, name), 6) for run in list_] for name in measure.METRICS}
        one["time"] = spread.summary(times[key])
        one["peak_kib"] = int(spread.summary([run.peak for run in list_])["median"])
        one["ratio"] = spread.ratios(times[key], times[best]) if best else None
        frames = [run.frames for run in list_ if run.frames]
        if frames:
            one["frames"] = {name: spread.summary([frame[name] for frame in frames])["median"] for name in ("p50", "p99", "max")}
        found[key] = one
    return found, best


def run_suite(all_programs, builder, counter, options, progress):
    """Records of all programs by name. What is wrong with one program ends the run: numbers of wrong programs are none."""
    races = []
    for program in all_programs:
        progress.step(program.name)
        races.append(Race(program, builder, options, progress))
    for number in range(1, PASSES + 1):
        for race in races:
            progress.step(race.program.name)
            race.advance(number / PASSES)
    records = {}
    for race in races:
        progress.step(race.program.name)
        records[race.program.name] = race.record(counter)
    return records


STEPS = PASSES + 2  # of a program, as `run_suite` tells of them: it is built, run in passes, and its instructions are counted


FAILURES = (WrongOutput, build.BuildFailed, measure.RunFailed, programs.BadProgram)
