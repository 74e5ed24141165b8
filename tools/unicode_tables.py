#!/usr/bin/env python3
"""Writes runtime/text/unicode_tables.inc and stdlib/core/normalization_tables.dr from the Unicode data that Python has.

    python3 tools/unicode_tables.py

Categories: runs of characters, each `first << 5 | category` with .NET's numbers, sorted; a run ends where the next begins.
30 stands for letters by turns, capital ones at even places; 31 for the same, capital ones at odd places.
Cases: runs {first, last, step, distance} of characters that have another case at that distance; as in .NET nothing beyond
ASCII changes to ASCII, nor do the dotted capital and the dotless small i change.
Normalization: what a character consists of, canonically, as `character, first, second or 0`; which pairs make one, as
`first, second, character`; and the combining classes that are not 0, as `first, last, class`. All sorted.
"""

import os
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


def decompositions():
    for c in range(LIMIT):
        parts = unicodedata.decomposition(chr(c))
        if parts and parts[0] != "<":
            numbers = [int(part, 16) for part in parts.split()]
            yield c, numbers[0], numbers[1] if len(numbers) > 1 else 0


def compositions():
    pairs = [(first, second, c) for c, first, second in decompositions() if second]
    # Those that stay apart are excluded.
    return sorted(pair for pair in pairs if unicodedata.normalize("NFC", chr(pair[0]) + chr(pair[1])) == chr(pair[2]))


def combining_runs():
    at = 0
    while at < LIMIT:
        end, kind = at + 1, unicodedata.combining(chr(at))
        while end < LIMIT and unicodedata.combining(chr(end)) == kind:
            end += 1
        if kind:
            yield at, end - 1, kind
        at = end


def rows_of(items, indent):
    line = indent
    for item in items:
        if len(line) + len(item) > 118:
            yield line.rstrip()
            line = indent
        line += item + ", "
    yield line.rstrip()


def cpp_table(name, kind, rows):
    return ["constexpr %s %s[] = {" % (kind, name), *rows_of(rows, "    "), "};"]


def dream_table(name, words, rows):
    numbers = list(rows_of((", ".join("0x%X" % n for n in row) for row in rows), "    "))
    return ["/// " + words, "const int[] %s = [" % name, *numbers[:-1], numbers[-1].rstrip(","), "];"]


def write(path, lines):
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    with open(os.path.join(root, path), "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")


def main():
    made = "// Made by tools/unicode_tables.py from Unicode %s: do not edit." % unicodedata.unidata_version
    write("runtime/text/unicode_tables.inc", [
        made,
        *cpp_table("categoryRuns", "uint32_t", ["0x%X" % (first << 5 | kind) for first, kind in category_runs()]),
        *cpp_table("upperRuns", "CaseRun", ["{0x%X, 0x%X, %d, %d}" % run for run in case_runs(upper)]),
        *cpp_table("lowerRuns", "CaseRun", ["{0x%X, 0x%X, %d, %d}" % run for run in case_runs(str.lower)]),
    ])
    write("stdlib/core/normalization_tables.dr", [
        made,
        "module core;",
        "",
        *dream_table("decompositions", "A character, its first part, its second part or 0.", decompositions()),
        *dream_table("compositions", "Two parts, and the character that they make.", compositions()),
        *dream_table("combiningClasses", "The first and the last of a run of marks, and their class.", combining_runs()),
    ])


main()
