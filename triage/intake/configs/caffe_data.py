"""What the data layers of a Caffe net say: batches, their order, the scale of the inputs, random changes."""

from __future__ import annotations

from collections.abc import Iterator

from triage.intake.configs.caffe_layers import DATA, Layer, Net
from triage.intake.configs.source import Source
from triage.intake.configs.textproto import Message
from triage.intake.found import Found, Stated, shows

__all__ = ["data_findings"]

IMAGES = frozenset({"data", "imagedata", "annotateddata", "windowdata"})
"""Types whose values are pixels from 0 to 255 unless a transformation scales them."""

PARAMETERS = {
    "data": ("data_param",), "annotateddata": ("data_param",), "imagedata": ("image_data_param",),
    "hdf5data": ("hdf5_data_param",), "memorydata": ("memory_data_param",), "windowdata": ("window_data_param",),
}  # fmt: skip

SMALLEST_UNIT, LARGEST_UNIT = 1 / 300, 1 / 100
"""Scales that bring pixels into 0 to 1 or -1 to 1; above, up to 1/30, they bring the spread of pixels to about one."""

LARGEST_SPREAD = 1 / 30

Item = Stated | Found | str


def data_findings(net: Net) -> Iterator[Item]:
    """All that the data layers of the training phase say, beside those of the test phase."""
    training = next((layer for layer in net.layers if layer.kind in PARAMETERS), None)
    if training is None:
        return
    source = net.source
    held = training.parameters(*PARAMETERS[training.kind])
    for name in ("batch_size", "batchsize"):
        size = held.number(name)
        if size is not None and size > 0:
            yield Stated("batch_size", size, source.place(held.line_of(name)))
    yield from _order(training, held, source)
    if training.kind in IMAGES:
        change = _transformation(training, held)
        yield from _scale(change, training, source)
        yield _augmentations(change, training, source)
        yield from _preprocessing(change, training, net)


def _order(layer: Layer, held: Message, source: Source) -> Iterator[Found]:
    flag = held.flag("shuffle")
    line = held.line_of("shuffle") if held.all("shuffle") else layer.line
    place = source.place(line)
    if layer.kind in ("imagedata", "hdf5data"):
        if flag:
            yield shows("shuffling", "every_epoch", "The data layer shuffles its list anew in each epoch.", place)
        else:
            yield shows("shuffling", "not_shuffled", "The data layer does not shuffle its list.", place, 0.85)
    elif layer.kind in ("data", "annotateddata"):
        message = "The data layer reads its database in the order in which it was written."
        yield Found("shuffling", {"once": 0.6, "not_shuffled": 0.35}, message, place)


def _transformation(layer: Layer, held: Message) -> Message:
    """The message that holds scale and mean; before there was one, the parameters of the data themselves did."""
    return layer.message.message("transform_param") or held


def _scale(change: Message, layer: Layer, source: Source) -> Iterator[Found]:
    scale = change.number("scale")
    place = source.place(change.line_of("scale")) if scale is not None else source.place(layer.line)
    centred = bool(change.all("mean_value") or change.all("mean_file") or change.all("meanfile"))
    if scale is None or scale == 1:
        likelihood = {"raw": 0.6, "standardised": 0.35} if centred else {"raw": 0.88, "zero_to_one": 0.08}
        message = "Of the pixels only a mean is taken off, they are not scaled."
        if centred:
            name = next(name for name in ("mean_value", "mean_file", "meanfile") if change.all(name))
            place = source.place(change.line_of(name))
        else:
            message = "The data layer neither scales the pixels nor takes a mean off."
    elif SMALLEST_UNIT <= scale <= LARGEST_UNIT:
        likelihood = {"zero_to_one": 0.95}
        message = f"The pixels are multiplied by {scale:g}."
    elif LARGEST_UNIT < scale <= LARGEST_SPREAD and centred:
        likelihood = {"standardised": 0.9, "zero_to_one": 0.06}
        message = f"A mean is taken off the pixels and they are multiplied by {scale:g}."
    else:
        return
    yield Found("input_scaling", likelihood, message, place)


def _augmentations(change: Message, layer: Layer, source: Source) -> Stated:
    kinds = int(bool(change.flag("mirror"))) + int((change.number("crop_size") or change.number("cropsize") or 0) > 0)
    kinds += sum(bool(change.all(name)) for name in ("distort_param", "expand_param", "noise_param"))
    kinds += int(layer.message.message("annotated_data_param", "batch_sampler") is not None)
    return Stated("augmentations", float(kinds), source.place(change.line))


def _preprocessing(change: Message, training: Layer, net: Net) -> Iterator[Found]:
    """Scale and mean of the training data against those of the test data."""
    testing = next((layer for layer in net.testing if layer.kind in IMAGES), None)
    if testing is None or testing.message is training.message:
        return
    other = _transformation(testing, testing.parameters(*PARAMETERS[testing.kind]))
    place = net.source.place(testing.line)
    for name in ("scale", "mean_value", "mean_file"):
        here, there = _values(change, name), _values(other, name)
        if here != there:
            message = (
                f"The {name} of the training data is {here or 'not set'}, that of the test data {there or 'not set'}."
            )
            yield shows("compare_preprocessing", "differs", message, place)
            return
    message = "Scale and mean are the same for training and test data."
    yield shows("compare_preprocessing", "same", message, place, 0.85)


def _values(change: Message, name: str) -> str:
    values = (item.value for item in change.all(name))
    return ", ".join(f"{value:g}" if isinstance(value, float) else str(value)[:60] for value in values)


def has_test_data(net: Net) -> bool:
    """Whether the test phase of this net reads data, so that it is the net that is tested."""
    return any(layer.kind in DATA for layer in net.testing)
