"""The suite of programs: builds every contestant of every program, checks that they print the same, and runs them in turn.

The turns are interleaved: each round runs every contestant once, beginning with another one each time, so that a machine that
slows down slows down all of them. The first round warms caches and checks outputs; it does not count.
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


def is_steady(runs, metric):
    """Whether more rounds would hardly move a ratio: the error of a median falls with the root of their number."""
    found, _ = evaluate({key: made for key, made in runs.items() if made}, metric)
    return all(not one["ratio"] or one["ratio"]["spread"] / len(one[metric]) ** 0.5 < STEADY for one in found.values())


def enough(options, number, spent, runs):
    """Whether the counted rounds so far, which took `spent` seconds, are enough. Three are made at least, unless even those take far
    too long; short programs get up to five times as many as are asked for, within a quarter of the time; what varies goes on until it
    is steady, or the time is over."""
    if number < 2:
        return False
    each = spent / number
    wanted = min(5 * options.runs, max(options.runs, int(options.budget / 4 / each)))
    if number >= 3 and spent + each > options.budget or spent > 3 * options.budget:
        return True
    return number >= wanted and (number >= 5 * options.runs or is_steady(runs, options.metric))


def rounds(program, started, builder, options, failed, progress):
    """Runs all contestants in turn until there are enough runs or the time for this program is used up."""
    expected = [None, None]
    runs = {contestant.key: [] for contestant, _, _ in started}
    start = time.monotonic()
    number = 0
    while number < 2 or not enough(options, number - 1, time.monotonic() - start, runs):
        turn = number % len(started)
        for contestant, command, environment in started[turn:] + started[:turn]:
            if contestant.key in failed:
                continue
            progress.note(f"round {number}, {contestant.key}")
            try:
                run = measure.run(builder.meter, command + program.arguments(options.size), environment, options.limit)
            except measure.RunFailed as error:
                leave_out(contestant, error, failed, progress)
                continue
            check(program, contestant, run, expected)
            if number:
                runs[contestant.key].append(run)
        if not number:
            start = time.monotonic()
        number += 1
    return {key: made for key, made in runs.items() if key not in failed}


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


def measure_program(program, builder, counter, options, progress):
    """The record of one program as it goes into the JSON file."""
    failed = {}
    started = build_all(program, builder, progress, failed)
    record = {"what": program.what, "size": program.arguments(options.size), "lacks": program.lacks,
              "without": program.missing, "failed": failed, "contestants": {}, "best": None}
    if not started:
        return record
    runs = rounds(program, started, builder, options, failed, progress)
    started = [one for one in started if one[0].key in runs]
    record["contestants"], record["best"] = evaluate(runs, options.metric)
    counts, size = instructions(program, started, counter, options, progress)
    record["instructions_size"] = program.arguments(size)
    for key, count in counts.items():
        record["contestants"][key]["instructions"] = count
    return record


def run_suite(all_programs, builder, counter, options, progress):
    """Records of all programs by name. What is wrong with one program ends the run: numbers of wrong programs are none."""
    records = {}
    for program in all_programs:
        progress.step(program.name)
        records[program.name] = measure_program(program, builder, counter, options, progress)
    return records


FAILURES = (WrongOutput, build.BuildFailed, measure.RunFailed, programs.BadProgram)
