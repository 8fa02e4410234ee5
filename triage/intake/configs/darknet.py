"""Networks of Darknet, ``.cfg`` files as of YOLO up to v4 and v7 (Darknet's wiki, "CFG-Parameters"; parser.c)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from triage.errors import IntakeError
from triage.intake.configs.darknet_sections import Section, sections_of
from triage.intake.configs.source import Source, source_of, told_of
from triage.intake.found import Found, Stated, Told, shows

__all__ = ["is_darknet", "read_darknet"]

_NET = re.compile(r"^[ \t]*\[net(?:work)?\]", re.MULTILINE)
_LAYER = re.compile(
    r"^[ \t]*\[(?:conv|convolutional|deconvolutional|conn|connected|local|rnn|gru|lstm|crnn|route|shortcut|maxpool|"
    r"softmax|yolo|region|detection|cost)\]",
    re.MULTILINE,
)
_OTHER_BATCH = re.compile(r"^[ \t]*#?[ \t]*batch[ \t]*=[ \t]*(\d{1,6})", re.MULTILINE)

DETECTORS = frozenset({"yolo", "region", "detection", "gaussian_yolo"})
CONVOLUTIONS = frozenset({"conv", "convolutional", "deconvolutional"})
CONNECTED = frozenset({"conn", "connected"})
RECURRENT = frozenset({"rnn", "gru", "lstm", "crnn", "conv_lstm"})
WEIGHTED = CONVOLUTIONS | CONNECTED | RECURRENT | {"local"}
POOLING = frozenset({"max", "maxpool", "local_avg", "local_avgpool"})

SCHEDULES = {
    "constant": "constant", "steps": "step", "step": "step", "exp": "step", "poly": "decay", "polynomial": "decay",
    "sig": "decay", "sigmoid": "decay", "random": "cyclic", "sgdr": "cyclic",
}  # fmt: skip

ACTIVATIONS = {
    "relu": "relu", "relu6": "relu", "ramp": "relu", "leaky": "leaky_or_smooth", "elu": "leaky_or_smooth",
    "selu": "leaky_or_smooth", "mish": "leaky_or_smooth", "swish": "leaky_or_smooth", "silu": "leaky_or_smooth",
    "gelu": "leaky_or_smooth", "plse": "leaky_or_smooth", "logistic": "saturating", "tanh": "saturating",
    "hardtan": "saturating", "lhtan": "saturating", "loggy": "saturating", "linear": "none_between_layers",
}  # fmt: skip
"""Activation -> state of ``hidden_activation``; Darknet takes the logistic one where none is set."""

CHANGES = (
    "angle",
    "saturation",
    "exposure",
    "hue",
    "jitter",
    "random",
    "flip",
    "mosaic",
    "mixup",
    "cutmix",
    "blur",
    "aspect",
)
"""Keys of [net] and of the detecting layers that set a random change of the images."""

UNCHANGED = {"saturation": 1.0, "exposure": 1.0, "aspect": 1.0}
"""Values that change nothing, where that is not 0."""

Item = Stated | Found | str


def is_darknet(text: str) -> bool:
    """Whether a text is a network of Darknet, by its content."""
    return _NET.search(text) is not None and _LAYER.search(text) is not None


def read_darknet(text: str, file: str) -> Told:
    """Read a network.

    Args:
        text: the content of the file.
        file: its name, as it was given.

    Raises:
        IntakeError: it is no network of Darknet, or cannot be read.

    """
    source = source_of(text, file)
    if not is_darknet(source.text):
        raise IntakeError(file, "expected a network of Darknet, found no [net] with layers")
    sections = sections_of(source)
    if not sections or sections[0].kind not in ("net", "network"):
        raise IntakeError(
            file, "expected [net] as the first section, found another", sections[0].line if sections else None
        )
    return told_of(_all(sections[0], sections[1:], source))


def _all(net: Section, layers: Sequence[Section], source: Source) -> Iterator[Item]:
    yield shows("framework", "caffe_darknet", "The file is a network of Darknet.", source.place())
    yield from _batches(net, source)
    yield from _training(net, source)
    yield from _augmentation(net, layers, source)
    yield from _network(layers, source)
    yield from _pooling(layers, source)
    yield from _hidden(layers, source)
    yield from _detectors(layers, source)
    yield from _classifier(layers, source)


def _batches(net: Section, source: Source) -> Iterator[Item]:
    """Darknet takes a batch in parts; each part is what one device holds at a time."""
    whole, parts = net.number("batch"), net.number("subdivisions") or 1.0
    if whole is None or whole < 1 or parts < 1:
        return
    yield Stated("batch_size", max(1.0, whole // parts), source.place(net.line_of("batch")))
    yield Stated("accumulation_steps", parts, source.place(net.line_of("subdivisions")))
    others = [int(found[1]) for found in _OTHER_BATCH.finditer(source.text)]
    if whole == 1 and max(others, default=1) > 1:
        yield f"batch is 1, as for testing; batch={max(others)} stands in a comment or behind it and does not count."


def _training(net: Section, source: Source) -> Iterator[Item]:
    yield from _rates(net, source)
    names = {"decay": "weight_decay", "max_batches": "max_steps"}
    for key, stated in names.items():
        value = net.number(key)
        if value is not None:
            yield Stated(stated, value, source.place(net.line_of(key)))
    momentum = net.number("momentum")
    if net.number("adam"):
        yield Stated("optimizer", "adam", source.place(net.line_of("adam")))
        for key, stated in (("b1", "beta1"), ("b2", "beta2"), ("eps", "epsilon")):
            value = net.number(key.upper() if key != "eps" else key)
            if value is not None:
                yield Stated(stated, value, source.place(net.line_of(key.upper() if key != "eps" else key)))
    else:
        place = source.place(net.line_of("momentum"))
        yield Stated("optimizer", "sgd", place)
        yield Stated("momentum", 0.9 if momentum is None else momentum, place)
    yield Stated("clip_norm", 0.0, source.place())
    yield from _schedule(net, source)


def _schedule(net: Section, source: Source) -> Iterator[Item]:
    policy = net.word("policy") or "constant"
    place = source.place(net.line_of("policy"))
    if policy not in SCHEDULES:
        yield f"Darknet does not know the policy {policy[:40]!r} and keeps the learning rate constant."
        yield Stated("schedule", "constant", place)
        return
    last, steps, scales = net.number("max_batches"), net.numbers("steps"), net.numbers("scales")
    yield Stated("schedule", SCHEDULES[policy], place)
    if policy in ("poly", "polynomial"):
        if not last and net.number("power") != 0:
            message = "The policy poly divides by max_batches, which is not set: the rate is not finite."
            yield shows("learning_rate_course", "not_finite", message, place, 0.9)
        elif last:
            yield Stated("decay_steps", last, source.place(net.line_of("max_batches")))
    if policy == "steps" and len(steps) != len(scales):
        where = f"{source.file}, line {net.line_of('steps')}"
        yield f"There are {len(steps)} steps and {len(scales)} scales of the learning rate ({where})."
    if policy == "steps" and steps and last and min(steps) >= last:
        yield f"The first step of the rate, {min(steps):g}, is not before max_batches={last:g}: the rate never drops."


def _rates(net: Section, source: Source) -> Iterator[Stated]:
    """The highest rate, which the first YOLO reached by scales above 1, and the batches until then."""
    base = net.number("learning_rate")
    place = source.place(net.line_of("learning_rate"))
    highest, climb = base, 0.0
    if base is not None and net.word("policy") == "steps":
        rate = base
        drops = list(zip(net.numbers("steps"), net.numbers("scales"), strict=False))
        for step, scale in drops:
            rate *= scale
            if step <= 0:
                highest = rate
            elif rate > (highest or 0.0) * (1 + 1e-9):
                highest, climb = rate, step
                place = source.place(net.line_of("scales" if rate > base * (1 + 1e-9) else "learning_rate"))
    if highest is not None:
        yield Stated("learning_rate", highest, place)
    burn_in = net.number("burn_in")
    key = "steps" if climb and burn_in is None else "burn_in"
    yield Stated("warmup_steps", burn_in if burn_in is not None else climb, source.place(net.line_of(key)))


def _augmentation(net: Section, layers: Sequence[Section], source: Source) -> Iterator[Stated]:
    kinds: dict[str, int] = {}
    for section in [net, *(layer for layer in layers if layer.kind in DETECTORS or layer.kind == "crop")]:
        for key in CHANGES:
            value = section.number(key)
            if value is not None and value != UNCHANGED.get(key, 0.0):
                kinds.setdefault(key, section.line_of(key))
    yield Stated("augmentations", float(len(kinds)), source.place(min(kinds.values(), default=net.line)))


def _network(layers: Sequence[Section], source: Source) -> Iterator[Item]:
    weighted = [layer for layer in layers if layer.kind in WEIGHTED]
    if not weighted:
        return
    yield Stated("layers", float(len(weighted)), source.place(weighted[-1].line))
    for state, kinds in (("recurrent", RECURRENT), ("convolutional", CONVOLUTIONS), ("dense", CONNECTED)):
        first = next((layer for layer in weighted if layer.kind in kinds), None)
        if first is not None:
            place = source.place(first.line)
            yield shows("network_kind", state, f"The network has layers of the kind [{first.kind}].", place, 0.95)
            break
    normalised = [layer for layer in weighted if layer.number("batch_normalize")]
    if normalised or any(layer.kind == "batchnorm" for layer in layers):
        first = normalised[0] if normalised else next(layer for layer in layers if layer.kind == "batchnorm")
        message = f"{len(normalised)} of {len(weighted)} layers with weights have batch norm."
        yield shows("normalization_layers", "batch_norm", message, source.place(first.line_of("batch_normalize")))
    else:
        yield shows("normalization_layers", "not_used", "No layer has batch norm.", source.place(), 0.97)
    yield shows("precision", "fp32", "Darknet computes in fp32.", source.place(), 0.9)
    shares = [layer for layer in layers if layer.kind == "dropout"]
    largest = max(shares, key=lambda layer: layer.number("probability") or 0.0, default=None)
    if largest is None:
        yield Stated("dropout", 0.0, source.place())
    else:
        share = largest.number("probability")
        yield Stated("dropout", 0.5 if share is None else share, source.place(largest.line_of("probability")))


def _pooling(layers: Sequence[Section], source: Source) -> Iterator[Found]:
    pools = [layer for layer in layers if layer.kind in POOLING]
    above = []
    for layer in pools:
        stride = layer.number("stride") or 1.0
        size = layer.number("size") or stride
        if stride > size:
            message = f"A [{layer.kind}] layer has stride {stride:g} above its size of {size:g}."
            above.append(shows("pooling_stride", "above_kernel", message, source.place(layer.line_of("stride"))))
    yield from above
    if pools and not above:
        message = "No pooling layer has a stride above its size."
        yield shows("pooling_stride", "at_most_kernel", message, source.place(pools[-1].line))


def _hidden(layers: Sequence[Section], source: Source) -> Iterator[Found]:
    """Activations of the layers that no output follows; a shortcut behind a linear layer has one of its own."""
    states: Counter[str] = Counter()
    first: dict[str, Section] = {}
    for layer, following in pairwise(layers):
        joined = following.kind in ("shortcut", "activation", "scale_channels", "sam")
        ends = following.kind in DETECTORS | {"softmax", "cost"}
        if layer.kind not in CONVOLUTIONS | CONNECTED | {"local"} or joined or ends:
            continue
        named = layer.word("activation") or "logistic"
        state = ACTIVATIONS.get(named)
        if state is not None:
            states[state] += 1
            first.setdefault(state, layer)
    whole = sum(states.values())
    if not whole:
        return
    state, most = states.most_common(1)[0]
    layer = first[state]
    named = layer.word("activation") or "logistic, as none is set"
    message = f"{most} of {whole} hidden layers have such an activation as this one: {named[:40]}."
    likelihood = {name: 0.97 * number / whole for name, number in states.items()}
    yield Found("hidden_activation", likelihood, message, source.place(layer.line_of("activation")))


def _detectors(layers: Sequence[Section], source: Source) -> Iterator[Item]:
    """Classes of the detecting layers against the outputs of the layers that feed them."""
    detectors = [(at, layer) for at, layer in enumerate(layers) if layer.kind in DETECTORS]
    if not detectors:
        return
    at, last = detectors[-1]
    yield shows("task", "detection", f"The layer [{last.kind}] detects objects.", source.place(last.line))
    yield shows("target_form", "boxes_or_masks", "The targets are boxes.", source.place(last.line), 0.95)
    yield Stated("loss_terms", 3.0, source.place(last.line))
    counts = {layer.number("classes") for _, layer in detectors} - {None}
    if len(counts) > 1:
        words = ", ".join(f"{count:g}" for count in sorted(count for count in counts if count is not None))
        yield f"The detecting layers have different numbers of classes: {words}."
    agreeing: Found | None = None
    wrong = []
    for at, layer in detectors:
        classes = layer.number("classes")
        if classes is None:
            continue
        yield Stated("classes", classes, source.place(layer.line_of("classes")))
        fed = layers[at - 1] if at else None
        filters = fed.number("filters") if fed is not None and fed.kind in CONVOLUTIONS else None
        outputs = _outputs(layer, classes)
        if fed is None or filters is None or outputs is None:
            continue
        place = source.place(fed.line_of("filters"))
        if filters == outputs:
            message = f"filters={filters:g} of the layer before fit classes={classes:g}."
            agreeing = shows("compare_class_counts", "agree", message, place, 0.75)
        else:
            state = "config_has_more" if filters > outputs else "labels_out_of_range"
            message = (
                f"filters={filters:g} of the layer before [{layer.kind}] do not fit classes={classes:g} (line "
                f"{layer.line_of('classes')}), which takes {outputs:g}."
            )
            wrong.append(shows("compare_class_counts", state, message, place, 0.95))
    yield from wrong
    if agreeing is not None and not wrong:
        yield agreeing


def _outputs(layer: Section, classes: float) -> float | None:
    """Outputs that a detecting layer takes for each place of the image."""
    boxes = float(len(layer.numbers("mask"))) or layer.number("num") or 1.0
    if layer.kind in ("yolo", "gaussian_yolo"):
        return (classes + (9.0 if layer.kind == "gaussian_yolo" else 5.0)) * boxes
    if layer.kind == "region":
        return (classes + (layer.number("coords") or 4.0) + 1.0) * (layer.number("num") or 1.0)
    return None


def _classifier(layers: Sequence[Section], source: Source) -> Iterator[Item]:
    """A softmax at the end, which holds the loss, and the outputs that feed it."""
    end = next((at for at in range(len(layers) - 1, -1, -1) if layers[at].kind in ("soft", "softmax")), None)
    if end is None or any(layer.kind in DETECTORS for layer in layers):
        return
    place = source.place(layers[end].line)
    yield shows("output_activation", "softmax", "The network ends in softmax, which holds the loss.", place, 0.95)
    message = "The loss is the cross-entropy of the probabilities that softmax gives."
    yield shows("loss_function", "cross_entropy_on_probabilities", message, place, 0.9)
    yield Stated("loss_terms", 1.0, place)
    fed = next((layer for layer in reversed(layers[:end]) if layer.kind in CONVOLUTIONS | CONNECTED), None)
    key = "filters" if fed is not None and fed.kind in CONVOLUTIONS else "output"
    outputs = fed.number(key) if fed is not None else None
    if fed is not None and outputs is not None and not any(layer.kind in RECURRENT for layer in layers):
        yield shows("task", "classification", "The network ends in one softmax.", place, 0.9)
        yield Stated("classes", outputs, source.place(fed.line_of(key)))
