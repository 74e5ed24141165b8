"""What the harness computes: spreads, ratios, comparisons, tables, plots."""

import io
import os
import sys
import types
import unittest
import xml.dom.minidom

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(sys.argv.pop(1), "bench"))

from harness import build, compare, measure, peers, plots, programs, progress, spread, tables  # noqa: E402
from harness import suite_compile_time, suite_programs, suite_tools  # noqa: E402


def contestant(times, base, peak=2000, instructions=None):
    made = {"cpu": times, "time": spread.summary(times), "ratio": spread.ratios(times, base), "peak_kib": peak}
    if instructions:
        made["instructions"] = instructions
    return made


def run(dream, c=(1.0, 1.0, 1.0, 1.0), size="5", **more):
    contestants = {"c": contestant(list(c), list(c)), "dream": contestant(list(dream), list(c), **more)}
    record = {"size": [size], "best": "c", "contestants": contestants, "instructions_size": ["5"], "lacks": {}, "without": [], "failed": {}}
    return {"metric": "cpu", "programs": {"p": record}}


class Spread(unittest.TestCase):
    def test_summary(self):
        self.assertEqual(spread.summary([3.0, 1.0, 2.0]), {"median": 2.0, "spread": 0.25})
        self.assertEqual(spread.summary([4.0]), {"median": 4.0, "spread": 0.0})

    def test_ratios_pair_neighbours(self):
        # The machine was half as fast in the second round, for both.
        self.assertEqual(spread.ratios([2.0, 4.0], [1.0, 2.0]), {"median": 2.0, "spread": 0.0})
        self.assertIsNone(spread.ratios([1.0], [0.0]))


class Compare(unittest.TestCase):
    def worse(self, old, new):
        return [(row["what"], round(row["change"], 2)) for row in compare.compare(old, new)[0]]

    def test_the_same_is_not_slower(self):
        self.assertEqual(self.worse(run([1, 1, 1, 1]), run([1.02, 1.03, 1.02, 1.02])), [])

    def test_slower(self):
        self.assertEqual(self.worse(run([1, 1, 1, 1]), run([1.2, 1.2, 1.2, 1.2])), [("time to C", 0.2)])
        self.assertEqual(len(compare.compare(run([1.2] * 4), run([1.0] * 4))[1]), 1)

    def test_a_slow_machine_is_not_a_slow_program(self):
        self.assertEqual(self.worse(run([1, 1, 1, 1]), run([3, 3, 3, 3], c=[3, 3, 3, 3])), [])

    def test_noise(self):
        self.assertEqual(self.worse(run([0.8, 1.0, 1.2, 1.4]), run([1.0, 1.2, 1.4, 1.6])), [])

    def test_instructions_and_memory(self):
        old, new = run([1] * 4, instructions=1000, peak=100000), run([1] * 4, instructions=1030, peak=120000)
        self.assertEqual(self.worse(old, new), [("instructions", 0.03), ("peak memory", 0.2)])

    def test_another_best_c(self):
        old, new = run([2] * 4), run([2] * 4)
        new["programs"]["p"]["contestants"]["c-arena"] = contestant([0.5] * 4, [0.5] * 4)
        new["programs"]["p"]["best"] = "c-arena"
        self.assertEqual(self.worse(old, new), [])

    def test_compile_time_and_zero_cost(self):
        def other(seconds, instructions, clang=0.1):
            rows = [{"lines": 1000, "level": 0, "key": key, "cpu": {"median": time, "spread": 0.01}, "peak_kib": 1000}
                    for key, time in (("dream", seconds), ("c", clang))]
            return {"metric": "cpu", "compile_time": rows, "zero_cost": {"rows": [{"case": "zip", "dream": instructions}]}}

        self.assertEqual(self.worse(other(0.2, 100), other(0.24, 103)),
                         [("1,000 lines -O0, time to clang", 0.2), ("zip, instructions", 0.03)])
        self.assertEqual(self.worse(other(0.2, 100), other(0.4, 100, clang=0.2)), [])
        self.assertEqual(self.worse(other(0.2, 100), {"metric": "cpu", "compile_time": [], "zero_cost": {"skipped": "x"}}), [])

    def test_another_size(self):
        worse, _, notes = compare.compare(run([1] * 4), run([9] * 4, size="6"))
        self.assertEqual((worse, len(notes)), ([], 1))

    def test_only_what_is_slow_twice_counts(self):
        worse = compare.compare(run([1] * 4), run([2] * 4, peak=4000))[0]
        kept, notes = compare.confirmed(worse, compare.compare(run([1] * 4), run([2] * 4))[0])
        self.assertEqual([row["what"] for row in kept], ["time to C"])
        self.assertEqual(notes, ["p dream, peak memory: +100.0%, which a second measurement did not confirm"])

    def test_report(self):
        words = compare.report(*compare.compare(run([1] * 4), run([2] * 4)))
        self.assertIn("slower: p dream, time to C: 1 -> 2 (+100.0%, noise up to 5.0%)", words)


