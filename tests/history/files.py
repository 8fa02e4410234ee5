"""Histories for the tests: written to files, read, and looked at."""

import math

import numpy as np

from triage.history import read_history


def read(folder, content, name="history.csv", columns=None, encoding="utf-8"):
    """Write text or bytes to a file and read it."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return read_history(path, columns)


def cells(history, name):
    """A column as a list: None where nothing was logged, else the value, NaN as the text ``nan``."""
    series = history.series[name]
    return [
        (None if not logged else "nan" if math.isnan(value) else float(value))
        for value, logged in zip(series.values, series.logged, strict=True)
    ]


def same(one, other):
    """Whether two histories hold the same curves at the same places, whatever they were read from."""
    return (
        one.series.keys() == other.series.keys()
        and np.array_equal(one.step, other.step)
        and one.step_unit == other.step_unit
        and all(cells(one, name) == cells(other, name) for name in one.series)
    )


def is_sound(history):
    """What holds of every history, wherever it came from."""
    assert history.rows == len(history.step) > 0
    assert np.isfinite(history.step).all()
    assert {"train_loss", "val_loss"} & history.series.keys()
    assert history.columns.keys() <= history.series.keys()
    for name, series in history.series.items():
        assert series.values.dtype == np.float64, name
        assert series.logged.dtype == np.bool_, name
        assert series.values.shape == series.logged.shape == history.step.shape, name
        assert np.isnan(series.values[~series.logged]).all(), name
    if history.epoch is not None:
        assert history.epoch.shape == history.step.shape
        assert np.isfinite(history.epoch).all()
    assert len(history.frame) == len(history.logged) == history.rows
    return True
