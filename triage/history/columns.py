"""Which column of a file is what: names as frameworks and people write them -> canonical names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from triage.history.model import CANONICAL, Series

__all__ = ["ColumnMap", "map_columns", "simplified"]

STEP_NAMES = (
    "step",
    "global_step",
    "iteration",
    "iterations",
    "iter",
    "iters",
    "it",
    "steps",
    "update",
    "updates",
    "num_updates",
    "nupdates",
    "batch",
    "train_step",
    "total_steps",
    "total_timesteps",
    "trainer_global_step",
)
EPOCH_NAMES = ("epoch", "epochs", "ep", "epoch_id", "train_epoch")

_SPLITS = {
    "train": r"(?:train|training|trn|tr)",
    "val": r"(?:val|valid|validation|eval|evaluation|dev|test)",
}
_LOSS = (
    r"(?:loss|total_loss|loss_total|mean_loss|avg_loss|average_loss|running_loss|batch_loss|lm_loss|nll|nll_loss|"
    r"objective|cost)"
)
_ERROR = r"(?:mse|rmse|mae|mean_squared_error|mean_absolute_error|cross_entropy|xent|bce|ce)"
_ACCURACY = (
    r"(?:acc|accuracy|top1|top_1|acc1|acc_top1|accuracy_top1|binary_accuracy|categorical_accuracy|"
    r"sparse_categorical_accuracy|top_1_accuracy)"
)
_GRADIENT = (
    r"(?:grad_norm|gradient_norm|gnorm|global_norm|global_grad_norm|grad_2_0_norm_total|grad_norm_total|"
    r"total_grad_norm|norm)"
)
_RATE = r"(?:lr|learning_rate|learningrate|base_lr|current_lr|lr_pg0|lr_lr0|x_lr0|lr_\w+|rate)"
_SCALE = r"(?:loss_scale|scale|grad_scale|amp_scale)"


def _of_split(split: str, name: str) -> str:
    word = _SPLITS[split]
    either = rf"(?:{word}_{name}|{name}_{word}|{word}{name})"
    tail = r"(?:_step|_epoch)?"
    return (rf"(?:{either}|{name})" if split == "train" else either) + tail


_PATTERNS: dict[str, tuple[str, ...]] = {
    "train_loss": (_of_split("train", _LOSS), _of_split("train", _ERROR)),
    "val_loss": (_of_split("val", _LOSS), _of_split("val", _ERROR)),
    "train_accuracy": (_of_split("train", _ACCURACY),),
    "val_accuracy": (_of_split("val", _ACCURACY),),
    "learning_rate": (rf"(?:(?:train|optim|optimizer|opt)_)?{_RATE}",),
    "grad_norm": (rf"(?:(?:train|optim|optimizer|opt)_)?{_GRADIENT}",),
    "loss_scale": (rf"(?:(?:train|optim|optimizer|opt|amp)_)?{_SCALE}",),
}
"""Canonical name -> patterns over simplified names, the likeliest first."""

_COMPONENT = {
    "train_loss": re.compile(
        r"(?:(?P<split>train|training)_)?(?:loss_(?P<after>\w+)|(?P<before>\w+)_loss)(?:_step|_epoch)?"
    ),
    "val_loss": re.compile(
        r"(?:val|valid|validation|eval|test)_(?:loss_(?P<after>\w+)|(?P<before>\w+)_loss)(?:_step|_epoch)?"
    ),
}


@dataclass(frozen=True)
class ColumnMap:
    """What the columns of a file are.

    Args:
        step, epoch: their names in the file, or None.
        canonical: canonical name -> name in the file, in canonical order.
        components: name of the loss component (``train_loss/box``) -> name in the file.
        ignored: names that were not used.

    """

    step: str | None
    epoch: str | None
    canonical: Mapping[str, str]
    components: Mapping[str, str]
    ignored: tuple[str, ...]


def map_columns(columns: Mapping[str, Series], chosen: Mapping[str, str] | None = None) -> ColumnMap:
    """Say what each column is.

    Where several columns fit (``train_loss_step`` beside ``train_loss_epoch``), the one with more logged values wins,
    then the one that comes first.

    Args:
        columns: name in the file -> its values, in file order.
        chosen: canonical name (or ``step``, ``epoch``) -> name in the file, where the person says so.

    """
    chosen = dict(chosen or {})
    names = [name for name in columns if name not in chosen.values()]
    step = chosen.get("step") or _first(names, STEP_NAMES)
    epoch = chosen.get("epoch") or _first(names, EPOCH_NAMES)
    taken = {name for name in (step, epoch) if name is not None} | set(chosen.values())
    canonical: dict[str, str] = {}
    for wanted in CANONICAL:
        name = chosen.get(wanted) or _best(wanted, [name for name in names if name not in taken], columns)
        if name is not None:
            canonical[wanted] = name
            taken.add(name)
    components = _components([name for name in names if name not in taken], columns, canonical)
    components |= {wanted: name for wanted, name in chosen.items() if "/" in wanted}
    used = taken | set(components.values())
    return ColumnMap(step, epoch, canonical, components, tuple(name for name in columns if name not in used))


def simplified(name: str) -> str:
    """A name in lower case, every run of other characters an underscore: ``Train/Loss (avg)`` -> ``train_loss_avg``."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")


def _first(names: Sequence[str], wanted: Sequence[str]) -> str | None:
    by_simple = {simplified(name): name for name in reversed(names)}
    return next((by_simple[name] for name in wanted if name in by_simple), None)


def _best(wanted: str, names: Sequence[str], columns: Mapping[str, Series]) -> str | None:
    for pattern in _PATTERNS[wanted]:
        fitting = [name for name in names if re.fullmatch(pattern, simplified(name)) and columns[name].logged.any()]
        if fitting:
            return max(fitting, key=lambda name: int(columns[name].logged.sum()))
    return None


def _components(names: Sequence[str], columns: Mapping[str, Series], canonical: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in names:
        simple = simplified(name)
        if not columns[name].logged.any():
            continue
        for total in ("val_loss", "train_loss"):
            match = _COMPONENT[total].fullmatch(simple)
            if match is None:
                continue
            word = match["after"] or match["before"]
            if word in ("step", "epoch"):
                break
            part = f"{total}/{word}"
            other = found.get(part)
            if other is None or columns[name].logged.sum() > columns[other].logged.sum():
                found[part] = name
            break
    return found
