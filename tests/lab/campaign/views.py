"""A record -> the CSV that a program would have logged, at one of several granularities and under several names."""

from __future__ import annotations

import csv
import io
import math
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .record import Record

GRANULARITIES = ("per_step", "every_k", "per_epoch", "train_only", "sparse_validation", "bare")
EVERY = 10
"""Steps between rows where not each is logged; fewer in runs that would have less than 20 rows."""
Column = Mapping[int, float]
"""Row position -> value; positions that are not in it are gaps."""


@dataclass(frozen=True)
class _Style:
    """How a family of programs names its columns, and whether its epochs count from 0 or 1."""

    step: str
    epoch: str
    loss: str
    accuracy: str
    val_loss: str
    val_accuracy: str
    rate: str
    norm: str
    part: str
    first_epoch: int = 0


_KERAS = _Style(
    "step", "epoch", "loss", "accuracy", "val_loss", "val_accuracy", "learning_rate", "grad_norm", "{}_loss"
)
_LIGHTNING = _Style(
    "step", "epoch", "train_loss", "train_acc", "val_loss", "val_acc", "lr-{}", "grad_norm", "train_{}_loss"
)
_HUGGING_FACE = _Style(
    "step", "epoch", "loss", "accuracy", "eval_loss", "eval_accuracy", "learning_rate", "grad_norm", "loss_{}"
)
_OWN = _Style("iter", "epoch", "Train Loss", "Train Acc", "Valid Loss", "Valid Acc", "lr", "gnorm", "Train {} Loss", 1)
CLASSES = {"sgd": "SGD", "momentum": "SGD", "nesterov": "SGD", "adam": "Adam", "adamw": "AdamW", "rmsprop": "RMSprop"}
STYLES = {"keras": _KERAS, "lightning": _LIGHTNING, "hugging_face": _HUGGING_FACE, "own": _OWN}


def granularity_of(run_id: str) -> str:
    """The one granularity at which a run counts for the headline numbers."""
    return GRANULARITIES[zlib.crc32(f"granularity/{run_id}".encode()) % len(GRANULARITIES)]


def style_of(run_id: str, granularity: str) -> str:
    """The names that a run's program uses."""
    if granularity == "per_epoch":
        return "keras"
    return sorted(STYLES)[zlib.crc32(f"style/{run_id}".encode()) % len(STYLES)]


def _with_optimizer(style: _Style, run_id: str) -> _Style:
    """Lightning names the rate by the class of the optimizer."""
    named = CLASSES.get(_optimizers().get(run_id, ""), "Adam")
    return replace(style, rate=style.rate.format(named))


@lru_cache(maxsize=1)
def _optimizers() -> dict[str, str]:
    from .plan import plan

    return {run.id: run.recipe.optimisation.optimizer for run in plan() if run.recipe is not None}


def view(run_id: str, record: Record, granularity: str | None = None) -> str:
    """The text of the log of a run, at its own granularity or another."""
    granularity = granularity or granularity_of(run_id)
    style = _with_optimizer(STYLES[style_of(run_id, granularity)], run_id)
    if granularity == "per_epoch":
        return _epochs(record, style, validation=True)
    if granularity == "train_only":
        by_epoch = len(record.evaluated) >= 8 and zlib.crc32(f"unit/{run_id}".encode()) % 2 == 0
        return _epochs(record, style, validation=False) if by_epoch else _steps(record, style, _every(record), {})
    if granularity == "bare":
        return _steps(record, style, 1, {})
    if granularity == "every_k":
        return _steps(record, style, _every(record), _rates(record, style) | _validation(record, style, 1))
    if granularity == "sparse_validation":
        return _steps(record, style, _every(record), _validation(record, style, 5))
    more = _rates(record, style) | _norms(record, style) | _parts(record, style) | _validation(record, style, 1)
    return _steps(record, style, 1, more)


def _every(record: Record) -> int:
    return max(1, min(EVERY, record.steps // 20))


def _epochs(record: Record, style: _Style, *, validation: bool) -> str:
    """One row for each evaluation, as Keras writes them: all columns, sorted by name."""
    columns: dict[str, NDArray[np.float32]] = {style.loss: record.epoch_loss}
    if validation:
        columns |= {style.accuracy: record.epoch_accuracy}
        columns |= {style.val_loss: record.val_loss, style.val_accuracy: record.val_accuracy}
        columns |= {f"val_{style.part.format(name)}": values for name, values in record.val_parts.items()}
    existing = {name: columns[name] for name in sorted(columns) if _exists(style, name, columns[name])}
    rows = [
        [str(i + style.first_epoch), *(_number(values[i]) for values in existing.values())]
        for i in range(len(record.evaluated))
    ]
    return _text([style.epoch, *existing], rows)


def _exists(style: _Style, name: str, values: NDArray[np.float32]) -> bool:
    """Whether the program has this quantity; a loss that is NaN throughout is there, an accuracy it lacks is not."""
    if name in {style.accuracy, style.val_accuracy}:
        return bool(np.isfinite(values).any())
    return len(values) > 0


def _steps(record: Record, style: _Style, every: int, more: Mapping[str, Column]) -> str:
    """A row every so many steps, and one for each evaluation that falls between; what is not logged there is a gap."""
    trained = range(every - 1, record.steps, every)
    marked = sorted({*trained, *(at for column in more.values() for at in column if every == 1 or at in _ends(record))})
    losses = {at: float(record.loss[at]) for at in trained}
    columns: dict[str, Column] = {style.loss: losses}
    for name, column in more.items():
        columns[name] = column
    on_grid = set(trained)
    validated = {style.val_loss, style.val_accuracy}
    rows = []
    for at in marked:
        cells = [
            _number(column[at]) if at in column and (at in on_grid or name in validated) else ""
            for name, column in columns.items()
        ]
        if any(cells):
            rows.append([str(at), _number(float(record.epoch[at]) + style.first_epoch), *cells])
    return _text([style.step, style.epoch, *columns], rows)


def _ends(record: Record) -> set[int]:
    return {int(at) for at in record.evaluated}


def _dense(values: NDArray[np.float32]) -> Column:
    return {i: float(value) for i, value in enumerate(values)}


def _rates(record: Record, style: _Style) -> dict[str, Column]:
    return {style.rate: _dense(record.rate)}


def _norms(record: Record, style: _Style) -> dict[str, Column]:
    scale = {"loss_scale": _dense(record.loss_scale)} if len(record.loss_scale) else {}
    accuracy = {style.accuracy: _dense(record.accuracy)} if np.isfinite(record.accuracy).any() else {}
    return {style.norm: _dense(record.grad_norm)} | scale | accuracy


def _parts(record: Record, style: _Style) -> dict[str, Column]:
    return {style.part.format(name): _dense(values) for name, values in record.parts.items()}


def _validation(record: Record, style: _Style, every: int) -> dict[str, Column]:
    """Validation after each so many evaluations."""
    chosen = range(every - 1, len(record.evaluated), every)
    found = {style.val_loss: record.val_loss, style.val_accuracy: record.val_accuracy}
    return {
        name: {int(record.evaluated[i]): float(values[i]) for i in chosen}
        for name, values in found.items()
        if len(chosen) and _exists(style, name, values)
    }


def _number(value: float) -> str:
    return "nan" if math.isnan(value) else f"{value:.6g}"


def _text(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()
