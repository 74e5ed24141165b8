"""What got slower since an older run: Dream's contestants, against what noise can explain.

Times are compared as ratios to the best C of their own run, because machines and loads differ from day to day; a ratio counts as
worse when it grew by more than the spreads of both runs together, and by more than FLOOR. Instructions of native programs hardly
vary, so two percent more of them count; so do ten percent more memory. Sizes must be the same.
"""

from . import spread

FLOOR = {"time": 0.05, "instructions": 0.02, "memory": 0.10}
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


def compare(old, new):
    """(worse, better, notes): rows beyond the noise, and what could not be compared."""
    worse, better, notes = [], [], []
    for name, record in sorted(new.get("programs", {}).items()):
        before = old.get("programs", {}).get(name)
        if not before:
            notes.append(f"{name}: not in the old run")
            continue
        if before["size"] != record["size"]:
            notes.append(f"{name}: its size was {' '.join(before['size'])}, and is {' '.join(record['size'])}: not compared")
            continue
        for key in record["contestants"]:
            if not key.startswith("dream") or key not in before["contestants"]:
                continue
            for row in compare_contestant(name, key, before, record, old["metric"]):
                if row["change"] > row["allowed"]:
                    worse.append(row)
                elif row["change"] < -row["allowed"]:
                    better.append(row)
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
