"""How long compilers take for the same generated program, and how much memory; for Dream also which phase takes it.

Object files only, so that no linker counts. Everybody writes line tables, because Dream does so unless told otherwise. A compiler
that fails or runs into the limit is not asked for larger programs. At -O2 sizes end at 10,000 lines, which keep everybody busy for
seconds already.
"""

import os
import re
import subprocess
import sys

from . import measure, peers, plots as draw, spread, tables as text

OPTIMISED_UP_TO = {"full": 10000, "quick": 1000, "test": 0}
LIMIT = 180

# How each compiler is asked for an object file, without and with optimisation.
COMMANDS = {
    "dream": (("{tool}", "-O0", "-c", "{path}.dr", "-o", "{path}.dream.o"), ("{tool}", "-O2", "-c", "{path}.dr", "-o", "{path}.dream.o")),
    "c": (("{tool}", "-w", "-O0", "-gline-tables-only", "-c", "{path}.c", "-o", "{path}.c.o"),
          ("{tool}", "-w", "-O2", "-gline-tables-only", "-c", "{path}.c", "-o", "{path}.c.o")),
    "rust": (("{tool}", "-A", "warnings", "--edition=2021", "-C", "opt-level=0", "-C", "overflow-checks=off", "-C",
              "debuginfo=1", "--emit=obj", "{path}.rs", "-o", "{path}.rust.o"),
             ("{tool}", "-A", "warnings", "--edition=2021", "-C", "opt-level=2", "-C", "debuginfo=1", "--emit=obj", "{path}.rs",
              "-o", "{path}.rust.o")),
    "go": (("{tool}", "tool", "compile", "-p", "main", "-N", "-l", "-o", "{path}.go.o", "{path}.go"),
           ("{tool}", "tool", "compile", "-p", "main", "-o", "{path}.go.o", "{path}.go")),
}


def default_lines(options):
    if options.lines:
        return [int(word) for word in options.lines.split(",")]
    if options.size != "full":
        return [1000, 10000]
    return [1000, 10000, 100000, 1000000]


def generate(lines, prefix):
    here = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    subprocess.run([sys.executable, os.path.join(here, "compile-time", "generate.py"), str(lines), prefix], check=True)


def phases(command):
    """{phase: [milliseconds, megabytes by which the peak rose]}, as -ftime-report tells them."""
    done = subprocess.run([*command, "-ftime-report"], capture_output=True, text=True)
    found = re.findall(r"^\s*([\d.]+) ms\s+[\d.]+%\s+([\d.]+) MB\s+(.+)$", done.stdout + done.stderr, re.MULTILINE)
    return {name.strip(): [float(time), float(memory)] for time, memory, name in found}


def run_suite(toolbox, builder, options, progress):
    """[{lines, level, key, cpu, wall, peak_kib} or {…, failed}], and Dream's phases."""
    folder = os.path.join(builder.folder, "compile-time")
    os.makedirs(folder, exist_ok=True)
    rows, given_up = [], set()
    keys = [key for key in COMMANDS if key in options.peers and toolbox.has(key)]
    for lines in default_lines(options):
        prefix = os.path.join(folder, f"lines{lines}")
        progress.note(f"writing {lines:,} lines")
        generate(lines, prefix)
        for level in (0, 2):
            if level and lines > OPTIMISED_UP_TO[options.size]:
                continue
            active = [key for key in keys if (key, level) not in given_up]
            runs = {key: [] for key in active}
            for turn in range(1 if lines > 100000 else 2 if lines > 10000 or level else max(2, options.runs)):
                for key in list(runs):
                    progress.note(f"{lines:,} lines at -O{level}, {key}, round {turn + 1}")
                    command = peers.fill(COMMANDS[key][level and 1], tool=toolbox.paths[key], path=prefix)
                    try:
                        runs[key].append(measure.run(builder.meter, command, None, LIMIT))
                    except measure.RunFailed as error:
                        given_up.add((key, level))
                        rows.append({"lines": lines, "level": level, "key": key, "failed": str(error).splitlines()[0][-200:]})
                        del runs[key]
                    else:
                        if runs[key][-1].wall > LIMIT / 4:
                            given_up.add((key, level))
            for key, made in runs.items():
                row = {"lines": lines, "level": level, "key": key, "cpu": spread.summary([run.cpu for run in made]),
                       "wall": spread.summary([run.wall for run in made]), "peak_kib": max(run.peak for run in made)}
                if key == "dream":
                    row["phases"] = phases(peers.fill(COMMANDS[key][level and 1], tool=toolbox.paths[key], path=prefix))
                rows.append(row)
        for name in os.listdir(folder):  # a million lines in four languages need room
            os.unlink(os.path.join(folder, name))
    return rows


def tables(rows):
    """Times and memory by size and compiler, then Dream's phases."""
    keys = [key for key in COMMANDS if any(row["key"] == key for row in rows)]
    sizes = sorted({(row["level"], row["lines"]) for row in rows})
    of = {(row["level"], row["lines"], row["key"]): row for row in rows}

    def cell(size, key, show):
        row = of.get((*size, key))
        return "" if not row else "failed" if "failed" in row else show(row)

    def table(show):
        return [[f"{lines:,} lines -O{level}", *(cell((level, lines), key, show) for key in keys)] for level, lines in sizes]

    head = ["program", *map(text.label, keys)]
    made = [("Compile time, object file: CPU time", head, table(lambda row: text.seconds(row["cpu"]["median"]))),
            ("Compile time, object file: peak MB", head, table(lambda row: f"{row['peak_kib'] / 1024:.0f}"))]
    with_phases = [row for row in rows if row.get("phases")]
    names = []
    for row in with_phases:
        names += [name for name in row["phases"] if name not in names]
    for i, what in enumerate(("ms", "MB more than before") if names else ()):
        made.append((f"Compile time: phases of dreamc, {what}", ["phase", *(f"{row['lines']:,} -O{row['level']}" for row in with_phases)],
                     [[name, *(f"{row['phases'].get(name, (0, 0))[i]:.1f}" for row in with_phases)] for name in names]))
    return made


def plots(rows):
    """Lines over sizes at -O0: time, and memory."""
    made = {}
    for name, title, unit, value in (("compile-time", "Compile time at -O0, object file", "seconds of CPU time", lambda row: row["cpu"]["median"]),
                                     ("compile-memory", "Compiling at -O0: peak memory", "MB", lambda row: row["peak_kib"] / 1024)):
        series = {}
        for row in rows:
            if row["level"] == 0 and "failed" not in row:
                series.setdefault(row["key"], []).append((row["lines"], value(row)))
        made[name] = draw.lines(title, series, {key: text.label(key) for key in series}, "lines", unit)
    return made
