"""Stated sizes of data, network and run -> the states of the settings that they mean."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from triage.detectors.words import count
from triage.intake.found import CERTAIN, Found, Stated
from triage.intake.stated_values import SURE, Rule, Values, found, number

__all__ = ["SIZE_RULES"]

TINY_BATCH, LARGEST_ORDINARY_BATCH = 8, 512
NARROW, VERY_WIDE = 16, 2000
"""Limits, as the states of the settings have them."""

DOZENS_OF_EPOCHS = 24
STRONG_AUGMENTATIONS = 6


def _batch_size(values: Values) -> Iterator[Found]:
    size, samples = number(values, "batch_size"), values.get("samples")
    if samples is not None and isinstance(samples.value, float | int) and size >= samples.value > 0:
        state = "whole_data_set"
    elif size <= 1:
        state = "one"
    elif size <= TINY_BATCH:
        state = "tiny"
    else:
        state = "ordinary" if size <= LARGEST_ORDINARY_BATCH else "large"
    yield found("batch_size", {state: SURE}, f"A batch holds {count(size)} samples.", values["batch_size"])


def _dropout(values: Values) -> Iterator[Found]:
    share = number(values, "dropout")
    state = "not_used" if share == 0 else "moderate" if share <= 0.5 else "above_half"
    message = f"Dropout takes out {100 * share:.3g} % of the units." if share else "There is no dropout."
    yield found("dropout", {state: CERTAIN}, message, values["dropout"])


def _augmentations(values: Values) -> Iterator[Found]:
    kinds = number(values, "augmentations")
    if kinds <= 0:
        likelihood, message = {"not_used": 0.9}, "No augmentation is set."
    else:
        likelihood = {"strong": 0.6, "moderate": 0.38} if kinds >= STRONG_AUGMENTATIONS else {"moderate": 0.85}
        message = f"{count(kinds)} kind{'' if kinds == 1 else 's'} of augmentation {'is' if kinds == 1 else 'are'} set."
    yield found("augmentation", likelihood, message, values["augmentations"])


def _max_steps(values: Values) -> Iterator[Found]:
    yield from _length(number(values, "max_steps"), values["max_steps"])


def _epochs(values: Values) -> Iterator[Found]:
    if "max_steps" in values:
        return
    epochs = number(values, "epochs")
    if "samples" in values and "batch_size" in values and number(values, "batch_size") > 0:
        yield from _length(epochs * number(values, "samples") / number(values, "batch_size"), values["epochs"])
    elif epochs >= DOZENS_OF_EPOCHS:
        message = f"Training goes on for {count(epochs)} epochs."
        yield found("training_length", {"thousands_of_updates": SURE}, message, values["epochs"])


def _length(updates: float, stated: Stated) -> Iterator[Found]:
    if updates > 0:
        state = "thousands_of_updates" if updates >= 1000 else "hundreds_of_updates" if updates >= 100 else "fewer"
        message = f"Training goes on for {count(round(updates))} updates."
        yield found("training_length", {state: SURE}, message, stated)


def _samples(values: Values) -> Iterator[Found]:
    samples = number(values, "samples")
    state = "hundreds" if samples < 1000 else "thousands" if samples < 10_000 else "tens_of_thousands_or_more"
    yield found("training_set_size", {state: SURE}, f"There are {count(samples)} samples.", values["samples"])


def _classes(values: Values) -> Iterator[Found]:
    """Against the classes that the data hold, where those were counted."""
    if "label_classes" not in values:
        return
    built, held = number(values, "classes"), number(values, "label_classes")
    if built == held:
        likelihood = {"agree": SURE}
    else:
        likelihood = {"config_has_more": 0.85} if built > held else {"labels_out_of_range": SURE}
    message = f"The network is built for {count(built)} classes, the data hold {count(held)}."
    yield found("compare_class_counts", likelihood, message, values["classes"])


def _layers(values: Values) -> Iterator[Found]:
    layers = number(values, "layers")
    state = "up_to_two_layers" if layers <= 2 else "three_to_ten" if layers <= 10 else "deeper"
    message = f"The network has {count(layers)} layer{'' if layers == 1 else 's'} with weights."
    yield found("network_depth", {state: SURE}, message, values["layers"])


def _hidden_units(values: Values) -> Iterator[Found]:
    units = number(values, "hidden_units")
    classes = number(values, "classes") if "classes" in values else 0.0
    shallow = "layers" in values and number(values, "layers") <= 2
    state = "narrow" if units < NARROW or units < classes else "ordinary"
    likelihood = {"very_wide": 0.9} if units > VERY_WIDE and shallow else {state: 0.9}
    message = f"The narrowest hidden layer has {count(units)} units."
    yield found("network_width", likelihood, message, values["hidden_units"])


def _loss_terms(values: Values) -> Iterator[Found]:
    terms = number(values, "loss_terms")
    message = f"The loss is a sum of {count(terms)} terms." if terms > 1 else "The loss has one term."
    yield found("loss_terms", {"several" if terms > 1 else "one": SURE}, message, values["loss_terms"])


def _devices(values: Values) -> Iterator[Found]:
    devices = number(values, "devices")
    if devices >= 2:
        message = f"Training runs on {count(devices)} devices."
        yield found("devices", {"several_gpus": SURE}, message, values["devices"])


SIZE_RULES: Mapping[str, Rule] = {
    "augmentations": _augmentations,
    "batch_size": _batch_size,
    "classes": _classes,
    "devices": _devices,
    "dropout": _dropout,
    "epochs": _epochs,
    "hidden_units": _hidden_units,
    "layers": _layers,
    "loss_terms": _loss_terms,
    "max_steps": _max_steps,
    "samples": _samples,
}
"""Name of a value -> what follows from it."""
