#!/usr/bin/env python3
"""Writes scripts that stand for apt-get, dpkg-query, cmake and the like; each notes its call in a log."""

import os
import sys

folder, log = sys.argv[1:3]
NOTE = f'echo "${{0##*/}} $*" >> {log}; [ "$FAKE_FAIL" = "${{0##*/}}" ] && exit 1\n'
scripts = {
    "dpkg-query": 'for p in $FAKE_MISSING; do [ "$p" = "$3" ] && exit 1; done; echo "install ok installed"',
    "apt-cache": '[ -n "$FAKE_KNOWN" ]',
    "apt-get": NOTE,
    "sudo": '[ "$1" = -n ] && shift; exec "$@"',
    "ccache": "",
    "cmake": NOTE + 'mkdir -p "$4" && touch "$4/build.ninja"',
    "ninja": NOTE
    + f"""mkdir -p "$2/bin"
printf '%s\\n' '#!/bin/sh' 'echo "dreamc in $PWD: $*" >> {log}; echo program output' > "$2/bin/dreamc"
chmod +x "$2/bin/dreamc"; echo progress""",
}
for name, body in scripts.items():
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write("#!/bin/sh\n" + body + "\nexit 0\n" if name not in ("apt-cache", "sudo") else "#!/bin/sh\n" + body + "\n")
    os.chmod(path, 0o755)
