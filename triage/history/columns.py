"""Which column of a file is what: names as frameworks and people write them -> canonical names.

Names are compared in lower case with underscores for all else. Of several columns that fit one canonical name the
likelier name goes first (a loss before a negative log-likelihood, ``val`` before ``test``), then the column with more
logged values (``train_loss_step`` before ``train_loss_epoch``), then the one that comes first in the file.

An error (``mse``, ``mae``) stands for the loss only where no column is called a loss, and then one and the same error
stands for training and for validation. What is named after a loss and is none of these is a part of it:
``train/box_loss``. Perplexities, rewards and the best loss so far are no losses. Of accuracies only those of a
classification count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from triage.history.model import CANONICAL, Series

__all__ = ["ColumnMap", "map_columns", "simplified"]

FEW_COLUMNS = 100
"""Up to so many columns what they are is kept in mind."""

STEP_NAMES = (
    "step",
    "global_step",
    "iteration",
    "iterations",
    "iter",
    "iters",
    "iter_num",
    "it",
    "steps",
    "current_steps",
    "update",
    "updates",
    "num_updates",
    "nupdates",
    "num_iterations",
    "batch",
    "train_step",
    "train_steps",
    "train_iter",
    "train_iteration",
    "train_global_step",
    "total_steps",
    "total_timesteps",
    "time_total_timesteps",
    "time_iterations",
    "trainer_global_step",
)
EPOCH_NAMES = ("epoch", "epochs", "ep", "epoch_id", "train_epoch", "current_epoch", "epoch_num", "num_epoch")

_TRAIN = ("train|training|trn|tr",)
_VAL = ("val|valid|validation|eval|evaluation|dev", "test|testing")
"""Words for a split, the likelier first."""

_LOSSES = ("loss|total_loss|loss_total|objective|cost", "lm_loss|nll|nll_loss|bpd|bits_per_dim|bits_per_byte|bpb")
_ERRORS = (
    "mse|mean_squared_error|l2",
    "cross_entropy|crossentropy|xent|bce|binary_crossentropy|ce",
    "rmse|root_mean_squared_error",
    "mae|mean_absolute_error|l1",
)
_ACCURACIES = (
    "acc|accuracy|top1|top_1|acc1|acc_1|acc_top1|acc_top_1|accuracy_top1|accuracy_top_1|top1_acc|top_1_acc|"
    "top1_accuracy|top_1_accuracy|metrics_accuracy_top1|binary_accuracy|categorical_accuracy|"
    "sparse_categorical_accuracy|masked_accuracy|prec1|prec_1|overall_accuracy|balanced_accuracy",
)
_GRADIENT = (
    "grad_norm|gradient_norm|grads_norm|gnorm|global_norm|global_grad_norm|global_gradient_norm|grad_2_0_norm_total|"
    r"grad_norm_total|total_grad_norm|total_norm|norm"
)
_RATE = r"lr|learning_rate|learningrate|base_lr|current_lr|x_lr\d+|lr_?\d+|lr_\w+|learning_rate_\w+|rate"
_SCALE = "loss_scale|scale|grad_scale|amp_scale"

_AVERAGED = "avg|mean|average|averaged|running|smooth|smoothed|batch|epoch|step|iter"
"""Words that say over what a value was averaged."""

_PART = re.compile(r"loss_(?P<after>\w+)|(?P<before>\w+)_loss|(?P<branch>(?:box|cls|dfl)_o[mo])")
_SPLITS = frozenset({"train", "training", "val", "valid", "validation", "eval", "test", "best"})
"""Words that no name of a part has in it."""

_NO_PARTS = frozenset({
    "min", "max", "lowest", "highest", "last", "final", "initial", "prev", "previous", "scale", "ratio", "weight",
    "weights", "coef", "lambda", "diff", "delta", "std", "var", "count", "num", "step", "epoch", "time", "patience",
    "threshold",
})  # fmt: skip
"""Words that are no names of parts."""


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


@dataclass(frozen=True)
class _Column:
    """A column that is not taken yet: its name in the file, the simple one, and how many values it has."""

    name: str
    simple: str
    values: int


def map_columns(columns: Mapping[str, Series], chosen: Mapping[str, str] | None = None) -> ColumnMap:
    """Say what each column is.

    Args:
        columns: name in the file -> its values, in file order.
        chosen: canonical name (or ``step``, ``epoch``) -> name in the file, where the person says so.

    """
    counts = tuple((name, int(np.count_nonzero(series.logged))) for name, series in columns.items())
    given = tuple((chosen or {}).items())
    return _mapped_again(counts, given) if len(counts) <= FEW_COLUMNS else _mapped(counts, given)


def _mapped(counts: tuple[tuple[str, int], ...], given: tuple[tuple[str, str], ...]) -> ColumnMap:
    """What each column is.

    Args:
        counts: name in the file and how many values were logged under it, in file order.
        given: what the person says.

    """
    chosen = dict(given)
    taken = set(chosen.values())
    simple = {name: simplified(name) for name, _ in counts if name not in taken}
    step = chosen.get("step") or _first(simple, STEP_NAMES)
    epoch = chosen.get("epoch") or _first(simple, EPOCH_NAMES)
    taken |= {name for name in (step, epoch) if name is not None}
    free = [
        _Column(name, simple[name], values)
        for name, values in counts
        if values and name not in taken and simple.get(name)
    ]
    found = _canonical(free, chosen)
    used = set(found.values())
    components = _components([column for column in free if column.name not in used])
    if not components and not {"train_loss", "val_loss"} & found.keys():
        found |= _errors([column for column in free if column.name not in used])
    components |= {wanted: name for wanted, name in chosen.items() if "/" in wanted}
    used = taken | set(found.values()) | set(components.values())
    return ColumnMap(
        step,
        epoch,
        {wanted: found[wanted] for wanted in CANONICAL if wanted in found},
        components,
        tuple(name for name, _ in counts if name not in used),
    )


_mapped_again = lru_cache(maxsize=256)(_mapped)
"""The same for the files of many runs, which mostly have the same columns."""


def simplified(name: str) -> str:
    """A name in lower case, every run of other characters an underscore: ``Train/Loss (avg)`` -> ``train_loss_avg``."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip())
    return re.sub(r"[^a-z0-9]+", "_", spaced.lower()).strip("_")


