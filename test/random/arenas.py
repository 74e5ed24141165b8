"""Random programs with arenas: those of graphs.py, with blocks of arenas in them, nested, named, in loops and recursion. Many of their
objects would outlive their arenas; the compiler says of each which, and what would mend it, and that is done until it is content. The
program must then print what it prints with the arenas taken out.
"""

import json
import re
import subprocess

import graphs

OUTLIVES = "D3050"
MOST_ROUNDS = 40


class Arenas(graphs.Graphs):
    def __init__(self, seed):
        super().__init__(seed)
        self.open = []

    def value(self):
        made = super().value()
        if made.startswith("new ") and self.open and self.chance(25):
            made += " in %s" % self.random.choice(self.open + ["heap"])
            return "(%s)" % made
        return made

    def place(self):
        return " in %s" % self.random.choice(self.open + ["heap"]) if self.open and self.chance(25) else ""

    def statement(self, lines, indent, nesting):
        if nesting == 0 or not self.chance(18):
            return super().statement(lines, indent, nesting)
        pad, name = "    " * indent, self.name("arena")
        names, arrays, kept = list(self.names), list(self.arrays), (list(self.texts), list(self.words), list(self.lists))
        lines.append("%sarena %s%s {" % (pad, name, self.random.choice(["", "", "(200)", "(100000)"])))
        self.open.append(name)
        if self.chance(70):  # Mostly about objects of its own.
            self.names = []
        self.block(lines, indent + 1, nesting - 1, 6)
        self.open.pop()
        lines.append(pad + "}")
        self.names, self.arrays = names, arrays
        self.texts, self.words, self.lists = kept

    def function(self, name, parameter, word=""):
        self.open = []
        return super().function(name, parameter, word)


def without_arenas(source):
    return re.sub(r" in (heap|arena\d+)\b", "", re.sub(r"\barena \w+(\(\d+\))? \{", "{", source))


def mend(dreamc, path, source):
    """The program after the compiler's advice; fails with what it says when that does not help."""
    for _ in range(MOST_ROUNDS):
        with open(path, "w") as file:
            file.write(source)
        made = subprocess.run([dreamc, "-w", "--diagnostics=json", "-ferror-limit=0", "-c", path, "-o", "/dev/null"],
                              capture_output=True, text=True, timeout=120)
        if made.returncode == 0:
            return source
        try:
            told = [one for one in json.loads(made.stderr) if one["severity"] == "error"]
        except ValueError:
            raise RuntimeError(made.stderr)
        if any(one["code"] != OUTLIVES for one in told):
            raise RuntimeError(made.stderr)
        changes = {}
        text = source.encode()
        for one in told:
            fix = one["fixes"][0] if one["fixes"] else None
            if fix and not re.search(rb" in arena\d+$", text[:fix["range"]["start"]["offset"]]):
                changes[fix["range"]["start"]["offset"]] = fix["text"]
            else:  # It names an arena already: it names the heap instead.
                begin = one["range"]["start"]["offset"]
                name = re.search(rb" in (arena\d+)\b", text[begin:])
                changes[begin + name.start(1)] = None
        for offset in sorted(changes, reverse=True):
            if changes[offset] is None:
                text = text[:offset] + re.sub(rb"^arena\d+", b"heap", text[offset:], count=1)
            else:
                text = text[:offset] + changes[offset].encode() + text[offset:]
        source = text.decode()
    raise RuntimeError("the compiler is never content:\n" + made.stderr)


def generate(seed):
    return Arenas(seed).program(), None
