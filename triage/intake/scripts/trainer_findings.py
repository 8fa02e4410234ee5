"""What the Trainer of Hugging Face is told ("Trainer", documentation of Transformers): it makes the loop itself."""

from __future__ import annotations

from collections.abc import Iterator

from triage.intake.found import Found, Stated, shows
from triage.intake.scripts.corpora import Corpus
from triage.intake.scripts.trace import Call, Event
from triage.intake.scripts.training import Training
from triage.intake.scripts.values import Known, Library, Model, Table, Value, number, text

__all__ = ["trainer_findings"]

_NUMBERS = {
    "learning_rate": "learning_rate", "per_device_train_batch_size": "batch_size", "num_train_epochs": "epochs",
    "weight_decay": "weight_decay", "warmup_steps": "warmup_steps", "warmup_ratio": "warmup_ratio",
    "max_grad_norm": "clip_norm", "adam_beta1": "beta1", "adam_beta2": "beta2", "adam_epsilon": "epsilon",
    "gradient_accumulation_steps": "accumulation_steps", "max_steps": "max_steps",
}  # fmt: skip
"""Fields of the arguments -> names of values."""

_SCHEDULES = {
    "linear": "decay", "cosine": "decay", "polynomial": "decay", "inverse_sqrt": "decay", "constant": "constant",
    "constant_with_warmup": "constant", "cosine_with_restarts": "cyclic", "reduce_lr_on_plateau": "plateau",
}  # fmt: skip

_DEFAULTS = {"learning_rate": 5e-5, "weight_decay": 0.0}
"""What the arguments are where they are not given."""


def trainer_findings(training: Training) -> Iterator[Found | Stated]:
    """Findings of a Trainer and its arguments, where there is one of each."""
    trainers = list(training.run.of("trainer"))
    arguments = list(training.run.of("trainer_arguments"))
    if len(arguments) != 1 or len(trainers) > 1:
        return
    own = trainers[0].facts["call"].named.get("optimizers") if trainers else None
    yield from _stated(arguments[0], by_itself=own is None)
    for trainer in trainers:
        message = "The Trainer resets the gradients itself."
        yield shows("gradients_reset", "reset_each_update", message, trainer.spot.place())
        yield from _of_network(trainer.facts["call"])
    yield from _number_format(arguments[0].facts["call"])


def _stated(event: Event, *, by_itself: bool) -> Iterator[Stated]:
    call: Call = event.facts["call"]
    for field, name in _NUMBERS.items():
        value = number(call.named.get(field))
        if value is None or (value <= 0 and field in ("max_steps", "num_train_epochs")):
            continue
        if by_itself or field not in ("learning_rate", "weight_decay", "adam_beta1", "adam_beta2", "adam_epsilon"):
            yield Stated(name, value, call.spot_of(field).place())
    if not by_itself:
        return
    for name, value in _DEFAULTS.items():
        if name not in call.named and "**" not in call.named:
            yield Stated(name, value, event.spot.place())
    words = _word(call.named.get("optim", Known("adamw_torch")))
    known = "adamw" if words.startswith("adamw") else words if words in ("sgd", "adafactor", "rmsprop") else ""
    if known:
        yield Stated("optimizer", known, call.spot_of("optim").place())
    schedule = _SCHEDULES.get(_word(call.named.get("lr_scheduler_type", Known("linear"))))
    if schedule:
        yield Stated("schedule", schedule, call.spot_of("lr_scheduler_type").place())


def _number_format(call: Call) -> Iterator[Found]:
    for word, state in (("fp16", "fp16_amp"), ("bf16", "bf16")):
        given = call.named.get(word)
        if isinstance(given, Known) and given.value is True and given.settled:
            yield shows("precision", state, f"The Trainer computes in {word}.", call.spot_of(word).place())


def _word(value: Value) -> str:
    """A word, or the name of a member of an enumeration."""
    if isinstance(value, Library):
        return value.name.rsplit(".", 1)[-1].lower()
    return (text(value) or "").lower()


def _of_network(call: Call) -> Iterator[Found]:
    model, data = call.get(0, "model"), call.get(3, "train_dataset")
    if not isinstance(model, Model):
        return
    if model.pretrained:
        message = f"The weights of {model.name} are pretrained."
        yield shows("initialization", "pretrained", message, model.spot.place())
    outputs = number(model.attributes.get("num_labels"))
    if isinstance(data, Table):
        data = data.values.get("train")
    if outputs is None or outputs < 2 or not isinstance(data, Corpus) or data.classes is None:
        return
    if outputs < data.classes:
        message = f"The network has {outputs:g} classes, and {data.name} has {data.classes}."
        yield shows("compare_class_counts", "labels_out_of_range", message, model.spot.place())
    elif outputs > data.classes:
        message = f"The network has {outputs:g} classes, and {data.name} only {data.classes}."
        yield shows("compare_class_counts", "config_has_more", message, model.spot.place())
    else:
        message = f"The network has {outputs:g} classes, as {data.name} has."
        yield shows("compare_class_counts", "agree", message, model.spot.place(), 0.95)
