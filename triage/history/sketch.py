"""A long history made short: few enough rows to be kept with a result, every spike and every NaN still in sight."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from triage.history.model import History, Series

__all__ = ["MOST_ROWS", "sketched"]

DRAWN = ("train_loss", "val_loss", "grad_norm", "learning_rate")
"""What a picture shows."""

MOST_ROWS = 1_000
"""Rows up to which a history is short."""

BLOCKS = 150
"""Blocks of rows of which each curve keeps up to four."""


def sketched(history: History) -> History:
    """The curves that are drawn, of a long history at the rows that tell something.

    The rows on which a curve was logged are cut into `BLOCKS` blocks; of each its smallest and its largest finite
    value and its first and last NaN or infinity stay, and so do the ends. What the history was read from and what was
    left out of it are not kept.
    """
    series = {name: history.series[name] for name in DRAWN if name in history.series}
    short = replace(history, series=series, ignored={}, warnings=(), resumes=())
    if history.rows <= MOST_ROWS:
        return short
    kept = np.unique(np.concatenate([np.array([0, history.rows - 1]), *map(_telling_rows, series.values())]))
    return replace(
        short,
        step=history.step[kept],
        epoch=None if history.epoch is None else history.epoch[kept],
        series={name: Series(item.values[kept], item.logged[kept]) for name, item in series.items()},
    )


def _telling_rows(series: Series) -> NDArray[np.intp]:
    rows = np.flatnonzero(series.logged)
    values = series.values[rows]
    finite = np.isfinite(values)
    lowest, has_lowest = _first_smallest(np.where(finite, values, np.inf))
    highest, has_highest = _first_smallest(np.where(finite, -values, np.inf))
    first, has_first = _first_smallest(np.where(finite, np.inf, np.arange(rows.size)))
    last, has_last = _first_smallest(np.where(finite, np.inf, -np.arange(rows.size)))
    found = [lowest[has_lowest], highest[has_highest], first[has_first], last[has_last]]
    return rows[np.concatenate(found)]


def _first_smallest(values: NDArray[np.float64]) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Where in each block the smallest value first stands, and whether the block has one below infinity."""
    width = max(-(-values.size // BLOCKS), 1)
    padded = np.full(-(-values.size // width) * width, np.inf)
    padded[: values.size] = values
    blocks = padded.reshape(-1, width)
    places = blocks.argmin(axis=1) + np.arange(len(blocks)) * width
    return places, np.isfinite(padded[places])
