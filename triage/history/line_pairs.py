"""A line of a log -> which of its numbers are its place, and which are values of what name.

That depends on the words between the numbers alone, so it is found out once for all lines with the same words.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from triage.history.log_lines import NUMBER, Expression

__all__ = ["CURVE", "LOSS_OR_SCORE", "LineShape", "header_split", "is_validation", "shape_of"]

CURVE = Expression(
    r"loss|\bnll\b|\bcost\b|(?<![a-z])acc(?:uracy)?(?![a-z])|prec@|top.?[15]\b|(?<![a-z])lr(?![a-z])|learning.?rate"
    r"|grad.?norm|gnorm|gradient norm|(?<![a-z])r?mse(?![a-z])|(?<![a-z])mae(?![a-z])|cross.?entropy|\bxent\b"
    r"|\belbo\b|\bbpd\b|bits per|objective",
    re.IGNORECASE,
)
"""Names of what a curve is drawn of; a line without any is no row."""

_NUMBER = Expression(rf"{NUMBER}|[1-9]\d{{0,2}}(?:,\d{{3}})+(?:\.\d+)?")

_SPLIT = Expression(
    r"(?<![A-Za-z])(train|training|trn|val|valid|validation|validating|eval|evaluation|evaluating|dev|test|testing"
    r"|saving dict)(?![A-Za-z])",
    re.IGNORECASE,
)
_HEADER = Expression(r"^\W{0,12}(?:\w+ )?\w+(?: (?:error|results?|set|phase|metrics|loop))?\W*$")
LOSS_OR_SCORE = Expression(r"loss|nll|cost|acc|error|mse|mae|entropy|xent|top.?[15]\b|prec@", re.IGNORECASE)

_NAME = Expression(
    r"(?P<name>(?<![\w.@])[A-Za-z][\w@/.-]*(?: [A-Za-z(][\w@/.)-]*){0,3})"
    r"(?P<between>\s*[:=]\s*[\[(]?\s*|\s*[\[(]\s*|\s*[-=]>\s*|\s*#\s*|[\s_-]*)$"
)
_AFTER = Expression(
    r"\b(?P<name>(?:\w+ )?(?:loss|cost)) +(?:after|at|in|for|on) +(?P<place>epoch|iteration|iter|step) *#?$",
    re.IGNORECASE,
)
_UNIT = Expression(r"%|[A-Za-z]+(?:/[A-Za-z]+)?")
_TIME_UNIT = Expression(r"(?:ms|s|sec|secs|seconds|us|ns|m|min|h|hrs?|[kKMGT]i?[Bb]|it/s|s/it|[A-Za-z]+/s(?:ec)?)$")
_GLUED = Expression(r"[.:]\d|\w*\.\d|[:_]$")

_EPOCHS = frozenset({"epoch", "ep"})
_STEPS = frozenset({"step", "iter", "iteration", "it", "update", "batch", "global_step"})
_PLURALS = frozenset({"epochs", "steps", "iters", "iterations", "updates", "timesteps"})
_NO_PLACE = Expression(r"\b(?:max|num|total|per|warm\w*|every|save|best|last|from|accum\w*|n)\b", re.IGNORECASE)
_AND_SO = frozenset({":", "=", "is", ": is", "was", ""})
_STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "with and the a an of at in is for has was got finished done completed reached current now info debug to after "
        "on by then so we our",
    )
)
_NO_VALUE = Expression(
    r"\b(?:best|min|max|lowest|highest|prev|previous|last|target|threshold|patience|delta|time|eta|elapsed|dt|mfu|mem|"
    r"memory|reader cost|batch cost|speed|throughput|took|tok|tokens|samples|seed|version|port|pid|rank|gpu)\b",
    re.IGNORECASE,
)

LONGEST_GAP = 120
"""Characters before a number in which its name is looked for."""


@dataclass(slots=True)
class LineShape:
    """What the numbers of a line are, by their positions in it.

    Args:
        epoch, step: the place that it names.
        done, of: how far it is in the epoch, and how long that is.
        leading: a number that the line begins with, which may be its place.
        values: name -> number, or two of which the first is a share of the second.
        averages: name -> number in brackets behind the value, which is its average so far.
        split: what the line's curves belong to; empty where it does not say.
        curves: names of values that are curves.
        is_row: whether there are any.
        is_place: whether it only says where the lines below it stand.
        is_validation: whether all of its values are of other data than that of training.

    """

    epoch: int | None = None
    step: int | None = None
    done: int | None = None
    of: int | None = None
    leading: int | None = None
    values: dict[str, tuple[int, int | None]] = field(default_factory=dict)
    averages: dict[str, int] = field(default_factory=dict)
    split: str = ""
    curves: tuple[str, ...] = ()
    is_row: bool = False
    is_place: bool = False
    is_validation: bool = False


def header_split(line: str) -> str:
    """The split that a line without numbers announces for the lines below it: ``Test Error:`` -> ``test``."""
    if len(line) > 60 or _HEADER.match(line) is None:
        return ""
    words = _SPLIT.findall(line)
    return _split(words[:1]) if words else ""


def _split(said: Sequence[str]) -> str:
    """The last word of several; TensorFlow's estimators say that they save a dict where they evaluated."""
    return said[-1].lower().replace("saving dict", "eval")


def is_validation(split: str) -> bool:
    """Whether the word for a split means other data than that of training."""
    return bool(split) and not split.startswith("tr")