class Numbers(unittest.TestCase):
    def test_frames(self):
        self.assertEqual(measure.frames_of(b"x\nframes p50 1.5 p99 20 max 300.1\n"), {"p50": 1.5, "p99": 20.0, "max": 300.1})
        self.assertEqual(measure.frames_of(b"frames"), {})

    def test_best_c(self):
        self.assertEqual(programs.baseline(["dream", "cpp", "c", "c-arena"]), ["c", "c-arena"])
        self.assertEqual(programs.baseline(["dream", "cpp"]), ["cpp"])
        runs = {key: [measure.Run(0, time, 0, time, 1000)] for key, time in (("c", 2.0), ("c-arena", 1.0), ("dream", 3.0))}
        found, best = suite_programs.evaluate(runs, "cpu")
        self.assertEqual((best, found["dream"]["ratio"]["median"]), ("c-arena", 3.0))

    def test_difference(self):
        with self.assertRaises(suite_programs.WrongOutput) as raised:
            suite_programs.check(programs.Program("p", "", {}), type("C", (), {"key": "dream"}), measure.Run(0, 0, 0, 0, 0, b"1\n3\n"),
                                 [b"1\n2\n", "c"])
        self.assertIn("line 2 of dream: 3", str(raised.exception))


class FakeBuilder:
    def __init__(self, broken):
        self.broken = broken

    def build(self, program, contestant):
        if contestant.key == self.broken:
            raise build.BuildFailed(f"{contestant.key} does not compile:\nmore")
        return ["run", contestant.key], {}


class Builds(unittest.TestCase):
    def build(self, broken):
        one = programs.Program("p", "", {})
        one.contestants = [programs.Contestant(key, peers.BY_KEY[key.partition("-")[0]], "") for key in ("dream", "c-arena", "rust")]
        failed = {}
        watch = progress.Progress(1, io.StringIO())
        watch.step("p")
        return [made[0].key for made in suite_programs.build_all(one, FakeBuilder(broken), watch, failed)], failed

    def test_what_c_prints_comes_first(self):
        self.assertEqual(self.build(""), (["c-arena", "dream", "rust"], {}))

    def test_a_peer_that_does_not_compile_is_left_out(self):
        self.assertEqual(self.build("rust"), (["c-arena", "dream"], {"rust": "rust does not compile:\nmore"}))

    def test_dream_has_to_compile(self):
        self.assertRaises(build.BuildFailed, self.build, "dream")


class Rounds(unittest.TestCase):
    def enough(self, number, each, runs=7, budget=50, seconds=(1, 1, 1), share=1):
        made = [types.SimpleNamespace(frames=None, peak=1, **dict.fromkeys(measure.METRICS, time)) for time in seconds]
        options = types.SimpleNamespace(runs=runs, budget=budget, metric="cpu")
        return suite_programs.enough(options, number, number * each, {"c": made[:1] * len(made), "dream": made}, share)

    def test_what_varies_goes_on(self):
        self.assertFalse(self.enough(12, 1, seconds=(1, 1.1, 1.2, 1, 1.1, 1.3)))
        self.assertTrue(self.enough(35, 1, seconds=(1, 1.1, 1.2, 1, 1.1, 1.3)))
        self.assertTrue(self.enough(12, 5, seconds=(1, 1.1, 1.2, 1, 1.1, 1.3)))

    def test_long_programs_end_with_the_budget(self):
        self.assertFalse(self.enough(2, 20))
        self.assertTrue(self.enough(3, 20))
        self.assertTrue(self.enough(2, 80))

    def test_short_programs_run_more_often(self):
        self.assertFalse(self.enough(7, 1))
        self.assertTrue(self.enough(12, 1))
        self.assertTrue(self.enough(7, 3))
        self.assertFalse(self.enough(34, 0.001))
        self.assertTrue(self.enough(35, 0.001))

    def test_a_pass_makes_its_part(self):
        self.assertFalse(self.enough(1, 3, share=0.25))
        self.assertTrue(self.enough(2, 3, share=0.25))
        self.assertFalse(self.enough(5, 3, share=0.75))
        self.assertTrue(self.enough(6, 3, share=0.75))
        self.assertTrue(self.enough(1, 40, share=0.25))


