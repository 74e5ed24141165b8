"""One run of a program: its time, its peak of memory, its output; and its instructions, where they can be counted."""

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field


@dataclass
class Run:
    status: int
    user: float
    system: float
    wall: float
    peak: int  # KiB
    output: bytes = b""
    errors: bytes = b""
    frames: dict = field(default_factory=dict)

    @property
    def cpu(self):
        return self.user + self.system


METRICS = ("cpu", "user", "wall")


class RunFailed(Exception):
    """A program that ended badly, or did not end in time."""


def frames_of(errors):
    """What a program that counts frames says on standard error: `frames p50 P p99 Q max M`, in microseconds."""
    found = re.search(rb"^frames p50 ([\d.]+) p99 ([\d.]+) max ([\d.]+)$", errors, re.MULTILINE)
    return dict(zip(("p50", "p99", "max"), map(float, found.groups()))) if found else {}


def run(meter, command, environment=None, limit=120):
    """Runs a command once under the meter. A run that fails is an exception: its time would mean nothing."""
    with tempfile.TemporaryDirectory(prefix="dream-bench-") as folder:
        result, out, err = (os.path.join(folder, name) for name in ("result", "out", "err"))
        # The meter sets variables for its child alone: an allocator that is preloaded takes memory.
        variables = [f"{name}={value}" for name, value in sorted((environment or {}).items())]
        done = subprocess.run([meter, result, str(int(limit)), out, err, *variables, *command], capture_output=True)
        if done.returncode:
            raise RunFailed(f"the meter failed: {done.stderr.decode(errors='replace')}")
        with open(result) as file:
            words = file.read().split()
        with open(out, "rb") as file:
            output = file.read()
        with open(err, "rb") as file:
            errors = file.read()
    status, numbers, peak = int(words[0]), [float(word) for word in words[1:4]], int(words[4])
    if status == 124:
        raise RunFailed(f"{' '.join(command)} took more than {limit} seconds")
    if status:
        raise RunFailed(f"{' '.join(command)} ended with {status}:\n{errors.decode(errors='replace').strip()[-2000:]}")
    return Run(status, *numbers, peak, output, errors, frames_of(errors))


class InstructionCounter:
    """Counts instructions by `perf stat` where the machine lets it, else under callgrind, else not at all."""

    def __init__(self, choice="auto"):
        self.how = "none"
        if choice in ("auto", "perf") and self._perf(["true"]) is not None:
            self.how = "perf"
        elif choice in ("auto", "callgrind") and shutil.which("valgrind"):
            self.how = "callgrind"

    @property
    def emulates(self):
        """Whether counting takes so long that it wants a small size."""
        return self.how == "callgrind"

    def count(self, command, environment, native, limit=120):
        """Instructions in user mode, or None."""
        if self.how == "perf":
            return self._perf(command, limit, environment)
        # An allocator cannot be preloaded under valgrind, which preloads its own; and it does not know Go's or Java's ways.
        if self.how == "callgrind" and native and not environment:
            return self._callgrind(command, limit)
        return None

    def _perf(self, command, limit=120, environment=None):
        if not shutil.which("perf"):
            return None
        with tempfile.NamedTemporaryFile("r", prefix="dream-bench-") as file:
            try:
                done = subprocess.run(["perf", "stat", "-x", ",", "-e", "instructions:u", "-o", file.name, *command],
                                      capture_output=True, timeout=limit, env={**os.environ, **(environment or {})})
            except subprocess.TimeoutExpired:
                return None
            found = re.search(r"^(\d+),", file.read(), re.MULTILINE)
            return int(found[1]) if found and not done.returncode else None

    def _callgrind(self, command, limit):
        try:
            done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command],
                                  capture_output=True, text=True, errors="replace", timeout=limit)
        except subprocess.TimeoutExpired:
            return None
        found = re.search(r"Collected : (\d+)", done.stderr)
        return int(found[1]) if found and not done.returncode else None
