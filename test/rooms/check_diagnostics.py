#!/usr/bin/env python3
"""Lists the diagnostics that no test expects: a test names one by its number (D2001) or its enumerator (DiagId::Name)."""

import os
import re
import sys

root = sys.argv[1]
rows = {}
area = os.path.join(root, "compiler", "diag")
for name in sorted(os.listdir(area)):
    if name.endswith(".def"):
        text = open(os.path.join(area, name), encoding="utf-8").read()
        for number, enumerator in re.findall(r"^DIAG\((\d+), (\w+),", text, re.M):
            rows[int(number)] = enumerator

tested = set()
for folder, folders, files in os.walk(os.path.join(root, "test")):
    for name in files:
        try:
            text = open(os.path.join(folder, name), encoding="utf-8", errors="replace").read()
        except OSError:
            continue
        tested.update(int(number) for number in re.findall(r"\bD(\d{4})\b", text))
        names = set(re.findall(r"\bDiagId::(\w+)", text))
        tested.update(number for number, enumerator in rows.items() if enumerator in names)

missing = sorted(set(rows) - tested)
for number in missing:
    print(f"no test expects D{number:04} {rows[number]}")
print(f"{len(rows) - len(missing)} of {len(rows)} diagnostics have a test")
sys.exit(1 if missing or not rows else 0)
