"""Programs that must not grow: each runs a loop of millions of turns, and may need 8 MB more at its end than at its start.

The program calls `Measure(args, loop)` of Inputs/flat.dr with a function that runs so many turns and tells whether its result is
right. Measured is the peak of the process, never time. Checked builds keep what is dead for a while, and do not run here.

    // turns: 3000000          instead of 10,000,000 at -O2, where these take too long; other configurations run a tenth
"""

import os
import re

import dream_run

TURNS = 10_000_000
CONFIGURATIONS = ["-O2", "-O0", "-O2 -fplace=heap", "-O2 -fplace-stress=5"]
LINE = re.compile(r"// turns: (\d+)$", re.MULTILINE)


class FlatTest(dream_run.RunTest):
    configurations = CONFIGURATIONS

    def expectation(self, path, configurations):
        expectation = super().expectation(path, configurations)
        expectation.expects_something = True
        expectation.stdout = "right\nflat\n"
        expectation.inputs.append(os.path.join("Inputs", "flat.dr"))
        with open(path, encoding="utf-8") as file:
            found = LINE.search(file.read())
        expectation.turns = int(found.group(1)) if found else TURNS
        return expectation

    def arguments(self, expectation, configuration):
        return [str(expectation.turns // (1 if configuration == "-O2" else 10))]
