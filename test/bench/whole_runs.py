"""Whole runs of the harness: whole_runs.py ROOT FOLDER. The programs in Dream are shell scripts, and the compiler copies them."""

import json
import os
import shutil
import subprocess
import sys

root, folder = sys.argv[1], sys.argv[2]
shutil.rmtree(folder, ignore_errors=True)
os.makedirs(folder)

# Both spin for some milliseconds, so that their times are more than noise.
C = """#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv) {
  volatile int spin = 0;
  for (int i = 0; i < 10000000; i++)
    spin++;
  printf("%d\\n", 2 * atoi(argv[1]));
}
"""
SCRIPT = """#!/bin/sh
i=0; while [ $i -lt SPIN ]; do i=$((i + 1)); done
echo frames p50 1.0 p99 2.0 max 3.0 >&2
echo $((FACTOR * $1))
"""


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
    return path


def program(spin, factor):
    base = os.path.join(folder, "programs", "twice")
    write(os.path.join(base, "about.json"), '{"what": "twice", "full": [4], "quick": [3], "test": [2], "lacks": {"dream": "it is slow"}}')
    write(os.path.join(base, "twice.c"), C)
    write(os.path.join(base, "twice.dr"), SCRIPT.replace("SPIN", str(spin)).replace("FACTOR", str(factor)))


dreamc = write(os.path.join(folder, "dreamc"), """#!/bin/sh
test "$1" = --version && echo copying 1.0 && exit
while [ "$1" != -o ]; do source=$3; test "$2" = -o && source=$1; shift; done
cp "$source" "$2" && chmod +x "$2"
""")
os.chmod(dreamc, 0o755)


def bench(*arguments, status=0):
    made = os.path.join(folder, "out")
    command = [sys.executable, os.path.join(root, "bench", "run"), "--dreamc", dreamc, "--programs", os.path.join(folder, "programs"),
               "--folder", made, "--peers", "dream,c", "--no-install", "--instructions", "none", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != status:
        sys.exit(f"{arguments}: ended with {done.returncode}, not {status}:\n{done.stdout}\n{done.stderr}")
    return done.stdout + done.stderr


def expect(text, *parts):
    for part in parts:
        if part not in text:
            sys.exit(f"'{part}' is missing in:\n{text}")


def path(name):
    return os.path.join(folder, name)


# The numbers are in the table, the file and the page.
program(spin=5000, factor=2)
expect(bench("--quick", "--only", "twice", "--json", path("old.json"), "--page", path("page.html")),
       "twice", "best C", "Dream: copying 1.0", "twice, Dream: it is slow", "Peak memory", "Frames")
with open(path("old.json")) as file:
    old = json.load(file)
record = old["programs"]["twice"]
assert record["size"] == ["3"] and record["best"] == "c" and len(record["contestants"]["dream"]["cpu"]) >= 3, record
assert record["contestants"]["dream"]["frames"] == {"p50": 1.0, "p99": 2.0, "max": 3.0}, record
# What a process was measured at is its own memory, not that of the harness.
assert 500 < record["contestants"]["c"]["peak_kib"] < 6000, record
with open(path("page.html")) as file:
    expect(file.read(), "<svg", "CPU time, ratio to the best C")

# The documentation gets the numbers between its marks, and keeps the rest.
sys.path.insert(0, os.path.join(root, "bench"))
sys.dont_write_bytecode = True
from harness import peers, report  # noqa: E402
docs = write(path("repository/docs/performance.md"), f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n")
report.write_docs(old, path("repository"))
with open(docs) as file:
    words = file.read()
expect(words, "before\n", "| twice |", "![times](performance/times.svg)", "\nafter\n")
assert "old" not in words and os.path.exists(path("repository/docs/performance/times.svg")), words

# A file can be reported and compared without running anything.
expect(bench("--from", path("old.json"), "--compare", path("old.json")), "nothing got slower beyond the noise")

# A program that became slow shows up.
program(spin=500000, factor=2)
expect(bench("--quick", "--only", "twice", "--json", path("new.json"), "--compare", path("old.json"), status=1),
       "slower: twice dream, time to C")
expect(bench("--from", path("old.json"), "--compare", path("new.json")), "faster: twice dream")

# Wrong output fails the run, and so do a program that ends badly, one that does not compile, and a name that nobody has.
program(spin=1, factor=3)
expect(bench("--quick", "--only", "twice", status=2), "twice: dream prints other things than c", "line 1 of c: 6", "line 1 of dream: 9")
expect(bench("--check", "--only", "twice", status=2), "prints other things")
program(spin=1, factor="2 * exit 3 +")
expect(bench("--check", status=2), "ended with")
program(spin=1, factor=2)
expect(bench("--check", "--only", "nothing", status=2), "no suite and no program is called nothing")
write(path("programs/twice/twice.c"), "int main(")
expect(bench("--check", status=2), "twice.c does not compile")

# A leak that is told on standard error fails the check, unless about.json owns up to it.
program(spin=1, factor=2)
base = os.path.join(folder, "programs", "twice")
with open(os.path.join(base, "twice.dr"), "a") as file:
    file.write("echo 'Warning: 1 string object(s) not released at program exit' >&2\n")
bench("--check")
with open(os.path.join(base, "about.json")) as file:
    about = file.read()
write(os.path.join(base, "about.json"), about.replace('"dream":', '"dream-other":'))
expect(bench("--check", status=2), "twice: dream leaks")

# A peer that is missing is told, and left out.
program(spin=1, factor=2)
peers.PEERS.append(peers.Peer("none", "None", ".none", "no-such-compiler", ("no-such-package",)))
toolbox = peers.Toolbox(dreamc, ["dream", "none"], False, print)
assert toolbox.has("dream") and not toolbox.has("none"), toolbox.paths
assert toolbox.missing["none"] == "no-such-compiler is missing (package no-such-package)", toolbox.missing
