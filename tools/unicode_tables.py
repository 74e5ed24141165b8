#!/usr/bin/env python3
"""Writes runtime/text/unicode_tables.inc from the Unicode data that Python has.

    python3 tools/unicode_tables.py > runtime/text/unicode_tables.inc

Categories: runs of characters, each `first << 5 | category` with .NET's numbers, sorted; a run ends where the next begins.
30 stands for letters by turns, capital ones at even places; 31 for the same, capital ones at odd places.
Cases: runs {first, last, step, distance} of characters that have another case at that distance; as in .NET nothing beyond
ASCII changes to ASCII, nor do the dotted capital and the dotless small i change.
"""

import sys
import unicodedata

CATEGORIES = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Zs Zl Zp Cc Cf Cs Co Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Cn".split()
LIMIT = 0x110000


def category_runs():
    categories = [CATEGORIES.index(unicodedata.category(chr(c))) for c in range(LIMIT)]
    at = 0
    while at < LIMIT:
        end = at + 1
        while end < LIMIT and categories[end] == categories[at]:
            end += 1
        kind = categories[at]
        if end == at + 1 and kind in (0, 1):
            turns = at
            while turns < LIMIT and categories[turns] == (kind if (turns - at) % 2 == 0 else 1 - kind):
                turns += 1
            # The last letter may begin a longer run of its own.
            while turns - at > 1 and turns < LIMIT and categories[turns] == categories[turns - 1]:
                turns -= 1
            if turns - at > 2:
                kind, end = (30 if (kind == 0) == (at % 2 == 0) else 31), turns
        yield at, kind
        at = end


def case_runs(change):
    pairs = []
    for c in range(LIMIT):
        other = change(chr(c)) if not 0xD800 <= c < 0xE000 else ""
        if len(other) == 1 and ord(other) != c and not (c >= 128 and ord(other) < 128) and c not in (0x130, 0x131):
            pairs.append((c, ord(other) - c))
    at = 0
    while at < len(pairs):
        first, distance = pairs[at]
        step = pairs[at + 1][0] - first if at + 1 < len(pairs) and pairs[at + 1][1] == distance else 1
        if step > 2:
            step = 1
        end = at + 1
        while end < len(pairs) and pairs[end] == (pairs[end - 1][0] + step, distance):
            end += 1
        yield first, pairs[end - 1][0], step, distance
        at = end


def upper(c):
    """Where the capital form is more than a letter, the letter that begins a title."""
    return c.upper() if len(c.upper()) == 1 else c.title()


def table(name, kind, rows):
    print("constexpr %s %s[] = {" % (kind, name))
    line = "   "
    for row in rows:
        if len(line) + len(row) > 118:
            print(line)
            line = "   "
        line += " " + row + ","
    print(line + "\n};")


def main():
    print("// Made by tools/unicode_tables.py from Unicode %s: do not edit." % unicodedata.unidata_version)
    table("categoryRuns", "uint32_t", ["0x%X" % (first << 5 | kind) for first, kind in category_runs()])
    for name, change in ("upperRuns", str.upper), ("lowerRuns", str.lower):
        table(name, "CaseRun", ["{0x%X, 0x%X, %d, %d}" % run for run in case_runs(change)])


sys.exit(main())
