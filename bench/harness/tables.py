"""Tables of a run, as text for a terminal and as Markdown for the documentation: ratios, memory, instructions, frames."""

from . import peers


def label(key):
    """How a contestant is called: `c-arena` is "C (arena)"."""
    peer, _, variant = key.partition("-")
    name = peers.BY_KEY[peer].label
    return f"{name} ({variant})" if variant else name


def contestants(records):
    """All contestants of some programs, in the order of the peers, plain ones first."""
    keys = {key for record in records.values() for key in record["contestants"]}
    order = {peer.key: number for number, peer in enumerate(peers.PEERS)}
    return sorted(keys, key=lambda key: (order[key.partition("-")[0]], "-" in key, key))


STEERED = "dream-steered"  # one column for all the other ways in which programs are written in Dream: each program has its own


def columns(records):
    """The columns of a table: contestants, those in steered Dream as one."""
    keys = [STEERED if key.startswith("dream-") else key for key in contestants(records)]
    return list(dict.fromkeys(keys))


def cell(record, key, show):
    """What `show` makes of the record of a contestant, or nothing; with the name of the variant for steered Dream."""
    if key != STEERED:
        one = record["contestants"].get(key)
        return show(one) if one else ""
    shown = {other[6:]: show(one) for other, one in record["contestants"].items() if other.startswith("dream-")}
    return ", ".join(f"{text} {variant}" for variant, text in shown.items() if text)


def seconds(value):
    return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.0f} ms" if value >= 0.1 else f"{value * 1000:.1f} ms"


def ratio(summary):
    """`1.23 ±4%`: a median and its spread."""
    return f"{summary['median']:.2f} ±{summary['spread'] * 100:.0f}%" if summary else ""


def ratio_rows(records):
    """Head and rows of the table of times: each contestant's to the best C, whose time stands in front."""
    keys = columns(records)
    rows = []
    for name, record in records.items():
        best = record["best"]
        base = f"{seconds(record['contestants'][best]['time']['median'])} {label(best)}" if best else "none"
        cells = [cell(record, key, lambda one: ratio(one.get("ratio")) or seconds(one["time"]["median"])) for key in keys]
        rows.append([name, base, *cells])
    return ["program", "best C", *map(label, keys)], rows


def memory_rows(records):
    """Peak memory in MB."""
    keys = columns(records)
    rows = [[name, *(cell(record, key, lambda one: f"{one['peak_kib'] / 1024:.1f}") for key in keys)]
            for name, record in records.items()]
    return ["peak MB", *map(label, keys)], rows


def instruction_rows(records):
    """Instructions: millions of the best C at the size they were counted at, and the ratios to it."""
    keys = [key for key in columns(records)
            if any(cell(record, key, lambda one: str(one.get("instructions") or "")) for record in records.values())]
    rows = []
    for name, record in records.items():
        counts = {key: one.get("instructions") for key, one in record["contestants"].items()}
        base = counts.get(record["best"]) or next((counts[key] for key in ("c", "cpp") if counts.get(key)), None)
        if base:
            cells = [cell(record, key, lambda one: f"{one['instructions'] / base:.2f}" if one.get("instructions") else "")
                     for key in keys]
            rows.append([name, " ".join(record["instructions_size"]), f"{base / 1e6:.1f} M", *cells])
    return ["instructions", "size", "C", *map(label, keys)], rows


def frame_rows(records):
    """Times of a frame in microseconds, of programs that count frames."""
    rows = []
    for name, record in records.items():
        for key in contestants({name: record}):
            frames = record["contestants"][key].get("frames")
            if frames:
                rows.append([name, label(key), *(f"{frames[which]:.0f}" for which in ("p50", "p99", "max"))])
    return ["frames, µs", "", "p50", "p99", "max"], rows


def lacking(records):
    """Sentences about what a contestant cannot do yet, and about programs that a peer has no version of."""
    lines = []
    for name, record in records.items():
        lines += [f"{name}, {label(key)}: {text}" for key, text in record["lacks"].items()]
        lines += [f"{name}, {label(key)}: left out, {text.splitlines()[0]}" for key, text in record["failed"].items()]
        if record["without"]:
            lines.append(f"{name}: no version in {', '.join(label(key) for key in record['without'])}")
    return lines


def as_text(head, rows):
    """A table in columns, the first one to the left."""
    if not rows:
        return ""
    lines = [head, *rows]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join("  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                               for i, (cell, width) in enumerate(zip(line, widths))).rstrip() for line in lines)


def as_markdown(head, rows):
    if not rows:
        return ""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def program_tables(records):
    """All tables of the suite of programs: [(title, head, rows)]."""
    tables = [("CPU time: ratio to the best C, median and spread", *ratio_rows(records)),
              ("Peak memory", *memory_rows(records)),
              ("Instructions: ratio to C", *instruction_rows(records)),
              ("Frames", *frame_rows(records))]
    return [table for table in tables if table[2]]
