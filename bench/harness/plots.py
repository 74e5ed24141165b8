"""Plots as SVG, drawn by hand: a dot plot of ratios, lines over sizes. No library, no network, the same bytes for the same numbers."""

import math
from html import escape

COLOURS = {"dream": "#c2185b", "c": "#37474f", "cpp": "#607d8b", "rust": "#bf5b17", "go": "#0097a7", "java": "#7b5e00",
           "ocaml": "#e08e00", "nim": "#6a3d9a"}
STYLE = "<style>text{font:12px sans-serif;fill:#222}.axis{stroke:#ccc;stroke-width:1}.one{stroke:#888;stroke-dasharray:3 3}</style>"


def colour(key):
    return COLOURS.get(key.partition("-")[0], "#222")


def _text(x, y, words, anchor="start", extra=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{extra}>{escape(words)}</text>'


def _svg(width, height, parts):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">\n'
            + f'{STYLE}<rect width="{width}" height="{height}" fill="#fff"/>\n' + "\n".join(parts) + "\n</svg>\n")


def _ticks(low, high):
    """Round numbers within a range."""
    ticks = []
    for exponent in range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1):
        ticks += [digit * 10.0 ** exponent for digit in (1, 1.5, 2, 3, 5, 7)]
    return [tick for tick in ticks if low <= tick * 1.0001 and tick <= high * 1.0001]


class LogScale:
    """Maps low…high to pixels from…to by logarithms."""

    def __init__(self, values, start, end):
        values = [value for value in values if value > 0] or [1.0]
        self.low, self.high = min(values) / 1.15, max(values) * 1.15
        self.start, self.end = start, end

    def __call__(self, value):
        part = (math.log(value) - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
        return self.start + part * (self.end - self.start)

    def ticks(self):
        return _ticks(self.low, self.high)


def _legend(keys, labels, x, y, width):
    """Dots with names, in lines that fit; and the height they take."""
    parts, at, line = [], x, y
    for key in keys:
        need = 26 + 7 * len(labels[key])
        if at + need > width:
            at, line = x, line + 18
        parts.append(_mark(key, at + 6, line - 4))
        parts.append(_text(at + 14, line, labels[key]))
        at += need
    return parts, line - y + 18


def _mark(key, x, y):
    """A filled dot for the plain version of a language, a hollow one for a variant, a larger one for Dream."""
    size = 6 if key.startswith("dream") else 4.5
    fill = "#fff" if "-" in key else colour(key)
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size}" fill="{fill}" stroke="{colour(key)}" stroke-width="1.6"/>'


def dots(title, rows, keys, labels, unit=""):
    """One line for each of `rows`, {name: {key: (value, spread)}}, with a dot for each key on a logarithmic axis."""
    width, left, right = 860, 150, 24
    keys = [key for key in keys if any(key in row for row in rows.values())]
    legend, legend_height = _legend(keys, labels, left, 44, width - right)
    top = 44 + legend_height + 8
    height = top + 24 * len(rows) + 34
    scale = LogScale([value for row in rows.values() for value, _ in row.values()] + ([1.0] if not unit else []), left, width - right)
    parts = [_text(12, 20, title, extra=' style="font-weight:bold"'), *legend]
    bottom = top + 24 * len(rows)
    last = -100.0
    for tick in scale.ticks():
        x = scale(tick)
        parts.append(f'<line x1="{x:.1f}" y1="{top - 4}" x2="{x:.1f}" y2="{bottom}" class="{"one" if tick == 1 and not unit else "axis"}"/>')
        if x - last > 30 + 7 * len(unit):
            parts.append(_text(x, bottom + 16, f"{tick:g}{unit}", "middle"))
            last = x
    for number, (name, row) in enumerate(rows.items()):
        y = top + 24 * number + 12
        parts.append(_text(left - 12, y + 4, name, "end"))
        for key in sorted(row, key=lambda key: key.startswith("dream")):
            value, spread = row[key]
            if value <= 0:
                continue
            if spread:
                a, b = scale(max(value * (1 - spread), scale.low)), scale(min(value * (1 + spread), scale.high))
                parts.append(f'<line x1="{a:.1f}" y1="{y}" x2="{b:.1f}" y2="{y}" stroke="{colour(key)}" stroke-width="1.2"/>')
            parts.append(_mark(key, scale(value), y))
    return _svg(width, height, parts)


def lines(title, series, labels, x_label, y_label):
    """A line for each of `series`, {key: [(x, y)]}, both axes logarithmic."""
    width, height, left, bottom = 560, 380, 70, 330
    points = [point for list_ in series.values() for point in list_ if point[1] > 0]
    if not points:
        return ""
    across = LogScale([x for x, _ in points], left, width - 150)
    up = LogScale([y for _, y in points], bottom, 50)
    parts = [_text(12, 20, title, extra=' style="font-weight:bold"'), _text((left + width - 150) / 2, height - 12, x_label, "middle"),
             _text(12, 40, y_label)]
    for tick in sorted({x for x, _ in points}):
        parts.append(f'<line x1="{across(tick):.1f}" y1="50" x2="{across(tick):.1f}" y2="{bottom}" class="axis"/>')
        parts.append(_text(across(tick), bottom + 16, f"{tick:,}", "middle"))
    for tick in up.ticks():
        parts.append(f'<line x1="{left}" y1="{up(tick):.1f}" x2="{width - 150}" y2="{up(tick):.1f}" class="axis"/>')
        parts.append(_text(left - 6, up(tick) + 4, f"{tick:g}", "end"))
    taken = []
    for key, list_ in series.items():
        path = [(across(x), up(y)) for x, y in list_ if y > 0]
        if not path:
            continue
        parts.append(f'<polyline fill="none" stroke="{colour(key)}" stroke-width="{2.4 if key.startswith("dream") else 1.5}" points="'
                     + " ".join(f"{x:.1f},{y:.1f}" for x, y in path) + '"/>')
        parts += [_mark(key, x, y) for x, y in path]
        end = path[-1][1]
        while any(abs(end - other) < 13 for other in taken):
            end += 13
        taken.append(end)
        parts.append(_text(path[-1][0] + 12, end + 4, labels[key]))
    return _svg(width, height, parts)
