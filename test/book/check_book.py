#!/usr/bin/env python3
"""Compiles and runs every program of the book.

    check_book.py DREAMC PAGE_OR_FOLDER

A fenced block ```dream is a whole program; the ```output block after it is what it prints. ```dream error must be refused
with the text of the ```diagnostic block after it, ```dream panic prints its output and ends with exit code 134. Of a ```dream explain the
```places block after it is what --explain tells.
"""

import os
import re
import subprocess
import sys
import tempfile

FENCE = re.compile(r"^```(\w[\w ]*)\n(.*?)^```$", re.S | re.M)


def programs(text):
    """(line, kind, source, expectation) of each program on a page."""
    blocks = [(text.count("\n", 0, m.start()) + 1, m.group(1), m.group(2)) for m in FENCE.finditer(text)]
    for (line, kind, source), following in zip(blocks, blocks[1:] + [(0, "", "")]):
        if kind.split()[0] == "dream":
            yield line, kind, source, following


def check(dreamc, kind, source, following, folder):
    """What is wrong with one program, or None."""
    wanted = {"dream error": "diagnostic", "dream explain": "places"}.get(kind, "output")
    if following[1] != wanted:
        return "has no ```%s block" % wanted
    path, binary = os.path.join(folder, "program.dr"), os.path.join(folder, "program")
    with open(path, "w") as file:
        file.write(source)
    if kind == "dream explain":
        told = subprocess.run([dreamc, "--explain", "program.dr"], capture_output=True, text=True, cwd=folder)
        return None if told.stdout == following[2] else "is explained as:\n" + told.stdout + told.stderr
    made = subprocess.run([dreamc, "-fcheck-memory", path, "-o", binary], capture_output=True, text=True)
    if kind == "dream error":
        if made.returncode == 0:
            return "compiles, but should be refused"
        return None if following[2].strip() in made.stderr else "is refused with:\n" + made.stderr
    if made.returncode != 0:
        return "does not compile:\n" + made.stderr
    ran = subprocess.run([binary], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if ran.returncode != (134 if kind == "dream panic" else 0):
        return "exits with %d:\n%s" % (ran.returncode, ran.stderr)
    if ran.stdout != following[2]:
        return "prints:\n" + ran.stdout
    return "leaks:\n" + ran.stderr if "not released" in ran.stderr else None


def main():
    dreamc, book = sys.argv[1:3]
    count = failures = 0
    with tempfile.TemporaryDirectory() as folder:
        pages = [os.path.join(book, page) for page in sorted(os.listdir(book))] if os.path.isdir(book) else [book]
        for page in pages:
            with open(page) as file:
                for line, kind, source, following in programs(file.read()):
                    count += 1
                    problem = check(dreamc, kind, source, following, folder)
                    if problem:
                        failures += 1
                        print("%s:%d: the program %s" % (page, line, problem))
    print("%d programs, %d failed" % (count, failures))
    sys.exit(1 if failures or not count else 0)


if __name__ == "__main__":
    main()
