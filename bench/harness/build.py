"""Building the contestants, and not again what has not changed: the key is a hash of command, compiler, source and what lies
beside it."""

import glob
import hashlib
import os
import shutil
import subprocess

from . import peers


class BuildFailed(Exception):
    """A compiler's complaint about a contestant."""


class Builder:
    """Builds into one folder. Dream is always built anew: its compiler and library are what is being worked on."""

    def __init__(self, folder, toolbox, dream_flags=()):
        self.folder, self.toolbox, self.dream_flags = os.path.abspath(folder), toolbox, list(dream_flags)
        os.makedirs(self.folder, exist_ok=True)
        self.meter = self._meter()

    def _meter(self):
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "meter.c")
        out = os.path.join(self.folder, "meter")
        if not os.path.exists(out) or os.path.getmtime(out) < os.path.getmtime(source):
            compiler = "clang-19" if self.toolbox.has("c") else "cc"
            subprocess.run([compiler, "-O2", source, "-o", out], check=True)
        return out

    def build(self, program, contestant):
        """The command that starts the contestant, and its environment's additions."""
        peer = contestant.peer
        # A contestant that only differs in what is preloaded is the same executable.
        key = peer.key if contestant.preload else contestant.key
        folder = os.path.join(self.folder, program.name, key)
        os.makedirs(folder, exist_ok=True)
        out = os.path.join(folder, program.name)
        source = shutil.copy(contestant.source, folder) if peer.litters else contestant.source
        values = {"tool": self.toolbox.paths[peer.key], "source": source, "out": out, "folder": folder}
        command = peers.fill(peer.compile, **values)
        if peer.key == "dream":
            command += self.dream_flags
        start = peers.fill(peer.start, **values)
        environment = {"LD_PRELOAD": contestant.preload} if contestant.preload else {}
        if peer.key == "dream" or self._stale(out, command, contestant.source, peer.key):
            extra = peers.fill(peer.environment, **values)
            done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **extra}, cwd=folder)
            if done.returncode:
                raise BuildFailed(f"{contestant.source} does not compile:\n{(done.stderr or done.stdout).strip()}")
            with open(out + ".key", "w") as file:
                file.write(self._key(command, contestant.source, peer.key))
        return start, environment

    def _key(self, command, source, peer):
        parts = [repr(command).encode(), self.toolbox.versions.get(peer, "").encode()]
        folder = os.path.dirname(os.path.abspath(source))
        beside = glob.glob(os.path.join(folder, "*")) + glob.glob(os.path.join(os.path.dirname(folder), "*.h"))  # it may include those
        for path in sorted(beside):
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    parts.append(file.read())
        return hashlib.sha256(b"\0".join(parts)).hexdigest()

    def _stale(self, out, command, source, peer):
        try:
            with open(out + ".key") as file:
                return file.read() != self._key(command, source, peer)
        except OSError:
            return True
