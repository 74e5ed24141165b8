"""What a program costs in instructions of the whole process, less those that it runs with the argument BASE. Arguments of the
program are joined by commas; what it prints is what it worked out.

    instructions.py --at-most RATIO PROGRAM BASE FIRST SECOND    FIRST takes at most RATIO times what SECOND does, and prints the same
    instructions.py --each COUNT --below LIMIT PROGRAM BASE FIRST    each of COUNT things takes less than LIMIT
"""
import argparse
import re
import subprocess
import sys

options = argparse.ArgumentParser()
options.add_argument("--at-most", type=float)
options.add_argument("--each", type=int)
options.add_argument("--below", type=float)
options.add_argument("program")
options.add_argument("names", nargs="+")
options = options.parse_args()


def measure(name):
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", options.program] + name.split(",")
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode:
        sys.exit("%s failed:\n%s" % (name, ran.stderr))
    return int(re.search(r"Collected : (\d+)", ran.stderr)[1]), ran.stdout


base, first, *second = [measure(name) for name in options.names]
cost = first[0] - base[0]
if options.below is not None and cost / options.each >= options.below:
    sys.exit("%s: %.1f instructions each" % (options.names[1], cost / options.each))
if options.at_most is not None:
    other = second[0]
    if first[1] != other[1]:
        sys.exit("the results differ: %r and %r" % (first[1], other[1]))
    if cost > options.at_most * (other[0] - base[0]):
        sys.exit("%s takes %.3f times what %s does" % (options.names[1], cost / (other[0] - base[0]), options.names[2]))
