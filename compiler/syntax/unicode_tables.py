#!/usr/bin/env python3
"""Writes unicode_tables.inc: which characters make names, and the data of NFC. Run it by hand for a newer Unicode."""
import sys
import unicodedata


def ranges(test):
    result = []
    for code in range(0x80, 0x110000):
        if test(code):
            if result and result[-1][1] == code - 1:
                result[-1][1] = code
            else:
                result.append([code, code])
    return result


def emit(name, kind, rows):
    print(f"static constexpr {kind} {name}[] = {{")
    line = "   "
    for row in rows:
        cell = " {" + ", ".join(hex(value) for value in row) + "},"
        if len(line) + len(cell) > 120:
            print(line)
            line = "   "
        line += cell
    print(line)
    print("};")


def canonical(code):
    text = unicodedata.decomposition(chr(code))
    return [] if not text or text.startswith("<") else [int(part, 16) for part in text.split()]


print(f"// Written by unicode_tables.py from Unicode {unicodedata.unidata_version}. Do not edit.")
emit("kXidStart", "CharRange", ranges(lambda c: chr(c).isidentifier()))
emit("kXidContinue", "CharRange", ranges(lambda c: ("a" + chr(c)).isidentifier()))
hangul = range(0xAC00, 0xD7A4)
pairs = [(c, canonical(c)) for c in range(0x80, 0x110000) if c not in hangul and canonical(c)]
emit("kDecompositions", "Decomposition", [(c, *parts, *([0] * (2 - len(parts)))) for c, parts in pairs])
compositions = [(parts[0], parts[1], c) for c, parts in pairs
                if len(parts) == 2 and unicodedata.normalize("NFC", chr(parts[0]) + chr(parts[1])) == chr(c)]
emit("kCompositions", "Composition", sorted(compositions))
classes = []
for code in range(0x80, 0x110000):
    value = unicodedata.combining(chr(code))
    if value:
        if classes and classes[-1][1] == code - 1 and classes[-1][2] == value:
            classes[-1][1] = code
        else:
            classes.append([code, code, value])
emit("kCombiningClasses", "CombiningClass", classes)
