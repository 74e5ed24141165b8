"""Edits that explanations suggest: each is applied to a copy of a large program, and must change the place as promised.

    program: ../run/large/bank.dr      the program that the entries of the file are about

    site: throw @new Refusal("No.")    a text that occurs once in it; the object is made at the mark
    because: is thrown                 why it is on the heap: the last step of the way
    cheaper: give back a value         a part of the advice
    - throw new Refusal("No.");        what is replaced; it occurs once
    + return Tells("No.", false);      by what
    now: @return Tells => none         where it is made in the edited program, and its place (dream_place.py);
                                       none: no object on the heap is made in this line any more

Entries are separated by empty lines; a line that begins with # is a comment.
"""

import os
import tempfile

import lit.Test
import lit.formats

import dream_place
import dream_run


def read(path):
    """The program and the entries of a file: lists of (word, text)."""
    program, entries, entry = "", [], []
    with open(path, encoding="utf-8") as file:
        for line in [*file.read().split("\n"), ""]:
            word, _, text = line.partition(" ")
            text = text.replace("\\n", "\n")
            if word == "program:":
                program = text
            elif line and not line.startswith("#"):
                entry.append((word.rstrip(":"), text))
            elif not line and entry:
                entries.append(entry)
                entry = []
    return os.path.join(os.path.dirname(path), program), entries


def mark(source, text):
    """(line, column) of the mark in a text that occurs once."""
    before, _, after = text.partition("@")
    if source.count(before + after) != 1:
        raise ValueError(f"'{before + after}' occurs {source.count(before + after)} times")
    at = source.index(before + after) + len(before)
    return source.count("\n", 0, at) + 1, len(source[source.rfind("\n", 0, at) + 1:at].encode()) + 1


def check(entry, source, rows, explain):
    """What is wrong with an entry; nothing if all is right."""
    fields = dict(entry)
    line, column = mark(source, fields["site"])
    here = [row for row in rows if (row["line"], row["column"]) == (line, column)]
    if not here or any(row["place"] != "heap" for row in here):
        return f"it is not on the heap: {[dream_place.place_of(row) for row in here]}"
    if here[0]["because"][-1]["it"] != fields["because"]:
        return f"it is there because it {here[0]['because'][-1]['it']}"
    if fields["cheaper"] not in here[0].get("cheaper", ""):
        return f"the advice is: {here[0].get('cheaper', '')}"
    old = [text for word, text in entry if word == "-"]
    new = [text for word, text in entry if word == "+"]
    for before, after in zip(old, new, strict=True):
        if source.count(before) != 1:
            return f"'{before}' occurs {source.count(before)} times"
        source = source.replace(before, after)
    rows, complaint = explain(source)
    if rows is None:
        return complaint
    where, _, place = fields["now"].rpartition(" => ")
    line, column = mark(source, where)
    if place == "none":
        here = [row for row in rows if row["line"] == line and row["place"] == "heap"]
        return f"still there: {[row['what'] for row in here]}" if here else ""
    here = sorted({dream_place.place_of(row) for row in rows if (row["line"], row["column"]) == (line, column)})
    return "" if here == [place] else f"now it is: {here}"


class EditTest(lit.formats.base.FileBasedTest):
    def execute(self, test, lit_config):
        dreamc = os.path.join(test.config.dream_build, "bin", "dreamc")
        if not os.path.exists(dreamc):
            return lit.Test.UNSUPPORTED, "dreamc is not built"
        program, entries = read(test.getSourcePath())
        with open(program, encoding="utf-8") as file:
            source = file.read()
        with tempfile.TemporaryDirectory() as folder:
            def explain(text):
                path = os.path.join(folder, os.path.basename(program))
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
                return dream_place.explain(path, dreamc, dream_run.Expectation(program).flags, test.config.environment)

            rows, complaint = explain(source)
            if rows is None:
                return lit.Test.FAIL, dream_run.printable(complaint)
            wrong = []
            for entry in entries:
                try:
                    problem = check(entry, source, rows, explain)
                except (KeyError, ValueError) as error:
                    problem = f"{error}"
                if problem:
                    wrong.append(f"{dict(entry).get('site')}\n    {problem}")
        if wrong or not entries:
            return lit.Test.FAIL, dream_run.printable("\n".join(wrong) or "no entries")
        return lit.Test.PASS, ""