def shape_of(words: Sequence[str], numbers: Sequence[str], split: str = "") -> LineShape:
    """What the numbers of a line are.

    Args:
        words, numbers: as `triage.history.alike.split_line` gives them.
        split: what the line belongs to if it does not say: ``train``, ``val`` or another word for them.

    """
    shape = LineShape(split=split)
    place_only = True
    at = 0
    carried = ""
    while at < len(numbers):
        before, number = _read(words[at][-LONGEST_GAP:]), numbers[at]
        shape.split = before.split or shape.split
        share = at + 1 if _is_share(words, numbers, at) else None
        end = at + 1 if share is None else at + 2
        after = words[end]
        if not _NUMBER.fullmatch(number) or _GLUED.match(after):
            at, carried = end, ""
            continue
        name, between, word = before.name, before.between, before.word
        if carried and before.leads_on:
            name, between, word = carried, ":", ""
        carried = ""
        if before.after:
            carried, place = before.after
            _place(shape, place, at, share)
            at = end
            continue
        unit = found_unit[0] if (found_unit := _UNIT.match(after)) else ""
        if not name or (
            share is not None and "[" in between and not _is_place(word) and not LOSS_OR_SCORE.search(name)
        ):
            _unnamed(shape, words, numbers, at, share)
        elif after.strip() in ("[", "[[") and number.isdigit() and _SPLIT.fullmatch(name):
            _place(shape, "epoch", at, None)
        elif _is_place(word):
            if not unit and not _NO_PLACE.search(name.replace("_", " ")):
                _place(shape, word, at, share)
                place_only = place_only and word not in _PLURALS
        elif between.isspace() and at + 1 < len(numbers) and share is None and after.strip() in (":", "="):
            carried = f"{name} {number}"
        elif average := _value(shape, name, between, unit, (at, share), words, numbers):
            end = average + 1
        at = end
    shape.curves = tuple(filter(CURVE.search, shape.values))
    shape.is_row = bool(shape.curves)
    shape.is_place = not shape.values and place_only and (shape.epoch is not None or shape.step is not None)
    shape.is_validation = shape.is_row and all(map(_may_be_of_validation, shape.values))
    return shape


class _Words(NamedTuple):
    """What the words before a number say of it."""

    split: str
    name: str
    between: str
    word: str
    leads_on: bool
    after: tuple[str, str] | None


@lru_cache(maxsize=4096)
def _read(before: str) -> _Words:
    said = _SPLIT.findall(before)
    found = _NAME.search(before)
    name, between = (found["name"], found["between"]) if found else ("", "")
    after = _AFTER.search(before)
    return _Words(
        split=_split(said) if said else "",
        name=name,
        between=between,
        word=name.split(" ")[-1].lower().strip("()"),
        leads_on=before.strip().lower() in _AND_SO,
        after=(after["name"], after["place"].lower()) if after else None,
    )


def _is_place(word: str) -> bool:
    return word in _EPOCHS or word in _STEPS or word in _PLURALS


def _is_share(words: Sequence[str], numbers: Sequence[str], at: int) -> bool:
    return (
        at + 1 < len(numbers) and words[at + 1].strip() == "/" and numbers[at].isdigit() and numbers[at + 1].isdigit()
    )


def _place(shape: LineShape, word: str, at: int, share: int | None) -> None:
    if word in ("epoch", "ep", "epochs"):
        if shape.epoch is None:
            shape.epoch = at
    elif shape.step is None:
        shape.step, shape.of = at, share


def _unnamed(shape: LineShape, words: Sequence[str], numbers: Sequence[str], at: int, share: int | None) -> None:
    """A number without a name: how far the line is, or the number that it begins with."""
    before = words[at].strip()
    if share is not None:
        if before == "][" and shape.done == at - 2 and shape.epoch is None:
            shape.epoch, shape.done, shape.of = shape.done, at, share
        elif shape.done is None and shape.step is None and before[-1:] not in (".", ":", "-", "/", "@"):
            shape.done, shape.of = at, share
    elif before == "][" and shape.epoch == at - 1 and numbers[at].isdigit():
        shape.done = at
    elif at == 0 and before in ("", "[", "(") and numbers[0].isdigit():
        if before and words[1].strip() == "," and len(numbers) > 1 and numbers[1].isdigit():
            shape.epoch, shape.done = 0, 1
        else:
            shape.leading = 0
    elif at == 1 and shape.epoch == 0 and before == ",":
        shape.done = 1


def _value(
    shape: LineShape,
    name: str,
    between: str,
    unit: str,
    place: tuple[int, int | None],
    words: Sequence[str],
    numbers: Sequence[str],
) -> int | None:
    """Take a value; the position of its average, where one stands behind it in brackets."""
    parts = name.split(" ")
    while len(parts) > 1 and parts[0].lower() in _STOP_WORDS:
        parts.pop(0)
    name = " ".join(parts).rstrip(".-")
    at, share = place
    if _NO_VALUE.search(name.replace("_", " ")) or (unit and unit != "%" and _TIME_UNIT.match(unit)):
        return None
    if not between.strip() and not CURVE.search(name):
        return None
    of_score = LOSS_OR_SCORE.search(name) is not None
    if share is not None and not of_score:
        return None
    if shape.split and of_score and not _SPLIT.search(name) and "scale" not in name.lower():
        name = f"{shape.split} {name}"
    if name in shape.values:
        return None
    shape.values[name] = place
    following = at + 1
    if share is not None or following >= len(numbers) or words[following].strip(" %") != "(":
        return None
    if words[following + 1].lstrip(" %")[:1] != ")":
        return None
    shape.averages[name] = following
    return following


def _may_be_of_validation(name: str) -> bool:
    said = _SPLIT.findall(name)
    return is_validation(said[-1].lower()) if said else not LOSS_OR_SCORE.search(name)
