"""What enters the network: scaling of inputs, form of targets, classes against units."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from triage.intake.found import Found, Stated, shows
from triage.intake.scripts.class_counts import FEWER, allowed_labels, miscounted, numbered_from_one
from triage.intake.scripts.label_values import labels_of
from triage.intake.scripts.layers import loss_kind
from triage.intake.scripts.pixels import are_pixels, last_touched
from triage.intake.scripts.scales import wide_columns, wide_set
from triage.intake.scripts.shuffle_findings import reached_data, training_data
from triage.intake.scripts.source import Spot
from triage.intake.scripts.training import Goal, Training, flow_of, units_of
from triage.intake.scripts.values import Array, Data, Layer, Loader, Model, Tensor, Transforms, Unknown, Value

__all__ = ["input_findings"]

_SCORES = frozenset({"cross_entropy_on_logits", "cross_entropy_on_probabilities"})


def input_findings(training: Training) -> Iterator[Found | Stated]:
    """Findings of inputs and targets."""
    data = training_data(training)
    yield from _scaling(training, reached_data(training, data))
    _, y = _labelled(training, data)
    yield from _targets(training, y)
    yield from _classes(training, data, y)
    yield from _augmentation(training, data)


def _labelled(training: Training, data: Value) -> tuple[Value, Value]:
    """Inputs and labels of training, as arrays."""
    for event in training.fits[-1:]:
        call = event.facts["call"]
        y = call.get(1, "y")
        if y is None and isinstance(data, Array) and len(data.parts) == 2:
            return data.parts
        return data, y
    if isinstance(data, Array) and len(data.parts) == 2:
        return data.parts[0], data.parts[1]
    if isinstance(data, Loader) and isinstance(data.data, Data) and len(data.data.arrays) == 2:
        return data.data.arrays
    return None, None


def _scaling(training: Training, data: Value) -> Iterator[Found]:
    if isinstance(data, Loader):
        yield from _of_transforms(data)
        inner = data.data
        data = inner.arrays[0] if isinstance(inner, Data) and inner.arrays else None
    if not isinstance(data, Array):
        return
    first = _first_layer(training)
    if first is not None and first.kind == "scaling":
        state = "zero_to_one" if first.name == "Rescaling" else "standardised"
        yield shows("input_scaling", state, f"The network begins with {first.name}.", first.spot.place(), 0.95)
        return
    kinds = [kind for kind, _, _ in data.scaled]
    if not kinds:
        if first is not None and first.kind == "embedding":
            return
        yield from _raw(training, data, first)
        return
    spot = data.scaled[-1][2]
    if not isinstance(spot, Spot) or not spot.source:
        return
    if "tokens" in kinds:
        yield shows("input_scaling", "standardised", "The inputs are tokens.", spot.place(), 0.9)
    elif any(kind in ("scaler", "own_statistics") or _is_statistic(value) for kind, value, _ in data.scaled):
        minmax = any(
            kind == "scaler" and value[0].name in ("MinMaxScaler", "MaxAbsScaler") for kind, value, _ in data.scaled
        )
        state = "zero_to_one" if minmax else "standardised"
        yield shows("input_scaling", state, "The inputs are scaled by their own statistics.", spot.place(), 0.95)
    elif all(kind in "/-+" for kind in kinds) and any(
        kind == "/" and value in (255, 255.0, 127.5) for kind, value, _ in data.scaled
    ):
        yield shows("input_scaling", "zero_to_one", "The pixels are divided.", spot.place(), 0.95)


def _raw(training: Training, data: Array, first: Layer | None) -> Iterator[Found]:
    """Pixels, or features of a table of houses, that no step scales on their way into the first weights."""
    if first is None or first.kind not in ("dense", "conv", "flatten"):
        return
    table = (wide_set(data.dataset) and data.sure) or (_is_wide(data) and first.kind == "dense")
    columns = wide_columns(training.run, data) if first.kind == "dense" else None
    if not are_pixels(data) and not table and columns is None:
        return
    spot = training.fits[-1].spot if training.fits else None
    if spot is None:
        outputs = [goal.term.output for goal in training.goals if goal.term is not None]
        reached = [output.data for output in outputs if isinstance(output, Tensor)]
        if not any(isinstance(x, Array) and x.root is data.root and not x.scaled for x in reached):
            return
        spot = training.goals[-1].event.spot
    what = f"inputs of {data.dataset}" if data.dataset else "columns" if table or columns else "pixels"
    message = f"The {what} reach the network as they are, unscaled."
    sure = 0.97 if columns is None else 0.85
    yield shows("input_scaling", "raw", message, (columns or last_touched(data) or spot).place(), sure)


def _is_wide(data: Array) -> bool:
    """Whether it came from a file that is known to hold numbers of very different size, by steps that are told."""
    lost = sum(cut is None for cut in data.cuts) > len(data.order)
    marks = [name for name, _, _ in data.flow]
    return "wide" in marks and "method" not in marks and not data.scaled and not lost


def _is_statistic(value: Value) -> bool:
    return isinstance(value, Array) and value.role == "statistic"


def _first_layer(training: Training) -> Layer | None:
    """The first layer behind the inputs."""
    for network in training.networks[:1]:
        if isinstance(network, Model):
            for layer in flow_of(training.run, network) or ():
                if layer.kind not in ("augmentation", "neutral"):
                    return layer
    return None


def _of_transforms(loader: Loader) -> Iterator[Found]:
    data = loader.data
    for _ in range(4):
        if isinstance(data, Data) and data.transform is None and data.base is not None:
            data = data.base
    if not isinstance(data, Data) or not isinstance(data.transform, Transforms):
        return
    steps = {name: spot for name, _, spot in data.transform.steps}
    if "Normalize" in steps:
        yield shows("input_scaling", "standardised", "The images are normalised.", steps["Normalize"].place(), 0.95)
    elif "ToTensor" in steps and data.transform.whole:
        message = "ToTensor brings pixels to 0 to 1."
        yield shows("input_scaling", "zero_to_one", message, steps["ToTensor"].place(), 0.95)


def _targets(training: Training, y: Value) -> Iterator[Found]:
    if not isinstance(y, Array):
        return
    goals = [goal for goal in training.goals if goal.keras]
    goal = goals[-1] if goals else None
    sparse = goal is not None and "sparse" in goal.name.lower()
    categorical = goal is not None and loss_kind(goal.name) == "cross_entropy_on_probabilities" and not sparse
    if y.one_hot is not None:
        yield shows("target_form", "one_hot", "The labels are one-hot vectors.", y.one_hot.place(), 0.97)
        if sparse and goal is not None:
            message = f"{goal.name} takes class numbers, but the labels are one-hot vectors."
            yield shows("loss_by_hand", "different_formula", message, goal.spot.place(), 0.92)
    elif y.classes is not None and y.sure:
        spot = training.fits[-1].spot if training.fits else None
        if spot is not None:
            yield shows("target_form", "class_indices", "The labels are class numbers.", spot.place(), 0.97)
        if categorical and goal is not None and y.classes > 2:
            message = f"{goal.name} takes one-hot vectors, but the labels are class numbers."
            yield shows("loss_by_hand", "different_formula", message, goal.spot.place(), 0.92)


def _classes(training: Training, data: Value, y: Value) -> Iterator[Found | Stated]:
    goals = [goal for goal in training.goals if goal.kind in _SCORES or goal.kind == "binary_cross_entropy"]
    if not goals or len({goal.model for goal in goals}) > 1:
        return
    goal = goals[-1]
    units, layer = units_of(goal.path)
    if units is None and layer is not None and goal.kind in _SCORES and not _ignores(goal):
        yield from _miscounted(training, layer)
    if units is None or layer is None or layer.spot.source is None:
        return
    if goal.kind in _SCORES and units > 1:
        yield Stated("classes", units, layer.spot.place())
    if goal.term is not None and not goal.keras and not _from_batch(goal.term.target):
        return
    target = goal.term.target if goal.term is not None and isinstance(goal.term.target, Array) else y
    outside = list(_outside(goal, units, target)) or list(_said(training, goal, units, layer))
    yield from outside
    classes = _number_of_classes(data, y)
    if (
        outside
        or classes is None
        or (goal.kind == "binary_cross_entropy" and (classes <= 2 or units > 1 or _is_hot(y)))
    ):
        return
    spot = training.fits[-1].spot if training.fits else layer.spot
    yield Stated("label_classes", classes, spot.place())
    yield from _compared(goal, units, layer.spot, classes)


def _outside(goal: Goal, units: float, y: Value) -> Iterator[Found]:
    """Labels that the loss cannot take, by the numbers that stand for the classes."""
    held = labels_of(y) if isinstance(y, Array) and y.one_hot is None else None
    if held is None or (goal.kind == "binary_cross_entropy" and units != 1):
        return
    low, high, spot = held
    if goal.kind == "binary_cross_entropy":
        if low < 0 or high > 1:
            message = f"{goal.name} takes labels from 0 to 1, but they are from {low:g} to {high:g}."
            yield shows("compare_class_counts", "labels_out_of_range", message, spot.place(), 0.95)
    elif high >= units:
        message = f"The labels are from {low:g} to {high:g}, but {units:g} units stand for 0 to {units - 1:g}."
        yield shows("compare_class_counts", "labels_out_of_range", message, spot.place(), 0.95)


def _said(training: Training, goal: Goal, units: float, layer: Layer) -> Iterator[Found]:
    """Labels beyond the units by what the program itself says of them."""
    if goal.kind not in _SCORES or _ignores(goal):
        return
    for high, spot in allowed_labels(training.run):
        if high == units:
            message = f"Labels up to {high:g} are allowed, but {units:g} units stand for 0 to {units - 1:g}."
            place = layer.spot if layer.spot.source is not None else spot
            yield shows("compare_class_counts", "labels_out_of_range", message, place.place(), 0.9)
            return
    for many, spot in numbered_from_one(training.run):
        if many == units:
            message = f"The classes are numbered from 1 to {many}, but {units:g} units stand for 0 to {units - 1:g}."
            yield shows("compare_class_counts", "labels_out_of_range", message, spot.place(), 0.9)
            return


def _miscounted(training: Training, layer: Layer) -> Iterator[Found]:
    """Units that are one less than the classes, by how they were counted."""
    if (counted := miscounted(training.run, layer)) is not None:
        what, spot = counted
        message = f"The last layer has as many units as the {what}, which leaves the last class without one."
        if what == FEWER:
            message = "The last layer has one unit less than there are classes."
        yield shows("compare_class_counts", "labels_out_of_range", message, spot.place(), 0.93)


def _ignores(goal: Goal) -> bool:
    """Whether some labels do not count, so that there may be more of them than units."""
    facts = goal.term.facts if goal.term is not None else {}
    return any(word in facts for word in ("ignore_index", "ignore_class"))


def _from_batch(target: Value) -> bool:
    """Whether the target is what the loader hands out, and nothing that was worked out."""
    return isinstance(target, Array) or (isinstance(target, Unknown) and target.name in ("part", "batch", "element"))


def _is_hot(y: Value) -> bool:
    return isinstance(y, Array) and y.one_hot is not None


def _number_of_classes(data: Value, y: Value) -> int | None:
    if isinstance(y, Array):
        width = next((value for name, value, _ in y.flow if name == "width" and value), None)
        if y.one_hot is not None and width:
            return int(width)
        return y.classes
    if isinstance(data, Loader):
        inner = data.data
        for _ in range(4):
            if isinstance(inner, Data) and inner.base is not None and inner.classes is None:
                inner = inner.base
        if isinstance(inner, Data) and "target_transform" not in data.facts:
            return inner.classes
    return None


def _compared(goal: Goal, units: float, spot: Spot, classes: int) -> Iterator[Found]:
    if units == classes:
        yield shows(
            "compare_class_counts",
            "agree",
            f"The last layer has {units:g} units for {classes} classes.",
            spot.place(),
            0.95,
        )
    elif units < classes:
        message = f"The last layer has {units:g} units, but the data have {classes} classes."
        yield shows("compare_class_counts", "labels_out_of_range", message, spot.place())
    elif goal.kind in _SCORES:
        message = f"The last layer has {units:g} units, but the data have only {classes} classes."
        yield shows("compare_class_counts", "config_has_more", message, spot.place(), 0.95)


def _augmentation(training: Training, data: Value) -> Iterator[Stated]:
    """Kinds of random change of the inputs."""
    if isinstance(data, Loader) and isinstance(data.data, Data):
        transform = data.data.transform
        if isinstance(transform, Transforms) and transform.whole:
            kinds = _random(transform)
            spot = transform.steps[-1][2] if transform.steps else data.spot
            yield Stated("augmentations", len(kinds), spot.place())
    elif isinstance(data, Array) and training.fits:
        made = next(((value, spot) for name, value, spot in data.flow if name == "generator"), None)
        if made is not None:
            words = ("rotation_range", "width_shift_range", "height_shift_range", "shear_range", "zoom_range",
                     "horizontal_flip", "vertical_flip", "brightness_range", "channel_shift_range")  # fmt: skip
            used = [w for w in words if w in made[0].values and getattr(made[0].values[w], "value", True)]
            yield Stated("augmentations", len(used), made[1].place())


def _random(transform: Transforms) -> Sequence[str]:
    names = [name for name, _, _ in transform.steps]
    others = (
        "ColorJitter",
        "AutoAugment",
        "RandAugment",
        "TrivialAugmentWide",
        "AugMix",
        "MixUp",
        "CutMix",
        "GaussianBlur",
    )
    return list(dict.fromkeys(name for name in names if name.startswith("Random") or name in others))
