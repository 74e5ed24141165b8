"""Medians and how far values lie from them. Spread is half the distance between the quartiles, as a part of the median."""

import statistics


def summary(values):
    """Median and relative spread of some values: {"median", "spread"}."""
    middle = statistics.median(values)
    return {"median": middle, "spread": _half_quartiles(values) / middle if middle else 0.0}


def ratios(mine, base):
    """Summary of mine[i] / base[i]: values of one turn were measured one after the other, so load hits both."""
    pairs = [x / y for x, y in zip(mine, base) if y]
    return summary(pairs) if pairs else None


def _half_quartiles(values):
    if len(values) < 2:
        return 0.0
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return (high - low) / 2
