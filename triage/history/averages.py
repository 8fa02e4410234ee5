"""What the Trainer of Hugging Face logs once, when training is over, beside the curves."""

from __future__ import annotations

from collections.abc import Mapping

from triage.history.model import Series

__all__ = ["AVERAGE", "averages"]

AVERAGE = "average of the whole run"
"""Why such a column is not used."""

_MARK = "train_runtime"


def averages(columns: Mapping[str, Series]) -> dict[str, str]:
    """Names of columns that hold the average of a whole run and no curve -> why they are left out.

    The Trainer writes ``train_loss`` beside ``train_runtime`` at its end, under the same prefix.
    """
    prefixes = [name.removesuffix(_MARK) for name in columns if name.endswith(_MARK)]
    found = [f"{prefix}train_loss" for prefix in prefixes]
    return {name: AVERAGE for name in found if name in columns and int(columns[name].logged.sum()) == 1}
