"""What the inputs show: gaps, their scale, outliers, columns that never change."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from triage.intake.artifacts.data_names import is_token_ids
from triage.intake.artifacts.tallied import Tallied, first_for_training, place_in
from triage.intake.found import Found, Stated, Told, shows

__all__ = ["inputs_told"]

WITHIN_ONE = 1.0 + 1e-6
"""How far inputs between -1 and 1 go."""

CENTRED, SPREAD = 0.3, (0.5, 2.0)
"""Mean and standard deviation of columns that were standardised, perhaps over other rows."""

IMAGE_CENTRED, IMAGE_SPREAD = 1.0, (0.4, 2.5)
"""The same of whole images, which are standardised by the statistics of another set."""

FAR = 10.0
"""Mean or deviation from which on inputs are raw."""

CENTRAL = (0.005, 0.995)
TIMES, BROKEN = 10.0, 1000.0
"""Widths of the central part of a column beyond it: an outlier, and a value that cannot be one of its kind."""

FEWEST = 100
"""Rows below which no outlier can be told."""


def inputs_told(tallied: Sequence[Tallied]) -> Told:
    """Judge all parts that have inputs or labels."""
    parts = [one for one in tallied if one.part.columns and one.rows]
    found = [_gaps(tallied)] if any(one.rows for one in tallied) else []
    chosen = first_for_training(parts) or (parts[0] if parts else None)
    if chosen is None:
        return Told(found=tuple(found))
    stated = []
    same = [one for one in parts if one.part.split == chosen.part.split]
    if chosen.part.split in ("train", "") and len(same) == 1:
        stated = [Stated("samples", chosen.rows, place_in(chosen.part, f"{chosen.rows:,} rows"))]
    found += [*_scale(chosen), *_outliers(parts)]
    return Told(tuple(stated), tuple(found), tuple(_constant(chosen)))


def _gaps(tallied: Sequence[Tallied]) -> Found:
    """The first gap in the order of the files."""
    for one in tallied:
        found = (_gap_in_inputs(one) if one.part.columns else None) or _gap_in_labels(one)
        if found is not None:
            return found
    rows = sum(one.rows for one in tallied if one.part.columns) or tallied[0].rows
    message = f"No number in {rows:,} rows is NaN or Inf."
    return shows("scan_inputs_for_nan", "clean", message, place_in(tallied[0].part), 0.93)


def _gap_in_inputs(one: Tallied) -> Found | None:
    columns = one.columns
    for kind, counts, rows in (("NaN", columns.nan, columns.first_nan), ("Inf", columns.inf, columns.first_inf)):
        bad = np.flatnonzero(counts)
        if not bad.size:
            continue
        at = int(bad[0])
        where, row = _column(one, at), int(rows[at]) + 1
        message = f"{kind} in {int(counts[at]):,} of {one.rows:,} rows of {where}, first in row {row:,}"
        if one.part.width > 1 or not one.part.apart:
            message = f"{kind} stands {int(counts[at]):,} times in {where}"
        if one.part.width > 1:
            message += f", first in row {row:,}"
        if bad.size > 1:
            message += f", and in {bad.size - 1:,} more columns"
        return shows("scan_inputs_for_nan", "found", f"{message}.", place_in(one.part, where), 0.97)
    return None


def _gap_in_labels(one: Tallied) -> Found | None:
    labels = one.labels
    endless = int(labels.numbers.inf.sum())
    broken = labels.missing + endless
    if not broken:
        return None
    row = labels.first_missing if labels.missing else int(labels.numbers.first_inf[0])
    message = f"{broken:,} of {one.rows:,} labels are missing, NaN or Inf, first in row {row + 1:,}."
    return shows("scan_inputs_for_nan", "found", message, place_in(one.part, one.part.label), 0.97)


def _scale(one: Tallied) -> list[Found]:
    """Of the file: what is done to the numbers on their way to the network is not known here."""
    columns, part = one.columns, one.part
    low, high = float(columns.low.min()), float(columns.high.max())
    if not math.isfinite(low) or not math.isfinite(high):
        return []
    range_ = f"The inputs go from {low:.4g} to {high:.4g}"
    if part.kind in "iu" and is_token_ids(part.name):
        return [Found("input_scaling", {"standardised": 0.9}, f"{range_}, as numbers of tokens.", place_in(part))]
    means, deviations = columns.mean, columns.deviation
    free = (columns.low < columns.high) & ~((columns.low == 0.0) & (columns.high == 1.0))
    if part.kind == "u" and high > 1:
        pixels = {"raw": 0.42, "zero_to_one": 0.32, "standardised": 0.22}
        return [Found("input_scaling", pixels, f"{range_}, as pixels do.", place_in(part))]
    if max(-low, high) <= WITHIN_ONE:
        return [Found("input_scaling", {"zero_to_one": 0.75, "standardised": 0.2}, f"{range_}.", place_in(part))]
    if not free.any():
        return []
    centred, spread = (CENTRED, SPREAD) if part.width == 1 else (IMAGE_CENTRED, IMAGE_SPREAD)
    fits = (np.abs(means) <= centred) & (deviations >= spread[0]) & (deviations <= spread[1]) & (columns.low < 0.0)
    if fits[free].mean() >= 0.9 and float(np.abs(means[free]).max()) < FAR and float(deviations[free].max()) < FAR:
        at = int(np.flatnonzero(free)[0])
        message = f"{range_}, {_column(one, at)} with a mean of {means[at]:.2g} and a spread of {deviations[at]:.2g}."
        return [Found("input_scaling", {"standardised": 0.93}, message, place_in(part))]
    size = np.maximum(np.abs(means), deviations)
    top = int(np.argmax(np.where(free, size, -1.0)))
    if size[top] < FAR:
        return []
    message = f"{range_}; {_column(one, top)} has a mean of {means[top]:.4g} and a spread of {deviations[top]:.4g}."
    raw = {"raw": 0.62, "standardised": 0.25, "zero_to_one": 0.1}
    return [Found("input_scaling", raw, message, place_in(part, _column(one, top)))]


def _outliers(parts: Sequence[Tallied]) -> list[Found]:
    """Beyond the central part of a column by many times its width."""
    worst, seen = 0.0, False
    found: list[Found] = []
    for one in parts:
        columns = one.columns
        if one.rows < FEWEST or one.part.kind in "ub":
            continue
        lower, upper = columns.quantiles(*CENTRAL)
        with np.errstate(all="ignore"):
            width = np.where(upper > lower, upper - lower, np.nan)
            beyond = np.fmax((columns.high - upper) / width, (lower - columns.low) / width)
        if np.isnan(beyond).all():
            continue
        seen = True
        at = int(np.nanargmax(beyond))
        if beyond[at] <= worst:
            continue
        worst = float(beyond[at])
        above = columns.high[at] - upper[at] > lower[at] - columns.low[at]
        value, row = (columns.high[at], columns.high_row[at]) if above else (columns.low[at], columns.low_row[at])
        where = f" in row {int(row) + 1:,}" if one.part.apart else ""
        message = (
            f"There is {value:.4g} in {_column(one, at)}{where}, where 99 percent lie between {lower[at]:.4g} and "
            f"{upper[at]:.4g}."
        )
        sure = {"found": 0.95, "none": 0.04} if worst > BROKEN else {"found": 0.75, "none": 0.23}
        found = [Found("scan_for_outliers", sure, message, place_in(one.part, _column(one, at)))]
    if worst > TIMES:
        return found
    if not seen or worst > TIMES / 3:
        return []
    place = place_in(parts[0].part)
    message = "No column goes far beyond where 99 percent of its numbers lie."
    return [Found("scan_for_outliers", {"none": 0.75, "found": 0.22}, message, place)]


def _constant(one: Tallied) -> list[str]:
    columns = one.columns
    flat = np.flatnonzero((columns.low == columns.high) & (columns.nan + columns.inf == 0))
    if not flat.size or one.rows < 2:
        return []
    more = f" and {flat.size - 3:,} more" if flat.size > 3 else ""
    return [f"The same number in all rows: {', '.join(_column(one, at) for at in flat[:3])}{more}."]


def _column(one: Tallied, at: int) -> str:
    name = " ".join(one.part.columns[at].split())[:60]
    return name or one.part.title
