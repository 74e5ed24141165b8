"""What is being done, on standard error: one line that is written over on a terminal, nothing where nobody watches."""

import sys
import time


class Progress:
    def __init__(self, total, stream=sys.stderr):
        self.total, self.done, self.stream = total, 0, stream
        self.shown = stream.isatty()
        self.start = time.monotonic()

    def step(self, name):
        self.done += 1
        self.name = name
        self.note("")

    def note(self, text):
        """What the current step is doing."""
        if self.shown:
            spent = int(time.monotonic() - self.start)
            line = f"[{self.done}/{self.total}] {spent // 60}:{spent % 60:02} {self.name}" + (f": {text}" if text else "")
            self.stream.write("\r\033[K" + line[:110])
            self.stream.flush()

    def say(self, text):
        """A line that stays."""
        self.clear()
        self.stream.write(f"bench: {text}\n")
        self.stream.flush()

    def clear(self):
        if self.shown:
            self.stream.write("\r\033[K")
            self.stream.flush()
