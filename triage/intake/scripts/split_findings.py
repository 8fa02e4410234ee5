"""Training against validation data: samples that are in both, and data that are prepared in two ways."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from triage.intake.found import Found, shows
from triage.intake.scripts.copies import copies_of_data, first_copy
from triage.intake.scripts.held_out import is_held_out
from triage.intake.scripts.mode_findings import is_other
from triage.intake.scripts.samples_in_common import copies_in_both, is_unsure, overlap, reshuffled_split, same_samples
from triage.intake.scripts.shuffle_findings import reached_data, training_data
from triage.intake.scripts.source import Spot
from triage.intake.scripts.training import Training
from triage.intake.scripts.values import Array, Data, Instance, Items, Loader, Table, Transforms, Value, number

__all__ = ["split_findings"]


@dataclass(frozen=True, slots=True, eq=False)
class _Check:
    """Data on which the network is validated, and where."""

    data: Value
    labels: Value
    spot: Spot


def split_findings(training: Training) -> Iterator[Found]:
    """Findings of the split."""
    train = training_data(training)
    checks = list(_checks(training))
    yield from list(_leaks(train, checks))[:1]
    yield from list(_resampled(training, train, checks))[:1]
    reached = reached_data(training, train)
    yield from list(_differences(training, reached, [*checks, *_scored(training)]))[:1]
    for check in checks:
        _note_augmentation(training, check)


def _checks(training: Training) -> Iterator[_Check]:
    """Validation data of `fit`, and loops over loaders in which nothing is learned."""
    for event in training.fits[-1:]:
        call = event.facts["call"]
        given = call.named.get("validation_data")
        spot = call.spot_of("validation_data")
        if isinstance(given, Items) and len(given.values) == 3 and "sample_weight" in call.named:
            # Masks weigh the rows for training and for validation.
            continue
        if isinstance(given, Items) and given.values and not given.open:
            yield _Check(given.values[0], given.values[1] if len(given.values) > 1 else None, spot)
        elif given is not None:
            yield _Check(given, None, spot)
    for event in training.run.of("evaluate"):
        call = event.facts["call"]
        x = call.get(0, "x", "generator")
        if event.facts["name"].startswith("evaluate") and isinstance(x, Array) and x.split == "test":
            yield _Check(x, call.get(1, "y"), event.spot)
    learning = set(training.loops)
    for event in training.run.of("loop"):
        loop = event.facts["loop"]
        if loop not in learning and isinstance(event.subject, Loader) and (is_other(loop) or event.no_gradient):
            yield _Check(event.subject, None, event.subject.spot)


def _scored(training: Training) -> Iterator[_Check]:
    """Arrays that a network is given where nothing is learned, which may be those of training as well."""
    for event in training.run.of("apply"):
        given = event.facts.get("given")
        if event.no_gradient is not None and isinstance(given, Array) and event.subject in training.networks:
            yield _Check(given, None, event.spot)


def _note_augmentation(training: Training, check: _Check) -> None:
    """Random changes of validation data blur what is measured."""
    transform = _transform_of(check.data.data) if isinstance(check.data, Loader) else None
    steps = transform.steps if isinstance(transform, Transforms) else []
    for name, _, spot in steps:
        if name.startswith("Random") or name in ("ColorJitter", "AutoAugment", "RandAugment"):
            training.run.note(f"Line {spot.line}: the validation images are changed at random too ({name}).")
            return


def _leaks(train: Value, checks: Sequence[_Check]) -> Iterator[Found]:
    for check in checks:
        if isinstance(train, Array) and isinstance(check.data, Array) and overlap(train, check.data):
            yield _leak(train, check.data, check.spot)
        if isinstance(train, Loader) and isinstance(check.data, Loader):
            a, b = train.data, check.data.data
            if train is check.data or not _meant_for_validation(check.data):
                continue
            picked = [_sampled(loader) for loader in (train, check.data)]
            if a is b and isinstance(picked[0], Array) and isinstance(picked[1], Array):
                shared = overlap(picked[0], picked[1])
            else:
                shared = picked == [None, None] and same_samples(a, b)
            if shared:
                message = "The loader for validation hands out the training data."
                made = check.spot if a is b or not isinstance(b, Data | Instance) else b.spot
                yield shows("find_leaked_samples", "found", message, made.place())


def _leak(train: Array, other: Array, spot: Spot) -> Found:
    if (shuffled := reshuffled_split(train, other)) is not None:
        message = "The data are shuffled anew in each epoch and then cut in two, so that the parts mix."
        return shows("find_leaked_samples", "found", message, shuffled.place(), 0.9)
    made = next((where for name, _, where in other.flow if name == "folder"), spot)
    return shows("find_leaked_samples", "found", "The validation data are also trained on.", made.place())


def _sampled(loader: Loader) -> Value:
    """Numbers of the rows that the sampler of a loader draws; None where it has none."""
    sampler = loader.facts.get("sampler", loader.facts.get("batch_sampler"))
    return sampler.values.get("data") if isinstance(sampler, Table) else sampler


def _meant_for_validation(loader: Loader) -> bool:
    """Whether the loader is for data that were held back, by the name it is given."""
    words = loader.spot.place().words.split("=", 1)[0]
    return is_held_out(words) and "train" not in words.lower()


def _resampled(training: Training, train: Value, checks: Sequence[_Check]) -> Iterator[Found]:
    """Copies of samples that were made before the split."""
    places = [first_copy(v) for e in training.run.of("split") for v in e.facts["values"] if isinstance(v, Array)]
    for event in training.fits[-1:]:
        call = event.facts["call"]
        x = call.get(0, "x")
        if isinstance(x, Array) and (number(call.named.get("validation_split")) or 0) > 0:
            places.append(first_copy(x))
    for check in checks:
        if isinstance(train, Array) and isinstance(check.data, Array):
            places.append(copies_in_both(train, check.data))
        elif isinstance(train, Loader) and isinstance(check.data, Loader):
            places.append(_copied_base(train.data, check.data.data))
    for spot in places:
        if spot is not None:
            message = "Samples are copied before the split, so that copies come on both sides."
            yield shows("find_leaked_samples", "found", message, spot.place(), 0.9)


def _copied_base(one: Value, other: Value) -> Spot | None:
    """Where samples of a data set were copied that two loaders have parts of."""
    if not isinstance(one, Data) or not isinstance(other, Data):
        return None
    if one.arrays and other.arrays and isinstance(one.arrays[0], Array) and isinstance(other.arrays[0], Array):
        return copies_in_both(one.arrays[0], other.arrays[0])
    base = one.base
    if not isinstance(base, Data) or base is not other.base or one is other:
        return None
    if base.name == "ConcatDataset" and copies_of_data(base.part):
        return base.spot
    return first_copy(base.arrays[0]) if base.arrays and isinstance(base.arrays[0], Array) else None


def _differences(training: Training, train: Value, checks: Sequence[_Check]) -> Iterator[Found]:
    if isinstance(train, Loader):
        yield from _of_loaders(train, checks)
        return
    x = train
    if not isinstance(x, Array):
        return
    for check in checks:
        if isinstance(check.data, Array):
            yield from _of_arrays(x, check.data, check.spot)


def _of_arrays(train: Array, other: Array, spot: Spot) -> Iterator[Found]:
    ours, theirs = [_step(token) for token in train.scaled], [_step(token) for token in other.scaled]
    if any(step == ("?",) for step in (*ours, *theirs)) or not (
        train.dataset or train.sure or other.scaled or train.scaled
    ):
        return
    for token in other.scaled:
        on = _fitted_on(token)
        if (
            on is not None
            and on.root is other.root
            and (other.root is not train.root or on.split == "test" or _apart(on, other, train))
            and (train.scaled and not _same_statistics(train, other))
        ):
            message = (
                "The validation data are scaled with statistics of their own, not with those of the training data."
            )
            yield shows("compare_preprocessing", "differs", message, token[2].place())
            return
    if (late := _late(train, other)) is not None:
        message = "The mean that the validation data are scaled by was taken after the training data were scaled."
        yield shows("compare_preprocessing", "differs", message, late.place(), 0.95)
        return
    generated = any(name == "generator" for name, _, _ in (*train.flow, *other.flow))
    paired = (train.dataset and train.dataset == other.dataset) or train.root is other.root or generated
    paired = paired or (_loaded(train) and _loaded(other))
    if not paired and not (train.born and other.born and _split_alike(train, other)):
        return
    if [step for step in ours if step[0] != "neg"] == [step for step in theirs if step[0] != "neg"]:
        return
    if not theirs and ours:
        message = "The validation data are not scaled as the training data are."
        yield shows("compare_preprocessing", "differs", message, _first(other, spot).place(), 0.97)
    elif theirs and not ours:
        message = "The validation data are scaled, but the training data are not."
        yield shows("compare_preprocessing", "differs", message, other.scaled[0][2].place(), 0.97)
    elif all(
        step[0] in ("/", "-", "+") and len(step) > 1 and isinstance(step[1], int | float) for step in (*ours, *theirs)
    ):
        message = "The validation data are scaled otherwise than the training data."
        yield shows("compare_preprocessing", "differs", message, other.scaled[-1][2].place(), 0.97)


def _loaded(value: Array) -> bool:
    """Whether the array was read from a file, and came here by steps that are told."""
    return any(name == "loaded" for name, _, _ in value.flow) and not is_unsure(value)


def _first(other: Array, spot: Spot) -> Spot:
    return next((where for name, _, where in other.flow if name == "generator"), spot)


def _split_alike(train: Array, other: Array) -> bool:
    """Whether both came from one split."""
    return train.split == "train" and other.split == "test" and train.root is other.root


def _step(token: tuple[str, Value, Spot]) -> tuple[object, ...]:
    """What a step of scaling does, comparable between arrays."""
    kind, value, _ = token
    if kind == "?":
        return ("?",)
    if isinstance(value, int | float):
        return (kind, round(value, 9))
    if kind == "scaler":
        return (kind, id(value[0]))
    if isinstance(value, Array):
        return (kind, "statistic" if value.role == "statistic" else "array")
    return (kind,)


def _fitted_on(token: tuple[str, Value, Spot]) -> Array | None:
    """Data whose statistics a step of scaling uses."""
    kind, value, _ = token
    if kind == "scaler" and isinstance(value[1], Array):
        return value[1]
    if kind in "-/" and isinstance(value, Array) and value.role == "statistic":
        # What each sample is scaled by itself needs nothing of the other samples.
        return None if any(name == "own_statistic" for name, _, _ in value.flow) else value
    return None


def _late(train: Array, other: Array) -> Spot | None:
    """Where a mean of training data is taken off that were scaled already, as those for training are not."""
    firsts = [next((token for token in side.scaled if token[0] == "-"), None) for side in (train, other)]
    if firsts[0] is None or firsts[1] is None:
        return None
    ours, theirs = _fitted_on(firsts[0]), _fitted_on(firsts[1])
    if ours is None or theirs is None or theirs.root is not train.root or ours.scaled or not theirs.scaled:
        return None
    return firsts[1][2]


def _apart(on: Array, other: Array, train: Array) -> bool:
    """Whether statistics are those of rows that were picked for validation, and not of those for training."""
    return bool(on.order) and on.order == other.order[: len(on.order)] != train.order[: len(on.order)]


def _same_statistics(train: Array, other: Array) -> bool:
    """Whether the statistics are those of the same data."""
    mine = [on for token in train.scaled if (on := _fitted_on(token)) is not None]
    theirs = [on for token in other.scaled if (on := _fitted_on(token)) is not None]
    if not mine:
        return True
    return all(any(on.root is a.root and on.cuts == a.cuts and on.order == a.order for a in mine) for on in theirs)


def _of_loaders(train: Loader, checks: Sequence[_Check]) -> Iterator[Found]:
    ours = _transform_of(train.data)
    for check in checks:
        if not isinstance(check.data, Loader) or check.data is train:
            continue
        theirs = _transform_of(check.data.data)
        if isinstance(ours, Transforms) and isinstance(theirs, Transforms) and ours.whole and theirs.whole:
            difference = _normalised(ours) != _normalised(theirs)
            if difference:
                spot = theirs.steps[-1][2] if theirs.steps else check.spot
                message = "The validation images are not normalised as the training images are."
                yield shows("compare_preprocessing", "differs", message, spot.place(), 0.97)
        a, b = _arrays(train.data), _arrays(check.data.data)
        if a is not None and b is not None:
            yield from _of_arrays(a, b, check.spot)


def _transform_of(data: Value) -> Value:
    for _ in range(4):
        if not isinstance(data, Data):
            return None
        if data.base is None or data.transform is not None:
            return data.transform
        data = data.base
    return None


def _arrays(data: Value) -> Array | None:
    return data.arrays[0] if isinstance(data, Data) and data.arrays and isinstance(data.arrays[0], Array) else None


def _normalised(transforms: Transforms) -> tuple[object, ...]:
    found: list[object] = []
    for name, args, _ in transforms.steps:
        if name == "Normalize":
            found.append(tuple(_numbers(value) for value in args[:2]))
        elif name in ("Grayscale",):
            found.append(name)
    return tuple(found)


def _numbers(value: Value) -> object:
    if isinstance(value, Items):
        return tuple(_numbers(part) for part in value.values)
    known = number(value)
    return known if known is not None else id(value)
