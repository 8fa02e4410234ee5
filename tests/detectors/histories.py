"""Histories for the tests, made from plain lists."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from triage.history.model import History, Series


def history(
    train_loss: Sequence[float | None] | np.ndarray | None = None,
    val_loss: Sequence[float | None] | np.ndarray | None = None,
    step_unit: str = "step",
    **columns: Sequence[float | None] | np.ndarray,
) -> History:
    """A history of equally long columns; None is a gap, NaN a logged NaN, ``a__b`` stands for ``a/b``."""
    given = {"train_loss": train_loss, "val_loss": val_loss, **columns}
    named = {name.replace("__", "/"): column for name, column in given.items() if column is not None}
    size = max((len(column) for column in named.values()), default=0)
    series: dict[str, Series] = {}
    for name, column in {"step": np.arange(size, dtype=float), **named}.items():
        if isinstance(column, np.ndarray) and column.dtype == np.float64:
            series[name] = Series(column, np.ones(len(column), dtype=bool))
            continue
        values = np.array([np.nan if value is None else float(value) for value in column])
        series[name] = Series(values, np.array([value is not None for value in column], dtype=bool))
    step = series.pop("step").values
    epoch = series.pop("epoch").values if "epoch" in series else None
    columns_found = {name: name for name in series}
    return History(step=step, epoch=epoch, series=series, columns=columns_found, format="test", step_unit=step_unit)
