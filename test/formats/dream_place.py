"""Placement tests: run tests whose comments also say where every object of the file lives, and why not cheaper.

    var n = new Node(1);     //@ new Node: frame
    var all = [n, Make()];   //@ Node[]: region | the result of 'Make': heap: is stored in 'kept'

A comment `//@` names all places of its line where objects are made, from left to right, as `--explain` tells of them; a
line without one makes none. What the places are called:

    frame          storage of a fixed size in the function's frame, the same in each turn of a loop
    region         a region that is open while the function runs
    turn           a region that is open for one turn of a loop
    caller         where the function's caller says: a part of the result
    heap: STEPS    on the heap, and the way that keeps it there
    PLACE (WHY)    any other place that is told of

Then the program runs as run tests do (dream_run.py), also with everything on the heap, and with placements demoted at random.
test/update_expectations.py writes these comments too.
"""

import json
import os

import lit.Test

import dream_run

CONFIGURATIONS = dream_run.CONFIGURATIONS + ["-O2 -fplace=heap"] + [
    f"-O2 -fplace-stress={seed}{check}" for seed, check in ((1, ""), (2, " -fcheck-memory"), (3, ""))
]
MARK = "//@"


def place_of(row):
    if row["place"] == "region":
        return "turn" if "loop" in row else "region"
    if row["place"] != "heap":
        return row["place"]
    return ", ".join(["heap: " + row["because"][0]["it"], *(step["it"] for step in row["because"][1:])])


def explain(path, dreamc, flags, environment):
    """What the compiler tells of the places in a file: rows with `line` and `column`; or its complaint."""
    folder, name = os.path.split(path)
    code, out, err = dream_run.run([dreamc, "--explain=json", *flags, name], folder, environment, dream_run.SECONDS)
    if code != 0:
        return None, f"--explain failed with {code}:\n{err}"
    rows = []
    for row in json.loads(out):
        file, line, column = row["at"].rsplit(":", 2)
        if file == name:
            rows.append({**row, "line": int(line), "column": int(column)})
    return rows, ""


def places(path, dreamc, flags, environment):
    """The comment of each line that has places, by number; or the compiler's complaint."""
    rows, complaint = explain(path, dreamc, flags, environment)
    if rows is None:
        return None, complaint
    module = "'" + os.path.splitext(os.path.basename(path))[0] + "."
    lines = {}
    for row in rows:
        text = f"{row['what']}: {place_of(row)}".replace(module, "'").replace(module[1:], "")
        here = lines.setdefault(row["line"], [])
        if (row["column"], text) not in here:  # Several instances of a generic function may say the same.
            here.append((row["column"], text))
    return {line: " | ".join(text for _, text in sorted(here)) for line, here in lines.items()}, ""


class PlaceTest(dream_run.RunTest):
    configurations = CONFIGURATIONS

    def execute(self, test, lit_config):
        path = test.getSourcePath()
        dreamc = os.path.join(test.config.dream_build, "bin", "dreamc")
        if not os.path.exists(dreamc):
            return lit.Test.UNSUPPORTED, "dreamc is not built"
        flags = dream_run.Expectation(path).flags
        found, complaint = places(path, dreamc, flags, test.config.environment)
        if found is None:
            return lit.Test.FAIL, dream_run.printable(complaint)
        wrong = []
        with open(path, encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                expected = line.partition(MARK)[2].strip()
                actual = found.get(number, "")
                if expected != actual:
                    wrong.append(f"line {number}: expected {expected or 'nothing'}\n    but it is {actual or 'nothing'}")
        if wrong:
            return lit.Test.FAIL, dream_run.printable("\n".join(wrong))
        return super().execute(test, lit_config)


def write_places(path, dreamc):
    found, complaint = places(os.path.abspath(path), dreamc, dream_run.Expectation(path).flags, os.environ)
    if found is None:
        return complaint
    with open(path, encoding="utf-8") as file:
        lines = file.read().split("\n")
    for number, line in enumerate(lines, 1):
        code = line.partition(MARK)[0].rstrip() if MARK in line else line
        lines[number - 1] = f"{code} {MARK} {found[number]}" if number in found else code
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))
    return "written"

