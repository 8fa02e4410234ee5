"""Inputs and labels: whether the rows of one still belong to those of the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from triage.intake.found import Found, shows
from triage.intake.scripts.trace import Event, Run
from triage.intake.scripts.training import Training
from triage.intake.scripts.values import Array, Bound, Items, Table, Tensor, Unknown, Value, number

__all__ = ["pairing_findings"]


def pairing_findings(training: Training) -> Iterator[Found]:
    """The first pair of inputs and labels that were brought apart."""
    pairs = list(_given_together(training))
    found = [
        piece
        for event, x, y in pairs
        for judge in (_unequal, _drawn_apart)
        for piece in judge(training.run, event, x, y)
    ]
    yield from (found or list(_pairs(training, pairs)))[:1]


def _given_together(training: Training) -> Iterator[tuple[Event, Value, Value]]:
    """Inputs and labels of a data set, of `fit` and of one split."""
    for event in training.run.of("pair", "split"):
        values = [value for value in event.facts.get("values", ()) if isinstance(value, Array)]
        if event.kind == "pair":
            yield event, event.facts["x"], event.facts["y"]
        elif len(values) == 2:
            yield event, values[0], values[1]
    for event in training.fits:
        call = event.facts["call"]
        x, y = call.get(0, "x"), call.get(1, "y")
        if not (isinstance(x, Array) and x.parts and y is None):
            yield event, x, y


def _pairs(training: Training, pairs: Sequence[tuple[Event, Value, Value]]) -> Iterator[Found]:
    """Inputs and labels that were brought into different orders."""
    for event, x, y in pairs:
        yield from _pair(event, x, y)
    for event in training.run.of("loss"):
        term = event.facts["term"]
        if isinstance(term.output, Tensor):
            yield from _pair(event, term.output.data, term.target)


def _pair(event: Event, x: Value, y: Value) -> Iterator[Found]:
    untold = isinstance(x, Unknown) or isinstance(y, Unknown)
    x, y = _as_array(x), _as_array(y)
    if x is None or y is None:
        return
    if untold and any(_is_split(token) for token in (*x.order, *y.order)):
        # What is worked out of a part of the split belongs to it, although reading does not tell how.
        return
    if x.order == y.order or not _comparable(x, y):
        return
    spot = next((spot for name, _, spot in (*y.flow, *x.flow) if name == "shuffled"), event.spot)
    message = "Inputs and labels are shuffled apart from each other, and no longer belong together."
    yield shows("inspect_pairing", "shifted_or_mixed", message, spot.place(), 0.97)


def _is_repeat(token: object) -> bool:
    """Whether each row was copied where it stands, or all of them one after the other."""
    return isinstance(token, str) and token.startswith(("repeat ", "tile "))


def _is_split(token: object) -> bool:
    return isinstance(token, tuple) and token[:1] == ("split",)


def _as_array(value: Value) -> Array | None:
    if isinstance(value, Unknown) and value.born:
        return Array(object(), born=value.born, sure=False)
    return value if isinstance(value, Array) else None


def _comparable(x: Array, y: Array) -> bool:
    """Whether the orders are made of steps that are told, on arrays that were there before."""
    plain = [*x.order, *y.order]
    if any(_loses(token) and (token not in x.order or token not in y.order) for token in plain):
        return False
    times = [[token for token in side.order if _is_repeat(token)] for side in (x, y)]
    if bool(times[0]) is not bool(times[1]):
        return False
    if any(isinstance(token, Array | Bound | Items | Unknown | slice) for token in plain):
        return False
    first = [spot for name, _, spot in (*x.flow, *y.flow) if name == "shuffled"]
    split = any(_is_split(token) for token in plain)
    shuffled = [token for name, token, _ in (*x.flow, *y.flow) if name == "shuffled_at"]
    if shuffled and (x.born > min(shuffled) or y.born > min(shuffled)):
        return False
    return bool(first) or split or bool(times[0]) or (bool(plain) and x.sure and y.sure)


def _unequal(run: Run, event: Event, x: Value, y: Value) -> Iterator[Found]:
    """Rows that were left out or sorted on one side, while the other keeps all as they were."""
    if not isinstance(x, Array) or not isinstance(y, Array) or "statistic" in (x.role, y.role):
        return
    for one, other in ((x, y), (y, x)):
        lost = [token for token in one.order if token not in other.order and _loses(token)]
        if not lost or not _plain(other) or not (one.root is other.root or _cut_to(run, other, one)):
            continue
        token = lost[0]
        spot = next((where for name, _, where in other.flow if name == "cut"), event.spot)
        message = "Rows were left out of the inputs or the labels alone, and the rest no longer belong together."
        if isinstance(token, tuple) and token[0] == "sorted":
            message = "Inputs and labels come from one table of which only one side was sorted."
        if spot is event.spot:
            spot = next((where for _, held, where in one.flow if held is token), spot)
        yield shows("inspect_pairing", "shifted_or_mixed", message, spot.place(), 0.9)
        return


def _drawn_apart(run: Run, event: Event, x: Value, y: Value) -> Iterator[Found]:
    """Data sets of TensorFlow, or images from generators, that are shuffled before they are put together."""
    if not isinstance(x, Array) or not isinstance(y, Array) or event.facts.get("way") != "zip":
        return
    made = [_drawing(side) for side in (x, y)]
    if made[0] == made[1] or not any(made):
        return
    spot = next(spot for name, _, spot in (*y.flow, *x.flow) if name in ("shuffle", "generator"))
    message = "Inputs and labels are shuffled apart from each other, and no longer belong together."
    yield shows("inspect_pairing", "shifted_or_mixed", message, spot.place(), 0.95)


def _drawing(value: Array) -> tuple[object, ...]:
    """What an order of samples comes from; equal where two data sets come in the same."""
    found: list[object] = []
    names = {name: held for name, held, _ in value.flow}
    if "generator" in names and names.get("directory_shuffle") is not False:
        seed = number(names.get("seed"))
        found.append(seed if seed is not None else object())
    for name, held, _ in value.flow:
        if name == "shuffle" and isinstance(held, Table):
            seed = number(held.values.get("seed"))
            found.append((seed, number(held.values.get("size"))) if seed is not None else held)
    return tuple(found)


def _loses(token: object) -> bool:
    """Whether a step leaves out rows, or sorts them."""
    if isinstance(token, Array):
        return any(name == "mask" for name, _, _ in token.flow)
    return isinstance(token, tuple) and token[:1] in (("dropped",), ("sorted",))


def _plain(value: Array) -> bool:
    """Whether nothing but a first part was taken of an array."""
    return not value.order and all(isinstance(cut, tuple) and cut[0] is None for cut in value.cuts)


def _cut_to(run: Run, value: Array, other: Array) -> bool:
    """Whether it was cut to the length of the other array."""
    ends = [run.lengths[held] for name, held, _ in value.flow if name == "cut"]
    return any(isinstance(end, Array) and end.root is other.root and end.order == other.order for end in ends)
