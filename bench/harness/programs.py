"""The programs to run: what bench/programs holds, and who takes part in each.

bench/programs/NAME/about.json says what a program shows and its sizes: `full`, `quick` and `test` are its arguments.
NAME.ENDING is the program in the language of that ending, NAME.VARIANT.ENDING another way to write it; each of them, and the C
version under a preloaded allocator where `mimalloc` is set, is a contestant. `lacks` tells what a contestant cannot do yet.
"""

import json
import os
from dataclasses import dataclass, field

from . import peers


@dataclass(frozen=True)
class Contestant:
    key: str  # peer, or peer-variant
    peer: peers.Peer
    source: str
    preload: str = ""

    @property
    def label(self):
        variant = self.key[len(self.peer.key) + 1:]
        return f"{self.peer.label} ({variant})" if variant else self.peer.label


@dataclass
class Program:
    name: str
    what: str
    sizes: dict
    contestants: list = field(default_factory=list)
    lacks: dict = field(default_factory=dict)
    missing: list = field(default_factory=list)  # peers that have no version of it

    def arguments(self, size):
        return self.sizes[size]


class BadProgram(Exception):
    """A folder of bench/programs that breaks the rules above."""


def load(folder, toolbox, wanted):
    """The program in a folder, with those of its contestants that are wanted and that can be built here."""
    name = os.path.basename(folder)
    try:
        with open(os.path.join(folder, "about.json")) as file:
            about = json.load(file)
        sizes = {size: [str(argument) for argument in about[size]] for size in ("full", "quick", "test")}
        program = Program(name, about["what"], sizes, lacks=about.get("lacks", {}))
    except (OSError, ValueError, KeyError) as error:
        raise BadProgram(f"{folder}/about.json: {error}") from error
    for entry in sorted(os.listdir(folder)):
        stem, ending = os.path.splitext(entry)
        peer = peers.BY_ENDING.get(ending)
        if not peer or peer.key not in wanted or not toolbox.has(peer.key):
            continue
        if stem != name and not stem.startswith(name + "."):
            raise BadProgram(f"{folder}/{entry}: its name should begin with {name}")
        variant = stem[len(name) + 1:]
        key = f"{peer.key}-{variant}" if variant else peer.key
        program.contestants.append(Contestant(key, peer, os.path.join(folder, entry)))
        if key == "c" and about.get("mimalloc") and toolbox.mimalloc:
            program.contestants.append(Contestant("c-mimalloc", peer, os.path.join(folder, entry), toolbox.mimalloc))
    order = {peer.key: number for number, peer in enumerate(peers.PEERS)}
    program.contestants.sort(key=lambda one: (order[one.peer.key], one.key != one.peer.key, one.key))
    taking_part = {one.peer.key for one in program.contestants}
    program.missing = [key for key in wanted if toolbox.has(key) and key not in taking_part]
    return program


def load_all(base, toolbox, wanted, chosen):
    """All programs whose name `chosen` accepts, in order of their names."""
    folders = [os.path.join(base, name) for name in sorted(os.listdir(base))]
    return [load(folder, toolbox, wanted) for folder in folders if os.path.isdir(folder) and chosen(os.path.basename(folder))]


def baseline(keys):
    """Those of the contestants that may be the base of the ratios: C in all its ways, or C++ where there is no C."""
    c = [key for key in keys if key == "c" or key.startswith("c-")]
    return c or [key for key in keys if key == "cpp" or key.startswith("cpp-")]
