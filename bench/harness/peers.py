"""The languages that Dream is measured against: how each is found, installed, compiled and started.

A peer is a row of PEERS. What it builds is put into a folder of its own, so that peers which leave files around cannot meet.
Flags are those of a release build in each language, with the checks that the language promises left on.
"""

import os
import shutil
import subprocess
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Peer:
    key: str
    label: str
    ending: str
    tool: str
    packages: tuple = ()
    version: tuple = ()
    compile: tuple = ()  # in which {tool} {source} {out} {folder} stand for the program's own
    start: tuple = ("{out}",)
    flags: str = ""  # as it is told in the report
    litters: bool = False  # it writes beside its source, so it is given a copy of that in the folder
    native: bool = True  # its instructions can be counted by an emulator
    environment: dict = field(default_factory=dict)


PEERS = [
    Peer("dream", "Dream", ".dr", "dreamc", (), ("{tool}", "--version"),
         ("{tool}", "-O2", "{source}", "-o", "{out}"), flags="-O2"),
    Peer("c", "C", ".c", "clang-19", ("clang-19",), ("{tool}", "--version"),
         ("{tool}", "-O2", "-std=gnu17", "{source}", "-o", "{out}", "-lm"), flags="-O2"),
    Peer("cpp", "C++", ".cpp", "clang++-19", ("clang-19", "libstdc++-12-dev"), ("{tool}", "--version"),
         ("{tool}", "-O2", "-std=c++20", "{source}", "-o", "{out}"), flags="-O2"),
    Peer("rust", "Rust", ".rs", "rustc", ("rustc",), ("{tool}", "--version"),
         ("{tool}", "--crate-name=main", "--edition=2021", "-C", "opt-level=3", "-C", "codegen-units=1", "{source}", "-o", "{out}"),
         flags="-C opt-level=3 -C codegen-units=1"),
    Peer("go", "Go", ".go", "go", ("golang-go",), ("{tool}", "version"),
         ("{tool}", "build", "-o", "{out}", "{source}"), flags="go build", native=False,
         environment={"GO111MODULE": "off", "GOFLAGS": "", "GOCACHE": "{folder}/../go-cache"}),
    Peer("java", "Java", ".java", "javac", ("default-jdk-headless",), ("java", "-version"),
         ("{tool}", "-d", "{out}.classes", "{source}"), ("java", "-cp", "{out}.classes", "Main"), flags="java, default options",
         native=False),
    Peer("ocaml", "OCaml", ".ml", "ocamlopt", ("ocaml-nox",), ("{tool}", "-version"),
         ("{tool}", "-O3", "-inline", "200", "unix.cmxa", "{source}", "-o", "{out}"), flags="ocamlopt -O3 -inline 200", litters=True),
    Peer("nim", "Nim", ".nim", "nim", ("nim",), ("{tool}", "--version"),
         ("{tool}", "c", "-d:release", "--mm:orc", "--cc:clang", "--clang.exe:clang-19", "--clang.linkerexe:clang-19",
          "--hints:off", "--warnings:off", "--nimcache:{folder}/nimcache", "-o:{out}", "{source}"),
         flags="-d:release --mm:orc"),
]

BY_KEY = {peer.key: peer for peer in PEERS}
BY_ENDING = {peer.ending: peer for peer in PEERS}

MIMALLOC = "libmimalloc.so.2"
MIMALLOC_PACKAGE = "libmimalloc2.0"


def fill(parts, **values):
    """A command, or an environment, with its names filled in."""
    if isinstance(parts, dict):
        return {name: text.format(**values) for name, text in parts.items()}
    return [part.format(**values) for part in parts]


class Toolbox:
    """Which peers this machine has, after installing what it may. `missing` says why the others are left out."""

    def __init__(self, dreamc, wanted, may_install, say, counting=False):
        self.say = say
        self.paths, self.missing, self.versions = {"dream": dreamc}, {}, {}
        absent = [peer for peer in PEERS if peer.key in wanted and not self._find(peer)]
        packages = [name for peer in absent for name in peer.packages]
        self.mimalloc = self._find_mimalloc()
        if not self.mimalloc and "c" in wanted:
            packages.append(MIMALLOC_PACKAGE)
        if counting and not shutil.which("valgrind"):
            packages.append("valgrind")
        if packages:
            self._install(packages, may_install)
            self.mimalloc = self.mimalloc or self._find_mimalloc()
        for peer in absent:
            if not self._find(peer):
                self.missing[peer.key] = f"{peer.tool} is missing (package {peer.packages[0] if peer.packages else '?'})"
        if not self.mimalloc and "c" in wanted:
            self.missing["c-mimalloc"] = f"{MIMALLOC} is missing (package {MIMALLOC_PACKAGE})"
        for peer in PEERS:
            if peer.key in wanted and peer.key in self.paths:
                self.versions[peer.key] = self._version(peer)

    def has(self, key):
        return key in self.paths

    def _find(self, peer):
        if peer.key not in self.paths:
            path = shutil.which(peer.tool)
            if path:
                self.paths[peer.key] = path
        return peer.key in self.paths

    def _find_mimalloc(self):
        for folder in ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"):
            path = os.path.join(folder, MIMALLOC)
            if os.path.exists(path):
                return path
        return None

    def _install(self, packages, may_install):
        """One try with apt, package by package if all at once does not work; what stays missing is skipped."""
        if not may_install or not shutil.which("apt-get"):
            return
        prefix = []
        if os.geteuid() != 0:
            if not shutil.which("sudo") or subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode:
                self.say(f"not installed, that needs root: apt-get install --no-install-recommends {' '.join(packages)}")
                return
            prefix = ["sudo"]

        def apt(*words):
            command = prefix + ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *words]
            return subprocess.run(command, capture_output=True).returncode == 0

        install = ("install", "-y", "-q", "--no-install-recommends")
        self.say(f"installing: {' '.join(packages)}")
        if apt(*install, *packages):
            return
        apt("update", "-q")
        if not apt(*install, *packages):
            for package in packages:
                apt(*install, package)

    def _version(self, peer):
        command = fill(peer.version, tool=self.paths[peer.key])
        done = subprocess.run(command, capture_output=True, text=True)
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        return lines[0].strip() if lines else "?"