class OtherSuites(unittest.TestCase):
    def test_compile_time(self):
        rows = [{"lines": 1000, "level": 0, "key": "dream", "cpu": {"median": 0.2, "spread": 0}, "peak_kib": 2048, "phases": {"parse": [1.5, 4.0]}},
                {"lines": 1000, "level": 0, "key": "c", "cpu": {"median": 0.1, "spread": 0}, "peak_kib": 1024},
                {"lines": 1000, "level": 0, "key": "go", "failed": "go took more than 180 seconds"}]
        times, memory, phases, more = suite_compile_time.tables(rows)
        self.assertEqual(times[1:], (["program", "Dream", "C", "Go"], [["1,000 lines -O0", "200 ms", "100 ms", "failed"]]))
        self.assertEqual(memory[2], [["1,000 lines -O0", "2", "1", "failed"]])
        self.assertEqual(phases[2], [["parse", "1.5"]])
        self.assertEqual(more[2], [["parse", "4.0"]])
        self.assertIn("<svg", suite_compile_time.plots(rows)["compile-time"])

    def test_phases(self):
        script = "print('     0.098 ms   0.0%      0.2 MB  parse\\n    11.632 ms   3.7%      1.5 MB  parse library\\n   316.705 ms             60.0 MB  total')"
        self.assertEqual(suite_compile_time.phases([sys.executable, "-c", script]), {"parse": [0.098, 0.2], "parse library": [11.632, 1.5]})

    def test_micro(self):
        title, head, rows = suite_tools.micro_tables({"ns": {"hash/dream": 6.0, "hash/cpp": 4.0}})[0]
        self.assertEqual(rows, [["hash", "6.00", "4.00", "1.50"]])
        self.assertEqual(suite_tools.micro_tables({"skipped": "no ninja"})[0][2], [["no ninja"]])


class Pictures(unittest.TestCase):
    def test_tables(self):
        head, rows = tables.ratio_rows(run([1.5] * 4)["programs"])
        self.assertEqual((head, rows), (["program", "best C", "Dream", "C"], [["p", "1.00 s C", "1.50 ±0%", "1.00 ±0%"]]))
        self.assertIn("| p | 1.00 s C |", tables.as_markdown(head, rows))

    def test_steered_versions_share_a_column(self):
        found = run([1.5] * 4)["programs"]
        found["p"]["contestants"]["dream-own"] = contestant([1.2] * 4, [1] * 4)
        head, rows = tables.ratio_rows(found)
        self.assertEqual((head[2:4], rows[0][2:4]), (["Dream", "Dream (steered)"], ["1.50 ±0%", "1.20 ±0% own"]))

    def test_plots_are_well_formed(self):
        labels = {"dream": "Dream", "c": "C <&"}
        made = [plots.dots("a < b", {"p": {"dream": (1.5, 0.1), "c": (1, 0)}}, ["dream", "c"], labels),
                plots.lines("t", {"dream": [(1000, 0.1), (10000, 2)], "c": [(1000, 0.2), (10000, 1.9)]}, labels, "x", "y")]
        for svg in made:
            xml.dom.minidom.parseString(svg)
        self.assertEqual(plots.lines("t", {}, {}, "x", "y"), "")

    def test_progress_is_silent_without_a_terminal(self):
        stream = io.StringIO()
        watch = progress.Progress(2, stream)
        watch.step("a")
        watch.note("b")
        self.assertEqual(stream.getvalue(), "")


unittest.main(verbosity=0)