def _first(simple: dict[str, str], wanted: Sequence[str]) -> str | None:
    """The name in the file of the first that is wanted and there."""
    by_simple = {short: name for name, short in reversed(simple.items())}
    return next((by_simple[name] for name in wanted if name in by_simple), None)


def _canonical(columns: Sequence[_Column], chosen: Mapping[str, str]) -> dict[str, str]:
    """Canonical name -> name in the file, of all but errors that stand for a loss."""
    found = {wanted: name for wanted, name in chosen.items() if wanted in CANONICAL}
    columns = [column for column in columns if _any_pattern().fullmatch(column.simple)]
    for wanted in CANONICAL:
        if wanted in found:
            continue
        left = [column for column in columns if column.name not in found.values()]
        name = next((best for pattern in _patterns()[wanted] if (best := _best(pattern, left))), None)
        if name is not None:
            found[wanted] = name
    return found


def _errors(columns: Sequence[_Column]) -> dict[str, str]:
    """The first kind of error that there is, of both splits."""
    for train, val in _error_patterns():
        found = {
            "train_loss": _best(train, columns),
            "val_loss": next((best for pattern in val if (best := _best(pattern, columns))), None),
        }
        if any(found.values()):
            return {wanted: name for wanted, name in found.items() if name is not None}
    return {}


def _best(pattern: re.Pattern[str], columns: Sequence[_Column]) -> str | None:
    fitting = [column for column in columns if pattern.fullmatch(column.simple)]
    return max(fitting, key=lambda column: column.values).name if fitting else None


def _components(columns: Sequence[_Column]) -> dict[str, str]:
    """Name of each part of a loss -> name in the file, of parts by step and by epoch the one with more values."""
    found: dict[str, _Column] = {}
    for column in columns:
        part = _part(column.simple)
        if part is not None and (part not in found or column.values > found[part].values):
            found[part] = column
    return {part: column.name for part, column in found.items()}


def _part(simple: str) -> str | None:
    """What part of which loss a simple name names; None where it names none."""
    if "loss" not in simple and not simple.endswith(("_om", "_oo")):
        return None
    split, _, rest = simple.partition("_")
    total = "train_loss"
    if re.fullmatch("|".join(_VAL), split):
        total, simple = "val_loss", rest
    elif split in ("train", "training"):
        simple = rest
    simple = re.sub("_(?:step|epoch)$", "", simple)
    match = _PART.fullmatch(simple)
    if match is None:
        return None
    word = match["after"] or match["before"] or match["branch"]
    return None if word in _NO_PARTS or _SPLITS.intersection(word.split("_")) else f"{total}/{word}"


@lru_cache(maxsize=1)
def _patterns() -> dict[str, tuple[re.Pattern[str], ...]]:
    """Canonical name -> patterns over simple names, the likeliest first."""
    return {
        "train_loss": tuple(_of_split(_TRAIN[0], loss, alone=True) for loss in _LOSSES),
        "val_loss": tuple(_of_split(word, loss) for loss in _LOSSES for word in _VAL),
        "train_accuracy": tuple(_of_split(_TRAIN[0], accuracy, alone=True) for accuracy in _ACCURACIES),
        "val_accuracy": tuple(_of_split(word, accuracy) for accuracy in _ACCURACIES for word in _VAL),
        "learning_rate": (_of_optimizer(_RATE),),
        "grad_norm": (_of_optimizer(_GRADIENT),),
        "loss_scale": (_of_optimizer(_SCALE),),
    }


@lru_cache(maxsize=1)
def _any_pattern() -> re.Pattern[str]:
    """All of them in one, so that of thousands of columns few are looked at closely."""
    return re.compile("|".join(pattern.pattern for patterns in _patterns().values() for pattern in patterns))


@lru_cache(maxsize=1)
def _error_patterns() -> tuple[tuple[re.Pattern[str], list[re.Pattern[str]]], ...]:
    """Of each single error the pattern for training and those for validation."""
    return tuple(
        (_of_split(_TRAIN[0], error, alone=True), [_of_split(word, error) for word in _VAL]) for error in _each(_ERRORS)
    )


def _each(groups: Sequence[str]) -> Iterator[str]:
    for group in groups:
        yield from group.split("|")


def _of_split(word: str, name: str, alone: bool = False) -> re.Pattern[str]:
    """The name with the word of its split before or behind it; ``alone`` without one, too."""
    averaged = f"(?:{_AVERAGED})"
    either = rf"(?:(?:{word})_?(?:{averaged}_)?(?:{name})|(?:{name})_(?:{word})|{averaged}_(?:{word})_(?:{name}))"
    return re.compile(rf"(?:{either}{rf'|(?:{averaged}_)?(?:{name})' if alone else ''})(?:_(?:{_AVERAGED}|value))?")


def _of_optimizer(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?:(?:train|training|optim|optimizer|opt|amp)_)?(?:{name})")
