"""The two suites that have a program of their own: zero-cost (instructions of abstractions) and micro (Google Benchmark)."""

import json
import os
import shutil
import subprocess
import sys


def zero_cost(root, options, progress):
    """Rows of bench/zero-cost/measure.py, or why there are none."""
    if not shutil.which("valgrind"):
        return {"skipped": "valgrind is missing"}
    progress.note("instructions of abstractions")
    command = [sys.executable, os.path.join(root, "bench", "zero-cost", "measure.py"), "--json", options.dreamc]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        return {"skipped": done.stderr.strip()[-300:]}
    return {"rows": json.loads(done.stdout)}


def zero_cost_tables(found):
    if "skipped" in found:
        return [("What abstractions cost: skipped", ["why"], [[found["skipped"]]])]
    rows = []
    for row in found["rows"]:
        mine, by_hand, c = row["dream"], row["by_hand"], row["c"]
        rows.append([row["case"], *(f"{count / 1e6:.1f} M" for count in (mine, by_hand, c)), f"{mine / by_hand:.2f}", f"{mine / c:.2f}"])
    return [("What abstractions cost: instructions", ["case", "Dream", "by hand, Dream", "C", "to by hand", "to C"], rows)]


def micro(root, options, progress):
    """What runtime_bench says, which is built in the compiler's build folder."""
    build = os.path.dirname(os.path.dirname(options.dreamc))
    binary = os.path.join(build, "bin", "runtime_bench")
    progress.note("building runtime_bench")
    made = subprocess.run(["ninja", "-C", build, "runtime_bench"], capture_output=True, text=True)
    if made.returncode or not os.path.exists(binary):
        return {"skipped": (made.stdout or made.stderr or "runtime_bench was not built").strip().splitlines()[-1]}
    progress.note("running runtime_bench")
    shortest = "0.05" if options.size != "full" else "0.3"
    command = [binary, "--benchmark_format=json", f"--benchmark_min_time={shortest}"]
    if options.size == "full":
        command += ["--benchmark_repetitions=5", "--benchmark_report_aggregates_only=true"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        return {"skipped": done.stderr.strip()[-300:]}
    rows = {}
    for one in json.loads(done.stdout)["benchmarks"]:
        if one.get("aggregate_name", "median") == "median":
            scale = {"ns": 1, "us": 1e3, "ms": 1e6}[one["time_unit"]]
            rows[one["run_name"]] = one["cpu_time"] * scale
    return {"ns": rows}


def micro_tables(found):
    """`what/dream` stands beside `what/cpp`: both are in the one program."""
    if "skipped" in found:
        return [("Micro benchmarks: skipped", ["why"], [[found["skipped"]]])]
    rows = []
    for name, time in found["ns"].items():
        what, _, side = name.partition("/")
        if side == "dream":
            other = found["ns"].get(what + "/cpp")
            rows.append([what, f"{time:.2f}", f"{other:.2f}" if other else "", f"{time / other:.2f}" if other else ""])
    return [("Micro benchmarks, ns", ["what", "Dream", "C++", "ratio"], rows)]
