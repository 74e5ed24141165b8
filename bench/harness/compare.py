"""What got slower since an older run: Dream's contestants, against what noise can explain.

Times are compared as ratios to the best C of their own run, because machines and loads differ from day to day; a ratio counts as
worse when it grew by more than the spreads of both runs together, and by more than FLOOR. Instructions of native programs hardly
vary, so two percent more of them count; so do ten percent more memory, and ten percent more time of the compiler. Sizes must be
the same.
"""

from . import spread

FLOOR = {"time": 0.05, "compiling": 0.10, "instructions": 0.02, "memory": 0.10}
SMALL_PEAK = 512  # KiB: a process varies by a few pages


def _row(program, contestant, what, old, new, allowed):
    return {"program": program, "contestant": contestant, "what": what, "old": old, "new": new, "change": new / old - 1,
            "allowed": allowed}


def compare_contestant(program, key, before, after, metric):
    """Rows for one contestant of a program, whose records these are. Both ratios are to what was the best C of the old run."""
    rows = []
    old, new = before["contestants"][key], after["contestants"][key]
    base = after["contestants"].get(before["best"])
    what, was, now = "time to C", old.get("ratio"), spread.ratios(new[metric], base[metric]) if base else None
    if not was or not now:
        what, was, now = "seconds", old["time"], new["time"]
    if was["median"]:
        noise = 2 * (was["spread"] + now["spread"])
        rows.append(_row(program, key, what, was["median"], now["median"], max(FLOOR["time"], noise)))
    same_count_size = before.get("instructions_size") == after.get("instructions_size")
    if old.get("instructions") and new.get("instructions") and same_count_size:
        rows.append(_row(program, key, "instructions", old["instructions"], new["instructions"], FLOOR["instructions"]))
    if old.get("peak_kib"):
        allowed = max(FLOOR["memory"], SMALL_PEAK / old["peak_kib"])
        rows.append(_row(program, key, "peak memory", old["peak_kib"], new["peak_kib"], allowed))
    return rows


def compare_programs(old, new, metric, notes):
    """Rows for all of Dream's contestants."""
    rows = []
    for name, record in sorted(new.items()):
        before = old.get(name)
        if not before:
            notes.append(f"{name}: not in the old run")
        elif before["size"] != record["size"]:
            notes.append(f"{name}: its size was {' '.join(before['size'])}, and is {' '.join(record['size'])}: not compared")
        else:
            for key in record["contestants"]:
                if key.startswith("dream") and key in before["contestants"]:
                    rows += compare_contestant(name, key, before, record, metric)
    return rows


def compare_compile_time(old, new):
    """Rows for dreamc's time, as a ratio to clang's for the same program, and its memory."""
    def by_size(rows):
        good = [row for row in rows if "failed" not in row]
        return {(row["lines"], row["level"], row["key"]): row for row in good}

    rows, old, new = [], by_size(old), by_size(new)
    for (lines, level, key), row in new.items():
        four = [old.get((lines, level, key)), old.get((lines, level, "c")), row, new.get((lines, level, "c"))]
        if key == "dream" and all(four):
            was, was_c, now, now_c = four
            noise = 2 * sum(one["cpu"]["spread"] for one in four)
            what = f"{lines:,} lines -O{level}"
            rows.append(_row("compile-time", key, f"{what}, time to clang", was["cpu"]["median"] / was_c["cpu"]["median"],
                             now["cpu"]["median"] / now_c["cpu"]["median"], max(FLOOR["compiling"], noise)))
            rows.append(_row("compile-time", key, f"{what}, peak memory", was["peak_kib"], now["peak_kib"], FLOOR["memory"]))
    return rows


def compare_zero_cost(old, new):
    """Rows for the instructions of abstractions."""
    before = {row["case"]: row["dream"] for row in old.get("rows", [])}
    return [_row("zero-cost", "dream", f"{row['case']}, instructions", before[row["case"]], row["dream"], FLOOR["instructions"])
            for row in new.get("rows", []) if before.get(row["case"])]


def compare(old, new):
    """(worse, better, notes): rows beyond the noise, and what could not be compared."""
    notes = []
    rows = compare_programs(old.get("programs", {}), new.get("programs", {}), old["metric"], notes)
    rows += compare_compile_time(old.get("compile_time", []), new.get("compile_time", []))
    rows += compare_zero_cost(old.get("zero_cost", {}), new.get("zero_cost", {}))
    worse = [row for row in rows if row["new"] > row["old"] * (1 + row["allowed"])]
    better = [row for row in rows if row["old"] > row["new"] * (1 + row["allowed"])]
    return worse, better, notes


def confirmed(worse, once_more):
    """Those of the rows that a second measurement finds, too; and what is to be said of the others."""
    found = {(row["program"], row["contestant"], row["what"]) for row in once_more}
    kept, notes = [], []
    for row in worse:
        if (row["program"], row["contestant"], row["what"]) in found:
            kept.append(row)
        else:
            notes.append(f"{row['program']} {row['contestant']}, {row['what']}: {row['change']:+.1%}, which a second measurement did not confirm")
    return kept, notes


def report(worse, better, notes):
    """Text of a comparison."""
    lines = []
    for title, rows in (("slower", worse), ("faster", better)):
        for row in rows:
            lines.append(f"{title}: {row['program']} {row['contestant']}, {row['what']}: {row['old']:.4g} -> {row['new']:.4g} "
                         f"({row['change']:+.1%}, noise up to {row['allowed']:.1%})")
    lines += [f"note: {note}" for note in notes]
    if not worse:
        lines.append("nothing got slower beyond the noise")
    return "\n".join(lines)
